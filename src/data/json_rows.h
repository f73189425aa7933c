#pragma once
// Lists of flat JSON objects of the user's: {"rows": [...]}, a bare list, or one object a line,
// with places for errors.

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "redline/error.h"

namespace redline::data {

struct JsonRow {
  nlohmann::ordered_json value;  // an object
  std::size_t begin = 0;         // its place in the text
  std::size_t end = 0;
};

struct JsonRows {
  std::string file;
  std::string text;
  std::vector<JsonRow> rows;

  // The place of a key of a row; of the row itself if it has no such key.
  [[nodiscard]] SourceSpan span(const JsonRow& row, std::string_view key = {}) const;
};

// Errors (kJsonSyntax): what is not JSON, a row that is not an object, no rows at all; of one
// object a line, all lines that are wrong.
[[nodiscard]] Loaded<JsonRows> parse_json_rows(std::string file, std::string text);

}  // namespace redline::data
