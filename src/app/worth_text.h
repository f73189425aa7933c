#pragma once
// What a chip is worth, as paragraphs, plots, tables and JSON.

#include "app/report.h"
#include "app/worth.h"
#include "results/chart.h"
#include "results/html.h"
#include "results/words.h"

namespace redline::app {

// "DeepSeek-V3 training"
[[nodiscard]] std::string use_name(const UseWorth& use, const results::Words& say);

// The span of the shares.
[[nodiscard]] std::string worth_span(const WorthReport& report, const results::Words& say);
// The finding: the span, and for which uses a claimed share holds.
[[nodiscard]] std::string worth_finding(const WorthReport& report, const results::Words& say);

// One row a chip that is compared, grouped by use: its share of the reference, and what a million
// tokens costs on it.
[[nodiscard]] results::DotWhisker share_plot(const WorthReport& report, const results::Words& say);
[[nodiscard]] results::DotWhisker cost_plot(const WorthReport& report, const results::Words& say);

// The section of the brief.
void add_worth(const WorthReport& report, const results::Words& say, results::HtmlPage& page);
// {"subject", "reference", "claim", "data_sheet", "uses": [{"kind", "model", "chips": […]}]}
[[nodiscard]] Json worth_json(const WorthReport& report);
// `redline report SCENARIO --section worth`
[[nodiscard]] Answer worth_answer(const WorthReport& report, const results::Words& say);

// Two significant digits: "36", "7.8", "101".
[[nodiscard]] std::string percent_text(double share);

}  // namespace redline::app
