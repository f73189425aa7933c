#include "store/columns.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace redline::store {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> names(const Columns& columns) {
  std::vector<std::string> list;
  for (const RowColumn& column : columns.list()) {
    list.push_back(column.name);
  }
  return list;
}

const std::vector<Dimension> kChips{{"chip", ColumnType::kText}};

TEST(Columns, HoldSingleValuesInTheOrderOfTheirAppearance) {
  Columns columns(kChips);
  const auto cells = columns.cells(Json::parse(R"({"point":1,"status":"done","vary":{"chip":"a"},
      "answers":[{"request":{"command":"ask","chip":"a","n":2},"results":[{"chip":"A","best":
      {"time_s":1.5,"fits":true,"list":[1]},"none":null}]}]})"));
  EXPECT_EQ(names(columns),
            (std::vector<std::string>{"point", "status", "error_code", "error_message", "chip",
                                      "command", "n", "result_chip", "best_time_s", "best_fits"}));
  EXPECT_EQ(cells[0], results::Cell(std::int64_t{1}));
  EXPECT_EQ(cells[8], results::Cell(1.5));
  EXPECT_EQ(cells[9], results::Cell(true));
  EXPECT_TRUE(results::is_unknown(cells[2]));
}

TEST(Columns, ValuesOfAnotherTypeHaveTheirOwn) {
  Columns columns({});
  const auto row = [](const char* value) {
    return Json::parse(fmt::format(
        R"({{"point":1,"status":"done","answers":[{{"results":[{{"x":{}}}]}}]}})", value));
  };
  EXPECT_EQ(columns.cells(row("1")).size(), 5U);
  EXPECT_EQ(columns.cells(row("2.5")).size(), 6U);
  EXPECT_EQ(columns.cells(row("\"text\"")).size(), 7U);
  EXPECT_EQ(columns.cells(row("3")).size(), 7U);
  EXPECT_EQ(columns.list()[5].name, "result_x");
  EXPECT_EQ(columns.list()[6].type, ColumnType::kText);
}

TEST(Columns, OfSeveralAnswersBeginWithTheirNames) {
  Columns columns(kChips);
  static_cast<void>(columns.cells(Json::parse(R"({"point":1,"status":"error","vary":{"chip":"a"},
      "answers":[{"request":{"command":"ask-one"},"results":[{"x":1}]},
      {"name":"two","request":{"command":"ask"},"error":{"code":"RL1","message":"no"}}]})")));
  EXPECT_EQ(names(columns)[5], "ask_one_command");
  EXPECT_EQ(names(columns)[6], "ask_one_x");
  EXPECT_EQ(names(columns)[7], "two_command");
}

TEST(Columns, AreNotMoreThanADatabaseTakes) {
  Columns columns(kChips);
  Json row = Json::parse(R"({"point":1,"status":"done","answers":[{"results":[{}]}]})");
  for (int i = 0; i < 5000; ++i) {
    row["answers"][0]["results"][0][fmt::format("f{}", i)] = i;
  }
  EXPECT_LT(columns.cells(row).size(), 1000U);
}

TEST(Columns, OfWhatIsNoRowAreEmpty) {
  Columns columns(kChips);
  for (const char* text : {"[]", "3", "{}", R"({"answers":{"a":1},"vary":[]})",
                           R"({"answers":[1,{"results":3,"request":[]}]})"}) {
    EXPECT_EQ(columns.cells(Json::parse(text)).size(), 5U) << text;
  }
}

}  // namespace
}  // namespace redline::store
