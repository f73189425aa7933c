// Makes a scenario ready: reads its file, finds every problem, puts everything in order.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "redline/quantity.h"
#include "redline/sampling.h"

#include "base/nearest.h"
#include "exposure/model.h"
#include "exposure/model_names.h"

namespace redline::exposure {
namespace {

constexpr Dimension kUsd{.usd = 1}, kTime{.second = 1}, kPure{};
constexpr double kSecondsADay = 86400.0;
constexpr double kTail = 1e-5;  // what lies beyond it is cut off where a number has bounds

// What a place takes.
struct Wanted {
  Dimension dimension;
  double least = -std::numeric_limits<double>::infinity();
  double most = std::numeric_limits<double>::infinity();
  Form form = Form::kPlain;  // that it may have besides kPlain
  bool probability = false;
};
constexpr Wanted kShare{kPure, 0.0, 1.0};
constexpr Wanted kProbabilityOf{kPure, 0.0, 1.0, Form::kPlain, true};
constexpr Wanted kNumber{kPure, 0.0};
constexpr Wanted kPrice{kPure, 0.001};
constexpr unsigned kMostDimensions =
    SamplePlan::kMostDimensions / 2;  // shares of variance need two
constexpr Wanted kGrowthRate{kPure, -1.0};
constexpr Wanted kMoneyFlow{kUsd, 0.0, std::numeric_limits<double>::infinity(), Form::kFlow};
constexpr Wanted kMoney{kUsd, 0.0, std::numeric_limits<double>::infinity(), Form::kStock};
constexpr Wanted kDuration{kTime, 0.0};

std::string unit_name(Dimension dimension) {
  return dimension == kPure ? "a number without a unit"
                            : std::string(dimension_words(dimension).name);
}

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

class Compiler : public ModelNames {
 public:
  Compiler(const ExposureRecord& record, const data::Node& root, const ScenarioContext& context,
           Model& model, Diagnostics& errors)
      : ModelNames(model), r_(record), root_(root), c_(context), errors_(errors) {}

  void compile() {
    model_.id = r_.id;
    model_.title = r_.title;
    model_.as_of = *r_.as_of;
    model_.quarters = static_cast<std::size_t>(r_.quarters);
    check_ids();
    model_.firms.resize(r_.firms.size());
    model_.lines.resize(r_.lines.size());
    model_.row.assign(model_.outcomes(), 0.0);
    add_firms();
    if (std::any_of(model_.firms.begin(), model_.firms.end(),
                    [](const Firm& one) { return one.quarters.empty(); }) ||
        model_.firms.empty()) {
      return;  // without a calendar no day has a meaning
    }
    for (std::size_t i = 0; i < r_.quantities.size(); ++i) {
      make_quantity(i);
    }
    for (std::size_t i = 0; i < r_.events.size(); ++i) {
      make_event(i);
    }
    add_firm_inputs();
    add_lines();
    add_markets();
    add_options();
    if (model_.dimensions > kMostDimensions) {
      report(Code::kInconsistent,
             fmt::format("{} numbers are drawn, {} at most", model_.dimensions, kMostDimensions),
             root_, "split the scenario");
      return;
    }
    add_correlations();
    add_factors();
    results = true;
    add_answers();
    add_beliefs();
  }

  Result<Slot> value(std::string_view name) override {
    if (const auto found = quantity_at_.find(name); found != quantity_at_.end()) {
      RL_TRY(made, made_quantity(found->second));
      if (failed_.count(made) != 0) {
        return fail(Code::kInconsistent, "");  // told where it stands
      }
      const QuantityInfo& info = model_.quantities[made];
      return Slot{info.slot, info.kind};
    }
    // "license.delay": what is given at an event.
    if (const auto owner = event_at_.find(name.substr(0, name.find('.')));
        owner != event_at_.end() && name.find('.') != name.npos) {
      RL_TRY(made, made_event(owner->second));
      (void)made;
      return ModelNames::value(name);
    }
    if (event_at_.count(std::string(name)) != 0) {
      return fail(Code::kFormulaSyntax, fmt::format("'{}' is an event, not a number", name),
                  {fmt::format("ask by({}, DATE) or days({}, DATE)", name, name)});
    }
    return ModelNames::value(name);
  }
  std::vector<std::string> event_names() const override {
    std::vector<std::string> all;
    for (const EventRecord& one : r_.events) {
      all.push_back(one.id);
    }
    return all;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const QuantityRecord& one : r_.quantities) {
      all.push_back(one.id);
    }
    return all;
  }

 protected:
  Result<std::optional<SlotIndex>> event(std::string_view name) override {
    const auto found = event_at_.find(name);
    if (found == event_at_.end()) {
      return std::optional<SlotIndex>();
    }
    RL_TRY(made, made_event(found->second));
    return std::optional(model_.events[made].slot);
  }

 private:
  enum class State : std::uint8_t { kNew, kUnderWay, kDone };

  // --- problems

  void report(Error error, const data::Node& node) {
    if (error.where && error.code == Code::kDistributionSyntax) {  // of the literal, from 1
      error.where->file.clear();
      --error.where->column;
    }
    if (!error.where || error.where->file.empty()) {
      const bool inside = error.where.has_value();
      const std::size_t at = inside ? static_cast<std::size_t>(error.where->column) : 0;
      const std::size_t length = inside ? static_cast<std::size_t>(error.where->length) : 0;
      error.where = inside && node.kind() == data::NodeKind::kString ? node.span_within(at, length)
                                                                     : node.span();
    }
    errors_.push_back(std::move(error));
  }
  void report(Code code, std::string message, const data::Node& node, std::string help) {
    report(Error{code, std::move(message), std::nullopt, {std::move(help)}, {}}, node);
  }
  template <class Known>
  void unknown(std::string_view noun, std::string_view name, const Known& known,
               const data::Node& node) {
    std::vector<std::string_view> names;
    for (const auto& one : known) {
      names.push_back(one.id);
    }
    report(Code::kUnknownReference, fmt::format("there is no {} '{}'", noun, name), node,
           did_you_mean(name, names,
                        names.empty() ? fmt::format("define it as a [[{}]]", noun)
                                      : fmt::format("there are: {}", fmt::join(names, ", "))));
  }
  static data::Node item(const data::Node& list, std::size_t index) {
    const auto items = list.items();
    return index < items.size() ? items[index] : list;
  }

  void check_ids() {
    std::map<std::string, std::string, std::less<>> seen;
    const auto check = [&](const auto& list, std::string_view noun) {
      const auto nodes = root_.find(noun).items();
      for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string& id = list[i].id;
        const data::Node node = nodes[i].find("id");
        if (!is_name(id) || id.find('.') != std::string::npos) {
          report(Code::kFormulaSyntax, fmt::format("'{}' is no name", id), node,
                 "a letter, then letters, digits and _");
        }
        if (const auto [at, fresh] = seen.emplace(id, noun); !fresh) {
          report(Code::kDuplicateId, fmt::format("{} '{}' stands twice", noun, id), node,
                 fmt::format("the other is {} {}", at->second == "event" ? "an" : "a", at->second));
        }
      }
    };
    check(r_.quantities, "quantity");
    check(r_.events, "event");
    check(r_.lines, "line");
    check(r_.firms, "firm");
    check(r_.markets, "market");
    for (std::size_t i = 0; i < r_.quantities.size(); ++i) {
      quantity_at_.emplace(r_.quantities[i].id, i);
    }
    for (std::size_t i = 0; i < r_.events.size(); ++i) {
      event_at_.emplace(r_.events[i].id, i);
    }
    quantity_state_.assign(r_.quantities.size(), State::kNew);
    event_state_.assign(r_.events.size(), State::kNew);
    made_quantities_.assign(r_.quantities.size(), 0);
    made_events_.assign(r_.events.size(), 0);
    std::set<std::string> ids;
    const auto options = root_.find("option").items();
    for (std::size_t i = 0; i < r_.options.size(); ++i) {
      if (!ids.insert(r_.options[i].id).second) {
        report(Code::kDuplicateId, fmt::format("option '{}' stands twice", r_.options[i].id),
               options[i].find("id"), "give each its own id");
      }
    }
  }

  // --- numbers

  SlotIndex new_slot(double value) {
    model_.row.push_back(value);
    return static_cast<SlotIndex>(model_.row.size() - 1);
  }
  SlotIndex constant(double value) {
    const auto [at, fresh] = constants_.emplace(value, 0);
    if (fresh) {
      at->second = new_slot(value);
    }
    return at->second;
  }

  // The slot of what is drawn or stands fast.
  SlotIndex drawn(const Distribution& distribution, double factor, int& dimension) {
    if (distribution.kind() == DistributionKind::kConstant) {
      dimension = kNone;
      return new_slot(distribution.quantile(0.5) * factor);
    }
    const SlotIndex slot = new_slot(0.0);
    dimension = static_cast<int>(model_.dimensions++);
    model_.nodes.push_back(
        {NodeKind::kDraw, static_cast<std::uint32_t>(model_.draws.size()), slot});
    model_.draws.push_back({QuantileTable(distribution), factor, static_cast<unsigned>(dimension)});
    return slot;
  }
  SlotIndex worked_out(Formula formula) {
    const SlotIndex slot = new_slot(0.0);
    model_.nodes.push_back(
        {NodeKind::kFormula, static_cast<std::uint32_t>(model_.formulas.size()), slot});
    model_.formulas.push_back(std::move(formula));
    return slot;
  }

  // A cycle: the names from where it begins.
  tl::unexpected<Error> cycle(const std::string& name) {
    const auto begin = std::find(under_way_.begin(), under_way_.end(), name);
    std::vector<std::string> round(begin, under_way_.end());
    round.push_back(name);
    return fail(Code::kCycle,
                fmt::format("'{}' depends on itself: {}", name, fmt::join(round, " <- ")),
                {"break the circle: one of them has to be given without the others"});
  }

  Result<std::size_t> made_quantity(std::size_t i) {
    if (quantity_state_[i] == State::kUnderWay) {
      return cycle(r_.quantities[i].id);
    }
    make_quantity(i);
    return made_quantities_[i];
  }
  Result<std::size_t> made_event(std::size_t i) {
    if (event_state_[i] == State::kUnderWay) {
      return cycle(r_.events[i].id);
    }
    make_event(i);
    return made_events_[i];
  }

  void late(const std::string& what, Date dated, const data::Node& node) {
    report(Code::kLateEvidence,
           fmt::format("{} is dated {}, but the scenario is of {}", what, format_date(dated),
                       format_date(model_.as_of)),
           node, "a scenario rests on what was known on its day; take an earlier figure");
  }

  // Sources that there are and that had been published.
  void check_sources(const std::vector<std::string>& sources, const data::Node& node) {
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

  void make_quantity(std::size_t i) {
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

  void from_formula(const QuantityRecord& q, QuantityInfo& info) {
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

  static void show_in_unit(QuantityInfo& info) {
    if (info.kind.dimension == kUsd) {
      info.unit = "GUSD";
      info.factor = 1e9;
    } else if (info.kind.dimension == kTime) {
      info.unit = "days";
      info.factor = kSecondsADay;
    }
  }

  void show(const Distribution& distribution, QuantityInfo& info) {
    info.shown = distribution.describe();
    info.distribution = distribution;
  }

  void from_literal(const QuantityRecord& q, QuantityInfo& info) {
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

  void from_figure(const QuantityRecord& q, QuantityInfo& info, const data::Node& node) {
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
    } else if (const auto range = Distribution::parse(fmt::format(
                   "{} to {}", bounds->low / info.factor, bounds->high / info.factor))) {
      show(*range, info);
    } else {
      report(Error(range.error()), node);
    }
  }

  // What a published figure is by its period and its name.
  [[nodiscard]] ValueKind kind_of(const MarketFigure& figure) const {
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
  [[nodiscard]] Length length_of(const std::string& period) const {
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

  void from_precedents(const QuantityRecord& q, QuantityInfo& info, const data::Node& node) {
    const auto found =
        std::find_if(c_.precedents.begin(), c_.precedents.end(),
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
      info.origin = fmt::format("{} of {} cases of {}", yes, n, found->id);
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
  void from_numbers(const std::vector<const CaseRecord*>& cases, const SeriesRecord& series,
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

  void from_ask(const QuantityRecord& q, QuantityInfo& info, const data::Node& node) {
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

  // --- places that take a number

  std::string owner(const std::string& id, std::string_view field) {
    return fmt::format("{}.{}", id, field);
  }

  SlotIndex input(const ValueText& text, const std::string& name, const Wanted& wanted,
                  double otherwise) {
    return text ? required_input(text, name, wanted) : constant(otherwise);
  }
  std::optional<SlotIndex> optional_input(const ValueText& text, const std::string& name,
                                          const Wanted& wanted) {
    return text ? std::optional(required_input(text, name, wanted)) : std::nullopt;
  }

  SlotIndex required_input(const ValueText& text, const std::string& name, const Wanted& wanted) {
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

  bool check_kind(const ValueText& text, const std::string& what, const ValueKind& kind,
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

  void check_bounds(const ValueText& text, const Distribution& distribution, double factor,
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

  // --- events

  std::vector<SlotIndex> event_slots(const std::vector<std::string>& names,
                                     const data::Node& node) {
    std::vector<SlotIndex> slots;
    for (std::size_t i = 0; i < names.size(); ++i) {
      auto slot = event(names[i]);
      if (!slot) {
        report(std::move(slot).error(), item(node, i));
      } else if (!*slot) {
        unknown("event", names[i], r_.events, item(node, i));
      } else {
        slots.push_back(**slot);
      }
    }
    return slots;
  }

  void make_event(std::size_t i) {
    if (event_state_[i] != State::kNew) {
      return;
    }
    event_state_[i] = State::kUnderWay;
    const EventRecord& e = r_.events[i];
    const data::Node node = item(root_.find("event"), i);
    under_way_.push_back(e.id);
    check_sources(e.source, node.find("source"));
    EventNode made;
    EventInfo info{e.id, e.what, e.actor, e.note, 0, e.after, e.unless, e.source, "", false, {}};
    if (e.happened) {
      if (*e.happened > model_.as_of) {
        late(fmt::format("event '{}'", e.id), *e.happened, node.find("happened"));
      }
      if (e.probability || e.delay || e.rate || !e.after.empty() || !e.unless.empty() || e.from ||
          e.until) {
        report(Code::kInconsistent, fmt::format("event '{}' has happened, and has odds too", e.id),
               node, "keep `happened` or the rest");
      }
      made.happened = info.happened = true;
      made.from = day_number(*e.happened);
      info.odds = fmt::format("on {}", format_date(*e.happened));
    } else {
      made.after = event_slots(e.after, node.find("after"));
      made.unless = event_slots(e.unless, node.find("unless"));
      made.from = day_number(std::max(e.from.value_or(model_.as_of), model_.as_of));
      made.until = e.until ? day_number(*e.until) : std::numeric_limits<double>::infinity();
      if (e.rate && e.delay) {
        report(Code::kInconsistent, fmt::format("event '{}' has a rate and a delay", e.id), node,
               "keep one of the two");
      }
      if (!e.probability && !e.rate && !e.delay && e.after.empty()) {
        report(Code::kMissingKey, fmt::format("event '{}' has no odds", e.id), node,
               "give `probability`, `rate`, `delay`, or the day on which it `happened`");
      }
      made.probability = optional_input(e.probability, owner(e.id, "probability"), kProbabilityOf);
      made.delay = optional_input(e.delay, owner(e.id, "delay"), kDuration);
      made.rate = optional_input(e.rate, owner(e.id, "rate"), kNumber);
      if (made.probability) {
        made.occurs = static_cast<int>(model_.dimensions++);
        info.dimensions.push_back(static_cast<unsigned>(made.occurs));
      }
      if (made.rate) {
        made.when = static_cast<int>(model_.dimensions++);
        info.dimensions.push_back(static_cast<unsigned>(made.when));
      }
      std::vector<std::string> odds;
      if (e.probability) {
        odds.push_back("probability " + e.probability.text);
      }
      if (e.delay) {
        odds.push_back("after " + e.delay.text);
      }
      if (e.rate) {
        odds.push_back(e.rate.text + " a year");
      }
      info.odds = fmt::format("{}", fmt::join(odds, ", "));
    }
    info.slot = new_slot(made.from);
    if (!made.happened) {
      model_.nodes.push_back(
          {NodeKind::kEvent, static_cast<std::uint32_t>(model_.event_nodes.size()), info.slot});
      model_.event_nodes.push_back(std::move(made));
    }
    under_way_.pop_back();
    made_events_[i] = model_.events.size();
    model_.events.push_back(std::move(info));
    event_state_[i] = State::kDone;
  }

  // --- firms, lines, markets, options

  void add_firms() {
    static constexpr auto kDays = std::to_array<std::string_view>(
        {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"});
    const auto nodes = root_.find("firm").items();
    if (r_.firms.empty()) {
      report(Code::kMissingKey, "there is no firm", root_, "add a [[firm]]");
    }
    for (std::size_t i = 0; i < r_.firms.size(); ++i) {
      const FirmRecord& f = r_.firms[i];
      Firm& firm = model_.firms[i];
      firm.id = f.id;
      firm.title = f.title;
      const auto day = std::find(kDays.begin(), kDays.end(), f.weekday);
      if (day == kDays.end()) {
        report(Code::kNotAChoice, fmt::format("'{}' is no day of the week", f.weekday),
               nodes[i].find("weekday"), fmt::format("one of {}", fmt::join(kDays, ", ")));
        continue;
      }
      const FiscalCalendar calendar{
          std::chrono::month{static_cast<unsigned>(f.year_ends)},
          std::chrono::weekday{static_cast<unsigned>(day - kDays.begin())}};
      FiscalQuarter quarter = calendar.quarter_of(model_.as_of);
      for (std::size_t q = 0; q < model_.quarters; ++q, quarter = after(quarter)) {
        firm.quarters.push_back({quarter, day_number(calendar.end_of(after(quarter, -1))) + 1.0,
                                 day_number(calendar.end_of(quarter))});
      }
    }
  }
  void add_firm_inputs() {
    for (std::size_t i = 0; i < r_.firms.size(); ++i) {
      model_.firms[i].tax = input(r_.firms[i].tax, owner(r_.firms[i].id, "tax"), kShare, 0.0);
      model_.firms[i].shares =
          optional_input(r_.firms[i].shares, owner(r_.firms[i].id, "shares"), kNumber);
    }
  }

  template <class T>
  int index_of(const std::vector<T>& list, const std::string& id, std::string_view noun,
               const data::Node& node) {
    if (id.empty()) {
      return kNone;
    }
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const T& one) { return one.id == id; });
    if (found == list.end()) {
      unknown(noun, id, list, node);
      return kNone;
    }
    return static_cast<int>(found - list.begin());
  }

  void add_lines() {
    const auto nodes = root_.find("line").items();
    for (std::size_t i = 0; i < r_.lines.size(); ++i) {
      add_line(i, nodes[i]);
    }
  }
  // A line that another one refers to has to stand before it.
  int line_before(std::size_t i, const std::string& id, const data::Node& node) {
    const int found = index_of(r_.lines, id, "line", node);
    if (found != kNone && static_cast<std::size_t>(found) >= i) {
      report(Code::kCycle,
             fmt::format("line '{}' refers to '{}', which does not stand before it", r_.lines[i].id,
                         id),
             node, "put the line that is referred to first; a line cannot refer to itself");
      return kNone;
    }
    return found;
  }

  void add_line(std::size_t i, const data::Node& node) {
    const LineRecord& l = r_.lines[i];
    Line& line = model_.lines[i];
    line.id = l.id;
    line.what = l.what;
    line.chip = l.chip;
    if (!l.chip.empty() && c_.catalog != nullptr && c_.catalog->chip(l.chip) == nullptr) {
      report(Code::kUnknownReference, fmt::format("there is no chip '{}'", l.chip),
             node.find("chip"), "`redline data list chips` shows all");
    }
    const int firm = index_of(r_.firms, l.firm, "firm", node.find("firm"));
    line.firm = firm == kNone ? 0 : static_cast<std::size_t>(firm);
    line.market = index_of(r_.markets, l.market, "market", node.find("market"));
    line.stock_of = line_before(i, l.stock_of, node.find("stock_of"));
    line.replaces = line_before(i, l.replaces, node.find("replaces"));
    if (line.stock_of != kNone &&
        model_.lines[static_cast<std::size_t>(line.stock_of)].firm != line.firm) {
      report(Code::kInconsistent, fmt::format("line '{}' sells the stock of another firm", l.id),
             node.find("stock_of"), "the stock and the sale are of one firm");
    }
    if (line.stock_of != kNone &&
        model_.lines[static_cast<std::size_t>(line.stock_of)].stock_of != kNone) {
      report(Code::kInconsistent, fmt::format("line '{}' has no stock of its own", l.stock_of),
             node.find("stock_of"), "name the line that holds the stock");
    }
    const int ways = (l.market.empty() ? 0 : 1) + (l.demand ? 1 : 0) + (l.replaces.empty() ? 0 : 1);
    if (ways != 1) {
      report(Code::kInconsistent,
             fmt::format("line '{}' has {} demand", l.id, ways == 0 ? "no" : "more than one"), node,
             "give one of market, demand and replaces");
    }
    if (!l.market.empty() && !l.usefulness) {
      report(Code::kMissingKey, fmt::format("line '{}' has no usefulness", l.id), node,
             "buyers of a market choose by usefulness for a dollar, of the domestic part's");
    }
    line.closes = event_slots(l.closes, node.find("closes"));
    line.opens = event_slots(l.opens, node.find("opens"));
    line.ends = event_slots(l.ends, node.find("ends"));
    if (!l.builds_on.empty()) {
      const auto slots = event_slots({l.builds_on}, node.find("builds_on"));
      line.builds_on = slots.empty() ? kNone : static_cast<int>(slots.front());
    }
    const auto in = [&](const ValueText& text, std::string_view field, const Wanted& wanted,
                        double otherwise) {
      return input(text, owner(l.id, field), wanted, otherwise);
    };
    line.usefulness = in(l.usefulness, "usefulness", kNumber, 0.0);
    line.demand = in(l.demand, "demand", kMoneyFlow, 0.0);
    line.growth = in(l.growth, "growth", kGrowthRate, 0.0);
    line.margin = in(l.margin, "margin", kShare, 0.0);
    line.price = in(l.price, "price", kPrice, 1.0);
    line.conversion = in(l.conversion, "conversion", kShare, 1.0);
    line.cap = optional_input(l.cap, owner(l.id, "cap"), kMoneyFlow);
    line.supply = optional_input(l.supply, owner(l.id, "supply"), kMoneyFlow);
    line.supply_lead = in(l.supply_lead, "supply_lead", kDuration, 0.0);
    line.lead = in(l.lead, "lead", kDuration, 0.0);
    line.share = in(l.share, "share", kShare, 0.0);
    line.duty = in(l.duty, "duty", kShare, 0.0);
    line.passed_on = in(l.passed_on, "passed_on", kShare, 0.0);
    line.stock = in(l.stock, "stock", kMoney, 0.0);
    line.stock_reusable = in(l.stock_reusable, "stock_reusable", kShare, 0.0);
    line.realisable = in(l.realisable, "realisable", kShare, 0.0);
    line.commitments = in(l.commitments, "commitments", kMoney, 0.0);
    line.cancellable = in(l.cancellable, "cancellable", kShare, 0.0);
    line.reusable = in(l.reusable, "reusable", kShare, 0.0);
    line.holds = in(l.holds, "holds", kNumber, 0.0);
    line.patience = in(l.patience, "patience", kDuration, std::numeric_limits<double>::infinity());
    line.fungible = in(l.fungible, "fungible", kShare, 1.0);
    line.development = in(l.development, "development", kMoney, 0.0);
  }

  void add_markets() {
    const auto nodes = root_.find("market").items();
    for (std::size_t i = 0; i < r_.markets.size(); ++i) {
      const MarketRecord& m = r_.markets[i];
      Market market;
      market.id = m.id;
      market.what = m.what;
      const int reference = index_of(r_.lines, m.reference, "line", nodes[i].find("reference"));
      market.reference = reference == kNone ? 0 : static_cast<std::size_t>(reference);
      if (reference != kNone && r_.lines[market.reference].market != m.id) {
        report(Code::kInconsistent,
               fmt::format("line '{}' is not sold in market '{}'", m.reference, m.id),
               nodes[i].find("reference"), "name a line of this market");
      }
      const auto in = [&](const ValueText& text, std::string_view field, const Wanted& wanted,
                          double otherwise) {
        return input(text, owner(m.id, field), wanted, otherwise);
      };
      market.sold = in(m.sold, "sold", kMoneyFlow, 0.0);
      market.growth = in(m.growth, "growth", kGrowthRate, 0.0);
      market.rival_supply = optional_input(m.rival_supply, owner(m.id, "rival_supply"), kMoneyFlow);
      market.rival_growth = in(m.rival_growth, "rival_growth", kGrowthRate, 0.0);
      market.preference = in(m.preference, "preference", kNumber, 1.0);
      market.outside = in(m.outside, "outside", kNumber, 0.25);
      market.taste = in(m.taste, "taste", kNumber, 2.0);
      model_.markets.push_back(std::move(market));
    }
  }

  void add_options() {
    if (r_.options.empty()) {
      report(Code::kMissingKey, "there is no option", root_, "add an [[option]]");
    }
    std::set<std::size_t> always;
    for (std::size_t i = 0; i < r_.always.size(); ++i) {
      const int line = index_of(r_.lines, r_.always[i], "line", item(root_.find("always"), i));
      if (line != kNone) {
        always.insert(static_cast<std::size_t>(line));
      }
    }
    const auto nodes = root_.find("option").items();
    for (std::size_t i = 0; i < r_.options.size(); ++i) {
      const OptionRecord& o = r_.options[i];
      std::set<std::size_t> lines = always;
      for (std::size_t k = 0; k < o.lines.size(); ++k) {
        const data::Node node = item(nodes[i].find("lines"), k);
        const int line = index_of(r_.lines, o.lines[k], "line", node);
        if (line != kNone) {
          lines.insert(static_cast<std::size_t>(line));
        }
      }
      for (const std::size_t line : lines) {
        const int stock = model_.lines[line].stock_of, freed = model_.lines[line].replaces;
        for (const int other : {stock, freed}) {
          if (other != kNone && lines.count(static_cast<std::size_t>(other)) == 0) {
            report(Code::kInconsistent,
                   fmt::format("option '{}' has line '{}' without '{}', which it refers to", o.id,
                               r_.lines[line].id, r_.lines[static_cast<std::size_t>(other)].id),
                   nodes[i].find("lines"), "add that line, to the option or to `always`");
          }
        }
      }
      model_.options.push_back({o.id, o.title, o.what, {lines.begin(), lines.end()}});
    }
    if (const int expected = index_of(r_.options, r_.expects, "option", root_.find("expects"));
        expected != kNone) {
      model_.expected = static_cast<std::size_t>(expected);
    }
  }

  // --- correlations and factors

  std::optional<unsigned> dimension_named(const std::string& name, const data::Node& node) {
    for (const QuantityInfo& one : model_.quantities) {
      if (one.id == name) {
        if (one.dimension != kNone) {
          return static_cast<unsigned>(one.dimension);
        }
        report(Code::kInconsistent, fmt::format("'{}' is not drawn: it cannot be correlated", name),
               node, "name a quantity that has a distribution, or an event that has odds");
        return std::nullopt;
      }
    }
    for (const EventInfo& one : model_.events) {
      if (one.id == name) {
        if (!one.dimensions.empty()) {
          return one.dimensions.front();
        }
        report(Code::kInconsistent, fmt::format("'{}' is not drawn: it cannot be correlated", name),
               node, "name a quantity that has a distribution, or an event that has odds");
        return std::nullopt;
      }
    }
    std::vector<std::string_view> known;
    for (const QuantityInfo& one : model_.quantities) {
      known.push_back(one.id);
    }
    for (const EventInfo& one : model_.events) {
      known.push_back(one.id);
    }
    report(Code::kUnknownReference, fmt::format("there is no quantity or event '{}'", name), node,
           did_you_mean(name, known, "correct the name"));
    return std::nullopt;
  }

  void add_correlations() {
    struct Pair {
      unsigned a, b;
      double value;
    };
    std::vector<Pair> pairs;
    std::set<std::pair<unsigned, unsigned>> seen;
    std::map<unsigned, std::size_t> place;
    std::vector<std::string> names;
    const auto nodes = root_.find("correlation").items();
    for (std::size_t i = 0; i < r_.correlations.size(); ++i) {
      const CorrelationRecord& c = r_.correlations[i];
      const data::Node between = nodes[i].find("between");
      if (c.between.size() != 2) {
        report(Code::kInconsistent,
               fmt::format("a correlation is between two, not {}", c.between.size()), between,
               "write between = [\"a\", \"b\"]");
        continue;
      }
      const auto a = dimension_named(c.between[0], item(between, 0));
      const auto b = dimension_named(c.between[1], item(between, 1));
      if (!a || !b) {
        continue;
      }
      if (*a == *b || !seen.insert(std::minmax(*a, *b)).second) {
        report(Code::kDuplicateId,
               *a == *b
                   ? fmt::format("'{}' is correlated with itself", c.between[0])
                   : fmt::format("'{}' and '{}' are correlated twice", c.between[0], c.between[1]),
               between, "each pair once");
        continue;
      }
      for (const auto& [dimension, name] : {std::pair{*a, c.between[0]}, {*b, c.between[1]}}) {
        if (place.emplace(dimension, model_.correlated.size()).second) {
          model_.correlated.push_back(dimension);
          names.push_back(name);
        }
      }
      pairs.push_back({*a, *b, c.value});
    }
    if (pairs.empty()) {
      return;
    }
    CorrelationMatrix matrix = CorrelationMatrix::identity(model_.correlated.size());
    for (const Pair& one : pairs) {
      matrix.set(place[one.a], place[one.b], one.value);
    }
    model_.copula = GaussianCopula::of(matrix);
    if (model_.copula) {
      return;
    }
    const CorrelationMatrix near = offered_for(matrix);
    std::vector<std::string> offered;
    for (std::size_t a = 0; a < near.size; ++a) {
      for (std::size_t b = a + 1; b < near.size; ++b) {
        const double value = near.at(a, b);
        if (value != 0.0 || matrix.at(a, b) != 0.0) {
          offered.push_back(fmt::format("{} and {}: {:.4f}", names[a], names[b], value));
        }
      }
    }
    report(Code::kNotPositiveDefinite,
           fmt::format("the correlations of {} cannot all hold together", fmt::join(names, ", ")),
           root_.find("correlation").items().front().find("value"),
           fmt::format("the nearest that can: {}", fmt::join(offered, "; ")));
  }

  // The nearest matrix with four digits that can be; a little nearer to 0 where rounding led out.
  static CorrelationMatrix offered_for(const CorrelationMatrix& matrix) {
    constexpr double kFloor = 1e-3, kDigits = 1e4;
    const CorrelationMatrix near = nearest_correlation(matrix, kFloor);
    for (double shrink = 1.0;; shrink *= 0.999) {
      CorrelationMatrix offered = CorrelationMatrix::identity(near.size);
      for (std::size_t a = 0; a < near.size; ++a) {
        for (std::size_t b = a + 1; b < near.size; ++b) {
          offered.set(a, b, std::trunc(near.at(a, b) * shrink * kDigits) / kDigits);
        }
      }
      if (GaussianCopula::of(offered)) {
        return offered;
      }
    }
  }

  // Inputs one by one; those that a correlation joins are one.
  void add_factors() {
    std::vector<Factor> single;
    for (const QuantityInfo& one : model_.quantities) {
      if (one.dimension != kNone) {
        single.push_back({one.id, {static_cast<unsigned>(one.dimension)}});
      }
    }
    for (const EventInfo& one : model_.events) {
      if (!one.dimensions.empty()) {
        single.push_back({one.id, one.dimensions});
      }
    }
    Factor joined;
    for (Factor& one : single) {
      const bool tied = std::any_of(one.dimensions.begin(), one.dimensions.end(), [&](unsigned d) {
        return std::find(model_.correlated.begin(), model_.correlated.end(), d) !=
               model_.correlated.end();
      });
      if (!tied) {
        model_.factors.push_back(std::move(one));
        continue;
      }
      joined.name += (joined.name.empty() ? "" : " + ") + one.name;
      joined.dimensions.insert(joined.dimensions.end(), one.dimensions.begin(),
                               one.dimensions.end());
    }
    if (!joined.dimensions.empty()) {
      model_.factors.push_back(std::move(joined));
    }
  }

  // --- answers

  void add_answers() {
    const auto nodes = root_.find("answer").items();
    std::set<std::string> ids;
    for (std::size_t i = 0; i < r_.answers.size(); ++i) {
      const AnswerRecord& a = r_.answers[i];
      if (!ids.insert(a.id).second) {
        report(Code::kDuplicateId, fmt::format("answer '{}' stands twice", a.id),
               nodes[i].find("id"), "give each its own id");
      }
      auto answer = answer_of(*this, a.id, a.what, a.formula.text, a.unit);
      if (!answer) {
        for (Error& error : answer.error()) {
          const bool of_unit = error.code == Code::kWrongUnit && !a.unit.empty() && !error.where;
          report(std::move(error), of_unit ? nodes[i].find("unit") : a.formula.node);
        }
        continue;
      }
      model_.answers.push_back(std::move(*answer));
    }
  }

  void add_beliefs() {
    const auto nodes = root_.find("belief").items();
    for (std::size_t i = 0; i < r_.beliefs.size(); ++i) {
      const BeliefRecord& b = r_.beliefs[i];
      const data::Node node = nodes[i];
      if (b.over.empty() || b.over.size() > 2 || b.from.size() != b.over.size() ||
          b.to.size() != b.over.size()) {
        report(Code::kInconsistent,
               "a belief is over one or two quantities, with from and to of each", node,
               "write over = [\"a\", \"b\"], from = [0.1, 0.2], to = [0.9, 0.8]");
        continue;
      }
      Belief belief;
      belief.steps = b.steps;
      for (std::size_t k = 0; k < b.over.size(); ++k) {
        const auto found =
            std::find_if(model_.quantities.begin(), model_.quantities.end(),
                         [&](const QuantityInfo& one) { return one.id == b.over[k]; });
        if (found == model_.quantities.end()) {
          unknown("quantity", b.over[k], r_.quantities, item(node.find("over"), k));
          continue;
        }
        if (found->dimension == kNone) {
          report(Code::kInconsistent,
                 fmt::format("'{}' is no belief: it has no distribution", b.over[k]),
                 item(node.find("over"), k), "name a quantity that is not known");
          continue;
        }
        belief.over.push_back(static_cast<std::size_t>(found - model_.quantities.begin()));
        belief.from.push_back(b.from[k] * found->factor);
        belief.to.push_back(b.to[k] * found->factor);
      }
      model_.beliefs.push_back(std::move(belief));
    }
  }

 public:
  static Loaded<AnswerInfo> answer_of(FormulaNames& names, const std::string& id,
                                      const std::string& what, const std::string& text,
                                      const std::string& unit) {
    auto formula = Formula::parse(text, names);
    if (!formula) {
      return tl::unexpected(std::move(formula).error());
    }
    AnswerInfo answer{id, what, std::move(*formula), unit, 1.0, text, false};
    const Dimension dimension = answer.formula.kind().dimension;
    if (unit.empty()) {
      answer.unit = dimension == kUsd ? "GUSD" : dimension == kTime ? "days" : "";
      answer.factor = dimension == kUsd ? 1e9 : dimension == kTime ? kSecondsADay : 1.0;
      return answer;
    }
    const auto measure = parse_measure("1 " + unit);
    if (!measure) {
      Error error = measure.error();
      return tl::unexpected(Diagnostics{std::move(error)});
    }
    if (measure->dimension != dimension) {
      return tl::unexpected(Diagnostics{
          {Code::kWrongUnit,
           fmt::format("'{}' is {}, but {} is asked for", text, unit_name(dimension), unit),
           std::nullopt,
           {"correct the unit or the formula"},
           {}}});
    }
    answer.factor = measure->base;
    return answer;
  }

 private:
  const ExposureRecord& r_;
  const data::Node& root_;
  const ScenarioContext& c_;
  Diagnostics& errors_;
  std::map<std::string, std::size_t, std::less<>> quantity_at_, event_at_;
  std::vector<State> quantity_state_, event_state_;
  std::vector<std::size_t> made_quantities_, made_events_;
  std::vector<std::string> under_way_;
  std::set<std::size_t> failed_;  // quantities of the model that have no value
  std::map<double, SlotIndex> constants_;
};

// Whether an answer differs between options: it reads what lines and firms give.
void mark(Model& model, AnswerInfo& answer) {
  const auto reads = answer.formula.reads();
  answer.of_option = std::any_of(reads.begin(), reads.end(),
                                 [&](SlotIndex slot) { return slot < model.outcomes(); });
}

}  // namespace

Loaded<Model> read_model(const std::string& file, const std::string& text,
                         const ScenarioContext& context) {
  Diagnostics errors;
  const data::Document document(file, text, errors);
  data::Reader reader(errors, document.damaged());
  ExposureRecord record;
  Model model;
  if (read_exposure(document.root(), record, reader) && !document.damaged()) {
    Compiler(record, document.root(), context, model, errors).compile();
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  for (AnswerInfo& answer : model.answers) {
    mark(model, answer);
  }
  return model;
}

Loaded<AnswerInfo> read_answer(Model& model, const std::string& id, const std::string& what,
                               const std::string& formula, const std::string& unit) {
  ModelNames names(model);
  names.results = true;
  auto answer = Compiler::answer_of(names, id, what, formula, unit);
  if (answer) {
    mark(model, *answer);
  }
  return answer;
}

}  // namespace redline::exposure
