// Traces of requests, from tables and from lines of JSON.

#include <algorithm>

#include <fmt/format.h>

#include "redline/traffic.h"

#include "base/nearest.h"
#include "data/csv.h"
#include "data/json_rows.h"
#include "data/json_text.h"
#include "sim/trace_rows.h"

namespace redline {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kNeeded = {TraceField::kTime, TraceField::kPrompt, TraceField::kAnswer};

std::string_view unmarked(std::string_view text) { return text.substr(data::begin_of_json(text)); }

// Columns by field.
class CsvTrace {
 public:
  explicit CsvTrace(const data::CsvTable& table) : table_(table) {}

  Loaded<Trace> read() {
    for (std::size_t i = 0; i < table_.header.size(); ++i) {
      take_column(i);
    }
    for (const TraceField field : kNeeded) {
      if (!column(field)) {
        builder_.add_problem(table_.span(table_.header.front()),
                             fmt::format("there is no column for {}", words_of(field).what),
                             {fmt::format("it is called one of: {}", names_of(field))});
      }
    }
    if (builder_.clean() && table_.rows.empty()) {
      builder_.add_problem(table_.span(table_.header.front()), "the trace has no rows");
    }
    // Rows without the columns they need would say the same again, each of them.
    if (builder_.clean()) {
      add_rows();
    }
    return builder_.finish();
  }

 private:
  std::optional<std::size_t>& column(TraceField field) {
    return columns_[static_cast<std::size_t>(field)];
  }

  void take_column(std::size_t i) {
    const data::CsvCell& cell = table_.header[i];
    const auto field = trace_field(cell.text);
    if (!field) {
      if (const auto meant = meant_name(cell.text)) {
        builder_.add_problem(table_.span(cell), fmt::format("'{}' is not known", cell.text),
                             {fmt::format("did you mean '{}'?", *meant)});
      }
      return;
    }
    if (*field == TraceField::kHashIds) {
      builder_.add_problem(table_.span(cell), "hash_ids are read from lines of JSON only");
    } else if (column(*field)) {
      builder_.add_problem(table_.span(cell), fmt::format("'{}' and '{}' both give {}",
                                                          table_.header[*column(*field)].text,
                                                          cell.text, words_of(*field).what));
    } else {
      column(*field) = i;
    }
  }

  void add_rows() {
    for (const auto& cells : table_.rows) {
      RawTraceRow row;
      for (std::size_t field = 0; field < kTraceFields; ++field) {
        if (columns_[field]) {
          row.cells[field] = cell_of(cells[*columns_[field]].text);
        }
      }
      builder_.add(row, [&](TraceField field) {
        const auto& found = column(field);
        return table_.span(found ? cells[*found] : cells.front());
      });
      if (builder_.full()) {
        return;
      }
    }
  }

  const data::CsvTable& table_;
  std::array<std::optional<std::size_t>, kTraceFields> columns_{};
  TraceBuilder builder_;
};

class JsonTrace {
 public:
  explicit JsonTrace(const data::JsonRows& rows) : rows_(rows) {}

  Loaded<Trace> read() {
    check_names(rows_.rows.front());
    for (const data::JsonRow& row : rows_.rows) {
      add(row);
      if (builder_.full()) {
        break;
      }
    }
    return builder_.finish();
  }

 private:
  // Names that are nearly ours; those of the first row stand for all.
  void check_names(const data::JsonRow& row) {
    for (const auto& item : row.value.items()) {
      const auto meant = trace_field(item.key()) ? std::nullopt : meant_name(item.key());
      if (meant) {
        builder_.add_problem(span(row, item.key()), fmt::format("'{}' is not known", item.key()),
                             {fmt::format("did you mean '{}'?", *meant)});
      }
    }
  }

  void add(const data::JsonRow& row) {
    RawTraceRow raw;
    std::array<std::string, kTraceFields> keys;
    for (const auto& item : row.value.items()) {
      const auto field = trace_field(item.key());
      if (!field) {
        continue;
      }
      std::string& key = keys[static_cast<std::size_t>(*field)];
      if (!key.empty()) {
        builder_.add_problem(span(row, item.key()), fmt::format("'{}' and '{}' both give {}", key,
                                                                item.key(), words_of(*field).what));
      }
      key = item.key();
      if (*field == TraceField::kHashIds) {
        take_hash_ids(row, key, item.value(), raw);
      } else {
        raw.cell(*field) = cell(item.value());
      }
    }
    if (to_lower(keys[0]) == "timestamp") {
      raw.cell(TraceField::kTime).number /= 1e3;  // of Mooncake's traces, in milliseconds
    }
    builder_.add(
        raw, [&](TraceField field) { return span(row, keys[static_cast<std::size_t>(field)]); });
  }

  [[nodiscard]] static TraceCell cell(const Json& value) {
    if (value.is_null()) {
      return {};
    }
    if (value.is_number()) {
      return {TraceCell::Kind::kNumber, value.get<double>(), value.dump()};
    }
    if (value.is_string()) {
      return {TraceCell::Kind::kText, 0.0, value.get<std::string>()};
    }
    return {TraceCell::Kind::kOther, 0.0, value.type_name()};
  }

  void take_hash_ids(const data::JsonRow& row, const std::string& key, const Json& value,
                     RawTraceRow& raw) {
    if (value.is_null()) {
      return;
    }
    bool numbers = value.is_array();
    for (const Json& id : numbers ? value : Json::array()) {
      numbers = numbers && id.is_number_unsigned();
      raw.hash_ids.push_back(numbers ? id.get<std::uint64_t>() : 0);
    }
    if (!numbers) {
      builder_.add_problem(span(row, key), "hash_ids are a list of whole numbers from 0",
                           {"write them as [46, 47]"});
      raw.hash_ids.clear();
    }
  }

  // As rows_.span, which counts the lines from the beginning of the text each time.
  SourceSpan span(const data::JsonRow& row, std::string_view key) {
    const std::string_view text = rows_.text;
    if (row.begin < counted_) {
      return rows_.span(row, key);
    }
    lines_ +=
        static_cast<int>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted_),
                                    text.begin() + static_cast<std::ptrdiff_t>(row.begin), '\n'));
    counted_ = row.begin;
    const auto last = text.rfind('\n', row.begin);
    const std::size_t begin = last == std::string_view::npos ? 0 : last + 1;
    const std::size_t found =
        key.empty() ? data::kNowhere : data::find_key(text, row.begin, key).key;
    SourceSpan span = data::span_at(rows_.file, text.substr(begin),
                                    (found == data::kNowhere ? row.begin : found) - begin);
    span.line += lines_;
    return span;
  }

  const data::JsonRows& rows_;
  TraceBuilder builder_;
  std::size_t counted_ = 0;
  int lines_ = 0;  // of the text before counted_
};

}  // namespace

Loaded<Trace> read_trace(std::string file, std::string text) {
  const std::string_view begin = unmarked(text).substr(0, 1);
  if (begin == "{" || begin == "[") {
    const auto rows = data::parse_json_rows(std::move(file), std::move(text));
    if (!rows) {
      return tl::unexpected(rows.error());
    }
    return JsonTrace(*rows).read();
  }
  const auto table = data::parse_csv(std::move(file), text);
  if (!table) {
    return tl::unexpected(table.error());
  }
  return CsvTrace(*table).read();
}

}  // namespace redline
