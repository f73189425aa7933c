// Activations kept from the forward to the backward pass (Korthikanti et al. 2022, section 4), each
// tensor that a gradient needs counted once.

#include "workload/memory.h"
#include "workload/training.h"

namespace redline {
namespace workload {
namespace {

constexpr double kMaskBytes = 1.0;
constexpr double kFp32Bytes = 4.0;

class Ledger {
 public:
  Ledger(const TrainingRequest& request, const Stage& stage)
      : request_(request),
        stage_(stage),
        tokens_(static_cast<double>(request.sequences) * static_cast<double>(request.tokens) /
                static_cast<double>(stage.groups.context.ranks)),
        tensor_(static_cast<double>(stage.groups.tensor.ranks)),
        hidden_(static_cast<double>(stage.hidden)),
        wide_(bytes_per_element(stage.formats.wide)),
        input_(bytes_per_element(stage.formats.input)) {}

  [[nodiscard]] Bytes dense_layer() const {
    return Bytes{is_full() ? layer_input() : common() + ffn(tokens_, width(stage_.ffn))};
  }

  [[nodiscard]] Bytes expert_layer() const {
    if (stage_.experts.total == 0) {
      return {};
    }
    return Bytes{is_full() ? layer_input() : common() + routed() + shared()};
  }

  [[nodiscard]] Bytes embedding() const {
    return Bytes{request_.dropout ? own_tokens() * hidden_ * kMaskBytes : 0.0};
  }

  // Input of the last norm, input of the head, and logits, which become their gradient in place.
  [[nodiscard]] Bytes head() const {
    return Bytes{2.0 * own_tokens() * hidden_ * wide_ +
                 tokens_ * width(stage_.vocabulary) * kFp32Bytes};
  }

  // States and embeddings of a prediction module before their norms, and both of these together.
  [[nodiscard]] Bytes mtp_input() const {
    return Bytes{own_tokens() * hidden_ * (2.0 * wide_ + 2.0 * input_)};
  }

 private:
  [[nodiscard]] static double width(std::int64_t elements) { return static_cast<double>(elements); }
  [[nodiscard]] bool is_full() const { return request_.recompute == Recompute::kFull; }
  // Sequence parallelism splits what TP leaves whole.
  [[nodiscard]] double own_tokens() const {
    return stage_.sequence_parallel ? tokens_ / tensor_ : tokens_;
  }
  [[nodiscard]] double layer_input() const { return own_tokens() * hidden_ * wide_; }
  [[nodiscard]] double mask() const {
    return request_.dropout ? own_tokens() * hidden_ * kMaskBytes : 0.0;
  }

  // Norms, attention and the input of the feed-forward.
  [[nodiscard]] double common() const {
    const double norms = own_tokens() * hidden_ * wide_ * stage_.norms_per_layer;
    const double inputs = own_tokens() * hidden_ * input_ * (stage_.parallel_block() ? 1.0 : 2.0);
    return norms + inputs + attention() + 2.0 * mask();
  }

  [[nodiscard]] double attention() const {
    const double queries = width(stage_.heads * stage_.qk_dim);
    const double keys = width(stage_.kv_heads * stage_.qk_dim);
    const double values = width(stage_.kv_heads * stage_.v_dim);
    const double out = width(stage_.heads * stage_.v_dim);
    const double norms = stage_.qk_norm ? queries + keys : 0.0;
    return tokens_ * ((queries + keys + values + norms) * wide_ + kept_twice(out)) + latents() +
           core();
  }

  // What a fused kernel or a norm needs wide, and the linear layer after it in its own format.
  [[nodiscard]] double kept_twice(double elements) const {
    return elements * (wide_ + (input_ < wide_ ? input_ : 0.0));
  }

  // Before their norms, and after them as inputs of the projections up; whole on every rank.
  [[nodiscard]] double latents() const {
    if (!stage_.latent.present()) {
      return 0.0;
    }
    const double normed = width(stage_.latent.q_rank + stage_.latent.kv_rank);
    return tokens_ * normed * (wide_ + input_);
  }

  // Scores after softmax and, with dropout, their mask and what it leaves; or the log-sums of a
  // fused kernel.
  [[nodiscard]] double core() const {
    if (request_.recompute != Recompute::kNone) {
      return 0.0;
    }
    const double rows = tokens_ * width(stage_.heads);
    if (stage_.flash_attention) {
      return rows * kFp32Bytes;
    }
    const double scores = rows * static_cast<double>(request_.tokens);
    return scores * (request_.dropout ? 2.0 * wide_ + kMaskBytes : wide_);
  }

  // Outputs of the first product, and the input of the last.
  [[nodiscard]] double ffn(double rows, double ffn_width) const {
    return rows * ffn_width * ((stage_.gated ? 2.0 : 1.0) * wide_ + input_);
  }

  [[nodiscard]] double shared() const { return ffn(tokens_, width(stage_.experts.shared_width)); }

  // Router logits; rows of experts as they come, inside, and as they leave for the weighted sum.
  [[nodiscard]] double routed() const {
    const double rows = tokens_ * width(stage_.experts.per_token) *
                        width(stage_.groups.expert_tensor.ranks) / tensor_;
    return own_tokens() * width(stage_.experts.total) * kFp32Bytes +
           rows * hidden_ * (input_ + wide_) + ffn(rows, width(stage_.experts.width));
  }

  const TrainingRequest& request_;
  const Stage& stage_;
  double tokens_, tensor_, hidden_, wide_, input_;
};

}  // namespace

ActivationBytes activation_bytes(const TrainingRequest& request, const Stage& stage) {
  const Ledger ledger(request, stage);
  const auto count = [](std::int64_t layers) { return static_cast<double>(layers); };
  ActivationBytes bytes{.dense_layer = ledger.dense_layer(), .expert_layer = ledger.expert_layer()};
  bytes.layers = count(stage.layers.dense) * bytes.dense_layer +
                 count(stage.layers.experts) * bytes.expert_layer;
  if (stage.first) {
    bytes.embedding = ledger.embedding();
  }
  if (stage.last) {
    bytes.head = ledger.head() * (1.0 + count(stage.mtp.all()));
    bytes.layers += count(stage.mtp.dense) * bytes.dense_layer +
                    count(stage.mtp.experts) * bytes.expert_layer +
                    count(stage.mtp.all()) * ledger.mtp_input();
  }
  return bytes;
}

}  // namespace workload

ActivationBytes activation_bytes(const LlmModel& model, const TrainingRequest& request,
                                 const Shard& shard) {
  RL_CHECK(is_valid(model, request, shard));
  return workload::activation_bytes(request, workload::training_stage(model, request, shard));
}

}  // namespace redline
