#include "workload/stage.h"

namespace redline::workload {
namespace {

// Ranks of a group stand `stride` apart, so a node of `node` ranks holds node / stride of them.
Group group(std::int64_t ranks, std::int64_t stride, std::int64_t node) {
  return {ranks, node > 0 ? std::clamp<std::int64_t>(node / stride, 1, ranks) : 0};
}

Groups groups_of(const Shard& shard) {
  const std::int64_t node = shard.node_ranks;
  const std::int64_t tensor = shard.tensor;
  const std::int64_t copy = tensor * shard.context;
  const std::int64_t stage = copy * shard.data;
  const std::int64_t expert = static_cast<std::int64_t>(shard.expert_tensor) * shard.expert;
  return {.tensor = group(tensor, 1, node),
          .context = group(shard.context, tensor, node),
          .expert = group(shard.expert, shard.expert_tensor, node),
          .expert_tensor = group(shard.expert_tensor, 1, node),
          .replicas = group(static_cast<std::int64_t>(shard.context) * shard.data, tensor, node),
          .expert_replicas = group(expert_replicas(shard), expert, node),
          .neighbours = group(2, stage, node),
          .table_holders = {2, node > 0 ? 1 : 0}};
}

Latent latent_of(const LlmModel& model) {
  if (!model.mla) {
    return {};
  }
  const Mla& mla = *model.mla;
  return {.q_rank = mla.q_lora_rank.value_or(0),
          .kv_rank = mla.kv_lora_rank,
          .nope = mla.qk_nope_head_dim,
          .rope = mla.qk_rope_head_dim};
}

Experts experts_of(const LlmModel& model, const Shard& shard) {
  if (!model.moe) {
    return {};
  }
  const Moe& moe = *model.moe;
  const std::int64_t shared = static_cast<std::int64_t>(moe.shared_experts) *
                              moe.shared_expert_ffn.value_or(moe.expert_ffn);
  return {.total = moe.experts,
          .held = ceil_div(moe.experts, shard.expert),
          .per_token = moe.experts_per_token,
          .width = ceil_div(moe.expert_ffn, shard.expert_tensor),
          .shared_width = ceil_div(shared, shard.tensor)};
}

void set_attention(Stage& stage, const LlmModel& model, const Shard& shard) {
  const ModelShape& shape = model.shape;
  stage.heads = ceil_div(shape.heads, shard.tensor);
  // A key-value head that several ranks need stands on each of them.
  stage.kv_heads = ceil_div(shape.kv_heads, shard.tensor);
  stage.qk_dim = shape.head_dim;
  stage.v_dim = shape.head_dim;
  stage.latent = latent_of(model);
  if (model.mla) {
    stage.kv_heads = stage.heads;
    stage.qk_dim = stage.latent.nope + stage.latent.rope;
    stage.v_dim = model.mla->v_head_dim;
  }
}

void set_style(Stage& stage, const ModelShape& shape) {
  stage.window = shape.sliding_window.value_or(0);
  stage.norms_per_layer = shape.norms_per_layer;
  stage.gated = shape.ffn_kind == FfnKind::kGated;
  stage.rotary = shape.position == PositionKind::kRope;
  stage.learned_positions = shape.position == PositionKind::kLearned;
  stage.rms = shape.norm == NormKind::kRms;
  stage.qk_norm = shape.qk_norm;
  stage.embedding_norm = shape.embedding_norm;
  stage.tied = shape.tied_embeddings;
}

}  // namespace

Formats formats_of(const Precision& precision) {
  const auto either = [](Format stated, Format otherwise) {
    return stated == Format::kNone ? otherwise : stated;
  };
  Formats formats;
  formats.wide = at_least_16_bits(precision.activations);
  formats.input = precision.activations;
  formats.linear = precision.weights;
  formats.experts = either(precision.expert_weights, precision.weights);
  formats.head = either(precision.head, at_least_16_bits(precision.weights));
  formats.attention = either(precision.attention, formats.wide);
  formats.kv = precision.kv_cache;
  return formats;
}

int end_layer(const LlmModel& model, const Shard& shard) {
  return shard.end_layer == 0 ? model.shape.layers : shard.end_layer;
}

std::int64_t expert_replicas(const Shard& shard) {
  const std::int64_t ranks = static_cast<std::int64_t>(shard.tensor) * shard.context * shard.data;
  return ceil_div(ranks, static_cast<std::int64_t>(shard.expert) * shard.expert_tensor);
}

LayerMix layer_mix(const LlmModel& model, const Shard& shard) {
  const int begin = shard.first_layer;
  const int end = end_layer(model, shard);
  const int all = end - begin;
  LayerMix mix;
  if (!model.shape.sliding_window) {
    mix.full = all;
  } else if (model.shape.sliding_window_pattern) {
    const int pattern = *model.shape.sliding_window_pattern;
    mix.full = end / pattern - begin / pattern;  // layer i, from 0, where pattern divides i + 1
  }
  mix.windowed = all - mix.full;
  const int first_expert = model.moe ? model.moe->dense_layers : model.shape.layers;
  mix.dense = std::clamp(first_expert, begin, end) - begin;
  mix.experts = all - mix.dense;
  return mix;
}

Stage make_stage(const LlmModel& model, const Shard& shard, const Precision& precision) {
  Stage stage;
  stage.first = shard.first_layer == 0;
  stage.last = end_layer(model, shard) == model.shape.layers;
  stage.layers = layer_mix(model, shard);
  if (shard.mtp && stage.last && model.mtp) {
    stage.mtp.full = model.mtp->layers;
    (model.moe ? stage.mtp.experts : stage.mtp.dense) = model.mtp->layers;
  }
  stage.sequence_parallel = shard.sequence_parallel && shard.tensor > 1;
  stage.hidden = model.shape.hidden;
  stage.ffn = ceil_div(model.shape.ffn, shard.tensor);
  stage.whole_vocabulary = model.shape.vocabulary;
  stage.vocabulary = ceil_div(model.shape.vocabulary, shard.tensor);
  stage.nodes_per_token = shard.nodes_per_token;
  set_attention(stage, model, shard);
  set_style(stage, model.shape);
  stage.experts = experts_of(model, shard);
  stage.formats = formats_of(precision);
  stage.groups = groups_of(shard);
  return stage;
}

}  // namespace redline::workload
