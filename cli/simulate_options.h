#pragma once
// Options of simulations. Each but the switches is a field of the same name in a request of
// `batch`.

#include "cli/step_options.h"

namespace redline::cli {

constexpr auto kSimulateServeExamples = std::to_array<std::string_view>({
    "redline simulate serve --model llama-3.1-70b --chip h20 --tp 4 --rate 0.2",
    "redline simulate serve --model llama-3.1-70b --chip h20 --tp 4 --replicas 4 --rate 8 --prompt "
    "'500 to 4k' --answer '50 to 1k' --ttft 2s --tpot 50ms",
    "redline simulate serve --model deepseek-r1 --chip h20 --dp 16 --ep 16 --prefill-chip h800-sxm "
    "--prefill-dp 16 --prefill-ep 16 --rate 4 --drafts 1",
    "redline simulate serve --model llama-3.1-8b --chip h20 --traffic trace.csv --plot",
    "redline simulate serve --model llama-3.1-8b --chip h20 --rate 5 --requests 500 --trace "
    "run.json",
});
constexpr auto kSimulateCapacityExamples = std::to_array<std::string_view>({
    "redline simulate capacity --model llama-3.1-8b --chip h20 --tpot 30ms",
    "redline simulate capacity --model llama-3.1-8b --chip h20 --ttft 1s --tpot 30ms --prompt "
    "'200 to 2k' --answer '20 to 500' --share 0.95",
});

// How requests come, and how many.
constexpr auto kTrafficOptions = std::to_array<Option>({
    {"--prompt", "", "DIST", "tokens of a prompt, such as 2k, '200 to 2k', 'lognormal(1k, 0.8)'",
     false, ValueKind::kText, "", "2048"},
    {"--answer", "", "DIST", "tokens of an answer", false, ValueKind::kText, "", "512"},
    {"--arrivals", "", "HOW", "poisson (default), gamma, diurnal, users, at-once, trace", false,
     ValueKind::kChoice, "poisson gamma diurnal users at-once trace"},
    {"--rate", "", "N", "requests a second; of a trace: its times are stretched to it", false,
     ValueKind::kNumber, "", "1"},
    {"--gap-cv", "", "X", "coefficient of variation of gamma gaps (default 1)", false,
     ValueKind::kNumber},
    {"--swing", "", "X", "from the mean to the peak of a day, as a share (default 0.5)", false,
     ValueKind::kNumber},
    {"--period", "", "TIME", "of a day (default 24h)", false, ValueKind::kText},
    {"--users", "", "N", "users who ask again after they were answered", false, ValueKind::kNumber},
    {"--think", "", "DIST", "seconds that they think before (default 0)", false, ValueKind::kText},
    {"--traffic", "", "FILE", "a trace, CSV or JSONL, such as those of Azure and Mooncake", false,
     ValueKind::kFile},
    {"--prefixes", "", "N", "beginnings that prompts share, chosen by Zipf's law", false,
     ValueKind::kNumber},
    {"--prefix-zipf", "", "X", "its exponent (default 1)", false, ValueKind::kNumber},
    {"--prefix-tokens", "", "DIST", "tokens of each (default 1024)", false, ValueKind::kText},
    {"--priorities", "", "LIST", "shares of requests by priority, such as 0.2,0.8", false,
     ValueKind::kText},
    {"--requests", "", "N", "how many (default 10000, or the whole trace)", false,
     ValueKind::kNumber},
    {"--duration", "", "TIME", "or how long they come, such as 1h", false, ValueKind::kText},
    {"--samples", "", "N", "answers to each prompt at once: a task (default 1)", false,
     ValueKind::kNumber},
    {"--rounds", "", "N", "rounds of a task, each with what it was answered before (default 1)",
     false, ValueKind::kNumber},
    {"--warmup", "", "BOOL", "leave a warm-up out (default true)", false, ValueKind::kChoice,
     "true false"},
    {"--ttft", "", "TIME", "target: time to the first token, such as 2s", false, ValueKind::kText},
    {"--tpot", "", "TIME", "target: time per output token, such as 50ms", false, ValueKind::kText},
    {"--latency", "", "TIME", "target: time to the last token", false, ValueKind::kText},
});
// The engine and the cluster.
constexpr auto kClusterOptions = std::to_array<Option>({
    {"--replicas", "", "N", "engines behind the router (default 1)", false, ValueKind::kNumber},
    {"--router", "", "HOW", "round-robin, least-loaded (default) or cache-aware", false,
     ValueKind::kChoice, "round-robin least-loaded cache-aware"},
    {"--sequences", "", "N", "most in the batch of a rank (default 256)", false,
     ValueKind::kNumber},
    {"--step-tokens", "", "N", "most in a step of a rank (default 8192)", false,
     ValueKind::kNumber},
    {"--block-tokens", "", "N", "of a block of cache (default 16)", false, ValueKind::kNumber},
    {"--batching", "", "HOW", "chunked (default), or prompts-first: whole, in their own steps",
     false, ValueKind::kChoice, "chunked prompts-first"},
    {"--preemption", "", "HOW", "where cache is short: recompute (default) or swap", false,
     ValueKind::kChoice, "recompute swap"},
    {"--admission", "", "HOW", "needs cache for the prompt (default), or for the whole answer too",
     false, ValueKind::kChoice, "prompt whole"},
    {"--prefix-cache", "", "BOOL", "find beginnings of prompts again (default true)", false,
     ValueKind::kChoice, "true false"},
    {"--memory-share", "", "X", "of a chip's memory that is used (default 0.9)", false,
     ValueKind::kNumber},
    {"--acceptance", "", "P", "probability that the next draft holds (default 0.85 for one)", false,
     ValueKind::kNumber},
    {"--expert-load", "", "LOAD", "zipf(0.8), or a file with the share of tokens of each expert",
     false, ValueKind::kText},
    {"--expert-placement", "", "HOW", "balanced (default) or as-numbered over the ranks", false,
     ValueKind::kChoice, "balanced as-numbered"},
    kCacheOption,
    {"--mtbf", "", "TIME", "mean time between failures of a node (default none fail)", false,
     ValueKind::kText},
    {"--repair", "", "TIME", "until a replica is back (default 600s)", false, ValueKind::kText},
    {"--scale-up-at", "", "N", "start replicas when each has so many requests (default never)",
     false, ValueKind::kNumber},
    {"--scale-down-at", "", "N", "stop one when each has so few (default a quarter)", false,
     ValueKind::kNumber},
    {"--least-replicas", "", "N", "that always run (default 1)", false, ValueKind::kNumber},
    {"--scale-every", "", "TIME", "between looks (default 15s)", false, ValueKind::kText},
    {"--start-time", "", "TIME", "until a started one is up (default 60s)", false,
     ValueKind::kText},
    {"--prefill-replicas", "", "N", "a pool for prompts: its engines", false, ValueKind::kNumber},
});
constexpr auto kSimulateOptions =
    joined(kPlaceOptions, kSplitOptions, kCostOptions, kTrafficOptions, kClusterOptions,
           kDraftOptions, kExpertOptions, kPoolPlanOptions, kPoolCostOptions);
constexpr auto kSimulateServeOptions = joined(
    kSimulateOptions, std::to_array<Option>({
                          {"--plot", "", "", "plot the requests in the cluster over time"},
                          {"--trace", "", "FILE", "write the run for chrome://tracing or Perfetto",
                           false, ValueKind::kFile},
                      }));
constexpr auto kSimulateCapacityOptions = joined(
    kSimulateOptions,
    std::to_array<Option>({
        {"--share", "", "X", "of the requests that keep the target (default 0.99)", false,
         ValueKind::kNumber},
        {"--runs", "", "N", "with other requests, for the interval (default 5)", false,
         ValueKind::kNumber},
        {"--precision-percent", "", "P", "of the rate (default 1)", false, ValueKind::kNumber},
    }));

}  // namespace redline::cli
