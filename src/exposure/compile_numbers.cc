// The numbers of a scenario: quantities, and the places that take one.

#include <cmath>

#include <boost/math/distributions/students_t.hpp>

#include "exposure/compiler.h"

namespace redline::exposure {
namespace {

constexpr double kTail = 1e-5;  // what lies beyond it is cut off where a number has bounds

// A literal: a distribution, and the unit behind it.
struct Literal {
  Distribution distribution;
  double factor = 1.0;
  Dimension dimension;
  std::string unit;
};
Result<Literal> read_literal(std::string_view text) {
  const std::size_t space = text.find_last_of(' ');
  if (space != std::string_view::npos && space + 1 < text.size()) {
    const std::string_view last = text.substr(space + 1);
    const char c = last.front();
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%') {
      const auto unit = parse_measure(fmt::format("1 {}", last == "%" ? "percent" : last));
      if (unit) {
        RL_TRY(distribution, Distribution::parse(text.substr(0, space)));
        return Literal{std::move(distribution), unit->base, unit->dimension, unit->unit};
      }
      // A word that is no unit: say so, unless it belongs to the literal.
      const auto bare = Distribution::parse(text.substr(0, space));
      if (bare) {
        Error error = unit.error();
        SourceSpan span;
        span.column = static_cast<int>(space + 1);
        span.length = static_cast<int>(last.size());
        error.where = std::move(span);
        return tl::unexpected(std::move(error));
      }
    }
  }
  RL_TRY(distribution, Distribution::parse(text));
  return Literal{std::move(distribution), 1.0, {}, ""};
}

// Whether a text is meant as a literal and not as a formula.
bool looks_literal(std::string_view text) {
  static constexpr auto kForms = std::to_array<std::string_view>(
      {"uniform", "tri", "pert", "beta", "normal", "lognormal", "exponential", "gamma", "bernoulli",
       "poisson", "zipf", "empirical", "mix"});
  if (text.find(" to ") != std::string_view::npos || text.find("+-") != std::string_view::npos ||
      text.find("±") != std::string_view::npos) {
    return true;
  }
  const std::size_t bracket = text.find('(');
  const std::string_view head = text.substr(0, bracket);
  return bracket != std::string_view::npos &&
         std::find(kForms.begin(), kForms.end(), head) != kForms.end();
}

}  // namespace

SlotIndex Compiler::constant(double value) {
  const auto [at, fresh] = constants_.emplace(value, 0);
  if (fresh) {
    at->second = new_slot(value);
  }
  return at->second;
}

// The slot of what is drawn or stands fast.
SlotIndex Compiler::drawn(const Distribution& distribution, double factor, int& dimension) {
  if (distribution.kind() == DistributionKind::kConstant) {
    dimension = kNone;
    return new_slot(distribution.quantile(0.5) * factor);
  }
  const SlotIndex slot = new_slot(0.0);
  dimension = static_cast<int>(model_.dimensions++);
  model_.nodes.push_back({NodeKind::kDraw, static_cast<std::uint32_t>(model_.draws.size()), slot});
  model_.draws.push_back({QuantileTable(distribution), factor, static_cast<unsigned>(dimension)});
  return slot;
}

SlotIndex Compiler::worked_out(Formula formula) {
  const SlotIndex slot = new_slot(0.0);
  model_.nodes.push_back(
      {NodeKind::kFormula, static_cast<std::uint32_t>(model_.formulas.size()), slot});
  model_.formulas.push_back(std::move(formula));
  return slot;
}

// A cycle: the names from where it begins.
tl::unexpected<Error> Compiler::cycle(const std::string& name) {
  const auto begin = std::find(under_way_.begin(), under_way_.end(), name);
  std::vector<std::string> round(begin, under_way_.end());
  round.push_back(name);
  return fail(Code::kCycle,
              fmt::format("'{}' depends on itself: {}", name, fmt::join(round, " <- ")),
              {"break the circle: one of them has to be given without the others"});
}

Result<std::size_t> Compiler::made_quantity(std::size_t i) {
  if (quantity_state_[i] == State::kUnderWay) {
    return cycle(r_.quantities[i].id);
  }
  make_quantity(i);
  return made_quantities_[i];
}

Result<std::size_t> Compiler::made_event(std::size_t i) {
  if (event_state_[i] == State::kUnderWay) {
    return cycle(r_.events[i].id);
  }
  make_event(i);
  return made_events_[i];
}

void Compiler::late(const std::string& what, Date dated, const data::Node& node) {
  report(Code::kLateEvidence,
         fmt::format("{} is dated {}, but the scenario is of {}", what, format_date(dated),
                     format_date(model_.as_of)),
         node, "a scenario rests on what was known on its day; take an earlier figure");
}

// Sources that there are and that had been published.
void Compiler::check_sources(const std::vector<std::string>& sources, const data::Node& node) {
  for (std::size_t i = 0; c_.catalog != nullptr && i < sources.size(); ++i) {
    const Source* source = c_.catalog->source(sources[i]);
    if (source == nullptr) {
      report(Code::kUnknownReference, fmt::format("there is no source '{}'", sources[i]),
             item(node, i), "define it in data/sources, or correct the id");
    } else if (source->published && source->published->earliest() > model_.as_of) {
      late(fmt::format("source '{}'", sources[i]), source->published->earliest(), item(node, i));
    }
  }
}

void Compiler::make_quantity(std::size_t i) {
  if (quantity_state_[i] != State::kNew) {
    return;
  }
  quantity_state_[i] = State::kUnderWay;
  const QuantityRecord& q = r_.quantities[i];
  const data::Node node = item(root_.find("quantity"), i);
  under_way_.push_back(q.id);
  QuantityInfo info;
  info.id = q.id;
  info.what = q.what;
  info.note = q.note;
  info.date = q.date;
  info.basis = q.basis;
  info.sources = q.source;
  if (q.date && *q.date > model_.as_of) {
    late(fmt::format("'{}'", q.id), *q.date, node.find("date"));
  }
  check_sources(q.source, node.find("source"));
  const int ways = (q.value ? 1 : 0) + (q.formula ? 1 : 0) + (q.figure.empty() ? 0 : 1) +
                   (q.precedents.empty() ? 0 : 1) + (q.ask ? 1 : 0);
  if (ways != 1) {
    report(Code::kInconsistent,
           fmt::format("'{}' is given in {} ways", q.id, ways == 0 ? "no" : "several"), node,
           "give one of value, formula, figure, precedents and ask");
  }
  if (q.formula) {
    from_formula(q, info);
  } else if (q.value) {
    from_literal(q, info);
  } else if (!q.figure.empty()) {
    from_figure(q, info, node.find("figure"));
  } else if (!q.precedents.empty()) {
    from_precedents(q, info, node.find("precedents"));
  } else if (q.ask) {
    from_ask(q, info, node.find("ask"));
  }
  if (q.form) {
    info.kind.form = *q.form;
  }
  if (q.per) {
    info.kind.length = *q.per;
    info.kind.form = q.form.value_or(Form::kFlow);
  }
  if (q.geography) {
    info.kind.geography = *q.geography;
  }
  if (info.distribution && info.slot == 0) {
    info.slot = drawn(*info.distribution, info.factor, info.dimension);
  }
  if (info.slot == 0) {
    info.slot = new_slot(0.0);
  }
  under_way_.pop_back();
  made_quantities_[i] = model_.quantities.size();
  model_.quantities.push_back(std::move(info));
  quantity_state_[i] = State::kDone;
}

void Compiler::from_formula(const QuantityRecord& q, QuantityInfo& info) {
  auto formula = Formula::parse(q.formula.text, *this);
  info.shown = q.formula.text;
  info.origin = "formula";
  if (!formula) {
    for (Error& error : formula.error()) {
      report(std::move(error), q.formula.node);
    }
    failed_.insert(model_.quantities.size());
    return;
  }
  info.kind = formula->kind();
  show_in_unit(info);
  info.slot = worked_out(std::move(*formula));
}

void Compiler::show_in_unit(QuantityInfo& info) {
  if (info.kind.dimension == kUsd) {
    info.unit = "GUSD";
    info.factor = 1e9;
  } else if (info.kind.dimension == kTime) {
    info.unit = "days";
    info.factor = kSecondsADay;
  }
}

void Compiler::from_literal(const QuantityRecord& q, QuantityInfo& info) {
  auto literal = read_literal(q.value.text);
  if (!literal) {
    report(std::move(literal).error(), q.value.node);
    return;
  }
  info.kind.dimension = literal->dimension;
  info.factor = literal->factor;
  info.unit = literal->unit;
  info.origin = q.source.empty() ? "the author's" : "stated";
  show(literal->distribution, info);
}

void Compiler::from_figure(const QuantityRecord& q, QuantityInfo& info, const data::Node& node) {
  const MarketFigure* figure =
      c_.catalog == nullptr ? nullptr : c_.catalog->market.figure(q.figure);
  if (figure == nullptr) {
    std::vector<std::string_view> known;
    if (c_.catalog != nullptr) {
      for (const MarketFigure& one : c_.catalog->market.figures) {
        known.push_back(one.id);
      }
    }
    report(Code::kUnknownReference, fmt::format("there is no figure '{}'", q.figure), node,
           did_you_mean(q.figure, known, "`redline data list market` shows all"));
    return;
  }
  info.sources = figure->sources;
  info.basis = figure->basis;
  info.date = figure->published;
  info.origin = "figure " + figure->id;
  if (figure->published && *figure->published > model_.as_of) {
    late(fmt::format("figure '{}'", figure->id), *figure->published, node);
  }
  const auto bounds = figure->bounds();
  if (!bounds) {
    report(Code::kInconsistent,
           fmt::format("figure '{}' is not known: {}", figure->id, figure->unknown), node,
           "take another, or give a value of your own");
    return;
  }
  info.factor = figure->measure().factor;
  info.unit = figure->measure().unit;
  info.kind = kind_of(*figure);
  if (figure->value) {
    show(Distribution::constant(figure->value->base / info.factor), info);
  } else if (const auto range = Distribution::parse(
                 fmt::format("{} to {}", bounds->low / info.factor, bounds->high / info.factor))) {
    show(*range, info);
  } else {
    report(Error(range.error()), node);
  }
}

// What a published figure is by its period and its name.
ValueKind Compiler::kind_of(const MarketFigure& figure) const {
  ValueKind kind{figure.measure().dimension};
  const auto ends = [&](std::string_view tail) {
    return std::string_view(figure.id).ends_with(tail);
  };
  if (ends("_billing")) {
    kind.geography = Geography::kBilling;
  } else if (ends("_hq")) {
    kind.geography = Geography::kHeadquarters;
  }
  if (kind.dimension != kUsd) {
    return kind;
  }
  if (figure.at) {
    kind.form = Form::kStock;
  } else if (!figure.period.empty() && figure.id.find("charge") == std::string::npos) {
    kind.form = Form::kFlow;
    kind.length = length_of(figure.period);
  }
  return kind;
}

Length Compiler::length_of(const std::string& period) const {
  if (const FiscalPeriod* found = c_.catalog->market.period(period);
      found != nullptr && found->first && found->last) {
    const auto days = (*found->last - *found->first).count();
    return days < 120 ? Length::kQuarter : days < 250 ? Length::kHalf : Length::kYear;
  }
  const std::size_t size = period.size();
  if (size > 2 && (period[size - 2] == 'q' || period[size - 2] == 'Q')) {
    return Length::kQuarter;
  }
  return size > 2 && (period[size - 2] == 'h' || period[size - 2] == 'H') ? Length::kHalf
                                                                          : Length::kYear;
}

void Compiler::from_precedents(const QuantityRecord& q, QuantityInfo& info,
                               const data::Node& node) {
  const auto found = std::find_if(c_.precedents.begin(), c_.precedents.end(),
                                  [&](const SeriesRecord& one) { return one.id == q.precedents; });
  if (found == c_.precedents.end()) {
    unknown("series of precedents", q.precedents, c_.precedents, node);
    return;
  }
  info.basis = Basis::kDerived;
  std::set<std::string> sources;
  std::vector<const CaseRecord*> cases;
  for (const CaseRecord& one : found->cases) {
    if (one.date <= model_.as_of && (!found->since || one.date >= *found->since)) {  // known then
      cases.push_back(&one);
      sources.insert(one.source.begin(), one.source.end());
    }
  }
  info.sources = {sources.begin(), sources.end()};
  const std::size_t n = cases.size();
  if (found->since) {
    const double years = static_cast<double>((model_.as_of - *found->since).count()) / 365.25;
    if (years <= 0.0) {
      report(Code::kInconsistent, fmt::format("series '{}' begins after the scenario", found->id),
             node, "take another, or give a value of your own");
      return;
    }
    // Jeffreys' prior of a Poisson rate.
    const double shape = static_cast<double>(n) + 0.5;
    info.origin = fmt::format("{} events in {:.1f} years of {}", n, years, found->id);
    show(Distribution::gamma(shape / years, 1.0 / std::sqrt(shape)), info);
    return;
  }
  if (found->unit.empty()) {
    const auto yes = static_cast<std::size_t>(
        std::count_if(cases.begin(), cases.end(),
                      [](const CaseRecord* one) { return one->yes.value_or(false); }));
    const auto asked = std::count_if(cases.begin(), cases.end(),
                                     [](const CaseRecord* one) { return !one->chip.empty(); });
    info.origin = fmt::format("{} of {} cases of {}", yes, n, found->id);
    if (asked > 0) {
      info.origin += fmt::format(", {} asked of the rules", asked);
    }
    // Jeffreys' prior of a share.
    show(*Distribution::parse(fmt::format("beta({}, {})", static_cast<double>(yes) + 0.5,
                                          static_cast<double>(n - yes) + 0.5)),
         info);
    return;
  }
  from_numbers(cases, *found, info, node);
}

// The predictive distribution of the next number: Student's t around the mean of the logarithms
// (of the numbers, where one is not positive), as the normal of the same 90 % interval.
void Compiler::from_numbers(const std::vector<const CaseRecord*>& cases, const SeriesRecord& series,
                            QuantityInfo& info, const data::Node& node) {
  std::vector<double> values;
  for (const CaseRecord* one : cases) {
    values.push_back(one->value.value_or(0.0));
  }
  const std::size_t n = values.size();
  if (n < 2) {
    report(
        Code::kInconsistent,
        fmt::format("series '{}' has {} cases until {}", series.id, n, format_date(model_.as_of)),
        node, "a distribution needs two or more; give a value of your own");
    return;
  }
  const bool logs = std::all_of(values.begin(), values.end(), [](double v) { return v > 0.0; });
  double mean = 0.0, squares = 0.0;
  for (double& value : values) {
    value = logs ? std::log(value) : value;
    mean += value / static_cast<double>(n);
  }
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  const double count = static_cast<double>(n);
  constexpr double kZ95 = 1.6448536269514722;
  const double t95 = quantile(boost::math::students_t(count - 1.0), 0.95);
  const double deviation =
      std::max(1e-6, std::sqrt(squares / (count - 1.0) * (1.0 + 1.0 / count)) * t95 / kZ95);
  const auto measure = parse_measure("1 " + series.unit);
  info.unit = series.unit;
  info.factor = measure ? measure->base : 1.0;
  info.kind.dimension = measure ? measure->dimension : Dimension{};
  info.origin = fmt::format("{} cases of {}", n, series.id);
  show(*Distribution::parse(logs ? fmt::format("lognormal({}, {})", std::exp(mean), deviation)
                                 : fmt::format("normal({}, {})", mean, deviation)),
       info);
}

void Compiler::from_ask(const QuantityRecord& q, QuantityInfo& info, const data::Node& node) {
  if (!c_.ask) {
    report(Code::kInconsistent, "nothing can be asked here", node, "give a value");
    return;
  }
  auto asked = c_.ask(*q.ask, model_.as_of);
  if (!asked) {
    report(std::move(asked).error(), node);
    return;
  }
  info.kind = asked->kind;
  info.origin = asked->how;
  info.basis = Basis::kDerived;
  show(asked->distribution, info);
}

SlotIndex Compiler::required_input(const ValueText& text, const std::string& name,
                                   const Wanted& wanted) {
  if (is_name(text.text)) {
    const auto slot = value(text.text);
    if (!slot) {
      Error error = slot.error();
      if (error.message.empty()) {
        return constant(0.0);
      }
      if (error.help.empty()) {
        error.help = {
            did_you_mean(text.text, names(), "define it as a [[quantity]], or correct the name")};
      }
      report(std::move(error), text.node);
      return constant(0.0);
    }
    const bool fits = check_kind(text, text.text, slot->kind, wanted);
    const auto found = std::find_if(model_.quantities.begin(), model_.quantities.end(),
                                    [&](const QuantityInfo& one) { return one.id == text.text; });
    if (fits && found != model_.quantities.end() && found->distribution) {
      check_bounds(text, *found->distribution, found->factor, wanted);
    }
    return slot->index;
  }
  auto literal = read_literal(text.text);
  if (literal) {
    if (check_kind(text, text.text, {literal->dimension}, wanted)) {
      check_bounds(text, literal->distribution, literal->factor, wanted);
    }
    if (literal->distribution.kind() == DistributionKind::kConstant) {
      return constant(literal->distribution.quantile(0.5) * literal->factor);
    }
    QuantityInfo info;
    info.id = name;
    info.what = name;
    info.kind.dimension = literal->dimension;
    info.factor = literal->factor;
    info.unit = literal->unit;
    info.origin = "the author's";
    show(literal->distribution, info);
    info.slot = drawn(literal->distribution, literal->factor, info.dimension);
    const SlotIndex slot = info.slot;
    model_.quantities.push_back(std::move(info));
    return slot;
  }
  if (looks_literal(text.text)) {
    report(std::move(literal).error(), text.node);
    return constant(0.0);
  }
  auto formula = Formula::parse(text.text, *this);
  if (!formula) {
    for (Error& error : formula.error()) {
      report(std::move(error), text.node);
    }
    return constant(0.0);
  }
  check_kind(text, text.text, formula->kind(), wanted);
  return worked_out(std::move(*formula));
}

bool Compiler::check_kind(const ValueText& text, const std::string& what, const ValueKind& kind,
                          const Wanted& wanted) {
  if (kind.dimension != wanted.dimension) {
    report(Code::kWrongUnit,
           fmt::format("'{}' is {}, but this takes {}", what, unit_name(kind.dimension),
                       unit_name(wanted.dimension)),
           text.node,
           wanted.dimension == kUsd    ? "such as \"5 to 10 GUSD\""
           : wanted.dimension == kTime ? "such as \"38 days\""
                                       : "such as 0.3 or \"30 percent\"");
    return false;
  }
  if (kind.form == Form::kPlain || wanted.dimension != kUsd) {
    return true;
  }
  if (kind.form != wanted.form) {
    report(Code::kPeriodClash,
           fmt::format("'{}' is a {}, but this takes a {}", what,
                       kind.form == Form::kStock ? "stock" : "flow",
                       wanted.form == Form::kStock ? "stock" : "flow over a quarter"),
           text.node, "total(x, n) is what a flow comes to in n of its periods");
  } else if (kind.form == Form::kFlow && kind.length != Length::kQuarter &&
             kind.length != Length::kNone) {
    report(Code::kPeriodClash,
           fmt::format("'{}' is of a {}, but this is of a quarter", what, name_of(kind.length)),
           text.node, fmt::format("write quarterly({})", what));
  } else {
    return true;
  }
  return false;
}

void Compiler::check_bounds(const ValueText& text, const Distribution& distribution, double factor,
                            const Wanted& wanted) {
  const double low = distribution.quantile(kTail) * factor;
  const double high = distribution.quantile(1.0 - kTail) * factor;
  if (low >= wanted.least && high <= wanted.most) {
    return;
  }
  const std::string reach =
      low == high ? fmt::format("{:g}", low) : fmt::format("{:.3g} to {:.3g}", low, high);
  if (wanted.probability) {
    report(Code::kProbability, fmt::format("a probability of {} is outside 0 to 1", reach),
           text.node,
           "write 0.3, \"30 percent\", or a distribution within 0 and 1 such as beta(3, 7)");
  } else {
    report(Code::kOutOfRange,
           wanted.most < 2.0
               ? fmt::format("a share of {} is outside 0 to 1", reach)
               : fmt::format("{} is below the least that this takes, {:g}", reach, wanted.least),
           text.node, "correct the number, or take a distribution that keeps within");
  }
}

}  // namespace redline::exposure
