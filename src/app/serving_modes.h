#pragma once
// How prompts and answers share chips: prompts in chunks beside the sequences that decode
// (Sarathi-Serve, Agrawal et al. 2024), or on a pool of chips of their own (DistServe, Zhong et al.
// 2024).

#include <memory>
#include <optional>

#include "redline/step.h"

#include "app/step_request.h"

namespace redline::app {

struct StepAnswer;

// Prompts that are prefilled `chunk` tokens at a time.
struct ChunkedPrefill {
  std::int64_t chunk = 0;
  ServingEstimate step;  // one that carries a chunk, in the middle of a prompt
  double ttft_s = 0.0;   // of a prompt whose chunks follow one another
  // Where sequences decode as well, with as many prompts as answers:
  double share_of_steps = 0.0;  // that carry a chunk, at most 1
  double step_s = 0.0;          // the mean
  double batch = 0.0;           // sequences that decode at a time: fewer where prompts bind
  bool prompts_bind = false;
};
// `decode`: the same without chunks, for requests of that kind.
[[nodiscard]] ChunkedPrefill chunked_prefill(const StepRequest& request, const StepModel& steps,
                                             const std::optional<ServingEstimate>& decode);

// A pool of chips that prefills for another that decodes.
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
