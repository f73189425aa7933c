#pragma once
// The time that a kernel takes before and after its work.

#include "redline/kernel.h"

#include "perf/limits.h"

namespace redline::perf {

// A graph's launch is the chip's own and counts in its cycles; the others count on the host.
[[nodiscard]] inline double launch_of(Timing timing, double graph_cycles, double event_s,
                                      double host_s, const Limits& limits) {
  constexpr double kUnknownClock = 1.5e9;
  switch (timing) {
    case Timing::kEvent:
      return event_s;
    case Timing::kHost:
      return host_s;
    case Timing::kGraph:
      break;
  }
  return graph_cycles / (limits.clock > 0.0 ? limits.clock : kUnknownClock);
}

// Share of operands that must come from memory where a benchmark repeats a kernel whose working set
// of `bytes` stands against a cache of `room` bytes.
[[nodiscard]] inline double missing(double bytes, double room) {
  const double fill = bytes / (room > 1.0 ? room : 1.0);
  return fill <= 1.0 ? 0.0 : 1.0 - 1.0 / (fill * fill * fill * fill);
}

}  // namespace redline::perf
