// Plans a second of whole searches, nothing pruned: what a search over plans asks for.
#include <benchmark/benchmark.h>

#include "redline/plan_search.h"

#include "perf/test_machines.h"

namespace redline {
namespace {

// GPT-3 175B (Brown et al. 2020) on 4,096 A100, 4,096 sequences a step.
LlmModel gpt3() {
  LlmModel model;
  model.shape.layers = 96;
  model.shape.hidden = 12288;
  model.shape.heads = model.shape.kv_heads = 96;
  model.shape.head_dim = 128;
  model.shape.ffn = 49152;
  model.shape.ffn_kind = FfnKind::kPlain;
  model.shape.vocabulary = 51200;
  return model;
}

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

void plans(benchmark::State& state, const LlmModel& model, const char* chip, const char* engine,
           std::vector<int> chips, std::int64_t batch, std::int64_t tokens, double capacity) {
  const Machine machine = test::machine(chip);
  const KernelModel kernels(machine, test::world().calibration);
  const Engine& software = *find_engine(engine);
  const StepModel steps(machine, kernels, test::world().calibration, software, "16bit");
  TrainingQuestion question;
  question.model = &model;
  question.kernels = &kernels;
  question.engine = &software;
  question.rates = steps.rates();
  question.constants = steps.training_constants().values;
  question.base.request.tokens = tokens;
  question.base.shard.node_ranks = 8;
  question.batch = batch;
  question.capacity = Bytes{capacity};
  question.objectives = {PlanObjective::kTime};
  question.dimensions = usual_dimensions(model, std::move(chips), batch, tokens, 8);
  const TrainingSpace space(question);
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

void gpt3_on_a100(benchmark::State& state) {
  static const LlmModel kModel = gpt3();
  plans(state, kModel, "a100-sxm-80gb", "megatron-core", {4096}, 4096, 2048, 80e9);
}
BENCHMARK(gpt3_on_a100)
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->ArgNames({"prune", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void deepseek_v3_on_h800(benchmark::State& state) {
  static const LlmModel kModel = deepseek_v3();
  plans(state, kModel, "h800-sxm", "hai-llm", {2048}, 15360, 4096, 80e9);
}
BENCHMARK(deepseek_v3_on_h800)
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->ArgNames({"prune", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// The space of Calculon, all of it.
void calculon_space(benchmark::State& state) {
  static const LlmModel kModel = gpt3();
  const Machine machine = test::machine("a100-sxm-80gb");
  const KernelModel kernels(machine, test::world().calibration);
  const Engine& software = *find_engine("megatron-core");
  const StepModel steps(machine, kernels, test::world().calibration, software, "16bit");
  OffloadQuestion question;
  question.model = &kModel;
  question.kernels = &kernels;
  question.engine = &software;
  question.rates = steps.rates();
  question.constants = steps.training_constants().values;
  question.request.tokens = 2048;
  question.chips = 4096;
  question.batch = 4096;
  question.capacity = Bytes{80e9};
  question.second_capacity = Bytes{512e9};
  question.second_bandwidth = 100e9;
  const OffloadSpace space(question);
  SearchOptions options;
  options.prune = state.range(0) != 0;
  options.threads = static_cast<unsigned>(state.range(1));
  std::uint64_t total = 0;
  for (auto step : state) {
    total += run_search(space, options).total;
  }
  state.counters["plans"] =
      benchmark::Counter(static_cast<double>(total), benchmark::Counter::kIsRate);
}
BENCHMARK(calculon_space)
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->ArgNames({"prune", "threads"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace redline

BENCHMARK_MAIN();
