#include "perf/serving_step.h"

#include <algorithm>
#include <optional>

#include "perf/step_constants.h"
#include "workload/layer.h"

namespace redline::perf {
namespace {

StepParts stage_parts(const ServingCosts& costs, const PassCost& stage,
                      const StepModel::Values& c) {
  StepParts parts;
  auto& s = parts.seconds;
  // Kernels of a graph begin while those before them end; steps with prompts have none.
  const double left = costs.prompts > 0.0 ? 1.0 : std::min(1.0, c[kServeFixed]);
  double matrix = stage.moving(Work::kMatrix) * c[kServeMatrix];
  if (costs.prompts > 0.0) {
    matrix *= c[kServePrompts] * (costs.prompts_alone ? c[kServeAlone] : 1.0);
  }
  if (costs.core_cycles > 0.0) {
    matrix += beyond(stage.loads / (costs.core_cycles * c[kServeLoad]), matrix);
  }
  matrix += stage.fixed(Work::kMatrix) * left;
  double attention = (stage.moving(Work::kAttention) - stage.cached_s) * c[kServeAttention] +
                     stage.cached_s * c[kServeCache] + stage.fixed(Work::kAttention) * left;
  const double reached = matrix + attention;
  if (reached < stage.floor_s && reached > 0.0) {
    matrix *= stage.floor_s / reached;
    attention *= stage.floor_s / reached;
  }
  s[index_of(Work::kMatrix)] = matrix;
  s[index_of(Work::kAttention)] = attention;
  s[index_of(Work::kVector)] =
      stage.moving(Work::kVector) * c[kServeVector] + stage.fixed(Work::kVector) * left;
  const double exchange = stage.at(Work::kExpert) * (costs.gathers_experts ? 1.0 : costs.imbalance);
  if (costs.overlaps_experts && exchange > 0.0) {
    for (double& one : s) {
      one *= std::max(1.0, c[kServeOverlap]);
    }
  }
  const double compute = parts.total();
  const double raw = stage.at(Work::kMatrix) + stage.at(Work::kAttention) + stage.at(Work::kVector);
  parts.memory_s = raw > 0.0 ? stage.memory_s * compute / raw : 0.0;
  // Kernels of an engine's own for messages need links between the chips.
  const double messages =
      costs.over_host_bus ? std::max(1.0, c[kServeMessages]) : c[kServeMessages];
  s[index_of(Work::kTensor)] = stage.at(Work::kTensor) * messages;
  s[index_of(Work::kContext)] = stage.at(Work::kContext) * messages;
  const double exposed = costs.gathers_experts ? messages : std::min(1.0, c[kServeExpert]);
  s[index_of(Work::kExpert)] =
      costs.overlaps_experts ? beside(exchange, compute, 0.0) : exchange * exposed;
  s[index_of(Work::kPipeline)] = stage.at(Work::kPipeline);
  const double launch_s = c[costs.prompts > 0.0 ? kServePromptLaunch : kServeLaunch];
  const double host = stage.launches * launch_s + costs.sequences * c[kServeSequence];
  s[index_of(Work::kHost)] = beyond(host, parts.total());
  return parts;
}

}  // namespace

Shard shard_of_stage(const ServingPlan& plan, const LlmModel& model, int stage) {
  const StageLayers layers = stage_layers(model.shape.layers, plan.pipeline, stage);
  Shard shard = plan.shard;
  shard.first_layer = layers.first;
  shard.end_layer = layers.end;
  shard.mtp = plan.shard.mtp && layers.end == model.shape.layers;
  return shard;
}

ServingCosts serving_costs(const LlmModel& model, const ServingPlan& plan,
                           const InferenceRequest& request, const KernelModel& kernels,
                           const Engine& engine) {
  ServingCosts costs;
  costs.prompts = static_cast<double>(request.prefill.count);
  costs.sequences = static_cast<double>(request.prefill.count + request.decode.count);
  costs.imbalance = plan.imbalance;
  costs.rank_doublings = model.moe ? doublings(plan.shard.data) : 0.0;
  const Limits& limits = kernels.limits();
  costs.core_cycles = limits.cores * limits.clock;
  costs.overlaps_experts = plan.overlaps_experts;
  costs.prompts_alone = plan.prompts_alone;
  costs.gathers_experts = gathers(plan.shard.expert, engine);
  costs.over_host_bus = !limits.network.link.has_value();
  InferenceRequest asked = request;
  CostSum sum(kernels, engine);
  sum.set_imbalance(plan.imbalance);
  sum.set_beside_prompts(request.prefill.count > 0 && request.decode.count > 0);
  costs.stages.reserve(static_cast<std::size_t>(plan.pipeline));
  std::optional<workload::LayerMix> before;  // of the stage before, where it is neither end
  for (int place = 0; place < plan.pipeline; ++place) {
    const Shard shard = shard_of_stage(plan, model, place);
    if (place > 0 && place < plan.pipeline - 1) {
      const workload::LayerMix mix = workload::layer_mix(model, shard);
      if (mix == before) {
        costs.stages.push_back(costs.stages.back());
        continue;
      }
      before = mix;
    }
    asked.draft_passes = shard.mtp ? request.draft_passes : 0;
    sum.add_to(costs.stages.emplace_back());
    workload::emit_inference(workload::make_stage(model, shard, plan.precision), asked, sum);
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
  const double fixed = c[kServeStep] + (costs.prompts > 0.0 ? c[kServePrompt] : 0.0) +
                       c[kServeRanks] * costs.rank_doublings;
  step.seconds[index_of(Work::kHost)] += fixed;
  slowest_s += fixed;
  return step;
}

}  // namespace redline::perf
