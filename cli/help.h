#pragma once
// The help, written from the option table: examples first, in the language of the reader.

#include <string>
#include <string_view>
#include <vector>

#include "cli/option_table.h"
#include "results/words.h"

namespace redline::cli {

// Everything about a command: --help.
[[nodiscard]] std::string full_help(const Command& command, const results::Words& say);
// One screen of 24 lines: -h.
[[nodiscard]] std::string short_help(const Command& command, const results::Words& say);

// Whether the name is the first words of longer commands: "data", "search plan".
[[nodiscard]] bool is_group(std::string_view name);
[[nodiscard]] std::vector<const Command*> commands_of(std::string_view group);
[[nodiscard]] std::string group_help(std::string_view group, const results::Words& say);

// What `redline` alone prints; with `full`, the options of every command too.
[[nodiscard]] std::string program_help(bool full, const results::Words& say);

// "redline classify [CHIP…] [options]"
[[nodiscard]] std::string usage_of(const Command& command, const results::Words& say);

// The paragraphs of a command's description, not yet said.
[[nodiscard]] std::vector<std::string_view> description_of(const Command& command);

// A meaning for each exit status, not yet said.
struct StatusLine {
  int status;
  std::string_view meaning;
};
[[nodiscard]] std::vector<StatusLine> exit_statuses();

}  // namespace redline::cli
