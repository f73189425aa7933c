// Operations and bytes of single operators, by hand and against sums over all pairs.
#include "redline/operator.h"

#include <algorithm>
#include <array>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redline {
namespace {

Attention attention(std::int64_t q_len, std::int64_t kv_len, std::int64_t window = 0) {
  return {.batch = 1,
          .q_len = q_len,
          .kv_len = kv_len,
          .q_heads = 1,
          .kv_heads = 1,
          .qk_dim = 1,
          .v_dim = 1,
          .window = window};
}

// Every query and key, one by one.
double counted_pairs(const Attention& op) {
  double pairs = 0.0;
  for (std::int64_t query = 0; query < op.q_len; ++query) {
    const std::int64_t position = op.kv_len - op.q_len + query;
    for (std::int64_t key = 0; key < op.kv_len; ++key) {
      const bool past = !op.causal || key <= position;
      const bool near = op.window == 0 || !op.causal || key > position - op.window;
      pairs += past && near ? 1.0 : 0.0;
    }
  }
  return pairs;
}

TEST(AttendedPairs, OfAPromptAreTheTriangle) {
  EXPECT_EQ(attended_pairs(attention(4, 4)), 10.0);
  EXPECT_EQ(attended_pairs(attention(4096, 4096)), 4096.0 * 4097.0 / 2.0);
}

TEST(AttendedPairs, OfOneTokenAreItsKeys) { EXPECT_EQ(attended_pairs(attention(1, 1000)), 1000.0); }

TEST(AttendedPairs, OfAWindowAreTheBand) {
  // 1 + 2 + 3, then 3 for each
  EXPECT_EQ(attended_pairs(attention(6, 6, 3)), 6.0 + 3.0 * 3.0);
  EXPECT_EQ(attended_pairs(attention(1, 1000, 128)), 128.0);
}

TEST(AttendedPairs, WithoutAMaskAreAll) {
  Attention op = attention(4, 9);
  op.causal = false;
  EXPECT_EQ(attended_pairs(op), 36.0);
}

RC_GTEST_PROP(AttendedPairs, AreThoseCountedOneByOne, ()) {
  Attention op =
      attention(*rc::gen::inRange(0, 40), *rc::gen::inRange(0, 60), *rc::gen::inRange(0, 50));
  RC_ASSERT(attended_pairs(op) == counted_pairs(op));
}

RC_GTEST_PROP(AttendedPairs, OfTwoChunksAreThoseOfOne, ()) {
  const auto first = *rc::gen::inRange(1, 1000);
  const auto second = *rc::gen::inRange(1, 1000);
  const auto window = *rc::gen::inRange(0, 1500);
  RC_ASSERT(attended_pairs(attention(first, first, window)) +
                attended_pairs(attention(second, first + second, window)) ==
            attended_pairs(attention(first + second, first + second, window)));
}

RC_GTEST_PROP(AttendedPairs, OfAWindowAreNeverMoreThanOfNone, ()) {
  const auto q_len = *rc::gen::inRange(1, 500);
  const auto kv_len = q_len + *rc::gen::inRange(0, 500);
  const auto window = *rc::gen::inRange(1, 800);
  RC_ASSERT(attended_pairs(attention(q_len, kv_len, window)) <=
            attended_pairs(attention(q_len, kv_len)));
}

TEST(MatrixOps, CountAMultiplyAddTwice) {
  EXPECT_EQ(matrix_ops(Gemm{.m = 2, .n = 3, .k = 5}).base(), 60.0);
  EXPECT_EQ(matrix_ops(GroupedGemm{.groups = 7, .rows = 2, .n = 3, .k = 5}).base(), 60.0);
}

TEST(MatrixOps, OfAttentionAreScoresAndTheirProductWithV) {
  Attention op = attention(2, 2);  // 3 pairs
  op.batch = 3;
  op.q_heads = 4;
  op.qk_dim = 5;
  op.v_dim = 7;
  EXPECT_EQ(matrix_ops(op).base(), 2.0 * 3.0 * 4.0 * 3.0 * (5.0 + 7.0));
}

TEST(MatrixOps, OfAttentionBackwardAreFiveProductsForTwo) {
  Attention op = attention(64, 64);
  const double forward = matrix_ops(op).base();
  op.phase = Attention::Phase::kBackward;
  EXPECT_EQ(matrix_ops(op).base(), 2.5 * forward);
}

TEST(MatrixOps, OfStreamsAndMessagesAreNone) {
  EXPECT_EQ(matrix_ops(Stream{.ops = Ops{5.0}}).base(), 0.0);
  EXPECT_EQ(matrix_ops(Collective{.bytes = Bytes{5.0}, .ranks = 2}).base(), 0.0);
  EXPECT_EQ(matrix_ops(ExpertExchange{.ranks = 2, .tokens_per_rank = 3}).base(), 0.0);
}

TEST(LeastBytes, OfAProductAreItsThreeOperands) {
  const Gemm op{.m = 2, .n = 3, .k = 5, .a = Format::kFp8, .b = Format::kFp4, .c = Format::kBf16};
  EXPECT_EQ(least_bytes(op).base(), 10.0 + 7.5 + 12.0);
}

TEST(LeastBytes, OfAGroupedProductHaveOnlyTheWeightsOfGroupsWithRows) {
  GroupedGemm op{.groups = 8, .rows = 2, .n = 3, .k = 5};
  EXPECT_EQ(least_bytes(op).base(), 2.0 * (10.0 + 2.0 * 15.0 + 6.0));
  op.hit = 1.5;
  EXPECT_EQ(least_bytes(op).base(), 2.0 * (10.0 + 1.5 * 15.0 + 6.0));
  op.hit = 0.0;
  op.rows = 100;
  EXPECT_EQ(least_bytes(op).base(), 2.0 * (500.0 + 8.0 * 15.0 + 300.0));
}

TEST(LeastBytes, OfAGroupedWeightGradientWriteTheWeights) {
  const GroupedGemm op{.groups = 1,
                       .rows = 2,
                       .n = 3,
                       .k = 5,
                       .a = Format::kFp8,
                       .b = Format::kBf16,
                       .c = Format::kFp32,
                       .weight_gradient = true};
  EXPECT_EQ(least_bytes(op).base(), 10.0 + 2.0 * 6.0 + 4.0 * 15.0);
}

TEST(LeastBytes, OfDecodingAreTheCache) {
  Attention op = attention(1, 1000);
  op.q_heads = 8;
  op.qk_dim = op.v_dim = 64;
  op.kv = Format::kFp8;
  EXPECT_EQ(least_bytes(op).base(), 2.0 * 2.0 * 8.0 * 64.0 + 2.0 * 1000.0 * 64.0);
  op.window = 100;
  EXPECT_EQ(least_bytes(op).base(), 2.0 * 2.0 * 8.0 * 64.0 + 2.0 * 100.0 * 64.0);
}

TEST(LeastBytes, OfLatentAttentionReadTheCacheOnce) {
  Attention op = attention(1, 1000);
  op.q_heads = 128;
  op.qk_dim = 576;
  op.v_dim = 512;
  op.latent = true;
  EXPECT_EQ(least_bytes(op).base(), 2.0 * (128.0 * 576.0 + 1000.0 * 576.0 + 128.0 * 512.0));
}

TEST(LeastBytes, OfAttentionBackwardAreOperandsAndGradients) {
  Attention op = attention(10, 10);
  op.phase = Attention::Phase::kBackward;
  // Q, K, V, the output and as many gradients, 2 bytes each; a log-sum of 4 bytes a row
  EXPECT_EQ(least_bytes(op).base(), 8.0 * 10.0 * 2.0 + 10.0 * 4.0);
}

TEST(LeastBytes, OfMessagesAreWhatARankReadsAndWrites) {
  const auto bytes = [](Collective::Kind kind) {
    return least_bytes(Collective{.kind = kind, .bytes = Bytes{800.0}, .ranks = 8}).base();
  };
  EXPECT_EQ(bytes(Collective::Kind::kAllReduce), 1600.0);
  EXPECT_EQ(bytes(Collective::Kind::kAllGather), 900.0);
  EXPECT_EQ(bytes(Collective::Kind::kReduceScatter), 900.0);
  EXPECT_EQ(bytes(Collective::Kind::kSendRecv), 800.0);
}

TEST(LeastBytes, OfAnExchangeGrowWithDistinctRanks) {
  ExpertExchange op{.ranks = 1, .tokens_per_rank = 10, .hidden = 16, .experts_per_token = 8};
  EXPECT_EQ(least_bytes(op).base(), 10.0 * 16.0 * 2.0 * 2.0);
  op.ranks = 1'000'000;
  EXPECT_NEAR(least_bytes(op).base(), 10.0 * 16.0 * 2.0 * 9.0, 0.1);
}

TEST(LeastBytes, OfAStreamAreWhatItSays) {
  EXPECT_EQ(least_bytes(Stream{.read = Bytes{3.0}, .written = Bytes{4.0}}).base(), 7.0);
}

TEST(Sums, TakeEachTaskAsOftenAsItRuns) {
  const std::vector<Task> tasks{{"a", Gemm{.m = 1, .n = 1, .k = 1}, 3},
                                {"b", Gemm{.m = 2, .n = 1, .k = 1}, 1}};
  EXPECT_EQ(matrix_ops(tasks).base(), 10.0);
  EXPECT_EQ(least_bytes(tasks).base(), 3.0 * 6.0 + 10.0);
}

}  // namespace
}  // namespace redline
