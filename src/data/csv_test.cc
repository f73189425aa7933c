#include "data/csv.h"

#include <gtest/gtest.h>

namespace redline::data {
namespace {

TEST(Csv, ReadsQuotesCommentsAndBlanks) {
  const auto table = parse_csv("t.csv",
                               "\xEF\xBB\xBF# shipments\nchip, units ,note\r\n\r\n"
                               "h20,10,\"a, \"\"b\"\"\"\n\"two\nlines\" , 3,\n");
  ASSERT_TRUE(table) << render(table.error());
  ASSERT_EQ(table->header.size(), 3u);
  EXPECT_EQ(table->header[1].text, "units");
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0][2].text, "a, \"b\"");
  EXPECT_EQ(table->rows[0][0].line, 4);
  EXPECT_EQ(table->rows[1][0].text, "two\nlines");
  EXPECT_EQ(table->rows[1][1].text, "3");
  EXPECT_EQ(table->rows[1][1].line, 6);
  EXPECT_EQ(table->rows[1][2].text, "");
}

TEST(Csv, ReportsAllProblemsWithPlaces) {
  const auto table = parse_csv("t.csv", "a,b,a\n1,2\n\"x\"y,2,3\n4,5,\"open\n");
  ASSERT_FALSE(table);
  ASSERT_EQ(table.error().size(), 4u);
  EXPECT_EQ(table.error()[0].where->column, 5);  // the second column a
  EXPECT_EQ(table.error()[1].where->line, 2);    // too short
  EXPECT_EQ(table.error()[2].where->line, 3);    // text behind a quote
  EXPECT_EQ(table.error()[3].where->line, 4);    // not closed
  for (const Error& error : table.error()) {
    EXPECT_EQ(error.code, Code::kCsvSyntax);
  }
}

TEST(Csv, NeedsAHeader) {
  EXPECT_FALSE(parse_csv("t.csv", ""));
  EXPECT_FALSE(parse_csv("t.csv", "# only a remark\n\n"));
  EXPECT_TRUE(parse_csv("t.csv", "a"));
}

}  // namespace
}  // namespace redline::data
