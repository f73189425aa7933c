// What replicas exchange, and the update (Rajbhandari et al. 2020, ZeRO, sections 5 and 7).

#include <algorithm>

#include "workload/parameters.h"
#include "workload/training.h"

namespace redline::workload {
namespace {

// Weights outside experts and routed experts have replicas of their own.
struct Pool {
  std::string_view gather, scatter, reduce;
  Group group;
};

Pool common_pool(const Stage& stage) {
  return {"parameter_gather", "gradient_scatter", "gradient_reduce", stage.groups.replicas};
}
Pool expert_pool(const Stage& stage) {
  return {"expert_parameter_gather", "expert_gradient_scatter", "expert_gradient_reduce",
          stage.groups.expert_replicas};
}

// Neighbours that share what ZeRO splits, and those that hold the same share (Zhang et al. 2022,
// MiCS; PyTorch's hybrid sharding).
struct Sharing {
  Group neighbours, others;
};
Sharing sharing_of(const Group& group, const Shard& shard) {
  const std::int64_t near =
      shard.zero_ranks > 0 ? std::min<std::int64_t>(shard.zero_ranks, group.ranks) : group.ranks;
  const std::int64_t node = group.ranks_per_node;
  const std::int64_t in_node = std::max<std::int64_t>(1, node / near);
  return {{near, std::min(near, node)}, {ceil_div(group.ranks, near), node > 0 ? in_node : 0}};
}

void emit_gather(Emitter& emit, const Pool& pool, double parameters, const Replica& replica) {
  if (parameters > 0.0) {
    emit.message(pool.gather, Collective::Kind::kAllGather,
                 parameters * bytes_per_element(replica.request.parameters),
                 sharing_of(pool.group, replica.shard).neighbours);
  }
}

void emit_scatter(Emitter& emit, const Pool& pool, double parameters, const Replica& replica) {
  if (parameters > 0.0) {
    const Sharing sharing = sharing_of(pool.group, replica.shard);
    const double bytes = parameters * bytes_per_element(replica.request.gradients);
    emit.message(pool.scatter, Collective::Kind::kReduceScatter, bytes, sharing.neighbours);
    emit.message(pool.reduce, Collective::Kind::kAllReduce,
                 bytes / static_cast<double>(sharing.neighbours.ranks), sharing.others);
  }
}

void emit_unit(Emitter& emit, const Pool& pool, double parameters, const Replica& replica) {
  if (replica.shard.zero == ZeroStage::kParameters) {
    emit_gather(emit, pool, parameters, replica);
  }
  if (emit.backward() && replica.shard.zero >= ZeroStage::kGradients) {
    emit_scatter(emit, pool, parameters, replica);
  }
}

void emit_reduction(Emitter& emit, const Pool& pool, double parameters, const Replica& replica) {
  if (parameters <= 0.0) {
    return;
  }
  if (replica.shard.zero == ZeroStage::kNone) {
    emit.message(pool.reduce, Collective::Kind::kAllReduce,
                 parameters * bytes_per_element(replica.request.gradients), pool.group);
  } else if (replica.shard.zero == ZeroStage::kOptimizer) {
    emit_scatter(emit, pool, parameters, replica);
  }
}

double optimizer_ops(Optimizer optimizer) {
  switch (optimizer) {
    case Optimizer::kSgd:
      return 2.0;
    case Optimizer::kMomentum:
      return 4.0;
    case Optimizer::kAdam:
      break;
  }
  return vector_ops(Stream::Kind::kOptimizer);
}

// Gradient, copy and moments are read; copy, moments and the passes' own copy are written.
void emit_optimizer(Emitter& emit, const TrainingRequest& request, double parameters) {
  const double moments = moment_count(request.optimizer) * bytes_per_element(request.moments);
  const double own = bytes_per_element(request.parameters);
  const double copy = has_master(request) ? bytes_per_element(request.master) : own;
  const double read = bytes_per_element(request.gradients) + copy + moments;
  const double written = copy + moments + (has_master(request) ? own : 0.0);
  emit.add("optimizer", Stream{.kind = Stream::Kind::kOptimizer,
                               .rows = static_cast<std::int64_t>(parameters),
                               .columns = 1,
                               .read = Bytes{parameters * read},
                               .written = Bytes{parameters * written},
                               .ops = Ops{parameters * optimizer_ops(request.optimizer)}});
}

// Gradients are read for their norm, scaled to its limit and set to zero for the next step; those
// of fp16 are checked and scaled back first (Micikevicius et al. 2018, section 3.2).
void emit_clip(Emitter& emit, const TrainingRequest& request, double parameters) {
  const double passes = request.precision.activations == Format::kFp16 ? 3.0 : 2.0;
  const double bytes = passes * parameters * bytes_per_element(request.gradients);
  emit.add("gradient_clip", Stream{.kind = Stream::Kind::kOptimizer,
                                   .rows = static_cast<std::int64_t>(parameters),
                                   .columns = 1,
                                   .read = Bytes{bytes},
                                   .written = Bytes{bytes},
                                   .ops = Ops{passes * parameters}});
}

// Operands narrower than the copy are cast from it.
void emit_weight_cast(Emitter& emit, const TrainingRequest& request, double parameters,
                      Format operand) {
  const double from = bytes_per_element(request.parameters);
  const double to = bytes_per_element(operand);
  if (to >= from || parameters <= 0.0) {
    return;
  }
  emit.add("weight_cast", Stream{.kind = Stream::Kind::kCast,
                                 .rows = static_cast<std::int64_t>(parameters),
                                 .columns = 1,
                                 .read = Bytes{parameters * from},
                                 .written = Bytes{parameters * to},
                                 .ops = Ops{parameters * vector_ops(Stream::Kind::kCast)}});
}

}  // namespace

int moment_count(Optimizer optimizer) {
  switch (optimizer) {
    case Optimizer::kSgd:
      return 0;
    case Optimizer::kMomentum:
      return 1;
    case Optimizer::kAdam:
      break;
  }
  return 2;
}

bool has_master(const TrainingRequest& request) {
  return request.master != Format::kNone && request.master != request.parameters;
}

double split_from(ZeroStage stage, const Shard& shard, double ranks) {
  if (shard.zero < stage) {
    return 1.0;
  }
  return shard.zero_ranks > 0 ? std::min<double>(shard.zero_ranks, ranks) : ranks;
}

void emit_unit_messages(Emitter& emit, const Stage& stage, const HeldParameters& held,
                        const Replica& replica) {
  emit_unit(emit, common_pool(stage), outside_experts(held), replica);
  emit_unit(emit, expert_pool(stage), held.experts, replica);
}

void emit_pass_messages(Emitter& emit, const Stage& stage, const Replica& replica) {
  if (replica.shard.zero < ZeroStage::kGradients) {
    return;
  }
  const StageParameters held = stage_parameters(replica.model, stage);
  emit.repeat(stage.layers.dense);
  emit_unit_messages(emit, stage, held.dense_layer, replica);
  emit.repeat(stage.layers.experts);
  emit_unit_messages(emit, stage, held.expert_layer, replica);
  emit.repeat(1);
  emit_unit_messages(emit, stage, held.ends, replica);
  emit_unit_messages(emit, stage, held.mtp, replica);
}

void emit_table_sum(Emitter& emit, const Stage& stage, const Replica& replica) {
  if (stage.tied) {
    emit.message("table_reduce", Collective::Kind::kAllReduce,
                 static_cast<double>(stage.vocabulary * stage.hidden) *
                     bytes_per_element(replica.request.gradients),
                 stage.groups.table_holders);
  }
}

void emit_update(Emitter& emit, const Stage& stage, const HeldParameters& held,
                 const Replica& replica) {
  const Pool common = common_pool(stage);
  const Pool experts = expert_pool(stage);
  const double outside = outside_experts(held);
  emit.repeat(1);
  emit_reduction(emit, common, outside, replica);
  emit_reduction(emit, experts, held.experts, replica);
  const auto share = [&replica](const Pool& pool) {
    return split_from(ZeroStage::kOptimizer, replica.shard, static_cast<double>(pool.group.ranks));
  };
  const double own = outside / share(common) + held.experts / share(experts);
  emit_clip(emit, replica.request, own);
  emit_optimizer(emit, replica.request, own);
  const ZeroStage zero = replica.shard.zero;
  if (zero == ZeroStage::kOptimizer || zero == ZeroStage::kGradients) {
    emit_gather(emit, common, outside, replica);
    emit_gather(emit, experts, held.experts, replica);
  }
  emit_weight_cast(emit, replica.request, held.linear, stage.formats.linear);
  emit_weight_cast(emit, replica.request, held.experts, stage.formats.experts);
}

}  // namespace redline::workload
