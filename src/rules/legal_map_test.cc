#include "rules/legal_map.h"

#include <gtest/gtest.h>

#include "rules/test_rules.h"

namespace redline::rules {
namespace {

// The answer of the cell that holds a point.
const PlaneCell* cell_at(const LegalPlane& plane, double x, double y) {
  for (const PlaneCell& cell : plane.cells) {
    if (cell.x.low <= x && x < cell.x.high && cell.y.low <= y && y < cell.y.high) {
      return &cell;
    }
  }
  return nullptr;
}

LegalPlane density_plane(std::string_view date) {
  Chip prototype = test::chip("h20-96gb");
  prototype.family.clear();
  Question question = test::question("CN", date, {{"dram_bw", "0"}, {"letter_io", "0"}});
  auto plane = legal_plane(test::rules(), question, prototype, Number::kTpp, Number::kPd);
  EXPECT_TRUE(plane.has_value());
  return plane ? *plane : LegalPlane{};
}

TEST(LegalPlane, FollowsTheStepsOfTheOctober2023Rule) {
  const LegalPlane plane = density_plane("2025-04-08");
  const auto outcome = [&](double tpp, double pd) { return cell_at(plane, tpp, pd)->outcome; };
  EXPECT_EQ(outcome(1599, 50), Outcome::kNoLicense);
  EXPECT_EQ(outcome(1600, 3.1), Outcome::kNoLicense);
  EXPECT_EQ(outcome(1600, 3.2), Outcome::kLicenseException);
  EXPECT_EQ(outcome(1600, 5.92), Outcome::kLicenseRequired);
  EXPECT_EQ(outcome(2400, 1.5), Outcome::kNoLicense);
  EXPECT_EQ(outcome(2400, 1.6), Outcome::kLicenseException);
  EXPECT_EQ(outcome(4800, 0.1), Outcome::kLicenseRequired);
}

TEST(LegalPlane, HasNoDensityLimitBefore2023) {
  const LegalPlane plane = density_plane("2023-06-01");
  EXPECT_TRUE(plane.limits.empty());
  ASSERT_EQ(plane.cells.size(), 1U);
  EXPECT_EQ(plane.cells.front().outcome, Outcome::kNoLicense);
}

TEST(LegalPlane, KnowsTheSumLimitOfTheLetters) {
  Chip prototype = test::chip("h20-96gb");
  prototype.family.clear();
  const Question question = test::question("CN", "2025-04-16", {{"tpp", "0"}, {"pd", "0"}});
  const auto plane =
      legal_plane(test::rules(), question, prototype, Number::kDramBw, Number::kLetterIo);
  ASSERT_TRUE(plane.has_value());
  bool sum = false;
  for (const PlaneLimit& limit : plane->limits) {
    sum |= limit.on_x && limit.on_y && limit.value == 1700.0;
  }
  EXPECT_TRUE(sum);
  EXPECT_EQ(cell_at(*plane, 1400, 10)->outcome, Outcome::kLicenseRequired);
  EXPECT_EQ(cell_at(*plane, 1000, 100)->outcome, Outcome::kNoLicense);
}

}  // namespace
}  // namespace redline::rules
