#include "redline/sensitivity.h"

#include <algorithm>
#include <cmath>

#include "redline/error.h"
#include "redline/forecast_score.h"
#include "redline/random.h"
#include "redline/sampling.h"

#include "base/for_each_index.h"

namespace redline {
namespace {

constexpr double kMedian = 0.5, kLow = 0.05, kHigh = 0.95;

// Answers at the points of A, of B, and of A with one factor from B.
class Evaluations {
 public:
  Evaluations(std::size_t points, std::size_t factors, std::size_t answers)
      : points_(points), answers_(answers), values_(points * (factors + 2) * answers) {}

  [[nodiscard]] std::span<double> rows(std::size_t set, std::size_t first, std::size_t count) {
    return std::span(values_).subspan((set * points_ + first) * answers_, count * answers_);
  }
  [[nodiscard]] double value(std::size_t set, std::size_t point, std::size_t answer) const {
    return values_[(set * points_ + point) * answers_ + answer];
  }

  static constexpr std::size_t kA = 0, kB = 1, kMixed = 2;

 private:
  std::size_t points_, answers_;
  std::vector<double> values_;
};

// One answer at every point, where it stands together: bootstraps read it again and again.
struct Answers {
  std::size_t factors;
  std::vector<double> a, b, mixed;  // mixed: point x factor

  Answers(const Evaluations& e, std::size_t points, std::size_t of_factors, std::size_t answer)
      : factors(of_factors), a(points), b(points), mixed(points * of_factors) {
    for (std::size_t p = 0; p < points; ++p) {
      a[p] = e.value(Evaluations::kA, p, answer);
      b[p] = e.value(Evaluations::kB, p, answer);
      for (std::size_t f = 0; f < factors; ++f) {
        mixed[p * factors + f] = e.value(Evaluations::kMixed + f, p, answer);
      }
    }
  }
};

// Sums of one answer over points, each counted so many times; `centre` keeps products small.
struct Moments {
  double weight = 0.0, sum = 0.0, squares = 0.0;
  std::vector<double> first, total;

  Moments(const Answers& of, double centre, std::span<const std::uint32_t> counts)
      : first(of.factors, 0.0), total(of.factors, 0.0) {
    for (std::size_t p = 0; p < counts.size(); ++p) {
      if (counts[p] == 0) {
        continue;
      }
      const double times = counts[p];
      const double a = of.a[p] - centre, b = of.b[p] - centre;
      weight += times;
      sum += times * (a + b) / 2.0;
      squares += times * (a * a + b * b) / 2.0;
      for (std::size_t f = 0; f < of.factors; ++f) {
        const double mixed = of.mixed[p * of.factors + f] - centre;
        first[f] += times * b * (mixed - a);
        total[f] += times * (a - mixed) * (a - mixed) / 2.0;
      }
    }
  }
  [[nodiscard]] double mean() const { return sum / weight; }
  [[nodiscard]] double variance() const { return squares / weight - mean() * mean(); }
  [[nodiscard]] double share(double moment) const {
    return variance() > 0.0 ? moment / weight / variance() : 0.0;
  }
};

SobolIndices indices_of(const Evaluations& e, std::size_t points, std::size_t factors,
                        std::size_t answer, const SobolOptions& options) {
  std::vector<std::uint32_t> counts(points, 1);
  const Answers of(e, points, factors, answer);
  const double centre = Moments(of, 0.0, counts).mean();
  const Moments all(of, centre, counts);
  SobolIndices indices{centre + all.mean(), all.variance(), {}, {}};
  std::vector<std::vector<double>> first(factors), total(factors);
  for (unsigned b = 0; b < options.bootstraps; ++b) {
    std::fill(counts.begin(), counts.end(), 0U);
    for (std::size_t p = 0; p < points; ++p) {
      const double u = uniform(options.seed, b, p);
      ++counts[static_cast<std::size_t>(u * static_cast<double>(points))];
    }
    const Moments drawn(of, centre, counts);
    for (std::size_t f = 0; f < factors; ++f) {
      first[f].push_back(drawn.share(drawn.first[f]));
      total[f].push_back(drawn.share(drawn.total[f]));
    }
  }
  const auto estimate = [](double value, std::vector<double>& drawn) {
    std::sort(drawn.begin(), drawn.end());
    return drawn.empty()
               ? Estimated{value, value, value}
               : Estimated{value, sample_quantile(drawn, kLow), sample_quantile(drawn, kHigh)};
  };
  for (std::size_t f = 0; f < factors; ++f) {
    indices.first.push_back(estimate(all.share(all.first[f]), first[f]));
    indices.total.push_back(estimate(all.share(all.total[f]), total[f]));
  }
  return indices;
}

// A sample and the value of an input there: samples are put in the order in which it ascends.
struct Placed {
  double value;
  std::size_t sample;
};
std::vector<Placed> ascending(std::span<const double> input) {
  std::vector<Placed> order(input.size());
  for (std::size_t i = 0; i < input.size(); ++i) {
    order[i] = {input[i], i};
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const Placed& a, const Placed& b) { return a.value < b.value; });
  return order;
}

// The samples in groups of alike values, as bounds of their order.
std::vector<std::size_t> group_bounds(std::span<const Placed> order) {
  const std::size_t n = order.size();
  const auto size = static_cast<std::size_t>(std::sqrt(static_cast<double>(n)));
  std::vector<std::size_t> bounds{0};
  for (std::size_t i = 1; i < n; ++i) {
    // Equal values stay together: an input of two values has two groups.
    if (i - bounds.back() >= size && order[i].value != order[i - 1].value) {
      bounds.push_back(i);
    }
  }
  bounds.push_back(n);
  return bounds;
}

void add_row(const ChoiceSample& sample, std::size_t row, std::vector<double>& sums) {
  const double* const worth = sample.worth.data() + row * sample.options;
  for (std::size_t o = 0; o < sample.options; ++o) {
    sums[o] += worth[o];
  }
}

std::size_t best_of(const std::vector<double>& sums) {
  return static_cast<std::size_t>(std::max_element(sums.begin(), sums.end()) - sums.begin());
}

Worth worth_of(const std::vector<double>& gains) {
  const double n = static_cast<double>(gains.size());
  double sum = 0.0, squares = 0.0;
  for (const double gain : gains) {
    sum += gain;
    squares += gain * gain;
  }
  const double mean = sum / n;
  return {mean, std::sqrt(std::max(0.0, squares / n - mean * mean) / n)};
}

}  // namespace

std::vector<SobolIndices> sobol_indices(unsigned dimensions, std::span<const Factor> factors,
                                        std::size_t answers, const UnitModel& model,
                                        const SobolOptions& options) {
  const auto points = static_cast<std::size_t>(options.points);
  const SamplePlan plan(SampleDesign::kSobol, 2 * dimensions, options.points, options.seed);
  Evaluations e(points, factors.size(), answers);
  constexpr std::size_t kBlock = kUnitPoints;
  for_each_index((points + kBlock - 1) / kBlock, options.threads, [&](std::size_t block) {
    const std::size_t first = block * kBlock;
    const std::size_t rows = std::min(kBlock, points - first);
    std::vector<double> drawn(rows * 2 * dimensions), a(rows * dimensions), b(a), mixed(a);
    plan.fill(first, drawn);
    for (std::size_t r = 0; r < rows; ++r) {
      const auto row = drawn.begin() + static_cast<std::ptrdiff_t>(r * 2 * dimensions);
      const auto to = static_cast<std::ptrdiff_t>(r * dimensions);
      std::copy_n(row, dimensions, a.begin() + to);
      std::copy_n(row + static_cast<std::ptrdiff_t>(dimensions), dimensions, b.begin() + to);
    }
    model(a, e.rows(Evaluations::kA, first, rows));
    model(b, e.rows(Evaluations::kB, first, rows));
    for (std::size_t f = 0; f < factors.size(); ++f) {
      mixed = a;
      for (std::size_t r = 0; r < rows; ++r) {
        for (const unsigned d : factors[f].dimensions) {
          mixed[r * dimensions + d] = b[r * dimensions + d];
        }
      }
      model(mixed, e.rows(Evaluations::kMixed + f, first, rows));
    }
  });
  std::vector<SobolIndices> all(answers);
  for_each_index(answers, options.threads, [&](std::size_t answer) {
    all[answer] = indices_of(e, points, factors.size(), answer, options);
  });
  return all;
}

std::vector<Swing> swings(unsigned dimensions, std::span<const Factor> factors, std::size_t answers,
                          const UnitModel& model, std::vector<double>& middle) {
  // The medians, then each factor at its two ends.
  const std::size_t points = 1 + 2 * factors.size();
  std::vector<double> u(points * dimensions, kMedian), out(points * answers);
  for (std::size_t f = 0; f < factors.size(); ++f) {
    for (const unsigned d : factors[f].dimensions) {
      u[(1 + 2 * f) * dimensions + d] = kLow;
      u[(2 + 2 * f) * dimensions + d] = kHigh;
    }
  }
  for (std::size_t first = 0; first < points; first += kUnitPoints) {
    const std::size_t rows = std::min(kUnitPoints, points - first);
    model(std::span(u).subspan(first * dimensions, rows * dimensions),
          std::span(out).subspan(first * answers, rows * answers));
  }
  middle.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(answers));
  std::vector<Swing> all;
  for (std::size_t f = 0; f < factors.size(); ++f) {
    for (std::size_t answer = 0; answer < answers; ++answer) {
      all.push_back({out[(1 + 2 * f) * answers + answer], out[(2 + 2 * f) * answers + answer]});
    }
  }
  return all;
}

std::size_t best_option(const ChoiceSample& sample) {
  std::vector<double> sums(sample.options, 0.0);
  for (std::size_t s = 0; s < sample.samples(); ++s) {
    add_row(sample, s, sums);
  }
  return best_of(sums);
}

Worth perfect_information(const ChoiceSample& sample) {
  RL_CHECK(sample.samples() > 0);
  const std::size_t best = best_option(sample);
  std::vector<double> gains(sample.samples());
  for (std::size_t s = 0; s < gains.size(); ++s) {
    const double* row = sample.worth.data() + s * sample.options;
    gains[s] = *std::max_element(row, row + sample.options) - row[best];
  }
  return worth_of(gains);
}

Worth partial_information(const ChoiceSample& sample, std::span<const double> input) {
  const std::size_t n = sample.samples();
  RL_CHECK(n > 0 && input.size() == n);
  const std::vector<Placed> order = ascending(input);
  const std::vector<std::size_t> bounds = group_bounds(order);
  const std::size_t best = best_option(sample);
  std::vector<double> gains(n, 0.0), sums(sample.options);
  for (std::size_t g = 0; g + 1 < bounds.size(); ++g) {
    for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
      std::fill(sums.begin(), sums.end(), 0.0);
      for (std::size_t i = bounds[g] + half; i < bounds[g + 1]; i += 2) {
        add_row(sample, order[i].sample, sums);
      }
      const bool empty = bounds[g] + half >= bounds[g + 1];
      const std::size_t option = empty ? best : best_of(sums);
      for (std::size_t i = bounds[g] + 1 - half; i < bounds[g + 1]; i += 2) {
        const double* row = sample.worth.data() + order[i].sample * sample.options;
        gains[i] = row[option] - row[best];
      }
    }
  }
  return worth_of(gains);
}

}  // namespace redline
