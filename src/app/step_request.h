#pragma once
// A step as people and requests of `batch` ask for it: a model, a chip or system, a plan.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redline/economics.h"
#include "redline/serving.h"
#include "redline/step.h"

#include "app/kernel_request.h"
#include "app/report.h"
#include "app/workspace.h"

namespace redline::app {

enum class StepKind : std::uint8_t { kTrain, kPrefill, kDecode };

struct StepRequest {
  StepKind kind = StepKind::kTrain;
  std::shared_ptr<const Chip> chip;
  const System* system = nullptr;
  Machine machine;
  LlmModel model;
  const Engine* engine = nullptr;
  TrainingPlan training;
  ServingPlan serving;
  bool plan_stated = false;    // tp, pp, dp or another split was given
  std::int64_t batch = 0;      // sequences of a replica; 0: the largest that fits
  std::int64_t prompt = 2048;  // tokens
  std::int64_t answer = 512;
  std::int64_t chunk = 0;     // tokens of a prompt that a step takes; 0: all of it
  std::optional<Json> pool;   // fields of the pool that prefills, where it is another
  double token_budget = 0.0;  // of training
  CostTerms terms;
  std::vector<Message> assumptions;

  [[nodiscard]] ServingLoad load() const { return {prompt, answer}; }
  [[nodiscard]] InferenceRequest prefill_of(std::int64_t sequences) const {
    return prefill_step(load(), serving, sequences);
  }
  // A step in the middle of the answer.
  [[nodiscard]] InferenceRequest decode_of(std::int64_t sequences) const {
    return decode_step(load(), serving, sequences);
  }
  [[nodiscard]] std::int64_t chips() const {
    return kind == StepKind::kTrain ? training.chips() : serving.chips();
  }
};

// Adds what is wrong with the fields to `problems`. Errors: of the model, chip or system.
[[nodiscard]] Loaded<StepRequest> read_step_request(const Workspace& workspace, StepKind kind,
                                                    const Json& fields,
                                                    std::vector<FieldProblem>& problems);
[[nodiscard]] const std::vector<std::string_view>& step_fields(StepKind kind);

// A problem for each field that is not among the known ones.
void look_for_unknown(const Json& fields, const std::vector<std::string_view>& known,
                      std::vector<FieldProblem>& problems);

// Formats that the chip has rates for: what it lacks becomes 16 bits, with an assumption.
void adopt_formats(StepRequest& request);
// Fills in splits that were not stated: the first that fits in memory.
void choose_plan(StepRequest& request);

}  // namespace redline::app
