#pragma once
// A training step put together from the cost of its layers.

#include <vector>

#include "perf/pass_cost.h"
#include "workload/parameters.h"

namespace redline::perf {

// One layer, or what stands before or after all of them, for one microbatch.
struct LayerCost {
  PassCost forward, backward;  // without what is computed again
  PassCost weight;             // gradients of weights, a part of `backward`
  PassCost core;               // the core of attention, forward
};

// What does not depend on how layers are dealt out to stages, nor on schedule and microbatches.
struct TrainingTable {
  LayerCost dense, expert;
  LayerCost windowed;  // what a layer with a window costs more, mostly less than zero
  LayerCost embedding, head, mtp;
  PassCost send;  // to the next stage
};

// The costs of one plan: everything but constants.
struct StageCost {
  PassCost forward, backward, weight;
  PassCost data;           // of the update: messages of replicas
  double again_ops = 0.0;  // of what the backward pass computes again
  double optimizer_s = 0.0;
};
struct TrainingCosts {
  std::vector<StageCost> stages;  // unlike ones, each with its number
  std::vector<int> counts;
  PassCost send;
  double microbatches = 1.0, stages_in_all = 1.0, virtual_stages = 1.0;
  double nodes = 1.0;
  double parts = 0.0;  // of other replicas, to be had after an update
  Schedule schedule = Schedule::kOneForwardOneBackward;
  bool overlaps_experts = false;
};
[[nodiscard]] TrainingCosts training_costs(const LlmModel& model, const TrainingPlan& plan,
                                           const KernelModel& kernels, const Engine& engine,
                                           const SheetRates& rates);

struct StepParts {
  std::array<double, kWorks> seconds{};
  double memory_s = 0.0;  // of the compute works, what memory bounds
  [[nodiscard]] double total() const {
    double sum = 0.0;
    for (const double one : seconds) {
      sum += one;
    }
    return sum;
  }
};
[[nodiscard]] Exposed exposed_of(const TrainingCosts& costs, const StepModel::Values& c);
[[nodiscard]] StepParts training_parts(const TrainingCosts& costs, const StepModel::Values& c);

// Layers of each stage: as even as can be, the last and first stages, which have the head and the
// embedding besides, one fewer before others.
struct StageLayers {
  int first = 0, end = 0;
};
[[nodiscard]] std::vector<StageLayers> stage_layers(int layers, int stages);
[[nodiscard]] Shard shard_of_stage(const TrainingPlan& plan, const LlmModel& model,
                                   const StageLayers& layers);

}  // namespace redline::perf
