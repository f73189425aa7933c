// A whole step on one machine: what a search over plans asks. Cold: everything of a model and a
// plan, its memory and operations too, from plain structs. What is there before is the machine's
// and the engine's alone, whatever the plan: constants of kernels and steps (KernelModel,
// StepModel).
#include <benchmark/benchmark.h>

#include "redline/step.h"

#include "perf/test_steps.h"

namespace redline {
namespace {

struct World {
  test::Bench training{"a100-sxm-80gb"};
  test::Bench serving{"a100-sxm-80gb", "sglang"};
};
const World& world() {
  static const World kWorld;
  return kWorld;
}

void training_cold(benchmark::State& state) {
  const LlmModel model = test::gpt(96, 12288);
  TrainingPlan plan;
  plan.shard.tensor = 8;
  plan.shard.sequence_parallel = true;
  plan.shard.data = 16;
  plan.shard.node_ranks = 8;
  plan.pipeline = static_cast<int>(state.range(0));
  plan.request.microbatches = 32;
  for (auto step : state) {
    benchmark::DoNotOptimize(world().training.steps.training(model, plan));
  }
}
BENCHMARK(training_cold)->Arg(1)->Arg(8)->Unit(benchmark::kMicrosecond);

// The same from tables: constants and sums alone.
void training_from_tables(benchmark::State& state) {
  const LlmModel model = test::gpt(96, 12288);
  TrainingPlan plan;
  plan.shard.tensor = 8;
  plan.shard.node_ranks = 8;
  plan.pipeline = 8;
  plan.request.microbatches = 32;
  const StepModel::Timer timer = world().training.steps.training_timer(model, plan);
  const auto& values = world().training.steps.training_constants().values;
  for (auto step : state) {
    benchmark::DoNotOptimize(timer(values));
  }
}
BENCHMARK(training_from_tables);

void decode_cold(benchmark::State& state) {
  const LlmModel model = test::gpt(96, 12288);
  ServingPlan plan;
  plan.shard.tensor = 8;
  plan.shard.node_ranks = 8;
  InferenceRequest request;
  request.decode = {.count = 64, .cached = 4096};
  for (auto step : state) {
    benchmark::DoNotOptimize(world().serving.steps.serving(model, plan, request));
  }
}
BENCHMARK(decode_cold)->Unit(benchmark::kMicrosecond);

void decode_from_tables(benchmark::State& state) {
  const LlmModel model = test::gpt(96, 12288);
  ServingPlan plan;
  plan.shard.tensor = 8;
  plan.shard.node_ranks = 8;
  InferenceRequest request;
  request.decode = {.count = 64, .cached = 4096};
  const StepModel::Timer timer = world().serving.steps.serving_timer(model, plan, request);
  const auto& values = world().serving.steps.serving_constants().values;
  for (auto step : state) {
    benchmark::DoNotOptimize(timer(values));
  }
}
BENCHMARK(decode_from_tables);

}  // namespace
}  // namespace redline

BENCHMARK_MAIN();
