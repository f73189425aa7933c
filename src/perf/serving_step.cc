#include "perf/serving_step.h"

#include <algorithm>
#include <optional>

#include "perf/step_constants.h"
#include "workload/layer.h"

namespace redline::perf {
namespace {

constexpr std::size_t kTasks = 64;  // of a stage; few models have more

StepParts stage_parts(const ServingCosts& costs, const PassCost& stage,
                      const StepModel::Values& c) {
  StepParts parts;
  auto& s = parts.seconds;
  double matrix = stage.at(Work::kMatrix) * c[kServeMatrix];
  if (costs.core_cycles > 0.0) {
    matrix += beyond(stage.loads / (costs.core_cycles * c[kServeLoad]), matrix);
  }
  double attention = (stage.at(Work::kAttention) - stage.cached_s) * c[kServeAttention] +
                     stage.cached_s * c[kServeCache];
  const double reached = matrix + attention;
  if (reached < stage.floor_s && reached > 0.0) {
    matrix *= stage.floor_s / reached;
    attention *= stage.floor_s / reached;
  }
  s[index_of(Work::kMatrix)] = matrix;
  s[index_of(Work::kAttention)] = attention;
  s[index_of(Work::kVector)] = stage.at(Work::kVector) * c[kServeVector];
  const double exchange = stage.at(Work::kExpert) * costs.imbalance;
  if (costs.overlaps_experts && exchange > 0.0) {
    for (double& one : s) {
      one *= std::max(1.0, c[kServeOverlap]);
    }
  }
  const double compute = parts.total();
  const double raw = stage.at(Work::kMatrix) + stage.at(Work::kAttention) + stage.at(Work::kVector);
  parts.memory_s = raw > 0.0 ? stage.memory_s * compute / raw : 0.0;
  s[index_of(Work::kTensor)] = stage.at(Work::kTensor) * c[kServeMessages];
  s[index_of(Work::kContext)] = stage.at(Work::kContext) * c[kServeMessages];
  const double exposed = std::min(1.0, c[kServeExpert]);
  s[index_of(Work::kExpert)] =
      costs.overlaps_experts ? beside(exchange, compute, 0.0) : exchange * exposed;
  s[index_of(Work::kPipeline)] = stage.at(Work::kPipeline);
  s[index_of(Work::kHost)] = beyond(stage.launches * c[kServeLaunch], parts.total());
  return parts;
}

}  // namespace

ServingCosts serving_costs(const LlmModel& model, const ServingPlan& plan,
                           const InferenceRequest& request, const KernelModel& kernels,
                           const Engine& engine, const SheetRates& rates) {
  ServingCosts costs;
  costs.prompts = static_cast<double>(request.prefill.count);
  costs.imbalance = plan.imbalance;
  costs.core_cycles = rates.core_cycles;
  costs.overlaps_experts = plan.overlaps_experts;
  InferenceRequest asked = request;
  asked.precision = plan.precision;
  std::vector<Task> tasks;
  tasks.reserve(kTasks);
  std::optional<workload::LayerMix> before;  // of the stage before, where it is neither end
  for (const StageLayers& layers : stage_layers(model.shape.layers, plan.pipeline)) {
    Shard shard = plan.shard;
    shard.first_layer = layers.first;
    shard.end_layer = layers.end;
    shard.mtp = plan.shard.mtp && layers.end == model.shape.layers;
    if (layers.first > 0 && layers.end < model.shape.layers) {
      const workload::LayerMix mix = workload::layer_mix(model, shard);
      if (mix == before) {
        costs.stages.push_back(costs.stages.back());
        continue;
      }
      before = mix;
    }
    asked.draft_passes = shard.mtp ? request.draft_passes : 0;
    tasks.clear();
    workload::emit_inference(model, asked, shard, tasks);
    if (plan.imbalance > 1.0) {
      for (Task& task : tasks) {
        if (auto* grouped = std::get_if<GroupedGemm>(&task.op)) {
          grouped->rows =
              static_cast<std::int64_t>(static_cast<double>(grouped->rows) * plan.imbalance);
        }
      }
    }
    costs.stages.push_back(cost_of(tasks, kernels, engine, rates));
  }
  return costs;
}

StepParts serving_parts(const ServingCosts& costs, const StepModel::Values& c, double& slowest_s) {
  StepParts step;
  slowest_s = 0.0;
  for (const PassCost& stage : costs.stages) {
    const StepParts parts = stage_parts(costs, stage, c);
    for (std::size_t i = 0; i < kWorks; ++i) {
      step.seconds[i] += parts.seconds[i];
    }
    step.memory_s += parts.memory_s;
    slowest_s = std::max(slowest_s, parts.total());
  }
  const double fixed = c[kServeStep] + (costs.prompts > 0.0 ? c[kServePrompt] : 0.0);
  step.seconds[index_of(Work::kHost)] += fixed;
  slowest_s += fixed;
  return step;
}

}  // namespace redline::perf
