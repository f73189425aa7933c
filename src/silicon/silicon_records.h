#pragma once
// Field tables of data/silicon: nodes, kinds of memory, packaging and dies, with the basis of each
// value.

#include <optional>
#include <string>
#include <vector>

#include "redline/date.h"
#include "redline/fact.h"
#include "redline/silicon.h"
#include "redline/units.h"

#include "data/fields.h"

namespace redline {

struct NodeFacts {
  std::string id, name;
  double nanometres = 0.0;
  Fact<double> logic_mtr_mm2, sram_mm2_mb, switching, defects_cm2;
  Fact<Usd> wafer, masks;
  PartialDate since;
  std::vector<std::string> sources;
};

struct MemoryFacts {
  std::string id, name;
  bool stacked = false;
  double bits = 0.0;
  std::vector<double> gbit_s, gigabytes;
  std::vector<PartialDate> sizes_since;
  Fact<double> usd_gb, controller_mtr, picojoule_bit;
  std::vector<Fact<double>> usd_gb_of_sizes;
  Fact<SquareMm> interface;
  std::optional<Fact<SquareMm>> package;
  PartialDate since;
  std::vector<std::string> sources;
};

struct HostMemoryFacts {
  std::string id, name;
  Fact<BytesPerSecond> bandwidth;
  Fact<Bytes> capacity;
  std::optional<Fact<BytesPerSecond>> bus;
  Fact<double> usd_gb, picojoule_bit;
  PartialDate since;
  std::vector<std::string> sources;
};

struct PackagingFacts {
  Fact<double> interposer_usd_mm2, interposer_scale, substrate_usd_mm2, substrate_scale;
  Fact<double> bond_yield, bridged_usd_mm2, bridged_bond_yield;
  Fact<SquareMm> largest_interposer;
  Fact<Usd> test, board_test;
};

struct DieSpecFacts {
  Fact<double> cores, core_ops, vector_lanes, fp64_lanes, core_sram_kb, cache_mb, memory_units;
  Fact<double> host_lanes, control_mtr_per_core, fabric_mtr_per_core;
  std::optional<Fact<BytesPerSecond>> link, bridge;
  std::optional<Fact<double>> link_mm2_gb_s, bridge_mm2_gb_s;
  std::optional<Fact<SquareMm>> graphics;
};
struct PublishedParts {
  std::optional<Fact<SquareMm>> cores, fabric, cache, memory, links, host_bus, graphics, other;
};
struct BaseFacts {
  std::string node;
  Fact<SquareMm> area;
  int count = 0;
};
struct DieFacts {
  std::string id, name, vendor, node, memory, chip;
  int dies = 1;
  double units_on = 0.0, unit_gb = 0.0;
  PartialDate since;
  Fact<SquareMm> area;
  std::optional<Fact<BytesPerSecond>> link_step;
  Fact<BytesPerSecond> host_bus;
  std::optional<Fact<Hertz>> clock;
  bool sold_as_workstation = false;
  std::vector<std::string> host_memory;
  DieSpecFacts spec;
  std::optional<PublishedParts> published;
  std::optional<BaseFacts> base;
  std::vector<std::string> sources;
};

struct SiliconFile {
  std::vector<NodeFacts> nodes;
  std::vector<MemoryFacts> memories;
  std::vector<HostMemoryFacts> host_memories;
  std::optional<PackagingFacts> packaging;
  std::vector<DieFacts> dies;
};

// Values that a model needs are given, not their bounds alone; grades and sizes ascend.
void check_record(const SiliconFile& file, const data::Document& document, Diagnostics& errors);

}  // namespace redline

namespace redline::data {

template <>
struct Record<NodeFacts> {
  using N = NodeFacts;
  static constexpr std::string_view kName = "node";
  static constexpr std::string_view kDoc = "A process of a foundry for logic.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &N::id, {.required = true, .doc = "Unique, as dies name it."}),
        field("name", &N::name, {.required = true, .doc = "As its foundry writes it."}),
        field("nanometres", &N::nanometres,
              {.required = true, .min = 1, .doc = "Class, as rules count."}),
        field("logic_mtr_mm2", &N::logic_mtr_mm2,
              {.required = true, .min = 1, .doc = "Million transistors of logic in a mm2."}),
        field("sram_mm2_mb", &N::sram_mm2_mb,
              {.required = true, .min = 0.01, .doc = "mm2 of a MiB of SRAM with its overhead."}),
        field("switching", &N::switching,
              {.required = true, .min = 0.01, .doc = "Energy of switching, of that of tsmc-n5."}),
        field("wafer", &N::wafer, {.required = true, .min = 1, .doc = "A wafer of 300 mm."}),
        field("defects_cm2", &N::defects_cm2,
              {.required = true, .min = 0, .doc = "Defects that kill, in a cm2."}),
        field("masks", &N::masks, {.required = true, .min = 0, .doc = "A set of masks."}),
        field("since", &N::since, {.required = true, .doc = "First volume."}),
        field("source", &N::sources, {.required = true, .doc = "Ids of sources of the rest."}),
    };
  }
};
template <>
struct Record<MemoryFacts> {
  using M = MemoryFacts;
  static constexpr std::string_view kName = "kind of memory";
  static constexpr std::string_view kDoc = "Memory beside a die; a unit is a stack or a channel.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &M::id, {.required = true, .doc = "Unique, as dies name it."}),
        field("name", &M::name, {.required = true, .doc = "As its standard writes it."}),
        field("stacked", &M::stacked, {.required = true, .doc = "Stands on an interposer."}),
        field("bits", &M::bits, {.required = true, .min = 1, .doc = "Data width of a unit."}),
        field("gbit_s", &M::gbit_s,
              {.required = true, .min = 0.1, .doc = "Rates of a pin that are sold, ascending."}),
        field("gigabytes", &M::gigabytes,
              {.required = true, .min = 0.1, .doc = "Sizes of a unit, ascending."}),
        field("sizes_since", &M::sizes_since,
              {.doc = "When the first part with each came; without it all from the first day."}),
        field("usd_gb", &M::usd_gb, {.required = true, .min = 0, .doc = "USD of a GB."}),
        field("usd_gb_of_sizes", &M::usd_gb_of_sizes,
              {.min = 0, .doc = "USD of a GB of a unit of each size; without it all alike."}),
        field("interface", &M::interface,
              {.required = true, .min = 0, .doc = "Of a unit on the die; does not shrink."}),
        field("controller_mtr", &M::controller_mtr,
              {.required = true, .min = 0, .doc = "Million transistors of a unit on the die."}),
        field("package", &M::package, {.min = 0, .doc = "That a stack takes of the interposer."}),
        field("picojoule_bit", &M::picojoule_bit,
              {.required = true, .min = 0, .doc = "Energy of a bit read, picojoules."}),
        field("since", &M::since, {.required = true, .doc = "First volume."}),
        field("source", &M::sources, {.required = true, .doc = "Ids of sources of the rest."}),
    };
  }
};
template <>
struct Record<HostMemoryFacts> {
  using H = HostMemoryFacts;
  static constexpr std::string_view kName = "memory of a host";
  static constexpr std::string_view kDoc =
      "Memory beside the processor that a part reads over a "
      "link, at the same time as its own.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &H::id, {.required = true, .doc = "Unique, as dies name it."}),
        field("name", &H::name, {.required = true, .doc = "With the link, for people."}),
        field("bandwidth", &H::bandwidth,
              {.required = true, .min = 0, .doc = "That one part reads, at most."}),
        field("capacity", &H::capacity, {.required = true, .min = 0, .doc = "For one part."}),
        field("bus", &H::bus,
              {.min = 0, .doc = "A link of its own, both directions; without it the host bus."}),
        field("usd_gb", &H::usd_gb, {.required = true, .min = 0, .doc = "USD of a GB."}),
        field("picojoule_bit", &H::picojoule_bit,
              {.required = true,
               .min = 0,
               .doc = "Energy of a bit read, with the way to the part, picojoules."}),
        field("since", &H::since, {.required = true, .doc = "First servers."}),
        field("source", &H::sources, {.required = true, .doc = "Ids of sources of the rest."}),
    };
  }
};
template <>
struct Record<PackagingFacts> {
  using P = PackagingFacts;
  static constexpr std::string_view kName = "packaging";
  static constexpr std::string_view kDoc = "What packages and their test cost.";
  static constexpr auto fields() {
    return std::tuple{
        field("interposer_usd_mm2", &P::interposer_usd_mm2,
              {.required = true, .min = 0, .doc = "USD of a mm2 of interposer, put together."}),
        field("interposer_scale", &P::interposer_scale,
              {.required = true, .min = 1, .doc = "Its area, of that of what stands on it."}),
        field("substrate_usd_mm2", &P::substrate_usd_mm2,
              {.required = true, .min = 0, .doc = "USD of a mm2 of substrate."}),
        field("substrate_scale", &P::substrate_scale,
              {.required = true, .min = 1, .doc = "Its area, of that of what stands on it."}),
        field("bond_yield", &P::bond_yield,
              {.required = true, .min = 0.5, .max = 1, .doc = "Of a die or stack put down."}),
        field("largest_interposer", &P::largest_interposer,
              {.required = true, .min = 1, .doc = "In one piece; larger ones are of bridges."}),
        field("bridged_usd_mm2", &P::bridged_usd_mm2,
              {.required = true, .min = 0, .doc = "USD of a mm2 of one of bridges."}),
        field("bridged_bond_yield", &P::bridged_bond_yield,
              {.required = true,
               .min = 0.5,
               .max = 1,
               .doc = "Of a die or stack put down on one of bridges."}),
        field("test", &P::test,
              {.required = true, .min = 0, .doc = "Test and assembly on an interposer."}),
        field("board_test", &P::board_test,
              {.required = true, .min = 0, .doc = "Those of a die on a substrate alone."}),
    };
  }
};
template <>
struct Record<DieSpecFacts> {
  using S = DieSpecFacts;
  static constexpr std::string_view kName = "spec of a die";
  static constexpr std::string_view kDoc = "What a die is made of, whole.";
  static constexpr auto fields() {
    return std::tuple{
        field("cores", &S::cores, {.required = true, .min = 1, .doc = "As drawn."}),
        field("core_ops", &S::core_ops,
              {.required = true,
               .min = 0,
               .doc = "Dense 16-bit operations of matrix units in a cycle of a core."}),
        field("vector_lanes", &S::vector_lanes,
              {.required = true, .min = 0, .doc = "Of 32 bits, of a core."}),
        field("fp64_lanes", &S::fp64_lanes,
              {.required = true,
               .min = 0,
               .doc = "64-bit multiply-adds in a cycle of a core, of any unit."}),
        field("core_sram_kb", &S::core_sram_kb,
              {.required = true, .min = 0, .doc = "KiB of registers and caches of a core."}),
        field("cache_mb", &S::cache_mb,
              {.required = true, .min = 0, .doc = "MiB of cache shared by the cores."}),
        field("memory_units", &S::memory_units,
              {.required = true, .min = 0, .doc = "Stacks or channels that it has room for."}),
        field("link", &S::link, {.min = 0, .doc = "Links to other chips, both directions."}),
        field("link_mm2_gb_s", &S::link_mm2_gb_s,
              {.min = 0, .doc = "mm2 of a GB/s of them, with controllers."}),
        field("bridge", &S::bridge,
              {.min = 0, .doc = "To the other die of the package, both directions."}),
        field("bridge_mm2_gb_s", &S::bridge_mm2_gb_s,
              {.min = 0, .doc = "mm2 of a GB/s of it on each die."}),
        field("host_lanes", &S::host_lanes,
              {.required = true, .min = 0, .doc = "Lanes of the host bus."}),
        field("graphics", &S::graphics, {.min = 0, .doc = "Raster, display, video, textures."}),
        field("control_mtr_per_core", &S::control_mtr_per_core,
              {.required = true,
               .min = 0,
               .doc = "Million transistors of a core that fetch, decode and schedule."}),
        field("fabric_mtr_per_core", &S::fabric_mtr_per_core,
              {.required = true,
               .min = 0,
               .doc = "Million transistors of a core's port to cache and memory."}),
    };
  }
};
template <>
struct Record<PublishedParts> {
  using P = PublishedParts;
  static constexpr std::string_view kName = "published areas";
  static constexpr std::string_view kDoc = "Areas of components that somebody has measured.";
  static constexpr auto fields() {
    return std::tuple{
        field("cores", &P::cores, {.min = 0, .doc = "All cores."}),
        field("fabric", &P::fabric, {.min = 0, .doc = "What joins cores, cache and memory."}),
        field("cache", &P::cache, {.min = 0, .doc = "Cache shared by the cores."}),
        field("memory", &P::memory, {.min = 0, .doc = "Controllers and interfaces."}),
        field("links", &P::links, {.min = 0, .doc = "Links to other chips."}),
        field("host_bus", &P::host_bus, {.min = 0, .doc = "Link to the host."}),
        field("graphics", &P::graphics, {.min = 0, .doc = "Raster, display, video."}),
        field("other", &P::other, {.min = 0, .doc = "The rest that was measured."}),
    };
  }
};
template <>
struct Record<BaseFacts> {
  using B = BaseFacts;
  static constexpr std::string_view kName = "dies below";
  static constexpr std::string_view kDoc = "Dies of another kind in the package: I/O and cache.";
  static constexpr auto fields() {
    return std::tuple{
        field("node", &B::node, {.required = true, .doc = "Id of their node."}),
        field("area", &B::area, {.required = true, .min = 0.1, .doc = "Of one."}),
        field("count", &B::count, {.required = true, .min = 1, .doc = "In a package."}),
    };
  }
};
template <>
struct Record<DieFacts> {
  using D = DieFacts;
  static constexpr std::string_view kName = "die";
  static constexpr std::string_view kDoc = "A die that exists, and the part that uses most of it.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &D::id, {.required = true, .doc = "Unique."}),
        field("name", &D::name, {.required = true, .doc = "As its maker writes it."}),
        field("vendor", &D::vendor, {.required = true, .doc = "Maker."}),
        field("node", &D::node, {.required = true, .doc = "Id of its node."}),
        field("memory", &D::memory, {.required = true, .doc = "Id of its kind of memory."}),
        field("chip", &D::chip,
              {.required = true, .doc = "Id of data/chips: the part that uses most of it."}),
        field("dies", &D::dies, {.min = 1, .doc = "Of them in that part (default: 1)."}),
        field("units_on", &D::units_on,
              {.required = true, .min = 0, .doc = "Units of memory of that part."}),
        field("unit_gb", &D::unit_gb,
              {.required = true, .min = 0, .doc = "GB of a unit, with what is left unused."}),
        field("since", &D::since, {.required = true, .doc = "First part."}),
        field("area", &D::area, {.required = true, .min = 0.1, .doc = "As published."}),
        field("link_step", &D::link_step, {.min = 0, .doc = "Of one link, both directions."}),
        field("host_bus", &D::host_bus,
              {.required = true, .min = 0, .doc = "Of the host bus, both directions."}),
        field("clock", &D::clock,
              {.min = 0, .doc = "Highest of that part, where its own record has none."}),
        field("sold_as_workstation", &D::sold_as_workstation,
              {.doc = "Parts of it are sold outside data centers."}),
        field("host_memory", &D::host_memory,
              {.doc = "Ids of memories of a host that it has links of their own for."}),
        field("spec", &D::spec, {.required = true, .doc = "What it is made of."}),
        field("published", &D::published, {.doc = "Measured areas of components."}),
        field("base", &D::base, {.doc = "Dies of another kind in the package."}),
        field("source", &D::sources, {.required = true, .doc = "Ids of sources of the rest."}),
    };
  }
};
template <>
struct Record<SiliconFile> {
  using F = SiliconFile;
  static constexpr std::string_view kName = "file of silicon";
  static constexpr std::string_view kDoc = "Nodes, kinds of memory, packaging and dies.";
  static constexpr auto fields() {
    return std::tuple{
        field("node", &F::nodes, {.doc = "Nodes."}),
        field("memory", &F::memories, {.doc = "Kinds of memory."}),
        field("host_memory", &F::host_memories, {.doc = "Memories on the side of a host."}),
        field("packaging", &F::packaging, {.doc = "Terms of packaging; one file has them."}),
        field("die", &F::dies, {.doc = "Dies."}),
    };
  }
};

}  // namespace redline::data
