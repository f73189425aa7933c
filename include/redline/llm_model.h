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

// What a published count includes. By default a total has everything, and an active count has the
// output head but not the input table, of which a token reads one row.
enum class TotalConvention : std::uint8_t { kAll, kNoEmbeddings };
enum class ActiveConvention : std::uint8_t { kOutputHead, kAllEmbeddings, kNoEmbeddings };

struct ModelShape {
  int layers = 0;
  int hidden = 0;
  int heads = 0;
  int kv_heads = 0;
  int head_dim = 0;
  int ffn = 0;  // of the layers without experts; 0 where there are none
  FfnKind ffn_kind = FfnKind::kGated;
  int vocabulary = 0;
  bool tied_embeddings = false;
  PositionKind position = PositionKind::kRope;
  std::optional<int> max_positions;
  bool attention_bias = false;
  bool output_bias = false;
  bool mlp_bias = false;
  bool head_bias = false;
  NormKind norm = NormKind::kRms;
  int norms_per_layer = 2;
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
  TotalConvention parameters_convention = TotalConvention::kAll;
  ActiveConvention active_convention = ActiveConvention::kOutputHead;
  std::optional<double> tolerance;  // relative, where the published total is known to be rough
  std::optional<double> active_tolerance;
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
  double body = 0.0;         // all layers and norms
  double active_body = 0.0;  // the same with the experts that one token sees
  double embedding = 0.0;    // input table and learned positions, and what the head adds to them
  double total = 0.0;        // body and embedding, without prediction modules
  double active = 0.0;       // read for one token: active body and output head, no input table
  double mtp = 0.0;          // prediction modules, in no other figure
};

[[nodiscard]] ParameterCount parameter_count(const LlmModel& model);

// The counts as the publication of this model reads them.
[[nodiscard]] double total_as_published(const LlmModel& model);
[[nodiscard]] double active_as_published(const LlmModel& model);

}  // namespace redline
