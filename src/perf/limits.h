#pragma once
// What a data sheet says of a chip, as plain numbers for the inner loops.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "redline/chip.h"
#include "redline/kernel.h"
#include "redline/operator.h"

namespace redline::perf {

inline constexpr std::size_t kFormats = 10;
[[nodiscard]] constexpr std::size_t index_of(Format format) {
  return static_cast<std::size_t>(format);
}

// Rates in operations and bytes a second, sizes in bytes, clocks in hertz; 0 where unknown.
struct Limits {
  std::array<double, kFormats> matrix{};  // the cap of the data sheet, dense
  std::array<double, kFormats> issue{};   // what the cores can issue at boost clock, all together
  double bandwidth = 0.0;
  double cores = 0.0;
  double clock = 0.0;
  double l2 = 0.0;
  double power = 0.0;
  double host_bus = 0.0;  // one direction
  Network network{};
  bool matrix_apart = false;        // matrix units have a memory of their own for sums
  bool matrix_synchronous = false;  // their instructions hold up those that issue them

  // Cores with unknown number or clock are taken for one core that is never idle.
  [[nodiscard]] bool has_cores() const { return cores > 0.0 && clock > 0.0; }
};

[[nodiscard]] Limits limits_of(const Machine& machine);

// As kernels are named: "fp8", and "16bit" for either 16-bit format.
[[nodiscard]] std::string_view format_name(Format format);

// Why a kernel cannot be predicted from these limits without guessing; nothing if it can.
[[nodiscard]] std::optional<Message> refusal(const Kernel& kernel, const Limits& limits);

// Rate of a chip for a format, dense, as its data sheet has it; 0 where it has none. The two
// 16-bit formats stand for one another, and a matrix unit for tf32 may be one for fp32.
[[nodiscard]] double sheet_rate(const Chip& chip, Format format);

}  // namespace redline::perf
