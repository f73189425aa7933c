// Norms, softmax, activations, embeddings and optimizers: as long as their bytes take.

#include <algorithm>

#include "perf/launch.h"
#include "perf/model.h"

namespace redline::perf {
namespace {

enum Constant : std::size_t { kMemory, kCoreBytes, kGraph, kEvent, kHost, kConstants };

constexpr std::array<ConstantInfo, kConstants> kTable{{
    {"memory_fraction", "1", Part::kMemory, 0.75, 0.15, 0.2, 0.1, 0.2, 0.05,
     "reached share of memory bandwidth"},
    {"core_bytes_per_cycle", "B", Part::kMemory, 40.0, 0.4, 0.2, 0.1, 0.0, 0.0,
     "bytes that one core can load or store in a cycle"},
    graph_launch(4000.0, {0.4, 0.2, 0.1, 0.1, 0.05}),
    event_launch(4e-6, {0.4, 0.2, 0.1, 0.1, 0.1}),
    host_launch(25e-6, {0.4, 0.4, 0.3, 0.4, 0.1}),
}};

// Elements of a row that a block of threads shares out, where rows alone do not fill the cores.
constexpr double kBlockElements = 4096.0;

}  // namespace

Parts evaluate(const Stream& op, const Execution& how, const Demand& demand, const Limits& limits,
               const Constants& c) {
  const double elements = as_double(op.rows) * as_double(op.columns);
  double reach = limits.bandwidth * c[kMemory];
  if (limits.has_cores()) {
    const double blocks = std::max(1.0, elements / kBlockElements);
    reach = std::min(reach, std::min(blocks, limits.cores) * limits.clock * c[kCoreBytes]);
  }
  const double memory = demand.bytes / reach;
  return {0.0, memory, 0.0, launch_of(how, c[kGraph], c[kEvent], c[kHost], limits)};
}

const Model& stream_model() {
  static constexpr Model kModel{"stream", kTable};
  return kModel;
}

}  // namespace redline::perf
