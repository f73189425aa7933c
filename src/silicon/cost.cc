// USD of a good packaged part.

#include <algorithm>
#include <array>
#include <cmath>

#include "redline/silicon.h"

namespace redline {
namespace {

// One end of what is left open, or the middle of it: a low yield of bonds goes with high prices.
struct Case {
  double Spread::*price;
  double Spread::*bond;
};
constexpr std::array<Case, 3> kCases{{{&Spread::low, &Spread::high},
                                      {&Spread::value, &Spread::value},
                                      {&Spread::high, &Spread::low}}};

double good_die(const ProcessNode& node, double mm2, double yield, const Case& one) {
  return node.wafer_usd.*one.price / (dies_per_wafer(mm2) * yield);
}

double logic_cost(const ProcessNode& node, const PartSpec& part, const Case& one) {
  const double yield = part_yield(part, node.defects_cm2.*one.price);
  double usd = part.dies * good_die(node, part.die_mm2, yield, one);
  if (part.base_node != nullptr) {
    const double whole = die_yield(part.base_mm2, part.base_node->defects_cm2.*one.price);
    usd += part.bases * good_die(*part.base_node, part.base_mm2, whole, one);
  }
  return usd;
}

}  // namespace

PartSpec part_of(const Silicon& silicon, const DieRecord& die, double cores_on) {
  const ProcessNode* node = silicon.node(die.node);
  const MemoryKind* memory = silicon.memory(die.memory);
  RL_CHECK(node != nullptr && memory != nullptr);  // load_silicon has seen to it
  const DieParts parts = die_area(*node, *memory, die.spec);
  const double scale = std::min(1.0, die.area_mm2 / total_of(parts));
  PartSpec part;
  part.die_mm2 = die.area_mm2;
  part.core_mm2 = parts[index_of(DiePart::kCores)] / die.spec.cores * scale;
  part.cores = die.spec.cores;
  part.cores_on = cores_on;
  part.dies = die.dies;
  part.memory_units = die.units_on;
  part.unit_gb = die.unit_gb;
  part.spared_mm2 = spared_area(*node, die.spec) * scale;
  if (die.base.count > 0) {
    part.base_node = silicon.node(die.base.node);
    part.base_mm2 = die.base.mm2;
    part.bases = die.base.count;
  }
  return part;
}

double part_yield(const PartSpec& part, double defects_cm2) {
  const double rest = std::max(0.0, part.die_mm2 - part.core_mm2 * part.cores - part.spared_mm2);
  return salvage_yield(part.core_mm2, rest, part.cores, part.cores_on, defects_cm2);
}

PartCost part_cost(const ProcessNode& node, const MemoryKind& memory,
                   const PackagingTerms& packaging, const PartSpec& part) {
  const bool based = part.base_node != nullptr && part.bases > 0;
  // Dies that stand on others take no room of their own.
  const double dies_mm2 = based ? part.base_mm2 * part.bases : part.die_mm2 * part.dies;
  const double units = memory.stacked ? part.memory_units : 0.0;
  const double room = dies_mm2 + units * memory.package_mm2;
  const double bonds = (based ? part.bases : part.dies) + units;
  const double substrate = packaging.substrate_usd_mm2 * packaging.substrate_scale * room;
  const double interposer_mm2 = packaging.interposer_scale * room;
  const bool bridged = interposer_mm2 > packaging.largest_interposer_mm2;
  const double interposer =
      memory.stacked
          ? interposer_mm2 * (bridged ? packaging.bridged_usd_mm2 : packaging.interposer_usd_mm2)
          : 0.0;
  const Spread& bond = bridged ? packaging.bridged_bond_yield : packaging.bond_yield;

  PartCost cost;
  for (const Case& one : kCases) {
    const double logic = logic_cost(node, part, one);
    const double dram = part.memory_units * part.unit_gb * memory.price_of(part.unit_gb).*one.price;
    // What a bond that fails throws away is lost with it.
    const double lost = memory.stacked ? std::pow(bond.*one.bond, -bonds) - 1.0 : 0.0;
    const double package = interposer + substrate + lost * (logic + dram + interposer + substrate);
    const double test = (memory.stacked ? packaging.test_usd : packaging.board_test_usd).*one.price;
    cost.logic.*one.price = logic;
    cost.memory.*one.price = dram;
    cost.packaging.*one.price = package;
    cost.test.*one.price = test;
    cost.total.*one.price = logic + dram + package + test;
  }
  return cost;
}

}  // namespace redline
