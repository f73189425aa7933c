// Parameters, weights, cache, training state and activations against formulas of their sources.
#include <gtest/gtest.h>

#include "workload/test_models.h"

namespace redline {
namespace {

using test::model;

TEST(HeldParameters, OfOneRankAreThoseOfEveryModel) {
  for (const LlmModel& one : test::catalog().models) {
    const ParameterCount count = parameter_count(one);
    const double total = count.total;
    EXPECT_NEAR(held_parameters(one, {}).total() / total, 1.0, 1e-12) << one.id;
    const double with_mtp = held_parameters(one, {.mtp = one.mtp.has_value()}).total();
    EXPECT_NEAR(with_mtp / (total + count.mtp), 1.0, 1e-12) << one.id;
  }
}

TEST(HeldParameters, OfExpertsAreMostOfDeepSeek) {
  const HeldParameters held = held_parameters(model("deepseek-v3"), {});
  EXPECT_EQ(held.experts, 58.0 * 256.0 * 3.0 * 7168.0 * 2048.0);
  EXPECT_EQ(held.embedding, 2.0 * 129280.0 * 7168.0);
}

TEST(HeldParameters, OfExpertRanksAreAShareOfExperts) {
  const LlmModel& deepseek = model("deepseek-v3");
  const HeldParameters whole = held_parameters(deepseek, {});
  const HeldParameters share = held_parameters(deepseek, {.data = 32, .expert = 32});
  EXPECT_EQ(share.experts, whole.experts / 32.0);
  EXPECT_EQ(share.linear, whole.linear);
}

TEST(HeldParameters, RepeatHeadsOfKeysThatSeveralRanksNeed) {
  // 8 heads of keys on 16 ranks: one on each
  const HeldParameters held = held_parameters(model("llama-3-70b"), {.tensor = 16});
  const double layer =
      8192.0 * (4.0 + 1.0 + 1.0) * 128.0 + 4.0 * 128.0 * 8192.0 + 3.0 * 8192.0 * 28672.0 / 16.0;
  EXPECT_EQ(held.linear, 80.0 * layer);
}

RC_GTEST_PROP(HeldParameters, OfStagesSumToTheWhole, ()) {
  LlmModel one = test::random_model();
  one.shape.tied_embeddings = false;
  const int cut = *rc::gen::inRange(1, one.shape.layers);
  RC_ASSERT(held_parameters(one, {.end_layer = cut}).total() +
                held_parameters(one, {.first_layer = cut}).total() ==
            held_parameters(one, {}).total());
}

TEST(HeldParameters, OfATiedTableStandOnBothEnds) {
  LlmModel tied = model("llama-2-7b");
  tied.shape.tied_embeddings = true;
  const double table = 32000.0 * 4096.0;
  EXPECT_EQ(held_parameters(tied, {}).embedding, table);
  EXPECT_EQ(held_parameters(tied, {.end_layer = 16}).embedding, table);
  EXPECT_EQ(held_parameters(tied, {.first_layer = 16}).embedding, table);
}

TEST(Weights, SpareTheTablesAndNormsWhereNarrow) {
  const LlmModel& llama = model("llama-2-7b");
  const double tables = 2.0 * 32000.0 * 4096.0;
  const double norms = 65.0 * 4096.0;
  const double linear = parameter_count(llama).total - tables - norms;
  EXPECT_EQ(weights_bytes(llama, {.weights = Format::kFp8}, {}).base(),
            linear + 2.0 * (tables + norms));
  EXPECT_EQ(weights_bytes(llama, {.weights = Format::kFp8, .head = Format::kFp8}, {}).base(),
            linear + tables + 2.0 * norms);
  EXPECT_EQ(weights_bytes(llama, {}, {}).base(), 2.0 * parameter_count(llama).total);
}

TEST(Weights, InFp4CarryAScaleForEachBlock) {
  const LlmModel& llama = model("llama-2-7b");
  const double linear = held_parameters(llama, {}).linear;
  const auto bytes = [&](int block) {
    return weights_bytes(llama, {.weights = Format::kFp4, .fp4_block = block}, {}).base();
  };
  EXPECT_EQ(bytes(16) - bytes(32), linear / 32.0);
}

TEST(Weights, InFp8CarryAScaleForEachBlockThatHasOne) {
  const LlmModel& llama = model("llama-2-7b");
  const double linear = held_parameters(llama, {}).linear;
  const auto bytes = [&](int block) {
    return weights_bytes(llama, {.weights = Format::kFp8, .fp8_block = block}, {}).base();
  };
  EXPECT_EQ(bytes(32) - bytes(0), linear / 32.0);
}

TEST(Weights, OfDeepSeekInFp8AreThoseOfItsFiles) {
  // github.com/deepseek-ai/DeepSeek-V3: 671e9 parameters in fp8, some in bf16
  const LlmModel& deepseek = model("deepseek-v3");
  EXPECT_NEAR(weights_bytes(deepseek, native_precision(deepseek), {}).base(), 673e9, 2e9);
}

TEST(KvCache, IsSplitByHeadsUntilEachRankHasOne) {
  const LlmModel& llama = model("llama-3-70b");
  const double whole = kv_bytes_per_token(llama, {}, {}).base();
  EXPECT_EQ(kv_bytes_per_token(llama, {}, {.tensor = 4}).base(), whole / 4.0);
  EXPECT_EQ(kv_bytes_per_token(llama, {}, {.tensor = 16}).base(), whole / 8.0);
}

TEST(KvCache, OfLatentsStandsWholeOnEveryRank) {
  const LlmModel& deepseek = model("deepseek-v3");
  EXPECT_EQ(kv_bytes_per_token(deepseek, {}, {.tensor = 8}).base(),
            kv_bytes_per_token(deepseek, {}, {}).base());
}

TEST(KvCache, OfAStageIsThatOfItsLayers) {
  const LlmModel& deepseek = model("deepseek-v3");
  EXPECT_EQ(kv_bytes_per_token(deepseek, {}, {.first_layer = 60}).base(), 576.0 * 2.0);
  EXPECT_EQ(kv_bytes_per_token(deepseek, {}, {.first_layer = 60, .mtp = true}).base(),
            2.0 * 576.0 * 2.0);
}

double state_bytes(const TrainingRequest& request, const Shard& shard) {
  const LlmModel& llama = model("llama-2-7b");
  return (parameter_bytes(llama, request, shard) + gradient_bytes(llama, request, shard) +
          optimizer_bytes(llama, request, shard))
      .base();
}

TEST(TrainingState, OfMixedPrecisionIsSixteenOrEighteenBytesAParameter) {
  const double parameters = 6738415616.0;
  EXPECT_EQ(state_bytes({}, {}), 18.0 * parameters);  // Megatron-LM sums gradients in fp32
  // Rajbhandari et al. 2020, section 3.1: 2 + 2 + 12
  EXPECT_EQ(state_bytes({.gradients = Format::kFp16}, {}), 16.0 * parameters);
}

TEST(TrainingState, IsSplitAsZeroSays) {
  // Rajbhandari et al. 2020, figure 1: K = 12, N = 64
  const double parameters = 6738415616.0;
  const TrainingRequest request{.gradients = Format::kFp16};
  const auto bytes = [&](ZeroStage zero) {
    return state_bytes(request, {.data = 64, .zero = zero}) / parameters;
  };
  EXPECT_DOUBLE_EQ(bytes(ZeroStage::kNone), 16.0);
  EXPECT_DOUBLE_EQ(bytes(ZeroStage::kOptimizer), 4.0 + 12.0 / 64.0);
  EXPECT_DOUBLE_EQ(bytes(ZeroStage::kGradients), 2.0 + 14.0 / 64.0);
  EXPECT_DOUBLE_EQ(bytes(ZeroStage::kParameters), 16.0 / 64.0);
}

TEST(TrainingState, OfFp32HasNoSecondCopy) {
  const double parameters = 6738415616.0;
  const TrainingRequest request{
      .precision = {.weights = Format::kFp32, .activations = Format::kFp32},
      .parameters = Format::kFp32};
  EXPECT_EQ(state_bytes(request, {}), 16.0 * parameters);  // 4 + 4 + 8
}

TEST(TrainingState, OfSgdHasNoMoments) {
  const TrainingRequest request{.optimizer = Optimizer::kSgd};
  EXPECT_EQ(optimizer_bytes(model("llama-2-7b"), request, {}).base(), 4.0 * 6738415616.0);
}

TEST(TrainingState, OfFp8KeepsTheCopyItIsCastFrom) {
  const TrainingRequest request{
      .precision = {.weights = Format::kFp8, .activations = Format::kFp8}};
  const HeldParameters held = held_parameters(model("llama-2-7b"), {});
  EXPECT_EQ(parameter_bytes(model("llama-2-7b"), request, {}).base(),
            2.0 * held.total() + held.linear);
}

TEST(TrainingState, OfExpertsIsSplitAmongTheirReplicas) {
  const LlmModel& mixtral = model("mixtral-8x7b");
  const Shard shard{.data = 16, .expert = 8, .zero = ZeroStage::kOptimizer};
  const HeldParameters held = held_parameters(mixtral, shard);
  EXPECT_DOUBLE_EQ(optimizer_bytes(mixtral, {}, shard).base(),
                   12.0 * ((held.total() - held.experts) / 16.0 + held.experts / 2.0));
}

// Korthikanti et al. 2022, for GPT-3: s b h (...) of one layer in 16 bits with dropout.
class Korthikanti : public testing::Test {
 protected:
  static constexpr double kTokens = 2048.0, kHidden = 12288.0, kHeads = 96.0, kSequences = 4.0;
  static constexpr double kState = kTokens * kSequences * kHidden;
  static constexpr double kScores = 5.0 * kHeads * kTokens / kHidden;

  static double layer(Recompute recompute, const Shard& shard, bool flash = false) {
    const TrainingRequest request{.sequences = 4,
                                  .tokens = 2048,
                                  .recompute = recompute,
                                  .flash_attention = flash,
                                  .dropout = true};
    return activation_bytes(model("gpt-3-175b"), request, shard).dense_layer.base();
  }
};

TEST_F(Korthikanti, OneRankIsEquation1) {
  EXPECT_DOUBLE_EQ(layer(Recompute::kNone, {}), kState * (34.0 + kScores));
}

TEST_F(Korthikanti, TensorParallelismIsEquation2) {
  EXPECT_DOUBLE_EQ(layer(Recompute::kNone, {.tensor = 8}),
                   kState * (10.0 + 24.0 / 8.0 + kScores / 8.0));
}

TEST_F(Korthikanti, SequenceParallelismIsEquation4) {
  EXPECT_DOUBLE_EQ(layer(Recompute::kNone, {.tensor = 8, .sequence_parallel = true}),
                   kState / 8.0 * (34.0 + kScores));
}

TEST_F(Korthikanti, SelectiveRecomputationIsEquation6) {
  EXPECT_DOUBLE_EQ(layer(Recompute::kSelective, {.tensor = 8, .sequence_parallel = true}),
                   kState / 8.0 * 34.0);
  EXPECT_DOUBLE_EQ(layer(Recompute::kSelective, {.tensor = 8}), kState * (10.0 + 24.0 / 8.0));
}

TEST_F(Korthikanti, FullRecomputationKeepsTheInput) {
  EXPECT_DOUBLE_EQ(layer(Recompute::kFull, {.tensor = 8}), kState * 2.0);
}

TEST_F(Korthikanti, FlashAttentionKeepsNoScores) {
  // A log-sum of four bytes for each row and head
  EXPECT_DOUBLE_EQ(layer(Recompute::kNone, {}, true),
                   kState * 34.0 + kTokens * kSequences * kHeads * 4.0);
}

TEST_F(Korthikanti, EndsAreSection423) {
  const LlmModel& gpt = model("gpt-3-175b");
  const TrainingRequest request{.sequences = 4, .tokens = 2048, .dropout = true};
  const auto bytes = activation_bytes(gpt, request, {.tensor = 8, .sequence_parallel = true});
  const double vocabulary = gpt.shape.vocabulary;
  EXPECT_NEAR(bytes.head.base() / (4.0 * kState / 8.0 * (1.0 + vocabulary / kHidden)), 1.0, 1e-3);
  EXPECT_DOUBLE_EQ(bytes.embedding.base(), kState / 8.0);
}

TEST(Activations, OfAnExpertLayerAreThoseOfItsRows) {
  // A token of DeepSeek-V3 in 16 bits. Norms, and inputs of either block
  const double ends = 7168.0 * 2.0 * 4.0;
  // Queries, keys and values of 128 heads, the output, log-sums; latents before and after norms
  const double heads = 128.0 * (192.0 + 192.0 + 128.0 + 128.0) * 2.0 + 128.0 * 4.0;
  const double latents = (1536.0 + 512.0) * 4.0;
  // Router logits; nine experts inside, and eight rows in and out
  const double experts = 256.0 * 4.0 + 9.0 * 3.0 * 2048.0 * 2.0 + 8.0 * 7168.0 * 4.0;
  const auto bytes = activation_bytes(model("deepseek-v3"), {.tokens = 4096}, {});
  EXPECT_DOUBLE_EQ(bytes.expert_layer.base(), 4096.0 * (ends + heads + latents + experts));
}

TEST(Activations, OfAStageAreThoseOfItsLayers) {
  const LlmModel& deepseek = model("deepseek-v3");
  const auto bytes = activation_bytes(deepseek, {.tokens = 4096}, {.end_layer = 10});
  EXPECT_DOUBLE_EQ(bytes.layers.base(),
                   3.0 * bytes.dense_layer.base() + 7.0 * bytes.expert_layer.base());
  EXPECT_EQ(bytes.head.base(), 0.0);
  EXPECT_GT(bytes.expert_layer.base(), 0.0);
}

TEST(Activations, OfPredictionModulesStandOnTheLastStage) {
  const LlmModel& deepseek = model("deepseek-v3");
  const auto without = activation_bytes(deepseek, {}, {.first_layer = 60});
  const auto with = activation_bytes(deepseek, {}, {.first_layer = 60, .mtp = true});
  EXPECT_EQ(with.head.base(), 2.0 * without.head.base());
  EXPECT_GT(with.layers.base(), 2.0 * without.layers.base());
}

RC_GTEST_PROP(Activations, ShrinkWithEveryMeasure, ()) {
  const LlmModel one = test::random_model();
  TrainingRequest request{.sequences = *rc::gen::inRange(1, 4),
                          .tokens = 64 * *rc::gen::inRange(1, 20),
                          .flash_attention = *rc::gen::arbitrary<bool>()};
  const auto layers = [&](Recompute recompute, const Shard& shard) {
    request.recompute = recompute;
    return activation_bytes(one, request, shard).layers.base();
  };
  const double whole = layers(Recompute::kNone, {});
  RC_ASSERT(layers(Recompute::kSelective, {}) < whole);
  RC_ASSERT(layers(Recompute::kFull, {}) < layers(Recompute::kSelective, {}));
  const double tensor = layers(Recompute::kNone, {.tensor = 4});
  const double sequence = layers(Recompute::kNone, {.tensor = 4, .sequence_parallel = true});
  RC_ASSERT(tensor < whole);
  RC_ASSERT(sequence < tensor);
  RC_ASSERT(layers(Recompute::kNone, {.context = 4}) <= whole / 4.0 * (1.0 + 1e-9));
}

}  // namespace
}  // namespace redline
