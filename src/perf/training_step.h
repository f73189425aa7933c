#pragma once
// A training step put together from the cost of its layers.

#include <vector>

#include "perf/training_table.h"

namespace redline::perf {

// The costs of one plan: everything but constants.
struct TrainingCosts {
  std::vector<StageCost> stages;  // unlike ones, each with its number
  PassCost send;
  double microbatches = 1.0, stages_in_all = 1.0, virtual_stages = 1.0;
  double nodes = 1.0;
  double parts = 0.0;  // of other replicas, to be had after an update
  Schedule schedule = Schedule::kOneForwardOneBackward;
  bool overlaps_experts = false;
};
// What the stages do once a step, and how large a plan is: its costs but for passes and their
// order.
[[nodiscard]] TrainingCosts update_costs(const TrainingPlan& plan,
                                         const std::vector<StageKind>& kinds, Pricer& pricer);
// The order in which a plan's microbatches pass its stages.
void set_order(TrainingCosts& costs, const TrainingPlan& plan, const Engine& engine);
[[nodiscard]] TrainingCosts training_costs(const LlmModel& model, const TrainingPlan& plan,
                                           const std::vector<StageKind>& kinds, Pricer& pricer,
                                           const Engine& engine);
[[nodiscard]] TrainingCosts training_costs(const LlmModel& model, const TrainingPlan& plan,
                                           const KernelModel& kernels, const Engine& engine);

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
// What does not depend on how many microbatches there are, nor on how a schedule orders them, but
// for whether it hides exchanges of experts.
struct StageTimes {
  StepParts slowest;                       // stage, of one microbatch
  double pace = 0.0;                       // its seconds
  double others = 0.0;                     // of all other stages together
  double weight = 0.0, forward = 0.0;      // of the slowest
  double replicas = 0.0, optimizer = 0.0;  // once a step
};
[[nodiscard]] StageTimes stage_times(const TrainingCosts& costs, const StepModel::Values& c);
[[nodiscard]] StepParts step_of(const TrainingCosts& costs, const StageTimes& times,
                                const StepModel::Values& c);
[[nodiscard]] StepParts training_parts(const TrainingCosts& costs, const StepModel::Values& c);

}  // namespace redline::perf
