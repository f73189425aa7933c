#include "app/section.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/bandwidth_text.h"
#include "app/built_text.h"
#include "app/buyer_text.h"
#include "app/claims_text.h"
#include "app/exposure.h"
#include "app/rule_change.h"
#include "app/scenario.h"
#include "app/worth_text.h"

namespace redline::app {
namespace {

constexpr std::array<std::string_view, 7> kSections{"claims", "worth",    "bandwidth", "built",
                                                    "impact", "exposure", "buyer"};

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

Loaded<Answer> buyer_section(const Workspace& w, const Scenario& scenario,
                             const SectionRequest& request) {
  if (!scenario.buyer) {
    return refuse(Code::kUnknownRecord,
                  fmt::format("scenario '{}' has no table 'buyer'", scenario.id),
                  "add [buyer] with chips, others, train and serve");
  }
  return buyer_answer(work_out_buyer(w, scenario, request.threads), request.say);
}

Loaded<Answer> bandwidth_section(const Workspace& w, const Scenario& scenario,
                                 const SectionRequest& request) {
  if (!scenario.bandwidth) {
    return refuse(Code::kUnknownRecord,
                  fmt::format("scenario '{}' has no table 'bandwidth'", scenario.id),
                  "add [bandwidth] with chips, serve, a target and thinkers");
  }
  return bandwidth_answer(work_out_bandwidth(w, scenario, request.threads), request.say);
}

Loaded<Answer> built_section(const Workspace& w, const Scenario& scenario,
                             const SectionRequest& request) {
  if (!scenario.built) {
    return refuse(Code::kUnknownRecord,
                  fmt::format("scenario '{}' has no table 'built'", scenario.id),
                  "add [built] with epochs");
  }
  const auto report = work_out_built(w, scenario, request.threads);
  if (!report) {
    return tl::unexpected(report.error());
  }
  return built_answer(*report, request.say);
}

Loaded<Answer> impact_section(const Workspace& w, const Scenario& scenario,
                              const SectionRequest& request) {
  if (!scenario.impact) {
    return refuse(Code::kUnknownRecord,
                  fmt::format("scenario '{}' has no table 'impact'", scenario.id), "add [impact]");
  }
  const auto report = work_out_rule_change(w, scenario, {.threads = request.threads});
  if (!report) {
    return tl::unexpected(report.error());
  }
  return rule_change_answer(*report, request.say);
}

Loaded<Answer> exposure_section(const Workspace& w, const Scenario& scenario,
                                const SectionRequest& request) {
  if (scenario.exposure.empty()) {
    return refuse(Code::kUnknownRecord, fmt::format("scenario '{}' names no exposure", scenario.id),
                  "add exposure = \"NAME\", a file of data/exposure");
  }
  const auto report = work_out_brief_exposure(w, scenario.exposure, request.threads);
  if (!report) {
    return tl::unexpected(report.error());
  }
  return exposure_section_answer(*report, request.say);
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
  auto answer = request.section == kSections[0]   ? claims_section(w, *scenario, request.say)
                : request.section == kSections[1] ? worth_section(w, *scenario, request)
                : request.section == kSections[2] ? bandwidth_section(w, *scenario, request)
                : request.section == kSections[3] ? built_section(w, *scenario, request)
                : request.section == kSections[4] ? impact_section(w, *scenario, request)
                : request.section == kSections[5] ? exposure_section(w, *scenario, request)
                                                  : buyer_section(w, *scenario, request);
  if (answer) {
    answer->as_of = scenario->as_of;
  }
  return answer;
}

}  // namespace redline::app
