#pragma once
// What would be built instead: the best parts that rules let vendors make of the dies that they
// had, beside what was shipped after them.

#include <optional>
#include <string>
#include <vector>

#include "app/reply_backtest.h"
#include "app/scenario.h"

namespace redline::app {

// One die under one rule. All dies of an epoch do the same work.
struct BuiltPart {
  EpochReply asked;
  ReplyReport report;
  const Chip* shipped = nullptr;         // what came of it; null: nothing did
  std::optional<Reply> shipped_as_part;  // priced and timed as proposals are
};
struct BuiltEpoch {
  ReplyEpoch epoch;
  std::vector<BuiltPart> parts;
};
struct BuiltReport {
  std::vector<BuiltEpoch> epochs;
};

// Of a scenario with such a question. The same for any number of threads.
[[nodiscard]] Loaded<BuiltReport> work_out_built(const Workspace& workspace,
                                                 const Scenario& scenario, unsigned threads);

}  // namespace redline::app
