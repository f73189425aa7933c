#include <algorithm>
#include <cmath>

#include "redline/serving.h"

namespace redline {

InferenceRequest prefill_step(const ServingLoad& load, const ServingPlan& plan,
                              std::int64_t sequences) {
  InferenceRequest request;
  request.precision = plan.precision;
  request.prefill = {.count = sequences, .new_tokens = load.prompt};
  return request;
}

InferenceRequest decode_step(const ServingLoad& load, const ServingPlan& plan,
                             std::int64_t sequences) {
  InferenceRequest request;
  request.precision = plan.precision;
  request.decode = {.count = sequences,
                    .new_tokens = 1 + plan.draft_passes,
                    .cached = load.prompt + load.answer / 2};
  request.draft_passes = plan.draft_passes;
  return request;
}

InferenceRequest fullest_step(const ServingLoad& load, const ServingPlan& plan,
                              std::int64_t sequences, std::int64_t chunk) {
  InferenceRequest step = decode_step(load, plan, sequences);
  step.decode.cached = load.prompt + load.answer - step.decode.new_tokens;
  if (chunk > 0) {
    const std::int64_t last = std::min(chunk, load.prompt);
    step.prefill = {.count = 1, .new_tokens = last, .cached = load.prompt - last};
  }
  return step;
}

namespace {

std::int64_t chunks_of(const ServingLoad& load, std::int64_t chunk) {
  return (load.prompt + chunk - 1) / chunk;
}

}  // namespace

double chunks_called(const ServingLoad& load, const ServingPlan& plan, std::int64_t batch,
                     std::int64_t chunk) {
  return static_cast<double>(batch) * plan.tokens_per_step / static_cast<double>(load.answer) *
         static_cast<double>(chunks_of(load, chunk));
}

ChunkedPrefill chunked_prefill(const LlmModel& model, const StepModel& steps,
                               const ServingPlan& plan, const ServingLoad& load, std::int64_t batch,
                               std::int64_t chunk, const std::optional<ServingEstimate>& decode) {
  ChunkedPrefill found;
  found.chunk = std::min(chunk, load.prompt);
  // Attention over what is cached grows evenly with each chunk, so that the middle is the mean.
  const std::int64_t cached = (load.prompt - found.chunk) / 2;
  const auto carry = [&](std::int64_t sequences) {
    InferenceRequest step =
        decode ? decode_step(load, plan, sequences) : prefill_step(load, plan, sequences);
    step.prefill = {.count = decode ? 1 : batch, .new_tokens = found.chunk, .cached = cached};
    found.step = steps.serving(model, plan, step);
    if (decode && sequences == batch) {  // a step that does more is no faster
      found.step.time.total = std::max(found.step.time.total, decode->time.total);
      found.step.stage = std::max(found.step.stage, decode->stage);
    }
    // Stages take the chunks of a prompt one behind the other.
    found.ttft_s = found.step.time.total.base() +
                   static_cast<double>(chunks_of(load, found.chunk) - 1) * found.step.stage.base();
  };
  carry(batch);
  if (!decode) {
    return found;
  }
  const double called = chunks_called(load, plan, batch, found.chunk);
  found.prompts_bind = called > 1.0;
  found.share_of_steps = std::min(1.0, called);
  found.batch = static_cast<double>(batch) / std::max(1.0, called);
  if (found.prompts_bind) {
    carry(std::max<std::int64_t>(1, std::llround(found.batch)));
  }
  const double others = 1.0 - found.share_of_steps;
  found.step_s =
      found.share_of_steps * found.step.time.total.base() + others * decode->time.total.base();
  found.pace_s = found.share_of_steps * found.step.stage.base() + others * decode->stage.base();
  return found;
}

namespace {

// One rank of data parallelism with all of its stages.
double chips_of(const ServingPlan& plan) {
  return static_cast<double>(plan.shard.tensor) * plan.pipeline;
}

}  // namespace

PoolReplica prefill_replica(const ServingPlan& plan, std::int64_t batch, double pace_s,
                            double network_bytes_s) {
  return {static_cast<double>(batch) / pace_s, chips_of(plan), network_bytes_s * chips_of(plan)};
}

PoolReplica decode_replica(const ServingPlan& plan, const ServingLoad& load, std::int64_t batch,
                           double pace_s, double network_bytes_s) {
  return {
      static_cast<double>(batch) * plan.tokens_per_step / pace_s / static_cast<double>(load.answer),
      chips_of(plan), network_bytes_s * chips_of(plan)};
}

double cache_transfer_s(Bytes cache, const PoolReplica& from, const PoolReplica& to) {
  return cache.base() / std::min(from.network_bytes_s, to.network_bytes_s);
}

}  // namespace redline
