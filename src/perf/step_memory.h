#pragma once
// Memory of a training plan by kinds of stages, from what plans share.

#include "perf/training_table.h"
#include "workload/memory.h"

namespace redline::perf {

using workload::StateBytes;
[[nodiscard]] StateBytes state_bytes(const TrainingRequest& request, const StageKind& kind);

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
[[nodiscard]] KeptBytes kept_bytes(const TrainingPlan& plan, const workload::Stage& whole);

[[nodiscard]] StepMemory stage_memory(const TrainingPlan& plan, const StageKind& kind,
                                      const StateBytes& state, const KeptBytes& kept);
// Of the fullest rank.
[[nodiscard]] StepMemory training_memory(const TrainingPlan& plan, const workload::Stage& whole,
                                         const std::vector<StageKind>& kinds);

}  // namespace redline::perf
