#pragma once
// The options that every command takes, checked.

#include <optional>
#include <string>
#include <string_view>

#include "cli/arguments.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "results/writers.h"

namespace redline::cli {

struct Settings {
  results::Format format = results::Format::kTable;
  TerminalOptions terminal;
  ProgressMode progress = ProgressMode::kAuto;
  std::uint64_t seed = 1;
  std::optional<unsigned> threads;  // as said

  // Those said, else every core that this process may use: answers are the same for any number.
  [[nodiscard]] unsigned search_threads() const;
  // Those said, else one: a stream answers line by line, ranks share the cores among them.
  [[nodiscard]] unsigned stream_threads() const { return threads.value_or(1); }
};

// Reports every option that has a wrong value.
[[nodiscard]] Loaded<Settings> read_settings(const Arguments& arguments);

// How to say errors before the line is parsed; wrong values count as not given.
[[nodiscard]] TerminalOptions peek_terminal(const std::vector<std::string>& words);

// --format says it; else the suffix of -o; else a table.
[[nodiscard]] Result<results::Format> format_option(const Arguments& arguments);

// "part, board or server"
[[nodiscard]] std::string one_of(std::string_view choices);

}  // namespace redline::cli
