#include "rules/volume.h"

#include <gtest/gtest.h>

#include "rules/test_rules.h"

namespace redline::rules {
namespace {

TEST(Volume, TheCapBindsFromItsDay) {
  const RuleBook& book = test::rules().book();
  EXPECT_TRUE(caps_on(book, test::day("2026-01-14")).empty());
  const auto caps = caps_on(book, test::day("2026-01-15"));
  ASSERT_EQ(caps.size(), 1u);
  EXPECT_EQ(caps.front().clause->percent, 50.0);
  EXPECT_EQ(caps.front().instrument->id, "US-2026-01-15-H200-RULE");
}

TEST(Volume, EqualityIsWithinTheCap) {
  VolumeClause half;
  half.percent = 50.0;
  const CapState equal = state_of(half, {250000.0, 500000.0});
  EXPECT_TRUE(equal.within);
  EXPECT_EQ(equal.room, 0.0);
  EXPECT_EQ(equal.percent, 50.0);
  const CapState over = state_of(half, {250001.0, 500000.0});
  EXPECT_FALSE(over.within);
  EXPECT_EQ(over.room, -1.0);
  EXPECT_EQ(over.needed_against, 500002.0);
}

TEST(Volume, WithoutUsShipmentsNothingMayGo) {
  VolumeClause half;
  half.percent = 50.0;
  EXPECT_TRUE(state_of(half, {0.0, 0.0}).within);
  EXPECT_FALSE(state_of(half, {0.0, 0.0}).percent.has_value());
  EXPECT_FALSE(state_of(half, {1.0, 0.0}).within);
}

}  // namespace
}  // namespace redline::rules
