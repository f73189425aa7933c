#pragma once
// Field tables of chips and systems.

#include "redline/system.h"

#include "data/fields.h"

namespace redline::data {

template <>
struct EnumNames<Sparsity> {
  static constexpr NameList<Sparsity, 2> kNames{
      {{"dense", Sparsity::kDense}, {"structured-2-4", Sparsity::kStructured24}}};
};
template <>
struct EnumNames<Direction> {
  static constexpr NameList<Direction, 2> kNames{
      {{"bidirectional", Direction::kBidirectional}, {"per-direction", Direction::kPerDirection}}};
};
template <>
struct EnumNames<ChipKind> {
  static constexpr NameList<ChipKind, 2> kNames{
      {{"accelerator", ChipKind::kAccelerator}, {"memory", ChipKind::kMemory}}};
};
template <>
struct EnumNames<ChipStatus> {
  static constexpr NameList<ChipStatus, 5> kNames{{{"shipped", ChipStatus::kShipped},
                                                   {"announced", ChipStatus::kAnnounced},
                                                   {"roadmap", ChipStatus::kRoadmap},
                                                   {"proposed", ChipStatus::kProposed},
                                                   {"withdrawn", ChipStatus::kWithdrawn}}};
};
template <>
struct EnumNames<Market> {
  static constexpr NameList<Market, 4> kNames{{{"data-center", Market::kDataCenter},
                                               {"workstation", Market::kWorkstation},
                                               {"consumer", Market::kConsumer},
                                               {"component", Market::kComponent}}};
};
template <>
struct EnumNames<LinkKind> {
  static constexpr NameList<LinkKind, 2> kNames{
      {{"link", LinkKind::kLink}, {"none", LinkKind::kNone}}};
};

template <>
struct Record<ComputeRate> {
  static constexpr std::string_view kName = "rate";
  static constexpr std::string_view kDoc = "Peak rate of one format, all units of the package.";
  static constexpr auto fields() {
    return std::tuple{
        field("rate", &ComputeRate::rate,
              {.required = true, .doc = "Operations per second; a multiply-accumulate is two."}),
        field("sparsity", &ComputeRate::sparsity,
              {.required = true,
               .doc = "Whether the figure is dense or with 2:4 structured sparsity."}),
    };
  }
};
template <>
struct Record<Compute> {
  static constexpr std::string_view kName = "compute";
  static constexpr std::string_view kDoc = "Peak rates by format; a format left out is not known.";
  static constexpr auto fields() {
    return std::tuple{
        field("fp64", &Compute::fp64, {.doc = "64-bit floating point, vector units."}),
        field("fp64_matrix", &Compute::fp64_matrix, {.doc = "64-bit, matrix units."}),
        field("fp32", &Compute::fp32, {.doc = "32-bit floating point, vector units."}),
        field("fp32_matrix", &Compute::fp32_matrix, {.doc = "32-bit, matrix units."}),
        field("tf32", &Compute::tf32, {.doc = "TF32: 19 significant bits in 32."}),
        field("bf16", &Compute::bf16, {.doc = "bfloat16, 32-bit accumulation."}),
        field("fp16", &Compute::fp16, {.doc = "16-bit, 32-bit accumulation."}),
        field("fp16_fp16acc", &Compute::fp16_fp16acc, {.doc = "16-bit, 16-bit accumulation."}),
        field("fp8", &Compute::fp8, {.doc = "8-bit floating point, 32-bit accumulation."}),
        field("fp8_fp16acc", &Compute::fp8_fp16acc, {.doc = "8-bit, 16-bit accumulation."}),
        field("int8", &Compute::int8, {.doc = "8-bit integer."}),
        field("fp6", &Compute::fp6, {.doc = "6-bit floating point."}),
        field("fp4", &Compute::fp4, {.doc = "4-bit floating point."}),
        field("int4", &Compute::int4, {.doc = "4-bit integer."}),
    };
  }
};
template <>
struct Record<Memory> {
  static constexpr std::string_view kName = "memory";
  static constexpr std::string_view kDoc = "Device memory.";
  static constexpr auto fields() {
    return std::tuple{
        field("type", &Memory::type, {.doc = "HBM3, GDDR7, SRAM …"}),
        field("capacity", &Memory::capacity, {.doc = "Usable device memory."}),
        field("bandwidth", &Memory::bandwidth, {.doc = "Peak, all stacks or channels."}),
        field("dram_bandwidth", &Memory::dram_bandwidth,
              {.doc = "Of the DRAM alone, where it differs from bandwidth."}),
        field("package_area", &Memory::package_area,
              {.doc = "Of a memory package, for memory bandwidth density."}),
    };
  }
};
template <>
struct Record<Link> {
  static constexpr std::string_view kName = "link";
  static constexpr std::string_view kDoc = "Chip-to-chip link or host bus, per chip.";
  static constexpr auto fields() {
    return std::tuple{
        field("name", &Link::name, {.doc = "NVLink 4, PCIe 5.0 x16 …"}),
        field("kind", &Link::kind, {.doc = "none: the part has no chip-to-chip link."}),
        field("bandwidth", &Link::bandwidth, {.doc = "Total per chip, see direction."}),
        field("direction", &Link::direction,
              {.doc = "Whether the figure sums both directions or is that of one."}),
        field("domain_size", &Link::domain_size,
              {.min = 1, .doc = "Chips that the link connects without leaving it."}),
        field("topology", &Link::topology, {.doc = "NVSwitch, full mesh, 3D torus …"}),
    };
  }
};
template <>
struct Record<Die> {
  static constexpr std::string_view kName = "die";
  static constexpr std::string_view kDoc = "Logic dies of the package.";
  static constexpr auto fields() {
    return std::tuple{
        field("area", &Die::area,
              {.min = 0.1,
               .doc = "All logic dies on non-planar nodes, whole, without memory and interposer."}),
        field("count", &Die::count, {.min = 1, .doc = "Logic dies."}),
        field("process", &Die::process, {.doc = "Foundry and node."}),
        field("transistors", &Die::transistors, {.doc = "Aggregated over the logic dies."}),
    };
  }
};
template <>
struct Record<Core> {
  static constexpr std::string_view kName = "core";
  static constexpr std::string_view kDoc = "Compute cores (SM, CU, AI core …).";
  static constexpr auto fields() {
    return std::tuple{
        field("count", &Core::count, {.min = 1, .doc = "Enabled cores."}),
        field("kind", &Core::kind, {.doc = "What a core is called."}),
        field("sram", &Core::sram, {.doc = "L1 and shared memory of one core."}),
        field("matrix_memory", &Core::matrix_memory,
              {.doc = "Of one core, for the sums of its matrix units alone (tensor memory): vector "
                      "work then runs beside products."}),
        field("matrix_synchronous", &Core::matrix_synchronous,
              {.doc = "Whether a matrix instruction holds up the threads that issue it: "
                      "FlashAttention-3 and later need it not to."}),
    };
  }
};
template <>
struct Record<Cache> {
  static constexpr std::string_view kName = "cache";
  static constexpr std::string_view kDoc = "On-chip memory shared by the cores.";
  static constexpr auto fields() {
    return std::tuple{
        field("l2", &Cache::l2, {.doc = "Last-level cache."}),
        field("on_chip_total", &Cache::on_chip_total, {.doc = "All on-chip SRAM."}),
    };
  }
};
template <>
struct Record<Clock> {
  static constexpr std::string_view kName = "clock";
  static constexpr std::string_view kDoc = "Clocks.";
  static constexpr auto fields() {
    return std::tuple{field("boost", &Clock::boost, {.doc = "Highest clock of the data sheet."})};
  }
};
template <>
struct Record<Power> {
  static constexpr std::string_view kName = "power";
  static constexpr std::string_view kDoc = "Power.";
  static constexpr auto fields() {
    return std::tuple{field("tdp", &Power::tdp, {.doc = "Board or package power limit."})};
  }
};
template <>
struct Record<Price> {
  static constexpr std::string_view kName = "price";
  static constexpr std::string_view kDoc = "Prices, dated.";
  static constexpr auto fields() {
    return std::tuple{
        field("purchase", &Price::purchase, {.doc = "One part."}),
        field("rent", &Price::rent, {.doc = "One part for an hour."}),
    };
  }
};
template <>
struct Record<Published> {
  static constexpr std::string_view kName = "published figure";
  static constexpr std::string_view kDoc =
      "Somebody else's figure, kept to check the computed one.";
  static constexpr auto fields() {
    return std::tuple{
        field("quantity", &Published::quantity, {.required = true, .doc = "tpp or pd."}),
        field("value", &Published::value, {.required = true, .min = 0, .doc = "The figure."}),
        field("by", &Published::by, {.doc = "Who published it."}),
        field("source", &Published::source, {.required = true, .doc = "Ids of data/sources."}),
        field("note", &Published::note, {.doc = "Which variant or bound the figure is."}),
    };
  }
};
template <>
struct Record<Chip> {
  static constexpr std::string_view kName = "chip";
  static constexpr std::string_view kDoc = "An accelerator, or memory as a commodity.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &Chip::id, {.required = true, .doc = "Unique; the name of the file."}),
        field("name", &Chip::name, {.required = true, .doc = "As its maker writes it."}),
        field("vendor", &Chip::vendor, {.required = true, .doc = "Maker."}),
        field("family", &Chip::family, {.doc = "Family that letters and licences name, as H20."}),
        field("aliases", &Chip::aliases, {.doc = "Other names people use."}),
        field("kind", &Chip::kind, {.doc = "accelerator (default) or memory."}),
        field("architecture", &Chip::architecture, {.doc = "Architecture and die."}),
        field("status", &Chip::status, {.required = true, .doc = "Whether it exists yet."}),
        field("announced", &Chip::announced, {.doc = "First public date."}),
        field("launched", &Chip::launched, {.doc = "First shipments."}),
        field("designer_hq", &Chip::designer_hq,
              {.required = true, .doc = "Country of the designer's headquarters, ISO code."}),
        field("designed_for_china", &Chip::designed_for_china,
              {.doc = "Made for the Chinese market only."}),
        field("market", &Chip::market, {.required = true, .doc = "Whom it is sold to."}),
        field("form_factor", &Chip::form_factor, {.doc = "SXM5, PCIe …"}),
        field("datacenter", &Chip::datacenter,
              {.doc = "Designed or marketed for use in datacenters (3A090 note 2)."}),
        field("compute", &Chip::compute, {.doc = "Peak rates by format."}),
        field("memory", &Chip::memory, {.doc = "Device memory."}),
        field("link", &Chip::link, {.doc = "Chip-to-chip link."}),
        field("host_bus", &Chip::host_bus, {.doc = "Link to the host."}),
        field("die", &Chip::die, {.doc = "Logic dies."}),
        field("core", &Chip::core, {.doc = "Compute cores."}),
        field("cache", &Chip::cache, {.doc = "Shared on-chip memory."}),
        field("clock", &Chip::clock, {.doc = "Clocks."}),
        field("power", &Chip::power, {.doc = "Power."}),
        field("price", &Chip::price, {.doc = "Prices."}),
        field("published", &Chip::published, {.doc = "Figures of others, kept as checks."}),
    };
  }
};

template <>
struct Record<IntraNode> {
  static constexpr std::string_view kName = "intra-node link";
  static constexpr std::string_view kDoc = "Links among the chips of a node.";
  static constexpr auto fields() {
    return std::tuple{
        field("topology", &IntraNode::topology, {.doc = "How the chips are connected."}),
        field("bandwidth", &IntraNode::bandwidth, {.doc = "Per chip, see direction."}),
        field("direction", &IntraNode::direction, {.doc = "Sum of both directions, or one."}),
    };
  }
};
template <>
struct Record<ScaleOut> {
  static constexpr std::string_view kName = "scale-out network";
  static constexpr std::string_view kDoc = "Network cards of a node.";
  static constexpr auto fields() {
    return std::tuple{
        field("nics_per_node", &ScaleOut::nics_per_node, {.min = 0, .doc = "Network cards."}),
        field("nic_rate", &ScaleOut::nic_rate, {.doc = "Of one card."}),
        field("direction", &ScaleOut::direction, {.doc = "Sum of both directions, or one."}),
    };
  }
};
template <>
struct Record<NodePower> {
  static constexpr std::string_view kName = "node power";
  static constexpr std::string_view kDoc = "Power of a node.";
  static constexpr auto fields() {
    return std::tuple{field("node", &NodePower::node, {.doc = "Whole node."})};
  }
};
template <>
struct Record<NodePrice> {
  static constexpr std::string_view kName = "node price";
  static constexpr std::string_view kDoc = "Price of a node.";
  static constexpr auto fields() {
    return std::tuple{field("node", &NodePrice::node, {.doc = "Whole node."})};
  }
};
template <>
struct Record<Cluster> {
  static constexpr std::string_view kName = "cluster";
  static constexpr std::string_view kDoc = "A cluster built of such nodes.";
  static constexpr auto fields() {
    return std::tuple{
        field("nodes", &Cluster::nodes, {.min = 1, .doc = "Nodes."}),
        field("chips", &Cluster::chips, {.min = 1, .doc = "Chips."}),
        field("fabric", &Cluster::fabric, {.doc = "Network between the nodes."}),
    };
  }
};
template <>
struct Record<System> {
  static constexpr std::string_view kName = "system";
  static constexpr std::string_view kDoc = "A server, rack or pod of accelerators.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &System::id, {.required = true, .doc = "Unique; the name of the file."}),
        field("name", &System::name, {.required = true, .doc = "As its maker writes it."}),
        field("vendor", &System::vendor, {.required = true, .doc = "Maker."}),
        field("aliases", &System::aliases, {.doc = "Other names people use."}),
        field("chip", &System::chip, {.required = true, .doc = "Id of its accelerator."}),
        field("chips_per_node", &System::chips_per_node,
              {.required = true, .min = 1, .doc = "Accelerators of one node."}),
        field("intra_node", &System::intra_node, {.doc = "Links within the node."}),
        field("scale_out", &System::scale_out, {.doc = "Network between nodes."}),
        field("power", &System::power, {.doc = "Power."}),
        field("price", &System::price, {.doc = "Price."}),
        field("cluster", &System::cluster, {.doc = "A cluster built of such nodes."}),
    };
  }
};

template <>
struct EnumNames<Topology> {
  static constexpr NameList<Topology, 5> kNames{{{"switch", Topology::kSwitch},
                                                 {"mesh", Topology::kMesh},
                                                 {"ring", Topology::kRing},
                                                 {"torus", Topology::kTorus},
                                                 {"bus", Topology::kBus}}};
};
template <>
struct Record<Fabric> {
  static constexpr std::string_view kName = "fabric";
  static constexpr std::string_view kDoc = "How the links of chips are put together.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &Fabric::id, {.required = true, .doc = "Unique; the name of the file."}),
        field("name", &Fabric::name, {.required = true, .doc = "What it is."}),
        field("links", &Fabric::links,
              {.required = true, .doc = "Names of links, as chips have them."}),
        field("topology", &Fabric::topology, {.required = true, .doc = "Its form."}),
        field("reduces", &Fabric::reduces, {.doc = "The switch adds up what it forwards."}),
        field("source", &Fabric::sources, {.required = true, .doc = "Ids of sources."}),
    };
  }
};

}  // namespace redline::data
