#pragma once
// `redline estimate kernel|collective`: how long one operator takes on one chip.

#include <string>
#include <vector>

#include "app/report.h"
#include "app/workspace.h"
#include "results/words.h"

namespace redline::app {

// From the fields of a row of measurements. Errors: kBatchField for fields that are wrong.
[[nodiscard]] Loaded<Answer> estimate_kernel(const Workspace& workspace, const Json& fields,
                                             const results::Words& say);

// Fields from words such as "m=4096" or "dtype=fp8". Errors: kBadOptionValue.
[[nodiscard]] Loaded<Json> kernel_fields(const std::string& chip, const std::string& op,
                                         const std::vector<std::string>& words);

}  // namespace redline::app
