#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/plan_search.h"

#include "perf/test_steps.h"
#include "search/test_spaces.h"

namespace redline {
namespace {

using test::gpt;

OffloadQuestion offload_question(const LlmModel& model, int chips, std::int64_t batch) {
  static const test::Bench kBench("a100-sxm-80gb");
  OffloadQuestion q;
  q.timing = timing_of(model, kBench.steps);
  q.request.tokens = 2048;
  q.chips = chips;
  q.batch = batch;
  q.capacity = Bytes{80e9};
  q.second_capacity = Bytes{512e9};
  q.second_bandwidth = 100e9;
  return q;
}

// The number that Calculon's exhaustive search counts for GPT-3 175B on 4,096 A100 at 4,096
// sequences: the sizes of all its loops, worked out here apart from the space.
TEST(OffloadSpace, IsCountedAsCalculonCountsIt) {
  const LlmModel gpt3 = gpt(96, 12288);
  const OffloadSpace space(offload_question(gpt3, 4096, 4096));
  SearchOptions options;
  options.stop = [] { return true; };
  EXPECT_EQ(run_search(space, options).total, 7'126'368u);
}

RC_GTEST_PROP(OffloadSpaceProperty, PruningFindsWhatBruteForceFinds, ()) {
  const LlmModel model = gpt(4);
  OffloadQuestion q =
      offload_question(model, *rc::gen::element(4, 8, 16), *rc::gen::element(8, 16));
  q.capacity = Bytes{*rc::gen::element(4e9, 10e9, 80e9)};
  q.second_capacity = Bytes{*rc::gen::element(0.0, 512e9)};
  const OffloadSpace space(q);
  SearchOptions options;
  options.top = 3;
  options.prune = false;
  const SearchResult brute = run_search(space, options);
  RC_ASSERT(brute.evaluated == brute.total);  // counted by multiplying, met one by one
  options.prune = true;
  options.threads = 2;
  const SearchResult pruned = run_search(space, options);
  RC_ASSERT(test::same_hits(brute.best, pruned.best));
  if (!brute.best.empty()) {
    const OffloadSpace::Leaf leaf = space.leaf(brute.best.front().number);
    RC_ASSERT(leaf.score.step_s == brute.best.front().scores[0]);
    RC_ASSERT(leaf.score.first <= q.capacity && leaf.score.second <= q.second_capacity);
  }
}

RC_GTEST_PROP(OffloadSpaceProperty, BoundsHoldAboveEveryLeaf, ()) {
  const LlmModel model = gpt(4);
  OffloadQuestion q = offload_question(model, *rc::gen::element(4, 16), 16);
  q.capacity = Bytes{*rc::gen::element(10e9, 80e9)};
  const OffloadSpace space(q);
  SearchOptions options;
  options.stop = [] { return true; };
  const std::uint64_t total = run_search(space, options).total;
  for (int i = 0; i < 50; ++i) {
    RC_ASSERT(test::bounds_hold(space, *rc::gen::inRange<std::uint64_t>(0, total)));
  }
}

TEST(OffloadSpace, ASecondTierNeverMakesAnythingSlowerThanItCouldBe) {
  const LlmModel model = gpt(8, 8192);
  OffloadQuestion q = offload_question(model, 8, 16);
  q.capacity = Bytes{16e9};
  double before = 1e300;
  for (const double second : {0.0, 64e9, 512e9}) {
    q.second_capacity = Bytes{second};
    const SearchResult found = run_search(OffloadSpace(q), {});
    const double now = found.best.empty() ? 1e300 : found.best.front().scores[0];
    EXPECT_LE(now, before);
    before = now;
  }
  EXPECT_LT(before, 1e300);
}

}  // namespace
}  // namespace redline
