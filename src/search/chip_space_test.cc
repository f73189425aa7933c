#include <cmath>

#include <gtest/gtest.h>

#include "redline/chip_search.h"
#include "redline/rule_search.h"

#include "search/test_replies.h"
#include "search/test_spaces.h"

namespace redline {
namespace {

using test::asked;
using test::ReplyBed;

const ReplyBed& gh100() {
  static const ReplyBed kBed("gh100");
  return kBed;
}
const ReplyBed& ad102() {
  static const ReplyBed kBed("ad102");
  return kBed;
}

constexpr std::array<ReplyObjective, 3> kObjectives{ReplyObjective::kChip, ReplyObjective::kDollar,
                                                    ReplyObjective::kWatt};

// Rules that limit different things: rate with links, rate with density, bandwidths and their sum.
const std::vector<Question>& situations() {
  static const std::vector<Question> kList{
      asked("CN", "2022-10-21"), asked("CN", "2023-11-17"), asked("CN", "2025-04-17"),
      asked("CN", "2025-12-10", {"BILL-S3374"}), asked("SG", "2023-11-17")};
  return kList;
}

// A few hundred parts.
ReplyQuestion small(const ReplyBed& bed) {
  ReplyQuestion q = bed.question({30.0, 120.0}, {bed.decode(), bed.prefill(), bed.train()});
  ReplyBody& body = q.bodies.front();
  body.memory_units = {bed.die.units_on / 5.0, bed.die.units_on};
  body.gbit_s = {body.gbit_s.front(), body.gbit_s.back()};
  body.unit_gb = {body.unit_gb.front(), body.unit_gb.back()};
  return q;
}

const ReplyBed& gb100() {
  static const ReplyBed kBed("gb100");
  return kBed;
}

// Linear layers in a format, the rest in bf16.
Precision in_format(Format format) {
  Precision p;
  p.activations = p.weights = format;
  p.attention = p.head = Format::kBf16;
  return p;
}

// Also with memory of the host, limits on power, and work in other formats than it asks for.
ReplyQuestion with_more_ways(const ReplyBed& bed) {
  ReplyQuestion q = small(bed);
  q.bodies.front().memory_units = {2.0, bed.die.units_on};
  q.bodies.front().unit_gb = {q.bodies.front().unit_gb.front()};
  q.bodies.push_back(q.bodies.front());
  const Silicon& silicon = test::reply_world().silicon;
  for (const auto& [body, id] : {std::pair{0U, "ddr5-host"}, std::pair{1U, "lpddr5x-c2c"}}) {
    ReplyBody& one = q.bodies[body];
    one.host_memory = silicon.host_memory(id);
    one.host_gb_s += one.host_memory->bus_gb_s;
    one.host_reads_gb_s = std::min(one.host_gb_s / 2.0, one.host_memory->gb_s);
  }
  for (ReplyBody& body : q.bodies) {
    body.cores = {30.0, bed.die.spec.cores - 10.0};
  }
  q.held = {0.5, 0.8, 1.0};
  q.most_watts = 0.7 * bed.serving.chip.power.tdp->value->base();
  q.tf32_bits = 19.0;
  for (ReplyWorkload& work : q.workloads) {
    std::vector<ServingPlan> plans = work.serving;
    for (const Format format : {Format::kFp8, Format::kFp6, Format::kTf32}) {
      for (ServingPlan plan : work.serving) {
        plan.precision = in_format(format);
        plans.push_back(plan);
      }
    }
    work.serving = std::move(plans);
  }
  return q;
}

double score_of(const Reply& part, ReplyObjective objective) { return 1.0 / part.per(objective); }

void expect_near(double a, double b) { EXPECT_NEAR(a, b, 1e-9 * std::abs(b)); }

TEST(ReplySpace, PruningFindsWhatBruteForceFinds) {
  for (const Question& situation : situations()) {
    for (const ReplyObjective objective : kObjectives) {
      for (const bool front : {false, true}) {
        ReplyQuestion q = small(gh100());
        q.objective = objective;
        q.front = front;
        const ReplySpace space(q, gh100().rules(situation));
        SearchOptions options;
        options.top = 4;
        options.prune = false;
        const SearchResult brute = run_search(space, options);
        options.prune = true;
        const SearchResult pruned = run_search(space, options);
        EXPECT_EQ(brute.total, pruned.total);
        EXPECT_EQ(brute.evaluated, brute.total);
        EXPECT_TRUE(pruned.exhausted);
        EXPECT_FALSE(brute.best.empty());
        EXPECT_TRUE(test::same_hits(brute.best, pruned.best));
        EXPECT_TRUE(test::same_hits(brute.front, pruned.front));
      }
    }
  }
}

TEST(ReplySpace, PruningFindsWhatBruteForceFindsWithMoreWays) {
  for (const ReplyBed* bed : {&gh100(), &gb100()}) {
    for (const Question& situation : situations()) {
      for (const ReplyObjective objective : kObjectives) {
        ReplyQuestion q = with_more_ways(*bed);
        q.objective = objective;
        q.front = true;
        const ReplySpace space(q, bed->rules(situation));
        SearchOptions options;
        options.top = 4;
        options.prune = false;
        const SearchResult brute = run_search(space, options);
        options.prune = true;
        options.threads = 2;
        const SearchResult pruned = run_search(space, options);
        EXPECT_EQ(brute.total, pruned.total);
        EXPECT_FALSE(brute.best.empty());
        EXPECT_TRUE(test::same_hits(brute.best, pruned.best));
        EXPECT_TRUE(test::same_hits(brute.front, pruned.front));
        // With what is kept of other rules.
        q.front = false;
        ReplyMemory memory(q);
        const RuleAnswer kept = answer_rule(memory, bed->rules(situation));
        ASSERT_TRUE(kept.part);
        EXPECT_DOUBLE_EQ(score_of(*kept.part, objective), brute.best.front().scores[0]);
      }
    }
  }
}

// Each leaf by itself: no tables, and the rules asked about the whole part.
TEST(ReplySpace, TheBestIsTheBestOfAllLeavesOneByOne) {
  for (const Question& situation : situations()) {
    ReplyQuestion q = small(gh100());
    q.front = true;
    const ReplySpace first(q, gh100().rules(situation));
    const std::uint64_t total = run_search(first, {}).total;
    struct Leaf {
      std::uint64_t number;
      Reply part;
    };
    std::vector<Leaf> legal;
    for (std::uint64_t number = 0; number < total; ++number) {
      const Reply part = first.reply(number);
      const bool may = first.outcome(part) == Outcome::kNoLicense;
      const Reply whole = first.assess(part);
      EXPECT_EQ(part.value > 0.0, may && whole.value > 0.0) << number;
      if (part.value > 0.0) {
        expect_near(part.value, whole.value);
        legal.push_back({number, whole});
      }
    }
    ASSERT_FALSE(legal.empty());
    for (const ReplyObjective objective : kObjectives) {
      q.objective = objective;
      const ReplySpace space(q, gh100().rules(situation));
      const SearchResult found = run_search(space, {});
      double least = std::numeric_limits<double>::infinity();
      for (const Leaf& leaf : legal) {
        least = std::min(least, score_of(leaf.part, objective));
      }
      ASSERT_FALSE(found.best.empty());
      expect_near(found.best.front().scores[0], least);
      // Of leaves that are as good the first; what is rounded may decide between two.
      for (const Leaf& leaf : legal) {
        if (score_of(leaf.part, objective) < least * (1.0 + 1e-9)) {
          EXPECT_LE(found.best.front().number, leaf.number);
          break;
        }
      }
      // Nothing beats a point of the front in both scores.
      const ReplyObjective other =
          objective == ReplyObjective::kDollar ? ReplyObjective::kChip : ReplyObjective::kDollar;
      for (const SearchHit& hit : found.front) {
        for (const Leaf& leaf : legal) {
          EXPECT_FALSE(score_of(leaf.part, objective) < hit.scores[0] * (1.0 - 1e-9) &&
                       score_of(leaf.part, other) < hit.scores[1] * (1.0 - 1e-9))
              << hit.number << " " << leaf.number;
        }
      }
    }
  }
}

TEST(ReplySpace, BoundsHoldAboveEveryLeaf) {
  for (const ReplyBed* bed : {&gh100(), &ad102()}) {
    for (const Question& situation : situations()) {
      for (const ReplyObjective objective : kObjectives) {
        ReplyQuestion q = small(*bed);
        q.objective = objective;
        q.front = true;
        // What does not fit or is too slow changes which batch counts.
        q.workloads[0].limit_s = 0.004;
        q.workloads[0].batch = {1, 2, 3, 5, 8, 16, 32, 48, 64, 100, 128, 160, 256};
        const ReplySpace space(q, bed->rules(situation));
        const std::uint64_t total = run_search(space, {}).total;
        for (std::uint64_t number = 0; number < total; number += 7) {
          EXPECT_TRUE(test::bounds_hold(space, number)) << number;
        }
      }
    }
  }
}

TEST(ReplySpace, BoundsHoldAboveEveryLeafWithMoreWays) {
  for (const Question& situation : situations()) {
    for (const ReplyObjective objective : kObjectives) {
      ReplyQuestion q = with_more_ways(gb100());
      q.objective = objective;
      q.front = true;
      const ReplySpace space(q, gb100().rules(situation));
      const std::uint64_t total = run_search(space, {}).total;
      for (std::uint64_t number = 0; number < total; number += 31) {
        EXPECT_TRUE(test::bounds_hold(space, number)) << number;
        const Reply part = space.reply(number);
        if (part.value > 0.0) {
          const Reply whole = space.assess(part);
          expect_near(part.value, whole.value);
          expect_near(part.watts, whole.watts);
          expect_near(part.usd_per_s, whole.usd_per_s);
          EXPECT_EQ(part.formats, whole.formats);
        }
      }
    }
  }
}

// Blocks of work do not divide evenly among any number of cores: under a cap fewer cores may do
// more, so that no bound may take the fullest part for the fastest.
TEST(ReplySpace, FewerCoresMayDoMoreUnderACap) {
  const ReplyBed bed("gh100", test::gpt(32));
  ReplyQuestion q = bed.question({}, {bed.decode()});
  for (double cores = 60.0; cores <= 132.0; cores += 4.0) {
    q.bodies.front().cores.push_back(cores);
  }
  int fewer = 0;
  for (const std::vector<std::int64_t>& batch :
       std::vector<std::vector<std::int64_t>>{{1}, {2}, {4}, {8}, {16}, {1, 2, 4, 8, 16, 32}}) {
    q.workloads.front().batch = batch;
    const ReplySpace space(q, bed.rules(asked("CN", "2023-11-17")));
    SearchOptions options;
    options.prune = false;
    const SearchResult brute = run_search(space, options);
    const SearchResult pruned = run_search(space, {});
    ASSERT_FALSE(brute.best.empty());
    EXPECT_TRUE(test::same_hits(brute.best, pruned.best));
    const Reply best = space.reply(brute.best.front().number);
    Reply fullest = best;
    fullest.cores = 132.0;
    fewer += space.assess(fullest).value < best.value * (1.0 - 1e-6) ? 1 : 0;
    for (std::uint64_t number = 0; number < brute.total; number += 11) {
      EXPECT_TRUE(test::bounds_hold(space, number)) << number;
    }
  }
  EXPECT_GT(fewer, 0);
}

TEST(ReplySpace, ALimitOnPowerLeavesOutWhatDrawsMore) {
  ReplyQuestion q = small(gh100());
  const ReplySpace free(q, gh100().rules(asked("SG", "2023-11-17")));
  const Reply most = free.reply(run_search(free, {}).best.front().number);
  constexpr double kShare = 0.8;
  q.most_watts = kShare * most.power.total();
  const ReplySpace limited(q, gh100().rules(asked("SG", "2023-11-17")));
  SearchOptions options;
  options.prune = false;
  const SearchResult brute = run_search(limited, options);
  ASSERT_FALSE(brute.best.empty());
  EXPECT_TRUE(test::same_hits(brute.best, run_search(limited, {}).best));
  const Reply best = limited.reply(brute.best.front().number);
  EXPECT_LE(best.power.total(), q.most_watts);
  EXPECT_LT(best.value, most.value);
}

// Where a part may not draw so much it runs slower; what rules count of it stays.
TEST(ReplySpace, ALimitOnPowerSlowsWhatDrawsMore) {
  ReplyQuestion q = small(gh100());
  q.clocks = {1.0};
  q.held = {0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0};
  const ReplySpace space(q, gh100().rules(asked("SG", "2023-11-17")));
  Reply part = space.reply(run_search(space, {}).best.front().number);
  double value = 0.0;
  double watts = 0.0;
  double joules = 0.0;
  for (const double held : q.held) {
    part.held = held;
    const Reply now = space.assess(part);
    EXPECT_EQ(now.tpp, part.tpp);
    EXPECT_GT(now.value, value);
    EXPECT_GT(now.power.total(), watts);
    EXPECT_GE(now.power.cores, joules);
    value = now.value;
    watts = now.power.total();
    joules = now.power.cores;
  }
  // Cores draw as they are clocked.
  part.held = 0.5;
  EXPECT_NEAR(space.assess(part).power.cores, 0.5 * joules, 1e-9 * joules);
  q.most_watts = 0.8 * watts;
  const ReplySpace limited(q, gh100().rules(asked("SG", "2023-11-17")));
  q.held = {1.0};
  const ReplySpace unslowed(q, gh100().rules(asked("SG", "2023-11-17")));
  const Reply slowed = limited.reply(run_search(limited, {}).best.front().number);
  EXPECT_LT(slowed.held, 1.0);
  EXPECT_LE(slowed.power.total(), q.most_watts);
  EXPECT_GT(slowed.value, unslowed.reply(run_search(unslowed, {}).best.front().number).value);
}

TEST(ReadsGbS, AnswersByHand) {
  EXPECT_EQ(reads_gb_s(3000.0, 0.0, 0.0), 3000.0);
  EXPECT_DOUBLE_EQ(reads_gb_s(3000.0, 1000.0, 0.25), 4000.0);  // both are done at once
  EXPECT_DOUBLE_EQ(reads_gb_s(3000.0, 1000.0, 0.5), 2000.0);   // the host's takes longer
  EXPECT_DOUBLE_EQ(reads_gb_s(3000.0, 1000.0, 0.1), 3000.0 / 0.9);
}

// Its speed is not in what rules count, its link is.
TEST(ReplySpace, MemoryOfTheHostAddsWhatRulesDoNotCount) {
  ReplyQuestion q = small(gh100());
  q.workloads = {gh100().decode()};
  ReplyQuestion hosted = q;
  ReplyBody& body = hosted.bodies.front();
  body.host_memory = test::reply_world().silicon.host_memory("ddr5-host");
  body.host_reads_gb_s = body.host_gb_s / 2.0;
  for (const Question& situation : situations()) {
    const ReplySpace without(q, gh100().rules(situation));
    const ReplySpace with(hosted, gh100().rules(situation));
    const Reply before = without.reply(run_search(without, {}).best.front().number);
    const Reply after = with.reply(run_search(with, {}).best.front().number);
    EXPECT_GT(after.value, before.value);
    EXPECT_GT(after.host_share, 0.0);
    EXPECT_EQ(after.dram_gb_s, before.dram_gb_s);
    EXPECT_EQ(after.io_gb_s, before.io_gb_s);
    EXPECT_GT(after.usd_per_s, before.usd_per_s);
    EXPECT_GT(after.watts, before.watts);
  }
}

// FP6 counts six bits: under a cap its rate is a third higher than that of FP8.
TEST(ReplySpace, AFormatOfFewerBitsDoesMoreUnderACap) {
  ReplyQuestion q = small(gb100());
  q.bodies.front().cores = {70.0};
  q.workloads = {gb100().prefill()};
  ServingPlan& plan = q.workloads.front().serving.front();
  plan.precision = in_format(Format::kFp8);
  const auto best = [&] {
    const ReplySpace space(q, gb100().rules(asked("CN", "2023-11-17")));
    return space.reply(run_search(space, {}).best.front().number);
  };
  const Reply asked_for = best();
  ServingPlan six = plan;
  six.precision = in_format(Format::kFp6);
  q.workloads.front().serving.push_back(six);
  const Reply narrower = best();
  EXPECT_EQ(asked_for.formats, std::vector{Format::kFp8});
  EXPECT_EQ(narrower.formats, std::vector{Format::kFp6});
  EXPECT_EQ(narrower.tpp, asked_for.tpp);
  EXPECT_GT(narrower.value, 1.1 * asked_for.value);
  EXPECT_LT(narrower.value, 1.4 * asked_for.value);
  // TF32 counts 19 bits at least, more than the 16 of formats that do the same.
  q.workloads.front().serving.pop_back();
  q.workloads.front().serving.front().precision = {};
  const Reply sixteen = best();
  six.precision = in_format(Format::kTf32);
  q.workloads.front().serving.push_back(six);
  q.tf32_bits = 19.0;
  EXPECT_EQ(best().value, sixteen.value);
}

TEST(ReplySpace, ANewDieBearsItsMasks) {
  ReplyQuestion q = small(gh100());
  for (ReplyBody& body : q.bodies) {
    body.die.clear();
  }
  const auto cost = [&](double volume) {
    q.volume = volume;
    const ReplySpace space(q, gh100().rules(asked("SG", "2023-11-17")));
    return space.reply(run_search(space, {}).best.front().number).cost;
  };
  const double masks = q.bodies.front().node->mask_usd;
  EXPECT_NEAR(cost(1e3).total.value - cost(2e3).total.value, masks / 2e3, 1e-6 * masks);
  EXPECT_NEAR(cost(1e3).logic.high - cost(2e3).logic.high, masks / 2e3, 1e-6 * masks);
}

TEST(ReplySpace, TablesGiveWhatWholeStepsGive) {
  const ReplySpace space(small(gh100()), gh100().rules(asked("SG", "2023-11-17")));
  SearchOptions options;
  options.top = 500;
  const SearchResult found = run_search(space, options);
  ASSERT_GT(found.best.size(), 20U);
  for (const SearchHit& hit : found.best) {
    const Reply part = space.reply(hit.number);
    const Reply whole = space.assess(part);
    expect_near(part.value, whole.value);
    expect_near(score_of(part, ReplyObjective::kChip), hit.scores[0]);
    expect_near(part.cost.total.value, whole.cost.total.value);
    expect_near(part.usd_per_s, whole.usd_per_s);
    expect_near(part.watts, whole.watts);
    ASSERT_EQ(part.tokens_per_s.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
      expect_near(part.tokens_per_s[i], whole.tokens_per_s[i]);
    }
    // Shares of the time of base parts: the harmonic mean.
    double takes = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
      takes += 1.0 / whole.tokens_per_s[i];
    }
    expect_near(whole.value, 3.0 / takes);
  }
}

double best_of(const ReplyQuestion& q, ReplyRules rules, const SearchOptions& options = {}) {
  const SearchResult found = run_search(ReplySpace(q, std::move(rules)), options);
  return found.best.empty() ? 0.0 : 1.0 / found.best.front().scores[0];
}

// Links slower than the host's bus are no faster way, and a bound must not think so.
TEST(ReplySpace, LimitsThatLeaveSlowLinksAloneArePrunedRightly) {
  const Question letters = test::asked("CN", "2025-04-17");
  for (const double io : {140.0, 180.0, 230.0, 400.0}) {
    for (const double memory : {700.0, 1400.0, 3000.0}) {
      const std::vector<MovedThreshold> moved{{{"letter_io", "GB/s", 1100.0}, io},
                                              {{"dram_bw", "GB/s", 1400.0}, memory},
                                              {{"dram_bw + letter_io", "GB/s", 1700.0}, 1e4}};
      for (const ReplyObjective objective : kObjectives) {
        ReplyQuestion q = small(gh100());
        q.bodies.front().link_gb_s = {0.0, 50.0, 100.0, 900.0};
        q.objective = objective;
        SearchOptions all;
        all.prune = false;
        EXPECT_EQ(best_of(q, gh100().rules(letters, moved)),
                  best_of(q, gh100().rules(letters, moved), all))
            << io << " " << memory;
      }
    }
  }
}

TEST(ReplySpace, AFasterLinkIsNeverInTheWay) {
  ReplyQuestion q = small(gh100());
  const ReplySpace space(q, gh100().rules(test::asked("FR", "2025-04-17")));
  Reply part = space.lightest();
  std::vector<double> before(part.tokens_per_s.size(), 0.0);
  for (const double link : {0.0, 10.0, 50.0, 100.0, 150.0, 300.0, 900.0}) {
    part.link_gb_s = link;
    const Reply now = space.assess(part);
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_GE(now.tokens_per_s[i], before[i] * (1.0 - 1e-12)) << link;
    }
    before = now.tokens_per_s;
  }
}

TEST(ReplySpace, ALooserLimitNeverTakesAway) {
  for (const Question& situation : situations()) {
    for (const ReplyObjective objective : kObjectives) {
      ReplyQuestion q = small(gh100());
      q.objective = objective;
      ReplyRules rules = gh100().rules(situation);
      const std::vector<Threshold> thresholds = rules.thresholds();
      const double before = best_of(q, std::move(rules));
      for (const Threshold& one : thresholds) {
        for (const double factor : {1.01, 1.1, 2.0}) {
          EXPECT_GE(best_of(q, gh100().rules(situation, {{one, factor * one.value}})),
                    before * (1.0 - 1e-9))
              << format_date(situation.as_of) << " " << one.quantity << " " << one.value << " by "
              << factor << " for a " << kReplyObjectiveNames[static_cast<std::size_t>(objective)];
        }
      }
    }
  }
}

TEST(ReplySpace, ALooserLimitNeverTakesAwayWithMoreWays) {
  for (const ReplyBed* bed : {&gh100(), &gb100()}) {
    for (const Question& situation : situations()) {
      const ReplyQuestion q = with_more_ways(*bed);
      ReplyRules rules = bed->rules(situation);
      const std::vector<Threshold> thresholds = rules.thresholds();
      const double before = best_of(q, std::move(rules));
      for (const Threshold& one : thresholds) {
        EXPECT_GE(best_of(q, bed->rules(situation, {{one, 1.1 * one.value}})),
                  before * (1.0 - 1e-9))
            << format_date(situation.as_of) << " " << one.quantity << " " << one.value;
      }
    }
  }
}

TEST(ReplySpace, MoreChoicesNeverTakeAway) {
  for (const Question& situation : situations()) {
    for (const ReplyObjective objective : kObjectives) {
      ReplyQuestion q = small(gh100());
      q.objective = objective;
      auto grows = [&, before = best_of(q, gh100().rules(situation))]() mutable {
        const double now = best_of(q, gh100().rules(situation));
        EXPECT_GE(now, before);
        before = now;
      };
      ReplyBody& body = q.bodies.front();
      body.cores = {30.0, 60.0, 120.0, 132.0};
      grows();
      q.clocks = {0.6, 0.7, 0.8, 1.0};
      grows();
      body.memory_units = {3.0, 5.0, 6.0};
      grows();
      body.unit_gb = body.memory->gigabytes;
      grows();
      body.gbit_s = body.memory->gbit_s;
      grows();
      body.link_gb_s = {0.0, 400.0, 600.0, 900.0};
      grows();
      q.bodies.push_back(body);
      q.bodies.back().workstation = true;
      grows();
    }
  }
}

TEST(ReplySpace, CapsAndSlowMemoryOnlyAdd) {
  for (const Question& situation : situations()) {
    ReplyQuestion q = small(gh100());
    q.caps = q.slows_memory = false;
    const double neither = best_of(q, gh100().rules(situation));
    q.caps = true;
    const double caps = best_of(q, gh100().rules(situation));
    q.slows_memory = true;
    const double both = best_of(q, gh100().rules(situation));
    EXPECT_LE(neither, caps);
    EXPECT_LE(caps, both);
  }
}

TEST(ReplySpace, ThreadsChangeNothing) {
  for (const Question& situation : situations()) {
    ReplyQuestion q = small(gh100());
    q.front = true;
    const ReplySpace space(q, gh100().rules(situation));
    SearchOptions options;
    options.top = 8;
    const SearchResult one = run_search(space, options);
    for (const unsigned threads : {2U, 4U}) {
      options.threads = threads;
      const SearchResult more = run_search(space, options);
      EXPECT_TRUE(test::same_hits(one.best, more.best)) << threads;
      EXPECT_TRUE(test::same_hits(one.front, more.front)) << threads;
      EXPECT_EQ(one.total, more.total);
    }
  }
}

TEST(ReplySpace, ACapStandsJustBelowALimitAndUnlockedDoesNoLess) {
  for (const Question& situation : situations()) {
    const ReplySpace space(small(gh100()), gh100().rules(situation));
    const std::vector<Threshold> thresholds = gh100().rules(situation).thresholds();
    const std::uint64_t total = run_search(space, {}).total;
    int capped = 0;
    for (std::uint64_t number = 0; number < total; number += 3) {
      const Reply part = space.reply(number);
      EXPECT_LE(part.tpp, part.cap);
      EXPECT_LE(part.tpp, part.silicon_tpp);
      if (!std::isfinite(part.cap)) {
        EXPECT_EQ(part.tpp, part.silicon_tpp);
        continue;
      }
      ++capped;
      EXPECT_LT(part.cap, part.silicon_tpp);  // else it would cap nothing
      const bool below =
          std::any_of(thresholds.begin(), thresholds.end(), [&](const Threshold& one) {
            const double limit = one.quantity == "pd" ? one.value * part.area_mm2 : one.value;
            const bool on_rate =
                one.quantity == "pd" || one.quantity == "tpp" || one.quantity == "bits_tops";
            return on_rate && part.cap < limit && part.cap > 0.99 * limit;
          });
      EXPECT_TRUE(below) << part.cap;
      Reply open = part;
      open.cap = std::numeric_limits<double>::infinity();
      EXPECT_GE(space.assess(open).value, space.assess(part).value * (1.0 - 1e-9)) << number;
    }
    EXPECT_EQ(capped > 0, std::any_of(thresholds.begin(), thresholds.end(), [](const auto& one) {
                return one.quantity == "tpp" || one.quantity == "bits_tops";
              }));
  }
}

TEST(ReplySpace, SlowedMemoryStandsJustBelowALimit) {
  const Question situation = asked("CN", "2025-04-17");
  const ReplySpace space(small(gh100()), gh100().rules(situation));
  const std::uint64_t total = run_search(space, {}).total;
  int slowed = 0;
  for (std::uint64_t number = 0; number < total; ++number) {
    const Reply part = space.reply(number);
    if (part.slowed) {
      ++slowed;
      const double sum = part.dram_gb_s + part.io_gb_s;
      EXPECT_TRUE((part.dram_gb_s < 1400.0 && part.dram_gb_s > 0.99 * 1400.0) ||
                  (sum < 1700.0 && sum > 0.99 * 1700.0))
          << part.dram_gb_s << " + " << part.io_gb_s;
    }
  }
  EXPECT_GT(slowed, 0);
}

TEST(ReplySpace, IdleSiliconCostsAndDoesNothing) {
  ReplyQuestion q = small(gh100());
  q.bodies.push_back(q.bodies.front());
  q.bodies.back().dead_mm2 = 400.0;
  const ReplySpace space(q, gh100().rules(asked("SG", "2023-11-17")));
  const SearchResult found = run_search(space, {});
  ASSERT_FALSE(found.best.empty());
  const Reply without = space.assess(space.reply(found.best.front().number));
  Reply like = without;
  like.body = 1;
  const Reply with = space.assess(like);
  ASSERT_EQ(without.body, 0U);
  EXPECT_GT(with.cost.logic.low, without.cost.logic.low);
  EXPECT_GT(with.cost.total.value, without.cost.total.value);
  EXPECT_GT(with.cost.total.high, without.cost.total.high);
  EXPECT_EQ(with.value, without.value);
  EXPECT_EQ(with.tpp, without.tpp);
  EXPECT_DOUBLE_EQ(with.area_mm2, without.area_mm2 + 400.0);
  EXPECT_LT(with.pd, without.pd);
}

// The rule of October 2023 spares parts below TPP 4800 that are not for data centers.
TEST(ReplySpace, AWorkstationMayDoWhatADataCenterPartMayNot) {
  ReplyQuestion q = small(ad102());
  q.bodies.push_back(q.bodies.front());
  q.bodies.back().workstation = true;
  const ReplySpace space(q, ad102().rules(asked("CN", "2023-11-17")));
  Reply part = space.reply(0);
  part.cores = q.bodies.front().cores.back();
  part.clock = 1.0;
  for (const double tpp : {2450.0, 3600.0, 4799.0, 4801.0}) {
    part.cap = tpp;
    for (const std::size_t body : {0U, 1U}) {
      part.body = body;
      ASSERT_EQ(space.assess(part).tpp, std::min(tpp, space.assess(part).silicon_tpp));
      EXPECT_EQ(space.outcome(part) == Outcome::kNoLicense, body == 1 && tpp < 4800.0)
          << tpp << " of body " << body;
    }
  }
}

TEST(ReplySpace, DrawsChangeWhatTheyAreOf) {
  const ReplySpace space(small(gh100()), gh100().rules(asked("SG", "2023-11-17")));
  const Reply part = space.reply(run_search(space, {}).best.front().number);
  const Reply usual = space.assess(part);
  ReplyDraw fast;
  fast.compute = 1.2;
  EXPECT_GT(space.assess(part, fast).value, usual.value);
  fast = {};
  fast.memory = 1.2;
  EXPECT_GT(space.assess(part, fast).value, usual.value);
  for (std::size_t i = 0; i < 4; ++i) {
    ReplyDraw dear;
    dear.cost[i] = 1.0;
    ReplyDraw cheap;
    cheap.cost[i] = -1.0;
    EXPECT_GT(space.assess(part, dear).cost.total.value, usual.cost.total.value) << i;
    EXPECT_LT(space.assess(part, cheap).cost.total.value, usual.cost.total.value) << i;
    EXPECT_EQ(space.assess(part, dear).value, usual.value);
  }
}

TEST(ReplySpace, WhereNothingMayGoThereIsNoPart) {
  ReplyQuestion q = small(gh100());
  q.caps = false;
  q.bodies.front().cores = {120.0};
  const ReplySpace space(q, gh100().rules(asked("CN", "2023-11-17")));
  for (const bool prune : {false, true}) {
    SearchOptions options;
    options.prune = prune;
    const SearchResult found = run_search(space, options);
    EXPECT_TRUE(found.best.empty());
    EXPECT_TRUE(found.exhausted);
    EXPECT_GT(found.total, 0U);
  }
}

}  // namespace
}  // namespace redline
