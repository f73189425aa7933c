#pragma once
// Measured kernels, from the data set and from files of the user's.

#include <string>
#include <vector>

#include "app/kernel_request.h"
#include "app/workspace.h"
#include "data/json_rows.h"

namespace redline::app {

// The rows of a file. Errors: kJsonSyntax, kRowField, each with its place.
[[nodiscard]] Loaded<std::vector<KernelRequest>> measured_rows(const Workspace& workspace,
                                                               std::string file, std::string text);
// Those that the data set keeps in measured/; an id that a later layer has again is replaced.
[[nodiscard]] Loaded<std::vector<KernelRequest>> kept_measurements(const Workspace& workspace);

// The rows that can be fitted or predicted: with a chip, a time and nothing missing.
[[nodiscard]] std::vector<MeasuredKernel> usable(const std::vector<KernelRequest>& rows);

}  // namespace redline::app
