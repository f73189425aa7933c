// Which messages a shard takes part in, and how large they are.
#include <cmath>

#include <gtest/gtest.h>

#include "workload/test_models.h"

namespace redline {
namespace {

using test::find;
using test::is_message;
using test::message_bytes;
using test::model;
using test::named;
using test::only;
using test::runs;
using test::serve;
using test::Tasks;
using test::train;
using Kind = Collective::Kind;

double named_bytes(const Tasks& tasks, std::string_view name) {
  double sum = 0.0;
  for (const Task& task : named(tasks, name)) {
    sum += std::get<Collective>(task.op).bytes.base() * static_cast<double>(task.count);
  }
  return sum;
}

const TrainingRequest kTraining{.sequences = 1, .tokens = 2048};
constexpr double kState = 2048.0 * 4096.0 * 2.0;  // T h in bf16, of llama-2-7b

TEST(OneRank, SendsNothing) {
  for (const char* id : {"llama-2-7b", "mixtral-8x7b", "deepseek-v3"}) {
    for (const auto part :
         {TrainingPart::kForward, TrainingPart::kBackward, TrainingPart::kUpdate}) {
      EXPECT_TRUE(only(train(model(id), kTraining, part), is_message).empty()) << id;
    }
    const InferenceRequest request{.prefill = {.count = 2, .new_tokens = 64},
                                   .decode = {.count = 8, .cached = 100}};
    EXPECT_TRUE(only(serve(model(id), request), is_message).empty()) << id;
  }
}

TEST(TensorParallelism, AddsUpTwiceALayerEachWay) {
  const Shard shard{.tensor = 8};
  const auto forward = train(model("llama-2-7b"), kTraining, TrainingPart::kForward, shard);
  const auto backward = train(model("llama-2-7b"), kTraining, TrainingPart::kBackward, shard);
  // 32 layers, and the embedding forward, the head backward
  EXPECT_EQ(runs(named(forward, "tp_reduce")), 2.0 * 32.0 + 1.0);
  EXPECT_EQ(runs(named(backward, "tp_reduce")), 2.0 * 32.0 + 1.0);
  EXPECT_EQ(find<Collective>(forward, "tp_reduce").bytes.base(), kState);
  EXPECT_EQ(find<Collective>(forward, "tp_reduce").ranks, 8);
}

TEST(TensorParallelism, ReducesThreeNumbersATokenForTheLoss) {
  const auto tasks = train(model("llama-2-7b"), kTraining, TrainingPart::kForward, {.tensor = 2});
  EXPECT_EQ(find<Collective>(tasks, "loss_reduce").bytes.base(), 3.0 * 4.0 * 2048.0);
}

TEST(TensorParallelism, GathersLogitsToSample) {
  const auto tasks =
      serve(model("llama-2-7b"), {.decode = {.count = 3, .cached = 9}}, {.tensor = 2});
  EXPECT_EQ(find<Collective>(tasks, "logits_gather").bytes.base(), 3.0 * 32000.0 * 2.0);
}

TEST(SequenceParallelism, ReplacesEachSumByAGatherAndAScatter) {
  const Shard shard{.tensor = 8, .sequence_parallel = true};
  const auto tasks = train(model("llama-2-7b"), kTraining, TrainingPart::kForward, shard);
  EXPECT_EQ(message_bytes(named(tasks, "tp_reduce"), Kind::kAllReduce), 0.0);
  EXPECT_EQ(message_bytes(tasks, Kind::kAllGather), 65.0 * kState);      // and the head
  EXPECT_EQ(message_bytes(tasks, Kind::kReduceScatter), 65.0 * kState);  // and the embedding
}

TEST(SequenceParallelism, GathersInputsAgainForWeightGradients) {
  const Shard shard{.tensor = 8, .sequence_parallel = true};
  const auto tasks = train(model("llama-2-7b"), kTraining, TrainingPart::kBackward, shard);
  // Gradients of outputs (64 blocks, embedding) and inputs once more (64 blocks, head)
  EXPECT_EQ(message_bytes(tasks, Kind::kAllGather), 2.0 * 65.0 * kState);
  EXPECT_EQ(message_bytes(tasks, Kind::kReduceScatter), 65.0 * kState);
}

TEST(SequenceParallelism, SplitsNormsByTokens) {
  const auto rows = [](bool split) {
    const auto tasks = train(model("llama-2-7b"), kTraining, TrainingPart::kForward,
                             {.tensor = 8, .sequence_parallel = split});
    return find<Stream>(tasks, "norm").rows;
  };
  EXPECT_EQ(rows(false), 2048);
  EXPECT_EQ(rows(true), 256);
}

TEST(ContextParallelism, GathersKeysAndValues) {
  const LlmModel& llama = model("llama-3-70b");
  const TrainingRequest request{.sequences = 1, .tokens = 8192};
  const double keys = 8192.0 * 8.0 * 2.0 * 128.0 * 2.0;
  const auto forward = train(llama, request, TrainingPart::kForward, {.context = 4});
  const auto backward = train(llama, request, TrainingPart::kBackward, {.context = 4});
  EXPECT_EQ(named_bytes(forward, "kv_gather"), 80.0 * keys);
  EXPECT_EQ(named_bytes(backward, "kv_gather"), 80.0 * keys);
  EXPECT_EQ(named_bytes(backward, "kv_scatter"), 80.0 * keys);
}

TEST(Pipeline, SendsStatesForwardAndGradientsBack) {
  const Shard first{.end_layer = 16};
  const Shard last{.first_layer = 16};
  const LlmModel& llama = model("llama-2-7b");
  const auto send = [&](const Shard& shard, TrainingPart part) {
    return message_bytes(train(llama, kTraining, part, shard), Kind::kSendRecv);
  };
  EXPECT_EQ(send(first, TrainingPart::kForward), kState);
  EXPECT_EQ(send(first, TrainingPart::kBackward), 0.0);
  EXPECT_EQ(send(last, TrainingPart::kForward), 0.0);
  EXPECT_EQ(send(last, TrainingPart::kBackward), kState);
}

TEST(Pipeline, SendsAShardOfTheStateUnderSequenceParallelism) {
  const Shard shard{.tensor = 4, .sequence_parallel = true, .end_layer = 16};
  EXPECT_EQ(message_bytes(train(model("llama-2-7b"), kTraining, TrainingPart::kForward, shard),
                          Kind::kSendRecv),
            kState / 4.0);
}

TEST(Pipeline, SumsTheGradientOfATableThatBothEndsHold) {
  LlmModel tied = model("llama-2-7b");
  const auto reduce = [&](const Shard& shard) {
    return named_bytes(train(tied, kTraining, TrainingPart::kUpdate, shard), "table_reduce");
  };
  EXPECT_EQ(reduce({.end_layer = 16}), 0.0);
  tied.shape.tied_embeddings = true;
  EXPECT_EQ(reduce({.end_layer = 16}), 32000.0 * 4096.0 * 4.0);
  EXPECT_EQ(reduce({.first_layer = 16}), 32000.0 * 4096.0 * 4.0);
  EXPECT_EQ(reduce({.first_layer = 8, .end_layer = 16}), 0.0);
  EXPECT_EQ(reduce({}), 0.0);
}

TEST(DataParallelism, AddsUpGradientsOnceAStep) {
  const LlmModel& llama = model("llama-2-7b");
  const auto tasks = train(llama, kTraining, TrainingPart::kUpdate, {.context = 2, .data = 8});
  EXPECT_EQ(find<Collective>(tasks, "gradient_reduce").bytes.base(), 6738415616.0 * 4.0);
  EXPECT_EQ(find<Collective>(tasks, "gradient_reduce").ranks, 16);
  EXPECT_TRUE(
      only(train(llama, kTraining, TrainingPart::kBackward, {.data = 8}), is_message).empty());
}

TEST(Zero, OfOptimizerStateScattersGradientsAndGathersParameters) {
  const auto tasks = train(model("llama-2-7b"), kTraining, TrainingPart::kUpdate,
                           {.data = 8, .zero = ZeroStage::kOptimizer});
  EXPECT_EQ(named_bytes(tasks, "gradient_scatter"), 6738415616.0 * 4.0);
  EXPECT_EQ(named_bytes(tasks, "parameter_gather"), 6738415616.0 * 2.0);
  EXPECT_EQ(named_bytes(tasks, "gradient_reduce"), 0.0);
  EXPECT_EQ(find<Stream>(tasks, "optimizer").rows, 6738415616 / 8);
}

TEST(Zero, OfNeighboursSharesInSmallGroupsAndSumsOverTheRest) {
  const Shard shard{.data = 32, .zero = ZeroStage::kOptimizer, .zero_ranks = 8, .node_ranks = 8};
  const auto tasks = train(model("llama-2-7b"), kTraining, TrainingPart::kUpdate, shard);
  const double gradients = 6738415616.0 * 4.0;
  EXPECT_EQ(named_bytes(tasks, "gradient_scatter"), gradients);
  EXPECT_EQ(find<Collective>(tasks, "gradient_scatter").ranks, 8);
  EXPECT_EQ(find<Collective>(tasks, "gradient_scatter").ranks_per_node, 8);
  EXPECT_EQ(named_bytes(tasks, "gradient_reduce"), gradients / 8.0);
  EXPECT_EQ(find<Collective>(tasks, "gradient_reduce").ranks, 4);
  EXPECT_EQ(find<Collective>(tasks, "gradient_reduce").ranks_per_node, 1);
  EXPECT_EQ(find<Collective>(tasks, "parameter_gather").ranks, 8);
  EXPECT_EQ(find<Stream>(tasks, "optimizer").rows, 6738415616 / 8);
}

TEST(StageSend, IsAPartOfEachRankOfATensorAndGathered) {
  const auto sent = [](const Shard& shard, std::string_view name) {
    return named_bytes(train(model("llama-2-7b"), kTraining, TrainingPart::kForward, shard), name);
  };
  const Shard whole{.end_layer = 16};
  const Shard split{.tensor = 4, .end_layer = 16};
  const Shard sequence{.tensor = 4, .sequence_parallel = true, .end_layer = 16};
  EXPECT_EQ(sent(split, "stage_send"), sent(whole, "stage_send") / 4.0);
  EXPECT_EQ(sent(split, "stage_send_gather"), sent(whole, "stage_send"));
  EXPECT_EQ(sent(sequence, "stage_send"), sent(whole, "stage_send") / 4.0);
  EXPECT_EQ(sent(sequence, "stage_send_gather"), 0.0);
}

TEST(Zero, OfGradientsScattersThemInEachPass) {
  const Shard shard{.data = 8, .zero = ZeroStage::kGradients};
  const LlmModel& llama = model("llama-2-7b");
  const auto backward = train(llama, kTraining, TrainingPart::kBackward, shard);
  const auto update = train(llama, kTraining, TrainingPart::kUpdate, shard);
  EXPECT_EQ(named_bytes(backward, "gradient_scatter"), 6738415616.0 * 4.0);
  EXPECT_EQ(named_bytes(update, "gradient_scatter"), 0.0);
  EXPECT_EQ(named_bytes(update, "parameter_gather"), 6738415616.0 * 2.0);
}

TEST(Zero, OfParametersGathersThemInEveryPass) {
  const Shard shard{.data = 8, .zero = ZeroStage::kParameters};
  const LlmModel& llama = model("llama-2-7b");
  for (const auto part : {TrainingPart::kForward, TrainingPart::kBackward}) {
    const auto tasks = train(llama, kTraining, part, shard);
    EXPECT_EQ(named_bytes(tasks, "parameter_gather"), 6738415616.0 * 2.0);
    EXPECT_EQ(named(tasks, "parameter_gather").at(0).count, 32);
  }
  EXPECT_TRUE(only(train(llama, kTraining, TrainingPart::kUpdate, shard), is_message).empty());
}

TEST(ExpertParallelism, ExchangesTokensOfOneRankBothWays) {
  const Shard shard{.data = 8, .expert = 8};
  const auto tasks = serve(model("deepseek-v3"), {.decode = {.count = 16, .cached = 9}}, shard);
  const Task dispatch = named(tasks, "dispatch").at(0);
  const auto& op = std::get<ExpertExchange>(dispatch.op);
  EXPECT_EQ(dispatch.count, 58);
  EXPECT_EQ(op.kind, ExpertExchange::Kind::kDispatch);
  EXPECT_EQ(op.ranks, 8);
  EXPECT_EQ(op.tokens_per_rank, 16);
  EXPECT_EQ(op.hidden, 7168);
  EXPECT_EQ(op.experts_per_token, 8);
  EXPECT_EQ(find<ExpertExchange>(tasks, "combine").kind, ExpertExchange::Kind::kCombine);
  EXPECT_EQ(runs(only(tasks, is_message)), 2.0 * 58.0);
}

TEST(ExpertParallelism, GivesARankTheRowsOfItsExperts) {
  const auto tasks =
      serve(model("deepseek-v3"), {.decode = {.count = 16, .cached = 9}}, {.data = 8, .expert = 8});
  const auto op = find<GroupedGemm>(tasks, "expert_gate_up");
  EXPECT_EQ(op.groups, 32);
  EXPECT_EQ(op.rows, 16 * 8);  // as many come as go
  // 128 tokens of all ranks, each of which sees 8 of 256 experts
  EXPECT_NEAR(op.hit, 32.0 * (1.0 - std::pow(31.0 / 32.0, 128.0)), 1e-9);
}

TEST(ExpertParallelism, DispatchesNarrowAndCombinesWide) {
  const InferenceRequest request{
      .precision = {.weights = Format::kFp8, .activations = Format::kFp8},
      .decode = {.count = 16, .cached = 9}};
  const auto tasks = serve(model("deepseek-v3"), request, {.data = 8, .expert = 8});
  EXPECT_EQ(find<ExpertExchange>(tasks, "dispatch").format, Format::kFp8);
  EXPECT_EQ(find<ExpertExchange>(tasks, "combine").format, Format::kBf16);
}

TEST(ExpertParallelism, GoesBackAsItCame) {
  const Shard shard{.data = 8, .expert = 8};
  const auto tasks = train(model("mixtral-8x7b"), kTraining, TrainingPart::kBackward, shard);
  EXPECT_EQ(find<ExpertExchange>(tasks, "dispatch_backward").kind, ExpertExchange::Kind::kCombine);
  EXPECT_EQ(find<ExpertExchange>(tasks, "combine_backward").kind, ExpertExchange::Kind::kDispatch);
}

TEST(ExpertParallelism, WithinTensorParallelismNeedsNoExchange) {
  const Shard shard{.tensor = 8, .expert = 8};
  const auto tasks = serve(model("mixtral-8x7b"), {.decode = {.count = 64, .cached = 9}}, shard);
  EXPECT_TRUE(only(tasks, test::is_a<ExpertExchange>).empty());
  EXPECT_EQ(runs(named(tasks, "tp_reduce")), 2.0 * 32.0 + 1.0);
  const auto op = find<GroupedGemm>(tasks, "expert_gate_up");
  EXPECT_EQ(op.groups, 1);
  EXPECT_EQ(op.rows, 64 * 2 / 8);
}

TEST(ExpertParallelism, SlicesTokensThatTensorRanksShare) {
  // 2 ranks of TP have the same 64 tokens and send 32 each; then each gets the other's.
  const Shard shard{.tensor = 2, .data = 4, .expert = 8};
  const auto tasks = serve(model("mixtral-8x7b"), {.decode = {.count = 64, .cached = 9}}, shard);
  EXPECT_EQ(find<ExpertExchange>(tasks, "dispatch").tokens_per_rank, 32);
  EXPECT_EQ(find<GroupedGemm>(tasks, "expert_gate_up").rows, 32 * 2);
  EXPECT_EQ(named_bytes(tasks, "tp_gather"), 32.0 * 64.0 * 4096.0 * 2.0);
}

TEST(ExpertTensorParallelism, GathersRowsAndScattersSums) {
  const Shard shard{.data = 8, .expert = 4, .expert_tensor = 2};
  const auto tasks = serve(model("mixtral-8x7b"), {.decode = {.count = 64, .cached = 9}}, shard);
  const auto op = find<GroupedGemm>(tasks, "expert_gate_up");
  EXPECT_EQ(op.n, 14336);  // half of gate and up
  EXPECT_EQ(op.rows, 64 * 2 * 2);
  EXPECT_EQ(find<Collective>(tasks, "expert_gather").bytes.base(), 256.0 * 4096.0 * 2.0);
  EXPECT_EQ(find<Collective>(tasks, "expert_scatter").ranks, 2);
}

TEST(ExpertReplicas, SumTheirGradientsApart) {
  const Shard shard{.data = 16, .expert = 8};
  const auto tasks = train(model("mixtral-8x7b"), kTraining, TrainingPart::kUpdate, shard);
  EXPECT_EQ(find<Collective>(tasks, "expert_gradient_reduce").ranks, 2);
  EXPECT_EQ(find<Collective>(tasks, "expert_gradient_reduce").bytes.base(),
            32.0 * 3.0 * 4096.0 * 14336.0 * 4.0);
  EXPECT_EQ(find<Collective>(tasks, "gradient_reduce").ranks, 16);
}

TEST(Groups, KnowHowManyOfTheirRanksANodeHolds) {
  const Shard shard{.tensor = 4, .data = 8, .end_layer = 16, .node_ranks = 8};
  const auto forward = train(model("llama-2-7b"), kTraining, TrainingPart::kForward, shard);
  const auto update = train(model("llama-2-7b"), kTraining, TrainingPart::kUpdate, shard);
  EXPECT_EQ(find<Collective>(forward, "tp_reduce").ranks_per_node, 4);
  EXPECT_EQ(find<Collective>(update, "gradient_reduce").ranks_per_node, 2);
  EXPECT_EQ(find<Collective>(forward, "stage_send").ranks_per_node, 1);
}

TEST(Groups, LeaveItOpenWhereTheNodeIsNotSaid) {
  const auto tasks = train(model("llama-2-7b"), kTraining, TrainingPart::kForward, {.tensor = 4});
  EXPECT_EQ(find<Collective>(tasks, "tp_reduce").ranks_per_node, 0);
}

}  // namespace
}  // namespace redline
