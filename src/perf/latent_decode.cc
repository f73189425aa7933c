// Multi-head latent attention, decoding on the compressed cache: all query heads of a token share
// one row of the cache, so that the products and not the cache bind (FlashMLA; DeepSeek-V2 2024,
// section 2.1).

#include <algorithm>
#include <cmath>

#include "perf/launch.h"
#include "perf/model.h"

namespace redline::perf {
namespace {

enum Constant : std::size_t {
  kMatrix,
  kCap,
  kMemory,
  kBlock,
  kSpread,
  kGraph,
  kEvent,
  kHost,
  kConstants,
};

constexpr std::array<ConstantInfo, kConstants> kTable{{
    {"matrix_fraction", "1", Part::kCompute, 0.65, 0.1, 0.1, 0.05, 0.0, 0.03,
     "reached share of what a core can issue at boost clock"},
    {"cap_fraction", "1", Part::kCompute, 0.88, 0.06, 0.05, 0.0, 0.0, 0.02,
     "reached share of the data sheet's cap"},
    {"memory_fraction", "1", Part::kMemory, 0.85, 0.1, 0.1, 0.05, 0.0, 0.05,
     "reached share of memory bandwidth"},
    {"block_cycles", "cycles", Part::kCompute, 4000.0, 0.6, 0.3, 0.0, 0.0, 0.0,
     "beginning, end and joining of the part of a core"},
    {"spread", "1", Part::kCompute, 0.3, 0.5, 0.0, 0.0, 0.0, 0.0,
     "share of an unfilled wave that is hidden"},
    graph_launch(15e3, {0.4, 0.3, 0.1, 0.0, 0.05}),
    event_launch(8e-6, {0.4, 0.3, 0.1, 0.0, 0.1}),
    host_launch(20e-6, {0.4, 0.3, 0.1, 0.0, 0.1}),
}};

constexpr double kRows = 64.0;  // of query heads that a block works on together

}  // namespace

Parts evaluate_latent_decode(const Attention& op, const Execution& how, const Demand& demand,
                             const Limits& limits, const Constants& c) {
  const double rows = as_double(op.q_heads) * as_double(op.q_len);
  const double padded = whole_up(rows / kRows) * kRows;
  const double tokens =
      op.window > 0 ? as_double(std::min(op.kv_len, op.window)) : as_double(op.kv_len);
  const double ops = 2.0 * as_double(op.batch) * padded * tokens * as_double(op.qk_dim + op.v_dim);
  const std::size_t format = index_of(op.math);
  const double rate = std::min(limits.issue[format] * c[kMatrix], limits.matrix[format] * c[kCap]);
  double compute = ops / rate;
  if (limits.has_cores()) {
    // Groups of heads are split along the cache as long as all their parts find a core at once.
    const double groups = as_double(op.batch) * padded / kRows;
    const double parts = groups * std::max(1.0, whole_down(limits.cores / groups));
    const double share = parts / limits.cores;
    const double waves = whole_up(share);
    compute *= (waves - std::min(1.0, c[kSpread]) * (waves - share)) / share;
    compute += c[kBlock] / limits.clock;
  }
  const double load = demand.bytes / (limits.bandwidth * c[kMemory]);
  Parts parts = overlapped_parts(compute, load);
  parts[3] = launch_of(how, c[kGraph], c[kEvent], c[kHost], limits);
  return parts;
}

const Model& latent_decode_model() {
  static constexpr Model kModel{"latent_decode", kTable};
  return kModel;
}

}  // namespace redline::perf
