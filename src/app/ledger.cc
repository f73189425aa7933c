#include "app/ledger.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/nearest.h"
#include "data/csv.h"

namespace redline::app {
namespace {

constexpr auto kColumns =
    std::to_array<std::string_view>({"chip", "destination", "units", "end_use", "date", "product"});
constexpr std::size_t kRequired = 3;  // the first of them

class LedgerReader {
 public:
  LedgerReader(const Workspace& workspace, data::CsvTable table)
      : w_(workspace), table_(std::move(table)) {}

  Loaded<std::vector<Shipment>> read() {
    find_columns();
    std::vector<Shipment> shipments;
    if (errors_.empty()) {
      for (const auto& row : table_.rows) {
        shipments.push_back(read_row(row));
      }
    }
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return shipments;
  }

 private:
  void add(Code code, const data::CsvCell& cell, std::string message,
           std::vector<std::string> help = {}) {
    errors_.push_back({code, std::move(message), table_.span(cell), std::move(help), {}});
  }
  // An error about a name keeps its own message and help and gets the place of the cell.
  void add(const data::CsvCell& cell, Error error) {
    error.where = table_.span(cell);
    errors_.push_back(std::move(error));
  }

  void find_columns() {
    column_.fill(-1);
    for (std::size_t i = 0; i < table_.header.size(); ++i) {
      const data::CsvCell& name = table_.header[i];
      const auto found = std::find(kColumns.begin(), kColumns.end(), to_lower(name.text));
      if (found == kColumns.end()) {
        std::vector<std::string> help{fmt::format("columns: {}", fmt::join(kColumns, ", "))};
        const auto near = nearest_names(name.text, {kColumns.begin(), kColumns.end()});
        if (!near.empty()) {
          help.insert(help.begin(), fmt::format("did you mean '{}'?", near.front()));
        }
        add(Code::kUnknownKey, name, fmt::format("a ledger has no column '{}'", name.text),
            std::move(help));
        continue;
      }
      column_[static_cast<std::size_t>(found - kColumns.begin())] = static_cast<int>(i);
    }
    for (std::size_t i = 0; i < kRequired; ++i) {
      if (column_[i] < 0) {
        add(Code::kMissingKey, table_.header.front(),
            fmt::format("the ledger has no column '{}'", kColumns[i]),
            {fmt::format("it needs the columns {}, {} and {}", kColumns[0], kColumns[1],
                         kColumns[2])});
      }
    }
  }

  const data::CsvCell* cell(const std::vector<data::CsvCell>& row, std::string_view name) const {
    const auto at = std::find(kColumns.begin(), kColumns.end(), name) - kColumns.begin();
    const int column = column_[static_cast<std::size_t>(at)];
    const data::CsvCell* found = column < 0 ? nullptr : &row[static_cast<std::size_t>(column)];
    return found == nullptr || found->text.empty() ? nullptr : found;
  }

  std::string place(const data::CsvCell& text) {
    auto found = w_.catalog.geography.find_place(text.text);
    if (!found) {
      add(text, std::move(found).error());
      return {};
    }
    return *found;
  }

  std::optional<double> units(const data::CsvCell& text) {
    if (text.text == "?" || to_lower(text.text) == "unknown") {
      return std::nullopt;
    }
    double value = 0.0;
    const char* end = text.text.data() + text.text.size();
    const auto [rest, error] = std::from_chars(text.text.data(), end, value);
    if (error != std::errc{} || rest != end || !std::isfinite(value)) {
      add(Code::kBadNumber, text, fmt::format("'{}' is not a number of units", text.text),
          {"write a plain number without separators, or ? where it is not known"});
      return std::nullopt;
    }
    if (value < 0.0) {
      add(Code::kOutOfRange, text, "a number of units cannot be negative",
          {"leave a shipment that came back out of the ledger"});
      return std::nullopt;
    }
    return value;
  }

  Shipment read_row(const std::vector<data::CsvCell>& row) {
    Shipment one;
    const auto required = [&](std::string_view name) {
      const data::CsvCell* found = cell(row, name);
      if (found == nullptr) {
        add(Code::kMissingKey, row.front(), fmt::format("this shipment has no {}", name));
      }
      return found;
    };
    if (const auto* name = required("chip")) {
      auto chips = find_chips(w_, name->text);
      if (!chips) {
        add(*name, chips.error().front());
      } else if (chips->size() != 1) {
        add(Code::kAmbiguousName, *name, "a shipment is of one chip");
      } else if (one.chip = w_.catalog.chip(chips->front().id); one.chip == nullptr) {
        add(Code::kUnknownChip, *name, "a ledger names chips of the catalogue",
            {"lay a folder with a chip of your own over the data: --data DIR"});
      } else {
        one.product = one.chip->id;
      }
    }
    if (const auto* text = cell(row, "product")) {
      one.product = text->text;
    }
    if (const auto* text = required("destination")) {
      one.destination = place(*text);
    }
    const auto* use = cell(row, "end_use");
    one.end_use = use == nullptr ? one.destination : place(*use);
    if (const auto* text = required("units")) {
      one.units = units(*text);
    }
    if (const auto* text = cell(row, "date")) {
      auto date = parse_date(text->text);
      if (!date) {
        add(*text, std::move(date).error());
      } else {
        one.date = *date;
      }
    }
    return one;
  }

  const Workspace& w_;
  data::CsvTable table_;
  std::array<int, kColumns.size()> column_{};
  Diagnostics errors_;
};

}  // namespace

Loaded<std::vector<Shipment>> read_ledger(const Workspace& workspace, const std::string& path) {
  auto text = read_users_file(workspace, path);
  if (!text) {
    return tl::unexpected(Diagnostics{std::move(text).error()});
  }
  auto table = data::parse_csv(path, *text);
  if (!table) {
    return tl::unexpected(std::move(table).error());
  }
  return LedgerReader(workspace, std::move(*table)).read();
}

}  // namespace redline::app
