#include "perf/training_table.h"

#include <algorithm>

#include "workload/training.h"

namespace redline::perf {
namespace {

using workload::Emitter;
using workload::LayerMix;
using workload::Pass;

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

// Calls with each part of a table that is of layers, and how many of them there are.
template <class Visit>
void for_layers(const LayerTable& table, const LayerMix& mix, const Visit& visit) {
  visit(table.dense, as_double(mix.dense));
  if (table.expert) {
    visit(*table.expert, as_double(mix.experts));
  }
  if (table.windowed) {
    visit(*table.windowed, as_double(mix.windowed));
  }
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

Pricer::Pricer(const LlmModel& model, const TrainingPlan& plan, const workload::Stage& whole,
               const KernelModel& kernels, const Engine& engine)
    : model_(model),
      plan_(plan),
      shard_(shard_in_effect(plan)),
      engine_(engine),
      stage_(whole),
      step_(workload::make_step(
          {.count = plan.request.sequences, .new_tokens = plan.request.tokens}, {}, stage_, false)),
      costs_(kernels, engine) {}

template <class Emit>
void Pricer::pass(PassCost& sum, Pass direction, const Emit& emit_pieces, PassCost* weight) {
  costs_.add_to(sum, weight);
  Emitter emit(stage_, direction, costs_);
  emit_pieces(emit);
}

// `emit_pieces` is called with an emitter of either direction.
template <class Emit>
void Pricer::price(LayerCost& cost, const Emit& emit_pieces, TableParts parts) {
  const bool weights = engine_.hides_tensor || parts.weights;
  pass(cost.forward, Pass::kForward, emit_pieces);
  pass(cost.backward, Pass::kBackward, emit_pieces, weights ? &cost.weight : nullptr);
  if (engine_.hides_tensor) {
    hide_messages(cost);
  }
}

void Pricer::layer(LayerCost& cost, const LayerMix& mix, TableParts parts) {
  price(
      cost, [&](Emitter& emit) { workload::emit_layers(emit, stage_, step_, mix); }, parts);
  if (parts.core) {
    pass(cost.core, Pass::kForward,
         [&](Emitter& emit) { workload::emit_core(emit, stage_, step_, mix); });
  }
}

LayerTable Pricer::layers(TableParts parts) {
  const LayerMix& whole = stage_.layers;
  LayerTable table;
  if (whole.dense > 0) {
    layer(table.dense, {.full = 1, .dense = 1}, parts);
  }
  if (whole.experts > 0) {
    layer(table.expert.emplace(), {.full = 1, .experts = 1}, parts);
  }
  if (whole.windowed > 0) {
    const bool dense = whole.dense > 0;
    LayerMix mix{.windowed = 1};
    (dense ? mix.dense : mix.experts) = 1;
    layer(table.windowed.emplace(), mix, parts);
    add(*table.windowed, dense ? table.dense : *table.expert, -1.0);
  }
  const auto emit_head = [&](Emitter& emit) {
    workload::emit_head(emit, stage_, step_, step_.tokens);
    workload::emit_loss(emit, stage_, step_.tokens);
  };
  price(
      table.embedding, [&](Emitter& emit) { workload::emit_embedding(emit, stage_, step_); },
      parts);
  price(table.head, emit_head, parts);
  if (stage_.mtp.all() > 0) {
    LayerMix mix{.full = 1};
    (stage_.mtp.experts > 0 ? mix.experts : mix.dense) = 1;
    price(
        table.mtp.emplace(),
        [&](Emitter& emit) {
          workload::emit_mtp_input(emit, stage_, step_);
          workload::emit_layers(emit, stage_, step_, mix);
          emit_head(emit);
        },
        parts);
  }
  return table;
}

void Pricer::messages(ReplicaMessages& sum, const HeldParameters& held) {
  const auto emit_all = [&](Emitter& emit) {
    workload::emit_unit_messages(emit, stage_, held, {model_, plan_.request, shard_});
  };
  pass(sum.forward, Pass::kForward, emit_all);
  pass(sum.backward, Pass::kBackward, emit_all);
}

std::optional<ReplicaTable> Pricer::replicas() {
  std::optional<ReplicaTable> found;
  if (shard_.zero < ZeroStage::kGradients) {
    return found;
  }
  ReplicaTable& table = found.emplace();
  const LayerMix& whole = stage_.layers;
  const workload::StageParameters held = workload::stage_parameters(model_, stage_);
  if (whole.dense > 0) {
    messages(table.dense, held.dense_layer);
  }
  if (whole.experts > 0) {
    messages(table.expert, held.expert_layer);
  }
  messages(table.ends, held.ends);
  if (stage_.mtp.all() > 0) {
    messages(table.mtp, held.mtp);
  }
  return found;
}

PassCost Pricer::update(const StageKind& kind) {
  const workload::Replica replica{model_, plan_.request, kind.shard};
  PassCost sum;
  pass(sum, Pass::kForward, [&](Emitter& emit) {
    if (kind.first != kind.last) {
      workload::emit_table_sum(emit, stage_, replica);
    }
    workload::emit_update(emit, stage_, kind.held, replica);
  });
  return sum;
}

PassCost Pricer::send() {
  PassCost sum;
  pass(sum, Pass::kForward, [&](Emitter& emit) { workload::emit_stage_send(emit, stage_, step_); });
  return sum;
}

// What goes back to the layer before is sent beside gradients of weights; where ranks share
// sequences, what comes from the layer after is gathered first (Korthikanti et al. 2022, 4.2.2).
void Pricer::hide_messages(LayerCost& cost) const {
  double& messages = cost.backward.seconds[index_of(Work::kTensor)];
  const double first = stage_.sequence_parallel ? messages / 3.0 : 0.0;
  messages = first + beside(messages - first, cost.weight.at(Work::kMatrix), 0.0);
}

void set_passes(StageCost& cost, const LayerTable& table,
                const std::optional<ReplicaTable>& replicas, const LlmModel& model,
                const StageKind& kind, Recompute recompute, int recomputed_layers) {
  const LayerMix& mix = kind.mix;
  cost.forward = cost.backward = cost.weight = {};
  cost.again_ops = 0.0;
  const auto add_all = [&](const LayerCost& one, double count) {
    cost.forward.add(one.forward, count);
    cost.backward.add(one.backward, count);
    cost.weight.add(one.weight, count);
  };
  for_layers(table, mix, add_all);
  switch (recompute) {
    case Recompute::kNone:
      break;
    case Recompute::kSelective: {
      PassCost core;
      for_layers(table, mix,
                 [&](const LayerCost& one, double count) { core.add(one.core, count); });
      cost.backward += core;
      cost.again_ops = core.ops;
      break;
    }
    case Recompute::kFull: {
      const double all = std::max(as_double(mix.all()), 1.0);
      const double share = recomputed_layers > 0 ? std::min(1.0, recomputed_layers / all) : 1.0;
      cost.backward.add(cost.forward, share);
      cost.again_ops = share * cost.forward.ops;
      break;
    }
  }
  if (replicas) {
    add(cost, replicas->dense, as_double(mix.dense));
    add(cost, replicas->expert, as_double(mix.experts));
  }
  if (kind.first) {
    add_all(table.embedding, 1.0);
  }
  if (kind.last) {
    add_all(table.head, 1.0);
    if (replicas) {
      add(cost, replicas->ends, 1.0);
    }
    if (kind.shard.mtp && table.mtp) {
      add_all(*table.mtp, model.mtp->layers);
      if (replicas) {
        add(cost, replicas->mtp, model.mtp->layers);
      }
    }
  }
}

StageLayers stage_layers(int layers, int stages, int stage) {
  const int most = (layers + stages - 1) / stages;
  const int lacking =
      most * stages - layers;  // stages one layer short: last, first, last but one …
  const auto begin = [&](int place) {
    const int at_front = std::min(place, lacking / 2);
    const int at_back = std::max(0, place - (stages - (lacking + 1) / 2));
    return place * most - at_front - at_back;
  };
  return {begin(stage), begin(stage + 1)};
}

Shard shard_of_stage(const TrainingPlan& plan, const LlmModel& model, const StageLayers& layers) {
  Shard shard = shard_in_effect(plan);
  shard.first_layer = layers.first;
  shard.end_layer = layers.end;
  shard.mtp = plan.shard.mtp && layers.end == model.shape.layers;
  return shard;
}

workload::Stage whole_stage(const LlmModel& model, const TrainingPlan& plan) {
  Shard whole = plan.shard;
  whole.first_layer = whole.end_layer = 0;
  return workload::training_stage(model, plan.request, whole);
}

std::vector<StageKind> stage_kinds(const LlmModel& model, const TrainingPlan& plan) {
  return stage_kinds(model, plan, whole_stage(model, plan));
}

std::vector<StageKind> stage_kinds(const LlmModel& model, const TrainingPlan& plan,
                                   const workload::Stage& whole) {
  constexpr std::size_t kUsual = 4;  // first, last, and two that are between
  workload::StageParameters one = workload::stage_parameters(model, whole);
  const HeldParameters modules = one.mtp;
  std::vector<StageKind> kinds;
  kinds.reserve(kUsual);
  for (int place = 0; place < plan.pipeline; ++place) {
    const StageLayers layers = stage_layers(model.shape.layers, plan.pipeline, place);
    const Shard shard = shard_of_stage(plan, model, layers);
    const workload::LayerMix mix = workload::layer_mix(model, shard);
    const bool first = layers.first == 0;
    const bool last = layers.end == model.shape.layers;
    const auto same = std::find_if(kinds.begin(), kinds.end(), [&](const StageKind& other) {
      return other.first == first && other.last == last && other.mix == mix;
    });
    if (same != kinds.end()) {
      ++same->count;
      continue;
    }
    one.ends = workload::end_parameters(model, whole, first, last);
    one.mtp = shard.mtp ? modules : HeldParameters{};
    kinds.push_back({.shard = shard,
                     .mix = mix,
                     .held = workload::held_parameters(one, mix),
                     .first = first,
                     .last = last,
                     .place = place,
                     .count = 1});
  }
  return kinds;
}

}  // namespace redline::perf
