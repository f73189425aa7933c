#include "rules/program.h"

#include <algorithm>
#include <cmath>

#include "base/nearest.h"

namespace redline::rules {
namespace {

using Step = Program::Step;
using Instruction = Program::Instruction;

class Specialiser {
 public:
  Specialiser(const Predicate& predicate, const Situation& situation, const Geography& geography,
              const SymbolTable& symbols)
      : predicate_(predicate), situation_(situation), geography_(geography), symbols_(symbols) {}

  Program run(int root) {
    if (root >= 0) {
      convert(root);
    }
    return std::move(program_);
  }

 private:
  int emit(Instruction instruction) {
    program_.code.push_back(instruction);
    return static_cast<int>(program_.code.size()) - 1;
  }
  int constant(Tri value) { return emit({.step = Step::kConstant, .value = value}); }
  int constant(bool value) { return constant(to_tri(value)); }

  std::optional<Tri> constant_at(int index) const {
    const Instruction& i = program_.code[static_cast<std::size_t>(index)];
    return i.step == Step::kConstant ? std::optional(i.value) : std::nullopt;
  }

  // Drops what was emitted from `mark` on; operands of a folded node are of no more use.
  void rewind(std::size_t mark) { program_.code.resize(mark); }

  int convert(int index) {
    const Node& node = predicate_.nodes[static_cast<std::size_t>(index)];
    switch (node.op) {
      case Op::kConstant:
        return constant(node.value);
      case Op::kAnd:
      case Op::kOr:
        return junction(node);
      case Op::kNot:
        return negation(node);
      case Op::kBoolean:
        return emit({.step = Step::kBoolean, .index = kNames[node.name].index});
      case Op::kCompareDate:
        return constant(compares(node));
      case Op::kTextIn:
        return membership(node);
      case Op::kInGroup:
        return group(node);
      case Op::kCompareNumber:
        return comparison(node);
      case Op::kNumberName:
        return emit({.step = Step::kNumberName, .index = kNames[node.name].index});
      case Op::kNumber:
        return emit({.step = Step::kNumber, .number = node.number});
      case Op::kAdd:
        return arithmetic(Step::kAdd, node);
      case Op::kSub:
        return arithmetic(Step::kSub, node);
      case Op::kMul:
        return arithmetic(Step::kMul, node);
      case Op::kDiv:
        return arithmetic(Step::kDiv, node);
    }
    return constant(Tri::kUnknown);
  }

  int arithmetic(Step step, const Node& node) {
    const int a = convert(node.a);
    const int b = convert(node.b);
    return emit({.step = step, .a = a, .b = b});
  }

  int junction(const Node& node) {
    const Tri absorbing = node.op == Op::kAnd ? Tri::kNo : Tri::kYes;
    const Tri neutral = node.op == Op::kAnd ? Tri::kYes : Tri::kNo;
    const std::size_t mark = program_.code.size();
    const int a = convert(node.a);
    const auto left = constant_at(a);
    if (left == absorbing) {
      rewind(mark);
      return constant(absorbing);
    }
    if (left == neutral) {
      rewind(mark);
      return convert(node.b);
    }
    const std::size_t before_right = program_.code.size();
    const int b = convert(node.b);
    const auto right = constant_at(b);
    if (right == absorbing) {
      rewind(mark);
      return constant(absorbing);
    }
    if (right == neutral) {
      rewind(before_right);
      return a;
    }
    return emit({.step = node.op == Op::kAnd ? Step::kAnd : Step::kOr, .a = a, .b = b});
  }

  int negation(const Node& node) {
    const std::size_t mark = program_.code.size();
    const int a = convert(node.a);
    if (const auto known = constant_at(a)) {
      rewind(mark);
      return constant(!*known);
    }
    return emit({.step = Step::kNot, .a = a});
  }

  bool compares(const Node& node) const {
    const auto day = static_cast<double>(situation_.date.time_since_epoch().count());
    return compare({day, day}, node.compare, {node.number, node.number}) == Tri::kYes;
  }

  int comparison(const Node& node) {
    const Node& left = predicate_.nodes[static_cast<std::size_t>(node.a)];
    const Node& right = predicate_.nodes[static_cast<std::size_t>(node.b)];
    if (left.op == Op::kNumberName && right.op == Op::kNumber) {
      return emit({.step = Step::kCompareLimit,
                   .compare = node.compare,
                   .index = kNames[left.name].index,
                   .number = right.number});
    }
    const int a = convert(node.a);
    const int b = convert(node.b);
    return emit({.step = Step::kCompare, .compare = node.compare, .a = a, .b = b});
  }

  const std::string& circumstance(const Node& node) const {
    switch (static_cast<Circumstance>(kNames[node.name].index)) {
      case Circumstance::kDest:
        return situation_.dest;
      case Circumstance::kHq:
        return situation_.hq;
      case Circumstance::kExportFrom:
        return situation_.export_from;
      case Circumstance::kEndUser:
        return situation_.end_user;
      case Circumstance::kExporterRole:
        return situation_.exporter_role;
      case Circumstance::kForm:
        return situation_.form;
      case Circumstance::kDate:
      case Circumstance::kCount:
        break;
    }
    RL_CHECK(false && "a date is no text");
    return situation_.dest;
  }

  int membership(const Node& node) {
    if (kNames[node.name].owner == NameOwner::kCircumstance) {
      const std::string& text = circumstance(node);
      bool found = false;
      for (int i = node.a; i < node.b; ++i) {
        found |= equal_ignoring_case(text, predicate_.literals[static_cast<std::size_t>(i)]);
      }
      return constant(found != node.negated);
    }
    const auto first = static_cast<std::int32_t>(program_.symbols.size());
    for (int i = node.a; i < node.b; ++i) {
      program_.symbols.push_back(symbols_.find(predicate_.literals[static_cast<std::size_t>(i)]));
    }
    return text_in(node, first);
  }

  int group(const Node& node) {
    const std::string& id = predicate_.literals[static_cast<std::size_t>(node.a)];
    if (kNames[node.name].owner == NameOwner::kCircumstance) {
      return constant(geography_.is_member(circumstance(node), id, situation_.date) !=
                      node.negated);
    }
    // A place of the item, such as the designer's country: the members of the day become a list.
    const auto first = static_cast<std::int32_t>(program_.symbols.size());
    for (const Place& place : geography_.places) {
      if (geography_.is_member(place.code, id, situation_.date)) {
        program_.symbols.push_back(symbols_.find(place.code));
      }
    }
    return text_in(node, first);
  }

  int text_in(const Node& node, std::int32_t first) {
    return emit({.step = Step::kTextIn,
                 .negated = node.negated,
                 .index = kNames[node.name].index,
                 .a = first,
                 .b = static_cast<std::int32_t>(program_.symbols.size())});
  }

  const Predicate& predicate_;
  const Situation& situation_;
  const Geography& geography_;
  const SymbolTable& symbols_;
  Program program_;
};

class Evaluator {
 public:
  Evaluator(const Program& program, const ItemFacts& facts)
      : code_(program.code.data()), symbols_(program.symbols.data()), facts_(facts) {}

  Tri truth(int index) const {
    const Instruction& i = code_[index];
    switch (i.step) {
      case Step::kConstant:
        return i.value;
      case Step::kBoolean:
        return facts_.boolean[i.index];
      case Step::kCompareLimit:
        return compare(facts_.number[i.index], i.compare, {i.number, i.number});
      case Step::kTextIn:
        return text_in(i);
      default:
        return compound(i);
    }
  }

 private:
  // Apart from the leaves, which are most of a predicate and need no call of their own.
  Tri compound(const Instruction& i) const {
    switch (i.step) {
      case Step::kAnd: {
        const Tri a = truth(i.a);
        return a == Tri::kNo ? a : (a && truth(i.b));
      }
      case Step::kOr: {
        const Tri a = truth(i.a);
        return a == Tri::kYes ? a : (a || truth(i.b));
      }
      case Step::kNot:
        return !truth(i.a);
      case Step::kCompare:
        return compare(value(i.a), i.compare, value(i.b));
      default:
        return Tri::kUnknown;
    }
  }

  Tri text_in(const Instruction& i) const {
    const Symbol text = facts_.text[i.index];
    if (text == kUnknownText) {
      return Tri::kUnknown;
    }
    const Symbol* first = symbols_ + i.a;
    const Symbol* last = symbols_ + i.b;
    return to_tri((std::find(first, last, text) != last) != i.negated);
  }

  Interval<double> value(int index) const {
    const Instruction& i = code_[index];
    if (i.step == Step::kNumber) {
      return {i.number, i.number};
    }
    if (i.step == Step::kNumberName) {
      return facts_.number[i.index];
    }
    const Interval<double> a = value(i.a);
    const Interval<double> b = value(i.b);
    switch (i.step) {
      case Step::kAdd:
        return {a.low + b.low, a.high + b.high};
      case Step::kSub:
        return {tidy(a.low - b.high, -kInfinity), tidy(a.high - b.low, kInfinity)};
      case Step::kMul:
        return corners(a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high);
      case Step::kDiv:
        if (b.contains(0.0)) {
          return {-kInfinity, kInfinity};
        }
        return corners(a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high);
      default:
        return {-kInfinity, kInfinity};
    }
  }

  // Infinity minus infinity says nothing.
  static double tidy(double x, double otherwise) { return std::isnan(x) ? otherwise : x; }

  static Interval<double> corners(double a, double b, double c, double d) {
    if (std::isnan(a) || std::isnan(b) || std::isnan(c) || std::isnan(d)) {
      return {-kInfinity, kInfinity};
    }
    return {std::min({a, b, c, d}), std::max({a, b, c, d})};
  }

  const Instruction* code_;
  const Symbol* symbols_;
  const ItemFacts& facts_;
};

}  // namespace

Symbol SymbolTable::intern(std::string_view text) {
  const std::string key = to_lower(text);
  const auto next = static_cast<Symbol>(symbols_.size() + kOtherText + 1);
  return symbols_.emplace(key, next).first->second;
}

Symbol SymbolTable::find(std::string_view text) const {
  const auto found = symbols_.find(to_lower(text));
  return found == symbols_.end() ? kOtherText : found->second;
}

Program specialise(const Predicate& predicate, const Situation& situation,
                   const Geography& geography, const SymbolTable& symbols) {
  return Specialiser(predicate, situation, geography, symbols).run(predicate.root());
}

Program specialise_node(const Predicate& predicate, int node, const Situation& situation,
                        const Geography& geography, const SymbolTable& symbols) {
  return Specialiser(predicate, situation, geography, symbols).run(node);
}

Tri evaluate(const Program& program, const ItemFacts& facts) {
  if (program.code.empty()) {
    return Tri::kYes;
  }
  // Most clauses ask about the transaction only and are constants by now.
  if (program.code.back().step == Step::kConstant) {
    return program.code.back().value;
  }
  return Evaluator(program, facts).truth(static_cast<int>(program.code.size()) - 1);
}

void collect_limits(const Program& program, std::vector<Limit>& limits) {
  for (const Instruction& i : program.code) {
    if (i.step == Step::kCompareLimit) {
      limits.push_back({static_cast<Number>(i.index), i.compare, i.number});
    }
  }
}

namespace {

// The sum that an instruction compares with a number; none if it does something else.
std::optional<SumLimit> sum_limit_of(const Program& program, const Instruction& i) {
  if (i.step != Step::kCompare) {
    return std::nullopt;
  }
  const Instruction& left = program.code[static_cast<std::size_t>(i.a)];
  const Instruction& right = program.code[static_cast<std::size_t>(i.b)];
  if (left.step != Step::kAdd || right.step != Step::kNumber) {
    return std::nullopt;
  }
  const Instruction& x = program.code[static_cast<std::size_t>(left.a)];
  const Instruction& y = program.code[static_cast<std::size_t>(left.b)];
  if (x.step != Step::kNumberName || y.step != Step::kNumberName) {
    return std::nullopt;
  }
  return SumLimit{static_cast<Number>(x.index), static_cast<Number>(y.index), right.number};
}

}  // namespace

void collect_sum_limits(const Program& program, std::vector<SumLimit>& limits) {
  for (const Instruction& i : program.code) {
    if (const auto limit = sum_limit_of(program, i)) {
      limits.push_back(*limit);
    }
  }
}

void move_limits(Program& program, const std::vector<Moved<Limit>>& moved) {
  for (Instruction& i : program.code) {
    for (const auto& [limit, to] : moved) {
      if (i.step == Step::kCompareLimit && static_cast<Number>(i.index) == limit.number &&
          i.number == limit.value) {
        i.number = to;
        break;
      }
    }
  }
}

void move_sum_limits(Program& program, const std::vector<Moved<SumLimit>>& moved) {
  for (const Instruction& i : program.code) {
    const auto found = sum_limit_of(program, i);
    if (!found) {
      continue;
    }
    for (const auto& [limit, to] : moved) {
      if (found->a == limit.a && found->b == limit.b && found->value == limit.value) {
        program.code[static_cast<std::size_t>(i.b)].number = to;
        break;
      }
    }
  }
}

}  // namespace redline::rules
