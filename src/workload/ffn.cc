// Feed-forward layers: gated (Shazeer 2020) or plain, split by TP in columns, then in rows.

#include "workload/layer.h"

namespace redline::workload {
namespace {

constexpr FfnNames kDense{.gate_up = {"gate_up", "gate_up_dgrad", "gate_up_wgrad"},
                          .up = {"ffn_up", "ffn_up_dgrad", "ffn_up_wgrad"},
                          .down = {"ffn_down", "ffn_down_dgrad", "ffn_down_wgrad"},
                          .activation = {"activation", "activation_backward"}};
constexpr StreamName kPostNorm{"post_norm", "post_norm_backward"};

}  // namespace

std::int64_t ffn_columns(const Stage& stage, std::int64_t width) {
  return stage.gated ? 2 * width : width;
}

void emit_activation(Emitter& emit, const Stage& stage, const StreamName& name, std::int64_t rows,
                     std::int64_t width) {
  if (stage.gated) {
    emit.stream(name, Stream::Kind::kGatedActivation, rows, width, {.reads = 2.0, .writes = 1.0});
  } else {
    emit.stream(name, Stream::Kind::kGelu, rows, width);
  }
}

void emit_ffn(Emitter& emit, const Stage& stage, const FfnNames& names, std::int64_t tokens,
              std::int64_t width) {
  emit.linear(stage.gated ? names.gate_up : names.up,
              {tokens, ffn_columns(stage, width), stage.hidden, stage.formats.linear});
  emit_activation(emit, stage, names.activation, tokens, width);
  emit.linear(names.down, {tokens, stage.hidden, width, stage.formats.linear});
}

// A model with more than two norms a layer has the others after its blocks (Gemma 2).
void emit_ffn_norms(Emitter& emit, const Stage& stage, const Step& step) {
  const std::int64_t tokens = stage.own_tokens(step.tokens);
  if (!stage.parallel_block()) {
    emit.summed_norm(tokens);
  }
  for (int extra = 2; extra < stage.norms_per_layer; ++extra) {
    emit.norm(kPostNorm, tokens, stage.hidden);
  }
}

void emit_dense_ffn(Emitter& emit, const Stage& stage, const Step& step) {
  if (!stage.parallel_block()) {
    emit.block_input(step.tokens);
  }
  emit_ffn(emit, stage, kDense, step.tokens, stage.ffn);
  emit.block_output(step.tokens);
}

void emit_layers(Emitter& emit, const Stage& stage, const Step& step, const LayerMix& mix) {
  emit_attention(emit, stage, step, mix);
  emit.repeat(mix.all());
  emit_ffn_norms(emit, stage, step);
  emit.repeat(mix.dense);
  emit_dense_ffn(emit, stage, step);
  emit.repeat(mix.experts);
  if (mix.experts > 0) {
    emit_experts(emit, stage, step);
  }
}

}  // namespace redline::workload
