#include "redline/reasoning.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "perf/test_steps.h"

namespace redline {
namespace {

using test::Bench;
using test::gpt;

TEST(BinomialInterval, IsThatOfWilson) {
  // 21 of 30 at z = 1.2816, worked out by hand.
  const Interval<double> i = binomial_interval(0.7, 30.0);
  EXPECT_NEAR(i.low, 0.5847, 1e-4);
  EXPECT_NEAR(i.high, 0.7945, 1e-4);
}

TEST(BinomialInterval, HoldsTheShareAndStaysAmongShares) {
  for (const double share : {0.0, 0.02, 0.5, 0.999, 1.0}) {
    const Interval<double> i = binomial_interval(share, 30.0);
    EXPECT_TRUE(i.contains(share)) << share;
    EXPECT_GE(i.low, 0.0);
    EXPECT_LE(i.high, 1.0);
  }
}

TEST(BinomialInterval, NarrowsWithProblems) {
  const Interval<double> few = binomial_interval(0.5, 30.0);
  const Interval<double> many = binomial_interval(0.5, 500.0);
  EXPECT_LT(many.high - many.low, few.high - few.low);
}

AccuracyCurve vote() { return AccuracyCurve({{64.0, 0.8, 30}, {1.0, 0.5, 30}}); }

TEST(AccuracyCurve, PassesThroughItsPoints) {
  const auto one = vote().at(1.0);
  const auto last = vote().at(64.0);
  ASSERT_TRUE(one && last);
  EXPECT_EQ(one->value, 0.5);
  EXPECT_EQ(last->value, 0.8);
  EXPECT_FALSE(one->interpolated || one->extrapolated || last->interpolated);
  EXPECT_EQ(one->interval, binomial_interval(0.5, 30.0));
}

TEST(AccuracyCurve, IsStraightOverTheLogarithmBetweenThem) {
  const auto middle = vote().at(8.0);
  ASSERT_TRUE(middle);
  EXPECT_NEAR(middle->value, 0.65, 1e-12);
  EXPECT_TRUE(middle->interpolated);
  // What lies between may be anywhere from one to the other.
  EXPECT_EQ(middle->interval->low, binomial_interval(0.5, 30.0).low);
  EXPECT_EQ(middle->interval->high, binomial_interval(0.8, 30.0).high);
}

TEST(AccuracyCurve, SaysNothingBeyondItsPointsUnasked) {
  EXPECT_FALSE(vote().at(65.0));
  EXPECT_FALSE(vote().at(0.5));
  EXPECT_FALSE(AccuracyCurve().at(1.0, true));
}

TEST(AccuracyCurve, TakesTheNearestPointWhenAskedAndSaysSo) {
  const auto beyond = vote().at(1000.0, true);
  ASSERT_TRUE(beyond);
  EXPECT_EQ(beyond->value, 0.8);
  EXPECT_TRUE(beyond->extrapolated);
  EXPECT_EQ(vote().at(0.1, true)->value, 0.5);
}

TEST(AccuracyCurve, HasNoIntervalWhereTheNumberOfProblemsIsNotKnown) {
  const AccuracyCurve curve({{1.0, 0.1, 0}, {10.0, 0.2, 30}});
  EXPECT_FALSE(curve.at(1.0)->interval);
  EXPECT_FALSE(curve.at(3.0)->interval);
  EXPECT_TRUE(curve.at(10.0)->interval);
}

TEST(AccuracyCurve, TheFirstOfTwoPointsAtOnePlaceCounts) {
  const AccuracyCurve curve({{1.0, 0.5, 30}, {1.0, 0.6, 30}});
  EXPECT_EQ(curve.points().size(), 1U);
  EXPECT_EQ(curve.at(1.0)->value, 0.5);
}

RC_GTEST_PROP(AccuracyCurve, LiesBetweenItsNeighboursWithinItsInterval, ()) {
  const double low = *rc::gen::inRange(1, 99) / 100.0;
  const double high = *rc::gen::inRange(1, 99) / 100.0;
  const AccuracyCurve curve({{2.0, low, 50}, {512.0, high, 50}});
  const double spent = *rc::gen::inRange(2, 513);
  const auto found = curve.at(spent);
  RC_ASSERT(found.has_value());
  RC_ASSERT(found->value >= std::min(low, high) - 1e-12);
  RC_ASSERT(found->value <= std::max(low, high) + 1e-12);
  RC_ASSERT(found->interval->contains(found->value));
}

TEST(BestOfBounds, HoldWhatProblemsOfTwoKindsReach) {
  // Half of the problems are always solved, half one time in ten: 0.55 for one chain.
  for (const double n : {1.0, 4.0, 64.0}) {
    const double reached = 0.5 + 0.5 * (1.0 - std::pow(0.9, n));
    const Interval<double> bounds = best_of_bounds(0.55, 0.0, n);
    EXPECT_LE(bounds.low, reached + 1e-12) << n;
    EXPECT_GE(bounds.high, reached - 1e-12) << n;
  }
  EXPECT_EQ(best_of_bounds(0.5, 0.7, 8.0).low, 0.7);
}

TEST(FirstCrossing, IsTheFirstLengthWithTheOtherSign) {
  const std::vector<std::int64_t> lengths{512, 1024, 2048, 4096};
  const auto found = first_crossing(lengths, [](std::int64_t tokens) {
    return std::optional(1500.0 - static_cast<double>(tokens));
  });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->tokens, 1501);
  EXPECT_TRUE(found->first_wins);
}

TEST(FirstCrossing, IsNoneWhereOneIsAheadAllAlongOrNothingIsKnown) {
  const std::vector<std::int64_t> lengths{512, 1024};
  EXPECT_FALSE(first_crossing(lengths, [](std::int64_t) { return std::optional(1.0); }));
  EXPECT_FALSE(first_crossing(lengths, [](std::int64_t) { return std::optional<double>(); }));
}

ServingPlan plan(int tensor = 1) {
  ServingPlan found;
  found.shard.tensor = tensor;
  found.shard.node_ranks = 8;
  return found;
}
ThinkingEstimate on(const Bench& bench, const ThinkingLoad& load, std::int64_t batch) {
  return think(gpt(32), bench.steps, plan(), load, batch);
}

TEST(Thinking, IsTheSumOfItsSteps) {
  const Bench bench("h100-sxm5", "sglang");
  const ThinkingLoad load{256, 64, 1};
  double sum = 0.0;
  for (std::int64_t i = 0; i < load.tokens; ++i) {
    InferenceRequest step;
    step.decode = {.count = 16, .new_tokens = 1, .cached = load.prompt + i};
    sum += bench.steps.serving(gpt(32), plan(), step).time.total.base();
  }
  EXPECT_NEAR(on(bench, load, 16).decode.base(), sum, 0.01 * sum);
}

TEST(Thinking, ChainsSideBySideShareOnePrefill) {
  const Bench bench("h100-sxm5", "sglang");
  const ThinkingEstimate one = on(bench, {1024, 2048, 1}, 16);
  const ThinkingEstimate four = on(bench, {1024, 2048, 4}, 16);
  EXPECT_LT(four.chip_seconds, 4.0 * one.chip_seconds);
  EXPECT_GT(four.chip_seconds, 3.5 * one.chip_seconds);
  EXPECT_EQ(four.time().base(), one.time().base());
}

TEST(Thinking, ChainsSideBySideKeepOnePromptInMemory) {
  const LlmModel model = gpt(32);
  const Bytes room{60e9};
  const auto most = [&](std::int64_t chains) {
    return largest_thinking_batch(model, plan(), room, {8192, 1024, chains}, 4096);
  };
  EXPECT_GT(most(1), 0);
  EXPECT_GT(most(8), 3 * most(1));
  EXPECT_EQ(largest_thinking_batch(model, plan(), Bytes{1e9}, {256, 1024, 1}, 256), 0);
  EXPECT_EQ(largest_thinking_batch(model, plan(), Bytes{1e15}, {256, 1024, 1}, 256), 256);
}

TEST(Thinking, OneChainTakesTheBatchThatDecodingDoes) {
  const Bytes room{70e9};
  EXPECT_EQ(largest_thinking_batch(gpt(32), plan(), room, {512, 1536, 1}, 4096),
            largest_batch(gpt(32), plan(), room, 2048));
}

TEST(Thinking, ABatchKeepsTheLimitOnTpot) {
  const Bench bench("h100-sxm5", "sglang");
  const ThinkingLoad load{256, 1024, 1};
  const double limit = 1.5 * on(bench, load, 1).tpot_s;
  const std::int64_t batch = paced_thinking_batch(gpt(32), bench.steps, plan(), load, 256, limit);
  ASSERT_GT(batch, 0);
  EXPECT_LE(on(bench, load, batch).tpot_s, limit);
  if (batch < 256) {
    EXPECT_GT(on(bench, load, batch + 1).tpot_s, limit);
  }
  EXPECT_EQ(paced_thinking_batch(gpt(32), bench.steps, plan(), load, 256, 1e-9), 0);
}

RC_GTEST_PROP(Thinking, MoreBandwidthIsNeverDearer, ()) {
  static const Bench kBench("h100-sxm5", "sglang");
  static const Bench kWider(
      [] {
        Chip chip = *test::world().catalog.chip("h100-sxm5");
        chip.memory.bandwidth->value = *chip.memory.bandwidth->value * 1.3;
        return chip;
      }(),
      "sglang");
  const ThinkingLoad load{*rc::gen::inRange<std::int64_t>(1, 4096),
                          *rc::gen::inRange<std::int64_t>(2, 32768),
                          *rc::gen::inRange<std::int64_t>(1, 64)};
  const std::int64_t batch = *rc::gen::inRange<std::int64_t>(1, 256);
  RC_ASSERT(on(kWider, load, batch).chip_seconds <=
            on(kBench, load, batch).chip_seconds * (1.0 + 1e-9));
}

RC_GTEST_PROP(Thinking, LongerChainsTakeLonger, ()) {
  static const Bench kBench("h20-96gb", "sglang");
  const std::int64_t tokens = *rc::gen::inRange<std::int64_t>(2, 16384);
  const std::int64_t batch = *rc::gen::inRange<std::int64_t>(1, 256);
  RC_ASSERT(on(kBench, {256, 2 * tokens, 1}, batch).decode.base() >=
            2.0 * on(kBench, {256, tokens, 1}, batch).decode.base() * (1.0 - 1e-9));
}

}  // namespace
}  // namespace redline
