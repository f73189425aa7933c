// Iterations of schedulers a second, and an hour of a cluster.
#include <benchmark/benchmark.h>

#include "redline/simulation.h"

#include "perf/test_steps.h"

namespace redline {
namespace {

// Llama-3.1-8B (Dubey et al. 2024).
LlmModel llama_8b() {
  LlmModel model;
  model.id = "llama";
  model.shape.layers = 32;
  model.shape.hidden = 4096;
  model.shape.heads = 32;
  model.shape.kv_heads = 8;
  model.shape.head_dim = 128;
  model.shape.ffn = 14336;
  model.shape.vocabulary = 128256;
  return model;
}

// Of replicas of one H20, batches of up to 64.
SimulationSpec cluster(const LlmModel& model, const test::Bench& bench, int replicas) {
  SimulationSpec spec;
  ServingPlan plan;
  ReplicaSpec& r = spec.cluster.pool.replica;
  r.times = std::make_shared<const StepTable>(model, bench.steps, plan);
  r.sequences = 64;
  r.blocks = 36'000;
  spec.cluster.pool.replicas = replicas;
  spec.traffic.prompt = *Distribution::parse("200 to 2k");
  spec.traffic.answer = *Distribution::parse("50 to 1k");
  return spec;
}

void run(benchmark::State& state, const SimulationSpec& spec) {
  std::uint64_t iterations = 0;
  std::uint64_t requests = 0;
  for (auto step : state) {
    const SimulationResult r = simulate(spec);
    iterations += r.iterations;
    requests += r.finished;
  }
  const auto rate = [](std::uint64_t count) {
    return benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsRate);
  };
  state.counters["iterations"] = rate(iterations);
  state.counters["requests"] = rate(requests);
}

void one_replica(benchmark::State& state) {
  static const LlmModel kModel = llama_8b();
  static const test::Bench kBench("h20-96gb", "sglang");
  SimulationSpec spec = cluster(kModel, kBench, 1);
  spec.traffic.rate = static_cast<double>(state.range(0));
  spec.requests = 20'000;
  run(state, spec);
}
BENCHMARK(one_replica)->Arg(1)->Arg(4)->ArgName("rate")->Unit(benchmark::kMillisecond);

// 100 requests a second through 64 replicas for an hour.
void hour_of_64_replicas(benchmark::State& state) {
  static const LlmModel kModel = llama_8b();
  static const test::Bench kBench("h20-96gb", "sglang");
  SimulationSpec spec = cluster(kModel, kBench, 64);
  spec.traffic.rate = 100.0;
  spec.requests = 360'000;
  run(state, spec);
}
BENCHMARK(hour_of_64_replicas)->Iterations(1)->Unit(benchmark::kSecond);

// Steps between the corners of the table, warm.
void step_table(benchmark::State& state) {
  static const LlmModel kModel = llama_8b();
  static const test::Bench kBench("h20-96gb", "sglang");
  const StepTable table(kModel, kBench.steps, {});
  double decodes = 1.0;
  double sum = 0.0;
  for (auto step : state) {
    decodes = decodes < 60.0 ? decodes + 1.0 : 1.0;
    sum += table.seconds({decodes, 1000.0 + decodes, 0.0, 0.0}).total;
  }
  benchmark::DoNotOptimize(sum);
}
BENCHMARK(step_table);

}  // namespace
}  // namespace redline

BENCHMARK_MAIN();
