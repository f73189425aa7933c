#include "app/claim_formulas.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"

namespace redline::app {
namespace {

std::string_view describe(Param kind) {
  switch (kind) {
    case Param::kFigure:
      return "figure";
    case Param::kEvent:
      return "event";
    case Param::kStatement:
      return "statement";
    case Param::kPeriod:
      return "period";
    case Param::kChip:
      return "chip";
    case Param::kPlace:
      return "place";
    case Param::kDate:
      return "date";
    case Param::kSpec:
      return "spec";
    case Param::kQuantity:
      return "quantity";
    case Param::kSetting:
      return "setting";
    case Param::kEventKind:
      return "kind of event";
    case Param::kName:
      return "name";
  }
  return "?";
}

std::string describe(const Formula& formula) {
  switch (formula.stated) {
    case StatedKind::kNumbers:
      return "a quantity, or two for a range";
    case StatedKind::kDates:
      return "a day, month or year, or two";
    case StatedKind::kCount:
      return "a whole number";
    case StatedKind::kTerm:
      return "a day and a time";
    case StatedKind::kWords:
      return "words";
    case StatedKind::kChoice:
      return fmt::format("{}", fmt::join(formula.choices, ", "));
  }
  return "?";
}

}  // namespace

const std::vector<Formula>& claim_formulas() {
  static const std::vector<Formula> kFormulas = [] {
    std::vector<Formula> all;
    for (auto part : {figure_formulas(), event_formulas(), chip_formulas(), rule_formulas()}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return kFormulas;
}

const Formula* find_formula(std::string_view name) {
  const auto& all = claim_formulas();
  const auto found =
      std::find_if(all.begin(), all.end(), [name](const Formula& f) { return f.name == name; });
  return found == all.end() ? nullptr : &*found;
}

results::Table formula_table() {
  using results::Align;
  results::Table table;
  table.title = "Formulas of claims";
  table.columns = {{"formula", "Formula", "", Align::kLeft},
                   {"inputs", "Inputs", "", Align::kLeft},
                   {"stated", "Stated", "", Align::kLeft},
                   {"doc", "Definition", "", Align::kLeft}};
  for (const Formula& formula : claim_formulas()) {
    std::string inputs;
    for (const Parameter& parameter : formula.parameters) {
      inputs += (inputs.empty() ? "" : ", ") + std::string(describe(parameter.kind)) +
                (parameter.repeat == Repeat::kOnce ? "" : " …");
    }
    table.rows.push_back(
        {std::string(formula.name), inputs, describe(formula), std::string(formula.doc)});
  }
  return table;
}

const MarketFigure& Case::figure(std::size_t i) const {
  const MarketFigure* found = workspace.catalog.market.figure(claim.inputs[i]);
  RL_CHECK(found != nullptr);
  return *found;
}
const MarketEvent& Case::event(std::size_t i) const {
  const MarketEvent* found = workspace.catalog.market.event(claim.inputs[i]);
  RL_CHECK(found != nullptr);
  return *found;
}
const MarketStatement& Case::statement(std::size_t i) const {
  const MarketStatement* found = workspace.catalog.market.statement(claim.inputs[i]);
  RL_CHECK(found != nullptr);
  return *found;
}
const FiscalPeriod& Case::period(std::size_t i) const {
  const FiscalPeriod* found = workspace.catalog.market.period(claim.inputs[i]);
  RL_CHECK(found != nullptr);
  return *found;
}
const Chip& Case::chip(std::size_t i) const {
  const Chip* found = workspace.catalog.chip(claim.inputs[i]);
  RL_CHECK(found != nullptr);
  return *found;
}
Date Case::date(std::size_t i) const {
  const auto found = parse_date(claim.inputs[i]);
  RL_CHECK(found.has_value());
  return *found;
}

Result<Finding> judge_number(const Case& c, Finding finding, const Measure& like,
                             const std::optional<Interval<double>>& value,
                             const std::string& arithmetic) {
  if (!value) {
    return finding;
  }
  std::vector<StatedNumber> stated;
  for (const std::string& text : c.claim.stated) {
    RL_TRY(one, parse_stated(text));
    if (!same_kind(one.measure, like)) {
      return fail(Code::kWrongUnit,
                  fmt::format("'{}' is stated in '{}', and the formula gives '{}'", c.claim.id,
                              one.measure.unit, like.unit),
                  {"state it in a unit of the same kind"});
    }
    stated.push_back(std::move(one));
  }
  const Measure& unit = stated.front().measure;
  const int digits = unit.unit == "percent" ? 4 : 6;
  const auto show = [&](double base) {
    return format_measure({base, unit.dimension, unit.unit, unit.factor}, digits);
  };
  finding.bounds = Interval<double>{value->low / unit.factor, value->high / unit.factor};
  finding.unit = unit.unit;
  finding.found = value->is_point() ? show(value->low)
                                    : fmt::format("{:.{}g} to {}", finding.bounds->low, digits,
                                                  show(value->high));
  finding.arithmetic =
      arithmetic.empty() ? std::string() : fmt::format("{} = {}", arithmetic, finding.found);
  finding.verdict = compare_numbers(stated, *value, c.claim.tolerance);
  return finding;
}

Result<Finding> judge_dates(const Case& c, Finding finding,
                            const std::optional<Interval<Date>>& value) {
  RL_TRY(stated, parse_stated_dates(c.claim.stated));
  if (!value) {
    return finding;
  }
  finding.found = value->is_point()
                      ? format_date(value->low)
                      : fmt::format("{} to {}", format_date(value->low), format_date(value->high));
  finding.verdict = compare_dates(stated, *value);
  return finding;
}

bool has_word(const std::vector<std::string>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(),
                     [&word](const std::string& one) { return to_lower(one) == to_lower(word); });
}

ClaimInput input_of(const MarketFigure& figure) {
  std::string text;
  if (figure.value) {
    text = format_measure(*figure.value);
  } else if (figure.range.size() == 2) {
    text =
        fmt::format("{} to {}", format_measure(figure.range[0]), format_measure(figure.range[1]));
  }
  return {figure.id, "figure", text, figure.published, figure.sources};
}
ClaimInput input_of(const MarketEvent& event) {
  return {event.id, "event", format_date(event.date), event.published, event.sources};
}
ClaimInput input_of(const MarketStatement& statement) {
  return {statement.id, "statement", fmt::format("{}", fmt::join(statement.values, ", ")),
          statement.published, statement.sources};
}
ClaimInput input_of(const FiscalPeriod& period) {
  const auto show = [](const std::optional<Date>& d) { return d ? format_date(*d) : "?"; };
  return {period.id, "period", fmt::format("{} to {}", show(period.first), show(period.last)),
          period.published, period.revenue ? period.revenue->sources : std::vector<std::string>{}};
}
ClaimInput input_of(const Chip& chip, std::string text, std::vector<std::string> sources) {
  const auto& first = chip.announced ? chip.announced : chip.launched;
  return {chip.id, "chip", std::move(text), first ? std::optional(first->latest()) : std::nullopt,
          std::move(sources)};
}

}  // namespace redline::app
