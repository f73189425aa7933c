// A whole step on one machine: what a search over plans asks.
#include <benchmark/benchmark.h>

#include "redline/step.h"

#include "perf/test_machines.h"

namespace redline {
namespace {

struct World {
  Machine machine = test::machine("a100-sxm-80gb");
  KernelModel kernels{machine, test::world().calibration};
  StepModel training{machine, kernels, test::world().calibration, *find_engine("megatron-core"),
                     "16bit"};
  StepModel serving{machine, kernels, test::world().calibration, *find_engine("sglang"), "16bit"};
};
const World& world() {
  static const World kWorld;
  return kWorld;
}

// GPT-3 175B (Brown et al. 2020).
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

void training_cold(benchmark::State& state) {
  const LlmModel model = gpt3();
  TrainingPlan plan;
  plan.shard.tensor = 8;
  plan.shard.sequence_parallel = true;
  plan.shard.data = 16;
  plan.shard.node_ranks = 8;
  plan.pipeline = static_cast<int>(state.range(0));
  plan.request.microbatches = 32;
  for (auto step : state) {
    benchmark::DoNotOptimize(world().training.training(model, plan));
  }
}
BENCHMARK(training_cold)->Arg(1)->Arg(8)->Unit(benchmark::kMicrosecond);

// The same from tables: constants and sums alone.
void training_from_tables(benchmark::State& state) {
  const LlmModel model = gpt3();
  TrainingPlan plan;
  plan.shard.tensor = 8;
  plan.shard.node_ranks = 8;
  plan.pipeline = 8;
  plan.request.microbatches = 32;
  const StepModel::Timer timer = world().training.training_timer(model, plan);
  const auto& values = world().training.training_constants().values;
  for (auto step : state) {
    benchmark::DoNotOptimize(timer(values));
  }
}
BENCHMARK(training_from_tables);

void decode_cold(benchmark::State& state) {
  const LlmModel model = gpt3();
  ServingPlan plan;
  plan.shard.tensor = 8;
  plan.shard.node_ranks = 8;
  InferenceRequest request;
  request.decode = {.count = 64, .cached = 4096};
  for (auto step : state) {
    benchmark::DoNotOptimize(world().serving.serving(model, plan, request));
  }
}
BENCHMARK(decode_cold)->Unit(benchmark::kMicrosecond);

void decode_from_tables(benchmark::State& state) {
  const LlmModel model = gpt3();
  ServingPlan plan;
  plan.shard.tensor = 8;
  plan.shard.node_ranks = 8;
  InferenceRequest request;
  request.decode = {.count = 64, .cached = 4096};
  const StepModel::Timer timer = world().serving.serving_timer(model, plan, request);
  const auto& values = world().serving.serving_constants().values;
  for (auto step : state) {
    benchmark::DoNotOptimize(timer(values));
  }
}
BENCHMARK(decode_from_tables);

}  // namespace
}  // namespace redline

BENCHMARK_MAIN();
