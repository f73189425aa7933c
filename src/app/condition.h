#pragma once
// The grammar of --fail-if conditions (app/fail_if.h): text to tree.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redline/error.h"

namespace redline::app {

// A place in the text: from and to, in bytes.
struct Extent {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Condition {
  enum class Kind : std::uint8_t { kOr, kAnd, kNot, kTest } kind = Kind::kTest;
  std::vector<std::shared_ptr<const Condition>> parts{};  // of or, and, not
  // A test: a field alone, or with a relation ("has" is one) and a value.
  std::string field{};
  Extent field_at{};
  std::string relation{};
  std::string value{};
  std::optional<double> number{};
  bool quoted = false;
  Extent value_at{};
};

using ConditionPtr = std::shared_ptr<const Condition>;

[[nodiscard]] Result<ConditionPtr> parse_condition(const std::string& text);

// An error that points at a part of the condition.
[[nodiscard]] Error condition_error(const std::string& text, Extent extent, Code code,
                                    std::string message, std::vector<std::string> help = {},
                                    std::string label = {});

}  // namespace redline::app
