// Attention of many queries a sequence, tile by tile: FlashAttention-2 (Dao 2023), whose softmax
// runs between the products, and FlashAttention-3 (Shah et al. 2024), which hides part of it behind
// them. Where matrix units keep their sums in a memory of their own, one tile's softmax runs beside
// another's products (FlashAttention-4 2026).

#include <algorithm>
#include <cmath>

#include "perf/launch.h"
#include "perf/model.h"

namespace redline::perf {
namespace {

enum Constant : std::size_t {
  kMatrix,
  kCap,
  kSoftmax,
  kTile,
  kMemory,
  kPass,
  kResident,
  kCache,
  kGraph,
  kEvent,
  kHost,
  kConstants,
};

constexpr std::array<ConstantInfo, kConstants> kTable{{
    {"matrix_fraction", "1", Part::kCompute, 0.75, 0.15, 0.15, 0.15, 0.10, 0.04,
     "reached share of what a core can issue at boost clock"},
    {"cap_fraction", "1", Part::kCompute, 0.95, 0.05, 0.0, 0.0, 0.0, 0.03,
     "reached share of the data sheet's cap"},
    {"softmax_cycles", "cycles", Part::kCompute, 0.0625, 0.3, 0.3, 0.1, 0.15, 0.0,
     "time of a core for one pair of query and key beside the products: 1/16 is one exponential"},
    {"tile_cycles", "cycles", Part::kCompute, 3000.0, 0.5, 0.3, 0.2, 0.0, 0.0,
     "prologue and epilogue of one tile of queries"},
    {"memory_fraction", "1", Part::kMemory, 0.75, 0.15, 0.1, 0.1, 0.0, 0.05,
     "reached share of memory bandwidth"},
    {"cache_passes", "1", Part::kMemory, 1.0, 0.3, 0.3, 0.0, 0.0, 0.0,
     "how often Q, K and V are read and written to be rotated and stored in the cache"},
    {"resident_fraction", "1", Part::kMemory, 1.0, 0.5, 0.2, 0.6, 0.0, 0.0,
     "share of the cache in which operands outlive one run of a benchmark that repeats it"},
    {"l2_bytes_per_cycle", "B", Part::kMemory, 20.0, 0.4, 0.0, 0.2, 0.0, 0.0,
     "bytes that one core can load from the cache in a cycle"},
    graph_launch(25e3, {0.4, 0.2, 0.1, 0.1, 0.05}),
    event_launch(8e-6, {0.5, 0.3, 0.2, 0.0, 0.1}),
    host_launch(20e-6, {0.4, 0.2, 0.1, 0.0, 0.1}),
}};

constexpr double kTileRows = 128.0;
constexpr double kTileKeys = 64.0;

}  // namespace

Parts evaluate_prefill(const Attention& op, const Execution& how, const Demand& demand,
                       const Limits& limits, const Constants& c) {
  const double heads = as_double(op.batch) * as_double(op.q_heads);
  const double queries = std::max(1.0, as_double(op.q_len));
  const double pairs = attended_pairs(op);
  const double ops = demand.ops;
  const double least = demand.bytes;
  const std::size_t format = index_of(op.math);
  const double issue = limits.issue[format] * c[kMatrix];
  const double cap = limits.matrix[format] * c[kCap];
  const double memory = limits.bandwidth * c[kMemory];

  const double projected = as_double(op.batch) * queries * bytes_per_element(op.math) *
                           (as_double(op.q_heads + op.kv_heads) * as_double(op.qk_dim) +
                            as_double(op.kv_heads) * as_double(op.v_dim));
  const double passed = how.library == Library::kTrtllm ? 2.0 * projected * c[kPass] : 0.0;

  double compute_4 = 0.0;
  double miss = 1.0;
  double cache = memory;
  if (!limits.has_cores()) {
    compute_4 = fourth(ops / std::min(issue, cap));
  } else {
    const double rows = whole_up(queries / kTileRows) * kTileRows;
    const double reach =
        op.window > 0 ? std::min(as_double(op.kv_len), as_double(op.window)) : as_double(op.kv_len);
    const double edge = (op.causal ? 0.5 * kTileRows : 0.0) + 0.5 * kTileKeys;
    const double keys = std::min(pairs / queries + edge, std::max(reach, kTileKeys));
    const double pair_ops = ops / std::max(heads * pairs, 1.0);
    const double products = pair_ops * limits.cores / issue;
    const double softmax = c[kSoftmax] / limits.clock;
    const double pair_s = limits.matrix_apart ? overlapped(products, softmax) : products + softmax;
    const double tile_s = c[kTile] / limits.clock;
    const double longest = tile_s + kTileRows * reach * pair_s;
    const double all = heads * rows / kTileRows * (tile_s + kTileRows * keys * pair_s);
    compute_4 = std::max(fourth(all / limits.cores) + fourth(longest),
                         fourth(heads * rows * keys * pair_ops / cap));
    cache = std::max(memory, limits.cores * limits.clock * c[kCache]);
    if (how.repeats) {
      miss = missing(least + projected, limits.l2 * c[kResident]);
    }
  }
  const double per_byte = miss / memory + (1.0 - miss) / cache;
  Parts parts = overlapped_fourths(compute_4, fourth(least * per_byte));
  parts[1] += passed * per_byte;
  parts[3] = launch_of(how, c[kGraph], c[kEvent], c[kHost], limits);
  return parts;
}

const Model& prefill_model() {
  static constexpr Model kModel{"prefill", kTable};
  return kModel;
}

}  // namespace redline::perf
