#pragma once
// How what a search found is told.

#include <optional>
#include <string>
#include <vector>

#include "app/search_plan.h"
#include "app/vary.h"

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
// What a search found, with its plans worked out.
struct Found {
  SearchResult result;
  std::vector<StepAnswer> best;  // the first is the answer
  std::vector<StepAnswer> front;
  std::vector<Sensitivity> sensitivities;
};

// The plan that needs least memory, and the fewest doublings of chips with which something fits.
struct PlanCure {
  std::optional<TrainingPlan> leanest;
  Bytes needs{};
  int chips = 0;  // 0: not with any number tried
};

// "tp 8, pp 4, dp 2, microbatch 1, zero 1, recompute none".
[[nodiscard]] std::string plan_text(const TrainingPlan& plan);
[[nodiscard]] SearchOptions options_of(const SearchRun& run, std::size_t top);
// What may differ between runs of the same question.
[[nodiscard]] Json run_json(const SearchResult& result, double seconds);
// Null where the search was stopped before it found anything.
[[nodiscard]] Json feasible_json(const SearchResult& result);
[[nodiscard]] double gap_percent(const SearchResult& result);

[[nodiscard]] Json hit_json(const TrainingQuestion& question, const SearchHit& hit,
                            const StepAnswer& answer);
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
