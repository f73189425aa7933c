// Attention: projections of heads, rotation, cache, core, projection out. Grouped heads; latent
// attention's projections stand in latent.cc.

#include "workload/layer.h"

namespace redline::workload {
namespace {

constexpr LinearName kQkv{"qkv", "qkv_dgrad", "qkv_wgrad"};
constexpr LinearName kOut{"attention_out", "attention_out_dgrad", "attention_out_wgrad"};
constexpr LinearName kScores{"scores", "scores_dgrad", "scores_wgrad"};
constexpr LinearName kContext{"context", "context_dgrad", "context_wgrad"};
constexpr StreamName kSoftmax{"softmax", "softmax_backward"};
constexpr StreamName kQkNorm{"qk_norm", "qk_norm_backward"};
constexpr StreamName kRotary{"rotary", "rotary_backward"};

// Keys and values of this step into the cache, in its format.
void emit_cache_write(Emitter& emit, const Stage& stage, const Step& step) {
  const std::int64_t width = stage.cached_width();
  const double elements = static_cast<double>(step.tokens) * static_cast<double>(width);
  emit.add("kv_write", Stream{.kind = Stream::Kind::kCast,
                              .rows = step.tokens,
                              .columns = width,
                              .read = Bytes{emit.wide_bytes(step.tokens, width)},
                              .written = Bytes{elements * bytes_per_element(stage.formats.kv)},
                              .ops = Ops{elements * vector_ops(Stream::Kind::kCast)}});
}

void emit_head_projections(Emitter& emit, const Stage& stage, const Step& step) {
  const std::int64_t all_heads = stage.heads + stage.kv_heads;
  emit.linear(kQkv, {step.tokens, (all_heads + stage.kv_heads) * stage.qk_dim, stage.hidden,
                     stage.formats.linear});
  if (stage.qk_norm) {
    emit.norm(kQkNorm, step.tokens * all_heads, stage.qk_dim);
  }
  if (stage.rotary) {
    emit.stream(kRotary, Stream::Kind::kRotary, step.tokens, all_heads * stage.qk_dim);
  }
}

// Without a fused kernel: all scores, the masked ones too, are written and read (Vaswani 2017).
void emit_unfused(Emitter& emit, const Stage& stage, const Attention& op) {
  const std::int64_t groups = op.batch * op.kv_heads;
  const std::int64_t rows = op.batch * op.q_heads * op.q_len;
  emit.grouped(
      kScores,
      {.groups = groups, .rows = rows, .n = op.kv_len, .k = op.qk_dim, .b = stage.formats.wide});
  emit.stream(kSoftmax, Stream::Kind::kSoftmax, rows, op.kv_len);
  emit.grouped(
      kContext,
      {.groups = groups, .rows = rows, .n = op.v_dim, .k = op.kv_len, .b = stage.formats.wide});
}

void emit_fused_or_not(Emitter& emit, const Stage& stage, const Attention& op) {
  if (stage.flash_attention) {
    emit.attention(op);
  } else {
    emit_unfused(emit, stage, op);
  }
}

Attention prefill_op(const Stage& stage, const Sequences& sequences, std::int64_t window,
                     Pass pass) {
  const bool fresh = stage.latent.present() || sequences.cached == 0;
  return {
      .phase = pass == Pass::kForward ? Attention::Phase::kPrefill : Attention::Phase::kBackward,
      .batch = sequences.count,
      .q_len = sequences.new_tokens,
      .kv_len = sequences.cached + sequences.new_tokens,
      .q_heads = stage.heads,
      .kv_heads = stage.kv_heads,
      .qk_dim = stage.qk_dim,
      .v_dim = stage.v_dim,
      .window = window,
      .math = stage.formats.attention,
      .kv = fresh ? stage.formats.attention : stage.formats.kv};
}

// Latent attention is absorbed: all heads share one key, of which the value is a part.
Attention decode_op(const Stage& stage, const Sequences& sequences, std::int64_t window) {
  const bool latent = stage.latent.present();
  return {.phase = Attention::Phase::kDecode,
          .batch = sequences.count,
          .q_len = sequences.new_tokens,
          .kv_len = sequences.cached + sequences.new_tokens,
          .q_heads = stage.heads,
          .kv_heads = latent ? 1 : stage.kv_heads,
          .qk_dim = latent ? stage.latent.cached() : stage.qk_dim,
          .v_dim = latent ? stage.latent.kv_rank : stage.v_dim,
          .latent = latent,
          .window = window,
          .math = stage.formats.attention,
          .kv = stage.formats.kv};
}

// Under CP each sequence is cut into 2 cp chunks; a rank has one from either end, so that all have
// as many scores (Llama 3 2024, section 3.3.2). Stated is the rank of the two in the middle, which
// no window lightens. The keys of all ranks are gathered.
void emit_prefill_core(Emitter& emit, const Stage& stage, const Attention& op) {
  const Group& context = stage.groups.context;
  if (context.ranks == 1) {
    emit_fused_or_not(emit, stage, op);
    return;
  }
  const double keys = static_cast<double>(op.batch * op.kv_len * op.kv_heads) *
                      static_cast<double>(op.qk_dim + op.v_dim) * bytes_per_element(op.kv);
  emit.message("kv_gather", Collective::Kind::kAllGather, keys, context);
  if (emit.backward()) {
    emit.message("kv_scatter", Collective::Kind::kReduceScatter, keys, context);
  }
  const std::int64_t cached = op.kv_len - op.q_len;
  Attention chunk = op;
  chunk.q_len /= 2 * context.ranks;
  for (const std::int64_t end : {context.ranks, context.ranks + 1}) {
    chunk.kv_len = cached + end * chunk.q_len;
    emit_fused_or_not(emit, stage, chunk);
  }
}

void emit_core_of(Emitter& emit, const Stage& stage, const Step& step, std::int64_t window) {
  if (step.prefill.count > 0) {
    emit_prefill_core(emit, stage, prefill_op(stage, step.prefill, window, emit.pass()));
  }
  if (step.decode.count > 0) {
    emit.attention(decode_op(stage, step.decode, window));
  }
}

}  // namespace

void emit_core(Emitter& emit, const Stage& stage, const Step& step, const LayerMix& mix) {
  if (mix.full > 0) {
    emit.repeat(mix.full);
    emit_core_of(emit, stage, step, 0);
  }
  if (mix.windowed > 0) {
    emit.repeat(mix.windowed);
    emit_core_of(emit, stage, step, stage.window);
  }
}

void emit_attention(Emitter& emit, const Stage& stage, const Step& step, const LayerMix& mix) {
  emit.repeat(mix.all());
  emit.summed_norm(stage.own_tokens(step.tokens));
  emit.block_input(step.tokens);
  if (stage.latent.present()) {
    emit_latent_projections(emit, stage, step);
  } else {
    emit_head_projections(emit, stage, step);
  }
  if (step.caches) {
    emit_cache_write(emit, stage, step);
  }
  emit_core(emit, stage, step, mix);
  emit.repeat(mix.all());
  if (stage.latent.present()) {
    emit_latent_values(emit, stage, step);
  }
  emit.linear(kOut, {step.tokens, stage.hidden, stage.heads * stage.v_dim, stage.formats.linear});
  if (!stage.parallel_block()) {
    emit.block_output(step.tokens);
  }
}

}  // namespace redline::workload
