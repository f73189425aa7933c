// Engines and replicas of a simulation.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "app/kernel_models.h"
#include "app/simulation_reader.h"
#include "app/step_report.h"
#include "data/files.h"

namespace redline::app {

void SimulationReader::read_engine() {
  ReplicaSpec& r = engine_;
  constexpr std::int64_t kUsualStep = 8192;
  r.sequences = whole("sequences", r.sequences, 100'000);
  r.step_tokens = whole("step_tokens", kUsualStep, 200'000);
  r.block_tokens = whole("block_tokens", r.block_tokens, 4096);
  r.batching = choice("batching", kBatchingNames, r.batching);
  r.preemption = choice("preemption", kPreemptionNames, r.preemption);
  r.admission = choice("admission", kAdmissionNames, r.admission);
  r.prefix_cache = truth("prefix_cache", true);
  memory_share_ = amount("memory_share", memory_share_, 0.01, 1.0);
  const StepRequest& step = out_->step.request;
  r.drafts = static_cast<int>(step.serving.draft_passes);
  const double expected = step.serving.tokens_per_step;
  if (r.drafts > 0) {
    const auto tokens = [&](double a) {
      double sum = 1.0;
      double power = 1.0;
      for (int i = 0; i < r.drafts; ++i) {
        sum += power *= a;
      }
      return sum;
    };
    if (fields_.has("acceptance")) {
      r.acceptance = amount("acceptance", 0.8, 0.0, 1.0);
      out_->step.request.serving.tokens_per_step = tokens(r.acceptance);
    } else {  // that gives the tokens of a step
      double low = 0.0;
      double high = 1.0;
      for (int i = 0; i < 60; ++i) {
        r.acceptance = 0.5 * (low + high);
        (tokens(r.acceptance) < expected ? low : high) = r.acceptance;
      }
    }
  } else if (fields_.has("acceptance")) {
    problem("'acceptance' goes with 'drafts'", {"give --drafts 1"});
  }
  read_imbalance();
  if (!fields_.has("sequences")) {
    assume("at most {count} sequences on a rank", {{"count", std::to_string(r.sequences)}});
  }
  if (!fields_.has("step_tokens")) {
    assume("at most {count} tokens in a step", {{"count", std::to_string(r.step_tokens)}});
  }
}

std::vector<double> SimulationReader::shares_of(std::string_view list) {
  std::vector<double> shares;
  double sum = 0.0;
  for (const std::string& word : split_list(list)) {
    constexpr const char* kBlanks = " \t\r\n";
    const char* end = word.data() + word.find_last_not_of(kBlanks) + 1;
    const char* begin = word.data() + std::min(word.find_first_not_of(kBlanks), word.size());
    double share = -1.0;
    const auto [rest, error] = std::from_chars(begin, std::max(begin, end), share);
    if (error != std::errc{} || rest != end || !(share >= 0.0) || !std::isfinite(share)) {
      return {};
    }
    shares.push_back(share);
    sum += share;
  }
  return sum > 0.0 ? shares : std::vector<double>();
}

// "zipf(0.8)", or a file of numbers, one for each expert.
void SimulationReader::read_imbalance() {
  if (!fields_.has("expert_load")) {
    return;
  }
  const LlmModel& model = out_->step.request.model;
  ServingPlan& plan = out_->step.request.serving;
  if (!model.moe) {
    problem(fmt::format("{} has no experts to load unevenly", model.id));
    return;
  }
  const Json& value = json_["expert_load"];
  const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  std::vector<double> popularity;
  if (text.rfind("zipf", 0) == 0) {
    double exponent = -1.0;
    if (text.size() > 6 && text[4] == '(' && text.back() == ')') {
      exponent = Distribution::parse(text.substr(5, text.size() - 6))
                     .value_or(Distribution::constant(-1.0))
                     .mean();
    }
    if (!(exponent >= 0.0) || exponent > 10.0) {
      problem("field 'expert_load' must be a file or zipf(EXPONENT), such as zipf(0.8)");
      return;
    }
    popularity = zipf_popularity(model.moe->experts, exponent, out_->spec.seed);
  } else {
    auto file = read_users_file(w_, text);
    if (!file) {
      errors_.push_back(std::move(file).error());
      return;
    }
    popularity = shares_of(*file);
    if (popularity.size() != static_cast<std::size_t>(model.moe->experts)) {
      problem(
          fmt::format("{} must hold {} shares of the tokens, one for each expert of {}: zero or "
                      "more, some above, with commas between them",
                      text, model.moe->experts, model.id));
      return;
    }
  }
  constexpr std::array<std::string_view, 2> kPlacements{"balanced", "as-numbered"};
  enum class Placement : std::uint8_t { kBalanced, kAsNumbered };
  const bool balanced =
      choice("expert_placement", kPlacements, Placement::kBalanced) == Placement::kBalanced;
  plan.imbalance = expert_imbalance(popularity, plan.shard.expert, balanced);
  assume("the busiest rank of experts has {times} times the mean",
         {{"times", fmt::format("{:.2f}", plan.imbalance)}});
}

void SimulationReader::read_cluster() {
  ClusterSpec& c = out_->spec.cluster;
  c.routing = choice("router", kRoutingNames, c.routing);
  const auto replicas = static_cast<int>(whole("replicas", 1, 100'000));
  c.mtbf_s = fields_.has("mtbf") ? seconds("mtbf", 0.0) : 0.0;
  c.repair_s = seconds("repair", c.repair_s);
  c.pool = pool_of(out_->step, out_->answers, replicas);
  if (out_->step.pool) {
    const auto prompts = static_cast<int>(whole(
        "prefill_replicas",
        std::max<std::int64_t>(1, std::llround(std::ceil(out_->step.pool->replicas * replicas))),
        100'000));
    c.prefill = pool_of(*out_->step.pool->prefill, out_->prompts, prompts);
    if (!fields_.has("prefill_replicas")) {
      assume("replicas for prompts: {count}", {{"count", std::to_string(prompts)}});
    }
  }
  // Nodes fail one by one; any of them stops its replica.
  if (c.mtbf_s > 0.0) {
    const StepRequest& r = out_->step.request;
    const double nodes =
        std::ceil(static_cast<double>(r.serving.chips()) / std::max(1, r.machine.network.domain));
    c.mtbf_s /= nodes;
  }
  const bool scales = fields_.has("scale_up_at");
  if (scales) {
    Autoscaling rule;
    rule.least = static_cast<int>(whole("least_replicas", 1, replicas));
    rule.up_at = amount("scale_up_at", 1.0, 0.0, 1e9);
    rule.down_at = amount("scale_down_at", rule.up_at / 4.0, 0.0, 1e9);
    rule.every_s = seconds("scale_every", rule.every_s);
    rule.start_s = seconds("start_time", rule.start_s);
    if (rule.down_at >= rule.up_at) {
      problem("'scale_down_at' must be below 'scale_up_at'");
    }
    c.autoscaling = rule;
  }
}

PoolSpec SimulationReader::pool_of(const StepAnswer& step, SimulatedPool& pool, int replicas) {
  const StepRequest& r = step.request;
  PoolSpec spec;
  spec.replica = replica_of(step, pool);
  spec.replicas = replicas;
  const auto chips = static_cast<double>(spec.replica.chips);
  const auto of_rank = static_cast<double>(r.serving.shard.tensor) * r.serving.pipeline;
  spec.network_bytes_s = r.machine.network.nic ? r.machine.network.nic->base() * of_rank : 0.0;
  spec.usd_per_s = step.cost.cost ? step.cost.cost->base() * chips : 0.0;
  spec.busy_watts = step.cost.power ? step.cost.power->base() * chips : 0.0;
  spec.idle_watts = spec.busy_watts * r.terms.idle_share;
  return spec;
}

ReplicaSpec SimulationReader::replica_of(const StepAnswer& step, SimulatedPool& pool) {
  const StepRequest& r = step.request;
  const ServingPlan& plan = r.serving;
  ReplicaSpec spec = engine_;
  spec.chips = plan.chips();
  spec.ranks = plan.shard.data;
  spec.lanes = plan.pipeline;
  // What is known of no chip limits nothing.
  constexpr double kEndless = 1e15;
  const Bytes usable{step.capacity ? step.capacity->base() * memory_share_ : kEndless};
  size_cache(spec, r.model, plan, usable, r.prompt + r.answer);
  pool.cache_tokens = spec.blocks * spec.block_tokens * spec.ranks * spec.lanes;
  const auto& bus = r.chip->host_bus;
  const auto chips = static_cast<double>(plan.shard.tensor) * plan.pipeline;
  constexpr double kPcie4 = 32e9;  // 16 lanes, one direction
  spec.host_bytes_s = (bus && bus->per_direction() ? bus->per_direction()->base() : kPcie4) * chips;
  if (spec.blocks < 1 && !out_->too_small) {
    out_->too_small = Message(
        "no room for a cache: a chip has {has}, of which {share} % may be used; weights and a step "
        "of {tokens} tokens need {needs}",
        {{"has", gigabytes(*step.capacity)},
         {"share", fmt::format("{:g}", 100.0 * memory_share_)},
         {"tokens", std::to_string(spec.step_tokens)},
         {"needs", gigabytes(serving_memory(r.model, plan, 0, 1, spec.step_tokens).total())}});
  }
  return spec;
}

void SimulationReader::finish() {
  StepAnswer& step = out_->step;
  out_->refusal = step.unanswered;
  if (!out_->refusal && step.pool) {
    out_->refusal = step.pool->unanswered;
  }
  if (out_->refusal) {
    return;
  }
  const auto build = [&](const StepAnswer& one, SimulatedPool& pool, PoolSpec& spec) {
    const StepRequest& r = one.request;
    pool.kernels = w_.kernels->of(w_.catalog, r.machine);
    pool.steps = std::make_unique<StepModel>(r.machine, *pool.kernels, w_.kernels->calibration(),
                                             *r.engine, step_variant(r.model, r.serving.precision));
    spec.replica.times = std::make_shared<const StepTable>(r.model, *pool.steps, r.serving);
    const StepModel::Arrival arrival = pool.steps->arrival();
    spec.replica.request_s = arrival.request_s;
    spec.replica.look_steps = step.pool ? 1 : std::llround(arrival.look_steps);
  };
  ClusterSpec& c = out_->spec.cluster;
  build(step, out_->answers, c.pool);
  if (step.pool) {
    build(*step.pool->prefill, out_->prompts, *c.prefill);
    c.handover_s = out_->prompts.steps->arrival().handover_s;
  }
  if (!step.fits) {
    out_->too_small = step.cure ? *step.cure : Message("the model does not fit");
  }
}

}  // namespace redline::app
