#pragma once
// A search for a plan as it is asked for: what all plans share, the space and what is made least.

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "redline/plan_search.h"

#include "app/list_fields.h"
#include "app/step_fields.h"
#include "app/step_request.h"
#include "app/vary.h"

namespace redline::app {

// Fields of a request: those of a training step but for its plan, `chips` as N, N1..N2 or a list,
// objective, pareto, top, and lists of the values that a dimension may have.
[[nodiscard]] const std::vector<std::string_view>& plan_search_fields();

// What a step hides behind other work, as `overlap` names it; the engine's own is what it does.
enum class Overlap : std::uint8_t { kEngine, kNone, kExperts, kTensor, kAll };
inline constexpr std::array<std::string_view, 5> kOverlapNames{"engine", "none", "experts",
                                                               "tensor", "all"};

// Formats and overlap that plans may have, with the steps that have them.
struct PlanVariant {
  StepRequest request;
  Overlap overlap = Overlap::kEngine;
  std::string dtype;  // as it was asked for; empty: bf16
  Engine engine{};
  std::shared_ptr<const KernelModel> kernels;
  std::unique_ptr<StepModel> steps;
};

class PlanRequest {
 public:
  PlanRequest(const Workspace& w, const Json& json, Code code)
      : w_(w), json_(json), fields_(json), code_(code) {}
  PlanRequest(const PlanRequest&) = delete;
  PlanRequest& operator=(const PlanRequest&) = delete;

  Loaded<TrainingQuestion> read() {
    read_steps();
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
  [[nodiscard]] const StepRequest& request() const { return variants_.front()->request; }
  [[nodiscard]] const std::vector<std::unique_ptr<PlanVariant>>& variants() const {
    return variants_;
  }
  // Why nothing can be said; none where something can.
  [[nodiscard]] const std::optional<Message>& refusal() const { return refusal_; }
  // The variants on such a machine, which must outlive them.
  [[nodiscard]] std::vector<std::unique_ptr<PlanVariant>> variants_on(const Machine& machine) const;
  [[nodiscard]] const CostRate& cost() const { return cost_; }
  [[nodiscard]] std::size_t top() const { return top_; }
  [[nodiscard]] const std::vector<Variation>& variations() const { return variations_; }

 private:
  void problem(std::string message, std::vector<std::string> help = {});
  void read_chips();
  void read_steps();
  // False where it has problems.
  bool add_variant(Json step, const std::string& dtype, Overlap overlap);
  // Whether what it is counted in is known; says so where it is not.
  bool allowed(PlanObjective objective);
  void read_objectives();
  void make_question();
  void read_lists();
  const Workspace& w_;
  const Json& json_;
  Fields fields_;
  ListFields lists_{fields_, [this](std::string message, std::vector<std::string> help) {
                      problem(std::move(message), std::move(help));
                    }};
  Code code_;
  Diagnostics errors_;
  std::vector<int> chips_;
  std::vector<std::unique_ptr<PlanVariant>> variants_;
  std::optional<Message> refusal_;
  CostRate cost_;
  std::size_t top_ = 5;
  std::vector<Variation> variations_;
  TrainingQuestion question_;
};

// "bf16, overlap experts"; empty where nothing but the usual was asked for.
[[nodiscard]] std::string variant_text(const PlanVariant& variant);
[[nodiscard]] std::vector<TrainingVariant> training_variants(
    const std::vector<std::unique_ptr<PlanVariant>>& variants);

}  // namespace redline::app
