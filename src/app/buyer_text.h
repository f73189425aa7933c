#pragma once
// What a buyer would do, as paragraphs, plots, tables and JSON.

#include "app/buyer.h"
#include "results/chart.h"
#include "results/html.h"

namespace redline::app {

// Which chips train soonest and serve cheapest for the money, beside the subject.
[[nodiscard]] std::string buyer_finding(const BuyerReport& report, const results::Words& say);

// Days of the training and cost of a million tokens, one row an option.
[[nodiscard]] results::DotWhisker training_plot(const BuyerReport& report,
                                                const results::Words& say);
[[nodiscard]] results::DotWhisker serving_plot(const BuyerReport& report,
                                               const results::Words& say);

// The section of the brief.
void add_buyer(const BuyerReport& report, const results::Words& say, results::HtmlPage& page);
[[nodiscard]] Json buyer_json(const BuyerReport& report);
// `redline report SCENARIO --section buyer`
[[nodiscard]] Answer buyer_answer(const BuyerReport& report, const results::Words& say);

}  // namespace redline::app
