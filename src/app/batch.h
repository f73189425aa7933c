#pragma once
// `redline batch`: one JSON request a line in, one line out for each, in order.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/report.h"
#include "app/search_plan.h"
#include "app/workspace.h"

namespace redline::app {

// How an answer is worked out; what comes out does not depend on it.
struct AskRun {
  unsigned threads = 1;
  // With the best so far in words, where there is one.
  std::function<void(std::uint64_t done, std::uint64_t total, const std::string& best)> progress{};
  std::function<bool()> stop{};  // true: the answer is what was found until then
};
// The same for a search; `run` must outlive it.
[[nodiscard]] SearchRun search_run_of(const AskRun& run);

struct BatchCommand {
  std::string_view name;  // "search-plan-train"
  bool is_long = false;   // may take more than a second; tells progress and can be stopped
};
// The commands that a request may name.
[[nodiscard]] const std::vector<BatchCommand>& batch_commands();
[[nodiscard]] std::vector<std::string_view> batch_command_names();

// A request as text: a JSON object, not too long and not nested too deep. `noun` is what errors
// call it.
[[nodiscard]] Result<Json> parse_batch_request(std::string_view text,
                                               std::string_view noun = "line");

// The answer to one line: the envelope of its command, or {"error":{"code","message","line"}}; the
// request's id is echoed. Never fails and never throws, whatever the line holds.
[[nodiscard]] std::string run_batch_line(const Workspace& workspace, std::string_view line,
                                         std::size_t number);

// The answer to one request, {"command":…}; what is wrong with it otherwise.
[[nodiscard]] Loaded<Answer> answer_batch_request(const Workspace& workspace, const Json& request,
                                                  const AskRun& run = {});
// The id of a request, which is echoed as it came; null: anything but a text or a number is none.
[[nodiscard]] Json id_of(const Json& request);
// The seed that a request names, else the usual one: for the envelope of its answer.
[[nodiscard]] std::uint64_t seed_of(const Json& request);
// {"code","message"}: all that is wrong with a request.
[[nodiscard]] Json batch_error(const Diagnostics& errors);
}  // namespace redline::app
