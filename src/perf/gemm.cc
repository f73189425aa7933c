// C = A B on a chip of many cores: tiles go round the cores in waves, operands stream through
// memory and cache, and the tile is the best of a small set, as libraries choose it.

#include "perf/gemm.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "perf/launch.h"

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
constexpr double kNever = 1e300;

// Numbers side by side, of neighbouring widths of tiles.
using Two = double __attribute__((vector_size(2 * sizeof(double))));
using Four = double __attribute__((vector_size(4 * sizeof(double))));
template <Lanes kLanes>
using Side = std::conditional_t<kLanes == Lanes::kFour, Four, Two>;
template <Lanes kLanes>
inline constexpr std::size_t kBeside = sizeof(Side<kLanes>) / sizeof(double);

// The tiles that libraries have, by height and width. Where they have none, one stands that never
// is the best, since it takes so many seconds more.
constexpr std::array<double, 3> kHeights{256.0, 128.0, 64.0};
using OfWidths = std::array<double, 4>;
using OfTiles = std::array<OfWidths, kHeights.size()>;
constexpr OfWidths kWidths{256.0, 192.0, 128.0, 64.0};
constexpr OfTiles kMissing{
    {{0.0, kNever, 0.0, kNever}, {0.0, 0.0, 0.0, 0.0}, {0.0, kNever, 0.0, 0.0}}};
// One over 192 is rounded down, so that it counts whole columns as division does.
constexpr OfWidths kOverWidths{1.0 / 256.0, 1.0 / 192.0, 1.0 / 128.0, 1.0 / 64.0};
// Their places in the order in which they are tried: of those that take the same time, the first is
// taken.
struct Place {
  std::size_t height, width;
  [[nodiscard]] constexpr bool has_half() const {
    return height + 1 < kHeights.size() && kMissing[height + 1][width] == 0.0;
  }
};
constexpr std::array<Place, 9> kOrder{
    {{0, 0}, {1, 0}, {0, 2}, {1, 2}, {2, 0}, {1, 3}, {2, 3}, {2, 2}, {1, 1}}};

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

// The best of the tiles that were considered: the first of those that take the least time.
struct Best {
  double time = kNever, compute = kNever, traffic = 0.0, latency = 0.0;
};

// A function that is compiled once more for processors with vectors of four doubles, what is
// compiled into it, and what stays out of it, since it is rare.
#if defined(__GNUC__) && defined(__x86_64__)
#define REDLINE_FOUR_LANES __attribute__((target("avx2")))
#define REDLINE_WITHIN [[gnu::always_inline]]
#define REDLINE_APART [[gnu::noinline]]
#else
#define REDLINE_FOUR_LANES
#define REDLINE_WITHIN
#define REDLINE_APART
#endif

// One product, whatever the tile.
class Tiling {
 public:
  // `least` bytes, of which a share comes from memory; `issue` seconds of an operation of a core.
  Tiling(const Gemm& g, const GemmKernel::CoreTimes& times, double issue, double least, double miss)
      : times_(times),
        issue_(issue),
        m_(as_double(g.m)),
        n_(as_double(g.n)),
        k_(as_double(g.k)),
        a_(bytes_per_element(g.a)),
        b_(bytes_per_element(g.b)),
        missed_(least * miss),
        hit_(least * (1.0 - miss)) {}

  REDLINE_APART [[nodiscard]] Best deep() const {
    const Tile tile = deep_tile(m_, n_, times_.cores);
    const double step =
        std::max(2.0 * tile.m * multiply(tile.n), (a_ * tile.m + b_ * tile.n) * times_.cached);
    Best best;
    consider(whole_up(m_ / tile.m) * whole_up(n_ / tile.n), step, 1.0, best);
    return best;
  }

  template <Lanes kLanes>
  REDLINE_WITHIN [[nodiscard]] Best usual() const {
    Grid grid;
    Side<kLanes> least = Side<kLanes>{} + kNever;
    for (std::size_t first = 0; first < kWidths.size(); first += kBeside<kLanes>) {
      weigh<kLanes>(first, grid, least);
    }
    Best best;
    for (std::size_t i = 0; i < kBeside<kLanes>; ++i) {
      best.compute = std::min(best.compute, least[i]);
    }
    if (best.compute < kNever) {
      best.traffic = missed_ * times_.reach + hit_ * std::min(times_.all_cached, times_.reach);
      best.time = beside_each_other(best.compute, best.traffic);
    }
    // Of the largest tiles there are the fewest.
    if (grid.counts[0][0] <= times_.cores) {
      kLanes == Lanes::kFour ? few_on_four(grid, best) : few_on_two(grid, best);
    }
    return best;
  }

 private:
  struct Grid {
    OfTiles counts, steps;
  };

  // As whole_up does.
  template <class V>
  REDLINE_WITHIN static void round_up(V& x) {
    const V near = (x + kRounds) - kRounds;
    x = near + (near < x ? V{} + 1.0 : V{});
  }
  template <class V>
  REDLINE_WITHIN static void keep_above(const V& least, V& x) {
    x = x < least ? least : x;
  }
  template <class V>
  REDLINE_WITHIN static void read(const OfWidths& all, std::size_t first, V& some) {
    std::memcpy(&some, &all[first], sizeof some);
  }
  template <class V>
  REDLINE_WITHIN static void write(const V& some, std::size_t first, OfWidths& all) {
    std::memcpy(&all[first], &some, sizeof some);
  }

  // Tiles of some widths and of all heights, and the least that any takes of which there are more
  // than cores: they are not split, load as fast as all cores can, and take more than one turn.
  template <Lanes kLanes>
  REDLINE_WITHIN void weigh(std::size_t first, Grid& grid, Side<kLanes>& least) const {
    using V = Side<kLanes>;
    V width;
    V columns;
    read(kWidths, first, width);
    read(kOverWidths, first, columns);
    columns *= n_;
    round_up(columns);
    V multiplied = (width + times_.narrow) * issue_;
    keep_above(width * times_.cap, multiplied);
    const V right = b_ * width;
    for (std::size_t i = 0; i < kHeights.size(); ++i) {
      const V count = whole_up(m_ * (1.0 / kHeights[i])) * columns;
      V step = 2.0 * kHeights[i] * multiplied;
      keep_above((a_ * kHeights[i] + right) * times_.cached, step);
      const V share = count * times_.per_core;
      V waves = share;
      round_up(waves);
      const V turns = waves - times_.spread * (waves - share);
      V missing;
      read(kMissing[i], first, missing);
      const V busy = turns * (step * k_ + times_.tile) + missing;
      const V whole = count > times_.cores ? busy : V{} + kNever;
      least = whole < least ? whole : least;
      write(count, first, grid.counts[i]);
      write(step, first, grid.steps[i]);
    }
  }

  // Tiles that there are no more of than cores, as in products of a few rows.
  REDLINE_APART void few_on_two(const Grid& grid, Best& best) const { few(grid, best); }
  REDLINE_APART REDLINE_FOUR_LANES void few_on_four(const Grid& grid, Best& best) const {
    few(grid, best);
  }
  REDLINE_WITHIN void few(const Grid& grid, Best& best) const {
    for (const Place at : kOrder) {
      const double count = grid.counts[at.height][at.width];
      // Half the rows make as few stacks of half the work.
      const bool halved = at.has_half() && grid.counts[at.height + 1][at.width] == count;
      if (count <= times_.cores && !halved) {
        consider(count, grid.steps[at.height][at.width], 8.0, best);
      }
    }
  }

  // Seconds that a core takes for one row of this width and a step along k.
  [[nodiscard]] double multiply(double width) const {
    return std::max((width + times_.narrow) * issue_, width * times_.cap);
  }

  // Rounds of the cores that so many blocks take, the last one in part hidden.
  [[nodiscard]] double turns(double blocks) const {
    const double share = blocks * times_.per_core;
    const double waves = whole_up(share);
    return std::max(waves - times_.spread * (waves - share), 1.0);
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
          blocks >= times_.cores ? times_.reach : std::max(times_.memory, times_.loaded / blocks);
      const double moved = missed_ * reach + (hit_ + parts) * std::min(times_.all_cached, reach);
      const double fixed = split > 1.0 ? times_.split : 0.0;
      const double time = fixed + beside_each_other(busy, moved);
      if (time < best.time) {
        best = {time, busy, moved, fixed};
      }
    }
  }

  const GemmKernel::CoreTimes& times_;
  double issue_;
  double m_, n_, k_;
  double a_, b_;         // bytes of an element
  double missed_, hit_;  // bytes from memory and from the cache
};

}  // namespace

Lanes lanes_here() {
#if defined(__GNUC__) && defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0 ? Lanes::kFour : Lanes::kTwo;
#else
  return Lanes::kTwo;
#endif
}

GemmKernel::GemmKernel(Format math, const Execution& how, const Limits& limits, const Constants& c)
    : math_(math),
      how_(how),
      lanes_(lanes_here()),
      sheet_rate_(limits.matrix[index_of(math)]),
      bandwidth_(limits.bandwidth),
      boost_(limits.issue[index_of(math)] * c[kMatrix]),
      cap_(sheet_rate_ * c[kCap]),
      droop_(c[kDroop]),
      memory_(limits.bandwidth * c[kMemory]),
      cache_(std::max(memory_, limits.cores * limits.clock * c[kL2])),
      resident_(limits.l2 * c[kResident]),
      quantize_s_(c[kQuantFixed]),
      quantize_passes_(c[kQuantBytes]),
      launch_s_(launch_of(how, c[kGraph], c[kEvent], c[kHost], limits)),
      // TensorRT-LLM's products with one scale a block are DeepGEMM's too.
      deep_(how.library == Library::kDeepgemm ||
            (how.library == Library::kTrtllm && how.scaling == Scaling::kBlock)),
      has_cores_(limits.has_cores()) {
  if (!has_cores_) {
    return;
  }
  times_ = {.cap = limits.cores / cap_,
            .cached = 1.0 / (limits.clock * c[kL2]),
            .loaded = 1.0 / (limits.clock * c[kCoreBytes]),
            .memory = 1.0 / memory_,
            .tile = c[kTileCycles] / limits.clock,
            .cores = limits.cores,
            .per_core = 1.0 / limits.cores,
            .spread = std::min(1.0, c[kSpread]),
            .split = c[kSplit],
            .narrow = c[kNarrow]};
  times_.all_cached = times_.cached * times_.per_core;
  times_.reach = std::max(times_.memory, times_.loaded * times_.per_core);
}

// Operations a second that all cores issue in a product of so many: heat lowers their clock. Both
// gradients of a layer have as many.
inline double GemmKernel::issue(double ops) {
  if (ops != last_ops_) {
    const double lasting = ops / boost_;
    last_ops_ = ops;
    last_issue_ = boost_ / (1.0 + droop_ * lasting / (lasting + kDroopTime));
  }
  return last_issue_;
}

// `miss`: share of the bytes that come from memory.
template <Lanes kLanes>
REDLINE_WITHIN inline Parts GemmKernel::parts(const Gemm& g, const Demand& demand, double miss) {
  const double issued = issue(demand.ops);
  Best best;
  if (!has_cores_) {
    best.compute = demand.ops / std::min(issued, cap_);
    best.traffic = demand.bytes / memory_;
  } else {
    const Tiling tiling(g, times_, times_.cores / issued, demand.bytes, miss);
    best = deep_ ? tiling.deep() : tiling.usual<kLanes>();
  }
  (best.compute > best.traffic ? best.traffic : best.compute) *= kOverlap;
  return {best.compute, best.traffic, 0.0, best.latency + launch_s_};
}

Parts GemmKernel::time(const Gemm& g, const Demand& demand) {
  const double quantized =
      how_.quantizes ? (2.0 + bytes_per_element(g.a)) * as_double(g.m) * as_double(g.k) : 0.0;
  const double miss = how_.repeats ? missing(demand.bytes + quantized, resident_) : 1.0;
  Parts found = parts<Lanes::kTwo>(g, demand, miss);
  if (how_.quantizes) {
    found[3] += quantize_s_;
    found[1] += quantize_passes_ * quantized * (miss / memory_ + (1.0 - miss) / cache_);
  }
  return found;
}

template <Lanes kLanes>
REDLINE_WITHIN inline KernelCost GemmKernel::priced(const Gemm& g) {
  const Demand demand = demand_of(g);
  const Roofline roofline{demand.ops / sheet_rate_, demand.bytes / bandwidth_};
  // A step neither repeats a product nor quantises within it; benchmarks do.
  const bool plain = !how_.quantizes && !how_.repeats;
  KernelCost cost{plain ? parts<kLanes>(g, demand, 1.0) : time(g, demand), demand.ops, demand.bytes,
                  roofline.least()};
  raise_to(roofline, cost.parts);
  return cost;
}

// Both give the same numbers: nothing is fused.
KernelCost GemmKernel::on_two_lanes(const Gemm& g) { return priced<Lanes::kTwo>(g); }
REDLINE_FOUR_LANES KernelCost GemmKernel::on_four_lanes(const Gemm& g) {
  return priced<Lanes::kFour>(g);
}

Parts evaluate(const Gemm& g, const Execution& how, const Demand& demand, const Limits& limits,
               const Constants& c) {
  return GemmKernel(g.math, how, limits, c).time(g, demand);
}

const Model& gemm_model() {
  static constexpr Model kModel{"gemm", kTable};
  return kModel;
}

}  // namespace redline::perf
