#pragma once
// Rows as a table: the values inside their JSON that people filter by, each in a column of its own.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "results/table.h"
#include "store/manifest.h"

namespace redline::store {

struct RowColumn {
  std::string name;  // lower case letters, digits and underscores
  std::string path;  // of the value inside the row, such as answers/0/results/0/best/time_s
  ColumnType type = ColumnType::kText;
};

// point, status, error_code, error_message and the dimensions stand first. Behind them come the
// fields of the requests and the single values of the first result of each answer, as they first
// appear in the order of the points, so that the same rows give the same columns. Lists stay in the
// JSON alone, and so does what comes after some hundred columns.
class Columns {
 public:
  explicit Columns(const std::vector<Dimension>& dimensions);
  // With the columns that were there before.
  Columns(const std::vector<Dimension>& dimensions, std::vector<RowColumn> further);

  [[nodiscard]] const std::vector<RowColumn>& list() const { return columns_; }
  // How many stand first whatever the rows are.
  [[nodiscard]] std::size_t fixed() const { return fixed_; }

  // The cells of a row, as many as there are columns, after adding those that it has besides.
  [[nodiscard]] std::vector<results::Cell> cells(const nlohmann::ordered_json& row);

 private:
  using Json = nlohmann::ordered_json;
  struct Walk;

  void add(RowColumn column);
  [[nodiscard]] std::string free_name(std::string name) const;

  std::vector<RowColumn> columns_;
  std::size_t fixed_ = 0;
  std::unordered_map<std::string, std::size_t> by_path_;  // path and type
  std::unordered_set<std::string> by_name_;
};

}  // namespace redline::store
