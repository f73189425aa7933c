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
    const auto number = static_cast<int>(place);
    return within(number, place - number, p);
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

  // The quantile is a + bt + ct^2 + dt^3, t from 0 to 1 within the cell, unless it has halves.
  struct Cell {
    double a, b, c, d;
    std::int32_t halves;
  };
  // Seven points of a cell, its ends among them.
  struct Sample {
    std::size_t cell;
    double from, width;
    double at[7];
  };

  // Of p, which lies so far, from 0 to 1, within a cell of the grid.
  [[nodiscard]] double within(int number, double t, double p) const {
    const Cell* cell = &cells_[static_cast<std::size_t>(number)];
    while (cell->halves != kNone) {
      if (cell->halves == kExact) {
        return exact_.quantile(p);
      }
      t += t;
      const bool upper = t >= 1.0;
      t -= upper ? 1.0 : 0.0;
      cell = &cells_[static_cast<std::size_t>(cell->halves) + (upper ? 1 : 0)];
    }
    return cell->a + t * (cell->b + t * (cell->c + t * cell->d));
  }
  void build(std::size_t evaluations);
  [[nodiscard]] double ask(double p) const;
  [[nodiscard]] bool fit(const Sample& sample);

  Distribution exact_;
  double spread_ = 0.0;
  std::vector<Cell> cells_{};
};

}  // namespace redline
