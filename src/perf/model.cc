#include "perf/model.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include <fmt/format.h>

#include "perf/stream.h"

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

bool is_message(const Operator& op) {
  return std::holds_alternative<Collective>(op) || std::holds_alternative<ExpertExchange>(op);
}

}  // namespace

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
  return std::visit([&](const auto& op) { return kernel_key(op, kernel.how); }, kernel.op);
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
  return std::visit([](const auto& one) { return model_index(one); }, op);
}

const Model& model_of(const Operator& op) { return models()[model_index(op)](); }

Parts evaluate(const Attention& op, const Execution& how, const Demand& demand,
               const Limits& limits, const Constants& c) {
  if (op.phase != Attention::Phase::kDecode) {
    return evaluate_prefill(op, how, demand, limits, c);
  }
  return op.latent ? evaluate_latent_decode(op, how, demand, limits, c)
                   : evaluate_decode(op, how, demand, limits, c);
}

Parts predict(const Kernel& kernel, const Limits& limits, const Constants& constants) {
  return std::visit(
      [&](const auto& op) {
        const Demand demand = demand_of(op);
        return predict(op, kernel.how, demand, roofline_of(op, demand, limits), limits, constants);
      },
      kernel.op);
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
