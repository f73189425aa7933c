// What a world of the April 2025 scenario costs: drawn, played under all options and counted, on
// one thread and on two; drawn and played alone; and its draws alone.

#include <benchmark/benchmark.h>

#include "app/exposure_asks.h"
#include "exposure/run.h"
#include "exposure/world.h"

namespace redline {
namespace {

const exposure::Model& april() {
  static const exposure::Model kModel = [] {
    static const auto kWorkspace = app::open_workspace(app::whole_data(REDLINE_SOURCE_DATA));
    RL_CHECK(kWorkspace.has_value());
    const auto text = app::text_named(*kWorkspace, "exposure", "april-2025");
    RL_CHECK(text && *text);
    const auto context = app::exposure_context(*kWorkspace, 1);
    RL_CHECK(context.has_value());
    auto model = exposure::read_model((*text)->first, (*text)->second, *context);
    RL_CHECK(model.has_value());
    return std::move(*model);
  }();
  return kModel;
}

void count_worlds(benchmark::State& state) {
  exposure::RunOptions options;
  options.samples = std::uint64_t{1} << 18U;
  options.threads = static_cast<unsigned>(state.range(0));
  for (auto step : state) {
    benchmark::DoNotOptimize(exposure::run(april(), options).samples);
  }
  state.counters["worlds_per_s"] = benchmark::Counter(
      static_cast<double>(options.samples) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}
BENCHMARK(count_worlds)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

void play_worlds(benchmark::State& state) {
  const exposure::Model& model = april();
  const SamplePlan plan(SampleDesign::kSobol, model.dimensions, 4096, 1);
  exposure::Worlds worlds(model);
  for (auto step : state) {
    worlds.take_by_fate(plan, 0, 4096);
    for (std::size_t at = 0; at < 4096; at += exposure::Worlds::kLanes) {
      worlds.draw(at);
      for (std::size_t o = 0; state.range(0) != 0 && o < model.options.size(); ++o) {
        worlds.play(o);
        benchmark::DoNotOptimize(worlds.net_usd(0));
      }
      benchmark::ClobberMemory();
    }
  }
  state.counters["worlds_per_s"] = benchmark::Counter(
      static_cast<double>(4096 * state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(play_worlds)->ArgName("options")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

void draw_points(benchmark::State& state) {
  const SamplePlan plan(SampleDesign::kSobol, april().dimensions, 4096, 1);
  std::vector<double> u(4096 * april().dimensions);
  for (auto step : state) {
    plan.fill_columns(0, u);
    benchmark::DoNotOptimize(u.data());
  }
  state.counters["points_per_s"] = benchmark::Counter(
      static_cast<double>(4096 * state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(draw_points)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace redline

BENCHMARK_MAIN();
