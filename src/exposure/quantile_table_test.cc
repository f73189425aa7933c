#include "exposure/quantile_table.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "redline/error.h"
#include "redline/random.h"

namespace redline {
namespace {

constexpr const char* kOfEveryKind[] = {
    "7",
    "uniform(10, 20)",
    "tri(0, 1, 4)",
    "pert(0, 1, 4)",
    "pert(0, 0, 4)",
    "beta(0.5, 0.5)",
    "beta(0.05, 20)",
    "beta(2, 6)",
    "normal(100, 20)",
    "-10 to 30",
    "2k to 16k",
    "lognormal(1k, 5)",
    "exponential(30)",
    "gamma(30, 0.5)",
    "gamma(30, 10)",
    "bernoulli(0.2)",
    "poisson(0.01)",
    "poisson(3.5)",
    "poisson(1000)",
    "zipf(10, 10)",
    "zipf(2000, 1.1)",
    "zipf(100k, 1.1)",
    "empirical(128, 512, 512, 4k)",
    "mix(0.3: 100, 0.7: 200 to 2000)",
    "mix(0.97: 0, 0.03: 1M to 10M)",
    "mix(0.5: poisson(50), 0.5: pert(0, 10, 100))",
};

QuantileTable table_of(const std::string& literal) {
  const auto found = Distribution::parse(literal);
  RL_CHECK(found.has_value());
  return QuantileTable(*found);
}

// As the table promises, of a constant exactly.
double allowed(const QuantileTable& table, double exact) {
  return QuantileTable::kTolerance *
         std::clamp(std::fabs(exact), 0.01 * table.spread(), table.spread());
}

TEST(QuantileTable, IsNearTheQuantilesOfEveryKind) {
  for (const char* const literal : kOfEveryKind) {
    const QuantileTable table = table_of(literal);
    for (std::uint64_t i = 0; i < 3000; ++i) {
      for (const double p : {(static_cast<double>(i) + 0.5) / 3000.0, uniform(1, 0, i)}) {
        const double exact = table.distribution().quantile(p);
        ASSERT_NEAR(table(p), exact, allowed(table, exact)) << literal << " at " << p;
      }
    }
  }
}

TEST(QuantileTable, DrawsManyAsOneByOne) {
  for (const char* const literal : kOfEveryKind) {
    const QuantileTable table = table_of(literal);
    std::vector<double> drawn;
    for (std::uint64_t i = 0; i < 150; ++i) {
      // Some so far out that the distribution itself may be asked.
      drawn.push_back(i % 16 == 0 ? std::ldexp(uniform(4, 0, i), -static_cast<int>(i) / 4)
                                  : uniform(4, 0, i));
    }
    const std::vector<double> p = drawn;
    table.draw(drawn, 3.0);
    for (std::size_t i = 0; i < p.size(); ++i) {
      EXPECT_EQ(drawn[i], table(p[i]) * 3.0) << literal << " at " << p[i];
    }
  }
}

TEST(QuantileTable, IsNearFarIntoTheTails) {
  for (const char* const literal : kOfEveryKind) {
    const QuantileTable table = table_of(literal);
    for (double tail = 0.5; tail > 0x1p-53; tail *= 0.83) {
      for (const double p : {tail, 1.0 - tail}) {
        const double exact = table.distribution().quantile(p);
        ASSERT_NEAR(table(p), exact, allowed(table, exact)) << literal << " at " << p;
      }
    }
  }
}

TEST(QuantileTable, NeverFallsAsPRises) {
  for (const char* const literal : kOfEveryKind) {
    const QuantileTable table = table_of(literal);
    double last = table(0x1p-40);
    for (int i = 1; i < 1 << 16; ++i) {
      // On the edges of cells, and just below them.
      for (const double p : {i * 0x1p-16 - 0x1p-50, i * 0x1p-16}) {
        const double next = table(p);
        ASSERT_GE(next, last - 1e-12 * std::fabs(last)) << literal << " at " << p;
        last = next;
      }
    }
  }
}

TEST(QuantileTable, DiscreteDrawsAreTheExactOnes) {
  for (const char* const literal : {"bernoulli(0.2)", "poisson(3.5)", "poisson(1000)",
                                    "poisson(20k)", "zipf(2000, 1.1)", "empirical(1, 2, 5)"}) {
    const QuantileTable table = table_of(literal);
    for (std::uint64_t i = 0; i < 5000; ++i) {
      const double p = uniform(2, 0, i);
      ASSERT_EQ(table(p), table.distribution().quantile(p)) << literal << " at " << p;
    }
  }
}

TEST(QuantileTable, APointMassOfAMixtureIsMetExactly) {
  const QuantileTable table = table_of("mix(0.3: 100, 0.7: 200 to 2000)");
  std::uint64_t exactly = 0;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    exactly += table((static_cast<double>(i) + 0.5) / 10000.0) == 100.0 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(exactly), 3000.0, 1.0);
}

TEST(QuantileTable, HasNoCellsWhereTheFormulaIsFast) {
  for (const char* const literal :
       {"7", "uniform(1, 2)", "tri(0, 1, 4)", "bernoulli(0.5)", "empirical(1, 2)", "poisson(1M)"}) {
    EXPECT_EQ(table_of(literal).cells(), 0U) << literal;
  }
  EXPECT_LT(table_of("normal(0, 1)").cells(), 1000U);
}

TEST(QuantileTable, TheSpreadIsThatOfNineTenthsOrOfMoreWhereTheyAreAPoint) {
  EXPECT_NEAR(table_of("2k to 16k").spread(), 14000.0, 1e-6);
  EXPECT_EQ(table_of("7").spread(), 0.0);
  EXPECT_GT(table_of("mix(0.97: 0, 0.03: 1M to 10M)").spread(), 1e6);
}

}  // namespace
}  // namespace redline
