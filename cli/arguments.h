#pragma once
// The command line, parsed against the option table.

#include <map>
#include <string>
#include <vector>

#include "redline/error.h"

#include "cli/option_table.h"

namespace redline::cli {

struct Arguments {
  const Command* command = nullptr;  // null: the program itself (help)
  bool help = false;
  std::vector<std::string> positional;
  std::map<std::string, std::vector<std::string>, std::less<>> options;  // by long name

  [[nodiscard]] bool has(std::string_view name) const {
    return options.find(name) != options.end();
  }
  // The last value given; empty if none was.
  [[nodiscard]] std::string value(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view name) const;
};

// Errors: unknown commands and options with the nearest names, missing values and arguments.
[[nodiscard]] Result<Arguments> parse_arguments(const std::vector<std::string>& words);

}  // namespace redline::cli
