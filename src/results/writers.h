#pragma once
// Machine formats of a table, and the names of all formats. The writers return text and never fail.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "results/table.h"

namespace redline::results {

enum class Format : std::uint8_t { kTable, kJson, kNdjson, kCsv, kMarkdown, kHtml };

// "table", "json", "ndjson" (or "jsonl"), "csv", "markdown" (or "md"), "html"; case is ignored.
[[nodiscard]] std::optional<Format> find_format(std::string_view name);

// By the suffix of a file name: .json, .ndjson, .jsonl, .csv, .md, .markdown, .html, .htm, .txt.
[[nodiscard]] std::optional<Format> find_format_for_path(std::string_view path);

[[nodiscard]] std::string_view format_name(Format format);

// RFC 4180: a header of column keys, CRLF line ends, quotes only where needed; unknown is empty, an
// empty text is "". Doubles round trip.
[[nodiscard]] std::string write_csv(const Table& table);

// One line of it.
[[nodiscard]] std::string csv_line(const std::vector<Cell>& cells);

// GitHub Markdown with the title, a table for a person, and the notes as a list.
[[nodiscard]] std::string write_markdown(const Table& table, const CellWords& words = {});

// One object per row and line; keys are column keys; unknown is null.
[[nodiscard]] std::string write_ndjson(const Table& table);

// An array of one object per row; keys are column keys; unknown and non-finite numbers are null.
[[nodiscard]] nlohmann::ordered_json to_json(const Table& table);

}  // namespace redline::results
