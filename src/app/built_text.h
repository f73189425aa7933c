#pragma once
// How a brief tells what would be built instead.

#include <string>

#include "app/built.h"
#include "results/html.h"

namespace redline::app {

[[nodiscard]] std::string built_finding(const BuiltReport& report, const results::Words& say);
void add_built(const BuiltReport& report, const results::Words& say, results::HtmlPage& page);
[[nodiscard]] Json built_json(const BuiltReport& report);
[[nodiscard]] Answer built_answer(const BuiltReport& report, const results::Words& say);

}  // namespace redline::app
