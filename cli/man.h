#pragma once
// Manual pages in troff, and the reference of the command line in Markdown, from the option table.

#include <string>

#include "redline/error.h"

#include "app/report.h"
#include "cli/option_table.h"
#include "results/words.h"

namespace redline::cli {

// `redline man COMMAND`; the page of the program where the name is empty. Errors: kUnknownCommand.
[[nodiscard]] Result<app::Answer> manual_page(const std::string& command,
                                              const results::Words& say);

// The page of a command, or of the program for null.
[[nodiscard]] std::string manual(const Command* command, const results::Words& say);

// "redline-data-list"
[[nodiscard]] std::string page_name(const Command& command);

}  // namespace redline::cli
