#pragma once
// A search for a plan as it is asked for: what all plans share, the space and what is made least.

#include <memory>
#include <string>
#include <vector>

#include "redline/plan_search.h"

#include "app/step_fields.h"
#include "app/step_request.h"
#include "app/vary.h"

namespace redline::app {

class PlanRequest {
 public:
  PlanRequest(const Workspace& w, const Json& json, Code code)
      : w_(w), json_(json), fields_(json), code_(code) {}

  Loaded<TrainingQuestion> read() {
    read_step();
    read_objectives();
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    make_question();
    read_lists();
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::move(question_);
  }
  [[nodiscard]] StepRequest& request() { return *request_; }
  [[nodiscard]] const StepModel& steps() const { return *steps_; }
  [[nodiscard]] const CostRate& cost() const { return cost_; }
  [[nodiscard]] std::size_t top() const { return top_; }
  [[nodiscard]] const std::vector<Variation>& variations() const { return variations_; }

 private:
  void problem(std::string message, std::vector<std::string> help = {});
  // "64", or "64..1024": doubled from the first while it is no more than the last.
  void read_chips();
  void read_step();
  std::optional<PlanObjective> objective(const std::string& word);
  void read_objectives();
  void make_question();
  void read_list(std::string_view name, std::vector<int>& values);
  template <class E, std::size_t N>
  void read_names(std::string_view name, const std::array<std::string_view, N>& names,
                  std::vector<E>& values);
  void read_lists();
  const Workspace& w_;
  const Json& json_;
  Fields fields_;
  Code code_;
  Diagnostics errors_;
  std::vector<int> chips_;
  std::optional<StepRequest> request_;
  std::shared_ptr<const KernelModel> kernels_;
  std::unique_ptr<StepModel> steps_;
  CostRate cost_;
  std::size_t top_ = 5;
  std::vector<Variation> variations_;
  TrainingQuestion question_;
};

}  // namespace redline::app
