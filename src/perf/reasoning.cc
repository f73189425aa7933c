#include "redline/reasoning.h"

#include <algorithm>
#include <cmath>

#include "perf/model.h"

namespace redline {
namespace {

std::optional<Interval<double>> interval_of(const AccuracyPoint& point) {
  return point.problems > 0 ? std::optional(binomial_interval(point.accuracy, point.problems))
                            : std::nullopt;
}

}  // namespace

Interval<double> binomial_interval(double share, double trials) {
  const double z2 = perf::kNormal80 * perf::kNormal80;
  const double middle = (share + z2 / (2.0 * trials)) / (1.0 + z2 / trials);
  const double half = perf::kNormal80 / (1.0 + z2 / trials) *
                      std::sqrt(share * (1.0 - share) / trials + z2 / (4.0 * trials * trials));
  return {std::max(0.0, std::min(share, middle - half)),
          std::min(1.0, std::max(share, middle + half))};
}

AccuracyCurve::AccuracyCurve(std::vector<AccuracyPoint> points) : points_(std::move(points)) {
  std::stable_sort(
      points_.begin(), points_.end(),
      [](const AccuracyPoint& a, const AccuracyPoint& b) { return a.spent < b.spent; });
  const auto same = [](const AccuracyPoint& a, const AccuracyPoint& b) {
    return a.spent == b.spent;
  };
  points_.erase(std::unique(points_.begin(), points_.end(), same), points_.end());
}

bool AccuracyCurve::covers(double spent) const {
  return !empty() && points_.front().spent <= spent && spent <= points_.back().spent;
}

std::optional<Accuracy> AccuracyCurve::at(double spent, bool extrapolate) const {
  if (empty() || (!covers(spent) && !extrapolate)) {
    return std::nullopt;
  }
  const auto next =
      std::find_if(points_.begin(), points_.end(),
                   [spent](const AccuracyPoint& point) { return point.spent >= spent; });
  if (next == points_.end() || next == points_.begin() || next->spent == spent) {
    const AccuracyPoint& point = next == points_.end() ? points_.back() : *next;
    return Accuracy{point.accuracy, interval_of(point), false, point.spent != spent};
  }
  const AccuracyPoint& before = *(next - 1);
  const double share = std::log(spent / before.spent) / std::log(next->spent / before.spent);
  Accuracy found{std::lerp(before.accuracy, next->accuracy, share), std::nullopt, true, false};
  const auto low = interval_of(before);
  const auto high = interval_of(*next);
  if (low && high) {
    found.interval = hull(*low, *high);
  }
  return found;
}

Interval<double> best_of_bounds(double chain, double vote, double samples) {
  return {std::max(chain, vote), std::max({chain, vote, 1.0 - std::pow(1.0 - chain, samples)})};
}

std::optional<Crossing> first_crossing(
    std::span<const std::int64_t> lengths,
    const std::function<std::optional<double>(std::int64_t)>& difference) {
  std::optional<double> before;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const auto now = difference(lengths[i]);
    if (before && now && (*before < 0.0) != (*now < 0.0)) {
      std::int64_t low = lengths[i - 1];
      std::int64_t high = lengths[i];
      while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        const auto found = difference(middle);
        (found && (*found < 0.0) == (*before < 0.0) ? low : high) = middle;
      }
      return Crossing{high, *now < 0.0};
    }
    before = now;
  }
  return std::nullopt;
}

}  // namespace redline
