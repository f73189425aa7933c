#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/plan_search.h"

#include "perf/test_steps.h"
#include "search/test_spaces.h"

namespace redline {
namespace {

using test::experts;
using test::gpt;

const test::Bench& bench() {
  static const test::Bench kBench("h100-sxm5");
  return kBench;
}

TrainingQuestion question(const LlmModel& model, std::vector<int> chips, std::int64_t batch) {
  TrainingQuestion q;
  q.variants = {{timing_of(model, bench().steps), {}}};
  q.base.request.tokens = 2048;
  q.base.shard.node_ranks = 8;
  q.batch = batch;
  q.capacity = Bytes{80e9};
  q.usd_per_chip_s = 0.001;
  q.watts = 900.0;
  q.objectives = {PlanObjective::kTime};
  q.dimensions = usual_dimensions(model, std::move(chips), batch, 2048, 8);
  return q;
}

RC_GTEST_PROP(TrainingSpaceProperty, PruningFindsWhatBruteForceFinds, ()) {
  const LlmModel model = *rc::gen::arbitrary<bool>() ? gpt(8) : experts(8);
  TrainingQuestion q = question(model, {*rc::gen::element(8, 16)}, *rc::gen::element(8, 32));
  q.capacity = Bytes{*rc::gen::element(20e9, 40e9, 80e9)};
  if (*rc::gen::arbitrary<bool>()) {
    q.dimensions.chips.push_back(32);
    q.objectives = {PlanObjective::kCost, PlanObjective::kTime};
  }
  const TrainingSpace space(q);
  SearchOptions options;
  options.top = 4;
  options.prune = false;
  const SearchResult brute = run_search(space, options);
  options.prune = true;
  options.threads = *rc::gen::element(1, 2);
  const SearchResult pruned = run_search(space, options);
  RC_ASSERT(test::same_hits(brute.best, pruned.best));
  RC_ASSERT(test::same_hits(brute.front, pruned.front));
}

RC_GTEST_PROP(TrainingSpaceProperty, BoundsHoldAboveEveryLeaf, ()) {
  const LlmModel model = *rc::gen::arbitrary<bool>() ? gpt(8) : experts(8);
  TrainingQuestion q = question(model, {8, 16}, 32);
  q.objectives = {PlanObjective::kTime, PlanObjective::kCost, PlanObjective::kEnergy,
                  PlanObjective::kChips, PlanObjective::kMemory};
  const TrainingSpace space(q);
  const std::uint64_t total = run_search(space, {}).total;
  for (int i = 0; i < 50; ++i) {
    RC_ASSERT(test::bounds_hold(space, *rc::gen::inRange<std::uint64_t>(0, total)));
  }
}

// What the tables say is what the model of one step says.
RC_GTEST_PROP(TrainingSpaceProperty, ALeafIsTheStepOfItsPlan, ()) {
  const LlmModel model = *rc::gen::arbitrary<bool>() ? gpt(12) : experts(12);
  const TrainingSpace space(question(model, {16}, 32));
  SearchOptions options;
  options.top = 200;
  options.prune = false;
  const SearchResult found = run_search(space, options);
  RC_ASSERT(!found.best.empty());
  const SearchHit hit = found.best[*rc::gen::inRange<std::size_t>(0, found.best.size())];
  const TrainingPlan plan = space.leaf(hit.number).plan;
  RC_ASSERT(check(model, plan).empty());
  const TrainingEstimate estimate = bench().steps.training(model, plan);
  RC_ASSERT(std::abs(estimate.time.total.base() - hit.scores[0]) <= 1e-9 * hit.scores[0]);
  RC_ASSERT(estimate.memory.total() <= Bytes{80e9});
}

TEST(TrainingSpace, FewerChipsNeverTrainFaster) {
  const LlmModel model = gpt(24);
  double before = 1e300;
  for (const int chips : {8, 16, 64, 256}) {
    const SearchResult found = run_search(TrainingSpace(question(model, {chips}, 256)), {});
    ASSERT_FALSE(found.best.empty());
    EXPECT_LT(found.best.front().scores[0], before);
    before = found.best.front().scores[0];
  }
}

TEST(TrainingSpace, NothingFitsWhereMemoryIsTooSmall) {
  const LlmModel model = gpt(24);
  TrainingQuestion q = question(model, {8}, 32);
  q.capacity = Bytes{2e9};
  const SearchResult found = run_search(TrainingSpace(q), {});
  EXPECT_TRUE(found.best.empty());
  EXPECT_EQ(found.feasible, 0u);
}

}  // namespace
}  // namespace redline
