#pragma once
// `redline batch`: one JSON request a line in, one line out for each, in order.

#include <string>
#include <string_view>
#include <vector>

#include "app/report.h"
#include "app/workspace.h"

namespace redline::app {

// The answer to one line: the envelope of its command, or {"error":{"code","message","line"}}; the
// request's id is echoed. Never fails and never throws, whatever the line holds.
[[nodiscard]] std::string run_batch_line(const Workspace& workspace, std::string_view line,
                                         std::size_t number);

// The answer to one request, {"command":…}; what is wrong with it otherwise.
[[nodiscard]] Loaded<Answer> answer_batch_request(const Workspace& workspace, const Json& request);
// {"code","message"}: all that is wrong with a request.
[[nodiscard]] Json batch_error(const Diagnostics& errors);
// The commands that a request may name.
[[nodiscard]] std::vector<std::string_view> batch_commands();

}  // namespace redline::app
