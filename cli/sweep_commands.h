#pragma once
// `redline search run` and `redline merge`.

#include <optional>

#include "app/sweep_run.h"
#include "cli/arguments.h"
#include "cli/settings.h"
#include "cli/terminal.h"

namespace redline::cli {

struct SweepEnd {
  int status = kDone;
  std::optional<app::Answer> answer{};  // to be shown, where the rows went nowhere else
};

[[nodiscard]] SweepEnd search_run(const Arguments& arguments, const app::Workspace& workspace,
                                  const Settings& settings, const app::RunInfo& info,
                                  Terminal& terminal);
[[nodiscard]] SweepEnd merge_command(const Arguments& arguments, const Settings& settings,
                                     const app::RunInfo& info, Terminal& terminal);

// What a sweep came to, on standard error, and the exit status.
[[nodiscard]] int tell_sweep(const app::SweepOutcome& outcome, Terminal& terminal);

// Where rows go, as the line says.
[[nodiscard]] app::RowTarget row_target(const Arguments& arguments, const Settings& settings);
// "2026-11-28T02:25:48Z": now, for manifests.
[[nodiscard]] std::string time_of_day();

}  // namespace redline::cli
