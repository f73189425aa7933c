#pragma once
// How the section on bandwidth is told.

#include "app/bandwidth.h"
#include "app/report.h"
#include "results/html.h"

namespace redline::app {

// "At 2 s and 50 ms a thousand H20 hold 400 requests a second …"
[[nodiscard]] std::string bandwidth_finding(const BandwidthReport& report,
                                            const results::Words& say);
void add_bandwidth(const BandwidthReport& report, const results::Words& say,
                   results::HtmlPage& page);
[[nodiscard]] Json bandwidth_json(const BandwidthReport& report);
[[nodiscard]] Answer bandwidth_answer(const BandwidthReport& report, const results::Words& say);

}  // namespace redline::app
