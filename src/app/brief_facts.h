#pragma once
// What the brief says, computed before any of it is drawn.

#include <string>
#include <vector>

#include "redline/verdict.h"

#include "app/scenario.h"
#include "results/chart.h"
#include "results/table.h"

namespace redline::app {

// A chip on a date, with the four quantities of the plots.
struct ChipStanding {
  const Chip* chip = nullptr;
  Verdict verdict;
};

// Where every chip stands on one day; chips not yet announced then are left out.
struct DayStanding {
  Date date{};
  std::string title;
  std::vector<ChipStanding> chips;
};

// An instrument from its first binding day, with the chips whose answer it made stricter.
struct Milestone {
  Date date{};
  std::string id;
  std::string title;
  std::string summary;
  std::vector<std::string> caught;  // chip ids
  std::vector<std::string> freed;
};

struct BriefFacts {
  Scenario scenario;
  const Chip* subject = nullptr;
  Verdict before;
  Verdict after;
  std::vector<Milestone> milestones;
  std::vector<DayStanding> days;
};

[[nodiscard]] Loaded<BriefFacts> gather_brief(const Workspace& workspace, const Scenario& scenario);

// Plots of a day: TPP against performance density, and memory against link bandwidth, each with the
// region that needs no license, computed from the rules of the day.
[[nodiscard]] Result<results::ScatterPlot> density_plot(const Workspace& workspace,
                                                        const BriefFacts& facts,
                                                        const DayStanding& day);
[[nodiscard]] Result<results::ScatterPlot> bandwidth_plot(const Workspace& workspace,
                                                          const BriefFacts& facts,
                                                          const DayStanding& day);

// The values beside the plots.
[[nodiscard]] results::Table standing_table(const DayStanding& day);
[[nodiscard]] results::Table milestone_table(const std::vector<Milestone>& milestones);

}  // namespace redline::app
