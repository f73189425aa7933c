#pragma once
// `redline explain` and `redline version`.

#include <string>

#include "app/report.h"
#include "app/workspace.h"

namespace redline::app {

// The page of a code, or the list of all if `code` is empty.
[[nodiscard]] Result<Answer> explain(const std::string& code, const results::Words& say);

[[nodiscard]] Answer version(const Workspace& workspace, const results::Words& say);

}  // namespace redline::app
