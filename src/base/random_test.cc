// Random numbers by number.
#include "redline/random.h"

#include <cmath>

#include <gtest/gtest.h>

namespace redline {
namespace {

// Known answers of Random123 (kat_vectors), the first two words of a block.
TEST(Random, GivesThePublishedNumbersOfPhilox) {
  const auto of = [](std::uint64_t words) {
    return std::ldexp(static_cast<double>(words >> 11U), -53);
  };
  EXPECT_EQ(uniform(0, 0, 0), of(0xe169c58d6627e8d5));
  EXPECT_EQ(uniform(~0ULL, ~0ULL, ~0ULL), of(0x41c83b0e408f276d));
}

TEST(Random, IsUniformAndNeverAnEnd) {
  constexpr std::uint64_t kDraws = 100000;
  double sum = 0.0, squares = 0.0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const double u = uniform(7, 1, i);
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / kDraws, 0.5, 0.005);
  EXPECT_NEAR(squares / kDraws, 1.0 / 3.0, 0.005);
}

TEST(Random, DiffersBySeedStreamAndCounter) {
  EXPECT_NE(uniform(1, 0, 0), uniform(0, 1, 0));
  EXPECT_NE(uniform(1, 0, 0), uniform(0, 0, 1));
  EXPECT_NE(uniform(0, 1, 0), uniform(0, 0, 1));
  EXPECT_NE(uniform(1ULL << 32U, 0, 0), uniform(1, 0, 0));
}

}  // namespace
}  // namespace redline
