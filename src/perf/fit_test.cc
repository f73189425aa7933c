#include "perf/fit.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

namespace redline::perf {
namespace {

constexpr std::array<ConstantInfo, 2> kTable{{
    {"stretch", "1", Part::kCompute, 1.0, 0.1, 0.5, 0.0, 0.0, 0.0, "of work"},
    {"floor_s", "s", Part::kLatency, 0.1, 0.3, 3.0, 0.0, 0.0, 0.0, "the least that a row takes"},
}};

struct Row {
  std::string engine;
  double work, seconds;
};

double predicted(const Row& row, const Constants& c) { return std::max(c[0] * row.work, c[1]); }

std::map<std::string, double> fitted(const std::vector<Row>& rows, bool leaps,
                                     const std::vector<FittedConstant>& near = {}) {
  FitProblem problem{"made-up", kTable, {}, {}, {}, {}, leaps, {}};
  for (const Row& row : rows) {
    problem.scopes.push_back({"", row.engine, "", "", ""});
    problem.log_measured.push_back(std::log(row.seconds));
    problem.sources.emplace_back("made-up");
  }
  for (const FittedConstant& one : near) {
    problem.start[{one.constant, one.scope}] = &one;
  }
  problem.log_time = [&rows](std::size_t row, const Constants& values) {
    return std::log(predicted(rows[row], values));
  };
  std::map<std::string, double> values;
  for (const FittedConstant& one : fit(problem)) {
    values[one.constant + one.scope] = one.log_value;
  }
  return values;
}

// Two engines, of which one takes half the time of the other for the same work, and never less than
// two seconds: more than its lightest rows take.
std::vector<Row> two_engines() {
  std::vector<Row> rows;
  for (double work = 1.0; work < 20.0; work *= 1.3) {
    rows.push_back({"plain", work, work});
    rows.push_back({"floored", work, std::max(0.5 * work, 2.0)});
  }
  return rows;
}

TEST(Fit, FindsALatencyThatNoSlopeLeadsTo) {
  const auto rows = two_engines();
  const auto floor = [](const std::map<std::string, double>& values) {
    return 0.1 * std::exp(values.at("floor_s") + values.at("floor_sfloored"));
  };
  EXPECT_LT(floor(fitted(rows, /*leaps=*/false)), 0.5);
  const auto found = fitted(rows, /*leaps=*/true);
  EXPECT_NEAR(floor(found), 2.0, 0.1);
  EXPECT_NEAR(std::exp(found.at("stretch") + found.at("stretchfloored")), 0.5, 0.05);
  EXPECT_NEAR(std::exp(found.at("stretch") + found.at("stretchplain")), 1.0, 0.05);
}

TEST(Fit, StartsFromAFitToMoreRows) {
  auto rows = two_engines();
  const FittedConstant near{"made-up", "floor_s", "floored", std::log(20.0), 0.1, 1, {}};
  rows.pop_back();
  const auto found = fitted(rows, /*leaps=*/false, {near});
  EXPECT_NEAR(0.1 * std::exp(found.at("floor_s") + found.at("floor_sfloored")), 2.0, 0.1);
}

}  // namespace
}  // namespace redline::perf
