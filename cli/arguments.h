#pragma once
// The command line, parsed against the option table.

#include <map>
#include <string>
#include <vector>

#include "redline/error.h"

#include "cli/option_table.h"

namespace redline::cli {

enum class Help : std::uint8_t { kNone, kShort, kFull };

struct Arguments {
  const Command* command = nullptr;  // null: the program itself (help), or a group of commands
  std::string group;                 // "data", for its help
  Help help = Help::kNone;
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

// The value of an option among words that are not parsed yet, empty if it is not there: errors of
// parsing are said in the language and the form that the same line asks for.
[[nodiscard]] std::string peek_option(const std::vector<std::string>& words, std::string_view name);

}  // namespace redline::cli
