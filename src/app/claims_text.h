#pragma once
// The claims of an article as tables, HTML and JSON.

#include "app/claims.h"
#include "app/report.h"
#include "results/html.h"
#include "results/words.h"

namespace redline::app {

// "69 claims: 29 confirmed, 3 rounding, …; 52 computed".
[[nodiscard]] std::string claims_headline(const ClaimReport& report, const results::Words& say);

// The contract's object for one claim.
[[nodiscard]] Json claim_json(const ClaimReport& report, const ClaimResult& result);
// {"counts": …, "claims": […]}
[[nodiscard]] Json claims_json(const ClaimReport& report);

// The section of the brief.
void add_claims(const Workspace& workspace, const ClaimReport& report, const results::Words& say,
                results::HtmlPage& page);

// `redline report SCENARIO --section claims`
[[nodiscard]] Answer claims_answer(const ClaimReport& report, const results::Words& say);

}  // namespace redline::app
