#pragma once
// Options of the impact statement. Each but the switches is a field of the same name in a request
// of `batch`; BEFORE and AFTER are fields, too.

#include "cli/step_options.h"

namespace redline::cli {

constexpr auto kImpactExamples = std::to_array<std::string_view>({
    "redline impact 2025-04-08 2025-04-09",
    "redline impact 2026-01-14 2026-01-15 --dies gh100 -o january-2026.html",
    "redline impact 2026-11-01 bill-s3374 --dies gh100,gb202",
    "redline impact --bills --dies gh100 -o predictions.html",
});
constexpr auto kImpactOptions = std::to_array<Option>({
    {"--bills", "", "", "each pending bill taken as law, against the law as it is"},
    {"--to", "", "PLACE", "destination of the parts and designs (default CN)", false,
     ValueKind::kPlace},
    {"--hq", "", "PLACE", "headquarters of the end user (default the destination)", false,
     ValueKind::kPlace},
    {"--as-of", "", "DATE", "facts of later dates are not used (default the later of both)", false,
     ValueKind::kText},
    {"--dies", "", "LIST", "dies that vendors have (default all of that time)", false,
     ValueKind::kText},
    {"--model", "", "M", "model that is served (default the largest open one of that time)", false,
     ValueKind::kText},
    {"--train-model", "", "M", "model that is trained", false, ValueKind::kText},
    {"--unit", "", "CHIP", "part that work is counted in (default H100, before it A100)", false,
     ValueKind::kChip},
    {"--parts", "", "N", "parts that buyers take in a year (default 1000000)", false,
     ValueKind::kNumber},
    {"--exceptions", "", "", "what a license exception lets through may go too"},
    {"--justification", "", "TEXT", "why, in the words of whoever would decide", false,
     ValueKind::kText},
});

}  // namespace redline::cli
