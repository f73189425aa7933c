#pragma once
// One operator on one chip as people and files ask for it: the fields of a row of measurements.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redline/kernel.h"

#include "app/report.h"
#include "app/workspace.h"

namespace redline::app {

struct FieldProblem {
  std::string field;
  std::string message;
};

struct KernelRequest {
  std::string op;                     // "gemm"
  std::shared_ptr<const Chip> chip;   // null where it is not known
  MeasuredKernel row;                 // value is zero where nothing was measured
  std::vector<Message> assumptions;   // what the fields do not say
  std::optional<Message> unanswered;  // why nothing can be said without guessing
};

// Reads the fields of one row; adds what is wrong with them to `problems`. A chip or operator that
// is not known, and a size that is missing, leave the request unanswered.
[[nodiscard]] KernelRequest read_kernel_request(const Workspace& workspace, const Json& fields,
                                                std::vector<FieldProblem>& problems);

// The operators with the fields that each needs, for help and messages.
struct OperatorFields {
  std::string_view op;
  std::vector<std::string_view> needed;
  std::vector<std::string_view> optional;
};
[[nodiscard]] const std::vector<OperatorFields>& operator_fields();

}  // namespace redline::app
