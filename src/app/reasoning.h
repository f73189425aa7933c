#pragma once
// `redline estimate reasoning`: what a solved task costs on each chip, the best way to spend tokens
// on it, and the length of chains from which one chip does better than another.

#include <optional>
#include <string>
#include <vector>

#include "app/compare.h"
#include "app/thinking_chip.h"
#include "results/chart.h"

namespace redline::app {

// One way on one chip.
struct ReasoningRow {
  std::size_t chip = 0;
  Way way;
  Judgement judgement;
  std::optional<TaskCost> cost;
  std::vector<std::string> flags;
};
// `amount` of a task, for each that is solved: it is tried again until then. Widths of the time and
// of the accuracy are independent, and add up as squares of logarithms. None where the accuracy is
// not known; without interval where its own is not.
struct SolvedAmount {
  double value = 0.0;
  std::optional<Interval<double>> interval;
};
[[nodiscard]] std::optional<SolvedAmount> per_solved(const ReasoningRow& row,
                                                     std::optional<double> amount);

// The first chip and another, chains alone.
struct CrossoverRow {
  std::int64_t tokens = 0;
  std::optional<TaskCost> first, second;
};
// By one measure: where the first change is, and why there is none. The interval is where it would
// be if times were as far off as their 80 % intervals allow; an end is none beyond the lengths
// tried.
struct MeasuredCrossing {
  std::optional<Crossing> crossing;
  std::optional<std::int64_t> low, high;
  Message reason;
};
struct Crossover {
  std::size_t second = 0;  // chip
  std::vector<CrossoverRow> rows;
  MeasuredCrossing cost, chip_time, time;  // chip_time: at one rent for both
};

struct BudgetChoice {
  std::size_t chip = 0;
  std::optional<ReasoningRow> most_accurate, cheapest;  // cheapest for each task that is solved
};

struct ReasoningReport {
  std::shared_ptr<const ReasoningRequest> request;
  std::vector<ThinkingChip> chips;
  std::vector<ReasoningRow> rows;
  std::vector<BudgetChoice> budget;  // where one is given
  std::vector<Crossover> crossovers;
  bool owned = false;  // all are taken as owned, for some have no rent
};

[[nodiscard]] Loaded<ReasoningReport> work_out_reasoning(const Workspace& workspace,
                                                         const Json& fields, Code field_code);
[[nodiscard]] Loaded<Answer> estimate_reasoning(const Workspace& workspace, const Json& fields,
                                                Code field_code, const results::Words& say,
                                                bool plot = false);

// The way with the least cost of a solved task, of those whose accuracy is known; of a task where
// none is. In chip-seconds where costs are not known of all chips. None where nothing is known.
[[nodiscard]] std::optional<std::size_t> cheapest_row(const ReasoningReport& report);
// Of the request, and of what was chosen for it.
[[nodiscard]] std::vector<Message> assumptions_of(const ReasoningReport& report);
[[nodiscard]] Json reasoning_json(const ReasoningReport& report);
[[nodiscard]] results::Table reasoning_table(const ReasoningReport& report);
// The first chip and another by the length of chains; what is said of where they cross.
[[nodiscard]] results::Table crossover_table(const ReasoningReport& report, const Crossover& one);
[[nodiscard]] std::string crossing_text(const ReasoningReport& report, const Crossover& one,
                                        const results::Words& say);
[[nodiscard]] results::ScatterPlot cost_plot(const ReasoningReport& report,
                                             const results::Words& say);
void describe_reasoning(const ReasoningReport& report, const results::Words& say, bool plot,
                        std::vector<Block>& blocks);

}  // namespace redline::app
