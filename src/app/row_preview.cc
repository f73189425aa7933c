#include "app/row_preview.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/columns.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;

constexpr std::size_t kMostRows = 20;
constexpr std::size_t kMostFurther = 3;  // columns

bool differs(const std::vector<std::vector<Cell>>& rows, std::size_t column) {
  return std::any_of(rows.begin(), rows.end(), [&rows, column](const auto& row) {
    return results::cell_at(row, column) != results::cell_at(rows.front(), column);
  });
}

}  // namespace

Result<void> RowPreview::append(const store::Row& row) {
  tally_.add(row.status);
  next_ = row.point + 1;
  if (rows_.size() < kMostRows) {
    rows_.push_back(row);
  }
  return {};
}

Result<void> RowPreview::commit(std::uint64_t next) {
  next_ = next;
  return {};
}

Result<void> RowPreview::finish(std::string_view) { return {}; }

Answer RowPreview::answer(const results::Words& say, std::optional<Date> as_of) const {
  store::Columns columns(manifest_.dimensions);
  std::vector<std::vector<Cell>> rows;
  for (const store::Row& row : rows_) {
    rows.push_back(columns.cells(Json::parse(row.text, nullptr, /*allow_exceptions=*/false)));
  }
  std::vector<std::size_t> shown;
  const auto& list = columns.list();
  for (std::size_t i = 0; i < list.size(); ++i) {
    const bool further = i >= columns.fixed();
    const bool error = list[i].path == "error_code" || list[i].path == "error_message";
    // What only repeats a field of the request is called result_….
    const bool tells = further && list[i].path.find("/results/") != std::string::npos &&
                       !list[i].name.starts_with("result_");
    const bool room = shown.size() < columns.fixed() - 2 + kMostFurther;
    if ((!further && !error) || (room && (error || tells) && differs(rows, i))) {
      shown.push_back(i);
    }
  }
  Answer answer;
  answer.command = "search-run";
  answer.as_of = as_of;
  results::Table& table = answer.table;
  for (const std::size_t i : shown) {
    const bool number =
        list[i].type == store::ColumnType::kInteger || list[i].type == store::ColumnType::kReal;
    table.columns.push_back(
        {list[i].name, list[i].name, "", number ? Align::kRight : Align::kLeft});
  }
  for (const auto& row : rows) {
    std::vector<Cell> cells;
    for (const std::size_t i : shown) {
      cells.push_back(results::cell_at(row, i));
    }
    table.rows.push_back(std::move(cells));
  }
  answer.blocks.emplace_back(
      Headline{say("{rows} rows: {tally}",
                   {{"rows", fmt::to_string(tally_.rows())}, {"tally", tally_text(tally_, say)}})});
  answer.blocks.emplace_back(table);
  if (tally_.rows() > rows_.size()) {
    answer.blocks.emplace_back(
        Paragraph{say("The first {count} rows; -o result.sqlite, .ndjson, .csv or .json keeps all.",
                      {{"count", fmt::to_string(rows_.size())}})});
  }
  return answer;
}

std::string tally_text(const store::Tally& tally, const results::Words& say) {
  return say("{done} done, {infeasible} infeasible, {unknown} unknown, {errors} errors",
             {{"done", fmt::to_string(tally.of(store::Status::kDone))},
              {"infeasible", fmt::to_string(tally.of(store::Status::kInfeasible))},
              {"unknown", fmt::to_string(tally.of(store::Status::kUnknown))},
              {"errors", fmt::to_string(tally.of(store::Status::kError))}});
}

}  // namespace redline::app
