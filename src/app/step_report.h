#pragma once
// How an estimate of a step is told: to programs as JSON, to people as text and tables.

#include <string>
#include <vector>

#include "app/estimate_step.h"

namespace redline::app {

// "train", "prefill", "decode".
[[nodiscard]] std::string_view kind_name(StepKind kind);
// "12.3 GB".
[[nodiscard]] std::string gigabytes(Bytes bytes);

[[nodiscard]] Json step_json(const StepAnswer& answer);
// One row, for CSV.
[[nodiscard]] results::Table step_table(const StepAnswer& answer);
void describe_step(const StepAnswer& answer, const results::Words& say, std::vector<Block>& blocks);

}  // namespace redline::app
