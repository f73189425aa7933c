#pragma once
// `redline search plan train`: the best parallel plan, what is Pareto-optimal, and what binds.

#include <functional>

#include "redline/plan_search.h"

#include "app/estimate_step.h"

namespace redline::app {

// How a search is run; what is found does not depend on it.
struct SearchRun {
  unsigned threads = 1;
  bool prune = true;
  bool plot = false;
  std::function<void(const SearchProgress&)> progress{};
  std::function<bool()> stop{};
};

// Fields of a request: those of a training step but for its plan, `chips` as N or N1..N2,
// objective, pareto, top, and lists of the values that a dimension may have.
[[nodiscard]] const std::vector<std::string_view>& plan_search_fields();
[[nodiscard]] Loaded<Answer> search_plan_train(const Workspace& workspace, const Json& fields,
                                               const SearchRun& run, Code field_code,
                                               const results::Words& say);

}  // namespace redline::app
