// What each path costs whom, for people.

#include "app/exposure_text.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace redline::app {
namespace {

using exposure::FirmMeasure;
using exposure::kCentsAUsd;
using results::Align;
using results::Cell;
using results::Table;
using results::Words;

constexpr double kMusd = 1e6;
constexpr std::size_t kShownInputs = 8;

std::string gusd(double cents) { return number(cents / (kCentsAUsd * kGusd), 2); }

bool is_constant(const Tally& t) {
  return t.max() - t.min() <= 1e-9 * std::max(1.0, std::fabs(t.max()));
}

// "-5.4 to 0.9": 5 to 95 % of worlds.
std::string range_text(const Tally& t, double scale, int digits, const Words& say) {
  return say("{low} to {high}", {{"low", number(t.quantile(0.05) / scale, digits)},
                                 {"high", number(t.quantile(0.95) / scale, digits)}});
}

// "-3.1 (-5.4 to 0.9)"; one number where it is the same in all worlds.
std::string spread_text(const Tally& t, double scale, int digits, const Words& say) {
  if (t.count() == 0) {
    return "?";
  }
  const std::string mean = number(t.mean() / scale, is_constant(t) ? 4 : digits);
  return is_constant(t) ? mean
                        : say("{mean} ({range})",
                              {{"mean", mean}, {"range", range_text(t, scale, digits, say)}});
}

// Mean and range of money in two columns, GUSD.
void add_money(const Tally& t, const Words& say, std::vector<Cell>& row) {
  if (t.count() == 0) {
    row.insert(row.end(), 2, Cell{});
    return;
  }
  const double scale = kCentsAUsd * kGusd;
  row.emplace_back(t.mean() / scale);
  row.emplace_back(is_constant(t) ? "-" : range_text(t, scale, 2, say));
}

Date quarter_end(const exposure::Quarter& quarter) {
  return Date{std::chrono::days{static_cast<int>(quarter.last)}};
}

std::string answer_text(const ExposureReport& report, std::size_t a, const Words& say) {
  const exposure::AnswerInfo& answer = report.model->answers[a];
  const std::size_t option = answer.of_option ? report.best : 0;
  const std::string unit = answer.unit == "percent" ? " %"
                           : answer.unit.empty()    ? ""
                                                    : " " + answer.unit;
  return spread_text(report.account(option, report.places().answer(a)).tally,
                     report.answer_scale(a), 3, say) +
         unit;
}

std::string interval_text(const Estimated& share, const Words& say) {
  return say("{low} to {high}",
             {{"low", number(100.0 * share.low, 2)}, {"high", number(100.0 * share.high, 2)}});
}

// The value of the quantity at a step of a belief, in its unit.
std::string step_text(const ExposureReport& report, const BeliefMap& map, std::size_t which,
                      std::size_t step) {
  const exposure::Belief& belief = *map.belief;
  const double part = static_cast<double>(step) / static_cast<double>(belief.steps - 1);
  const double value = belief.from[which] + part * (belief.to[which] - belief.from[which]);
  return number(value / report.model->quantities[belief.over[which]].factor, 3);
}

std::string with_note(const std::string& what, const std::string& note, const Words& say) {
  return note.empty() ? say(what)
                      : say("{what}: {note}", {{"what", say(what)}, {"note", say(note)}});
}

std::string best_at(const ExposureReport& report, const BeliefMap& map, std::size_t point,
                    const Words& say) {
  const std::size_t n = report.model->options.size();
  const auto first = map.means.begin() + static_cast<std::ptrdiff_t>(point * n);
  const auto best = std::max_element(first, first + static_cast<std::ptrdiff_t>(n));
  return say(report.model->options[static_cast<std::size_t>(best - first)].title);
}

}  // namespace

std::string exposure_headline(const ExposureReport& report, const Words& say) {
  const exposure::Model& m = *report.model;
  const auto places = report.places();
  const auto spread = [&](FirmMeasure measure) {
    return spread_text(report.account(report.best, places.total(measure)).tally, kCentsAUsd * kGusd,
                       3, say);
  };
  return say(
      "{firm}, as of {date}: the path that earns most is '{option}', with a net of {net} GUSD over "
      "{quarters} quarters and a charge of {charge} GUSD.",
      {{"firm", m.firms.front().title},
       {"date", format_date(m.as_of)},
       {"option", say(m.options[report.best].title)},
       {"net", spread(FirmMeasure::kNet)},
       {"quarters", std::to_string(m.quarters)},
       {"charge", spread(FirmMeasure::kCharge)}});
}

std::string exposure_choice(const ExposureReport& report, const Words& say) {
  return say(
      "To know everything before choosing would be worth {value} MUSD (standard error {error}).",
      {{"value", number(report.perfect.value / kMusd, 3)},
       {"error", number(report.perfect.error / kMusd, 2)}});
}

Table exposure_paths(const ExposureReport& report, const Words& say) {
  Table table;
  table.title = "Paths: mean, and 5 to 95 % of worlds, GUSD over all quarters";
  table.columns = {
      {"option", "Path", "", Align::kLeft, 4, 17},    {"charge", "Charge", "", Align::kRight, 2},
      {"charge_range", "5-95 %", "", Align::kRight},  {"revenue", "Revenue", "", Align::kRight, 2},
      {"revenue_range", "5-95 %", "", Align::kRight}, {"net", "Net", "", Align::kRight, 2},
      {"net_range", "5-95 %", "", Align::kRight},     {"best", "Best", "%", Align::kRight, 2}};
  const auto places = report.places();
  for (std::size_t o = 0; o < report.model->options.size(); ++o) {
    std::vector<Cell> row{say(report.model->options[o].title)};
    for (const FirmMeasure measure :
         {FirmMeasure::kCharge, FirmMeasure::kRevenue, FirmMeasure::kNet}) {
      add_money(report.account(o, places.total(measure)).tally, say, row);
    }
    row.push_back(o < report.share_best.size() ? Cell{100.0 * report.share_best[o]} : Cell{});
    table.rows.push_back(std::move(row));
  }
  const Tally& best = report.account(report.best, places.total(FirmMeasure::kNet)).tally;
  table.notes.push_back(
      say("{samples} worlds; best: the share of them in which a path earns most. The mean net of "
          "the best path is known to {error} GUSD, its 5 % and 95 % to {low} and {high}.",
          {{"samples", std::to_string(report.result.samples)},
           {"error", gusd(best.mean_error())},
           {"low", gusd(best.quantile_error(0.05))},
           {"high", gusd(best.quantile_error(0.95))}}));
  return table;
}

Table exposure_quarters(const ExposureReport& report, const Words& say) {
  const exposure::Model& m = *report.model;
  Table table;
  table.title = say("'{option}', by quarter: mean, and 5 to 95 % of worlds, GUSD",
                    {{"option", say(m.options[report.best].title)}});
  table.columns = {{"quarter", "Quarter", "", Align::kLeft},
                   {"charge", "Charge", "", Align::kRight, 2},
                   {"charge_range", "5-95 %", "", Align::kRight},
                   {"revenue", "Revenue", "", Align::kRight, 2},
                   {"revenue_range", "5-95 %", "", Align::kRight},
                   {"gross_profit", "Gross profit", "", Align::kRight, 2},
                   {"gross_profit_range", "5-95 %", "", Align::kRight}};
  const auto places = report.places();
  const std::vector<exposure::Quarter>& quarters = m.firms.front().quarters;
  for (std::size_t q = 0; q < m.quarters; ++q) {
    std::vector<Cell> row{name_of(quarters[q].name)};
    for (const FirmMeasure measure :
         {FirmMeasure::kCharge, FirmMeasure::kRevenue, FirmMeasure::kGrossProfit}) {
      add_money(report.account(report.best, places.of(measure, q)).tally, say, row);
    }
    table.rows.push_back(std::move(row));
  }
  table.notes.push_back(say("Fiscal quarters; {first} ends on {first_day}, {last} on {last_day}.",
                            {{"first", name_of(quarters.front().name)},
                             {"first_day", format_date(quarter_end(quarters.front()))},
                             {"last", name_of(quarters[m.quarters - 1].name)},
                             {"last_day", format_date(quarter_end(quarters[m.quarters - 1]))}}));
  return table;
}

Table exposure_answers(const ExposureReport& report, const Words& say) {
  const exposure::Model& m = *report.model;
  Table table;
  table.title = "Answers, those that hang on the path under the best one";
  table.columns = {{"answer", "Answer", "", Align::kLeft},
                   {"value", "Mean, 5 to 95 %", "", Align::kRight},
                   {"what", "What it is", "", Align::kLeft, 4, 44}};
  for (std::size_t a = 0; a < m.answers.size(); ++a) {
    table.rows.push_back({m.answers[a].id, answer_text(report, a, say), say(m.answers[a].what)});
  }
  return table;
}

Table exposure_events(const ExposureReport& report, const Words& say) {
  const exposure::Model& m = *report.model;
  Table table;
  table.title = "Events: how often by the end of the quarters, and the month at 5, 50 and 95 %";
  table.columns = {
      {"event", "Event", "", Align::kLeft}, {"probability", "Comes", "%", Align::kRight, 2},
      {"low", "5 %", "", Align::kLeft},     {"middle", "50 %", "", Align::kLeft},
      {"high", "95 %", "", Align::kLeft},   {"what", "What it is", "", Align::kLeft, 4, 40}};
  const auto month = [&](const std::optional<double>& after) {
    constexpr std::size_t kMonth = std::string_view("2025-04").size();
    return after ? format_date(m.as_of + std::chrono::days{static_cast<int>(std::floor(*after))})
                       .substr(0, kMonth)
                 : "-";
  };
  for (std::size_t e = 0; e < m.events.size() && e < report.odds.size(); ++e) {
    EventOdds odds = report.odds[e];
    if (m.events[e].happened) {
      odds.low = odds.middle = odds.high = m.row[m.events[e].slot] - exposure::day_number(m.as_of);
    }
    table.rows.push_back({m.events[e].id, 100.0 * odds.by_end, month(odds.low), month(odds.middle),
                          month(odds.high), say(m.events[e].what)});
  }
  return table;
}

std::vector<std::size_t> widest_swings(const ExposureReport& report) {
  std::vector<std::size_t> order(report.swings.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto width = [&](std::size_t f) {
    const Swing& swing = report.swings[f][report.best];
    return std::fabs(swing.high - swing.low);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return width(a) > width(b); });
  order.resize(std::min(order.size(), kShownInputs));
  return order;
}

Table exposure_swings(const ExposureReport& report) {
  Table table;
  table.title = "What moves the net of the best path, the other inputs at their medians";
  table.columns = {{"input", "Input", "", Align::kLeft, 4, 40},
                   {"low", "At its 5 %", "GUSD", Align::kRight, 3},
                   {"high", "At its 95 %", "GUSD", Align::kRight, 3}};
  for (const std::size_t f : widest_swings(report)) {
    const Swing& swing = report.swings[f][report.best];
    table.rows.push_back({report.model->factors[f].name, swing.low / kGusd, swing.high / kGusd});
  }
  return table;
}

Table exposure_shares(const ExposureReport& report, const Words& say) {
  Table table;
  table.title = "What the spread of the best path's net comes from";
  table.columns = {{"input", "Input", "", Align::kLeft, 4, 34},
                   {"first", "Alone", "%", Align::kRight, 2},
                   {"first_range", "90 % of it", "", Align::kRight},
                   {"total", "In all", "%", Align::kRight, 2},
                   {"total_range", "90 % of it", "", Align::kRight}};
  const SobolIndices& shares = report.sobol[report.best];
  std::vector<std::size_t> order(report.model->factors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return shares.total[a].value > shares.total[b].value;
  });
  order.resize(std::min(order.size(), kShownInputs));
  for (const std::size_t f : order) {
    table.rows.push_back({report.model->factors[f].name, 100.0 * shares.first[f].value,
                          interval_text(shares.first[f], say), 100.0 * shares.total[f].value,
                          interval_text(shares.total[f], say)});
  }
  table.notes.push_back(
      "Shares of the variance (Sobol): of an input alone, and with all that it does together with "
      "others; with 90 % intervals.");
  return table;
}

Table exposure_known(const ExposureReport& report, const Words& say) {
  Table table;
  table.title = "What it is worth to know before choosing";
  table.columns = {{"input", "Input", "", Align::kLeft},
                   {"value", "Worth", "MUSD", Align::kRight, 3},
                   {"error", "Error", "MUSD", Align::kRight, 2},
                   {"what", "What it is", "", Align::kLeft, 4, 44}};
  for (std::size_t i = 0; i < report.known.size() && i < kShownInputs; ++i) {
    const KnownInput& one = report.known[i];
    if (one.worth.value > 2.0 * one.worth.error) {
      table.rows.push_back(
          {one.input.id, one.worth.value / kMusd, one.worth.error / kMusd, say(one.input.what)});
    }
  }
  table.notes.push_back("Each input alone; what is not worth twice its error is left out.");
  return table;
}

Table exposure_belief(const ExposureReport& report, const BeliefMap& map, const Words& say) {
  const exposure::Model& m = *report.model;
  const auto steps = static_cast<std::size_t>(map.belief->steps);
  Table table;
  const exposure::QuantityInfo& rows = m.quantities[map.belief->over[0]];
  for (const std::size_t q : map.belief->over) {
    table.notes.push_back(fmt::format("{}: {}", m.quantities[q].id, say(m.quantities[q].what)));
  }
  if (map.belief->over.size() == 1) {
    table.title = say("Best path by {quantity}", {{"quantity", rows.id}});
    table.columns = {{"value", "Value", rows.unit, Align::kRight},
                     {"best", "Best path", "", Align::kLeft}};
    for (std::size_t s = 0; s < steps; ++s) {
      table.rows.push_back({step_text(report, map, 0, s), best_at(report, map, s, say)});
    }
    return table;
  }
  const exposure::QuantityInfo& columns = m.quantities[map.belief->over[1]];
  table.title = say("Best path by {rows} (down) and {columns} (across)",
                    {{"rows", rows.id}, {"columns", columns.id}});
  table.columns = {{"value", "Value", "", Align::kRight}};
  for (std::size_t s = 0; s < steps; ++s) {
    table.columns.push_back(
        {fmt::format("at_{}", s), step_text(report, map, 1, s), "", Align::kLeft});
  }
  for (std::size_t r = 0; r < steps; ++r) {
    std::vector<Cell> row{step_text(report, map, 0, r)};
    for (std::size_t c = 0; c < steps; ++c) {
      row.emplace_back(best_at(report, map, r * steps + c, say));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table exposure_inputs(const ExposureReport& report, bool whole, const Words& say) {
  Table table;
  table.title = "Inputs, as they were understood";
  table.columns = {{"id", "Input", "", Align::kLeft}};
  if (whole) {
    table.columns.push_back({"what", "What it is", "", Align::kLeft});
  }
  table.columns.push_back({"understood", "Understood as", "", Align::kLeft, 4, 30});
  table.columns.push_back({"origin", "Based on", "", Align::kLeft, 4, 30});
  if (whole) {
    table.columns.push_back({"sources", "Sources", "", Align::kLeft});
  }
  for (const exposure::QuantityInfo& q : report.model->quantities) {
    std::vector<Cell> row{q.id};
    if (whole) {
      row.emplace_back(with_note(q.what, q.note, say));
    }
    row.emplace_back(q.unit.empty() ? q.shown : fmt::format("{} ({})", q.shown, q.unit));
    row.emplace_back(q.origin);
    if (whole) {
      row.emplace_back(fmt::format("{}", fmt::join(q.sources, ", ")));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table exposure_event_inputs(const ExposureReport& report, const Words& say) {
  Table table;
  table.title = "Events, as they were understood";
  table.columns = {{"event", "Event", "", Align::kLeft},
                   {"what", "What it is", "", Align::kLeft},
                   {"odds", "Understood as", "", Align::kLeft},
                   {"after", "After", "", Align::kLeft},
                   {"sources", "Sources", "", Align::kLeft}};
  for (const exposure::EventInfo& one : report.model->events) {
    table.rows.push_back({one.id, with_note(one.what, one.note, say), one.odds,
                          fmt::format("{}", fmt::join(one.after, ", ")),
                          fmt::format("{}", fmt::join(one.sources, ", "))});
  }
  return table;
}

Table exposure_table(const ExposureReport& report) {
  const exposure::Model& m = *report.model;
  const auto places = report.places();
  Table table;
  table.columns = {{"option", "Path", "", Align::kLeft}, {"quarter", "Quarter", "", Align::kLeft}};
  static constexpr auto kNames = std::to_array<std::pair<std::string_view, FirmMeasure>>(
      {{"charge", FirmMeasure::kCharge},
       {"revenue", FirmMeasure::kRevenue},
       {"gross_profit", FirmMeasure::kGrossProfit},
       {"cash", FirmMeasure::kCash},
       {"net", FirmMeasure::kNet}});
  for (const auto& [name, measure] : kNames) {
    for (const char* part : {"mean", "p5", "p50", "p95"}) {
      table.columns.push_back({fmt::format("{}_{}_usd", name, part),
                               fmt::format("{} {}", name, part), "USD", Align::kRight, 4});
    }
  }
  if (report.result.samples == 0) {
    return table;
  }
  for (std::size_t o = 0; o < m.options.size(); ++o) {
    for (std::size_t q = 0; q <= m.quarters; ++q) {
      const bool whole = q == m.quarters;
      std::vector<Cell> row{m.options[o].id,
                            whole ? "all" : name_of(m.firms.front().quarters[q].name)};
      for (const auto& [name, measure] : kNames) {
        if (!whole && measure == FirmMeasure::kNet) {
          continue;  // of all quarters alone
        }
        const std::size_t place = whole ? places.total(measure) : places.of(measure, q);
        const Tally& t = report.account(o, place).tally;
        for (const double level : {-1.0, 0.05, 0.5, 0.95}) {
          const double value = level < 0.0 ? t.mean() : t.quantile(level);
          row.emplace_back(value / kCentsAUsd);
        }
      }
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

void describe_exposure(const ExposureReport& report, const Words& say, std::vector<Block>& blocks) {
  if (report.result.samples == 0) {
    blocks.emplace_back(Headline{say("Stopped before the first worlds were worked out.")});
    return;
  }
  blocks.emplace_back(Headline{exposure_headline(report, say)});
  if (report.result.stopped) {
    blocks.emplace_back(Paragraph{say("Stopped early: {samples} worlds are counted.",
                                      {{"samples", std::to_string(report.result.samples)}})});
  } else {
    blocks.emplace_back(Paragraph{exposure_choice(report, say)});
  }
  const auto add = [&](Table table) {
    if (!table.rows.empty()) {
      blocks.emplace_back(Paragraph{});
      blocks.emplace_back(say(std::move(table)));
    }
  };
  add(exposure_paths(report, say));
  add(exposure_quarters(report, say));
  add(exposure_trees(report, say));
  add(exposure_answers(report, say));
  add(exposure_events(report, say));
  add(exposure_swings(report));
  for (const BeliefMap& map : report.beliefs) {
    add(exposure_belief(report, map, say));
  }
  add(exposure_known(report, say));
  if (!report.sobol.empty()) {
    add(exposure_shares(report, say));
  }
  if (report.scores) {
    blocks.emplace_back(Paragraph{});
    blocks.emplace_back(Paragraph{exposure_score(report, say)});
    add(exposure_clusters(*report.scores, say));
    add(exposure_questions(*report.scores, say));
  }
  add(exposure_inputs(report, false, say));
}

}  // namespace redline::app
