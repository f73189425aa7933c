#pragma once
// What the impact statement says in words and to machines alike.

#include <set>
#include <string>
#include <vector>

#include "app/impact.h"

namespace redline::app {

// Of the after over the before; none where either does nothing.
[[nodiscard]] std::optional<double> change_percent(const Sides<std::optional<PartAtWork>>& sides,
                                                   bool per_dollar);
// Standard error of a predicted speed, and whether the work of the best part changes by more.
[[nodiscard]] double scatter_percent(const Capability& one);
[[nodiscard]] bool beyond_scatter(const Capability& one);

// Null where nothing is known by then.
[[nodiscard]] const LeadTime* lead_time_of(const ImpactReport& report, ReplyKind kind);

// Limits that the one set has and the other does not.
[[nodiscard]] Sides<std::vector<Threshold>> moved_limits(const ImpactReport& report);

// Ways round the wording that the best designs take on a side.
[[nodiscard]] std::set<std::string> evasions_on(const ImpactReport& report, std::size_t side);

// A limit whose loosening by a tenth would give the best design more work; most first.
struct Flipping {
  ImpactWork work = ImpactWork::kTrain;
  std::size_t side = 0;
  std::string die;
  const ThresholdPrice* price = nullptr;
};
[[nodiscard]] std::vector<Flipping> flippings(const ImpactReport& report);

}  // namespace redline::app
