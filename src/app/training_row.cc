// Runs of training.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/row_reader.h"

namespace redline::app {
namespace {

constexpr double kGib = 1073741824.0;

}  // namespace

void RowReader::read_training() {
  TrainingPlan plan = training_plan();
  if (!checked(check(model_, plan))) {
    return;
  }
  if (auto reason = steps_->refuses(model_, plan)) {
    leave(std::move(*reason));
    return;
  }
  if (out_.metric == "memory_per_gpu") {
    read_memory(plan);
    return;
  }
  const TrainingEstimate estimate = steps_->training(model_, plan);
  out_.constants = steps_->training_constants();
  out_.measured.seconds = steps_->training_timer(model_, plan);
  if (out_.metric == "layer_fwd_bwd_time") {
    // A layer more, and the ends cancel.
    LlmModel longer = model_;
    longer.shape.layers = model_.shape.layers + 1;
    const auto two = steps_->training_timer(longer, plan);
    const auto one = out_.measured.seconds;
    const double layers = model_.shape.layers;
    out_.measured.seconds = [one, two, layers](const StepModel::Values& values) {
      return (two(values) - one(values)) * layers;
    };
  }
  out_.measured.measured_s = training_seconds(plan, estimate);
  if (out_.measured.measured_s <= 0.0) {
    leave({"the metric {metric} is not one of a training step", {{"metric", out_.metric}}});
  }
}

ZeroStage RowReader::zero_of(const TrainingPlan& plan) {
  if (const auto zero = par_.number("zero")) {
    return static_cast<ZeroStage>(std::clamp(static_cast<int>(*zero), 0, 3));
  }
  const std::string fsdp = par_.text("fsdp");
  if (contains(fsdp, "full_shard")) {
    return ZeroStage::kParameters;
  }
  if (contains(fsdp, "shard_grad_op") || contains(fsdp, "zero-2")) {
    return ZeroStage::kGradients;
  }
  if (!fsdp.empty() && fsdp != "0") {
    return ZeroStage::kParameters;
  }
  if (plan.shard.data > 1 && engine_->shares) {
    assume("replicas share the optimizer's state");
    return ZeroStage::kOptimizer;
  }
  return ZeroStage::kNone;
}

Recompute RowReader::recompute_of() {
  const std::string words = par_.text("recompute");
  if (words.empty() && !par_.has("remat")) {
    assume("nothing is computed again");
  }
  if (words.rfind("not printed", 0) == 0 || words.rfind("no ", 0) == 0) {
    return Recompute::kNone;
  }
  if (contains(words, "full")) {
    return Recompute::kFull;
  }
  if (words.empty() || words == "none" || words.rfind("sequence", 0) == 0) {
    return Recompute::kNone;
  }
  if (!contains(words, "selective")) {
    assume("what is computed again counts as the core of attention");
  }
  return Recompute::kSelective;
}

TrainingPlan RowReader::training_plan() {
  TrainingPlan plan;
  const auto number = [this](std::string_view name, int otherwise = 1) {
    return static_cast<int>(
        std::min<std::int64_t>(par_.count(name).value_or(otherwise), 1'000'000));
  };
  plan.pipeline = number("pp");
  plan.virtual_stages = number("vp");
  constexpr int kDeepPipeline = 4;
  if (!par_.has("vp") && !par_.has("schedule") && engine_->virtual_stages > 1 &&
      plan.pipeline >= kDeepPipeline) {
    plan.virtual_stages =
        std::clamp(model_.shape.layers / plan.pipeline, 1, engine_->virtual_stages);
    assume("each rank has {count} virtual stages",
           {{"count", std::to_string(plan.virtual_stages)}});
  }
  if (const auto layers = par_.count("layers_per_vstage")) {
    plan.virtual_stages =
        std::max<int>(1, static_cast<int>(model_.shape.layers / plan.pipeline / *layers));
  }
  plan.schedule = contains(par_.text("schedule"), "dualpipe")    ? Schedule::kDualPipe
                  : plan.virtual_stages > 1 && plan.pipeline > 1 ? Schedule::kInterleaved
                                                                 : Schedule::kOneForwardOneBackward;
  Shard& shard = plan.shard;
  shard.context = number("cp");
  shard.expert = number("ep");
  split_tensor(shard, model_, number("tp"));
  if (par_.has("etp")) {
    shard.expert_tensor = number("etp");
  }
  const std::int64_t copy = static_cast<std::int64_t>(shard.tensor) * shard.context * plan.pipeline;
  shard.data = static_cast<int>(std::max<std::int64_t>(
      1, par_.count("dp").value_or(chips_ / std::max<std::int64_t>(copy, 1))));
  const std::string words = par_.text("recompute");
  const bool stated = par_.has("sequence_parallel");
  shard.sequence_parallel =
      shard.tensor > 1 &&
      (stated ? par_.truth("sequence_parallel")
              : (contains(words, "sequence") || contains(words, "+ sp")) || engine_->shares);
  shard.node_ranks = node_ranks_;
  shard.zero = zero_of(plan);
  shard.zero_ranks =
      static_cast<int>(std::min<std::int64_t>(par_.count("zero1_size").value_or(0), 1'000'000));
  TrainingRequest& request = plan.request;
  request.precision = precision_;
  request.tokens = shape_.count("seq").value_or(2048);
  request.sequences = par_.count("mbs").value_or(par_.count("per_device_batch").value_or(1));
  request.recompute = recompute_of();
  request.flash_attention = engine_->flash_attention;
  request.dropout = engine_->dropout;
  request.gradients = engine_->gradients;
  request.microbatches = microbatches(plan);
  return plan;
}

std::int64_t RowReader::microbatches(const TrainingPlan& plan) {
  const double batch = static_cast<double>(plan.request.sequences) * plan.shard.data;
  if (const auto sequences = par_.count("gbs")) {
    return std::max<std::int64_t>(1, std::llround(static_cast<double>(*sequences) / batch));
  }
  if (const auto tokens = par_.number("gbs_tokens")) {
    return std::max<std::int64_t>(
        1, std::llround(*tokens / static_cast<double>(plan.request.tokens) / batch));
  }
  return par_.count("grad_accum").value_or(plan.pipeline > 1 ? 4L * plan.pipeline : 1);
}

double RowReader::training_seconds(const TrainingPlan& plan, const TrainingEstimate& estimate) {
  const auto chips = static_cast<double>(plan.chips());
  const auto tokens = static_cast<double>(plan.tokens());
  const std::string& metric = out_.metric;
  if (metric == "iteration_time" || metric == "step_time" || metric == "layer_fwd_bwd_time") {
    out_.kind = MetricKind::kTime;
    return out_.value_s();
  }
  if (metric.rfind("gpu_hours", 0) == 0) {
    out_.kind = MetricKind::kTime;
    constexpr double kTokens = 1e12;
    return out_.value * 3600.0 / chips * tokens / kTokens;
  }
  out_.kind = MetricKind::kRate;
  if (metric == "tokens_per_s_per_gpu" || metric == "tokens_per_s_per_chip") {
    return tokens / chips / out_.value;
  }
  if (metric == "achieved_tflops_per_gpu") {
    // Megatron-LM counts what is computed again (Narayanan et al. 2021, equation 3).
    const bool again = plan.request.recompute == Recompute::kFull;
    const double ops = estimate.model_ops.base() + (again ? layers_ops(plan) / 3.0 : 0.0);
    return ops / chips / (out_.value * 1e12);
  }
  if (metric == "mfu") {
    return estimate.mfu * estimate.time.total.base() / (out_.value / 100.0);
  }
  return 0.0;
}

double RowReader::layers_ops(const TrainingPlan& plan) const {
  LlmModel bare = model_;
  bare.shape.vocabulary = 1;
  return model_ops(bare, plan.request).base() * plan.shard.data;
}

void RowReader::read_memory(TrainingPlan plan) {
  out_.kind = MetricKind::kMemory;
  const std::string what = row_.text("part") + row_.text("notes") + out_.id;
  const bool kept = contains(what, "activations");
  if (contains(what, "sp+selective")) {
    plan.request.recompute = Recompute::kSelective;
    plan.shard.sequence_parallel = plan.shard.tensor > 1;
  }
  const StepMemory memory = training_memory(model_, plan);
  const bool states = contains(what, "params+optimizer");
  const Bytes bytes = states ? memory.weights + memory.gradients + memory.optimizer
                      : kept ? memory.activations
                             : memory.total();
  out_.predicted_bytes = bytes.base() / (out_.unit == "GB" ? 1e9 : kGib);
  constexpr double kMemoryScatter = 0.06;
  out_.constants.log_sd = kMemoryScatter;
  out_.constants.evidence = Evidence::kMeasured;
  assume("memory is counted before fragmentation");
}

}  // namespace redline::app
