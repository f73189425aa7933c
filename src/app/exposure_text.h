#pragma once
// What a terminal and a page both say of exposure. Sentences are said already; titles of tables and
// columns are still to be said.

#include <string>

#include "app/exposure.h"
#include "results/table.h"
#include "results/words.h"

namespace redline::app {

inline constexpr double kGusd = 1e9;

// Which path earns most, and what it brings.
[[nodiscard]] std::string exposure_headline(const ExposureReport& report,
                                            const results::Words& say);
// What knowing everything would be worth.
[[nodiscard]] std::string exposure_choice(const ExposureReport& report, const results::Words& say);

// The paths beside each other; the best one by quarter.
[[nodiscard]] results::Table exposure_paths(const ExposureReport& report,
                                            const results::Words& say);
[[nodiscard]] results::Table exposure_quarters(const ExposureReport& report,
                                               const results::Words& say);
// What each path hangs on; the plot leaves out those that hang on nothing.
[[nodiscard]] results::Table exposure_trees(const ExposureReport& report,
                                            const results::Words& say);
[[nodiscard]] results::DotWhisker exposure_tree_plot(const ExposureReport& report,
                                                     const results::Words& say);
// {"event", "comes", "share", "net_usd", "branches": […]}; null where there is none.
[[nodiscard]] Json exposure_tree_json(const ExposureReport& report, std::size_t option);
[[nodiscard]] results::Table exposure_answers(const ExposureReport& report,
                                              const results::Words& say);
[[nodiscard]] results::Table exposure_events(const ExposureReport& report,
                                             const results::Words& say);

// The inputs that move the net of the best path most, the most first: places in Model::factors.
[[nodiscard]] std::vector<std::size_t> widest_swings(const ExposureReport& report);
[[nodiscard]] results::Table exposure_swings(const ExposureReport& report);
// Which path is best over the values of one input, or of two.
[[nodiscard]] results::Table exposure_belief(const ExposureReport& report, const BeliefMap& map,
                                             const results::Words& say);
// Shares of variance; what it is worth to know.
[[nodiscard]] results::Table exposure_shares(const ExposureReport& report,
                                             const results::Words& say);
[[nodiscard]] results::Table exposure_known(const ExposureReport& report,
                                            const results::Words& say);

// Of a report that has scores.
[[nodiscard]] std::string exposure_score(const ExposureReport& report, const results::Words& say);
[[nodiscard]] results::Table exposure_clusters(const ExposureScores& scores,
                                               const results::Words& say);
[[nodiscard]] results::Table exposure_questions(const ExposureScores& scores,
                                                const results::Words& say);

// As they were understood; whole: with what each is, its sources and its note.
[[nodiscard]] results::Table exposure_inputs(const ExposureReport& report, bool whole,
                                             const results::Words& say);
[[nodiscard]] results::Table exposure_event_inputs(const ExposureReport& report,
                                                   const results::Words& say);

}  // namespace redline::app
