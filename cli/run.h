#pragma once
// Runs one command.

#include <string>
#include <vector>

#include "cli/arguments.h"

namespace redline::cli {

struct Invocation {
  Arguments arguments;
  std::string executable;
  std::vector<std::string> words;  // as typed, for the manifest
};

// The exit status.
[[nodiscard]] int run(const Invocation& invocation);

}  // namespace redline::cli
