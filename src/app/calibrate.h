#pragma once
// `redline calibrate`: the constants of the models fitted again to the measurements of the data
// set.

#include <string>

#include "app/report.h"
#include "app/workspace.h"
#include "results/words.h"

namespace redline::app {

struct Calibrated {
  Answer answer;
  std::string text;  // of a file in data/calibration
};

// With `check`, the answer differs if the data set holds other constants.
[[nodiscard]] Loaded<Calibrated> calibrate_kernels(const Workspace& workspace, bool check,
                                                   const results::Words& say);

// The same for the constants of whole steps, from the runs of the data set.
[[nodiscard]] Loaded<Calibrated> calibrate_engines(const Workspace& workspace, bool check,
                                                   const results::Words& say);

}  // namespace redline::app
