#include "results/writers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "results/utf8.h"

namespace redline::results {
namespace {

using nlohmann::ordered_json;

constexpr std::array<std::pair<std::string_view, Format>, 11> kNames{{
    {"table", Format::kTable},
    {"json", Format::kJson},
    {"ndjson", Format::kNdjson},
    {"csv", Format::kCsv},
    {"markdown", Format::kMarkdown},
    {"html", Format::kHtml},
    {"jsonl", Format::kNdjson},
    {"md", Format::kMarkdown},
    {"htm", Format::kHtml},
    {"txt", Format::kTable},
    {"text", Format::kTable},
}};

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string out = "\"";
  for (const char c : text) {
    out.append(c == '"' ? 2 : 1, c);
  }
  return out + '"';
}

// An empty text is quoted, so that it differs from unknown.
std::string csv_cell(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return text && text->empty() ? "\"\"" : csv_field(exact_cell(cell));
}

// A cell must stay on its line and in its column, and must not become markup.
std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '|':
        out += "\\|";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '*':
      case '_':
      case '`':
      case '[':
      case ']':
        out += '\\', out += c;
        break;
      default:
        out += c;
    }
  }
  return out;
}

ordered_json json_cell(const Cell& cell) {
  if (const auto* flag = std::get_if<bool>(&cell)) {
    return *flag;
  }
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
    return *whole;
  }
  if (const auto* number = std::get_if<double>(&cell)) {
    return std::isfinite(*number) ? ordered_json(*number) : ordered_json();
  }
  if (const auto* text = std::get_if<std::string>(&cell)) {
    return *text;
  }
  return nullptr;
}

ordered_json json_row(const Table& table, const std::vector<Cell>& row) {
  ordered_json object = ordered_json::object();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    object[table.columns[i].key] = json_cell(cell_at(row, i));
  }
  return object;
}

}  // namespace

std::optional<Format> find_format(std::string_view name) {
  const std::string wanted = to_lower(name);
  const auto at = std::find_if(kNames.begin(), kNames.end(),
                               [&](const auto& entry) { return entry.first == wanted; });
  return at == kNames.end() ? std::nullopt : std::optional(at->second);
}

std::optional<Format> find_format_for_path(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  const std::size_t slash = path.rfind('/');
  const bool in_folder = slash != std::string_view::npos && dot < slash;
  if (dot == std::string_view::npos || in_folder || path.substr(dot) == ".table") {
    return std::nullopt;
  }
  return find_format(path.substr(dot + 1));
}

std::string_view format_name(Format format) {
  return kNames[static_cast<std::size_t>(format)].first;
}

std::string csv_line(const std::vector<Cell>& cells) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out += i == 0 ? "" : ",";
    out += csv_cell(cells[i]);
  }
  return out + "\r\n";
}

std::string write_csv(const Table& table) {
  std::vector<Cell> cells(table.columns.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    cells[i] = table.columns[i].key;
  }
  std::string out = csv_line(cells);
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      cells[i] = cell_at(row, i);
    }
    out += csv_line(cells);
  }
  return out;
}

std::string write_markdown(const Table& table, const CellWords& words) {
  std::string out;
  if (!table.title.empty()) {
    out += fmt::format("**{}**\n\n", markdown_text(table.title));
  }
  std::string rule;
  for (const Column& column : table.columns) {
    out += fmt::format("| {} ", markdown_text(header_text(column)));
    rule += column.align == Align::kRight ? "| ---: " : "| --- ";
  }
  out += table.columns.empty() ? "" : "|\n" + rule + "|\n";
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      const std::string text = format_cell(cell_at(row, i), table.columns[i], words);
      out += fmt::format("| {} ", markdown_text(text));
    }
    out += table.columns.empty() ? "" : "|\n";
  }
  for (std::size_t i = 0; i < table.notes.size(); ++i) {
    out += fmt::format("{}- {}\n", i == 0 ? "\n" : "", markdown_text(table.notes[i]));
  }
  return out;
}

std::string write_ndjson(const Table& table) {
  std::string out;
  for (const auto& row : table.rows) {
    out += json_row(table, row).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    out += '\n';
  }
  return out;
}

ordered_json to_json(const Table& table) {
  ordered_json rows = ordered_json::array();
  for (const auto& row : table.rows) {
    rows.push_back(json_row(table, row));
  }
  return rows;
}

}  // namespace redline::results
