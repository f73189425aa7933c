#include "app/rule_change.h"

#include "results/svg.h"

namespace redline::app {

using results::HtmlPage;
using results::Words;

Loaded<RuleChangeReport> work_out_rule_change(const Workspace& workspace, const Scenario& scenario,
                                              const SearchRun& run) {
  RL_CHECK(scenario.impact.has_value());
  const Json fields{{"before", format_date(scenario.before)},
                    {"after", format_date(scenario.after)},
                    {"to", scenario.to},
                    {"as_of", format_date(scenario.as_of)}};
  auto request = read_impact_request(workspace, fields, Code::kOutOfRange);
  if (!request) {
    return tl::unexpected(std::move(request).error());
  }
  auto impact = work_out_impact(workspace, std::move(*request), run);
  if (!impact) {
    return tl::unexpected(std::move(impact).error());
  }
  RuleChangeReport report{std::move(impact->front()), std::nullopt};
  if (!scenario.impact->space.empty()) {
    auto rules =
        work_out_rules(workspace, {{"space", scenario.impact->space}}, run, Code::kOutOfRange);
    if (!rules) {
      return tl::unexpected(std::move(rules).error());
    }
    report.rules = std::move(*rules);
  }
  return report;
}

void add_rule_change(const RuleChangeReport& report, const Words& say, HtmlPage& page) {
  page.heading(2, say("What the change of rules did"), "impact");
  add_impact(report.impact, say, page, 3);
  if (report.rules) {
    page.heading(3, say("What rules leak and cost"), "impact-rules");
    if (!report.rules->best.empty()) {
      page.paragraph(rules_finding(*report.rules, say));
    }
    page.figure({results::render_svg(rules_plot(*report.rules, say)), "",
                 say("Computed from the records of rules, dies, chips and models (redline data "
                     "show) by redline search rule.")});
    page.table(say(named_rules_table(*report.rules, say)));
  }
  page.heading(3, say("What this takes as given"), "impact-assumptions");
  std::vector<results::Html> items;
  for (const Message& one : assumptions_of(report.impact)) {
    items.push_back(results::plain(say(one)));
  }
  if (report.rules) {
    for (const Message& one : assumptions_of(*report.rules)) {
      items.push_back(results::plain(say(one)));
    }
  }
  page.list(items);
}

Json rule_change_json(const RuleChangeReport& report) {
  return {{"statement", impact_json(report.impact)},
          {"rules", report.rules ? rules_json(*report.rules) : Json(nullptr)}};
}

Answer rule_change_answer(const RuleChangeReport& report, const Words& say) {
  Answer answer;
  answer.command = "report";
  answer.results.push_back({{"impact", rule_change_json(report)}});
  answer.table = impact_table({report.impact});
  describe_impacts({report.impact}, say, answer.blocks);
  if (report.rules) {
    answer.blocks.emplace_back(Paragraph{});
    describe_rules(*report.rules, false, say, answer.blocks);
  }
  return answer;
}

}  // namespace redline::app
