#include "workload/emitter.h"

namespace redline::workload {
namespace {

constexpr StreamName kSummedNorm{"norm", "norm_backward"};
constexpr std::string_view kQuantize = "quantize";

double as_double(std::int64_t value) { return static_cast<double>(value); }

bool is_narrow(Format format) {
  return bytes_per_element(format) < bytes_per_element(Format::kBf16);
}

}  // namespace

// Of the textbook formula of each; a transcendental function counts one.
double vector_ops(Stream::Kind kind) {
  switch (kind) {
    case Stream::Kind::kSoftmax:
      return 5.0;  // maximum, difference, exponential, sum, quotient
    case Stream::Kind::kLayerNorm:
      return 7.0;  // two sums, difference, square, two factors, shift
    case Stream::Kind::kRmsNorm:
      return 4.0;  // square, sum, two factors
    case Stream::Kind::kGelu:
      return 9.0;  // tanh form
    case Stream::Kind::kGatedActivation:
      return 5.0;  // sigmoid, two products
    case Stream::Kind::kRotary:
      return 3.0;  // six for two elements
    case Stream::Kind::kAdd:
      return 1.0;
    case Stream::Kind::kCast:
      return 2.0;  // maximum, factor
    case Stream::Kind::kEmbedding:
      return 0.0;
    case Stream::Kind::kRouting:
      return 6.0;  // softmax, selection
    case Stream::Kind::kPermute:
      return 1.0;
    case Stream::Kind::kLoss:
      return 5.0;
    case Stream::Kind::kOptimizer:
      return 12.0;  // Adam with weight decay
  }
  return 0.0;
}

// Activations are cast down only where the product is computed in a narrow format.
Format Emitter::input_for(Format weights) const {
  const bool narrow = is_narrow(math_format(stage_.formats.input, weights));
  return narrow ? stage_.formats.input : stage_.formats.wide;
}

void Emitter::quantize(std::int64_t rows, std::int64_t columns) {
  if (!is_narrow(stage_.formats.input)) {
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
  const auto [m, n, k, weights] = product;
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

void Emitter::attention(Attention op) {
  if (forward()) {
    add("attention", op);
    return;
  }
  op.phase = Attention::Phase::kBackward;
  add("attention_backward", op);
}

// Backward reads what the forward pass read and the gradients of what it wrote.
void Emitter::stream(const StreamName& name, Stream::Kind kind, std::int64_t rows,
                     std::int64_t columns, Touch touch) {
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
