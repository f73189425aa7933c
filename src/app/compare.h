#pragma once
// `redline compare`: how many of one chip equal how many of another for a language model.

#include <functional>
#include <string>
#include <vector>

#include "app/estimate_step.h"

namespace redline::app {

struct CompareRequest {
  std::vector<std::string> chips;
  std::string model;
  Json terms = Json::object();  // of cost, as fields of a step
};

// What one chip comes to in one use.
struct ChipInUse {
  std::string chip;
  StepKind kind = StepKind::kTrain;
  std::optional<StepAnswer> answer;  // none where no plan fits or nothing can be said
  Message reason;
};

// Splits to try, from small to large, as fields of a step.
[[nodiscard]] std::vector<Json> usual_plans(StepKind kind, const LlmModel& model);

inline constexpr double kTpotLimit = 0.050;  // s
// Whether a decode step keeps to the limit; true of other steps.
[[nodiscard]] bool keeps_pace(const StepAnswer& answer);
// What every use takes as given.
[[nodiscard]] Message terms_of_uses();

// A value with its 80 % interval.
struct Spread {
  double value = 0.0, low = 0.0, high = 0.0;
};
// Tokens a second on one chip.
[[nodiscard]] Spread rate_of(const StepAnswer& answer);
// One chip of `a` does the work of this many of `b`; exactly one where both are the same answer.
[[nodiscard]] Spread worth_of(const StepAnswer& a, const StepAnswer& b);
[[nodiscard]] Json use_json(const ChipInUse& one, const ChipInUse& first);

// Each chip on the plan that suits it best among a few usual ones: the most tokens a second and
// chip of those that fit. Decoding within the limit on TPOT where that can be had.
[[nodiscard]] ChipInUse best_in_use(const Workspace& workspace, const std::string& chip,
                                    StepKind kind, const Json& fields);

// A chip whose turn has not come when `stop` says so is left unknown.
[[nodiscard]] Loaded<Answer> compare(const Workspace& workspace, const CompareRequest& request,
                                     const results::Words& say,
                                     const std::function<bool()>& stop = {});

}  // namespace redline::app
