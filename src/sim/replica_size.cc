// How much cache an engine has.

#include <algorithm>

#include "redline/simulation.h"

namespace redline {

Bytes size_cache(ReplicaSpec& replica, const LlmModel& model, const ServingPlan& plan, Bytes usable,
                 std::int64_t mean_tokens) {
  const std::int64_t mean = std::max<std::int64_t>(1, mean_tokens);
  const auto tokens = static_cast<double>(mean);
  const Bytes without = serving_memory(model, plan, 0, mean, replica.step_tokens).total();
  // Of one batch in flight: a full pipeline has one for each stage.
  const double each = serving_memory(model, plan, 1, mean, 0).cache.base() / tokens;
  const double room = std::max(0.0, (usable - without).base());
  constexpr double kMost = 1e12;
  replica.blocks = static_cast<std::int64_t>(std::min(kMost, each > 0.0 ? room / each : kMost) /
                                             static_cast<double>(replica.block_tokens));
  replica.cache_bytes_per_token = kv_bytes(model, plan.precision, {}, mean).base() / tokens;
  return Bytes{room};
}

}  // namespace redline
