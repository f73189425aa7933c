#pragma once
// `redline data list|show|check|schema|new`.

#include <string>
#include <vector>

#include "app/report.h"
#include "app/workspace.h"
#include "results/words.h"

namespace redline::app {

// All records of a kind (chips, systems, models, rules, places, groups, sources); the kinds with
// their counts if `kind` is empty.
[[nodiscard]] Result<Answer> data_list(const Workspace& workspace, const std::string& kind,
                                       const results::Words& say);

// Every value of a record with unit, bounds, basis and sources, and what follows from it; of a
// language model in a .json file of the user's too.
[[nodiscard]] Loaded<Answer> data_show(const Workspace& workspace, const std::string& name);

// Checks the given files, or says what a checked workspace holds.
[[nodiscard]] Loaded<Answer> data_check(const Workspace& workspace,
                                        const std::vector<std::string>& files,
                                        const results::Words& say);

// The JSON Schema of a record kind, or the table of names for `predicate`; all kinds if empty.
[[nodiscard]] Result<Answer> data_schema(const Workspace& workspace, const std::string& kind,
                                         const results::Words& say);

// A file to edit: the record of a known chip under a new id.
struct NewRecordRequest {
  std::string kind;
  std::string like;
  std::string id;  // default: my-<kind>
};
[[nodiscard]] Result<Answer> data_new(const Workspace& workspace, const NewRecordRequest& request);

}  // namespace redline::app
