// Calendar dates.
#include "redline/date.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redline {
namespace {

TEST(Date, ReadsAnIsoDate) { EXPECT_EQ(*parse_date("2025-04-17"), make_date(2025, 4, 17)); }

TEST(Date, RefusesADayThatDoesNotExist) {
  for (const char* text : {"2025-02-29", "2025-04-31", "2025-13-01", "2025-00-10", "2025-01-00"}) {
    const auto date = parse_date(text);
    ASSERT_FALSE(date) << text;
    EXPECT_EQ(date.error().code, Code::kBadDate);
  }
}

TEST(Date, KnowsLeapYears) {
  EXPECT_TRUE(parse_date("2024-02-29"));
  EXPECT_TRUE(parse_date("2000-02-29"));
  EXPECT_FALSE(parse_date("2100-02-29"));
}

TEST(Date, RefusesOtherForms) {
  for (const char* text : {"", "2025", "2025-04", "17.04.2025", "2025-4-17", "2025-04-17 ",
                           " 2025-04-17", "2025-04-17T00:00", "2025/04/17", "-025-04-17",
                           "25-04-17", "2025-+4-17", "0000-01-01", "99999-01-01"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

TEST(Date, APartialDateSpansWhatItLeavesOpen) {
  const auto month = parse_partial_date("2024-02");
  ASSERT_TRUE(month);
  EXPECT_EQ(month->earliest(), make_date(2024, 2, 1));
  EXPECT_EQ(month->latest(), make_date(2024, 2, 29));
  const auto year = parse_partial_date("2023");
  ASSERT_TRUE(year);
  EXPECT_EQ(year->earliest(), make_date(2023, 1, 1));
  EXPECT_EQ(year->latest(), make_date(2023, 12, 31));
}

TEST(Date, APartialDatePrintsAsItWasWritten) {
  for (const char* text : {"2024", "2024-02", "2024-02-15"}) {
    EXPECT_EQ(format_date(*parse_partial_date(text)), text);
  }
}

TEST(Date, RefusesAnUnfinishedPartialDate) {
  for (const char* text : {"2024-", "2024-2", "2024-02-", "2024-02-1", "202", "2024-02-30"}) {
    EXPECT_FALSE(parse_partial_date(text)) << text;
  }
}

TEST(DateRange, ReadsTwoDates) {
  const auto range = parse_date_range("2022-10-07..2023-11-17");
  ASSERT_TRUE(range);
  EXPECT_EQ(range->first, make_date(2022, 10, 7));
  EXPECT_EQ(range->last, make_date(2023, 11, 17));
}

TEST(DateRange, OneDayIsARange) { EXPECT_TRUE(parse_date_range("2024-01-01..2024-01-01")); }

TEST(DateRange, RefusesAnEndBeforeItsBeginningAndShowsTheOtherOrder) {
  const auto range = parse_date_range("2023-11-17..2022-10-07");
  ASSERT_FALSE(range);
  EXPECT_EQ(range.error().code, Code::kBadDate);
  EXPECT_EQ(range.error().help.front(), "write 2022-10-07..2023-11-17");
}

TEST(DateRange, RefusesWhatIsNotTwoDates) {
  for (const char* text : {"", "..", "2022-10-07", "2022-10-07..", "..2022-10-07",
                           "2022-10-07...2023-11-17", "2022-10-07..2023-11-31"}) {
    EXPECT_FALSE(parse_date_range(text)) << text;
  }
}

RC_GTEST_PROP(Date, WhatIsPrintedReadsBack, ()) {
  const Date date = make_date(1970, 1, 1) + std::chrono::days{*rc::gen::inRange(0, 80000)};
  RC_ASSERT(*parse_date(format_date(date)) == date);
}

}  // namespace
}  // namespace redline
