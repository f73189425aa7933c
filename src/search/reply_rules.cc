#include "search/reply_rules.h"

#include <algorithm>
#include <functional>
#include <set>

namespace redline {
namespace {

using rules::Boolean;
using rules::Number;
using rules::Text;

std::string name_of(const rules::Limit& limit) {
  return std::string(rules::info_of(limit.number).name);
}
std::string name_of(const rules::SumLimit& limit) {
  return std::string(rules::info_of(limit.a).name) + " + " +
         std::string(rules::info_of(limit.b).name);
}

bool is_io(Number number) { return number == Number::kLetterIo || number == Number::kIoBidir; }

void find_turns(ReplyRules::State& state) {
  using Step = rules::Program::Step;
  std::set<double> tpp;
  std::set<double> pd;
  state.banded = true;
  const auto look = [&](const rules::Program& program) {
    for (const rules::Program::Instruction& one : program.code) {
      const auto number = static_cast<Number>(one.index);
      const bool rate = number == Number::kTpp || number == Number::kBitsTops;
      if (one.step == Step::kCompareLimit && (rate || number == Number::kPd)) {
        (rate ? tpp : pd).insert(one.number);
      } else if (one.step == Step::kNumberName && (rate || number == Number::kPd)) {
        state.banded = false;
      }
    }
  };
  const rules::ActiveRules& active = state.active;
  for (const rules::ActiveTest& one : active.tests) {
    look(one.when);
    look(one.unless);
  }
  for (const rules::ActiveLicense& one : active.licenses) {
    look(one.where);
  }
  for (const rules::ActiveReview& one : active.reviews) {
    look(one.when);
  }
  for (const rules::ActiveException& one : active.exceptions) {
    look(one.when);
  }
  state.tpp_turns.assign(tpp.begin(), tpp.end());
  state.pd_turns.assign(pd.begin(), pd.end());
}

// Which of the points and the spaces between them a value is at.
std::size_t place_among(const std::vector<double>& turns, double value) {
  const auto found = std::lower_bound(turns.begin(), turns.end(), value);
  const bool at = found != turns.end() && *found == value;
  return 2 * static_cast<std::size_t>(found - turns.begin()) + (at ? 1 : 0);
}

double density_of(double tpp, double area_mm2) {
  return area_mm2 > 0.0 ? tpp * (1.0 / area_mm2) : 0.0;
}

}  // namespace

Result<ReplyRules> ReplyRules::open(const Rules& rule_set, const Question& question,
                                    const Chip& base, bool exceptions,
                                    const std::vector<MovedThreshold>& moved) {
  const rules::RuleBook& book = rule_set.book();
  RL_TRY(situation, rules::situation_of(question));
  RL_TRY(sheet, rules::item_sheet(base, book.symbols(), question.as_of, question.settings));
  auto state = std::make_shared<State>();
  state->active = rules::activate(book, situation, question.with);
  state->facts = sheet.facts;
  // A part that is yet to be made: no rule names it, and nobody in the United States could buy it
  // when a rule was published.
  state->facts[Text::kChip] = rules::kOtherText;
  state->facts[Text::kFamily] = rules::kOtherText;
  state->facts[Boolean::kUsAvailable] = Tri::kNo;
  state->exceptions = exceptions;
  state->stated = state->limits = rules::binding_limits(state->active);
  move(*state, moved);
  return ReplyRules(std::move(state));
}

ReplyRules ReplyRules::with(const std::vector<MovedThreshold>& moved) const {
  auto state = std::make_shared<State>(*state_);
  move(*state, moved);
  state->stated = state->limits;
  return ReplyRules(std::move(state));
}

void ReplyRules::move(State& state, const std::vector<MovedThreshold>& moved) {
  // A limit moves with the thresholds that name it.
  const auto moves_of = [&moved]<class L>(const std::vector<L>& found) {
    std::vector<rules::Moved<L>> moves;
    for (const L& limit : found) {
      for (const MovedThreshold& one : moved) {
        if (limit.value == one.threshold.value && name_of(limit) == one.threshold.quantity) {
          moves.push_back({limit, one.to});
        }
      }
    }
    return moves;
  };
  const auto on_one = moves_of(state.limits.on_one);
  const auto on_sums = moves_of(state.limits.on_sums);
  for (rules::ActiveTest& test : state.active.tests) {
    for (rules::Program* program : {&test.when, &test.unless}) {
      rules::move_limits(*program, on_one);
      rules::move_sum_limits(*program, on_sums);
    }
  }
  state.limits = rules::binding_limits(state.active);
  find_turns(state);
}

ReplyRules ReplyRules::unbound() const {
  auto state = std::make_shared<State>(*state_);
  state->active = {};
  state->limits = state->stated = {};
  find_turns(*state);
  return ReplyRules(std::move(state));
}

std::vector<Threshold> ReplyRules::thresholds() const {
  std::vector<Threshold> found;
  const auto add = [&found](std::string name, Number number, double value) {
    const bool known = std::any_of(found.begin(), found.end(), [&](const Threshold& one) {
      return one.quantity == name && one.value == value;
    });
    if (!known) {
      found.push_back({std::move(name), std::string(rules::info_of(number).unit), value});
    }
  };
  for (const rules::Limit& limit : state_->limits.on_one) {
    if (limit.number != Number::kYear && limit.number != Number::kNodeNm) {
      add(name_of(limit), limit.number, limit.value);
    }
  }
  for (const rules::SumLimit& limit : state_->limits.on_sums) {
    add(name_of(limit), limit.a, limit.value);
  }
  return found;
}

std::vector<double> ReplyRules::tpp_limits(double area_mm2) const {
  return state_->tpp_limits(area_mm2);
}

std::vector<double> ReplyRules::State::limits_on(Number number) const {
  std::set<double> found;
  for (const rules::BindingLimits* list : {&limits, &stated}) {
    for (const rules::Limit& limit : list->on_one) {
      if (limit.number == number) {
        found.insert(limit.value);
      }
    }
  }
  return {found.begin(), found.end()};
}

std::vector<double> ReplyRules::State::tpp_limits(double area_mm2) const {
  std::set<double, std::greater<>> found;
  for (const Number number : {Number::kTpp, Number::kBitsTops, Number::kPd}) {
    for (const double limit : limits_on(number)) {
      found.insert(number == Number::kPd ? limit * area_mm2 : limit);
    }
  }
  return {found.begin(), found.end()};
}

std::vector<double> ReplyRules::State::limits_on_sums() const {
  std::set<double> found;
  for (const rules::BindingLimits* list : {&limits, &stated}) {
    for (const rules::SumLimit& limit : list->on_sums) {
      if ((limit.a == Number::kDramBw && is_io(limit.b)) ||
          (limit.b == Number::kDramBw && is_io(limit.a))) {
        found.insert(limit.value);
      }
    }
  }
  return {found.begin(), found.end()};
}

std::optional<std::size_t> ReplyRules::State::band_of(double tpp, double area_mm2) const {
  if (!banded) {
    return std::nullopt;
  }
  const std::size_t densities = 2 * pd_turns.size() + 1;
  return place_among(tpp_turns, tpp) * densities + place_among(pd_turns, density_of(tpp, area_mm2));
}

Outcome ReplyRules::State::outcome(const search::PartFacts& part) const {
  rules::ItemFacts asked = facts;
  const auto set = [&](Number number, double value) { asked[number] = {value, value}; };
  set(Number::kDie, part.area_mm2);
  asked[Number::kTpp] = asked[Number::kBitsTops] = part.tpp;
  asked[Number::kPd] = {density_of(part.tpp.low, part.area_mm2),
                        density_of(part.tpp.high, part.area_mm2)};
  asked[Number::kIoBidir] = part.io_gb_s;
  asked[Number::kLetterIo] = part.io_gb_s;
  asked[Number::kDramBw] = part.dram_gb_s;
  Interval<double>& transistors = asked[Number::kAtc];
  transistors = {transistors.low * part.dies, transistors.high * part.dies};
  asked[Boolean::kDc] = to_tri(!part.workstation);
  asked[Boolean::kHasHbm] = to_tri(part.stacked_memory);
  return rules::decide(active, asked).outcome;
}

}  // namespace redline
