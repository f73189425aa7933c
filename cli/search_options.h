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
    {"--chips", "", "N|N1..N2", "chips in all, or a list; a range is doubled from N1 on", false,
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
    {"--dtype", "", "LIST", "number formats to try, such as bf16,fp8 (default bf16)", false,
     ValueKind::kText},
    {"--overlap", "", "LIST", "what to hide: engine (default), none, experts, tensor, all", false,
     ValueKind::kText},
    {"--space", "", "NAME", "megatron-offload: all that Calculon searches (default usual)", false,
     ValueKind::kChoice, "usual megatron-offload"},
    {"--second-gb", "", "GB", "its second tier of memory (default 512)", false, ValueKind::kNumber},
    {"--second-gbps", "", "GB/s", "and the rate of that (default 100)", false, ValueKind::kNumber},
    {"--no-prune", "", "", "work out every plan; the answer is the same"},
    {"--plot", "", "", "plot the Pareto-optimal plans"},
});
constexpr auto kSearchPlanTrainOptions = joined(kSearchPlanAlone, kCostOptions);

constexpr auto kSearchPlanServeExamples = std::to_array<std::string_view>({
    "redline search plan serve --model llama-3.1-70b --chip h20 --tpot 50ms",
    "redline search plan serve --model deepseek-r1 --chip h20 --prefill-chip h20,h800-sxm --ttft "
    "3s --tpot 50ms --prompt 4096 --answer 1024",
    "redline search plan serve --model llama-3.1-70b --chip h20 --chips 64 --tpot 40ms --pareto "
    "tpot --plot",
});
constexpr auto kSearchPlanServeAlone = std::to_array<Option>({
    kModelOption,
    {"--chip", "", "CHIP", "chip that decodes, or a .toml file of your own", false,
     ValueKind::kChip},
    kSystemOption,
    {"--ttft", "", "TIME", "longest time to the first token, such as 2s", false, ValueKind::kText},
    {"--tpot", "", "TIME", "longest time per output token, such as 50ms", false, ValueKind::kText},
    {"--prompt", "", "N", "tokens of a prompt (default 2048)", false, ValueKind::kNumber},
    {"--answer", "", "N", "tokens of an answer (default 512)", false, ValueKind::kNumber},
    {"--chips", "", "N", "chips in all (default as many as it takes)", false, ValueKind::kNumber},
    {"--rate", "", "N", "requests a second to be served", false, ValueKind::kNumber},
    {"--objective", "", "WHAT",
     "what is made least, of throughput most (default cost where it is known)", false,
     ValueKind::kChoice, "throughput cost energy ttft tpot memory"},
    {"--pareto", "", "LIST", "further objectives, such as ttft,tpot", false, ValueKind::kText},
    {"--top", "", "N", "how many of the best to keep (default 5)", false, ValueKind::kNumber},
    {"--vary", "", "LIST", "resources of the chip, such as memory_bandwidth=10%,link=50%", false,
     ValueKind::kText},
    {"--prefill", "", "WAY", "prompts in chunks, on a pool of their own, or both (default)", false,
     ValueKind::kChoice, "both chunked pool"},
    {"--prefill-chip", "", "LIST", "chips that a pool for prompts may be of (default the same)",
     false, ValueKind::kChip},
    {"--prefill-system", "", "LIST", "systems that such a pool may stand in", false,
     ValueKind::kRecord},
    {"--tp", "", "LIST", "tensor parallelism to try, such as 4,8", false, ValueKind::kText},
    {"--pp", "", "LIST", "pipeline stages to try", false, ValueKind::kText},
    {"--dp", "", "LIST", "data parallelism of attention to try", false, ValueKind::kText},
    {"--ep", "", "LIST", "expert parallelism to try", false, ValueKind::kText},
    {"--batch", "", "LIST", "sequences of a replica to try", false, ValueKind::kText},
    {"--chunk", "", "LIST", "tokens of a prompt in one step to try", false, ValueKind::kText},
    {"--dtype", "", "LIST", "number formats to try, such as bf16,fp8,awq-int4", false,
     ValueKind::kText},
    {"--kv-dtype", "", "LIST", "number formats of the cache to try", false, ValueKind::kText},
    {"--prefill-tp", "", "LIST", "tensor parallelism of a pool for prompts to try", false,
     ValueKind::kText},
    {"--prefill-pp", "", "LIST", "its pipeline stages to try", false, ValueKind::kText},
    {"--prefill-dp", "", "LIST", "its data parallelism to try", false, ValueKind::kText},
    {"--prefill-ep", "", "LIST", "its expert parallelism to try", false, ValueKind::kText},
    {"--prefill-batch", "", "LIST", "prompts of one of its replicas to try", false,
     ValueKind::kText},
    {"--prefill-rent", "", "USD", "rent of one of its chips for an hour", false,
     ValueKind::kNumber},
    {"--prefill-price", "", "USD", "price of one of its chips", false, ValueKind::kNumber},
    {"--engine", "", "NAME", "software that runs it", false, ValueKind::kText},
});
constexpr auto kSearchPlanServeOptions =
    joined(kSearchPlanServeAlone, kDraftOptions, kExpertOptions,
           std::to_array<Option>({
               {"--no-prune", "", "", "work out every plan; the answer is the same"},
               {"--plot", "", "", "plot the Pareto-optimal plans"},
           }),
           kCostOptions);

}  // namespace redline::cli
