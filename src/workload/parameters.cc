// Parameters of one rank: the terms of `parameter_count`, each after its split.

#include "workload/parameters.h"

#include "workload/stage.h"

namespace redline {
namespace workload {
namespace {

class Counter {
 public:
  Counter(const LlmModel& model, const Stage& stage)
      : model_(model),
        shape_(model.shape),
        stage_(stage),
        hidden_(model.shape.hidden),
        tensor_(static_cast<double>(stage.groups.tensor.ranks)),
        expert_tensor_(static_cast<double>(stage.groups.expert_tensor.ranks)) {}

  [[nodiscard]] double norm() const { return (stage_.rms ? 1.0 : 2.0) * hidden_; }

  [[nodiscard]] HeldParameters dense_layer() const {
    HeldParameters held = attention();
    held.linear += matrices() * hidden_ * static_cast<double>(stage_.ffn);
    held.other += ffn_bias(static_cast<double>(shape_.ffn), tensor_);
    return held;
  }

  [[nodiscard]] HeldParameters expert_layer() const {
    if (!model_.moe) {
      return {};
    }
    const Moe& moe = *model_.moe;
    HeldParameters held = attention();
    const auto expert_count = static_cast<double>(stage_.experts.held);
    held.experts =
        expert_count * (matrices() * hidden_ * static_cast<double>(stage_.experts.width) +
                        ffn_bias(moe.expert_ffn, expert_tensor_));
    held.linear += matrices() * hidden_ * static_cast<double>(stage_.experts.shared_width);
    held.other +=
        hidden_ * moe.experts + (moe.router_bias ? moe.experts : 0.0) +
        moe.shared_experts * ffn_bias(moe.shared_expert_ffn.value_or(moe.expert_ffn), tensor_);
    return held;
  }

  [[nodiscard]] HeldParameters ends(bool first, bool last) const {
    const double table = static_cast<double>(stage_.vocabulary) * hidden_;
    HeldParameters held;
    if (first) {
      held.embedding += table;
      held.embedding += stage_.learned_positions ? shape_.max_positions.value_or(0) * hidden_ : 0.0;
      held.other += stage_.embedding_norm ? norm() : 0.0;
    }
    if (last) {
      held.embedding += stage_.tied && first ? 0.0 : table;
      held.embedding += shape_.head_bias ? static_cast<double>(stage_.vocabulary) : 0.0;
      held.other += norm();
    }
    return held;
  }

  // A layer, the projection of two states into one, and three norms.
  [[nodiscard]] HeldParameters mtp_module() const {
    HeldParameters held = model_.moe ? expert_layer() : dense_layer();
    held.linear += 2.0 * hidden_ * hidden_ / tensor_;
    held.other += 3.0 * norm();
    return held;
  }

 private:
  [[nodiscard]] double matrices() const { return stage_.gated ? 3.0 : 2.0; }

  [[nodiscard]] double ffn_bias(double width, double split) const {
    return shape_.mlp_bias ? (matrices() - 1.0) * width / split + hidden_ : 0.0;
  }

  [[nodiscard]] HeldParameters attention() const {
    const auto heads = static_cast<double>(stage_.heads);
    HeldParameters held;
    held.other = shape_.norms_per_layer * norm() + (shape_.qk_norm ? 2.0 * shape_.head_dim : 0.0) +
                 (shape_.attention_sinks ? heads : 0.0);
    if (stage_.latent.present()) {
      return held + latent();
    }
    const double width =
        (heads + 2.0 * static_cast<double>(stage_.kv_heads)) * static_cast<double>(stage_.qk_dim);
    held.linear = hidden_ * (width + heads * static_cast<double>(stage_.v_dim));
    held.other += (shape_.attention_bias ? width : 0.0) + (shape_.output_bias ? hidden_ : 0.0);
    return held;
  }

  // Projections down stand whole on every rank.
  [[nodiscard]] HeldParameters latent() const {
    const Latent& latent = stage_.latent;
    const auto heads = static_cast<double>(stage_.heads);
    const auto q_rank = static_cast<double>(latent.q_rank);
    const auto kv_rank = static_cast<double>(latent.kv_rank);
    const double query_width = heads * static_cast<double>(stage_.qk_dim);
    const double value_width = heads * static_cast<double>(stage_.v_dim);
    HeldParameters held;
    held.linear = (q_rank > 0.0 ? q_rank * (hidden_ + query_width) : hidden_ * query_width) +
                  hidden_ * static_cast<double>(latent.cached()) +
                  kv_rank * (heads * static_cast<double>(latent.nope) + value_width) +
                  value_width * hidden_;
    held.other = q_rank + kv_rank;
    return held;
  }

  const LlmModel& model_;
  const ModelShape& shape_;
  const Stage& stage_;
  double hidden_, tensor_, expert_tensor_;
};

}  // namespace

StageParameters stage_parameters(const LlmModel& model, const Stage& stage) {
  const Counter counter(model, stage);
  StageParameters found;
  found.dense_layer = counter.dense_layer();
  found.expert_layer = counter.expert_layer();
  found.ends = counter.ends(stage.first, stage.last);
  if (stage.mtp.all() > 0) {
    found.mtp = static_cast<double>(stage.mtp.all()) * counter.mtp_module();
  }
  return found;
}

HeldParameters end_parameters(const LlmModel& model, const Stage& stage, bool first, bool last) {
  return Counter(model, stage).ends(first, last);
}

HeldParameters held_parameters(const StageParameters& one, const LayerMix& layers) {
  return static_cast<double>(layers.dense) * one.dense_layer +
         static_cast<double>(layers.experts) * one.expert_layer + one.ends + one.mtp;
}

}  // namespace workload

HeldParameters held_parameters(const LlmModel& model, const Shard& shard) {
  RL_CHECK(is_valid(model, shard));
  const workload::Stage stage = workload::make_stage(model, shard, {});
  return workload::held_parameters(workload::stage_parameters(model, stage), stage.layers);
}

}  // namespace redline
