#pragma once
// `redline search plan serve`: the best way to serve a language model within limits on latency.

#include "app/search_plan.h"
#include "app/serve_request.h"

namespace redline::app {

// Fields of a request: those of a decode step but for its plan, limits `ttft` and `tpot`, `chips`
// or requests a second (`rate`), objective, pareto, top, and lists of the values that a dimension
// may have.
[[nodiscard]] Loaded<Answer> search_plan_serve(const Workspace& workspace, const Json& fields,
                                               const SearchRun& run, Code field_code,
                                               const results::Words& say);

// A scheme with the decode step that it rests on, for error bars and what binds.
struct ServeAnswer {
  ServingScheme scheme;
  Json step_fields;  // of `estimate decode`
  StepAnswer step;
};
struct ServeSearch {
  SearchResult result;
  std::vector<ServeAnswer> best, front;
};
// The best way and those that are Pareto-optimal; none where nothing is feasible. `models`: of the
// request.
[[nodiscard]] ServeSearch search_serving(const Workspace& workspace, const ServeRequest& request,
                                         const ServeModels& models, const SearchRun& run);

}  // namespace redline::app
