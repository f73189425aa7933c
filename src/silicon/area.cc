// mm2 by component, from what a die is made of.

#include "redline/silicon.h"

namespace redline {
namespace {

// Million transistors. Units of arithmetic after OpenPiton and Ariane, scaled by the square of the
// significand, as LLMCompass counts them (Zhang et al., ISCA 2024, cost_model.py).
constexpr double kMultiplyAdd64Mtr = 0.6853;
constexpr double kMultiplyAdd32Mtr = kMultiplyAdd64Mtr * (23.0 / 52.0) * (23.0 / 52.0);
constexpr double kMultiplyAdd16Mtr = kMultiplyAdd64Mtr * (10.0 / 52.0) * (10.0 / 52.0);
constexpr double kInteger32Mtr = 0.17769;
constexpr double kLaneMtr = kMultiplyAdd32Mtr + kInteger32Mtr;

// A lane of PCIe 5.0: its interface does not shrink (LLMCompass).
constexpr double kHostLaneMm2 = 0.64;
constexpr double kHostLaneMtr = 5.372;

// Fitted on the photograph of GA100 that LLMCompass annotates: what of the density that a node
// reaches at best the logic of whole cores reaches, wires, clocks and gaps counted; and what reads
// and tags the cache, which stands in slices before the memory and is as wide.
constexpr double kCoreUtilisation = 0.613;
constexpr double kCacheMtrPerBit = 0.797;
// What none of the components is, of a whole die: 37 of 826 mm2 there, without the host bus.
constexpr double kOtherShare = 0.045;

constexpr double kKilo = 1024.0;
constexpr double kOpsPerMultiplyAdd = 2.0;

double core_area(const ProcessNode& node, const DieSpec& die) {
  const double logic_mtr = die.core_ops / kOpsPerMultiplyAdd * kMultiplyAdd16Mtr +
                           die.vector_lanes * kLaneMtr + die.fp64_lanes * kMultiplyAdd64Mtr +
                           die.control_mtr_per_core;
  return logic_mtr / (node.logic_mtr_mm2 * kCoreUtilisation) +
         die.core_sram_kb / kKilo * node.sram_mm2_mb;
}

}  // namespace

double total_of(const DieParts& parts) {
  double total = 0.0;
  for (const double part : parts) {
    total += part;
  }
  return total;
}

DieParts die_area(const ProcessNode& node, const MemoryKind& memory, const DieSpec& die) {
  const double density = node.logic_mtr_mm2;
  // A die without cache of its own has no slices of it.
  const double cache_bits = die.cache_mb > 0.0 ? memory.bits * die.memory_units : 0.0;
  DieParts parts{};
  parts[index_of(DiePart::kCores)] = die.cores * core_area(node, die);
  parts[index_of(DiePart::kFabric)] = die.cores * die.fabric_mtr_per_core / density;
  parts[index_of(DiePart::kCache)] =
      die.cache_mb * node.sram_mm2_mb + cache_bits * kCacheMtrPerBit / density;
  parts[index_of(DiePart::kMemory)] =
      die.memory_units * (memory.interface_mm2 + memory.controller_mtr / density);
  parts[index_of(DiePart::kLinks)] =
      die.link_gb_s * die.link_mm2_gb_s + die.bridge_gb_s * die.bridge_mm2_gb_s;
  parts[index_of(DiePart::kHostBus)] = die.host_lanes * (kHostLaneMm2 + kHostLaneMtr / density);
  parts[index_of(DiePart::kGraphics)] = die.graphics_mm2;
  parts[index_of(DiePart::kOther)] = total_of(parts) * kOtherShare / (1.0 - kOtherShare);
  parts[index_of(DiePart::kDead)] = die.dead_mm2;
  return parts;
}

double spared_area(const ProcessNode& node, const DieSpec& die) {
  return die.cache_mb * node.sram_mm2_mb + die.dead_mm2;
}

}  // namespace redline
