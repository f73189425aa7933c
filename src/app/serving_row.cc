// Runs of serving: steps one after another, no traffic.

#include <algorithm>

#include <fmt/format.h>

#include "app/row_reader.h"

namespace redline::app {

void RowReader::read_serving() {
  ServingPlan plan;
  plan.precision = precision_;
  const auto number = [this](std::string_view name) {
    return static_cast<int>(std::min<std::int64_t>(par_.count(name).value_or(1), 1'000'000));
  };
  plan.shard.expert = number("ep");
  split_tensor(plan.shard, model_, number("tp"));
  plan.shard.data =
      std::max(number("dp_attention"), plan.shard.expert / std::max(1, plan.shard.tensor));
  plan.pipeline = std::max(number("pp"), number("pp_layer_split"));
  plan.shard.node_ranks =
      static_cast<int>(std::min<std::int64_t>(std::max(1, machine_.network.domain), plan.chips()));
  plan.overlaps_experts = engine_->overlaps_experts || par_.truth("two_batch_overlap") ||
                          shape_.count("microbatches").value_or(1) > 1;
  std::int64_t drafted = 0;
  const std::string mtp = par_.text("mtp");
  if (!mtp.empty() && out_.phase == "decode") {
    drafted = 1;
    plan.tokens_per_step = 1.0 + kDraftAccepted;
    model_.mtp = Mtp{1};
    plan.shard.mtp = true;
    assume("a step with one draft yields {tokens} tokens",
           {{"tokens", fmt::format("{}", 1.0 + kDraftAccepted)}});
  }
  const auto batch = batch_of();
  const auto lengths = lengths_of();
  if (!batch || !lengths) {
    leave("batch or length of the sequences is not said");
    return;
  }
  time_serving(plan, *batch, *lengths, drafted);
}

std::optional<std::int64_t> RowReader::batch_of() const {
  for (const char* name : {"batch", "batch_per_gpu", "batch_per_npu", "concurrency"}) {
    if (const auto found = shape_.count(name)) {
      return found;
    }
  }
  for (const char* name : {"tokens_per_gpu", "tokens_per_npu"}) {
    const auto tokens = shape_.count(name);
    if (tokens && shape_.count("isl")) {
      return std::max<std::int64_t>(1, *tokens / *shape_.count("isl"));
    }
  }
  return std::nullopt;
}

std::optional<RowReader::Lengths> RowReader::lengths_of() const {
  Lengths lengths;
  lengths.prompt = shape_.count("isl").value_or(0);
  lengths.output = shape_.count("osl").value_or(0);
  lengths.cached = shape_.count("kv_len").value_or(lengths.prompt + lengths.output / 2);
  if (out_.phase == "prefill" ? lengths.prompt == 0 : lengths.cached == 0) {
    return std::nullopt;
  }
  return lengths;
}

std::optional<StepModel::Timer> RowReader::timer(const ServingPlan& plan,
                                                 const InferenceRequest& request) {
  if (!checked(check(model_, plan, request))) {
    return std::nullopt;
  }
  if (auto reason = steps_->refuses(model_, plan, request)) {
    leave(std::move(*reason));
    return std::nullopt;
  }
  return steps_->serving_timer(model_, plan, request);
}

void RowReader::time_serving(const ServingPlan& plan, std::int64_t batch, const Lengths& lengths,
                             std::int64_t drafted) {
  out_.constants = steps_->serving_constants();
  const auto sequences = static_cast<double>(batch);
  const bool prefills = out_.phase != "decode";
  const bool decodes = out_.phase != "prefill";
  StepModel::Timer prefill = [](const StepModel::Values&) { return 0.0; };
  StepModel::Timer decode = prefill;
  if (prefills) {
    InferenceRequest request;
    request.precision = plan.precision;
    request.prefill = {.count = batch, .new_tokens = std::max<std::int64_t>(1, lengths.prompt)};
    const auto found = timer(plan, request);
    if (!found) {
      return;
    }
    prefill = *found;
  }
  if (decodes) {
    InferenceRequest request;
    request.precision = plan.precision;
    request.decode = {.count = batch, .new_tokens = 1 + drafted, .cached = lengths.cached};
    request.draft_passes = drafted;
    const auto found = timer(plan, request);
    if (!found) {
      return;
    }
    decode = *found;
  }
  const auto chips = static_cast<double>(plan.chips());
  const double replicas = plan.shard.data;
  const auto out = static_cast<double>(std::max<std::int64_t>(1, lengths.output));
  const auto in = static_cast<double>(lengths.prompt);
  const std::string& metric = out_.metric;
  double tokens = 0.0;  // of what is timed, all replicas
  double steps = 1.0;   // of decoding
  if (out_.phase == "prefill") {
    tokens = sequences * in * replicas;
    steps = 0.0;
  } else if (out_.phase == "decode") {
    tokens = sequences * replicas * plan.tokens_per_step;
  } else {
    steps = out;
    tokens = sequences * replicas * (metric == "tokens_per_s_incl_prompt" ? in + out : out);
  }
  out_.measured.seconds = [prefill, decode, steps](const StepModel::Values& values) {
    return prefill(values) + steps * (steps > 0.0 ? decode(values) : 0.0);
  };
  if (metric == "ttft" || metric == "tpot") {
    out_.kind = MetricKind::kTime;
    out_.measured.measured_s = out_.value_s();
    return;
  }
  out_.kind = MetricKind::kRate;
  const bool per_chip =
      contains(metric, "per_gpu") || contains(metric, "per_npu") || contains(metric, "per_chip");
  const double share = contains(metric, "per_user")   ? 1.0 / sequences
                       : contains(metric, "per_node") ? 8.0 / chips
                       : per_chip                     ? 1.0 / chips
                                                      : 1.0;
  out_.measured.measured_s = tokens * share / out_.value;
  refuse_impossible(plan);
}

void RowReader::refuse_impossible(const ServingPlan& plan) {
  if (out_.phase != "decode" || !chip_->memory.bandwidth || !chip_->memory.bandwidth->value) {
    return;
  }
  const double weights = weights_bytes(model_, plan.precision, plan.shard).base();
  const double least = weights / chip_->memory.bandwidth->value->base();
  if (!model_.moe && out_.measured.measured_s < 0.8 * least) {
    leave("suspect: faster than the weights can be read");
  }
}

}  // namespace redline::app
