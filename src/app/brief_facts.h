#pragma once
// What the brief says, computed before any of it is drawn.

#include <optional>
#include <string>
#include <vector>

#include "redline/message.h"
#include "redline/verdict.h"

#include "app/bandwidth.h"
#include "app/built.h"
#include "app/buyer.h"
#include "app/claims.h"
#include "app/exposure.h"
#include "app/rule_change.h"
#include "app/scenario.h"
#include "app/worth.h"
#include "results/chart.h"
#include "results/table.h"
#include "results/words.h"

namespace redline::app {

// A chip on a date, with the four quantities of the plots.
struct ChipStanding {
  const Chip* chip = nullptr;
  Verdict verdict;
};

// Where every chip stands on one day; chips not yet announced then are left out.
struct DayStanding {
  Date date{};
  Message title;
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
  std::optional<WorthReport> worth;
  std::optional<ExposureReport> exposure;
  std::optional<BuyerReport> buyer;
  std::optional<BandwidthReport> bandwidth;
  std::optional<BuiltReport> built;
  std::optional<RuleChangeReport> impact;
  std::optional<ClaimReport> claims;
};

[[nodiscard]] Loaded<BriefFacts> gather_brief(const Workspace& workspace, const Scenario& scenario,
                                              const SearchRun& run);

// "NVIDIA H20 96 GB" is called "H20 96 GB" in plots and tables.
[[nodiscard]] std::string short_name(const Chip& chip);

// Plots of a day: TPP against performance density, and memory against link bandwidth, each with the
// region that needs no license, computed from the rules of the day.
[[nodiscard]] Result<results::ScatterPlot> density_plot(const Workspace& workspace,
                                                        const BriefFacts& facts,
                                                        const DayStanding& day,
                                                        const results::Words& say);
[[nodiscard]] Result<results::ScatterPlot> bandwidth_plot(const Workspace& workspace,
                                                          const BriefFacts& facts,
                                                          const DayStanding& day,
                                                          const results::Words& say);

// What stands between two sentences: nothing where they end in a full-width stop.
[[nodiscard]] std::string_view sentence_gap(const results::Words& say);
// What a scatter plot says of its own.
[[nodiscard]] results::ScatterWords scatter_words(const results::Words& say);

// The values beside the plots. Titles of columns are still to be said.
[[nodiscard]] results::Table standing_table(const DayStanding& day, const results::Words& say);
[[nodiscard]] results::Table milestone_table(const std::vector<Milestone>& milestones,
                                             const results::Words& say);

}  // namespace redline::app
