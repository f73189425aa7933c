// A step of training: passes of one microbatch, and the update.

#include "workload/training.h"

#include <algorithm>

namespace redline {
namespace workload {
namespace {

Step training_step(const TrainingRequest& request, const Stage& stage) {
  return make_step({.count = request.sequences, .new_tokens = request.tokens}, {}, stage, false);
}

void emit_pass(Emitter& emit, const Stage& stage, const Step& step) {
  emit.repeat(1);
  if (stage.first) {
    emit_embedding(emit, stage, step);
  }
  emit_layers(emit, stage, step, stage.layers);
  emit.repeat(1);
  if (stage.last) {
    emit_head(emit, stage, step, step.tokens);
    emit_loss(emit, stage, step.tokens);
  }
  if (stage.mtp.all() > 0) {
    emit.repeat(stage.mtp.all());
    emit_mtp_input(emit, stage, step);
    emit_layers(emit, stage, step, stage.mtp);
    emit.repeat(stage.mtp.all());
    emit_head(emit, stage, step, step.tokens);
    emit_loss(emit, stage, step.tokens);
  }
  emit.repeat(1);
  if (!(emit.forward() ? stage.last : stage.first)) {
    emit_stage_send(emit, stage, step);
  }
}

// Tasks of the forward pass that the backward one repeats.
void emit_recomputation(const TrainingRequest& request, const Stage& stage, const Step& step,
                        Sink& out) {
  if (request.recompute == Recompute::kNone) {
    return;
  }
  Emitter again(stage, Pass::kForward, out);
  for (const LayerMix& mix : {stage.layers, stage.mtp}) {
    if (request.recompute == Recompute::kFull) {
      emit_layers(again, stage, step, mix);
    } else {
      emit_core(again, stage, step, mix);
    }
  }
}

void emit_backward(const Replica& replica, const Stage& stage, const Step& step,
                   std::vector<Task>& out) {
  TaskList list(out);
  emit_recomputation(replica.request, stage, step, list);
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  Emitter emit(stage, Pass::kBackward, list);
  emit_pass(emit, stage, step);
  std::reverse(out.begin() + begin, out.end());
  emit_pass_messages(emit, stage, replica);
}

// Operations of matrix units, added up.
class MatrixSum final : public Sink {
 public:
  explicit MatrixSum(MaskedScores scores) : causal_(scores == MaskedScores::kLeftOut) {}

  void take(std::string_view /*name*/, const Gemm& op, std::int64_t count) override {
    add(op, count);
  }
  void take(std::string_view /*name*/, const GroupedGemm& op, std::int64_t count) override {
    add(op, count);
  }
  void take(std::string_view /*name*/, const Attention& op, std::int64_t count) override {
    Attention counted = op;
    counted.causal = causal_;
    add(counted, count);
  }
  void take(std::string_view /*name*/, const Stream& /*op*/, std::int64_t /*count*/) override {}
  void take(std::string_view /*name*/, const Collective& /*op*/, std::int64_t /*count*/) override {}
  void take(std::string_view /*name*/, const ExpertExchange& /*op*/,
            std::int64_t /*count*/) override {}

  [[nodiscard]] Ops sum() const { return sum_; }

 private:
  template <class Op>
  void add(const Op& op, std::int64_t count) {
    sum_ += matrix_ops(op) * static_cast<double>(count);
  }

  bool causal_;
  Ops sum_{};
};

}  // namespace

Stage training_stage(const LlmModel& model, const TrainingRequest& request, const Shard& shard) {
  Stage stage = make_stage(model, shard, request.precision);
  stage.formats.kv = stage.formats.attention;
  stage.formats.gradient = request.gradients;
  stage.flash_attention = request.flash_attention;
  return stage;
}

Ops model_ops(const LlmModel& model, const TrainingRequest& request, MaskedScores scores) {
  constexpr double kPasses = 3.0;  // one forward; a backward of two products for each of its own
  Stage stage = training_stage(model, request, {});
  stage.flash_attention = true;
  MatrixSum forward(scores);
  Emitter emit(stage, Pass::kForward, forward, Emitter::Emits::kMatrices);
  emit_pass(emit, stage, training_step(request, stage));
  return forward.sum() * (kPasses * static_cast<double>(request.microbatches));
}

}  // namespace workload

void append_training(const LlmModel& model, const TrainingRequest& request, const Shard& shard,
                     TrainingPart part, std::vector<Task>& out) {
  using namespace workload;
  RL_CHECK(is_valid(model, request, shard));
  const Stage stage = training_stage(model, request, shard);
  const Replica replica{model, request, shard};
  const Step step = training_step(request, stage);
  TaskList list(out);
  Emitter emit(stage, Pass::kForward, list);
  switch (part) {
    case TrainingPart::kForward:
      emit_pass_messages(emit, stage, replica);
      emit_pass(emit, stage, step);
      break;
    case TrainingPart::kBackward:
      emit_backward(replica, stage, step, out);
      break;
    case TrainingPart::kUpdate:
      if (stage.first != stage.last) {
        emit_table_sum(emit, stage, replica);
      }
      emit_update(emit, stage, held_parameters(stage_parameters(model, stage), stage.layers),
                  replica);
      break;
  }
}

Loaded<std::vector<Task>> lower_training(const LlmModel& model, const TrainingRequest& request,
                                         const Shard& shard) {
  if (Diagnostics problems = check(model, request, shard); !problems.empty()) {
    return tl::unexpected(std::move(problems));
  }
  std::vector<Task> tasks;
  append_training(model, request, shard, TrainingPart::kForward, tasks);
  append_training(model, request, shard, TrainingPart::kBackward, tasks);
  for (Task& task : tasks) {
    task.count *= request.microbatches;
  }
  append_training(model, request, shard, TrainingPart::kUpdate, tasks);
  return tasks;
}

Ops model_ops(const LlmModel& model, const TrainingRequest& request, MaskedScores scores) {
  RL_CHECK(is_valid(model, request, {}));
  return workload::model_ops(model, request, scores);
}

}  // namespace redline
