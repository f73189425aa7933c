// What a classification costs: the bare decision that a search calls, setting up the rules of a
// situation, the whole verdict with its working, and loading the data.

#include <benchmark/benchmark.h>

#include "app/workspace.h"
#include "rules/decide.h"
#include "rules/facts.h"
#include "rules/rule_book.h"

namespace redline {
namespace {

const app::Workspace& workspace() {
  static const app::Workspace kWorkspace = [] {
    auto opened = app::open_workspace(
        {.base = REDLINE_SOURCE_DATA, .executable = {}, .overlays = {}, .parts = {}});
    RL_CHECK(opened.has_value());
    return std::move(*opened);
  }();
  return kWorkspace;
}

// Days on which few, many and the most rules stand.
const std::vector<Date>& days() {
  static const std::vector<Date> kDays = {make_date(2022, 10, 20), make_date(2025, 4, 17),
                                          make_date(2026, 8, 1)};
  return kDays;
}

rules::Situation sale_to_china(Date date) {
  rules::Situation situation;
  situation.dest = "CN";
  situation.hq = "CN";
  situation.date = date;
  return situation;
}

std::vector<rules::ItemFacts> all_items(Date date) {
  std::vector<rules::ItemFacts> items;
  for (const Chip& chip : workspace().catalog.chips) {
    auto sheet = rules::item_sheet(chip, workspace().rules.book().symbols(), date, {});
    RL_CHECK(sheet.has_value());
    items.push_back(sheet->facts);
  }
  return items;
}

// Decisions a second on one core, over every chip of the catalogue under one set of rules.
void decide_all_chips(benchmark::State& state) {
  const Date date = days()[static_cast<std::size_t>(state.range(0))];
  const rules::ActiveRules active =
      rules::activate(workspace().rules.book(), sale_to_china(date), {});
  const std::vector<rules::ItemFacts> items = all_items(date);
  for (auto _ : state) {
    for (const rules::ItemFacts& facts : items) {
      benchmark::DoNotOptimize(rules::decide(active, facts));
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items.size()));
  state.counters["tests"] = static_cast<double>(active.tests.size());
  state.counters["licenses"] = static_cast<double>(active.licenses.size());
  state.SetLabel(format_date(date));
}
BENCHMARK(decide_all_chips)->DenseRange(0, 2);

// What a search pays once for each destination, owner and date.
void activate_rules(benchmark::State& state) {
  const Date date = days()[static_cast<std::size_t>(state.range(0))];
  for (auto _ : state) {
    benchmark::DoNotOptimize(rules::activate(workspace().rules.book(), sale_to_china(date), {}));
  }
  state.SetLabel(format_date(date));
}
BENCHMARK(activate_rules)->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);

// One answer as `redline classify` gives it; the argument says with how much working.
void full_verdict(benchmark::State& state) {
  const VerdictDetail detail{.trace = state.range(0) == 2, .flips = state.range(0) >= 1};
  const Question question{.to = "CN",
                          .hq = {},
                          .end_user = {},
                          .as_of = make_date(2025, 4, 17),
                          .settings = {},
                          .with = {}};
  const Chip* chip = workspace().catalog.chip("h20-96gb");
  RL_CHECK(chip != nullptr);
  for (auto _ : state) {
    benchmark::DoNotOptimize(classify(workspace().rules, *chip, question, detail));
  }
  state.SetLabel(detail.trace ? "flips and trace" : detail.flips ? "flips" : "bare");
}
BENCHMARK(full_verdict)->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);

void read_files(benchmark::State& state) {
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto files = data::read_file_set({REDLINE_SOURCE_DATA});
    bytes = 0;
    for (const data::DataFile& file : files->files) {
      bytes += file.text.size();
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(read_files)->Unit(benchmark::kMillisecond);

// Parsing and checking: chips and places only, or every record with its sources.
void load_catalogue(benchmark::State& state) {
  const bool all = state.range(0) == 1;
  CatalogParts parts;
  parts.systems = parts.models = parts.sources = all;
  for (auto _ : state) {
    benchmark::DoNotOptimize(load_catalog(workspace().files, parts));
  }
  state.SetLabel(all ? "all records" : "chips and places");
}
BENCHMARK(load_catalogue)->DenseRange(0, 1)->Unit(benchmark::kMillisecond);

void load_rules(benchmark::State& state) {
  for (auto _ : state) {
    std::vector<std::string> replaced;
    benchmark::DoNotOptimize(
        Rules::load(workspace().files, workspace().catalog.geography, replaced));
  }
}
BENCHMARK(load_rules)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace redline

BENCHMARK_MAIN();
