#include "redline/step.h"

#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "perf/pass_cost.h"
#include "perf/step_constants.h"
#include "perf/test_steps.h"
#include "perf/training_step.h"

namespace redline {
namespace {

using test::Bench;
using test::gpt;

Bench bench(const std::string& chip, std::string_view engine = "megatron-core") {
  return Bench(chip, engine);
}

TrainingPlan plan(int tensor, int pipeline, int data, std::int64_t microbatches) {
  TrainingPlan plan;
  plan.shard.tensor = tensor;
  plan.shard.sequence_parallel = tensor > 1;
  plan.shard.data = data;
  plan.shard.node_ranks = 8;
  plan.pipeline = pipeline;
  plan.request.microbatches = microbatches;
  return plan;
}

double sum(const StepTime& time) {
  double total = 0.0;
  for (const Seconds part : time.parts) {
    total += part.base();
  }
  return total;
}
double part(const StepTime& time, Work work) { return time.parts[index_of(work)].base(); }

TEST(TrainingStep, OneChipHasNoMessagesAndNoBubble) {
  const Bench b = bench("h100-sxm5");
  const TrainingEstimate e = b.steps.training(gpt(8), plan(1, 1, 1, 2));
  for (const Work work : {Work::kTensor, Work::kContext, Work::kExpert, Work::kPipeline,
                          Work::kData, Work::kBubble}) {
    EXPECT_EQ(part(e.time, work), 0.0) << kWorkNames[index_of(work)];
  }
  EXPECT_NEAR(sum(e.time), e.time.total.base(), 1e-12);
}

TEST(CostSum, AddsWhatEachOperatorCosts) {
  const Bench b = bench("h800-sxm", "hai-llm");
  const LlmModel model = test::experts(4);
  Shard shard;
  shard.tensor = 2;
  shard.expert = 4;
  shard.data = 2;
  shard.node_ranks = 8;
  std::vector<Task> tasks;
  append_training(model, {}, shard, TrainingPart::kForward, tasks);
  append_training(model, {}, shard, TrainingPart::kBackward, tasks);
  perf::PassCost cost;
  perf::PassCost weight;
  perf::CostSum sum(b.kernels, b.steps.engine());
  sum.add_to(cost, &weight);
  double seconds = 0.0;
  double of_weights = 0.0;
  for (const Task& task : tasks) {
    std::visit([&](const auto& op) { sum.take(task.name, op, task.count); }, task.op);
    const double one =
        b.kernels.cost(perf::kernel_of(task.op, b.steps.engine(), b.kernels.limits())).seconds();
    seconds += static_cast<double>(task.count) * one;
    of_weights += task.name.ends_with("_wgrad") ? static_cast<double>(task.count) * one : 0.0;
  }
  const auto all = [](const perf::PassCost& of) {
    return std::accumulate(of.seconds.begin(), of.seconds.end(), 0.0);
  };
  EXPECT_NEAR(all(cost), seconds, 1e-12 * seconds);
  EXPECT_GT(of_weights, 0.0);
  EXPECT_NEAR(all(weight), of_weights, 1e-12 * seconds);
}

TEST(CostSum, GathersTokensAmongFewRanksWhereTheEngineDoes) {
  const Bench b = bench("h200-sxm", "vllm");
  ASSERT_EQ(b.steps.engine().gathers_experts, 8);
  ExpertExchange exchange{.ranks = 8,
                          .ranks_per_node = 8,
                          .tokens_per_rank = 64,
                          .hidden = 7168,
                          .experts_per_token = 8,
                          .format = Format::kFp8};
  const auto cost_of = [&b](const ExpertExchange& op) {
    perf::PassCost cost;
    perf::CostSum sum(b.kernels, b.steps.engine());
    sum.add_to(cost);
    sum.take("dispatch", op, 1);
    return cost.at(Work::kExpert);
  };
  const auto message = [&b](Collective::Kind kind, double bytes) {
    return b.kernels.cost(Collective{kind, Bytes{bytes}, 8, 8}, {.library = Library::kNccl})
        .seconds();
  };
  // Tokens of all ranks in 8 bits, their sums in 16.
  EXPECT_EQ(cost_of(exchange), message(Collective::Kind::kAllGather, 8.0 * 64.0 * 7168.0));
  exchange.kind = ExpertExchange::Kind::kCombine;
  exchange.format = Format::kBf16;
  EXPECT_EQ(cost_of(exchange), message(Collective::Kind::kReduceScatter, 16.0 * 64.0 * 7168.0));
  exchange.ranks = 16;
  EXPECT_EQ(cost_of(exchange), b.kernels.cost(exchange, {.library = Library::kDeepep}).seconds());
}

TEST(TrainingStep, TheBubbleOfEqualStagesIsThatOfTheTextbook) {
  // (p - 1) / m of the work of 1F1B, and a v-th of it interleaved (Narayanan et al. 2021, 2.2).
  const Bench b = bench("a100-sxm-80gb", "megatron-2021");
  const LlmModel model = gpt(32, 8192);
  TrainingPlan p = plan(1, 4, 1, 16);
  const StepTime one = b.steps.training(model, p).time;
  p.schedule = Schedule::kInterleaved;
  p.virtual_stages = 4;
  const StepTime four = b.steps.training(model, p).time;
  EXPECT_NEAR(part(four, Work::kBubble), part(one, Work::kBubble) / 4.0, 1e-9);
  const double work =
      part(one, Work::kMatrix) + part(one, Work::kAttention) + part(one, Work::kVector);
  // The last stage has the head besides and sets the pace, so that the others idle a little less.
  EXPECT_LT(part(one, Work::kBubble), work * 3.0 / 16.0);
  EXPECT_GT(part(one, Work::kBubble), work * 3.0 / 16.0 * 0.8);
}

TEST(TrainingStep, LayersAreDealtOutEvenly) {
  const auto counts = [](int layers, int stages) {
    std::vector<int> found;
    int end = 0;
    for (int stage = 0; stage < stages; ++stage) {
      const perf::StageLayers one = perf::stage_layers(layers, stages, stage);
      EXPECT_EQ(one.first, end);
      end = one.end;
      found.push_back(one.end - one.first);
    }
    EXPECT_EQ(end, layers);
    return found;
  };
  EXPECT_EQ(counts(12, 4), (std::vector<int>{3, 3, 3, 3}));
  EXPECT_EQ(counts(126, 16), (std::vector<int>{7, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 7}));
  EXPECT_EQ(counts(61, 16), (std::vector<int>{3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3}));
}

TEST(TrainingStep, TwiceTheLayersTakeTwiceTheTimeBetweenTheEnds) {
  const Bench b = bench("h100-sxm5");
  const auto seconds = [&](int layers) {
    const StepTime t = b.steps.training(gpt(layers), plan(1, 1, 1, 1)).time;
    return part(t, Work::kMatrix) + part(t, Work::kAttention) + part(t, Work::kVector);
  };
  EXPECT_NEAR(seconds(32) - seconds(16), seconds(48) - seconds(32), 1e-9);
}

TEST(TrainingStep, RecomputationCountsInHfuAlone) {
  const Bench b = bench("a100-sxm-80gb", "megatron-2021");
  TrainingPlan p = plan(8, 1, 1, 4);
  const TrainingEstimate none = b.steps.training(gpt(48, 6144), p);
  EXPECT_NEAR(none.hfu, none.mfu, 1e-12);
  p.request.recompute = Recompute::kFull;
  const TrainingEstimate full = b.steps.training(gpt(48, 6144), p);
  EXPECT_GT(full.time.total, none.time.total);
  EXPECT_EQ(full.model_ops.base(), none.model_ops.base());
  // All layers again are a third of the model's operations, but for the head.
  EXPECT_NEAR(full.hfu / full.mfu, 4.0 / 3.0, 0.02);
}

TEST(TrainingStep, MemoryOfMegatronAt22BillionIsThatOfThePaper) {
  // Korthikanti et al. 2022, figure 1: parameters and optimizer state 45.6 GiB, activations 59.3.
  LlmModel model = gpt(48, 6144);
  model.shape.heads = model.shape.kv_heads = 64;
  model.shape.head_dim = 96;
  TrainingPlan p = plan(8, 1, 1, 1);
  p.shard.sequence_parallel = false;
  p.request.sequences = 4;
  p.request.flash_attention = false;
  p.request.dropout = true;
  const StepMemory m = training_memory(model, p);
  constexpr double kGib = 1073741824.0;
  EXPECT_NEAR((m.weights + m.gradients + m.optimizer).base() / kGib, 45.6, 45.6 * 0.04);
  EXPECT_NEAR(m.activations.base() / kGib, 59.3, 59.3 * 0.04);
}

TEST(TrainingStep, ZeroSplitsWhatItSays) {
  const LlmModel model = gpt(8);
  TrainingPlan p = plan(1, 1, 8, 1);
  const StepMemory none = training_memory(model, p);
  p.shard.zero = ZeroStage::kOptimizer;
  const StepMemory one = training_memory(model, p);
  EXPECT_NEAR(one.optimizer.base(), none.optimizer.base() / 8.0, 1.0);
  EXPECT_EQ(one.gradients.base(), none.gradients.base());
  p.shard.zero = ZeroStage::kParameters;
  const StepMemory three = training_memory(model, p);
  EXPECT_NEAR(three.weights.base(), none.weights.base() / 8.0, 1.0);
}

TEST(TrainingStep, ImpossiblePlansAreNamed) {
  TrainingPlan p = plan(3, 20, 1, 1);
  const Diagnostics problems = check(gpt(8), p);
  ASSERT_GE(problems.size(), 2u);
  EXPECT_EQ(problems.front().message, "20 pipeline stages for 8 layers");
}

RC_GTEST_PROP(TrainingStepProperty, NeverBeatsTheRooflineAndPartsAddUp, ()) {
  static const Bench b = bench("h800-sxm");
  const int tensor = *rc::gen::element(1, 2, 4, 8);
  const int pipeline = *rc::gen::element(1, 2, 4);
  TrainingPlan p = plan(tensor, pipeline, *rc::gen::element(1, 4), *rc::gen::inRange(1, 64));
  p.request.sequences = *rc::gen::inRange(1, 4);
  p.request.tokens = *rc::gen::element(512, 2048, 8192);
  p.request.recompute =
      *rc::gen::element(Recompute::kNone, Recompute::kSelective, Recompute::kFull);
  p.schedule =
      *rc::gen::element(Schedule::kGpipe, Schedule::kOneForwardOneBackward, Schedule::kZeroBubble);
  const LlmModel model = gpt(*rc::gen::element(8, 24));
  const TrainingEstimate e = b.steps.training(model, p);
  RC_ASSERT(std::abs(sum(e.time) - e.time.total.base()) <= 1e-9 * e.time.total.base());
  const double peak = b.chip.compute.bf16->rate.value->base() * static_cast<double>(p.chips());
  RC_ASSERT(e.time.total.base() >=
            model_ops(model, p.request, MaskedScores::kLeftOut).base() * p.shard.data / peak);
  RC_ASSERT(e.time.low <= e.time.total && e.time.total <= e.time.high);
}

RC_GTEST_PROP(StepProperty, MoreBandwidthNeverSlowsAStep, ()) {
  Chip faster = *test::world().catalog.chip("h20-96gb");
  const double factor = *rc::gen::element(1.1, 1.5, 3.0);
  const bool link = *rc::gen::arbitrary<bool>();
  if (link) {
    faster.link->bandwidth->value = *faster.link->bandwidth->value * factor;
  } else {
    faster.memory.bandwidth->value = *faster.memory.bandwidth->value * factor;
  }
  static const Bench kBase = bench("h20-96gb", "sglang");
  const Bench more(faster, "sglang");
  ServingPlan p;
  p.shard.tensor = *rc::gen::element(1, 4, 8);
  p.shard.node_ranks = 8;
  InferenceRequest request;
  if (*rc::gen::arbitrary<bool>()) {
    request.decode = {.count = *rc::gen::inRange(1, 256), .cached = *rc::gen::inRange(1, 16384)};
  } else {
    request.prefill = {.count = *rc::gen::inRange(1, 8), .new_tokens = *rc::gen::inRange(1, 8192)};
  }
  const LlmModel model = gpt(16);
  const double before = kBase.steps.serving(model, p, request).time.total.base();
  const double after = more.steps.serving(model, p, request).time.total.base();
  RC_ASSERT(after <= before * (1.0 + 1e-9));
}

// Attention of sequences that decode, beside a prompt of 16 tokens and without it.
double beside_a_prompt(const std::string& chip) {
  const Bench b = bench(chip, "vllm");
  LlmModel model = gpt(16);
  model.shape.kv_heads = 8;
  InferenceRequest request;
  request.decode = {.count = 64, .cached = 2048};
  const double alone = part(b.steps.serving(model, {}, request).time, Work::kAttention);
  request.prefill = {.count = 1, .new_tokens = 16};
  const double beside = part(b.steps.serving(model, {}, request).time, Work::kAttention);
  request.decode = {};
  return (beside - part(b.steps.serving(model, {}, request).time, Work::kAttention)) / alone;
}

TEST(ServingStep, APromptUnpacksTheHeadsOfFlashAttention2) {
  EXPECT_GT(beside_a_prompt("a100-sxm-80gb"), 1.2);
  EXPECT_GT(beside_a_prompt("rtx-4090"), 1.2);
  // Others are what they were, but for fixed times that graphs save.
  EXPECT_NEAR(beside_a_prompt("h100-sxm5"), 1.0, 0.1);
  EXPECT_NEAR(beside_a_prompt("b200"), 1.0, 0.1);
}

TEST(CostSum, AKernelOfOneGenerationRunsOnItsChips) {
  const Engine& vllm = *find_engine("vllm");
  Attention a;
  a.phase = Attention::Phase::kDecode;
  const auto runs = [&](const char* chip, const Engine& engine) {
    return perf::execution_of(a, engine, perf::limits_of(test::machine(chip)), true);
  };
  EXPECT_EQ(runs("h200-sxm", vllm).library, Library::kFlashattention3);
  EXPECT_EQ(runs("b200", vllm).library, Library::kTrtllm);
  EXPECT_EQ(runs("a100-sxm-80gb", vllm).library, Library::kFlashattention2);
  EXPECT_TRUE(runs("a100-sxm-80gb", vllm).lone_heads);
  EXPECT_FALSE(runs("a100-sxm-80gb", *find_engine("trtllm")).lone_heads);
  a.phase = Attention::Phase::kPrefill;
  EXPECT_EQ(runs("b200", vllm).library, Library::kFlashattention4);
  EXPECT_FALSE(runs("a100-sxm-80gb", vllm).lone_heads);
  a.latent = true;
  EXPECT_EQ(runs("a100-sxm-80gb", vllm).library, Library::kFlashmla);
}

TEST(ServingStep, OneChipSendsNothing) {
  const Bench b = bench("h20-96gb", "sglang");
  InferenceRequest request;
  request.decode = {.count = 8, .cached = 1024};
  const ServingEstimate e = b.steps.serving(gpt(16), {}, request);
  EXPECT_EQ(part(e.time, Work::kTensor), 0.0);
  EXPECT_EQ(part(e.time, Work::kExpert), 0.0);
  EXPECT_NEAR(sum(e.time), e.time.total.base(), 1e-12);
}

TEST(ServingStep, RanksThatShareExpertsWaitForEachOther) {
  const Bench b = bench("h100-sxm5", "vllm");
  InferenceRequest request;
  request.decode = {.count = 8, .cached = 1024};
  ServingPlan p;
  p.shard.data = p.shard.expert = 4;
  p.shard.node_ranks = 8;
  const auto rise = [&](const LlmModel& model) {
    const StepModel::Timer timer = b.steps.serving_timer(model, p, request);
    auto values = b.steps.serving_constants().values;
    const double before = timer(values);
    values[perf::kServeRanks] += 1e-3;
    return timer(values) - before;
  };
  EXPECT_NEAR(rise(test::experts(4)), 2e-3, 1e-12);  // two doublings
  p.shard.expert = 1;
  EXPECT_EQ(rise(gpt(4)), 0.0);
}

// Of a step's time, where a constant of its engine goes from one value to the other.
double ratio_of(const Bench& b, const LlmModel& model, const ServingPlan& plan,
                perf::ServingConstant constant, double from, double to) {
  InferenceRequest request;
  request.decode = {.count = 8, .cached = 1024};
  const StepModel::Timer timer = b.steps.serving_timer(model, plan, request);
  auto values = b.steps.serving_constants().values;
  values[constant] = from;
  const double before = timer(values);
  values[constant] = to;
  return timer(values) / before;
}

TEST(ServingStep, NothingHidesTokensThatAreGathered) {
  ServingPlan p;
  p.shard.data = p.shard.expert = 4;
  p.shard.node_ranks = 8;
  const auto rise = [&](const char* engine) {
    return ratio_of(bench("h100-sxm5", engine), test::experts(4), p, perf::kServeExpert, 0.2, 0.4);
  };
  EXPECT_EQ(rise("vllm"), 1.0);
  EXPECT_GT(rise("sglang"), 1.0);
}

TEST(ServingStep, OverAHostsBusAnEnginesOwnMessagesSaveNothing) {
  ServingPlan p;
  p.shard.tensor = 2;
  p.shard.node_ranks = 2;
  const auto halved = [&](const char* chip) {
    return ratio_of(bench(chip, "vllm"), gpt(4), p, perf::kServeMessages, 1.0, 0.5);
  };
  EXPECT_EQ(halved("rtx-pro-6000-blackwell-server"), 1.0);
  EXPECT_LT(halved("h100-sxm5"), 1.0);
}

TEST(ServingStep, TheLargestBatchIsTheLastThatFits) {
  const LlmModel model = gpt(16);
  const ServingPlan p;
  const Bytes capacity{24e9};
  const std::int64_t most = largest_batch(model, p, capacity, 4096);
  ASSERT_GT(most, 1);
  EXPECT_LE(serving_memory(model, p, most, 4096, most).total(), capacity);
  EXPECT_GT(serving_memory(model, p, most + 1, 4096, most + 1).total(), capacity);
  EXPECT_EQ(largest_batch(model, p, Bytes{1e9}, 4096), 0);
}

TEST(ServingStep, StagesShareTheWorkOfAFullPipeline) {
  const Bench b = bench("h20-96gb", "sglang");
  InferenceRequest request;
  request.decode = {.count = 8, .cached = 1024};
  ServingPlan p;
  const ServingEstimate whole = b.steps.serving(gpt(16), p, request);
  p.pipeline = 4;
  p.shard.node_ranks = 8;
  const ServingEstimate staged = b.steps.serving(gpt(16), p, request);
  EXPECT_LT(staged.stage, whole.stage);
  EXPECT_GT(staged.time.total, staged.stage);
}

TEST(TrainingStep, APipelineSendsWholeGradientsOnceUnderZero2) {
  const Bench b = bench("h100-sxm5");
  TrainingPlan p = plan(8, 4, 4, 32);
  p.shard.zero = ZeroStage::kOptimizer;
  const TrainingEstimate one = b.steps.training(gpt(16), p);
  p.shard.zero = ZeroStage::kGradients;
  const TrainingEstimate two = b.steps.training(gpt(16), p);
  EXPECT_EQ(one.time.total, two.time.total);
  EXPECT_EQ(one.memory.gradients, two.memory.gradients);
}

TEST(TrainingStep, MessagesBehindGradientsOfWeightsAreHidden) {
  const LlmModel model = gpt(16, 8192);
  TrainingPlan p = plan(8, 1, 1, 4);
  for (const bool sequence : {false, true}) {
    p.shard.sequence_parallel = sequence;
    const double shown =
        part(bench("a100-sxm-80gb", "megatron-2021").steps.training(model, p).time, Work::kTensor);
    const double hidden =
        part(bench("a100-sxm-80gb", "megatron-2022").steps.training(model, p).time, Work::kTensor);
    EXPECT_LT(hidden, 0.75 * shown);
    EXPECT_GT(hidden, 0.4 * shown);  // those of the forward pass stay
  }
}

TEST(PassCost, ASecondLimitAddsLittleFarOffAndAllThatIsMissingWhereItBinds) {
  EXPECT_EQ(perf::beyond(0.0, 1.0), 0.0);
  EXPECT_EQ(perf::beyond(2.0, 0.0), 2.0);
  EXPECT_LT(perf::beyond(0.1, 1.0), 1e-4);
  EXPECT_NEAR(perf::beyond(10.0, 1.0), 9.0, 1e-3);
}

RC_GTEST_PROP(PassCostProperty, ASecondLimitNeverTakesAway, ()) {
  const double work = 1e-6 * *rc::gen::inRange(1, 1'000'000);
  const double limit = 1e-6 * *rc::gen::inRange(0, 1'000'000);
  const double both = work + perf::beyond(limit, work);
  RC_ASSERT(both >= std::max(work, limit) * (1.0 - 1e-12));
  RC_ASSERT(both <= work + limit + 1e-12);
  RC_ASSERT(work + perf::beyond(1.1 * limit, work) >= both * (1.0 - 1e-12));
}

RC_GTEST_PROP(StepProperty, MoreRateNeverSlowsTraining, ()) {
  Chip faster = *test::world().catalog.chip("h20-96gb");
  const double factor = *rc::gen::element(1.1, 2.0, 6.0);
  for (auto* rate : {&faster.compute.bf16, &faster.compute.fp16}) {
    if (*rate) {
      (*rate)->rate.value = *(*rate)->rate.value * factor;
    }
  }
  static const Bench kBase = bench("h20-96gb");
  const Bench more(faster, "megatron-core");
  const TrainingPlan p = plan(*rc::gen::element(1, 4, 8), *rc::gen::element(1, 4),
                              *rc::gen::element(1, 8), *rc::gen::inRange(1, 32));
  const LlmModel model = gpt(16);
  RC_ASSERT(more.steps.training(model, p).time.total.base() <=
            kBase.steps.training(model, p).time.total.base() * (1.0 + 1e-9));
}

TEST(FittedSteps, HaveBothPartsOfEverySourceWithTwoGroups) {
  std::vector<MeasuredStep> rows;
  const auto add = [&rows](const char* source, int group, const char* id) {
    MeasuredStep row;
    row.source = source;
    row.group = std::to_string(group);
    row.id = id;
    rows.push_back(row);
  };
  add("one", 1, "a");
  add("one", 1, "b");
  add("two", 1, "c");
  add("two", 2, "d");
  add("two", 2, "e");
  const std::set<std::string> fitted = fitted_steps(rows);
  EXPECT_FALSE(fitted.contains("a") || fitted.contains("b"));  // a single group is held out
  EXPECT_NE(fitted.contains("c"), fitted.contains("d"));
  EXPECT_EQ(fitted.contains("d"), fitted.contains("e"));
}

TEST(StepVariant, NamesFormatsAndKindsOfModels) {
  Precision p;
  EXPECT_EQ(step_variant(gpt(4), p), "16bit");
  p.weights = p.activations = Format::kFp8;
  EXPECT_EQ(step_variant(gpt(4), p), "fp8");
  EXPECT_EQ(step_variant(test::experts(4), p), "fp8 experts");
  p.fp8_block = 32;
  EXPECT_EQ(step_variant(gpt(4), p), "mxfp8");
  p.weights = p.activations = Format::kFp4;
  EXPECT_EQ(step_variant(gpt(4), p), "fp4");
}

TEST(Engines, AGenerationMayShareTheConstantsOfItsFamily) {
  const Engine& later = generation_of(*find_engine("megatron-2021"), "2022-06");
  EXPECT_EQ(later.name, "megatron-2022");
  EXPECT_EQ(later.fitted_as(), "megatron-2021");
  EXPECT_EQ(find_engine("fsdp")->fitted_as(), "fsdp");
}

TEST(Engines, AreFoundByNameAndByDate) {
  const Engine* engine = find_engine("megatron-core");
  ASSERT_NE(engine, nullptr);
  EXPECT_EQ(generation_of(*engine, "2025-09").name, "megatron-core");
  EXPECT_EQ(generation_of(*engine, "2026-04").name, "megatron-core-26.02");
  EXPECT_EQ(generation_of(*engine, "2026-08").name, "megatron-core-26.06");
  EXPECT_EQ(find_engine("megatron"), nullptr);
}

}  // namespace
}  // namespace redline
