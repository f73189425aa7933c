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
    default:
      return begins(name, "table_") ? Work::kData : Work::kTensor;
  }
}

// Scores that are written to memory, where no kernel fuses them.
bool is_unfused_attention(std::string_view name) {
  const char initial = name.front();
  return (initial == 's' && (begins(name, "scores") || begins(name, "softmax"))) ||
         (initial == 'c' && begins(name, "context"));
}

bool reads_cache(const Operator& op) {
  const auto* attention = std::get_if<Attention>(&op);
  return attention != nullptr && attention->phase == Attention::Phase::kDecode;
}

}  // namespace

Work work_of(const Task& task) {
  if (std::holds_alternative<Collective>(task.op)) {
    return work_of_message(task.name);
  }
  if (std::holds_alternative<ExpertExchange>(task.op)) {
    return Work::kExpert;
  }
  if (std::holds_alternative<Attention>(task.op)) {
    return Work::kAttention;
  }
  if (is_unfused_attention(task.name)) {
    return Work::kAttention;
  }
  if (const auto* stream = std::get_if<Stream>(&task.op)) {
    return stream->kind == Stream::Kind::kOptimizer ? Work::kOptimizer : Work::kVector;
  }
  return Work::kMatrix;
}

Kernel kernel_of(const Operator& op, const Engine& engine) {
  Kernel kernel;
  kernel.op = op;
  Execution& how = kernel.how;
  const auto product = [&](Format math) {
    const bool narrow = bytes_per_element(math) <= 1.0;
    how.library = narrow ? engine.narrow_gemm : engine.wide_gemm;
    how.scaling = narrow ? engine.scaling : Scaling::kNone;
  };
  if (const auto* gemm = std::get_if<Gemm>(&op)) {
    product(gemm->math);
  } else if (const auto* grouped = std::get_if<GroupedGemm>(&op)) {
    product(grouped->math);
    how.library = Library::kDeepgemm;
  } else if (const auto* attention = std::get_if<Attention>(&op)) {
    how.library = attention->latent ? Library::kFlashmla : engine.attention;
  } else if (std::holds_alternative<Collective>(op)) {
    how.library = Library::kNccl;
  } else if (std::holds_alternative<ExpertExchange>(op)) {
    how.library = Library::kDeepep;
  } else {
    how.library = Library::kTorch;
  }
  return kernel;
}

PassCost cost_of(std::span<const Task> tasks, const KernelModel& kernels, const Engine& engine,
                 const SheetRates& rates) {
  PassCost sum;
  for (const Task& task : tasks) {
    const auto count = as_double(task.count);
    const KernelCost cost = kernels.cost(kernel_of(task.op, engine));
    const Work work = work_of(task);
    const double seconds = count * cost.seconds();
    sum.seconds[index_of(work)] += seconds;
    sum.launches += count;
    if (work > Work::kVector) {
      continue;
    }
    const double most = *std::max_element(cost.parts.begin(), cost.parts.end());
    sum.memory_s += cost.parts[static_cast<std::size_t>(Bound::kMemory)] >= most ? seconds : 0.0;
    if (work == Work::kVector) {
      continue;
    }
    sum.cached_s += reads_cache(task.op) ? seconds : 0.0;
    const double rate = rates.matrix[index_of(math_format_of(task.op))];
    const double least = std::max(rate > 0.0 ? cost.ops / rate : 0.0, cost.bytes / rates.bandwidth);
    sum.loads += work == Work::kMatrix ? count * cost.bytes : 0.0;
    sum.ops += count * cost.ops;
    sum.floor_s += count * least;
  }
  return sum;
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
