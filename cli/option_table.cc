#include "cli/option_table.h"

#include <algorithm>
#include <array>

#include "cli/exposure_options.h"
#include "cli/impact_options.h"
#include "cli/reply_options.h"
#include "cli/rule_options.h"
#include "cli/search_options.h"
#include "cli/simulate_options.h"
#include "cli/step_options.h"

namespace redline::cli {
namespace {

using enum ValueKind;

constexpr auto kFirst = std::to_array<std::string_view>({
    "redline report april-2025",
    "redline classify h20 --as-of 2025-04-16 --why",
    "redline classify 'nvidia-*' --to SA",
    "redline classify h20 --timeline",
    "redline data show h20",
    "redline explain RL1203",
});

constexpr std::string_view kFormats = "table json ndjson csv markdown";

// Options that several commands share.
constexpr Option kFailIf{
    "--fail-if", "",
    "EXPR",      "exit with 1 where a result holds this: outcome==license-required",
    false,       kCondition};

constexpr auto kCommon = std::to_array<Option>({
    {"--format", "", "F", "table (default), json, ndjson, csv or markdown", false, kChoice,
     kFormats, "table"},
    {"--output", "-o", "PATH", "write there; the suffix chooses the format; - is standard output",
     false, kFile},
    {"--data", "", "DIR", "a folder of records laid over the data, later wins", true, kDirectory},
    {"--lang", "", "LANG", "language of texts: en, zh-Hans or zh-Hant (default: the locale's)",
     false, kChoice, "en zh-Hans zh-Hant"},
    {"--color", "", "WHEN", "auto (default), always or never", false, kChoice, "auto always never",
     "auto"},
    {"--progress", "", "WHEN", "auto (default: on a terminal), json (events) or off", false,
     kChoice, "auto json off", "auto"},
    {"--message-format", "", "F", "errors and warnings as text (default) or json, one a line",
     false, kChoice, "text json", "text"},
    {"--deny-warnings", "", "", "a warning is an error: exit with 1"},
    {"--threads", "", "N",
     "use at most N threads (default: every core; batch: 1); results are the same for any number",
     false, kNumber, "", "1"},
    {"--seed", "", "N", "seed of random numbers, kept in the result (default 1)", false, kNumber,
     "", "1"},
    {"--print-config", "", "", "show the resolved request as TOML, and do nothing"},
    {"--help", "-h", "", "--help shows everything, -h one screen"},
});

constexpr auto kReportExamples = std::to_array<std::string_view>({
    "redline report april-2025",
    "redline report april-2025 -o out/april-2025",
    "redline report april-2025 --section claims",
    "redline report april-2025 --section worth",
    "redline report april-2025 --section bandwidth",
    "redline report april-2025 --section exposure",
});
constexpr auto kReportOptions = std::to_array<Option>({
    {"--section", "", "NAME",
     "show one section here and write no folder: claims, worth, bandwidth, built, impact, exposure "
     "or buyer",
     false, kChoice, "claims worth bandwidth built impact exposure buyer"},
});
constexpr auto kClassifyExamples = std::to_array<std::string_view>({
    "redline classify h20 --as-of 2025-04-16",
    "redline classify h200-sxm --to CN --hq CN --as-of 2026-01-20 --why",
    "redline classify 'nvidia-*' --to SA --format csv",
    "redline classify h20 --diff 2025-04-08..2025-04-16",
    "redline classify h20 --timeline",
    "redline classify h20 --set tpp=2400 --as-of 2025-04-08",
    "redline classify h20 --as-of 2026-01-20 --with BILL-S3374",
    "redline classify h200-sxm --from SG --as-of 2026-01-20",
    "redline classify hgx-h200-8 --checklist --as-of 2026-01-20",
    "redline classify h100-sxm5 --item technology",
    "redline classify h20 --as-of 2025-04-16 -o case.html",
});
constexpr auto kClassifyOptions = std::to_array<Option>({
    {"--to", "", "CC", "destination, ISO code or English name (default CN)", false, kPlace, "",
     "CN"},
    {"--hq", "", "CC", "headquarters of the end user or its ultimate parent (default: --to)", false,
     kPlace},
    {"--from", "", "CC", "country it leaves (default US); elsewhere a reexport or transfer", false,
     kPlace, "", "US"},
    {"--end-user", "", "NAME", "end user, where a rule names some"},
    {"--as-of", "", "DATE", "date of the question (default: date of the data set)", false, kDate},
    {"--item", "", "FORM", "what goes: part (default), board, server or technology", false, kChoice,
     "part board server technology", "part"},
    {"--listed-under", "", "ECCN", "entry that the item stands in besides, such as 5A992"},
    {"--why", "", "", "the working, clause by clause"},
    {"--checklist", "", "", "what a notice or an application asks for, and what is met"},
    {"--diff", "", "D1..D2", "what changes between two dates, and through which instrument", false,
     kDates},
    {"--timeline", "", "", "the answers of all dates"},
    {"--set", "", "KEY=VALUE", "set a quantity: tpp=2300, 'dram_bw=4.0 TB/s', dc=false, pd=unknown",
     true, kQuantity},
    {"--with", "", "BILL", "take a pending bill as law", true, kBill},
    kFailIf,
});
constexpr auto kQuotaExamples = std::to_array<std::string_view>({
    "redline quota h200-sxm --us-units 500000 --china-units 200000",
    "redline quota h200-sxm --us-units 500000 --china-units 200000 --planned 60000",
    "redline quota shipments.csv --since 2026-01-15",
});
constexpr auto kQuotaOptions = std::to_array<Option>({
    {"--china-units", "", "N", "shipped to China (with Hong Kong) and Macau so far", false,
     kNumber},
    {"--us-units", "", "N", "shipped to US customers for use in the United States", false, kNumber},
    {"--planned", "", "N", "to go to China and Macau besides", false, kNumber},
    {"--since", "", "DATE", "only rows of the ledger from this day on", false, kDate},
    {"--until", "", "DATE", "only rows of the ledger up to this day", false, kDate},
    {"--as-of", "", "DATE", "date of the question (default: date of the data set)", false, kDate},
    kFailIf,
});
constexpr auto kEstimateKernelExamples = std::to_array<std::string_view>({
    "redline estimate kernel h20 gemm m=4096 n=7168 k=4096",
    "redline estimate kernel h800-sxm gemm m=64 n=4096 k=7168 dtype=fp8",
    "redline estimate kernel a100-sxm-80gb softmax m=4096 n=4096",
    "redline estimate kernel ascend-910b3 gemm m=8192 n=8192 k=8192 --format json",
});
constexpr auto kEstimateCollectiveExamples = std::to_array<std::string_view>({
    "redline estimate collective h20 all_reduce ranks=8 'bytes=64 MiB'",
    "redline estimate collective h800-sxm all_to_all ranks=32 'bytes=16 MB'",
});
constexpr auto kEstimateDieExamples = std::to_array<std::string_view>({
    "redline estimate die",
    "redline estimate die gh100",
    "redline estimate die ga100 aldebaran --format json",
});
constexpr auto kValidateExamples = std::to_array<std::string_view>({
    "redline validate",
    "redline validate --leave-one-chip-out",
    "redline validate rows.json --format json",
});
constexpr auto kValidateOptions = std::to_array<Option>({
    {"--leave-one-chip-out", "", "", "predict each chip from constants fitted without its rows"},
    kFailIf,
});
constexpr auto kCalibrateExamples = std::to_array<std::string_view>({
    "redline calibrate --check",
    "redline calibrate -o kernels.toml",
});
constexpr auto kCalibrateOptions = std::to_array<Option>({
    {"--check", "", "", "exit with 1 if the data set holds other constants"},
});
constexpr auto kReplayExamples = std::to_array<std::string_view>({
    "redline replay case.html",
});
constexpr auto kDataListExamples = std::to_array<std::string_view>({
    "redline data list",
    "redline data list chips",
    "redline data list rules --format csv",
});
constexpr auto kDataShowExamples = std::to_array<std::string_view>({
    "redline data show h20",
    "redline data show deepseek-v3",
    "redline data show us-2025-04-09-letters",
});
constexpr auto kDataCheckExamples = std::to_array<std::string_view>({
    "redline data check",
    "redline data check data/chips/nvidia/h20-96gb.toml",
});
constexpr auto kDataSchemaExamples = std::to_array<std::string_view>({
    "redline data schema chip",
    "redline data schema predicate",
});
constexpr auto kDataNewExamples = std::to_array<std::string_view>({
    "redline data new chip --like h20 -o my-chip.toml",
});
constexpr auto kDataNewOptions = std::to_array<Option>({
    {"--like", "", "NAME", "the record to begin from", false, kRecord},
    {"--id", "", "ID", "id of the new record (default my-chip, my-system …)"},
});
constexpr auto kSearchRunExamples = std::to_array<std::string_view>({
    "redline search run sweep.toml",
    "redline search run sweep.toml -o result.sqlite --threads 2",
    "redline search run sweep.toml -o result.sqlite --resume",
    "redline search run sweep.toml -o shards/ --shard 1/2",
    "redline search run sweep.toml -o shards/ --shard 2/2",
});
constexpr auto kSearchRunOptions = std::to_array<Option>({
    {"--shard", "", "K/N", "work out part K of N alone, into a shard file or SQLite", false,
     ValueKind::kText},
    {"--resume", "", "", "go on with an unfinished run in the file of -o, or begin it"},
});
constexpr auto kMergeExamples = std::to_array<std::string_view>({
    "redline merge shards/ -o result.csv",
    "redline merge shards/*.shard -o result.sqlite",
});
constexpr auto kBatchExamples = std::to_array<std::string_view>({
    "redline batch requests.ndjson",
    "echo '{\"id\":1,\"command\":\"classify\",\"chip\":\"h20\"}' | redline batch",
});
constexpr auto kExplainExamples = std::to_array<std::string_view>({
    "redline explain RL1203",
    "redline explain",
});
constexpr auto kCompletionsExamples = std::to_array<std::string_view>({
    "redline completions bash",
    "redline completions zsh -o _redline",
});
constexpr auto kManExamples = std::to_array<std::string_view>({
    "redline man classify",
    "redline man data list -o redline-data-list.1",
});
constexpr auto kHelpExamples = std::to_array<std::string_view>({
    "redline help classify",
    "redline help data",
});
constexpr auto kVersionExamples = std::to_array<std::string_view>({
    "redline version",
    "redline version --json",
});
constexpr auto kVersionOptions = std::to_array<Option>({
    {"--json", "", "", "the same as --format json"},
});
constexpr auto kResultOptions = std::to_array<Option>({kFailIf});
constexpr auto kServeExamples = std::to_array<std::string_view>({
    "redline serve",
    "redline serve --port 0 --jobs jobs",
    "redline serve --host 0.0.0.0 --allow-host planner.example.org",
});
constexpr auto kServeOptions = std::to_array<Option>({
    {"--host", "", "ADDR", "listen there; anywhere but on this machine a token is asked for", false,
     kText, "", "127.0.0.1"},
    {"--port", "", "N", "port; 0: any that is free", false, kNumber, "", "8177"},
    {"--token", "", "TOKEN",
     "ask every request for it (default: REDLINE_TOKEN; a new one off this machine)", false, kText},
    {"--allow-host", "", "NAME", "a name by which the server is reached", true, kText},
    {"--jobs", "", "DIR", "keep jobs there, so that they outlive the server", false, kDirectory},
    {"--timeout", "", "SECONDS", "of an answer that is waited for; longer ones are jobs", false,
     kNumber, "", "30"},
});

constexpr auto kCommands = std::to_array<Command>({
    {.name = "report",
     .arguments = "SCENARIO",
     .summary = "the decision brief of a scenario, HTML and JSON",
     .examples = kReportExamples,
     .options = kReportOptions,
     .least_arguments = 1,
     .most_arguments = 1,
     .argument_kind = kScenario,
     .description =
         "Works out a scenario (a date, the subject, what was known on that day) and writes "
         "report.html and report.json into the folder of --output, by default out/SCENARIO. The "
         "HTML file is complete in itself: it opens without a network and prints."},
    {.name = "classify",
     .arguments = "[CHIP…]",
     .summary = "may it ship: verdicts with working and margins",
     .examples = kClassifyExamples,
     .options = kClassifyOptions,
     .most_arguments = -1,
     .argument_kind = kChip,
     .description =
         "Says whether chips need a license for a destination, an owner and a date: by which "
         "clause, by what margin, and what change would flip the answer. A chip is an id, an "
         "alias, a glob such as 'nvidia-*', or a .toml file of your own; without one, all chips "
         "are asked about. A system, such as hgx-h200-8, is judged as a server by the chips "
         "in it.\n"
         "With -o case.html the answer becomes a page that can go into a file: question, facts "
         "with evidence, working, margins, checklists, assumptions, what was not evaluated and "
         "the hash of the data. `redline replay` asks such a page again.\n"
         "What is not known stays unknown, and makes an answer unknown only where it matters. An "
         "answer is a model of public texts, not legal advice."},
    {.name = "quota",
     .arguments = "CHIP|LEDGER.csv",
     .summary = "the 50 % volume calculator of the rule of January 2026",
     .examples = kQuotaExamples,
     .options = kQuotaOptions,
     .least_arguments = 1,
     .most_arguments = -1,
     .argument_kind = kChip,
     .description =
         "Compares the total processing performance (TPP) of a product shipped to China and Macau "
         "with that of the same product shipped to US customers for use in the United States, as "
         "the certification of a case-by-case application asks: the ratio, the cap, how many more "
         "may go, or how many US units are missing.\n"
         "A ledger is a table of comma-separated values with the columns chip, destination and "
         "units, and where wanted end_use (country), date and product (what counts as one "
         "product). Units that are not known are written ?."},
    {.name = "estimate kernel",
     .arguments = "CHIP OPERATOR [FIELD=VALUE…]",
     .summary = "how long one operator takes on a chip",
     .examples = kEstimateKernelExamples,
     .options = kResultOptions,
     .least_arguments = 2,
     .most_arguments = -1,
     .argument_kind = kChip,
     .description =
         "Predicts the time of a matrix product, of attention, of a norm or of a message from the "
         "data sheet of the chip and a few constants fitted to published measurements: a central "
         "value, an 80 % interval, its parts, and what each part rests on: measurements of this "
         "chip, of its relatives, or the data sheet alone.\n"
         "Fields are those of a row of measurements: m, n, k, groups, batch, seq, kv_len, q_heads, "
         "kv_heads, head_dim, dtype, library, timing, scaling and others. What is left out takes a "
         "default that the answer names.\n"
         "Operators: gemm, grouped_gemm, attention_prefill, attention_decode, mla_prefill, "
         "mla_decode, softmax, layernorm, rmsnorm, gelu, and those of `estimate collective`."},
    {.name = "estimate collective",
     .arguments = "CHIP OPERATOR [FIELD=VALUE…]",
     .summary = "how long a message among chips takes",
     .examples = kEstimateCollectiveExamples,
     .options = kResultOptions,
     .least_arguments = 2,
     .most_arguments = -1,
     .argument_kind = kChip,
     .description =
         "Operators: all_reduce, all_gather, reduce_scatter, all_to_all, send_recv and broadcast "
         "with the fields bytes, ranks and ranks_per_node; moe_dispatch and moe_combine with "
         "ranks, tokens_per_rank, hidden and topk.\n"
         "Bytes are the full tensor of an all-reduce, the gathered total of an all-gather, and the "
         "input total of a reduce-scatter or all-to-all. `estimate kernel` takes these too."},
    {.name = "estimate train",
     .arguments = "",
     .summary = "how long a training step takes, and what it needs",
     .examples = kEstimateTrainExamples,
     .options = kEstimateTrainOptions,
     .description =
         "Predicts a step of training under a parallel plan: time with an 80 % interval and its "
         "parts, memory of a chip by part against its capacity, MFU (model FLOP/s utilisation) "
         "and HFU (with what is computed again), tokens a second, and for a budget of tokens "
         "chip-hours, energy and cost. What is not said takes a default that the answer names. A "
         "plan that does not fit in memory ends with status 4 and the smallest change that fits."},
    {.name = "estimate prefill",
     .arguments = "",
     .summary = "how soon prompts have their first token",
     .examples = kEstimatePrefillExamples,
     .options = kEstimateServeOptions,
     .description =
         "Predicts the prefill of a batch of prompts: TTFT (time to first token), tokens a second, "
         "memory, and what a million tokens of prompts costs."},
    {.name = "estimate decode",
     .arguments = "",
     .summary = "how fast answers are written",
     .examples = kEstimateDecodeExamples,
     .options = kEstimateDecodeOptions,
     .description =
         "Predicts a decode step in the middle of the answers: TPOT (time per output token), "
         "tokens a second, memory with the cache of keys and values, the largest batch that fits, "
         "and what a million tokens costs; with --chunk beside prompts in chunks, with "
         "--prefill-chip after a pool of chips that prefills. Without --batch it takes the largest "
         "that fits, up to 256 sequences on a replica."},
    {.name = "estimate reasoning",
     .arguments = "[CHIP…]",
     .summary = "what a solved task costs when a model thinks longer, or more often",
     .examples = kEstimateReasoningExamples,
     .options = kEstimateReasoningOptions,
     .most_arguments = -1,
     .argument_kind = kChip,
     .description =
         "Test-time scaling: a task is solved by one long chain of thought, by a vote among N, by "
         "the best of N where a verifier finds it, or by revision, one chain whose end is put off "
         "N - 1 times. Accuracy comes from published points with the interval of so many problems, "
         "and is interpolated between them; beyond them it is not known, unless --extrapolate "
         "takes the nearest with a flag. Cost, time and energy of a task come from decode steps "
         "summed while the context of a chain grows, on the plan that takes the fewest "
         "chip-seconds, with the largest batch that memory holds at the full length.\n"
         "With --token-budget it says how to spend it. With several chips it says from which "
         "length of chains one becomes cheaper or faster than the first, and at which ratio of "
         "rents they cost the same. A system in place of a chip has its network and price; --rent "
         "and "
         "--price take a list in the order of the chips."},
    {.name = "estimate die",
     .arguments = "[DIE…]",
     .summary = "area, yield, cost and power of dies that exist",
     .examples = kEstimateDieExamples,
     .options = kResultOptions,
     .most_arguments = -1,
     .description =
         "Works out the area of a die by component (cores, fabric, cache, memory, links, host bus, "
         "graphics) from what it is made of and its node, beside what is published; how many whole "
         "dies a wafer has and which share of them is good, whole and with the cores that its "
         "fullest part needs; what a good packaged part costs by item, with the ends of what "
         "sources leave open; and what it draws by component. Without a name it lists all dies of "
         "data/silicon."},
    {.name = "search plan train",
     .arguments = "",
     .summary = "the best parallel plan of a training step",
     .examples = kSearchPlanTrainExamples,
     .options = kSearchPlanTrainOptions,
     .description =
         "Searches tensor, context, expert, data and pipeline parallelism, ZeRO stages, "
         "microbatches, recomputation and schedules for the plan that fits in memory and makes the "
         "objective least, and for those that are Pareto-optimal. Optimal is said where every plan "
         "was worked out or ruled out by a bound; an interrupted search says how far the optimum "
         "may be. Where nothing fits (status 4) it names what binds and the smallest change.\n"
         "The answer is the same for any number of threads, pruned or not."},
    {.name = "search plan serve",
     .arguments = "",
     .summary = "the best way to serve a model within limits on latency",
     .examples = kSearchPlanServeExamples,
     .options = kSearchPlanServeOptions,
     .description =
         "Searches tensor, expert, data and pipeline parallelism, batches, formats of weights and "
         "cache, prompts in chunks beside the answers or on a pool of chips of their own (of "
         "another kind with --prefill-chip), and the instances of each pool, for the cheapest way "
         "that keeps TTFT and TPOT. With --chips all of them work, with --rate as many as the "
         "requests need, else what one chip yields is compared. Without --dtype and --kv-dtype "
         "8-bit formats are tried beside the model's own.\n"
         "Means of requests that are all alike: queues are for a simulation. The answer is the "
         "same for any number of threads, pruned or not. Where nothing is feasible (status 4) it "
         "names what binds and the smallest change."},
    {.name = "search chip",
     .arguments = "",
     .summary = "the best part that a rule lets through, and what each limit is worth",
     .examples = kSearchChipExamples,
     .options = kSearchChipOptions,
     .description =
         "The best reply of a vendor to a rule: a die that exists cut down (cores, clock, a "
         "firmware cap on the rate, memory stacks, bus and speed, links, market, idle silicon, "
         "more "
         "dies), or a new one from the model of silicon. Legality is asked of the rules unchanged, "
         "bills and letters included; work of the models of steps; cost and power of the model of "
         "silicon. What is found is proved to be the best of all parts that are tried.\n"
         "Answers with the part, its margins to every limit, what 1 and 10 % more of each limit "
         "would be worth, which ways round the wording it takes and what unlocking them would "
         "give, "
         "the Pareto front, and how far it hangs on what is not known well. Where nothing is legal "
         "(status 4) it names the clause."},
    {.name = "search rule",
     .arguments = "",
     .summary = "limits that leak least capability for the revenue that they cost",
     .examples = kSearchRuleExamples,
     .options = kSearchRuleOptions,
     .description =
         "Moves limits of a rule over a grid. At each point the vendor answers with its best "
         "part, as `search chip` finds it; buyers divide between that and the best chip that they "
         "have at home. What leaks is the work that a part does above what is there at home, on "
         "workloads of the rule-maker's, times the parts that go; what it costs is revenue "
         "against no rule at all.\n"
         "Answers with the best rule by the objective, the frontier of what leaks against what "
         "is lost, where the rules of past years and pending bills stand on it, and how exact "
         "the vendor's answers are. The space is a TOML file: the rules, the dies, the limits "
         "that move, the work, and how many parts go; the guide has each field."},
    {.name = "exposure",
     .arguments = "SCENARIO",
     .summary = "what each path costs whom, and what it is worth to know",
     .examples = kExposureExamples,
     .options = kExposureOptions,
     .least_arguments = 1,
     .most_arguments = 1,
     .argument_kind = kText,
     .description =
         "Draws worlds of a scenario (a name in data/exposure, or a .toml file): quantities that "
         "are not known, events that come on a day or never, and under each option what is sold, "
         "charged, earned and paid, quarter by quarter, to the cent.\n"
         "Answers with the distribution of charge, revenue and net of each path, the best one, by "
         "which belief another would be, what moves it (tornado and Sobol shares with intervals), "
         "what it would be worth to know each input before choosing, and how each input was "
         "understood. --backtest scores the scenario against what came, beside base rates and the "
         "sell side. The same for any number of threads; --seed draws other worlds. "
         "docs/exposure.md has the language of scenarios."},
    {.name = "impact",
     .arguments = "BEFORE AFTER",
     .summary = "what changes where one rule set takes the place of another",
     .examples = kImpactExamples,
     .options = kImpactOptions,
     .least_arguments = 0,
     .most_arguments = 2,
     .argument_kind = kText,
     .description =
         "The threshold-change impact statement. A rule set is a date, a rule by how its id "
         "begins, a bill, a .toml file of an instrument of your own (one with the id of another "
         "takes its place), or several joined by +. Which parts have another answer, and where; "
         "the best design of each vendor's die for training, prefill, decode and thinking under "
         "both; what buyers can have for a part, for a dollar and in total, beside what they make "
         "themselves; how soon; ways round the wording; revenue at stake; what a briefing of "
         "Congress under S. 3374 would hold; what would turn it, and what it rests on.\n"
         "-o FILE.html writes it as a page. The other way round it is its own mirror."},
    {.name = "simulate serve",
     .arguments = "",
     .summary = "what users of a cluster would feel: a simulation of requests",
     .examples = kSimulateServeExamples,
     .options = kSimulateServeOptions,
     .description =
         "Discrete events: requests arrive, wait, share steps, run out of cache and leave. Engines "
         "batch continuously, with prompts in chunks or on a pool of chips of their own (another "
         "kind with --prefill-chip), a paged cache that finds prefixes again, preemption, drafts, "
         "uneven experts, failures and autoscaling. Times of steps are those of `redline estimate "
         "decode` on any chip.\n"
         "Answers with TTFT, TPOT and latency by percentile with 95 % intervals, goodput under "
         "--ttft, --tpot and --latency, utilisation, cost and energy. A warm-up is left out by "
         "rule (MSER). The same for any number of threads; --seed draws other requests."},
    {.name = "simulate capacity",
     .arguments = "",
     .summary = "the highest rate of requests that holds a target",
     .examples = kSimulateCapacityExamples,
     .options = kSimulateCapacityOptions,
     .description =
         "Simulates rates until the highest is found at which --share of the requests keep every "
         "target given. All rates of a run meet the same requests (common random numbers); runs "
         "with other seeds give the 95 % interval. Where no rate holds the target (status 4) it "
         "says what a request that meets no others feels."},
    {.name = "search run",
     .arguments = "SWEEP.toml",
     .summary = "a sweep: one request after another, with fields that vary",
     .examples = kSearchRunExamples,
     .options = kSearchRunOptions,
     .least_arguments = 1,
     .most_arguments = 1,
     .argument_kind = kFile,
     .description =
         "Asks a request of `redline batch` for every point of a product of field values, such as "
         "models, chips, dates and objectives. The file has a table [request] with what all points "
         "share and a table [vary] with a list of values, or { from = 1, to = 64, times = 2 }, for "
         "each field; [[vary]] tables hold fields that go together, [[exclude]] leaves points out, "
         "and several [[request]] ask several questions about each point. A point that cannot be "
         "answered is a row with its error.\n"
         "-o writes .sqlite, .ndjson, .csv or .json. Rows are kept as they come, so that a run "
         "that ended in any way goes on with --resume; memory does not grow with the run. With "
         "--shard the points are cut into N equal parts by their numbers: run each anywhere, then "
         "`redline merge` them. Any cut, order and number of threads give the same results.\n"
         "The first interrupt (Ctrl-C) finishes the points in work, keeps them and leaves with "
         "130."},
    {.name = "merge",
     .arguments = "SHARD…",
     .summary = "join the shards of a sweep",
     .examples = kMergeExamples,
     .least_arguments = 1,
     .most_arguments = -1,
     .argument_kind = kFile,
     .description =
         "Reads shard files and SQLite files that `redline search run` wrote, or folders of them, "
         "in any order, and writes all rows as the single run would have: .sqlite, .ndjson, .csv "
         "or .json by the suffix of -o, or to standard output. Shards that are damaged, "
         "unfinished, of another sweep or other data, missing or there twice are named, and "
         "nothing is written."},
    {.name = "compare",
     .arguments = "CHIP…",
     .summary = "how many of one chip equal how many of another",
     .examples = kCompareExamples,
     .options = kCompareOptions,
     .least_arguments = 1,
     .most_arguments = -1,
     .argument_kind = kChip,
     .description =
         "For training, prefill and decode of a model: tokens a second on one chip with error "
         "bars, how many chips do the work of 100 of the first, which resource binds, and what a "
         "million tokens costs. Each chip runs on the plan that suits it best among usual ones."},
    {.name = "validate",
     .arguments = "[FILE…]",
     .summary = "predictions against published measurements",
     .examples = kValidateExamples,
     .options = kValidateOptions,
     .most_arguments = -1,
     .argument_kind = kFile,
     .description =
         "Predicts every row of the measurements that the data set keeps, or of the given files, "
         "and compares: mean absolute percentage error (MAPE), median, bias, the share of rows "
         "inside the 80 % interval, and the worst row, by operator, chip and source. Rows that "
         "constants were fitted on and rows that they were not stand apart. Rows that cannot be "
         "predicted without guessing are skipped, each with its reason.\n"
         "With --leave-one-chip-out each chip is predicted from constants fitted on all others: "
         "what a chip that nobody has measured gets."},
    {.name = "calibrate",
     .arguments = "[kernels|steps]",
     .summary = "fit the constants of the models again",
     .examples = kCalibrateExamples,
     .options = kCalibrateOptions,
     .most_arguments = 1,
     .argument_kind = kChoice,
     .choices = "kernels steps",
     .description =
         "Fits the constants of the models of kernels, or those of whole steps that stand on them, "
         "to half of the measurements of the data set and prints them. The same measurements give "
         "the same constants. With -o FILE.toml it writes the file that the data set keeps as "
         "calibration/kernels.toml or calibration/steps.toml."},
    {.name = "replay",
     .arguments = "FILE",
     .summary = "ask again what a saved answer answered; list what differs",
     .examples = kReplayExamples,
     .least_arguments = 1,
     .most_arguments = 1,
     .argument_kind = kFile,
     .description =
         "Reads an answer in JSON or a case page, asks the same question of the data as they are "
         "now, and lists every value that differs, with exit status 1; says whether data and "
         "program are the same as then."},
    {.name = "data list",
     .arguments = "[KIND]",
     .summary = "the records of the catalogue",
     .examples = kDataListExamples,
     .options = kResultOptions,
     .most_arguments = 1,
     .argument_kind = kChoice,
     .choices = "chips systems fabrics dies models rules places groups sources market",
     .description =
         "Lists the records of one kind, or the kinds with the number of their records."},
    {.name = "data show",
     .arguments = "NAME",
     .summary = "every value of a record with basis and source",
     .examples = kDataShowExamples,
     .least_arguments = 1,
     .most_arguments = 1,
     .argument_kind = kRecord,
     .description =
         "Shows a chip, system, model or rule: each value with its unit, its basis (stated, "
         "derived, estimated) and its sources, and what follows from it. A model may also be a "
         "file such as the config.json that Hugging Face publishes: ./config.json."},
    {.name = "data check",
     .arguments = "[FILE…]",
     .summary = "check the data, or files of your own",
     .examples = kDataCheckExamples,
     .most_arguments = -1,
     .argument_kind = kFile,
     .description =
         "Reads every record, with the folders of --data laid over, and reports all problems of "
         "all files with file, line and column; or reads the given files alone."},
    {.name = "data schema",
     .arguments = "[KIND]",
     .summary = "JSON Schema of a record; the names of predicates",
     .examples = kDataSchemaExamples,
     .most_arguments = 1,
     .argument_kind = kChoice,
     .choices = "chip system fabric model instrument places groups sources scenario predicate",
     .description =
         "Prints the JSON Schema of a kind of record, for editors that complete and check TOML; "
         "for 'predicate', the quantities and country groups that a rule may name."},
    {.name = "data new",
     .arguments = "KIND",
     .summary = "a file of your own to edit: chip, system or model",
     .examples = kDataNewExamples,
     .options = kDataNewOptions,
     .least_arguments = 1,
     .most_arguments = 1,
     .argument_kind = kChoice,
     .choices = "chip system model",
     .description =
         "Prints a record to begin from: that of --like under a new id. Edit it, ask about the "
         "file itself, or put it into a folder for --data."},
    {.name = "batch",
     .arguments = "[FILE]",
     .summary = "NDJSON requests in, one line out for each",
     .examples = kBatchExamples,
     .most_arguments = 1,
     .argument_kind = kFile,
     .description =
         "Reads one JSON object a line from the file or from standard input, and writes one line "
         "for each, in the order of the requests: the envelope of --format json, or an error "
         "with its code. With one thread each answer is written at once.\n"
         "The first interrupt (Ctrl-C) finishes the lines in flight, writes them and leaves with "
         "130; the second ends the program."},
    {.name = "serve",
     .arguments = "",
     .summary = "the pages, and an API for programs, on 127.0.0.1",
     .examples = kServeExamples,
     .options = kServeOptions,
     .description =
         "Answers over HTTP until it is interrupted (Ctrl-C): pages for a browser, and every "
         "request "
         "of `redline batch` as /v1/COMMAND, by GET with its fields in the query or by POST with "
         "them as JSON. Long ones are jobs: POST /v1/jobs, followed by events, cancelled by "
         "DELETE. "
         "/openapi.json describes it; docs/api.md has examples for curl and Python.\n"
         "Only this machine is answered unless --host says otherwise; then every request has to "
         "show "
         "a token, which is printed. Pages of other sites cannot ask. Nothing is written but jobs, "
         "and requests read no files of this machine: they bring their own."},
    {.name = "explain",
     .arguments = "[CODE]",
     .summary = "what an error code means",
     .examples = kExplainExamples,
     .most_arguments = 1,
     .argument_kind = kCode,
     .description =
         "Prints the page of an error code: what it means, an example that produces it, what to "
         "do. Without a code, the list of all."},
    {.name = "completions",
     .arguments = "SHELL",
     .summary = "completion of the command line for bash, zsh or fish",
     .examples = kCompletionsExamples,
     .least_arguments = 1,
     .most_arguments = 1,
     .argument_kind = kChoice,
     .choices = "bash zsh fish",
     .description =
         "Prints a script that completes commands, options, and the ids of chips, systems, "
         "models, rules, places, scenarios and error codes. The script asks the program, so that "
         "your own data (--data) and new records are known to it.\n"
         "bash: source <(redline completions bash). zsh: write it as _redline into a folder of "
         "$fpath. fish: write it to ~/.config/fish/completions/redline.fish. An installation "
         "puts all three where the shells look."},
    {.name = "man",
     .arguments = "[COMMAND]",
     .summary = "the manual page of the program or of a command",
     .examples = kManExamples,
     .most_arguments = 2,
     .argument_kind = kCommand,
     .description =
         "Prints a manual page in troff, for `man -l`. An installation puts all pages where man "
         "looks: man redline, man redline-classify."},
    {.name = "help",
     .arguments = "[COMMAND]",
     .summary = "the help of a command or of a group of commands",
     .examples = kHelpExamples,
     .most_arguments = 2,
     .argument_kind = kCommand,
     .description = "The same as --help behind the command."},
    {.name = "version",
     .arguments = "",
     .summary = "version of program and data",
     .examples = kVersionExamples,
     .options = kVersionOptions,
     .description =
         "Says which program answers from which data, and how it was built. Name it when you "
         "report a problem."},
});

}  // namespace

std::span<const Command> commands() { return kCommands; }
std::span<const Option> common_options() { return kCommon; }
std::span<const std::string_view> first_examples() { return kFirst; }

const Command* find_command(std::string_view name) {
  const auto* found = std::find_if(kCommands.begin(), kCommands.end(),
                                   [name](const Command& c) { return c.name == name; });
  return found == kCommands.end() ? nullptr : found;
}

NamedCommand command_named_by(std::span<const std::string> words) {
  NamedCommand found;
  std::string name;
  for (std::size_t i = 0; i < words.size() && !words[i].empty(); ++i) {
    name += (i > 0 ? " " : "") + words[i];
    if (const Command* command = find_command(name)) {
      return {command, found.group, i + 1};
    }
    const bool group = std::any_of(kCommands.begin(), kCommands.end(), [&](const Command& c) {
      return c.name.starts_with(name + " ");
    });
    if (!group) {
      break;
    }
    found.group = name;
    found.words = i + 1;
  }
  return found;
}

const Option* find_option(const Command& command, std::string_view name) {
  const auto search = [name](std::span<const Option> options) -> const Option* {
    for (const Option& option : options) {
      if (option.name == name || (!option.short_name.empty() && option.short_name == name)) {
        return &option;
      }
    }
    return nullptr;
  };
  const Option* own = search(command.options);
  return own != nullptr ? own : search(kCommon);
}

std::vector<std::string_view> choice_list(std::string_view choices) {
  std::vector<std::string_view> list;
  while (!choices.empty()) {
    const std::size_t end = std::min(choices.find(' '), choices.size());
    list.push_back(choices.substr(0, end));
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return list;
}

}  // namespace redline::cli
