#include "exposure/quantile_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numbers>
#include <utility>

#include "exposure/lanes.h"

namespace redline {
namespace {

using Four = double __attribute__((vector_size(4 * sizeof(double))));

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
  cells_[sample.cell] = {q[0], b, c, d};
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
  halves_.resize(kGrid, kNone);
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
      halves_[sample.cell] = kExact;
      continue;
    }
    asked += 6;
    double finer[13];
    for (int k = 0; k <= 12; ++k) {
      finer[k] = k % 2 == 0 ? sample.at[k / 2] : ask(sample.from + sample.width * (k / 12.0));
    }
    const std::size_t halves = cells_.size();
    cells_.resize(halves + 2);
    halves_.resize(halves + 2, kNone);
    halves_[sample.cell] = static_cast<std::int32_t>(halves);
    for (const std::size_t half : {std::size_t{0}, std::size_t{1}}) {
      Sample next{halves + half, sample.from, sample.width / 2.0, {}};
      next.from += static_cast<double>(half) * next.width;
      std::copy_n(finer + 6 * half, 7, next.at);
      waiting.push_back(next);
    }
  }
}

REDLINE_LANES void QuantileTable::draw_some(double* p, double factor) const {
  // Places first, so that no cell waits for the place of the next.
  std::array<std::int32_t, kAtOnce> cell;  // NOLINT: filled before it is read
  std::array<double, kAtOnce> t;           // NOLINT: likewise
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    const double place = p[i] * kGrid;
    cell[i] = static_cast<std::int32_t>(place);
    t[i] = place - cell[i];
  }
  std::array<std::size_t, kAtOnce> asked;  // NOLINT: as much of it is read as is filled
  std::array<double, kAtOnce> exact;       // NOLINT: likewise
  std::size_t exacts = 0;
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    if (halves_[static_cast<std::size_t>(cell[i])] != kNone) {
      Spot spot{cell[i], t[i]};
      if (!descend(spot)) {
        exact[exacts] = exact_.quantile(p[i]) * factor;
        asked[exacts++] = i;
      }
      cell[i] = spot.cell;
      t[i] = spot.t;
    }
  }
  // Four cells are rows of a matrix, whose columns are wanted.
  for (std::size_t i = 0; i < kAtOnce; i += 4) {
    Four one, two, three, four;  // NOLINT: filled at once
    std::memcpy(&one, &cells_[static_cast<std::size_t>(cell[i])], sizeof one);
    std::memcpy(&two, &cells_[static_cast<std::size_t>(cell[i + 1])], sizeof two);
    std::memcpy(&three, &cells_[static_cast<std::size_t>(cell[i + 2])], sizeof three);
    std::memcpy(&four, &cells_[static_cast<std::size_t>(cell[i + 3])], sizeof four);
    const Four ac = __builtin_shufflevector(one, two, 0, 4, 2, 6);
    const Four bd = __builtin_shufflevector(one, two, 1, 5, 3, 7);
    const Four more_ac = __builtin_shufflevector(three, four, 0, 4, 2, 6);
    const Four more_bd = __builtin_shufflevector(three, four, 1, 5, 3, 7);
    const Four a = __builtin_shufflevector(ac, more_ac, 0, 1, 4, 5);
    const Four b = __builtin_shufflevector(bd, more_bd, 0, 1, 4, 5);
    const Four c = __builtin_shufflevector(ac, more_ac, 2, 3, 6, 7);
    const Four d = __builtin_shufflevector(bd, more_bd, 2, 3, 6, 7);
    Four at;  // NOLINT: filled at once
    std::memcpy(&at, &t[i], sizeof at);
    const Four value = (a + at * (b + at * (c + at * d))) * factor;
    std::memcpy(p + i, &value, sizeof value);
  }
  for (std::size_t k = 0; k < exacts; ++k) {
    p[asked[k]] = exact[k];
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
  for (; p.size() >= kAtOnce; p = p.subspan(kAtOnce)) {
    draw_some(p.data(), factor);
  }
  for (double& one : p) {
    one = (*this)(one)*factor;
  }
}

}  // namespace redline
