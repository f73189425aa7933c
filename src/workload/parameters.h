#pragma once
// Parameters of one rank by layer, for messages and memory.

#include "redline/workload.h"

#include "workload/stage.h"

namespace redline::workload {

struct StageParameters {
  HeldParameters dense_layer, expert_layer;  // one of each
  HeldParameters ends;                       // tables, learned positions, outer norms
  HeldParameters mtp;                        // all prediction modules
};

// Of a rank of this stage, before ZeRO.
[[nodiscard]] StageParameters stage_parameters(const LlmModel& model, const Stage& stage);
// Only what stands at the ends, if it were the first or the last.
[[nodiscard]] HeldParameters end_parameters(const LlmModel& model, const Stage& stage, bool first,
                                            bool last);
// All that a stage of these layers holds.
[[nodiscard]] HeldParameters held_parameters(const StageParameters& one, const LayerMix& layers);
// What of them is a rank's own from this ZeRO stage on.
[[nodiscard]] HeldParameters split_parameters(const HeldParameters& held, const Shard& shard,
                                              ZeroStage zero);

[[nodiscard]] constexpr HeldParameters operator+(const HeldParameters& a, const HeldParameters& b) {
  return {a.linear + b.linear, a.experts + b.experts, a.embedding + b.embedding, a.other + b.other};
}
[[nodiscard]] constexpr HeldParameters operator*(double n, const HeldParameters& a) {
  return {n * a.linear, n * a.experts, n * a.embedding, n * a.other};
}
// Those that every replica of the stage holds, and not only replicas of experts.
[[nodiscard]] constexpr double outside_experts(const HeldParameters& a) {
  return a.linear + a.embedding + a.other;
}

}  // namespace redline::workload
