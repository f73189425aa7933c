#include "perf/training_step.h"

#include <algorithm>
#include <cmath>

#include "perf/step_constants.h"
#include "workload/training.h"

namespace redline::perf {
namespace {

using workload::Emitter;
using workload::LayerMix;
using workload::Pass;
using workload::Stage;

bool is_weight_gradient(const Task& task) {
  constexpr std::string_view kEnd = "_wgrad";
  return task.name.size() > kEnd.size() && task.name.substr(task.name.size() - kEnd.size()) == kEnd;
}

// Schedules that put gradients of weights where a rank would stand idle.
bool fills_with_weights(Schedule schedule) {
  return schedule == Schedule::kZeroBubble || schedule == Schedule::kDualPipe;
}

// A pipeline adds up the gradients of its microbatches in whole, so that stage 2 of ZeRO sends and
// keeps what stage 1 does.
Shard shard_in_effect(const TrainingPlan& plan) {
  Shard shard = plan.shard;
  if (plan.pipeline > 1 && shard.zero == ZeroStage::kGradients) {
    shard.zero = ZeroStage::kOptimizer;
  }
  return shard;
}

// Lowers pieces of a model and sums their costs.
class Pricer {
 public:
  Pricer(const LlmModel& model, const TrainingPlan& plan, const KernelModel& kernels,
         const Engine& engine, const SheetRates& rates)
      : model_(model),
        plan_(plan),
        shard_(shard_in_effect(plan)),
        kernels_(kernels),
        engine_(engine),
        rates_(rates),
        stage_(workload::training_stage(model, plan.request, plan.shard)),
        step_(workload::make_step(
            {.count = plan.request.sequences, .new_tokens = plan.request.tokens}, {}, stage_,
            false)),
        parameters_(workload::stage_parameters(model, plan.shard)) {
    tasks_.reserve(64);
  }

  [[nodiscard]] const Stage& stage() const { return stage_; }

  // `emit` is called with an emitter of either direction.
  template <class Emit>
  LayerCost price(const Emit& emit, const HeldParameters& held) {
    LayerCost cost;
    cost.forward = pass(Pass::kForward, emit, held);
    cost.backward = pass(Pass::kBackward, emit, held);
    if (engine_.hides_tensor || fills_with_weights(plan_.schedule)) {
      std::erase_if(tasks_, [](const Task& task) { return !is_weight_gradient(task); });
      cost.weight = cost_of(tasks_, kernels_, engine_, rates_);
    }
    if (engine_.hides_tensor) {
      hide_messages(cost);
    }
    return cost;
  }

  LayerCost layer(const LayerMix& mix) {
    const HeldParameters& held =
        mix.experts > 0 ? parameters_.expert_layer : parameters_.dense_layer;
    LayerCost cost =
        price([&](Emitter& emit) { workload::emit_layers(emit, stage_, step_, mix); }, held);
    if (plan_.request.recompute == Recompute::kSelective) {
      tasks_.clear();
      Emitter core(stage_, Pass::kForward, tasks_);
      workload::emit_core(core, stage_, step_, mix);
      cost.core = cost_of(tasks_, kernels_, engine_, rates_);
    }
    return cost;
  }

  LayerCost embedding() {
    return price([&](Emitter& emit) { workload::emit_embedding(emit, stage_, step_); }, {});
  }
  LayerCost head() {
    return price(
        [&](Emitter& emit) {
          workload::emit_head(emit, stage_, step_, step_.tokens);
          workload::emit_loss(emit, stage_, step_.tokens);
        },
        parameters_.ends);
  }
  LayerCost mtp() {
    LayerMix mix{.full = 1};
    (stage_.mtp.experts > 0 ? mix.experts : mix.dense) = 1;
    return price(
        [&](Emitter& emit) {
          workload::emit_mtp_input(emit, stage_, step_);
          workload::emit_layers(emit, stage_, step_, mix);
          workload::emit_head(emit, stage_, step_, step_.tokens);
          workload::emit_loss(emit, stage_, step_.tokens);
        },
        parameters_.mtp);
  }
  // What a stage of these layers does once a step.
  PassCost update(const Shard& shard) {
    tasks_.clear();
    const Stage stage = workload::training_stage(model_, plan_.request, shard);
    Emitter emit(stage, Pass::kForward, tasks_);
    workload::emit_update(emit, stage, {model_, plan_.request, shard});
    return cost_of(tasks_, kernels_, engine_, rates_);
  }
  PassCost send() {
    tasks_.clear();
    Stage middle = stage_;
    middle.first = middle.last = false;
    Emitter emit(middle, Pass::kForward, tasks_);
    workload::emit_stage_send(emit, middle, step_);
    return cost_of(tasks_, kernels_, engine_, rates_);
  }

 private:
  template <class Emit>
  PassCost pass(Pass direction, const Emit& emit_pieces, const HeldParameters& held) {
    tasks_.clear();
    Emitter emit(stage_, direction, tasks_);
    emit_pieces(emit);
    emit.repeat(1);
    workload::emit_unit_messages(emit, stage_, held, {model_, plan_.request, shard_});
    return cost_of(tasks_, kernels_, engine_, rates_);
  }

  // What goes back to the layer before is sent beside gradients of weights; where ranks share
  // sequences, what comes from the layer after is gathered first (Korthikanti et al. 2022, 4.2.2).
  void hide_messages(LayerCost& cost) const {
    double& messages = cost.backward.seconds[index_of(Work::kTensor)];
    const double first = stage_.sequence_parallel ? messages / 3.0 : 0.0;
    messages = first + beside(messages - first, cost.weight.at(Work::kMatrix), 0.0);
  }

  const LlmModel& model_;
  const TrainingPlan& plan_;
  const Shard shard_;
  const KernelModel& kernels_;
  const Engine& engine_;
  const SheetRates& rates_;
  Stage stage_;
  workload::Step step_;
  workload::StageParameters parameters_;
  std::vector<Task> tasks_;
};

void add(LayerCost& sum, const LayerCost& one, double count) {
  sum.forward.add(one.forward, count);
  sum.backward.add(one.backward, count);
  sum.weight.add(one.weight, count);
  sum.core.add(one.core, count);
}

TrainingTable make_training_table(Pricer& pricer, const TrainingPlan& plan) {
  const LayerMix& whole = pricer.stage().layers;
  TrainingTable table;
  if (whole.dense > 0) {
    table.dense = pricer.layer({.full = 1, .dense = 1});
  }
  if (whole.experts > 0) {
    table.expert = pricer.layer({.full = 1, .experts = 1});
  }
  if (whole.windowed > 0) {
    const bool dense = whole.dense > 0;
    LayerMix mix{.windowed = 1};
    (dense ? mix.dense : mix.experts) = 1;
    table.windowed = pricer.layer(mix);
    add(table.windowed, dense ? table.dense : table.expert, -1.0);
  }
  table.embedding = pricer.embedding();
  table.head = pricer.head();
  if (pricer.stage().mtp.all() > 0) {
    table.mtp = pricer.mtp();
  }
  if (plan.pipeline > 1) {
    table.send = pricer.send();
  }
  return table;
}

// A stage's share of the table.
StageCost stage_cost(const TrainingTable& table, const LlmModel& model, const TrainingPlan& plan,
                     const Shard& shard) {
  const LayerMix mix = workload::layer_mix(model, shard);
  const auto all = static_cast<double>(mix.all());
  LayerCost layers;
  add(layers, table.dense, as_double(mix.dense));
  add(layers, table.expert, as_double(mix.experts));
  add(layers, table.windowed, as_double(mix.windowed));
  StageCost cost;
  cost.forward = layers.forward;
  cost.backward = layers.backward;
  cost.weight = layers.weight;
  switch (plan.request.recompute) {
    case Recompute::kNone:
      break;
    case Recompute::kSelective:
      cost.backward += layers.core;
      cost.again_ops = layers.core.ops;
      break;
    case Recompute::kFull: {
      const double share = plan.recomputed_layers > 0
                               ? std::min(1.0, plan.recomputed_layers / std::max(all, 1.0))
                               : 1.0;
      PassCost again = layers.forward;
      again.seconds[index_of(Work::kData)] = 0.0;  // parameters are there for the gradients anyway
      cost.backward.add(again, share);
      cost.again_ops = share * again.ops;
      break;
    }
  }
  const auto end = [&](const LayerCost& one, double count) {
    cost.forward.add(one.forward, count);
    cost.backward.add(one.backward, count);
    cost.weight.add(one.weight, count);
  };
  if (shard.first_layer == 0) {
    end(table.embedding, 1.0);
  }
  if (shard.end_layer == model.shape.layers) {
    end(table.head, 1.0);
    if (shard.mtp && model.mtp) {
      end(table.mtp, model.mtp->layers);
    }
  }
  return cost;
}

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

}  // namespace

std::vector<StageLayers> stage_layers(int layers, int stages) {
  const int most = (layers + stages - 1) / stages;
  std::vector<int> counts(static_cast<std::size_t>(stages), most);
  int lacking = most * stages - layers;
  for (int i = 0; lacking > 0; ++i, --lacking) {  // last, first, last but one, second …
    const int place = i % 2 == 0 ? stages - 1 - i / 2 : i / 2;
    --counts[static_cast<std::size_t>(place)];
  }
  std::vector<StageLayers> found;
  int first = 0;
  for (const int count : counts) {
    found.push_back({first, first + count});
    first += count;
  }
  return found;
}

Shard shard_of_stage(const TrainingPlan& plan, const LlmModel& model, const StageLayers& layers) {
  Shard shard = shard_in_effect(plan);
  shard.first_layer = layers.first;
  shard.end_layer = layers.end;
  shard.mtp = plan.shard.mtp && layers.end == model.shape.layers;
  return shard;
}

TrainingCosts training_costs(const LlmModel& model, const TrainingPlan& plan,
                             const KernelModel& kernels, const Engine& engine,
                             const SheetRates& rates) {
  Pricer pricer(model, plan, kernels, engine, rates);
  const TrainingTable table = make_training_table(pricer, plan);
  TrainingCosts costs;
  costs.send = table.send;
  costs.microbatches = as_double(plan.request.microbatches);
  costs.stages_in_all = plan.pipeline;
  costs.virtual_stages = plan.schedule == Schedule::kInterleaved ? plan.virtual_stages : 1;
  costs.schedule = plan.schedule;
  costs.overlaps_experts = engine.overlaps_experts || plan.schedule == Schedule::kDualPipe;
  const int node = plan.shard.node_ranks;
  const Shard shared = shard_in_effect(plan);
  if (shared.zero == ZeroStage::kOptimizer || shared.zero == ZeroStage::kGradients) {
    costs.parts = workload::split_from(ZeroStage::kOptimizer, shared, plan.shard.data) - 1.0;
  }
  costs.nodes = node > 0 ? std::ceil(static_cast<double>(plan.chips()) / node) : 1.0;
  struct Kind {
    bool first, last;
    LayerMix mix;
  };
  std::vector<Kind> kinds;
  for (const StageLayers& layers : stage_layers(model.shape.layers, plan.pipeline)) {
    const Shard shard = shard_of_stage(plan, model, layers);
    const LayerMix mix = workload::layer_mix(model, shard);
    const Kind kind{layers.first == 0, layers.end == model.shape.layers, mix};
    const auto same = std::find_if(kinds.begin(), kinds.end(), [&](const Kind& other) {
      return other.first == kind.first && other.last == kind.last && other.mix == mix;
    });
    if (same != kinds.end()) {
      ++costs.counts[static_cast<std::size_t>(same - kinds.begin())];
      continue;
    }
    kinds.push_back(kind);
    StageCost cost = stage_cost(table, model, plan, shard);
    cost.data = pricer.update(shard);
    cost.optimizer_s = cost.data.at(Work::kOptimizer) + cost.data.at(Work::kVector);
    costs.stages.push_back(cost);
    costs.counts.push_back(1);
  }
  return costs;
}

Exposed exposed_of(const TrainingCosts& costs, const StepModel::Values& c) {
  const auto share = [&c](std::size_t constant) { return std::min(1.0, c[constant]); };
  return {share(kTrainTensor), share(kTrainContext),
          costs.overlaps_experts ? 0.0 : share(kTrainExpert), share(kTrainPipeline),
          share(kTrainData)};
}

StepParts training_parts(const TrainingCosts& costs, const StepModel::Values& c) {
  StepParts slowest;
  const StageCost* slow = nullptr;
  double all = 0.0;
  for (std::size_t i = 0; i < costs.stages.size(); ++i) {
    const StepParts parts = stage_parts(costs, costs.stages[i], c);
    all += costs.counts[i] * parts.total();
    if (slow == nullptr || parts.total() > slowest.total()) {
      slowest = parts;
      slow = &costs.stages[i];
    }
  }
  const double pace = slowest.total();
  const double m = costs.microbatches;
  StepParts step = slowest;
  for (double& one : step.seconds) {
    one *= m;
  }
  step.memory_s *= m;
  auto& s = step.seconds;
  if (costs.stages_in_all > 1.0) {
    const double weight = compute_of(slow->weight, c).all();
    const double forward = compute_of(slow->forward, c).all();
    s[index_of(Work::kBubble)] = bubble(costs, all - pace, weight, forward, pace);
    const double one_way = costs.send.at(Work::kPipeline);
    // Both directions of every microbatch and chunk, and the way of the first one through all.
    s[index_of(Work::kPipeline)] =
        2.0 * one_way *
        (m * costs.virtual_stages * std::min(1.0, c[kTrainPipeline]) + costs.stages_in_all - 1.0);
  }
  const double hides = compute_of(slow->backward, c).all();
  const double replicas = slow->data.at(Work::kData) + slow->data.at(Work::kTensor);
  s[index_of(Work::kData)] += beside(replicas, hides, c[kTrainData]) + costs.parts * c[kTrainPart];
  s[index_of(Work::kOptimizer)] = slow->optimizer_s;
  s[index_of(Work::kHost)] += c[kTrainFixed];
  s[index_of(Work::kHost)] += step.total() * c[kTrainSpread] * doublings(costs.nodes);
  return step;
}

}  // namespace redline::perf
