// What stands before the first layer and after the last: embedding, head, loss, sampling, what
// joins prediction modules to the model, and the message from stage to stage.

#include "workload/layer.h"

namespace redline::workload {
namespace {

constexpr StreamName kEmbedding{"embedding", "embedding_backward"};
constexpr StreamName kEmbeddingNorm{"embedding_norm", "embedding_norm_backward"};
constexpr LinearName kHead{"head", "head_dgrad", "head_wgrad"};
constexpr LinearName kProject{"mtp_project", "mtp_project_dgrad", "mtp_project_wgrad"};
constexpr StreamName kMtpNorm{"mtp_norm", "mtp_norm_backward"};
constexpr double kLossReductions = 3.0;  // greatest logit, that of the target, sum of exponentials
constexpr double kBytesOfFp32 = 4.0;

double elements(std::int64_t rows, std::int64_t columns) {
  return static_cast<double>(rows) * static_cast<double>(columns);
}

}  // namespace

// A table split by vocabulary gives partial rows that TP adds up (Megatron-LM 2019, section 3).
void emit_embedding(Emitter& emit, const Stage& stage, const Step& step) {
  const double rows = stage.learned_positions ? 2.0 : 1.0;
  emit.stream(kEmbedding, Stream::Kind::kEmbedding, step.tokens, stage.hidden,
              {.reads = rows, .writes = 1.0});
  emit.block_output(step.tokens);
  if (stage.embedding_norm) {
    emit.norm(kEmbeddingNorm, stage.own_tokens(step.tokens), stage.hidden);
  }
}

void emit_head(Emitter& emit, const Stage& stage, const Step& step, std::int64_t rows) {
  emit.summed_norm(stage.own_tokens(step.tokens));
  if (rows > 0) {
    emit.block_input(rows);
    emit.linear(kHead, {rows, stage.vocabulary, stage.hidden, stage.formats.head});
  }
}

// Logits are read and their gradient written in fp32; each rank has a part of the vocabulary.
void emit_loss(Emitter& emit, const Stage& stage, std::int64_t rows) {
  if (emit.backward()) {
    return;  // the forward pass leaves the gradient of the logits in their place
  }
  const double logits = elements(rows, stage.vocabulary);
  emit.add("loss", Stream{.kind = Stream::Kind::kLoss,
                          .rows = rows,
                          .columns = stage.vocabulary,
                          .read = Bytes{logits * kBytesOfFp32},
                          .written = Bytes{logits * kBytesOfFp32},
                          .ops = Ops{logits * vector_ops(Stream::Kind::kLoss)}});
  emit.message("loss_reduce", Collective::Kind::kAllReduce,
               kLossReductions * static_cast<double>(rows) * kBytesOfFp32, stage.groups.tensor);
}

void emit_sampling(Emitter& emit, const Stage& stage, std::int64_t rows) {
  if (rows == 0) {
    return;
  }
  emit.message("logits_gather", Collective::Kind::kAllGather,
               emit.wide_bytes(rows, stage.whole_vocabulary), stage.groups.tensor);
  emit.add("sampling", Stream{.kind = Stream::Kind::kSoftmax,
                              .rows = rows,
                              .columns = stage.whole_vocabulary,
                              .read = Bytes{emit.wide_bytes(rows, stage.whole_vocabulary)},
                              .ops = Ops{elements(rows, stage.whole_vocabulary) *
                                         vector_ops(Stream::Kind::kSoftmax)}});
}

// The state and the embedding of the next token, normed and projected from 2 h to h (DeepSeek-V3
// 2024, section 2.2), split by columns.
void emit_mtp_input(Emitter& emit, const Stage& stage, const Step& step) {
  emit_embedding(emit, stage, step);
  const std::int64_t tokens = stage.own_tokens(step.tokens);
  emit.norm(kMtpNorm, tokens, stage.hidden);
  emit.norm(kMtpNorm, tokens, stage.hidden);
  emit.block_input(step.tokens);
  emit.linear(kProject, {step.tokens, ceil_div(stage.hidden, stage.groups.tensor.ranks),
                         2 * stage.hidden, stage.formats.linear});
  emit.message("tp_gather",
               emit.forward() ? Collective::Kind::kAllGather : Collective::Kind::kReduceScatter,
               emit.wide_bytes(step.tokens, stage.hidden), stage.groups.tensor);
}

void emit_stage_send(Emitter& emit, const Stage& stage, const Step& step) {
  const std::int64_t part = ceil_div(step.tokens, stage.groups.tensor.ranks);
  emit.message(emit.forward() ? "stage_send" : "stage_send_backward", Collective::Kind::kSendRecv,
               emit.wide_bytes(part, stage.hidden), stage.groups.neighbours);
  if (!stage.sequence_parallel) {
    emit.message("stage_send_gather", Collective::Kind::kAllGather,
                 emit.wide_bytes(step.tokens, stage.hidden), stage.groups.tensor);
  }
}

}  // namespace redline::workload
