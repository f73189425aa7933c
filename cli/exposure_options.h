#pragma once
// Options of exposure. Each is a field of the same name in a request of `batch`; SCENARIO is the
// field `scenario`.

#include "cli/step_options.h"

namespace redline::cli {

constexpr auto kExposureExamples = std::to_array<std::string_view>({
    "redline exposure april-2025",
    "redline exposure april-2025 --backtest",
    "redline exposure examples/gates.toml --samples 1000000 --format json",
});
constexpr auto kExposureOptions = std::to_array<Option>({
    {"--samples", "", "N", "worlds to draw (default 131072)", false, ValueKind::kNumber},
    {"--design", "", "NAME",
     "how they are drawn: sobol (default: scrambled, the error falls fastest), latin or random",
     false, ValueKind::kChoice, "random latin sobol"},
    {"--backtest", "", "", "score the scenario against what came"},
    {"--shard", "", "K/N", "work out part K of N of the worlds alone; -o FILE.json keeps it", false,
     ValueKind::kText},
    {"--merge", "", "FILES", "put parts together, separated by commas, instead of drawing worlds",
     false, ValueKind::kText},
});

}  // namespace redline::cli
