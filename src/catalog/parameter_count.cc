// Parameter counts as sums of explicit terms; tools/check_models.py states the same formulas.

#include "redline/llm_model.h"

namespace redline {
namespace {

class Counter {
 public:
  explicit Counter(const LlmModel& model)
      : model_(model), shape_(model.shape), hidden_(model.shape.hidden) {}

  [[nodiscard]] double table() const { return shape_.vocabulary * hidden_; }
  [[nodiscard]] double head_bias() const { return shape_.head_bias ? shape_.vocabulary : 0.0; }

  [[nodiscard]] double embedding() const {
    const double positions = shape_.position == PositionKind::kLearned
                                 ? shape_.max_positions.value_or(0) * hidden_
                                 : 0.0;
    return table() * (shape_.tied_embeddings ? 1.0 : 2.0) + positions + head_bias();
  }

  // All layers with this many routed experts in each layer that has any.
  [[nodiscard]] double body(int experts) const {
    const double outer_norms = (shape_.embedding_norm ? 2.0 : 1.0) * norm();
    if (!model_.moe) {
      return shape_.layers * dense_layer() + outer_norms;
    }
    const int dense = model_.moe->dense_layers;
    return (shape_.layers - dense) * expert_layer(experts) + dense * dense_layer() + outer_norms;
  }

  // One further layer, a projection of two states into one, and three norms.
  [[nodiscard]] double mtp_module() const {
    const double layer = model_.moe ? expert_layer(model_.moe->experts) : dense_layer();
    return layer + 2.0 * hidden_ * hidden_ + 3.0 * norm();
  }

 private:
  [[nodiscard]] double norm() const {
    return (shape_.norm == NormKind::kLayer ? 2.0 : 1.0) * hidden_;
  }

  [[nodiscard]] double attention() const {
    const double heads = shape_.heads;
    const double head_dim = shape_.head_dim;
    const double extras =
        (shape_.qk_norm ? 2.0 * head_dim : 0.0) + (shape_.attention_sinks ? heads : 0.0);
    if (model_.mla) {
      return latent_attention(*model_.mla) + extras;
    }
    const double query_key_value = (heads + 2.0 * shape_.kv_heads) * head_dim;
    const double biases =
        (shape_.attention_bias ? query_key_value : 0.0) + (shape_.output_bias ? hidden_ : 0.0);
    return hidden_ * query_key_value + heads * head_dim * hidden_ + biases + extras;
  }

  // The ranks that stand alone are the norms of the compressed vectors.
  [[nodiscard]] double latent_attention(const Mla& mla) const {
    const double heads = shape_.heads;
    const double query_width = heads * (mla.qk_nope_head_dim + mla.qk_rope_head_dim);
    double queries = hidden_ * query_width;
    if (mla.q_lora_rank) {
      const double rank = *mla.q_lora_rank;
      queries = hidden_ * rank + rank + rank * query_width;
    }
    const double rank = mla.kv_lora_rank;
    const double keys_values = hidden_ * (rank + mla.qk_rope_head_dim) + rank +
                               rank * heads * (mla.qk_nope_head_dim + mla.v_head_dim);
    return queries + keys_values + heads * mla.v_head_dim * hidden_;
  }

  [[nodiscard]] double ffn(double width) const {
    const double matrices = shape_.ffn_kind == FfnKind::kGated ? 3.0 : 2.0;
    const double biases = shape_.mlp_bias ? (matrices - 1.0) * width + hidden_ : 0.0;
    return matrices * hidden_ * width + biases;
  }

  [[nodiscard]] double norms() const { return shape_.norms_per_layer * norm(); }
  [[nodiscard]] double dense_layer() const { return attention() + norms() + ffn(shape_.ffn); }

  [[nodiscard]] double expert_layer(int experts) const {
    const Moe& moe = *model_.moe;
    const double router = hidden_ * moe.experts + (moe.router_bias ? moe.experts : 0.0);
    const double shared = moe.shared_experts * ffn(moe.shared_expert_ffn.value_or(moe.expert_ffn));
    return attention() + norms() + router + experts * ffn(moe.expert_ffn) + shared;
  }

  const LlmModel& model_;
  const ModelShape& shape_;
  double hidden_;
};

}  // namespace

ParameterCount parameter_count(const LlmModel& model) {
  const Counter counter(model);
  ParameterCount count;
  count.body = counter.body(model.moe ? model.moe->experts : 0);
  count.active_body = counter.body(model.moe ? model.moe->experts_per_token : 0);
  count.embedding = counter.embedding();
  count.total = count.body + count.embedding;
  count.active = count.active_body + counter.table() + counter.head_bias();
  count.mtp = model.mtp ? model.mtp->layers * counter.mtp_module() : 0.0;
  return count;
}

double total_as_published(const LlmModel& model) {
  const ParameterCount count = parameter_count(model);
  return model.published.parameters_convention == TotalConvention::kAll ? count.total : count.body;
}

double active_as_published(const LlmModel& model) {
  const ParameterCount count = parameter_count(model);
  switch (model.published.active_convention) {
    case ActiveConvention::kOutputHead:
      return count.active;
    case ActiveConvention::kAllEmbeddings:
      return count.active_body + count.embedding;
    case ActiveConvention::kNoEmbeddings:
      return count.active_body;
  }
  return count.active;
}

}  // namespace redline
