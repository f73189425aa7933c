#pragma once
// Manual pages in troff, from the option table.

#include <span>
#include <string>
#include <string_view>

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

// What the environment says, not yet said in a language.
struct NamedText {
  std::string_view name;
  std::string_view text;
};
[[nodiscard]] std::span<const NamedText> environment_variables();

// "redline-data-list"
[[nodiscard]] std::string page_name(const Command& command);

}  // namespace redline::cli
