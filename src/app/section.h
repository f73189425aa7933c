#pragma once
// One section of a brief on a terminal or for machines.

#include <string>

#include "app/report.h"
#include "app/workspace.h"
#include "results/words.h"

namespace redline::app {

struct SectionRequest {
  std::string scenario;
  std::string section;  // claims, worth, bandwidth, built, impact, exposure or buyer
  unsigned threads = 1;
  results::Words say{};
};

// `redline report SCENARIO --section NAME`. Errors: those of the scenario and its claims;
// kBadOptionValue for an unknown section, kUnknownRecord where the scenario has no such section.
[[nodiscard]] Loaded<Answer> report_section(const Workspace& workspace,
                                            const SectionRequest& request);

}  // namespace redline::app
