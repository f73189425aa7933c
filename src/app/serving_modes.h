#pragma once
// A pool of chips that prefills for another that decodes.

#include <memory>
#include <optional>

#include "redline/serving.h"

#include "app/step_request.h"

namespace redline::app {

struct StepAnswer;

struct PrefillPool {
  std::shared_ptr<const StepAnswer> prefill;
  std::optional<Message> unanswered;   // why nothing else is known
  double replicas = 0.0;               // for each replica that decodes: as many prompts as answers
  double chips = 0.0;                  // for each that decodes
  Bytes cache{};                       // of one prompt, sent
  Seconds transfer{};                  // over the slower of both networks
  Seconds ttft{};                      // prefill and transfer
  double tokens_per_s_per_chip = 0.0;  // of answers, on all chips of both pools
  std::optional<double> usd_per_million_tokens;
};
[[nodiscard]] PrefillPool prefill_pool(std::shared_ptr<const StepAnswer> prefill,
                                       const StepAnswer& decode);

}  // namespace redline::app
