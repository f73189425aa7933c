// Runs of a scenario against what is known of them: closed forms, trees that are enumerated, and
// what a sample is worth.

#include "exposure/run.h"

#include <array>
#include <cmath>
#include <fstream>
#include <numbers>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "redline/random.h"

#include "exposure/test_scenario.h"
#include "exposure/world.h"

namespace redline::exposure {
namespace {

// --- known answers

TEST(Run, MeetsTheMomentsOfWhatIsDrawn) {
  const Ran ran(model_of(scenario(drawn("range", "5 to 10") + drawn("pert", "pert(1, 2, 4)") +
                                  drawn("tri", "tri(1, 2, 4)") + drawn("about", "7.5 +- 1.519892") +
                                  asked("r", "range") + asked("p", "pert") + asked("t", "tri") +
                                  asked("n", "about"))));
  struct Known {
    const char* id;
    double mean, deviation;
  };
  for (const Known& known : {Known{"r", 7.229784, 1.540393},
                             {"t", 2.333333, std::sqrt(0.388889)},
                             {"p", 2.166667, std::sqrt((2.166667 - 1.0) * (4.0 - 2.166667) / 7.0)},
                             {"n", 7.5, 1.519892}}) {
    EXPECT_NEAR(
        ran.mean(known.id), known.mean,
        std::min(3.0 * ran.tally(known.id).mean_error() / ran.scale(known.id), 0.003 * known.mean))
        << known.id;
    EXPECT_NEAR(ran.deviation(known.id), known.deviation, 0.003 * known.deviation) << known.id;
  }
  EXPECT_NEAR(ran.quantile("r", 0.5), 7.071068, 0.003 * 7.071068);
  EXPECT_NEAR(ran.quantile("n", 0.05), 5.0, 0.003 * 5.0);
  EXPECT_NEAR(ran.quantile("n", 0.95), 10.0, 0.003 * 10.0);
}

TEST(Run, MeetsTheProductOfTwoRanges) {
  const Model model =
      model_of(scenario(drawn("a", "5 to 10") + drawn("b", "2 to 8") + asked("ab", "a * b")));
  for (const SampleDesign design :
       {SampleDesign::kSobol, SampleDesign::kLatin, SampleDesign::kRandom}) {
    const Ran ran(model, options_of(kMany, 1, design));
    const Tally& tally = ran.tally("ab");
    EXPECT_NEAR(ran.mean("ab"), 31.604325, 3.0 * tally.mean_error() / ran.scale("ab"));
    for (const auto& [level, value] :
         {std::pair{0.05, 13.031164}, {0.5, 28.284271}, {0.95, 61.391290}}) {
      EXPECT_NEAR(ran.quantile("ab", level), value,
                  3.0 * tally.quantile_error(level) / ran.scale("ab"))
          << level;
      if (design == SampleDesign::kSobol) {
        EXPECT_NEAR(ran.quantile("ab", level), value, 0.003 * value) << level;
      }
    }
    if (design == SampleDesign::kSobol) {
      EXPECT_NEAR(ran.mean("ab"), 31.604325, 0.003 * 31.604325);
    }
  }
}

TEST(Run, MeetsTheDeviationOfASumOfCorrelatedNormals) {
  const Ran ran(model_of(scenario(drawn("a", "normal(10, 2)") + drawn("b", "normal(20, 3)") +
                                  tie("a", "b", 0.5) + asked("sum", "a + b") +
                                  asked("difference", "b - a"))));
  EXPECT_NEAR(ran.deviation("sum"), 4.358899, 0.003 * 4.358899);
  EXPECT_NEAR(ran.deviation("difference"), std::sqrt(7.0), 0.003 * std::sqrt(7.0));
  EXPECT_NEAR(ran.mean("sum"), 30.0, 3.0 * ran.tally("sum").mean_error() / ran.scale("sum"));
}

TEST(Run, CorrelatedEventsComeTogether) {
  // Two of probability 1/2 and a normal correlation of 1/2: a third (Sheppard 1899).
  const Ran ran(model_of(scenario(
      happens("a", "probability = 0.5") + happens("b", "probability = 0.5") + tie("a", "b", 0.5) +
      asked("both", "by(a, 2025-12-31) * by(b, 2025-12-31)") + asked("one", "by(a, 2025-12-31)"))));
  EXPECT_NEAR(ran.mean("both"), 1.0 / 3.0, 0.001);
  EXPECT_NEAR(ran.mean("one"), 0.5, 0.001);
}

TEST(Run, ThreeGatesBeforeAPrize) {
  const Ran ran(
      model_of(scenario(happens("gate", "probability = 0.8") +
                        happens("prc", "after = [\"gate\"]\nprobability = 0.3") +
                        happens("order", "after = [\"prc\"]\nprobability = 0.5") +
                        sold("prize", "opens = [\"order\"]\ndemand = \"10 GUSD\"\nmargin = 0.6") +
                        choice("apply", "\"prize\"") + asked("opened", "by(order, 2025-04-17)") +
                        asked("won", "revenue(prize, FY26Q2)"))));
  EXPECT_NEAR(ran.mean("opened"), 0.12, 0.0005);
  EXPECT_NEAR(ran.mean("won"), 1.2 * kBn, 0.005 * kBn);
  EXPECT_EQ(ran.quantile("won", 0.5), 0.0);
  EXPECT_NEAR(ran.tally("won").share_at_most(0.0), 0.88, 0.0005);
  EXPECT_NEAR(ran.quantile("won", 0.95), 10.0 * kBn, 0.02 * kBn);  // a bin of 2^-9
}

TEST(Run, TheExampleOfThreeGatesIsTwelvePercent) {
  std::ifstream in(REDLINE_TEST_DATA "/../examples/gates.toml");
  ASSERT_TRUE(in);
  std::ostringstream text;
  text << in.rdbuf();
  const Ran ran(model_of(text.str()));
  EXPECT_NEAR(ran.mean("opened"), 0.12, 0.0005);
  const Accounts accounts(ran.model);
  const Tally& revenue = ran.result.of[0][accounts.total(FirmMeasure::kRevenue)].tally;
  EXPECT_NEAR(revenue.mean() / kCentsAUsd, 1.2 * kBn, 0.005 * kBn);
  EXPECT_EQ(revenue.quantile(0.5), 0.0);
  EXPECT_EQ(ran.total(FirmMeasure::kRevenue, 1), 0.0);
}

TEST(Run, ChargesAreGrossedUp) {
  const Ran ran(model_of(scenario(drawn("ceiling", "5.5 GUSD") + drawn("booked", "4.5 GUSD") +
                                  asked("street", "ceiling / (1 - 0.6)") +
                                  asked("company", "booked / (1 - 57.14 percent)"))),
                options_of(1));
  EXPECT_NEAR(ran.mean("street"), 13.75 * kBn, 0.01);
  EXPECT_NEAR(ran.mean("company"), 10.5 * kBn, 0.001 * kBn);
}

TEST(Run, ComputesThePointsOfMargin) {
  // Of reported revenue: the H20's charge, its release, and AMD's charge.
  const Ran ran(
      model_of(scenario(
          drawn("charge", "4.5 GUSD") + drawn("q1", "44.062 GUSD") + drawn("release", "0.18 GUSD") +
          drawn("q2", "46.743 GUSD") + asked("charged", "100 * charge / q1") +
          asked("released", "100 * release / q2") + asked("amd", "100 * 0.8 GUSD / 7.685 GUSD"))),
      options_of(1));
  EXPECT_NEAR(ran.mean("charged"), 10.21, 0.005);
  EXPECT_NEAR(ran.mean("released"), 0.385, 0.0005);
  EXPECT_NEAR(ran.mean("amd"), 10.4, 0.05);
}

// --- events

struct TreeEvent {
  double probability = 1.0;
  int delay = 0;  // days
  std::vector<std::size_t> after, unless;
};
// The chance of each set of events to have come, by what the words say.
std::vector<double> enumerated(const std::vector<TreeEvent>& events) {
  std::vector<double> chances(std::size_t{1} << events.size(), 0.0);
  for (std::size_t drawn_set = 0; drawn_set < chances.size(); ++drawn_set) {
    double weight = 1.0;
    std::size_t came = 0;
    std::vector<int> day(events.size(), 0);
    for (std::size_t e = 0; e < events.size(); ++e) {
      const TreeEvent& event = events[e];
      bool comes = (drawn_set >> e & 1U) != 0;
      weight *= comes ? event.probability : 1.0 - event.probability;
      for (const std::size_t before : event.after) {
        comes = comes && (came >> before & 1U) != 0;
        day[e] = std::max(day[e], day[before]);
      }
      day[e] += event.delay;
      for (const std::size_t other : event.unless) {
        comes = comes && ((came >> other & 1U) == 0 || day[other] > day[e]);
      }
      came |= comes ? std::size_t{1} << e : 0;
    }
    chances[came] += weight;
  }
  return chances;
}

std::string tree_text(const std::vector<TreeEvent>& events) {
  const auto name = [](std::size_t e) { return std::string(1, static_cast<char>('a' + e)); };
  const auto names = [&](const std::vector<std::size_t>& list) {
    std::string text;
    for (const std::size_t e : list) {
      text += (text.empty() ? "\"" : ", \"") + name(e) + "\"";
    }
    return text;
  };
  std::string body;
  for (std::size_t e = 0; e < events.size(); ++e) {
    body += happens(name(e), fmt::format("probability = {}\ndelay = \"{} days\"\n"
                                         "after = [{}]\nunless = [{}]",
                                         events[e].probability, events[e].delay,
                                         names(events[e].after), names(events[e].unless)));
  }
  for (std::size_t set = 0; set < std::size_t{1} << events.size(); ++set) {
    std::string product = "1";
    for (std::size_t e = 0; e < events.size(); ++e) {
      const bool in = (set >> e & 1U) != 0;
      product +=
          fmt::format(" * {}by({}, 2026-01-25){}", in ? "" : "(1 - ", name(e), in ? "" : ")");
    }
    body += asked(fmt::format("set{}", set), product);
  }
  return scenario(body);
}

void expect_enumerated(const std::vector<TreeEvent>& events, const char* what) {
  const std::vector<double> chances = enumerated(events);
  const Ran ran(model_of(tree_text(events)), options_of(1U << 13U));
  double mass = 0.0;
  for (std::size_t set = 0; set < chances.size(); ++set) {
    const std::string id = fmt::format("set{}", set);
    // Three standard errors of independent draws.
    const double reach = 3.0 * std::sqrt(chances[set] * (1.0 - chances[set]) / (1U << 13U));
    EXPECT_NEAR(ran.mean(id), chances[set], reach) << what << ' ' << id;
    mass += ran.mean(id);
  }
  EXPECT_NEAR(mass, 1.0, 1e-12) << what;
}

TEST(Run, TreesOfEventsAreAsEnumerated) {
  expect_enumerated(
      {{0.4, 10, {}, {}}, {0.5, 20, {0}, {}}, {0.6, 25, {}, {}}, {0.7, 1, {0, 2}, {1}}},
      "it comes before what would end it");
  expect_enumerated(
      {{0.4, 10, {}, {}}, {0.5, 20, {0}, {}}, {0.6, 25, {}, {}}, {0.7, 10, {0, 2}, {1}}},
      "what ends it comes first");
  expect_enumerated({{0.3, 5, {}, {}}, {0.9, 5, {}, {0}}, {0.5, 1, {1}, {}}}, "on one day");
}

TEST(Run, AnyTreeOfEventsIsAsEnumerated) {
  for (std::uint64_t tree = 0; tree < 12; ++tree) {
    std::vector<TreeEvent> events(4);
    for (std::size_t e = 0; e < events.size(); ++e) {
      events[e].probability = std::round(uniform(3, e, tree) * 100.0) / 100.0;
      events[e].delay = static_cast<int>(uniform(4, e, tree) * 30.0);
      for (std::size_t before = 0; before < e; ++before) {
        const double which = uniform(5, e * 4 + before, tree);
        if (which < 0.35) {
          events[e].after.push_back(before);
        } else if (which < 0.7) {
          events[e].unless.push_back(before);
        }
      }
    }
    expect_enumerated(events, fmt::format("tree {}", tree).c_str());
  }
}

TEST(Run, OfTwoAlikeTimesEachIsFirstInHalf) {
  const Ran ran(model_of(scenario(happens("a", "delay = \"uniform(0, 100) days\"") +
                                  happens("b",
                                          "delay = \"uniform(0, 100) days\"\n"
                                          "unless = [\"a\"]") +
                                  asked("first", "by(b, 2025-12-31)"))));
  EXPECT_NEAR(ran.mean("first"), 0.5, 0.001);
}

TEST(Run, ARateComesByADayAsAnExponentialDoes) {
  const Ran ran(model_of(
      scenario(happens("e", "rate = 1.5") + happens("late", "rate = 1.5\nuntil = 2025-07-31") +
               happens("never", "rate = 0") + asked("year", "by(e, 2026-01-25)") +
               asked("cut", "by(late, 2026-01-25)") + asked("none", "by(never, 2026-01-25)"))));
  const auto by = [](Date day) {  // its end
    const double days = day_number(day) + 1.0 - day_number(make_date(2025, 4, 17));
    return 1.0 - std::exp(-1.5 * days / 365.25);
  };
  EXPECT_NEAR(ran.mean("year"), by(make_date(2026, 1, 25)), 0.001);
  EXPECT_NEAR(ran.mean("cut"), by(make_date(2025, 7, 31)), 0.001);
  EXPECT_EQ(ran.mean("none"), 0.0);
}

TEST(Run, DaysAreCountedToTheEndOfTheScenario) {
  const Ran ran(model_of(scenario(
                    happens("e", "delay = \"30 days\"") + happens("never", "probability = 0") +
                    asked("to", "days(e, 2025-04-17)") + asked("all", "days(never, 2025-04-17)"))),
                options_of(1));
  EXPECT_EQ(ran.mean("to"), 30.0 * 86400.0);
  EXPECT_EQ(ran.mean("all"), 283.0 * 86400.0);  // to 2026-01-25
}

// --- what a sample is worth

// Of the mean of a product, over many seeds.
double error_of_mean(const Model& model, SampleDesign design, std::uint64_t samples) {
  constexpr std::uint64_t kSeeds = 200;
  double squares = 0.0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Ran ran(model, options_of(samples, seed, design));
    const double error = ran.mean("ab") - 6.0;
    squares += error * error;
  }
  return std::sqrt(squares / kSeeds);
}

TEST(Run, ErrorsFallAsTheRootOfTheSampleAndFasterForSobol) {
  const Model model = model_of(
      scenario(drawn("a", "normal(2, 1)") + drawn("b", "uniform(1, 5)") + asked("ab", "a * b"),
               "quarters = 1\n"));
  // 200 seeds know each error to 5 %, their ratio to 7 %.
  const double random = error_of_mean(model, SampleDesign::kRandom, 64) /
                        error_of_mean(model, SampleDesign::kRandom, 1024);
  EXPECT_GT(random, 3.0);
  EXPECT_LT(random, 5.5);
  const double sobol = error_of_mean(model, SampleDesign::kSobol, 64) /
                       error_of_mean(model, SampleDesign::kSobol, 1024);
  EXPECT_GT(sobol, 8.0);
}

TEST(Run, AnyNumberOfThreadsGivesTheSame) {
  const Model model = model_of(h20_text());
  for (const SampleDesign design :
       {SampleDesign::kSobol, SampleDesign::kLatin, SampleDesign::kRandom}) {
    RunOptions options = options_of(5000, 3, design);
    const RunResult one = run(model, options);
    EXPECT_EQ(one.samples, 5000U);
    for (const unsigned threads : {2U, 3U}) {
      options.threads = threads;
      EXPECT_TRUE(run(model, options) == one) << threads;
    }
  }
}

TEST(Run, ShardsAreTheWhole) {
  const Model model = model_of(h20_text());
  for (const unsigned shards : {3U, 7U}) {  // of five blocks
    RunOptions options = options_of(5000, 3);
    const RunResult whole = run(model, options);
    options.shards = shards;
    RunResult merged = run(model, options);
    for (options.shard = 1; options.shard < shards; ++options.shard) {
      merged.merge(run(model, options));
    }
    EXPECT_TRUE(merged == whole) << shards;
  }
}

// Worlds of a kind are worked out together and once for options that do not differ in them, and
// what no account reads not at all.
TEST(Run, CountsWhatEachWorldBringsAlone) {
  const std::string other =
      "[[firm]]\nid = \"rival\"\ntitle = \"Rival\"\nyear_ends = 12\n" +
      happens("rare", "probability = \"beta(1, 9)\"") + happens("soon", "rate = \"1 to 2\"") +
      sold("seldom", "demand = \"1 GUSD\"\nmargin = 0.5\nopens = [\"rare\", \"soon\"]") +
      "[[line]]\nid = \"theirs\"\nwhat = \"theirs\"\nfirm = \"rival\"\ndemand = \"a_quarter\"\n"
      "margin = 0.5\nopens = [\"license\"]\n" +
      choice("rarely", "\"seldom\"") + choice("theirs", "\"theirs\"") +
      choice("most", "\"licensed\", \"seldom\", \"theirs\"") +
      asked("odd", "revenue(seldom) / revenue(licensed)");
  const Model model = model_of(h20_text("beta(2, 3)") + other);
  const RunOptions options = options_of(5000, 3);
  const RunResult counted = run(model, options);
  const SamplePlan plan = plan_of(model, options.design, options.samples, options.seed);
  std::vector<double> point(model.dimensions);
  const Accounts places(model);
  std::vector<std::vector<Account>> of(model.options.size(), std::vector<Account>(places.size()));
  const auto count = [](Account& account, double value) {
    if (std::isfinite(value)) {
      account.tally.add({&value, 1});
    } else {
      ++account.undefined;
    }
  };
  Worlds worlds(model);
  for (std::uint64_t s = 0; s < options.samples; ++s) {
    plan.fill(s, point);
    worlds.draw(point, 1);
    for (std::size_t o = 0; o < of.size(); ++o) {
      worlds.play(o);
      for (std::size_t k = 0; k < kFirmMeasures; ++k) {
        const auto measure = static_cast<FirmMeasure>(k);
        double total = 0.0;
        for (std::size_t q = 0; q < model.quarters; ++q) {
          const double cents = worlds.cents(0, measure, q)[0];
          total += cents;
          if (k < kQuarterMeasures) {
            count(of[o][places.of(measure, q)], cents);
          }
        }
        count(of[o][places.total(measure)], total);
      }
      for (std::size_t a = 0; a < model.answers.size(); ++a) {
        std::array<double, Worlds::kLanes> values{};
        worlds.work_out(model.answers[a].formula, values.data());
        if (o == 0 || model.answers[a].of_option) {
          count(of[o][places.answer(a)], values[0] * counted.scales[a]);
        }
      }
    }
  }
  EXPECT_EQ(counted.unsound, 0U);
  EXPECT_GT(of[0][places.answer(answer_index(model, "odd"))].undefined, 0U);
  for (std::size_t o = 0; o < of.size(); ++o) {
    for (std::size_t a = 0; a < of[o].size(); ++a) {
      EXPECT_TRUE(counted.of[o][a] == of[o][a]) << o << ' ' << a;
    }
  }
}

TEST(Run, AnotherSeedIsAnotherSample) {
  const Model model = model_of(h20_text());
  EXPECT_FALSE(run(model, options_of(1000, 1)) == run(model, options_of(1000, 2)));
}

TEST(Run, StopsBetweenBlocks) {
  const Model model = model_of(h20_text());
  RunOptions options = options_of(10'000);
  options.stop = [] { return true; };
  const RunResult result = run(model, options);
  EXPECT_TRUE(result.stopped);
  EXPECT_EQ(result.samples, 4096U);
}

TEST(Run, ChoicesAreThoseOfTheRunForAnyNumberOfThreads) {
  const Model model = model_of(h20_text());
  RunOptions options = options_of(3000);
  const auto inputs = inputs_of(model);
  const Choices one = choices(model, inputs, 3000, options);
  options.threads = 3;
  const Choices three = choices(model, inputs, 3000, options);
  EXPECT_EQ(one.net.worth, three.net.worth);
  EXPECT_EQ(one.inputs, three.inputs);
  const RunResult result = run(model, options);
  for (std::size_t o = 0; o < model.options.size(); ++o) {
    double sum = 0.0;
    for (std::uint64_t s = 0; s < 3000; ++s) {
      sum += one.net.worth[s * model.options.size() + o] / 3000.0;
    }
    EXPECT_NEAR(sum, result.of[o][Accounts(model).total(FirmMeasure::kNet)].tally.mean() / 100.0,
                1.0);
  }
}

// Points of the unit cube, one behind the other.
std::vector<double> any_points(const Model& model, std::size_t points, std::uint64_t seed) {
  std::vector<double> u(points * model.dimensions);
  for (std::size_t i = 0; i < u.size(); ++i) {
    u[i] = uniform(seed, 0, i);
  }
  return u;
}

TEST(Run, APointIsTheSameWorldWhereverItStands) {
  const Model model = model_of(h20_text());
  const NetModel net(model);
  const std::size_t options = model.options.size();
  const std::vector<double> u = any_points(model, Worlds::kLanes, 9);
  std::vector<double> all(Worlds::kLanes * options), one(options);
  net(u, all);
  for (std::size_t i = 0; i < Worlds::kLanes; ++i) {
    net(std::span(u).subspan(i * model.dimensions, model.dimensions), one);
    for (std::size_t o = 0; o < options; ++o) {
      EXPECT_EQ(one[o], all[i * options + o]) << i << ' ' << o;
    }
  }
}

TEST(Run, WhatAnOptionBringsIsTheSameWhateverWasPlayedBefore) {
  // Groups of lines that are shared between options are worked out once.
  const Model model = model_of(h20_text());
  Worlds used(model);
  for (std::uint64_t draw = 0; draw < 3; ++draw) {
    const std::vector<double> u = any_points(model, Worlds::kLanes, 10 + draw);
    used.draw(u, Worlds::kLanes);
    for (const std::size_t o : {2U, 0U, 1U, 2U}) {
      used.play(o);
      Worlds fresh(model);
      fresh.draw(u, Worlds::kLanes);
      fresh.play(o);
      for (SlotIndex slot = 0; slot < model.row.size(); ++slot) {
        for (std::size_t i = 0; i < Worlds::kLanes; ++i) {
          ASSERT_EQ(used.value(slot, i), fresh.value(slot, i)) << o << ' ' << slot;
        }
      }
    }
  }
}

TEST(Run, WhatNobodyAsksForIsLeftOutAndChangesNothing) {
  // A line of another firm, an event that only it waits for, and a quantity that nothing reads.
  const Model model = model_of(scenario(
      "[[firm]]\nid = \"them\"\ntitle = \"T\"\nyear_ends = 12\n" + drawn("x", "1 to 2 GUSD") +
      drawn("chance", "uniform(0, 1)") + drawn("unread", "0 to 1") +
      happens("ours", "probability = \"chance\"\ndelay = \"30 to 300 days\"") +
      happens("theirs", "after = [\"ours\"]\ndelay = \"10 to 90 days\"") +
      sold("a", "firm = \"us\"\ndemand = \"x\"\nmargin = 0.5\nopens = [\"ours\"]") +
      sold("b", "firm = \"them\"\ndemand = \"2 to 4 GUSD\"\nmargin = 0.5\nopens = [\"theirs\"]") +
      choice("go", "\"a\", \"b\"")));
  const SlotIndex net = model.slot_of(0, FirmMeasure::kNet, 0);
  const SlotIndex theirs = model.slot_of(1, FirmMeasure::kNet, 3);
  Worlds whole(model), part(model);
  part.work_out_only({&net, 1});
  bool differs = false;
  for (std::uint64_t draw = 0; draw < 3; ++draw) {
    const std::vector<double> u = any_points(model, Worlds::kLanes, 20 + draw);
    for (Worlds* const worlds : {&whole, &part}) {
      worlds->draw(u, Worlds::kLanes);
      worlds->play(0);
    }
    for (std::size_t i = 0; i < Worlds::kLanes; ++i) {
      ASSERT_EQ(part.net_usd(i), whole.net_usd(i));
      differs = differs || part.value(theirs, i) != whole.value(theirs, i);
    }
  }
  EXPECT_TRUE(differs);
}

// --- what knowledge is worth

TEST(Run, PerfectKnowledgeOfGoOrNoGo) {
  // Of a normal of mean 1 and deviation 2 against nothing: what is earned is its positive part,
  // what is lost a cost of development.
  const Model model = model_of(
      scenario(drawn("x", "normal(1, 2) GUSD") +
                   sold("go", "demand = \"max(x, 0)\"\nmargin = 1\ndevelopment = \"max(-x, 0)\"") +
                   choice("go", "\"go\"") + choice("no", ""),
               "quarters = 1\n"));
  const auto inputs = inputs_of(model);
  const Choices all = choices(model, inputs, kMany, options_of(kMany));
  EXPECT_EQ(best_option(all.net), 0U);
  const Worth worth = perfect_information(all.net);
  EXPECT_NEAR(worth.value, 0.395593 * kBn, std::min(3.0 * worth.error, 0.003 * 0.395593 * kBn));
  // The one input is all there is to know; groups of alike values err a little low.
  const Worth part = partial_information(all.net, all.inputs);
  EXPECT_NEAR(part.value, 0.395593 * kBn, 0.02 * kBn);
}

}  // namespace
}  // namespace redline::exposure
