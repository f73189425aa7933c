// What a rank keeps in memory while it trains or serves.

#include "perf/step_memory.h"

#include <algorithm>

#include "perf/serving_step.h"
#include "workload/training.h"

namespace redline {
namespace {

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

}  // namespace

namespace perf {

StateBytes state_bytes(const TrainingRequest& request, const StageKind& kind) {
  return workload::state_bytes(kind.held, request, kind.shard);
}

namespace {

LayerBytes layer_bytes(const TrainingRequest& request, const workload::Stage& stage) {
  const ActivationBytes all = workload::activation_bytes(request, stage);
  const workload::LayerMix& mix = stage.layers;
  const Bytes layers =
      as_double(mix.dense) * all.dense_layer + as_double(mix.experts) * all.expert_layer;
  return {all.dense_layer, all.expert_layer, all.layers - layers, all.embedding, all.head};
}

Bytes kept_on(const StageKind& kind, const LayerBytes& one) {
  return as_double(kind.mix.dense) * one.dense + as_double(kind.mix.experts) * one.expert +
         (kind.last ? one.prediction : Bytes{}) + (kind.first ? one.embedding : Bytes{});
}

}  // namespace

KeptBytes kept_bytes(const LlmModel& model, const TrainingPlan& plan) {
  return kept_bytes(plan, whole_stage(model, plan));
}

KeptBytes kept_bytes(const TrainingPlan& plan, const workload::Stage& whole) {
  KeptBytes kept;
  kept.kept = layer_bytes(plan.request, whole);
  kept.without = kept.kept;
  if (plan.request.recompute != Recompute::kNone) {
    TrainingRequest without = plan.request;
    without.recompute = Recompute::kNone;
    kept.without = layer_bytes(without, whole);
  }
  return kept;
}

StepMemory stage_memory(const TrainingPlan& plan, const StageKind& kind, const StateBytes& state,
                        const KeptBytes& kept) {
  // DualPipe keeps two stages, one for either direction (DeepSeek-V3 2024, table 2).
  const double copies = plan.schedule == Schedule::kDualPipe ? 2.0 : 1.0;
  StepMemory memory;
  memory.weights = state.weights * copies;
  memory.gradients = state.gradients * copies;
  memory.optimizer = state.optimizer;
  Bytes one = kept_on(kind, kept.kept);
  if (plan.request.recompute == Recompute::kFull && plan.recomputed_layers > 0) {
    const double share =
        std::min(1.0, plan.recomputed_layers / std::max(as_double(kind.mix.all()), 1.0));
    one = share * one + (1.0 - share) * kept_on(kind, kept.without);
  }
  memory.activations = one * in_flight(plan, kind.place);
  // One microbatch at a time has logits, or is computed again layer by layer.
  Bytes passing = kind.last ? kept.kept.head : Bytes{};
  if (plan.request.recompute != Recompute::kNone) {
    passing = std::max(passing, std::max(kept.without.dense, kept.without.expert));
  }
  memory.workspace = kRuntime + passing;
  return memory;
}

StepMemory training_memory(const TrainingPlan& plan, const workload::Stage& whole,
                           const std::vector<StageKind>& kinds) {
  // Of stages alike the first holds activations of as many microbatches as any.
  const KeptBytes kept = kept_bytes(plan, whole);
  StepMemory most;
  for (const StageKind& kind : kinds) {
    const StepMemory one = stage_memory(plan, kind, state_bytes(plan.request, kind), kept);
    most = one.total() > most.total() ? one : most;
  }
  return most;
}

}  // namespace perf

StepMemory training_memory(const LlmModel& model, const TrainingPlan& plan) {
  const workload::Stage whole = perf::whole_stage(model, plan);
  return perf::training_memory(plan, whole, perf::stage_kinds(model, plan, whole));
}

namespace {

// `cache`: of a stage, for one of the batches in flight. A full pipeline has one for each stage.
template <class Cache>
StepMemory serving_memory(const LlmModel& model, const ServingPlan& plan, const Cache& cache,
                          std::int64_t step_tokens) {
  StepMemory most;
  for (int place = 0; place < plan.pipeline; ++place) {
    const Shard shard = perf::shard_of_stage(plan, model, place);
    const workload::Stage stage = workload::make_stage(model, shard, plan.precision);
    const HeldParameters held =
        workload::held_parameters(workload::stage_parameters(model, stage), stage.layers);
    StepMemory one;
    one.weights = workload::weights_bytes(held, plan.precision, shard);
    one.cache = cache(stage) * static_cast<double>(plan.pipeline);
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

}  // namespace

StepMemory serving_memory(const LlmModel& model, const ServingPlan& plan, std::int64_t sequences,
                          std::int64_t tokens, std::int64_t step_tokens) {
  return serving_memory(
      model, plan,
      [&](const workload::Stage& stage) {
        return workload::cached_bytes(stage, tokens) * static_cast<double>(sequences);
      },
      step_tokens);
}

StepMemory serving_memory(const LlmModel& model, const ServingPlan& plan,
                          const InferenceRequest& step) {
  return serving_memory(
      model, plan,
      [&](const workload::Stage& stage) {
        Bytes sum{};
        for (const Sequences& s : {step.prefill, step.decode}) {
          if (s.count > 0) {
            sum += workload::cached_bytes(stage, s.cached + s.new_tokens) *
                   static_cast<double>(s.count);
          }
        }
        return sum;
      },
      step.prefill.count * step.prefill.new_tokens + step.decode.count * step.decode.new_tokens);
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
