#pragma once
// Commands for scripts, which no help lists: what completion asks, and the files that an
// installation shares (manual pages and completions).

#include <optional>
#include <string>
#include <vector>

namespace redline::cli {

//   redline __complete CURSOR WORD…   candidates for the word at the cursor
//   redline __share FOLDER            writes man/man1/*.1 and the completions below it
//   redline __reference               docs/reference/cli.md
// The exit status, or nothing where the line is no such command.
[[nodiscard]] std::optional<int> run_hidden(const std::vector<std::string>& words,
                                            const std::string& executable);

}  // namespace redline::cli
