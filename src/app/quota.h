#pragma once
// `redline quota`: the calculator for caps on volume, from counts of units or a ledger of
// shipments.

#include <optional>
#include <string>
#include <vector>

#include "app/report.h"
#include "app/workspace.h"
#include "results/words.h"

namespace redline::app {

struct QuotaRequest {
  // A chip, whose units are given below, or one ledger: a .csv file with the columns chip,
  // destination and units, and where wanted end_use, date and product.
  std::vector<std::string> subjects;
  std::optional<double> capped_units;   // to China and Macau so far
  std::optional<double> against_units;  // to US customers for use in the United States
  std::optional<double> planned_units;  // to go to China and Macau besides
  std::optional<Date> since;            // only shipments of a ledger from this day on
  std::optional<Date> until;
  std::optional<Date> as_of;  // default: the date of the data set
};

[[nodiscard]] Loaded<Answer> quota(const Workspace& workspace, const QuotaRequest& request,
                                   const results::Words& say);

}  // namespace redline::app
