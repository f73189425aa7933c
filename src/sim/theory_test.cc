// Degenerate clusters against queueing theory (Kleinrock 1975): with one request at a time a
// replica is a queue with one server.

#include <cmath>

#include <gtest/gtest.h>

#include "sim/test_clusters.h"

namespace redline::sim {
namespace {

constexpr double kToken = 1e-3;

void expect_mean(const LatencyStats& stats, double theory) {
  ASSERT_TRUE(stats.mean_low.has_value());
  EXPECT_LE(*stats.mean_low, theory);
  EXPECT_GE(*stats.mean_high, theory);
  EXPECT_LT(*stats.mean_high - *stats.mean_low, 0.25 * theory) << "an interval that says something";
}

TEST(Theory, ExponentialServiceIsMM1) {
  for (const double load : {0.3, 0.7}) {
    const double service = 200.0 * kToken;
    const SimulationResult r = simulate(single_server("exponential(200)", load / service));
    expect_mean(r.latency, service / (1.0 - load));
    EXPECT_NEAR(r.pool.busy_share, load, 0.02);
    // Times in an M/M/1 queue are exponential.
    const QuantileEstimate& p95 = r.latency.quantiles[2];
    const double theory = -std::log(0.05) * service / (1.0 - load);
    ASSERT_TRUE(p95.low.has_value());
    EXPECT_LE(*p95.low, theory);
    EXPECT_GE(*p95.high, theory);
  }
}

TEST(Theory, ConstantServiceIsMD1) {
  for (const double load : {0.3, 0.7}) {
    const double service = 200.0 * kToken;
    const SimulationResult r = simulate(single_server("200", load / service));
    expect_mean(r.latency, service + load * service / (2.0 * (1.0 - load)));
  }
}

TEST(Theory, AnyServiceIsPollaczekKhinchine) {
  const double load = 0.6;
  const double sigma = 0.8;
  const double median = 200.0;
  const double mean = median * std::exp(sigma * sigma / 2.0) * kToken;
  const SimulationResult r = simulate(single_server("lognormal(200, 0.8)", load / mean));
  const double squares = mean * mean * std::exp(sigma * sigma);  // E[S^2]
  const double waiting = load / mean * squares / (2.0 * (1.0 - load));
  expect_mean(r.latency, mean + waiting);
}

TEST(Theory, SeveralServersAreMMC) {
  constexpr int kServers = 4;
  const double service = 200.0 * kToken;
  SimulationSpec spec = single_server("exponential(200)", 0.8 * kServers / service);
  spec.cluster.pool.replica.sequences = kServers;
  const SimulationResult r = simulate(spec);
  const double a = 0.8 * kServers;
  double sum = 0.0;
  double term = 1.0;
  for (int i = 0; i < kServers; ++i) {
    sum += term;
    term *= a / (i + 1);
  }
  const double waits = term / (1.0 - 0.8) / (sum + term / (1.0 - 0.8));  // Erlang C
  // A request joins at the next step, half a step later on average than a server would begin.
  expect_mean(r.latency, service + waits * service / (kServers * (1.0 - 0.8)) + kToken / 2.0);
}

TEST(Theory, SharedStepsAreProcessorSharing) {
  const double load = 0.7;
  SimulationSpec spec = single_server("lognormal(150, 0.7)", 0.0);
  spec.cluster.pool.replica.sequences = 1'000'000;
  spec.cluster.pool.replica.step_tokens = 1'000'000;
  spec.cluster.pool.replica.times = step_of([](const StepLoad& load_now) {
    return kToken * (load_now.decodes + load_now.prompt_tokens);
  });
  const double mean = 150.0 * std::exp(0.49 / 2.0) * kToken;
  spec.traffic.rate = load / mean;
  const SimulationResult r = simulate(spec);
  // Whatever the distribution: only its mean counts.
  expect_mean(r.latency, mean / (1.0 - load));
}

TEST(Theory, LittlesLawHoldsOnEveryRun) {
  for (const double rate : {0.5, 2.0, 8.0}) {
    SimulationSpec spec = engine_spec(rate);
    const SimulationResult r = simulate(spec);
    EXPECT_LT(r.littles_gap, 1e-9);
    EXPECT_GT(r.mean_in_system, 0.0);
  }
}

}  // namespace
}  // namespace redline::sim
