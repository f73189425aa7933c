#pragma once
// How good a forecast was, once the answer is known.

#include <span>

namespace redline {

// Brier (1950): the square of the distance of a probability from 0 or 1. 0 is best.
[[nodiscard]] double brier_score(double probability, bool happened);

// Continuous ranked probability score of a sample of at least one draw against what came, in the
// unit of the draws (Matheson and Winkler 1976): E|X - y| - E|X - X'|/2, of the sample as it is.
// `sorted` ascends. 0 is best; of one draw it is the absolute error.
[[nodiscard]] double crps(std::span<const double> sorted, double outcome);
// Of a normal distribution, in closed form (Gneiting et al. 2005); `deviation` above 0.
[[nodiscard]] double crps_normal(double mean, double deviation, double outcome);

// What a quantile costs (Koenker and Bassett 1978): `level` in (0, 1), `quantile` the forecast.
[[nodiscard]] double pinball_loss(double level, double quantile, double outcome);

// The quantile of a sample by linear interpolation between order statistics (type 7 of Hyndman and
// Fan 1996). `sorted` ascends and has at least one draw.
[[nodiscard]] double sample_quantile(std::span<const double> sorted, double level);
// The error of that quantile from the finite sample: half the distance between the order statistics
// one binomial deviation to either side.
[[nodiscard]] double quantile_error(std::span<const double> sorted, double level);

}  // namespace redline
