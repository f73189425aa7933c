#pragma once
// The time that a kernel takes before and after its work.

#include "redline/kernel.h"

#include "perf/limits.h"
#include "perf/model.h"

namespace redline::perf {

// Widths of a constant by scope, as in ConstantInfo.
struct Widths {
  double everywhere = 0.0, kernel = 0.0, architecture = 0.0, both = 0.0, chip = 0.0;
};
[[nodiscard]] constexpr ConstantInfo launch_constant(std::string_view name, std::string_view unit,
                                                     double start, const Widths& w,
                                                     std::string_view meaning) {
  return {name,     unit,           Part::kLatency, start,  w.everywhere,
          w.kernel, w.architecture, w.both,         w.chip, meaning};
}
// The three constants that launch_of takes.
[[nodiscard]] constexpr ConstantInfo graph_launch(double cycles, const Widths& widths) {
  return launch_constant("launch_graph_cycles", "cycles", cycles, widths, "fixed time in a graph");
}
[[nodiscard]] constexpr ConstantInfo event_launch(double seconds, const Widths& widths) {
  return launch_constant("launch_event_s", "s", seconds, widths,
                         "fixed time between device events");
}
[[nodiscard]] constexpr ConstantInfo host_launch(double seconds, const Widths& widths) {
  return launch_constant("launch_host_s", "s", seconds, widths, "fixed time on the host's clock");
}

// Hertz; a usual one where the chip's is not known.
[[nodiscard]] inline double clock_of(const Limits& limits) {
  constexpr double kUsualClock = 1.5e9;
  return limits.clock > 0.0 ? limits.clock : kUsualClock;
}

// A graph's launch is the chip's own and counts in its cycles; the others count on the host.
// XLA compiles operators into one program, in which they follow one another without a launch: what
// is left is to fill and drain the units.
[[nodiscard]] inline double launch_of(const Execution& how, double graph_cycles, double event_s,
                                      double host_s, const Limits& limits) {
  constexpr double kFollowing = 0.5;
  const double graph_s = graph_cycles / clock_of(limits);
  switch (how.timing) {
    case Timing::kEvent:
      return how.library == Library::kXla ? kFollowing * graph_s : event_s;
    case Timing::kHost:
      return host_s;
    case Timing::kGraph:
      break;
  }
  return how.library == Library::kXla ? kFollowing * graph_s : graph_s;
}

// Share of operands that must come from memory where a benchmark repeats a kernel whose working set
// of `bytes` stands against a cache of `room` bytes.
[[nodiscard]] inline double missing(double bytes, double room) {
  const double fill = bytes / (room > 1.0 ? room : 1.0);
  return fill <= 1.0 ? 0.0 : 1.0 - 1.0 / (fill * fill * fill * fill);
}

}  // namespace redline::perf
