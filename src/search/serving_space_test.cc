#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/serving_search.h"

#include "perf/test_steps.h"
#include "search/test_spaces.h"

namespace redline {
namespace {

using test::experts;
using test::gpt;

const test::Bench& h20() {
  static const test::Bench kBench("h20-96gb", "sglang");
  return kBench;
}
const test::Bench& h800() {
  static const test::Bench kBench("h800-sxm", "sglang");
  return kBench;
}

ServingSite site(const test::Bench& bench, double usd, Format cache = Format::kBf16) {
  ServingSite one;
  one.steps = &bench.steps;
  one.precision.kv_cache = cache;
  one.variant = cache == Format::kFp8 ? 1 : 0;
  one.capacity = *bench.chip.memory.capacity->value;
  one.domain = 8;
  one.network_bytes_s = 50e9;
  one.usd_per_chip_s = usd;
  one.watts = 700.0;
  return one;
}

// Small enough for brute force.
ServingQuestion question(const LlmModel& model) {
  ServingQuestion q;
  q.model = &model;
  q.load = {1024, 256};
  q.sites = {site(h20(), 0.0003)};
  q.prompt_sites = {site(h20(), 0.0003), site(h800(), 0.0006)};
  q.objectives = {ServingObjective::kCost};
  ServingDimensions& d = q.dimensions;
  d = usual_serving_dimensions(model, q.load, 8);
  d.decode.tensor = {1, 2, 4};
  d.decode.pipeline = {1, 2};
  d.decode.data = model.moe ? std::vector<int>{1, 4} : std::vector<int>{1};
  d.decode.batch = {1, 8, 48, 256};
  d.prefill.tensor = {1, 2};
  d.prefill.pipeline = {1, 2};
  d.prefill.data = {1};
  d.prefill.batch = {1, 4};
  d.chunk = {256, 1024};
  return q;
}

RC_GTEST_PROP(ServingSpaceProperty, PruningFindsWhatBruteForceFinds, ()) {
  const LlmModel model = *rc::gen::arbitrary<bool>() ? gpt(8) : experts(8);
  ServingQuestion q = question(model);
  if (*rc::gen::arbitrary<bool>()) {
    q.sites.push_back(site(h20(), 0.0003, Format::kFp8));
    q.prompt_sites.push_back(site(h800(), 0.0006, Format::kFp8));
  }
  q.ttft_s = *rc::gen::element(0.02, 0.1, 0.5, 1e9);
  q.tpot_s = *rc::gen::element(0.004, 0.01, 0.03, 1e9);
  q.chips = *rc::gen::element(0, 0, 7, 16);
  q.requests_per_s = *rc::gen::element(0.0, 0.0, 20.0);
  q.load.answer = *rc::gen::element(16, 256, 4096);
  for (const ServingObjective one : {ServingObjective::kTtft, ServingObjective::kTpot,
                                     ServingObjective::kEnergy, ServingObjective::kMemory}) {
    if (*rc::gen::arbitrary<bool>()) {
      q.objectives.insert(q.objectives.begin() + (*rc::gen::arbitrary<bool>() ? 1 : 0), one);
    }
  }
  const ServingSpace space(q);
  SearchOptions options;
  options.top = 4;
  options.prune = false;
  const SearchResult brute = run_search(space, options);
  options.prune = true;
  options.threads = *rc::gen::element(1, 2);
  const SearchResult pruned = run_search(space, options);
  RC_ASSERT(brute.total == pruned.total);
  RC_ASSERT(brute.evaluated == brute.total);
  RC_ASSERT(test::same_hits(brute.best, pruned.best));
  RC_ASSERT(test::same_hits(brute.front, pruned.front));
}

RC_GTEST_PROP(ServingSpaceProperty, BoundsHoldAboveEveryLeaf, ()) {
  const LlmModel model = *rc::gen::arbitrary<bool>() ? gpt(8) : experts(8);
  ServingQuestion q = question(model);
  q.tpot_s = *rc::gen::element(0.01, 0.05, 1e9);
  q.chips = *rc::gen::element(0, 16);
  q.load.answer = *rc::gen::element(16, 256, 4096);
  q.objectives = {ServingObjective::kThroughput, ServingObjective::kCost,
                  ServingObjective::kEnergy,     ServingObjective::kTtft,
                  ServingObjective::kTpot,       ServingObjective::kMemory};
  const ServingSpace space(q);
  const std::uint64_t total = run_search(space, {}).total;
  for (int i = 0; i < 50; ++i) {
    RC_ASSERT(test::bounds_hold(space, *rc::gen::inRange<std::uint64_t>(0, total)));
  }
}

// Every scheme keeps its limits and adds up.
RC_GTEST_PROP(ServingSpaceProperty, ASchemeIsWhatItsScoresSay, ()) {
  const LlmModel model = *rc::gen::arbitrary<bool>() ? gpt(8) : experts(8);
  ServingQuestion q = question(model);
  q.ttft_s = 0.3;
  q.tpot_s = 0.03;
  q.chips = *rc::gen::element(0, 13, 24);
  q.requests_per_s = q.chips > 0 ? 0.0 : *rc::gen::element(0.0, 30.0);
  q.objectives = {ServingObjective::kCost,   ServingObjective::kTtft,
                  ServingObjective::kTpot,   ServingObjective::kThroughput,
                  ServingObjective::kEnergy, ServingObjective::kMemory};
  const ServingSpace space(q);
  SearchOptions options;
  options.top = 300;
  const SearchResult found = run_search(space, options);
  RC_ASSERT(!found.best.empty());
  const SearchHit hit = found.best[*rc::gen::inRange<std::size_t>(0, found.best.size())];
  const ServingScheme s = space.scheme(hit.number);
  RC_ASSERT(s.ttft_s == hit.scores[1] && s.ttft_s <= q.ttft_s);
  RC_ASSERT(s.tpot_s == hit.scores[2] && s.tpot_s <= q.tpot_s);
  RC_ASSERT(s.usd_per_s / s.tokens_per_s * 1e6 == hit.scores[0]);
  RC_ASSERT(s.memory.base() == hit.scores[5]);
  RC_ASSERT(s.memory <= q.sites[s.decode.site].capacity);
  RC_ASSERT(s.mfu > 0.0 && s.mfu < 1.0);
  RC_ASSERT((s.chunk > 0) == (s.prefill.instances == 0.0));
  if (q.chips > 0) {
    RC_ASSERT(s.chips == static_cast<double>(q.chips));
    RC_ASSERT(s.decode.chips() + s.prefill.chips() <= s.chips);
  }
  if (q.requests_per_s > 0.0) {
    RC_ASSERT(s.tokens_per_s == q.requests_per_s * static_cast<double>(q.load.answer));
    RC_ASSERT(s.decode.instances == std::floor(s.decode.instances));
  }
  // What the model of one step says.
  const ServingEstimate step =
      h20().steps.serving(model, s.decode.plan, decode_step(q.load, s.decode.plan, s.decode.batch));
  if (s.chunk == 0) {
    RC_ASSERT(s.tpot_s == step.time.total.base());
  } else {
    const ChunkedPrefill chunked =
        chunked_prefill(model, h20().steps, s.decode.plan, q.load, s.decode.batch, s.chunk, step);
    RC_ASSERT(s.tpot_s == chunked.step_s && s.ttft_s == chunked.ttft_s);
  }
}

// The mix of two kinds of instances that a closed form chooses, against all mixes.
TEST(ServingSpace, ChipsAreSharedOutAsWellAsTheyCanBe) {
  const LlmModel model = gpt(8);
  ServingQuestion q = question(model);
  q.dimensions.chunk.clear();
  q.objectives = {ServingObjective::kThroughput};
  for (const int chips : {5, 9, 17, 31, 64}) {
    q.chips = chips;
    const ServingSpace space(q);
    const SearchResult found = run_search(space, {1, true, 50});
    ASSERT_FALSE(found.best.empty());
    for (const SearchHit& hit : found.best) {
      const ServingScheme s = space.scheme(hit.number);
      const auto answer = static_cast<double>(q.load.answer);
      const double decodes =
          decode_replica(
              s.decode.plan, q.load, s.decode.batch,
              h20()
                  .steps
                  .serving(model, s.decode.plan, decode_step(q.load, s.decode.plan, s.decode.batch))
                  .stage.base(),
              1.0)
              .per_s;
      const test::Bench& from = s.prefill.site == 0 ? h20() : h800();
      const double prompts =
          prefill_replica(s.prefill.plan, s.prefill.batch,
                          from.steps
                              .serving(model, s.prefill.plan,
                                       prefill_step(q.load, s.prefill.plan, s.prefill.batch))
                              .stage.base(),
                          1.0)
              .per_s;
      double most = 0.0;
      for (int x = 1; x <= chips; ++x) {
        for (int y = 1; y <= chips; ++y) {
          if (x * s.decode.plan.chips() + y * s.prefill.plan.chips() <= chips) {
            most = std::max(most, std::min(x * decodes, y * prompts));
          }
        }
      }
      EXPECT_NEAR(s.tokens_per_s, most * answer, 1e-9 * most * answer) << chips;
    }
  }
}

TEST(ServingSpace, TighterLimitsNeverServeCheaper) {
  const LlmModel model = gpt(24);
  double before = 0.0;
  for (const double limit : {0.2, 0.03, 0.01, 0.006}) {
    ServingQuestion q = question(model);
    q.dimensions.decode.batch = usual_serving_dimensions(model, q.load, 8).decode.batch;
    q.tpot_s = limit;
    const SearchResult found = run_search(ServingSpace(q), {});
    ASSERT_FALSE(found.best.empty()) << limit;
    EXPECT_GE(found.best.front().scores[0], before);
    before = found.best.front().scores[0];
  }
}

TEST(ServingSpace, ACheaperChipForPromptsIsTaken) {
  const LlmModel model = gpt(24);
  ServingQuestion q = question(model);
  q.dimensions.chunk.clear();
  q.prompt_sites[0].usd_per_chip_s = 0.01;
  const ServingSpace dear(q);
  EXPECT_EQ(dear.scheme(run_search(dear, {}).best.front().number).prefill.site, 1u);
  q.prompt_sites[1].usd_per_chip_s = 0.1;
  const ServingSpace cheap(q);
  EXPECT_EQ(cheap.scheme(run_search(cheap, {}).best.front().number).prefill.site, 0u);
}

TEST(ServingSpace, NoPlanLeavesANodeWhoseNetworkIsNotKnown) {
  const LlmModel model = experts(8);
  Machine machine = test::machine("h20-96gb");
  machine.network.nic.reset();
  const KernelModel kernels(machine, test::world().calibration);
  const StepModel steps(machine, kernels, test::world().calibration, *find_engine("sglang"),
                        "16bit experts");
  ServingQuestion q = question(model);
  q.sites[0].steps = &steps;
  q.sites[0].network_bytes_s = 0.0;
  q.dimensions.decode.data = {1, 4, 16};
  const ServingSpace space(q);
  const SearchResult found = run_search(space, {1, true, 200});
  ASSERT_FALSE(found.best.empty());
  for (const SearchHit& hit : found.best) {
    const ServingPlan plan = space.scheme(hit.number).decode.plan;
    EXPECT_LE(plan.shard.tensor * plan.shard.data, 8);
    EXPECT_FALSE(steps.refuses(model, plan, decode_step(q.load, plan, 1)));
  }
}

TEST(ServingSpace, NoPoolSendsWhereNoNetworkIsKnown) {
  const LlmModel model = gpt(8);
  ServingQuestion q = question(model);
  q.sites[0].network_bytes_s = 0.0;
  const ServingSpace space(q);
  const SearchResult found = run_search(space, {1, true, 20});
  ASSERT_FALSE(found.best.empty());
  for (const SearchHit& hit : found.best) {
    EXPECT_GT(space.scheme(hit.number).chunk, 0);
  }
}

}  // namespace
}  // namespace redline
