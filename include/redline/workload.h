#pragma once
// A language model and a request become operators: what one rank of a machine computes in a step of
// training or inference, the messages it takes part in, and what it keeps in memory.
//
//   const auto step = lower_inference(model, {.decode = {.count = 64, .cached = 4096}}, {});
//   matrix_ops(*step);
//
// Symbols in comments: b sequences, s tokens of each, T = b s tokens, h hidden width; tp, cp, dp,
// ep, etp the sizes of the groups of `Shard`. Shapes are those of one rank.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "redline/error.h"
#include "redline/llm_model.h"
#include "redline/operator.h"
#include "redline/units.h"

namespace redline {

// Formats of what is stored and multiplied. A product is computed in the wider format of its two
// operands (`math_format`), so weights that alone are narrow save traffic, not operations. What is
// customarily spared by 8-bit and narrower formats (the residual stream, norms, the router, softmax
// and the products with single heads of absorbed latent attention) stays in 16 bits.
struct Precision {
  Format weights = Format::kBf16;         // of linear layers
  Format activations = Format::kBf16;     // inputs of linear layers
  Format kv_cache = Format::kBf16;        // inference only
  Format expert_weights = Format::kNone;  // kNone: as `weights`
  Format head = Format::kNone;  // tables of embedding and head; kNone: as `weights`, >= 16 bits
  Format attention = Format::kNone;  // math of attention; kNone: as `activations`, >= 16 bits
  int fp8_block = 0;   // values that share a scale of one byte: 32 in MXFP8; 0: all of a tensor
  int fp4_block = 32;  // weights that share a scale of one byte: 32 in MXFP4, 16 in NVFP4
};

// The wider of two formats; of two as wide, that of the activations.
[[nodiscard]] constexpr Format math_format(Format activations, Format weights) {
  return bytes_per_element(weights) > bytes_per_element(activations) ? weights : activations;
}
// The format itself where it has 16 bits or more, else bf16.
[[nodiscard]] constexpr Format at_least_16_bits(Format format) {
  return bytes_per_element(format) < bytes_per_element(Format::kBf16) ? Format::kBf16 : format;
}
// The formats in which the weights of a model are published. Activations and cache have 16 bits;
// the activations fp8 where the weights have it, as such models are trained and served (DeepSeek-V3
// 2024, section 3.3).
[[nodiscard]] Precision native_precision(const LlmModel& model);

// What is kept once in a data-parallel group rather than by each rank (Rajbhandari et al. 2020,
// ZeRO): optimizer state; gradients too; parameters too.
enum class ZeroStage : std::uint8_t { kNone, kOptimizer, kGradients, kParameters };
inline constexpr std::array<std::string_view, 4> kZeroStageNames{"0", "1", "2", "3"};

// What one rank holds, and with how many others it shares the rest. The default is one rank that
// holds everything. A stage has tp cp dp ranks, numbered in this order, so that ranks of one TP
// group are neighbours, and stages follow one another (as in Megatron-LM). The same ranks hold the
// experts in groups of their own, etp ep ranks at a time; what is left replicates them.
struct Shard {
  int tensor = 1;                  // TP: heads, feed-forward and vocabulary
  bool sequence_parallel = false;  // what TP leaves whole is split by tokens (Korthikanti 2022)
  int context = 1;                 // CP: each sequence, with a causal balance; training and prefill
  int data = 1;                    // DP: replicas with sequences of their own
  int expert = 1;                  // EP: routed experts
  int expert_tensor = 1;           // ETP: each routed expert
  int first_layer = 0;             // a pipeline stage: layers from here ...
  int end_layer = 0;               // ... up to, not including; 0: to the last of the model
  bool mtp = false;                // the last stage holds the model's prediction modules as well
  ZeroStage zero = ZeroStage::kNone;
  int zero_ranks = 0;       // neighbouring replicas that share what ZeRO splits; 0: all
  int node_ranks = 0;       // ranks of one node; 0: not said, and messages do not say either
  int nodes_per_token = 0;  // limit of nodes that one token may reach; 0: none
};

// `count` sequences of one replica in one step, alike: `new_tokens` of each go through the model,
// after `cached` that are in the cache. With unlike lengths give the mean: work is exact for
// decoding, a lower bound for prefill.
struct Sequences {
  std::int64_t count = 0;
  std::int64_t new_tokens = 1;
  std::int64_t cached = 0;
};

// One step of an engine. A prompt, or a chunk of one, is prefilled; decoding sequences take one
// token, or several with speculation; both together where a scheduler mixes them.
//
//   {.prefill = {.count = 4, .new_tokens = 2048}}                    four prompts
//   {.prefill = {.count = 1, .new_tokens = 512, .cached = 1536}}     the fourth chunk of one
//   {.decode = {.count = 64, .cached = 4096}}                        one token of each of 64
//   {.decode = {.count = 64, .new_tokens = 3, .cached = 4096}, .draft_passes = 2}   two are drafts
struct InferenceRequest {
  Precision precision{};
  Sequences prefill{};
  Sequences decode{};
  std::int64_t draft_passes = 0;  // passes of prediction modules in the step; needs Shard::mtp
  bool prefill_output = true;     // false: a chunk that is not the last, which yields no token
};

// What is not kept from the forward pass and computed again in the backward pass. kSelective: the
// core of attention (Korthikanti 2022); kFull: every layer, from its input.
enum class Recompute : std::uint8_t { kNone, kSelective, kFull };
inline constexpr std::array<std::string_view, 3> kRecomputeNames{"none", "selective", "full"};
enum class Optimizer : std::uint8_t { kSgd, kMomentum, kAdam };

// One step of training: `microbatches` passes forward and backward, then an update. The defaults
// are mixed precision as in Megatron-LM: 18 bytes a parameter.
struct TrainingRequest {
  Precision precision{};          // of operands; its cache plays no part
  std::int64_t sequences = 1;     // of one replica in one pass
  std::int64_t tokens = 2048;     // of each sequence
  std::int64_t microbatches = 1;  // passes of a step
  Recompute recompute = Recompute::kNone;
  bool flash_attention = true;  // false: scores are written to memory, all s^2 of them
  bool dropout = false;         // with masks of a byte each (activation memory)
  Optimizer optimizer = Optimizer::kAdam;
  Format parameters =
      Format::kBf16;  // copy that the passes read; narrower operands are cast from it
  Format gradients = Format::kFp32;
  Format master = Format::kFp32;  // copy that is updated; kNone, or as `parameters`: no such copy
  Format moments = Format::kFp32;
};

// Every problem of a request at once; empty if there is none. Codes: RL3001 for a request, RL3002
// for a shard that does not divide the model, RL1204 and RL1207 for a model that cannot be. All
// else here takes what passes; what does not is a bug of the caller's (RL_CHECK).
[[nodiscard]] Diagnostics check(const LlmModel& model, const Shard& shard);
[[nodiscard]] Diagnostics check(const LlmModel& model, const InferenceRequest& request,
                                const Shard& shard);
[[nodiscard]] Diagnostics check(const LlmModel& model, const TrainingRequest& request,
                                const Shard& shard);
// The same as yes or no, without texts or allocation: for searches.
[[nodiscard]] bool is_valid(const LlmModel& model, const Shard& shard);
[[nodiscard]] bool is_valid(const LlmModel& model, const InferenceRequest& request,
                            const Shard& shard);
[[nodiscard]] bool is_valid(const LlmModel& model, const TrainingRequest& request,
                            const Shard& shard);

// The operators of one step on one rank of the stage, like layers together: `Task::count` says how
// often an operator runs. Their order is that of a layer. A pipeline stage sends, and the receiver
// has no task for it.
//
// Latent attention is absorbed for sequences that decode (one latent key-value head of kv_lora_rank
// + rope, queries multiplied into the latent space: DeepSeek-V2 2024, section 2.1.2), and not for
// prefill and training, where latents, of the cached prefix too, are projected up to full heads.
// Experts get their expected share of uniform routing; `GroupedGemm::hit` counts those that any
// token reaches: E_rank (1 - (1 - k / E)^T). Products of experts are masked (each expert in a
// buffer of its own) in a step that only decodes, else contiguous.
[[nodiscard]] Loaded<std::vector<Task>> lower_inference(const LlmModel& model,
                                                        const InferenceRequest& request,
                                                        const Shard& shard);
// Appends to `out`, which keeps its capacity from one call to the next.
void append_inference(const LlmModel& model, const InferenceRequest& request, const Shard& shard,
                      std::vector<Task>& out);

// Parts of a training step. kForward and kBackward are one microbatch; kBackward contains what is
// computed again, each linear layer as the gradient of its input (dgrad) and of its weights
// (wgrad), and under ZeRO stage 2 or 3 the messages of each pass. kUpdate is once a step: gradients
// summed over replicas, the optimizer, parameters gathered.
enum class TrainingPart : std::uint8_t { kForward, kBackward, kUpdate };

// A whole step: forward and backward as often as there are microbatches, and the update.
[[nodiscard]] Loaded<std::vector<Task>> lower_training(const LlmModel& model,
                                                       const TrainingRequest& request,
                                                       const Shard& shard);
// Appends one part to `out`, for one microbatch.
void append_training(const LlmModel& model, const TrainingRequest& request, const Shard& shard,
                     TrainingPart part, std::vector<Task>& out);

// How publications count the scores that a causal mask hides. PaLM (Chowdhery et al. 2022, appendix
// B) and Megatron-LM (Narayanan et al. 2021, section 5.1) count them.
enum class MaskedScores : std::uint8_t { kCounted, kLeftOut };

// What model FLOP/s utilisation divides by time: operations of a step of one replica over all its
// ranks, the backward pass as two forwards, nothing computed again.
[[nodiscard]] Ops model_ops(const LlmModel& model, const TrainingRequest& request,
                            MaskedScores scores = MaskedScores::kCounted);

// Parameters that one rank of a stage holds before ZeRO splits them. On one rank the sum is
// `parameter_count(model).total`, and with prediction modules `mtp` more.
struct HeldParameters {
  double linear = 0.0;     // attention, feed-forward and shared experts: matrices
  double experts = 0.0;    // routed
  double embedding = 0.0;  // tables of embedding and head
  double other = 0.0;      // norms, biases, router
  [[nodiscard]] constexpr double total() const { return linear + experts + embedding + other; }
};
[[nodiscard]] HeldParameters held_parameters(const LlmModel& model, const Shard& shard);

// Weights of a rank that serves, scales of fp4 and int4 blocks included. Split by ZeRO stage 3.
[[nodiscard]] Bytes weights_bytes(const LlmModel& model, const Precision& precision,
                                  const Shard& shard);
// Cache of one more token of a sequence, while it is shorter than any window: 2 kv_heads head_dim a
// layer, or kv_lora_rank + rope.
[[nodiscard]] Bytes kv_bytes_per_token(const LlmModel& model, const Precision& precision,
                                       const Shard& shard);
// Cache of one sequence of `tokens`, of which layers with a window keep the last.
[[nodiscard]] Bytes kv_bytes(const LlmModel& model, const Precision& precision, const Shard& shard,
                             std::int64_t tokens);

// Memory of a rank that trains, under its ZeRO stage. Parameters: the copy that passes read, and
// another in the format of narrower operands.
[[nodiscard]] Bytes parameter_bytes(const LlmModel& model, const TrainingRequest& request,
                                    const Shard& shard);
[[nodiscard]] Bytes gradient_bytes(const LlmModel& model, const TrainingRequest& request,
                                   const Shard& shard);
// Master copy and moments.
[[nodiscard]] Bytes optimizer_bytes(const LlmModel& model, const TrainingRequest& request,
                                    const Shard& shard);

// What one microbatch leaves in memory from its forward to its backward pass (Korthikanti et al.
// 2022, section 4, term by term, so that it holds for gated and grouped layers too; with plain
// feed-forward of 4h, as many kv heads as heads, dropout and no flash attention it is their
// s b h (34 + 5 a s / h) in 16 bits, and equations 2, 4 and 6). Flash attention keeps a log-sum of
// fp32 for each row and head, no scores.
struct ActivationBytes {
  Bytes dense_layer{};   // of one layer without experts
  Bytes expert_layer{};  // of one layer with experts
  Bytes layers{};        // of the stage
  Bytes embedding{};     // mask of the dropout after it, on the first stage
  Bytes head{};          // last stage: final norm, input of the head, logits in fp32
  [[nodiscard]] constexpr Bytes total() const { return layers + embedding + head; }
};
[[nodiscard]] ActivationBytes activation_bytes(const LlmModel& model,
                                               const TrainingRequest& request, const Shard& shard);

}  // namespace redline
