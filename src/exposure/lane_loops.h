#pragma once
// Loops over the lanes of worlds, and the bounds within which their amounts are kept.

#include <cstddef>
#include <cstdint>
#include <limits>

#include "exposure/formula.h"
#include "exposure/lanes.h"

namespace redline::exposure {

inline constexpr std::size_t kN = Formula::kLanes;
inline constexpr double kNever = std::numeric_limits<double>::infinity();
inline constexpr double kDaySeconds = 86400.0;
inline constexpr double kDaysAYear = 365.25;
inline constexpr double kQuarterDays = kDaysAYear / 4.0;

// More than there is: what a formula gives beyond it is a slip that must not upset the books.
inline constexpr double kMostUsd = 1e13, kLeastPrice = 0.001;

inline double share_of(double x) { return x > 0.0 ? (x < 1.0 ? x : 1.0) : 0.0; }
inline double at_least_none(double x) { return x > 0.0 ? x : 0.0; }
inline double money_of(double x) { return x > 0.0 ? (x < kMostUsd ? x : kMostUsd) : 0.0; }
// To the nearest whole, halves to even, for what is below 2^51: the last bits fall off.
inline double whole(double cents) { return (cents + 0x1.8p52) - 0x1.8p52; }
inline double cents_of(double usd) { return whole(usd * 100.0); }

template <class F>
inline void each(const F& f) {
  REDLINE_INDEPENDENT
  for (std::size_t i = 0; i < kN; ++i) {
    f(i);
  }
}
// As wide as what is compared, so that vectors can do it.
template <class F>
inline bool any(const F& f) {
  std::int64_t found = 0;
  for (std::size_t i = 0; i < kN; ++i) {
    found |= f(i) ? 1 : 0;
  }
  return found != 0;
}
// Whole columns. Not std::fill_n, and not inline: where a compiler sees zeros it takes a string
// instruction, which of so few takes longer to start than to fill.
void fill_lanes(double* out, double value, std::size_t columns = 1);

}  // namespace redline::exposure
