#include "data/json_text.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/characters.h"

namespace redline::data {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

SourceSpan span_at(const std::string& file, std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const auto last = before.rfind('\n');
  const std::size_t begin = last == std::string_view::npos ? 0 : last + 1;
  SourceSpan span;
  span.file = file;
  span.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  span.column = count_characters(text.substr(begin, offset - begin)) + 1;
  span.text = text.substr(begin, text.find('\n', begin) - begin);
  return span;
}

std::size_t skip_blanks(std::string_view text, std::size_t at, bool commas) {
  while (at < text.size() && (is_space(text[at]) || (commas && text[at] == ','))) {
    ++at;
  }
  return at;
}

std::size_t begin_of_json(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const bool marked = text.substr(0, kByteOrderMark.size()) == kByteOrderMark;
  return skip_blanks(text, marked ? kByteOrderMark.size() : 0, false);
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
  int depth = 0;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      at += c == '\\' ? 1 : 0;
      quoted = c != '"';
      if (!quoted && depth == 0) {
        return at + 1;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) {
        return at;  // of a number or word, the bracket around it
      }
      if (--depth == 0) {
        return at + 1;
      }
    } else if (depth == 0 && (c == ',' || is_space(c))) {
      return at;
    }
  }
  return at;
}

KeyPlace find_key(std::string_view text, std::size_t at, std::string_view key) {
  at = skip_blanks(text, at + 1, true);
  KeyPlace found;
  while (at < text.size() && text[at] == '"') {
    const std::size_t key_end = end_of_value(text, at);
    const std::size_t value = skip_blanks(text, skip_blanks(text, key_end, false) + 1, false);
    if (text.substr(at + 1, key_end - at - 2) == key) {
      found = {at, value};
    }
    at = skip_blanks(text, end_of_value(text, value), true);
  }
  return found;
}

// A fault of a number beyond the range of a double names the number and no place: the first of that
// spelling is shown.
JsonFault fault_of(const std::exception& error, std::string_view text, std::string message) {
  if (const auto* syntax = dynamic_cast<const nlohmann::json::parse_error*>(&error)) {
    return {std::move(message), syntax->byte > 0 ? syntax->byte - 1 : 0, "reading stopped here"};
  }
  const std::string_view what = error.what();
  const auto open = what.find('\'');
  const auto close = what.rfind('\'');
  const bool quoted = open != std::string_view::npos && close > open;
  const auto number = quoted ? what.substr(open + 1, close - open - 1) : std::string_view();
  const auto at = text.find(number);
  return {"a number is out of range", at == std::string_view::npos ? 0 : at,
          "write a number that a double holds"};
}

}  // namespace redline::data
