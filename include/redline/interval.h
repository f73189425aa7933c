#pragma once
// A closed interval of numbers, for specs that are known only within bounds.

#include <algorithm>

namespace redline {

template <class T>
struct Interval {
  T low{};
  T high{};

  [[nodiscard]] constexpr bool contains(T value) const { return low <= value && value <= high; }
  [[nodiscard]] constexpr bool is_point() const { return low == high; }
  friend constexpr bool operator==(const Interval&, const Interval&) = default;
};

template <class T>
[[nodiscard]] constexpr Interval<T> hull(Interval<T> a, Interval<T> b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

}  // namespace redline
