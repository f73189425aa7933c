#pragma once
// `redline report`: the decision brief of a scenario, as HTML that opens offline and as JSON.

#include <string>
#include <vector>

#include "app/report.h"
#include "app/scenario.h"
#include "app/search_plan.h"
#include "results/words.h"

namespace redline::app {

struct BriefRequest {
  std::string scenario;  // name or file
  std::string folder;    // where report.html and report.json go
  RunInfo run;
  results::Words say{};
  SearchRun how{};  // progress names the section in work
};

struct BriefFiles {
  std::string html_path;
  std::string json_path;
  std::vector<std::string> summary;  // lines for the terminal: the answer first
};

struct BriefTexts {
  std::string html, json;
  std::vector<std::string> summary;
};
// `request.folder` is not used.
[[nodiscard]] Loaded<BriefTexts> make_brief(const Workspace& workspace,
                                            const BriefRequest& request);
// Both files are written complete or not at all.
[[nodiscard]] Loaded<BriefFiles> write_brief(const Workspace& workspace,
                                             const BriefRequest& request);

}  // namespace redline::app
