// One product for each expert, in one kernel: every group's rows are padded to whole tiles, and the
// tiles of all groups go round the cores together (DeepGEMM, 2025).

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
  kL2,
  kTileCycles,
  kSpread,
  kNarrow,
  kUneven,
  kPadding,
  kGraph,
  kEvent,
  kHost,
  kConstants,
};

constexpr std::array<ConstantInfo, kConstants> kTable{{
    {"matrix_fraction", "1", Part::kCompute, 0.75, 0.1, 0.2, 0.05, 0.0, 0.03,
     "reached share of what a core can issue at boost clock"},
    {"cap_fraction", "1", Part::kCompute, 0.93, 0.05, 0.0, 0.0, 0.0, 0.03,
     "reached share of the data sheet's cap"},
    {"memory_fraction", "1", Part::kMemory, 0.82, 0.1, 0.1, 0.05, 0.0, 0.05,
     "reached share of memory bandwidth"},
    {"core_bytes_per_cycle", "B", Part::kMemory, 40.0, 0.5, 0.2, 0.2, 0.0, 0.0,
     "bytes that one core can load from memory in a cycle"},
    {"l2_bytes_per_cycle", "B", Part::kMemory, 64.0, 0.4, 0.2, 0.2, 0.0, 0.0,
     "bytes that one core can load from the cache in a cycle"},
    {"tile_cycles", "cycles", Part::kCompute, 1500.0, 0.6, 0.3, 0.2, 0.0, 0.0,
     "prologue and epilogue of one tile"},
    {"spread", "1", Part::kCompute, 0.3, 0.6, 0.3, 0.0, 0.0, 0.0,
     "share of an unfilled wave that is hidden"},
    {"narrow_tile", "elements", Part::kCompute, 30.0, 0.4, 0.3, 0.0, 0.0, 0.0,
     "columns of a tile that cost time and do nothing"},
    {"uneven_rows", "1", Part::kCompute, 0.15, 0.6, 0.3, 0.0, 0.0, 0.0,
     "scatter of the rows of a group about their mean, as a share of it"},
    {"padding", "1", Part::kCompute, 0.5, 0.2, 0.2, 0.0, 0.0, 0.0,
     "tiles that a group takes beyond its rows where groups lie one after another"},
    graph_launch(5000.0, {0.4, 0.2, 0.1, 0.0, 0.05}),
    event_launch(4e-6, {0.5, 0.3, 0.2, 0.0, 0.1}),
    host_launch(15e-6, {0.4, 0.2, 0.1, 0.0, 0.1}),
}};

// Tiles of `height` rows that a group with `rows` about its mean takes on average. Masked groups
// are padded each by itself: whole tiles, the step from one count to the next blurred by the
// scatter of the rows; a single group has just its rows. Groups one after another begin at whole
// tiles.
double padded_tiles(const GroupedGemm& g, double rows, double hit, double height,
                    const Constants& c) {
  const double exact = rows / height;
  if (g.weight_gradient) {
    return whole_up(exact);
  }
  if (!g.masked) {
    return std::max(1.0, exact + c[kPadding]);
  }
  const double scatter = c[kUneven] * std::sqrt(std::max(0.0, 1.0 - 1.0 / hit));
  const double width = std::max(scatter * exact, 1e-3);
  const double whole = whole_down(exact);
  const double over = exact - whole;
  const double up = std::clamp(0.5 + over / (2.0 * width), 0.0, 1.0);
  const double next = std::clamp(0.5 + (over - 1.0) / (2.0 * width), 0.0, 1.0);
  return std::max({1.0, exact, whole + up + next});
}

}  // namespace

Parts evaluate(const GroupedGemm& g, const Execution& how, const Demand& demand,
               const Limits& limits, const Constants& c) {
  const double rows = as_double(g.rows);
  const double hit = g.hit > 0.0 ? g.hit : std::min(as_double(g.groups), rows);
  // A product for each group: of [m, k] by [k, n], or of [k, m] by [m, n] for gradients of weights.
  const double m = g.weight_gradient ? as_double(g.k) : rows / hit;
  const double n = as_double(g.n);
  const double k = g.weight_gradient ? rows / hit : as_double(g.k);
  const double a = bytes_per_element(g.a);
  const double b = bytes_per_element(g.b);
  const std::size_t format = index_of(g.math);
  const double issue = limits.issue[format] * c[kMatrix];
  const double cap = limits.matrix[format] * c[kCap];
  const double memory = limits.bandwidth * c[kMemory];
  const double least = demand.bytes;
  double compute = demand.ops / std::min(issue, cap);
  double traffic = least / memory;
  if (limits.has_cores()) {
    const double core_issue = issue / limits.cores;
    const double core_cap = cap / limits.cores;
    const double core_cache = limits.clock * c[kL2];
    compute = 1e300;
    double filled = 1.0;
    for (const double height : {64.0, 128.0}) {
      if (g.masked && (m <= 64.0) != (height <= 64.0)) {
        continue;  // chosen by the expected rows
      }
      const double stacks = hit * padded_tiles(g, m, hit, height, c);
      for (double width = 128.0; width >= 32.0; width -= 16.0) {
        const double count = stacks * whole_up(n / width);
        const double share = count / limits.cores;
        const double waves = whole_up(share - 1e-9);
        const double turns = std::max(1.0, waves - std::min(1.0, c[kSpread]) * (waves - share));
        const double work = 2.0 * height * k;
        const double multiply =
            std::max(work * (width + c[kNarrow]) / core_issue, work * width / core_cap);
        const double load = (a * height + b * width) * k / core_cache;
        const double busy = turns * (std::max(multiply, load) + c[kTileCycles] / limits.clock);
        if (busy < compute) {
          compute = busy;
          filled = std::min(count, limits.cores);
        }
      }
    }
    traffic = least / std::min(memory, filled * limits.clock * c[kCoreBytes]);
  }
  (compute > traffic ? traffic : compute) *= kOverlap;
  const double latency = launch_of(how, c[kGraph], c[kEvent], c[kHost], limits);
  return {compute, traffic, 0.0, latency};
}

const Model& grouped_gemm_model() {
  static constexpr Model kModel{"grouped_gemm", kTable};
  return kModel;
}

}  // namespace redline::perf
