#pragma once
// What training plans share: layers priced once for a split of a stage and a microbatch, what their
// parameters cost replicas, and the kinds of stages. A plan is a sum over these.

#include <optional>
#include <vector>

#include "perf/pass_cost.h"
#include "workload/layer.h"
#include "workload/parameters.h"

namespace redline::perf {

// One layer, or what stands before or after all of them, for one microbatch.
struct LayerCost {
  PassCost forward, backward;  // without what is computed again, and what replicas send
  PassCost weight;             // gradients of weights, a part of `backward`
  PassCost core;               // the core of attention, forward
};
// Of one split over tensor, context and experts, and one microbatch.
struct LayerTable {
  // Nothing is written to the places of what a model lacks.
  LayerTable() {}  // written out: a default one would zero all of it
  LayerCost dense, embedding, head;
  // Where a model has such.
  std::optional<LayerCost> expert, mtp;
  std::optional<LayerCost>
      windowed;  // what a layer with a window costs more: mostly less than zero
};

// What replicas send of one layer in either pass, under ZeRO stages 2 and 3.
struct ReplicaMessages {
  PassCost forward, backward;
};
struct ReplicaTable {
  ReplicaMessages dense, expert, ends, mtp;
};

// Layers of a stage, from 0: as even as can be, the last and first stages, which have the head and
// the embedding besides, one fewer before others.
struct StageLayers {
  int first = 0, end = 0;
};
[[nodiscard]] StageLayers stage_layers(int layers, int stages, int stage);
// The shard of a stage of a plan. A pipeline adds up the gradients of its microbatches in whole, so
// that stage 2 of ZeRO sends and keeps what stage 1 does.
[[nodiscard]] Shard shard_of_stage(const TrainingPlan& plan, const LlmModel& model,
                                   const StageLayers& layers);

// Stages that are alike: of the same layers, and both or neither of them an end.
struct StageKind {
  Shard shard{};
  workload::LayerMix mix{};
  HeldParameters held{};  // of a rank, before ZeRO
  bool first = false, last = false;
  int place = 0;  // of the first of them
  int count = 0;
};
[[nodiscard]] std::vector<StageKind> stage_kinds(const LlmModel& model, const TrainingPlan& plan);
// The same from the stage that a plan's would be if one held all layers.
[[nodiscard]] workload::Stage whole_stage(const LlmModel& model, const TrainingPlan& plan);
[[nodiscard]] std::vector<StageKind> stage_kinds(const LlmModel& model, const TrainingPlan& plan,
                                                 const workload::Stage& whole);

// A stage's work for one microbatch, and what it does once a step.
struct StageCost {
  PassCost forward, backward, weight;
  PassCost data;           // of the update: messages of replicas
  double again_ops = 0.0;  // of what the backward pass computes again
  double optimizer_s = 0.0;
  double count = 1.0;  // stages like it
};

// Which parts of a table will be asked for.
struct TableParts {
  bool weights = true;  // by schedules that fill gaps with gradients of weights
  bool core = true;     // by selective recomputation
};
[[nodiscard]] TableParts parts_for(const TrainingPlan& plan);

// Prices pieces of a model under one split. Refers to what it is given.
class Pricer {
 public:
  // `whole`: whole_stage of them.
  Pricer(const LlmModel& model, const TrainingPlan& plan, const workload::Stage& whole,
         const KernelModel& kernels, const Engine& engine);

  // Of the split and the microbatch of the plan.
  [[nodiscard]] LayerTable layers(TableParts parts);
  [[nodiscard]] std::optional<ReplicaTable> replicas();  // nothing below ZeRO stage 2
  // Of a microbatch to the next stage, which stands as near as replicas leave room.
  [[nodiscard]] PassCost send();
  // What a stage does once a step.
  [[nodiscard]] PassCost update(const StageKind& kind);

 private:
  // These add to what they are given, which is large and mostly zero.
  template <class Emit>
  void pass(PassCost& sum, workload::Pass direction, const Emit& emit_pieces,
            PassCost* weight = nullptr);
  template <class Emit>
  void price(LayerCost& cost, const Emit& emit, TableParts parts);
  void layer(LayerCost& cost, const workload::LayerMix& mix, TableParts parts);
  void messages(ReplicaMessages& sum, const HeldParameters& held);
  void hide_messages(LayerCost& cost) const;

  const LlmModel& model_;
  const TrainingPlan& plan_;
  const Shard shard_;
  const Engine& engine_;
  const workload::Stage& stage_;
  workload::Step step_;
  CostSum costs_;
};

// A stage's share of the tables; what it does once a step stays as it is.
void set_passes(StageCost& cost, const LayerTable& layers,
                const std::optional<ReplicaTable>& replicas, const LlmModel& model,
                const StageKind& kind, Recompute recompute, int recomputed_layers);

}  // namespace redline::perf
