#include "perf/pass_cost.h"

#include <algorithm>
#include <cmath>
#include <variant>

namespace redline::perf {
namespace {

bool begins(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

Work work_of_message(std::string_view name) {
  switch (name.front()) {
    case 'k':  // kv_
      return Work::kContext;
    case 's':  // stage_send
      return Work::kPipeline;
    case 'e':
      return name == "expert_gather" || name == "expert_scatter" ? Work::kExpert : Work::kData;
    case 'p':  // parameter_
    case 'g':  // gradient_
      return Work::kData;
    default:  // table_, tp_
      return name[1] == 'a' ? Work::kData : Work::kTensor;
  }
}

// Scores that are written to memory, where no kernel fuses them.
bool is_unfused_attention(std::string_view name) {
  const char initial = name.front();
  return (initial == 's' && (begins(name, "scores") || begins(name, "softmax"))) ||
         (initial == 'c' && begins(name, "context"));
}

bool is_weight_gradient(std::string_view name) { return name.ends_with("_wgrad"); }

Execution of_product(Format math, const Engine& engine) {
  const bool narrow = bytes_per_element(math) <= 1.0;
  Execution how;
  how.library = narrow ? engine.narrow_gemm : engine.wide_gemm;
  how.scaling = narrow ? engine.scaling : Scaling::kNone;
  return how;
}

// The message that does the work of an exchange where an engine gathers.
Collective gathered(const ExpertExchange& op) {
  const bool dispatches = op.kind == ExpertExchange::Kind::kDispatch;
  const double elements = as_double(op.tokens_per_rank * op.ranks) * as_double(op.hidden);
  return {dispatches ? Collective::Kind::kAllGather : Collective::Kind::kReduceScatter,
          Bytes{elements * bytes_per_element(op.format)}, op.ranks, op.ranks_per_node};
}

double fixed_of(const KernelCost& cost) {
  return cost.parts[static_cast<std::size_t>(Bound::kLatency)];
}

// Work of matrix units and of the cores, and whether memory bounds it.
void add_busy(PassCost& sum, Work work, const KernelCost& cost, double count) {
  const double seconds = count * cost.seconds();
  const double most = *std::max_element(cost.parts.begin(), cost.parts.end());
  sum.seconds[index_of(work)] += seconds;
  sum.fixed_s[index_of(work)] += count * fixed_of(cost);
  sum.launches += count;
  sum.memory_s += cost.parts[static_cast<std::size_t>(Bound::kMemory)] >= most ? seconds : 0.0;
}

void add_matrix(PassCost& sum, Work work, const KernelCost& cost, double count) {
  add_busy(sum, work, cost, count);
  sum.loads += work == Work::kMatrix ? count * cost.bytes : 0.0;
  sum.ops += count * cost.ops;
  sum.floor_s += count * cost.least_s;
}

void add_other(PassCost& sum, Work work, double seconds, double count) {
  sum.seconds[index_of(work)] += count * seconds;
  sum.launches += count;
}

}  // namespace

Execution execution_of(const Gemm& op, const Engine& engine) { return of_product(op.math, engine); }
Execution execution_of(const GroupedGemm& op, const Engine& engine) {
  Execution how = of_product(op.math, engine);
  how.library = Library::kDeepgemm;
  return how;
}
Execution execution_of(const Attention& op, const Engine& engine, const Limits& limits,
                       bool beside_prompts) {
  if (op.latent) {
    return {.library = Library::kFlashmla};
  }
  if (engine.attention != Library::kFlashattention3) {
    return {.library = engine.attention};
  }
  // That generation is written for Hopper's matrix units; on others the engine runs another.
  const bool decodes = op.phase == Attention::Phase::kDecode;
  Execution how{.library = Library::kFlashattention3};
  if (limits.matrix_apart) {
    how.library = decodes ? Library::kTrtllm : Library::kFlashattention4;
  } else if (limits.matrix_synchronous) {
    how.library = Library::kFlashattention2;
    how.lone_heads = decodes && (beside_prompts || op.q_len > 1);
  }
  return how;
}
Execution execution_of(const Stream& /*op*/, const Engine& /*engine*/) {
  return {.library = Library::kTorch};
}
Execution execution_of(const Collective& /*op*/, const Engine& /*engine*/) {
  return {.library = Library::kNccl};
}
Execution execution_of(const ExpertExchange& /*op*/, const Engine& /*engine*/) {
  return {.library = Library::kDeepep};
}

Kernel kernel_of(const Operator& op, const Engine& engine, const Limits& limits) {
  const auto* exchange = std::get_if<ExpertExchange>(&op);
  if (exchange != nullptr && gathers(exchange->ranks, engine)) {
    const Collective message = gathered(*exchange);
    return {message, execution_of(message, engine)};
  }
  return {op, std::visit(
                  [&](const auto& one) {
                    if constexpr (std::is_same_v<std::decay_t<decltype(one)>, Attention>) {
                      return execution_of(one, engine, limits, false);
                    } else {
                      return execution_of(one, engine);
                    }
                  },
                  op)};
}

void CostSum::take(std::string_view name, const Gemm& op, std::int64_t count) {
  if (op.math != product_.math()) {
    product_ = kernels_.gemm(op.math, execution_of(op, engine_));
  }
  const KernelCost cost = product_.cost(op);
  add_matrix(*sum_, Work::kMatrix, cost, as_double(count));
  if (weight_ != nullptr && is_weight_gradient(name)) {
    add_matrix(*weight_, Work::kMatrix, cost, as_double(count));
  }
}

void CostSum::take(std::string_view name, const GroupedGemm& op, std::int64_t count) {
  GroupedGemm busiest = op;
  if (imbalance_ > 1.0) {
    busiest.rows = static_cast<std::int64_t>(as_double(op.rows) * imbalance_);
  }
  const KernelCost cost = cost_of(busiest);
  const Work work = is_unfused_attention(name) ? Work::kAttention : Work::kMatrix;
  add_matrix(*sum_, work, cost, as_double(count));
  if (weight_ != nullptr && is_weight_gradient(name)) {
    add_matrix(*weight_, work, cost, as_double(count));
  }
}

void CostSum::take(std::string_view /*name*/, const Attention& op, std::int64_t count) {
  const KernelCost cost =
      kernels_.cost(op, execution_of(op, engine_, kernels_.limits(), beside_prompts_));
  add_matrix(*sum_, Work::kAttention, cost, as_double(count));
  if (op.phase == Attention::Phase::kDecode) {
    sum_->cached_s += as_double(count) * (cost.seconds() - fixed_of(cost));
  }
}

void CostSum::take(std::string_view name, const Stream& op, std::int64_t count) {
  const KernelCost cost = cost_of(op);
  if (op.kind == Stream::Kind::kOptimizer) {
    add_other(*sum_, Work::kOptimizer, cost.seconds(), as_double(count));
  } else if (is_unfused_attention(name)) {
    add_matrix(*sum_, Work::kAttention, cost, as_double(count));
  } else {
    add_busy(*sum_, Work::kVector, cost, as_double(count));
  }
}

void CostSum::take(std::string_view name, const Collective& op, std::int64_t count) {
  Sent& last = sent_[static_cast<std::size_t>(op.kind)];
  if (last.op.bytes != op.bytes || last.op.ranks != op.ranks ||
      last.op.ranks_per_node != op.ranks_per_node) {
    last = {op, cost_of(op).seconds()};
  }
  add_other(*sum_, work_of_message(name), last.seconds, as_double(count));
}

void CostSum::take(std::string_view /*name*/, const ExpertExchange& op, std::int64_t count) {
  const KernelCost cost = gathers(op.ranks, engine_) ? cost_of(gathered(op)) : cost_of(op);
  add_other(*sum_, Work::kExpert, cost.seconds(), as_double(count));
}

double beyond(double limit, double work) {
  if (limit <= 0.0 || work <= 0.0) {
    return std::max(limit, 0.0);
  }
  const double ratio = limit / work;
  return work * (std::sqrt(std::sqrt(1.0 + fourth(ratio))) - 1.0);
}

double doublings(double nodes) { return nodes > 1.0 ? std::log2(nodes) : 0.0; }

}  // namespace redline::perf
