#pragma once
// The families of models whose config.json Redline reads: what each has that its file does not say,
// as the classes of Hugging Face's transformers have it (configuration_*.py, modeling_*.py).

#include <cstdint>
#include <string_view>
#include <vector>

#include "redline/llm_model.h"

namespace redline {

// Where biases of a block come from.
enum class BiasRule : std::uint8_t {
  kNever,
  kAlways,
  kFieldOff,  // attention_bias or mlp_bias, false where it is not said
  kFieldOn,   // the same, true where it is not said
  kInputs,    // always of q, k and v and never of the output
};

enum class ExpertRule : std::uint8_t {
  kNone,
  kAll,       // every layer: experts as wide as intermediate_size (Mixtral, gpt-oss)
  kSparse,    // decoder_sparse_step and mlp_only_layers (Qwen)
  kDeepSeek,  // first_k_dense_replace, shared experts
};

enum class WindowRule : std::uint8_t {
  kNone,
  kAll,      // every layer, if sliding_window is a number
  kSwitch,   // the same, if use_sliding_window says so (Qwen)
  kPattern,  // layer_types, or every n-th layer attends to everything
};

struct ConfigFamily {
  std::string_view type;          // model_type
  std::string_view architecture;  // of `architectures`, where there is no model_type
  bool tied = false;              // tie_word_embeddings where it is not said
  BiasRule attention_bias = BiasRule::kNever;
  BiasRule mlp_bias = BiasRule::kNever;
  ExpertRule experts = ExpertRule::kNone;
  bool latent = false;       // multi-head latent attention
  bool router_bias = false;  // where topk_method does not say
  FfnKind ffn = FfnKind::kGated;
  PositionKind position = PositionKind::kRope;
  NormKind norm = NormKind::kRms;
  int norms = 2;
  bool qk_norm = false;
  bool sinks = false;
  WindowRule window = WindowRule::kNone;
  int window_default = 0;  // where sliding_window is not said
  int pattern = 0;         // where no pattern is said
  // Of the class, where the file leaves them out; 0: they must be there, or follow from others.
  int heads = 0;
  int kv_heads = 0;  // 0: as many as heads, or the file must say
  int head_dim = 0;
  int vocabulary = 0;
  int positions = 0;
  bool kv_heads_said = false;  // the class has a number of its own, which no published file means
  bool short_names = false;    // n_embd for hidden_size, and so on
};

[[nodiscard]] const std::vector<ConfigFamily>& config_families();

}  // namespace redline
