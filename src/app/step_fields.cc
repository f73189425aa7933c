#include "app/step_fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "redline/quantity.h"

#include "base/nearest.h"

namespace redline::app {
namespace {

constexpr int kMxBlock = 32;  // OCP microscaling formats, version 1.0, table 1

}  // namespace

const Json& part_of(const Json& fields, std::string_view name) {
  static const Json kEmpty = Json::object();
  const auto found = fields.find(name);
  return found != fields.end() && found->is_object() ? *found : kEmpty;
}

bool Fields::has(std::string_view name) const {
  if (!object_->is_object()) {
    return false;
  }
  const auto found = object_->find(name);
  return found != object_->end() && !found->is_null();
}

std::optional<double> Fields::number(std::string_view name) const {
  if (!has(name)) {
    return std::nullopt;
  }
  const Json& value = *object_->find(name);
  double number = 0.0;
  if (value.is_number()) {
    number = value.get<double>();
  } else if (value.is_string()) {  // "4", "2M"
    const auto& text = value.get_ref<const std::string&>();
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) {
      return std::nullopt;
    }
    const std::string_view suffix(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    if (!suffix.empty() && suffix != "M" && suffix != "K") {
      return std::nullopt;
    }
    number *= suffix == "M" ? 1048576.0 : suffix == "K" ? 1024.0 : 1.0;
  } else {
    return std::nullopt;
  }
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> Fields::count(std::string_view name) const {
  const auto value = number(name);
  constexpr double kMost = 1e8;
  if (!value || *value < 1.0 || *value > kMost || std::floor(*value) != *value) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

std::string Fields::text(std::string_view name) const {
  if (!has(name)) {
    return {};
  }
  const Json& value = *object_->find(name);
  return value.is_string() ? to_lower(value.get<std::string>()) : value.dump();
}

std::optional<double> Fields::seconds(std::string_view name) const {
  if (!has(name)) {
    return std::nullopt;
  }
  const Json& value = *object_->find(name);
  double found = 0.0;
  if (value.is_number()) {
    found = value.get<double>();
  } else if (const auto read = parse_quantity<Seconds>(text(name))) {
    found = read->base();
  }
  return found > 0.0 && std::isfinite(found) ? std::optional(found) : std::nullopt;
}

bool Fields::truth(std::string_view name) const { return text(name) == "true"; }

std::optional<LlmModel> model_of_fields(const Fields& f) {
  const auto size = [&f](std::string_view name) {
    return static_cast<int>(std::min<std::int64_t>(f.count(name).value_or(0), 100'000'000));
  };
  LlmModel model;
  model.id = f.text("name");
  ModelShape& shape = model.shape;
  shape.layers = size("layers");
  shape.hidden = size("hidden");
  shape.vocabulary = size("vocab");
  if (shape.layers == 0 || shape.hidden == 0 || shape.vocabulary == 0) {
    return std::nullopt;
  }
  shape.heads = size("heads");
  if (shape.heads == 0) {  // heads of 128, as models of this size have
    constexpr int kUsualHead = 128;
    shape.heads = std::max(1, shape.hidden / kUsualHead);
  }
  shape.kv_heads = f.has("kv_heads") ? size("kv_heads") : shape.heads;
  shape.head_dim = f.has("head_dim") ? size("head_dim") : std::max(1, shape.hidden / shape.heads);
  const bool gated =
      f.text("ffn_type") == "swiglu" || f.text("ffn_type") == "geglu" || f.has("experts");
  shape.ffn_kind = gated ? FfnKind::kGated : FfnKind::kPlain;
  shape.norm = gated ? NormKind::kRms : NormKind::kLayer;
  shape.ffn = f.has("ffn") ? size("ffn") : size("ffn_dense");
  shape.tied_embeddings = f.truth("tied");
  if (f.text("positions") == "learned") {
    shape.position = PositionKind::kLearned;
  }
  if (f.has("sliding_window")) {
    shape.sliding_window = size("sliding_window");
    shape.sliding_window_pattern =
        f.has("sliding_window_pattern") ? size("sliding_window_pattern") : 2;
  }
  if (f.has("kv_lora")) {
    Mla mla;
    if (f.has("q_lora")) {
      mla.q_lora_rank = size("q_lora");
    }
    mla.kv_lora_rank = size("kv_lora");
    mla.qk_nope_head_dim = size("qk_nope");
    mla.qk_rope_head_dim = size("qk_rope");
    mla.v_head_dim = size("v_head");
    model.mla = mla;
    shape.kv_heads = shape.heads;
    shape.head_dim = mla.qk_nope_head_dim + mla.qk_rope_head_dim;
  }
  if (f.has("experts")) {
    Moe moe;
    moe.experts = size("experts");
    moe.experts_per_token = std::max(1, size("experts_per_token"));
    moe.shared_experts = size("shared_experts");
    moe.expert_ffn = f.has("moe_ffn") ? size("moe_ffn") : size("ffn");
    moe.dense_layers = size("dense_layers");
    model.moe = moe;
    if (moe.dense_layers == 0) {
      shape.ffn = 0;
    }
  } else if (shape.ffn == 0) {
    shape.ffn = 4 * shape.hidden;
  }
  return model;
}

Precision precision_of_words(std::string_view text) {
  const std::string words = to_lower(text);
  Precision p;
  const bool weights_alone = contains(words, "weight-only") || contains(words, "awq") ||
                             contains(words, "gptq") || contains(words, "w4a16") ||
                             contains(words, "w8a16");
  const Format wide =
      contains(words, "fp16") || contains(words, "gguf f16") ? Format::kFp16 : Format::kBf16;
  p.activations = p.weights = p.kv_cache = wide;
  if (contains(words, "int4") || contains(words, "awq") || contains(words, "w4a16")) {
    p.weights = Format::kInt4;
  } else if (contains(words, "int8") || contains(words, "w8a")) {
    p.weights = Format::kInt8;
    p.activations = weights_alone ? wide : Format::kInt8;
  } else if (contains(words, "fp4")) {
    p.weights = p.activations = Format::kFp4;
  } else if (contains(words, "fp8")) {
    p.weights = p.activations = Format::kFp8;
    p.fp8_block = contains(words, "mxfp8") || contains(words, "fp8-mx") ? kMxBlock : 0;
  }
  if (contains(words, "fp8 kv") || contains(words, "kv fp8") || contains(words, "flashmla fp8")) {
    p.kv_cache = Format::kFp8;
  } else if (contains(words, "int8 kv")) {
    p.kv_cache = Format::kInt8;
  }
  return p;
}

bool same_formats(const Precision& a, const Precision& b) {
  return a.weights == b.weights && a.activations == b.activations && a.kv_cache == b.kv_cache &&
         a.fp8_block == b.fp8_block && a.fp4_block == b.fp4_block &&
         a.expert_weights == b.expert_weights && a.head == b.head && a.attention == b.attention;
}

void split_tensor(Shard& shard, const LlmModel& model, int ranks) {
  shard.tensor = ranks;
  if (model.moe && shard.expert == 1) {
    shard.expert_tensor = ranks;
  }
}

}  // namespace redline::app
