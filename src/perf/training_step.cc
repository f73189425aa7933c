#include "perf/training_step.h"

#include <algorithm>
#include <cmath>

#include "perf/step_constants.h"
#include "workload/training.h"

namespace redline::perf {
namespace {

// Work that occupies the cores of a pass, after stretching, never below its roofline.
struct Compute {
  double matrix, attention, vector;
  [[nodiscard]] double all() const { return matrix + attention + vector; }
};
Compute compute_of(const PassCost& cost, const StepModel::Values& c) {
  Compute found{cost.at(Work::kMatrix) * c[kTrainMatrix],
                cost.at(Work::kAttention) * c[kTrainAttention],
                cost.at(Work::kVector) * c[kTrainVector]};
  const double reached = found.matrix + found.attention;
  if (reached < cost.floor_s && reached > 0.0) {
    found.matrix *= cost.floor_s / reached;
    found.attention *= cost.floor_s / reached;
  }
  return found;
}

// Messages beside work take cores from it.
void slow_down(StepParts& parts, double stretch) {
  for (double& one : parts.seconds) {
    one *= stretch;
  }
  parts.memory_s *= stretch;
}

// Both passes of one microbatch on one stage, by work.
StepParts stage_parts(const TrainingCosts& costs, const StageCost& stage,
                      const StepModel::Values& c) {
  PassCost both = stage.forward;
  both += stage.backward;
  const Compute compute = compute_of(both, c);
  StepParts parts;
  auto& s = parts.seconds;
  s[index_of(Work::kMatrix)] = compute.matrix;
  s[index_of(Work::kAttention)] = compute.attention;
  s[index_of(Work::kVector)] = compute.vector;
  const double raw = both.at(Work::kMatrix) + both.at(Work::kAttention) + both.at(Work::kVector);
  parts.memory_s = raw > 0.0 ? both.memory_s * compute.all() / raw : 0.0;
  s[index_of(Work::kTensor)] = both.at(Work::kTensor) * std::min(1.0, c[kTrainTensor]);
  s[index_of(Work::kContext)] = both.at(Work::kContext) * std::min(1.0, c[kTrainContext]);
  const double exchange = both.at(Work::kExpert);
  if (costs.overlaps_experts && exchange > 0.0) {
    slow_down(parts, c[kTrainOverlap]);
  }
  s[index_of(Work::kExpert)] = costs.overlaps_experts ? beside(exchange, parts.total(), 0.0)
                                                      : exchange * std::min(1.0, c[kTrainExpert]);
  s[index_of(Work::kData)] =
      beside(both.at(Work::kData), compute.all(), 0.0) +
      std::min(both.at(Work::kData), compute.all()) * std::min(1.0, c[kTrainData]);
  const double host = both.launches * c[kTrainLaunch];
  s[index_of(Work::kHost)] = beyond(host, parts.total());
  return parts;
}

// Seconds that the ranks of a pipeline stand idle, beyond the work of the slowest stage.
double bubble(const TrainingCosts& costs, double others, double weight, double forward,
              double slowest) {
  const double stages = costs.stages_in_all;
  switch (costs.schedule) {
    case Schedule::kGpipe:
    case Schedule::kOneForwardOneBackward:
      return others;
    case Schedule::kInterleaved:
      return others / costs.virtual_stages;
    case Schedule::kZeroBubble:  // H1: two gradients of weights fill each gap
      return std::max(0.0, others - 2.0 * weight * (stages - 1.0));
    case Schedule::kDualPipe: {  // (p/2 - 1)(F&B + B - 3W)
      const double backward = slowest - forward;
      return std::max(0.0, (0.5 * stages - 1.0) * (slowest + backward - 3.0 * weight));
    }
  }
  return others;
}

// Parts of the parameters that other replicas update.
double parts_handed_round(const Shard& shard) {
  const bool updates_parts =
      shard.zero == ZeroStage::kOptimizer || shard.zero == ZeroStage::kGradients;
  return updates_parts ? workload::split_from(ZeroStage::kOptimizer, shard, shard.data) - 1.0 : 0.0;
}

}  // namespace

TrainingCosts update_costs(const TrainingPlan& plan, const std::vector<StageKind>& kinds,
                           Pricer& pricer) {
  TrainingCosts costs;
  costs.stages_in_all = plan.pipeline;
  const int node = plan.shard.node_ranks;
  costs.nodes = node > 0 ? std::ceil(static_cast<double>(plan.chips()) / node) : 1.0;
  costs.parts = parts_handed_round(kinds.front().shard);
  costs.stages.resize(kinds.size());
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    StageCost& cost = costs.stages[i];
    cost.data = pricer.update(kinds[i]);
    cost.optimizer_s = cost.data.at(Work::kOptimizer) + cost.data.at(Work::kVector);
    cost.count = kinds[i].count;
  }
  return costs;
}

void set_order(TrainingCosts& costs, const TrainingPlan& plan, const Engine& engine) {
  costs.schedule = plan.schedule;
  costs.virtual_stages = plan.schedule == Schedule::kInterleaved ? plan.virtual_stages : 1;
  costs.overlaps_experts = engine.overlaps_experts || plan.schedule == Schedule::kDualPipe;
}

TrainingCosts training_costs(const LlmModel& model, const TrainingPlan& plan,
                             const std::vector<StageKind>& kinds, Pricer& pricer,
                             const Engine& engine) {
  const LayerTable table = pricer.layers(parts_for(plan));
  const std::optional<ReplicaTable> replicas = pricer.replicas();
  TrainingCosts costs = update_costs(plan, kinds, pricer);
  if (plan.pipeline > 1) {
    costs.send = pricer.send();
  }
  costs.microbatches = as_double(plan.request.microbatches);
  set_order(costs, plan, engine);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    set_passes(costs.stages[i], table, replicas, model, kinds[i], plan.request.recompute,
               plan.recomputed_layers);
  }
  return costs;
}

TrainingCosts training_costs(const LlmModel& model, const TrainingPlan& plan,
                             const KernelModel& kernels, const Engine& engine) {
  const workload::Stage whole = whole_stage(model, plan);
  Pricer pricer(model, plan, whole, kernels, engine);
  return training_costs(model, plan, stage_kinds(model, plan, whole), pricer, engine);
}

Exposed exposed_of(const TrainingCosts& costs, const StepModel::Values& c) {
  const auto share = [&c](std::size_t constant) { return std::min(1.0, c[constant]); };
  return {share(kTrainTensor), share(kTrainContext),
          costs.overlaps_experts ? 0.0 : share(kTrainExpert), share(kTrainPipeline),
          share(kTrainData)};
}

StageTimes stage_times(const TrainingCosts& costs, const StepModel::Values& c) {
  StageTimes times;
  const StageCost* slow = nullptr;
  double all = 0.0;
  for (std::size_t i = 0; i < costs.stages.size(); ++i) {
    const StepParts parts = stage_parts(costs, costs.stages[i], c);
    const double total = parts.total();
    all += costs.stages[i].count * total;
    if (slow == nullptr || total > times.pace) {
      times.slowest = parts;
      times.pace = total;
      slow = &costs.stages[i];
    }
  }
  times.others = all - times.pace;
  if (costs.stages_in_all > 1.0) {
    times.weight = compute_of(slow->weight, c).all();
    times.forward = compute_of(slow->forward, c).all();
  }
  const double hides = compute_of(slow->backward, c).all();
  const double replicas = slow->data.at(Work::kData) + slow->data.at(Work::kTensor);
  times.replicas = beside(replicas, hides, c[kTrainData]) + costs.parts * c[kTrainPart];
  times.optimizer = slow->optimizer_s;
  return times;
}

StepParts step_of(const TrainingCosts& costs, const StageTimes& times, const StepModel::Values& c) {
  const double m = costs.microbatches;
  StepParts step = times.slowest;
  for (double& one : step.seconds) {
    one *= m;
  }
  step.memory_s *= m;
  auto& s = step.seconds;
  if (costs.stages_in_all > 1.0) {
    s[index_of(Work::kBubble)] =
        bubble(costs, times.others, times.weight, times.forward, times.pace);
    const double one_way = costs.send.at(Work::kPipeline);
    // Both directions of every microbatch and chunk, and the way of the first one through all.
    s[index_of(Work::kPipeline)] =
        2.0 * one_way *
        (m * costs.virtual_stages * std::min(1.0, c[kTrainPipeline]) + costs.stages_in_all - 1.0);
  }
  s[index_of(Work::kData)] += times.replicas;
  s[index_of(Work::kOptimizer)] = times.optimizer;
  s[index_of(Work::kHost)] += c[kTrainFixed];
  s[index_of(Work::kHost)] += step.total() * c[kTrainSpread] * doublings(costs.nodes);
  return step;
}

StepParts training_parts(const TrainingCosts& costs, const StepModel::Values& c) {
  return step_of(costs, stage_times(costs, c), c);
}

}  // namespace redline::perf
