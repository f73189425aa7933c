#pragma once
// A step of serving put together from its operators.

#include <vector>

#include "perf/training_step.h"

namespace redline::perf {

struct ServingCosts {
  std::vector<PassCost> stages;  // in order
  double prompts = 0.0;          // prompts are prefilled in this step
  double sequences = 0.0;        // of the step, with those of the prompts
  double imbalance = 1.0;
  double rank_doublings = 0.0;  // of ranks with sequences of their own that share experts
  double core_cycles = 0.0;     // of all cores in a second; 0: not known
  bool overlaps_experts = false;
  bool gathers_experts = false;  // tokens are messages to all: nothing hides them
  bool prompts_alone = false;
  bool over_host_bus = false;  // messages, for want of links
};
// The shard of a stage of a plan, from 0.
[[nodiscard]] Shard shard_of_stage(const ServingPlan& plan, const LlmModel& model, int stage);
[[nodiscard]] ServingCosts serving_costs(const LlmModel& model, const ServingPlan& plan,
                                         const InferenceRequest& request,
                                         const KernelModel& kernels, const Engine& engine);
// From the first stage to the last; `slowest_s`: the pace of a full pipeline.
[[nodiscard]] StepParts serving_parts(const ServingCosts& costs, const StepModel::Values& c,
                                      double& slowest_s);

}  // namespace redline::perf
