#pragma once
// Options of the search for a rule. Each but the switches is a field of the same name in a request
// of `batch`.

#include "cli/step_options.h"

namespace redline::cli {

constexpr auto kSearchRuleExamples = std::to_array<std::string_view>({
    "redline search rule --space examples/rule-space.toml",
    "redline search rule --space examples/rule-space.toml --objective leak",
});
constexpr auto kSearchRuleOptions = std::to_array<Option>({
    {"--space", "", "FILE", "the rules, the limits that move, dies, work and quantities", false,
     ValueKind::kFile},
    {"--objective", "", "WHAT",
     "leak-per-revenue (default: most kept back for a dollar), leak or revenue: least of it", false,
     ValueKind::kChoice, "leak-per-revenue leak revenue"},
    {"--max-leak", "", "N", "only rules that leak at most so much a year", false,
     ValueKind::kNumber},
    {"--max-lost-usd", "", "USD", "only rules that cost at most so much revenue a year", false,
     ValueKind::kNumber},
    {"--top", "", "N", "how many of the best to keep (default 1)", false, ValueKind::kNumber},
    {"--no-prune", "", "", "work out every part; the answer is the same"},
    {"--plot", "", "", "plot the frontier, and rules that there are"},
});

}  // namespace redline::cli
