#pragma once
// How a brief tells what would be built instead.

#include <string>
#include <vector>

#include "app/built.h"
#include "results/html.h"

namespace redline::app {

// A sentence an epoch: the best part that its rule allowed, and what came.
[[nodiscard]] std::vector<std::string> built_findings(const BuiltReport& report,
                                                      const results::Words& say);
void add_built(const BuiltReport& report, const results::Words& say, results::HtmlPage& page);
[[nodiscard]] Json built_json(const BuiltReport& report);
[[nodiscard]] Answer built_answer(const BuiltReport& report, const results::Words& say);

}  // namespace redline::app
