#pragma once
// A chip that thinks: the plans that a model may have on it, and the cheapest for each task.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "redline/reasoning.h"

#include "app/estimate_step.h"
#include "app/reasoning_request.h"

namespace redline::app {

// One plan, with its steps resolved.
struct ThinkingPlan {
  StepAnswer step;  // the plan, and what its chips cost
  std::shared_ptr<const KernelModel> kernels;
  std::unique_ptr<const StepModel> steps;
};

// A task on the plan that takes the fewest chip-seconds over it.
struct TaskCost {
  const ThinkingPlan* plan = nullptr;
  ThinkingEstimate estimate;
  double tokens = 0.0;  // thought, of all chains

  [[nodiscard]] std::optional<double> usd() const;
  [[nodiscard]] std::optional<double> energy_j() const;
  [[nodiscard]] double tokens_per_s_per_chip() const { return tokens / estimate.chip_seconds; }
};

class ThinkingChip {
 public:
  // `place`: fields of a step. Where no plan is stated, the usual ones are tried.
  ThinkingChip(const Workspace& workspace, std::shared_ptr<const ReasoningRequest> request,
               const Json& place, Code field_code);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Diagnostics& errors() const { return errors_; }  // of the fields
  [[nodiscard]] const Message& reason() const { return reason_; }      // why nothing is known
  [[nodiscard]] const std::vector<ThinkingPlan>& plans() const { return plans_; }
  void take_as_owned();
  [[nodiscard]] CostRate cost() const;

  // None where no plan has room for it or keeps the limit on TPOT.
  [[nodiscard]] const std::optional<TaskCost>& task(const ThinkingLoad& load);
  // A chain alone; of a revision all passes.
  [[nodiscard]] const std::optional<TaskCost>& task(const Way& way);

 private:
  void add_plan(const Workspace& workspace, const Json& fields, Code field_code);
  [[nodiscard]] std::optional<TaskCost> on_plan(const ThinkingPlan& plan,
                                                const ThinkingLoad& load) const;

  std::shared_ptr<const ReasoningRequest> request_;
  std::string name_;
  std::vector<ThinkingPlan> plans_;
  Diagnostics errors_;
  Message reason_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::optional<TaskCost>> known_;
};

}  // namespace redline::app
