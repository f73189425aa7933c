#pragma once
// What an answer hangs on: swings of one input at a time, shares of its variance, and what it would
// be worth to know an input before a choice.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace redline {

// Works out the answers of points, one behind the other: `u` holds a number in (0, 1) for each
// dimension of each point (each input draws its value from one by its quantile), `out` an answer
// each. At most kUnitPoints at a time. Called by several threads.
inline constexpr std::size_t kUnitPoints = 64;
using UnitModel = std::function<void(std::span<const double> u, std::span<double> out)>;

// Dimensions that are moved together: one input, or inputs that are correlated by name.
struct Factor {
  std::string name;
  std::vector<unsigned> dimensions;
};

// A number and an interval for its error from the sample: 90 %, from the bootstrap.
struct Estimated {
  double value = 0.0, low = 0.0, high = 0.0;
};

struct SobolIndices {
  double mean = 0.0, variance = 0.0;
  // A factor each: the share of the variance that it explains alone, and with all its interactions.
  std::vector<Estimated> first, total;
};

struct SobolOptions {
  std::uint64_t points = 4096;  // a power of two; points x (factors + 2) evaluations
  unsigned bootstraps = 200;
  std::uint64_t seed = 1;
  unsigned threads = 1;
};

// Shares of variance of each of `answers` answers (Sobol 1993): first-order by Saltelli et al.
// 2010, total by Jansen 1999, on two halves of a scrambled Sobol sequence. The factors part the
// `dimensions` among them and are independent of each other. An answer that does not vary has
// shares of 0. Memory: points x (factors + 2) x answers numbers.
[[nodiscard]] std::vector<SobolIndices> sobol_indices(unsigned dimensions,
                                                      std::span<const Factor> factors,
                                                      std::size_t answers, const UnitModel& model,
                                                      const SobolOptions& options);

// One factor at its 5th and 95th percentile, the others at their medians.
struct Swing {
  double low = 0.0, high = 0.0;  // the answer there
};
// For each factor and answer: [factor * answers + answer]. `middle` gets the answers of the
// medians.
[[nodiscard]] std::vector<Swing> swings(unsigned dimensions, std::span<const Factor> factors,
                                        std::size_t answers, const UnitModel& model,
                                        std::vector<double>& middle);

// A number and its standard error.
struct Worth {
  double value = 0.0, error = 0.0;
};

// What each option of a choice is worth in each sample: [sample * options + option].
struct ChoiceSample {
  std::size_t options = 0;
  std::vector<double> worth;

  [[nodiscard]] std::size_t samples() const { return options == 0 ? 0 : worth.size() / options; }
};

// The option of the greatest mean, the first of equals.
[[nodiscard]] std::size_t best_option(const ChoiceSample& sample);
// The expected value of perfect information: how much better it would be to choose in each sample
// with full knowledge of it.
[[nodiscard]] Worth perfect_information(const ChoiceSample& sample);
// The same of one input, whose value in each sample is `input`: the samples are put into groups of
// alike values; the option of a group is chosen on one half of it and counted on the other, so that
// chance is not taken for knowledge. It errs low where groups are few.
[[nodiscard]] Worth partial_information(const ChoiceSample& sample, std::span<const double> input);

}  // namespace redline
