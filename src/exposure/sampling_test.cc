#include "redline/sampling.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/copula.h"
#include "redline/distribution.h"
#include "redline/error.h"

namespace redline {
namespace {

constexpr SampleDesign kDesigns[] = {SampleDesign::kRandom, SampleDesign::kLatin,
                                     SampleDesign::kSobol};

std::vector<double> points(const SamplePlan& plan) {
  std::vector<double> out(plan.count() * plan.dimensions());
  plan.fill(0, out);
  return out;
}

std::vector<double> column(const std::vector<double>& rows, unsigned dimensions, unsigned d) {
  std::vector<double> out;
  for (std::size_t i = d; i < rows.size(); i += dimensions) {
    out.push_back(rows[i]);
  }
  return out;
}

// Pearson's, of a sample.
double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const double n = static_cast<double>(x.size());
  double mx = 0.0, my = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mx += x[i] / n;
    my += y[i] / n;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
    xy += (x[i] - mx) * (y[i] - my);
  }
  return xy / std::sqrt(xx * yy);
}

RC_GTEST_PROP(SamplePlanProperty, AnyCutIntoBlocksDrawsTheSamePoints, ()) {
  const auto design = kDesigns[*rc::gen::inRange(0, 3)];
  const auto dimensions = static_cast<unsigned>(*rc::gen::inRange(1, 9));
  const auto count = static_cast<std::uint64_t>(*rc::gen::inRange(1, 300));
  const SamplePlan plan(design, dimensions, count, *rc::gen::arbitrary<std::uint64_t>());
  const std::vector<double> whole = points(plan);
  const auto first = static_cast<std::uint64_t>(*rc::gen::inRange(0, static_cast<int>(count)));
  const auto rows =
      static_cast<std::uint64_t>(*rc::gen::inRange(0, static_cast<int>(count - first) + 1));
  std::vector<double> block(rows * dimensions);
  plan.fill(first, block);
  RC_ASSERT(std::equal(block.begin(), block.end(),
                       whole.begin() + static_cast<std::ptrdiff_t>(first * dimensions)));
  std::vector<double> columns(rows * dimensions);
  plan.fill_columns(first, columns);
  for (std::size_t i = 0; i < block.size(); ++i) {
    RC_ASSERT(columns[i % dimensions * rows + i / dimensions] == block[i]);
  }
  std::vector<double> column(rows);
  plan.fill_column(dimensions - 1, first, column);
  RC_ASSERT(
      std::equal(column.begin(), column.end(), columns.end() - static_cast<std::ptrdiff_t>(rows)));
  for (const double one : whole) {
    RC_ASSERT(one > 0.0 && one < 1.0);
  }
}

RC_GTEST_PROP(SamplePlanProperty, ALatinHypercubeHasOnePointInEachStratum, ()) {
  const auto count = static_cast<std::uint64_t>(*rc::gen::inRange(1, 500));
  const SamplePlan plan(SampleDesign::kLatin, 3, count, *rc::gen::arbitrary<std::uint64_t>());
  const std::vector<double> rows = points(plan);
  for (unsigned d = 0; d < 3; ++d) {
    std::vector<int> hits(count, 0);
    for (const double one : column(rows, 3, d)) {
      ++hits[std::min<std::size_t>(count - 1,
                                   static_cast<std::size_t>(one * static_cast<double>(count)))];
    }
    RC_ASSERT(std::all_of(hits.begin(), hits.end(), [](int h) { return h == 1; }));
  }
}

TEST(SamplePlan, ScramblingKeepsTheNetOfSobolsSequence) {
  // Of 2^8 points each elementary interval of 2^-8 in the first two dimensions holds one.
  for (const std::uint64_t seed : {1U, 2U, 77U}) {
    const SamplePlan plan(SampleDesign::kSobol, 2, 256, seed);
    const std::vector<double> rows = points(plan);
    for (int bits = 0; bits <= 8; ++bits) {
      std::vector<int> hits(256, 0);
      for (std::size_t i = 0; i < rows.size(); i += 2) {
        const auto x = static_cast<std::size_t>(rows[i] * std::pow(2.0, bits));
        const auto y = static_cast<std::size_t>(rows[i + 1] * std::pow(2.0, 8 - bits));
        ++hits[x << static_cast<unsigned>(8 - bits) | y];
      }
      EXPECT_TRUE(std::all_of(hits.begin(), hits.end(), [](int h) { return h == 1; })) << bits;
    }
  }
}

TEST(SamplePlan, SeedsGiveOtherPointsAndDimensionsAreNotCorrelated) {
  for (const SampleDesign design : kDesigns) {
    const std::vector<double> one = points(SamplePlan(design, 6, 4096, 1));
    EXPECT_NE(one, points(SamplePlan(design, 6, 4096, 2)));
    for (unsigned a = 0; a < 6; ++a) {
      for (unsigned b = 0; b < a; ++b) {
        EXPECT_NEAR(correlation(column(one, 6, a), column(one, 6, b)), 0.0, 0.06);
      }
    }
  }
}

// The root of the mean square error of the mean of a product, over 32 seeds.
double error_of(SampleDesign design, std::uint64_t count) {
  double squares = 0.0;
  for (std::uint64_t seed = 1; seed <= 32; ++seed) {
    const std::vector<double> rows = points(SamplePlan(design, 3, count, seed));
    double sum = 0.0;
    for (std::size_t i = 0; i < rows.size(); i += 3) {
      sum += rows[i] * rows[i + 1] * rows[i + 2];
    }
    const double off = sum / static_cast<double>(count) - 0.125;
    squares += off * off / 32.0;
  }
  return std::sqrt(squares);
}

TEST(SamplePlan, TheErrorOfRandomPointsFallsWithTheRootAndOfSobolsFaster) {
  // 64 times the points: an eighth of the error, and less than a thirty-second.
  const double random =
      error_of(SampleDesign::kRandom, 256) / error_of(SampleDesign::kRandom, 16384);
  EXPECT_NEAR(random, 8.0, 3.0);
  EXPECT_GT(error_of(SampleDesign::kSobol, 256) / error_of(SampleDesign::kSobol, 16384), 32.0);
  EXPECT_LT(error_of(SampleDesign::kLatin, 1024), error_of(SampleDesign::kRandom, 1024));
}

CorrelationMatrix pair(double r) {
  CorrelationMatrix matrix = CorrelationMatrix::identity(2);
  matrix.set(0, 1, r);
  return matrix;
}

// Two columns of so many points, correlated by r = 0.5.
std::vector<double> correlated(SampleDesign design, std::uint64_t count) {
  const auto copula = GaussianCopula::of(pair(0.5));
  RL_CHECK(copula.has_value());
  std::vector<double> rows = points(SamplePlan(design, 2, count, 3));
  for (std::size_t i = 0; i < rows.size(); i += 2) {
    copula->correlate(std::span(rows).subspan(i, 2));
  }
  return rows;
}

TEST(GaussianCopula, ColumnsAreCorrelatedPointByPoint) {
  constexpr std::size_t kCount = 101;
  const std::vector<double> rows = points(SamplePlan(SampleDesign::kRandom, 2, kCount, 3));
  std::vector<double> columns;
  for (const std::size_t d : {std::size_t{0}, std::size_t{1}}) {
    for (std::size_t i = 0; i < kCount; ++i) {
      columns.push_back(rows[2 * i + d]);
    }
  }
  GaussianCopula::of(pair(0.5))->correlate(columns);
  const std::vector<double> alone = correlated(SampleDesign::kRandom, kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    EXPECT_EQ(columns[i], alone[2 * i]);
    EXPECT_EQ(columns[kCount + i], alone[2 * i + 1]);
  }
}

TEST(GaussianCopula, KnownRankCorrelations) {
  constexpr std::uint64_t kCount = std::uint64_t{1} << 16U;
  const std::vector<double> even = correlated(SampleDesign::kSobol, kCount);
  // Uniform margins: Pearson's is Spearman's, 6/pi asin(r/2).
  EXPECT_NEAR(correlation(column(even, 2, 0), column(even, 2, 1)), 0.482584, 5e-4);
  // Kendall's tau, 2/pi asin(r), over independent pairs.
  const std::vector<double> rows = correlated(SampleDesign::kRandom, kCount);
  double agree = 0.0;
  for (std::size_t i = 0; i < rows.size(); i += 4) {
    agree += (rows[i] - rows[i + 2]) * (rows[i + 1] - rows[i + 3]) > 0.0 ? 1.0 : 0.0;
  }
  EXPECT_NEAR(2.0 * agree / (kCount / 2.0) - 1.0, 0.333333, 0.015);
}

TEST(GaussianCopula, TheDeviationOfACorrelatedSum) {
  const std::vector<double> rows = correlated(SampleDesign::kSobol, 1U << 16U);
  double sum = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < rows.size(); i += 2) {
    const double y = 2.0 * normal_quantile(rows[i]) + 3.0 * normal_quantile(rows[i + 1]);
    sum += y;
    squares += y * y;
  }
  const double n = static_cast<double>(rows.size()) / 2.0;
  EXPECT_NEAR(std::sqrt(squares / n - sum / n * sum / n), 4.358899, 2e-3);
}

TEST(GaussianCopula, AMatrixThatIsNotDefiniteIsRefusedAndTheNearestOffered) {
  EXPECT_FALSE(GaussianCopula::of(pair(1.0)));
  EXPECT_TRUE(GaussianCopula::of(pair(-0.999)));
  // The example of Higham 2002, section 5: 2 on the diagonal of no correlation matrix; this one has
  // ones, and its nearest is known to four digits.
  CorrelationMatrix bad = CorrelationMatrix::identity(3);
  bad.set(0, 1, 1.0);
  bad.set(1, 2, 1.0);
  ASSERT_FALSE(GaussianCopula::of(bad));
  const CorrelationMatrix near = nearest_correlation(bad);
  EXPECT_NEAR(near.at(0, 1), 0.7607, 1e-4);
  EXPECT_NEAR(near.at(1, 2), 0.7607, 1e-4);
  EXPECT_NEAR(near.at(0, 2), 0.1573, 1e-4);
  EXPECT_TRUE(GaussianCopula::of(near));
}

RC_GTEST_PROP(GaussianCopulaProperty, TheNearestMatrixIsDefiniteAndLeavesADefiniteOneAlone, ()) {
  const auto n = static_cast<std::size_t>(*rc::gen::inRange(2, 7));
  CorrelationMatrix matrix = CorrelationMatrix::identity(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      matrix.set(i, j, static_cast<double>(*rc::gen::inRange(-99, 100)) / 100.0);
    }
  }
  const CorrelationMatrix near = nearest_correlation(matrix);
  RC_ASSERT(GaussianCopula::of(near).has_value());
  for (std::size_t i = 0; i < n * n; ++i) {
    RC_ASSERT(std::abs(near.values[i]) <= 1.0 + 1e-12);
  }
  const CorrelationMatrix again = nearest_correlation(near, 0.0);
  for (std::size_t i = 0; i < n * n; ++i) {
    RC_ASSERT(std::abs(again.values[i] - near.values[i]) < 1e-6);
  }
}

}  // namespace
}  // namespace redline
