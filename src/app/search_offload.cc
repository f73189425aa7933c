#include "app/search_offload.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "app/estimate_text.h"
#include "app/search_report.h"
#include "app/step_report.h"

namespace redline::app {
namespace {

using results::Words;

// Calculon's own second tier of an A100: 512 GB at 100 GB/s.
constexpr double kSecondGb = 512.0;
constexpr double kSecondGbps = 100.0;

std::string_view recompute_name(Recompute recompute) {
  constexpr std::array<std::string_view, 3> kNames{"none", "attention", "full"};
  return kNames[static_cast<std::size_t>(recompute)];
}
std::string_view message_name(TensorMessages messages) {
  return kTensorMessageNames[static_cast<std::size_t>(messages)];
}
std::string_view overlap_name(TensorOverlap overlap) {
  return kTensorOverlapNames[static_cast<std::size_t>(overlap)];
}

double mfu_of(const TrainingQuestion& q, double step_s) {
  TrainingRequest one = q.base.request;
  one.sequences = one.microbatches = 1;
  one.recompute = Recompute::kNone;
  const Precision& p = one.precision;
  const double peak =
      q.variants.front()
          .timing.rates.matrix[static_cast<std::size_t>(math_format(p.activations, p.weights))];
  return model_ops(q.model(), one).base() * static_cast<double>(q.batch) /
         (peak * q.dimensions.chips.front() * step_s);
}

Json leaf_json(const TrainingQuestion& q, std::uint64_t number, const OffloadSpace::Leaf& leaf) {
  const OffloadPlan& p = leaf.plan;
  const double tokens = static_cast<double>(q.batch) * static_cast<double>(q.base.request.tokens);
  return {{"number", number},
          {"plan",
           {{"tp", p.tensor},
            {"pp", p.pipeline},
            {"dp", p.data},
            {"vp", p.interleaving},
            {"microbatch", p.microbatch},
            {"recompute", recompute_name(p.recompute)},
            {"optimizer_sharding", p.shards_optimizer},
            {"tensor_messages", message_name(p.messages)},
            {"gather_again", p.gathers_again},
            {"tensor_overlap", overlap_name(p.overlap)},
            {"data_overlap", p.overlaps_data},
            {"weight_offload", p.offloads_weights},
            {"activation_offload", p.offloads_activations},
            {"optimizer_offload", p.offloads_optimizer},
            {"tensor_network", p.tensor_outside ? 1 : 0},
            {"pipeline_network", p.pipeline_outside ? 1 : 0},
            {"data_network", p.data_outside ? 1 : 0}}},
          {"step_time_s", leaf.score.step_s},
          {"tokens_per_s_per_chip", tokens / leaf.score.step_s / q.dimensions.chips.front()},
          {"mfu", mfu_of(q, leaf.score.step_s)},
          {"memory_bytes_per_chip", leaf.score.first.base()},
          {"second_memory_bytes_per_chip", leaf.score.second.base()}};
}

std::string leaf_text(const OffloadPlan& p) {
  std::string text = fmt::format("tp {}, pp {}, dp {}, vp {}, microbatch {}, recompute {}, {}",
                                 p.tensor, p.pipeline, p.data, p.interleaving, p.microbatch,
                                 recompute_name(p.recompute), message_name(p.messages));
  const auto add = [&text](bool on, std::string_view name) {
    text += on ? fmt::format(", {}", name) : std::string();
  };
  add(p.gathers_again, "gather again");
  add(p.shards_optimizer, "optimizer sharded");
  if (p.overlap != TensorOverlap::kNone) {
    text += fmt::format(", tensor overlap {}", overlap_name(p.overlap));
  }
  add(p.overlaps_data, "data overlap");
  add(p.offloads_weights, "weights offloaded");
  add(p.offloads_activations, "activations offloaded");
  add(p.offloads_optimizer, "optimizer offloaded");
  return text;
}

}  // namespace

Loaded<Answer> search_offload(const Workspace& w, PlanRequest& asked, const TrainingQuestion& q,
                              const Json& fields, const SearchRun& run, Code field_code,
                              const Words& say) {
  const auto begun = std::chrono::steady_clock::now();
  const StepRequest& r = asked.request();
  const Fields stated(fields);
  Diagnostics errors;
  const auto problem = [&](std::string message) {
    errors.push_back({field_code, std::move(message), std::nullopt, {}, {}});
  };
  if (r.model.moe || r.model.shape.sliding_window) {
    problem("the space megatron-offload is of dense models, all of whose layers are alike");
  }
  if (q.variants.size() > 1) {
    problem("the space megatron-offload has dimensions of overlap of its own, and one format");
  }
  if (q.dimensions.chips.size() > 1 || q.objectives.size() > 1 ||
      q.objectives.front() != PlanObjective::kTime) {
    problem("the space megatron-offload is searched for time, on one number of chips");
  }
  const auto amount = [&](std::string_view name, double otherwise) {
    const auto value = stated.number(name);
    if (stated.has(name) && (!value || *value <= 0.0)) {
      problem(fmt::format("field '{}' must be a number above zero", name));
    }
    return value.value_or(otherwise);
  };
  OffloadQuestion offload;
  offload.timing = q.variants.front().timing;
  offload.request = q.base.request;
  offload.chips = q.dimensions.chips.front();
  offload.domain = std::max(1, q.base.shard.node_ranks);
  offload.batch = q.batch;
  constexpr double kUnlimited = 1e18;
  offload.capacity = q.capacity > Bytes{} ? q.capacity : Bytes{kUnlimited};
  offload.second_capacity = Bytes{amount("second_gb", kSecondGb) * 1e9};
  offload.second_bandwidth = amount("second_gbps", kSecondGbps) * 1e9;
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  const OffloadSpace space(offload);
  const SearchResult result = run_search(space, options_of(run, asked.top(), time_text));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  Answer answer;
  answer.command = "search-plan-train";
  answer.as_of = w.date;
  answer.request = fields;
  answer.request["command"] = answer.command;
  answer.run = run_json(result, seconds);
  Json json{{"space", "megatron-offload"},
            {"plans", result.total},
            {"feasible", feasible_json(result)},
            {"optimal", result.exhausted}};
  const std::string chips = std::to_string(offload.chips);
  if (result.best.empty()) {
    json["gap_percent"] = nullptr;
    json["best"] = nullptr;
    if (!result.exhausted) {
      describe_unfinished(r, result, say, json, answer);
    } else {
      json["binding"] = result.total == 0 ? "divisibility" : "memory";
      answer.infeasible = true;
      answer.blocks.emplace_back(
          Headline{say("{model} on {count} x {chip}: no plan fits",
                       {{"model", r.model.id}, {"count", chips}, {"chip", r.chip->id}})});
    }
    answer.results.push_back(std::move(json));
    return answer;
  }
  json["gap_percent"] = gap_percent(result);
  json["next_best"] = Json::array();
  std::vector<OffloadSpace::Leaf> leaves;
  for (const SearchHit& hit : result.best) {
    leaves.push_back(space.leaf(hit.number));
    Json one = leaf_json(q, hit.number, leaves.back());
    if (leaves.size() == 1) {
      json["best"] = std::move(one);
    } else {
      json["next_best"].push_back(std::move(one));
    }
  }
  answer.results.push_back(std::move(json));
  const OffloadSpace::Leaf& best = leaves.front();
  answer.blocks.emplace_back(
      Headline{say("{model} on {count} x {chip}: {plan}", {{"model", r.model.id},
                                                           {"count", chips},
                                                           {"chip", r.chip->id},
                                                           {"plan", leaf_text(best.plan)}})});
  answer.blocks.emplace_back(Paragraph{
      say("step of {count} sequences in {time}; MFU {mfu} %; {memory} of {capacity} on each chip, "
          "{second} in the second tier",
          {{"count", std::to_string(q.batch)},
           {"time", time_text(best.score.step_s)},
           {"mfu", number(100.0 * mfu_of(q, best.score.step_s))},
           {"memory", gigabytes(best.score.first)},
           {"capacity", gigabytes(offload.capacity)},
           {"second", gigabytes(best.score.second)}}),
      2});
  answer.blocks.emplace_back(Paragraph{optimality_text(result, "time", say), 2});
  if (!run.prune) {
    answer.blocks.emplace_back(
        Paragraph{say("evaluated {evaluated}, of which {feasible} fit; {pruned} pruned",
                      {{"evaluated", std::to_string(result.evaluated)},
                       {"feasible", std::to_string(result.feasible)},
                       {"pruned", std::to_string(result.pruned)}}),
                  2});
  }
  describe_next_best(
      result, [&] { return leaf_text(leaves[1].plan); }, say, answer.blocks);
  answer.blocks.emplace_back(
      Paragraph{say("Taken as given: a second tier of {size} at {rate} GB/s.",
                    {{"size", gigabytes(offload.second_capacity)},
                     {"rate", number(offload.second_bandwidth / 1e9)}}),
                0});
  return answer;
}

}  // namespace redline::app
