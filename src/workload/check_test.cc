// What cannot be lowered says why, all of it at once.
#include <algorithm>

#include <gtest/gtest.h>

#include "workload/test_models.h"

namespace redline {
namespace {

using test::model;

const InferenceRequest kDecode{.decode = {.count = 1, .cached = 10}};

template <class Request>
void expect_problem(const LlmModel& one, const Request& request, const Shard& shard, Code code,
                    std::string_view words) {
  const Diagnostics problems = check(one, request, shard);
  ASSERT_EQ(problems.size(), 1U) << words << '\n' << render(problems);
  EXPECT_EQ(problems[0].code, code);
  EXPECT_NE(problems[0].message.find(words), std::string::npos) << problems[0].message;
  EXPECT_FALSE(is_valid(one, request, shard));
}

void expect_bad_shard(std::string_view id, const Shard& shard, std::string_view words) {
  expect_problem(model(id), kDecode, shard, Code::kBadShard, words);
  expect_problem(model(id), TrainingRequest{}, shard, Code::kBadShard, words);
  EXPECT_EQ(check(model(id), shard).size(), 1U);
  EXPECT_FALSE(is_valid(model(id), shard));
}

void expect_bad_decode(const InferenceRequest& request, std::string_view words) {
  expect_problem(model("llama-2-7b"), request, {}, Code::kBadRequest, words);
}

void expect_bad_training(const TrainingRequest& request, std::string_view words,
                         const Shard& shard = {}) {
  expect_problem(model("llama-2-7b"), request, shard, Code::kBadRequest, words);
}

void expect_bad_model(const LlmModel& one, Code code, std::string_view words) {
  expect_problem(one, kDecode, {}, code, words);
  expect_problem(one, TrainingRequest{}, {}, code, words);
}

TEST(Check, FindsNothingWrongWithEveryModelOnOneRank) {
  for (const LlmModel& one : test::catalog().models) {
    EXPECT_TRUE(check(one, kDecode, {}).empty()) << one.id;
    EXPECT_TRUE(check(one, TrainingRequest{.tokens = 128}, {}).empty()) << one.id;
    EXPECT_TRUE(is_valid(one, kDecode, {})) << one.id;
  }
}

TEST(Check, RefusesTensorParallelismThatSplitsNoHeads) {
  expect_bad_shard("mixtral-8x7b", {.tensor = 3}, "3 does not divide 32 heads");
}

TEST(Check, RefusesTensorParallelismThatKeyHeadsCannotFollow) {
  LlmModel one = model("llama-2-7b");
  one.shape.heads = 24;
  one.shape.kv_heads = 6;
  one.shape.ffn = 12288;
  expect_problem(one, kDecode, {.tensor = 4}, Code::kBadShard, "neither divides 6 kv_heads");
  EXPECT_TRUE(check(one, kDecode, {.tensor = 12}).empty());
}

TEST(Check, RefusesTensorParallelismThatSplitsNoFeedForward) {
  LlmModel one = model("llama-2-7b");
  one.shape.ffn = 11000;
  expect_problem(one, kDecode, {.tensor = 16}, Code::kBadShard,
                 "16 does not divide a feed-forward 11000");
  one = model("deepseek-v3");
  one.moe->expert_ffn = 2050;
  expect_problem(one, kDecode, {.tensor = 4}, Code::kBadShard,
                 "4 does not divide shared experts 2050");
}

TEST(Check, RefusesLayersThatAreNotThere) {
  expect_bad_shard("llama-2-7b", {.end_layer = 33}, "layers 0 to 33 is no part of 32");
  expect_bad_shard("llama-2-7b", {.first_layer = 32}, "layers 32 to 32");
  expect_bad_shard("llama-2-7b", {.first_layer = 20, .end_layer = 10}, "layers 20 to 10");
  expect_bad_shard("llama-2-7b", {.first_layer = -1}, "layers -1 to 32");
}

TEST(Check, RefusesPredictionModulesOfNoModelAndInTheMiddle) {
  expect_bad_shard("llama-2-7b", {.mtp = true}, "has no prediction modules");
  expect_bad_shard("deepseek-v3", {.end_layer = 10, .mtp = true}, "stand on the last stage");
}

TEST(Check, RefusesExpertsThatCannotBeSpread) {
  expect_bad_shard("llama-2-7b", {.data = 8, .expert = 8}, "without experts");
  expect_bad_shard("mixtral-8x7b", {.data = 3, .expert = 3}, "3 does not divide 8 experts");
  expect_bad_shard("mixtral-8x7b", {.data = 2, .expert = 8}, "the 2 ranks of a stage");
  expect_bad_shard("mixtral-8x7b", {.data = 3, .expert_tensor = 3},
                   "3 does not divide experts 14336");
}

TEST(Check, RefusesGroupsOfNoRanks) {
  expect_bad_shard("llama-2-7b", {.tensor = 0}, "tensor is 0");
  expect_bad_shard("llama-2-7b", {.data = -4}, "data is -4");
  expect_bad_shard("llama-2-7b", {.context = 0}, "context is 0");
  expect_bad_shard("mixtral-8x7b", {.expert = 0}, "expert is 0");
  expect_bad_shard("llama-2-7b", {.data = 2'000'000}, "at most 1000000");
  expect_bad_shard("llama-2-7b", {.node_ranks = -1}, "node_ranks is -1");
}

TEST(Check, RefusesAStepOfNothing) {
  expect_bad_decode({}, "no sequence");
  expect_bad_decode({.decode = {.count = 1, .new_tokens = 0}}, "decode.new_tokens is 0");
  expect_bad_decode({.prefill = {.count = 1, .new_tokens = 0}}, "prefill.new_tokens is 0");
  expect_bad_training({.sequences = 0}, "sequences is 0");
  expect_bad_training({.tokens = 0}, "tokens is 0");
  expect_bad_training({.microbatches = 0}, "microbatches is 0");
}

TEST(Check, RefusesLessThanNothing) {
  expect_bad_decode({.decode = {.count = -1}}, "decode.count is -1");
  expect_bad_decode({.decode = {.count = 1, .cached = -1}}, "decode.cached is -1");
  expect_bad_decode({.decode = {.count = 1}, .draft_passes = -1}, "draft_passes is -1");
}

TEST(Check, RefusesMoreThanCanBeCounted) {
  expect_bad_decode({.decode = {.count = 1'000'000, .cached = 1'000'000}}, "are more than");
  expect_bad_training({.sequences = 1'000'000'000, .tokens = 1'000'000}, "are more than");
  expect_bad_decode({.decode = {.count = std::int64_t{1} << 60}}, "at most 1000000000");
}

TEST(Check, RefusesDraftsThatNothingMakes) {
  expect_problem(model("deepseek-v3"), InferenceRequest{.decode = {.count = 1}, .draft_passes = 1},
                 {}, Code::kBadShard, "drafts need a shard");
  expect_problem(model("deepseek-v3"),
                 InferenceRequest{.prefill = {.count = 1, .new_tokens = 9}, .draft_passes = 1},
                 {.mtp = true}, Code::kBadRequest, "drafts need sequences");
}

TEST(Check, RefusesAContextThatIsNotCutEvenly) {
  expect_bad_training({.tokens = 2050}, "no multiple of 8", {.context = 4});
  expect_problem(model("llama-2-7b"), kDecode, {.context = 2}, Code::kBadRequest,
                 "decoding does not split");
}

TEST(Check, RefusesMorePositionsThanWereLearned) {
  const LlmModel& gpt = model("gpt-3-175b");
  ASSERT_EQ(gpt.shape.position, PositionKind::kLearned);
  expect_problem(gpt, TrainingRequest{.tokens = 4096}, {}, Code::kBadRequest, "learned positions");
}

TEST(Check, RefusesFormatsThatAreMissing) {
  expect_bad_decode({.precision = {.weights = Format::kNone}, .decode = {.count = 1}},
                    "no format of weights");
  expect_bad_decode({.precision = {.fp4_block = 0}, .decode = {.count = 1}}, "fp4_block is 0");
  expect_bad_training({.gradients = Format::kNone}, "no format of gradients");
}

TEST(Check, RefusesModelsThatCannotBe) {
  LlmModel one = model("llama-2-7b");
  one.shape.sliding_window = -1;
  expect_bad_model(one, Code::kOutOfRange, "sliding_window is -1");
  one = model("llama-2-7b");
  one.shape.kv_heads = 0;
  expect_bad_model(one, Code::kOutOfRange, "kv_heads is 0");
  one.shape.kv_heads = 5;
  expect_bad_model(one, Code::kInconsistent, "32 heads are no multiple of 5");
  one = model("llama-2-7b");
  one.shape.hidden = 2'000'000'000;
  expect_bad_model(one, Code::kOutOfRange, "at most");
  one = model("mixtral-8x7b");
  one.moe->experts_per_token = 9;
  expect_bad_model(one, Code::kInconsistent, "9 experts see a token");
  one = model("deepseek-v3");
  one.mla->kv_lora_rank = 0;
  expect_bad_model(one, Code::kOutOfRange, "kv_lora_rank is 0");
  one = model("deepseek-v3");
  one.moe->dense_layers = 62;
  expect_bad_model(one, Code::kInconsistent, "62 layers have no experts");
}

TEST(Check, GathersAllProblemsAtOnce) {
  const TrainingRequest request{
      .precision = {.weights = Format::kNone}, .sequences = 0, .tokens = 0, .microbatches = -1};
  const Shard shard{.tensor = 5, .first_layer = 40};
  const Diagnostics problems = check(model("mixtral-8x7b"), request, shard);
  EXPECT_EQ(problems.size(), 6U) << render(problems);
  const auto lowered = lower_training(model("mixtral-8x7b"), request, shard);
  ASSERT_FALSE(lowered);
  EXPECT_EQ(lowered.error().size(), problems.size());
}

TEST(Check, OfAnEngineReachesTheCaller) {
  const auto lowered = lower_inference(model("llama-2-7b"), {}, {});
  ASSERT_FALSE(lowered);
  EXPECT_EQ(lowered.error().at(0).code, Code::kBadRequest);
  EXPECT_FALSE(lowered.error().at(0).help.empty());
}

TEST(Check, IsTheCallersToMake) {
  std::vector<Task> tasks;
  const LlmModel& llama = model("llama-2-7b");
  constexpr int kBugStatus = 70;
  EXPECT_EXIT(append_inference(llama, {}, {}, tasks), testing::ExitedWithCode(kBugStatus),
              "is_valid");
  EXPECT_EXIT((void)kv_bytes(llama, {}, {.tensor = 0}, 1), testing::ExitedWithCode(kBugStatus),
              "is_valid");
}

// Mostly a number that may do, now and then one that does not or is huge.
int rank_count() {
  return *rc::gen::weightedElement<int>({{12, 1},
                                         {12, 2},
                                         {8, 4},
                                         {1, 0},
                                         {1, -1},
                                         {1, 3},
                                         {1, 1 << 20},
                                         {1, INT32_MAX},
                                         {1, INT32_MIN}});
}
std::int64_t amount() {
  return *rc::gen::weightedOneOf<std::int64_t>(
      {{30, rc::gen::inRange<std::int64_t>(1, 64)},
       {1, rc::gen::element<std::int64_t>(0, -1, 999'999'999, INT64_MAX, INT64_MIN)}});
}

RC_GTEST_PROP(Check, AgreesWithItselfAndLetsNothingBreak, ()) {
  const LlmModel one = test::random_model();
  const int layer = *rc::gen::weightedElement<int>({{10, 0}, {2, 1}, {1, -1}, {1, 20}});
  const Shard shard{.tensor = rank_count(),
                    .sequence_parallel = *rc::gen::arbitrary<bool>(),
                    .context = *rc::gen::weightedElement<int>({{8, 1}, {1, 2}, {1, 0}}),
                    .data = rank_count(),
                    .expert = *rc::gen::weightedElement<int>({{8, 1}, {2, 2}, {1, INT32_MAX}}),
                    .expert_tensor = *rc::gen::weightedElement<int>({{8, 1}, {2, 2}, {1, -1}}),
                    .first_layer = layer,
                    .node_ranks = rank_count()};
  InferenceRequest serving;
  serving.prefill = {amount(), amount(), amount()};
  serving.decode = {amount(), amount(), amount()};
  const TrainingRequest training{
      .sequences = amount(), .tokens = amount(), .microbatches = amount()};
  const auto served = lower_inference(one, serving, shard);
  RC_ASSERT(served.has_value() == is_valid(one, serving, shard));
  RC_ASSERT(served.has_value() == check(one, serving, shard).empty());
  const auto trained = lower_training(one, training, shard);
  RC_ASSERT(trained.has_value() == is_valid(one, training, shard));
  RC_CLASSIFY(served.has_value());
  if (trained) {
    RC_ASSERT(matrix_ops(*trained).base() > 0.0);
  }
}

}  // namespace
}  // namespace redline
