#include "catalog/config_shape.h"

#include <algorithm>

#include <fmt/format.h>

namespace redline {
namespace {

using data::JsonKind;
using data::JsonNode;

class ShapeReader {
 public:
  ShapeReader(ConfigFields& fields, const ConfigFamily& family)
      : fields_(fields), family_(family) {}

  LlmModel read() {
    read_sizes();
    if (family_.latent) {
      read_latent();
    } else {
      read_heads();
    }
    read_biases();
    read_experts();
    read_width();
    read_window();
    read_prediction();
    shape_.ffn_kind = family_.ffn;
    shape_.position = family_.position;
    shape_.norm = family_.norm;
    shape_.norms_per_layer = family_.norms;
    shape_.qk_norm = family_.qk_norm;
    shape_.attention_sinks = family_.sinks;
    shape_.tied_embeddings =
        fields_.flag_or(fields_.find_anywhere({"tie_word_embeddings"}), family_.tied);
    // Which function it is does not matter, but a list or a number is a mistake.
    (void)fields_.text(fields_.find({"hidden_act", "hidden_activation", "activation_function"}));
    return std::move(model_);
  }

 private:
  // A size under either name, the family's own first.
  int size(std::string_view name, std::string_view short_name, SizeBounds bounds,
           std::string_view doc) {
    return family_.short_names ? fields_.size({short_name, name}, bounds, doc)
                               : fields_.size({name, short_name}, bounds, doc);
  }

  void read_sizes() {
    shape_.layers = size("num_hidden_layers", "n_layer", kLayerBounds, "decoder layers");
    shape_.hidden = size("hidden_size", "n_embd", kWidthBounds, "width of the model");
    shape_.heads = family_.heads > 0
                       ? fields_.size_or({"num_attention_heads"}, kHeadBounds, family_.heads)
                       : size("num_attention_heads", "n_head", kHeadBounds, "query heads");
    shape_.vocabulary =
        family_.vocabulary > 0
            ? fields_.size_or({"vocab_size"}, kVocabularyBounds, family_.vocabulary)
            : fields_.size({"vocab_size"}, kVocabularyBounds, "tokens of the vocabulary");
    const FieldNames positions = {"max_position_embeddings", "n_positions", "n_ctx"};
    shape_.max_positions = fields_.optional_size(positions, kTokenBounds);
    if (!shape_.max_positions && family_.positions > 0) {
      shape_.max_positions = family_.positions;
    }
    read_kv_heads();
  }

  void read_kv_heads() {
    const JsonNode node = fields_.find({"num_key_value_heads"});
    if (family_.kv_heads_said && node.kind() == JsonKind::kAbsent) {
      fields_.missing("num_key_value_heads", "key and value heads, null for one a query head");
      return;
    }
    const bool of_class = family_.kv_heads > 0 && node.kind() == JsonKind::kAbsent;
    shape_.kv_heads = fields_.size_or({"num_key_value_heads"}, kHeadBounds,
                                      of_class ? family_.kv_heads : shape_.heads);
    if (shape_.kv_heads > 0 && shape_.heads % shape_.kv_heads != 0) {
      fields_.report(Code::kInconsistent,
                     fmt::format("'num_attention_heads' is {}, no multiple of "
                                 "'num_key_value_heads', {}",
                                 shape_.heads, shape_.kv_heads),
                     node);
    }
  }

  void read_heads() {
    const JsonNode node = fields_.find({"head_dim"});
    if (node || (family_.head_dim > 0 && node.kind() == JsonKind::kAbsent)) {
      shape_.head_dim = fields_.size_or({"head_dim"}, kWidthBounds, family_.head_dim);
      return;
    }
    if (shape_.heads == 0 || shape_.hidden == 0) {
      return;
    }
    shape_.head_dim = shape_.hidden / shape_.heads;
    if (shape_.hidden % shape_.heads != 0) {
      fields_.report(Code::kInconsistent,
                     fmt::format("the width of the model, {}, is no multiple of {} heads",
                                 shape_.hidden, shape_.heads),
                     {"num_attention_heads", "n_head"},
                     {"correct 'num_attention_heads', or give the width of a head as 'head_dim'"});
    }
  }

  void read_latent() {
    Mla mla;
    const JsonNode rank = fields_.find({"q_lora_rank"});
    if (rank.kind() == JsonKind::kAbsent) {
      fields_.missing("q_lora_rank", "compression of queries, null for none");
    }
    mla.q_lora_rank = fields_.optional_size({"q_lora_rank"}, kWidthBounds);
    mla.kv_lora_rank =
        fields_.size({"kv_lora_rank"}, kWidthBounds, "latent width of keys and values");
    mla.qk_nope_head_dim =
        fields_.size({"qk_nope_head_dim"}, kWidthBounds, "head width without position");
    mla.qk_rope_head_dim =
        fields_.size({"qk_rope_head_dim"}, or_none(kWidthBounds), "head width with position");
    mla.v_head_dim = fields_.size({"v_head_dim"}, kWidthBounds, "width of a value head");
    shape_.head_dim = mla.v_head_dim;
    model_.mla = mla;
  }

  [[nodiscard]] bool has_bias(BiasRule rule, std::string_view name) {
    switch (rule) {
      case BiasRule::kNever:
        return false;
      case BiasRule::kAlways:
        return true;
      case BiasRule::kFieldOff:
      case BiasRule::kFieldOn:
        return fields_.flag_or({name}, rule == BiasRule::kFieldOn);
      case BiasRule::kInputs:
        return fields_.flag_or({"qkv_bias"}, true);
    }
    return false;
  }

  void read_biases() {
    shape_.attention_bias = has_bias(family_.attention_bias, "attention_bias");
    shape_.output_bias = shape_.attention_bias && family_.attention_bias != BiasRule::kInputs;
    shape_.mlp_bias = has_bias(family_.mlp_bias, "mlp_bias");
    if (family_.latent && shape_.attention_bias) {
      fields_.report(Code::kConfigUnsupported,
                     "'attention_bias' is true, and latent attention has no biases here",
                     {"attention_bias"});
    }
  }

  void read_experts() {
    switch (family_.experts) {
      case ExpertRule::kNone:
        return;
      case ExpertRule::kAll:
        read_expert_counts({"num_local_experts", "num_experts"});
        if (model_.moe) {
          model_.moe->expert_ffn =
              fields_.size({"intermediate_size"}, kWidthBounds, "width of an expert");
        }
        break;
      case ExpertRule::kSparse:
        read_expert_counts({"num_experts", "num_local_experts"});
        if (model_.moe) {
          read_sparse();
        }
        break;
      case ExpertRule::kDeepSeek:
        read_expert_counts({"n_routed_experts", "num_experts"});
        if (model_.moe) {
          read_shared();
        }
        break;
    }
  }

  void read_expert_counts(FieldNames names) {
    Moe& moe = model_.moe.emplace();
    moe.router_bias = family_.router_bias;
    moe.experts = fields_.size(names, kExpertBounds, "routed experts");
    const FieldNames per_token = {"num_experts_per_tok", "experts_per_token"};
    moe.experts_per_token = fields_.size(per_token, kExpertBounds, "experts that see a token");
    if (moe.experts > 0 && moe.experts_per_token > moe.experts) {
      fields_.report(Code::kInconsistent,
                     fmt::format("'num_experts_per_tok' is {}, and there are {} experts",
                                 moe.experts_per_token, moe.experts),
                     per_token);
    }
  }

  // Qwen: a layer has experts unless it is listed, or decoder_sparse_step does not divide its
  // number.
  void read_sparse() {
    Moe& moe = *model_.moe;
    moe.expert_ffn =
        fields_.size({"moe_intermediate_size"}, kWidthBounds, "width of a routed expert");
    only_one("decoder_sparse_step", "experts in every layer");
    const JsonNode dense = fields_.find({"mlp_only_layers"});
    if (dense) {
      moe.dense_layers = first_layers(dense);
    }
    const int shared =
        fields_.size_or({"shared_expert_intermediate_size"}, or_none(kWidthBounds), 0);
    if (shared > 0) {
      moe.shared_experts = 1;
      moe.shared_expert_ffn = shared == moe.expert_ffn ? std::nullopt : std::optional(shared);
    }
  }

  // How many layers a list names that must be the first ones.
  int first_layers(const JsonNode& list) {
    if (list.kind() != JsonKind::kList) {
      fields_.wrong_type(list, "a list");
      return 0;
    }
    std::vector<int> layers;
    const SizeBounds bounds{0, std::max(0, shape_.layers - 1)};
    for (const JsonNode& item : list.items()) {
      const auto layer = fields_.size_of(item, shape_.layers > 0 ? bounds : or_none(kLayerBounds));
      if (!layer) {
        return 0;
      }
      layers.push_back(*layer);
    }
    std::sort(layers.begin(), layers.end());
    layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
    const int count = static_cast<int>(layers.size());
    if (count > 0 && layers.back() != count - 1) {
      fields_.report(Code::kConfigUnsupported,
                     "'mlp_only_layers' names others than the first layers", list,
                     {"only the first layers of a model can be without experts here"});
    }
    return count;
  }

  void only_one(std::string_view name, std::string_view what) {
    const JsonNode node = fields_.find({name});
    const int value = node ? fields_.size_of(node, or_none(kLayerBounds)).value_or(1) : 1;
    if (value != 1) {
      fields_.report(Code::kConfigUnsupported,
                     fmt::format("'{}' is {}, and only 1 is known here: {}", name, value, what),
                     node);
    }
  }

  void read_shared() {
    Moe& moe = *model_.moe;
    moe.expert_ffn = fields_.size({"moe_intermediate_size"}, kWidthBounds, "width of an expert");
    moe.shared_experts = fields_.size_or({"n_shared_experts"}, or_none(kExpertBounds), 0);
    only_one("moe_layer_freq", "experts in every layer but the first");
    const FieldNames dense = {"first_k_dense_replace"};
    moe.dense_layers = fields_.size(dense, or_none(kLayerBounds), "first layers, without experts");
    if (shape_.layers > 0 && moe.dense_layers > shape_.layers) {
      fields_.report(Code::kInconsistent,
                     fmt::format("'first_k_dense_replace' is {}, and there are {} layers",
                                 moe.dense_layers, shape_.layers),
                     dense);
    }
    const JsonNode method = fields_.find({"topk_method"});
    if (method) {
      moe.router_bias = fields_.text(method) == "noaux_tc";
    }
  }

  // The width of the layers without experts.
  void read_width() {
    if (model_.moe && model_.moe->dense_layers == 0) {
      return;
    }
    const int gpt2_width = 4 * shape_.hidden;  // where n_inner is null
    shape_.ffn = family_.short_names
                     ? fields_.size_or({"n_inner", "intermediate_size"}, kWidthBounds, gpt2_width)
                     : fields_.size({"intermediate_size"}, kWidthBounds, "feed-forward width");
  }

  void read_window() {
    if (family_.window == WindowRule::kNone || (family_.window == WindowRule::kSwitch &&
                                                !fields_.flag_or({"use_sliding_window"}, false))) {
      return;
    }
    const JsonNode window = fields_.find({"sliding_window"});
    if (window) {
      shape_.sliding_window = fields_.size_of(window, kTokenBounds);
    } else if (family_.window_default > 0 && window.kind() == JsonKind::kAbsent) {
      shape_.sliding_window = family_.window_default;
    }
    if (!shape_.sliding_window) {
      return;
    }
    if (const JsonNode types = fields_.find({"layer_types"})) {
      read_layer_types(types);
    } else if (family_.window == WindowRule::kPattern) {
      read_pattern();
    } else if (family_.window == WindowRule::kSwitch) {
      read_window_layers();
    }
  }

  // Every n-th layer attends to everything; with 1, all do.
  void read_pattern() {
    const FieldNames names = {"sliding_window_pattern", "_sliding_window_pattern"};
    set_pattern(fields_.size_or(names, kLayerBounds, family_.pattern));
  }

  void set_pattern(int every) {
    if (every == 1) {
      shape_.sliding_window.reset();
    } else if (every > 1) {
      shape_.sliding_window_pattern = every;
    }
  }

  // Qwen: the layers from max_window_layers on have a window.
  void read_window_layers() {
    const FieldNames names = {"max_window_layers"};
    const int first = fields_.size(names, or_none(kLayerBounds), "first layers, without a window");
    if (first >= shape_.layers) {
      shape_.sliding_window.reset();
    } else if (first > 0) {
      fields_.report(Code::kConfigUnsupported,
                     fmt::format("'max_window_layers' is {}: only some layers have a window, and "
                                 "they are the last",
                                 first),
                     names, {"every n-th layer may be without a window here, or all"});
    }
  }

  void read_layer_types(const JsonNode& types) {
    if (types.kind() != JsonKind::kList) {
      fields_.wrong_type(types, "a list");
      return;
    }
    std::vector<bool> full;
    for (const JsonNode& item : types.items()) {
      const auto type = item.string();
      if (type != "full_attention" && type != "sliding_attention") {
        fields_.report(Code::kConfigUnsupported,
                       "'layer_types' names a kind of attention that is not known here", item,
                       {"known are full_attention and sliding_attention"});
        return;
      }
      full.push_back(*type == "full_attention");
    }
    if (shape_.layers > 0 && full.size() != static_cast<std::size_t>(shape_.layers)) {
      fields_.report(
          Code::kInconsistent,
          fmt::format("'layer_types' has {} layers, and there are {}", full.size(), shape_.layers),
          types);
      return;
    }
    const auto first = std::find(full.begin(), full.end(), true);
    if (first == full.end()) {
      return;  // all have a window
    }
    const auto every = static_cast<std::size_t>(first - full.begin()) + 1;
    for (std::size_t i = 0; i < full.size(); ++i) {
      if (full[i] != ((i + 1) % every == 0)) {
        fields_.report(
            Code::kConfigUnsupported,
            fmt::format("'layer_types' is no pattern in which every {}. layer attends to "
                        "everything: layer {} breaks it",
                        every, i),
            types, {"layers count from 0"});
        return;
      }
    }
    set_pattern(static_cast<int>(every));
  }

  void read_prediction() {
    if (family_.experts != ExpertRule::kDeepSeek) {
      return;
    }
    const int modules = fields_.size_or({"num_nextn_predict_layers"}, or_none(kLayerBounds), 0);
    if (modules > 0) {
      model_.mtp = Mtp{modules};
    }
  }

  ConfigFields& fields_;
  const ConfigFamily& family_;
  LlmModel model_;
  ModelShape& shape_ = model_.shape;
};

}  // namespace

LlmModel read_config_model(ConfigFields& fields, const ConfigFamily& family) {
  LlmModel model = ShapeReader(fields, family).read();
  model.family = family.type;
  model.native = read_config_formats(fields, model.moe.has_value());
  return model;
}

}  // namespace redline
