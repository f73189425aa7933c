#include "exposure/tally.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/distribution.h"
#include "redline/error.h"
#include "redline/forecast_score.h"
#include "redline/random.h"

#include "exposure/tally_feed.h"

namespace redline {
namespace {

Tally tally_of(const std::vector<double>& values) {
  Tally tally;
  tally.add(values);
  return tally;
}

// Of every size, both signs, and many that are alike.
rc::Gen<std::vector<double>> any_amounts() {
  return rc::gen::container<std::vector<double>>(rc::gen::map(
      rc::gen::pair(rc::gen::inRange(-1000, 1001), rc::gen::inRange(0, 44)), [](const auto& parts) {
        return std::ldexp(static_cast<double>(parts.first), parts.second);
      }));
}

std::vector<double> normal_amounts(double mean, double deviation, std::uint64_t count) {
  std::vector<double> out;
  for (std::uint64_t i = 0; i < count; ++i) {
    out.push_back(std::round(mean + deviation * normal_quantile(uniform(5, 0, i))));
  }
  return out;
}

RC_GTEST_PROP(TallyProperty, AnyOrderAndSplitGiveTheSame, ()) {
  std::vector<double> values = *any_amounts();
  const Tally whole = tally_of(values);
  std::sort(values.begin(), values.end());
  const auto cut =
      static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(values.size()) + 1));
  Tally first, second;
  first.add(std::span(values).first(cut));
  second.add(std::span(values).subspan(cut));
  second.merge(first);
  RC_ASSERT(second == whole);
  RC_ASSERT(second.to_text() == whole.to_text());
}

RC_GTEST_PROP(TallyProperty, WhatIsFedByAndByIsTheSame, ()) {
  std::vector<double> values = *any_amounts();
  // So many that bins are counted more than once, and of every size a whole handful.
  const auto times = static_cast<std::size_t>(*rc::gen::inRange(1, 200));
  const std::size_t once = values.size();
  for (std::size_t i = once; i < once * times; ++i) {
    values.push_back(values[i - once] * (i % 7 == 0 ? 1.0 : 0.37));
  }
  TallyFeed feed;
  std::vector<double> odd = values;
  odd.insert(odd.begin() + *rc::gen::inRange(0, static_cast<int>(odd.size()) + 1),
             *rc::gen::element(2.0 * Tally::kMost, std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()));
  const bool full = *rc::gen::arbitrary<bool>();
  for (std::size_t at = 0; at < odd.size();) {
    const std::size_t size =
        std::min(odd.size() - at,
                 full ? TallyFeed::kAtOnce : static_cast<std::size_t>(*rc::gen::inRange(1, 65)));
    feed.add(std::span(odd).subspan(at, size));
    at += size;
  }
  RC_ASSERT(feed.left_out() == 1U);
  RC_ASSERT(feed.tally() == tally_of(values));
}

TEST(TallyFeed, SumsOfTheLargestQuickValuesAreExact) {
  for (const double size : {0x1p47 - 1.0, 0x1p47, 0x1p47 - 0x1p23 - 1.0, 0x1p53}) {
    std::vector<double> values;
    for (std::size_t i = 0; i < 20000; ++i) {
      values.push_back((i % 3 == 0 ? -1.0 : 1.0) * (size - static_cast<double>(i % 2)));
    }
    TallyFeed feed;
    for (std::size_t at = 0; at < values.size(); at += TallyFeed::kAtOnce) {
      feed.add(std::span(values).subspan(at, std::min(TallyFeed::kAtOnce, values.size() - at)));
    }
    EXPECT_EQ(feed.tally(), tally_of(values)) << size;
  }
}

TEST(TallyFeed, ManyValuesAreCountedAsAFew) {
  // Apart by whole octaves, over a range that many values fill and a few do not.
  for (const int octaves : {1, 4, 10, 20}) {
    TallyFeed feed;
    Tally tally;
    for (std::uint64_t i = 0; i < 50000; i += TallyFeed::kAtOnce) {
      std::vector<double> values;
      for (std::uint64_t k = i; k < i + TallyFeed::kAtOnce; ++k) {
        const double size = std::floor(std::exp2(12.0 + octaves * uniform(3, 0, k)));
        values.push_back(k % 5 == 0 ? -size : size);
      }
      feed.add(values);
      tally.add(values);
    }
    EXPECT_EQ(feed.tally(), tally) << octaves;
  }
}

RC_GTEST_PROP(TallyProperty, TheTextIsReadBackAsTheSame, ()) {
  const Tally tally = tally_of(*any_amounts());
  const auto again = Tally::from_text(tally.to_text());
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == tally);
}

RC_GTEST_PROP(TallyProperty, ADamagedTextIsRefusedOrReadAsItStands, ()) {
  std::string text = tally_of(*any_amounts()).to_text();
  for (int i = *rc::gen::inRange(1, 4); i > 0 && !text.empty(); --i) {
    const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())));
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        text[at] = *rc::gen::element('0', '1', 'f', '-', '*', ',', ' ', 'x', '\xff');
        break;
      case 1:
        text.erase(at, 1);
        break;
      default:
        text.insert(at, 1, *rc::gen::element('0', '7', 'f', '-', '*', ',', ' '));
    }
  }
  const auto read = Tally::from_text(text);
  if (read) {
    RC_ASSERT(read->to_text() == text);
  }
  if (read && read->count() > 0) {
    RC_ASSERT(std::isfinite(read->deviation()));
    RC_ASSERT(read->quantile(0.5) >= read->min() && read->quantile(0.5) <= read->max());
  }
}

RC_GTEST_PROP(TallyProperty, QuantilesAscendAndAreNearTheOrderStatistics, ()) {
  std::vector<double> values = *any_amounts();
  RC_PRE(!values.empty());
  const Tally tally = tally_of(values);
  std::sort(values.begin(), values.end());
  double last = tally.quantile(0.0);
  RC_ASSERT(last == values.front());
  RC_ASSERT(tally.quantile(1.0) == values.back());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double level = (static_cast<double>(i) + 0.5) / static_cast<double>(values.size());
    const double next = tally.quantile(level);
    RC_ASSERT(next >= last);
    RC_ASSERT(std::fabs(next - values[i]) <= 0x1p-8 * std::fabs(values[i]));
    last = next;
  }
}

TEST(Tally, MeanDeviationAndEndsOfAFewValues) {
  const Tally tally = tally_of({2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0});
  EXPECT_EQ(tally.count(), 8U);
  EXPECT_EQ(tally.mean(), 5.0);
  EXPECT_DOUBLE_EQ(tally.deviation(), std::sqrt(32.0 / 7.0));
  EXPECT_DOUBLE_EQ(tally.mean_error(), std::sqrt(4.0 / 7.0));
  EXPECT_EQ(tally.min(), 2.0);
  EXPECT_EQ(tally.max(), 9.0);
}

TEST(Tally, OneValueHasNoDeviation) {
  EXPECT_EQ(tally_of({-123456789.0}).deviation(), 0.0);
  EXPECT_EQ(tally_of({-123456789.0}).mean(), -123456789.0);
}

TEST(Tally, AConstantAnswerIsMetExactly) {
  constexpr double kAnswer = 123456789012345.0;
  const Tally tally = tally_of(std::vector<double>(1000, kAnswer));
  EXPECT_EQ(tally.mean(), kAnswer);
  EXPECT_EQ(tally.deviation(), 0.0);
  for (const double level : {0.0, 0.05, 0.5, 0.95, 1.0}) {
    EXPECT_EQ(tally.quantile(level), kAnswer);
  }
  EXPECT_EQ(tally.quantile_error(0.5), 0.0);
  EXPECT_EQ(tally.share_at_most(kAnswer), 1.0);
  EXPECT_EQ(tally.share_at_most(kAnswer - 1.0), 0.0);
}

TEST(Tally, ASmallDeviationOfLargeValuesIsNotLost) {
  // Squares of 2^104: in doubles nothing would be left of a deviation of 1.
  constexpr double kLarge = 0x1p52;
  EXPECT_DOUBLE_EQ(tally_of({kLarge - 1.0, kLarge, kLarge + 1.0}).deviation(), 1.0);
  EXPECT_DOUBLE_EQ(tally_of({-kLarge - 1.0, -kLarge, 1.0 - kLarge}).deviation(), 1.0);
}

TEST(Tally, TheGreatestValuesAllowedDoNotOverflow) {
  Tally tally = tally_of({Tally::kMost, -Tally::kMost});
  for (int i = 0; i < 30; ++i) {
    tally.merge(Tally(tally));
  }
  EXPECT_EQ(tally.count(), std::uint64_t{1} << 31U);
  EXPECT_EQ(tally.mean(), 0.0);
  EXPECT_NEAR(tally.deviation(), Tally::kMost, 0x1p-31 * Tally::kMost);  // n - 1
  EXPECT_EQ(Tally::from_text(tally.to_text()), tally);
}

TEST(Tally, ValuesAreRoundedToWholes) {
  EXPECT_EQ(tally_of({0.4, -0.4, 1.6, -1.6, 100.49}), tally_of({0.0, 0.0, 2.0, -2.0, 100.0}));
  EXPECT_EQ(tally_of({0x1p52 + 1.0}).max(), 0x1p52 + 1.0);
}

TEST(Tally, SmallWholesAreExactInTheDistribution) {
  std::vector<double> values;
  for (int i = -400; i <= 400; ++i) {
    values.push_back(i);
  }
  const Tally tally = tally_of(values);
  EXPECT_EQ(tally.quantile(0.5), 0.0);
  EXPECT_EQ(tally.quantile(0.25), -200.0);
  EXPECT_DOUBLE_EQ(tally.share_at_most(0.0), 401.0 / 801.0);
  EXPECT_DOUBLE_EQ(tally.share_at_most(-0.5), 400.0 / 801.0);
  EXPECT_DOUBLE_EQ(tally.share_at_most(399.0), 800.0 / 801.0);
}

TEST(Tally, TheSampleIsDescribedAsWithoutBins) {
  std::vector<double> values = normal_amounts(5e11, 1e11, 20000);
  const Tally tally = tally_of(values);
  std::sort(values.begin(), values.end());
  for (const double level : {0.01, 0.05, 0.5, 0.9, 0.99}) {
    EXPECT_NEAR(tally.quantile(level), sample_quantile(values, level), 0x1p30);  // a bin
    EXPECT_NEAR(tally.quantile_error(level) / quantile_error(values, level), 1.0, 0.15);
    EXPECT_NEAR(tally.share_at_most(tally.quantile(level)), level, 1e-9);
  }
  EXPECT_EQ(tally.share_at_most(-1e15), 0.0);
  EXPECT_EQ(tally.share_at_most(std::numeric_limits<double>::infinity()), 1.0);
}

TEST(Tally, MergingNothingChangesNothing) {
  const Tally some = tally_of({1.0, 1e9});
  Tally tally = some;
  tally.merge(Tally());
  EXPECT_EQ(tally, some);
  Tally empty;
  empty.merge(some);
  EXPECT_EQ(empty, some);
  EXPECT_EQ(Tally::from_text(Tally().to_text()), Tally());
}

TEST(Tally, ATextIsShort) {
  EXPECT_EQ(tally_of({0.0, 5.0, 5.0, -1.0}).to_text(), "tally1 4 -1 5 9 0 33 1,1,*4,2");
  EXPECT_EQ(Tally().to_text(), "tally1 0");
}

TEST(Tally, ATextThatCannotBeIsRefused) {
  for (const char* const text : {
           "",
           "tally1",
           "tally1 ",
           "tally1 00",
           "tally1 0 ",
           "tally2 0",
           "tally1 1 5 5 5 0 19",                             // no bins
           "tally1 1 5 5 5 0 19 2",                           // more than the count
           "tally1 2 5 5 a 0 32 1",                           // fewer
           "tally1 1 5 5 5 0 19 1,1",                         // beyond the greatest
           "tally1 1 5 5 5 0 19 *1,1",                        // nothing at the least
           "tally1 1 5 5 5 0 19 01",                          // spelled otherwise
           "tally1 1 5 5 6 0 19 1",                           // a sum that cannot be
           "tally1 1 5 5 5 0 18 1",                           // squares too small
           "tally1 1 5 5 5 0 20 1",                           // too large
           "tally1 1 5 4 5 0 19 1",                           // ends the wrong way round
           "tally1 1 -0 0 0 0 0 1",                           // a sign of 0
           "tally1 1 20000000000001 20000000000001 1 0 1 1",  // beyond 2^53
           "tally1 2 0 5 5 0 19 1,*ffffffffffffffff,1",       // an absurd gap
           "tally1 ffffffffffffffff 0 0 0 0 0 ffffffffffffffff",
       }) {
    EXPECT_FALSE(Tally::from_text(text)) << text;
  }
}

RC_GTEST_PROP(TallyProperty, AnyTextIsReadOrRefused, (const std::string& text)) {
  RC_ASSERT(!Tally::from_text(text));
  const auto read = Tally::from_text("tally1 " + text);
  if (read) {
    RC_ASSERT(read->to_text() == "tally1 " + text);
  }
}

}  // namespace
}  // namespace redline
