#include "redline/economics.h"

#include <gtest/gtest.h>

namespace redline {
namespace {

Chip chip_of_700_watts() {
  Chip chip;
  chip.power.tdp = Fact<Watts>{};
  chip.power.tdp->value = Watts{700.0};
  return chip;
}

TEST(CostRate, IsUnknownWithoutAnyPrice) {
  const CostRate rate = cost_rate(chip_of_700_watts(), nullptr, {});
  EXPECT_EQ(rate.basis, CostBasis::kUnknown);
  EXPECT_FALSE(rate.cost);
  ASSERT_TRUE(rate.power);
  EXPECT_NEAR(rate.power->base(), 700.0 * 1.6 * 0.85 * 1.3, 1e-9);
}

TEST(CostRate, OfAnOwnedChipIsWorkedByHand) {
  // 40,000 USD over 4 years, 8 % on half of it and 5 % hosting a year: 13,600 USD a year, earned in
  // 70 % of the hours; and 1.2376 kW at 0.08 USD.
  CostTerms terms;
  terms.price = Usd{40000.0};
  const CostRate rate = cost_rate(chip_of_700_watts(), nullptr, terms);
  EXPECT_EQ(rate.basis, CostBasis::kOwnership);
  const double hourly = 13600.0 / (365.25 * 24.0) / 0.7 + 1.2376 * 0.08;
  EXPECT_NEAR(rate.cost->base() * 3600.0, hourly, 1e-9);
}

TEST(CostRate, ARentTakesThePlaceOfOwning) {
  CostTerms terms;
  terms.price = Usd{40000.0};
  terms.rent = UsdPerSecond{2.0 / 3600.0};
  const CostRate rate = cost_rate(chip_of_700_watts(), nullptr, terms);
  EXPECT_EQ(rate.basis, CostBasis::kRent);
  EXPECT_NEAR(rate.cost->base() * 3600.0, 2.0, 1e-12);
}

}  // namespace
}  // namespace redline
