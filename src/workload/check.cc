// Whether a request can be lowered: one list of conditions, read with texts or without.

#include <fmt/format.h>

#include "workload/stage.h"

namespace redline {
namespace {

constexpr std::int64_t kMostOfModel = 10'000'000;
constexpr std::int64_t kMostRanks = 1'000'000;
constexpr std::int64_t kMostOfRequest = 1'000'000'000;
constexpr std::int64_t kMostTokens =
    100'000'000'000;  // of all sequences of a step, cached ones too

// Gathers texts where there is a list for them, and otherwise only remembers that one failed.
class Problems {
 public:
  explicit Problems(Diagnostics* texts) : texts_(texts) {}

  [[nodiscard]] bool none() const { return none_; }

  // `text` gives the message, and is asked only where it is read.
  template <class Text>
  bool require(bool holds, Code code, const Text& text, std::string_view help = {}) {
    if (holds) {
      return true;
    }
    none_ = false;
    if (texts_ != nullptr) {
      Error& error = texts_->emplace_back();
      error.code = code;
      error.message = text();
      if (!help.empty()) {
        error.help.emplace_back(help);
      }
    }
    return false;
  }

  // Bounds hold products of a few of these below what 64 bits count.
  bool between(std::int64_t value, std::int64_t least, std::int64_t most, Code code,
               std::string_view name) {
    return (value >= least && value <= most) || outside(value, least, most, code, name);
  }

  // `what` has a place for the value, such as "{} heads".
  bool divides(std::int64_t divisor, std::int64_t value, std::string_view what_divides,
               std::string_view what) {
    return require(value % divisor == 0, Code::kBadShard, [&] {
      return fmt::format("{} {} does not divide {}", what_divides, divisor,
                         fmt::format(fmt::runtime(what), value));
    });
  }

 private:
  // Apart, so that what mostly holds is short enough to stand where it is asked.
  [[gnu::noinline]] bool outside(std::int64_t value, std::int64_t least, std::int64_t most,
                                 Code code, std::string_view name) {
    return require(false, code, [&] {
      return value < least ? fmt::format("{} is {}, and must be at least {}", name, value, least)
                           : fmt::format("{} is {}, and must be at most {}", name, value, most);
    });
  }

  Diagnostics* texts_;
  bool none_ = true;
};

bool check_latent(const Mla& mla, Problems& problems) {
  bool good = problems.between(mla.q_lora_rank.value_or(1), 1, kMostOfModel, Code::kOutOfRange,
                               "q_lora_rank");
  good &= problems.between(mla.kv_lora_rank, 1, kMostOfModel, Code::kOutOfRange, "kv_lora_rank");
  good &= problems.between(mla.qk_nope_head_dim, 1, kMostOfModel, Code::kOutOfRange,
                           "qk_nope_head_dim");
  good &= problems.between(mla.qk_rope_head_dim, 0, kMostOfModel, Code::kOutOfRange,
                           "qk_rope_head_dim");
  good &= problems.between(mla.v_head_dim, 1, kMostOfModel, Code::kOutOfRange, "v_head_dim");
  return good;
}

bool check_moe(const LlmModel& model, Problems& problems) {
  const Moe& moe = *model.moe;
  bool good = problems.between(moe.experts, 1, kMostOfModel, Code::kOutOfRange, "experts");
  good &= problems.between(moe.experts_per_token, 1, kMostOfModel, Code::kOutOfRange,
                           "experts_per_token");
  good &=
      problems.between(moe.shared_experts, 0, kMostOfModel, Code::kOutOfRange, "shared_experts");
  good &= problems.between(moe.expert_ffn, 1, kMostOfModel, Code::kOutOfRange, "expert_ffn");
  good &= problems.between(moe.dense_layers, 0, kMostOfModel, Code::kOutOfRange, "dense_layers");
  good &= problems.between(moe.shared_expert_ffn.value_or(1), 1, kMostOfModel, Code::kOutOfRange,
                           "shared_expert_ffn");
  good &= problems.require(moe.experts_per_token <= moe.experts, Code::kInconsistent, [&] {
    return fmt::format("{} experts see a token, and there are {}", moe.experts_per_token,
                       moe.experts);
  });
  good &= problems.require(moe.dense_layers <= model.shape.layers, Code::kInconsistent, [&] {
    return fmt::format("{} layers have no experts, and there are {}", moe.dense_layers,
                       model.shape.layers);
  });
  return good;
}

// The loader of the catalogue sees to this; a model put together by a program may not have.
bool check_model(const LlmModel& model, Problems& problems) {
  const ModelShape& shape = model.shape;
  bool good = problems.between(shape.layers, 1, kMostOfModel, Code::kOutOfRange, "layers");
  good &= problems.between(shape.hidden, 1, kMostOfModel, Code::kOutOfRange, "hidden");
  good &= problems.between(shape.heads, 1, kMostOfModel, Code::kOutOfRange, "{} heads");
  good &= problems.between(shape.head_dim, 1, kMostOfModel, Code::kOutOfRange, "head_dim");
  good &= problems.between(shape.vocabulary, 1, kMostOfModel, Code::kOutOfRange, "vocabulary");
  good &= problems.between(shape.norms_per_layer, 1, kMostOfModel, Code::kOutOfRange,
                           "norms_per_layer");
  good &= problems.between(shape.sliding_window.value_or(1), 1, kMostOfModel, Code::kOutOfRange,
                           "sliding_window");
  good &= problems.between(shape.sliding_window_pattern.value_or(1), 1, kMostOfModel,
                           Code::kOutOfRange, "sliding_window_pattern");
  if (problems.between(shape.kv_heads, 1, kMostOfModel, Code::kOutOfRange, "kv_heads")) {
    good &= problems.require(shape.heads % shape.kv_heads == 0, Code::kInconsistent, [&] {
      return fmt::format("{} heads are no multiple of {} kv_heads", shape.heads, shape.kv_heads);
    });
  } else {
    good = false;
  }
  if (!model.moe || model.moe->dense_layers > 0) {
    good &= problems.between(shape.ffn, 1, kMostOfModel, Code::kOutOfRange, "ffn");
  }
  good &= !model.moe || check_moe(model, problems);
  good &= !model.mla || check_latent(*model.mla, problems);
  good &= !model.mtp ||
          problems.between(model.mtp->layers, 1, kMostOfModel, Code::kOutOfRange, "mtp.layers");
  return good;
}

bool check_group_sizes(const Shard& shard, Problems& problems) {
  bool good = problems.between(shard.tensor, 1, kMostRanks, Code::kBadShard, "tensor");
  good &= problems.between(shard.context, 1, kMostRanks, Code::kBadShard, "context");
  good &= problems.between(shard.data, 1, kMostRanks, Code::kBadShard, "data");
  good &= problems.between(shard.expert, 1, kMostRanks, Code::kBadShard, "expert");
  good &= problems.between(shard.expert_tensor, 1, kMostRanks, Code::kBadShard, "expert_tensor");
  good &= problems.between(shard.zero_ranks, 0, kMostRanks, Code::kBadShard, "zero_ranks");
  good &= problems.between(shard.node_ranks, 0, kMostRanks, Code::kBadShard, "node_ranks");
  good &=
      problems.between(shard.nodes_per_token, 0, kMostRanks, Code::kBadShard, "nodes_per_token");
  return good;
}

void check_stage(const LlmModel& model, const Shard& shard, Problems& problems) {
  const int layers = model.shape.layers;
  const int end = workload::end_layer(model, shard);
  problems.require(
      shard.first_layer >= 0 && shard.first_layer < end && end <= layers, Code::kBadShard,
      [&] {
        return fmt::format("a stage of layers {} to {} is no part of {} layers", shard.first_layer,
                           end, layers);
      },
      "layers count from 0, and the last one named is not included");
  problems.require(!shard.mtp || (model.mtp && end == layers), Code::kBadShard, [&] {
    return std::string(model.mtp ? "prediction modules stand on the last stage"
                                 : "the model has no prediction modules");
  });
}

void check_tensor(const LlmModel& model, const Shard& shard, Problems& problems) {
  const std::int64_t tensor = shard.tensor;
  const std::int64_t kv_heads = model.shape.kv_heads;
  if (problems.divides(tensor, model.shape.heads, "tensor parallelism", "{} heads") && !model.mla) {
    problems.require(kv_heads % tensor == 0 || tensor % kv_heads == 0, Code::kBadShard, [&] {
      return fmt::format("tensor parallelism {} neither divides {} kv_heads nor is a multiple",
                         tensor, kv_heads);
    });
  }
  if (!model.moe || model.moe->dense_layers > 0) {
    problems.divides(tensor, model.shape.ffn, "tensor parallelism", "a feed-forward {} wide");
  }
}

void check_experts(const LlmModel& model, const Shard& shard, Problems& problems) {
  if (!model.moe) {
    problems.require(shard.expert == 1 && shard.expert_tensor == 1, Code::kBadShard,
                     [] { return std::string("a model without experts has none to spread"); });
    return;
  }
  const Moe& moe = *model.moe;
  problems.divides(shard.expert, moe.experts, "expert parallelism", "{} experts");
  problems.divides(shard.expert_tensor, moe.expert_ffn, "expert tensor parallelism",
                   "experts {} wide");
  problems.divides(shard.tensor,
                   static_cast<std::int64_t>(moe.shared_experts) *
                       moe.shared_expert_ffn.value_or(moe.expert_ffn),
                   "tensor parallelism", "shared experts {} wide together");
  const std::int64_t stage = static_cast<std::int64_t>(shard.tensor) * shard.context * shard.data;
  const std::int64_t spread = static_cast<std::int64_t>(shard.expert) * shard.expert_tensor;
  problems.require(
      stage % spread == 0, Code::kBadShard,
      [&] {
        return fmt::format("experts over {} x {} ranks do not divide the {} ranks of a stage",
                           shard.expert, shard.expert_tensor, stage);
      },
      "a stage has tensor x context x data ranks");
}

void check_format(Format format, std::string_view what, Problems& problems) {
  problems.require(format != Format::kNone, Code::kBadRequest,
                   [&] { return fmt::format("no format of {} is given", what); });
}

void check_precision(const Precision& precision, Problems& problems) {
  check_format(precision.weights, "weights", problems);
  check_format(precision.activations, "activations", problems);
  check_format(precision.kv_cache, "kv_cache", problems);
  problems.between(precision.fp8_block, 0, kMostOfRequest, Code::kBadRequest, "fp8_block");
  problems.between(precision.fp4_block, 1, kMostOfRequest, Code::kBadRequest, "fp4_block");
}

// Only a model and a shard that hold can be asked for more: the rest divides by them.
void check_split(const LlmModel& model, const Shard& shard, Problems& problems) {
  const bool sizes = check_group_sizes(shard, problems);
  if (!check_model(model, problems)) {
    return;
  }
  check_stage(model, shard, problems);
  if (sizes) {
    check_tensor(model, shard, problems);
    check_experts(model, shard, problems);
  }
}

void check_positions(const LlmModel& model, std::int64_t tokens, Problems& problems) {
  const auto positions = model.shape.max_positions;
  problems.require(
      model.shape.position != PositionKind::kLearned || !positions || tokens <= *positions,
      Code::kBadRequest, [&] {
        return fmt::format("{} tokens are more than the {} learned positions", tokens, *positions);
      });
}

void check_chunks(const Shard& shard, std::int64_t tokens, Problems& problems) {
  if (shard.context > 1) {
    const std::int64_t chunks = 2 * static_cast<std::int64_t>(shard.context);
    problems.require(tokens % chunks == 0, Code::kBadRequest, [&] {
      return fmt::format("{} tokens are no multiple of {}, twice the context parallelism", tokens,
                         chunks);
    });
  }
}

struct SequenceNames {
  std::string_view count, new_tokens, cached;
};

void check_all_tokens(std::int64_t sequences, std::int64_t tokens, Problems& problems) {
  problems.require(sequences <= kMostTokens / tokens, Code::kBadRequest, [&] {
    return fmt::format("{} sequences of {} tokens are more than {} tokens", sequences, tokens,
                       kMostTokens);
  });
}

void check_sequences(const Sequences& sequences, const LlmModel& model, const SequenceNames& names,
                     Problems& problems) {
  if (!problems.between(sequences.count, 0, kMostOfRequest, Code::kBadRequest, names.count) ||
      sequences.count == 0) {
    return;
  }
  const bool some = problems.between(sequences.new_tokens, 1, kMostOfRequest, Code::kBadRequest,
                                     names.new_tokens);
  const bool cached =
      problems.between(sequences.cached, 0, kMostOfRequest, Code::kBadRequest, names.cached);
  if (some && cached) {
    const std::int64_t tokens = sequences.new_tokens + sequences.cached;
    check_positions(model, tokens, problems);
    check_all_tokens(sequences.count, tokens, problems);
  }
}

void check_request(const LlmModel& model, const InferenceRequest& request, const Shard& shard,
                   Problems& problems) {
  check_precision(request.precision, problems);
  check_split(model, shard, problems);
  check_sequences(request.prefill, model, {"prefill.count", "prefill.new_tokens", "prefill.cached"},
                  problems);
  check_sequences(request.decode, model, {"decode.count", "decode.new_tokens", "decode.cached"},
                  problems);
  problems.require(
      request.prefill.count != 0 || request.decode.count != 0, Code::kBadRequest,
      [] { return std::string("there is no sequence to prefill or to decode"); },
      "give prefill.count or decode.count");
  check_chunks(shard, request.prefill.count > 0 ? request.prefill.new_tokens : 0, problems);
  problems.require(
      request.decode.count <= 0 || shard.context <= 1, Code::kBadRequest,
      [] { return std::string("decoding does not split along the context"); },
      "spread sequences over data, or heads over tensor");
  problems.between(request.draft_passes, 0, kMostOfRequest, Code::kBadRequest, "draft_passes");
  problems.require(request.draft_passes <= 0 || request.decode.count > 0, Code::kBadRequest,
                   [] { return std::string("drafts need sequences that decode"); });
  const bool last = workload::end_layer(model, shard) == model.shape.layers;
  problems.require(
      request.draft_passes <= 0 || shard.mtp || !last, Code::kBadShard,
      [] { return std::string("drafts need a shard that holds prediction modules"); },
      "set mtp of the last stage");
}

void check_request(const LlmModel& model, const TrainingRequest& request, const Shard& shard,
                   Problems& problems) {
  check_precision(request.precision, problems);
  check_split(model, shard, problems);
  const bool some =
      problems.between(request.sequences, 1, kMostOfRequest, Code::kBadRequest, "sequences");
  problems.between(request.microbatches, 1, kMostOfRequest, Code::kBadRequest, "microbatches");
  if (problems.between(request.tokens, 1, kMostOfRequest, Code::kBadRequest, "tokens")) {
    check_positions(model, request.tokens, problems);
    check_chunks(shard, request.tokens, problems);
    if (some) {
      check_all_tokens(request.sequences, request.tokens, problems);
    }
  }
  check_format(request.parameters, "parameters", problems);
  check_format(request.gradients, "gradients", problems);
  check_format(request.moments, "moments", problems);
}

template <class Look>
Diagnostics diagnose(const Look& look) {
  Diagnostics texts;
  Problems problems(&texts);
  look(problems);
  return texts;
}

template <class Look>
bool holds(const Look& look) {
  Problems problems(nullptr);
  look(problems);
  return problems.none();
}

}  // namespace

Diagnostics check(const LlmModel& model, const Shard& shard) {
  return diagnose([&](Problems& problems) { check_split(model, shard, problems); });
}

Diagnostics check(const LlmModel& model, const InferenceRequest& request, const Shard& shard) {
  return diagnose([&](Problems& problems) { check_request(model, request, shard, problems); });
}

Diagnostics check(const LlmModel& model, const TrainingRequest& request, const Shard& shard) {
  return diagnose([&](Problems& problems) { check_request(model, request, shard, problems); });
}

bool is_valid(const LlmModel& model, const Shard& shard) {
  return holds([&](Problems& problems) { check_split(model, shard, problems); });
}

bool is_valid(const LlmModel& model, const InferenceRequest& request, const Shard& shard) {
  return holds([&](Problems& problems) { check_request(model, request, shard, problems); });
}

bool is_valid(const LlmModel& model, const TrainingRequest& request, const Shard& shard) {
  return holds([&](Problems& problems) { check_request(model, request, shard, problems); });
}

}  // namespace redline
