#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/plan_search.h"

#include "perf/test_machines.h"

namespace redline {
namespace {

LlmModel gpt(int layers) {
  LlmModel model;
  model.id = "gpt";
  model.shape.layers = layers;
  model.shape.hidden = 4096;
  model.shape.heads = model.shape.kv_heads = 32;
  model.shape.head_dim = 128;
  model.shape.ffn = 16384;
  model.shape.ffn_kind = FfnKind::kPlain;
  model.shape.vocabulary = 51200;
  return model;
}

LlmModel experts(int layers) {
  LlmModel model = gpt(layers);
  model.id = "experts";
  model.moe = Moe{};
  model.moe->experts = 16;
  model.moe->experts_per_token = 2;
  model.moe->expert_ffn = 2048;
  model.moe->dense_layers = 1;
  return model;
}

struct Bench {
  Bench()
      : machine(test::machine("h100-sxm5")),
        kernels(machine, test::world().calibration),
        engine(*find_engine("megatron-core")),
        steps(machine, kernels, test::world().calibration, engine, "16bit") {}
  Machine machine;
  KernelModel kernels;
  const Engine& engine;
  StepModel steps;
};
const Bench& bench() {
  static const Bench kBench;
  return kBench;
}

TrainingQuestion question(const LlmModel& model, std::vector<int> chips, std::int64_t batch) {
  const Bench& b = bench();
  TrainingQuestion q;
  q.model = &model;
  q.kernels = &b.kernels;
  q.engine = &b.engine;
  q.rates = b.steps.rates();
  q.constants = b.steps.training_constants().values;
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
  RC_ASSERT(brute.best.size() == pruned.best.size() && brute.front.size() == pruned.front.size());
  for (std::size_t i = 0; i < brute.best.size(); ++i) {
    RC_ASSERT(brute.best[i].number == pruned.best[i].number);
    RC_ASSERT(brute.best[i].scores == pruned.best[i].scores);
  }
  for (std::size_t i = 0; i < brute.front.size(); ++i) {
    RC_ASSERT(brute.front[i].number == pruned.front[i].number);
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
  const TrainingPlan plan = space.plan_of(hit.number);
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
