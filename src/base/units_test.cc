// Units as types, three-valued logic and intervals.
#include "redline/units.h"

#include <type_traits>

#include <gtest/gtest.h>

#include "redline/interval.h"
#include "redline/tri.h"

namespace redline {
namespace {

using namespace literals;

TEST(Units, BytesOverBandwidthAreSeconds) {
  const Seconds time = Bytes{8e9} / BytesPerSecond{4e9};
  EXPECT_DOUBLE_EQ(time.base(), 2.0);
}

TEST(Units, ARatioOfLikeQuantitiesIsAPlainNumber) {
  static_assert(std::is_same_v<decltype(4.0_GB / 2.0_GB), double>);
  EXPECT_DOUBLE_EQ(4.0_GB / 2.0_GB, 2.0);
}

TEST(Units, ARateTimesItsTimeIsTheAmount) {
  const Ops work = 989.0_TOP_per_s * Seconds{2.0};
  EXPECT_DOUBLE_EQ(work.base(), 1978e12);
}

TEST(Units, AQuantityIsAsBigAsADouble) { static_assert(sizeof(Watts) == sizeof(double)); }

TEST(Units, APlainNumberDoesNotBecomeAQuantity) {
  static_assert(!std::is_convertible_v<double, Bytes>);
  static_assert(!std::is_convertible_v<Bytes, double>);
  static_assert(!std::is_constructible_v<Seconds, Bytes>);
}

TEST(Units, SumsAndDifferencesKeepTheUnit) {
  Bytes sum = 3.0_GB + 1.0_GB - 2.0_GB;
  sum += 1.0_GB;
  sum -= 0.5_GB;
  EXPECT_DOUBLE_EQ(sum.base(), 2.5e9);
}

TEST(Units, OrderIsThatOfTheNumbers) {
  EXPECT_LT(1.0_GB_per_s, 2.0_GB_per_s);
  EXPECT_EQ(814.0_mm2, SquareMm{814.0});
}

TEST(Units, TppOverAreaIsADensity) {
  EXPECT_DOUBLE_EQ((Tpp{2368.0} / 814.0_mm2).value(), 2368.0 / 814.0);
}

TEST(Units, LegalScalarsDoNotMix) {
  static_assert(!std::is_convertible_v<Tpp, PerformanceDensity>);
  static_assert(!std::is_constructible_v<PerformanceDensity, Tpp>);
}

TEST(Tri, ConjunctionIsTheMinimum) {
  EXPECT_EQ(Tri::kYes && Tri::kUnknown, Tri::kUnknown);
  EXPECT_EQ(Tri::kNo && Tri::kUnknown, Tri::kNo);
  EXPECT_EQ(Tri::kYes && Tri::kYes, Tri::kYes);
}

TEST(Tri, DisjunctionIsTheMaximum) {
  EXPECT_EQ(Tri::kYes || Tri::kUnknown, Tri::kYes);
  EXPECT_EQ(Tri::kNo || Tri::kUnknown, Tri::kUnknown);
  EXPECT_EQ(Tri::kNo || Tri::kNo, Tri::kNo);
}

TEST(Tri, NegationKeepsTheUnknown) {
  EXPECT_EQ(!Tri::kUnknown, Tri::kUnknown);
  EXPECT_EQ(!Tri::kNo, Tri::kYes);
  EXPECT_EQ(!Tri::kYes, Tri::kNo);
}

TEST(Tri, AnAbsentValueIsUnknown) {
  EXPECT_EQ(to_tri(std::optional<bool>()), Tri::kUnknown);
  EXPECT_EQ(to_tri(std::optional(false)), Tri::kNo);
}

TEST(Interval, HoldsItsEnds) {
  const Interval<double> range{1.0, 2.0};
  EXPECT_TRUE(range.contains(1.0));
  EXPECT_TRUE(range.contains(2.0));
  EXPECT_FALSE(range.contains(2.5));
  EXPECT_FALSE(range.is_point());
}

TEST(Interval, TheHullHoldsBoth) {
  EXPECT_EQ(hull(Interval<double>{1.0, 2.0}, Interval<double>{5.0, 6.0}),
            (Interval<double>{1.0, 6.0}));
}

}  // namespace
}  // namespace redline
