#include "data/json_rows.h"

#include <gtest/gtest.h>

namespace redline::data {
namespace {

TEST(JsonRows, ReadsThreeForms) {
  for (const char* text :
       {R"({"meta": {"rows": 1}, "rows": [{"id": "a"}, {"id": "b", "m": [1, 2]}]})",
        R"([{"id": "a"}, {"id": "b"}])", "{\"id\": \"a\"}\n\n{\"id\": \"b\"}\n"}) {
    const auto rows = parse_json_rows("f.json", text);
    ASSERT_TRUE(rows) << text << render(rows.error());
    ASSERT_EQ(rows->rows.size(), 2u) << text;
    EXPECT_EQ(rows->rows[1].value.at("id"), "b");
    EXPECT_EQ(text[rows->rows[1].begin], '{');
    EXPECT_EQ(text[rows->rows[1].end - 1], '}') << text;
  }
  const auto one = parse_json_rows("f.json", "\xEF\xBB\xBF{\"id\": \"a\"}");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->rows.size(), 1u);
}

TEST(JsonRows, PlacesKeys) {
  const auto rows = parse_json_rows("f.json", "{\"rows\": [\n  {\"a\": \"}\\\"{\", \"m\": 3}]}");
  ASSERT_TRUE(rows);
  const SourceSpan span = rows->span(rows->rows[0], "m");
  EXPECT_EQ(span.line, 2);
  EXPECT_EQ(span.column, 17);
  EXPECT_EQ(span.text, "  {\"a\": \"}\\\"{\", \"m\": 3}]}");
  EXPECT_EQ(rows->span(rows->rows[0], "none").column, 3);
}

TEST(JsonRows, ReportsAllWrongLines) {
  const auto rows = parse_json_rows("f.ndjson", "{\"id\": 1}\n{\"id\": }\n7\n{\"id\": 2\n");
  ASSERT_FALSE(rows);
  ASSERT_EQ(rows.error().size(), 3u);
  EXPECT_EQ(rows.error()[0].where->line, 2);
  EXPECT_EQ(rows.error()[0].where->column, 8);
  EXPECT_EQ(rows.error()[1].where->line, 3);
  EXPECT_EQ(rows.error()[2].where->line, 4);
}

TEST(JsonRows, PlacesANumberOutOfRange) {
  for (const char* text : {"{\"rows\": [\n  {\"a\": 1e575}]}", "{\"id\": 1}\n{\"a\":   1e575}\n"}) {
    const auto rows = parse_json_rows("f.json", text);
    ASSERT_FALSE(rows);
    ASSERT_EQ(rows.error().size(), 1u);
    EXPECT_EQ(rows.error()[0].message, "a number is out of range");
    EXPECT_EQ(rows.error()[0].where->line, 2);
    EXPECT_EQ(rows.error()[0].where->column, 9) << text;
  }
  EXPECT_FALSE(parse_json_rows("f.json", "{\"a\": -1e999}"));
}

TEST(JsonRows, RefusesWhatHoldsNoRows) {
  for (const char* text : {"", " \n", "[]", "{\"rows\": 3}", "{\"rows\": []}", "[1, 2]", "3", "[{]",
                           "{\"rows\": [{\"a\": 1}", "\"rows\""}) {
    EXPECT_FALSE(parse_json_rows("f.json", text)) << text;
  }
}

}  // namespace
}  // namespace redline::data
