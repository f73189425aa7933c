// In which formats a config.json says that the weights are published.

#include <array>
#include <utility>

#include <fmt/format.h>

#include "catalog/config_shape.h"

namespace redline {
namespace {

using data::JsonKind;
using data::JsonNode;

constexpr std::array<std::pair<std::string_view, WeightFormat>, 5> kTypes{
    {{"bfloat16", WeightFormat::kBf16},
     {"float16", WeightFormat::kFp16},
     {"float32", WeightFormat::kFp32},
     {"float", WeightFormat::kFp32},
     {"float8_e4m3fn", WeightFormat::kFp8}}};

std::optional<WeightFormat> read_type(ConfigFields& fields) {
  const JsonNode node = fields.find_anywhere({"dtype", "torch_dtype"});
  std::string name = fields.text(node);
  constexpr std::string_view kLibrary = "torch.";
  if (name.compare(0, kLibrary.size(), kLibrary) == 0) {
    name.erase(0, kLibrary.size());
  }
  for (const auto& [known, format] : kTypes) {
    if (known == name) {
      return format;
    }
  }
  if (!name.empty() && name != "auto") {
    fields.report(Code::kNotAChoice, fmt::format("'{}' is no format of weights", name), node,
                  {"write one of: bfloat16, float16, float32, float8_e4m3fn"});
  }
  return std::nullopt;
}

// The bits of a weight, where the method has several.
bool has_four_bits(ConfigFields& fields, const JsonNode& holder, std::string_view name) {
  const JsonNode node = holder.find(name);
  if (!node) {
    fields.report(Code::kMissingKey, fmt::format("'quantization_config' does not say '{}'", name),
                  holder);
    return false;
  }
  const auto bits = fields.size_of(node, {1, 32});
  if (bits && *bits != 4) {
    fields.report(Code::kConfigUnsupported,
                  fmt::format("'{}' is {}, and only 4 is known here", name, *bits), node);
  }
  return bits == 4;
}

// Every group of layers, as compressed-tensors writes them.
bool all_groups_have_four_bits(ConfigFields& fields, const JsonNode& quantization) {
  const JsonNode groups = quantization.find("config_groups");
  bool good = !groups.keys().empty();
  if (!good) {
    fields.report(Code::kMissingKey, "'quantization_config' does not say 'config_groups'",
                  quantization);
  }
  for (const std::string& name : groups.keys()) {
    good = has_four_bits(fields, groups.find(name).find("weights"), "num_bits") && good;
  }
  return good;
}

void read_quantization(ConfigFields& fields, bool has_experts, NativeFormats& formats) {
  const JsonNode node = fields.find_anywhere({"quantization_config"});
  if (!node) {
    return;
  }
  if (node.kind() != JsonKind::kObject) {
    fields.wrong_type(node, "an object");
    return;
  }
  const JsonNode named = node.find("quant_method");
  const std::string method = fields.text(named);
  const JsonNode layout = node.find("format");
  const std::string packing = method == "compressed-tensors" ? fields.text(layout) : std::string();
  if (method == "fp8" || method == "fbgemm_fp8" || packing == "float-quantized") {
    formats.weights = WeightFormat::kFp8;
  } else if (method == "mxfp4" && has_experts) {
    formats.expert_weights = WeightFormat::kMxfp4;  // of the experts alone
    formats.weights = formats.weights.value_or(WeightFormat::kBf16);
  } else if (method == "gptq" || method == "awq") {
    if (has_four_bits(fields, node, "bits")) {
      formats.weights = WeightFormat::kInt4;
    }
  } else if (packing == "pack-quantized") {
    if (all_groups_have_four_bits(fields, node)) {
      formats.weights = WeightFormat::kInt4;
    }
  } else if (!named || named.kind() == JsonKind::kString) {
    fields.report(
        Code::kConfigUnsupported,
        named ? fmt::format("weights as 'quant_method' \"{}\" has them are not known here", method)
              : std::string("'quantization_config' does not say 'quant_method'"),
        named ? named : node,
        {"known are fp8, fbgemm_fp8, mxfp4 of experts, gptq and awq of 4 bits, and "
         "compressed-tensors in the formats float-quantized and pack-quantized"});
  }
}

}  // namespace

NativeFormats read_config_formats(ConfigFields& fields, bool has_experts) {
  NativeFormats formats;
  formats.weights = read_type(fields);
  read_quantization(fields, has_experts, formats);
  return formats;
}

}  // namespace redline
