#include "exposure/lane_math.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "redline/distribution.h"
#include "redline/random.h"

namespace redline::exposure {
namespace {

constexpr double kLastPlace = std::numeric_limits<double>::epsilon();

double off_by(double got, double exact) {
  return exact == 0.0 ? std::fabs(got) : std::fabs(got / exact - 1.0);
}

TEST(LaneMath, LogarithmsAndExponentialsAreThoseOfTheLibrary) {
  for (std::uint64_t i = 0; i < 100000; ++i) {
    const double x = std::exp(1400.0 * uniform(1, 0, i) - 700.0), near = 0.5 + uniform(1, 1, i);
    EXPECT_LE(off_by(log_of(x), std::log(x)), 2.0 * kLastPlace) << x;
    EXPECT_LE(off_by(log_of(near), std::log(near)), 2.0 * kLastPlace) << near;
    const double y = 1400.0 * uniform(1, 2, i) - 700.0;
    EXPECT_LE(off_by(exp_of(y), std::exp(y)), 2.0 * kLastPlace) << y;
    EXPECT_LE(off_by(exp_of(y / 1e3), std::exp(y / 1e3)), 2.0 * kLastPlace) << y / 1e3;
  }
  EXPECT_EQ(log_of(1.0), 0.0);
  EXPECT_EQ(exp_of(0.0), 1.0);
}

TEST(LaneMath, PowersAreThoseOfTheLibrary) {
  for (std::uint64_t i = 0; i < 100000; ++i) {
    const double x = std::exp(20.0 * uniform(2, 0, i) - 10.0), y = 8.0 * uniform(2, 1, i) - 4.0;
    EXPECT_LE(off_by(power_of(x, y), std::pow(x, y)), 64.0 * kLastPlace) << x << "^" << y;
  }
  for (const double x : {0.0, 1.0, 2.5}) {
    for (const double y : {-1.0, 0.0, 1.0, 2.0}) {
      EXPECT_DOUBLE_EQ(power_of(x, y), std::pow(x, y)) << x << "^" << y;
    }
  }
}

TEST(LaneMath, NormalSharesAndQuantilesAreThoseOfTheLibrary) {
  const auto look_at = [](double p) {
    const double z = normal_quantile(p);
    EXPECT_NEAR(normal_quantile_of(p), z, 8.0 * kLastPlace * std::max(1.0, std::fabs(z))) << p;
    // Of the argument's last place the tails feel its square.
    EXPECT_LE(off_by(normal_cumulative_of(z), normal_cumulative(z)),
              (8.0 + 2.0 * z * z) * kLastPlace)
        << z;
  };
  for (std::uint64_t i = 0; i < 100000; ++i) {
    look_at(uniform(3, 0, i));
    look_at(std::exp(-36.0 * uniform(3, 1, i)) / 2.0);
  }
  EXPECT_EQ(normal_cumulative_of(0.0), 0.5);
  EXPECT_EQ(normal_quantile_of(0.5), 0.0);
}

}  // namespace
}  // namespace redline::exposure
