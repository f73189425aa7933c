#include "app/serving_modes.h"

#include "app/estimate_step.h"
#include "app/scales.h"

namespace redline::app {
namespace {

std::optional<double> network_of(const StepAnswer& answer) {
  const auto& nic = answer.request.machine.network.nic;
  return nic ? std::optional(nic->base()) : std::nullopt;
}

}  // namespace

PrefillPool prefill_pool(std::shared_ptr<const StepAnswer> prefill, const StepAnswer& decode) {
  PrefillPool pool;
  pool.prefill = std::move(prefill);
  const StepAnswer& step = *pool.prefill;
  const StepRequest& r = decode.request;
  const auto from = network_of(step);
  const auto to = network_of(decode);
  pool.unanswered = step.unanswered;
  if (!pool.unanswered && (!from || !to)) {
    pool.unanswered = Message("no network between nodes is known of one of the pools");
  }
  if (pool.unanswered) {
    return pool;
  }
  const PoolReplica prompts =
      prefill_replica(step.request.serving, step.request.batch, step.prefill->stage.base(), *from);
  const PoolReplica answers =
      decode_replica(r.serving, r.load(), r.batch, decode.decode->stage.base(), *to);
  pool.replicas = answers.per_s / prompts.per_s;
  pool.chips = pool.replicas * prompts.chips / answers.chips;
  pool.cache = kv_bytes(r.model, r.serving.precision, {}, r.prompt);
  pool.transfer = Seconds{cache_transfer_s(pool.cache, prompts, answers)};
  pool.ttft = step.prefill->time.total + pool.transfer;
  pool.tokens_per_s_per_chip = decode.tokens_per_s_per_chip() / (1.0 + pool.chips);
  if (decode.cost.cost && step.cost.cost) {
    const double usd_per_s = decode.cost.cost->base() + pool.chips * step.cost.cost->base();
    pool.usd_per_million_tokens = usd_per_s / decode.tokens_per_s_per_chip() * kMillion;
  }
  return pool;
}

}  // namespace redline::app
