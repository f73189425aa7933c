#pragma once
// Completion of the command line: a small script for each shell, which asks the program what may
// stand at the cursor.

#include <string>
#include <vector>

#include "redline/error.h"

#include "app/report.h"

namespace redline::cli {

// The script for "bash", "zsh" or "fish". Errors: kBadOptionValue.
[[nodiscard]] Result<app::Answer> completions(const std::string& shell);
[[nodiscard]] std::string completion_script(const std::string& shell);

// What may stand at words[cursor] of the line behind the program's name: one candidate a line, with
// a tab and a note behind it. Lines that begin with a colon are for the script:
//   :files      file names too
//   :folders    folder names too
//   :nospace    no blank behind what is completed
// Bash breaks words at "="; such a line is understood as well.
[[nodiscard]] std::string complete(std::vector<std::string> words, std::size_t cursor,
                                   const std::string& executable);

}  // namespace redline::cli
