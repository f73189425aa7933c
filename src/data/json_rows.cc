#include "data/json_rows.h"

#include <algorithm>

#include "data/json_text.h"

namespace redline::data {
namespace {

using Json = nlohmann::ordered_json;

class Parser {
 public:
  Parser(std::string file, std::string text) {
    rows_.file = std::move(file);
    rows_.text = std::move(text);
  }

  Loaded<JsonRows> parse() {
    const std::string_view text = rows_.text;
    const std::size_t begin = begin_of_json(text);
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

  void add(JsonFault fault, std::size_t begin) {
    add(std::move(fault.message), begin + fault.at, std::move(fault.help));
  }

  void take_document(const Json& whole, std::size_t begin) {
    if (whole.is_object() && !whole.contains("rows")) {
      rows_.rows.push_back({whole, begin, end_of_value(rows_.text, begin)});
      return;
    }
    const Json& list = whole.is_object() ? whole.at("rows") : whole;
    const std::size_t at = whole.is_object() ? find_key(rows_.text, begin, "rows").value : begin;
    if (!list.is_array() || at == kNowhere) {
      add("the rows are not a list", begin,
          R"(expected {"rows": [...]}, a list, or one object a line)");
      return;
    }
    std::size_t place = skip_blanks(rows_.text, at + 1, true);
    for (const Json& row : list) {
      const std::size_t end = end_of_value(rows_.text, place);
      take_row(row, place, end);
      place = skip_blanks(rows_.text, end, true);
    }
  }

  void take_row(const Json& row, std::size_t begin, std::size_t end) {
    if (row.is_object()) {
      rows_.rows.push_back({row, begin, end});
    } else {
      add("a row is not an object", begin, "write each row as {...}, with its fields");
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
      const std::size_t at = skip_blanks(text, begin, false);
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
  const std::size_t found = key.empty() ? kNowhere : find_key(text, row.begin, key).key;
  return span_at(file, text, found == kNowhere ? row.begin : found);
}

Loaded<JsonRows> parse_json_rows(std::string file, std::string text) {
  return Parser(std::move(file), std::move(text)).parse();
}

}  // namespace redline::data
