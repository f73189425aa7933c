#pragma once
// What a change of rules did, as a brief tells it: the impact statement, and where the rules of the
// years stand between what leaks and what it costs.

#include <optional>
#include <string>

#include "app/impact.h"
#include "app/scenario.h"
#include "app/search_rule.h"
#include "results/html.h"

namespace redline::app {

struct RuleChangeReport {
  ImpactReport impact;
  std::optional<RuleReport> rules;
};

// Of a scenario with such a question. The same for any number of threads.
[[nodiscard]] Loaded<RuleChangeReport> work_out_rule_change(const Workspace& workspace,
                                                            const Scenario& scenario,
                                                            const SearchRun& run);

void add_rule_change(const RuleChangeReport& report, const results::Words& say,
                     results::HtmlPage& page);
[[nodiscard]] Json rule_change_json(const RuleChangeReport& report);
[[nodiscard]] Answer rule_change_answer(const RuleChangeReport& report, const results::Words& say);

}  // namespace redline::app
