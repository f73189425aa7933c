// Evaluating predicates: three-valued logic and intervals against an oracle of a few lines.
#include "rules/program.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "catalog/test_data.h"

namespace redline::rules {
namespace {

const Geography& geography() { return test::catalog().geography; }

Situation in_china() {
  Situation s;
  s.dest = "CN";
  s.hq = "CN";
  s.date = make_date(2024, 6, 1);
  return s;
}

Predicate parse(const std::string& text) {
  auto parsed = parse_predicate(text);
  RL_CHECK(parsed.has_value());
  return std::move(*parsed);
}

SymbolTable symbols_of(const Predicate& predicate) {
  SymbolTable symbols;
  for (const std::string& literal : predicate.literals) {
    symbols.intern(literal);
  }
  return symbols;
}

Program program_of(const std::string& text, const Situation& situation = in_china()) {
  const Predicate predicate = parse(text);
  return specialise(predicate, situation, geography(), symbols_of(predicate));
}

Tri answer(const std::string& text, const ItemFacts& facts = {},
           const Situation& situation = in_china()) {
  return evaluate(program_of(text, situation), facts);
}

ItemFacts with(Number number, double value) {
  ItemFacts facts;
  facts[number] = {value, value};
  return facts;
}

// ---- comparisons of intervals

constexpr Compare kCompares[] = {Compare::kEq, Compare::kNe, Compare::kLt,
                                 Compare::kLe, Compare::kGt, Compare::kGe};

bool compare_numbers(double a, Compare c, double b) {
  switch (c) {
    case Compare::kEq:
      return a == b;
    case Compare::kNe:
      return a != b;
    case Compare::kLt:
      return a < b;
    case Compare::kLe:
      return a <= b;
    case Compare::kGt:
      return a > b;
    case Compare::kGe:
      return a >= b;
  }
  return false;
}

Interval<double> some_interval() {
  // Few numbers, so that ends often meet.
  const double low = *rc::gen::inRange(0, 6);
  return {low, low + *rc::gen::inRange(0, 4)};
}

RC_GTEST_PROP(CompareIntervals, AKnownAnswerHoldsForEveryPoint, ()) {
  const Interval<double> a = some_interval();
  const Interval<double> b = some_interval();
  const Compare c =
      *rc::gen::elementOf(std::vector<Compare>(std::begin(kCompares), std::end(kCompares)));
  const Tri known = compare(a, c, b);
  bool any_yes = false;
  bool any_no = false;
  for (double x = a.low; x <= a.high; x += 0.5) {
    for (double y = b.low; y <= b.high; y += 0.5) {
      (compare_numbers(x, c, y) ? any_yes : any_no) = true;
    }
  }
  // The points include all ends, so the answer is exact too.
  RC_ASSERT(known == (any_yes && any_no ? Tri::kUnknown : to_tri(any_yes)));
}

TEST(CompareIntervals, AnUnknownNumberDecidesNothingAboveZero) {
  EXPECT_EQ(compare(kUnknownNumber, Compare::kGe, {4800, 4800}), Tri::kUnknown);
  EXPECT_EQ(compare(kUnknownNumber, Compare::kGe, {0, 0}), Tri::kYes);
  EXPECT_EQ(compare(kUnknownNumber, Compare::kLt, {0, 0}), Tri::kNo);
}

TEST(CompareIntervals, OrMoreHoldsAtTheLimitItself) {
  EXPECT_EQ(compare({4800, 4800}, Compare::kGe, {4800, 4800}), Tri::kYes);
  EXPECT_EQ(compare({4800, 4800}, Compare::kLt, {4800, 4800}), Tri::kNo);
}

// ---- arithmetic

TEST(Arithmetic, AddsIntervals) {
  ItemFacts facts;
  facts[Number::kDramBw] = {1000, 1100};
  facts[Number::kLetterIo] = {500, 650};
  EXPECT_EQ(answer("dram_bw + letter_io >= 1500", facts), Tri::kYes);
  EXPECT_EQ(answer("dram_bw + letter_io >= 1700", facts), Tri::kUnknown);
  EXPECT_EQ(answer("dram_bw + letter_io >= 1751", facts), Tri::kNo);
}

TEST(Arithmetic, ADivisionByWhatMayBeZeroIsUnknown) {
  ItemFacts facts;
  facts[Number::kTpp] = {10, 10};
  facts[Number::kDie] = {0, 5};
  EXPECT_EQ(answer("tpp / die >= 1", facts), Tri::kUnknown);
}

TEST(Arithmetic, InfinityMinusInfinitySaysNothing) {
  EXPECT_EQ(answer("tpp - die >= 0"), Tri::kUnknown);
  EXPECT_EQ(answer("tpp * die >= 1"), Tri::kUnknown);
}

struct Sum {
  std::string text;
  std::vector<double> values;  // of every combination of points
};

Sum make_sum(int depth, ItemFacts& facts, bool& known) {
  if (depth == 0 || *rc::gen::inRange(0, 3) == 0) {
    const int which = *rc::gen::inRange(0, 4);
    if (which == 0) {
      const int number = *rc::gen::inRange(0, 5);
      return {std::to_string(number), {static_cast<double>(number)}};
    }
    const NameInfo& info = kNames[static_cast<std::size_t>(which - 1)];
    const Interval<double>& value = facts.number[info.index];
    known = known && value.is_point();
    return {std::string(info.name), {value.low, (value.low + value.high) / 2, value.high}};
  }
  const Sum a = make_sum(depth - 1, facts, known);
  const Sum b = make_sum(depth - 1, facts, known);
  const char op = *rc::gen::element('+', '-', '*');
  Sum sum{"(" + a.text + " " + op + " " + b.text + ")", {}};
  for (const double x : a.values) {
    for (const double y : b.values) {
      sum.values.push_back(op == '+' ? x + y : op == '-' ? x - y : x * y);
    }
  }
  return sum;
}

RC_GTEST_PROP(Arithmetic, AKnownAnswerHoldsForEveryPoint, ()) {
  ItemFacts facts;
  for (std::size_t i = 0; i < 3; ++i) {
    facts.number[i] = some_interval();
  }
  bool known = true;
  const Sum left = make_sum(2, facts, known);
  const int limit = *rc::gen::inRange(-5, 30);
  const Compare c =
      *rc::gen::elementOf(std::vector<Compare>(std::begin(kCompares), std::end(kCompares)));
  const std::string right = limit < 0 ? "0 - " + std::to_string(-limit) : std::to_string(limit);
  const Tri result = answer(left.text + " " + std::string(symbol(c)) + " " + right, facts);
  for (const double x : left.values) {
    if (result != Tri::kUnknown) {
      RC_ASSERT(compare_numbers(x, c, limit) == (result == Tri::kYes));
    }
  }
  if (known) {
    RC_ASSERT(result != Tri::kUnknown);
  }
}

// ---- logic

struct Truth {
  std::string text;
  Tri value;
};

// A random condition with its value by the truth tables of Kleene.
Truth make_truth(int depth, const ItemFacts& facts, const Situation& situation) {
  if (depth == 0 || *rc::gen::inRange(0, 5) == 0) {
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        return {"dc", facts[Boolean::kDc]};
      case 1:
        return {"has_hbm", facts[Boolean::kHasHbm]};
      case 2:
        return {"us_available", facts[Boolean::kUsAvailable]};
      case 3:
        return {"dest == 'CN'", to_tri(situation.dest == "CN")};
      default:
        return {"date >= '2024-01-01'", to_tri(situation.date >= make_date(2024, 1, 1))};
    }
  }
  const Truth a = make_truth(depth - 1, facts, situation);
  const int op = *rc::gen::inRange(0, 3);
  if (op == 0) {
    const Tri value = a.value == Tri::kUnknown ? Tri::kUnknown : to_tri(a.value == Tri::kNo);
    return {"not (" + a.text + ")", value};
  }
  const Truth b = make_truth(depth - 1, facts, situation);
  const bool any_unknown = a.value == Tri::kUnknown || b.value == Tri::kUnknown;
  if (op == 1) {
    const bool no = a.value == Tri::kNo || b.value == Tri::kNo;
    return {"(" + a.text + ") and (" + b.text + ")", no            ? Tri::kNo
                                                     : any_unknown ? Tri::kUnknown
                                                                   : Tri::kYes};
  }
  const bool yes = a.value == Tri::kYes || b.value == Tri::kYes;
  return {"(" + a.text + ") or (" + b.text + ")", yes           ? Tri::kYes
                                                  : any_unknown ? Tri::kUnknown
                                                                : Tri::kNo};
}

RC_GTEST_PROP(Logic, AgreesWithTheTruthTables, ()) {
  ItemFacts facts;
  for (const Boolean b : {Boolean::kDc, Boolean::kHasHbm, Boolean::kUsAvailable}) {
    facts[b] = static_cast<Tri>(*rc::gen::inRange(0, 3));
  }
  Situation situation = in_china();
  situation.dest = *rc::gen::element<std::string>("CN", "SG");
  situation.date = make_date(2023, 12, 30) + std::chrono::days{*rc::gen::inRange(0, 5)};
  const Truth truth = make_truth(5, facts, situation);
  RC_PRE(truth.text.size() < 8000U);
  RC_ASSERT(answer(truth.text, facts, situation) == truth.value);
}

// Learning a fact may settle an unknown answer; it never turns a known one.
RC_GTEST_PROP(Logic, AKnownAnswerStaysWhenMoreIsKnown, ()) {
  ItemFacts facts;
  for (const Boolean b : {Boolean::kDc, Boolean::kHasHbm, Boolean::kUsAvailable}) {
    facts[b] = static_cast<Tri>(*rc::gen::inRange(0, 3));
  }
  const Truth truth = make_truth(4, facts, in_china());
  RC_PRE(truth.text.size() < 8000U);
  const Program program = program_of(truth.text);
  const Tri before = evaluate(program, facts);
  for (const Boolean b : {Boolean::kDc, Boolean::kHasHbm, Boolean::kUsAvailable}) {
    if (facts[b] == Tri::kUnknown) {
      facts[b] = *rc::gen::element(Tri::kNo, Tri::kYes);
    }
  }
  RC_ASSERT(before == Tri::kUnknown || evaluate(program, facts) == before);
}

// ---- folding

// The nodes of the predicate evaluated as they stand, without folding.
Tri unfolded(const Predicate& p, int index, const ItemFacts& facts, const Situation& situation) {
  const Node& node = p.nodes[static_cast<std::size_t>(index)];
  switch (node.op) {
    case Op::kAnd:
      return unfolded(p, node.a, facts, situation) && unfolded(p, node.b, facts, situation);
    case Op::kOr:
      return unfolded(p, node.a, facts, situation) || unfolded(p, node.b, facts, situation);
    case Op::kNot:
      return !unfolded(p, node.a, facts, situation);
    default:
      return evaluate(specialise_node(p, index, situation, geography(), symbols_of(p)), facts);
  }
}

RC_GTEST_PROP(Folding, NeverChangesAResult, ()) {
  ItemFacts facts;
  for (const Boolean b : {Boolean::kDc, Boolean::kHasHbm, Boolean::kUsAvailable}) {
    facts[b] = static_cast<Tri>(*rc::gen::inRange(0, 3));
  }
  Situation situation = in_china();
  situation.dest = *rc::gen::element<std::string>("CN", "SG");
  const Truth truth = make_truth(5, facts, situation);
  RC_PRE(truth.text.size() < 8000U);
  const Predicate p = parse(truth.text);
  RC_ASSERT(evaluate(specialise(p, situation, geography(), symbols_of(p)), facts) ==
            unfolded(p, p.root(), facts, situation));
}

TEST(Folding, WhatTheSituationDecidesIsAConstant) {
  EXPECT_TRUE(program_of("dest == 'SG' and tpp >= 4800").is_constant(Tri::kNo));
  EXPECT_TRUE(program_of("dest in D5 or tpp >= 4800").is_constant(Tri::kYes));
  EXPECT_EQ(program_of("dest in D5 and tpp >= 4800").code.size(), 1U);
  EXPECT_EQ(program_of("tpp >= 4800 and dest in D5").code.size(), 1U);
}

// ---- texts, groups, dates

TEST(Membership, IgnoresCase) {
  ItemFacts facts;
  const Predicate p = parse("vendor in ['NVIDIA', 'AMD']");
  const SymbolTable symbols = symbols_of(p);
  facts[Text::kVendor] = symbols.find("nvidia");
  EXPECT_EQ(evaluate(specialise(p, in_china(), geography(), symbols), facts), Tri::kYes);
}

TEST(Membership, ATextThatNoRuleNamesIsInNoList) {
  ItemFacts facts;
  facts[Text::kVendor] = kOtherText;
  EXPECT_EQ(answer("vendor in ['NVIDIA']", facts), Tri::kNo);
  EXPECT_EQ(answer("vendor not in ['NVIDIA']", facts), Tri::kYes);
  EXPECT_EQ(answer("vendor != 'NVIDIA'", facts), Tri::kYes);
}

TEST(Membership, OfAnUnknownTextIsUnknown) {
  EXPECT_EQ(answer("vendor in ['NVIDIA']"), Tri::kUnknown);
  EXPECT_EQ(answer("vendor not in ['NVIDIA']"), Tri::kUnknown);
}

TEST(Membership, OfAGroupFollowsTheDate) {
  Situation situation = in_china();
  situation.dest = "AE";
  situation.date = make_date(2026, 7, 9);
  EXPECT_EQ(answer("dest in A5", {}, situation), Tri::kNo);
  situation.date = make_date(2026, 7, 10);
  EXPECT_EQ(answer("dest in A5", {}, situation), Tri::kYes);
  EXPECT_EQ(answer("dest not in A5", {}, situation), Tri::kNo);
}

TEST(Membership, InAnEmptyListIsNo) { EXPECT_EQ(answer("dest in []"), Tri::kNo); }

TEST(Membership, OfTheDesignersCountryIsLookedUpInTheGroup) {
  const Predicate p = parse("designer_hq in D5");
  SymbolTable symbols;
  for (const Place& place : geography().places) {
    symbols.intern(place.code);
  }
  ItemFacts facts;
  const Program program = specialise(p, in_china(), geography(), symbols);
  facts[Text::kDesignerHq] = symbols.find("CN");
  EXPECT_EQ(evaluate(program, facts), Tri::kYes);
  facts[Text::kDesignerHq] = symbols.find("US");
  EXPECT_EQ(evaluate(program, facts), Tri::kNo);
}

TEST(Dates, CompareByDay) {
  Situation situation = in_china();
  situation.date = make_date(2024, 1, 1);
  EXPECT_EQ(answer("date >= '2024-01-01'", {}, situation), Tri::kYes);
  EXPECT_EQ(answer("date > '2024-01-01'", {}, situation), Tri::kNo);
  EXPECT_EQ(answer("date == '2024-01-01'", {}, situation), Tri::kYes);
}

TEST(Program, WithoutCodeAlwaysHolds) { EXPECT_EQ(evaluate(Program{}, {}), Tri::kYes); }

TEST(Limits, AreCollectedForFlips) {
  std::vector<Limit> limits;
  collect_limits(program_of("tpp >= 4800 or (tpp >= 1600 and pd >= 5.92)"), limits);
  ASSERT_EQ(limits.size(), 3U);
  EXPECT_EQ(limits[2].number, Number::kPd);
  EXPECT_EQ(limits[2].value, 5.92);
  std::vector<SumLimit> sums;
  collect_sum_limits(program_of("dram_bw + letter_io >= 1700"), sums);
  ASSERT_EQ(sums.size(), 1U);
  EXPECT_EQ(sums[0].value, 1700.0);
}

// The program holds from `at` on, and not just below it.
void expect_turn(const Program& program, Number number, double at, ItemFacts facts) {
  const auto with_value = [&](double value) {
    facts[number] = {value, value};
    return evaluate(program, facts);
  };
  EXPECT_EQ(with_value(at), Tri::kYes) << at;
  EXPECT_EQ(with_value(at - 1e-6), Tri::kNo) << at;  // sums round what is closer
}

TEST(Limits, AMovedLimitTurnsTheVerdictThereAndNowhereElse) {
  const Program before = program_of("tpp >= 4800 or (tpp >= 1600 and pd >= 5.92)");
  Program moved = before;
  move_limits(moved, {{{Number::kTpp, Compare::kGe, 1600.0}, 2000.0}});
  ItemFacts dense = with(Number::kPd, 6.0);
  ItemFacts thin = with(Number::kPd, 5.0);
  expect_turn(before, Number::kTpp, 1600.0, dense);
  expect_turn(moved, Number::kTpp, 2000.0, dense);
  // The other limit on the same number stays, and so does that on another number.
  expect_turn(moved, Number::kTpp, 4800.0, thin);
  expect_turn(moved, Number::kPd, 5.92, with(Number::kTpp, 3000.0));
  for (double tpp = 100.0; tpp < 6000.0; tpp += 100.0) {
    for (ItemFacts* facts : {&dense, &thin}) {
      (*facts)[Number::kTpp] = {tpp, tpp};
      const bool between = facts == &dense && tpp >= 1600.0 && tpp < 2000.0;
      EXPECT_EQ(evaluate(before, *facts) != evaluate(moved, *facts), between) << tpp;
    }
  }
}

TEST(Limits, AllLimitsOfOneValueMoveWhateverTheirSide) {
  Program program = program_of("tpp < 4800 and not (4800 <= tpp) and pd >= 1.6");
  move_limits(program, {{{Number::kTpp, Compare::kGe, 4800.0}, 5280.0}});
  ItemFacts facts = with(Number::kPd, 2.0);
  for (const double tpp : {4799.0, 4800.0, 5279.0, 5280.0, 5281.0}) {
    facts[Number::kTpp] = {tpp, tpp};
    EXPECT_EQ(evaluate(program, facts), to_tri(tpp < 5280.0)) << tpp;
  }
}

TEST(Limits, LimitsThatMoveTogetherAreNotTakenForEachOther) {
  Program program = program_of("tpp >= 1600 and pd >= 3.2 or tpp >= 2400");
  move_limits(program, {{{Number::kTpp, Compare::kGe, 1600.0}, 2400.0},
                        {{Number::kTpp, Compare::kGe, 2400.0}, 4800.0}});
  expect_turn(program, Number::kTpp, 2400.0, with(Number::kPd, 4.0));
  expect_turn(program, Number::kTpp, 4800.0, with(Number::kPd, 1.0));
}

TEST(Limits, ALimitOfAnotherValueStays) {
  Program program = program_of("tpp >= 4800");
  move_limits(program, {{{Number::kTpp, Compare::kGe, 4700.0}, 1.0}});
  move_limits(program, {{{Number::kPd, Compare::kGe, 4800.0}, 1.0}});
  move_sum_limits(program, {{{Number::kDramBw, Number::kLetterIo, 4800.0}, 1.0}});
  expect_turn(program, Number::kTpp, 4800.0, {});
}

TEST(Limits, AMovedLimitOnASumTurnsTheVerdictThereAndNowhereElse) {
  const std::string text = "dram_bw >= 1400 or letter_io >= 1100 or dram_bw + letter_io >= 1700";
  Program moved = program_of(text);
  move_sum_limits(moved, {{{Number::kDramBw, Number::kLetterIo, 1700.0}, 2000.0}});
  expect_turn(program_of(text), Number::kDramBw, 700.0, with(Number::kLetterIo, 1000.0));
  expect_turn(moved, Number::kDramBw, 1000.0, with(Number::kLetterIo, 1000.0));
  expect_turn(moved, Number::kDramBw, 1400.0, with(Number::kLetterIo, 100.0));
  expect_turn(moved, Number::kLetterIo, 1100.0, with(Number::kDramBw, 100.0));
  // A limit on one of the two leaves the sum alone.
  Program one = program_of(text);
  move_limits(one, {{{Number::kDramBw, Compare::kGe, 1400.0}, 1500.0}});
  expect_turn(one, Number::kDramBw, 1500.0, with(Number::kLetterIo, 100.0));
  expect_turn(one, Number::kDramBw, 700.0, with(Number::kLetterIo, 1000.0));
}

TEST(Limits, ALimitWrittenFirstCountsAsWell) {
  EXPECT_EQ(answer("4800 <= tpp", with(Number::kTpp, 4800)), Tri::kYes);
  std::vector<Limit> limits;
  collect_limits(program_of("4800 <= tpp"), limits);
  ASSERT_EQ(limits.size(), 1U);
  EXPECT_EQ(limits[0].compare, Compare::kGe);
}

}  // namespace
}  // namespace redline::rules
