#include "redline/forecast_score.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "redline/distribution.h"
#include "redline/error.h"

namespace redline {

double brier_score(double probability, bool happened) {
  const double off = probability - (happened ? 1.0 : 0.0);
  return off * off;
}

double crps(std::span<const double> sorted, double outcome) {
  RL_CHECK(!sorted.empty());
  const double n = static_cast<double>(sorted.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double below = outcome < sorted[i] ? n : 0.0;
    sum += (sorted[i] - outcome) * (below - static_cast<double>(i) - 0.5);
  }
  return 2.0 * sum / (n * n);
}

double crps_normal(double mean, double deviation, double outcome) {
  const double z = (outcome - mean) / deviation;
  const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
  return deviation *
         (z * (2.0 * normal_cumulative(z) - 1.0) + 2.0 * density - std::numbers::inv_sqrtpi);
}

double pinball_loss(double level, double quantile, double outcome) {
  const double over = outcome - quantile;
  return over >= 0.0 ? level * over : (level - 1.0) * over;
}

double sample_quantile(std::span<const double> sorted, double level) {
  RL_CHECK(!sorted.empty());
  const double place = std::clamp(level, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  const double part = place - static_cast<double>(low);
  // Equal neighbours may be infinite, and their difference is no number.
  return sorted[low] == sorted[high] ? sorted[low]
                                     : sorted[low] + part * (sorted[high] - sorted[low]);
}

double quantile_error(std::span<const double> sorted, double level) {
  const double n = static_cast<double>(sorted.size());
  const double deviation = std::sqrt(level * (1.0 - level) / n);
  return (sample_quantile(sorted, level + deviation) - sample_quantile(sorted, level - deviation)) /
         2.0;
}

}  // namespace redline
