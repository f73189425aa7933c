#pragma once
// --print-config: the request as it was understood, with where each value comes from.

#include <string>

#include "cli/settings.h"

namespace redline::cli {

// TOML with a comment behind each value: command line, environment or default.
[[nodiscard]] std::string print_config(const Arguments& arguments, const std::string& executable,
                                       const Settings& settings);

}  // namespace redline::cli
