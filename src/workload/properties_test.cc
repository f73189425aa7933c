// What holds for every model, request and shard.
#include <gtest/gtest.h>

#include "workload/test_models.h"

namespace redline {
namespace {

using rc::gen::inRange;
using test::find;
using test::is_message;
using test::matrices;
using test::named;
using test::only;
using test::ops;
using test::random_model;
using test::serve;
using test::Tasks;
using test::train;

constexpr double kRounding = 1e-9;

bool near(double a, double b) { return std::fabs(a - b) <= kRounding * std::max(a, b); }

TrainingRequest random_training() {
  return {.sequences = *inRange(1, 5),
          .tokens = 64 * *inRange(1, 20),
          .recompute = *rc::gen::element(Recompute::kNone, Recompute::kSelective, Recompute::kFull),
          .flash_attention = *rc::gen::arbitrary<bool>()};
}

InferenceRequest random_serving() {
  InferenceRequest request;
  request.prefill = {
      .count = *inRange(0, 4), .new_tokens = *inRange(1, 900), .cached = *inRange(0, 500)};
  request.decode = {
      .count = *inRange(1, 40), .new_tokens = *inRange(1, 5), .cached = *inRange(0, 4000)};
  return request;
}

// Products that TP splits; small ones stand whole on every rank.
Tasks split_by_tensor(const Tasks& tasks) {
  return only(matrices(tasks), [](const Task& task) {
    for (const std::string_view whole : {"router", "qkv_down", "kv_down"}) {
      if (task.name.substr(0, whole.size()) == whole) {
        return false;
      }
    }
    return true;
  });
}

RC_GTEST_PROP(TensorParallelism, SplitsTheWholeEvenly, ()) {
  const LlmModel one = random_model();
  const InferenceRequest request = random_serving();
  const int ranks = *rc::gen::element(2, 4, 8);
  const Shard shard{.tensor = ranks, .expert_tensor = one.moe ? ranks : 1};
  RC_ASSERT(near(ranks * ops(split_by_tensor(serve(one, request, shard))),
                 ops(split_by_tensor(serve(one, request)))));
}

RC_GTEST_PROP(TensorParallelism, SplitsTrainingEvenly, ()) {
  const LlmModel one = random_model();
  const TrainingRequest request = random_training();
  const int ranks = *rc::gen::element(2, 4, 8);
  const Shard shard{.tensor = ranks,
                    .sequence_parallel = *rc::gen::arbitrary<bool>(),
                    .expert_tensor = one.moe ? ranks : 1};
  for (const auto part : {TrainingPart::kForward, TrainingPart::kBackward}) {
    RC_ASSERT(near(ranks * ops(split_by_tensor(train(one, request, part, shard))),
                   ops(split_by_tensor(train(one, request, part)))));
  }
}

RC_GTEST_PROP(ExpertParallelism, SplitsRowsEvenly, ()) {
  LlmModel one = random_model();
  one.moe = Moe{.experts = 16,
                .experts_per_token = *inRange(1, 9),
                .shared_experts = 1,
                .expert_ffn = 64,
                .dense_layers = 0,
                .shared_expert_ffn = std::nullopt};
  const TrainingRequest request = random_training();
  const int ranks = *rc::gen::element(2, 4, 8);
  // As many replicas as ranks: each rank has the work of one whole replica.
  const Shard shard{.data = ranks, .expert = ranks};
  for (const auto part : {TrainingPart::kForward, TrainingPart::kBackward}) {
    RC_ASSERT(near(ops(train(one, request, part, shard)), ops(train(one, request, part))));
  }
}

RC_GTEST_PROP(ContextParallelism, SplitsScoresEvenly, ()) {
  LlmModel one = random_model();
  one.shape.sliding_window.reset();
  TrainingRequest request = random_training();
  request.flash_attention = true;
  const int ranks = *rc::gen::element(2, 4, 8);
  const auto part = *rc::gen::element(TrainingPart::kForward, TrainingPart::kBackward);
  RC_ASSERT(near(ranks * ops(train(one, request, part, {.context = ranks})),
                 ops(train(one, request, part))));
}

RC_GTEST_PROP(ContextParallelism, IsNeverLessThanAShareUnderAWindow, ()) {
  LlmModel one = random_model();
  one.shape.sliding_window = *inRange(1, 2000);
  TrainingRequest request = random_training();
  request.flash_attention = true;
  const int ranks = *rc::gen::element(2, 4, 8);
  RC_ASSERT(ranks * ops(train(one, request, TrainingPart::kForward, {.context = ranks})) >=
            ops(train(one, request, TrainingPart::kForward)) * (1.0 - kRounding));
}

RC_GTEST_PROP(Pipeline, StagesSumToTheWhole, ()) {
  const LlmModel one = random_model();
  const TrainingRequest request = random_training();
  const int cut = *inRange(1, one.shape.layers);
  const Shard first{.end_layer = cut};
  const Shard last{.first_layer = cut};
  for (const auto part : {TrainingPart::kForward, TrainingPart::kBackward}) {
    const auto bytes = [&](const Shard& shard) {
      return least_bytes(only(train(one, request, part, shard),
                              [](const Task& task) { return !is_message(task); }))
          .base();
    };
    const auto work = [&](const Shard& shard) { return ops(train(one, request, part, shard)); };
    RC_ASSERT(near(work(first) + work(last), work({})));
    RC_ASSERT(near(bytes(first) + bytes(last), bytes({})));
  }
}

RC_GTEST_PROP(Pipeline, StagesServeTheWhole, ()) {
  const LlmModel one = random_model();
  const InferenceRequest request = random_serving();
  const int cut = *inRange(1, one.shape.layers);
  RC_ASSERT(near(
      ops(serve(one, request, {.end_layer = cut})) + ops(serve(one, request, {.first_layer = cut})),
      ops(serve(one, request))));
}

RC_GTEST_PROP(OneRankProperty, SendsNothing, ()) {
  const LlmModel one = random_model();
  RC_ASSERT(only(serve(one, random_serving()), is_message).empty());
  const auto step = lower_training(one, random_training(), {});
  RC_ASSERT(step.has_value());
  RC_ASSERT(only(*step, is_message).empty());
}

RC_GTEST_PROP(Work, NeverShrinksWithMoreTokens, ()) {
  const LlmModel one = random_model();
  const InferenceRequest less = random_serving();
  InferenceRequest more = less;
  Sequences& grown = *rc::gen::arbitrary<bool>() ? more.prefill : more.decode;
  std::int64_t* const number = *rc::gen::element(&grown.count, &grown.new_tokens, &grown.cached);
  *number += *inRange(1, 100);
  const auto bytes = [&](const InferenceRequest& request) {
    return least_bytes(serve(one, request)).base();
  };
  RC_ASSERT(ops(serve(one, more)) >= ops(serve(one, less)));
  RC_ASSERT(bytes(more) >= bytes(less) * (1.0 - kRounding));
}

RC_GTEST_PROP(ChunkedPrefill, HasTheScoresOfOnePrefill, ()) {
  const LlmModel one = random_model();
  const std::int64_t first = *inRange(1, 900);
  const std::int64_t second = *inRange(1, 900);
  const auto attention = [&one](std::int64_t tokens, std::int64_t cached) {
    return ops(named(serve(one, {.prefill = {.count = 2, .new_tokens = tokens, .cached = cached}}),
                     "attention"));
  };
  RC_ASSERT(near(attention(first, 0) + attention(second, first), attention(first + second, 0)));
}

RC_GTEST_PROP(MixedStep, HasTheScoresOfItsParts, ()) {
  const LlmModel one = random_model();
  const InferenceRequest both = random_serving();
  const auto attention = [&one](const InferenceRequest& request) {
    return ops(named(serve(one, request), "attention"));
  };
  const double prefill = both.prefill.count > 0 ? attention({.prefill = both.prefill}) : 0.0;
  RC_ASSERT(near(attention(both), prefill + attention({.decode = both.decode})));
}

RC_GTEST_PROP(SlidingWindow, IsNeverMoreThanFull, ()) {
  LlmModel full = random_model();
  full.shape.sliding_window.reset();
  full.shape.sliding_window_pattern.reset();
  LlmModel windowed = full;
  windowed.shape.sliding_window = *inRange(1, 4000);
  windowed.shape.sliding_window_pattern =
      *rc::gen::element<std::optional<int>>(std::nullopt, 1, 2, 3);
  const InferenceRequest request = random_serving();
  const auto pattern = windowed.shape.sliding_window_pattern;
  RC_ASSERT(ops(serve(windowed, request)) <= ops(serve(full, request)) * (1.0 + kRounding));
  RC_ASSERT(least_bytes(serve(windowed, request)).base() <=
            least_bytes(serve(full, request)).base() * (1.0 + kRounding));
  RC_ASSERT(kv_bytes(windowed, {}, {}, 5000) <= kv_bytes(full, {}, {}, 5000));
  RC_ASSERT(pattern != 1 || near(ops(serve(windowed, request)), ops(serve(full, request))));
}

RC_GTEST_PROP(FullRecomputation, AddsOneForwardOfTheLayers, ()) {
  const LlmModel one = random_model();
  TrainingRequest request = random_training();
  request.recompute = Recompute::kNone;
  const double kept = ops(train(one, request, TrainingPart::kBackward));
  const Tasks forward = train(one, request, TrainingPart::kForward);
  const double layers = ops(forward) - ops(named(forward, "head"));
  request.recompute = Recompute::kFull;
  RC_ASSERT(near(ops(train(one, request, TrainingPart::kBackward)), kept + layers));
}

RC_GTEST_PROP(SelectiveRecomputation, AddsTheCoreOfAttention, ()) {
  const LlmModel one = random_model();
  TrainingRequest request = random_training();
  request.recompute = Recompute::kNone;
  const double kept = ops(train(one, request, TrainingPart::kBackward));
  const Tasks forward = train(one, request, TrainingPart::kForward);
  const double core = ops(named(forward, "attention")) + ops(named(forward, "scores")) +
                      ops(named(forward, "context"));
  request.recompute = Recompute::kSelective;
  RC_ASSERT(near(ops(train(one, request, TrainingPart::kBackward)), kept + core));
}

RC_GTEST_PROP(Backward, IsTwoProductsForEachForwardOne, ()) {
  const LlmModel one = random_model();
  TrainingRequest request = random_training();
  request.recompute = Recompute::kNone;
  const auto linear = [&](TrainingPart part) {
    return ops(only(train(one, request, part),
                    [](const Task& task) { return !test::is_a<Attention>(task); }));
  };
  RC_ASSERT(near(linear(TrainingPart::kBackward), 2.0 * linear(TrainingPart::kForward)));
}

RC_GTEST_PROP(Unfused, IsNeverLessThanFlashAttention, ()) {
  const LlmModel one = random_model();
  TrainingRequest request = random_training();
  request.flash_attention = true;
  const double fused = ops(train(one, request, TrainingPart::kForward));
  request.flash_attention = false;
  RC_ASSERT(ops(train(one, request, TrainingPart::kForward)) >= fused * (1.0 - kRounding));
}

RC_GTEST_PROP(Microbatches, RepeatPassesAndNotTheUpdate, ()) {
  const LlmModel one = random_model();
  TrainingRequest request = random_training();
  const Shard shard{.data = 4};
  const auto single = lower_training(one, request, shard);
  request.microbatches = *inRange(2, 50);
  const auto several = lower_training(one, request, shard);
  RC_ASSERT(single.has_value() && several.has_value());
  RC_ASSERT(near(ops(*several), ops(*single) * static_cast<double>(request.microbatches)));
  RC_ASSERT(test::runs(named(*several, "optimizer")) == 1.0);
  RC_ASSERT(test::runs(only(*several, is_message)) == test::runs(only(*single, is_message)));
}

RC_GTEST_PROP(Tasks, AllRunAndHaveNames, ()) {
  const LlmModel one = random_model();
  Tasks tasks = serve(one, random_serving());
  const auto step = lower_training(one, random_training(), {});
  RC_ASSERT(step.has_value());
  tasks.insert(tasks.end(), step->begin(), step->end());
  for (const Task& task : tasks) {
    RC_ASSERT(!task.name.empty());
    RC_ASSERT(task.count > 0);
    RC_ASSERT(least_bytes(task.op).base() > 0.0);
    RC_ASSERT(test::is_a<Stream>(task) || matrix_ops(task.op).base() > 0.0);
  }
}

RC_GTEST_PROP(Hit, StaysWithinGroupsAndRows, ()) {
  LlmModel one = random_model();
  RC_PRE(one.moe.has_value());
  one.shape.layers = one.moe->dense_layers + 1;
  const int ranks = *rc::gen::element(1, 2, 4, 8);
  const Shard shard{.data = ranks, .expert = ranks};
  const InferenceRequest request{.decode = {.count = *inRange(1, 2000), .cached = 10}};
  const auto tasks = serve(one, request, shard);
  const auto op = find<GroupedGemm>(tasks, "expert_down");
  RC_ASSERT(op.hit > 0.0);
  RC_ASSERT(op.hit <= static_cast<double>(std::min(op.groups, op.rows)) * (1.0 + kRounding));
}

TEST(Append, KeepsWhatIsThereAndTheCapacity) {
  const LlmModel& llama = test::model("llama-2-7b");
  const InferenceRequest request{.decode = {.count = 1, .cached = 1}};
  Tasks tasks;
  append_inference(llama, request, {}, tasks);
  const std::size_t size = tasks.size();
  append_inference(llama, request, {}, tasks);
  EXPECT_EQ(tasks.size(), 2 * size);
  const std::size_t capacity = tasks.capacity();
  const Task* const first = tasks.data();
  tasks.clear();
  append_inference(llama, request, {}, tasks);
  EXPECT_EQ(tasks.capacity(), capacity);
  EXPECT_EQ(tasks.data(), first);
}

TEST(Append, OfABackwardPassLeavesEarlierTasksInTheirOrder) {
  const LlmModel& llama = test::model("llama-2-7b");
  Tasks tasks;
  append_training(llama, {}, {}, TrainingPart::kForward, tasks);
  const std::size_t forward = tasks.size();
  append_training(llama, {}, {}, TrainingPart::kBackward, tasks);
  EXPECT_EQ(tasks.front().name, "embedding");
  EXPECT_EQ(tasks.at(forward).name, "head_dgrad");
  EXPECT_EQ(tasks.back().name, "embedding_backward");
}

}  // namespace
}  // namespace redline
