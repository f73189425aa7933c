// Quantities as people write them.
#include "redline/quantity.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redline {
namespace {

Code code_of(std::string_view text, Dimension dimension) {
  const auto value = parse_quantity(text, dimension);
  return value ? Code::kBug : value.error().code;
}

bool any_contains(const std::vector<std::string>& lines, std::string_view part) {
  for (const std::string& line : lines) {
    if (line.find(part) != std::string::npos) {
      return true;
    }
  }
  return false;
}

TEST(Quantity, ReadsDecimalPrefixesAsPowersOfTen) {
  EXPECT_DOUBLE_EQ(parse_quantity<Bytes>("141 GB")->base(), 141e9);
}

TEST(Quantity, ReadsBinaryPrefixesAsPowersOf1024) {
  EXPECT_DOUBLE_EQ(parse_quantity<Bytes>("141 GiB")->base(), 141.0 * 1024 * 1024 * 1024);
}

TEST(Quantity, ABitIsAnEighthOfAByte) {
  EXPECT_DOUBLE_EQ(parse_quantity<BytesPerSecond>("400 Gbit/s")->base(), 50e9);
}

TEST(Quantity, TheCaseOfAPrefixMatters) {
  EXPECT_EQ(code_of("400 Gb/s", BytesPerSecond::kDimension), Code::kWrongUnit);
  EXPECT_EQ(code_of("400 mB", Bytes::kDimension), Code::kWrongUnit);
}

TEST(Quantity, NeedsNoSpaceBeforeTheUnit) {
  EXPECT_DOUBLE_EQ(parse_quantity<BytesPerSecond>("4.0TB/s")->base(), 4e12);
}

TEST(Quantity, PermitsBlanksAround) {
  EXPECT_DOUBLE_EQ(parse_quantity<Watts>("  700 \t W ")->base(), 700.0);
}

TEST(Quantity, ReadsScientificNotation) {
  EXPECT_DOUBLE_EQ(parse_quantity<Count>("80e9 transistors")->base(), 80e9);
}

TEST(Quantity, RefusesABareNumber) {
  const auto value = parse_quantity<BytesPerSecond>("4.0");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Code::kMissingUnit);
  EXPECT_EQ(value.error().label, "expected a bandwidth");
  EXPECT_TRUE(any_contains(value.error().help, "4.0 TB/s"));
}

TEST(Quantity, NamesTheOtherDimensionOfAWrongUnit) {
  const auto value = parse_quantity<BytesPerSecond>("4 TFLOP/s");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Code::kWrongUnit);
  EXPECT_EQ(value.error().message,
            "'TFLOP/s' is the unit of an operation rate, not of a bandwidth");
}

TEST(Quantity, SuggestsANearUnitForAnUnknownOne) {
  const auto value = parse_quantity<BytesPerSecond>("4 TBps");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Code::kWrongUnit);
  EXPECT_TRUE(any_contains(value.error().help, "did you mean 'TB/s'?"));
}

TEST(Quantity, AlwaysListsTheUnitsOfItsDimension) {
  const auto value = parse_quantity<SquareMm>("814 parsec");
  ASSERT_FALSE(value);
  EXPECT_TRUE(any_contains(value.error().help, "mm2"));
}

TEST(Quantity, RefusesInfinityAndNotANumber) {
  EXPECT_EQ(code_of("inf GB", Bytes::kDimension), Code::kBadNumber);
  EXPECT_EQ(code_of("nan GB", Bytes::kDimension), Code::kBadNumber);
  EXPECT_EQ(code_of("1e999 GB", Bytes::kDimension), Code::kBadNumber);
}

TEST(Quantity, RefusesAProductThatOverflows) {
  EXPECT_EQ(code_of("1e308 TB", Bytes::kDimension), Code::kBadNumber);
}

TEST(Quantity, RefusesTrailingGarbage) {
  EXPECT_EQ(code_of("4 GB/s or so", BytesPerSecond::kDimension), Code::kWrongUnit);
  EXPECT_EQ(code_of("4..0 GB/s", BytesPerSecond::kDimension), Code::kWrongUnit);
  EXPECT_EQ(code_of("1,000 GB/s", BytesPerSecond::kDimension), Code::kWrongUnit);
}

TEST(Quantity, RefusesTextWithoutANumber) {
  EXPECT_EQ(code_of("", Bytes::kDimension), Code::kBadNumber);
  EXPECT_EQ(code_of("fast", Bytes::kDimension), Code::kBadNumber);
  EXPECT_EQ(code_of("0x10 GB", Bytes::kDimension), Code::kWrongUnit);
}

TEST(Quantity, AnAreaMayBeInSquareCentimetres) {
  EXPECT_DOUBLE_EQ(parse_quantity<SquareMm>("8.14 cm2")->base(), 814.0);
}

TEST(Quantity, ARentIsKeptPerSecond) {
  EXPECT_DOUBLE_EQ(parse_quantity<UsdPerSecond>("3.6 USD/h")->base(), 0.001);
}

TEST(Quantity, PrintsWithAFittingPrefix) {
  EXPECT_EQ(format_quantity(BytesPerSecond{4.8e12}), "4.8 TB/s");
  EXPECT_EQ(format_quantity(SquareMm{814.0}), "814 mm2");
  EXPECT_EQ(format_quantity(Seconds{20e-6}), "20 us");
  EXPECT_EQ(format_quantity(OpsPerSecond{989.4e12}), "989.4 TOP/s");
}

TEST(Quantity, PrintsZero) { EXPECT_EQ(format_quantity(BytesPerSecond{0.0}), "0 GB/s"); }

RC_GTEST_PROP(Quantity, WhatIsPrintedReadsBack, ()) {
  const double base = *rc::gen::inRange(1, 1000000) * std::pow(10.0, *rc::gen::inRange(-3, 10));
  const auto check = [base]<class Q>(Q) {
    const auto back = parse_quantity<Q>(format_quantity(Q{base}, 17));
    RC_ASSERT(back.has_value());
    RC_ASSERT(std::fabs(back->base() - base) <= 1e-12 * base);
  };
  check(Bytes{});
  check(BytesPerSecond{});
  check(OpsPerSecond{});
  check(Seconds{});
  check(Watts{});
  check(SquareMm{});
}

RC_GTEST_PROP(Quantity, AnyTextIsReadOrRefused, ()) {
  const auto text = *rc::gen::arbitrary<std::string>();
  const auto value = parse_quantity<Bytes>(text);
  RC_ASSERT((value ? std::isfinite(value->base()) : !value.error().message.empty()));
}

}  // namespace
}  // namespace redline
