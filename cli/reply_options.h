#pragma once
// Options of the search for a part. Each but the switches is a field of the same name in a request
// of `batch`.

#include "cli/step_options.h"

namespace redline::cli {

constexpr auto kSearchChipExamples = std::to_array<std::string_view>({
    "redline search chip --rule us-2023-10 --to CN --as-of 2023-10-17 --from gh100",
    "redline search chip --to CN --as-of 2025-04-17 --from gb202 --model llama-3.1-8b --per dollar",
    "redline search chip --backtest",
    "redline search chip --rule bill-s3374 --to CN --from gh100 --objective train",
});
constexpr auto kSearchChipOptions = std::to_array<Option>({
    {"--from", "", "DIE", "die to start from, or a part that is made of it", false,
     ValueKind::kText},
    {"--rule", "", "LIST", "rules that are to bind, by how their ids begin; bills too", false,
     ValueKind::kText},
    {"--to", "", "PLACE", "destination (default CN)", false, ValueKind::kPlace},
    {"--hq", "", "PLACE", "headquarters of the end user (default the destination)", false,
     ValueKind::kPlace},
    {"--as-of", "", "DATE", "date of the question: later facts are not used", false,
     ValueKind::kText},
    {"--with", "", "LIST", "bills to be taken as law", false, ValueKind::kText},
    {"--objective", "", "WORK", "decode (default), prefill, train or mix:FILE.toml", false,
     ValueKind::kText},
    {"--per", "", "WHAT", "most work for a chip (default), dollar or watt", false,
     ValueKind::kChoice, "chip dollar watt"},
    {"--mode", "", "WAY", "cut-down (default), new or both", false, ValueKind::kChoice,
     "cut-down new both"},
    {"--nodes", "", "LIST", "process nodes of a new die (default that of --from)", false,
     ValueKind::kText},
    {"--dies", "", "N", "dies in a package, at most (default 2; cut down: its own)", false,
     ValueKind::kNumber},
    {"--markets", "", "WHICH", "any (default), data-center or workstation", false,
     ValueKind::kChoice, "any data-center workstation"},
    {"--limits", "", "LIST", "limits as if they stood elsewhere, such as tpp:4800=3000,pd:5.92=4",
     false, ValueKind::kText},
    {"--detail", "", "HOW", "whole (default), or part: without prices of limits, at once", false,
     ValueKind::kChoice, "whole part"},
    {"--max-watts", "", "W", "most that a part may draw (default no limit)", false,
     ValueKind::kNumber},
    {"--exceptions", "", "", "what a license exception lets through may go too"},
    {"--no-caps", "", "", "no firmware caps on the peak rate"},
    {"--no-slow-memory", "", "", "memory runs at the grade that was bought"},
    {"--dead", "", "BOOL", "idle silicon in the package (default true; cut down: false)", false,
     ValueKind::kChoice, "true false"},
    kModelOption,
    {"--prompt", "", "N", "tokens of a prompt (default 2048)", false, ValueKind::kNumber},
    {"--answer", "", "N", "tokens of an answer (default 512)", false, ValueKind::kNumber},
    {"--ttft", "", "TIME", "longest prefill (default 5s)", false, ValueKind::kText},
    {"--tpot", "", "TIME", "longest time per output token (default 50ms)", false, ValueKind::kText},
    {"--seq", "", "N", "tokens of a sequence in training (default 4096)", false,
     ValueKind::kNumber},
    {"--engine", "", "NAME", "software that runs it", false, ValueKind::kText},
    {"--dtype", "", "F", "number format, such as bf16, fp8, int8", false, ValueKind::kText},
    {"--price-factor", "", "X", "price of a part over what it costs to make (default 4)", false,
     ValueKind::kNumber},
    {"--volume", "", "N", "parts that the masks of a new die are spread over (default 500000)",
     false, ValueKind::kNumber},
    {"--usd-per-kwh", "", "USD", "price of electricity (default 0.08)", false, ValueKind::kNumber},
    {"--pue", "", "X", "power usage effectiveness (default 1.3)", false, ValueKind::kNumber},
    {"--years", "", "N", "years of depreciation (default 4)", false, ValueKind::kNumber},
    {"--utilisation-percent", "", "P", "share of time in which a chip earns (default 70)", false,
     ValueKind::kNumber},
    {"--top", "", "N", "how many of the best to keep (default 5)", false, ValueKind::kNumber},
    {"--backtest", "", "", "what would have been proposed for past rules, beside what was shipped"},
    {"--no-prune", "", "", "work out every part; the answer is the same"},
    {"--plot", "", "", "plot the Pareto-optimal parts"},
});

}  // namespace redline::cli
