#pragma once
// Published runs of whole steps, as rows of training and inference measurements have them.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/step.h"

#include "app/report.h"
#include "app/workspace.h"
#include "data/json_rows.h"

namespace redline::app {

// What a metric counts: more is slower, more is faster, or bytes of memory.
enum class MetricKind : std::uint8_t { kTime, kRate, kMemory };

struct StepRow {
  std::string id, source, group, chip_id;
  std::string engine;
  std::string phase;   // "train", "prefill", "decode", "serving-static", "serving-agg" …
  std::string metric;  // "iteration_time", "tokens_per_s_per_gpu" …
  std::string unit;
  std::string plans;   // model, format, system and engine: rows of one such differ in their plans
  double value = 0.0;  // in the metric and unit of the row
  // Of a time, in seconds.
  [[nodiscard]] double value_s() const { return value * (unit == "ms" ? 1e-3 : 1.0); }
  MetricKind kind = MetricKind::kTime;
  MeasuredStep measured;                // seconds of what was run
  std::function<double()> simulated{};  // under load: in the metric and unit of the row
  double predicted_bytes = 0.0;         // for kMemory, in the unit of the row
  StepConstants constants;              // fitted, for this row
  std::vector<Message> assumptions;
  std::optional<Message> unanswered;
};

// Whether requests share steps in runs of this phase.
[[nodiscard]] bool is_under_load(std::string_view phase);
// Whether a row is of this kind, and not of one operator.
[[nodiscard]] bool is_step_row(const Json& fields);
// A row that lacks what a prediction needs is left unanswered, with the reason.
[[nodiscard]] StepRow read_step_row(const Workspace& workspace, const Json& fields);

// Those of a text of rows, others left out; and those that the data set keeps in measured/.
[[nodiscard]] Loaded<std::vector<StepRow>> step_rows(const Workspace& workspace, std::string file,
                                                     std::string text);
[[nodiscard]] Loaded<std::vector<StepRow>> kept_steps(const Workspace& workspace);
// Whether its time is known as a function of constants.
[[nodiscard]] bool is_timed(const StepRow& row);
// The times among them that can be predicted.
[[nodiscard]] std::vector<MeasuredStep> measured_steps(const std::vector<StepRow>& rows);

}  // namespace redline::app
