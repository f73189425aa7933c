// How an answer about reasoning is told to programs.

#include <algorithm>

#include "app/estimate_text.h"
#include "app/reasoning.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
Json interval_json(const std::optional<Interval<double>>& interval) {
  return interval ? Json{interval->low, interval->high} : Json(nullptr);
}
std::string method_name(const Way& way) {
  return std::string(kReasoningNames[static_cast<std::size_t>(way.method)]);
}

Json plan_json(const TaskCost& cost) {
  const StepRequest& r = cost.plan->step.request;
  return {{"tp", r.serving.shard.tensor},    {"pp", r.serving.pipeline},
          {"dp", r.serving.shard.data},      {"ep", r.serving.shard.expert},
          {"batch", cost.estimate.batch},    {"prompt", r.prompt},
          {"drafts", r.serving.draft_passes}};
}

Json curve_json(const PublishedCurve& one, std::string_view method, std::string_view unit) {
  Json points = Json::array();
  for (const AccuracyPoint& point : one.curve.points()) {
    points.push_back(
        {{"spent", point.spent},
         {"accuracy", point.accuracy},
         {"accuracy_interval",
          point.problems > 0 ? interval_json(binomial_interval(point.accuracy, point.problems))
                             : Json(nullptr)}});
  }
  return {{"method", method},
          {"unit", unit},
          {"series", text_or_null(one.series)},
          {"points", std::move(points)}};
}

Json curves_json(const TaskCurves& curves) {
  Json list = Json::array();
  const auto add = [&list](const PublishedCurve& one, std::string_view method,
                           std::string_view unit) {
    if (!one.curve.empty()) {
      list.push_back(curve_json(one, method, unit));
    }
  };
  if (curves.tokens.curve.empty()) {
    add(curves.chain, "chain", "samples");
  }
  add(curves.tokens, "chain", "tokens");
  add(curves.majority, "majority", "samples");
  add(curves.best_of, "best-of", "samples");
  for (const PublishedCurve& one : curves.revisions) {
    add(one, "revision", "passes");
  }
  return list;
}

void add_cost(const ReasoningRow& row, Json& json) {
  const TaskCost& cost = *row.cost;
  const ThinkingEstimate& e = cost.estimate;
  const StepRequest& r = cost.plan->step.request;
  json["system"] = r.system != nullptr ? Json(r.system->id) : Json(nullptr);
  json["chips"] = r.chips();
  json["plan"] = plan_json(cost);
  const double time_s = e.time().base();
  json["time_s"] = time_s;
  json["interval_s"] = {time_s / e.factor, time_s * e.factor};
  json["breakdown"] = {{"prefill_s", e.prefill.base()}, {"decode_s", e.decode.base()}};
  json["evidence"] = kEvidenceNames[static_cast<std::size_t>(e.evidence)];
  json["bound"] = kPartNames[static_cast<std::size_t>(e.bound)];
  json["tpot_s"] = e.tpot_s;
  json["chip_s_per_task"] = e.chip_seconds;
  json["tokens_per_s_per_chip"] = cost.tokens_per_s_per_chip();
  json["cost_usd_per_task"] = or_null(cost.usd());
  json["energy_j_per_task"] = or_null(cost.energy_j());
  const auto solved = [&](const std::string& name, std::optional<double> amount) {
    const auto found = per_solved(row, amount);
    json[name] = found ? Json(found->value) : Json(nullptr);
    json["interval_" + name] = found ? interval_json(found->interval) : Json(nullptr);
  };
  solved("cost_usd_per_solved_task", cost.usd());
  solved("energy_j_per_solved_task", cost.energy_j());
  solved("time_s_per_solved_task", time_s);
}

Message reason_of(const ReasoningReport& report, const ReasoningRow& row) {
  if (!row.cost) {
    const Message& why = report.chips[row.chip].reason();
    return !report.chips[row.chip].plans().empty() || why.empty()
               ? Message("no plan tried has room for it within the limits")
               : why;
  }
  return row.judgement.reason.value_or(Message());
}

Json row_json(const ReasoningReport& report, const ReasoningRow& row) {
  const Way& way = row.way;
  const auto& accuracy = row.judgement.accuracy;
  Json json{{"chip", report.chips[row.chip].name()},
            {"method", method_name(way)},
            {"series", text_or_null(way.series)},
            {"samples", way.samples},
            {"thinking_tokens", way.tokens},
            {"tokens_per_task", way.all_tokens()},
            {"accuracy", accuracy ? Json(accuracy->value) : Json(nullptr)},
            {"accuracy_interval",
             accuracy ? interval_json(accuracy->interval) : interval_json(row.judgement.bounds)}};
  if (row.cost) {
    add_cost(row, json);
  } else {
    json["time_s"] = nullptr;
    json["interval_s"] = nullptr;
  }
  json["flags"] = row.flags;
  const Message reason = reason_of(report, row);
  json["reason"] = text_or_null(reason.english());
  return json;
}

Json crossing_json(const ReasoningReport& report, const Crossover& one,
                   const MeasuredCrossing& found) {
  if (!found.crossing) {
    return {{"thinking_tokens", nullptr},
            {"interval_thinking_tokens", nullptr},
            {"ahead_from_there", nullptr},
            {"reason", found.reason.english()}};
  }
  const std::size_t winner = found.crossing->first_wins ? 0 : one.second;
  return {{"thinking_tokens", found.crossing->tokens},
          {"interval_thinking_tokens", {or_null(found.low), or_null(found.high)}},
          {"ahead_from_there", report.chips[winner].name()},
          {"reason", nullptr}};
}

Json side_json(const std::optional<TaskCost>& cost) {
  if (!cost) {
    return nullptr;
  }
  return {{"cost_usd_per_task", or_null(cost->usd())},
          {"time_s", cost->estimate.time().base()},
          {"chip_s_per_task", cost->estimate.chip_seconds},
          {"energy_j_per_task", or_null(cost->energy_j())},
          {"plan", plan_json(*cost)}};
}

Json crossover_json(const ReasoningReport& report, const Crossover& one) {
  Json rows = Json::array();
  for (const CrossoverRow& row : one.rows) {
    const bool both = row.first && row.second;
    rows.push_back({{"thinking_tokens", row.tokens},
                    {"first", side_json(row.first)},
                    {"second", side_json(row.second)},
                    {"rent_ratio_at_equal_cost", both ? Json(row.first->estimate.chip_seconds /
                                                             row.second->estimate.chip_seconds)
                                                      : Json(nullptr)}});
  }
  return {{"first", report.chips.front().name()},
          {"second", report.chips[one.second].name()},
          {"by_cost", crossing_json(report, one, one.cost)},
          {"by_chip_time", crossing_json(report, one, one.chip_time)},
          {"by_time", crossing_json(report, one, one.time)},
          {"rows", std::move(rows)}};
}

}  // namespace

Json reasoning_json(const ReasoningReport& report) {
  const ReasoningRequest& asked = *report.request;
  const bool known = !asked.curves.benchmark.empty();
  Json json{{"model", asked.model.id},
            {"benchmark", known ? Json(asked.curves.benchmark) : Json(nullptr)},
            {"checkpoint", text_or_null(asked.curves.checkpoint)},
            {"checkpoints_published", asked.published},
            {"problems", asked.curves.problems > 0 ? Json(asked.curves.problems) : Json(nullptr)},
            {"curves", curves_json(asked.curves)},
            {"sources", asked.curves.sources}};
  json["ways"] = Json::array();
  for (const ReasoningRow& row : report.rows) {
    json["ways"].push_back(row_json(report, row));
  }
  const auto cheapest = cheapest_row(report);
  json["cheapest"] = cheapest ? row_json(report, report.rows[*cheapest]) : Json(nullptr);
  json["token_budget"] = asked.token_budget > 0 ? Json(asked.token_budget) : Json(nullptr);
  json["budget"] = Json::array();
  for (const BudgetChoice& choice : report.budget) {
    const auto one = [&](const std::optional<ReasoningRow>& row) {
      return row ? row_json(report, *row) : Json(nullptr);
    };
    json["budget"].push_back({{"chip", report.chips[choice.chip].name()},
                              {"most_accurate", one(choice.most_accurate)},
                              {"cheapest_per_solved_task", one(choice.cheapest)}});
  }
  json["crossovers"] = Json::array();
  for (const Crossover& one : report.crossovers) {
    json["crossovers"].push_back(crossover_json(report, one));
  }
  std::vector<Message> assumptions = assumptions_of(report);
  json["assumptions"] = texts_json(assumptions);
  return json;
}

std::vector<Message> assumptions_of(const ReasoningReport& report) {
  std::vector<Message> list = report.request->assumptions;
  if (report.owned) {
    list.push_back(Message("the chips are paid for as owned, for not all have a rent"));
  }
  const auto known = std::find_if(report.chips.begin(), report.chips.end(),
                                  [](const ThinkingChip& chip) { return !chip.plans().empty(); });
  if (known != report.chips.end()) {
    const StepRequest& r = known->plans().front().step.request;
    list.push_back(Message("the engine is {engine}", {{"engine", std::string(r.engine->name)}}));
  }
  if (!report.request->plan_stated) {
    list.push_back(Message("each chip on the plan that takes the fewest chip-seconds"));
  }
  return list;
}

Table reasoning_table(const ReasoningReport& report) {
  Table table;
  table.columns = {{"chip", "Chip", "", Align::kLeft},
                   {"method", "Method", "", Align::kLeft},
                   {"samples", "N", "", Align::kRight},
                   {"thinking_tokens", "Tokens of a chain", "", Align::kRight},
                   {"tokens_per_task", "Tokens", "", Align::kRight},
                   {"accuracy", "Accuracy", ""},
                   {"accuracy_low", "p10", ""},
                   {"accuracy_high", "p90", ""},
                   {"time_s", "Time", "s"},
                   {"cost_usd_per_task", "Cost", "USD"},
                   {"cost_usd_per_solved_task", "Cost of a solved task", "USD"},
                   {"cost_low", "p10", "USD"},
                   {"cost_high", "p90", "USD"},
                   {"energy_j_per_solved_task", "Energy", "J"},
                   {"tokens_per_s_per_chip", "Tokens a second and chip", ""},
                   {"flags", "Flags", "", Align::kLeft}};
  const auto cell = [](const std::optional<double>& value) {
    return value ? Cell(*value) : Cell();
  };
  for (const ReasoningRow& row : report.rows) {
    const auto& accuracy = row.judgement.accuracy;
    const auto& bounds = accuracy ? accuracy->interval : row.judgement.bounds;
    const auto usd = row.cost ? row.cost->usd() : std::nullopt;
    const auto solved = per_solved(row, usd);
    const auto energy = per_solved(row, row.cost ? row.cost->energy_j() : std::nullopt);
    const bool between = solved && solved->interval;
    std::string flags;
    for (const std::string& flag : row.flags) {
      flags += (flags.empty() ? "" : " ") + flag;
    }
    table.rows.push_back(
        {report.chips[row.chip].name(), method_name(row.way), row.way.samples, row.way.tokens,
         row.way.all_tokens(), accuracy ? Cell(accuracy->value) : Cell(),
         bounds ? Cell(bounds->low) : Cell(), bounds ? Cell(bounds->high) : Cell(),
         row.cost ? Cell(row.cost->estimate.time().base()) : Cell(), cell(usd),
         solved ? Cell(solved->value) : Cell(), between ? Cell(solved->interval->low) : Cell(),
         between ? Cell(solved->interval->high) : Cell(), energy ? Cell(energy->value) : Cell(),
         row.cost ? Cell(row.cost->tokens_per_s_per_chip()) : Cell(), flags});
  }
  return table;
}

}  // namespace redline::app
