// How an answer about reasoning is told to people.

#include <algorithm>

#include <fmt/format.h>

#include "app/estimate_text.h"
#include "app/reasoning.h"
#include "app/scales.h"
#include "results/ascii_plot.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

constexpr double kKilo = 1e3;

std::string way_name(const Way& way) {
  return std::string(kReasoningNames[static_cast<std::size_t>(way.method)]);
}
// What each way reaches, whatever the chip.
Table accuracy_table(const ReasoningReport& report) {
  Table table;
  table.columns = {{"method", "Way", "", Align::kLeft},
                   {"samples", "N", "", Align::kRight},
                   {"thinking_tokens", "Tokens of a chain", "", Align::kRight},
                   {"tokens_per_task", "Tokens", "", Align::kRight, 6},
                   {"accuracy_percent", "Solved", "%", Align::kRight, 3},
                   {"low", "p10", "", Align::kRight, 3},
                   {"high", "p90", "", Align::kRight, 3}};
  for (const ReasoningRow& row : report.rows) {
    if (row.chip > 0) {
      break;
    }
    const auto& accuracy = row.judgement.accuracy;
    const auto& between = accuracy ? accuracy->interval : row.judgement.bounds;
    table.rows.push_back({way_name(row.way), row.way.samples, row.way.tokens, row.way.all_tokens(),
                          accuracy ? Cell(kPercent * accuracy->value) : Cell(),
                          between ? Cell(kPercent * between->low) : Cell(),
                          between ? Cell(kPercent * between->high) : Cell()});
  }
  return table;
}

bool any_accuracy(const ReasoningReport& report) {
  return std::any_of(report.rows.begin(), report.rows.end(),
                     [](const ReasoningRow& row) { return row.judgement.accuracy.has_value(); });
}

// "tp 8", "dp 32, ep 32".
std::string plan_text(const TaskCost& cost) {
  const ServingPlan& plan = cost.plan->step.request.serving;
  std::string text;
  const auto add = [&text](std::string_view name, int value) {
    if (value > 1) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
    }
  };
  add("tp", plan.shard.tensor);
  add("pp", plan.pipeline);
  add("dp", plan.shard.data);
  add("ep", plan.shard.expert);
  return text.empty() ? "tp 1" : text;
}

// What a task takes on each chip.
Table task_table(const ReasoningReport& report) {
  Table table;
  table.columns = {
      {"chip", "Chip", "", Align::kLeft},        {"method", "Way", "", Align::kLeft},
      {"samples", "N", "", Align::kRight},       {"thinking_tokens", "Chain", "", Align::kRight},
      {"plan", "Plan", "", Align::kLeft},        {"batch", "Batch", "", Align::kRight},
      {"time_s", "Time", "s", Align::kRight, 3}, {"usd", "Task", "USD", Align::kRight, 3},
      {"kj", "Task", "kJ", Align::kRight, 3}};
  for (const ReasoningRow& row : report.rows) {
    std::vector<Cell> cells{report.chips[row.chip].name(), way_name(row.way), row.way.samples,
                            row.way.tokens};
    if (row.cost) {
      const auto energy = row.cost->energy_j();
      cells.insert(
          cells.end(),
          {plan_text(*row.cost), row.cost->estimate.batch, row.cost->estimate.time().base(),
           results::cell_of(row.cost->usd()), energy ? Cell(*energy / kKilo) : Cell()});
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

// What a solved one costs.
Table solved_table(const ReasoningReport& report) {
  Table table;
  table.columns = {{"chip", "Chip", "", Align::kLeft},
                   {"method", "Way", "", Align::kLeft},
                   {"samples", "N", "", Align::kRight},
                   {"thinking_tokens", "Chain", "", Align::kRight},
                   {"usd_solved", "Solved", "USD", Align::kRight, 3},
                   {"low", "p10", "", Align::kRight, 3},
                   {"high", "p90", "", Align::kRight, 3},
                   {"kj_solved", "Solved", "kJ", Align::kRight, 3},
                   {"time_solved", "Solved", "s", Align::kRight, 3}};
  for (const ReasoningRow& row : report.rows) {
    if (!row.judgement.accuracy || !row.cost) {
      continue;
    }
    const auto usd = per_solved(row, row.cost->usd());
    const auto energy = per_solved(row, row.cost->energy_j());
    const auto time = per_solved(row, row.cost->estimate.time().base());
    const bool between = usd && usd->interval;
    table.rows.push_back(
        {report.chips[row.chip].name(), way_name(row.way), row.way.samples, row.way.tokens,
         usd ? Cell(usd->value) : Cell(), between ? Cell(usd->interval->low) : Cell(),
         between ? Cell(usd->interval->high) : Cell(),
         energy ? Cell(energy->value / kKilo) : Cell(), time ? Cell(time->value) : Cell()});
  }
  return table;
}

// What flags of ways mean, each once.
void tell_flags(const ReasoningReport& report, const Words& say, std::vector<Block>& blocks) {
  const auto tell = [&](std::string_view flag, std::string sentence) {
    const auto has = [flag](const ReasoningRow& row) {
      return std::find(row.flags.begin(), row.flags.end(), flag) != row.flags.end();
    };
    if (std::any_of(report.rows.begin(), report.rows.end(), has)) {
      blocks.emplace_back(Paragraph{std::move(sentence), 0});
    }
  };
  tell("tokens-assumed", say("The mean length of these chains is not published: the accuracy is "
                             "taken for that at the lengths given."));
  tell("interpolated",
       say("Between published points the accuracy is straight over the logarithm of what was "
           "spent; its interval reaches from one point to the other."));
  tell("extrapolated", say("Beyond what is published the nearest accuracy is taken."));
  tell("recalled-figure", say("An accuracy here was written down from memory and not read again "
                              "in its source."));
  tell("passes-at-least",
       say("How often the end of a chain was put off is not published: once at least."));
  tell("ratio-of-another-model",
       say("Revisions are taken to reach what four times as many chains side by side reach, as was "
           "found of another model."));
  tell("beyond-context", say("A chain is longer than the model was made for."));
  tell("over-budget", say("A way here takes more tokens than the budget has."));
}

// Why accuracies are not known, each reason once.
void tell_reasons(const ReasoningReport& report, const Words& say, std::vector<Block>& blocks) {
  std::vector<std::string> told;
  const auto tell = [&](std::string text) {
    if (std::find(told.begin(), told.end(), text) == told.end()) {
      blocks.emplace_back(Paragraph{text, 0});
      told.push_back(std::move(text));
    }
  };
  for (const ReasoningRow& row : report.rows) {
    if (row.judgement.reason && !report.request->curves.benchmark.empty()) {
      tell(say("{way}: {reason}",
               {{"way", say(way_name(row.way), {})}, {"reason", say(*row.judgement.reason)}}));
    }
  }
  for (std::size_t i = 0; i < report.chips.size(); ++i) {
    const ThinkingChip& chip = report.chips[i];
    if (chip.plans().empty()) {
      tell(say("{chip}: not known, {reason}",
               {{"chip", chip.name()}, {"reason", say(chip.reason())}}));
      continue;
    }
    for (const ReasoningRow& row : report.rows) {
      if (row.chip == i && !row.cost) {
        tell(say("{chip}: no plan tried has room for a chain of {tokens} tokens within the limits",
                 {{"chip", chip.name()}, {"tokens", std::to_string(row.way.tokens)}}));
      }
    }
  }
}

void tell_published(const ReasoningReport& report, const Words& say, std::vector<Block>& blocks) {
  const ReasoningRequest& asked = *report.request;
  if (!asked.curves.empty() || asked.curves.benchmark.empty() || asked.published.empty()) {
    return;
  }
  std::string names;
  for (const std::string& name : asked.published) {
    names += (names.empty() ? "" : ", ") + name;
  }
  blocks.emplace_back(
      Paragraph{say("Of models of this shape there are {names}: name one with --checkpoint.",
                    {{"names", names}}),
                0});
}

void tell_budget(const ReasoningReport& report, const Words& say, std::vector<Block>& blocks) {
  for (const BudgetChoice& choice : report.budget) {
    const std::string& chip = report.chips[choice.chip].name();
    const std::string budget = std::to_string(report.request->token_budget);
    if (!choice.most_accurate) {
      blocks.emplace_back(
          Paragraph{say("{chip}: of no way within {budget} tokens the accuracy is known",
                        {{"chip", chip}, {"budget", budget}}),
                    0});
      continue;
    }
    const auto text = [&](const ReasoningRow& row) {
      const auto solved = per_solved(row, row.cost->usd());
      const std::vector<Message::Argument> values{
          {"way", say(way_name(row.way), {})},
          {"count", std::to_string(row.way.samples)},
          {"tokens", std::to_string(row.way.tokens)},
          {"share", number(kPercent * row.judgement.accuracy->value)},
          {"usd", solved ? number(solved->value) : ""}};
      return solved ? say("{way}, N {count}, chains of {tokens} tokens: {share} % solved, {usd} "
                          "USD for each",
                          values)
                    : say("{way}, N {count}, chains of {tokens} tokens: {share} % solved", values);
    };
    blocks.emplace_back(
        Paragraph{say("{chip}, most accurate within {budget} tokens: {what}",
                      {{"chip", chip}, {"budget", budget}, {"what", text(*choice.most_accurate)}}),
                  0});
    blocks.emplace_back(Paragraph{say("{chip}, cheapest for each task solved: {what}",
                                      {{"chip", chip}, {"what", text(*choice.cheapest)}}),
                                  0});
  }
}

}  // namespace

Table crossover_table(const ReasoningReport& report, const Crossover& one) {
  const std::string& first = report.chips.front().name();
  const std::string& second = report.chips[one.second].name();
  Table table;
  table.columns = {{"thinking_tokens", "Chain", "", Align::kRight},
                   {"first_usd", first, "USD", Align::kRight, 3},
                   {"second_usd", second, "USD", Align::kRight, 3},
                   {"first_s", first, "s", Align::kRight, 3},
                   {"second_s", second, "s", Align::kRight, 3},
                   {"rent_ratio", "Equal at rents of 1 to", "", Align::kRight, 3}};
  for (const CrossoverRow& row : one.rows) {
    const auto usd = [](const std::optional<TaskCost>& cost) {
      return cost ? results::cell_of(cost->usd()) : Cell();
    };
    const auto time = [](const std::optional<TaskCost>& cost) {
      return cost ? Cell(cost->estimate.time().base()) : Cell();
    };
    const bool both = row.first && row.second;
    table.rows.push_back(
        {row.tokens, usd(row.first), usd(row.second), time(row.first), time(row.second),
         both ? Cell(row.first->estimate.chip_seconds / row.second->estimate.chip_seconds)
              : Cell()});
  }
  return table;
}

namespace {

// By one measure; `ahead` and `none` are what is said.
std::string crossing_text(const ReasoningReport& report, const Crossover& one,
                          const MeasuredCrossing& found, std::string_view ahead,
                          std::string_view none, const Words& say) {
  const std::string& first = report.chips.front().name();
  const std::string& second = report.chips[one.second].name();
  if (!found.crossing) {
    return say(none, {{"chip", first}, {"other", second}, {"reason", say(found.reason)}});
  }
  const bool wins = found.crossing->first_wins;
  return say(ahead, {{"chip", wins ? first : second},
                     {"other", wins ? second : first},
                     {"tokens", std::to_string(found.crossing->tokens)},
                     {"low", found.low ? std::to_string(*found.low)
                                       : fmt::format("< {}", one.rows.front().tokens)},
                     {"high", found.high ? std::to_string(*found.high)
                                         : fmt::format("> {}", one.rows.back().tokens)}});
}

void tell_crossover(const ReasoningReport& report, const Crossover& one, const Words& say,
                    std::vector<Block>& blocks) {
  blocks.emplace_back(Paragraph{crossing_text(report, one, say), 0});
  blocks.emplace_back(Paragraph{
      crossing_text(report, one, one.chip_time,
                    "From chains of {tokens} tokens on (80 % interval {low} to {high}) {chip} "
                    "takes less chip time than {other}.",
                    "Chip time of {chip} and {other}: no crossing, {reason}.", say),
      0});
  blocks.emplace_back(
      Paragraph{crossing_text(report, one, one.time,
                              "From chains of {tokens} tokens on (80 % interval {low} to {high}) "
                              "{chip} is faster than {other}.",
                              "Time of {chip} and {other}: no crossing, {reason}.", say),
                0});
  blocks.emplace_back(crossover_table(report, one));
}

}  // namespace

std::string crossing_text(const ReasoningReport& report, const Crossover& one, const Words& say) {
  return crossing_text(
      report, one, one.cost,
      "From chains of {tokens} tokens on (80 % interval {low} to {high}) {chip} is "
      "cheaper than {other}.",
      "Cost of {chip} and {other}: no crossing, {reason}.", say);
}

results::ScatterPlot cost_plot(const ReasoningReport& report, const Words& say) {
  results::ScatterPlot plot;
  plot.title = say("Cost of a chain by its length");
  plot.x = {say("Tokens of a chain"), "", true, 0.0, 0.0};
  plot.y = {say("Cost"), "USD", true, 0.0, 0.0};
  for (const ThinkingChip& chip : report.chips) {
    plot.series.push_back({chip.name()});
  }
  const auto add = [&plot](std::size_t chip, std::int64_t tokens,
                           const std::optional<TaskCost>& cost) {
    if (const auto usd = cost ? cost->usd() : std::nullopt) {
      plot.points.push_back({static_cast<double>(tokens), *usd, "", chip, false, ""});
    }
  };
  if (report.crossovers.empty()) {
    for (const ReasoningRow& row : report.rows) {
      if (row.way.method == Reasoning::kChain) {
        add(row.chip, row.way.tokens, row.cost);
      }
    }
    return plot;
  }
  for (const Crossover& one : report.crossovers) {
    for (const CrossoverRow& row : one.rows) {
      if (one.second == 1) {
        add(0, row.tokens, row.first);
      }
      add(one.second, row.tokens, row.second);
    }
  }
  return plot;
}

void describe_reasoning(const ReasoningReport& report, const Words& say, bool plot,
                        std::vector<Block>& blocks) {
  const ReasoningRequest& asked = *report.request;
  const std::string& benchmark = asked.curves.benchmark;
  blocks.emplace_back(Headline{
      benchmark.empty()
          ? say("{model}: what a task costs that is thought over", {{"model", asked.model.id}})
          : say("{model} on {benchmark}: what a solved task costs",
                {{"model", asked.model.id}, {"benchmark", benchmark}})});
  if (!asked.curves.empty()) {
    blocks.emplace_back(said_cells(accuracy_table(report), {"method"}, say));
  }
  blocks.emplace_back(said_cells(task_table(report), {"method"}, say));
  if (any_accuracy(report)) {
    blocks.emplace_back(said_cells(solved_table(report), {"method"}, say));
  }
  tell_published(report, say, blocks);
  tell_reasons(report, say, blocks);
  tell_flags(report, say, blocks);
  tell_budget(report, say, blocks);
  for (const Crossover& one : report.crossovers) {
    tell_crossover(report, one, say, blocks);
  }
  if (plot) {
    if (const results::ScatterPlot drawn = cost_plot(report, say); drawn.points.size() > 1) {
      blocks.emplace_back(Verbatim{results::render_ascii(drawn)});
    }
  }
  if (any_accuracy(report) || !report.crossovers.empty()) {
    blocks.emplace_back(Paragraph{
        say("Intervals are 80 %: of the accuracy for as many problems as the benchmark has, of "
            "what a solved task costs for its time as well; prices are taken as they are."),
        0});
  }
  describe_assumptions(assumptions_of(report), say, blocks);
}

}  // namespace redline::app
