// Limits of a whole situation: which bind, and what moving one of them changes.
#include "rules/decide.h"

#include <cmath>
#include <set>

#include "rules/facts.h"
#include "rules/test_rules.h"

namespace redline::rules {
namespace {

ActiveRules active(const Question& question) {
  const auto situation = situation_of(question);
  RL_CHECK(situation.has_value());
  return activate(test::rules().book(), *situation, question.with);
}

std::set<double> values_of(const BindingLimits& limits, Number number) {
  std::set<double> found;
  for (const Limit& limit : limits.on_one) {
    if (limit.number == number) {
      found.insert(limit.value);
    }
  }
  return found;
}

std::set<double> sums_of(const BindingLimits& limits) {
  std::set<double> found;
  for (const SumLimit& limit : limits.on_sums) {
    found.insert(limit.value);
  }
  return found;
}

using Values = std::set<double>;

TEST(BindingLimits, AreThoseOfTheDay) {
  const BindingLimits before = binding_limits(active(test::question("CN", "2022-08-01")));
  EXPECT_TRUE(values_of(before, Number::kTpp).empty());
  EXPECT_TRUE(values_of(before, Number::kBitsTops).empty());
  const BindingLimits first = binding_limits(active(test::question("CN", "2022-10-21")));
  EXPECT_EQ(values_of(first, Number::kBitsTops), Values{4800.0});
  EXPECT_EQ(values_of(first, Number::kIoBidir), Values{600.0});
  EXPECT_TRUE(values_of(first, Number::kPd).empty());
  const BindingLimits second = binding_limits(active(test::question("CN", "2023-11-17")));
  EXPECT_EQ(values_of(second, Number::kTpp), (Values{1600.0, 2400.0, 4800.0}));
  EXPECT_EQ(values_of(second, Number::kPd), (Values{1.6, 3.2, 5.92}));
  EXPECT_TRUE(values_of(second, Number::kIoBidir).empty());
  EXPECT_TRUE(sums_of(second).empty());
  const BindingLimits letters = binding_limits(active(test::question("CN", "2025-04-17")));
  EXPECT_EQ(sums_of(letters), Values{1700.0});
  EXPECT_TRUE(values_of(letters, Number::kLetterIo).contains(1100.0));
  EXPECT_TRUE(values_of(letters, Number::kDramBw).contains(1400.0));
}

TEST(BindingLimits, OfABillCountOnlyWhereItIsTakenAsLaw) {
  Question question = test::question("CN", "2025-12-10");
  EXPECT_FALSE(sums_of(binding_limits(active(question))).contains(5000.0));
  question.with = {"BILL-S3374"};
  const BindingLimits limits = binding_limits(active(question));
  EXPECT_TRUE(sums_of(limits).contains(5000.0));
  EXPECT_TRUE(values_of(limits, Number::kDramBw).contains(4100.0));
}

TEST(BindingLimits, AreNoneWhereNoLicenseReaches) {
  const BindingLimits limits = binding_limits(active(test::question("FR", "2023-11-17")));
  EXPECT_TRUE(limits.on_one.empty());
  EXPECT_TRUE(limits.on_sums.empty());
}

// The lines of October 2023 for a thin part, with one of them moved: the answer turns at the new
// value, and everything else is as it was.
TEST(BindingLimits, MovingOneMovesTheAnswerThereAlone) {
  const Question question = test::question("CN", "2023-11-17");
  const ActiveRules stated = active(question);
  ActiveRules moved = stated;
  for (ActiveTest& test : moved.tests) {
    for (Program* program : {&test.when, &test.unless}) {
      move_limits(*program, {{{Number::kTpp, Compare::kGe, 2400.0}, 3000.0}});
    }
  }
  const auto sheet = item_sheet(test::chip("h20-96gb"), test::rules().book().symbols(),
                                question.as_of, question.settings);
  ASSERT_TRUE(sheet.has_value());
  const auto answers = [&](const ActiveRules& rules, double tpp, double pd) {
    ItemFacts facts = sheet->facts;
    facts[Number::kTpp] = {tpp, tpp};
    facts[Number::kPd] = {pd, pd};
    return decide(rules, facts).outcome;
  };
  EXPECT_EQ(answers(stated, 2400.0, 2.0), Outcome::kLicenseException);
  EXPECT_EQ(answers(moved, 2400.0, 2.0), Outcome::kNoLicense);
  EXPECT_EQ(answers(moved, std::nextafter(3000.0, 0.0), 2.0), Outcome::kNoLicense);
  EXPECT_EQ(answers(moved, 3000.0, 2.0), Outcome::kLicenseException);
  int changed = 0;
  for (double tpp = 200.0; tpp < 6000.0; tpp += 200.0) {
    for (const double pd : {1.0, 1.6, 2.0, 3.2, 4.0, 5.92, 7.0}) {
      const bool differs = answers(stated, tpp, pd) != answers(moved, tpp, pd);
      EXPECT_EQ(differs, tpp >= 2400.0 && tpp < 3000.0 && pd >= 1.6 && pd < 3.2)
          << tpp << " at " << pd;
      changed += differs ? 1 : 0;
    }
  }
  EXPECT_GT(changed, 0);
}

}  // namespace
}  // namespace redline::rules
