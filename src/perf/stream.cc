#include "perf/stream.h"

namespace redline::perf {
namespace {

constexpr std::array<ConstantInfo, kStreamConstants> kTable{{
    {"memory_fraction", "1", Part::kMemory, 0.75, 0.15, 0.2, 0.1, 0.2, 0.05,
     "reached share of memory bandwidth"},
    {"core_bytes_per_cycle", "B", Part::kMemory, 40.0, 0.4, 0.2, 0.1, 0.0, 0.0,
     "bytes that one core can load or store in a cycle"},
    graph_launch(4000.0, {0.4, 0.2, 0.1, 0.1, 0.05}),
    event_launch(4e-6, {0.4, 0.2, 0.1, 0.1, 0.1}),
    host_launch(25e-6, {0.4, 0.4, 0.3, 0.4, 0.1}),
}};

}  // namespace

const Model& stream_model() {
  static constexpr Model kModel{"stream", kTable};
  return kModel;
}

}  // namespace redline::perf
