// Multi-head latent attention (DeepSeek-V2 2024, section 2.1 and appendix C): queries and keys go
// through narrow latents; those of keys, with a rotated part shared by all heads, are the cache.

#include "workload/layer.h"

namespace redline::workload {
namespace {

constexpr LinearName kDown{"qkv_down", "qkv_down_dgrad", "qkv_down_wgrad"};
constexpr LinearName kQUp{"q_up", "q_up_dgrad", "q_up_wgrad"};
constexpr LinearName kQ{"q", "q_dgrad", "q_wgrad"};
constexpr LinearName kKvDown{"kv_down", "kv_down_dgrad", "kv_down_wgrad"};
constexpr LinearName kKvUp{"kv_up", "kv_up_dgrad", "kv_up_wgrad"};
constexpr LinearName kQAbsorb{"q_absorb", "q_absorb_dgrad", "q_absorb_wgrad"};
constexpr LinearName kVAbsorb{"v_absorb", "v_absorb_dgrad", "v_absorb_wgrad"};
constexpr StreamName kLatentNorm{"latent_norm", "latent_norm_backward"};
constexpr StreamName kRotary{"rotary", "rotary_backward"};

// Latents are small and stand whole on every rank; projections up are split by heads.
void emit_queries(Emitter& emit, const Stage& stage, const Step& step) {
  const Latent& latent = stage.latent;
  const Format weights = stage.formats.linear;
  const std::int64_t width = stage.heads * stage.qk_dim;
  if (latent.q_rank == 0) {
    emit.linear(kQ, {step.tokens, width, stage.hidden, weights});
    emit.linear(kKvDown, {step.tokens, latent.cached(), stage.hidden, weights});
    return;
  }
  emit.linear(kDown, {step.tokens, latent.q_rank + latent.cached(), stage.hidden, weights});
  emit.norm(kLatentNorm, step.tokens, latent.q_rank);
  emit.linear(kQUp, {step.tokens, width, latent.q_rank, weights});
}

// Of what is prefilled, latents of the cached prefix become keys and values again with the new.
void emit_keys(Emitter& emit, const Stage& stage, const Sequences& prefill) {
  const std::int64_t rows =
      ceil_div(prefill.count * (prefill.cached + prefill.new_tokens), stage.groups.context.ranks);
  emit.linear(kKvUp, {rows, stage.heads * (stage.latent.nope + stage.v_dim), stage.latent.kv_rank,
                      stage.formats.linear});
}

// One product for each head, with its part of the projection up.
void emit_absorbed(Emitter& emit, const Stage& stage, const LinearName& name, GroupedGemm op) {
  op.groups = stage.heads;
  op.rows *= stage.heads;
  op.b = stage.formats.wide;
  op.hit = static_cast<double>(stage.heads);
  emit.grouped(name, op);
}

}  // namespace

void emit_latent_projections(Emitter& emit, const Stage& stage, const Step& step) {
  emit_queries(emit, stage, step);
  emit.norm(kLatentNorm, step.tokens, stage.latent.kv_rank);
  if (stage.rotary && stage.latent.rope > 0) {
    emit.stream(kRotary, Stream::Kind::kRotary, step.tokens, (stage.heads + 1) * stage.latent.rope);
  }
  if (step.prefill.count > 0) {
    emit_keys(emit, stage, step.prefill);
  }
  if (step.decode.count > 0) {
    emit_absorbed(emit, stage, kQAbsorb,
                  {.rows = step.decode.count * step.decode.new_tokens,
                   .n = stage.latent.kv_rank,
                   .k = stage.latent.nope});
  }
}

void emit_latent_values(Emitter& emit, const Stage& stage, const Step& step) {
  if (step.decode.count > 0) {
    emit_absorbed(emit, stage, kVAbsorb,
                  {.rows = step.decode.count * step.decode.new_tokens,
                   .n = stage.v_dim,
                   .k = stage.latent.kv_rank});
  }
}

}  // namespace redline::workload
