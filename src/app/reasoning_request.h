#pragma once
// `redline estimate reasoning` as it is asked for: a model, a benchmark, chips, ways to spend.

#include <optional>
#include <string>
#include <vector>

#include "app/list_fields.h"
#include "app/published_accuracy.h"
#include "app/step_request.h"

namespace redline::app {

struct ReasoningRequest {
  LlmModel model;
  std::vector<Json> places;  // each chip as fields of a step: chip or system, plan, formats, terms
  bool plan_stated = false;
  TaskCurves curves;                   // empty where nothing is published
  std::vector<std::string> published;  // checkpoints of the model on the benchmark
  std::vector<Reasoning> methods;
  std::vector<std::int64_t> samples;  // empty: as they are published
  std::vector<std::int64_t> tokens;   // of a chain
  bool tokens_stated = false;
  bool tokens_bound = false;  // nothing but the most that a chain may have is known
  std::int64_t prompt = 256;
  std::int64_t batch = 0;         // 0: the largest that fits
  std::int64_t token_budget = 0;  // of a task; 0: none
  double tpot_s = 0.0;            // limit; 0: none
  bool extrapolate = false;
  std::vector<Message> assumptions;

  // Tokens that the model was made for, beside the prompt.
  [[nodiscard]] std::int64_t longest_chain() const;
};

[[nodiscard]] const std::vector<std::string_view>& reasoning_fields();

// Errors: every field that is wrong, a model, benchmark or checkpoint that there is not.
[[nodiscard]] Loaded<ReasoningRequest> read_reasoning(const Workspace& workspace,
                                                      const Json& fields, Code field_code);

}  // namespace redline::app
