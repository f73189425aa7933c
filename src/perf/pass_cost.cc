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
  if (begins(name, "kv_")) {
    return Work::kContext;
  }
  if (begins(name, "stage_send")) {
    return Work::kPipeline;
  }
  if (name == "expert_gather" || name == "expert_scatter") {
    return Work::kExpert;
  }
  const bool replicas = begins(name, "parameter_") || begins(name, "gradient_") ||
                        begins(name, "expert_") || begins(name, "table_");
  return replicas ? Work::kData : Work::kTensor;
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
  // Scores that are written to memory, where no kernel fuses them.
  const bool unfused =
      begins(task.name, "scores") || begins(task.name, "context") || begins(task.name, "softmax");
  if (unfused) {
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
    const KernelTime time = kernels.time(kernel_of(task.op, engine));
    const Work work = work_of(task);
    const double seconds = count * time.total.base();
    sum.seconds[index_of(work)] += seconds;
    sum.launches += count;
    if (work > Work::kVector) {
      continue;
    }
    sum.memory_s += time.bound == Bound::kMemory ? seconds : 0.0;
    if (work == Work::kVector) {
      continue;
    }
    sum.cached_s += reads_cache(task.op) ? seconds : 0.0;
    const double ops = matrix_ops(task.op).base();
    const double rate = rates.matrix[index_of(math_format_of(task.op))];
    const double bytes = least_bytes(task.op).base();
    const double least = std::max(rate > 0.0 ? ops / rate : 0.0, bytes / rates.bandwidth);
    sum.loads += work == Work::kMatrix ? count * bytes : 0.0;
    sum.ops += count * ops;
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
