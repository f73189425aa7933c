#pragma once
// What one rank of a pipeline stage computes with: layers by kind, widths after every split,
// formats and groups. Derived once for a lowering; everything else reads it.

#include <algorithm>
#include <cstdint>

#include "redline/workload.h"

namespace redline::workload {

[[nodiscard]] constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

// How many layers attend to everything or to a window, and how many have experts.
struct LayerMix {
  std::int64_t full = 0, windowed = 0;
  std::int64_t dense = 0, experts = 0;
  [[nodiscard]] constexpr std::int64_t all() const { return full + windowed; }
  [[nodiscard]] constexpr bool operator==(const LayerMix&) const = default;
};

// Ranks that exchange messages, and how many of them a node holds (0: not said).
struct Group {
  std::int64_t ranks = 1;
  std::int64_t ranks_per_node = 0;
};

struct Groups {
  Group tensor, context, expert, expert_tensor;
  Group replicas;         // that hold the same weights outside experts: dp cp
  Group expert_replicas;  // that hold the same routed experts
  Group neighbours;       // of two stages
  Group table_holders;    // first and last stage, with one table for input and output
};

struct Formats {
  Format wide = Format::kBf16;    // residual stream, norms, outputs of linear layers
  Format input = Format::kBf16;   // inputs of linear layers
  Format linear = Format::kBf16;  // weights
  Format experts = Format::kBf16;
  Format head = Format::kBf16;
  Format attention = Format::kBf16;
  Format kv = Format::kBf16;
  Format gradient = Format::kFp32;
};

// Latent attention. Zero widths where the model has none.
struct Latent {
  std::int64_t q_rank = 0;
  std::int64_t kv_rank = 0;
  std::int64_t nope = 0, rope = 0;
  [[nodiscard]] constexpr bool present() const { return kv_rank > 0; }
  [[nodiscard]] constexpr std::int64_t cached() const { return kv_rank + rope; }
};

struct Experts {
  std::int64_t total = 0;  // of the model
  std::int64_t held = 0;
  std::int64_t per_token = 0;
  std::int64_t width = 0;         // of one, on this rank
  std::int64_t shared_width = 0;  // of all shared ones together, on this rank
};

struct Stage {
  bool first = true, last = true;
  LayerMix layers;
  LayerMix mtp;  // prediction modules, full attention
  bool sequence_parallel = false;

  std::int64_t hidden = 0;
  std::int64_t heads = 0, kv_heads = 0;
  std::int64_t qk_dim = 0, v_dim = 0;  // of a head that is not absorbed
  std::int64_t window = 0;
  std::int64_t ffn = 0;
  std::int64_t vocabulary = 0, whole_vocabulary = 0;
  std::int64_t nodes_per_token = 0;
  int norms_per_layer = 2;
  bool gated = true, rotary = true, learned_positions = false, rms = true;
  bool qk_norm = false, embedding_norm = false, tied = false;
  bool flash_attention = true;

  Latent latent;
  Experts experts;
  Formats formats;
  Groups groups;

  // Attention and feed-forward side by side, with one norm and one sum (GPT-J, PaLM).
  [[nodiscard]] constexpr bool parallel_block() const { return norms_per_layer == 1; }
  // Tokens that a rank works on where TP does not split: norms, residual stream, router.
  [[nodiscard]] constexpr std::int64_t own_tokens(std::int64_t tokens) const {
    return sequence_parallel ? ceil_div(tokens, groups.tensor.ranks) : tokens;
  }
  // Elements cached for one token in one layer.
  [[nodiscard]] constexpr std::int64_t cached_width() const {
    return latent.present() ? latent.cached() : kv_heads * (qk_dim + v_dim);
  }
};

// Of a valid shard.
[[nodiscard]] Stage make_stage(const LlmModel& model, const Shard& shard,
                               const Precision& precision);

[[nodiscard]] Formats formats_of(const Precision& precision);
// One past the last layer of the stage.
[[nodiscard]] int end_layer(const LlmModel& model, const Shard& shard);
[[nodiscard]] LayerMix layer_mix(const LlmModel& model, const Shard& shard);
// Ranks that hold the same routed experts.
[[nodiscard]] std::int64_t expert_replicas(const Shard& shard);

}  // namespace redline::workload
