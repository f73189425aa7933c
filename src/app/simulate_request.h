#pragma once
// A simulation as it is asked for: a way to serve, a number of replicas, traffic, a target.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redline/simulation.h"

#include "app/estimate_step.h"

namespace redline::app {

// What a pool stands on.
struct SimulatedPool {
  std::shared_ptr<const KernelModel> kernels;
  std::unique_ptr<StepModel> steps;
  std::int64_t cache_tokens = 0;  // of all ranks of a replica
};

// A question with all that it points to. Not to be moved: parts point to each other.
struct SimulateModels {
  StepAnswer step;  // a decode step of the mean request, for its plan and its costs
  SimulatedPool answers, prompts;
  Trace trace;
  SimulationSpec spec;
  std::optional<Message> refusal;    // why nothing can be said
  std::optional<Message> too_small;  // why the model does not fit
  std::vector<Message> assumptions;

  [[nodiscard]] std::int64_t chips() const;  // of all replicas
  // Cost and energy are known of every chip.
  [[nodiscard]] bool priced() const;
  [[nodiscard]] bool metered() const;
};

// Errors: every problem of the fields at once.
[[nodiscard]] Loaded<std::unique_ptr<SimulateModels>> read_simulation(const Workspace& workspace,
                                                                      const Json& fields,
                                                                      Code field_code);
[[nodiscard]] const std::vector<std::string_view>& simulation_fields();

}  // namespace redline::app
