#pragma once
// Options of commands about whole steps. Each but a few is the field of the same name in a request
// of `batch`, with dashes for underscores.

#include <array>

#include "cli/option_table.h"

namespace redline::cli {

constexpr auto kEstimateTrainExamples = std::to_array<std::string_view>({
    "redline estimate train --model llama-3.1-70b --chip h20 --chips 64",
    "redline estimate train --model gpt-3-175b --chip a100-sxm-80gb --tp 8 --pp 8",
});
constexpr auto kEstimatePrefillExamples = std::to_array<std::string_view>({
    "redline estimate prefill --model llama-3.1-70b --chip h20 --tp 8",
});
constexpr auto kEstimateDecodeExamples = std::to_array<std::string_view>({
    "redline estimate decode --model llama-3.1-70b --chip h20 --tp 4 --batch 64",
    "redline estimate decode --model deepseek-r1 --chip h20 --dp 16 --ep 16",
    "redline estimate decode --model deepseek-r1 --chip h20 --dp 16 --ep 16 --prefill-chip "
    "h800-sxm "
    "--prefill-dp 8 --prefill-ep 8",
});

template <std::size_t A, std::size_t B>
constexpr std::array<Option, A + B> joined(const std::array<Option, A>& first,
                                           const std::array<Option, B>& second) {
  std::array<Option, A + B> all{};
  for (std::size_t i = 0; i < A; ++i) {
    all[i] = first[i];
  }
  for (std::size_t i = 0; i < B; ++i) {
    all[A + i] = second[i];
  }
  return all;
}

template <std::size_t A, std::size_t B, std::size_t C, std::size_t... More>
constexpr auto joined(const std::array<Option, A>& first, const std::array<Option, B>& second,
                      const std::array<Option, C>& third, const std::array<Option, More>&... more) {
  return joined(joined(first, second), third, more...);
}

constexpr Option kModelOption{
    "--model", "",
    "NAME",    "language model: an id, a .toml record or a Hugging Face config.json",
    false,     ValueKind::kRecord};
constexpr Option kChipOption{
    "--chip", "", "CHIP", "chip, or a .toml file of your own", false, ValueKind::kChip};
constexpr Option kSystemOption{
    "--system", "", "NAME", "system that the chips stand in", false, ValueKind::kRecord};

// What a chip costs, of everything that prices its work.
constexpr auto kCostOptions = std::to_array<Option>({
    {"--rent", "", "USD", "rent of one chip for an hour", false, ValueKind::kNumber},
    {"--price", "", "USD", "price of one chip with its share of a server", false,
     ValueKind::kNumber},
    {"--usd-per-kwh", "", "USD", "price of electricity (default 0.08)", false, ValueKind::kNumber},
    {"--pue", "", "X", "power usage effectiveness (default 1.3)", false, ValueKind::kNumber},
    {"--years", "", "N", "years of depreciation (default 4)", false, ValueKind::kNumber},
    {"--utilisation-percent", "", "P", "share of time in which a chip earns (default 70)", false,
     ValueKind::kNumber},
});
constexpr auto kPlaceOptions = std::to_array<Option>({kModelOption, kChipOption, kSystemOption});
// How a model is split over chips, and what runs it in which format.
constexpr auto kSplitOptions = std::to_array<Option>({
    {"--tp", "", "N", "tensor parallelism", false, ValueKind::kNumber},
    {"--pp", "", "N", "pipeline stages", false, ValueKind::kNumber},
    {"--dp", "", "N", "data parallelism: replicas with sequences of their own", false,
     ValueKind::kNumber},
    {"--ep", "", "N", "expert parallelism", false, ValueKind::kNumber},
    {"--engine", "", "NAME", "software that runs it", false, ValueKind::kText},
    {"--dtype", "", "F", "number format, such as bf16, fp8, int8, awq-int4", false,
     ValueKind::kText},
});
constexpr auto kChipsOption =
    std::to_array<Option>({{"--chips", "", "N", "chips in all", false, ValueKind::kNumber}});
constexpr auto kStepCommon = joined(kPlaceOptions, kChipsOption, kSplitOptions, kCostOptions);
constexpr auto kCompareExamples = std::to_array<std::string_view>({
    "redline compare h20 h200-sxm ascend-910c --model deepseek-r1",
});
constexpr auto kCompareOptions = std::to_array<Option>({
    kModelOption,
    {"--rent", "", "USD", "rent of one chip for an hour, of all alike", false, ValueKind::kNumber},
    {"--usd-per-kwh", "", "USD", "price of electricity (default 0.08)", false, ValueKind::kNumber},
    {"--pue", "", "X", "power usage effectiveness (default 1.3)", false, ValueKind::kNumber},
});
constexpr auto kTrainAlone = std::to_array<Option>({
    {"--cp", "", "N", "context parallelism", false, ValueKind::kNumber},
    {"--etp", "", "N", "tensor parallelism of each expert", false, ValueKind::kNumber},
    {"--vp", "", "N", "virtual stages of a rank", false, ValueKind::kNumber},
    {"--schedule", "", "NAME", "of the pipeline", false, ValueKind::kChoice,
     "gpipe 1f1b interleaved zero-bubble dualpipe"},
    {"--microbatch", "", "N", "sequences of a replica in one pass (default 1)", false,
     ValueKind::kNumber},
    {"--batch", "", "N", "sequences of a step, all replicas", false, ValueKind::kNumber},
    {"--seq", "", "N", "tokens of a sequence (default 4096)", false, ValueKind::kNumber},
    {"--zero", "", "STAGE", "what replicas share: 0 to 3 (default 1)", false, ValueKind::kChoice,
     "0 1 2 3"},
    {"--zero-ranks", "", "N", "replicas that share it (default all)", false, ValueKind::kNumber},
    {"--recompute", "", "WHAT", "computed again in the backward pass (default none)", false,
     ValueKind::kChoice, "none selective full"},
    {"--recompute-layers", "", "N", "layers of a stage computed again, not all", false,
     ValueKind::kNumber},
    {"--sequence-parallel", "", "BOOL", "split by tokens what TP leaves whole (default true)",
     false, ValueKind::kChoice, "true false"},
    {"--tokens", "", "N", "token budget: chip-hours, energy and cost of it", false,
     ValueKind::kNumber},
});
// Of the pool that prefills, in a request of `batch` and here alike.
constexpr auto kPoolPlanOptions = std::to_array<Option>({
    {"--prefill-chip", "", "CHIP", "chip of a pool that prefills, and this one only decodes", false,
     ValueKind::kChip},
    {"--prefill-system", "", "NAME", "system of that pool", false, ValueKind::kRecord},
    {"--prefill-tp", "", "N", "tensor parallelism of that pool", false, ValueKind::kNumber},
    {"--prefill-pp", "", "N", "pipeline stages of that pool", false, ValueKind::kNumber},
    {"--prefill-dp", "", "N", "data parallelism of that pool", false, ValueKind::kNumber},
    {"--prefill-ep", "", "N", "expert parallelism of that pool", false, ValueKind::kNumber},
});
constexpr auto kPoolCostOptions = std::to_array<Option>({
    {"--prefill-rent", "", "USD", "rent of one of its chips for an hour", false,
     ValueKind::kNumber},
    {"--prefill-price", "", "USD", "price of one of its chips", false, ValueKind::kNumber},
});
constexpr auto kPoolOptions =
    joined(kPoolPlanOptions,
           std::to_array<Option>(
               {{"--prefill-batch", "", "N", "prompts of one of its replicas at a time (default 1)",
                 false, ValueKind::kNumber}}),
           kPoolCostOptions);
// What a step of decoding yields, and how evenly its experts are chosen.
constexpr auto kDraftOptions = std::to_array<Option>({
    {"--drafts", "", "N", "tokens drafted by prediction modules in a step", false,
     ValueKind::kNumber},
    {"--tokens-per-step", "", "X", "accepted on average with drafts (default 1 + 0.85 a draft)",
     false, ValueKind::kNumber},
});
constexpr auto kExpertOptions = std::to_array<Option>({
    {"--imbalance", "", "X", "rows of the busiest rank of experts over the mean (default 1)", false,
     ValueKind::kNumber},
    {"--overlap", "", "BOOL", "two halves of a batch hide each other's exchange of experts", false,
     ValueKind::kChoice, "true false"},
});
constexpr Option kCacheOption{"--kv-dtype",    "", "F", "number format of the cache", false,
                              ValueKind::kText};
constexpr auto kServeAlone = joined(
    std::to_array<Option>({
        {"--batch", "", "N", "sequences of one replica at a time", false, ValueKind::kNumber},
        {"--prompt", "", "N", "tokens of a prompt (default 2048)", false, ValueKind::kNumber},
        {"--answer", "", "N", "tokens of an answer (default 512)", false, ValueKind::kNumber},
        kCacheOption,
    }),
    kDraftOptions,
    std::to_array<Option>(
        {{"--chunk", "", "N", "tokens of a prompt that one step takes (default all)", false,
          ValueKind::kNumber}}),
    kExpertOptions);

constexpr auto kEstimateReasoningExamples = std::to_array<std::string_view>({
    "redline estimate reasoning h20 h100-sxm5 --model llama-3.1-70b --plot",
    "redline estimate reasoning h20 h100-sxm5 --model deepseek-r1 --benchmark 'AIME 2025'",
    "redline estimate reasoning h20 --model deepseek-r1-distill-qwen-7b --benchmark 'AIME 2024' "
    "--thinking-tokens 8000 --samples 1,8,64 --token-budget 128000",
    "redline estimate reasoning hgx-h20-8 hgx-h100-8 --model qwen3-32b --tp 4 --tpot 50ms",
});
constexpr auto kReasoningAlone = std::to_array<Option>({
    kModelOption,
    kSystemOption,
    {"--benchmark", "", "NAME", "benchmark whose published accuracy is taken, such as 'AIME 2024'"},
    {"--checkpoint", "", "NAME", "of which the accuracy is, where several share the shape"},
    {"--method", "", "LIST", "chain, majority, best-of, revision, or all (default)"},
    {"--samples", "", "LIST", "chains side by side, or passes of a revision (default published)"},
    {"--thinking-tokens", "", "LIST",
     "tokens of a chain, a list or a range that is doubled (default published)"},
    {"--token-budget", "", "N", "tokens that a task may take: how to spend them", false,
     ValueKind::kNumber},
    {"--tpot", "", "TIME", "longest time per token, such as 50ms"},
    {"--extrapolate", "", "", "take the nearest accuracy beyond what is published, with a flag"},
    {"--prompt", "", "N", "tokens of a prompt (default 256)", false, ValueKind::kNumber},
    {"--batch", "", "N", "chains of one replica at a time (default the most that fit)", false,
     ValueKind::kNumber},
});
constexpr auto kEstimateReasoningOptions =
    joined(kReasoningAlone, kChipsOption, kSplitOptions, std::to_array<Option>({kCacheOption}),
           kDraftOptions, kExpertOptions,
           std::to_array<Option>({{"--plot", "", "", "plot the cost of a chain by its length"}}),
           kCostOptions);

constexpr auto kEstimateTrainOptions = joined(kStepCommon, kTrainAlone);
constexpr auto kEstimateServeOptions = joined(kStepCommon, kServeAlone);
constexpr auto kEstimateDecodeOptions = joined(kEstimateServeOptions, kPoolOptions);

}  // namespace redline::cli
