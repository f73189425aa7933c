// What may be added, multiplied and divided: units, geographies, stocks and flows, lengths.

#include "exposure/value_kind.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redline::exposure {
namespace {

constexpr Dimension kMoneyUnit{.usd = 1}, kTimeUnit{.second = 1};

Side money_side(std::string name, Form form = Form::kPlain, Length length = Length::kNone,
                Geography geography = Geography::kNone) {
  return {std::move(name), {kMoneyUnit, form, length, geography}};
}
Side bare_side(std::string name) { return {std::move(name), {}, true}; }

const Side kQuarterFlow = money_side("a_quarter", Form::kFlow, Length::kQuarter);
const Side kYearFlow = money_side("a_year", Form::kFlow, Length::kYear);
const Side kOrderBook = money_side("orders", Form::kStock);
const Side kBilled = money_side("billed", Form::kFlow, Length::kQuarter, Geography::kBilling);
const Side kSeated = money_side("seated", Form::kFlow, Length::kQuarter, Geography::kHeadquarters);

std::vector<Code> codes_of(const Merged& merged) {
  std::vector<Code> codes;
  for (const Error& clash : merged.clashes) {
    codes.push_back(clash.code);
  }
  return codes;
}

TEST(ValueKind, SaysWhatItIsInWords) {
  EXPECT_EQ(describe(kBilled.kind),
            "an amount of money, a flow over a quarter, by billing address");
  EXPECT_EQ(describe(kOrderBook.kind), "an amount of money, a stock");
  EXPECT_EQ(describe({}), "a number");
}

TEST(ValueKind, SumsAreOfOneUnit) {
  const Side wait{"wait", {kTimeUnit}};
  const Merged merged = added(money_side("price"), wait);
  ASSERT_EQ(codes_of(merged), std::vector{Code::kWrongUnit});
  EXPECT_NE(merged.clashes[0].message.find("'price' is an amount of money"), std::string::npos);
  EXPECT_NE(merged.clashes[0].message.find("'wait' is a time"), std::string::npos);
}

TEST(ValueKind, ANumberWithoutAUnitTakesTheOneItMeets) {
  for (const Merged& merged :
       {added(bare_side("2"), kQuarterFlow), added(kQuarterFlow, bare_side("2"))}) {
    EXPECT_TRUE(merged.clashes.empty());
    EXPECT_EQ(merged.kind, kQuarterFlow.kind);
  }
}

TEST(ValueKind, WhatSaysNoFormGoesWithAll) {
  for (const Side* other : {&kQuarterFlow, &kYearFlow, &kOrderBook, &kBilled}) {
    const Merged merged = added(money_side("plain"), *other);
    EXPECT_TRUE(merged.clashes.empty()) << other->name;
    EXPECT_EQ(merged.kind, other->kind) << other->name;
  }
}

TEST(ValueKind, BillingAndHeadquartersNeverMeet) {
  for (const Merged& merged :
       {added(kBilled, kSeated), multiplied(kBilled, kSeated), divided(kBilled, kSeated)}) {
    ASSERT_EQ(codes_of(merged), std::vector{Code::kGeographyClash});
    EXPECT_NE(merged.clashes[0].message.find("'billed' is counted by billing address"),
              std::string::npos);
    EXPECT_NE(merged.clashes[0].message.find("'seated' is counted by headquarters"),
              std::string::npos);
  }
}

TEST(ValueKind, AShareKeepsItsGeography) {
  const Merged share = divided(money_side("charge"), kBilled);
  EXPECT_TRUE(share.clashes.empty());
  EXPECT_EQ(share.kind.dimension, Dimension{});
  EXPECT_EQ(share.kind.form, Form::kPlain);
  EXPECT_EQ(share.kind.geography, Geography::kBilling);
  const Merged other = divided(money_side("charge"), kSeated);
  EXPECT_EQ(codes_of(added({"a", share.kind}, {"b", other.kind})),
            std::vector{Code::kGeographyClash});
}

TEST(ValueKind, AStockIsNoFlowAndAQuarterNoYear) {
  EXPECT_EQ(codes_of(added(kOrderBook, kYearFlow)), std::vector{Code::kPeriodClash});
  EXPECT_EQ(codes_of(divided(kOrderBook, kYearFlow)), std::vector{Code::kPeriodClash});
  EXPECT_EQ(codes_of(added(kQuarterFlow, kYearFlow)), std::vector{Code::kPeriodClash});
  EXPECT_EQ(codes_of(divided(kQuarterFlow, kYearFlow)), std::vector{Code::kPeriodClash});
}

TEST(ValueKind, OrdersOfAQuarterByRevenueOfAYearClashTwice) {
  // 16.0 billion ordered from January to March 2025 of 17.108 billion of revenue in fiscal 2025.
  const Merged merged = divided(money_side("ordered", Form::kStock, Length::kQuarter), kYearFlow);
  ASSERT_EQ(codes_of(merged), (std::vector{Code::kPeriodClash, Code::kPeriodClash}));
  EXPECT_NE(merged.clashes[0].message.find("'ordered' is a stock"), std::string::npos);
  EXPECT_NE(merged.clashes[0].message.find("'a_year' is a flow over a year"), std::string::npos);
  EXPECT_NE(merged.clashes[1].message.find("'ordered' is of a quarter"), std::string::npos);
  EXPECT_NE(merged.clashes[1].message.find("'a_year' is of a year"), std::string::npos);
}

TEST(ValueKind, AScaledFlowStaysOne) {
  const Side half{"half", {}};
  EXPECT_EQ(multiplied(kQuarterFlow, half).kind, kQuarterFlow.kind);
  EXPECT_EQ(multiplied(half, kQuarterFlow).kind, kQuarterFlow.kind);
  EXPECT_EQ(divided(kQuarterFlow, half).kind, kQuarterFlow.kind);
  EXPECT_EQ(added(kQuarterFlow, kQuarterFlow).kind, kQuarterFlow.kind);
}

TEST(ValueKind, EveryClashHelps) {
  for (const Merged& merged : {added(kBilled, kSeated), added(kOrderBook, kYearFlow),
                               added(kQuarterFlow, {"wait", {kTimeUnit}})}) {
    for (const Error& clash : merged.clashes) {
      EXPECT_FALSE(clash.help.empty()) << clash.message;
      EXPECT_FALSE(clash.where.has_value()) << clash.message;
    }
  }
}

RC_GTEST_PROP(ValueKindProperty, WhatClashesDoesSoFromBothSides, ()) {
  const auto any = [](const char* name) {
    return Side{name,
                {*rc::gen::element(Dimension{}, kMoneyUnit, kTimeUnit),
                 *rc::gen::element(Form::kPlain, Form::kStock, Form::kFlow),
                 *rc::gen::element(Length::kNone, Length::kQuarter, Length::kHalf, Length::kYear),
                 *rc::gen::element(Geography::kNone, Geography::kBilling, Geography::kHeadquarters,
                                   Geography::kShipped)},
                *rc::gen::arbitrary<bool>()};
  };
  const Side a = any("a"), b = any("b");
  RC_ASSERT(codes_of(added(a, b)) == codes_of(added(b, a)));
  RC_ASSERT(codes_of(multiplied(a, b)) == codes_of(multiplied(b, a)));
  RC_ASSERT(codes_of(divided(a, b)) == codes_of(divided(b, a)));
  RC_ASSERT(added(a, a).clashes.empty());
  RC_ASSERT(multiplied(a, b).kind.dimension == a.kind.dimension + b.kind.dimension);
}

}  // namespace
}  // namespace redline::exposure
