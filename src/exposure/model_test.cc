// Scenarios that are read: every problem with its place.

#include "exposure/model.h"

#include <cmath>
#include <sstream>

#include <gtest/gtest.h>

#include "redline/random.h"

#include "exposure/test_scenario.h"

namespace redline::exposure {
namespace {

std::string line_of(const std::string& id, const std::string& rest) {
  return sold(id, "margin = 0.5\n" + rest);
}

// --- probabilities and distributions

TEST(ScenarioModel, AProbabilityIsAtMostOne) {
  expect_problems(scenario(happens("e", "probability = @1.2")), {Code::kProbability});
  expect_problems(scenario(happens("e", "probability = @\"120 percent\"")), {Code::kProbability});
  expect_problems(scenario(happens("e", "probability = @-0.1")), {Code::kProbability});
}

TEST(ScenarioModel, AProbabilityDoesNotReachAboveOne) {
  // The 95 % end of a lognormal range is not its end.
  expect_problems(scenario(happens("e", "probability = @\"0.5 to 0.9\"")), {Code::kProbability});
  expect_problems(
      scenario(number("p", "value = \"0.5 to 0.9\"") + happens("e", "probability = @\"p\"")),
      {Code::kProbability});
  EXPECT_TRUE(problems_of(scenario(happens("e", "probability = \"0.05 to 0.2\""))).empty());
  EXPECT_TRUE(problems_of(scenario(happens("e", "probability = \"beta(0.5, 0.5)\""))).empty());
}

TEST(ScenarioModel, ASharesBoundsAreThoseOfItsPlace) {
  expect_problems(scenario(line_of("l", "demand = \"1 GUSD\"\nconversion = @\"1 to 2\"")),
                  {Code::kOutOfRange});
  expect_problems(scenario(line_of("l", "demand = @\"-1 to 2 GUSD\"")), {Code::kOutOfRange});
  expect_problems(scenario(happens("e", "delay = @\"10 +- 5 days\"")), {Code::kOutOfRange});
  expect_problems(scenario(line_of("l", "demand = \"1 GUSD\"\ngrowth = @-1.5")),
                  {Code::kOutOfRange});
}

TEST(ScenarioModel, APriceIsNotNothing) {
  // The cost of a dollar of revenue is the cost at the usual price by the price that is got.
  expect_problems(scenario(line_of("l", "demand = \"1 GUSD\"\nprice = @1e-12")),
                  {Code::kOutOfRange});
}

TEST(ScenarioModel, ImpossibleParametersAreToldInTheFile) {
  expect_problems(scenario(number("x", "value = \"10 to @5 GUSD\"")), {Code::kDistributionSyntax});
  expect_problems(scenario(number("x", "value = \"uniform(3, @1)\"")), {Code::kDistributionSyntax});
  expect_problems(scenario(happens("e", "probability = \"beta(@0, 1)\"")),
                  {Code::kDistributionSyntax});
}

TEST(ScenarioModel, AWordThatIsNoUnitIsTold) {
  expect_problems(scenario(number("x", "value = \"5 to 10 @GUSDs\"")), {Code::kWrongUnit});
}

// --- cycles

TEST(ScenarioModel, FormulasDoNotGoInCircles) {
  const std::string text = number("a", "formula = \"b + 1\"") + number("b", "formula = \"2 * @a\"");
  expect_problems(scenario(text), {Code::kCycle});
  EXPECT_EQ(only_problem(scenario(number("a", "formula = \"2 * a\""))).message,
            "'a' depends on itself: a <- a");
}

TEST(ScenarioModel, EventsDoNotGoInCircles) {
  expect_problems(scenario(happens("a", "after = [\"b\"]") + happens("b", "after = [@\"a\"]")),
                  {Code::kCycle});
  expect_problems(scenario(happens("a", "delay = \"1 days\"\nunless = [\"b\"]") +
                           happens("b", "after = [@\"a\"]")),
                  {Code::kCycle});
}

TEST(ScenarioModel, EventsAndFormulasTogetherDoNotEither) {
  const std::string text =
      number("p", "formula = \"0.5 * by(e, 2025-12-31)\"") + happens("e", "probability = @\"p\"");
  expect_problems(scenario(text), {Code::kCycle});
}

TEST(ScenarioModel, ACircleIsNamedFromItsBeginning) {
  // `before` leads into the circle and is no part of it.
  const Error error = only_problem(scenario(number("before", "formula = \"a\"") +
                                            number("a", "formula = \"0.5 * by(e, 2025-12-31)\"") +
                                            happens("e", "probability = \"a\"")));
  EXPECT_EQ(error.message, "'a' depends on itself: a <- e <- a");
}

TEST(ScenarioModel, ACircleIsTheOnlyProblemOfACircle) {
  // What a quantity of a circle would be is not known: no unit of it can clash.
  const Error error = only_problem(
      scenario(number("a", "formula = \"b + 1 GUSD\"") + number("b", "formula = \"a - 1 GUSD\"")));
  EXPECT_EQ(error.code, Code::kCycle);
}

// --- names

TEST(ScenarioModel, NamesThatNothingDefinesAreTold) {
  expect_problems(
      scenario(number("price", "value = \"3 GUSD\"") + number("x", "formula = \"2 * @prise\"") +
               line_of("l", "demand = @\"prise\"") + happens("e", "after = [@\"f\"]") +
               line_of("m", "demand = \"price\"\ncloses = [@\"g\"]")),
      {Code::kUnknownReference, Code::kUnknownReference, Code::kUnknownReference,
       Code::kUnknownReference});
}

TEST(ScenarioModel, ANearNameIsOffered) {
  const auto offers = [](const std::string& body) {
    return only_problem(scenario(body)).help.front();
  };
  const std::string price = number("price", "value = \"3 GUSD\"");
  const std::string permit = happens("permit", "probability = 0.5");
  EXPECT_EQ(offers(price + number("x", "formula = \"prise\"")), "did you mean 'price'?");
  EXPECT_EQ(offers(price + line_of("l", "demand = \"prise\"")), "did you mean 'price'?");
  EXPECT_EQ(offers(permit + happens("e", "after = [\"permt\"]")), "did you mean 'permit'?");
  EXPECT_EQ(offers(permit + number("x", "formula = \"by(permt, 2025-12-31)\"")),
            "did you mean 'permit'?");
  EXPECT_EQ(offers(line_of("chips", "demand = \"price\"") + price + choice("o", "\"chip\"")),
            "did you mean 'chips'?");
  EXPECT_EQ(offers(number("x", "value = \"1 to 2\"") + number("yes", "value = \"1 to 2\"") +
                   tie("x", "yess", 0.5)),
            "did you mean 'yes'?");
}

TEST(ScenarioModel, AnEventIsNoNumber) {
  const Error error = only_problem(
      scenario(happens("e", "probability = 0.5") + number("x", "formula = \"2 * e\"")));
  EXPECT_EQ(error.code, Code::kFormulaSyntax);
  EXPECT_EQ(error.help.front(), "ask by(e, DATE) or days(e, DATE)");
}

TEST(ScenarioModel, AnInputOfAPlaceMayBeNamed) {
  // A literal that stands in a place is an input called by that place.
  const Model model = model_of(scenario(happens("e", "delay = \"30 to 60 days\"") +
                                        "[[answer]]\nid = \"a\"\nwhat = \"W\"\n"
                                        "formula = \"e.delay * 2\"\n"));
  EXPECT_EQ(quantity(model, "e.delay").kind.dimension, Dimension{.second = 1});
  EXPECT_TRUE(problems_of(scenario(happens("e", "delay = \"30 to 60 days\"") +
                                   number("twice", "formula = \"e.delay * 2\"")))
                  .empty());
}

TEST(ScenarioModel, ResultsAreNoInputs) {
  expect_problems(scenario(line_of("l", "demand = \"1 GUSD\"") +
                           number("x", "formula = \"1 + @revenue(l, FY26Q1)\"")),
                  {Code::kFormulaSyntax});
  expect_problems(scenario(happens("e", "probability = \"@net(us) / 1 GUSD\"")),
                  {Code::kFormulaSyntax});
}

// --- units and readings in a place

TEST(ScenarioModel, EachPlaceTakesOneUnit) {
  expect_problems(scenario(line_of("l", "demand = @\"3 days\"")), {Code::kWrongUnit});
  expect_problems(scenario(line_of("l", "demand = @5")), {Code::kWrongUnit});
  expect_problems(scenario(happens("e", "delay = @\"1 GUSD\"")), {Code::kWrongUnit});
  expect_problems(scenario(happens("e", "probability = @\"1 days\"")), {Code::kWrongUnit});
  expect_problems(scenario(number("w", "value = \"3 days\"") + line_of("l", "demand = @\"w\"")),
                  {Code::kWrongUnit});
  expect_problems(
      scenario(number("w", "value = \"3 days\"") + line_of("l", "demand = @\"w + 1 days\"")),
      {Code::kWrongUnit});
}

TEST(ScenarioModel, APlaceTakesAFlowOfAQuarterOrAStock) {
  const std::string year = number("y", "value = \"8 GUSD\"\nper = \"year\"");
  const std::string book = number("b", "value = \"8 GUSD\"\nform = \"stock\"");
  expect_problems(scenario(year + line_of("l", "demand = @\"y\"")), {Code::kPeriodClash});
  expect_problems(scenario(book + line_of("l", "demand = @\"b\"")), {Code::kPeriodClash});
  expect_problems(scenario(year + line_of("l", "demand = \"1 GUSD\"\nstock = @\"y\"")),
                  {Code::kPeriodClash});
  EXPECT_TRUE(problems_of(scenario(year + line_of("l", "demand = \"quarterly(y)\""))).empty());
  EXPECT_TRUE(problems_of(scenario(year + line_of("l",
                                                  "demand = \"1 GUSD\"\n"
                                                  "stock = \"total(y, 1)\"")))
                  .empty());
}

TEST(ScenarioModel, AnAnswersUnitIsThatOfItsFormula) {
  expect_problems(scenario(number("x", "value = \"1 to 2 GUSD\"") +
                           "[[answer]]\nid = \"a\"\nwhat = \"W\"\nformula = \"x\"\nunit = "
                           "@\"percent\"\n"),
                  {Code::kWrongUnit});
}

// --- correlations

struct Tie {
  std::string a, b;
  double value;
};
std::string tied(const std::vector<Tie>& ties) {
  std::string body;
  for (const char* const id : {"x", "y", "z", "w"}) {
    body += number(id, "value = \"1 to 2\"");
  }
  for (const Tie& one : ties) {
    body += tie(one.a, one.b, one.value);
  }
  return scenario(body);
}
// "the nearest that can: x and y: 0.4999; x and z: -0.4999".
std::vector<Tie> offered(const std::string& help) {
  std::vector<Tie> ties;
  std::string list = help.substr(help.find(": ") + 2);
  std::replace(list.begin(), list.end(), ';', '\n');
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);) {
    Tie one;
    std::string word;
    std::istringstream words(line);
    words >> one.a >> word >> one.b >> one.value;
    one.b.pop_back();
    ties.push_back(one);
  }
  return ties;
}

TEST(ScenarioModel, CorrelationsThatCannotHoldAreRefusedWithOnesThatCan) {
  const std::vector<Tie> ties{{"x", "y", 0.9}, {"y", "z", 0.9}, {"x", "z", -0.9}};
  const Error error = only_problem(tied(ties));
  EXPECT_EQ(error.code, Code::kNotPositiveDefinite);
  ASSERT_TRUE(error.where.has_value());
  EXPECT_EQ(error.where->column, 9);  // the first value
  EXPECT_EQ(offered(error.help.front()).size(), 3U);
  EXPECT_TRUE(problems_of(tied(offered(error.help.front()))).empty());
}

TEST(ScenarioModel, WhatIsOfferedIsTakenWhateverWasAsked) {
  int refused = 0;
  for (std::uint64_t i = 0; i < 150; ++i) {
    std::vector<Tie> ties;
    const char* const ids[] = {"x", "y", "z", "w"};
    for (std::uint64_t a = 0; a < 4; ++a) {
      for (std::uint64_t b = a + 1; b < 4; ++b) {
        const double value = std::round(200.0 * uniform(11, a * 4 + b, i) - 100.0) / 100.0;
        ties.push_back({ids[a], ids[b], value});
      }
    }
    const Diagnostics errors = problems_of(tied(ties));
    if (errors.empty()) {
      continue;
    }
    ++refused;
    EXPECT_EQ(errors.front().code, Code::kNotPositiveDefinite);
    EXPECT_TRUE(problems_of(tied(offered(errors.front().help.front()))).empty())
        << tied(ties) << errors.front().help.front();
  }
  EXPECT_GT(refused, 50);
}

TEST(ScenarioModel, OnlyWhatIsDrawnIsCorrelatedAndEachPairOnce) {
  const std::string body = number("x", "value = \"1 to 2\"") + number("y", "value = \"1 to 2\"");
  expect_problems(scenario(number("c", "value = 3") + body +
                           "[[correlation]]\nbetween = [\"x\", @\"c\"]\nvalue = 0.5\n"),
                  {Code::kInconsistent});
  expect_problems(scenario(body + tie("x", "y", 0.5) +
                           "[[correlation]]\nbetween = @[\"y\", \"x\"]\nvalue = 0.5\n"),
                  {Code::kDuplicateId});
  expect_problems(scenario(body + "[[correlation]]\nbetween = @[\"x\", \"x\"]\nvalue = 0.5\n"),
                  {Code::kDuplicateId});
}

// --- ways of giving things

TEST(ScenarioModel, AQuantityIsGivenInOneWay) {
  expect_problems(scenario("@" + number("x", "value = 3\nformula = \"2 + 1\"")),
                  {Code::kInconsistent});
  expect_problems(scenario("@" + number("x", "note = \"none\"")), {Code::kInconsistent});
}

TEST(ScenarioModel, ALineHasOneDemand) {
  expect_problems(scenario("@" + line_of("l", "")), {Code::kInconsistent});
  expect_problems(scenario(line_of("k", "demand = \"1 GUSD\"\n") + "@" +
                           line_of("l", "demand = \"1 GUSD\"\nreplaces = \"k\"")),
                  {Code::kInconsistent});
}

TEST(ScenarioModel, AnEventHasOddsOrItsDay) {
  expect_problems(scenario("@" + happens("e", "")), {Code::kMissingKey});
  expect_problems(scenario("@" + happens("e", "happened = 2025-04-01\nprobability = 0.5")),
                  {Code::kInconsistent});
  expect_problems(scenario("@" + happens("e", "rate = 1\ndelay = \"3 days\"")),
                  {Code::kInconsistent});
}

TEST(ScenarioModel, AnIdStandsOnce) {
  expect_problems(
      scenario(number("x", "value = 3") + "[[quantity]]\nid = @\"x\"\nwhat = \"W\"\nvalue = 4\n"),
      {Code::kDuplicateId});
  // Formulas call quantities, events, lines and firms by one kind of name.
  expect_problems(scenario(number("x", "value = 3") +
                           "[[event]]\nid = @\"x\"\nwhat = \"W\"\nprobability = 0.5\n"),
                  {Code::kDuplicateId});
  expect_problems(
      scenario(choice("o", "") + "[[option]]\nid = @\"o\"\ntitle = \"T\"\nlines = []\n"),
      {Code::kDuplicateId});
}

TEST(ScenarioModel, AnIdIsAName) {
  expect_problems(scenario("[[quantity]]\nid = @\"9x\"\nwhat = \"W\"\nvalue = 4\n"),
                  {Code::kFormulaSyntax});
  expect_problems(scenario("[[quantity]]\nid = @\"a.b\"\nwhat = \"W\"\nvalue = 4\n"),
                  {Code::kFormulaSyntax});
}

TEST(ScenarioModel, AnOptionHasWhatItsLinesReferTo) {
  const std::string lines = line_of("stock", "demand = \"1 GUSD\"") +
                            line_of("rest", "demand = \"1 GUSD\"\nstock_of = \"stock\"");
  expect_problems(scenario(lines + "[[option]]\nid = \"o\"\ntitle = \"T\"\nlines = @[\"rest\"]\n"),
                  {Code::kInconsistent});
  EXPECT_TRUE(problems_of(scenario(lines + choice("o", "\"rest\", \"stock\""))).empty());
  EXPECT_TRUE(
      problems_of(scenario(lines + choice("o", "\"rest\""), "always = [\"stock\"]\n")).empty());
}

TEST(ScenarioModel, ALineRefersToOnesBeforeIt) {
  expect_problems(scenario(line_of("rest", "demand = \"1 GUSD\"\nstock_of = @\"stock\"") +
                           line_of("stock", "demand = \"1 GUSD\"")),
                  {Code::kCycle});
}

TEST(ScenarioModel, AllProblemsOfAFileAreToldAtOnce) {
  expect_problems(
      scenario(number("x", "value = 3\ndate = @2025-05-01") + number("y", "formula = \"@xx + x\"") +
               number("w", "value = \"uniform(0, 5) days\"") +
               number("z", "formula = \"@w + 1 GUSD\"") + happens("e", "probability = @1.2") +
               happens("f", "after = [@\"g\"]") + "@" +
               line_of("l", "conversion = @3\ncap = @\"2 days\"")),
      {Code::kLateEvidence, Code::kUnknownReference, Code::kWrongUnit, Code::kProbability,
       Code::kUnknownReference, Code::kInconsistent, Code::kOutOfRange, Code::kWrongUnit});
}

TEST(ScenarioModel, ABadCalendarIsToldAndNoMore) {
  const std::string text =
      "id = \"s\"\ntitle = \"S\"\nas_of = 2025-04-17\n[[firm]]\nid = \"us\"\ntitle = \"Us\"\n"
      "year_ends = 1\nweekday = @\"funday\"\n" +
      happens("e", "probability = 0.5") + choice("o", "") +
      "[[answer]]\nid = \"a\"\nwhat = \"W\"\nformula = \"by(e, 2025-12-31)\"\n";
  expect_problems(text, {Code::kNotAChoice});
}

TEST(ScenarioModel, AScenarioWithoutFirmsIsToldSo) {
  const Diagnostics errors = problems_of(
      "id = \"s\"\ntitle = \"S\"\nas_of = 2025-04-17\nfirm = []\n" +
      happens("e", "probability = 0.5") + line_of("l", "demand = \"1 GUSD\"") + choice("o", "") +
      "[[answer]]\nid = \"a\"\nwhat = \"W\"\nformula = \"by(e, 2025-12-31) * revenue(l)\"\n");
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(errors.front().code, Code::kMissingKey);
}

}  // namespace
}  // namespace redline::exposure
