#pragma once
// `redline simulate serve|capacity`: what users of a cluster would feel, and the highest rate that
// holds a target.

#include <functional>
#include <string>

#include "app/estimate_step.h"

namespace redline::app {

// How a simulation is run; what comes out does not depend on it.
struct SimulateRun {
  unsigned threads = 1;
  bool plot = false;
  std::string trace;  // path of a trace of the run; empty: none
  std::function<void(std::uint64_t done, std::uint64_t total)> progress{};
  std::function<bool()> stop{};
};

// Fields: those of a decode step but for its batch; traffic (`arrivals`, `rate`, `prompt` and
// `answer` as distributions …), the engine, the cluster, a target. docs/guide.md lists them.
[[nodiscard]] Loaded<Answer> simulate_serve(const Workspace& workspace, const Json& fields,
                                            const SimulateRun& run, Code field_code,
                                            const results::Words& say);
// Fields besides: `share` of the requests that keep the target (0.99), `runs` with other seeds (5),
// `precision_percent` of the rate (1).
[[nodiscard]] Loaded<Answer> simulate_capacity(const Workspace& workspace, const Json& fields,
                                               const SimulateRun& run, Code field_code,
                                               const results::Words& say);

}  // namespace redline::app
