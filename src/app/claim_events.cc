// Formulas over events, periods, statements and models.

#include <algorithm>

#include <fmt/format.h>

#include "app/claim_formulas.h"
#include "catalog/market_records.h"

namespace redline::app {
namespace {

constexpr double kDay = 86400.0;
const Measure kDays{0.0, Dimension{.second = 1}, "day", kDay};

Finding with_events(const Case& c) {
  Finding finding;
  for (std::size_t i = 0; i < c.size(); ++i) {
    finding.inputs.push_back(input_of(c.event(i)));
  }
  return finding;
}

Finding with_statements(const Case& c) {
  Finding finding;
  for (std::size_t i = 0; i < c.size(); ++i) {
    finding.inputs.push_back(input_of(c.statement(i)));
  }
  return finding;
}

std::string list(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

Result<Finding> run_date(const Case& c) {
  const Date date = c.event(0).date;
  return judge_dates(c, with_events(c), Interval<Date>{date, date});
}

Finding with_period(const Case& c) {
  Finding finding;
  finding.inputs.push_back(input_of(c.period(0)));
  return finding;
}

Result<Finding> run_period_end(const Case& c) {
  const auto last = c.period(0).last;
  return judge_dates(c, with_period(c),
                     last ? std::optional(Interval<Date>{*last, *last}) : std::nullopt);
}

Result<Finding> run_period(const Case& c) {
  const FiscalPeriod& period = c.period(0);
  Finding finding = with_period(c);
  RL_TRY(stated, parse_stated_dates(c.claim.stated));
  if (period.first && period.last) {
    finding.found = fmt::format("{} to {}", format_date(*period.first), format_date(*period.last));
    finding.verdict = agree(stated == Interval<Date>{*period.first, *period.last});
  }
  return finding;
}

Result<Finding> run_days_between(const Case& c) {
  const auto days = (c.event(1).date - c.event(0).date).count();
  const double seconds = static_cast<double>(days) * kDay;
  return judge_number(
      c, with_events(c), kDays, Interval<double>{seconds, seconds},
      fmt::format("{} - {}", format_date(c.event(1).date), format_date(c.event(0).date)));
}

Result<Finding> run_term(const Case& c) {
  const MarketEvent& event = c.event(0);
  const MarketFigure* figure = c.workspace.catalog.market.figure(c.claim.inputs[1]);
  RL_CHECK(figure != nullptr);
  Finding finding;
  finding.inputs = {input_of(event), input_of(*figure)};
  RL_TRY(date, parse_partial_date(c.claim.stated[0]));
  RL_TRY(term, parse_stated(c.claim.stated[1]));
  const auto bounds = figure->bounds();
  if (!bounds) {
    return finding;
  }
  if (!same_kind(term.measure, figure->measure())) {
    return fail(Code::kWrongUnit,
                fmt::format("'{}' is not a time like '{}'", figure->id, c.claim.stated[1]));
  }
  finding.found = fmt::format("{}, {}", format_date(event.date), format_measure(figure->measure()));
  finding.arithmetic = fmt::format(
      "{} + {} = {}", format_date(event.date), format_measure(figure->measure()),
      format_date(event.date + std::chrono::days(static_cast<int>(bounds->low / kDay))));
  finding.verdict = worse(compare_dates({date.earliest(), date.latest()}, {event.date, event.date}),
                          compare_numbers({term}, *bounds, c.claim.tolerance));
  return finding;
}

Result<Finding> run_within(const Case& c) {
  const std::string& kind = c.claim.inputs[0];
  const std::string& who = c.claim.inputs[1];
  const Date first = c.date(2);
  const Date last = c.date(3);
  RL_TRY(stated, parse_stated_count(c.claim.stated.front()));
  Finding finding;
  bool anybody = false;
  for (const MarketEvent& event : c.workspace.catalog.market.events) {
    if (data::name_of(event.kind) != kind || event.who != who) {
      continue;
    }
    anybody = true;
    if (first <= event.date && event.date <= last) {
      finding.inputs.push_back(input_of(event));
    }
  }
  if (!anybody) {
    return finding;  // no event of the kind is held, so none says nothing
  }
  const auto count = static_cast<int>(finding.inputs.size());
  std::vector<std::string> days;
  for (const ClaimInput& input : finding.inputs) {
    days.push_back(input.text);
  }
  finding.found = std::to_string(count);
  finding.bounds = Interval<double>{static_cast<double>(count), static_cast<double>(count)};
  finding.arithmetic = fmt::format("{} to {}: {}", format_date(first), format_date(last),
                                   days.empty() ? "none" : list(days));
  finding.verdict = agree(count == stated);
  return finding;
}

Result<Finding> run_order(const Case& c) {
  Finding finding = with_events(c);
  const auto days = (c.event(1).date - c.event(0).date).count();
  const std::string word = days > 0 ? "before" : days < 0 ? "after" : "same day";
  finding.found = days == 0 ? word : fmt::format("{} days {}", days < 0 ? -days : days, word);
  finding.arithmetic =
      fmt::format("{} {} {}", format_date(c.event(0).date), word, format_date(c.event(1).date));
  finding.verdict = agree(word == c.claim.stated.front());
  return finding;
}

Result<Finding> run_contains(const Case& c) {
  Finding finding = with_events(c);
  RL_TRY(stated, parse_stated_dates(c.claim.stated));
  std::vector<std::string> days;
  bool any = false;
  for (std::size_t i = 0; i < c.size(); ++i) {
    const Date date = c.event(i).date;
    days.push_back(format_date(date));
    any = any || stated.contains(date);
  }
  finding.found = list(days);
  finding.verdict = agree(any);
  return finding;
}

Result<Finding> run_statement(const Case& c) {
  const MarketStatement& statement = c.statement(0);
  Finding finding = with_statements(c);
  if (statement.values.empty()) {
    return finding;
  }
  finding.found = list(statement.values);
  const bool all = std::all_of(c.claim.stated.begin(), c.claim.stated.end(),
                               [&](const std::string& w) { return has_word(statement.values, w); });
  // What is missing from a list that is not whole may be so all the same.
  finding.verdict = all                  ? ClaimVerdict::kConfirmed
                    : statement.complete ? ClaimVerdict::kWrong
                                         : ClaimVerdict::kUnverifiable;
  return finding;
}

Result<Finding> run_only(const Case& c) {
  const MarketStatement& statement = c.statement(0);
  Finding finding = with_statements(c);
  if (statement.values.empty()) {
    return finding;
  }
  finding.found = list(statement.values);
  const bool no_other =
      std::all_of(statement.values.begin(), statement.values.end(),
                  [&](const std::string& w) { return has_word(c.claim.stated, w); });
  finding.verdict = !no_other            ? ClaimVerdict::kWrong
                    : statement.complete ? ClaimVerdict::kConfirmed
                                         : ClaimVerdict::kUnverifiable;
  return finding;
}

Result<Finding> run_each(const Case& c) {
  Finding finding = with_statements(c);
  std::vector<std::string> words;
  bool all = true;
  for (std::size_t i = 0; i < c.size(); ++i) {
    const MarketStatement& statement = c.statement(i);
    if (statement.values.empty()) {
      return finding;
    }
    words.push_back(statement.values.front());
    all = all && has_word(c.claim.stated, statement.values.front());
  }
  finding.found = list(words);
  finding.verdict = agree(all);
  return finding;
}

Result<Finding> run_released_before(const Case& c) {
  const Date before = c.date(0);
  Finding finding;
  std::vector<std::string> makers;
  std::vector<std::string> working;
  for (const std::string& maker : c.claim.stated) {
    const std::size_t had = finding.inputs.size();
    for (const LlmModel& model : c.workspace.catalog.models) {
      if (model.vendor == maker && model.released && model.released->latest() < before) {
        finding.inputs.push_back({model.id, "model", format_date(*model.released),
                                  model.released->latest(), model.sources});
        break;
      }
    }
    for (const MarketEvent& event : c.workspace.catalog.market.events) {
      if (finding.inputs.size() == had && event.kind == EventKind::kRelease && event.who == maker &&
          event.date < before) {
        finding.inputs.push_back(input_of(event));
      }
    }
    if (finding.inputs.size() > had) {
      makers.push_back(maker);
      working.push_back(fmt::format("{} {}", finding.inputs.back().id, finding.inputs.back().text));
    }
  }
  finding.found = list(makers);
  finding.arithmetic = list(working);
  finding.verdict = makers.size() == c.claim.stated.size() ? ClaimVerdict::kConfirmed
                                                           : ClaimVerdict::kUnverifiable;
  return finding;
}

}  // namespace

std::vector<Formula> event_formulas() {
  constexpr Parameter kEvent{Param::kEvent};
  constexpr Parameter kDate{Param::kDate};
  constexpr Parameter kStatement{Param::kStatement};
  return {
      {"date", "The day of the event.", StatedKind::kDates, {kEvent}, {}, run_date},
      {"period-end",
       "The last day of the period.",
       StatedKind::kDates,
       {{Param::kPeriod}},
       {},
       run_period_end},
      {"period",
       "The first and the last day of the period.",
       StatedKind::kDates,
       {{Param::kPeriod}},
       {},
       run_period},
      {"days-between",
       "Days from the first event to the second.",
       StatedKind::kNumbers,
       {kEvent, kEvent},
       {},
       run_days_between},
      {"term",
       "The day of the event and the time that runs from it.",
       StatedKind::kTerm,
       {kEvent, {Param::kFigure}},
       {},
       run_term},
      {"within",
       "How many events of that kind and person fall between the two days.",
       StatedKind::kCount,
       {{Param::kEventKind}, {Param::kName}, kDate, kDate},
       {},
       run_within},
      {"order",
       "Whether the first event came before the second, as a cause must.",
       StatedKind::kChoice,
       {kEvent, kEvent},
       {"before", "after"},
       run_order},
      {"contains",
       "Whether one of the events falls into what is stated.",
       StatedKind::kDates,
       {{Param::kEvent, Repeat::kOnceOrMore}},
       {},
       run_contains},
      {"statement",
       "Whether all words stated are among those of the statement.",
       StatedKind::kWords,
       {kStatement},
       {},
       run_statement},
      {"only",
       "Whether the statement has no word but those stated.",
       StatedKind::kWords,
       {kStatement},
       {},
       run_only},
      {"each",
       "Whether each statement begins with one of the words stated.",
       StatedKind::kWords,
       {{Param::kStatement, Repeat::kOnceOrMore}},
       {},
       run_each},
      {"released-before",
       "Whether each maker stated had released a model before the day.",
       StatedKind::kWords,
       {kDate},
       {},
       run_released_before},
  };
}

}  // namespace redline::app
