#pragma once
// Typed tables with units: what every command fills in, and what every writer reads.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace redline::results {

enum class Align : std::uint8_t { kLeft, kRight };

struct Column {
  std::string key{};    // machine name, with its base unit: "memory_bytes"
  std::string title{};  // for a person: "Memory"
  std::string unit{};   // shown in the header, empty for none: "GB"
  Align align = Align::kLeft;
  int digits = 4;  // significant digits of a double shown to a person; machine formats keep all
  int widest = 0;  // cells that a terminal gives it at most; 0: as many as there are
};

// std::monostate is "unknown": never zero, never an empty text.
using Cell = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

// Unknown where there is none.
[[nodiscard]] inline Cell cell_of(const std::optional<double>& value) {
  return value ? Cell(*value) : Cell();
}

// A row shorter than `columns` ends in unknown cells; cells beyond the columns are not shown.
struct Table {
  std::string title{};
  std::vector<Column> columns{};
  std::vector<std::vector<Cell>> rows{};
  std::vector<std::string> notes{};
};

// The words a person sees for cells that are not text, one set per language.
struct CellWords {
  std::string unknown = "?";
  std::string unknown_title = "unknown";  // spelled out where there is room (HTML title attribute)
  std::string yes = "yes";
  std::string no = "no";
};

// `digits` significant digits without trailing zeros, but never fewer than the whole part has, so a
// TPP of 15824 stays 15824. Plain from 1e-4 to 1e15, "1.5e-7" outside; no thousands separators.
// NaN reads "?".
[[nodiscard]] std::string format_number(double value, int digits);

// The text of a cell for a person.
[[nodiscard]] std::string format_cell(const Cell& cell, const Column& column,
                                      const CellWords& words = {});

// The text of a cell for a machine: doubles round trip, true and false, unknown and NaN empty.
[[nodiscard]] std::string exact_cell(const Cell& cell);

[[nodiscard]] bool is_unknown(const Cell& cell);

// The cell of a row, unknown where the row is short.
[[nodiscard]] const Cell& cell_at(const std::vector<Cell>& row, std::size_t column);

// "Memory (GB)", or the key where there is no title.
[[nodiscard]] std::string header_text(const Column& column);

}  // namespace redline::results
