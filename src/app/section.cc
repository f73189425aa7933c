#include "app/section.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/claims_text.h"
#include "app/scenario.h"
#include "app/worth_text.h"

namespace redline::app {
namespace {

constexpr std::array<std::string_view, 2> kSections{"claims", "worth"};

tl::unexpected<Diagnostics> refuse(Code code, std::string message, std::string help) {
  return tl::unexpected(
      Diagnostics{{code, std::move(message), std::nullopt, {std::move(help)}, {}}});
}

Loaded<Answer> claims_section(const Workspace& w, const Scenario& scenario,
                              const results::Words& say) {
  if (scenario.claims.empty()) {
    return refuse(Code::kUnknownRecord, fmt::format("scenario '{}' names no claims", scenario.id),
                  "add claims = \"NAME\", a file of data/claims");
  }
  const auto report = judge_claims(w, scenario.claims);
  if (!report) {
    return tl::unexpected(report.error());
  }
  return claims_answer(*report, say);
}

Loaded<Answer> worth_section(const Workspace& w, const Scenario& scenario,
                             const SectionRequest& request) {
  if (!scenario.worth) {
    return refuse(Code::kUnknownRecord,
                  fmt::format("scenario '{}' has no table 'worth'", scenario.id),
                  "add [worth] with reference, chips and uses");
  }
  return worth_answer(work_out_worth(w, scenario, request.threads), request.say);
}

}  // namespace

Loaded<Answer> report_section(const Workspace& w, const SectionRequest& request) {
  if (std::find(kSections.begin(), kSections.end(), request.section) == kSections.end()) {
    return refuse(Code::kBadOptionValue,
                  fmt::format("--section {}: there is no such section", request.section),
                  fmt::format("sections: {}", fmt::join(kSections, ", ")));
  }
  const auto scenario = load_scenario(w, request.scenario);
  if (!scenario) {
    return tl::unexpected(scenario.error());
  }
  auto answer = request.section == kSections[0] ? claims_section(w, *scenario, request.say)
                                                : worth_section(w, *scenario, request);
  if (answer) {
    answer->as_of = scenario->as_of;
  }
  return answer;
}

}  // namespace redline::app
