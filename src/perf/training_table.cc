#include "perf/training_table.h"

#include <algorithm>

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

Shard shard_in_effect(const TrainingPlan& plan) {
  Shard shard = plan.shard;
  if (plan.pipeline > 1 && shard.zero == ZeroStage::kGradients) {
    shard.zero = ZeroStage::kOptimizer;
  }
  return shard;
}

void add(LayerCost& sum, const LayerCost& one, double count) {
  sum.forward.add(one.forward, count);
  sum.backward.add(one.backward, count);
  sum.weight.add(one.weight, count);
  sum.core.add(one.core, count);
}

void add(StageCost& sum, const ReplicaMessages& one, double count) {
  sum.forward.add(one.forward, count);
  sum.backward.add(one.backward, count);
}

}  // namespace

TableParts parts_for(const TrainingPlan& plan) {
  return {.weights = plan.schedule == Schedule::kZeroBubble || plan.schedule == Schedule::kDualPipe,
          .core = plan.request.recompute == Recompute::kSelective};
}

Pricer::Pricer(const LlmModel& model, const TrainingPlan& plan, const KernelModel& kernels,
               const Engine& engine, const SheetRates& rates)
    : model_(model),
      plan_(plan),
      shard_(shard_in_effect(plan)),
      kernels_(kernels),
      engine_(engine),
      rates_(rates),
      stage_(workload::training_stage(model, plan.request, plan.shard)),
      step_(workload::make_step(
          {.count = plan.request.sequences, .new_tokens = plan.request.tokens}, {}, stage_, false)),
      parameters_(workload::stage_parameters(model, plan.shard)) {
  constexpr std::size_t kTasks = 64;  // of a layer; few models have more
  tasks_.reserve(kTasks);
}

// `emit_pieces` is called with an emitter of either direction.
template <class Emit>
PassCost Pricer::pass(Emitter& emit, const Emit& emit_pieces) {
  tasks_.clear();
  emit_pieces(emit);
  return cost_of(tasks_, kernels_, engine_, rates_);
}

template <class Emit>
LayerCost Pricer::price(const Emit& emit_pieces, TableParts parts) {
  LayerCost cost;
  Emitter forward(stage_, Pass::kForward, tasks_);
  Emitter backward(stage_, Pass::kBackward, tasks_);
  cost.forward = pass(forward, emit_pieces);
  cost.backward = pass(backward, emit_pieces);
  if (engine_.hides_tensor || parts.weights) {
    std::erase_if(tasks_, [](const Task& task) { return !is_weight_gradient(task); });
    cost.weight = cost_of(tasks_, kernels_, engine_, rates_);
  }
  if (engine_.hides_tensor) {
    hide_messages(cost);
  }
  return cost;
}

LayerCost Pricer::layer(const LayerMix& mix, TableParts parts) {
  LayerCost cost =
      price([&](Emitter& emit) { workload::emit_layers(emit, stage_, step_, mix); }, parts);
  if (parts.core) {
    Emitter core(stage_, Pass::kForward, tasks_);
    cost.core = pass(core, [&](Emitter& emit) { workload::emit_core(emit, stage_, step_, mix); });
  }
  return cost;
}

LayerTable Pricer::layers(TableParts parts) {
  const LayerMix& whole = stage_.layers;
  LayerTable table;
  if (whole.dense > 0) {
    table.dense = layer({.full = 1, .dense = 1}, parts);
  }
  if (whole.experts > 0) {
    table.expert = layer({.full = 1, .experts = 1}, parts);
  }
  if (whole.windowed > 0) {
    const bool dense = whole.dense > 0;
    LayerMix mix{.windowed = 1};
    (dense ? mix.dense : mix.experts) = 1;
    table.windowed = layer(mix, parts);
    add(table.windowed, dense ? table.dense : table.expert, -1.0);
  }
  const auto emit_head = [&](Emitter& emit) {
    workload::emit_head(emit, stage_, step_, step_.tokens);
    workload::emit_loss(emit, stage_, step_.tokens);
  };
  table.embedding =
      price([&](Emitter& emit) { workload::emit_embedding(emit, stage_, step_); }, parts);
  table.head = price(emit_head, parts);
  if (stage_.mtp.all() > 0) {
    LayerMix mix{.full = 1};
    (stage_.mtp.experts > 0 ? mix.experts : mix.dense) = 1;
    table.mtp = price(
        [&](Emitter& emit) {
          workload::emit_mtp_input(emit, stage_, step_);
          workload::emit_layers(emit, stage_, step_, mix);
          emit_head(emit);
        },
        parts);
  }
  return table;
}

ReplicaMessages Pricer::messages(const HeldParameters& held) {
  const auto of = [&](Pass direction) {
    Emitter emit(stage_, direction, tasks_);
    return pass(emit, [&](Emitter& one) {
      workload::emit_unit_messages(one, stage_, held, {model_, plan_.request, shard_});
    });
  };
  return {of(Pass::kForward), of(Pass::kBackward)};
}

ReplicaTable Pricer::replicas() {
  ReplicaTable table;
  if (shard_.zero < ZeroStage::kGradients) {
    return table;
  }
  const LayerMix& whole = stage_.layers;
  table.dense = whole.dense > 0 ? messages(parameters_.dense_layer) : ReplicaMessages{};
  table.expert = whole.experts > 0 ? messages(parameters_.expert_layer) : ReplicaMessages{};
  table.ends = messages(parameters_.ends);
  table.mtp = stage_.mtp.all() > 0 ? messages(parameters_.mtp) : ReplicaMessages{};
  return table;
}

PassCost Pricer::update(const Shard& shard) {
  const Stage stage = workload::training_stage(model_, plan_.request, shard);
  Emitter emit(stage, Pass::kForward, tasks_);
  return pass(emit, [&](Emitter& one) {
    workload::emit_update(one, stage, {model_, plan_.request, shard});
  });
}

PassCost Pricer::send() {
  Stage middle = stage_;
  middle.first = middle.last = false;
  Emitter emit(middle, Pass::kForward, tasks_);
  return pass(emit, [&](Emitter& one) { workload::emit_stage_send(one, middle, step_); });
}

// What goes back to the layer before is sent beside gradients of weights; where ranks share
// sequences, what comes from the layer after is gathered first (Korthikanti et al. 2022, 4.2.2).
void Pricer::hide_messages(LayerCost& cost) const {
  double& messages = cost.backward.seconds[index_of(Work::kTensor)];
  const double first = stage_.sequence_parallel ? messages / 3.0 : 0.0;
  messages = first + beside(messages - first, cost.weight.at(Work::kMatrix), 0.0);
}

void set_passes(StageCost& cost, const LayerTable& table, const ReplicaTable& replicas,
                const LlmModel& model, const StageKind& kind, Recompute recompute,
                int recomputed_layers) {
  const LayerMix& mix = kind.mix;
  const auto all = static_cast<double>(mix.all());
  LayerCost layers;
  add(layers, table.dense, as_double(mix.dense));
  add(layers, table.expert, as_double(mix.experts));
  add(layers, table.windowed, as_double(mix.windowed));
  cost.forward = layers.forward;
  cost.backward = layers.backward;
  cost.weight = layers.weight;
  cost.again_ops = 0.0;
  switch (recompute) {
    case Recompute::kNone:
      break;
    case Recompute::kSelective:
      cost.backward += layers.core;
      cost.again_ops = layers.core.ops;
      break;
    case Recompute::kFull: {
      const double share =
          recomputed_layers > 0 ? std::min(1.0, recomputed_layers / std::max(all, 1.0)) : 1.0;
      cost.backward.add(layers.forward, share);
      cost.again_ops = share * layers.forward.ops;
      break;
    }
  }
  add(cost, replicas.dense, as_double(mix.dense));
  add(cost, replicas.expert, as_double(mix.experts));
  const auto end = [&](const LayerCost& one, double count) {
    cost.forward.add(one.forward, count);
    cost.backward.add(one.backward, count);
    cost.weight.add(one.weight, count);
  };
  if (kind.first) {
    end(table.embedding, 1.0);
  }
  if (kind.last) {
    end(table.head, 1.0);
    add(cost, replicas.ends, 1.0);
    if (kind.shard.mtp && model.mtp) {
      end(table.mtp, model.mtp->layers);
      add(cost, replicas.mtp, model.mtp->layers);
    }
  }
}

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

std::vector<StageKind> stage_kinds(const LlmModel& model, const TrainingPlan& plan) {
  std::vector<StageKind> kinds;
  int place = 0;
  for (const StageLayers& layers : stage_layers(model.shape.layers, plan.pipeline)) {
    StageKind kind;
    kind.shard = shard_of_stage(plan, model, layers);
    kind.mix = workload::layer_mix(model, kind.shard);
    kind.first = layers.first == 0;
    kind.last = layers.end == model.shape.layers;
    kind.place = place++;
    kind.count = 1;
    const auto same = std::find_if(kinds.begin(), kinds.end(), [&](const StageKind& other) {
      return other.first == kind.first && other.last == kind.last && other.mix == kind.mix;
    });
    if (same != kinds.end()) {
      ++same->count;
    } else {
      kinds.push_back(kind);
    }
  }
  return kinds;
}

}  // namespace redline::perf
