#pragma once
// A language model as the text of a record.

#include <string>

#include "redline/llm_model.h"

namespace redline {

// The TOML that parse_model reads as the same model, without its date and its published sizes.
[[nodiscard]] std::string model_toml(const LlmModel& model);

}  // namespace redline
