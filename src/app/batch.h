#pragma once
// `redline batch`: one JSON request a line in, one line out for each, in order.

#include <string>
#include <string_view>

#include "app/workspace.h"

namespace redline::app {

// The answer to one line: the envelope of its command, or {"error":{"code","message","line"}}; the
// request's id is echoed. Never fails and never throws, whatever the line holds.
[[nodiscard]] std::string run_batch_line(const Workspace& workspace, std::string_view line,
                                         std::size_t number);

}  // namespace redline::app
