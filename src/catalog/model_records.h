#pragma once
// Field tables of language models.

#include "redline/llm_model.h"

#include "data/fields.h"

namespace redline::data {

template <>
struct EnumNames<FfnKind> {
  static constexpr NameList<FfnKind, 2> kNames{
      {{"gated", FfnKind::kGated}, {"plain", FfnKind::kPlain}}};
};
template <>
struct EnumNames<PositionKind> {
  static constexpr NameList<PositionKind, 4> kNames{{{"rope", PositionKind::kRope},
                                                     {"learned", PositionKind::kLearned},
                                                     {"alibi", PositionKind::kAlibi},
                                                     {"none", PositionKind::kNone}}};
};
template <>
struct EnumNames<NormKind> {
  static constexpr NameList<NormKind, 2> kNames{
      {{"rms", NormKind::kRms}, {"layer", NormKind::kLayer}}};
};
template <>
struct EnumNames<WeightFormat> {
  static constexpr NameList<WeightFormat, 6> kNames{{{"fp32", WeightFormat::kFp32},
                                                     {"bf16", WeightFormat::kBf16},
                                                     {"fp16", WeightFormat::kFp16},
                                                     {"fp8", WeightFormat::kFp8},
                                                     {"mxfp4", WeightFormat::kMxfp4},
                                                     {"int4", WeightFormat::kInt4}}};
};
template <>
struct EnumNames<TotalConvention> {
  static constexpr NameList<TotalConvention, 2> kNames{
      {{"all", TotalConvention::kAll}, {"no-embeddings", TotalConvention::kNoEmbeddings}}};
};
template <>
struct EnumNames<ActiveConvention> {
  static constexpr NameList<ActiveConvention, 3> kNames{
      {{"output-head", ActiveConvention::kOutputHead},
       {"all-embeddings", ActiveConvention::kAllEmbeddings},
       {"no-embeddings", ActiveConvention::kNoEmbeddings}}};
};

template <>
struct Record<ModelShape> {
  static constexpr std::string_view kName = "shape";
  static constexpr std::string_view kDoc = "Dimensions of a decoder.";
  static constexpr auto fields() {
    return std::tuple{
        field("layers", &ModelShape::layers,
              {.required = true, .min = 1, .doc = "Decoder layers."}),
        field("hidden", &ModelShape::hidden, {.required = true, .min = 1, .doc = "Width."}),
        field("heads", &ModelShape::heads, {.required = true, .min = 1, .doc = "Query heads."}),
        field("kv_heads", &ModelShape::kv_heads,
              {.required = true, .min = 1, .doc = "Key and value heads."}),
        field("head_dim", &ModelShape::head_dim,
              {.required = true, .min = 1, .doc = "Width of a head."}),
        field("ffn", &ModelShape::ffn,
              {.min = 1, .doc = "Feed-forward width of the layers without experts."}),
        field("ffn_kind", &ModelShape::ffn_kind, {.doc = "gated: three matrices; plain: two."}),
        field("vocabulary", &ModelShape::vocabulary,
              {.required = true, .min = 1, .doc = "Tokens, padded as trained."}),
        field("tied_embeddings", &ModelShape::tied_embeddings,
              {.doc = "Input and output share one table."}),
        field("position", &ModelShape::position, {.doc = "Position encoding."}),
        field("max_positions", &ModelShape::max_positions,
              {.min = 1, .doc = "Context; learned positions add parameters."}),
        field("attention_bias", &ModelShape::attention_bias, {.doc = "Biases of q, k and v."}),
        field("output_bias", &ModelShape::output_bias, {.doc = "Bias of the attention output."}),
        field("mlp_bias", &ModelShape::mlp_bias, {.doc = "Biases of the feed-forward."}),
        field("head_bias", &ModelShape::head_bias, {.doc = "Bias of the output head."}),
        field("norm", &ModelShape::norm, {.doc = "rms: one vector; layer: two."}),
        field("norms_per_layer", &ModelShape::norms_per_layer,
              {.min = 1, .max = 8, .doc = "Norms as wide as the model in a layer; default 2."}),
        field("qk_norm", &ModelShape::qk_norm, {.doc = "Norms of queries and keys by head."}),
        field("embedding_norm", &ModelShape::embedding_norm, {.doc = "Norm after the embedding."}),
        field("sliding_window", &ModelShape::sliding_window, {.min = 1, .doc = "Tokens."}),
        field("sliding_window_pattern", &ModelShape::sliding_window_pattern,
              {.min = 1, .doc = "Every n-th layer attends to all tokens."}),
        field("attention_sinks", &ModelShape::attention_sinks, {.doc = "Learned sink per head."}),
    };
  }
};
template <>
struct Record<Mla> {
  static constexpr std::string_view kName = "mla";
  static constexpr std::string_view kDoc = "Multi-head latent attention.";
  static constexpr auto fields() {
    return std::tuple{
        field("q_lora_rank", &Mla::q_lora_rank, {.min = 1, .doc = "Query compression."}),
        field("kv_lora_rank", &Mla::kv_lora_rank,
              {.required = true, .min = 1, .doc = "Latent width of keys and values."}),
        field("qk_nope_head_dim", &Mla::qk_nope_head_dim,
              {.required = true, .min = 1, .doc = "Head width without position."}),
        field("qk_rope_head_dim", &Mla::qk_rope_head_dim,
              {.required = true, .min = 0, .doc = "Head width with position."}),
        field("v_head_dim", &Mla::v_head_dim,
              {.required = true, .min = 1, .doc = "Value head width."}),
    };
  }
};
template <>
struct Record<Moe> {
  static constexpr std::string_view kName = "moe";
  static constexpr std::string_view kDoc = "Mixture of experts.";
  static constexpr auto fields() {
    return std::tuple{
        field("experts", &Moe::experts, {.required = true, .min = 1, .doc = "Routed experts."}),
        field("experts_per_token", &Moe::experts_per_token,
              {.required = true, .min = 1, .doc = "Routed experts that see a token."}),
        field("shared_experts", &Moe::shared_experts, {.min = 0, .doc = "Always active."}),
        field("expert_ffn", &Moe::expert_ffn,
              {.required = true, .min = 1, .doc = "Width of one expert."}),
        field("dense_layers", &Moe::dense_layers, {.min = 0, .doc = "First layers, no experts."}),
        field("shared_expert_ffn", &Moe::shared_expert_ffn,
              {.min = 1, .doc = "Width of one shared expert, if different."}),
        field("router_bias", &Moe::router_bias, {.doc = "One bias per expert."}),
    };
  }
};
template <>
struct Record<Mtp> {
  static constexpr std::string_view kName = "mtp";
  static constexpr std::string_view kDoc = "Multi-token prediction.";
  static constexpr auto fields() {
    return std::tuple{
        field("layers", &Mtp::layers, {.required = true, .min = 1, .doc = "Modules."})};
  }
};
template <>
struct Record<NativeFormats> {
  static constexpr std::string_view kName = "native formats";
  static constexpr std::string_view kDoc = "Formats in which the weights are published.";
  static constexpr auto fields() {
    return std::tuple{
        field("weights", &NativeFormats::weights, {.doc = "All weights, or all but the experts."}),
        field("expert_weights", &NativeFormats::expert_weights, {.doc = "Experts, if different."}),
    };
  }
};
template <>
struct Record<PublishedSize> {
  static constexpr std::string_view kName = "published size";
  static constexpr std::string_view kDoc = "Parameter counts that the publisher states.";
  static constexpr auto fields() {
    return std::tuple{
        field("parameters", &PublishedSize::parameters, {.doc = "All."}),
        field("active", &PublishedSize::active, {.doc = "Used for one token."}),
        field("parameters_convention", &PublishedSize::parameters_convention,
              {.doc = "What the total includes; default all."}),
        field("active_convention", &PublishedSize::active_convention,
              {.doc = "What the active count includes; default output-head."}),
        field("tolerance", &PublishedSize::tolerance,
              {.min = 0, .max = 1, .doc = "Relative error to allow for in the total."}),
        field("active_tolerance", &PublishedSize::active_tolerance,
              {.min = 0, .max = 1, .doc = "Relative error to allow for in the active count."}),
    };
  }
};
template <>
struct Record<LlmModel> {
  static constexpr std::string_view kName = "model";
  static constexpr std::string_view kDoc = "A language model.";
  static constexpr auto fields() {
    return std::tuple{
        field("id", &LlmModel::id, {.required = true, .doc = "Unique; the name of the file."}),
        field("name", &LlmModel::name, {.required = true, .doc = "As its maker writes it."}),
        field("vendor", &LlmModel::vendor, {.required = true, .doc = "Maker."}),
        field("family", &LlmModel::family, {.doc = "Family."}),
        field("aliases", &LlmModel::aliases, {.doc = "Other names people use."}),
        field("released", &LlmModel::released, {.doc = "First public date."}),
        field("sources", &LlmModel::sources, {.required = true, .doc = "Ids of data/sources."}),
        field("shape", &LlmModel::shape, {.required = true, .doc = "Dimensions."}),
        field("mla", &LlmModel::mla, {.doc = "Multi-head latent attention."}),
        field("moe", &LlmModel::moe, {.doc = "Mixture of experts."}),
        field("mtp", &LlmModel::mtp, {.doc = "Multi-token prediction."}),
        field("native", &LlmModel::native, {.doc = "Formats of the published weights."}),
        field("published", &LlmModel::published, {.doc = "Published sizes."}),
    };
  }
};

}  // namespace redline::data
