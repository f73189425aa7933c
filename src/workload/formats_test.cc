// Formats of operands, and what a step of serving consists of.
#include <gtest/gtest.h>

#include "workload/test_models.h"

namespace redline {
namespace {

using test::find;
using test::model;
using test::named;
using test::ops;
using test::runs;
using test::serve;
using test::train;

InferenceRequest decode_in(const Precision& precision) {
  return {.precision = precision, .decode = {.count = 8, .cached = 100}};
}

Gemm down_in(const Precision& precision) {
  return find<Gemm>(serve(model("llama-2-7b"), decode_in(precision)), "ffn_down");
}

TEST(MathFormat, IsTheWiderOfTheTwo) {
  EXPECT_EQ(math_format(Format::kBf16, Format::kInt4), Format::kBf16);
  EXPECT_EQ(math_format(Format::kFp8, Format::kFp4), Format::kFp8);
  EXPECT_EQ(math_format(Format::kFp4, Format::kFp8), Format::kFp8);
  EXPECT_EQ(math_format(Format::kFp8, Format::kFp32), Format::kFp32);
}

TEST(MathFormat, OfTwoAsWideIsThatOfTheActivations) {
  EXPECT_EQ(math_format(Format::kFp16, Format::kBf16), Format::kFp16);
  EXPECT_EQ(math_format(Format::kTf32, Format::kFp32), Format::kTf32);
  EXPECT_EQ(math_format(Format::kInt8, Format::kFp8), Format::kInt8);
}

TEST(NativePrecision, IsThatOfTheFiles) {
  const Precision deepseek = native_precision(model("deepseek-v3"));
  EXPECT_EQ(deepseek.weights, Format::kFp8);
  EXPECT_EQ(deepseek.activations, Format::kFp8);
  EXPECT_EQ(deepseek.kv_cache, Format::kBf16);
  const Precision oss = native_precision(model("gpt-oss-120b"));
  EXPECT_EQ(oss.weights, Format::kBf16);
  EXPECT_EQ(oss.activations, Format::kBf16);
  EXPECT_EQ(oss.expert_weights, Format::kFp4);
}

TEST(Linear, OfNarrowWeightsAloneComputesInTheFormatOfActivations) {
  const Gemm op = down_in({.weights = Format::kInt4});
  EXPECT_EQ(op.a, Format::kBf16);
  EXPECT_EQ(op.b, Format::kInt4);
  EXPECT_EQ(op.c, Format::kBf16);
  EXPECT_EQ(op.math, Format::kBf16);
}

TEST(Linear, OfNarrowOperandsHasAWideResult) {
  const Gemm op = down_in({.weights = Format::kFp8, .activations = Format::kFp8});
  EXPECT_EQ(op.a, Format::kFp8);
  EXPECT_EQ(op.c, Format::kBf16);
  EXPECT_EQ(op.math, Format::kFp8);
}

TEST(Linear, WithWideWeightsLeavesActivationsWide) {
  const Gemm op = down_in({.activations = Format::kFp8});
  EXPECT_EQ(op.a, Format::kBf16);
  EXPECT_EQ(op.math, Format::kBf16);
}

TEST(Linear, CastsItsInputWhereThatIsNarrow) {
  const LlmModel& llama = model("llama-2-7b");
  const auto wide = serve(llama, decode_in({.weights = Format::kInt4}));
  const auto narrow =
      serve(llama, decode_in({.weights = Format::kFp8, .activations = Format::kFp8}));
  EXPECT_EQ(runs(named(wide, "quantize")), 0.0);
  EXPECT_EQ(runs(named(narrow, "quantize")), 4.0 * 32.0);  // qkv, out, gate and up, down
}

TEST(Head, StaysIn16BitsUnlessSaid) {
  const LlmModel& llama = model("llama-2-7b");
  Precision precision{.weights = Format::kFp8, .activations = Format::kFp8};
  EXPECT_EQ(find<Gemm>(serve(llama, decode_in(precision)), "head").math, Format::kBf16);
  precision.head = Format::kFp8;
  EXPECT_EQ(find<Gemm>(serve(llama, decode_in(precision)), "head").math, Format::kFp8);
}

TEST(Router, StaysIn16Bits) {
  const auto tasks = serve(model("mixtral-8x7b"),
                           decode_in({.weights = Format::kFp8, .activations = Format::kFp8}));
  EXPECT_EQ(find<Gemm>(tasks, "router").math, Format::kBf16);
  EXPECT_EQ(find<Gemm>(tasks, "router").b, Format::kBf16);
}

TEST(Experts, MayHaveAFormatOfTheirOwn) {
  const auto tasks =
      serve(model("gpt-oss-120b"), decode_in(native_precision(model("gpt-oss-120b"))));
  const auto experts = find<GroupedGemm>(tasks, "expert_gate_up");
  EXPECT_EQ(experts.b, Format::kFp4);
  EXPECT_EQ(experts.math, Format::kBf16);
  EXPECT_EQ(find<Gemm>(tasks, "qkv").b, Format::kBf16);
}

TEST(Cache, HasAFormatOfItsOwn) {
  const auto tasks = serve(model("llama-2-7b"), decode_in({.kv_cache = Format::kFp8}));
  const auto attention = find<Attention>(tasks, "attention");
  EXPECT_EQ(attention.kv, Format::kFp8);
  EXPECT_EQ(attention.math, Format::kBf16);
  const auto write = find<Stream>(tasks, "kv_write");
  EXPECT_EQ(write.written.base(), 8.0 * 2.0 * 4096.0);
  EXPECT_EQ(write.read.base(), 8.0 * 2.0 * 4096.0 * 2.0);
}

TEST(Attention, ComputesIn16BitsUnlessSaid) {
  const LlmModel& llama = model("llama-2-7b");
  Precision precision{.weights = Format::kFp8, .activations = Format::kFp8};
  EXPECT_EQ(find<Attention>(serve(llama, decode_in(precision)), "attention").math, Format::kBf16);
  precision.attention = Format::kFp8;
  EXPECT_EQ(find<Attention>(serve(llama, decode_in(precision)), "attention").math, Format::kFp8);
}

TEST(WeightGradients, ComeInTheFormatInWhichTheyAreSummed) {
  const auto tasks = train(model("mixtral-8x7b"), {}, TrainingPart::kBackward);
  EXPECT_EQ(find<Gemm>(tasks, "qkv_wgrad").c, Format::kFp32);
  EXPECT_EQ(find<GroupedGemm>(tasks, "expert_down_wgrad").c, Format::kFp32);
  EXPECT_TRUE(find<GroupedGemm>(tasks, "expert_down_wgrad").weight_gradient);
  EXPECT_FALSE(find<GroupedGemm>(tasks, "expert_down_dgrad").weight_gradient);
}

TEST(WeightGradients, ReduceOverTokens) {
  const auto tasks = train(model("llama-2-7b"), {.tokens = 1000}, TrainingPart::kBackward);
  const auto weights = find<Gemm>(tasks, "ffn_down_wgrad");
  EXPECT_EQ(weights.m, 11008);
  EXPECT_EQ(weights.n, 4096);
  EXPECT_EQ(weights.k, 1000);
  const auto input = find<Gemm>(tasks, "ffn_down_dgrad");
  EXPECT_EQ(input.m, 1000);
  EXPECT_EQ(input.n, 11008);
  EXPECT_EQ(input.k, 4096);
}

TEST(InputGradients, OfExpertsGoFromTheirColumnsToTheirInputs) {
  const auto tasks = train(model("mixtral-8x7b"), {}, TrainingPart::kBackward);
  EXPECT_EQ(find<GroupedGemm>(tasks, "expert_gate_up_dgrad").k, 2 * 14336);
  EXPECT_EQ(find<GroupedGemm>(tasks, "expert_gate_up_dgrad").n, 4096);
  EXPECT_EQ(find<GroupedGemm>(tasks, "expert_gate_up_wgrad").k, 4096);
  EXPECT_EQ(find<GroupedGemm>(tasks, "expert_gate_up_wgrad").n, 2 * 14336);
}

TEST(Optimizer, ReadsAndWritesTheStateOfAdam) {
  const auto op = find<Stream>(train(model("llama-2-7b"), {}, TrainingPart::kUpdate), "optimizer");
  const double parameters = 6738415616.0;
  EXPECT_EQ(op.read.base(), parameters * (4.0 + 4.0 + 8.0));     // gradient, master, moments
  EXPECT_EQ(op.written.base(), parameters * (4.0 + 8.0 + 2.0));  // master, moments, copy
}

TEST(Optimizer, IsPrecededByClippingAndInFp16ByScalingBack) {
  const auto clip = [](Format format) {
    const TrainingRequest request{.precision = {.weights = format, .activations = format}};
    return find<Stream>(train(model("llama-2-7b"), request, TrainingPart::kUpdate),
                        "gradient_clip");
  };
  const double bytes = 4.0 * 6738415616.0;
  EXPECT_EQ(clip(Format::kBf16).read.base(), 2.0 * bytes);     // norm, scaling
  EXPECT_EQ(clip(Format::kBf16).written.base(), 2.0 * bytes);  // scaling, zeroing
  EXPECT_EQ(clip(Format::kFp16).read.base(), 3.0 * bytes);
}

TEST(Optimizer, IsFollowedByACastToNarrowOperands) {
  const TrainingRequest request{
      .precision = {.weights = Format::kFp8, .activations = Format::kFp8}};
  const LlmModel& llama = model("llama-2-7b");
  const double linear = held_parameters(llama, {}).linear;
  const auto op = find<Stream>(train(llama, request, TrainingPart::kUpdate), "weight_cast");
  EXPECT_EQ(op.read.base(), 2.0 * linear);
  EXPECT_EQ(op.written.base(), linear);
  EXPECT_TRUE(named(train(llama, {}, TrainingPart::kUpdate), "weight_cast").empty());
}

TEST(Speculation, ChecksSeveralTokensOfEachSequence) {
  const auto tasks =
      serve(model("llama-2-7b"), {.decode = {.count = 8, .new_tokens = 3, .cached = 100}});
  EXPECT_EQ(find<Gemm>(tasks, "qkv").m, 24);
  EXPECT_EQ(find<Gemm>(tasks, "head").m, 24);
  EXPECT_EQ(find<Attention>(tasks, "attention").q_len, 3);
  EXPECT_EQ(find<Attention>(tasks, "attention").kv_len, 103);
}

TEST(Drafts, RunAPredictionModuleForEach) {
  const LlmModel& deepseek = model("deepseek-v3");
  const InferenceRequest request{.decode = {.count = 8, .new_tokens = 3, .cached = 100},
                                 .draft_passes = 2};
  const auto tasks = serve(deepseek, request, {.mtp = true});
  EXPECT_EQ(named(tasks, "mtp_project").at(0).count, 2);
  EXPECT_EQ(find<Gemm>(tasks, "mtp_project").m, 8);
  EXPECT_EQ(find<Gemm>(tasks, "mtp_project").k, 2 * 7168);
  EXPECT_EQ(runs(named(tasks, "attention")), 61.0 + 2.0);
  const auto last = std::get<Attention>(named(tasks, "attention").at(1).op);
  EXPECT_EQ(last.q_len, 1);
  EXPECT_EQ(last.kv_len, 104);  // cached, checked in this step, and the draft itself
  EXPECT_EQ(runs(named(tasks, "head")), 1.0 + 2.0);
}

TEST(PredictionModules, AreTrainedOnTheLastStage) {
  const LlmModel& deepseek = model("deepseek-v3");
  const TrainingRequest request{.tokens = 256};
  const double without = ops(train(deepseek, request, TrainingPart::kForward));
  const auto with = train(deepseek, request, TrainingPart::kForward, {.mtp = true});
  // A layer, a projection of 2 h into h, the head once more
  const double projection = 2.0 * 256.0 * 2.0 * 7168.0 * 7168.0;
  EXPECT_EQ(ops(named(with, "mtp_project")), projection);
  EXPECT_EQ(runs(named(with, "head")), 2.0);
  EXPECT_GT(ops(with), without + projection);
}

TEST(ParallelBlock, HasOneNormAndOneSumALayer) {
  const LlmModel& gpt = model("gpt-j-6b");
  ASSERT_EQ(gpt.shape.norms_per_layer, 1);
  const auto tasks = serve(gpt, {.decode = {.count = 4, .cached = 4}}, {.tensor = 2});
  EXPECT_EQ(runs(named(tasks, "norm")), 28.0 + 1.0);
  EXPECT_EQ(runs(named(tasks, "tp_reduce")), 28.0 + 1.0);
}

TEST(KeyHeads, AreRepeatedWhereThereAreMoreRanks) {
  const auto tasks =
      serve(model("llama-3-70b"), {.decode = {.count = 4, .cached = 4}}, {.tensor = 16});
  EXPECT_EQ(find<Attention>(tasks, "attention").kv_heads, 1);
  EXPECT_EQ(find<Attention>(tasks, "attention").q_heads, 4);
  EXPECT_EQ(find<Gemm>(tasks, "qkv").n, (4 + 1 + 1) * 128);
}

TEST(ContextParallelism, GivesARankTwoChunks) {
  const auto tasks =
      named(train(model("llama-2-7b"), {.tokens = 4096}, TrainingPart::kForward, {.context = 4}),
            "attention");
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_EQ(std::get<Attention>(tasks[0].op).q_len, 512);
  EXPECT_EQ(std::get<Attention>(tasks[0].op).kv_len, 2048);
  EXPECT_EQ(std::get<Attention>(tasks[1].op).kv_len, 2560);
}

TEST(Unfused, WritesAllScores) {
  const auto tasks = train(model("gpt-3-175b"), {.sequences = 2, .flash_attention = false},
                           TrainingPart::kForward);
  EXPECT_TRUE(named(tasks, "attention").empty());
  const auto softmax = find<Stream>(tasks, "softmax");
  EXPECT_EQ(softmax.rows, 2 * 96 * 2048);
  EXPECT_EQ(softmax.columns, 2048);
  EXPECT_EQ(softmax.written.base(), 2.0 * 96.0 * 2048.0 * 2048.0 * 2.0);
}

}  // namespace
}  // namespace redline
