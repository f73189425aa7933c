#pragma once
// How what a search found is told.

#include <optional>
#include <string>
#include <vector>

#include "app/search_plan.h"
#include "app/vary.h"
#include "results/chart.h"

namespace redline::app {

// The objective of the best plan with less and more of a resource; infinite where nothing fits.
struct Sensitivity {
  Variation variation;
  double less = 0.0, more = 0.0;

  // For 1 % more of the resource, in percent of the objective `at` the chip as it is.
  [[nodiscard]] std::optional<double> shadow_price(double at) const {
    return std::isfinite(less) ? std::optional(change(more, at) - change(less, at)) : std::nullopt;
  }
  [[nodiscard]] static double change(double value, double at) { return 100.0 * (value / at - 1.0); }
};
// A plan worked out, with what tells its variant from others in words.
struct FoundPlan {
  StepAnswer step;
  std::string variant;

  // "tp 8, pp 4, dp 2, microbatch 1, zero 1, recompute none".
  [[nodiscard]] std::string text() const;
};
// What a search found.
struct Found {
  SearchResult result;
  std::vector<FoundPlan> best;  // the first is the answer
  std::vector<FoundPlan> front;
  std::vector<Sensitivity> sensitivities;
};

class PlanRequest;
// The best plans and those that are Pareto-optimal; none where nothing fits.
[[nodiscard]] Found search_training(const PlanRequest& request, const TrainingQuestion& question,
                                    const SearchRun& run);

// The plan that needs least memory, and the fewest doublings of chips with which something fits.
struct PlanCure {
  std::optional<TrainingPlan> leanest;
  Bytes needs{};
  int chips = 0;  // 0: not with any number tried
};

[[nodiscard]] std::string plan_text(const TrainingPlan& plan);
// `best_text`: an objective of the search in words.
[[nodiscard]] SearchOptions options_of(const SearchRun& run, std::size_t top,
                                       std::function<std::string(double)> best_text = {});
[[nodiscard]] std::string objective_text(PlanObjective objective, double score);
// What may differ between runs of the same question.
[[nodiscard]] Json run_json(const SearchResult& result, double seconds);
// Null where the search was stopped before it found anything.
[[nodiscard]] Json feasible_json(const SearchResult& result);
[[nodiscard]] double gap_percent(const SearchResult& result);
// "optimal by time among 12 plans", or how far it may be.
[[nodiscard]] std::string optimality_text(const SearchResult& result, std::string_view objective,
                                          const results::Words& say);
// What the next best gives away, where there is one; `plan`: its words.
void describe_next_best(const SearchResult& result, const std::function<std::string()>& plan,
                        const results::Words& say, std::vector<Block>& blocks);
// What the best hangs on.
void describe_sensitivities(const std::vector<Sensitivity>& list, double at,
                            const results::Words& say, std::vector<Block>& blocks);
// The front of several objectives: of a long table the first, the rest is for csv. With `plot`
// where it is asked for and there is more than a point.
void describe_front(results::Table table, const std::optional<results::ScatterPlot>& plot,
                    const results::Words& say, std::vector<Block>& blocks);

[[nodiscard]] Json hit_json(const TrainingQuestion& question, const SearchHit& hit,
                            const FoundPlan& plan);
[[nodiscard]] Json sensitivity_json(const std::vector<Sensitivity>& list, double at);
[[nodiscard]] results::Table front_table(const TrainingQuestion& question, const Found& found);

void describe_found(const TrainingQuestion& question, const Found& found, const SearchRun& run,
                    const results::Words& say, Answer& answer);
// Stopped before anything was found: nothing can be said of the rest.
void describe_unfinished(const StepRequest& request, const SearchResult& result,
                         const results::Words& say, Json& json, Answer& answer);
// Nothing fits: `cure` where there is anything at all in the space.
void describe_nothing(const TrainingQuestion& question, const StepRequest& request,
                      const std::optional<PlanCure>& cure, const results::Words& say, Json& json,
                      Answer& answer);

}  // namespace redline::app
