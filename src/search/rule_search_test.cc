#include "redline/rule_search.h"

#include <set>

#include <gtest/gtest.h>

#include "redline/random.h"

#include "search/test_replies.h"

namespace redline {
namespace {

using test::asked;
using test::ReplyBed;

// A few hundred parts of a die.
ReplyQuestion few_parts(const ReplyBed& bed) {
  ReplyQuestion q = bed.question({30.0, 70.0, 120.0}, {bed.decode(), bed.prefill()});
  ReplyBody& body = q.bodies.front();
  body.cores.back() = std::min(body.cores.back(), bed.die.spec.cores);
  body.memory_units = {bed.die.units_on / 5.0, bed.die.units_on};
  return q;
}

// Every limit on some quantities, at random places about where it stands.
RuleGrid random_grid(const ReplyRules& rules, std::uint64_t seed) {
  std::vector<RuleAxis> axes;
  for (const Threshold& one : rules.thresholds()) {
    const std::uint64_t stream = axes.size();
    RuleAxis axis{one, {}};
    for (std::uint64_t i = 0; i < 2; ++i) {
      axis.values.push_back(one.value * (0.3 + 1.4 * uniform(seed, stream, i)));
    }
    std::sort(axis.values.begin(), axis.values.end());
    axes.push_back(std::move(axis));
    if (axes.size() == 5) {
      break;
    }
  }
  return RuleGrid(std::move(axes));
}

void expect_same(const RuleAnswer& a, const RuleAnswer& b) {
  EXPECT_TRUE(a.proved && b.proved);
  ASSERT_EQ(a.part.has_value(), b.part.has_value());
  if (!a.part) {
    return;
  }
  const Reply& x = *a.part;
  const Reply& y = *b.part;
  EXPECT_EQ(x.body, y.body);
  EXPECT_EQ(x.cores, y.cores);
  EXPECT_EQ(x.clock, y.clock);
  EXPECT_EQ(x.cap, y.cap);
  EXPECT_EQ(x.link_gb_s, y.link_gb_s);
  EXPECT_EQ(x.memory_units, y.memory_units);
  EXPECT_EQ(x.dram_gb_s, y.dram_gb_s);
  EXPECT_EQ(x.unit_gb, y.unit_gb);
  EXPECT_EQ(x.value, y.value);
  EXPECT_EQ(x.usd_per_s, y.usd_per_s);
}

TEST(RuleSearch, EveryAnswerIsThatOfASearchOfItsOwn) {
  std::uint64_t seed = 1;
  for (const char* die : {"gh100", "ad102", "ga100"}) {
    const ReplyBed bed(die);
    for (const auto& [date, with] : {std::pair{"2023-11-17", std::vector<std::string>{}},
                                     {"2025-04-17", {}},
                                     {"2025-12-10", {"BILL-S3374"}}}) {
      const Question question = asked("CN", date, with);
      const ReplyRules rules = bed.rules(question);
      for (const ReplyObjective objective :
           {ReplyObjective::kChip, ReplyObjective::kDollar, ReplyObjective::kWatt}) {
        ReplyQuestion q = few_parts(bed);
        q.objective = objective;
        const RuleGrid grid = random_grid(rules, seed++);
        RuleSearchOptions options;
        const RuleAnswers kept = answer_rules(q, rules, grid, options);
        options.threads = 3;
        const RuleAnswers shared = answer_rules(q, rules, grid, options);
        ASSERT_EQ(kept.at.size(), grid.size());
        for (std::size_t point = 0; point < grid.size(); ++point) {
          ASSERT_TRUE(kept.at[point] && shared.at[point]);
          const auto text_again = bed.rules(question).with(grid.moved(point));
          const RuleAnswer direct = answer_rule(q, text_again, {});
          expect_same(*kept.at[point], direct);
          expect_same(*shared.at[point], direct);
        }
      }
    }
  }
}

// Bounds aside: every part is worked out.
TEST(RuleSearch, PruningChangesNoAnswer) {
  const ReplyBed bed("gh100");
  const ReplyRules rules = bed.rules(asked("CN", "2025-04-17"));
  const RuleGrid grid = random_grid(rules, 77);
  const ReplyQuestion q = few_parts(bed);
  RuleSearchOptions options;
  const RuleAnswers pruned = answer_rules(q, rules, grid, options);
  options.prune = false;
  options.keep = false;
  const RuleAnswers brute = answer_rules(q, rules, grid, options);
  EXPECT_EQ(brute.evaluated, brute.parts);
  EXPECT_LT(pruned.evaluated, brute.evaluated / 2);
  for (std::size_t point = 0; point < grid.size(); ++point) {
    expect_same(*pruned.at[point], *brute.at[point]);
  }
}

TEST(RuleSearch, WithoutRulesNothingIsHeldBack) {
  const ReplyBed bed("gh100");
  const ReplyRules rules = bed.rules(asked("CN", "2025-04-17"));
  const RuleAnswer free = answer_rule(few_parts(bed), rules.unbound(), {});
  const RuleAnswer bound = answer_rule(few_parts(bed), rules, {});
  ASSERT_TRUE(free.part && bound.part);
  EXPECT_GT(free.part->value, bound.part->value);
  EXPECT_TRUE(rules.unbound().thresholds().empty());
}

TEST(RuleSearch, AStopKeepsWhatIsDone) {
  const ReplyBed bed("gh100");
  const ReplyRules rules = bed.rules(asked("CN", "2025-04-17"));
  const RuleGrid grid = random_grid(rules, 5);
  RuleSearchOptions options;
  std::size_t done = 0;
  options.progress = [&done](std::size_t now) { done = now; };
  options.stop = [&done] { return done >= 3; };
  const RuleAnswers found = answer_rules(few_parts(bed), rules, grid, options);
  const auto reached = std::count_if(found.at.begin(), found.at.end(),
                                     [](const auto& one) { return one.has_value(); });
  EXPECT_EQ(reached, 3);
}

TEST(RuleGrid, NeighboursInTurnDifferByOneStep) {
  const Threshold limit{"tpp", "", 1.0};
  const RuleGrid grid({{limit, {1, 2, 3}}, {limit, {1, 2}}, {limit, {1, 2, 3, 4}}});
  std::set<std::size_t> seen;
  std::vector<std::size_t> before;
  for (std::size_t turn = 0; turn < grid.size(); ++turn) {
    const std::size_t point = grid.in_turn(turn);
    ASSERT_LT(point, grid.size());
    seen.insert(point);
    const std::vector<std::size_t> now = grid.places(point);
    if (turn > 0) {
      std::size_t steps = 0;
      for (std::size_t i = 0; i < now.size(); ++i) {
        steps += std::max(now[i], before[i]) - std::min(now[i], before[i]);
      }
      EXPECT_EQ(steps, 1U) << turn;
    }
    before = now;
  }
  EXPECT_EQ(seen.size(), grid.size());
}

}  // namespace
}  // namespace redline
