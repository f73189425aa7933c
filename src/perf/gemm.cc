// C = A B on a chip of many cores: tiles go round the cores in waves, operands stream through
// memory and cache, and the tile is the best of a small set, as libraries choose it.

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
  kCoreBytes,
  kTileCycles,
  kSpread,
  kSplit,
  kGraph,
  kEvent,
  kHost,
  kQuantFixed,
  kQuantBytes,
  kL2,
  kResident,
  kNarrow,
  kDroop,
  kConstants,
};

constexpr std::array<ConstantInfo, kConstants> kTable{{
    {"matrix_fraction", "1", Part::kCompute, 0.80, 0.2, 0.25, 0.10, 0.10, 0.05,
     "reached share of what a core can issue at boost clock"},
    {"cap_fraction", "1", Part::kCompute, 0.95, 0.05, 0.0, 0.05, 0.0, 0.10,
     "reached share of the data sheet's cap"},
    {"memory_fraction", "1", Part::kMemory, 0.85, 0.1, 0.1, 0.05, 0.05, 0.05,
     "reached share of memory bandwidth"},
    {"core_bytes_per_cycle", "B", Part::kMemory, 40.0, 0.5, 0.2, 0.2, 0.0, 0.0,
     "bytes that one core can load from memory in a cycle"},
    {"tile_cycles", "cycles", Part::kCompute, 1500.0, 0.7, 0.3, 0.2, 0.0, 0.0,
     "prologue and epilogue of one tile"},
    {"spread", "1", Part::kCompute, 0.3, 0.7, 0.5, 0.3, 0.0, 0.0,
     "share of an unfilled wave that is hidden"},
    {"split_s", "s", Part::kLatency, 2e-6, 0.5, 0.3, 0.2, 0.0, 0.0,
     "joining the parts of a product that is split along k"},
    graph_launch(4000.0, {0.5, 0.3, 0.2, 0.3, 0.1}),
    event_launch(4e-6, {0.5, 0.3, 0.2, 0.0, 0.1}),
    host_launch(15e-6, {0.5, 0.3, 0.2, 0.0, 0.2}),
    {"quantize_s", "s", Part::kLatency, 4e-6, 0.7, 0.7, 0.2, 0.5, 0.1,
     "fixed time of quantising the activations"},
    {"quantize_passes", "1", Part::kMemory, 1.0, 0.7, 0.7, 0.2, 0.5, 0.1,
     "how often quantising moves the activations, against reading and writing them once"},
    {"l2_bytes_per_cycle", "B", Part::kMemory, 64.0, 0.5, 0.2, 0.2, 0.0, 0.0,
     "bytes that one core can load from the cache in a cycle"},
    {"resident_fraction", "1", Part::kMemory, 0.2, 0.5, 0.9, 0.5, 0.0, 0.0,
     "share of the cache in which operands outlive one run of a benchmark that repeats it"},
    {"narrow_tile", "elements", Part::kCompute, 16.0, 0.7, 0.4, 0.2, 0.0, 0.0,
     "columns of a tile that cost time and do nothing"},
    {"droop", "1", Part::kCompute, 0.15, 0.5, 0.0, 0.5, 0.0, 0.3,
     "how much less a core issues once it has worked for long: power and heat lower its clock"},
}};

// Seconds of full work after which half of the droop has come.
constexpr double kDroopTime = 0.5e-3;

struct Tile {
  double m, n;
};
// Of kTiles, with the places of its sizes in kRows and kColumns.
struct PlacedTile {
  double m, n;
  std::size_t row, column;
};
constexpr std::array<double, 3> kRows{64.0, 128.0, 256.0};
constexpr std::array<double, 4> kColumns{64.0, 128.0, 192.0, 256.0};

constexpr std::array<PlacedTile, 9> kTiles{{{256, 256, 2, 3},
                                            {128, 256, 1, 3},
                                            {256, 128, 2, 1},
                                            {128, 128, 1, 1},
                                            {64, 256, 0, 3},
                                            {128, 64, 1, 0},
                                            {64, 64, 0, 0},
                                            {64, 128, 0, 1},
                                            {128, 192, 1, 2}}};

// DeepGEMM never splits along k. Of blocks of 64 or 128 rows and 16 to 128 columns it takes those
// that need the fewest waves, and of these the ones that fill the last wave best: the most blocks.
Tile deep_tile(double m, double n, double cores) {
  constexpr double kUp = 1.0 - 1e-4;  // sizes are whole: what is left over is more than that
  constexpr double kLeast = 16.0, kMost = 128.0, kNext = 8.0;
  const double low = whole_down(m / 64.0 + kUp);
  const double high = whole_down(m / 128.0 + kUp);
  const double waves = whole_up(high * whole_down(n / kMost + kUp) / cores - 1e-9);
  const double room = waves * cores;
  Tile best{128.0, kMost};
  double most_low = 0.0;
  double most_high = 0.0;
  double width_low = 0.0;
  for (double width = kLeast; width <= kMost; width += kNext) {
    const double columns = whole_down(n / width + kUp);
    if (low * columns <= room && low * columns > most_low) {
      most_low = low * columns;
      width_low = width;
    }
    if (high * columns <= room && high * columns > most_high) {
      most_high = high * columns;
      best.n = width;
    }
  }
  const bool prefers_low = most_low > most_high || (most_low == most_high && width_low >= best.n);
  return prefers_low ? Tile{64.0, width_low} : best;
}

Parts evaluate(const Kernel& kernel, const Demand& /*demand*/, const Limits& limits,
               const Constants& c) {
  const Gemm& g = *std::get_if<Gemm>(&kernel.op);
  const double m = as_double(g.m);
  const double n = as_double(g.n);
  const double k = as_double(g.k);
  const double a = bytes_per_element(g.a);
  const double b = bytes_per_element(g.b);
  const double out = bytes_per_element(g.c);
  const std::size_t format = index_of(g.math);
  const double boost = limits.issue[format] * c[kMatrix];
  const double lasting = 2.0 * m * n * k / boost;
  const double issue = boost / (1.0 + c[kDroop] * lasting / (lasting + kDroopTime));
  const double cap = limits.matrix[format] * c[kCap];
  const double memory = limits.bandwidth * c[kMemory];
  const double least = a * m * k + b * n * k + out * m * n;
  const double quantized = kernel.how.quantizes ? (2.0 + a) * m * k : 0.0;
  const double miss =
      kernel.how.repeats ? missing(least + quantized, limits.l2 * c[kResident]) : 1.0;

  double compute = 0.0;
  double traffic = 0.0;
  double latency = 0.0;
  if (!limits.has_cores()) {
    compute = 2.0 * m * n * k / std::min(issue, cap);
    traffic = least / memory;
  } else {
    // Seconds an operation or a byte of one core, so that the loop multiplies.
    const double issue_s = limits.cores / issue;
    const double cap_s = limits.cores / cap;
    const double cached_s = 1.0 / (limits.clock * c[kL2]);
    const double all_cached_s = cached_s / limits.cores;
    const double loaded_s = 1.0 / (limits.clock * c[kCoreBytes]);
    const double memory_s = 1.0 / memory;
    const double tile_s = c[kTileCycles] / limits.clock;
    const double per_core = 1.0 / limits.cores;
    const double spread = std::min(1.0, c[kSpread]);
    // TensorRT-LLM's products with one scale a block are DeepGEMM's too.
    const bool deep =
        kernel.how.library == Library::kDeepgemm ||
        (kernel.how.library == Library::kTrtllm && kernel.how.scaling == Scaling::kBlock);
    std::array<double, kRows.size()> stacks{};
    std::array<double, kColumns.size()> ranges{};
    PlacedTile only{};
    if (deep) {
      const Tile tile = deep_tile(m, n, limits.cores);
      only = {tile.m, tile.n, 0, 0};
      stacks[0] = whole_up(m / tile.m);
      ranges[0] = whole_up(n / tile.n);
    } else {
      for (std::size_t i = 0; i < kRows.size(); ++i) {
        stacks[i] = whole_up(m * (1.0 / kRows[i]));
      }
      for (std::size_t i = 0; i < kColumns.size(); ++i) {
        ranges[i] = whole_up(n / kColumns[i]);
      }
    }
    const auto tiles =
        deep ? std::span<const PlacedTile>(&only, 1) : std::span<const PlacedTile>(kTiles);
    const double full_reach_s = std::max(memory_s, loaded_s * per_core);
    const double most_split = deep ? 1.0 : 8.0;
    double best = 1e300;
    for (const PlacedTile& tile : tiles) {
      // Half the rows make as few stacks of half the work: every tile but one has such a smaller
      // one.
      const bool halved = tile.row > 0 && !(tile.row == 1 && tile.column == 2);
      if (halved && stacks[tile.row] == stacks[tile.row - 1]) {
        continue;
      }
      const double count = stacks[tile.row] * ranges[tile.column];
      const double multiply_s =
          2.0 * tile.m * std::max((tile.n + c[kNarrow]) * issue_s, tile.n * cap_s);
      const double step_s = std::max(multiply_s, (a * tile.m + b * tile.n) * cached_s);
      double depth = k;
      for (double split = 1.0; split <= most_split; split *= 2.0, depth *= 0.5) {
        const double blocks = count * split;
        if (split > 1.0 && (depth < 256.0 || blocks > 2.0 * limits.cores)) {
          break;
        }
        const double share = blocks * per_core;
        const double waves = whole_up(share);
        const double turns = std::max(1.0, waves - spread * (waves - share));
        const double busy = turns * (step_s * depth + tile_s);
        if (busy >= best) {
          continue;
        }
        const double parts = split > 1.0 ? 8.0 * split * m * n : 0.0;
        const double reach_s =
            blocks >= limits.cores ? full_reach_s : std::max(memory_s, loaded_s / blocks);
        const double moved = least * miss * reach_s +
                             (least * (1.0 - miss) + parts) * std::min(all_cached_s, reach_s);
        const double fixed = split > 1.0 ? c[kSplit] : 0.0;
        const double time = fixed + std::max(busy, moved) + kOverlap * std::min(busy, moved);
        if (time < best) {
          best = time;
          compute = busy;
          traffic = moved;
          latency = fixed;
        }
      }
    }
  }
  const bool bound_by_compute = compute > traffic;
  (bound_by_compute ? traffic : compute) *= kOverlap;
  latency += launch_of(kernel.how, c[kGraph], c[kEvent], c[kHost], limits);
  double quantize = 0.0;
  if (kernel.how.quantizes) {
    latency += c[kQuantFixed];
    const double cache = std::max(memory, limits.cores * limits.clock * c[kL2]);
    quantize = c[kQuantBytes] * quantized * (miss / memory + (1.0 - miss) / cache);
  }
  return {compute, traffic + quantize, 0.0, latency};
}

constexpr Model kModel{"gemm", kTable, &evaluate};

}  // namespace

const Model& gemm_model() { return kModel; }

}  // namespace redline::perf
