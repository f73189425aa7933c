#pragma once
// A model of one kind of operator: a pure function of shape, limits and constants, and the table of
// its constants. What is common to fitting, resolving and error bars is written once over this.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redline/kernel.h"

#include "perf/limits.h"

namespace redline::perf {

enum class Part : std::uint8_t { kCompute, kMemory, kNetwork, kLatency };
inline constexpr std::size_t kParts = 4;

// Seconds spent in each part; they add up to the time.
using Parts = std::array<double, kParts>;
[[nodiscard]] constexpr double total(const Parts& parts) {
  return parts[0] + parts[1] + parts[2] + parts[3];
}

// A constant acts as start * exp(sum of what is fitted in the scopes that a kernel lies in). Each
// scope pulls towards zero with the width given here, in logarithm; 0: it does not vary there.
struct ConstantInfo {
  std::string_view name;
  std::string_view unit;
  Part part;  // what it mostly moves
  double start;
  double everywhere = 0.0;
  double kernel = 0.0;        // library, format and scaling
  double architecture = 0.0;  // chips of one architecture
  double both = 0.0;          // a kernel on one architecture
  double chip = 0.0;
  std::string_view meaning;
};

// 80 % of a standard normal lie within so many deviations.
inline constexpr double kNormal80 = 1.2816;

inline constexpr std::size_t kMostConstants = 20;
using Constants = std::array<double, kMostConstants>;

// What an operator asks of any chip: operations of matrix units, and the least bytes of memory.
struct Demand {
  double ops = 0.0, bytes = 0.0;
};

[[nodiscard]] Demand demand_of(const Operator& op);  // nothing of messages

struct Model {
  std::string_view name;
  std::span<const ConstantInfo> constants;
  Parts (*evaluate)(const Kernel& kernel, const Demand& demand, const Limits& limits,
                    const Constants& constants);
};

[[nodiscard]] const Model& gemm_model();
[[nodiscard]] const Model& grouped_gemm_model();
[[nodiscard]] const Model& prefill_model();        // attention, many queries a sequence
[[nodiscard]] const Model& decode_model();         // attention, few queries on a cache
[[nodiscard]] const Model& latent_decode_model();  // the same over a latent cache
[[nodiscard]] const Model& stream_model();
[[nodiscard]] const Model& collective_model();
[[nodiscard]] const Model& exchange_model();  // experts' dispatch and combine

// All models, in the order of their index.
using ModelOf = const Model& (*)();
inline constexpr std::size_t kModelCount = 8;
[[nodiscard]] std::span<const ModelOf> models();
[[nodiscard]] std::size_t model_index(const Operator& op);
[[nodiscard]] const Model& model_of(const Operator& op);

// "deepgemm/fp8/block", "nccl/all_reduce": what decides which kernel runs. 16-bit formats are one.
[[nodiscard]] std::string kernel_name(const Kernel& kernel);

// The parts of a kernel's time: what the model says, but never less than its roofline (Williams,
// Waterman, Patterson 2009): the operations at the rate of the data sheet, the bytes at its
// bandwidth.
[[nodiscard]] Parts predict(const Model& model, const Kernel& kernel, const Demand& demand,
                            const Limits& limits, const Constants& constants);
[[nodiscard]] inline Parts predict(const Model& model, const Kernel& kernel, const Limits& limits,
                                   const Constants& constants) {
  return predict(model, kernel, demand_of(kernel.op), limits, constants);
}

// The format that an operator's products are computed in; kNone where it has none.
[[nodiscard]] Format math_format_of(const Operator& op);

// What decides the kernel, packed: a small number for tables.
inline constexpr std::size_t kKernelKeys = kModelCount * 10 * 3 * 16;
[[nodiscard]] std::size_t kernel_key(const Kernel& kernel);

// The three sizes by which "larger than any fitted" is judged.
[[nodiscard]] std::array<double, 3> shape_of(const Operator& op);

// What the chip is one of, for constants that its relatives share.
[[nodiscard]] std::string family_of(const Operator& op, const Machine& machine);

// Scope names of a kernel on a machine, as FittedConstant writes them, in the order of the widths
// of ConstantInfo. What the fabric is to messages, the architecture is to the rest.
inline constexpr std::size_t kScopes = 5;
[[nodiscard]] std::array<std::string, kScopes> scopes_of(const Kernel& kernel,
                                                         const Machine& machine);
[[nodiscard]] constexpr std::array<double, kScopes> widths_of(const ConstantInfo& info) {
  return {info.everywhere, info.kernel, info.architecture, info.both, info.chip};
}

[[nodiscard]] constexpr double as_double(std::int64_t value) { return static_cast<double>(value); }
// What is left of the lesser of two things that run beside each other, in products of matrices.
inline constexpr double kOverlap = 0.15;
// std::floor and std::ceil of what is not negative, which are calls without SSE4. A double beyond
// 2^53 is whole as it stands.
[[nodiscard]] constexpr double whole_down(double x) {
  constexpr double kWhole = 9007199254740992.0;
  return x < kWhole ? static_cast<double>(static_cast<std::int64_t>(x)) : x;
}
[[nodiscard]] constexpr double whole_up(double x) {
  const double down = whole_down(x);
  return down < x ? down + 1.0 : down;
}
[[nodiscard]] constexpr double fourth(double x) { return x * x * x * x; }
// Two things that overlap: the greater one, and a little more where they are alike.
[[nodiscard]] double overlapped(double a, double b);
// The same, divided between the two; and from their fourth powers, which saves roots.
[[nodiscard]] Parts overlapped_parts(double compute, double memory);
[[nodiscard]] Parts overlapped_fourths(double compute_4, double memory_4);

}  // namespace redline::perf
