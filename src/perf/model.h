#pragma once
// A model of one kind of operator: a pure function of shape, limits and constants, and the table of
// its constants. What is common to fitting, resolving and error bars is written once over this.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
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

[[nodiscard]] constexpr Demand demand_of(const Gemm& op) {
  return {matrix_ops(op).base(), least_bytes(op).base()};
}
[[nodiscard]] inline Demand demand_of(const GroupedGemm& op) {
  return {matrix_ops(op).base(), least_bytes(op).base()};
}
[[nodiscard]] inline Demand demand_of(const Attention& op) {
  return {matrix_ops(op).base(), least_bytes(op).base()};
}
[[nodiscard]] constexpr Demand demand_of(const Stream& op) { return {0.0, least_bytes(op).base()}; }
// Messages have links to themselves.
[[nodiscard]] constexpr Demand demand_of(const Collective& /*op*/) { return {}; }
[[nodiscard]] constexpr Demand demand_of(const ExpertExchange& /*op*/) { return {}; }

struct Model {
  std::string_view name;
  std::span<const ConstantInfo> constants;
};

// What the model of an operator says of its time; that of a Stream stands in perf/stream.h, for
// callers to inline.
[[nodiscard]] Parts evaluate(const Gemm& g, const Execution& how, const Demand& demand,
                             const Limits& limits, const Constants& c);
[[nodiscard]] Parts evaluate(const GroupedGemm& g, const Execution& how, const Demand& demand,
                             const Limits& limits, const Constants& c);
[[nodiscard]] Parts evaluate(const Collective& op, const Execution& how, const Demand& demand,
                             const Limits& limits, const Constants& c);
[[nodiscard]] Parts evaluate(const ExpertExchange& op, const Execution& how, const Demand& demand,
                             const Limits& limits, const Constants& c);
[[nodiscard]] Parts evaluate_prefill(const Attention& op, const Execution& how,
                                     const Demand& demand, const Limits& limits,
                                     const Constants& c);
[[nodiscard]] Parts evaluate_decode(const Attention& op, const Execution& how, const Demand& demand,
                                    const Limits& limits, const Constants& c);
[[nodiscard]] Parts evaluate_latent_decode(const Attention& op, const Execution& how,
                                           const Demand& demand, const Limits& limits,
                                           const Constants& c);
[[nodiscard]] Parts evaluate(const Attention& op, const Execution& how, const Demand& demand,
                             const Limits& limits, const Constants& c);

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
[[nodiscard]] constexpr std::size_t model_index(const Gemm& /*op*/) { return 0; }
[[nodiscard]] constexpr std::size_t model_index(const GroupedGemm& /*op*/) { return 1; }
[[nodiscard]] constexpr std::size_t model_index(const Attention& op) {
  return op.phase != Attention::Phase::kDecode ? 2 : op.latent ? 4 : 3;
}
[[nodiscard]] constexpr std::size_t model_index(const Stream& /*op*/) { return 5; }
[[nodiscard]] constexpr std::size_t model_index(const Collective& /*op*/) { return 6; }
[[nodiscard]] constexpr std::size_t model_index(const ExpertExchange& /*op*/) { return 7; }
[[nodiscard]] std::size_t model_index(const Operator& op);
[[nodiscard]] const Model& model_of(const Operator& op);

// "deepgemm/fp8/block", "nccl/all_reduce": what decides which kernel runs. 16-bit formats are one.
[[nodiscard]] std::string kernel_name(const Kernel& kernel);

// The format that an operator's products are computed in; kNone where it has none.
template <class Op>
[[nodiscard]] constexpr Format math_format_of(const Op& op) {
  if constexpr (requires { op.math; }) {
    return op.math;
  } else {
    return Format::kNone;
  }
}

// The roofline of an operator (Williams, Waterman, Patterson 2009), in seconds: its operations at
// the rate of the data sheet, its bytes at its bandwidth. Nothing of messages.
struct Roofline {
  double compute = 0.0, memory = 0.0;
  [[nodiscard]] constexpr double least() const { return compute > memory ? compute : memory; }
};
template <class Op>
[[nodiscard]] constexpr Roofline roofline_of(const Op& op, const Demand& demand,
                                             const Limits& limits) {
  const Format math = math_format_of(op);
  return {math == Format::kNone ? 0.0 : demand.ops / limits.matrix[index_of(math)],
          demand.bytes / limits.bandwidth};
}
[[nodiscard]] constexpr Roofline roofline_of(const Collective& /*op*/, const Demand& /*demand*/,
                                             const Limits& /*limits*/) {
  return {};
}
[[nodiscard]] constexpr Roofline roofline_of(const ExpertExchange& /*op*/, const Demand& /*demand*/,
                                             const Limits& /*limits*/) {
  return {};
}

// No kernel takes less than its roofline, whatever a model says.
constexpr void raise_to(const Roofline& roofline, Parts& parts) {
  const double lacking = roofline.least() - total(parts);
  if (lacking > 0.0) {
    double& bound = roofline.compute > roofline.memory ? parts[0] : parts[1];
    bound += lacking;
  }
}
template <class Op>
[[nodiscard]] Parts predict(const Op& op, const Execution& how, const Demand& demand,
                            const Roofline& roofline, const Limits& limits, const Constants& c) {
  Parts parts = evaluate(op, how, demand, limits, c);
  raise_to(roofline, parts);
  return parts;
}
[[nodiscard]] Parts predict(const Kernel& kernel, const Limits& limits, const Constants& constants);

// What decides the kernel, packed: a small number for tables.
inline constexpr std::size_t kScalings = kScalingNames.size();
inline constexpr std::size_t kVariants = 16;  // formats, or kinds of messages
inline constexpr std::size_t kKernelKeys =
    kModelCount * kLibraryNames.size() * kScalings * kVariants;
// Cached keys and values that are converted as they are read: another kernel.
[[nodiscard]] constexpr bool has_narrow_cache(const Attention& op) {
  return bytes_per_element(op.kv) < bytes_per_element(op.math);
}
template <class Op>
[[nodiscard]] constexpr std::size_t kernel_key(const Op& op, const Execution& how) {
  std::size_t variant = 0;
  if constexpr (requires { op.math; }) {
    variant = index_of(op.math == Format::kFp16 ? Format::kBf16 : op.math);
  } else {
    variant = static_cast<std::size_t>(op.kind);
  }
  // Attention has no scaling; the format of its cache stands in that place.
  auto scaling = static_cast<std::size_t>(how.scaling);
  if constexpr (std::is_same_v<Op, Attention>) {
    scaling = static_cast<std::size_t>(has_narrow_cache(op));
  }
  const auto library = static_cast<std::size_t>(how.library);
  return ((model_index(op) * kLibraryNames.size() + library) * kScalings + scaling) * kVariants +
         variant;
}
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
// std::floor and std::ceil of what is not negative, which are calls without SSE4. Between 2^52 and
// 2^53 doubles are whole numbers, so that a sum that lies there is rounded to one.
inline constexpr double kRounds = 6755399441055744.0;  // 1.5 * 2^52
[[nodiscard]] constexpr double whole_down(double x) {
  const double near = (x + kRounds) - kRounds;
  return near - (near > x ? 1.0 : 0.0);
}
[[nodiscard]] constexpr double whole_up(double x) {
  const double near = (x + kRounds) - kRounds;
  return near + (near < x ? 1.0 : 0.0);
}
[[nodiscard]] constexpr double fourth(double x) { return x * x * x * x; }
// Two things that overlap: the greater one, and a little more where they are alike.
[[nodiscard]] double overlapped(double a, double b);
// The same, divided between the two; and from their fourth powers, which saves roots.
[[nodiscard]] Parts overlapped_parts(double compute, double memory);
[[nodiscard]] Parts overlapped_fourths(double compute_4, double memory_4);

}  // namespace redline::perf
