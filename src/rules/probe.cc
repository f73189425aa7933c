#include "rules/probe.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace redline::rules {
namespace {

// Quantities that a designer or a better data sheet could change. pd stands for the die area when
// it follows from it: at a given tpp the area is what moves it.
constexpr Number kLevers[] = {Number::kTpp,     Number::kPd,  Number::kDramBw, Number::kLetterIo,
                              Number::kIoBidir, Number::kMbd, Number::kAtc,    Number::kNodeNm};

struct Limits {
  std::vector<Limit> single;
  std::vector<SumLimit> sums;

  explicit Limits(const ActiveRules& rules) {
    for_each_program(rules, [this](const Program& program) { collect(program); });
  }

  // Only of programs that the facts leave open: the others say the same whatever the unknown is.
  Limits(const ActiveRules& rules, const ItemFacts& facts) {
    for_each_program(rules, [&](const Program& program) {
      if (evaluate(program, facts) == Tri::kUnknown) {
        collect(program);
      }
    });
  }

  void collect(const Program& program) {
    collect_limits(program, single);
    collect_sum_limits(program, sums);
  }

  template <class F>
  static void for_each_program(const ActiveRules& rules, const F& use) {
    for (const ActiveTest& test : rules.tests) {
      use(test.when);
      use(test.unless);
    }
    for (const ActiveLicense& license : rules.licenses) {
      use(license.where);
    }
    for (const ActiveReview& review : rules.reviews) {
      use(review.when);
    }
    for (const ActiveException& exception : rules.exceptions) {
      use(exception.when);
    }
  }

  // Before 2023 the rules measured bits × TOPS; the same lever then goes by that name.
  [[nodiscard]] bool measures(Number number) const {
    return std::any_of(single.begin(), single.end(),
                       [number](const Limit& limit) { return limit.number == number; });
  }

  // Values of `lever` at which some comparison turns, the other facts being as given.
  [[nodiscard]] std::vector<double> thresholds(Number lever, const ItemFacts& facts,
                                               bool pd_fixed) const {
    std::vector<double> values;
    const auto add = [&values](double value) {
      if (value > 0.0 && std::isfinite(value)) {
        values.push_back(value);
      }
    };
    for (const Limit& limit : single) {
      if (limit.number == lever || (lever == Number::kTpp && limit.number == Number::kBitsTops)) {
        add(limit.value);
      }
      if (lever == Number::kTpp && limit.number == Number::kPd && !pd_fixed &&
          facts[Number::kDie].is_point()) {
        add(limit.value * facts[Number::kDie].low);
      }
    }
    for (const SumLimit& sum : sums) {
      if (sum.a != lever && sum.b != lever) {
        continue;
      }
      const Interval<double> other = facts[sum.a == lever ? sum.b : sum.a];
      add(sum.value - other.low);
      if (std::isfinite(other.high)) {
        add(sum.value - other.high);
      }
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
  }
};

// Just to either side of a threshold: enough to pass rounding in tpp = pd × die, far below any
// margin that a person would see.
constexpr double kStep = 1e-12;
double above(double value) { return value * (1.0 + kStep); }
double below(double value) { return value * (1.0 - kStep); }

bool is_lever(const ItemSheet& sheet, Number lever) {
  // The reading of the letters' bandwidth and pd are levers of their own only where they are free.
  return lever != Number::kPd || sheet.pd_fixed || !sheet.facts[Number::kPd].is_point() ||
         sheet.facts[Number::kDie].is_point();
}

// Enumerates what unknown quantities may be, at every point where an answer can turn.
class Enumeration {
 public:
  Enumeration(const ActiveRules& rules, const ItemFacts& facts, bool pd_fixed)
      : rules_(rules), facts_(facts), pd_fixed_(pd_fixed), limits_(rules, facts) {}

  void run() { booleans(facts_, 0); }

  [[nodiscard]] const std::vector<Decision>& answers() const { return answers_; }
  [[nodiscard]] bool complete() const { return budget_ > 0; }

 private:
  static constexpr Boolean kOpenBooleans[] = {Boolean::kDc, Boolean::kHasHbm, Boolean::kUsAvailable,
                                              Boolean::kNonplanar};

  void booleans(const ItemFacts& facts, std::size_t next) {
    if (next == std::size(kOpenBooleans)) {
      numbers(facts, 0);
      return;
    }
    const Boolean b = kOpenBooleans[next];
    if (facts[b] != Tri::kUnknown) {
      booleans(facts, next + 1);
      return;
    }
    for (const Tri value : {Tri::kNo, Tri::kYes}) {
      ItemFacts chosen = facts;
      chosen[b] = value;
      booleans(chosen, next + 1);
    }
  }

  void numbers(const ItemFacts& facts, std::size_t next) {
    if (budget_ <= 0) {
      return;
    }
    if (next == std::size(kLevers)) {
      --budget_;
      add(decide(rules_, facts));
      return;
    }
    const Number lever = kLevers[next];
    const Interval<double> open = facts[lever];
    if (open.is_point()) {
      numbers(facts, next + 1);
      return;
    }
    const std::vector<double> thresholds = limits_.thresholds(lever, facts, pd_fixed_);
    if (thresholds.empty()) {
      numbers(facts, next + 1);  // no open question turns on it
      return;
    }
    std::vector<double> points{open.low, std::isfinite(open.high) ? open.high : kFar};
    for (const double t : thresholds) {
      for (const double value : {below(t), t, above(t)}) {
        if (open.contains(value)) {
          points.push_back(value);
        }
      }
    }
    for (const double value : points) {
      ItemFacts chosen = facts;
      set_number(chosen, lever, {value, value}, pd_fixed_);
      numbers(chosen, next + 1);
    }
  }

  void add(const Decision& decision) {
    const bool known = std::any_of(answers_.begin(), answers_.end(), [&](const Decision& seen) {
      return seen.same_answer(decision);
    });
    if (!known) {
      answers_.push_back(decision);
    }
  }

  static constexpr double kFar = 1e15;  // beyond every limit of every rule
  const ActiveRules& rules_;
  const ItemFacts& facts_;
  bool pd_fixed_;
  Limits limits_;
  std::vector<Decision> answers_;
  int budget_ = 200000;
};

struct Resolution {
  Decision decision;
  std::vector<Decision> answers;  // every one that unknown values leave open; empty if none does
};

// The decision for every value that unknown quantities may take: known where all agree.
Resolution resolve_facts(const ActiveRules& rules, const ItemFacts& facts, bool pd_fixed) {
  Resolution result{decide(rules, facts), {}};
  Decision& decision = result.decision;
  if (decision.outcome != Outcome::kUnknown && decision.review != Review::kUnknown) {
    return result;
  }
  Enumeration all(rules, facts, pd_fixed);
  all.run();
  result.answers = all.answers();
  const std::vector<Decision>& answers = result.answers;
  const Decision first = decision;
  const auto same = [&](auto member) {
    return all.complete() && std::all_of(answers.begin(), answers.end(), [&](const Decision& d) {
             return d.*member == answers.front().*member;
           });
  };
  // The outcome may be known while the review is not.
  if (same(&Decision::outcome) && same(&Decision::exception)) {
    decision = answers.front();
    decision.possibly_caught = first.possibly_caught;
    decision.not_addressed = decision.not_addressed || first.not_addressed;
    decision.review = same(&Decision::review) ? decision.review : Review::kUnknown;
  } else {
    decision.outcome = Outcome::kUnknown;
    decision.exception = LicenseException::kNone;
  }
  if (decision.outcome == Outcome::kUnknown) {
    decision.review = Review::kUnknown;
  }
  return result;
}

// The answer if one lever moves; a tpp takes pd along, a pd is a change of die area at the same
// tpp.
Decision answer_with(const ActiveRules& rules, const ItemSheet& sheet, Number lever, double value) {
  ItemFacts changed = sheet.facts;
  set_number(changed, lever, {value, value}, sheet.pd_fixed);
  return resolve_facts(rules, changed, sheet.pd_fixed).decision;
}

// Quantities that are not known and stand in a test that is left open.
std::vector<std::string> unknown_quantities(const ActiveRules& rules, const ItemSheet& sheet,
                                            const Decision& decision) {
  std::set<std::string> names;
  const auto look = [&](const Program& program) {
    for (const Program::Instruction& i : program.code) {
      using Step = Program::Step;
      const bool number = i.step == Step::kCompareLimit || i.step == Step::kNumberName;
      if (number && !sheet.facts.number[i.index].is_point()) {
        names.insert(std::string(info_of(static_cast<Number>(i.index)).name));
      }
      if (i.step == Step::kBoolean && sheet.facts.boolean[i.index] == Tri::kUnknown) {
        for (const NameInfo& info : kNames) {
          if (info.owner == NameOwner::kBoolean && info.index == i.index) {
            names.insert(std::string(info.name));
          }
        }
      }
    }
  };
  for (const ActiveTest& test : rules.tests) {
    if ((test.item & decision.possibly_caught) != 0 && (test.item & decision.caught) == 0) {
      look(test.when);
      look(test.unless);
    }
  }
  for (const ActiveReview& review : rules.reviews) {
    if ((review.items & decision.possibly_caught) != 0 &&
        evaluate(review.when, sheet.facts) == Tri::kUnknown) {
      look(review.when);
    }
  }
  for (const ActiveException& exception : rules.exceptions) {
    if ((exception.items & decision.possibly_caught) != 0 &&
        evaluate(exception.when, sheet.facts) == Tri::kUnknown) {
      look(exception.when);
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace

std::string describe_answer(const Decision& decision) {
  return answer_phrase(decision.outcome, decision.review, decision.exception);
}

Resolved resolve(const ActiveRules& rules, const ItemSheet& sheet) {
  const Resolution found = resolve_facts(rules, sheet.facts, sheet.pd_fixed);
  Resolved resolved{found.decision, {}, {}};
  const Decision& decision = resolved.decision;
  if (decision.outcome != Outcome::kUnknown && decision.review != Review::kUnknown) {
    return resolved;
  }
  if (found.answers.size() > 1) {
    for (const Decision& d : found.answers) {
      resolved.possible.push_back(describe_answer(d));
    }
    std::sort(resolved.possible.begin(), resolved.possible.end());
    resolved.possible.erase(std::unique(resolved.possible.begin(), resolved.possible.end()),
                            resolved.possible.end());
  }
  resolved.unknown = unknown_quantities(rules, sheet, decision);
  return resolved;
}

std::vector<std::string> find_borderline(const ActiveRules& rules, const ItemSheet& sheet,
                                         const Decision& decision) {
  std::vector<std::string> found;
  const Limits limits(rules);
  for (const Number lever : kLevers) {
    const Interval<double> point = sheet.facts[lever];
    Interval<double> bars = sheet.bounds[static_cast<std::size_t>(lever)];
    if (!point.is_point() || bars.is_point() || decision.outcome == Outcome::kUnknown ||
        !is_lever(sheet, lever)) {
      continue;
    }
    std::vector<double> points{bars.low, std::min(bars.high, 1e15)};
    for (const double t : limits.thresholds(lever, sheet.facts, sheet.pd_fixed)) {
      for (const double value : {below(t), t, above(t)}) {
        if (bars.contains(value)) {
          points.push_back(value);
        }
      }
    }
    for (const double value : points) {
      const Decision other = answer_with(rules, sheet, lever, value);
      if (!other.same_answer(decision)) {
        const NameInfo& info = info_of(lever);
        found.push_back(fmt::format("{}: {:.6g} {}, possible {:.6g} to {:.6g}; at {:.6g} it is {}",
                                    info.name, point.low, info.unit, bars.low, bars.high, value,
                                    describe_answer(other)));
        break;
      }
    }
  }
  return found;
}

std::vector<Flip> find_flips(const ActiveRules& rules, const ItemSheet& sheet,
                             const Decision& decision) {
  std::vector<Flip> flips;
  const Limits limits(rules);
  const auto try_lever = [&](Number lever, bool upwards) -> std::optional<Flip> {
    const double from = sheet.facts[lever].low;
    std::vector<double> thresholds = limits.thresholds(lever, sheet.facts, sheet.pd_fixed);
    std::sort(thresholds.begin(), thresholds.end(),
              [from](double a, double b) { return std::fabs(a - from) < std::fabs(b - from); });
    for (const double t : thresholds) {
      // At the threshold itself first: "or more" already holds there.
      const double past = upwards ? above(t) : below(t);
      for (const double value : {t, past}) {
        if (upwards ? value <= from : value >= from) {
          continue;
        }
        const Decision other = answer_with(rules, sheet, lever, value);
        // A product such as tpp = pd × die may land a rounding error short of the threshold.
        if (other.same_answer(decision)) {
          continue;
        }
        const NameInfo& info = info_of(
            lever == Number::kTpp && !limits.measures(Number::kTpp) ? Number::kBitsTops : lever);
        const bool at = value == t;
        return Flip{std::string(info.name),
                    std::string(info.unit),
                    from,
                    t,
                    upwards ? (at ? "at or above" : "above") : (at ? "at or below" : "below"),
                    (t - from) / from * 100.0,
                    other.outcome,
                    other.review,
                    other.exception};
      }
    }
    return std::nullopt;
  };
  for (const Number lever : kLevers) {
    const Interval<double> point = sheet.facts[lever];
    if (!point.is_point() || point.low <= 0.0 || !is_lever(sheet, lever)) {
      continue;
    }
    for (const bool upwards : {true, false}) {
      if (auto flip = try_lever(lever, upwards)) {
        flips.push_back(std::move(*flip));
      }
    }
  }
  std::stable_sort(flips.begin(), flips.end(), [](const Flip& a, const Flip& b) {
    return std::fabs(a.change_percent) < std::fabs(b.change_percent);
  });
  return flips;
}

}  // namespace redline::rules
