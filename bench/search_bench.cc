// Plans a second of whole searches, nothing pruned: what a search over plans asks for.
#include <benchmark/benchmark.h>

#include "redline/plan_search.h"
#include "redline/rule_search.h"
#include "redline/serving_search.h"

#include "perf/test_steps.h"
#include "search/test_replies.h"

namespace redline {
namespace {

// DeepSeek-V3 (2024, section 4.2) on 2,048 H800, 15,360 sequences a step.
LlmModel deepseek_v3() {
  LlmModel model;
  model.shape.layers = 61;
  model.shape.hidden = 7168;
  model.shape.heads = model.shape.kv_heads = 128;
  model.shape.head_dim = 128;
  model.shape.ffn = 18432;
  model.shape.vocabulary = 129280;
  model.mla = Mla{};
  model.mla->q_lora_rank = 1536;
  model.mla->kv_lora_rank = 512;
  model.mla->qk_nope_head_dim = 128;
  model.mla->qk_rope_head_dim = 64;
  model.mla->v_head_dim = 128;
  model.moe = Moe{};
  model.moe->experts = 256;
  model.moe->experts_per_token = 8;
  model.moe->shared_experts = 1;
  model.moe->expert_ffn = 2048;
  model.moe->dense_layers = 3;
  return model;
}

// Of whole searches of a space: its plans, and those worked out.
void search(benchmark::State& state, const SearchSpace& space) {
  SearchOptions options;
  options.prune = state.range(0) != 0;
  options.threads = static_cast<unsigned>(state.range(1));
  std::uint64_t total = 0;
  std::uint64_t evaluated = 0;
  for (auto step : state) {
    const SearchResult found = run_search(space, options);
    total += found.total;
    evaluated += found.evaluated;
  }
  const auto rate = [](std::uint64_t count) {
    return benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsRate);
  };
  state.counters["plans"] = rate(total);
  state.counters["evaluated"] = rate(evaluated);
}

void plans(benchmark::State& state, const LlmModel& model, const test::Bench& bench, int chips,
           std::int64_t batch, std::int64_t tokens) {
  TrainingQuestion question;
  question.variants = {{timing_of(model, bench.steps), {}}};
  question.base.request.tokens = tokens;
  question.base.shard.node_ranks = 8;
  question.batch = batch;
  question.capacity = Bytes{80e9};
  question.objectives = {PlanObjective::kTime};
  question.dimensions = usual_dimensions(model, {chips}, batch, tokens, 8);
  search(state, TrainingSpace(question));
}

// GPT-3 175B on 4,096 A100, 4,096 sequences a step.
void gpt3_on_a100(benchmark::State& state) {
  static const LlmModel kModel = test::gpt(96, 12288);
  plans(state, kModel, test::Bench("a100-sxm-80gb"), 4096, 4096, 2048);
}
BENCHMARK(gpt3_on_a100)
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->ArgNames({"prune", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void deepseek_v3_on_h800(benchmark::State& state) {
  static const LlmModel kModel = deepseek_v3();
  plans(state, kModel, test::Bench("h800-sxm", "hai-llm"), 2048, 15360, 4096);
}
BENCHMARK(deepseek_v3_on_h800)
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->ArgNames({"prune", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// The space of Calculon, all of it.
void calculon_space(benchmark::State& state) {
  static const LlmModel kModel = test::gpt(96, 12288);
  const test::Bench bench("a100-sxm-80gb");
  OffloadQuestion question;
  question.timing = timing_of(kModel, bench.steps);
  question.request.tokens = 2048;
  question.chips = 4096;
  question.batch = 4096;
  question.capacity = Bytes{80e9};
  question.second_capacity = Bytes{512e9};
  question.second_bandwidth = 100e9;
  search(state, OffloadSpace(question));
}
BENCHMARK(calculon_space)
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->ArgNames({"prune", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// DeepSeek-R1 answered by H20, prompts on H20 or H800, in all usual ways. Nothing of the pairs is
// pruned only where it is asked for: there are millions.
void deepseek_r1_served(benchmark::State& state) {
  static const LlmModel kModel = deepseek_v3();
  const test::Bench h20("h20-96gb", "sglang");
  const test::Bench h800("h800-sxm", "sglang");
  const auto site = [](const test::Bench& bench, double usd_per_hour) {
    ServingSite one;
    one.steps = &bench.steps;
    one.precision = {.weights = Format::kFp8, .activations = Format::kFp8};
    one.capacity = *bench.chip.memory.capacity->value;
    one.domain = 8;
    one.network_bytes_s = 50e9;
    one.usd_per_chip_s = usd_per_hour / 3600.0;
    return one;
  };
  ServingQuestion question;
  question.model = &kModel;
  question.sites = {site(h20, 1.1)};
  question.prompt_sites = {site(h20, 1.1), site(h800, 2.2)};
  question.ttft_s = 2.0;
  question.tpot_s = 0.050;
  question.objectives = {ServingObjective::kCost};
  question.dimensions = usual_serving_dimensions(kModel, question.load, 8);
  search(state, ServingSpace(question));
}
BENCHMARK(deepseek_r1_served)
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->ArgNames({"prune", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// H100 cut down for China under the rule of October 2023, by decoding, prefill and training of a
// model of 13 billion parameters: area, power, cost, legality and three speeds of each part.
ReplyQuestion cut_down_h100(const test::ReplyBed& bed) {
  ReplyQuestion question = bed.question({}, {bed.decode(), bed.prefill(), bed.train()});
  ReplyBody& body = question.bodies.front();
  for (double cores = 33.0; cores <= 132.0; cores += 9.0) {
    body.cores.push_back(cores);
  }
  question.clocks = {0.6, 0.7, 0.8, 0.9, 1.0};
  body.memory_units = {1, 2, 3, 4, 5, 6};
  body.link_gb_s.clear();
  for (double link = 0.0; link <= 900.0; link += 50.0) {
    body.link_gb_s.push_back(link);
  }
  return question;
}

void chip_search(benchmark::State& state) {
  static const test::ReplyBed kBed("gh100", test::gpt(40, 5120));
  const ReplySpace space(cut_down_h100(kBed), kBed.rules(test::asked("CN", "2023-11-17")));
  search(state, space);
}
BENCHMARK(chip_search)
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->ArgNames({"prune", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// The same where everything is legal and fits: items are parts of which everything was worked out,
// legality, three speeds, cost and power.
void chip_search_all_legal(benchmark::State& state) {
  static const test::ReplyBed kBed("gh100", test::gpt(8));
  const ReplySpace space(cut_down_h100(kBed), kBed.rules(test::asked("FR", "2023-11-17")));
  SearchOptions options;
  options.prune = false;
  std::uint64_t feasible = 0;
  for (auto step : state) {
    const SearchResult found = run_search(space, options);
    feasible += found.feasible;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(feasible));
}
BENCHMARK(chip_search_all_legal)->Unit(benchmark::kMillisecond)->UseRealTime();

// What a vendor answers to the letters of April 2025 with three limits moved by up to a half: items
// are rules. Without what is kept each is a search of its own.
void rule_search(benchmark::State& state) {
  static const test::ReplyBed kBed("gh100", test::gpt(40, 5120));
  ReplyQuestion question = cut_down_h100(kBed);
  question.workloads = {kBed.decode()};
  const ReplyRules rules = kBed.rules(test::asked("CN", "2025-04-17"));
  std::vector<RuleAxis> axes;
  for (const char* quantity : {"dram_bw", "letter_io", "dram_bw + letter_io"}) {
    for (const Threshold& one : rules.thresholds()) {
      if (one.quantity == quantity) {
        RuleAxis& axis = axes.emplace_back(RuleAxis{one, {}});
        for (double share = 0.5; share < 1.51; share += 0.125) {
          axis.values.push_back(share * one.value);
        }
      }
    }
  }
  const RuleGrid grid(std::move(axes));
  RuleSearchOptions options;
  options.keep = state.range(0) != 0;
  options.threads = static_cast<unsigned>(state.range(1));
  for (auto step : state) {
    benchmark::DoNotOptimize(answer_rules(question, rules, grid, options));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(grid.size() * state.iterations()));
}
BENCHMARK(rule_search)
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->ArgNames({"keep", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace redline

BENCHMARK_MAIN();
