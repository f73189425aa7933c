#pragma once
// Every command and option in one table: the parser, the help and the tests read it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redline::cli {

// What a value is: completion offers it, the manual explains it.
enum class ValueKind : std::uint8_t {
  kText,      // anything
  kChoice,    // one of `choices`
  kChip,      // a chip, or a .toml file
  kRule,      // an instrument
  kBill,      // a pending bill
  kRecord,    // a record of any kind
  kPlace,     // a country or territory
  kScenario,  // a scenario, or a .toml file
  kCode,      // an error code
  kCommand,   // a command of the program
  kQuantity,  // QUANTITY=VALUE
  kFile,
  kDirectory,
  kDate,
  kDates,  // D1..D2
  kNumber,
  kCondition,  // an expression over the fields of a result
};

struct Option {
  std::string_view name;        // "--to"
  std::string_view short_name;  // "-o", or empty
  std::string_view value;       // "CC"; empty for a flag
  std::string_view doc;
  bool repeated = false;
  ValueKind kind = ValueKind::kText;
  std::string_view choices{};    // "auto always never"
  std::string_view otherwise{};  // the value where none is given
};

struct Command {
  std::string_view name;       // "classify", "data list"
  std::string_view arguments;  // "[CHIP…]"
  std::string_view summary;
  std::span<const std::string_view> examples{};
  std::span<const Option> options{};
  int least_arguments = 0;
  int most_arguments = 0;  // -1: any number
  ValueKind argument_kind = ValueKind::kText;
  std::string_view choices{};      // of the argument
  std::string_view description{};  // paragraphs for the manual, parted by a newline
};

// In the order of the help.
[[nodiscard]] std::span<const Command> commands();
// Options that every command takes.
[[nodiscard]] std::span<const Option> common_options();
// Commands that a first visitor can run as they stand.
[[nodiscard]] std::span<const std::string_view> first_examples();

[[nodiscard]] const Command* find_command(std::string_view name);
// What the first of some words name: a command, or a group of commands.
struct NamedCommand {
  const Command* command = nullptr;
  std::string group;      // "search plan"; empty where the first word is neither
  std::size_t words = 0;  // of either
};
[[nodiscard]] NamedCommand command_named_by(std::span<const std::string> words);
[[nodiscard]] const Option* find_option(const Command& command, std::string_view name);

// The words of a list of choices.
[[nodiscard]] std::vector<std::string_view> choice_list(std::string_view choices);

}  // namespace redline::cli
