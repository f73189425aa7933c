#pragma once
// Every command and option in one table: the parser, the help and the tests read it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redline::cli {

struct Option {
  std::string_view name;        // "--to"
  std::string_view short_name;  // "-o", or empty
  std::string_view value;       // "CC"; empty for a flag
  std::string_view doc;
  bool repeated = false;
};

struct Command {
  std::string_view name;       // "classify", "data list"
  std::string_view arguments;  // "[CHIP…]"
  std::string_view summary;
  std::span<const std::string_view> examples;
  std::span<const Option> options;
  int least_arguments = 0;
  int most_arguments = 0;  // -1: any number
};

// In the order of the help.
[[nodiscard]] std::span<const Command> commands();
// Options that every command takes.
[[nodiscard]] std::span<const Option> common_options();
// Commands that a first visitor can run as they stand.
[[nodiscard]] std::span<const std::string_view> first_examples();

[[nodiscard]] const Command* find_command(std::string_view name);
[[nodiscard]] const Option* find_option(const Command& command, std::string_view name);

// The help of one command (examples first), or of the program.
[[nodiscard]] std::string help_of(const Command& command);
[[nodiscard]] std::string program_help();

}  // namespace redline::cli
