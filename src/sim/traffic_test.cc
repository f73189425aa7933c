// Requests that are drawn: when they come, what they ask for, what they share.
#include "redline/traffic.h"

#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redline {
namespace {

Distribution distribution(std::string_view text) {
  return Distribution::parse(text).value_or(Distribution());
}

std::vector<double> arrivals(const Traffic& traffic, std::uint64_t count) {
  std::vector<double> times;
  double before = 0.0;
  for (std::uint64_t i = 0; i < count; ++i) {
    times.push_back(before = traffic.arrival_s(i, before));
  }
  return times;
}

struct Moments {
  double mean, cv;
};
Moments gaps_of(const std::vector<double>& times) {
  double sum = 0.0, squares = 0.0, before = 0.0;
  for (const double time : times) {
    sum += time - before;
    squares += (time - before) * (time - before);
    before = time;
  }
  const double mean = sum / static_cast<double>(times.size());
  return {mean, std::sqrt(squares / static_cast<double>(times.size()) - mean * mean) / mean};
}

TEST(Traffic, PoissonGapsHaveTheirRateAndSpread) {
  const Moments gaps = gaps_of(arrivals(Traffic({.rate = 4.0}, 1), 50000));
  EXPECT_NEAR(gaps.mean, 0.25, 0.005);
  EXPECT_NEAR(gaps.cv, 1.0, 0.02);
}

TEST(Traffic, GammaGapsHaveTheirSpread) {
  for (const double cv : {0.0, 0.5, 3.0}) {
    const TrafficSpec spec{.process = ArrivalProcess::kGamma, .rate = 4.0, .gap_cv = cv};
    const Moments gaps = gaps_of(arrivals(Traffic(spec, 1), 50000));
    EXPECT_NEAR(gaps.mean, 0.25, 0.015) << cv;
    EXPECT_NEAR(gaps.cv, cv, 0.05 * cv + 1e-6) << cv;
  }
}

TEST(Traffic, AllAtOnceIsAtTheBeginning) {
  const Traffic traffic({.process = ArrivalProcess::kAtOnce}, 1);
  EXPECT_EQ(traffic.arrival_s(0, 0.0), 0.0);
  EXPECT_EQ(traffic.arrival_s(99, 0.0), 0.0);
}

TEST(Traffic, WithoutARateNothingComes) {
  for (const auto process :
       {ArrivalProcess::kPoisson, ArrivalProcess::kGamma, ArrivalProcess::kDiurnal}) {
    EXPECT_TRUE(std::isinf(Traffic({.process = process, .rate = 0.0}, 1).arrival_s(0, 0.0)));
  }
}

// The work that a rate of mean 1 brings until t.
double diurnal_work(const TrafficSpec& spec, double t) {
  const double turn = 2.0 * std::numbers::pi / spec.period_s;
  return t + spec.swing / turn * (1.0 - std::cos(turn * t));
}

RC_GTEST_PROP(Traffic, TheDaysRateIsInvertedExactly, ()) {
  TrafficSpec spec{.process = ArrivalProcess::kDiurnal};
  spec.rate = *rc::gen::inRange(1, 100000) / 1000.0;
  spec.swing = *rc::gen::inRange(0, 101) / 100.0;
  spec.period_s = *rc::gen::inRange(1, 90000);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const std::vector<double> times = arrivals(Traffic(spec, seed), 200);
  const std::vector<double> plain = arrivals(Traffic({.rate = 1.0}, seed), 200);
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (i > 0) {
      RC_ASSERT(times[i] >= times[i - 1]);
    }
    const double work = diurnal_work(spec, times[i]) * spec.rate;
    RC_ASSERT(std::fabs(work - plain[i]) <= 1e-8 * plain[i] + 1e-8);
  }
}

TEST(Traffic, MoreComesByDayThanByNight) {
  const TrafficSpec spec{
      .process = ArrivalProcess::kDiurnal, .rate = 10.0, .swing = 0.8, .period_s = 1000.0};
  int by_day = 0, by_night = 0;
  double time = 0.0;
  const Traffic traffic(spec, 3);
  for (std::uint64_t i = 0; (time = traffic.arrival_s(i, time)) < 10000.0; ++i) {
    ++(std::fmod(time, 1000.0) < 500.0 ? by_day : by_night);
  }
  EXPECT_NEAR(by_day + by_night, 100000, 1500);
  // The mean of 1 + 0.8 sin over half a turn is 1 + 1.6 / pi.
  EXPECT_NEAR(by_day / 50000.0, 1.0 + 1.6 / std::numbers::pi, 0.02);
}

RC_GTEST_PROP(Traffic, AnotherRateIsTheSamePattern, ()) {
  TrafficSpec spec;
  spec.process = *rc::gen::element(ArrivalProcess::kPoisson, ArrivalProcess::kGamma);
  spec.gap_cv = *rc::gen::inRange(1, 50) / 10.0;
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const std::vector<double> slow = arrivals(Traffic(spec, seed), 50);
  spec.rate = 8.0;
  const std::vector<double> fast = arrivals(Traffic(spec, seed), 50);
  for (std::size_t i = 0; i < slow.size(); ++i) {
    RC_ASSERT(std::fabs(slow[i] - 8.0 * fast[i]) <= 1e-12 * slow[i]);
  }
}

TEST(Traffic, LengthsAreWholeAndAtLeastOne) {
  TrafficSpec spec;
  spec.prompt = distribution("100 +- 20");
  spec.answer = distribution("-5 to 2");
  const Traffic traffic(spec, 5);
  TrafficRequest found;
  std::vector<std::uint64_t> scratch;
  double prompts = 0.0;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    traffic.request(i, found, scratch);
    ASSERT_GE(found.answer, 1);
    prompts += static_cast<double>(found.prompt);
    EXPECT_EQ(found.priority, 0);
    EXPECT_TRUE(found.prefix.empty());
  }
  EXPECT_NEAR(prompts / 20000, 100.0, 0.5);
}

TEST(Traffic, AHugeLengthIsCut) {
  TrafficSpec spec;
  spec.prompt = Distribution::constant(1e300);
  TrafficRequest found;
  std::vector<std::uint64_t> scratch;
  Traffic(spec, 5).request(0, found, scratch);
  EXPECT_EQ(found.prompt, Traffic::kMostTokens);
}

TEST(Traffic, PrioritiesHaveTheirShares) {
  TrafficSpec spec;
  spec.priority_shares = {1.0, 0.0, 3.0};
  const Traffic traffic(spec, 5);
  std::vector<int> counts(3);
  TrafficRequest found;
  std::vector<std::uint64_t> scratch;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    traffic.request(i, found, scratch);
    ++counts.at(static_cast<std::size_t>(found.priority));
  }
  EXPECT_NEAR(counts[0], 5000, 250);
  EXPECT_EQ(counts[1], 0);
}

TEST(Traffic, PrefixesFollowZipfsLawAndHaveLengthsOfTheirOwn) {
  TrafficSpec spec;
  spec.prompt = distribution("uniform(500, 3000)");
  spec.prefixes = 10;
  spec.prefix_tokens = distribution("uniform(200, 1000)");
  const Traffic traffic(spec, 5);
  TrafficRequest found;
  std::vector<std::uint64_t> scratch;
  std::map<std::uint64_t, std::vector<std::uint64_t>> longest;  // by first block
  std::map<std::uint64_t, int> counts;
  std::map<std::uint64_t, std::size_t> of_long_prompts;
  std::set<std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    traffic.request(i, found, scratch);
    ASSERT_FALSE(found.prefix.empty());
    EXPECT_EQ(found.block_tokens, 64);
    ASSERT_LE(static_cast<std::int64_t>(found.prefix.size()) * 64, found.prompt - 1);
    auto& blocks = longest[found.prefix.front()];
    const std::size_t common = std::min(blocks.size(), found.prefix.size());
    ASSERT_TRUE(std::equal(blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(common),
                           found.prefix.begin()));
    if (found.prefix.size() > blocks.size()) {
      blocks.assign(found.prefix.begin(), found.prefix.end());
    }
    if (found.prompt > 1001) {
      const auto [place, fresh] =
          of_long_prompts.emplace(found.prefix.front(), found.prefix.size());
      EXPECT_EQ(place->second, found.prefix.size());
    }
    ++counts[found.prefix.front()];
  }
  EXPECT_EQ(counts.size(), 10U);
  int most = 0;
  std::size_t blocks = 0;
  for (const auto& [first, numbers] : longest) {
    seen.insert(numbers.begin(), numbers.end());
    blocks += numbers.size();
    most = std::max(most, counts[first]);
  }
  EXPECT_EQ(seen.size(), blocks);  // no block belongs to two groups
  EXPECT_NEAR(most, 5000 / 2.929, 150);
}

TEST(Traffic, ShortPromptsShareOnlyWholeBlocksBeforeTheirLastToken) {
  TrafficSpec spec;
  spec.prefixes = 1;
  spec.prefix_tokens = Distribution::constant(1000.0);
  TrafficRequest found;
  std::vector<std::uint64_t> scratch;
  for (const auto& [prompt, blocks] : {std::pair{64.0, 0U}, {65.0, 1U}, {129.0, 2U}, {1.0, 0U}}) {
    spec.prompt = Distribution::constant(prompt);
    Traffic(spec, 5).request(0, found, scratch);
    EXPECT_EQ(found.prefix.size(), blocks) << prompt;
  }
}

TEST(Traffic, OneThingDrawnLeavesTheOthersAsTheyWere) {
  TrafficSpec spec;
  spec.answer = distribution("10 to 1000");
  spec.think_s = distribution("exponential(3)");
  const Traffic plain(spec, 9);
  spec.prompt = distribution("10 to 100");
  spec.prefixes = 4;
  spec.priority_shares = {0.5, 0.5};
  const Traffic rich(spec, 9);
  TrafficRequest one, other;
  std::vector<std::uint64_t> scratch;
  for (std::uint64_t i = 0; i < 100; ++i) {
    plain.request(i, one, scratch);
    rich.request(i, other, scratch);
    EXPECT_EQ(one.answer, other.answer);
    EXPECT_EQ(plain.think_s(i), rich.think_s(i));
    EXPECT_EQ(plain.arrival_s(i, 1.0), rich.arrival_s(i, 1.0));
  }
}

Trace small_trace() {
  Trace trace;
  trace.rows = {{0.0, 10, 1, 0, 0, 0}, {1.0, 600, 2, 3, 0, 2}, {4.0, 30, 3, 0, 2, 1}};
  trace.blocks = {7, 8, 9};
  return trace;
}

TEST(Traffic, ATraceIsGivenAsItStands) {
  const Trace trace = small_trace();
  const Traffic traffic({.process = ArrivalProcess::kTrace, .rate = 0.0, .trace = &trace}, 1);
  EXPECT_EQ(arrivals(traffic, 3), (std::vector<double>{0.0, 1.0, 4.0}));
  EXPECT_TRUE(std::isinf(traffic.arrival_s(3, 4.0)));
  TrafficRequest found;
  std::vector<std::uint64_t> scratch;
  traffic.request(1, found, scratch);
  EXPECT_EQ(found.prompt, 600);
  EXPECT_EQ(found.answer, 2);
  EXPECT_EQ(found.priority, 3);
  EXPECT_EQ(std::vector(found.prefix.begin(), found.prefix.end()),
            (std::vector<std::uint64_t>{7, 8}));
  EXPECT_EQ(found.block_tokens, 512);
}

TEST(Traffic, ARateStretchesATrace) {
  const Trace trace = small_trace();
  const Traffic traffic({.process = ArrivalProcess::kTrace, .rate = 5.0, .trace = &trace}, 1);
  EXPECT_NEAR(traffic.arrival_s(1, 0.0), 0.1, 1e-15);
  EXPECT_NEAR(traffic.arrival_s(2, 0.0), 0.4, 1e-15);  // two gaps, five a second
}

}  // namespace
}  // namespace redline
