#include "redline/silicon.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "data/files.h"

namespace redline {
namespace {

const Silicon& facts() {
  static const Silicon kFacts = [] {
    const auto files = data::read_file_set({REDLINE_TEST_DATA});
    auto loaded = load_silicon(*files);
    for (const Error& error : loaded ? Diagnostics{} : loaded.error()) {
      ADD_FAILURE() << error.message;
    }
    return loaded ? *loaded : Silicon{};
  }();
  return kFacts;
}

DieParts area_of(const DieRecord& die, const DieSpec& spec) {
  return die_area(*facts().node(die.node), *facts().memory(die.memory), spec);
}
double error_of(std::string_view id) {
  const DieRecord& die = *facts().die(id);
  return total_of(area_of(die, die.spec)) / die.area_mm2 - 1.0;
}
double component_error(std::string_view id, DiePart part) {
  const DieRecord& die = *facts().die(id);
  return area_of(die, die.spec)[index_of(part)] / die.published[index_of(part)] - 1.0;
}

PartCost cost_of(std::string_view id, double cores_on, double units) {
  const DieRecord& die = *facts().die(id);
  PartSpec part = part_of(facts(), die, cores_on);
  part.memory_units = units;
  return part_cost(*facts().node(die.node), *facts().memory(die.memory), facts().packaging, part);
}

TEST(DiesPerWafer, AnswersByHand) {
  // 814 mm2: a side of 28.531 with 0.2 of scribe is 28.731, 825.5 mm2; of a radius of 147 mm,
  // pi 147^2 / 825.5 - pi 147 sqrt(2) / 28.731.
  EXPECT_NEAR(dies_per_wafer(814.0), 82.24 - 22.73, 0.02);
  EXPECT_NEAR(dies_per_wafer(100.0), 652.5 - 64.03, 0.1);
  EXPECT_EQ(dies_per_wafer(60000.0), 0.0);
  for (double mm2 = 10.0; mm2 < kReticleMm2; mm2 *= 1.3) {
    EXPECT_GT(dies_per_wafer(mm2), dies_per_wafer(1.3 * mm2));
  }
}

TEST(DieYield, AnswersByHand) {
  EXPECT_DOUBLE_EQ(die_yield(0.0, 0.1), 1.0);
  EXPECT_DOUBLE_EQ(die_yield(300.0, 0.1), std::pow(1.1, -3.0));
  EXPECT_DOUBLE_EQ(die_yield(814.0, 0.0), 1.0);
  // SMIC: 665.61 mm2 at a yield of 20 percent has 0.32 defects in a cm2 (silicon.json of the
  // facts).
  EXPECT_NEAR(die_yield(665.61, 0.32), 0.2, 0.005);
}

TEST(SalvageYield, WithoutSparesIsThatOfTheWholeDie) {
  for (const double defects : {0.01, 0.1, 0.3, 1.0}) {
    for (const double cores : {1.0, 16.0, 144.0}) {
      EXPECT_NEAR(salvage_yield(500.0 / cores, 314.0, cores, cores, defects),
                  die_yield(814.0, defects), 1e-9)
          << cores << " cores, " << defects;
    }
  }
}

TEST(SalvageYield, WithoutNeedIsThatOfTheRest) {
  EXPECT_DOUBLE_EQ(salvage_yield(3.5, 310.0, 144.0, 0.0, 0.11), die_yield(310.0, 0.11));
  EXPECT_NEAR(salvage_yield(3.5, 310.0, 144.0, 1.0, 0.11), die_yield(310.0, 0.11), 1e-9);
  EXPECT_EQ(salvage_yield(3.5, 310.0, 144.0, 145.0, 0.11), 0.0);
}

TEST(SalvageYield, OneSpareOfTwoByHand) {
  // Either core may be bad: 2 P(one is good) - P(both are).
  const double one = die_yield(100.0 + 50.0, 0.2);
  const double both = die_yield(100.0 + 100.0, 0.2);
  EXPECT_NEAR(salvage_yield(50.0, 100.0, 2.0, 1.0, 0.2), 2.0 * one - both, 1e-9);
}

TEST(SalvageYield, FallsWithWhatIsNeeded) {
  double last = 1.0;
  for (double needed = 0.0; needed <= 144.0; needed += 1.0) {
    const double now = salvage_yield(3.5, 310.0, 144.0, needed, 0.11);
    EXPECT_LE(now, last + 1e-12) << needed;
    EXPECT_GE(now, die_yield(310.0 + 3.5 * 144.0, 0.11) - 1e-9);
    last = now;
  }
  for (double defects = 0.0; defects < 2.0; defects += 0.1) {
    EXPECT_GT(salvage_yield(3.5, 310.0, 144.0, 132.0, defects),
              salvage_yield(3.5, 310.0, 144.0, 132.0, defects + 0.1));
  }
}

TEST(DieArea, GrowsWithEachOfWhatItIsMadeOf) {
  const DieRecord& die = *facts().die("gh100");
  const double whole = total_of(area_of(die, die.spec));
  for (double DieSpec::*field :
       {&DieSpec::cores, &DieSpec::core_ops, &DieSpec::vector_lanes, &DieSpec::core_sram_kb,
        &DieSpec::cache_mb, &DieSpec::memory_units, &DieSpec::link_gb_s, &DieSpec::host_lanes,
        &DieSpec::graphics_mm2, &DieSpec::dead_mm2, &DieSpec::fp64_lanes,
        &DieSpec::control_mtr_per_core, &DieSpec::fabric_mtr_per_core}) {
    DieSpec more = die.spec;
    more.*field = more.*field * 1.1 + 1.0;
    EXPECT_GT(total_of(area_of(die, more)), whole);
  }
  DieSpec dead = die.spec;
  dead.dead_mm2 = 100.0;
  EXPECT_NEAR(total_of(area_of(die, dead)), whole + 100.0, 1e-9);
}

TEST(DieArea, ShrinksWithTheNode) {
  const DieRecord& die = *facts().die("ga100");
  const MemoryKind& memory = *facts().memory(die.memory);
  double last = 1e9;
  for (const char* node : {"smic-n2", "tsmc-n7", "tsmc-n6", "tsmc-n5", "tsmc-n3"}) {
    const double now = total_of(die_area(*facts().node(node), memory, die.spec));
    EXPECT_LT(now, last) << node;
    last = now;
  }
}

// Two constants are fitted on GA100 and the density of N5 on GH100; the other two are predicted.
TEST(DieArea, TotalsAreNearThePublished) {
  for (const char* die : {"ga100", "gh100", "aldebaran", "ad102"}) {
    EXPECT_LT(std::abs(error_of(die)), 0.08) << die << ": " << error_of(die);
  }
  // Not asked for, and worse: graphics and caches of 128 MB rest on one older photograph.
  for (const char* die : {"ad104", "gb202"}) {
    EXPECT_LT(std::abs(error_of(die)), 0.1) << die << ": " << error_of(die);
  }
  // Of the die itself nothing is published but what is said of its whole.
  EXPECT_NEAR(error_of("gb100"), -0.127, 0.01);
}

// Without it GB100 comes out a third too small.
TEST(DieArea, WhatJoinsTwoDiesTakesItsShare) {
  const DieRecord& die = *facts().die("gb100");
  DieSpec alone = die.spec;
  alone.bridge_gb_s = 0.0;
  const double links = area_of(die, die.spec)[index_of(DiePart::kLinks)];
  // 10 TB/s are 80,000 Gbit/s, of 552 Gbit/s in a mm2.
  EXPECT_NEAR(links - area_of(die, alone)[index_of(DiePart::kLinks)], 80000.0 / 552.0, 0.1);
}

TEST(DieArea, ComponentsAgainstThePublished) {
  using enum DiePart;
  for (const DiePart part : {kCores, kFabric, kCache, kMemory, kLinks, kOther}) {
    EXPECT_LT(std::abs(component_error("ga100", part)), 0.09) << kDiePartNames[index_of(part)];
  }
  EXPECT_LT(std::abs(component_error("aldebaran", kCores)), 0.05);
  EXPECT_LT(std::abs(component_error("aldebaran", kFabric)), 0.05);
  EXPECT_LT(std::abs(component_error("aldebaran", kLinks)), 0.25);
  // Known to be off: an interface as of eight stacks is published of a die with four, and its small
  // cache has less logic than the model gives it.
  EXPECT_NEAR(component_error("aldebaran", kMemory), -0.5, 0.02);
  EXPECT_NEAR(component_error("aldebaran", kCache), 0.54, 0.05);
}

TEST(PartCost, IsWithinWhatIsPublished) {
  const PartCost h100 = cost_of("gh100", 132.0, 5.0);
  EXPECT_GE(h100.logic.value, 200.0);
  EXPECT_LE(h100.logic.value, 300.0);
  EXPECT_GE(h100.memory.value, 1350.0);
  EXPECT_LE(h100.memory.value, 1500.0);
  EXPECT_GE(h100.packaging.value, 723.0);  // the rate of the interposer is fitted to it
  EXPECT_LE(h100.packaging.value, 750.0);
  EXPECT_GE(h100.total.value, 2500.0);
  EXPECT_LE(h100.total.value, 3320.0);
  EXPECT_GE(h100.test.high, 920.0);

  const PartCost h20 = cost_of("gh100", 78.0, 6.0);
  EXPECT_GE(h20.total.value, 3400.0);
  EXPECT_LE(h20.total.value, 3700.0);

  const PartCost b200 = cost_of("gb100", 74.0, 8.0);
  EXPECT_GE(b200.logic.value, 720.0);
  EXPECT_LE(b200.logic.value, 1200.0);
  EXPECT_GE(b200.memory.value, 2800.0);
  EXPECT_LE(b200.memory.value, 3100.0);
  EXPECT_GE(b200.total.value, 5700.0);
  EXPECT_LE(b200.total.value, 7300.0);
  EXPECT_GE(b200.packaging.value, 2100.0);  // 1100 of packaging and as much of loss
  EXPECT_LE(b200.packaging.value, 2300.0);

  // One source, which is good to 15 to 20 percent by its own account.
  const PartCost mi300x = cost_of("mi300x-xcd", 38.0, 8.0);
  EXPECT_NEAR(mi300x.logic.value, 600.0, 0.15 * 600.0);
  EXPECT_NEAR(mi300x.memory.value, 2900.0, 0.15 * 2900.0);
  EXPECT_NEAR(mi300x.packaging.value, 1200.0, 0.15 * 1200.0);
  EXPECT_NEAR(mi300x.total.value, 5300.0, 0.08 * 5300.0);
  EXPECT_LE(mi300x.test.low, 600.0);
}

TEST(PartCost, HasItsEndsAroundIt) {
  for (const DieRecord& die : facts().dies) {
    const PartCost cost = cost_of(die.id, die.spec.cores, die.units_on);
    for (const Spread& item : {cost.logic, cost.memory, cost.packaging, cost.test, cost.total}) {
      EXPECT_LE(item.low, item.value) << die.id;
      EXPECT_LE(item.value, item.high) << die.id;
    }
    EXPECT_NEAR(cost.total.value,
                cost.logic.value + cost.memory.value + cost.packaging.value + cost.test.value,
                1e-9);
  }
}

TEST(PartCost, GrowsWithEachOfWhatItIsMadeOf) {
  const DieRecord& die = *facts().die("gh100");
  const ProcessNode& node = *facts().node(die.node);
  const MemoryKind& memory = *facts().memory(die.memory);
  const auto usd = [&](const std::function<void(PartSpec&)>& change) {
    PartSpec part = part_of(facts(), die, 142.0);
    change(part);
    return part_cost(node, memory, facts().packaging, part).total.value;
  };
  const double plain = usd([](PartSpec&) {});
  EXPECT_GT(usd([](PartSpec& p) { p.cores_on = 144.0; }), plain);
  EXPECT_LT(usd([](PartSpec& p) { p.cores_on = 140.0; }), plain);
  EXPECT_GT(usd([](PartSpec& p) { p.die_mm2 += 20.0; }), plain);
  EXPECT_GT(usd([](PartSpec& p) { p.dies = 2; }), plain);
  EXPECT_GT(usd([](PartSpec& p) { p.memory_units = 6.0; }), plain);
  EXPECT_GT(usd([](PartSpec& p) { p.unit_gb = 24.0; }), plain);
  EXPECT_LT(usd([](PartSpec& p) { p.spared_mm2 += 100.0; }), plain);
  EXPECT_GT(usd([&](PartSpec& p) {
              p.base_node = &node;
              p.base_mm2 = 900.0;
              p.bases = 1;
            }),
            plain);
}

// What is too large for one interposer is bridged: dearer for what it loses.
TEST(PartCost, ALargePackageLosesMore) {
  const DieRecord& die = *facts().die("gh100");
  const ProcessNode& node = *facts().node(die.node);
  const MemoryKind& memory = *facts().memory(die.memory);
  PackagingTerms whole = facts().packaging;
  whole.largest_interposer_mm2 = 1e6;
  const auto packaging = [&](const PackagingTerms& terms, int dies) {
    PartSpec part = part_of(facts(), die, 132.0);
    part.dies = dies;
    return part_cost(node, memory, terms, part).packaging.value;
  };
  EXPECT_EQ(packaging(facts().packaging, 1), packaging(whole, 1));
  EXPECT_GT(packaging(facts().packaging, 3), packaging(whole, 3));
}

TEST(PartCost, MemoryCostsWhatItsSizeDoes) {
  const MemoryKind& hbm3 = *facts().memory("hbm3");
  EXPECT_EQ(hbm3.price_of(16.0).value, 16.9);
  EXPECT_EQ(hbm3.price_of(24.0).value, 15.1);
  EXPECT_EQ(hbm3.price_of(20.0).value, 16.9);
  EXPECT_EQ(hbm3.price_of(1.0).value, 16.9);
  const MemoryKind& gddr7 = *facts().memory("gddr7");
  EXPECT_EQ(gddr7.price_of(3.0).value, gddr7.usd_per_gb.value);
}

TEST(PartCost, MemoryOnABoardNeedsNoInterposer) {
  const PartCost l40s = cost_of("ad102", 142.0, 12.0);
  EXPECT_LT(l40s.packaging.value, 20.0);
  EXPECT_LT(l40s.test.value, 100.0);
}

double watts(std::string_view die_id, double cores_on, double clock_ghz, double tops,
             double memory_gb_s, double link_gb_s, std::string_view memory = {}) {
  const DieRecord& die = *facts().die(die_id);
  PowerSpec spec;
  spec.cores_on = cores_on;
  spec.core_ops = die.spec.core_ops;
  spec.clock_ghz = clock_ghz;
  spec.rate_share = std::min(1.0, tops * 1e3 / (cores_on * die.spec.core_ops * clock_ghz));
  spec.die_mm2 = die.area_mm2 * die.dies;
  spec.memory_gb_s = memory_gb_s;
  spec.link_gb_s = link_gb_s;
  return part_power(*facts().node(die.node),
                    *facts().memory(memory.empty() ? std::string_view(die.memory) : memory), spec)
      .total();
}

TEST(PartPower, IsNearTheLimitsOfParts) {
  // Fitted.
  EXPECT_NEAR(watts("gh100", 132, 1.98, 989.4, 3350, 900), 700.0, 7.0);
  EXPECT_NEAR(watts("gh100", 78, 1.98, 148, 4000, 900), 400.0, 4.0);
  EXPECT_NEAR(watts("ga100", 108, 1.41, 312, 2039, 600), 400.0, 8.0);
  // Held out.
  EXPECT_NEAR(watts("ad102", 92, 2.52, 119.5, 864, 0), 275.0, 0.2 * 275.0);
  EXPECT_NEAR(watts("ad102", 128, 2.52, 330.3, 1008, 0, "gddr6x"), 450.0, 0.2 * 450.0);
  EXPECT_NEAR(watts("gb202", 188, 2.617, 503.8, 1792, 0), 600.0, 0.2 * 600.0);
  EXPECT_NEAR(watts("aldebaran", 220, 1.7, 383, 3277, 800), 560.0, 0.2 * 560.0);
}

}  // namespace
}  // namespace redline
