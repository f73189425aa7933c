// Known answers: Sobol's indices of the Ishigami function and of a linear one, the worth of
// information on a normal return, and scores in closed form.

#include "redline/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/distribution.h"
#include "redline/forecast_score.h"
#include "redline/sampling.h"

namespace redline {
namespace {

constexpr double kPi = std::numbers::pi;

std::vector<Factor> one_each(unsigned dimensions) {
  std::vector<Factor> factors;
  for (unsigned d = 0; d < dimensions; ++d) {
    factors.push_back({std::string(1, static_cast<char>('a' + d)), {d}});
  }
  return factors;
}

// A model of one point, for many.
template <class F>
UnitModel each_point(std::size_t dimensions, const F& model) {
  return [dimensions, model](std::span<const double> u, std::span<double> out) {
    const std::size_t points = u.size() / dimensions, answers = out.size() / points;
    for (std::size_t p = 0; p < points; ++p) {
      model(u.subspan(p * dimensions, dimensions), out.subspan(p * answers, answers));
    }
  };
}

void ishigami(std::span<const double> u, std::span<double> out) {
  const auto x = [&](std::size_t i) { return kPi * (2.0 * u[i] - 1.0); };
  out[0] =
      std::sin(x(0)) + 7.0 * std::pow(std::sin(x(1)), 2) + 0.1 * std::pow(x(2), 4) * std::sin(x(0));
}

void expect_near(const Estimated& e, double value, double tolerance) {
  EXPECT_NEAR(e.value, value, tolerance);
  EXPECT_LE(e.low, e.value + 1e-12);
  EXPECT_GE(e.high, e.value - 1e-12);
}

TEST(SobolIndices, OfTheIshigamiFunction) {
  SobolOptions options;
  options.points = 1U << 15U;
  const auto all = sobol_indices(3, one_each(3), 1, each_point(3, ishigami), options);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_NEAR(all[0].variance, 13.844588, 0.01);
  EXPECT_NEAR(all[0].mean, 3.5, 0.002);
  const double first[] = {0.313905, 0.442411, 0.0};
  const double total[] = {0.557589, 0.442411, 0.243684};
  for (std::size_t f = 0; f < 3; ++f) {
    expect_near(all[0].first[f], first[f], 0.005);
    expect_near(all[0].total[f], total[f], 0.005);
    EXPECT_LE(all[0].first[f].low, first[f] + 0.005);
    EXPECT_GE(all[0].first[f].high, first[f] - 0.005);
  }
}

TEST(SobolIndices, OfASumAreThoseOfItsVariances) {
  const auto model = [](std::span<const double> u, std::span<double> out) {
    out[0] = normal_quantile(u[0]) + 2.0 * normal_quantile(u[1]);
    out[1] = 1e9;  // does not vary
  };
  const auto all = sobol_indices(2, one_each(2), 2, each_point(2, model), {});
  for (const auto& shares : {all[0].first, all[0].total}) {
    expect_near(shares[0], 0.2, 0.01);
    expect_near(shares[1], 0.8, 0.01);
  }
  EXPECT_EQ(all[1].first[0].value, 0.0);
  EXPECT_EQ(all[1].total[1].value, 0.0);
  EXPECT_EQ(all[1].mean, 1e9);
}

TEST(SobolIndices, AreTheSameForAnyNumberOfThreads) {
  SobolOptions options;
  options.points = 512;
  const auto one = sobol_indices(3, one_each(3), 1, each_point(3, ishigami), options);
  options.threads = 3;
  const auto three = sobol_indices(3, one_each(3), 1, each_point(3, ishigami), options);
  for (std::size_t f = 0; f < 3; ++f) {
    EXPECT_EQ(one[0].first[f].value, three[0].first[f].value);
    EXPECT_EQ(one[0].total[f].high, three[0].total[f].high);
  }
}

TEST(SobolIndices, InputsInOneFactorShareWhatTheyExplainTogether) {
  const std::vector<Factor> factors{{"first and third", {0, 2}}, {"second", {1}}};
  SobolOptions options;
  options.points = 1U << 14U;
  const auto all = sobol_indices(3, factors, 1, each_point(3, ishigami), options);
  expect_near(all[0].first[0], 1.0 - 0.442411, 0.005);
  expect_near(all[0].total[0], 1.0 - 0.442411, 0.005);
}

TEST(Swings, MoveOneFactorFromFiveToNinetyFivePercent) {
  const auto model = [](std::span<const double> u, std::span<double> out) {
    out[0] = 10.0 * u[0] - u[1];
  };
  std::vector<double> middle;
  const auto all = swings(2, one_each(2), 1, each_point(2, model), middle);
  EXPECT_DOUBLE_EQ(middle[0], 4.5);
  EXPECT_DOUBLE_EQ(all[0].low, 0.0);
  EXPECT_DOUBLE_EQ(all[0].high, 9.0);
  EXPECT_DOUBLE_EQ(all[1].low, 4.95);
  EXPECT_DOUBLE_EQ(all[1].high, 4.05);
}

// Go or not, on a return that is normal with mean 1 and deviation 2; a second input is noise.
struct GoOrNot {
  ChoiceSample sample{2, {}};
  std::vector<double> known, noise, sign;
};
GoOrNot go_or_not(std::uint64_t count) {
  GoOrNot all;
  std::vector<double> rows(count * 2);
  SamplePlan(SampleDesign::kSobol, 2, count, 9).fill(0, rows);
  for (std::size_t i = 0; i < rows.size(); i += 2) {
    const double value = 1.0 + 2.0 * normal_quantile(rows[i]);
    all.sample.worth.insert(all.sample.worth.end(), {0.0, value});
    all.known.push_back(value);
    all.noise.push_back(rows[i + 1]);
    all.sign.push_back(value > 0.0 ? 1.0 : 0.0);
  }
  return all;
}

TEST(Information, OnANormalReturn) {
  const GoOrNot all = go_or_not(1U << 16U);
  EXPECT_EQ(best_option(all.sample), 1U);
  const Worth perfect = perfect_information(all.sample);
  EXPECT_NEAR(perfect.value, 0.395593, 1e-3);
  EXPECT_GT(perfect.error, 0.0);
  EXPECT_LT(perfect.error, 0.01);
  EXPECT_NEAR(partial_information(all.sample, all.known).value, 0.395593, 5e-3);
  // To know the sign is to know all that matters.
  EXPECT_NEAR(partial_information(all.sample, all.sign).value, 0.395593, 1e-3);
  // What says nothing is worth nothing, and chance is not taken for knowledge.
  EXPECT_LE(partial_information(all.sample, all.noise).value, 2e-3);
}

TEST(Information, OfOneOptionIsWorthNothing) {
  const ChoiceSample one{1, {3.0, -2.0, 5.0}};
  EXPECT_EQ(perfect_information(one).value, 0.0);
}

TEST(Scores, KnownAnswers) {
  EXPECT_NEAR(crps_normal(0.0, 1.0, 0.0), 0.233695, 1e-6);
  EXPECT_NEAR(crps_normal(5.5, 1.0, 4.5), 0.602441, 1e-6);
  EXPECT_DOUBLE_EQ(brier_score(0.1, true), 0.81);
  EXPECT_DOUBLE_EQ(brier_score(0.7, true), 0.09);
  EXPECT_NEAR(brier_score(0.7, false), 0.49, 1e-12);
  EXPECT_DOUBLE_EQ(pinball_loss(0.9, 2.0, 5.0), 2.7);
  EXPECT_DOUBLE_EQ(pinball_loss(0.9, 5.0, 2.0), 0.3);
  const double one[] = {4.0};
  EXPECT_DOUBLE_EQ(crps(one, 6.5), 2.5);
}

TEST(Scores, TheSampleComesToTheClosedForm) {
  std::vector<double> draws(1U << 16U);
  for (std::size_t i = 0; i < draws.size(); ++i) {
    draws[i] =
        5.5 + normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(draws.size()));
  }
  EXPECT_NEAR(crps(draws, 4.5), 0.602441, 1e-4);
  EXPECT_NEAR(sample_quantile(draws, 0.5), 5.5, 1e-4);
  EXPECT_NEAR(sample_quantile(draws, 0.95), 5.5 + 1.644854, 1e-3);
  // The deviation of a median of n normal draws is sqrt(pi / 2 n).
  const double n = static_cast<double>(draws.size());
  EXPECT_NEAR(quantile_error(draws, 0.5), std::sqrt(kPi / 2.0 / n), 1e-5);
}

RC_GTEST_PROP(ScoresProperty, TheSampleScoreIsItsDefinition, ()) {
  const auto count = static_cast<std::size_t>(*rc::gen::inRange(1, 30));
  std::vector<double> draws(count);
  for (double& one : draws) {
    one = static_cast<double>(*rc::gen::inRange(-20, 20));
  }
  std::sort(draws.begin(), draws.end());
  const auto outcome = static_cast<double>(*rc::gen::inRange(-25, 25));
  const double n = static_cast<double>(count);
  double miss = 0.0, spread = 0.0;
  for (const double a : draws) {
    miss += std::abs(a - outcome) / n;
    for (const double b : draws) {
      spread += std::abs(a - b) / (n * n);
    }
  }
  RC_ASSERT(std::abs(crps(draws, outcome) - (miss - spread / 2.0)) < 1e-9);
}

}  // namespace
}  // namespace redline
