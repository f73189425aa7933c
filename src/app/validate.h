#pragma once
// `redline validate`: predictions against published measurements; `redline calibrate`: the
// constants fitted again.

#include <string>
#include <vector>

#include "app/report.h"
#include "app/workspace.h"
#include "results/words.h"

namespace redline::app {

struct ValidateRequest {
  std::vector<std::string> files;   // none: the measurements of the data set
  bool leave_one_chip_out = false;  // predict each chip from constants fitted without its rows
  unsigned threads = 1;             // that simulate runs under load
};
[[nodiscard]] Loaded<Answer> validate(const Workspace& workspace, const ValidateRequest& request,
                                      const results::Words& say);

}  // namespace redline::app
