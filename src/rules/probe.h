#pragma once
// What would turn the answer: unknown values, error bars, and the nearest flip of each quantity.

#include <string>
#include <vector>

#include "redline/verdict.h"

#include "rules/decide.h"
#include "rules/facts.h"

namespace redline::rules {

// The decision with every value that unknown quantities may take: known where they do not matter.
struct Resolved {
  Decision decision;
  std::vector<std::string> possible;  // answers left open, if more than one
  std::vector<std::string> unknown;   // quantities that decide and are not known
};
[[nodiscard]] Resolved resolve(const ActiveRules& rules, const ItemSheet& sheet);

// Quantities whose own error bars could turn the answer, with the answer they would give.
[[nodiscard]] std::vector<std::string> find_borderline(const ActiveRules& rules,
                                                       const ItemSheet& sheet,
                                                       const Decision& decision);

// For each quantity and direction the smallest change that turns the answer, nearest first.
[[nodiscard]] std::vector<Flip> find_flips(const ActiveRules& rules, const ItemSheet& sheet,
                                           const Decision& decision);

[[nodiscard]] std::string describe_answer(const Decision& decision);

}  // namespace redline::rules
