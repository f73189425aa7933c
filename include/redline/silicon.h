#pragma once
// What a die is made of, what a good packaged part of it costs, and what it draws: area by
// component, yield with salvage, packaging, power. Plain numbers; a search may ask millions of
// times. Equations and their sources: docs/equations.md, "Silicon".

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redline/date.h"
#include "redline/error.h"

namespace redline::data {
struct FileSet;
}

namespace redline {

// A value with the ends of what sources or fits leave open.
struct Spread {
  double low = 0.0, value = 0.0, high = 0.0;
};

enum class DiePart : std::uint8_t {
  kCores,
  kFabric,  // what joins cores, cache and memory
  kCache,   // shared by the cores
  kMemory,  // controllers and interfaces
  kLinks,
  kHostBus,
  kGraphics,  // raster, display, video: of parts that draw
  kOther,
  kDead,  // silicon without a use
};
inline constexpr std::array<std::string_view, 9> kDiePartNames{
    "cores", "fabric", "cache", "memory", "links", "host_bus", "graphics", "other", "dead"};
using DieParts = std::array<double, kDiePartNames.size()>;
[[nodiscard]] constexpr std::size_t index_of(DiePart part) {
  return static_cast<std::size_t>(part);
}
[[nodiscard]] double total_of(const DieParts& parts);

// Year and month as records of silicon have them: 202209. The first that a date may mean.
[[nodiscard]] int month_of(const PartialDate& date);
[[nodiscard]] int month_of(Date date);

// A kind of memory beside or on the die.
struct MemoryKind {
  std::string id;                 // "hbm3", "gddr7"
  std::string name;               // "HBM3"
  bool stacked = false;           // on an interposer
  double bits = 0.0;              // data width of a unit: a stack, or a channel of GDDR
  std::vector<double> gbit_s;     // of a pin: speed grades that are sold, ascending
  std::vector<double> gigabytes;  // of a unit, ascending
  std::vector<int> sizes_since;   // year and month of the first part with each; empty: `since`
  Spread usd_per_gb;
  std::vector<Spread> usd_per_gb_of;  // of a unit of each size; empty: `usd_per_gb` for all
  double interface_mm2 = 0.0;         // of a unit; does not shrink with the node
  double controller_mtr = 0.0;        // million transistors of a unit
  double package_mm2 = 0.0;           // that a unit takes on the interposer; 0 beside it
  Spread picojoule_bit;
  int since = 0;  // year and month of first volume, as 202209
  std::vector<std::string> sources;

  // Sizes that there were by a month.
  [[nodiscard]] std::vector<double> sizes_by(int month) const;
  // USD of a GB of units of that size, or of the largest below it.
  [[nodiscard]] const Spread& price_of(double unit_gb) const;
};

// Memory on the side of the host that a part reads over a link.
struct HostMemory {
  std::string id;  // "ddr5-host", "lpddr5x-c2c"
  std::string name;
  double gb_s = 0.0;       // that one part reads, at most
  double gigabytes = 0.0;  // for one part
  double bus_gb_s = 0.0;   // of a link of its own, both directions; 0: the host bus
  Spread usd_per_gb;
  double picojoule_bit = 0.0;  // read, with the way to the part
  int since = 0;               // year and month
  std::vector<std::string> sources;
};

struct ProcessNode {
  std::string id;  // "tsmc-n5"
  std::string name;
  double nanometres = 0.0;     // class, as rules count
  double logic_mtr_mm2 = 0.0;  // million transistors per mm2
  double sram_mm2_mb = 0.0;    // of an array with its overhead, without what reads it
  double switching = 1.0;      // energy of switching, of that of tsmc-n5
  Spread wafer_usd;
  Spread defects_cm2;
  double mask_usd = 0.0;
  int since = 0;
  std::vector<std::string> sources;
};

// What a die is made of, whole, before any of it is turned off.
struct DieSpec {
  double cores = 0.0;
  double core_ops = 0.0;      // dense 16-bit operations of matrix units in a cycle of a core
  double vector_lanes = 0.0;  // of 32 bits, of a core
  double core_sram_kb = 0.0;  // registers, caches and scratchpad of a core
  double cache_mb = 0.0;
  double memory_units = 0.0;  // stacks, or channels
  double link_gb_s = 0.0;     // both directions
  double host_lanes = 0.0;
  double graphics_mm2 = 0.0;
  double dead_mm2 = 0.0;
  // What differs between makers and links rather than between sizes.
  double fp64_lanes = 0.0;             // 64-bit multiply-adds in a cycle of a core, of any unit
  double control_mtr_per_core = 92.9;  // million transistors that fetch, decode and schedule
  double fabric_mtr_per_core = 55.0;   // of a core's port to all else
  double link_mm2_gb_s = 0.0318;       // of a link, with its controller
  double bridge_gb_s = 0.0;            // to the other die of the package, both directions
  double bridge_mm2_gb_s = 0.0;
};

// Dies of another kind below or beside those of a record: I/O and cache.
struct BaseDies {
  std::string node;  // id; empty: there are none
  double mm2 = 0.0;  // of one
  int count = 0;     // in the package
};

// A die that exists, or did, and what parts were made of it.
struct DieRecord {
  std::string id;  // "gh100"
  std::string name;
  std::string vendor;
  std::string node;    // id
  std::string memory;  // id of the kind that it was made for
  DieSpec spec;
  double area_mm2 = 0.0;             // as published
  DieParts published{};              // of components; 0 where none is
  std::string chip;                  // id of the catalogue: the part that uses most of it
  int since = 0;                     // year and month of the first part
  double link_step_gb_s = 0.0;       // of one link, both directions
  bool sold_as_workstation = false;  // parts of it are sold outside data centers
  int dies = 1;                      // in the package of `chip`
  double units_on = 0.0;             // units of memory of `chip`
  double unit_gb = 0.0;              // of one of them, with what is left unused
  BaseDies base;
  bool area_estimated = false;  // nobody has published it
  double host_gb_s = 0.0;       // of the host bus, both directions
  double clock_ghz = 0.0;       // highest of `chip`, where its own record has none
  // Ids of memories of the host that it has links of their own for.
  std::vector<std::string> host_memory;
  std::vector<std::string> sources;
};

// Constants of packaging and test; USD.
struct PackagingTerms {
  double interposer_usd_mm2 = 0.0, interposer_scale = 0.0;
  double substrate_usd_mm2 = 0.0, substrate_scale = 0.0;
  Spread bond_yield;  // of a die or stack put on an interposer
  // A larger one than this, mm2, is put together from bridges of silicon: at another price, and
  // with another yield of bonds.
  double largest_interposer_mm2 = 0.0;
  double bridged_usd_mm2 = 0.0;
  Spread bridged_bond_yield;
  Spread test_usd;        // test and assembly of a part on an interposer
  Spread board_test_usd;  // of one on a substrate alone
  std::vector<std::string> sources;
};

struct Silicon {
  std::vector<ProcessNode> nodes;
  std::vector<MemoryKind> memories;
  std::vector<HostMemory> host_memories;
  std::vector<DieRecord> dies;
  PackagingTerms packaging;
  std::vector<std::string> replaced;  // "die gh100 by my-data/silicon/dies.toml"

  [[nodiscard]] const ProcessNode* node(std::string_view id) const;
  [[nodiscard]] const MemoryKind* memory(std::string_view id) const;
  [[nodiscard]] const HostMemory* host_memory(std::string_view id) const;
  [[nodiscard]] const DieRecord* die(std::string_view id) const;
};
// From data/silicon: all problems of all files at once.
[[nodiscard]] Loaded<Silicon> load_silicon(const data::FileSet& files);

inline constexpr double kReticleMm2 = 858.0;  // 26 mm by 33 mm

// mm2 of each part on a node with a kind of memory.
[[nodiscard]] DieParts die_area(const ProcessNode& node, const MemoryKind& memory,
                                const DieSpec& die);

// Whole dies on a wafer of 300 mm, on average: square ones of `mm2` with scribe lines, without the
// edge. 0 where not one is whole.
[[nodiscard]] double dies_per_wafer(double mm2);
// Negative binomial, clustering 3. Defects per cm2.
[[nodiscard]] double die_yield(double mm2, double defects_cm2);
// Share of dies of which at least `needed` of `cores` cores are good and all else is: what is not
// cores has no spare. Both counts are rounded.
[[nodiscard]] double salvage_yield(double core_mm2, double rest_mm2, double cores, double needed,
                                   double defects_cm2);

// A part: what is used of the dies in its package.
struct PartSpec {
  double die_mm2 = 0.0;   // of one die
  double core_mm2 = 0.0;  // of one core
  double cores = 0.0;     // of one die, as drawn
  double cores_on = 0.0;  // of one die, at least so many are good
  int dies = 1;
  double memory_units = 0.0, unit_gb = 0.0;
  double spared_mm2 = 0.0;  // of one die: arrays that are repaired, and silicon without a use
  // Dies of another kind in the package, whole ones; none without a node.
  const ProcessNode* base_node = nullptr;
  double base_mm2 = 0.0;
  int bases = 0;
};
// What of a die has spares by nature: the arrays of its cache, and what has no use.
[[nodiscard]] double spared_area(const ProcessNode& node, const DieSpec& die);
// The part of a die that exists with the memory of its `chip` and so many cores on each die. Its
// area is the published one; what the model finds larger than that is scaled to it.
[[nodiscard]] PartSpec part_of(const Silicon& silicon, const DieRecord& die, double cores_on);
// Share of its dies that are good enough.
[[nodiscard]] double part_yield(const PartSpec& part, double defects_cm2);

struct PartCost {
  Spread logic, memory, packaging, test, total;  // USD
};
[[nodiscard]] PartCost part_cost(const ProcessNode& node, const MemoryKind& memory,
                                 const PackagingTerms& packaging, const PartSpec& part);

// Watts by component at full work and the clock given: what a part would draw, whatever its limit.
// docs/equations.md.
struct PartPower {
  double cores = 0.0, cache = 0.0, memory = 0.0, links = 0.0, leakage = 0.0;
  [[nodiscard]] double total() const { return cores + cache + memory + links + leakage; }
};
struct PowerSpec {
  double cores_on = 0.0, core_ops = 0.0, clock_ghz = 0.0;
  double rate_share = 1.0;  // of what cores could issue, under a cap
  double die_mm2 = 0.0;     // of all dies
  double memory_gb_s = 0.0, link_gb_s = 0.0;
};
[[nodiscard]] PartPower part_power(const ProcessNode& node, const MemoryKind& memory,
                                   const PowerSpec& spec);

}  // namespace redline
