#pragma once
// An accelerator as its data sheet describes it, each value with basis and source, and the legal
// quantities that follow from it.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "redline/date.h"
#include "redline/fact.h"
#include "redline/units.h"

namespace redline {

enum class Sparsity : std::uint8_t { kDense, kStructured24 };
enum class Direction : std::uint8_t { kBidirectional, kPerDirection };
enum class ChipKind : std::uint8_t { kAccelerator, kMemory };
enum class ChipStatus : std::uint8_t { kShipped, kAnnounced, kRoadmap, kProposed, kWithdrawn };
enum class Market : std::uint8_t { kDataCenter, kWorkstation, kConsumer, kComponent };
enum class LinkKind : std::uint8_t { kLink, kNone };

// Peak rate of one format, summed over all units of the package.
struct ComputeRate {
  Fact<OpsPerSecond> rate;
  Sparsity sparsity = Sparsity::kDense;

  // A structured 2:4 figure is twice the dense one.
  [[nodiscard]] double dense_factor() const { return sparsity == Sparsity::kDense ? 1.0 : 0.5; }
};

struct Compute {
  std::optional<ComputeRate> fp64, fp64_matrix, fp32, fp32_matrix, tf32, bf16, fp16, fp16_fp16acc,
      fp8, fp8_fp16acc, int8, fp6, fp4, int4;
};

// One format of Compute with the bit length that counts for TPP.
struct FormatSlot {
  std::string_view name;
  std::optional<ComputeRate> Compute::*rate;
  int bits;
};

// TF32 is not in this list: its inputs have 19 significant bits in a 32-bit container, and which of
// the two counts is not settled; see LegalQuantities::tpp.
inline constexpr std::array<FormatSlot, 13> kTppFormats{{
    {"fp64", &Compute::fp64, 64},
    {"fp64_matrix", &Compute::fp64_matrix, 64},
    {"fp32", &Compute::fp32, 32},
    {"fp32_matrix", &Compute::fp32_matrix, 32},
    {"bf16", &Compute::bf16, 16},
    {"fp16", &Compute::fp16, 16},
    {"fp16_fp16acc", &Compute::fp16_fp16acc, 16},
    {"fp8", &Compute::fp8, 8},
    {"fp8_fp16acc", &Compute::fp8_fp16acc, 8},
    {"int8", &Compute::int8, 8},
    {"fp6", &Compute::fp6, 6},
    {"fp4", &Compute::fp4, 4},
    {"int4", &Compute::int4, 4},
}};

struct Memory {
  std::string type;
  std::optional<Fact<Bytes>> capacity;
  std::optional<Fact<BytesPerSecond>> bandwidth;
  // Where it differs from `bandwidth`: parts that compute from SRAM have none.
  std::optional<Fact<BytesPerSecond>> dram_bandwidth;
  std::optional<Fact<SquareMm>> package_area;
};

// A link or bus. Bandwidth is kept as the source states it; read it through the two functions.
struct Link {
  std::string name;
  LinkKind kind = LinkKind::kLink;
  std::optional<Fact<BytesPerSecond>> bandwidth;
  Direction direction = Direction::kBidirectional;
  std::optional<int> domain_size;
  std::string topology;

  [[nodiscard]] std::optional<BytesPerSecond> bidirectional() const {
    if (kind == LinkKind::kNone) {
      return BytesPerSecond{0.0};
    }
    if (!bandwidth || !bandwidth->value) {
      return std::nullopt;
    }
    return *bandwidth->value * (direction == Direction::kBidirectional ? 1.0 : 2.0);
  }
  [[nodiscard]] std::optional<BytesPerSecond> per_direction() const {
    const auto both = bidirectional();
    return both ? std::optional(*both * 0.5) : std::nullopt;
  }
};

struct Die {
  std::optional<Fact<SquareMm>> area;  // all logic dies of the package, no memory, no interposer
  std::optional<int> count;
  std::string process;
  std::optional<Fact<Count>> transistors;
};

struct Core {
  std::optional<int> count;
  std::string kind;
  std::optional<Fact<Bytes>> sram;
  // Where matrix units keep their sums apart from registers: vector work runs beside products.
  std::optional<Fact<Bytes>> matrix_memory;
  // Whether a matrix instruction holds up those that issue it: kernels that need it not to do not
  // run.
  std::optional<Fact<bool>> matrix_synchronous;
};
struct Cache {
  std::optional<Fact<Bytes>> l2;
  std::optional<Fact<Bytes>> on_chip_total;
};
struct Clock {
  std::optional<Fact<Hertz>> boost;
};
struct Power {
  std::optional<Fact<Watts>> tdp;
};
struct Price {
  std::optional<Fact<Usd>> purchase;
  std::optional<Fact<UsdPerSecond>> rent;
};

// Somebody else's figure for a quantity that Redline computes; kept to check ours.
struct Published {
  std::string quantity;
  double value = 0.0;
  std::string by;
  std::vector<std::string> source;
  std::string note;
};

struct Chip {
  std::string id;
  std::string name;
  std::string vendor;
  std::string family;
  std::vector<std::string> aliases;
  ChipKind kind = ChipKind::kAccelerator;
  std::string architecture;
  ChipStatus status = ChipStatus::kShipped;
  std::optional<PartialDate> announced;
  std::optional<PartialDate> launched;
  std::string designer_hq;
  bool designed_for_china = false;
  Market market = Market::kDataCenter;
  std::string form_factor;
  std::optional<Fact<bool>> datacenter;  // designed or marketed for use in datacenters
  Compute compute;
  Memory memory;
  std::optional<Link> link;
  std::optional<Link> host_bus;
  Die die;
  Core core;
  Cache cache;
  Clock clock;
  Power power;
  Price price;
  std::vector<Published> published;

  // Sold by that day, as far as its date says.
  [[nodiscard]] bool launched_by(Date day) const { return launched && launched->latest() <= day; }
};

// A number that may be known, known within bounds, or not known; bounds always hold the value.
struct Estimate {
  std::optional<double> value;
  Interval<double> bounds{0.0, 0.0};  // of what is possible; high may be infinite
  std::string from;                   // how it came about, such as "fp8: 1978.9 × 8 bit"

  [[nodiscard]] bool known() const { return value.has_value(); }
};

// What the rules of several years measure. Units are those of the rule texts.
struct LegalQuantities {
  Estimate tpp;        // dense, best format (3A090 technical notes 1-3)
  Estimate die;        // applicable die area, mm2: logic dies on non-planar nodes
  Estimate pd;         // tpp / die (3A090 technical note 4)
  Estimate bits_tops;  // October 2022 metric: bit length per operation times TOPS
  Estimate io_bidir;   // all inputs and outputs but memory, both directions, GB/s
  Estimate letter_io;  // as io_bidir; bounds span the readings of the unpublished definition
  Estimate dram_bw;    // GB/s
  Estimate mbd;        // memory bandwidth density of a memory package, GB/s per mm2
  Estimate atc;        // aggregated approximated transistor count
  Estimate node_nm;    // process node class, nm
  std::optional<bool> nonplanar;  // at the 16/14 nm node or below, or non-planar transistors
  std::string tpp_format;
};

[[nodiscard]] LegalQuantities legal_quantities(const Chip& chip);

// Commercially available in the United States when the rule of 2026-01-15 was published.
[[nodiscard]] std::optional<bool> available_in_us(const Chip& chip);

// The foundry named in the process ("TSMC 4N" gives "TSMC"); empty if none is named.
[[nodiscard]] std::string foundry_of(const Chip& chip);

}  // namespace redline
