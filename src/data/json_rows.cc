#include "data/json_rows.h"

#include <algorithm>

#include <fmt/format.h>

namespace redline::data {
namespace {

using Json = nlohmann::ordered_json;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The place of an offset of a text.
SourceSpan span_at(const std::string& file, std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const auto last = before.rfind('\n');
  const std::size_t begin = last == std::string_view::npos ? 0 : last + 1;
  SourceSpan span;
  span.file = file;
  span.line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  span.column = static_cast<int>(offset - begin) + 1;
  span.text = text.substr(begin, text.find('\n', begin) - begin);
  return span;
}

// One past the value that begins at `at`, of a text that is known to be JSON.
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
    } else if (depth == 0 && (c == ',' || is_blank(c))) {
      return at;
    }
  }
  return at;
}

std::size_t skip(std::string_view text, std::size_t at, bool commas) {
  while (at < text.size() && (is_blank(text[at]) || (commas && text[at] == ','))) {
    ++at;
  }
  return at;
}

// Where the value of a key of the object that begins at `at` stands; npos if there is none.
std::size_t find_key(std::string_view text, std::size_t at, std::string_view key, bool of_key) {
  at = skip(text, at + 1, true);
  std::size_t found = std::string_view::npos;
  while (at < text.size() && text[at] == '"') {
    const std::size_t key_end = end_of_value(text, at);
    const std::size_t value = skip(text, skip(text, key_end, false) + 1, false);
    if (text.substr(at + 1, key_end - at - 2) == key) {
      found = of_key ? at : value;  // the last of two counts, as it does for the parser
    }
    at = skip(text, end_of_value(text, value), true);
  }
  return found;
}

// What kept a text from being read as JSON, and where in it that stands.
struct Fault {
  std::string message;
  std::size_t at = 0;
  std::string help;
};

// The fault that an exception of the parser tells of. One of a number beyond the range of a double
// names the number and no place: the first of that spelling is shown.
Fault fault_of(const Json::exception& error, std::string_view text, std::string message) {
  if (const auto* syntax = dynamic_cast<const Json::parse_error*>(&error)) {
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

class Parser {
 public:
  Parser(std::string file, std::string text) {
    rows_.file = std::move(file);
    rows_.text = std::move(text);
  }

  Loaded<JsonRows> parse() {
    const std::string_view text = rows_.text;
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    const std::size_t begin =
        skip(text, text.substr(0, kByteOrderMark.size()) == kByteOrderMark ? 3 : 0, false);
    try {
      const Json whole = Json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end());
      take_document(whole, begin);
    } catch (const Json::exception& error) {
      if (begin < text.size() && text[begin] == '{' && lines_are_objects(begin)) {
        take_lines(begin);
      } else {
        add(fault_of(error, text.substr(begin), "this is not JSON"), begin);
      }
    }
    if (errors_.empty() && rows_.rows.empty()) {
      add("there are no rows", begin, R"(expected {"rows": [...]}, a list, or one object a line)");
    }
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::move(rows_);
  }

 private:
  void add(std::string message, std::size_t at, std::string help) {
    SourceSpan span = span_at(rows_.file, rows_.text, at);
    errors_.push_back(
        {Code::kJsonSyntax, std::move(message), std::move(span), {std::move(help)}, {}});
  }

  void add(Fault fault, std::size_t begin) {
    add(std::move(fault.message), begin + fault.at, std::move(fault.help));
  }

  void take_document(const Json& whole, std::size_t begin) {
    if (whole.is_object() && !whole.contains("rows")) {
      rows_.rows.push_back({whole, begin, end_of_value(rows_.text, begin)});
      return;
    }
    const Json& list = whole.is_object() ? whole.at("rows") : whole;
    const std::size_t at = whole.is_object() ? find_key(rows_.text, begin, "rows", false) : begin;
    if (!list.is_array() || at == std::string_view::npos) {
      add("the rows are not a list", begin,
          R"(expected {"rows": [...]}, a list, or one object a line)");
      return;
    }
    std::size_t place = skip(rows_.text, at + 1, true);
    for (const Json& row : list) {
      const std::size_t end = end_of_value(rows_.text, place);
      take_row(row, place, end);
      place = skip(rows_.text, end, true);
    }
  }

  void take_row(const Json& row, std::size_t begin, std::size_t end) {
    if (row.is_object()) {
      rows_.rows.push_back({row, begin, end});
    } else {
      add("a row is not an object", begin, "a row has the fields op, chip and others");
    }
  }

  // Whether the text is meant as one object a line: its first line is one.
  [[nodiscard]] bool lines_are_objects(std::size_t begin) const {
    const std::string_view text = rows_.text;
    const std::string_view first = text.substr(begin, text.find('\n', begin) - begin);
    return Json::accept(first.begin(), first.end());
  }

  void take_lines(std::size_t begin) {
    const std::string_view text = rows_.text;
    while (begin < text.size()) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::size_t at = skip(text, begin, false);
      if (at < end) {
        const std::string_view line = text.substr(at, end - at);
        try {
          take_row(Json::parse(line.begin(), line.end()), at, end);
        } catch (const Json::exception& error) {
          add(fault_of(error, line, "this line is not JSON"), at);
        }
      }
      begin = end + 1;
    }
  }

  JsonRows rows_;
  Diagnostics errors_;
};

}  // namespace

SourceSpan JsonRows::span(const JsonRow& row, std::string_view key) const {
  const std::size_t found =
      key.empty() ? std::string_view::npos : find_key(text, row.begin, key, true);
  return span_at(file, text, found == std::string_view::npos ? row.begin : found);
}

Loaded<JsonRows> parse_json_rows(std::string file, std::string text) {
  return Parser(std::move(file), std::move(text)).parse();
}

}  // namespace redline::data
