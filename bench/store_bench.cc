// Large runs: rows a second into each format, what cutting a sweep into shards costs, and how a
// sweep gains from a second core.
#include <chrono>
#include <filesystem>
#include <fstream>

#include <benchmark/benchmark.h>

#include "app/sweep_run.h"
#include "store/parts.h"
#include "store/row_text.h"

namespace redline {
namespace {

namespace fs = std::filesystem;

const app::Workspace& workspace() {
  static const app::Workspace kWorkspace = [] {
    auto opened = app::open_workspace(app::whole_data(REDLINE_SOURCE_DATA));
    RL_CHECK(opened.has_value());
    return std::move(*opened);
  }();
  return kWorkspace;
}

std::string fresh_folder() {
  const fs::path path = fs::temp_directory_path() / "redline-store-bench";
  fs::remove_all(path);
  fs::create_directories(path);
  return path.string() + "/";
}

// 2,920 verdicts, or 480 searches for a plan of some milliseconds each.
app::Sweep sweep(bool search) {
  const std::string path = fresh_folder() + "sweep.toml";
  std::ofstream(path) << (search ? R"(
[request]
command = "search-plan-train"
model = "llama-3.1-70b"
[vary]
chip = ["h20", "h100-sxm5", "a100-sxm-80gb", "h800-sxm"]
chips = [256, 512]
batch = { from = 512, to = 30720, step = 512 }
)"
                                 : R"(
[request]
command = "classify"
[vary]
chip = ["h20", "h100-sxm5"]
as_of = { from = 2022-01-01, to = 2025-12-30 }
)");
  auto read = app::Sweep::read(path);
  RL_CHECK(read.has_value());
  return std::move(*read);
}

using Clock = std::chrono::steady_clock;

// Seconds of a run into a shard file, or into `shards` of them that are then merged.
double seconds_of(const app::Sweep& points, unsigned threads, std::uint64_t shards) {
  const std::string folder = fresh_folder();
  const results::Words say;
  app::SweepRun run;
  run.info.threads = threads;
  const auto from = Clock::now();
  for (std::uint64_t k = 1; k <= shards; ++k) {
    run.shard = app::ShardNumber{k, shards};
    run.target.path = folder;
    RL_CHECK(app::run_sweep(workspace(), points, run, say).has_value());
  }
  app::Merge merge;
  merge.inputs = {folder};
  merge.target.path = folder + "result.ndjson";
  RL_CHECK(app::merge_shards(merge, say).has_value());
  return std::chrono::duration<double>(Clock::now() - from).count();
}

// One thread and one shard beside more of one of them, turn by turn, so that a slow moment of the
// machine meets both.
void against_single_run(benchmark::State& state, const char* counter, unsigned threads,
                        std::uint64_t shards) {
  const app::Sweep points = sweep(state.range(0) != 0);
  static_cast<void>(seconds_of(
      points, 1, 1));  // what is worked out once, and files that are read for the first time
  double single = 0.0;
  double other = 0.0;
  for (auto step : state) {
    single += seconds_of(points, 1, 1);
    other += seconds_of(points, threads, shards);
  }
  state.counters[counter] = threads > 1 ? single / other : 100.0 * (other / single - 1.0);
  state.counters["rows"] = benchmark::Counter(static_cast<double>(points.points()) *
                                              static_cast<double>(state.iterations()) / other);
}
void overhead_of_8_shards(benchmark::State& state) {
  against_single_run(state, "overhead_percent", 1, 8);
}
BENCHMARK(overhead_of_8_shards)
    ->DenseRange(0, 1)
    ->ArgName("search")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MinTime(4.0);
void speedup_of_2_threads(benchmark::State& state) { against_single_run(state, "speedup", 2, 1); }
BENCHMARK(speedup_of_2_threads)
    ->DenseRange(0, 1)
    ->ArgName("search")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MinTime(4.0);

// Rows of verdicts, worked out beforehand.
struct Rows {
  store::Manifest manifest;
  std::vector<store::Row> rows;
};
const Rows& rows() {
  static const Rows kRows = [] {
    const app::Sweep points = sweep(false);
    Rows made{points.manifest(workspace(), 1), {}};
    for (std::uint64_t point = 0; point < points.points(); ++point) {
      made.rows.push_back(**points.answer(workspace(), point));
    }
    return made;
  }();
  return kRows;
}

void count(benchmark::State& state) {
  std::int64_t bytes = 0;
  for (const store::Row& row : rows().rows) {
    bytes += static_cast<std::int64_t>(row.text.size());
  }
  state.SetBytesProcessed(state.iterations() * bytes);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows().rows.size()));
}

void into_store(benchmark::State& state, const char* name) {
  const std::string path = fresh_folder() + name;
  static_cast<void>(rows());
  std::string note;
  for (auto step : state) {
    auto opened = store::open_store(path, rows().manifest, store::OpenMode::kFresh, note);
    RL_CHECK(opened.has_value());
    for (const store::Row& row : rows().rows) {
      RL_CHECK((*opened)->append(row).has_value());
    }
    RL_CHECK((*opened)->commit(rows().manifest.last).has_value());
    RL_CHECK((*opened)->finish("{}").has_value());
  }
  count(state);
}
BENCHMARK_CAPTURE(into_store, shard, "run.shard")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(into_store, sqlite, "run.sqlite")->UseRealTime()->Unit(benchmark::kMillisecond);

// From a shard file, as the end of a run and a merge do.
void into_text(benchmark::State& state, results::Format format) {
  const std::string folder = fresh_folder();
  std::string note;
  {
    auto opened =
        store::open_store(folder + "run.shard", rows().manifest, store::OpenMode::kFresh, note);
    for (const store::Row& row : rows().rows) {
      RL_CHECK((*opened)->append(row).has_value());
    }
    RL_CHECK((*opened)->commit(rows().manifest.last).has_value());
    RL_CHECK((*opened)->finish("{}").has_value());
  }
  for (auto step : state) {
    auto out = store::TextOutput::create(folder + "rows.txt");
    RL_CHECK(out.has_value());
    const auto tally = store::write_rows(
        [&folder] { return store::open_source(folder + "run.shard").value(); }, format,
        {"[", [](const store::Tally&) { return std::string("]"); }}, *out);
    RL_CHECK(tally.has_value());
    RL_CHECK(out->finish().has_value());
  }
  count(state);
}
BENCHMARK_CAPTURE(into_text, ndjson, results::Format::kNdjson)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(into_text, json, results::Format::kJson)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(into_text, csv, results::Format::kCsv)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace redline

BENCHMARK_MAIN();
