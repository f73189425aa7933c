// The whole of a scenario: what is made in which order, names, correlations, answers.

#include <cmath>

#include "redline/sampling.h"

#include "exposure/compiler.h"

namespace redline::exposure {
namespace {

constexpr unsigned kMostDimensions =
    SamplePlan::kMostDimensions / 2;  // shares of variance need two

// Whether an answer differs between options: it reads what lines and firms give.
void mark(Model& model, AnswerInfo& answer) {
  const auto reads = answer.formula.reads();
  answer.of_option = std::any_of(reads.begin(), reads.end(),
                                 [&](SlotIndex slot) { return slot < model.outcomes(); });
}

}  // namespace

void Compiler::compile() {
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

Result<Slot> Compiler::value(std::string_view name) {
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

std::vector<std::string> Compiler::event_names() const {
  std::vector<std::string> all;
  for (const EventRecord& one : r_.events) {
    all.push_back(one.id);
  }
  return all;
}

std::vector<std::string> Compiler::names() const {
  std::vector<std::string> all;
  for (const QuantityRecord& one : r_.quantities) {
    all.push_back(one.id);
  }
  return all;
}

Result<std::optional<SlotIndex>> Compiler::event(std::string_view name) {
  const auto found = event_at_.find(name);
  if (found == event_at_.end()) {
    return std::optional<SlotIndex>();
  }
  RL_TRY(made, made_event(found->second));
  return std::optional(model_.events[made].slot);
}

void Compiler::report(Error error, const data::Node& node) {
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

void Compiler::check_ids() {
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

std::optional<unsigned> Compiler::dimension_named(const std::string& name, const data::Node& node) {
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

void Compiler::add_correlations() {
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
CorrelationMatrix Compiler::offered_for(const CorrelationMatrix& matrix) {
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
void Compiler::add_factors() {
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
    joined.dimensions.insert(joined.dimensions.end(), one.dimensions.begin(), one.dimensions.end());
  }
  if (!joined.dimensions.empty()) {
    model_.factors.push_back(std::move(joined));
  }
}

void Compiler::add_answers() {
  const auto nodes = root_.find("answer").items();
  std::set<std::string> ids;
  for (std::size_t i = 0; i < r_.answers.size(); ++i) {
    const AnswerRecord& a = r_.answers[i];
    if (!ids.insert(a.id).second) {
      report(Code::kDuplicateId, fmt::format("answer '{}' stands twice", a.id), nodes[i].find("id"),
             "give each its own id");
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

void Compiler::add_beliefs() {
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
      const auto found = std::find_if(model_.quantities.begin(), model_.quantities.end(),
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

Loaded<AnswerInfo> Compiler::answer_of(FormulaNames& names, const std::string& id,
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
