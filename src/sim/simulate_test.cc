#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/simulation.h"

#include "sim/test_clusters.h"

namespace redline::sim {
namespace {

std::uint64_t answers_of(const SimulationSpec& spec) {
  const Traffic traffic(spec.traffic, spec.seed);
  std::uint64_t sum = 0;
  TrafficRequest request;
  std::vector<std::uint64_t> scratch;
  for (std::uint64_t i = 0; i < spec.requests; ++i) {
    traffic.request(i, request, scratch);
    sum += static_cast<std::uint64_t>(request.answer);
  }
  return sum;
}

SimulationSpec disaggregated(double rate) {
  SimulationSpec spec = engine_spec(rate);
  spec.cluster.prefill = spec.cluster.pool;
  spec.cluster.prefill->replicas = 2;
  spec.cluster.pool.network_bytes_s = spec.cluster.prefill->network_bytes_s = 5e10;
  return spec;
}

TEST(Simulate, EveryTokenIsAccountedFor) {
  SimulationSpec spec = engine_spec(5.0);
  spec.cluster.pool.replica.prefix_cache = false;
  const SimulationResult r = simulate(spec);
  EXPECT_EQ(r.finished, spec.requests);
  EXPECT_EQ(r.rejected, 0U);
  EXPECT_EQ(r.answer_tokens, answers_of(spec));
  EXPECT_EQ(r.pool.preemptions, 0U);
  EXPECT_GT(r.pool.cache_peak, 0.0);
  EXPECT_LE(r.pool.cache_peak, 1.0);
}

TEST(Simulate, TheWayToTheSchedulerCountsAsWaiting) {
  SimulationSpec spec = single_server("10", 1.0);  // requests that hardly ever meet
  spec.requests = 500;
  const double at_once = simulate(spec).ttft.quantiles[0].value;
  spec.cluster.pool.replica.request_s = 0.02;
  const SimulationResult r = simulate(spec);
  EXPECT_NEAR(r.ttft.quantiles[0].value, at_once + 0.02, 1e-4);
  EXPECT_EQ(r.finished, spec.requests);
  EXPECT_LT(r.littles_gap, 1e-9);
}

TEST(Simulate, ASchedulerThatSeldomLooksLetsRequestsWait) {
  SimulationSpec spec = engine_spec(5.0);
  spec.cluster.pool.replica.prefix_cache = false;
  const SimulationResult each_step = simulate(spec);
  spec.cluster.pool.replica.look_steps = 40;
  const SimulationResult seldom = simulate(spec);
  // Half of the steps between two looks, of 5 ms and more each.
  EXPECT_GT(seldom.ttft.mean, each_step.ttft.mean + 0.5 * 40 * 5e-3 * 0.8);
  EXPECT_EQ(seldom.finished, spec.requests);
  EXPECT_EQ(seldom.answer_tokens, answers_of(spec));
  EXPECT_LT(seldom.littles_gap, 1e-9);
}

TEST(Simulate, PromptsWaitForMoreOfThemWhileOthersDecode) {
  SimulationSpec spec = engine_spec(5.0);
  spec.cluster.pool.replica.prefix_cache = false;
  const SimulationResult at_once = simulate(spec);
  spec.cluster.pool.replica.wait_steps = 20;
  spec.cluster.pool.replica.wait_share = 0.9;
  const SimulationResult waiting = simulate(spec);
  // Prompts of 100 to 2000 tokens: some fill a step of 1024 alone, others wait for 20 steps.
  EXPECT_GT(waiting.ttft.mean, at_once.ttft.mean + 0.1 * 20 * 5e-3);
  EXPECT_LT(waiting.ttft.mean, at_once.ttft.mean + 20 * 2e-2);
  EXPECT_EQ(waiting.finished, spec.requests);
  EXPECT_LT(waiting.littles_gap, 1e-9);
  spec.cluster.pool.replica.wait_share = 0.0;  // any is enough
  EXPECT_EQ(simulate(spec).ttft.mean, at_once.ttft.mean);
}

TEST(Simulate, RanksThatBeginPromptsTogetherStallEachOtherLess) {
  SimulationSpec spec = engine_spec(5.0);
  ReplicaSpec& replica = spec.cluster.pool.replica;
  replica.prefix_cache = false;
  replica.ranks = 4;
  replica.step_tokens = 4096;
  spec.traffic.process = ArrivalProcess::kUsers;
  spec.traffic.users = 64;
  spec.traffic.prompt = Distribution::constant(2000.0);
  const SimulationResult alone = simulate(spec);
  replica.together_steps = 60;
  const SimulationResult together = simulate(spec);
  EXPECT_LT(together.tpot.mean, alone.tpot.mean);
  EXPECT_GT(together.ttft.mean, alone.ttft.mean);
  EXPECT_EQ(together.finished, spec.requests);
  EXPECT_EQ(together.answer_tokens, answers_of(spec));
  EXPECT_LT(together.littles_gap, 1e-9);
  replica.gather_steps = 10;
  EXPECT_GT(simulate(spec).ttft.mean, alone.ttft.mean);
  replica.ranks = 1;  // has nobody to wait for
  const double one = simulate(spec).ttft.mean;
  replica.together_steps = replica.gather_steps = 0;
  EXPECT_EQ(simulate(spec).ttft.mean, one);
}

TEST(Simulate, HandingOverAPromptDelaysItsAnswer) {
  SimulationSpec spec = disaggregated(1.0);
  const double before = simulate(spec).ttft.mean;
  spec.cluster.handover_s = 0.05;
  EXPECT_NEAR(simulate(spec).ttft.mean, before + 0.05, 0.01);
}

TEST(Simulate, SequencesMakeRoomWhereTheCacheIsFull) {
  for (const Preemption way : {Preemption::kRecompute, Preemption::kSwap}) {
    SimulationSpec spec = engine_spec(20.0);
    spec.cluster.pool.replica.blocks = 400;
    spec.cluster.pool.replica.preemption = way;
    spec.traffic.prompt = *Distribution::parse("100 to 1000");
    const SimulationResult r = simulate(spec);
    EXPECT_EQ(r.finished + r.rejected, spec.requests);
    EXPECT_GT(r.pool.preemptions, 0U);
    EXPECT_LT(r.littles_gap, 1e-9);
    if (r.rejected == 0) {
      EXPECT_EQ(r.answer_tokens, answers_of(spec));
    }
  }
}

TEST(Simulate, WholeAdmissionNeverPreempts) {
  SimulationSpec spec = engine_spec(20.0);
  spec.cluster.pool.replica.blocks = 400;
  spec.cluster.pool.replica.admission = Admission::kWhole;
  const SimulationResult r = simulate(spec);
  EXPECT_EQ(r.pool.preemptions, 0U);
  EXPECT_EQ(r.finished + r.rejected, spec.requests);
}

TEST(Simulate, WhatNeverFitsIsRejected) {
  SimulationSpec spec = engine_spec(5.0);
  spec.cluster.pool.replica.blocks = 10;
  spec.traffic.prompt = Distribution::constant(1000.0);
  const SimulationResult r = simulate(spec);
  EXPECT_EQ(r.rejected, spec.requests);
  EXPECT_EQ(r.finished, 0U);
  EXPECT_EQ(r.good_share, 0.0);
}

TEST(Simulate, PrefixesAreFoundAgain) {
  SimulationSpec spec = engine_spec(5.0);
  spec.traffic.prefixes = 4;
  spec.traffic.prefix_tokens = Distribution::constant(512.0);
  spec.traffic.prompt = Distribution::constant(1024.0);
  const SimulationResult with = simulate(spec);
  spec.cluster.pool.replica.prefix_cache = false;
  const SimulationResult without = simulate(spec);
  EXPECT_EQ(without.pool.cached_tokens, 0U);
  EXPECT_EQ(with.pool.cached_tokens + with.pool.prompt_tokens, without.pool.prompt_tokens);
  EXPECT_NEAR(static_cast<double>(with.pool.cached_tokens),
              512.0 * static_cast<double>(spec.requests), 512.0 * 8.0);
  EXPECT_LT(with.ttft.mean, without.ttft.mean);
}

TEST(Simulate, CacheAwareRoutingFindsMore) {
  SimulationSpec spec = engine_spec(10.0);
  spec.cluster.pool.replicas = 4;
  spec.cluster.pool.replica.blocks = 1500;
  spec.traffic.prefixes = 40;
  spec.traffic.prefix_zipf = 0.2;
  spec.traffic.prefix_tokens = Distribution::constant(1024.0);
  spec.traffic.prompt = Distribution::constant(1200.0);
  spec.traffic.answer = Distribution::constant(50.0);
  spec.cluster.routing = Routing::kLeastLoaded;
  const SimulationResult least = simulate(spec);
  spec.cluster.routing = Routing::kCacheAware;
  const SimulationResult aware = simulate(spec);
  EXPECT_GT(aware.pool.cached_tokens, least.pool.cached_tokens);
  spec.cluster.routing = Routing::kRoundRobin;
  EXPECT_EQ(simulate(spec).finished, spec.requests);
}

TEST(Simulate, PromptsHaveChipsOfTheirOwn) {
  const SimulationSpec spec = disaggregated(8.0);
  const SimulationResult r = simulate(spec);
  ASSERT_TRUE(r.prefill.has_value());
  EXPECT_EQ(r.finished, spec.requests);
  EXPECT_EQ(r.pool.prompt_tokens, 0U);
  EXPECT_GT(r.prefill->prompt_tokens, 0U);
  EXPECT_EQ(r.answer_tokens, answers_of(spec));
  SimulationSpec slow = spec;
  slow.cluster.pool.network_bytes_s = 1e9;
  const SimulationResult later = simulate(slow);
  EXPECT_GT(later.ttft.mean, r.ttft.mean + 0.01) << "a slow network is felt at the first token";
}

TEST(Simulate, DraftsYieldMoreTokensAStep) {
  SimulationSpec spec = engine_spec(1.0);
  spec.requests = 500;
  const SimulationResult without = simulate(spec);
  spec.cluster.pool.replica.drafts = 2;
  spec.cluster.pool.replica.acceptance = 0.8;
  const SimulationResult with = simulate(spec);
  EXPECT_EQ(with.answer_tokens, without.answer_tokens);
  const double expected = 1.0 + 0.8 + 0.64;
  EXPECT_NEAR(without.tpot.mean / with.tpot.mean, expected, 0.1 * expected);
}

TEST(Simulate, PrioritiesGoFirst) {
  SimulationSpec spec = engine_spec(9.0);
  spec.traffic.priority_shares = {0.1, 0.9};
  const SimulationResult mixed = simulate(spec);
  EXPECT_EQ(mixed.finished, spec.requests);
}

TEST(Simulate, FailuresLoseTimeAndNothingElse) {
  for (SimulationSpec spec : {engine_spec(8.0), disaggregated(8.0)}) {
    spec.cluster.pool.replicas = 3;
    const SimulationResult calm = simulate(spec);
    spec.cluster.mtbf_s = 60.0;
    spec.cluster.repair_s = 20.0;
    const SimulationResult r = simulate(spec);
    EXPECT_GT(r.pool.failures, 0U);
    EXPECT_EQ(r.finished, spec.requests);
    EXPECT_EQ(r.answer_tokens, answers_of(spec)) << "what was written is not written again";
    EXPECT_GT(r.latency.mean, calm.latency.mean);
    EXPECT_LT(r.littles_gap, 1e-9);
  }
}

TEST(Simulate, ReplicasFollowTheLoad) {
  SimulationSpec spec = engine_spec(12.0);
  spec.cluster.pool.replicas = 8;
  spec.traffic.process = ArrivalProcess::kDiurnal;
  spec.traffic.swing = 0.9;
  spec.traffic.period_s = 300.0;
  spec.requests = 6000;
  const SimulationResult all = simulate(spec);
  spec.cluster.autoscaling = Autoscaling{1, 12.0, 4.0, 5.0, 10.0};
  const SimulationResult some = simulate(spec);
  EXPECT_EQ(some.finished, spec.requests);
  EXPECT_LT(some.pool.replicas, all.pool.replicas - 1.0);
  EXPECT_GT(some.pool.replicas, 1.0);
  EXPECT_LT(some.usd, all.usd);
}

TEST(Simulate, UsersWaitForTheirAnswers) {
  SimulationSpec spec = engine_spec(0.0);
  spec.traffic.process = ArrivalProcess::kUsers;
  spec.traffic.users = 16;
  const SimulationResult r = simulate(spec);
  EXPECT_EQ(r.finished, spec.requests);
  EXPECT_LE(r.mean_in_system, 16.0);
  EXPECT_GT(r.mean_in_system, 14.0);
  spec.traffic.think_s = *Distribution::parse("exponential(10)");
  EXPECT_LT(simulate(spec).mean_in_system, 10.0);
}

TEST(Simulate, TasksOfSeveralAnswersShareTheirPrompt) {
  SimulationSpec spec = engine_spec(0.5);
  spec.requests = 200;
  spec.samples = 4;
  spec.rounds = 2;
  spec.traffic.prompt = Distribution::constant(1024.0);
  const SimulationResult r = simulate(spec);
  EXPECT_EQ(r.offered, 200U * 8U);
  EXPECT_EQ(r.task.count + r.warmup_requests / 8, 200U);
  EXPECT_GT(r.task.mean, r.latency.mean);
  EXPECT_GT(r.pool.cached_tokens, 0U);
}

TEST(Simulate, PipelinesAndRanksServeMore) {
  SimulationSpec spec = engine_spec(30.0);
  spec.traffic.process = ArrivalProcess::kAtOnce;
  const double one = simulate(spec).end_s;
  SimulationSpec ranks = spec;
  ranks.cluster.pool.replica.ranks = 4;
  const SimulationResult of_ranks = simulate(ranks);
  EXPECT_LT(of_ranks.end_s, 0.6 * one);
  EXPECT_EQ(of_ranks.finished, spec.requests);
  SimulationSpec lanes = spec;
  lanes.cluster.pool.replica.lanes = 2;
  EXPECT_EQ(simulate(lanes).finished, spec.requests);
}

TEST(Simulate, LongerRunsKeepNoMore) {
  SimulationSpec spec = engine_spec(4.0);
  spec.requests = 20'000;
  const SimulationResult r = simulate(spec);
  EXPECT_LE(r.timeline.size(), 129U);
  EXPECT_EQ(r.measured + r.warmup_requests, spec.requests);
  EXPECT_NEAR(r.requests_per_s, 4.0, 0.2);
}

RC_GTEST_PROP(Simulate, MoreOfAnythingIsNeverWorse, ()) {
  SimulationSpec spec = engine_spec(*rc::gen::inRange(1, 12));
  spec.requests = 300;
  spec.seed = *rc::gen::inRange<std::uint64_t>(1, 1000);
  const SimulationResult before = simulate(spec);
  SimulationSpec faster = spec;
  const auto times = spec.cluster.pool.replica.times;
  faster.cluster.pool.replica.times =
      step_of([times](const StepLoad& load) { return 0.5 * times->seconds(load).total; });
  RC_ASSERT(simulate(faster).latency.mean <= before.latency.mean);
  RC_ASSERT(before.ttft.quantiles[0].value <= before.ttft.quantiles[3].value);
}

TEST(Capacity, FindsTheRateThatAQueueHolds) {
  // In an M/M/1 queue a share 1 - exp(-(mu - lambda) t) is answered within t.
  SimulationSpec spec = single_server("exponential(100)", 1.0);
  spec.requests = 5'000;
  spec.target.latency_s = 0.5;
  CapacityOptions options;
  options.share = 0.9;
  options.threads = 2;
  const CapacityResult found = find_capacity(spec, options);
  const double theory = 10.0 - std::log(10.0) / 0.5;
  ASSERT_TRUE(found.low.has_value());
  EXPECT_LE(*found.low, theory);
  EXPECT_GE(*found.high, theory);
  options.threads = 1;
  EXPECT_EQ(find_capacity(spec, options).rates, found.rates);
}

TEST(Capacity, IsWhatGetsDoneWhereTheTargetSaysNothingOfWaiting) {
  SimulationSpec spec = single_server("exponential(100)", 1.0);
  spec.requests = 5'000;
  spec.target.tpot_s = 1e3;  // holds however many wait
  const CapacityResult found = find_capacity(spec, {});
  EXPECT_NEAR(found.rate, 10.0, 0.5);  // 100 tokens of 1 ms a request
  EXPECT_LT(found.simulations, 60U);
}

TEST(Capacity, SaysWhereNoRateHolds) {
  SimulationSpec spec = engine_spec(1.0);
  spec.target.ttft_s = 1e-3;
  const CapacityResult found = find_capacity(spec, {});
  EXPECT_EQ(found.rate, 0.0);
  EXPECT_GT(found.alone.ttft.mean, 1e-3);
}

TEST(Experts, ImbalanceIsTheBusiestRankOverTheMean) {
  const std::vector<double> even(64, 1.0);
  EXPECT_NEAR(expert_imbalance(even, 8, false), 1.0, 1e-12);
  std::vector<double> one(64, 0.0);
  one[5] = 1.0;
  EXPECT_NEAR(expert_imbalance(one, 8, false), 8.0, 1e-12);
  const std::vector<double> zipf = zipf_popularity(256, 0.8, 7);
  EXPECT_GT(expert_imbalance(zipf, 32, false), expert_imbalance(zipf, 32, true));
  EXPECT_GE(expert_imbalance(zipf, 32, true), 1.0);
}

}  // namespace
}  // namespace redline::sim
