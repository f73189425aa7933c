#pragma once
// `redline estimate train|prefill|decode`: how long a step takes, what it needs and costs.

#include "app/report.h"
#include "app/serving_modes.h"
#include "app/step_request.h"
#include "app/workspace.h"
#include "results/words.h"

namespace redline::app {

// What a step on a request's plan comes to; nothing where it cannot be predicted.
struct StepAnswer {
  StepRequest request;
  std::optional<Message> unanswered;
  std::optional<TrainingEstimate> training;
  std::optional<ServingEstimate> prefill, decode;
  std::optional<ChunkedPrefill> chunked;
  std::optional<PrefillPool> pool;
  CostRate cost;
  std::optional<Bytes> capacity;
  bool fits = true;
  std::optional<Message> cure;  // the smallest change with which it fits

  [[nodiscard]] const StepTime& time() const;
  [[nodiscard]] const StepMemory& memory() const;
  [[nodiscard]] double tokens() const;  // of a step on all chips
  [[nodiscard]] double tokens_per_s_per_chip() const;
  [[nodiscard]] std::optional<double> usd_per_million_tokens() const;
  [[nodiscard]] double chunked_tokens_per_s_per_chip() const;  // of answers, beside chunks
};
// Of a pool for prompts alone, where the fields are one's. Errors: fields that are wrong, plans
// that do not divide the model.
[[nodiscard]] Loaded<StepAnswer> answer_step(const Workspace& workspace, StepKind kind,
                                             const Json& fields, Code field_code,
                                             bool prompts_alone = false);

// Costs what owning the chip does, whatever rent is known of it.
void take_as_owned(StepAnswer& answer);
// The steps of a request's engine on its machine; `kernels` must outlive them.
[[nodiscard]] StepModel steps_of(const Workspace& workspace, const StepRequest& request,
                                 const KernelModel& kernels);

[[nodiscard]] Loaded<Answer> estimate_step(const Workspace& workspace, StepKind kind,
                                           const Json& fields, Code field_code,
                                           const results::Words& say);

}  // namespace redline::app
