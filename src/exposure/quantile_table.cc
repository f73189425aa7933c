#include "exposure/quantile_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace redline {
namespace {

constexpr double kLeastCell = 0x1p-24;  // of probability

// Of the exact quantile; those of a mixture cost microseconds, and a table of few jumps needs few.
constexpr std::size_t kMostEvaluations = 16384, kMostOfMixture = 8192;

bool is_fast(DistributionKind kind) {
  return kind == DistributionKind::kConstant || kind == DistributionKind::kUniform ||
         kind == DistributionKind::kTriangular || kind == DistributionKind::kBernoulli ||
         kind == DistributionKind::kEmpirical;
}

bool is_discrete(DistributionKind kind) {
  return kind == DistributionKind::kPoisson || kind == DistributionKind::kZipf;
}
// Jumps of a discrete one that the evaluations can tell apart; with many more, a table gains
// little.
constexpr double kMostJumps = 1024.0;

// Wide enough to hold something, where a distribution is all but a point.
double spread_of(const Distribution& distribution) {
  for (const double tail : {0.05, 0x1p-10, 0x1p-20}) {
    const double spread = distribution.quantile(1.0 - tail) - distribution.quantile(tail);
    if (spread > 0.0) {
      return spread;
    }
  }
  return 0.0;
}

}  // namespace

QuantileTable::QuantileTable(Distribution distribution)
    : exact_(std::move(distribution)), spread_(spread_of(exact_)) {
  const bool many_jumps = is_discrete(exact_.kind()) && spread_ > kMostJumps;
  if (!is_fast(exact_.kind()) && !many_jumps) {
    build(exact_.kind() == DistributionKind::kMixture ? kMostOfMixture : kMostEvaluations);
  }
}

// The ends of the unit interval have no quantile, so that no cubic fits there.
double QuantileTable::ask(double p) const {
  return p > 0.0 && p < 1.0 ? exact_.quantile(p) : std::numeric_limits<double>::quiet_NaN();
}

// The cubic through four of the points; whether it ascends and meets the other three, and one more
// at a place that no lattice has. Discrete ones are flat or not met.
bool QuantileTable::fit(const Sample& sample) {
  const double* q = sample.at;
  const double first = q[2] - q[0], second = q[4] - q[2], third = q[6] - q[4];
  const double bend = second - first, turn = (third - second) - bend;
  // Newton's forward differences in steps of a third.
  const double b = 3.0 * (first - bend / 2.0 + turn / 3.0);
  const double c = 4.5 * (bend - turn), d = 4.5 * turn;
  cells_[sample.cell] = {q[0], b, c, d, kNone};
  if (q[0] == q[6] || is_discrete(exact_.kind())) {
    return q[0] == q[6];
  }
  const auto meets = [&](double t, double exact) {
    const double size = std::clamp(std::fabs(exact), 0.01 * spread_, spread_);
    // Half, as the cubic may be further off between the points.
    return std::fabs(q[0] + t * (b + t * (c + t * d)) - exact) <= 0.5 * kTolerance * size;
  };
  if (!meets(1.0 / 6.0, q[1]) || !meets(0.5, q[3]) || !meets(5.0 / 6.0, q[5])) {
    return false;
  }
  const double bottom = d > 0.0 ? std::clamp(-c / (3.0 * d), 0.0, 1.0) : 0.0;
  constexpr double kRounding = 1e-14;
  const double slack = -kRounding * std::max(std::fabs(q[0]), std::fabs(q[6]));
  const auto slope = [&](double t) { return b + t * (2.0 * c + t * 3.0 * d); };
  constexpr double kOffLattice = std::numbers::phi - 1.0;
  return slope(0.0) >= slack && slope(bottom) >= slack && slope(1.0) >= slack &&
         meets(kOffLattice, ask(sample.from + sample.width * kOffLattice));
}

// Widest cells first, so that what the evaluations do not suffice for is the least likely.
void QuantileTable::build(std::size_t evaluations) {
  std::vector<Sample> waiting(kGrid);
  cells_.resize(kGrid);
  double last = ask(0.0);
  for (std::size_t i = 0; i < kGrid; ++i) {
    Sample& sample = waiting[i];
    sample.cell = i;
    sample.width = 1.0 / kGrid;
    sample.from = static_cast<double>(i) * sample.width;
    sample.at[0] = last;
    for (int k = 1; k <= 6; ++k) {
      sample.at[k] = ask(sample.from + sample.width * (k / 6.0));
    }
    last = sample.at[6];
  }
  std::size_t asked = std::size_t{6} * kGrid;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const Sample sample = waiting[i];
    if (fit(sample)) {
      continue;
    }
    if (sample.width <= kLeastCell || asked + 6 > evaluations) {
      cells_[sample.cell].halves = kExact;
      continue;
    }
    asked += 6;
    double finer[13];
    for (int k = 0; k <= 12; ++k) {
      finer[k] = k % 2 == 0 ? sample.at[k / 2] : ask(sample.from + sample.width * (k / 12.0));
    }
    const std::size_t halves = cells_.size();
    cells_.resize(halves + 2);
    cells_[sample.cell].halves = static_cast<std::int32_t>(halves);
    for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
      Sample next{halves + half, sample.from, sample.width / 2.0, {}};
      next.from += static_cast<double>(half) * next.width;
      std::copy_n(finer + 6 * half, 7, next.at);
      waiting.push_back(next);
    }
  }
}

void QuantileTable::draw(std::span<double> p, double factor) const {
  if (cells_.empty()) {
    exact_.quantiles(p);
    for (double& one : p) {
      one *= factor;
    }
    return;
  }
  // Of many tables none is in a near cache, and cells that are asked for one by one are waited for.
  for (std::size_t i = 0; i < kGrid && p.size() > kGrid; ++i) {
    __builtin_prefetch(&cells_[i]);
  }
  // Places first, so that no cell waits for the place of the next.
  constexpr std::size_t kAtOnce = 64;
  std::array<int, kAtOnce> number;  // NOLINT: filled before it is read
  std::array<double, kAtOnce> t;    // NOLINT: likewise
  while (!p.empty()) {
    const std::span<double> some = p.first(std::min(kAtOnce, p.size()));
    for (std::size_t i = 0; i < some.size(); ++i) {
      const double place = some[i] * kGrid;
      number[i] = static_cast<int>(place);
      t[i] = place - number[i];
    }
    for (std::size_t i = 0; i < some.size(); ++i) {
      some[i] = within(number[i], t[i], some[i]) * factor;
    }
    p = p.subspan(some.size());
  }
}

}  // namespace redline
