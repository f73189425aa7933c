#pragma once
// The command line as one page of Markdown, from the option table.

#include <string>

namespace redline::cli {

[[nodiscard]] std::string reference_page();

}  // namespace redline::cli
