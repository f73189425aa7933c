// Whole models against figures worked by hand from their public configurations.
#include <algorithm>

#include <gtest/gtest.h>

#include "workload/test_models.h"

namespace redline {
namespace {

using test::find;
using test::model;
using test::named;
using test::ops;
using test::serve;
using test::train;

TEST(Forward, OfLlama2IsTwiceItsMatricesAndAttention) {
  // A layer: 4 h^2 of attention and 3 h ffn; 32 of them and the head.
  const double layer = 4.0 * 4096.0 * 4096.0 + 3.0 * 4096.0 * 11008.0;
  const double matrices = 32.0 * layer + 32000.0 * 4096.0;
  EXPECT_EQ(matrices, 6607077376.0);
  const double tokens = 2.0 * 2048.0;
  const double pairs = 2.0 * 32.0 * 2048.0 * 2049.0 / 2.0;  // sequences, heads, triangle
  const double attention = 32.0 * 2.0 * pairs * (128.0 + 128.0);
  const auto tasks =
      train(model("llama-2-7b"), {.sequences = 2, .tokens = 2048}, TrainingPart::kForward);
  EXPECT_EQ(ops(tasks), 2.0 * matrices * tokens + attention);
}

TEST(Forward, OfLlama3With70BReadsEightHeadsOfKeys) {
  const double layer =
      8192.0 * (64.0 + 8.0 + 8.0) * 128.0 + 8192.0 * 8192.0 + 3.0 * 8192.0 * 28672.0;
  const double matrices = 80.0 * layer + 128256.0 * 8192.0;
  const double attention = 80.0 * 2.0 * 64.0 * (8192.0 * 8193.0 / 2.0) * 256.0;
  const auto tasks =
      train(model("llama-3-70b"), {.sequences = 1, .tokens = 8192}, TrainingPart::kForward);
  EXPECT_EQ(ops(tasks), 2.0 * matrices * 8192.0 + attention);
}

TEST(Prefill, NeedsTheHeadForTheLastTokenOnly) {
  const double layers = 32.0 * (4.0 * 4096.0 * 4096.0 + 3.0 * 4096.0 * 11008.0);
  const double attention = 32.0 * 2.0 * 32.0 * (1000.0 * 1001.0 / 2.0) * 256.0;
  InferenceRequest request{.prefill = {.count = 1, .new_tokens = 1000}};
  const double with_head = ops(serve(model("llama-2-7b"), request));
  EXPECT_EQ(with_head, 2.0 * layers * 1000.0 + attention + 2.0 * 32000.0 * 4096.0);
  request.prefill_output = false;
  EXPECT_EQ(with_head - ops(serve(model("llama-2-7b"), request)), 2.0 * 32000.0 * 4096.0);
}

TEST(Decode, OfOneTokenIsTwiceTheMatricesAndItsKeys) {
  const double attention = 32.0 * 2.0 * 32.0 * 501.0 * 256.0;
  EXPECT_EQ(ops(serve(model("llama-2-7b"), {.decode = {.count = 1, .cached = 500}})),
            2.0 * 6607077376.0 + attention);
}

TEST(Training, OfALayerIsSixTimesItsMatrices) {
  const TrainingRequest request{.sequences = 1, .tokens = 4096};
  const LlmModel& llama = model("llama-2-7b");
  const double forward = ops(train(llama, request, TrainingPart::kForward));
  const double backward = ops(train(llama, request, TrainingPart::kBackward));
  // Two products of attention forward, five backward
  const double attention = 32.0 * 3.5 * 2.0 * 32.0 * (4096.0 * 4097.0 / 2.0) * 256.0;
  EXPECT_EQ(forward + backward, 6.0 * 6607077376.0 * 4096.0 + attention);
}

TEST(Training, OfSixParametersATokenIsNearForShortSequences) {
  const LlmModel& llama = model("llama-3-70b");
  const auto tasks = lower_training(llama, {.sequences = 1, .tokens = 512}, {});
  ASSERT_TRUE(tasks);
  EXPECT_NEAR(ops(*tasks) / (6.0 * parameter_count(llama).active * 512.0), 1.0, 0.01);
}

TEST(ModelOps, AreThoseOfMegatron) {
  // Narayanan et al. 2021, section 5.1: 72 B s l h^2 (1 + s / 6h + V / 12 l h) without
  // recomputation
  const double h = 12288.0, s = 2048.0, l = 96.0;
  const LlmModel& gpt = model("gpt-3-175b");
  const double v = gpt.shape.vocabulary;
  const double expected = 72.0 * 4.0 * s * l * h * h * (1.0 + s / (6.0 * h) + v / (12.0 * l * h));
  const TrainingRequest request{.sequences = 2, .tokens = 2048, .microbatches = 2};
  EXPECT_NEAR(model_ops(gpt, request).base() / expected, 1.0, 1e-12);
}

TEST(ModelOps, LeaveOutMaskedScoresWhereAsked) {
  const TrainingRequest request{.sequences = 1, .tokens = 1024};
  const LlmModel& gpt = model("gpt-3-175b");
  const double hidden_pairs = 1024.0 * 1024.0 - 1024.0 * 1025.0 / 2.0;
  EXPECT_EQ(model_ops(gpt, request).base() - model_ops(gpt, request, MaskedScores::kLeftOut).base(),
            3.0 * 96.0 * 2.0 * 96.0 * hidden_pairs * 256.0);
}

TEST(ModelOps, DoNotDependOnRecomputation) {
  const LlmModel& llama = model("llama-2-7b");
  EXPECT_EQ(model_ops(llama, {.recompute = Recompute::kFull}).base(), model_ops(llama, {}).base());
}

// Products with weights alone: attention's with keys and values grow with the context.
double weight_ops(const test::Tasks& tasks) {
  return ops(test::only(tasks, [](const Task& task) { return !test::is_a<Attention>(task); }));
}

TEST(DeepSeekV3, MultipliesWhatOneTokenReads) {
  const LlmModel& deepseek = model("deepseek-v3");
  const double active = parameter_count(deepseek).active;
  EXPECT_NEAR(active, 36.63e9, 0.01e9);  // the publication's 37e9 without the input table
  const auto tasks = train(deepseek, {.sequences = 1, .tokens = 4096}, TrainingPart::kForward);
  EXPECT_NEAR(weight_ops(tasks) / (2.0 * active * 4096.0), 1.0, 1e-4);
}

TEST(DeepSeekV3, MultipliesAsMuchAbsorbedAsNot) {
  const LlmModel& deepseek = model("deepseek-v3");
  const double prefill = weight_ops(serve(deepseek, {.prefill = {.count = 512, .new_tokens = 1}}));
  const double decode = weight_ops(serve(deepseek, {.decode = {.count = 512, .cached = 0}}));
  EXPECT_EQ(decode, prefill);
}

TEST(DeepSeekV3, PaysForTheLatentInScores) {
  const LlmModel& deepseek = model("deepseek-v3");
  const double prefill = ops(named(
      serve(deepseek, {.prefill = {.count = 1, .new_tokens = 1, .cached = 999}}), "attention"));
  const double decode =
      ops(named(serve(deepseek, {.decode = {.count = 1, .cached = 999}}), "attention"));
  EXPECT_EQ(prefill, 61.0 * 2.0 * 128.0 * 1000.0 * (192.0 + 128.0));
  EXPECT_EQ(decode, 61.0 * 2.0 * 128.0 * 1000.0 * (576.0 + 512.0));
}

TEST(DeepSeekV3, DecodesWithOneLatentHead) {
  const auto tasks =
      named(serve(model("deepseek-v3"), {.decode = {.count = 32, .new_tokens = 2, .cached = 4094}}),
            "attention");
  ASSERT_EQ(tasks.size(), 1U);
  const auto& op = std::get<Attention>(tasks[0].op);
  EXPECT_EQ(tasks[0].count, 61);
  EXPECT_TRUE(op.latent);
  EXPECT_EQ(op.kv_heads, 1);
  EXPECT_EQ(op.q_heads, 128);
  EXPECT_EQ(op.qk_dim, 576);
  EXPECT_EQ(op.v_dim, 512);
  EXPECT_EQ(op.q_len, 2);
  EXPECT_EQ(op.kv_len, 4096);
  EXPECT_EQ(op.phase, Attention::Phase::kDecode);
}

TEST(DeepSeekV3, GoesIntoTheLatentSpaceAndBack) {
  const auto tasks = serve(model("deepseek-v3"), {.decode = {.count = 32, .cached = 9}});
  const auto in = find<GroupedGemm>(tasks, "q_absorb");
  EXPECT_EQ(in.groups, 128);
  EXPECT_EQ(in.rows, 32 * 128);
  EXPECT_EQ(in.k, 128);
  EXPECT_EQ(in.n, 512);
  const auto back = find<GroupedGemm>(tasks, "v_absorb");
  EXPECT_EQ(back.k, 512);
  EXPECT_EQ(back.n, 128);
  const auto place = [&tasks](std::string_view name) {
    return std::find_if(tasks.begin(), tasks.end(),
                        [name](const Task& task) { return task.name == name; }) -
           tasks.begin();
  };
  EXPECT_LT(place("q_absorb"), place("attention"));
  EXPECT_LT(place("attention"), place("v_absorb"));
}

TEST(DeepSeekV3, ProjectsTheCachedPrefixUpAgain) {
  const LlmModel& deepseek = model("deepseek-v3");
  const auto whole = named(serve(deepseek, {.prefill = {.count = 1, .new_tokens = 512}}), "kv_up");
  const auto chunk =
      named(serve(deepseek, {.prefill = {.count = 1, .new_tokens = 512, .cached = 1536}}), "kv_up");
  EXPECT_EQ(ops(chunk), 4.0 * ops(whole));
}

TEST(DeepSeekV3, HasThreeLayersWithoutExperts) {
  const auto tasks = serve(model("deepseek-v3"), {.decode = {.count = 1, .cached = 1}});
  EXPECT_EQ(named(tasks, "gate_up").at(0).count, 3);
  EXPECT_EQ(named(tasks, "expert_gate_up").at(0).count, 58);
  EXPECT_EQ(named(tasks, "shared_gate_up").at(0).count, 58);
  EXPECT_EQ(named(tasks, "router").at(0).count, 58);
}

TEST(KvCache, OfDeepSeekV3IsItsLatents) {
  EXPECT_EQ(kv_bytes_per_token(model("deepseek-v3"), {}, {}).base(), (512.0 + 64.0) * 2.0 * 61.0);
}

TEST(KvCache, OfLlama3With70BIsEightHeads) {
  EXPECT_EQ(kv_bytes_per_token(model("llama-3-70b"), {}, {}).base(),
            2.0 * 8.0 * 128.0 * 80.0 * 2.0);
  EXPECT_EQ(kv_bytes_per_token(model("llama-3-70b"), {.kv_cache = Format::kFp8}, {}).base(),
            2.0 * 8.0 * 128.0 * 80.0);
}

TEST(Gemma3, HasEverySixthLayerFull) {
  const auto tasks =
      named(serve(model("gemma-3-12b"), {.decode = {.count = 1, .cached = 9999}}), "attention");
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_EQ(tasks[0].count, 8);
  EXPECT_EQ(std::get<Attention>(tasks[0].op).window, 0);
  EXPECT_EQ(tasks[1].count, 40);
  EXPECT_EQ(std::get<Attention>(tasks[1].op).window, 1024);
  EXPECT_EQ(ops(tasks), 2.0 * 16.0 * (8.0 * 10000.0 + 40.0 * 1024.0) * 512.0);
}

TEST(Gemma3, CachesAWindowInFiveOfSixLayers) {
  const LlmModel& gemma = model("gemma-3-12b");
  const double layer = 2.0 * 8.0 * 256.0 * 2.0;
  EXPECT_EQ(kv_bytes(gemma, {}, {}, 100).base(), 48.0 * layer * 100.0);
  EXPECT_EQ(kv_bytes(gemma, {}, {}, 10000).base(), layer * (8.0 * 10000.0 + 40.0 * 1024.0));
}

TEST(GptOss, WeighsWhatItsCardSays) {
  // arXiv 2508.10925, table 1: checkpoints of 60.8 and 12.8 GiB, experts in MXFP4
  const double gib = 1024.0 * 1024.0 * 1024.0;
  const LlmModel& large = model("gpt-oss-120b");
  const LlmModel& small = model("gpt-oss-20b");
  EXPECT_NEAR(weights_bytes(large, native_precision(large), {}).base() / gib, 60.8, 0.4);
  EXPECT_NEAR(weights_bytes(small, native_precision(small), {}).base() / gib, 12.8, 0.2);
}

TEST(Mixtral, HitsFewExpertsWithFewTokens) {
  const auto grouped = [](std::int64_t sequences) {
    const auto tasks = serve(model("mixtral-8x7b"), {.decode = {.count = sequences, .cached = 1}});
    return find<GroupedGemm>(tasks, "expert_gate_up");
  };
  EXPECT_DOUBLE_EQ(grouped(1).hit, 2.0);                        // two of eight
  EXPECT_DOUBLE_EQ(grouped(2).hit, 8.0 * (1.0 - 0.75 * 0.75));  // 3.5
  EXPECT_NEAR(grouped(64).hit, 8.0, 1e-6);
  EXPECT_EQ(grouped(64).rows, 128);
  EXPECT_EQ(grouped(64).groups, 8);
  EXPECT_TRUE(grouped(64).masked);
}

TEST(Mixtral, PrefillsWithRowsOneAfterAnother) {
  const auto tasks = serve(model("mixtral-8x7b"), {.prefill = {.count = 1, .new_tokens = 100}});
  EXPECT_FALSE(find<GroupedGemm>(tasks, "expert_down").masked);
}

}  // namespace
}  // namespace redline
