#include "data/csv.h"

#include <algorithm>

#include <fmt/format.h>

namespace redline::data {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    lines.emplace_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

class CsvParser {
 public:
  CsvParser(std::string file, std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      text.remove_prefix(kByteOrderMark.size());
    }
    table_.file = std::move(file);
    table_.lines = lines_of(text);
  }

  Loaded<CsvTable> parse() {
    while (line_ < table_.lines.size()) {
      const std::string_view line = trimmed(table_.lines[line_]);
      if (line.empty() || line.front() == '#') {
        ++line_;
        continue;
      }
      std::vector<CsvCell> row = read_row();
      if (table_.header.empty()) {
        take_header(std::move(row));
      } else {
        take_row(std::move(row));
      }
    }
    if (table_.header.empty()) {
      add({table_.file, 1, 1, 1, table_.lines.empty() ? "" : table_.lines.front()},
          "the table has no line of column names");
    }
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::move(table_);
  }

 private:
  void add(SourceSpan where, std::string message, std::vector<std::string> help = {}) {
    errors_.push_back(
        {Code::kCsvSyntax, std::move(message), std::move(where), std::move(help), {}});
  }
  [[nodiscard]] SourceSpan here(std::size_t line, std::size_t column) const {
    return {table_.file, static_cast<int>(line + 1), static_cast<int>(column + 1), 1,
            table_.lines[line]};
  }

  // One record; a quoted cell may run over several lines.
  std::vector<CsvCell> read_row() {
    std::vector<CsvCell> row;
    std::size_t at = 0;
    while (true) {
      const std::string& line = table_.lines[line_];
      while (at < line.size() && is_blank(line[at])) {
        ++at;
      }
      CsvCell cell{{}, static_cast<int>(line_ + 1), static_cast<int>(at + 1)};
      if (at < line.size() && line[at] == '"') {
        at = read_quoted(cell, at + 1);
      } else {
        const auto end = std::min(line.find(',', at), line.size());
        cell.text = trimmed(std::string_view(line).substr(at, end - at));
        at = end;
      }
      row.push_back(std::move(cell));
      if (at >= table_.lines[line_].size()) {
        ++line_;
        return row;
      }
      ++at;  // the comma
    }
  }

  // From behind the opening quote to the comma or the end of the line that follows the closing one.
  std::size_t read_quoted(CsvCell& cell, std::size_t at) {
    const std::size_t first_line = line_;
    const std::size_t first = at - 1;
    while (true) {
      const std::string& line = table_.lines[line_];
      const auto quote = line.find('"', at);
      if (quote == std::string::npos) {
        cell.text += line.substr(std::min(at, line.size()));
        if (line_ + 1 == table_.lines.size()) {
          add(here(first_line, first), "this quote is not closed");
          return line.size();
        }
        cell.text += '\n';
        ++line_;
        at = 0;
        continue;
      }
      cell.text += line.substr(at, quote - at);
      if (quote + 1 < line.size() && line[quote + 1] == '"') {
        cell.text += '"';
        at = quote + 2;
        continue;
      }
      const auto comma = std::min(line.find(',', quote), line.size());
      if (!trimmed(std::string_view(line).substr(quote + 1, comma - quote - 1)).empty()) {
        add(here(line_, quote + 1), "text stands behind a closing quote",
            {"write a quote inside a quoted cell twice"});
      }
      return comma;
    }
  }

  void take_header(std::vector<CsvCell> row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto same = [&](const CsvCell& other) { return other.text == row[i].text; };
      if (row[i].text.empty()) {
        add(table_.span(row[i]), "this column has no name");
      } else if (std::any_of(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(i), same)) {
        add(table_.span(row[i]), fmt::format("there are two columns '{}'", row[i].text));
      }
    }
    table_.header = std::move(row);
  }

  void take_row(std::vector<CsvCell> row) {
    if (row.size() != table_.header.size()) {
      add(table_.span(row.front()), fmt::format("this row has {} cells, the header has {}",
                                                row.size(), table_.header.size()));
      return;
    }
    table_.rows.push_back(std::move(row));
  }

  CsvTable table_;
  Diagnostics errors_;
  std::size_t line_ = 0;
};

}  // namespace

SourceSpan CsvTable::span(const CsvCell& cell) const {
  const auto line = static_cast<std::size_t>(cell.line - 1);
  return {file, cell.line, cell.column, std::max(1, static_cast<int>(cell.text.size())),
          line < lines.size() ? lines[line] : std::string()};
}

Loaded<CsvTable> parse_csv(std::string file, std::string_view text) {
  return CsvParser(std::move(file), text).parse();
}

}  // namespace redline::data
