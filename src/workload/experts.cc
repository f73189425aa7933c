// Layers with experts: router, the exchange of tokens, grouped products of routed experts, shared
// experts (Lepikhin et al. 2020; DeepSeekMoE 2024, section 3).

#include <algorithm>
#include <cmath>

#include "workload/layer.h"

namespace redline::workload {
namespace {

constexpr LinearName kRouter{"router", "router_dgrad", "router_wgrad"};
constexpr LinearName kGateUp{"expert_gate_up", "expert_gate_up_dgrad", "expert_gate_up_wgrad"};
constexpr LinearName kUp{"expert_up", "expert_up_dgrad", "expert_up_wgrad"};
constexpr LinearName kDown{"expert_down", "expert_down_dgrad", "expert_down_wgrad"};
constexpr FfnNames kShared{
    .gate_up = {"shared_gate_up", "shared_gate_up_dgrad", "shared_gate_up_wgrad"},
    .up = {"shared_up", "shared_up_dgrad", "shared_up_wgrad"},
    .down = {"shared_down", "shared_down_dgrad", "shared_down_wgrad"},
    .activation = {"shared_activation", "shared_activation_backward"}};
constexpr StreamName kActivation{"expert_activation", "expert_activation_backward"};
constexpr StreamName kRouting{"routing", "routing_backward"};
constexpr StreamName kPermute{"permute", "permute_backward"};
constexpr StreamName kUnpermute{"unpermute", "unpermute_backward"};

// Who works on which tokens in a layer with experts.
struct Routing {
  // Without sequence parallelism the ranks of TP have the same tokens; where experts are spread
  // over these ranks alone, each takes the rows of its own experts and TP's sum puts them together.
  bool replicated = true;
  bool masked = false;
  std::int64_t routed = 0;  // tokens whose experts this rank looks up
  std::int64_t rows = 0;    // of this rank's experts, expected
  double hit = 0.0;         // its experts that have rows, expected
};

Routing routing_of(const Stage& stage, const Step& step) {
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  const Experts& experts = stage.experts;
  const std::int64_t tensor = stage.groups.tensor.ranks;
  const std::int64_t spread = stage.groups.expert.ranks * stage.groups.expert_tensor.ranks;
  Routing routing;
  routing.replicated = !stage.sequence_parallel && tensor % spread == 0;
  routing.masked = step.prefill.count == 0;
  routing.routed = routing.replicated ? step.tokens : ceil_div(step.tokens, tensor);
  // Distinct tokens of the ranks that share one set of experts.
  const double tokens = real(step.tokens) * real(spread) / real(tensor);
  const double rows = tokens * real(experts.per_token) / real(stage.groups.expert.ranks);
  routing.rows = std::max<std::int64_t>(1, std::llround(rows));
  const double missed = std::pow(1.0 - real(experts.per_token) / real(experts.total), tokens);
  routing.hit = std::min(real(experts.held) * (1.0 - missed), real(routing.rows));
  return routing;
}

void emit_router(Emitter& emit, const Stage& stage, const Routing& routing) {
  emit.linear(kRouter, {routing.routed, stage.experts.total, stage.hidden, stage.formats.wide});
  emit.stream(kRouting, Stream::Kind::kRouting, routing.routed, stage.experts.total);
}

// Dispatch carries narrow activations where there are any, combine sums in 16 bits (DeepSeek-V3
// 2024, section 3.3.2). Each is the other's gradient.
void emit_exchange(Emitter& emit, const Stage& stage, const Routing& routing,
                   ExpertExchange::Kind forward_kind) {
  const Group& group = stage.groups.expert;
  if (group.ranks == 1) {
    return;
  }
  using Kind = ExpertExchange::Kind;
  const bool dispatches = (forward_kind == Kind::kDispatch) == emit.forward();
  const bool named_dispatch = forward_kind == Kind::kDispatch;
  std::string_view name = named_dispatch ? "dispatch" : "combine";
  if (emit.backward()) {
    name = named_dispatch ? "dispatch_backward" : "combine_backward";
  }
  emit.add(name, ExpertExchange{.kind = dispatches ? Kind::kDispatch : Kind::kCombine,
                                .ranks = group.ranks,
                                .ranks_per_node = group.ranks_per_node,
                                .tokens_per_rank = routing.routed,
                                .hidden = stage.hidden,
                                .experts_per_token = stage.experts.per_token,
                                .nodes_per_token = stage.nodes_per_token,
                                .format = dispatches ? stage.formats.input : stage.formats.wide});
}

// Where several ranks split an expert, each needs the rows of all of them, and their sums go back.
void emit_expert_tensor(Emitter& emit, const Stage& stage, const Routing& routing, bool before) {
  const Group& group = stage.groups.expert_tensor;
  // Without an exchange whole tokens travel, not a copy for each expert.
  const std::int64_t rows =
      stage.groups.expert.ranks > 1 ? routing.rows : routing.routed * group.ranks;
  if (before == emit.forward()) {
    const double elements = static_cast<double>(rows) * static_cast<double>(stage.hidden);
    emit.message("expert_gather", Collective::Kind::kAllGather,
                 elements * bytes_per_element(stage.formats.input), group);
  } else {
    emit.message("expert_scatter", Collective::Kind::kReduceScatter,
                 emit.wide_bytes(rows, stage.hidden), group);
  }
}

void emit_grouped_ffn(Emitter& emit, const Stage& stage, const Routing& routing) {
  const std::int64_t width = stage.experts.width;
  const std::int64_t columns = ffn_columns(stage, width);
  GroupedGemm op{.groups = stage.experts.held,
                 .rows = routing.rows,
                 .n = columns,
                 .k = stage.hidden,
                 .masked = routing.masked,
                 .b = stage.formats.experts};
  op.hit = routing.hit;
  if (emit.backward()) {
    emit.quantize(routing.rows, columns);
  }
  emit.grouped(stage.gated ? kGateUp : kUp, op);
  emit_activation(emit, stage, kActivation, routing.rows, width);
  if (emit.forward()) {
    emit.quantize(routing.rows, width);
  }
  op.n = stage.hidden;
  op.k = width;
  emit.grouped(kDown, op);
}

// Rows in the order of their experts, and back into the weighted sum of a token's.
void emit_routed(Emitter& emit, const Stage& stage, const Routing& routing) {
  const bool exchanged = !routing.replicated && stage.groups.expert.ranks > 1;
  const double share = 1.0 / static_cast<double>(stage.experts.per_token);
  const bool in_place = exchanged && routing.masked;  // the exchange writes each expert's buffer
  emit.quantize(routing.routed, stage.hidden);
  if (!routing.replicated) {
    emit_exchange(emit, stage, routing, ExpertExchange::Kind::kDispatch);
    emit_expert_tensor(emit, stage, routing, true);
  }
  if (!in_place) {
    emit.stream(kPermute, Stream::Kind::kPermute, routing.rows, stage.hidden,
                {.reads = share, .writes = 1.0});
  }
  emit_grouped_ffn(emit, stage, routing);
  if (!in_place) {
    emit.stream(kUnpermute, Stream::Kind::kPermute, routing.rows, stage.hidden,
                {.reads = 1.0, .writes = share});
  }
  if (!routing.replicated) {
    emit_expert_tensor(emit, stage, routing, false);
    emit_exchange(emit, stage, routing, ExpertExchange::Kind::kCombine);
  }
}

// Ranks of TP that each routed a slice of the same tokens give it to the others; backward likewise
// the gradients of the slices.
void emit_slice_gather(Emitter& emit, const Stage& stage, const Step& step) {
  if (!stage.sequence_parallel) {
    emit.message("tp_gather", Collective::Kind::kAllGather,
                 emit.wide_bytes(step.tokens, stage.hidden), stage.groups.tensor);
  }
}

}  // namespace

void emit_experts(Emitter& emit, const Stage& stage, const Step& step) {
  const Routing routing = routing_of(stage, step);
  const bool shared = stage.experts.shared_width > 0;
  if (routing.replicated) {
    emit.block_input(step.tokens);
    emit_router(emit, stage, routing);
    emit_routed(emit, stage, routing);
    if (shared) {
      emit_ffn(emit, stage, kShared, step.tokens, stage.experts.shared_width);
    }
    emit.block_output(step.tokens);
    return;
  }
  emit_router(emit, stage, routing);
  emit_routed(emit, stage, routing);
  emit_slice_gather(emit, stage, step);
  if (shared) {
    emit.block_input(step.tokens);
    emit_ffn(emit, stage, kShared, step.tokens, stage.experts.shared_width);
    emit.block_output(step.tokens);
  }
}

}  // namespace redline::workload
