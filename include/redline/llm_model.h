#pragma once
// A language model as its public configuration describes it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "redline/date.h"
#include "redline/fact.h"
#include "redline/units.h"

namespace redline {

enum class FfnKind : std::uint8_t { kGated, kPlain };  // three matrices, or two
enum class PositionKind : std::uint8_t { kRope, kLearned, kAlibi, kNone };
enum class NormKind : std::uint8_t { kRms, kLayer };
enum class WeightFormat : std::uint8_t { kFp32, kBf16, kFp16, kFp8, kMxfp4, kInt4 };

struct ModelShape {
  int layers = 0;
  int hidden = 0;
  int heads = 0;
  int kv_heads = 0;
  int head_dim = 0;
  int ffn = 0;
  FfnKind ffn_kind = FfnKind::kGated;
  int vocabulary = 0;
  bool tied_embeddings = false;
  PositionKind position = PositionKind::kRope;
  std::optional<int> max_positions;
  bool attention_bias = false;
  bool output_bias = false;
  bool mlp_bias = false;
  NormKind norm = NormKind::kRms;
  bool qk_norm = false;
  bool embedding_norm = false;
  std::optional<int> sliding_window;          // tokens
  std::optional<int> sliding_window_pattern;  // every n-th layer attends to everything
  bool attention_sinks = false;
};

// Multi-head latent attention.
struct Mla {
  std::optional<int> q_lora_rank;
  int kv_lora_rank = 0;
  int qk_nope_head_dim = 0;
  int qk_rope_head_dim = 0;
  int v_head_dim = 0;
};

struct Moe {
  int experts = 0;
  int experts_per_token = 0;
  int shared_experts = 0;
  int expert_ffn = 0;
  int dense_layers = 0;  // the first layers, without experts
  std::optional<int> shared_expert_ffn;
  bool router_bias = false;
};

struct Mtp {
  int layers = 0;  // multi-token-prediction modules
};

struct NativeFormats {
  std::optional<WeightFormat> weights;
  std::optional<WeightFormat> expert_weights;
};

struct PublishedSize {
  std::optional<Fact<Count>> parameters;
  std::optional<Fact<Count>> active;
};

struct LlmModel {
  std::string id;
  std::string name;
  std::string vendor;
  std::string family;
  std::vector<std::string> aliases;
  std::optional<PartialDate> released;
  std::vector<std::string> sources;
  ModelShape shape;
  std::optional<Mla> mla;
  std::optional<Moe> moe;
  std::optional<Mtp> mtp;
  NativeFormats native;
  PublishedSize published;
};

struct ParameterCount {
  double total = 0.0;   // with embeddings and output head, without prediction modules
  double active = 0.0;  // used for one token; the input embedding counts in full
  double embedding = 0.0;  // the input table, and the output head where it is not tied
};

[[nodiscard]] ParameterCount parameter_count(const LlmModel& model);

}  // namespace redline
