#pragma once
// `redline search plan train`: the best parallel plan, what is Pareto-optimal, and what binds.

#include <functional>
#include <string>

#include "redline/plan_search.h"

#include "app/estimate_step.h"

namespace redline::app {

// How a search is run; what is found does not depend on it.
struct SearchRun {
  unsigned threads = 1;
  bool prune = true;
  bool plot = false;
  // With the best so far in the words of its objective; empty while there is none.
  std::function<void(const SearchProgress&, const std::string& best)> progress{};
  std::function<bool()> stop{};
};

[[nodiscard]] Loaded<Answer> search_plan_train(const Workspace& workspace, const Json& fields,
                                               const SearchRun& run, Code field_code,
                                               const results::Words& say);

}  // namespace redline::app
