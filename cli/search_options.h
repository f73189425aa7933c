#pragma once
// Options of searches. Each but the switches is a field of the same name in a request of `batch`.

#include "cli/step_options.h"

namespace redline::cli {

constexpr auto kSearchPlanTrainExamples = std::to_array<std::string_view>({
    "redline search plan train --model llama-3.1-70b --chip h20 --chips 64",
    "redline search plan train --model llama-3.1-8b --chip h20 --chips 8..64",
});
constexpr auto kSearchPlanAlone = std::to_array<Option>({
    kModelOption,
    kChipOption,
    kSystemOption,
    {"--chips", "", "N|N1..N2", "chips in all; a range is doubled from N1 on", false,
     ValueKind::kText},
    {"--batch", "", "N", "sequences of a step, all replicas (default one a chip)", false,
     ValueKind::kNumber},
    {"--seq", "", "N", "tokens of a sequence (default 4096)", false, ValueKind::kNumber},
    {"--tokens", "", "N", "token budget: objectives are of all of it", false, ValueKind::kNumber},
    {"--objective", "", "WHAT", "what is made least (default time)", false, ValueKind::kChoice,
     "time cost energy chips memory"},
    {"--pareto", "", "LIST", "further objectives, such as cost,chips", false, ValueKind::kText},
    {"--top", "", "N", "how many of the best to keep (default 5)", false, ValueKind::kNumber},
    {"--vary", "", "LIST", "resources of the chip, such as memory_bandwidth=10%,link=50%", false,
     ValueKind::kText},
    {"--tp", "", "LIST", "tensor parallelism to try, such as 4,8", false, ValueKind::kText},
    {"--pp", "", "LIST", "pipeline stages to try", false, ValueKind::kText},
    {"--cp", "", "LIST", "context parallelism to try", false, ValueKind::kText},
    {"--ep", "", "LIST", "expert parallelism to try", false, ValueKind::kText},
    {"--microbatch", "", "LIST", "sequences of a pass to try", false, ValueKind::kText},
    {"--zero", "", "LIST", "stages of ZeRO to try", false, ValueKind::kText},
    {"--recompute", "", "LIST", "none, selective or full", false, ValueKind::kText},
    {"--schedule", "", "LIST", "schedules of the pipeline to try", false, ValueKind::kText},
    {"--sequence-parallel", "", "BOOL", "with tensor parallelism (default both are tried)", false,
     ValueKind::kChoice, "true false"},
    {"--engine", "", "NAME", "software that runs it", false, ValueKind::kText},
    {"--dtype", "", "F", "number format, such as bf16 or fp8", false, ValueKind::kText},
    {"--space", "", "NAME", "megatron-offload: all that Calculon searches (default usual)", false,
     ValueKind::kChoice, "usual megatron-offload"},
    {"--second-gb", "", "GB", "its second tier of memory (default 512)", false, ValueKind::kNumber},
    {"--second-gbps", "", "GB/s", "and the rate of that (default 100)", false, ValueKind::kNumber},
    {"--no-prune", "", "", "work out every plan; the answer is the same"},
    {"--plot", "", "", "plot the Pareto-optimal plans"},
});
constexpr auto kSearchPlanTrainOptions = joined(kSearchPlanAlone, kCostOptions);

}  // namespace redline::cli
