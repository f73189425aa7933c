#include "workload/emitter.h"

#include <array>

namespace redline::workload {
namespace {

constexpr StreamName kSummedNorm{"norm", "norm_backward"};
constexpr std::string_view kQuantize = "quantize";

// Vector operations for one element, of the textbook formula of each kind; a transcendental
// function counts one.
constexpr std::array<double, 13> kVectorOps{
    5.0,   // softmax: maximum, difference, exponential, sum, quotient
    7.0,   // layer norm: two sums, difference, square, two factors, shift
    4.0,   // RMS norm: square, sum, two factors
    9.0,   // GELU: tanh form
    5.0,   // gated activation: sigmoid, two products
    3.0,   // rotary: six for two elements
    1.0,   // sum
    2.0,   // cast: maximum, factor
    0.0,   // embedding
    6.0,   // routing: softmax, selection
    1.0,   // permutation
    5.0,   // loss
    12.0,  // Adam with weight decay
};

double as_double(std::int64_t value) { return static_cast<double>(value); }

}  // namespace

double vector_ops(Stream::Kind kind) { return kVectorOps[static_cast<std::size_t>(kind)]; }

// Activations are cast down only where the product is computed in a narrow format.
Format Emitter::input_for(Format weights) const {
  const bool narrow = narrow_ && is_narrow(weights);
  return narrow ? stage_.formats.input : stage_.formats.wide;
}

void Emitter::quantize(std::int64_t rows, std::int64_t columns) {
  if (!narrow_) {
    return;
  }
  const double elements = as_double(rows) * as_double(columns);
  add(kQuantize, Stream{.kind = Stream::Kind::kCast,
                        .rows = rows,
                        .columns = columns,
                        .read = Bytes{wide_bytes(rows, columns)},
                        .written = Bytes{elements * bytes_per_element(stage_.formats.input)},
                        .ops = Ops{elements * vector_ops(Stream::Kind::kCast)}});
}

void Emitter::linear(const LinearName& name, const Product& product) {
  const auto& [m, n, k, weights] = product;
  const Format input = input_for(weights);
  const Format wide = stage_.formats.wide;
  const Format math = math_format(input, weights);
  if (is_narrow(math)) {
    quantize(m, forward() ? k : n);
  }
  if (forward()) {
    add(name.forward, Gemm{m, n, k, input, weights, wide, math});
    return;
  }
  // dX[m, k] = dY[m, n] W^T and dW[k, n] = X^T[k, m] dY[m, n]
  add(name.weight_gradient, Gemm{k, n, m, input, input, stage_.formats.gradient, math});
  add(name.input_gradient, Gemm{m, k, n, input, weights, wide, math});
}

void Emitter::grouped(const LinearName& name, GroupedGemm op) {
  op.a = input_for(op.b);
  op.c = stage_.formats.wide;
  op.math = math_format(op.a, op.b);
  if (forward()) {
    add(name.forward, op);
    return;
  }
  GroupedGemm weights = op;
  weights.weight_gradient = true;
  weights.b = op.a;
  weights.c = stage_.formats.gradient;
  add(name.weight_gradient, weights);
  std::swap(op.n, op.k);
  add(name.input_gradient, op);
}

void Emitter::attention(const Attention& op) {
  add(op.phase == Attention::Phase::kBackward ? "attention_backward" : "attention", op);
}

// Backward reads what the forward pass read and the gradients of what it wrote.
void Emitter::stream(const StreamName& name, Stream::Kind kind, std::int64_t rows,
                     std::int64_t columns, Touch touch) {
  if (!streams_) {
    return;
  }
  const double bytes = wide_bytes(rows, columns);
  const double ops = as_double(rows) * as_double(columns) * vector_ops(kind);
  if (forward()) {
    add(name.forward, Stream{kind, rows, columns, Bytes{touch.reads * bytes},
                             Bytes{touch.writes * bytes}, Ops{ops}});
    return;
  }
  add(name.backward, Stream{kind, rows, columns, Bytes{(touch.reads + touch.writes) * bytes},
                            Bytes{touch.reads * bytes}, Ops{2.0 * ops}});
}

void Emitter::summed_norm(std::int64_t tokens) {
  const auto kind = stage_.rms ? Stream::Kind::kRmsNorm : Stream::Kind::kLayerNorm;
  stream(kSummedNorm, kind, tokens, stage_.hidden, {2.0, 2.0});
}

void Emitter::norm(const StreamName& name, std::int64_t rows, std::int64_t columns) {
  const auto kind = stage_.rms ? Stream::Kind::kRmsNorm : Stream::Kind::kLayerNorm;
  stream(name, kind, rows, columns);
}

void Emitter::message(std::string_view name, Collective::Kind kind, double bytes,
                      const Group& group) {
  if (group.ranks > 1) {
    add(name, Collective{kind, Bytes{bytes}, group.ranks, group.ranks_per_node});
  }
}

void Emitter::block_input(std::int64_t tokens) {
  const double bytes = wide_bytes(tokens, stage_.hidden);
  const Group& group = stage_.groups.tensor;
  if (!stage_.sequence_parallel) {
    if (backward()) {
      message("tp_reduce", Collective::Kind::kAllReduce, bytes, group);
    }
    return;
  }
  // Only the shard of the input is kept, so the weight gradient gathers it again.
  message("tp_gather", Collective::Kind::kAllGather, bytes, group);
  if (backward()) {
    message("tp_scatter", Collective::Kind::kReduceScatter, bytes, group);
  }
}

void Emitter::block_output(std::int64_t tokens) {
  const double bytes = wide_bytes(tokens, stage_.hidden);
  const Group& group = stage_.groups.tensor;
  if (!stage_.sequence_parallel) {
    if (forward()) {
      message("tp_reduce", Collective::Kind::kAllReduce, bytes, group);
    }
    return;
  }
  if (forward()) {
    message("tp_scatter", Collective::Kind::kReduceScatter, bytes, group);
  } else {
    message("tp_gather", Collective::Kind::kAllGather, bytes, group);
  }
}

}  // namespace redline::workload
