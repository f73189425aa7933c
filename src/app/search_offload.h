#pragma once
// `--space megatron-offload`: every way in which Megatron-LM can train a dense model, with a second
// tier of memory, counted as Calculon's exhaustive search counts.

#include "app/plan_request.h"
#include "app/search_plan.h"

namespace redline::app {

[[nodiscard]] Loaded<Answer> search_offload(const Workspace& workspace, PlanRequest& request,
                                            const TrainingQuestion& question, const Json& fields,
                                            const SearchRun& run, Code field_code,
                                            const results::Words& say);

}  // namespace redline::app
