#include "perf/model.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include <fmt/format.h>

namespace redline::perf {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::string_view name_of(Collective::Kind kind) {
  constexpr std::array<std::string_view, 6> kNames{"all_reduce", "all_gather", "reduce_scatter",
                                                   "all_to_all", "send_recv",  "broadcast"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Stream::Kind kind) {
  constexpr std::array<std::string_view, 13> kNames{
      "softmax",   "layernorm", "rmsnorm", "gelu", "gated_activation", "rotary", "add", "cast",
      "embedding", "routing",   "permute", "loss", "optimizer"};
  return kNames[static_cast<std::size_t>(kind)];
}

// What of an operator decides which kernel runs.
std::string_view variant_of(const Operator& op) {
  return std::visit(Overloaded{[](const Gemm& o) { return format_name(o.math); },
                               [](const GroupedGemm& o) { return format_name(o.math); },
                               [](const Attention& o) { return format_name(o.math); },
                               [](const Stream& o) { return name_of(o.kind); },
                               [](const Collective& o) { return name_of(o.kind); },
                               [](const ExpertExchange& o) -> std::string_view {
                                 return o.kind == ExpertExchange::Kind::kDispatch ? "dispatch"
                                                                                  : "combine";
                               }},
                    op);
}

// Cached keys and values that are converted as they are read: another kernel.
bool has_narrow_cache(const Attention& op) {
  return bytes_per_element(op.kv) < bytes_per_element(op.math);
}

bool is_message(const Operator& op) {
  return std::holds_alternative<Collective>(op) || std::holds_alternative<ExpertExchange>(op);
}

}  // namespace

Format math_format_of(const Operator& op) {
  return std::visit(
      Overloaded{[](const Gemm& o) { return o.math; }, [](const GroupedGemm& o) { return o.math; },
                 [](const Attention& o) { return o.math; },
                 [](const auto&) { return Format::kNone; }},
      op);
}

std::string kernel_name(const Kernel& kernel) {
  const std::string_view scale = kernel.how.scaling == Scaling::kNone     ? ""
                                 : kernel.how.scaling == Scaling::kTensor ? "/tensor"
                                                                          : "/block";
  const auto* attention = std::get_if<Attention>(&kernel.op);
  if (attention != nullptr) {
    return fmt::format("{}/{}{}", kLibraryNames[static_cast<std::size_t>(kernel.how.library)],
                       variant_of(kernel.op), has_narrow_cache(*attention) ? "/narrow-cache" : "");
  }
  return fmt::format("{}/{}{}", kLibraryNames[static_cast<std::size_t>(kernel.how.library)],
                     variant_of(kernel.op), scale);
}

std::size_t kernel_key(const Kernel& kernel) {
  const auto sixteen = [](Format f) { return f == Format::kFp16 ? Format::kBf16 : f; };
  const std::size_t variant = std::visit(
      Overloaded{[&](const Gemm& o) { return index_of(sixteen(o.math)); },
                 [&](const GroupedGemm& o) { return index_of(sixteen(o.math)); },
                 [&](const Attention& o) { return index_of(sixteen(o.math)); },
                 [](const Stream& o) { return static_cast<std::size_t>(o.kind); },
                 [](const Collective& o) { return static_cast<std::size_t>(o.kind); },
                 [](const ExpertExchange& o) { return static_cast<std::size_t>(o.kind); }},
      kernel.op);
  const auto library = static_cast<std::size_t>(kernel.how.library);
  // Attention has no scaling; the format of its cache stands in that place.
  const auto* attention = std::get_if<Attention>(&kernel.op);
  const std::size_t scaling = attention != nullptr
                                  ? static_cast<std::size_t>(has_narrow_cache(*attention))
                                  : static_cast<std::size_t>(kernel.how.scaling);
  return ((model_index(kernel.op) * 10 + library) * 3 + scaling) * 16 + variant;
}

std::array<double, 3> shape_of(const Operator& op) {
  const auto wide = [](auto... n) {
    return std::array<double, sizeof...(n)>{static_cast<double>(n)...};
  };
  return std::visit(
      Overloaded{
          [&](const Gemm& o) { return wide(o.m, o.n, o.k); },
          [&](const GroupedGemm& o) { return wide(o.groups, o.rows, o.n * o.k); },
          [&](const Attention& o) { return wide(o.batch * o.q_len, o.kv_len, o.q_heads); },
          [&](const Stream& o) { return wide(o.rows, o.columns, 1); },
          [&](const Collective& o) { return wide(o.bytes.base(), o.ranks, 1); },
          [&](const ExpertExchange& o) { return wide(o.ranks, o.tokens_per_rank, o.hidden); }},
      op);
}

std::string family_of(const Operator& op, const Machine& machine) {
  if (is_message(op)) {
    return fmt::format("fabric {}", machine.network.fabric);
  }
  const Chip& chip = *machine.chip;
  return chip.architecture.empty() ? fmt::format("architecture of {}", chip.id)
                                   : fmt::format("architecture {}", chip.architecture);
}

std::array<std::string, kScopes> scopes_of(const Kernel& kernel, const Machine& machine) {
  const std::string name = kernel_name(kernel);
  const std::string family = family_of(kernel.op, machine);
  return {"", fmt::format("kernel {}", name), family, fmt::format("kernel {} {}", name, family),
          fmt::format("chip {}", machine.chip->id)};
}

std::span<const ModelOf> models() {
  static constexpr std::array<ModelOf, 8> kModels{
      &gemm_model,          &grouped_gemm_model, &prefill_model,    &decode_model,
      &latent_decode_model, &stream_model,       &collective_model, &exchange_model};
  return kModels;
}

std::size_t model_index(const Operator& op) {
  return std::visit(Overloaded{[](const Gemm&) -> std::size_t { return 0; },
                               [](const GroupedGemm&) -> std::size_t { return 1; },
                               [](const Attention& o) -> std::size_t {
                                 return o.phase != Attention::Phase::kDecode ? 2 : o.latent ? 4 : 3;
                               },
                               [](const Stream&) -> std::size_t { return 5; },
                               [](const Collective&) -> std::size_t { return 6; },
                               [](const ExpertExchange&) -> std::size_t { return 7; }},
                    op);
}

const Model& model_of(const Operator& op) { return models()[model_index(op)](); }

Demand demand_of(const Operator& op) {
  if (is_message(op)) {
    return {};
  }
  return {math_format_of(op) == Format::kNone ? 0.0 : matrix_ops(op).base(),
          least_bytes(op).base()};
}

Parts predict(const Model& model, const Kernel& kernel, const Demand& demand, const Limits& limits,
              const Constants& constants) {
  if (is_message(kernel.op)) {
    return model.evaluate(kernel, {}, limits, constants);  // shares of links are held below one
  }
  const Format math = math_format_of(kernel.op);
  Parts parts = model.evaluate(kernel, demand, limits, constants);
  const double compute = math == Format::kNone ? 0.0 : demand.ops / limits.matrix[index_of(math)];
  const double memory = demand.bytes / limits.bandwidth;
  const double lacking = std::max(compute, memory) - total(parts);
  if (lacking > 0.0) {
    parts[compute > memory ? 0 : 1] += lacking;
  }
  return parts;
}

double overlapped(double a, double b) { return std::sqrt(std::sqrt(fourth(a) + fourth(b))); }

Parts overlapped_parts(double compute, double memory) {
  return overlapped_fourths(fourth(compute), fourth(memory));
}

Parts overlapped_fourths(double compute_4, double memory_4) {
  const double both = compute_4 + memory_4;
  const double body = std::sqrt(std::sqrt(both));
  const double share = compute_4 / std::max(both, 1e-300);
  return {body * share, body * (1.0 - share), 0.0, 0.0};
}

}  // namespace redline::perf
