// Chains of thought on a chip: steps summed while the context grows, batches that memory holds.

#include <algorithm>

#include "redline/reasoning.h"
#include "redline/serving.h"

namespace redline {
namespace {

// Parts that the context of a chain is cut into. Steps are linear in it but for windows of
// attention and kernels that change with it.
constexpr int kParts = 4;
constexpr std::array<double, kParts + 1> kSimpson{1.0 / 12, 4.0 / 12, 2.0 / 12, 4.0 / 12, 1.0 / 12};

InferenceRequest step_at(const ServingPlan& plan, std::int64_t cached, std::int64_t batch) {
  return decode_step({cached, 0}, plan, batch);
}

// While every chain is at its end.
Bytes memory_of(const LlmModel& model, const ServingPlan& plan, const ThinkingLoad& load,
                std::int64_t batch) {
  InferenceRequest step = step_at(plan, 0, batch);
  step.decode.cached = load.tokens - std::min(load.tokens, step.decode.new_tokens);
  if (load.chains == 1) {
    step.decode.cached += load.prompt;
  } else {
    // Kept once for each task that the batch works on.
    step.prefill = {
        .count = (batch + load.chains - 1) / load.chains, .new_tokens = 0, .cached = load.prompt};
  }
  return serving_memory(model, plan, step).total();
}

// The largest of 1 ... most for which `good` holds, which it does up to there; 0: none.
template <class Good>
std::int64_t largest(std::int64_t most, const Good& good) {
  std::int64_t low = 0;
  std::int64_t high = most + 1;
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (good(middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace

ThinkingEstimate think(const LlmModel& model, const StepModel& steps, const ServingPlan& plan,
                       const ThinkingLoad& load, std::int64_t batch) {
  double step_s = 0.0;  // means over a chain
  double pace_s = 0.0;
  ThinkingEstimate found;
  const std::int64_t grows = std::max<std::int64_t>(0, load.tokens - 1 - plan.draft_passes);
  for (int i = 0; i <= kParts; ++i) {
    const std::int64_t cached = load.prompt + grows * i / kParts;
    const ServingEstimate step = steps.serving(model, plan, step_at(plan, cached, batch));
    const double weight = kSimpson[static_cast<std::size_t>(i)];
    step_s += weight * step.time.total.base();
    pace_s += weight * step.stage.base();
    if (i == kParts / 2) {
      found.bound = step.time.bound;
      found.evidence = step.time.evidence;
      found.factor = step.time.high.base() / step.time.total.base();
    }
  }
  const ServingEstimate prefill =
      steps.serving(model, plan, prefill_step({load.prompt, load.tokens}, plan, 1));
  const double count = static_cast<double>(load.tokens) / plan.tokens_per_step;
  const double copies = plan.shard.data;  // that have sequences of their own
  const double chips_of_copy = static_cast<double>(plan.chips()) / copies;
  found.prefill = prefill.time.total;
  found.decode = Seconds{count * step_s};
  found.tpot_s = step_s / plan.tokens_per_step;
  found.chip_seconds =
      chips_of_copy * (prefill.stage.base() + static_cast<double>(load.chains) * count * pace_s /
                                                  static_cast<double>(batch));
  found.batch = batch;
  return found;
}

std::int64_t largest_thinking_batch(const LlmModel& model, const ServingPlan& plan, Bytes capacity,
                                    const ThinkingLoad& load, std::int64_t most) {
  return largest(
      most, [&](std::int64_t batch) { return memory_of(model, plan, load, batch) <= capacity; });
}

std::int64_t paced_thinking_batch(const LlmModel& model, const StepModel& steps,
                                  const ServingPlan& plan, const ThinkingLoad& load,
                                  std::int64_t most, double tpot_s) {
  return largest(most, [&](std::int64_t batch) {
    return think(model, steps, plan, load, batch).tpot_s <= tpot_s;
  });
}

}  // namespace redline
