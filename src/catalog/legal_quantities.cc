// The quantities that export rules measure, computed from data-sheet values.

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "redline/chip.h"

namespace redline {
namespace {

constexpr double kTera = 1e12;
constexpr double kGiga = 1e9;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// How far a printed specification can be from the true figure where its record gives no range.
// Printed numbers are rounded: half a unit of the last of four digits is 0.05 %. Public die areas
// of one part differ by a few mm2 between sources, within 2 %. An estimate is taken to be good to
// 10 %, a die-size estimate to 15 %.
constexpr double kPrintedTolerance = 0.0005;
constexpr double kDieTolerance = 0.02;
constexpr double kEstimateTolerance = 0.10;
constexpr double kDieEstimateTolerance = 0.15;

template <class Q>
Interval<double> bounds_of(const Fact<Q>& fact, double stated_tolerance,
                           double estimate_tolerance) {
  if (fact.range) {
    return {fact.range->low.base(), fact.range->high.base()};
  }
  const double tolerance = fact.basis == Basis::kEstimated ? estimate_tolerance : stated_tolerance;
  const double value = fact.value->base();
  return {value * (1.0 - tolerance), value * (1.0 + tolerance)};
}

template <class Q>
Estimate estimate_of(const Fact<Q>& fact, double scale, double stated_tolerance,
                     double estimate_tolerance) {
  Estimate e;
  const Interval<double> bounds = bounds_of(fact, stated_tolerance, estimate_tolerance);
  e.bounds = {bounds.low / scale, bounds.high / scale};
  if (fact.value) {
    e.value = fact.value->base() / scale;
  }
  return e;
}

Estimate unknown() { return {std::nullopt, {0.0, kInfinity}, {}}; }

template <class Q>
Estimate estimate_of(const std::optional<Fact<Q>>& fact, double scale) {
  return fact ? estimate_of(*fact, scale, kPrintedTolerance, kEstimateTolerance) : unknown();
}

// TPP of one format: rate in tera-operations per second times bit length. Data sheets count a
// multiply-accumulate as two operations, which is the factor 2 of the technical note.
Estimate format_tpp(const ComputeRate& rate, int bits) {
  Estimate e = estimate_of(rate.rate, kTera, kPrintedTolerance, kEstimateTolerance);
  const double factor = bits * rate.dense_factor();
  e.bounds = {e.bounds.low * factor, e.bounds.high * factor};
  if (e.value) {
    *e.value *= factor;
  }
  return e;
}

struct Best {
  Estimate estimate;
  std::string format;
};

Best best_tpp(const Compute& compute) {
  Best best{unknown(), {}};
  for (const FormatSlot& slot : kTppFormats) {
    const auto& rate = compute.*(slot.rate);
    if (!rate || !rate->rate.value) {
      continue;
    }
    const Estimate e = format_tpp(*rate, slot.bits);
    const bool first = !best.estimate.value;
    if (first) {
      best.estimate.bounds = {0.0, 0.0};
    }
    // The chip's TPP is a maximum over formats, and so are its bounds.
    best.estimate.bounds.low = std::max(best.estimate.bounds.low, e.bounds.low);
    best.estimate.bounds.high = std::max(best.estimate.bounds.high, e.bounds.high);
    if (first || *e.value > *best.estimate.value) {
      best.estimate.value = e.value;
      best.format = slot.name;
      best.estimate.from =
          fmt::format("{}: {:.6g} × {} bit", slot.name, *e.value / slot.bits, slot.bits);
    }
  }
  return best;
}

// TF32 keeps 19 significant bits in a 32-bit container; read as 32 bits it may be the maximum.
void widen_by_tf32(const Compute& compute, Estimate& tpp) {
  if (!compute.tf32 || !compute.tf32->rate.value || !tpp.value) {
    return;
  }
  const double as_32_bit =
      *compute.tf32->rate.value / OpsPerSecond{kTera} * 32.0 * compute.tf32->dense_factor();
  if (as_32_bit > tpp.bounds.high) {
    tpp.bounds.high = as_32_bit;
    tpp.from += fmt::format("; tf32 read as 32 bits: {:.6g}", as_32_bit);
  }
}

Estimate density(const Estimate& tpp, const Estimate& die) {
  Estimate pd = unknown();
  pd.bounds.low = std::isfinite(die.bounds.high) ? tpp.bounds.low / die.bounds.high : 0.0;
  pd.bounds.high = die.bounds.low > 0.0 ? tpp.bounds.high / die.bounds.low : kInfinity;
  if (tpp.value && die.value) {
    pd.value = *tpp.value / *die.value;
    pd.from = fmt::format("{:.6g} / {:.6g} mm2", *tpp.value, *die.value);
  }
  return pd;
}

// A sum of link bandwidths is known only if all are; what is known bounds it from below.
Estimate total_io(const Chip& chip, bool host_bus_counts) {
  Estimate sum{0.0, {0.0, 0.0}, {}};
  const auto add = [&sum](const std::optional<Link>& link, std::string_view absent_name) {
    const auto both = link ? link->bidirectional() : std::nullopt;
    if (both) {
      if (sum.value) {
        *sum.value += both->base() / kGiga;
      }
      sum.bounds.low += both->base() / kGiga;
      sum.bounds.high += both->base() / kGiga;
      if (both->base() > 0.0) {
        sum.from +=
            fmt::format("{}{} {:.6g}", sum.from.empty() ? "" : " + ",
                        link->name.empty() ? absent_name : link->name, both->base() / kGiga);
      }
    } else {
      sum.value.reset();
      sum.bounds.high = kInfinity;
    }
  };
  add(chip.link, "link");
  if (host_bus_counts) {
    add(chip.host_bus, "host bus");
  }
  return sum;
}

// The definition in the letters is not public: one direction of the chip-to-chip link alone is the
// narrowest reading, all inputs and outputs in both directions the widest and the one used.
Estimate letter_io(const Chip& chip) {
  Estimate widest = total_io(chip, true);
  const auto narrow = chip.link ? chip.link->per_direction() : std::nullopt;
  widest.bounds.low = narrow ? narrow->base() / kGiga : 0.0;
  return widest;
}

Estimate dram_bandwidth(const Memory& memory) {
  return estimate_of(memory.dram_bandwidth ? memory.dram_bandwidth : memory.bandwidth, kGiga);
}

Estimate bandwidth_density(const Memory& memory) {
  if (!memory.package_area || !memory.package_area->value || !memory.bandwidth ||
      !memory.bandwidth->value) {
    return unknown();
  }
  const Estimate bandwidth = estimate_of(memory.bandwidth, kGiga);
  const Estimate area = estimate_of(memory.package_area, 1.0);
  return {*bandwidth.value / *area.value,
          {bandwidth.bounds.low / area.bounds.high, bandwidth.bounds.high / area.bounds.low},
          fmt::format("{:.6g} GB/s / {:.6g} mm2", *bandwidth.value, *area.value)};
}

// Marketing names of the nodes in the catalogue, as the node class in nanometres.
struct NodeName {
  std::string_view name;
  double nm;
};
constexpr auto kNodeNames = std::to_array<NodeName>({
    {"12FFN", 12}, {"N+1", 7},  {"N+2", 7},  {"N+3", 5},    {"16FF", 16},  {"14LPP", 14},
    {"4NP", 4},    {"N12", 12}, {"N16", 16}, {"12FFC", 12}, {"28HPC", 28}, {"N28", 28},
    {"N7", 7},     {"N6", 6},   {"N5", 5},   {"N4P", 4},    {"N4", 4},     {"N3P", 3},
    {"N3", 3},     {"N2", 2},   {"4N", 4},   {"8N", 8},
});

Estimate node_class(const std::string& process) {
  for (const NodeName& node : kNodeNames) {
    if (process.find(node.name) != std::string::npos) {
      return {node.nm, {node.nm, node.nm}, process};
    }
  }
  // "SMIC 14 nm", "TSMC 12nm", "GlobalFoundries 14LPP".
  for (std::size_t i = 0; i + 1 < process.size(); ++i) {
    const bool starts = std::isdigit(static_cast<unsigned char>(process[i])) != 0 &&
                        (i == 0 || process[i - 1] == ' ');
    if (!starts) {
      continue;
    }
    int value = 0;
    const char* end = process.data() + process.size();
    const auto [rest, error] = std::from_chars(process.data() + i, end, value);
    const std::string_view tail(rest, static_cast<std::size_t>(end - rest));
    if (error == std::errc{} && (tail.substr(0, 2) == "nm" || tail.substr(0, 3) == " nm")) {
      return {static_cast<double>(value),
              {static_cast<double>(value), static_cast<double>(value)},
              process};
    }
  }
  return unknown();
}

}  // namespace

LegalQuantities legal_quantities(const Chip& chip) {
  LegalQuantities q;
  Best best = best_tpp(chip.compute);
  q.tpp_format = best.format;
  // Before 2023 the metric was the same product without the words on sparsity and TF32.
  q.bits_tops = best.estimate;
  q.tpp = std::move(best.estimate);
  widen_by_tf32(chip.compute, q.tpp);
  q.die = chip.die.area ? estimate_of(*chip.die.area, 1.0, kDieTolerance, kDieEstimateTolerance)
                        : unknown();
  q.pd = density(q.tpp, q.die);
  q.io_bidir = total_io(chip, true);
  q.letter_io = letter_io(chip);
  q.dram_bw = dram_bandwidth(chip.memory);
  q.mbd = bandwidth_density(chip.memory);
  q.atc = estimate_of(chip.die.transistors, 1.0);
  q.node_nm = node_class(chip.die.process);
  if (q.node_nm.value) {
    // FinFETs came in at the 16/14 nm class; every logic node from there on is non-planar.
    q.nonplanar = *q.node_nm.value <= 16.0;
  }
  return q;
}

std::optional<bool> available_in_us(const Chip& chip) {
  // 91 FR 1684 was published on this day; the rule asks for availability at publication.
  constexpr Date kPublication = make_date(2026, 1, 15);
  if (chip.designed_for_china || chip.status != ChipStatus::kShipped) {
    return false;
  }
  if (!chip.launched) {
    return std::nullopt;
  }
  if (chip.launched->latest() <= kPublication) {
    return true;
  }
  return chip.launched->earliest() > kPublication ? std::optional(false) : std::nullopt;
}

std::string foundry_of(const Chip& chip) {
  for (const std::string_view name : {"TSMC", "SMIC", "Samsung", "Intel", "GlobalFoundries"}) {
    if (chip.die.process.find(name) != std::string::npos) {
      return std::string(name);
    }
  }
  return {};
}

}  // namespace redline
