// Distributions: literals, closed forms, and what holds for all of them.
#include "redline/distribution.h"

#include <cmath>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/random.h"

namespace redline {
namespace {

Distribution read(std::string_view text) {
  const auto found = Distribution::parse(text);
  EXPECT_TRUE(found) << text << ": " << (found ? "" : found.error().message);
  return found.value_or(Distribution());
}
double at(std::string_view text, double p) { return read(text).quantile(p); }

// "column: message", and the first line of help.
std::string refusal(std::string_view text) {
  const auto found = Distribution::parse(text);
  if (found) {
    return "read as " + found->describe();
  }
  EXPECT_EQ(found.error().code, Code::kDistributionSyntax);
  EXPECT_EQ(found.error().where->text, text);
  return found.error().message;
}
std::string first_help(std::string_view text) {
  const auto found = Distribution::parse(text);
  return found || found.error().help.empty() ? "" : found.error().help.front();
}

TEST(Distribution, ANumberAloneIsAConstant) {
  EXPECT_EQ(read("2k"), Distribution::constant(2000.0));
  EXPECT_EQ(at(" 1.5M ", 0.3), 1.5e6);
  EXPECT_EQ(at("-2K", 0.9), -2000.0);
  EXPECT_EQ(at("1e-3", 0.9), 0.001);
  EXPECT_EQ(Distribution().mean(), 0.0);
}

TEST(Distribution, ARangeIsLognormalAndHoldsNineTenths) {
  for (const auto* text : {"200 to 2000", ".2k to 2k", "200  to 2K"}) {
    EXPECT_NEAR(at(text, 0.05), 200.0, 1e-9);
    EXPECT_NEAR(at(text, 0.50), std::sqrt(200.0 * 2000.0), 1e-9);
    EXPECT_NEAR(at(text, 0.95), 2000.0, 1e-9);
    EXPECT_EQ(read(text).kind(), DistributionKind::kLognormal);
  }
}

TEST(Distribution, ARangeFromZeroOrBelowIsNormal) {
  EXPECT_NEAR(at("-10 to 30", 0.05), -10.0, 1e-12);
  EXPECT_NEAR(at("-10 to 30", 0.5), 10.0, 1e-12);
  EXPECT_NEAR(at("0 to 30", 0.95), 30.0, 1e-12);
}

TEST(Distribution, PlusOrMinusIsOneStandardDeviation) {
  for (const auto* text : {"100 ± 20", "100 +- 20", "100 +/- 20", "100±20", "normal(100, 20)"}) {
    EXPECT_EQ(read(text), read("normal(100, 20)"));
  }
  EXPECT_NEAR(at("100 ± 20", 0.8413447460685429), 120.0, 1e-9);
}

TEST(Distribution, MeetsClosedForms) {
  EXPECT_DOUBLE_EQ(at("uniform(10, 20)", 0.3), 13.0);
  EXPECT_DOUBLE_EQ(at("tri(0, 1, 2)", 0.125), 0.5);
  EXPECT_DOUBLE_EQ(at("tri(0, 1, 2)", 0.875), 1.5);
  EXPECT_DOUBLE_EQ(at("exponential(3)", 1.0 - std::exp(-2.0)), 6.0);
  EXPECT_DOUBLE_EQ(at("lognormal(100, 0.5)", 0.5), 100.0);
  EXPECT_NEAR(at("gamma(3, 1)", 0.7), at("exponential(3)", 0.7), 1e-12);
  // A gamma of shape 4 and scale 1 at its mean: 1 - e^-4 (1 + 4 + 8 + 32/3).
  EXPECT_NEAR(read("gamma(4, 0.5)").cumulative(4.0), 1.0 - std::exp(-4.0) * (71.0 / 3.0), 1e-14);
  // Of beta(2, 3): x^2 (6 - 8x + 3x^2).
  EXPECT_NEAR(at("beta(2, 3)", 0.25 * (6.0 - 4.0 + 0.75)), 0.5, 1e-14);
  EXPECT_NEAR(at("beta(1, 4)", 0.4), 1.0 - std::pow(0.6, 0.25), 1e-14);
  // Boost's own inverse goes wrong here; the exact share of x is (3 sqrt(x) - x sqrt(x)) / 2.
  EXPECT_NEAR(at("beta(0.5, 2)", 4e-9) / (4.0 / 9.0 * 16e-18), 1.0, 1e-6);
  // PERT from 0 to 4 with 2 likeliest is beta(3, 3) times 4.
  EXPECT_NEAR(at("pert(0, 2, 4)", 0.5), 2.0, 1e-14);
  EXPECT_DOUBLE_EQ(at("pert(0, 2, 4)", 0.2), 4.0 * at("beta(3, 3)", 0.2));
}

TEST(Distribution, DiscreteOnesStepAtTheirShares) {
  EXPECT_EQ(at("bernoulli(0.25)", 0.75), 0.0);
  EXPECT_EQ(at("bernoulli(0.25)", 0.7500001), 1.0);
  // Poisson of mean 2: 0.1353, 0.4060, 0.6767, 0.8571, …
  EXPECT_EQ(at("poisson(2)", 0.135), 0.0);
  EXPECT_EQ(at("poisson(2)", 0.136), 1.0);
  EXPECT_EQ(at("poisson(2)", 0.677), 3.0);
  EXPECT_EQ(at("poisson(1M)", 0.5), 1e6);
  EXPECT_EQ(at("zipf(3, 1)", 6.0 / 11.0 - 1e-9), 1.0);
  EXPECT_EQ(at("zipf(3, 1)", 6.0 / 11.0 + 1e-9), 2.0);
  EXPECT_EQ(at("zipf(3, 1)", 0.999), 3.0);
  EXPECT_EQ(at("empirical(30, 10, 20)", 0.33), 10.0);
  EXPECT_EQ(at("empirical(30, 10, 20)", 0.34), 20.0);
  EXPECT_EQ(at("empirical(30, 10, 20)", 0.99), 30.0);
}

TEST(Distribution, AMixtureHoldsItsPointMassesExactly) {
  const Distribution mix = read("mix(0.3: 100, 0.7: 200 to 2000)");
  EXPECT_EQ(mix.quantile(0.29), 100.0);
  EXPECT_LT(mix.quantile(1e-6), 100.0);  // the tail of the range lies below
  EXPECT_NEAR(mix.cumulative(mix.quantile(0.6)), 0.6, 1e-12);
  EXPECT_DOUBLE_EQ(mix.mean(), 0.3 * 100.0 + 0.7 * read("200 to 2000").mean());
  EXPECT_EQ(at("mix(0.5: 1, 0.5: -1)", 0.5), -1.0);
  EXPECT_EQ(at("mix(0.5: 1, 0.5: -1)", 0.51), 1.0);
  EXPECT_EQ(read("mix(1: 5)").mean(), 5.0);
}

TEST(Distribution, TakesWeightsOfAFewDigits) {
  EXPECT_EQ(refusal("mix(0.3333333: 1, 0.6666667: 2)"),
            "read as mixture of 0.333333: constant 1; "
            "0.666667: constant 2");
  EXPECT_EQ(refusal("mix(0.33: 1, 0.66: 2)"),
            "at character 21: the weights add up to 0.99, not to 1");
}

TEST(Distribution, SaysWhatItUnderstood) {
  EXPECT_EQ(read("200 to 2k").describe(), "lognormal, 5 % 200, 95 % 2000");
  EXPECT_EQ(read("100 +- 20").describe(), "normal, mean 100, standard deviation 20");
  EXPECT_EQ(read("3M").describe(), "constant 3000000");
  EXPECT_EQ(read("tri(1,2,3)").describe(), "triangular from 1 to 3, likeliest 2");
  EXPECT_EQ(read("empirical(3, 1, 2)").describe(), "one of 3 values from 1 to 3");
  EXPECT_EQ(read("mix(0.3: 100, 0.7: 200 to 2000)").describe(),
            "mixture of 0.3: constant 100; 0.7: lognormal, 5 % 200, 95 % 2000");
}

TEST(Distribution, NamesThePlaceOfAMistake) {
  EXPECT_EQ(refusal(""), "at character 1: a number is missing");
  EXPECT_EQ(refusal("100 to"), "at character 7: a number is missing");
  EXPECT_EQ(refusal("2k-16k"), "at character 3: '-16k' stands behind the end");
  EXPECT_EQ(refusal("2_000"), "at character 2: '_000' cannot stand behind a number");
  EXPECT_EQ(refusal("100 ± x"), "at character 7: this is not a number");
  EXPECT_EQ(refusal("16k to 2k"), "at character 8: the end of a range must be above its beginning");
  EXPECT_EQ(refusal("uniform(1, 2, 3)"), "at character 1: 'uniform' takes 2 numbers, not 3");
  EXPECT_EQ(refusal("mix(0.5: 1, 0.5: tri(3, 2, 1))"),
            "at character 25: this number must not be below the first");
  EXPECT_EQ(refusal("mix(1: mix(1: 1))"), "at character 8: a mixture cannot hold a mixture");
  EXPECT_EQ(refusal("mix(0.5 1)"),
            "at character 9: a colon is missing between a weight and its distribution");
  EXPECT_EQ(refusal("uniform(1, 2"),
            "at character 13: a comma or a closing parenthesis is missing");
  EXPECT_EQ(refusal("normal 3"), "at character 8: 'normal' needs its numbers in parentheses");
  EXPECT_EQ(refusal("inf"), "at character 1: there is no distribution 'inf'");
  EXPECT_EQ(refusal("1e999"), "at character 1: this number is too large or too small");
  EXPECT_EQ(refusal("1e-300 to 1e300"),
            "at character 1: draws of this would be too large for a number");
}

TEST(Distribution, SuggestsANearName) {
  EXPECT_EQ(first_help("lognorm(3, 1)"), "did you mean 'lognormal'?");
  EXPECT_EQ(first_help("pois(3)"), "did you mean 'poisson'?");
}

TEST(Distribution, RefusesWhatNoDistributionHas) {
  for (const auto* text : {"uniform(2, 2)",
                           "normal(1, 0)",
                           "lognormal(0, 1)",
                           "exponential(-1)",
                           "gamma(1, 0)",
                           "gamma(1, 11)",
                           "bernoulli(1.1)",
                           "poisson(0)",
                           "zipf(2.5, 1)",
                           "zipf(1M, 1)",
                           "beta(0, 1)",
                           "pert(1, 1, 1)",
                           "5 +- 0",
                           "5 to 5",
                           "mix(0: 1, 1: 2)",
                           "empirical()",
                           "normal(nan, 1)",
                           "mix()",
                           "+5",
                           "--5",
                           "0x10"}) {
    EXPECT_EQ(refusal(text).rfind("at character ", 0), 0U) << text;
  }
}

TEST(Distribution, EqualityIsOfValues) {
  EXPECT_EQ(read("mix(0.5: 1, 0.5: 2)"), read("mix(0.5:1,0.5:2)"));
  EXPECT_EQ(read("empirical(1, 2)"), read("empirical(2, 1)"));
  EXPECT_NE(read("empirical(1, 2)"), read("empirical(1, 3)"));
  EXPECT_NE(read("uniform(1, 2)"), read("beta(1, 2)"));
}

// Of every kind, with numbers that are drawn.
std::string any_literal() {
  const auto number = [](int low, int high) {
    return *rc::gen::inRange(low, high) / 100.0;  // two decimals
  };
  const double a = number(1, 50000), b = number(1, 50000), c = number(1, 50000),
               cv = number(1, 500);
  const auto text = [](const char* format, auto... numbers) {
    char out[200];
    std::snprintf(out, sizeof out, format, numbers...);
    return std::string(out);
  };
  switch (*rc::gen::inRange(0, 14)) {
    case 0:
      return text("%g to %g", a, a + b);
    case 1:
      return text("%g to %g", -a, b);
    case 2:
      return text("%g +- %g", a, b);
    case 3:
      return text("uniform(%g, %g)", -a, b);
    case 4:
      return text("tri(%g, %g, %g)", a, a + b, a + b + c);
    case 5:
      return text("pert(%g, %g, %g)", a, a + b, a + b + c);
    case 6:
      return text("beta(%g, %g)", number(1, 1000), number(1, 1000));
    case 7:
      return text("lognormal(%g, %g)", a, 0.3 * cv);
    case 8:
      return text("exponential(%g)", a);
    case 9:
      return text("gamma(%g, %g)", a, cv);
    case 10:
      return text("bernoulli(%g)", number(0, 101));
    case 11:
      return text("poisson(%g)", a);
    case 12:
      return text("zipf(%d, %g)", *rc::gen::inRange(1, 200), cv);
    default:
      return text("empirical(%g, %g, %g, %g)", a, b, c, cv);
  }
}
std::string any_mixture() {
  return "mix(0.25: " + any_literal() + ", 0.75: " + any_literal() + ")";
}

void check_monotone(const std::string& literal) {
  const Distribution found = read(literal);
  const std::uint64_t seed = *rc::gen::arbitrary<std::uint64_t>();
  std::vector<double> shares = {0x1p-54, 1e-12, 1.0 - 1e-12, 1.0 - 0x1p-53};
  for (std::uint64_t i = 0; i < 20; ++i) {
    shares.push_back(uniform(seed, 0, i));
  }
  std::sort(shares.begin(), shares.end());
  double last = -1e300;
  for (const double p : shares) {
    const double value = found.quantile(p);
    RC_ASSERT(std::isfinite(value));
    RC_ASSERT(value >= last - 1e-12 * std::fabs(last));
    // The least value whose share is p or more.
    RC_ASSERT(found.cumulative(value + 1e-9 * std::fabs(value)) >= p * (1.0 - 1e-6));
    last = value;
  }
}

RC_GTEST_PROP(Distribution, QuantilesAreFiniteAndMonotone, ()) { check_monotone(any_literal()); }
RC_GTEST_PROP(Distribution, QuantilesOfMixturesAreToo, ()) { check_monotone(any_mixture()); }

RC_GTEST_PROP(Distribution, TheMedianOfARangeIsItsGeometricMean, ()) {
  const double low = *rc::gen::inRange(1, 1000000), high = low + *rc::gen::inRange(1, 1000000);
  const auto found = Distribution::parse(std::to_string(low) + " to " + std::to_string(high));
  RC_ASSERT(std::fabs(found->quantile(0.5) / std::sqrt(low * high) - 1.0) < 1e-12);
  RC_ASSERT(std::fabs(found->quantile(0.05) / low - 1.0) < 1e-12);
  RC_ASSERT(std::fabs(found->quantile(0.95) / high - 1.0) < 1e-12);
}

// At evenly spaced shares; tails that are heavy have little of the mean in them here.
TEST(Distribution, TheMeanIsThatOfItsQuantiles) {
  for (const auto* text :
       {"3", "200 to 2000", "-10 to 30", "100 +- 20", "uniform(-3, 10)", "tri(0, 1, 10)",
        "pert(0, 1, 10)", "beta(0.5, 2)", "lognormal(10, 0.8)", "exponential(4)", "gamma(4, 0.3)",
        "gamma(4, 1.5)", "bernoulli(0.3)", "poisson(3.5)", "zipf(50, 1.1)", "empirical(1, 5, 9, 2)",
        "mix(0.3: 100, 0.7: 200 to 2000)", "mix(0.2: poisson(3), 0.8: gamma(10, 0.5))"}) {
    const Distribution found = read(text);
    constexpr int kPoints = 40000;
    double sum = 0.0;
    for (int i = 0; i < kPoints; ++i) {
      sum += found.quantile((i + 0.5) / kPoints);
    }
    EXPECT_NEAR(sum / kPoints / found.mean(), 1.0, 1e-3) << text;
  }
}

// | `literal` | … | 5 % | median | 95 % | mean |
TEST(Distribution, TheTableOfTheDocumentationIsTrue) {
  std::ifstream page(REDLINE_TEST_DATA "/../docs/distributions.md");
  int rows = 0;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("| `", 0) != 0) {
      continue;
    }
    const Distribution found = read(line.substr(3, line.find('`', 3) - 3));
    std::istringstream cells(line.substr(line.find(" | ", line.find(" | ") + 3)));
    for (const double value :
         {found.quantile(0.05), found.quantile(0.5), found.quantile(0.95), found.mean()}) {
      std::string bar;
      double said = 0.0;
      cells >> bar >> said;
      EXPECT_NEAR(said, value, 5e-4 * std::fabs(value) + 1e-12) << line;
    }
    ++rows;
  }
  EXPECT_EQ(rows, 17);
}

RC_GTEST_PROP(Distribution, AnyTextIsReadOrRefused, ()) {
  const auto text = *rc::gen::arbitrary<std::string>();
  const auto found = Distribution::parse(text);
  RC_ASSERT((found ? std::isfinite(found->mean()) : !found.error().message.empty()));
}

}  // namespace
}  // namespace redline
