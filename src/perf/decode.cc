// Attention of few queries on a long cache: keys and values stream through the cores once, split
// along the cache so that all cores have work (FlashDecoding; Dao et al. 2023).

#include <algorithm>
#include <cmath>

#include "perf/launch.h"
#include "perf/model.h"

namespace redline::perf {
namespace {

enum Constant : std::size_t {
  kMatrix,
  kMemory,
  kCoreElements,
  kVectorElements,
  kShared,
  kWanted,
  kLeastTokens,
  kEnoughTokens,
  kBlock,
  kRowsCost,
  kMerge,
  kLone,
  kGraph,
  kEvent,
  kHost,
  kConstants,
};

constexpr std::array<ConstantInfo, kConstants> kTable{{
    {"matrix_fraction", "1", Part::kCompute, 0.70, 0.15, 0.15, 0.10, 0.0, 0.05,
     "reached share of the matrix rate, rows of a group padded to 16"},
    {"memory_fraction", "1", Part::kMemory, 0.88, 0.1, 0.1, 0.05, 0.05, 0.05,
     "reached share of memory bandwidth"},
    {"core_elements_per_cycle", "1", Part::kMemory, 5.0, 0.5, 0.5, 0.2, 0.2, 0.0,
     "elements of the cache that a block of threads alone on its core takes in a cycle"},
    {"vector_elements_per_cycle", "1", Part::kMemory, 5.0, 0.5, 0.5, 0.2, 0.2, 0.0,
     "the same where every query head has keys of its own: vector units instead of matrix units"},
    {"shared_core", "1", Part::kMemory, 1.8, 0.3, 0.3, 0.0, 0.0, 0.0,
     "how much more two or more blocks on one core take than one"},
    {"wanted_blocks", "1", Part::kMemory, 1.0, 0.4, 0.3, 0.1, 0.0, 0.0,
     "blocks a core that splitting the cache aims at"},
    {"least_tokens", "1", Part::kMemory, 128.0, 0.6, 0.4, 0.0, 0.0, 0.0,
     "tokens of 256 elements that a block takes at least"},
    {"enough_tokens", "1", Part::kMemory, 600.0, 0.5, 0.5, 0.0, 0.0, 0.0,
     "tokens of 256 elements that a block must keep for a core to be given two"},
    {"block_cycles", "cycles", Part::kMemory, 1500.0, 0.4, 0.2, 0.0, 0.0, 0.0,
     "beginning and end of a block"},
    {"group_cycles", "cycles", Part::kCompute, 0.10, 0.5, 0.5, 0.1, 0.0, 0.0,
     "time of a core for one query head and cached token beside the products"},
    {"merge_s", "s", Part::kLatency, 2e-6, 0.6, 0.4, 0.0, 0.0, 0.0,
     "joining the parts of a split cache"},
    {"lone_fraction", "1", Part::kCompute, 0.55, 0.2, 0.0, 0.2, 0.0, 0.0,
     "reached share of the matrix rate where each query head has a tile of its own"},
    graph_launch(15e3, {0.4, 0.4, 0.2, 0.1, 0.05}),
    event_launch(8e-6, {0.5, 0.3, 0.2, 0.0, 0.1}),
    host_launch(20e-6, {0.4, 0.6, 0.2, 0.1, 0.1}),
}};

constexpr double kGroupRows = 16.0;    // rows of the smallest matrix instruction
constexpr double kUsualWidth = 256.0;  // elements of a key and a value of 128 each
constexpr double kOccupancy = 2.0;     // blocks that a core holds
constexpr double kLeastPart = 64.0;    // tokens below which nothing is split

constexpr double kLoneRows = 64.0;   // of a tile of queries
constexpr double kLoneKeys = 128.0;  // of a tile of keys

// Each query head by itself, the cache not split: a tile of queries for each, padded, and its keys
// and values once more for each head of a group that does not run beside another, unless the cache
// of one head of all sequences outlives the sweep (FlashAttention-2, `seqlenq_ngroups_swapped`).
Parts evaluate_lone_heads(const Attention& op, double tokens, const Demand& demand,
                          const Limits& limits, const Constants& c) {
  const double batch = as_double(op.batch);
  const double group = as_double(op.q_heads) / as_double(op.kv_heads);
  const double width = as_double(op.qk_dim + op.v_dim);
  const double tiles = batch * as_double(op.q_heads) * whole_up(as_double(op.q_len) / kLoneRows);
  double cores = 1.0;
  double waves = tiles;
  double together = group;  // heads of one that run at one time
  // Lengths of a batch differ: a half tile of keys and half a wave of tiles are idle on average.
  if (limits.has_cores()) {
    cores = limits.cores;
    waves = tiles <= cores ? 1.0 : tiles / cores + 0.5;
    together = std::clamp(cores / batch, 1.0, group);
  }
  const double keys = std::max(kLoneKeys, tokens + 0.5 * kLoneKeys);
  const double rate = limits.matrix[index_of(op.math)] * c[kLone] / cores;
  const double compute = waves * keys * kLoneRows * 2.0 * width / rate;
  const double swept = batch * tokens * width * bytes_per_element(op.kv);
  const double reads = 1.0 + (group / together - 1.0) * missing(swept, limits.l2);
  const double memory = demand.bytes * reads / (limits.bandwidth * c[kMemory]);
  return overlapped_fourths(fourth(compute), fourth(memory));
}

}  // namespace

Parts evaluate_decode(const Attention& op, const Execution& how, const Demand& demand,
                      const Limits& limits, const Constants& c) {
  const double pairs = as_double(op.batch) * as_double(op.kv_heads);
  const double tokens =
      op.window > 0 ? as_double(std::min(op.kv_len, op.window)) : as_double(op.kv_len);
  double latency = launch_of(how, c[kGraph], c[kEvent], c[kHost], limits);
  if (how.lone_heads) {
    Parts parts = evaluate_lone_heads(op, tokens, demand, limits, c);
    parts[3] = latency;
    return parts;
  }
  const double rows = as_double(op.q_heads) / as_double(op.kv_heads) * as_double(op.q_len);
  const double width = as_double(op.qk_dim + op.v_dim);
  const double cached = pairs * tokens * width;  // elements
  const double padded = whole_up(rows / kGroupRows) * kGroupRows;
  const double rate = limits.matrix[index_of(op.math)] * c[kMatrix];
  const double least = demand.bytes / (limits.bandwidth * c[kMemory]);
  double compute = 2.0 * cached * padded / rate;
  double load_4 = fourth(least);
  if (limits.has_cores()) {
    const double per_core = 1.0 / limits.cores;
    const double per_pair = limits.cores / pairs;
    const double wide = width * (1.0 / kUsualWidth);
    const double most = std::max(1.0, tokens * wide / c[kLeastTokens]);
    const double filling = std::clamp(per_pair * c[kWanted], 1.0, most);
    const double doubling = std::min(2.0 * per_pair, tokens * wide / c[kEnoughTokens]);
    const double split = std::max(filling, doubling);
    const double blocks = pairs * split;
    const double busy = std::min(blocks, limits.cores);
    const double resident = std::clamp(blocks * per_core, 1.0, 2.0);
    const double together = 1.0 + std::max(0.0, c[kShared] - 1.0) * (resident - 1.0);
    const double core =
        (rows > 1.0 ? c[kCoreElements] : c[kVectorElements]) * together * limits.clock;
    const double ends = blocks / busy * c[kBlock] / (together * limits.clock);
    load_4 += fourth(cached / (busy * core) + ends);
    compute += pairs * tokens * rows * c[kRowsCost] / (busy * limits.clock);
    // Work that binds on the cores takes as long as the core with the most blocks.
    const double whole = std::clamp(whole_down(kOccupancy * per_pair), 1.0,
                                    std::max(1.0, whole_down(tokens * (1.0 / kLeastPart))));
    const double share = pairs * whole * per_core;
    compute *= std::min(kOccupancy, whole_up(share) / share);
    latency += c[kMerge] * (1.0 - 1.0 / split);
  }
  Parts parts = overlapped_fourths(fourth(compute), load_4);
  parts[3] = latency;
  return parts;
}

const Model& decode_model() {
  static constexpr Model kModel{"decode", kTable};
  return kModel;
}

}  // namespace redline::perf
