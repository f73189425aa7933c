// What scenarios and precedents ask of the rules.

#include "app/exposure_asks.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "app/test_workspace.h"

namespace redline::app {
namespace {

std::vector<Code> problems_of_case(const std::string& answer) {
  std::vector<Code> codes;
  for (const Error& one : check_precedents(
           workspace(), "p.toml",
           "[[series]]\nid = \"caught\"\nwhat = \"caught\"\n[[series.case]]\ndate = 2023-10-17\n"
           "what = \"a case\"\nsource = [\"fr-2023-23055\"]\n" +
               answer)) {
    EXPECT_TRUE(one.where.has_value());
    codes.push_back(one.code);
  }
  return codes;
}

TEST(Precedents, ACaseIsWrittenDownOrAskedOfTheRules) {
  EXPECT_TRUE(problems_of_case("yes = true\n").empty());
  EXPECT_TRUE(problems_of_case("chip = \"h800-sxm\"\non = 2023-11-18\n").empty());
  using Codes = std::vector<Code>;
  EXPECT_EQ(problems_of_case("yes = true\nchip = \"h800-sxm\"\non = 2023-11-18\n"),
            Codes{Code::kInconsistent});
  EXPECT_EQ(problems_of_case("chip = \"h800-sxm\"\n"), Codes{Code::kInconsistent});
  EXPECT_EQ(problems_of_case("on = 2023-11-18\n"), Codes{Code::kInconsistent});
  EXPECT_EQ(problems_of_case("chip = \"h800-sxm\"\non = 2023-10-16\n"), Codes{Code::kInconsistent});
  EXPECT_EQ(problems_of_case("chip = \"h801\"\non = 2023-11-18\n"), Codes{Code::kUnknownReference});
  EXPECT_EQ(problems_of_case(""), Codes{Code::kInconsistent});
}

TEST(Precedents, WhatTheRulesSayStandsAsTheAnswer) {
  const auto context = exposure_context(workspace(), 1);
  ASSERT_TRUE(context.has_value());
  const auto series =
      std::find_if(context->precedents.begin(), context->precedents.end(),
                   [](const exposure::SeriesRecord& one) { return one.id == "us_line_catches"; });
  ASSERT_NE(series, context->precedents.end());
  const auto yes = [&](const std::string& chip, Date on) {
    const auto found = std::find_if(
        series->cases.begin(), series->cases.end(),
        [&](const exposure::CaseRecord& one) { return one.chip == chip && one.on == on; });
    EXPECT_NE(found, series->cases.end()) << chip;
    return found != series->cases.end() && found->yes.value_or(false);
  };
  EXPECT_FALSE(yes("a800-sxm-80gb", make_date(2022, 11, 7)));
  EXPECT_TRUE(yes("a800-sxm-80gb", make_date(2023, 11, 18)));
  EXPECT_FALSE(yes("h20-96gb", make_date(2025, 1, 16)));
  EXPECT_TRUE(yes("h20-96gb", make_date(2025, 4, 16)));
  EXPECT_FALSE(yes("l20", make_date(2025, 4, 16)));
}

TEST(Asks, ThePartsOfTheNextLineMayBeCaughtAgain) {
  const auto context = exposure_context(workspace(), 1);
  ASSERT_TRUE(context.has_value());
  exposure::AskRecord ask;
  ask.what = "reply-license-required";
  ask.die = "gh100";
  ask.epoch = "2022-10";
  for (const auto& [on, required] : {std::pair{"2022-11-07", 0.0}, {"2023-11-18", 1.0}}) {
    ask.on = on;
    const auto asked = context->ask(ask, make_date(2024, 1, 1));
    ASSERT_TRUE(asked.has_value()) << on;
    EXPECT_EQ(asked->distribution.quantile(0.5), required) << on;
  }
  EXPECT_FALSE(context->ask(ask, make_date(2023, 11, 17)).has_value());  // not known then
}

}  // namespace
}  // namespace redline::app
