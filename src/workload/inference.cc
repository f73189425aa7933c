// A step of an engine that serves: prefill, decoding, or both.

#include "workload/layer.h"

namespace redline {
namespace workload {

Step make_step(const Sequences& prefill, const Sequences& decode, const Stage& stage, bool caches) {
  const std::int64_t prefilled = prefill.count * prefill.new_tokens;
  return {
      .prefill = prefill,
      .decode = decode,
      .caches = caches,
      .tokens = ceil_div(prefilled, stage.groups.context.ranks) + decode.count * decode.new_tokens};
}

namespace {

// Prediction modules propose one token after another for the sequences that decode.
void emit_drafts(Emitter& emit, const Stage& stage, const InferenceRequest& request) {
  const std::int64_t passes = request.draft_passes;
  if (passes == 0 || stage.mtp.all() == 0) {
    return;
  }
  const Sequences drafts{.count = request.decode.count,
                         .new_tokens = 1,
                         .cached = request.decode.cached + request.decode.new_tokens};
  const Step step = make_step({}, drafts, stage, true);
  LayerMix mix{.full = passes};
  (stage.mtp.experts > 0 ? mix.experts : mix.dense) = passes;
  emit.repeat(passes);
  emit_mtp_input(emit, stage, step);
  emit_layers(emit, stage, step, mix);
  emit.repeat(passes);
  emit_head(emit, stage, step, step.tokens);
  emit_sampling(emit, stage, step.tokens);
}

}  // namespace
}  // namespace workload

void workload::emit_inference(const Stage& stage, const InferenceRequest& request, Sink& out) {
  const Step step = make_step(request.prefill, request.decode, stage, true);
  Emitter emit(stage, Pass::kForward, out);
  if (stage.first) {
    emit_embedding(emit, stage, step);
  }
  emit_layers(emit, stage, step, stage.layers);
  emit.repeat(1);
  if (!stage.last) {
    emit_stage_send(emit, stage, step);
    return;
  }
  // A prompt yields the token after its last; every decoded token is checked.
  const std::int64_t rows = (request.prefill_output ? request.prefill.count : 0) +
                            request.decode.count * request.decode.new_tokens;
  emit_head(emit, stage, step, rows);
  emit_sampling(emit, stage, rows);
  emit_drafts(emit, stage, request);
}

void append_inference(const LlmModel& model, const InferenceRequest& request, const Shard& shard,
                      std::vector<Task>& out) {
  RL_CHECK(is_valid(model, request, shard));
  workload::TaskList list(out);
  workload::emit_inference(workload::make_stage(model, shard, request.precision), request, list);
}

Loaded<std::vector<Task>> lower_inference(const LlmModel& model, const InferenceRequest& request,
                                          const Shard& shard) {
  if (Diagnostics problems = check(model, request, shard); !problems.empty()) {
    return tl::unexpected(std::move(problems));
  }
  std::vector<Task> tasks;
  append_inference(model, request, shard, tasks);
  return tasks;
}

}  // namespace redline
