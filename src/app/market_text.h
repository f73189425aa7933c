#pragma once
// Market data for `redline data list market` and `redline data show ID`.

#include <optional>
#include <string>

#include "app/report.h"
#include "app/workspace.h"

namespace redline::app {

// One row a figure, event and statement.
[[nodiscard]] results::Table market_table(const Workspace& workspace);

// A figure, event, statement or fiscal period of that very id; nothing if there is none.
[[nodiscard]] std::optional<Answer> show_market(const Workspace& workspace, const std::string& id);

}  // namespace redline::app
