#include "catalog/record_checks.h"

#include <algorithm>

#include <fmt/format.h>

namespace redline {
namespace {

// A bandwidth read the wrong way is off by two and flips verdicts, so no reading is assumed.
void check_direction(const data::Node& link, std::string_view rate_key, Diagnostics& errors) {
  if (link.find(rate_key) && !link.find("direction")) {
    errors.push_back({Code::kMissingKey,
                      fmt::format("'{}' does not say in which direction", rate_key),
                      link.find(rate_key).span(),
                      {"add direction = \"bidirectional\" if the figure sums both directions, "
                       "\"per-direction\" if it is that of one"},
                      {}});
  }
}

bool is_country_code(std::string_view text) {
  return text.size() == 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

void check_record(const Chip& chip, const data::Document& document, Diagnostics& errors) {
  const data::Node root = document.root();
  check_direction(root.find("link"), "bandwidth", errors);
  check_direction(root.find("host_bus"), "bandwidth", errors);
  if (!is_country_code(chip.designer_hq)) {
    errors.push_back({Code::kNotAChoice,
                      fmt::format("'{}' is not an ISO country code", chip.designer_hq),
                      root.find("designer_hq").span(),
                      {"write two capital letters, for example \"US\""},
                      {}});
  }
}

void check_record(const System& /*system*/, const data::Document& document, Diagnostics& errors) {
  check_direction(document.root().find("intra_node"), "bandwidth", errors);
  check_direction(document.root().find("scale_out"), "nic_rate", errors);
}

void check_record(const LlmModel& model, const data::Document& document, Diagnostics& errors) {
  const data::Node shape = document.root().find("shape");
  const auto report = [&errors](std::string message, const data::Node& node) {
    errors.push_back({Code::kInconsistent, std::move(message), node.span(), {}, {}});
  };
  if (model.shape.heads % model.shape.kv_heads != 0) {
    report("'heads' is not a multiple of 'kv_heads'", shape.find("kv_heads"));
  }
  const bool dense_layers = !model.moe || model.moe->dense_layers > 0;
  if (dense_layers && model.shape.ffn == 0) {
    report("layers without experts need their width 'ffn'", shape);
  }
  if (!dense_layers && model.shape.ffn != 0) {
    report("'ffn' has no meaning where every layer has experts", shape.find("ffn"));
  }
  if (model.shape.position == PositionKind::kLearned && !model.shape.max_positions) {
    report("learned positions need 'max_positions'", shape.find("position"));
  }
  if (!model.moe) {
    return;
  }
  const data::Node moe = document.root().find("moe");
  if (model.moe->experts_per_token > model.moe->experts) {
    report("more experts see a token than there are", moe.find("experts_per_token"));
  }
  if (model.moe->dense_layers > model.shape.layers) {
    report("more layers without experts than layers", moe.find("dense_layers"));
  }
}

}  // namespace redline
