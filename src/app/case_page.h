#pragma once
// A classification as one page that can go into a file: question, facts with evidence, working,
// margins, checklists, assumptions, what was not evaluated, sources and the hash of the data.

#include <string>

#include "app/classify.h"

namespace redline::app {

// Working and checklists are always part of it. The page holds its own request and results, so that
// `redline replay` can ask again; identical requests over identical data give identical bytes.
// Errors: as classify; kBadOptionValue for a request about more than one date.
[[nodiscard]] Loaded<std::string> write_case(const Workspace& workspace,
                                             const ClassifyRequest& request, const RunInfo& run,
                                             const results::Words& say);

// The element of a case page that holds the envelope.
inline constexpr std::string_view kCaseData = "redline-case";

}  // namespace redline::app
