#include "app/serving_modes.h"

#include <algorithm>
#include <cmath>

#include "app/estimate_step.h"

namespace redline::app {
namespace {

// Bytes a second that all chips of a replica send or receive.
std::optional<double> network_of_replica(const StepRequest& r) {
  if (!r.machine.network.nic) {
    return std::nullopt;
  }
  const double chips = static_cast<double>(r.serving.shard.tensor) * r.serving.pipeline;
  return r.machine.network.nic->base() * chips;
}

double pace_of(const ServingEstimate& estimate) { return estimate.stage.base(); }

// Sequences a second of one replica of data parallelism.
double prompts_per_s(const StepAnswer& prefill) {
  return static_cast<double>(prefill.request.batch) / pace_of(*prefill.prefill);
}
double answers_per_s(const StepAnswer& decode) {
  const StepRequest& r = decode.request;
  return static_cast<double>(r.batch) * r.serving.tokens_per_step / pace_of(*decode.decode) /
         static_cast<double>(r.answer);
}
double chips_of_replica(const StepAnswer& answer) {
  return static_cast<double>(answer.request.chips()) / answer.request.serving.shard.data;
}

}  // namespace

ChunkedPrefill chunked_prefill(const StepRequest& request, const StepModel& steps,
                               const std::optional<ServingEstimate>& decode) {
  ChunkedPrefill found;
  found.chunk = std::min(request.chunk, request.prompt);
  const std::int64_t count = (request.prompt + found.chunk - 1) / found.chunk;
  const auto chunks = static_cast<double>(count);
  // Attention over what is cached grows evenly with each chunk, so that the middle is the mean.
  const auto cached = (request.prompt - found.chunk) / 2;
  const auto mixed = [&](std::int64_t sequences) {
    InferenceRequest step = decode ? request.decode_of(sequences) : request.prefill_of(sequences);
    step.prefill = {
        .count = decode ? 1 : request.batch, .new_tokens = found.chunk, .cached = cached};
    return steps.serving(request.model, request.serving, step);
  };
  found.step = mixed(request.batch);
  found.ttft_s = chunks * found.step.time.total.base();
  if (!decode) {
    return found;
  }
  // Steps with a chunk that a step's answers call for, when as many prompts come as answers end.
  const double called = static_cast<double>(request.batch) * request.serving.tokens_per_step /
                        static_cast<double>(request.answer) * chunks;
  found.prompts_bind = called > 1.0;
  found.share_of_steps = std::min(1.0, called);
  found.batch = static_cast<double>(request.batch) / std::max(1.0, called);
  if (found.prompts_bind) {
    found.step = mixed(std::max<std::int64_t>(1, std::llround(found.batch)));
    found.ttft_s = chunks * found.step.time.total.base();
  }
  found.step_s = found.share_of_steps * found.step.time.total.base() +
                 (1.0 - found.share_of_steps) * decode->time.total.base();
  return found;
}

PrefillPool prefill_pool(std::shared_ptr<const StepAnswer> prefill, const StepAnswer& decode) {
  PrefillPool pool;
  pool.prefill = std::move(prefill);
  const StepAnswer& step = *pool.prefill;
  const auto from = network_of_replica(step.request);
  const auto to = network_of_replica(decode.request);
  pool.unanswered = step.unanswered;
  if (!pool.unanswered && (!from || !to)) {
    pool.unanswered = Message("no network between nodes is known of one of the pools");
  }
  if (pool.unanswered) {
    return pool;
  }
  pool.replicas = answers_per_s(decode) / prompts_per_s(step);
  pool.chips = pool.replicas * chips_of_replica(step) / chips_of_replica(decode);
  const StepRequest& r = decode.request;
  pool.cache = kv_bytes(r.model, r.serving.precision, {}, r.prompt);
  pool.transfer = Seconds{pool.cache.base() / std::min(*from, *to)};
  pool.ttft = step.prefill->time.total + pool.transfer;
  pool.tokens_per_s_per_chip = decode.tokens_per_s_per_chip() / (1.0 + pool.chips);
  if (decode.cost.cost && step.cost.cost) {
    const double usd_per_s = decode.cost.cost->base() + pool.chips * step.cost.cost->base();
    constexpr double kMillion = 1e6;
    pool.usd_per_million_tokens = usd_per_s / decode.tokens_per_s_per_chip() * kMillion;
  }
  return pool;
}

}  // namespace redline::app
