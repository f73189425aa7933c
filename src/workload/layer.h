#pragma once
// The blocks of a decoder, each in its own file, stated as they run forward; an Emitter turns them
// round for the backward pass.

#include "workload/emitter.h"
#include "workload/stage.h"

namespace redline::workload {

// Sequences that go through the stage together. Training has them all in `prefill`.
struct Step {
  Sequences prefill{}, decode{};
  bool caches = true;       // keys and values are written to a cache
  std::int64_t tokens = 0;  // new ones on this rank, after CP
};

// `caches` as in Step. CP splits what is prefilled.
[[nodiscard]] Step make_step(const Sequences& prefill, const Sequences& decode, const Stage& stage,
                             bool caches);

// Layers of a mix: attention, then dense feed-forwards, then experts.
void emit_layers(Emitter& emit, const Stage& stage, const Step& step, const LayerMix& mix);

// From the norm to the projection out.
void emit_attention(Emitter& emit, const Stage& stage, const Step& step, const LayerMix& mix);
// Softmax(Q K^T) V of all sequences, which selective recomputation repeats.
void emit_core(Emitter& emit, const Stage& stage, const Step& step, const LayerMix& mix);
// Projections of latent attention into heads, or, for decoding, into the latent space; and what
// decoding got from there into heads.
void emit_latent_projections(Emitter& emit, const Stage& stage, const Step& step);
void emit_latent_values(Emitter& emit, const Stage& stage, const Step& step);

// The norm before a feed-forward and those after either block, of all layers.
void emit_ffn_norms(Emitter& emit, const Stage& stage, const Step& step);
void emit_dense_ffn(Emitter& emit, const Stage& stage, const Step& step);
void emit_experts(Emitter& emit, const Stage& stage, const Step& step);

// Names of a feed-forward: of experts, shared experts, or dense.
struct FfnNames {
  LinearName gate_up, up, down;
  StreamName activation;
};
// Columns that the first product of a feed-forward of `width` has: gate and up together.
[[nodiscard]] std::int64_t ffn_columns(const Stage& stage, std::int64_t width);
void emit_ffn(Emitter& emit, const Stage& stage, const FfnNames& names, std::int64_t tokens,
              std::int64_t width);
void emit_activation(Emitter& emit, const Stage& stage, const StreamName& name, std::int64_t rows,
                     std::int64_t width);

// The operators of append_inference on a stage, of what is known to be valid.
void emit_inference(const Stage& stage, const InferenceRequest& request, Sink& out);
// Tokens into states.
void emit_embedding(Emitter& emit, const Stage& stage, const Step& step);
// States into logits of `rows` tokens, from the last norm on.
void emit_head(Emitter& emit, const Stage& stage, const Step& step, std::int64_t rows);
void emit_loss(Emitter& emit, const Stage& stage, std::int64_t rows);
void emit_sampling(Emitter& emit, const Stage& stage, std::int64_t rows);
// What a prediction module has before its layer.
void emit_mtp_input(Emitter& emit, const Stage& stage, const Step& step);
// States of a step to the next stage; backward, their gradients to the one before.
// Ranks of a tensor hold the same state, so that each sends a part and the receivers gather it
// (Narayanan et al. 2021, section 4.1).
void emit_stage_send(Emitter& emit, const Stage& stage, const Step& step);

}  // namespace redline::workload
