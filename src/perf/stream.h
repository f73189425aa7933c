#pragma once
// Norms, softmax, activations, embeddings and optimizers: as long as their bytes take.

#include <algorithm>

#include "perf/launch.h"
#include "perf/model.h"

namespace redline::perf {

enum StreamConstant : std::size_t {
  kStreamMemory,
  kStreamCoreBytes,
  kStreamGraph,
  kStreamEvent,
  kStreamHost,
  kStreamConstants,
};

// Elements of a row that a block of threads shares out, where rows alone do not fill the cores.
inline constexpr double kBlockElements = 4096.0;

[[nodiscard]] inline Parts evaluate(const Stream& op, const Execution& how, const Demand& demand,
                                    const Limits& limits, const Constants& c) {
  const double elements = as_double(op.rows) * as_double(op.columns);
  double reach = limits.bandwidth * c[kStreamMemory];
  if (limits.has_cores()) {
    const double blocks = std::max(1.0, elements / kBlockElements);
    reach = std::min(reach, std::min(blocks, limits.cores) * limits.clock * c[kStreamCoreBytes]);
  }
  const double memory = demand.bytes / reach;
  return {0.0, memory, 0.0,
          launch_of(how, c[kStreamGraph], c[kStreamEvent], c[kStreamHost], limits)};
}

}  // namespace redline::perf
