#pragma once
// A tally that is one among many, each of which is handed a few values in turn.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "exposure/tally.h"

namespace redline {

// The bins of many tallies do not fit a cache together: those of the values are noted, and counted
// when many are.
class TallyFeed {
 public:
  static constexpr std::size_t kAtOnce = 64;

  // kAtOnce values at the most. Those that are no number within -Tally::kMost and Tally::kMost are
  // left out.
  void add(std::span<const double> values);
  // Of all values up to now.
  [[nodiscard]] const Tally& tally();
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  static constexpr std::size_t kMostNoted = 16384;

  // What kAtOnce values come to, in wholes: each is upper + lower, and `upper` a multiple of 2^24.
  struct Sums {
    double low, high, sum, upper_squares, products, lower_squares;
    [[nodiscard]] bool exact() const;
  };
  [[nodiscard]] static Sums look_at(const double* values, std::int16_t* bins);
  void add_one_by_one(std::span<const double> values);
  void count();

  Tally tally_;
  std::uint64_t left_out_ = 0;
  // Of the values whose bins are noted; as many as there may be at the most do not overflow.
  std::size_t noted_ = 0;
  double low_ = 0.0, high_ = 0.0;
  std::int64_t sum_ = 0, upper_squares_ = 0, products_ = 0, lower_squares_ = 0;
  std::vector<std::int16_t> bins_ = std::vector<std::int16_t>(kMostNoted);
};

}  // namespace redline
