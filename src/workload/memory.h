#pragma once
// What stays in memory, of a stage that is known to be valid: what the public functions of the same
// names work out from a model and a shard.

#include "redline/workload.h"

#include "workload/stage.h"

namespace redline::workload {

// Parameters, gradients and optimizer state of a rank, under its ZeRO stage; one copy of it.
struct StateBytes {
  Bytes weights{}, gradients{}, optimizer{};
};
// `held`: what the rank holds before ZeRO.
[[nodiscard]] StateBytes state_bytes(const HeldParameters& held, const TrainingRequest& request,
                                     const Shard& shard);
[[nodiscard]] Bytes weights_bytes(const HeldParameters& held, const Precision& precision,
                                  const Shard& shard);
// Of one sequence of `tokens`, of which layers with a window keep the last.
[[nodiscard]] Bytes cached_bytes(const Stage& stage, std::int64_t tokens);

// Of a stage as a training request sees it (`training_stage`).
[[nodiscard]] ActivationBytes activation_bytes(const TrainingRequest& request, const Stage& stage);

}  // namespace redline::workload
