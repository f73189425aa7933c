#pragma once
// Between the units that people read and those that are kept.

#include <limits>

namespace redline::app {

inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();
inline constexpr double kPercent = 100.0;
inline constexpr double kMillion = 1e6;
inline constexpr double kGiga = 1e9;
inline constexpr double kSecondsOfHour = 3600.0;

}  // namespace redline::app
