#pragma once
// Places in the text of a JSON document: the parser gives values, and says not where they stand.

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

#include "redline/error.h"

namespace redline::data {

inline constexpr std::size_t kNowhere = std::string_view::npos;

// The place of an offset of a text; columns count characters.
[[nodiscard]] SourceSpan span_at(const std::string& file, std::string_view text,
                                 std::size_t offset);

// The first offset from `at` that holds no blank and, with `commas`, no comma.
[[nodiscard]] std::size_t skip_blanks(std::string_view text, std::size_t at, bool commas);

// Where the text begins behind a byte order mark and blanks.
[[nodiscard]] std::size_t begin_of_json(std::string_view text);

// One past the value that begins at `at`, of a text that is known to be JSON.
[[nodiscard]] std::size_t end_of_value(std::string_view text, std::size_t at);

// Where a key of an object stands and where its value; kNowhere if the text has no such key.
struct KeyPlace {
  std::size_t key = kNowhere;
  std::size_t value = kNowhere;
};
// Of the object that begins at `at`; the last of two equal keys, as the parser has it.
[[nodiscard]] KeyPlace find_key(std::string_view text, std::size_t at, std::string_view key);

// What kept a text from being read as JSON, and where in it that stands.
struct JsonFault {
  std::string message;
  std::size_t at = 0;
  std::string help;
};
// The fault that an exception of the parser tells of; `message` says what the text is not.
[[nodiscard]] JsonFault fault_of(const std::exception& error, std::string_view text,
                                 std::string message);

}  // namespace redline::data
