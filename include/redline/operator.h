#pragma once
// What a chip is asked to do: matrix products, attention, vector work and messages, as plain
// structs of shapes and formats. Nothing here knows of any chip.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "redline/units.h"

namespace redline {

// Number formats of operands. kNone: not applicable.
enum class Format : std::uint8_t {
  kNone,
  kFp32,
  kTf32,
  kBf16,
  kFp16,
  kFp8,
  kInt8,
  kFp6,
  kFp4,
  kInt4,
};

// Bytes of one stored element. Four-bit floats carry a scale of one byte for 16 or 32 elements,
// which is left to the operator that reads it.
inline constexpr std::array<double, 10> kBytesPerElement{0.0, 4.0, 4.0,  2.0, 2.0,
                                                         1.0, 1.0, 0.75, 0.5, 0.5};
[[nodiscard]] constexpr double bytes_per_element(Format format) {
  return kBytesPerElement[static_cast<std::size_t>(format)];
}

// C[m, n] = A[m, k] B[k, n]. A holds activations, B weights; the product is computed in `math`,
// which is the wider of the two formats where they differ.
struct Gemm {
  std::int64_t m = 0, n = 0, k = 0;
  Format a = Format::kBf16, b = Format::kBf16, c = Format::kBf16;
  Format math = Format::kBf16;
};

// One product of [rows_i, k] by [k, n] for each of `groups` experts, or heads. As a weight
// gradient: [k, rows_i] by [rows_i, n] for each, `a` and `b` being the formats of these two and `c`
// that of the [k, n] that come out.
struct GroupedGemm {
  std::int64_t groups = 0;
  std::int64_t rows = 0;  // of all groups together
  std::int64_t n = 0, k = 0;
  bool masked =
      false;  // each group in a buffer of its own, padded; else rows lie one after another
  Format a = Format::kBf16, b = Format::kBf16, c = Format::kBf16;
  Format math = Format::kBf16;
  double hit =
      0.0;  // expected number of groups that have rows; 0: as many as groups and rows allow
  bool weight_gradient = false;
};

// softmax(Q K^T) V. Prefill where q_len > 1, decode where one token (or a few, with speculation)
// attends to a cache of kv_len tokens.
struct Attention {
  enum class Phase : std::uint8_t { kPrefill, kDecode, kBackward };
  Phase phase = Phase::kPrefill;
  std::int64_t batch = 0;
  std::int64_t q_len = 0, kv_len = 0;
  std::int64_t q_heads = 0, kv_heads = 0;
  std::int64_t qk_dim = 0, v_dim = 0;
  bool causal = true;
  bool latent = false;      // multi-head latent attention, absorbed: V is part of the cached K
  std::int64_t window = 0;  // tokens that a query sees; 0: all
  Format math = Format::kBf16, kv = Format::kBf16;
};

// Work that streams through memory: norms, softmax, activations, embeddings, optimizers.
struct Stream {
  enum class Kind : std::uint8_t {
    kSoftmax,
    kLayerNorm,
    kRmsNorm,
    kGelu,
    kGatedActivation,
    kRotary,
    kAdd,
    kCast,
    kEmbedding,
    kRouting,
    kPermute,
    kLoss,
    kOptimizer,
  };
  Kind kind = Kind::kAdd;
  std::int64_t rows = 0;     // independent rows, such as tokens
  std::int64_t columns = 0;  // elements of a row
  Bytes read{}, written{};   // all rows together
  Ops ops{};                 // vector operations, all rows together
};

// A message among the ranks of a group. `bytes` is the full tensor for all-reduce, the gathered
// total for all-gather, the input total for reduce-scatter and all-to-all, the message for
// send-receive.
struct Collective {
  enum class Kind : std::uint8_t {
    kAllReduce,
    kAllGather,
    kReduceScatter,
    kAllToAll,
    kSendRecv,
    kBroadcast,
  };
  Kind kind = Kind::kAllReduce;
  Bytes bytes{};
  std::int64_t ranks = 0;
  std::int64_t ranks_per_node = 0;  // 0: as many as the node holds
};

// Tokens travel to the ranks that hold their experts (dispatch) and back (combine).
struct ExpertExchange {
  enum class Kind : std::uint8_t { kDispatch, kCombine };
  Kind kind = Kind::kDispatch;
  std::int64_t ranks = 0;
  std::int64_t ranks_per_node = 0;
  std::int64_t tokens_per_rank = 0;
  std::int64_t hidden = 0;
  std::int64_t experts_per_token = 0;
  std::int64_t nodes_per_token = 0;  // limit of nodes that one token may reach; 0: none
  Format format = Format::kBf16;
};

using Operator = std::variant<Gemm, GroupedGemm, Attention, Stream, Collective, ExpertExchange>;

// One operator of a step and how often it runs. `name` is a field's term such as "qkv" or
// "attention" and outlives the step (a literal).
struct Task {
  std::string_view name;
  Operator op;
  std::int64_t count = 1;
};

// Pairs of a query and a key that it sees, of one head of one sequence: the exact triangle where
// causal (the last query sees every key), the exact band under a window.
[[nodiscard]] double attended_pairs(const Attention& op);

inline constexpr double kMultiplyAdd = 2.0;  // operations

// Operations of matrix units; a multiply-add counts two. Attention backward has five products for
// the forward's two (Dao et al. 2022, appendix B.4: scores are computed again). A Stream has none,
// its vector operations stand in `Stream::ops`; messages have none.
[[nodiscard]] Ops matrix_ops(const Operator& op);
[[nodiscard]] constexpr Ops matrix_ops(const Gemm& op) {
  return Ops{kMultiplyAdd * static_cast<double>(op.m) * static_cast<double>(op.n) *
             static_cast<double>(op.k)};
}
[[nodiscard]] constexpr Ops matrix_ops(const GroupedGemm& op) {
  return Ops{kMultiplyAdd * static_cast<double>(op.rows) * static_cast<double>(op.n) *
             static_cast<double>(op.k)};
}
[[nodiscard]] Ops matrix_ops(const Attention& op);

// The least bytes that must cross the memory bus: each operand once, without scales of blocks. Of a
// grouped product only the weights of groups that have rows; of a window only the keys it reaches.
// Of a message, what one rank reads and writes of its own memory.
[[nodiscard]] Bytes least_bytes(const Operator& op);
[[nodiscard]] constexpr Bytes least_bytes(const Gemm& op) {
  const auto m = static_cast<double>(op.m);
  const auto n = static_cast<double>(op.n);
  const auto k = static_cast<double>(op.k);
  return Bytes{m * k * bytes_per_element(op.a) + k * n * bytes_per_element(op.b) +
               m * n * bytes_per_element(op.c)};
}
[[nodiscard]] Bytes least_bytes(const GroupedGemm& op);
[[nodiscard]] Bytes least_bytes(const Attention& op);
[[nodiscard]] constexpr Bytes least_bytes(const Stream& op) { return op.read + op.written; }

// Sums over a step, each task as often as it runs.
[[nodiscard]] Ops matrix_ops(std::span<const Task> tasks);
[[nodiscard]] Bytes least_bytes(std::span<const Task> tasks);

}  // namespace redline
