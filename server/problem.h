#pragma once
// Answers that say what is wrong: {"error":{"code","message","help","errors":[…]}}, with the codes
// and the help of the command line.

#include "redline/error.h"

#include "server/message.h"

namespace redline::server {

[[nodiscard]] Response problem(int status, const Diagnostics& errors);
[[nodiscard]] Response problem(int status, Code code, std::string message,
                               std::vector<std::string> help = {});
// The body of it alone.
[[nodiscard]] std::string problem_text(const Diagnostics& errors);

}  // namespace redline::server
