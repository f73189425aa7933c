#pragma once
// Tables of the user's as comma-separated values (RFC 4180), with places for errors.

#include <string>
#include <string_view>
#include <vector>

#include "redline/error.h"

namespace redline::data {

struct CsvCell {
  std::string text;  // without the blanks around it, unless it was quoted
  int line = 0;      // 1-based, of its first character
  int column = 0;
};

struct CsvTable {
  std::string file;
  std::vector<CsvCell> header;
  std::vector<std::vector<CsvCell>> rows;  // each as long as the header
  std::vector<std::string> lines;          // of the text, for errors

  [[nodiscard]] SourceSpan span(const CsvCell& cell) const;
};

// Reads a table whose first line names the columns. Lines that are empty or begin with # are left
// out. Errors: an unclosed quote, text behind a quote, rows longer or shorter than the header, two
// columns of one name, no header; all of them at once.
[[nodiscard]] Loaded<CsvTable> parse_csv(std::string file, std::string_view text);

}  // namespace redline::data
