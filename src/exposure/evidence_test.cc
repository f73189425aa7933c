// What a scenario rests on: figures, base rates, questions, calendars; nothing of a later day.

#include <cmath>

#include <gtest/gtest.h>

#include "exposure/model.h"
#include "exposure/test_scenario.h"

namespace redline::exposure {
namespace {

// --- evidence and its day

TEST(ScenarioModel, NothingIsKnownLaterThanItsDay) {
  expect_problems(scenario(number("x", "value = 3\ndate = @2025-04-18")), {Code::kLateEvidence});
  expect_problems(scenario(happens("e", "happened = @2025-04-18")), {Code::kLateEvidence});
  EXPECT_TRUE(problems_of(scenario(number("x", "value = 3\ndate = 2025-04-17") +
                                   happens("e", "happened = 2025-04-17")))
                  .empty());
}

// --- figures

MarketFigure figure_of(std::string id, std::string_view value, std::string period,
                       Date published = make_date(2025, 2, 26)) {
  MarketFigure figure;
  figure.id = std::move(id);
  figure.value = *parse_measure(value);
  figure.period = std::move(period);
  figure.published = published;
  return figure;
}

Catalog some_figures() {
  Catalog catalog;
  std::vector<MarketFigure>& all = catalog.market.figures;
  all.push_back(figure_of("a.fy25.china_billing", "17.108 GUSD", "a.fy25"));
  all.push_back(figure_of("a.fy25q4.china_hq", "9.659 GUSD", "a.fy25q4"));
  all.push_back(figure_of("a.fy25q4.margin", "70 percent", "a.fy25q4"));
  all.push_back(figure_of("a.fy26q1.revenue", "44 GUSD", "a.fy26q1", make_date(2025, 5, 28)));
  all.push_back(figure_of("a.h20.charge_ceiling", "5.5 GUSD", "a.fy26q1"));
  all.push_back(figure_of("a.inventory", "10 GUSD", ""));
  all.back().at = make_date(2025, 1, 26);
  all.push_back(figure_of("a.range", "1 GUSD", ""));
  all.back().range = {*parse_measure("5 GUSD"), *parse_measure("10 GUSD")};
  all.back().value.reset();
  return catalog;
}

TEST(ScenarioFigures, HaveTheirReadingFromPeriodAndName) {
  const Catalog catalog = some_figures();
  ScenarioContext context;
  context.catalog = &catalog;
  const Model model = model_of(scenario(number("billed", "figure = \"a.fy25.china_billing\"") +
                                        number("seated", "figure = \"a.fy25q4.china_hq\"") +
                                        number("margin", "figure = \"a.fy25q4.margin\"") +
                                        number("charge", "figure = \"a.h20.charge_ceiling\"") +
                                        number("stock", "figure = \"a.inventory\"")),
                               context);
  constexpr Dimension kMoneyOf{.usd = 1};
  EXPECT_EQ(quantity(model, "billed").kind,
            (ValueKind{kMoneyOf, Form::kFlow, Length::kYear, Geography::kBilling}));
  EXPECT_EQ(quantity(model, "seated").kind,
            (ValueKind{kMoneyOf, Form::kFlow, Length::kQuarter, Geography::kHeadquarters}));
  EXPECT_EQ(quantity(model, "margin").kind, ValueKind{});
  EXPECT_EQ(quantity(model, "charge").kind, ValueKind{kMoneyOf});
  EXPECT_EQ(quantity(model, "stock").kind, (ValueKind{kMoneyOf, Form::kStock}));
  EXPECT_EQ(model.row[quantity(model, "billed").slot], 17.108e9);
  EXPECT_EQ(quantity(model, "billed").date, make_date(2025, 2, 26));
}

TEST(ScenarioFigures, OfTwoGeographiesOrPeriodsAreNotMixed) {
  const Catalog catalog = some_figures();
  ScenarioContext context;
  context.catalog = &catalog;
  expect_problems(scenario(number("billed", "figure = \"a.fy25.china_billing\"") +
                           number("seated", "figure = \"a.fy25q4.china_hq\"") +
                           number("part", "formula = \"@seated / quarterly(billed)\"") +
                           number("ordered", "value = \"16.0 GUSD\"\nform = \"stock\"") +
                           number("of_it", "formula = \"@ordered / billed\"")),
                  {Code::kGeographyClash, Code::kPeriodClash}, context);
}

TEST(ScenarioFigures, ARangeIsALognormalOfItsEnds) {
  const Catalog catalog = some_figures();
  ScenarioContext context;
  context.catalog = &catalog;
  const Model model = model_of(scenario(number("x", "figure = \"a.range\"")), context);
  const QuantityInfo& info = quantity(model, "x");
  ASSERT_TRUE(info.distribution.has_value());
  EXPECT_NEAR(info.distribution->quantile(0.05), 5.0, 1e-9);
  EXPECT_NEAR(info.distribution->quantile(0.95), 10.0, 1e-9);
  EXPECT_EQ(info.factor, 1e9);
}

TEST(ScenarioFigures, ThatCameLaterOrAreNotThereAreRefused) {
  const Catalog catalog = some_figures();
  ScenarioContext context;
  context.catalog = &catalog;
  expect_problems(scenario(number("x", "figure = @\"a.fy26q1.revenue\"")), {Code::kLateEvidence},
                  context);
  expect_problems(scenario(number("x", "figure = @\"a.fy25.china_biling\"")),
                  {Code::kUnknownReference}, context);
  expect_problems(scenario(number("x", "figure = @\"a.inventory\"")), {Code::kUnknownReference});
}

TEST(ScenarioFigures, SourcesAreOnesThatAreThere) {
  Catalog catalog;
  ScenarioContext context;
  context.catalog = &catalog;
  expect_problems(scenario(number("x", "value = 3\nsource = [@\"nowhere\"]")),
                  {Code::kUnknownReference}, context);
}

// --- base rates

CaseRecord case_of(Date date, std::optional<bool> yes, std::optional<double> value = {}) {
  CaseRecord one;
  one.date = date;
  one.yes = yes;
  one.value = value;
  return one;
}
ScenarioContext with_series(SeriesRecord series) {
  ScenarioContext context;
  context.precedents.push_back(std::move(series));
  return context;
}
Distribution base_rate(SeriesRecord series) {
  const ScenarioContext context = with_series(std::move(series));
  const Model model = model_of(scenario(number("x", "precedents = \"s\"")), context);
  const QuantityInfo& info = quantity(model, "x");
  EXPECT_TRUE(info.distribution.has_value());
  return info.distribution.value_or(Distribution{});
}

TEST(Precedents, EventsSinceADayGiveARate) {
  // Four years of 365.25 days until the scenario's; the last event came later.
  SeriesRecord series{"s", "W", "", make_date(2021, 4, 17), {}};
  for (const Date day : {make_date(2022, 1, 1), make_date(2023, 1, 1), make_date(2025, 4, 17),
                         make_date(2025, 4, 18)}) {
    series.cases.push_back(case_of(day, {}));
  }
  const Distribution rate = base_rate(series);
  EXPECT_EQ(rate.kind(), DistributionKind::kGamma);
  EXPECT_NEAR(rate.mean(), 3.5 / 4.0, 1e-12);
  EXPECT_NEAR(rate.cumulative(3.5 / 4.0), 0.571, 1e-3);  // of a gamma of shape 3.5, at its mean
}

TEST(Precedents, YesAndNoGiveAProbability) {
  SeriesRecord series{"s", "W", "", {}, {}};
  for (const bool yes : {true, false, false, true, false}) {
    series.cases.push_back(case_of(make_date(2024, 1, 1), yes));
  }
  series.cases.push_back(case_of(make_date(2025, 6, 1), true));  // later
  EXPECT_EQ(base_rate(series), *Distribution::parse("beta(2.5, 3.5)"));
}

TEST(Precedents, NumbersGiveStudentsIntervalOfTheNextOne) {
  SeriesRecord series{"s", "W", "days", {}, {}};
  for (const double value : {5.0, 10.0, 20.0, 40.0, 80.0}) {
    series.cases.push_back(case_of(make_date(2024, 1, 1), {}, value));
  }
  series.cases.push_back(case_of(make_date(2025, 6, 1), {}, 1e6));  // later
  const Distribution next = base_rate(series);
  // Student's t of 4 degrees of freedom at 95 %; the variance of 0, 1, 2, 3, 4 is 2.5.
  const double reach = 2.131846786 * std::log(2.0) * std::sqrt(2.5 * (1.0 + 1.0 / 5.0));
  EXPECT_NEAR(next.quantile(0.5), 20.0, 1e-9);
  EXPECT_NEAR(next.quantile(0.05) / (20.0 * std::exp(-reach)), 1.0, 1e-8);
  EXPECT_NEAR(next.quantile(0.95) / (20.0 * std::exp(reach)), 1.0, 1e-8);
}

TEST(Precedents, NumbersThatAreNotPositiveAreTakenAsTheyAre) {
  SeriesRecord series{"s", "W", "percent", {}, {}};
  for (const double value : {-10.0, 0.0, 10.0}) {
    series.cases.push_back(case_of(make_date(2024, 1, 1), {}, value));
  }
  const Distribution next = base_rate(series);
  const double reach = 2.919985580 * 10.0 * std::sqrt(4.0 / 3.0);
  EXPECT_NEAR(next.quantile(0.05), -reach, 1e-6);
  EXPECT_NEAR(next.quantile(0.95), reach, 1e-6);
}

TEST(Precedents, TooFewNumbersAreRefused) {
  SeriesRecord series{"s", "W", "days", {}, {}};
  series.cases.push_back(case_of(make_date(2024, 1, 1), {}, 5.0));
  series.cases.push_back(case_of(make_date(2025, 6, 1), {}, 6.0));  // later
  expect_problems(scenario(number("x", "precedents = @\"s\"")), {Code::kInconsistent},
                  with_series(series));
}

TEST(Precedents, ASeriesThatBeginsLaterOrIsNotThereIsRefused) {
  SeriesRecord series{"series", "W", "", make_date(2025, 6, 1), {}};
  expect_problems(scenario(number("x", "precedents = @\"series\"")), {Code::kInconsistent},
                  with_series(series));
  const std::string near = scenario(number("x", "precedents = @\"seriez\""));
  expect_problems(near, {Code::kUnknownReference}, with_series(series));
}

// --- questions

TEST(ScenarioModel, AQuestionIsPutWithTheDayOfTheScenario) {
  ScenarioContext context;
  context.ask = [](const AskRecord& ask, Date as_of) -> Result<Asked> {
    EXPECT_EQ(ask.chip, "h20");
    EXPECT_EQ(as_of, make_date(2025, 4, 17));
    return Asked{*Distribution::parse("1 to 2"), {}, "asked"};
  };
  const std::string text =
      scenario(number("x", "ask = { what = \"performance\", chip = \"h20\" }"));
  EXPECT_EQ(quantity(model_of(text, context), "x").origin, "asked");
  EXPECT_EQ(only_problem(text).code, Code::kInconsistent);  // nobody to ask
  context.ask = [](const AskRecord&, Date) -> Result<Asked> {
    return fail(Code::kUnknownChip, "no such chip", {"help"});
  };
  const Error error = only_problem(text, context);
  EXPECT_EQ(error.code, Code::kUnknownChip);
  ASSERT_TRUE(error.where.has_value());
  EXPECT_EQ(error.where->line, 12);
}

// --- calendars

TEST(ScenarioModel, QuartersAreThoseOfEachFirm) {
  const Model model = model_of(scenario(
      "[[firm]]\nid = \"amd\"\ntitle = \"AMD\"\nyear_ends = 12\nweekday = \"saturday\"\n"));
  const auto ends = [](const Quarter& quarter) { return quarter.last; };
  const std::vector<Quarter>& nvidia = model.firms[0].quarters;
  const std::vector<Quarter>& amd = model.firms[1].quarters;
  ASSERT_EQ(nvidia.size(), 4U);
  EXPECT_EQ(name_of(nvidia[0].name), "FY26Q1");
  EXPECT_EQ(ends(nvidia[0]), day_number(make_date(2025, 4, 27)));
  EXPECT_EQ(nvidia[1].first, day_number(make_date(2025, 4, 28)));
  EXPECT_EQ(ends(nvidia[3]), day_number(make_date(2026, 1, 25)));
  EXPECT_EQ(name_of(amd[0].name), "FY25Q2");
  EXPECT_EQ(amd[0].first, day_number(make_date(2025, 3, 30)));
  EXPECT_EQ(ends(amd[0]), day_number(make_date(2025, 6, 28)));
}

TEST(ScenarioModel, AQuarterBelongsToItsFirm) {
  const std::string body =
      "[[firm]]\nid = \"amd\"\ntitle = \"AMD\"\nyear_ends = 12\nweekday = \"saturday\"\n"
      "[[answer]]\nid = \"a\"\nwhat = \"W\"\nformula = \"@net(amd, FY26Q4)\"\n";
  expect_problems(scenario(body), {Code::kUnknownReference});
}

TEST(ScenarioModel, AResultHasTheLengthThatItIsAskedOver) {
  const Model model = model_of(
      scenario("[[answer]]\nid = \"q\"\nwhat = \"W\"\nformula = \"net(us, FY26Q1)\"\n"
               "[[answer]]\nid = \"h\"\nwhat = \"W\"\nformula = \"net(us, FY26Q1..FY26Q2)\"\n"
               "[[answer]]\nid = \"y\"\nwhat = \"W\"\nformula = \"net(us)\"\n"));
  EXPECT_EQ(model.answers[0].formula.kind().length, Length::kQuarter);
  EXPECT_EQ(model.answers[1].formula.kind().length, Length::kHalf);
  EXPECT_EQ(model.answers[2].formula.kind().length, Length::kYear);
  EXPECT_TRUE(model.answers[0].of_option);
}

TEST(ScenarioModel, ReadsAQuestionOfABacktest) {
  Model model = model_of(scenario(happens("e", "probability = 0.5")));
  const auto answer = read_answer(model, "a", "W", "by(e, 2025-12-31)", "percent");
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->of_option);
  EXPECT_EQ(answer->factor, 0.01);
  const auto wrong = read_answer(model, "a", "W", "by(f, 2025-12-31)", "percent");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().front().code, Code::kUnknownReference);
}

}  // namespace
}  // namespace redline::exposure
