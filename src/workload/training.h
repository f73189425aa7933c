#pragma once
// What the parts of a training step share.

#include "redline/workload.h"

#include "workload/layer.h"
#include "workload/parameters.h"

namespace redline::workload {

// The stage as a training request sees it: no cache, gradients in their format.
[[nodiscard]] Stage training_stage(const LlmModel& model, const TrainingRequest& request,
                                   const Shard& shard);

// What the public function of that name gives, of what is known to be valid.
[[nodiscard]] Ops model_ops(const LlmModel& model, const TrainingRequest& request,
                            MaskedScores scores);

// A training request on one rank, for what concerns replicas.
struct Replica {
  const LlmModel& model;
  const TrainingRequest& request;
  const Shard& shard;
};

// Messages of one pass over parameters that are gathered together, such as those of a layer.
void emit_unit_messages(Emitter& emit, const Stage& stage, const HeldParameters& held,
                        const Replica& replica);
// Messages of one pass: ZeRO stage 3 gathers parameters in each, stages 2 and 3 scatter gradients
// in the backward one.
void emit_pass_messages(Emitter& emit, const Stage& stage, const Replica& replica);
// The gradient of a table that is input and output both, of which either end has a part.
void emit_table_sum(Emitter& emit, const Stage& stage, const Replica& replica);
// Gradients summed over replicas, the optimizer, parameters gathered.
void emit_update(Emitter& emit, const Stage& stage, const HeldParameters& held,
                 const Replica& replica);

// Moments that an optimizer keeps for each parameter.
[[nodiscard]] int moment_count(Optimizer optimizer);
// Whether another copy than the one that passes read is updated.
[[nodiscard]] bool has_master(const TrainingRequest& request);
// Ranks that share optimizer state, gradients or parameters from this ZeRO stage on; else 1.
[[nodiscard]] double split_from(ZeroStage stage, const Shard& shard, double ranks);

}  // namespace redline::workload
