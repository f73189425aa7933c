#pragma once
// A value with what a reader must know to trust it: its bounds, its basis and its sources.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "redline/interval.h"

namespace redline {

// How the value came about.
enum class Basis : std::uint8_t {
  kStated,     // a source states it
  kDerived,    // follows from stated values by arithmetic or definition
  kEstimated,  // somebody's estimate
};

// Who says so.
enum class Confidence : std::uint8_t { kDatasheet, kPress, kEstimate };

template <class T>
struct Fact {
  std::optional<T> value;            // absent: not known, or known only within the range
  std::optional<Interval<T>> range;  // where sources differ or only bounds are known
  Basis basis = Basis::kEstimated;
  Confidence confidence = Confidence::kEstimate;
  std::vector<std::string> sources;  // ids of data/sources
  std::string date;                  // of the observation, for prices
  std::string note;

  [[nodiscard]] bool known() const { return value.has_value(); }
};

}  // namespace redline
