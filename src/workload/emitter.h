#pragma once
// Turns the pieces of a layer, stated once as they run forward, into operators of either direction.

#include <cstdint>
#include <string_view>

#include "redline/operator.h"

#include "workload/sink.h"
#include "workload/stage.h"

namespace redline::workload {

enum class Pass : std::uint8_t { kForward, kBackward };

struct StreamName {
  std::string_view forward, backward;
};
// A linear layer and the gradients of its input and of its weights.
struct LinearName {
  std::string_view forward, input_gradient, weight_gradient;
};

// [m, k] by weights [k, n].
struct Product {
  std::int64_t m = 0, n = 0, k = 0;
  Format weights = Format::kBf16;
};

// How often a stream reads and writes its rows x columns.
struct Touch {
  double reads = 1.0, writes = 1.0;
};

class Emitter {
 public:
  // kMatrices: streams are left out, which a sum of matrix operations does not see.
  enum class Emits : std::uint8_t { kAll, kMatrices };
  Emitter(const Stage& stage, Pass pass, Sink& out, Emits emits = Emits::kAll)
      : stage_(stage),
        pass_(pass),
        narrow_(is_narrow(stage.formats.input)),
        streams_(emits == Emits::kAll),
        wide_bytes_(bytes_per_element(stage.formats.wide)),
        out_(out) {}

  // Operators from here on run so often; none are emitted for zero.
  void repeat(std::int64_t count) { count_ = count; }
  [[nodiscard]] Pass pass() const { return pass_; }
  [[nodiscard]] bool backward() const { return pass_ == Pass::kBackward; }
  [[nodiscard]] bool forward() const { return pass_ == Pass::kForward; }

  // Emits an operator as it stands, in either direction.
  template <class Op>
  void add(std::string_view name, const Op& op) {
    if (count_ > 0) {
      out_.take(name, op, count_);
    }
  }
  // A linear layer with its input in the format of activations, cast where that is narrow.
  void linear(const LinearName& name, const Product& product);
  // Forward `op` with `b` the format of weights; other formats are filled in.
  void grouped(const LinearName& name, GroupedGemm op);
  // In the phase that it has.
  void attention(const Attention& op);
  void stream(const StreamName& name, Stream::Kind kind, std::int64_t rows, std::int64_t columns,
              Touch touch = {});
  // A norm with the sum into the residual stream that comes before it.
  void summed_norm(std::int64_t tokens);
  void norm(const StreamName& name, std::int64_t rows, std::int64_t columns);
  // The cast to narrow activations; nothing where they are not narrow.
  void quantize(std::int64_t rows, std::int64_t columns);

  // A message of `bytes` (see Collective) in a group; nothing in a group of one.
  void message(std::string_view name, Collective::Kind kind, double bytes, const Group& group);
  // Before the first matrix of a block that TP splits by columns, and after its last, split by rows
  // (Shoeybi et al. 2019, section 3; Korthikanti et al. 2022, section 4.2.2).
  void block_input(std::int64_t tokens);
  void block_output(std::int64_t tokens);

  // Bytes of elements in the format of the residual stream.
  [[nodiscard]] double wide_bytes(std::int64_t rows, std::int64_t columns) const {
    return static_cast<double>(rows) * static_cast<double>(columns) * wide_bytes_;
  }

 private:
  [[nodiscard]] static bool is_narrow(Format format) {
    return bytes_per_element(format) < bytes_per_element(Format::kBf16);
  }
  [[nodiscard]] Format input_for(Format weights) const;

  const Stage& stage_;
  Pass pass_;
  bool narrow_;  // activations
  bool streams_;
  double wide_bytes_;  // of an element of the residual stream
  Sink& out_;
  std::int64_t count_ = 1;
};

// Vector operations for one element.
[[nodiscard]] double vector_ops(Stream::Kind kind);

}  // namespace redline::workload
