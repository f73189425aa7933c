#pragma once
// `redline replay`: asks again what a saved answer answered, and lists what differs.

#include <string>

#include "app/report.h"
#include "app/workspace.h"
#include "results/words.h"

namespace redline::app {

// `path` is an answer in JSON (`-o answer.json`) or a case page (`-o case.html`). The answer says
// whether the results are the same and, if not, lists each value that differs; Answer::differs
// tells scripts. Errors: kFileUnreadable, kReplayFile for a file that holds no answer of ours.
[[nodiscard]] Loaded<Answer> replay(const Workspace& workspace, const std::string& path,
                                    const results::Words& say);

}  // namespace redline::app
