// C = A B on a chip of many cores: tiles go round the cores in waves, operands stream through
// memory and cache, and the tile is the best of a small set, as libraries choose it.

#include <algorithm>

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
// The tiles that libraries have, by rows and columns. The last stands twice, for loops over pairs.
constexpr std::size_t kTiles = 9;
using OfTiles = std::array<double, kTiles + 1>;
constexpr OfTiles kRows{256, 128, 256, 128, 64, 128, 64, 64, 128, 128};
constexpr OfTiles kColumns{256, 256, 128, 128, 256, 64, 64, 128, 192, 192};
// Tiles of half the rows, where there are such.
constexpr std::array<std::size_t, kTiles> kHalf{1, 4, 3, 7, 4, 6, 6, 7, 8};

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

// Seconds an operation or a byte of one core, so that the choice of tiles multiplies.
struct CoreTimes {
  double issue, cap;       // of an operation
  double cached, loaded;   // of a byte from the cache or from memory
  double memory;           // of a byte of all cores together
  double tile;             // prologue and epilogue
  double cores, per_core;  // their number, and one over it
  double spread, split;    // as the constants of these names
  double narrow;           // columns
};

// The best of the tiles that were considered: the first of those that take the least time.
constexpr double kNever = 1e300;
struct Best {
  double time = kNever, compute = kNever, traffic = 0.0, latency = 0.0;
};

// One product, whatever the tile.
class Tiling {
 public:
  Tiling(const Gemm& g, const CoreTimes& times, double least, double miss)
      : times_(times),
        m_(as_double(g.m)),
        n_(as_double(g.n)),
        k_(as_double(g.k)),
        a_(bytes_per_element(g.a)),
        b_(bytes_per_element(g.b)),
        missed_(least * miss),
        hit_(least * (1.0 - miss)),
        all_cached_(times.cached * times.per_core),
        reach_(std::max(times.memory, times.loaded * times.per_core)) {}

  [[nodiscard]] Best deep() const {
    const Tile tile = deep_tile(m_, n_, times_.cores);
    const double step =
        std::max(2.0 * tile.m * multiply(tile.n), (a_ * tile.m + b_ * tile.n) * times_.cached);
    Best best;
    consider(whole_up(m_ / tile.m) * whole_up(n_ / tile.n), step, 1.0, best);
    return best;
  }

  [[nodiscard]] Best usual() const {
    OfTiles stacks;
    OfTiles counts;
    OfTiles steps;
    OfTiles busy;
    for (std::size_t i = 0; i < busy.size(); ++i) {
      stacks[i] = whole_up(m_ * (1.0 / kRows[i]));
      counts[i] = stacks[i] * whole_up(n_ / kColumns[i]);
      steps[i] = std::max(2.0 * kRows[i] * multiply(kColumns[i]),
                          (a_ * kRows[i] + b_ * kColumns[i]) * times_.cached);
      // More tiles than cores are not split, and load as fast as all cores can.
      const double whole = turns(counts[i]) * (steps[i] * k_ + times_.tile);
      busy[i] = counts[i] > times_.cores ? whole : kNever;
    }
    Best best;
    best.compute = *std::min_element(busy.begin(), busy.end());
    if (best.compute < kNever) {
      best.traffic = missed_ * reach_ + hit_ * std::min(all_cached_, reach_);
      best.time = beside_each_other(best.compute, best.traffic);
    }
    if (counts[0] > times_.cores) {
      return best;  // of the largest tiles there are the fewest
    }
    for (std::size_t i = 0; i < kTiles; ++i) {
      // Half the rows make as few stacks of half the work.
      const bool halved = kHalf[i] != i && stacks[kHalf[i]] == stacks[i];
      if (counts[i] <= times_.cores && !halved) {
        consider(counts[i], steps[i], 8.0, best);
      }
    }
    return best;
  }

 private:
  // Seconds that a core takes for one row of this width and a step along k.
  [[nodiscard]] double multiply(double width) const {
    return std::max((width + times_.narrow) * times_.issue, width * times_.cap);
  }

  // Rounds of the cores that so many blocks take, the last one in part hidden.
  [[nodiscard]] double turns(double blocks) const {
    const double share = blocks * times_.per_core;
    const double waves = whole_up(share);
    return std::max(1.0, waves - times_.spread * (waves - share));
  }

  [[nodiscard]] static double beside_each_other(double busy, double moved) {
    return std::max(busy, moved) + kOverlap * std::min(busy, moved);
  }

  // `count` tiles, each of `step` seconds a step along k, in so many parts at most.
  void consider(double count, double step, double most_split, Best& best) const {
    double depth = k_;
    for (double split = 1.0; split <= most_split; split *= 2.0, depth *= 0.5) {
      const double blocks = count * split;
      if (split > 1.0 && (depth < 256.0 || blocks > 2.0 * times_.cores)) {
        break;
      }
      const double busy = turns(blocks) * (step * depth + times_.tile);
      if (busy >= best.time) {
        continue;
      }
      const double parts = split > 1.0 ? 8.0 * split * m_ * n_ : 0.0;
      const double reach =
          blocks >= times_.cores ? reach_ : std::max(times_.memory, times_.loaded / blocks);
      const double moved = missed_ * reach + (hit_ + parts) * std::min(all_cached_, reach);
      const double fixed = split > 1.0 ? times_.split : 0.0;
      const double time = fixed + beside_each_other(busy, moved);
      if (time < best.time) {
        best = {time, busy, moved, fixed};
      }
    }
  }

  const CoreTimes& times_;
  double m_, n_, k_;
  double a_, b_;               // bytes of an element
  double missed_, hit_;        // bytes from memory and from the cache
  double all_cached_, reach_;  // seconds of a byte of all cores, cached or not
};

}  // namespace

Parts evaluate(const Gemm& g, const Execution& how, const Demand& demand, const Limits& limits,
               const Constants& c) {
  const std::size_t format = index_of(g.math);
  const double boost = limits.issue[format] * c[kMatrix];
  const double lasting = demand.ops / boost;
  const double issue = boost / (1.0 + c[kDroop] * lasting / (lasting + kDroopTime));
  const double cap = limits.matrix[format] * c[kCap];
  const double memory = limits.bandwidth * c[kMemory];
  const double quantized =
      how.quantizes ? (2.0 + bytes_per_element(g.a)) * as_double(g.m) * as_double(g.k) : 0.0;
  const double miss =
      how.repeats ? missing(demand.bytes + quantized, limits.l2 * c[kResident]) : 1.0;

  double compute = 0.0;
  double traffic = 0.0;
  double latency = 0.0;
  if (!limits.has_cores()) {
    compute = demand.ops / std::min(issue, cap);
    traffic = demand.bytes / memory;
  } else {
    const CoreTimes times{.issue = limits.cores / issue,
                          .cap = limits.cores / cap,
                          .cached = 1.0 / (limits.clock * c[kL2]),
                          .loaded = 1.0 / (limits.clock * c[kCoreBytes]),
                          .memory = 1.0 / memory,
                          .tile = c[kTileCycles] / limits.clock,
                          .cores = limits.cores,
                          .per_core = 1.0 / limits.cores,
                          .spread = std::min(1.0, c[kSpread]),
                          .split = c[kSplit],
                          .narrow = c[kNarrow]};
    const Tiling tiling(g, times, demand.bytes, miss);
    // TensorRT-LLM's products with one scale a block are DeepGEMM's too.
    const bool deep = how.library == Library::kDeepgemm ||
                      (how.library == Library::kTrtllm && how.scaling == Scaling::kBlock);
    const Best best = deep ? tiling.deep() : tiling.usual();
    compute = best.compute;
    traffic = best.traffic;
    latency = best.latency;
  }
  const bool bound_by_compute = compute > traffic;
  (bound_by_compute ? traffic : compute) *= kOverlap;
  latency += launch_of(how, c[kGraph], c[kEvent], c[kHost], limits);
  double quantize = 0.0;
  if (how.quantizes) {
    latency += c[kQuantFixed];
    const double cache = std::max(memory, limits.cores * limits.clock * c[kL2]);
    quantize = c[kQuantBytes] * quantized * (miss / memory + (1.0 - miss) / cache);
  }
  return {compute, traffic + quantize, 0.0, latency};
}

const Model& gemm_model() {
  static constexpr Model kModel{"gemm", kTable};
  return kModel;
}

}  // namespace redline::perf
