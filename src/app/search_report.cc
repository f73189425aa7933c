#include "app/search_report.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/estimate_text.h"
#include "app/step_report.h"
#include "results/ascii_plot.h"

namespace redline::app {
namespace {

using results::Align;
using results::Table;
using results::Words;

Json scores_json(const TrainingQuestion& q, const Scores& scores) {
  constexpr std::array<std::string_view, 5> kKeys{"time_s", "cost_usd", "energy_j", "chips",
                                                  "memory_bytes"};
  Json json = Json::object();
  for (std::size_t i = 0; i < q.objectives.size(); ++i) {
    const bool whole_number = q.objectives[i] == PlanObjective::kChips;
    json[std::string(kKeys[static_cast<std::size_t>(q.objectives[i])])] =
        whole_number ? Json(std::llround(scores[i])) : Json(scores[i]);
  }
  return json;
}

std::string duration(double seconds) {
  constexpr double kHour = 3600.0;
  constexpr double kDay = 24.0 * kHour;
  if (seconds >= 2.0 * kDay) {
    return fmt::format("{} d", number(seconds / kDay));
  }
  return seconds >= 2.0 * kHour ? fmt::format("{} h", number(seconds / kHour)) : time_text(seconds);
}

Table sensitivity_table(const std::vector<Sensitivity>& list, double at) {
  Table table;
  table.columns = {{"resource", "Resource", "", Align::kLeft},
                   {"percent", "Varied by", "%", Align::kRight, 3},
                   {"less", "With less", "%", Align::kRight, 3},
                   {"more", "With more", "%", Align::kRight, 3},
                   {"price", "For 1 % more", "%", Align::kRight, 2}};
  for (const Sensitivity& one : list) {
    std::vector<results::Cell> row{
        std::string(kResourceNames[static_cast<std::size_t>(one.variation.resource)]),
        one.variation.percent};
    const auto cell = [&](double value) {
      row.emplace_back(std::isfinite(value) ? results::Cell(Sensitivity::change(value, at))
                                            : results::Cell(std::string("-")));
    };
    cell(one.less);
    cell(one.more);
    const auto price = one.shadow_price(at);
    row.emplace_back(price ? results::Cell(*price / (2.0 * one.variation.percent))
                           : results::Cell(std::string("-")));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string axis_title(PlanObjective objective, const Words& say) {
  constexpr std::array<std::string_view, 5> kTitles{"Time", "Cost", "Energy", "Chips", "Memory"};
  return say(kTitles[static_cast<std::size_t>(objective)], {});
}

results::ScatterPlot front_plot(const TrainingQuestion& q, const Found& found, const Words& say) {
  constexpr std::array<std::string_view, 5> kUnits{"s", "USD", "J", "", "B"};
  results::ScatterPlot plot;
  plot.title = say("Pareto-optimal plans");
  const auto axis = [&](std::size_t i) {
    return results::Axis{axis_title(q.objectives[i], say),
                         std::string(kUnits[static_cast<std::size_t>(q.objectives[i])]), true, 0.0,
                         0.0};
  };
  plot.x = axis(0);
  plot.y = axis(1);
  plot.series = {{say("Plan")}};
  for (std::size_t i = 0; i < found.front.size(); ++i) {
    const Scores& scores = found.result.front[i].scores;
    plot.points.push_back(
        {scores[0], scores[1], std::to_string(found.front[i].step.request.chips()), 0, i == 0, ""});
  }
  return plot;
}

}  // namespace

std::string plan_text(const TrainingPlan& plan) {
  std::string text = fmt::format("tp {}", plan.shard.tensor);
  const auto add = [&text](std::string_view name, std::int64_t value, std::int64_t usual) {
    text += value == usual ? std::string() : fmt::format(", {} {}", name, value);
  };
  add("pp", plan.pipeline, 0);
  add("dp", plan.shard.data, 0);
  add("cp", plan.shard.context, 1);
  add("ep", plan.shard.expert, 1);
  add("microbatch", plan.request.sequences, 0);
  text += fmt::format(", zero {}, recompute {}", static_cast<int>(plan.shard.zero),
                      kRecomputeNames[static_cast<std::size_t>(plan.request.recompute)]);
  if (plan.pipeline > 1) {
    text += fmt::format(", {}", kScheduleNames[static_cast<std::size_t>(plan.schedule)]);
    add("vp", plan.virtual_stages, 1);
  }
  return text + (plan.shard.sequence_parallel ? ", sequence parallel" : "");
}

std::string FoundPlan::text() const {
  return plan_text(step.request.training) + (variant.empty() ? "" : ", " + variant);
}

Json hit_json(const TrainingQuestion& q, const SearchHit& hit, const FoundPlan& plan) {
  Json json = step_json(plan.step);
  json["number"] = hit.number;
  json["variant"] = text_or_null(plan.variant);
  json["objectives"] = scores_json(q, hit.scores);
  return json;
}

std::string objective_text(PlanObjective objective, double score) {
  switch (objective) {
    case PlanObjective::kTime:
      return duration(score);
    case PlanObjective::kCost:
      return fmt::format("{} USD", number(score));
    case PlanObjective::kEnergy:
      return fmt::format("{} MWh", number(score / 3.6e9));
    case PlanObjective::kChips:
      return number(score);
    case PlanObjective::kMemory:
      break;
  }
  return gigabytes(Bytes{score});
}

SearchOptions options_of(const SearchRun& run, std::size_t top,
                         std::function<std::string(double)> best_text) {
  SearchOptions options;
  options.threads = run.threads;
  options.prune = run.prune;
  options.top = top;
  if (run.progress && best_text) {
    options.progress = [report = run.progress,
                        best_text = std::move(best_text)](const SearchProgress& now) {
      report(now, std::isfinite(now.best) ? best_text(now.best) : std::string());
    };
  }
  options.stop = run.stop;
  return options;
}

Json run_json(const SearchResult& result, double seconds) {
  return {{"plans", result.total},
          {"evaluated", result.evaluated},
          {"feasible", result.feasible},
          {"pruned", result.pruned},
          {"evaluations_per_s", static_cast<double>(result.evaluated) / seconds}};
}

Json feasible_json(const SearchResult& result) {
  const bool found = !result.best.empty();
  return found || result.exhausted ? Json(found) : Json(nullptr);
}

double gap_percent(const SearchResult& result) {
  const double best = result.best.front().scores[0];
  return best > 0.0 ? 100.0 * (best - result.bound) / best : 0.0;
}

std::string optimality_text(const SearchResult& result, std::string_view objective,
                            const Words& say) {
  const std::string total = std::to_string(result.total);
  return result.exhausted
             ? say("optimal by {objective} among {total} plans",
                   {{"objective", say(objective, {})}, {"total", total}})
             : say("stopped early: at most {gap} % from the optimum among {total} plans",
                   {{"gap", number(gap_percent(result))}, {"total", total}});
}

void describe_next_best(const SearchResult& result, const std::function<std::string()>& plan,
                        const Words& say, std::vector<Block>& blocks) {
  if (result.best.size() < 2) {
    return;
  }
  const double behind = result.best[1].scores[0] / result.best[0].scores[0] - 1.0;
  blocks.emplace_back(Paragraph{say("next best, {percent} % behind: {plan}",
                                    {{"percent", number(100.0 * behind, 2)}, {"plan", plan()}}),
                                2});
}

void describe_sensitivities(const std::vector<Sensitivity>& list, double at, const Words& say,
                            std::vector<Block>& blocks) {
  if (!list.empty()) {
    blocks.emplace_back(Paragraph{say("Change of the objective, each with its own best plan:"), 0});
    blocks.emplace_back(sensitivity_table(list, at));
  }
}

void describe_front(Table table, const std::optional<results::ScatterPlot>& plot, const Words& say,
                    std::vector<Block>& blocks) {
  constexpr std::size_t kShown = 20;
  const std::size_t all = table.rows.size();
  table.rows.resize(std::min(all, kShown));
  blocks.emplace_back(std::move(table));
  if (all > kShown) {
    blocks.emplace_back(
        Paragraph{say("and {count} more Pareto-optimal plans; --format csv has all of them",
                      {{"count", std::to_string(all - kShown)}}),
                  0});
  }
  if (plot && plot->points.size() > 1) {
    blocks.emplace_back(Verbatim{results::render_ascii(*plot)});
  }
}

Json sensitivity_json(const std::vector<Sensitivity>& list, double at) {
  Json json = Json::array();
  const auto change = [at](double value) {
    return std::isfinite(value) ? Json(Sensitivity::change(value, at)) : Json(nullptr);
  };
  for (const Sensitivity& one : list) {
    const auto price = one.shadow_price(at);
    json.push_back({{"resource", kResourceNames[static_cast<std::size_t>(one.variation.resource)]},
                    {"percent", one.variation.percent},
                    {"less_change_percent", change(one.less)},
                    {"more_change_percent", change(one.more)},
                    {"shadow_price_percent",
                     price ? Json(*price / (2.0 * one.variation.percent)) : Json(nullptr)}});
  }
  return json;
}

Table front_table(const TrainingQuestion& q, const Found& found) {
  Table table;
  table.columns = {{"chips", "Chips", "", Align::kRight},
                   {"plan", "Plan", "", Align::kLeft},
                   {"step_s", "Step", "s", Align::kRight, 4}};
  for (const PlanObjective one : q.objectives) {
    if (one == PlanObjective::kCost) {
      table.columns.push_back({"cost_usd", "Cost", "USD", Align::kRight, 4});
    } else if (one == PlanObjective::kEnergy) {
      table.columns.push_back({"energy_mwh", "Energy", "MWh", Align::kRight, 4});
    }
  }
  table.columns.push_back({"mfu_percent", "MFU", "%", Align::kRight, 3});
  table.columns.push_back({"memory_gb", "Memory", "GB", Align::kRight, 3});
  for (std::size_t i = 0; i < found.front.size(); ++i) {
    const StepAnswer& a = found.front[i].step;
    std::vector<results::Cell> row{static_cast<std::int64_t>(a.request.chips()),
                                   found.front[i].text(), a.time().total.base()};
    for (std::size_t k = 0; k < q.objectives.size(); ++k) {
      const double score = found.result.front[i].scores[k];
      if (q.objectives[k] == PlanObjective::kCost) {
        row.emplace_back(score);
      } else if (q.objectives[k] == PlanObjective::kEnergy) {
        row.emplace_back(score / 3.6e9);
      }
    }
    row.emplace_back(100.0 * a.training->mfu);
    row.emplace_back(a.memory().total().base() / 1e9);
    table.rows.push_back(std::move(row));
  }
  return table;
}

void describe_found(const TrainingQuestion& q, const Found& found, const SearchRun& run,
                    const Words& say, Answer& answer) {
  auto& blocks = answer.blocks;
  const StepAnswer& best = found.best.front().step;
  const StepRequest& r = best.request;
  const StepTime& t = best.time();
  blocks.emplace_back(Headline{
      say("{model} on {count} x {chip}: {plan}", {{"model", r.model.id},
                                                  {"count", std::to_string(r.training.chips())},
                                                  {"chip", r.chip->id},
                                                  {"plan", found.best.front().text()}})});
  blocks.emplace_back(Paragraph{
      say("step of {count} sequences in {time} (80 % interval {low} to {high}); MFU {mfu} %; "
          "{memory} of {capacity} on each chip",
          {{"count", std::to_string(q.batch)},
           {"time", time_text(t.total.base())},
           {"low", time_text(t.low.base())},
           {"high", time_text(t.high.base())},
           {"mfu", number(100.0 * best.training->mfu)},
           {"memory", gigabytes(best.memory().total())},
           {"capacity", best.capacity ? gigabytes(*best.capacity) : say("none")}}),
      2});
  if (q.token_budget > 0.0) {
    const double seconds = q.token_budget / best.tokens() * t.total.base();
    const double chip_s = seconds * static_cast<double>(r.training.chips());
    blocks.emplace_back(Paragraph{
        say("{tokens} tokens in {time}, {hours} chip-hours{cost}",
            {{"tokens", number(q.token_budget)},
             {"time", duration(seconds)},
             {"hours", number(chip_s / 3600.0)},
             {"cost", best.cost.cost
                          ? fmt::format(", {} USD", number(chip_s * best.cost.cost->base()))
                          : std::string()}}),
        2});
  }
  const SearchResult& result = found.result;
  blocks.emplace_back(Paragraph{
      optimality_text(result, kPlanObjectiveNames[static_cast<std::size_t>(q.objectives[0])], say),
      2});
  const auto most = std::max_element(t.parts.begin(), t.parts.end());
  blocks.emplace_back(Paragraph{
      say("bound by {bound}; the greatest part is {part} with {share} %",
          {{"bound", say(kPartNames[static_cast<std::size_t>(t.bound)], {})},
           {"part", say(kWorkNames[static_cast<std::size_t>(most - t.parts.begin())], {})},
           {"share", number(100.0 * most->base() / t.total.base())}}),
      2});
  describe_next_best(
      result, [&] { return found.best[1].text(); }, say, blocks);
  describe_sensitivities(found.sensitivities, result.best.front().scores[0], say, blocks);
  if (q.objectives.size() > 1) {
    describe_front(front_table(q, found),
                   run.plot ? std::optional(front_plot(q, found, say)) : std::nullopt, say, blocks);
  }
  describe_assumptions(r.assumptions, say, blocks);
}

void describe_unfinished(const StepRequest& r, const SearchResult& result, const Words& say,
                         Json& json, Answer& answer) {
  json["reason"] = "stopped before a plan that fits was found";
  answer.blocks.emplace_back(Headline{
      say("{model} on {where}: not known", {{"model", r.model.id}, {"where", r.chip->id}})});
  answer.blocks.emplace_back(
      Paragraph{say("stopped after {done} of {total} plans, none of which fits",
                    {{"done", std::to_string(result.evaluated + result.pruned)},
                     {"total", std::to_string(result.total)}}),
                2});
}

void describe_nothing(const TrainingQuestion& q, const StepRequest& r,
                      const std::optional<PlanCure>& found, const Words& say, Json& json,
                      Answer& answer) {
  const std::string chips = std::to_string(q.dimensions.chips.back());
  answer.infeasible = true;
  answer.blocks.emplace_back(
      Headline{say("{model} on {count} x {chip}: no plan fits",
                   {{"model", r.model.id}, {"count", chips}, {"chip", r.chip->id}})});
  if (!found) {
    const std::string text =
        say("no split of {count} chips divides {batch} sequences and the model",
            {{"count", chips}, {"batch", std::to_string(q.batch)}});
    json["binding"] = "divisibility";
    answer.blocks.emplace_back(Paragraph{text, 2});
    return;
  }
  const PlanCure& cure = *found;
  json["binding"] = "memory";
  json["least_memory_bytes"] = cure.leanest ? Json(cure.needs.base()) : Json(nullptr);
  json["capacity_bytes"] = q.capacity.base();
  json["fits_with_chips"] = cure.chips > 0 ? Json(cure.chips) : Json(nullptr);
  if (cure.leanest) {
    answer.blocks.emplace_back(
        Paragraph{say("memory binds: the leanest plan needs {needs} on each chip of {has} ({plan})",
                      {{"needs", gigabytes(cure.needs)},
                       {"has", gigabytes(q.capacity)},
                       {"plan", plan_text(*cure.leanest)}}),
                  2});
  }
  if (cure.chips > 0) {
    answer.blocks.emplace_back(Paragraph{
        say("smallest change that fits: --chips {count}", {{"count", std::to_string(cure.chips)}}),
        2});
  }
}

}  // namespace redline::app
