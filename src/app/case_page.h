#pragma once
// A classification as one page that can go into a file: question, facts with evidence, working,
// margins, checklists, assumptions, what was not evaluated, sources and the hash of the data.

#include <string>

#include "app/classify.h"
#include "results/html.h"

namespace redline::app {

// Working and checklists are always part of it. The page holds its own request and results, so that
// `redline replay` can ask again; identical requests over identical data give identical bytes.
// Errors: as classify; kBadOptionValue for a request about more than one date.
[[nodiscard]] Loaded<std::string> write_case(const Workspace& workspace,
                                             const ClassifyRequest& request, const RunInfo& run,
                                             const results::Words& say);

// The element of a page that holds the envelope.
inline constexpr std::string_view kCaseData = "redline-case";

// What a page was made from, and its envelope for `redline replay`, which says nothing of the run,
// so that the page is the same each time. `file`: what the page may be called.
void add_manifest(const Workspace& workspace, const Answer& answer, const RunInfo& run,
                  std::string_view file, const results::Words& say, results::HtmlPage& page);

}  // namespace redline::app
