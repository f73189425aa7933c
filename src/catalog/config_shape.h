#pragma once
// The shape of a language model from the fields of its config.json.

#include "catalog/config_families.h"
#include "catalog/config_fields.h"

namespace redline {

// Shape, latent attention, experts, prediction modules and formats. With problems reported, what
// could not be read is 0 or left out.
[[nodiscard]] LlmModel read_config_model(ConfigFields& fields, const ConfigFamily& family);

// Formats of the published weights; whether there are experts decides what mxfp4 means.
[[nodiscard]] NativeFormats read_config_formats(ConfigFields& fields, bool has_experts);

}  // namespace redline
