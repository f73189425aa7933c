// Watts by component.

#include "redline/silicon.h"

namespace redline {
namespace {

// On tsmc-n5; other nodes scale by their switching energy. Fitted together on the limits of H100
// SXM (its full rate) and H20 (the same die, its rate capped), with the rest as it stands below.
constexpr double kCoreWattsPerGhz = 0.455;  // of a core that is on, whatever it works out
constexpr double kPicojouleOperation = 0.330;

// Estimated: a bit through the cache and the fabric once; a mm2 that is powered and hot.
constexpr double kCachePicojouleBit = 1.5;
constexpr double kLeakageWattsMm2 = 0.1;
// A serial link of 112 Gbit/s (vendors' figures of 5 to 6).
constexpr double kLinkPicojouleBit = 5.5;

// Of GB/s and picojoules of a bit, and of gigahertz and picojoules.
constexpr double kWattsPerBit = 8e-3;
constexpr double kWattsPerOperation = 1e-3;

}  // namespace

PartPower part_power(const ProcessNode& node, const MemoryKind& memory, const PowerSpec& spec) {
  const double cycles = spec.cores_on * spec.clock_ghz;
  PartPower power;
  power.cores = node.switching * cycles *
                (kCoreWattsPerGhz +
                 spec.core_ops * spec.rate_share * kPicojouleOperation * kWattsPerOperation);
  power.cache = node.switching * spec.memory_gb_s * kCachePicojouleBit * kWattsPerBit;
  power.memory = spec.memory_gb_s * memory.picojoule_bit.value * kWattsPerBit;
  power.links = spec.link_gb_s * kLinkPicojouleBit * kWattsPerBit;
  power.leakage = spec.die_mm2 * kLeakageWattsMm2;
  return power;
}

}  // namespace redline
