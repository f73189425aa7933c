// What an operator computes and moves at the least.

#include "redline/operator.h"

#include <algorithm>
#include <cmath>

namespace redline {
namespace {

constexpr double kLogSumBytes = 4.0;  // fp32, one for each row and head

double as_double(std::int64_t value) { return static_cast<double>(value); }

// 1 + 2 + ... + n
double triangle(double n) { return n <= 0.0 ? 0.0 : n * (n + 1.0) / 2.0; }

// Sum over x of [first, last] of min(x, cap).
double capped_sum(double first, double last, double cap) {
  const double ramp_end = std::clamp(cap, first - 1.0, last);
  return triangle(ramp_end) - triangle(first - 1.0) + (last - ramp_end) * cap;
}

// Keys that any query of the call sees.
double reached_keys(const Attention& op) {
  const double kv = as_double(op.kv_len);
  if (op.window <= 0) {
    return kv;
  }
  const double band = op.causal ? as_double(op.window) + as_double(op.q_len) - 1.0 : kv;
  return std::min(kv, band);
}

// Bytes of all queries, of all keys and values that are reached, and of all outputs.
struct AttentionOperands {
  double query = 0.0, key = 0.0, value = 0.0, out = 0.0, log_sum = 0.0;
};

AttentionOperands operands(const Attention& op) {
  const double math = bytes_per_element(op.math);
  const double cache = bytes_per_element(op.kv);
  const double queries = as_double(op.batch) * as_double(op.q_len) * as_double(op.q_heads);
  const double keys = as_double(op.batch) * reached_keys(op) * as_double(op.kv_heads);
  return {.query = queries * as_double(op.qk_dim) * math,
          .key = keys * as_double(op.qk_dim) * cache,
          .value = op.latent ? 0.0 : keys * as_double(op.v_dim) * cache,
          .out = queries * as_double(op.v_dim) * math,
          .log_sum = queries * kLogSumBytes};
}

double groups_hit(const GroupedGemm& op) {
  return op.hit > 0.0 ? op.hit : as_double(std::min(op.groups, op.rows));
}

struct MatrixOps {
  template <class Op>
  Ops operator()(const Op& op) const {
    return matrix_ops(op);
  }
  Ops operator()(const Stream& /*op*/) const { return {}; }
  Ops operator()(const Collective& /*op*/) const { return {}; }
  Ops operator()(const ExpertExchange& /*op*/) const { return {}; }
};

struct LeastBytes {
  template <class Op>
  Bytes operator()(const Op& op) const {
    return least_bytes(op);
  }
  Bytes operator()(const Collective& op) const {
    const double share = op.ranks > 0 ? 1.0 / as_double(op.ranks) : 1.0;
    switch (op.kind) {
      case Collective::Kind::kAllGather:
      case Collective::Kind::kReduceScatter:
        return op.bytes * (1.0 + share);
      case Collective::Kind::kAllReduce:
      case Collective::Kind::kAllToAll:
        return op.bytes * 2.0;
      case Collective::Kind::kSendRecv:
      case Collective::Kind::kBroadcast:
        return op.bytes;
    }
    return {};
  }
  // A rank has its own tokens once, and as many copies from others as it sends to distinct ranks.
  Bytes operator()(const ExpertExchange& op) const {
    const double ranks = std::max(1.0, as_double(op.ranks));
    const double copies = ranks * (1.0 - std::pow(1.0 - 1.0 / ranks, op.experts_per_token));
    return Bytes{as_double(op.tokens_per_rank) * as_double(op.hidden) *
                 bytes_per_element(op.format) * (1.0 + copies)};
  }
};

}  // namespace

double attended_pairs(const Attention& op) {
  const double queries = as_double(op.q_len);
  const double keys = as_double(op.kv_len);
  const double cap = op.window > 0 ? std::min(keys, as_double(op.window)) : keys;
  if (!op.causal) {
    return queries * cap;
  }
  const double hidden = std::max(0.0, queries - keys);  // queries that no key precedes
  return capped_sum(keys - queries + hidden + 1.0, keys, cap);
}

// Forward: scores and their product with V. Backward: scores again, gradients of Q and K; that of
// the probabilities and of V.
Ops matrix_ops(const Attention& op) {
  const bool backward = op.phase == Attention::Phase::kBackward;
  const double widths =
      (backward ? 3.0 : 1.0) * as_double(op.qk_dim) + (backward ? 2.0 : 1.0) * as_double(op.v_dim);
  return Ops{kMultiplyAdd * as_double(op.batch) * as_double(op.q_heads) * attended_pairs(op) *
             widths};
}

Bytes least_bytes(const GroupedGemm& op) {
  const double rows = as_double(op.rows);
  const double weights = groups_hit(op) * as_double(op.n) * as_double(op.k);
  const Format out = op.weight_gradient ? op.b : op.c;  // of the [rows, n]
  const Format weight = op.weight_gradient ? op.c : op.b;
  return Bytes{rows * as_double(op.k) * bytes_per_element(op.a) +
               weights * bytes_per_element(weight) +
               rows * as_double(op.n) * bytes_per_element(out)};
}

// Backward reads Q, K, V, the output, its gradient and the log-sums, and writes three gradients.
Bytes least_bytes(const Attention& op) {
  const AttentionOperands part = operands(op);
  const double once = part.query + part.key + part.value + part.out;
  return Bytes{op.phase == Attention::Phase::kBackward ? 2.0 * once + part.log_sum : once};
}

Ops matrix_ops(const Operator& op) { return std::visit(MatrixOps{}, op); }

Bytes least_bytes(const Operator& op) { return std::visit(LeastBytes{}, op); }

Ops matrix_ops(std::span<const Task> tasks) {
  Ops sum{};
  for (const Task& task : tasks) {
    sum += matrix_ops(task.op) * static_cast<double>(task.count);
  }
  return sum;
}

Bytes least_bytes(std::span<const Task> tasks) {
  Bytes sum{};
  for (const Task& task : tasks) {
    sum += least_bytes(task.op) * static_cast<double>(task.count);
  }
  return sum;
}

}  // namespace redline
