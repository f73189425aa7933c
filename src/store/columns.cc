#include "store/columns.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "results/envelope.h"

namespace redline::store {
namespace {

using results::Cell;
using Json = nlohmann::ordered_json;

constexpr std::size_t kMostColumns = 400;  // SQLite takes 2000
constexpr std::size_t kDeepest = 12;

// Letters, digits and underscores, for SQL without quotes.
std::string plain_name(std::string_view text) {
  std::string name = to_lower(text);
  for (char& c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    c = good ? c : '_';
  }
  return name;
}

Cell cell_of(const Json& value) {
  if (value.is_boolean()) {
    return value.get<bool>();
  }
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return number <= kMost ? Cell(static_cast<std::int64_t>(number))
                           : Cell(static_cast<double>(number));
  }
  if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  if (value.is_number_float()) {
    return value.get<double>();
  }
  if (value.is_string()) {
    return value.get<std::string>();
  }
  return value.is_null() ? Cell() : Cell(results::dump_json(value, results::JsonStyle::kCompact));
}

ColumnType type_of(const Cell& cell) {
  return std::holds_alternative<double>(cell)        ? ColumnType::kReal
         : std::holds_alternative<std::string>(cell) ? ColumnType::kText
                                                     : ColumnType::kInteger;
}

// The path of a column with its type behind it.
void end_key(std::string& path, ColumnType type) {
  path += '\n';
  path += static_cast<char>('0' + static_cast<int>(type));
}

const Json& member(const Json& json, const char* key) {
  static const Json kNone;
  const auto found = json.is_object() ? json.find(key) : json.end();
  return json.is_object() && found != json.end() ? *found : kNone;
}

}  // namespace

Columns::Columns(const std::vector<Dimension>& dimensions) {
  add({"point", "point", ColumnType::kInteger});
  add({"status", "status", ColumnType::kText});
  add({"error_code", "error_code", ColumnType::kText});
  add({"error_message", "error_message", ColumnType::kText});
  for (const Dimension& one : dimensions) {
    add({free_name(plain_name(one.name)), "vary/" + one.name, one.type});
  }
  fixed_ = columns_.size();
}

Columns::Columns(const std::vector<Dimension>& dimensions, std::vector<RowColumn> further)
    : Columns(dimensions) {
  for (RowColumn& column : further) {
    add(std::move(column));
  }
}

void Columns::add(RowColumn column) {
  std::string key = column.path;
  end_key(key, column.type);
  by_path_.emplace(std::move(key), columns_.size());
  by_name_.insert(column.name);
  columns_.push_back(std::move(column));
}

std::string Columns::free_name(std::string name) const {
  if (!by_name_.contains(name)) {
    return name;
  }
  for (int n = 2;; ++n) {
    std::string other = fmt::format("{}_{}", name, n);
    if (!by_name_.contains(other)) {
      return other;
    }
  }
}

// Puts the values of one answer into the cells of its row.
struct Columns::Walk {
  Columns& columns;
  std::vector<Cell>& cells;
  const Json& vary;
  bool alone;  // the only answer of its row
  std::string path{};
  std::size_t root = 0;  // where the path of a field begins
  std::string prefix{};  // of names
  bool of_result = false;

  void answer(const Json& json, std::size_t index) {
    const Json& request = member(json, "request");
    const Json& name =
        member(json, "name").is_string() ? member(json, "name") : member(request, "command");
    if (!alone && name.is_string()) {
      prefix = plain_name(name.get_ref<const std::string&>());
      prefix += '_';
    }
    begin(fmt::format("answers/{}/request", index));
    object(request, 0);
    const Json& results = member(json, "results");
    if (results.is_array() && !results.empty()) {
      of_result = true;
      begin(fmt::format("answers/{}/results/0", index));
      object(results.front(), 0);
    }
    const Json& error = member(json, "error");
    if (error.is_object() && results::is_unknown(cells[2])) {
      cells[2] = cell_of(member(error, "code"));
      cells[3] = cell_of(member(error, "message"));
    }
  }

 private:
  void begin(std::string where) {
    path = std::move(where);
    root = path.size() + 1;
  }

  // The single values below an object.
  void object(const Json& json, std::size_t depth) {
    if (!json.is_object() || depth > kDeepest) {
      return;
    }
    const std::size_t length = path.size();
    for (const auto& [key, value] : json.items()) {
      // A field of the request that is varied has its column.
      if (!of_result && alone && depth == 0 && vary.is_object() && vary.contains(key)) {
        continue;
      }
      path += '/';
      path += key;
      if (value.is_object()) {
        object(value, depth + 1);
      } else if (!value.is_array() && !value.is_null()) {
        put(cell_of(value));
      }
      path.resize(length);
    }
  }

  void put(Cell cell) {
    const ColumnType type = type_of(cell);
    const std::size_t length = path.size();
    end_key(path, type);
    auto found = columns.by_path_.find(path);
    if (found == columns.by_path_.end()) {
      if (columns.columns_.size() >= kMostColumns) {
        return;
      }
      columns.add(
          {name(std::string_view(path).substr(root, length - root)), path.substr(0, length), type});
      cells.resize(columns.columns_.size());
      found = columns.by_path_.find(path);
    }
    cells[found->second] = std::move(cell);
  }

  // A value of the result that is called as a field of the request is called result_….
  [[nodiscard]] std::string name(std::string_view field) const {
    std::string plain = prefix + plain_name(field);
    return columns.free_name(of_result && columns.by_name_.contains(plain) ? "result_" + plain
                                                                           : std::move(plain));
  }
};

std::vector<Cell> Columns::cells(const Json& row) {
  std::vector<Cell> cells(columns_.size());
  cells[0] = cell_of(member(row, "point"));
  cells[1] = cell_of(member(row, "status"));
  const Json& vary = member(row, "vary");
  for (std::size_t i = 4; i < fixed_; ++i) {
    const std::string key = columns_[i].path.substr(std::string_view("vary/").size());
    Cell cell = cell_of(member(vary, key.c_str()));
    if (columns_[i].type == ColumnType::kReal && std::holds_alternative<std::int64_t>(cell)) {
      cell = static_cast<double>(std::get<std::int64_t>(cell));
    }
    cells[i] = std::move(cell);
  }
  const Json& answers = member(row, "answers");
  for (std::size_t i = 0; answers.is_array() && i < answers.size(); ++i) {
    Walk{*this, cells, vary, answers.size() == 1}.answer(answers[i], i);
  }
  return cells;
}

}  // namespace redline::store
