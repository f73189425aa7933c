#pragma once
// Memory of a training plan by kinds of stages, from what plans share.

#include "perf/training_table.h"

namespace redline::perf {

// Parameters, gradients and optimizer of a stage; one copy of it.
struct StateBytes {
  Bytes weights{}, gradients{}, optimizer{};
};
[[nodiscard]] StateBytes state_bytes(const LlmModel& model, const TrainingRequest& request,
                                     const Shard& shard);

// What one microbatch leaves until its backward pass, under a split of a stage.
struct LayerBytes {
  Bytes dense{}, expert{};  // of one layer
  Bytes prediction{};       // of prediction modules, on the last stage
  Bytes embedding{}, head{};
};
struct KeptBytes {
  LayerBytes kept;     // under the plan's recomputation
  LayerBytes without;  // with nothing computed again
};
[[nodiscard]] KeptBytes kept_bytes(const LlmModel& model, const TrainingPlan& plan);

[[nodiscard]] StepMemory stage_memory(const TrainingPlan& plan, const StageKind& kind,
                                      const StateBytes& state, const KeptBytes& kept);

}  // namespace redline::perf
