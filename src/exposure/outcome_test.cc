// What options bring: laws that hold in every world, books as reported, markets, and numbers that
// are none.

#include <array>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "redline/sampling.h"

#include "exposure/run.h"
#include "exposure/test_scenario.h"
#include "exposure/world.h"

namespace redline::exposure {
namespace {

// Plays an option in each of `samples` worlds; `see` gets them with the lane of each.
template <class See>
void for_each_world(const Model& model, std::uint64_t samples, std::size_t option, const See& see) {
  const SamplePlan plan(SampleDesign::kSobol, std::max(1U, model.dimensions), samples, 7);
  std::vector<double> u(samples * plan.dimensions());
  plan.fill(0, u);
  Worlds worlds(model);
  for (std::uint64_t s = 0; s < samples; s += Worlds::kLanes) {
    const std::size_t lanes = std::min<std::size_t>(Worlds::kLanes, samples - s);
    worlds.draw(std::span(u).subspan(s * model.dimensions, lanes * model.dimensions), lanes);
    worlds.play(option);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      see(worlds, lane);
    }
  }
}

double cents_in_all(const Worlds& worlds, std::size_t lane, const Model& model,
                    FirmMeasure measure) {
  double sum = 0.0;
  for (std::size_t q = 0; q < model.quarters; ++q) {
    sum += worlds.cents(0, measure, q)[lane];
  }
  return sum;
}
double usd_in_all(const Worlds& worlds, std::size_t lane, const Model& model, std::size_t line,
                  LineMeasure measure) {
  double sum = 0.0;
  for (std::size_t q = 0; q < model.quarters; ++q) {
    sum += worlds.usd(line, measure, q, lane);
  }
  return sum;
}

// --- laws

TEST(Outcome, ALikelierLicenseNeverLowersRevenueAtTheSameCharge) {
  double before = -1.0, charge = -1.0;
  for (const char* const chance : {"0", "0.2", "0.5", "0.8", "1"}) {
    const Ran ran(model_of(h20_text(chance)), options_of(4096));
    const double revenue = ran.total(FirmMeasure::kRevenue, 1);
    const double booked = ran.total(FirmMeasure::kCharge, 1);
    EXPECT_GE(revenue, before) << chance;
    if (charge >= 0.0) {
      EXPECT_EQ(booked, charge) << chance;
    }
    before = revenue;
    charge = booked;
  }
}

TEST(Outcome, ALikelierLicenseIsABetterBelief) {
  const std::string text = h20_text("uniform(0, 1)") +
                           "[[belief]]\nover = [\"chance\"]\nfrom = [0]\nto = [1]\nsteps = 5\n";
  const Model model = model_of(text);
  const std::vector<double> means = belief_means(model, model.beliefs[0], 2048, options_of(2048));
  ASSERT_EQ(means.size(), 15U);
  for (std::size_t step = 1; step < 5; ++step) {
    EXPECT_GT(means[step * 3 + 1], means[(step - 1) * 3 + 1]);
    // Without a license it is nothing to anyone, but for the order in which a mean is summed.
    EXPECT_EQ(means[step * 3], means[0]);
  }
  EXPECT_EQ(means[1], means[0]);
  RunOptions shared = options_of(2048);
  shared.threads = 3;
  EXPECT_EQ(belief_means(model, model.beliefs[0], 2048, shared), means);
}

TEST(Outcome, ReleasesAreAtMostWhatWasCharged) {
  const Model model = model_of(h20_text());
  double most = 0.0;
  for_each_world(model, 2000, 1, [&](const Worlds& worlds, std::size_t lane) {
    const double charge = cents_in_all(worlds, lane, model, FirmMeasure::kCharge);
    const double released = cents_in_all(worlds, lane, model, FirmMeasure::kReleased);
    EXPECT_GE(released, 0.0);
    EXPECT_LE(released, charge);
    most = std::max(most, released / charge);
  });
  EXPECT_GT(most, 0.5);
}

TEST(Outcome, WhatWasEarnedIsWhatWasPaidLessTheStockThatWasLost) {
  // Opening stock was paid for before; everything else is paid within the quarters.
  const Model model = model_of(h20_text());
  for (const std::size_t option : {0U, 1U, 2U}) {
    for_each_world(model, 500, option, [&](const Worlds& worlds, std::size_t lane) {
      const double lost = usd_in_all(worlds, lane, model, 0, LineMeasure::kInventoryCharge);
      EXPECT_EQ(cents_in_all(worlds, lane, model, FirmMeasure::kNet),
                cents_in_all(worlds, lane, model, FirmMeasure::kCash) - std::round(lost * 100.0));
    });
  }
}

// --- the books

// What was known of the H20 and of the MI308, to the cent.
std::string reported_text() {
  return scenario(
      "[[firm]]\nid = \"amd\"\ntitle = \"AMD\"\nyear_ends = 12\nweekday = \"saturday\"\n" +
      drawn("ceiling", "5.5 GUSD") + number("booked", "formula = \"4.5 / 5.5\"") +
      number("on_inventory", "formula = \"1.9 / 4.5\"") + happens("told", "happened = 2025-04-09") +
      happens("told_amd", "happened = 2025-04-15") +
      sold("h20",
           "demand = \"5 GUSD\"\nmargin = 0.57\ncloses = [\"told\"]\n"
           "stock = \"ceiling * max(1, booked) * min(1, on_inventory)\"\n"
           "stock_reusable = \"clamp(1 - booked, 0, 1)\"\n"
           "commitments = \"ceiling * max(1, booked) * (1 - min(1, on_inventory))\"\n"
           "reusable = \"clamp(1 - booked, 0, 1)\"") +
      sold("mi308",
           "firm = \"amd\"\ndemand = \"0.5 GUSD\"\nmargin = 0.5\n"
           "closes = [\"told_amd\"]\nstock = \"0.8 GUSD\"") +
      choice("hold", "\"h20\", \"mi308\"") + asked("inventory", "inventory_charge(h20, FY26Q1)") +
      asked("purchases", "purchase_charge(h20, FY26Q1)") + asked("all", "charge(us)") +
      asked("amd_q2", "charge(amd, FY25Q2)") + asked("amd_all", "charge(mi308)"));
}

TEST(Outcome, BooksTheH20AsReported) {
  const Ran ran(model_of(reported_text()), options_of(1));
  EXPECT_EQ(ran.mean("inventory"), 1.9 * kBn);
  EXPECT_EQ(ran.mean("purchases"), 2.6 * kBn);
  EXPECT_EQ(ran.mean("all"), 4.5 * kBn);
  EXPECT_EQ(ran.quarter(FirmMeasure::kCharge, 0), 4.5 * kBn);
  EXPECT_EQ(ran.quarter(FirmMeasure::kCharge, 1), 0.0);
}

TEST(Outcome, BooksTheMi308InTheSecondQuarterOfAmd) {
  const Ran ran(model_of(reported_text()), options_of(1));
  EXPECT_EQ(ran.mean("amd_q2"), 0.8 * kBn);
  EXPECT_EQ(ran.mean("amd_all"), 0.8 * kBn);
}

TEST(Outcome, OneEventFallsIntoTheQuarterOfEachFirm) {
  // 2025-05-10 is in FY26Q2 of the one and in FY25Q2 of the other.
  const Ran ran(model_of(scenario("[[firm]]\nid = \"amd\"\ntitle = \"AMD\"\nyear_ends = 12\n"
                                  "weekday = \"saturday\"\n" +
                                  happens("told", "delay = \"23 days\"") +
                                  sold("ours",
                                       "demand = \"1 GUSD\"\nmargin = 0.5\ncloses = [\"told\"]\n"
                                       "stock = \"1 GUSD\"") +
                                  sold("theirs",
                                       "firm = \"amd\"\ndemand = \"1 GUSD\"\nmargin = 0.5\n"
                                       "closes = [\"told\"]\nstock = \"1 GUSD\"") +
                                  choice("hold", "\"ours\", \"theirs\"") +
                                  asked("ours_q2", "charge(ours, FY26Q2)") +
                                  asked("theirs_q2", "charge(theirs, FY25Q2)"))),
                options_of(1));
  EXPECT_EQ(ran.mean("ours_q2"), 1.0 * kBn);
  EXPECT_EQ(ran.mean("theirs_q2"), 1.0 * kBn);
}

TEST(Outcome, WhatClosesInAQuarterSellsTheDaysBefore) {
  // From 2025-01-27 to 2025-04-08 are 72 days of 91.
  const Ran ran(model_of(reported_text()), options_of(1));
  EXPECT_NEAR(ran.quarter(FirmMeasure::kRevenue, 0), 5.0 * kBn * 72.0 / 91.0, 0.01);
  EXPECT_EQ(ran.quarter(FirmMeasure::kRevenue, 1), 0.0);
}

TEST(Outcome, SalesOfWrittenDownStockReleaseIt) {
  const Ran ran(
      model_of(scenario(happens("told", "happened = 2025-04-09") +
                        happens("license", "delay = \"11 days\"") +
                        sold("h20",
                             "demand = \"1 GUSD\"\nmargin = 0.5\n"
                             "closes = [\"told\"]\nstock = \"0.25 GUSD\"") +
                        sold("rest",
                             "demand = \"0.3 GUSD\"\nmargin = 0.5\n"
                             "opens = [\"license\"]\nstock_of = \"h20\"\n"
                             "supply = \"0 USD\"") +
                        choice("o", "\"h20\", \"rest\"") + asked("q2", "released(rest, FY26Q2)") +
                        asked("q3", "released(rest, FY26Q3)") + asked("sold", "revenue(rest)"))),
      options_of(1));
  EXPECT_EQ(ran.mean("q2"), 0.15 * kBn);  // half of 0.3, as the margin says
  EXPECT_EQ(ran.mean("q3"), 0.10 * kBn);  // what is left
  EXPECT_EQ(ran.mean("sold"), 0.5 * kBn);
  EXPECT_EQ(ran.total(FirmMeasure::kReleased), 0.25 * kBn);
}

// --- freed capacity

TEST(Outcome, WhatNeverOpensFreesAsMuchAsWhatOpensLate) {
  // `blocked` is what buyers would have taken while a line could not be sold.
  const auto freed = [](const char* delay) {
    const Ran ran(
        model_of(scenario(happens("late", fmt::format("delay = \"{} days\"", delay)) +
                          sold("waits", "demand = \"1 GUSD\"\nmargin = 0.5\nopens = [\"late\"]") +
                          sold("instead", "replaces = \"waits\"\nmargin = 0.5\nfungible = 0.5") +
                          choice("o", "\"waits\", \"instead\"") +
                          asked("freed", "revenue(instead, FY26Q2)") +
                          asked("blocked", "blocked(waits, FY26Q2)"))),
        options_of(1));
    return std::pair{ran.mean("freed"), ran.mean("blocked")};
  };
  EXPECT_EQ(freed("270"), (std::pair{0.5 * kBn, 1.0 * kBn}));  // opens within the last quarter
  EXPECT_EQ(freed("400"), (std::pair{0.5 * kBn, 1.0 * kBn}));  // after it
}

TEST(Outcome, AWorldDoesNotHangOnItsNeighbours) {
  // What is freed by a line that opens in some worlds alone.
  const Model model =
      model_of(scenario(happens("some", "probability = 0.5\ndelay = \"100 days\"") +
                        sold("waits", "demand = \"1 GUSD\"\nmargin = 0.5\nopens = [\"some\"]") +
                        sold("instead", "replaces = \"waits\"\nmargin = 0.5\nfungible = 0.5") +
                        choice("o", "\"waits\", \"instead\"")));
  const std::vector<double> u{0.25, 0.75};
  std::vector<double> both(2), one(1), other(1);
  NetModel{model}(u, both);
  NetModel{model}(std::span(u).first(1), one);
  NetModel{model}(std::span(u).last(1), other);
  EXPECT_EQ(both, (std::vector{one[0], other[0]}));
}

// --- markets

// A market whose reference sells 6 billion a quarter, and a part that complies and is of no use.
std::string market_text(const std::string& more) {
  return scenario(
      "[[market]]\nid = \"china\"\nwhat = \"W\"\nreference = \"ref\"\n"
      "sold = \"6 GUSD\"\n" +
      more + "\n" + sold("ref", "market = \"china\"\nusefulness = 1.5\nmargin = 0.5") +
      sold("useless", "market = \"china\"\nusefulness = 0.02\nmargin = 0.5") +
      choice("ref", "\"ref\"") + choice("useless", "\"useless\"") +
      choice("both", "\"ref\", \"useless\""));
}

TEST(Outcome, TheReferenceSellsWhatIsKnownOfIt) {
  for (const char* const more : {"", "rival_supply = \"2 GUSD\"", "rival_supply = \"0 USD\"",
                                 "outside = 0\ntaste = 3", "preference = 0"}) {
    const Ran ran(model_of(market_text(more)), options_of(1));
    for (std::size_t q = 0; q < 4; ++q) {
      EXPECT_NEAR(ran.quarter(FirmMeasure::kRevenue, q), 6.0 * kBn, 0.02) << more << ' ' << q;
    }
  }
}

TEST(Outcome, AUselessPartSellsWhereThereIsNothingElse) {
  const Ran ample(model_of(market_text("")), options_of(1));
  const Ran tiny(model_of(market_text("rival_supply = \"0.1 GUSD\"")), options_of(1));
  const double with_ample = ample.quarter(FirmMeasure::kRevenue, 0, 1);
  const double with_tiny = tiny.quarter(FirmMeasure::kRevenue, 0, 1);
  EXPECT_GT(with_ample, 0.0);
  EXPECT_LT(with_ample, 0.001 * 6.0 * kBn);
  EXPECT_GT(with_tiny, 5.0 * with_ample);
  // By the formulas: weights 2.25, 1 and 1/16 of the reference, domestic parts and nothing.
  EXPECT_NEAR(with_ample, 6.0 * kBn * (2.25 + 1.0 + 0.0625) / 2.25 * 0.0004 / 1.0629, 0.02);
}

TEST(Outcome, MorePartsSellMoreButTakeFromEachOther) {
  const Ran ran(model_of(market_text("")), options_of(1));
  const double alone = ran.quarter(FirmMeasure::kRevenue, 0, 0);
  const double useless = ran.quarter(FirmMeasure::kRevenue, 0, 1);
  const double both = ran.quarter(FirmMeasure::kRevenue, 0, 2);
  EXPECT_GT(both, alone);
  EXPECT_LT(both, alone + useless);
}

TEST(Outcome, AMarketGrows) {
  const Ran ran(model_of(market_text("growth = 0.1")), options_of(1));
  for (std::size_t q = 0; q < 4; ++q) {
    EXPECT_NEAR(ran.quarter(FirmMeasure::kRevenue, q),
                6.0 * kBn * std::pow(1.1, static_cast<double>(q)), 0.02);
  }
}

// --- numbers that are none

TEST(Outcome, WorldsWithoutAValueAreCounted) {
  const Ran ran(
      model_of(scenario(drawn("b", "bernoulli(0.25)") + number("x", "formula = \"1 / b\"") +
                        asked("of", "1 / b") + asked("b", "b"))));
  const double n = static_cast<double>(kMany);
  EXPECT_NEAR(static_cast<double>(ran.result.unsound), 0.75 * n, 0.001 * n);
  EXPECT_EQ(ran.account("of").undefined, ran.result.unsound);
  EXPECT_EQ(ran.account("of").tally.count() + ran.account("of").undefined, kMany);
  EXPECT_EQ(ran.mean("of"), 1.0);
  EXPECT_EQ(ran.account("b").undefined, 0U);
}

constexpr auto kStrange = std::to_array<const char*>(
    {"zero / zero", "1 / zero", "-1 / zero", "1e300 + zero", "-1e300 + zero", "1e-300 + zero"});

// A scenario of every kind of line in which one place has a strange number.
std::string strange_text(const std::string& table, const std::string& field,
                         const std::string& value) {
  const auto with = [&](const std::string& name, const std::string& key, const std::string& usual) {
    return name == table && key == field ? fmt::format("{} = \"{}\"\n", key, value)
                                         : fmt::format("{} = {}\n", key, usual);
  };
  const auto fields = [&](const std::string& name,
                          const std::vector<std::pair<std::string, std::string>>& all) {
    std::string text;
    for (const auto& [key, usual] : all) {
      text += with(name, key, usual);
    }
    return text;
  };
  return scenario(
      drawn("zero", "0") + drawn("chance", "uniform(0, 1)") +
          happens("told", "happened = 2025-04-09") +
          happens("license", fields("event", {{"probability", "\"chance\""},
                                              {"delay", "\"uniform(0, 100) days\""}})) +
          happens("veto", fields("hazard", {{"rate", "0.5"}})) +
          "[[market]]\nid = \"china\"\nwhat = \"W\"\nreference = \"ref\"\n" +
          fields("market", {{"sold", "\"6 GUSD\""},
                            {"growth", "0.1"},
                            {"rival_supply", "\"2 GUSD\""},
                            {"rival_growth", "0.1"},
                            {"preference", "1"},
                            {"outside", "0.3"},
                            {"taste", "2"}}) +
          sold("ref", "market = \"china\"\ncloses = [\"told\"]\n" +
                          fields("closed", {{"usefulness", "1.5"},
                                            {"margin", "0.5"},
                                            {"stock", "\"1 GUSD\""},
                                            {"stock_reusable", "0.1"},
                                            {"realisable", "0.1"},
                                            {"commitments", "\"1 GUSD\""},
                                            {"cancellable", "0.1"},
                                            {"reusable", "0.1"}})) +
          sold("line", "opens = [\"license\"]\nends = [\"veto\"]\nstock_of = \"ref\"\n" +
                           fields("line", {{"demand", "\"1 GUSD\""},
                                           {"growth", "0.1"},
                                           {"margin", "0.5"},
                                           {"price", "0.9"},
                                           {"conversion", "0.5"},
                                           {"cap", "\"0.8 GUSD\""},
                                           {"supply", "\"1 GUSD\""},
                                           {"supply_lead", "\"30 days\""},
                                           {"lead", "\"10 days\""},
                                           {"development", "\"0.1 GUSD\""},
                                           {"share", "0.15"},
                                           {"duty", "0.25"},
                                           {"passed_on", "0.5"}})) +
          sold("built", "opens = [\"license\"]\nends = [\"veto\"]\nmarket = \"china\"\n" +
                            fields("built", {{"usefulness", "0.5"},
                                             {"margin", "0.5"},
                                             {"holds", "0.5"},
                                             {"patience", "\"60 days\""},
                                             {"reusable", "0.5"}})) +
          sold("freed", "replaces = \"ref\"\n" + fields("freed", {{"fungible", "0.5"},
                                                                  {"lead", "\"100 days\""},
                                                                  {"margin", "0.6"}})) +
          choice("all", "\"ref\", \"line\", \"built\", \"freed\"") + asked("net", "net(us)"),
      "quarters = 4\n");
}

struct Place {
  const char *table, *field, *unit;
};
constexpr auto kPlaces = std::to_array<Place>({
    {"event", "probability", ""},
    {"event", "delay", " * 1 days"},
    {"hazard", "rate", ""},
    {"market", "sold", " * 1 USD"},
    {"market", "growth", ""},
    {"market", "rival_supply", " * 1 USD"},
    {"market", "rival_growth", ""},
    {"market", "preference", ""},
    {"market", "outside", ""},
    {"market", "taste", ""},
    {"closed", "usefulness", ""},
    {"closed", "margin", ""},
    {"closed", "stock", " * 1 USD"},
    {"closed", "stock_reusable", ""},
    {"closed", "realisable", ""},
    {"closed", "commitments", " * 1 USD"},
    {"closed", "cancellable", ""},
    {"closed", "reusable", ""},
    {"line", "demand", " * 1 USD"},
    {"line", "growth", ""},
    {"line", "margin", ""},
    {"line", "price", ""},
    {"line", "conversion", ""},
    {"line", "cap", " * 1 USD"},
    {"line", "supply", " * 1 USD"},
    {"line", "supply_lead", " * 1 days"},
    {"line", "lead", " * 1 days"},
    {"line", "development", " * 1 USD"},
    {"line", "share", ""},
    {"line", "duty", ""},
    {"line", "passed_on", ""},
    {"built", "usefulness", ""},
    {"built", "margin", ""},
    {"built", "holds", ""},
    {"built", "patience", " * 1 days"},
    {"built", "reusable", ""},
    {"freed", "fungible", ""},
    {"freed", "lead", " * 1 days"},
    {"freed", "margin", ""},
});

TEST(Outcome, StrangeNumbersUpsetNoBooks) {
  for (const Place& place : kPlaces) {
    for (const char* const number_text : kStrange) {
      SCOPED_TRACE(fmt::format("{}.{} = {}", place.table, place.field, number_text));
      const std::string value = fmt::format("({}){}", number_text, place.unit);
      const Ran ran(model_of(strange_text(place.table, place.field, value)), options_of(32));
      EXPECT_EQ(ran.result.samples, 32U);
      const bool finite = std::string_view(number_text).find("zero /") == std::string_view::npos &&
                          std::string_view(number_text).find("/ zero") == std::string_view::npos;
      EXPECT_EQ(ran.result.unsound, finite ? 0U : 32U);
      EXPECT_EQ(ran.account("net").undefined, 0U);
      // Ten thousand times a thousand billion is more than any of these may come to.
      EXPECT_LT(std::fabs(ran.total(FirmMeasure::kRevenue)), 1e15);
    }
  }
}

}  // namespace
}  // namespace redline::exposure
