// What a rank keeps in memory while it trains or serves.

#include <algorithm>

#include "perf/training_step.h"
#include "workload/layer.h"

namespace redline {
namespace {

using perf::StageLayers;

// Runtime, communication buffers and fragments: about what PyTorch with NCCL holds beside tensors.
constexpr Bytes kRuntime{1.5e9};

// Microbatches whose activations the first stages hold at once, in those of a whole stage.
double in_flight(const TrainingPlan& plan, int stage) {
  const double m = static_cast<double>(plan.request.microbatches);
  const double behind = plan.pipeline - stage;  // stages from here on
  switch (plan.schedule) {
    case Schedule::kGpipe:
      return m;
    case Schedule::kOneForwardOneBackward:
    case Schedule::kZeroBubble:
      return std::min(m, behind);
    case Schedule::kInterleaved: {  // (1 + (p-1)/(p v)) p on the first (Korthikanti 2022, 4.2.3)
      const double v = plan.virtual_stages;
      const double p = plan.pipeline;
      return std::min(m, behind + (p - 1.0) / v);
    }
    case Schedule::kDualPipe:
      return std::min(m, plan.pipeline + 1.0);
  }
  return m;
}

// Of one microbatch on a stage, some of whose layers may be computed again.
double kept_activations(const LlmModel& model, const TrainingPlan& plan, const Shard& shard) {
  const ActivationBytes kept = activation_bytes(model, plan.request, shard);
  if (plan.request.recompute != Recompute::kFull || plan.recomputed_layers <= 0) {
    return (kept.layers + kept.embedding).base();
  }
  TrainingRequest without = plan.request;
  without.recompute = Recompute::kNone;
  const ActivationBytes all = activation_bytes(model, without, shard);
  const double layers = std::max(1, shard.end_layer - shard.first_layer);
  const double share = std::min(1.0, plan.recomputed_layers / layers);
  return share * kept.layers.base() + (1.0 - share) * all.layers.base() + kept.embedding.base();
}

StepMemory stage_memory(const LlmModel& model, const TrainingPlan& plan, const StageLayers& layers,
                        int stage) {
  const Shard shard = perf::shard_of_stage(plan, model, layers);
  // DualPipe keeps two stages, one for either direction (DeepSeek-V3 2024, table 2).
  const double copies = plan.schedule == Schedule::kDualPipe ? 2.0 : 1.0;
  StepMemory memory;
  memory.weights = parameter_bytes(model, plan.request, shard) * copies;
  memory.gradients = gradient_bytes(model, plan.request, shard) * copies;
  memory.optimizer = optimizer_bytes(model, plan.request, shard);
  const ActivationBytes one = activation_bytes(model, plan.request, shard);
  memory.activations = Bytes{kept_activations(model, plan, shard) * in_flight(plan, stage)};
  // One microbatch at a time has logits, or is computed again layer by layer.
  Bytes passing = one.head;
  if (plan.request.recompute != Recompute::kNone) {
    TrainingRequest without = plan.request;
    without.recompute = Recompute::kNone;
    const ActivationBytes full = activation_bytes(model, without, shard);
    passing = std::max(passing, std::max(full.dense_layer, full.expert_layer));
  }
  memory.workspace = kRuntime + passing;
  return memory;
}

}  // namespace

StepMemory training_memory(const LlmModel& model, const TrainingPlan& plan) {
  StepMemory most;
  int stage = 0;
  std::vector<workload::LayerMix> seen;  // of stages between the first and the last
  for (const StageLayers& layers : perf::stage_layers(model.shape.layers, plan.pipeline)) {
    const int place = stage++;
    if (layers.first > 0 && layers.end < model.shape.layers) {
      const auto mix = workload::layer_mix(model, perf::shard_of_stage(plan, model, layers));
      if (std::find(seen.begin(), seen.end(), mix) != seen.end()) {
        continue;  // earlier stages hold activations of as many microbatches at least
      }
      seen.push_back(mix);
    }
    const StepMemory one = stage_memory(model, plan, layers, place);
    most = one.total() > most.total() ? one : most;
  }
  return most;
}

StepMemory serving_memory(const LlmModel& model, const ServingPlan& plan, std::int64_t sequences,
                          std::int64_t tokens, std::int64_t step_tokens) {
  StepMemory most;
  for (const StageLayers& layers : perf::stage_layers(model.shape.layers, plan.pipeline)) {
    Shard shard = plan.shard;
    shard.first_layer = layers.first;
    shard.end_layer = layers.end;
    shard.mtp = plan.shard.mtp && layers.end == model.shape.layers;
    StepMemory one;
    one.weights = weights_bytes(model, plan.precision, shard);
    one.cache = kv_bytes(model, plan.precision, shard, tokens) * static_cast<double>(sequences);
    // Inputs and outputs of the widest layer for the tokens of a step, in 16 bits.
    const double experts =
        model.moe ? 2.0 * model.moe->experts_per_token * model.moe->expert_ffn : 0.0;
    const double width =
        4.0 * model.shape.hidden + std::max(2.0 * model.shape.ffn / shard.tensor, experts);
    one.activations = Bytes{2.0 * width * static_cast<double>(step_tokens)};
    one.workspace = kRuntime;
    most = one.total() > most.total() ? one : most;
  }
  return most;
}

std::int64_t largest_batch(const LlmModel& model, const ServingPlan& plan, Bytes capacity,
                           std::int64_t tokens) {
  if (serving_memory(model, plan, 0, tokens, 0).total() > capacity) {
    return 0;
  }
  std::int64_t fits = 0;
  std::int64_t step = std::int64_t{1} << 24U;
  for (; step > 0; step /= 2) {
    if (serving_memory(model, plan, fits + step, tokens, fits + step).total() <= capacity) {
      fits += step;
    }
  }
  return fits;
}

}  // namespace redline
