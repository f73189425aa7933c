#pragma once
// Quantiles of a distribution by table, where draws of it are asked for by the million.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "redline/distribution.h"

namespace redline {

// Cells of probability with a cubic in each: a grid of equal ones, and those in which the quantile
// bends too much (tails, jumps, the edges of point masses) halved again and again. What is left
// after the last halving is asked of the distribution itself. Where its own formula is as fast
// (constant, uniform, triangular, Bernoulli, empirical) there is no table, and none where jumps are
// too many (Poisson, Zipf).
//
// Off by at most kTolerance of spread(), and of the value itself where that is less, though not
// below a hundredth of the spread; point masses are met exactly. The cubics are compared at four
// points inside each cell, so a feature hidden between two of them, a sixth of a cell, could be
// missed. Monotone, to rounding; a pure function of the distribution and of p.
class QuantileTable {
 public:
  static constexpr double kTolerance = 1e-6;

  explicit QuantileTable(Distribution distribution);

  // `p` in (0, 1).
  [[nodiscard]] double operator()(double p) const {
    if (cells_.empty()) {
      return exact_.quantile(p);
    }
    const double place = p * kGrid;
    Spot spot{static_cast<std::int32_t>(place), 0.0};
    spot.t = place - spot.cell;
    if (halves_[static_cast<std::size_t>(spot.cell)] != kNone && !descend(spot)) {
      return exact_.quantile(p);
    }
    const Cell& cell = cells_[static_cast<std::size_t>(spot.cell)];
    return cell.a + spot.t * (cell.b + spot.t * (cell.c + spot.t * cell.d));
  }

  // Each of many `p` becomes its quantile, times a factor.
  void draw(std::span<double> p, double factor) const;

  [[nodiscard]] const Distribution& distribution() const { return exact_; }
  // Between the quantiles of 5 % and 95 %; where they are the same, between ones further out.
  [[nodiscard]] double spread() const { return spread_; }
  [[nodiscard]] std::size_t cells() const { return cells_.size(); }

 private:
  static constexpr int kGrid = 256;
  static constexpr std::int32_t kNone = 0, kExact = -1;
  static constexpr std::size_t kAtOnce = 64;

  // The quantile is a + bt + ct^2 + dt^3, t from 0 to 1 within the cell, unless it has halves. A
  // cell lies in one line of the cache.
  struct alignas(32) Cell {
    double a, b, c, d;
  };
  // So far, from 0 to 1, within a cell.
  struct Spot {
    std::int32_t cell;
    double t;
  };
  // Seven points of a cell, its ends among them.
  struct Sample {
    std::size_t cell;
    double from, width;
    double at[7];
  };

  // From a cell that has halves down to one that has none; false where the distribution itself is
  // asked.
  [[nodiscard]] bool descend(Spot& spot) const {
    for (std::int32_t halves = halves_[static_cast<std::size_t>(spot.cell)]; halves != kNone;
         halves = halves_[static_cast<std::size_t>(spot.cell)]) {
      if (halves == kExact) {
        return false;
      }
      spot.t += spot.t;
      const bool upper = spot.t >= 1.0;
      spot.t -= upper ? 1.0 : 0.0;
      spot.cell = halves + (upper ? 1 : 0);
    }
    return true;
  }
  // Of kAtOnce numbers.
  void draw_some(double* p, double factor) const;
  void build(std::size_t evaluations);
  [[nodiscard]] double ask(double p) const;
  [[nodiscard]] bool fit(const Sample& sample);

  Distribution exact_;
  double spread_ = 0.0;
  std::vector<Cell> cells_{};
  std::vector<std::int32_t> halves_{};  // of each cell: where the first stands, kNone or kExact
};

}  // namespace redline
