// Verdicts: dates, several instruments at once, what is unknown, settings, working and errors.
#include <algorithm>

#include <gtest/gtest.h>

#include "rules/rule_book.h"
#include "rules/test_rules.h"

namespace redline {
namespace {

using rules::Standing;
using test::answer_of;
using test::ask;
using test::chip;
using test::day;
using test::has_flag;
using test::question;

// ---- the four kinds of date

rules::Instrument dated() {
  rules::Instrument instrument;
  instrument.id = "X";
  rules::Version version;
  version.effective = day("2025-01-10");
  version.compliance = day("2025-01-20");
  version.not_enforced_from = day("2025-02-01");
  version.until = day("2025-03-01");
  instrument.versions.push_back(version);
  return instrument;
}

Standing on(const rules::Instrument& instrument, std::string_view date,
            const std::vector<std::string>& with = {}) {
  return standing(instrument, instrument.versions.front(), day(date), with);
}

TEST(Standing, BeginsOnTheEffectiveDay) {
  EXPECT_EQ(on(dated(), "2025-01-09"), Standing::kAbsent);
  EXPECT_EQ(on(dated(), "2025-01-10"), Standing::kNotYetDue);
}

TEST(Standing, BindsFromTheComplianceDay) {
  EXPECT_EQ(on(dated(), "2025-01-19"), Standing::kNotYetDue);
  EXPECT_EQ(on(dated(), "2025-01-20"), Standing::kBinding);
}

TEST(Standing, IsNotEnforcedFromItsDayOn) {
  EXPECT_EQ(on(dated(), "2025-01-31"), Standing::kBinding);
  EXPECT_EQ(on(dated(), "2025-02-01"), Standing::kNotEnforced);
}

TEST(Standing, EndsAfterTheLastDay) {
  EXPECT_EQ(on(dated(), "2025-03-01"), Standing::kNotEnforced);
  EXPECT_EQ(on(dated(), "2025-03-02"), Standing::kAbsent);
}

TEST(Standing, ABillBindsOnlyIfItIsSwitchedOn) {
  rules::Instrument bill = dated();
  bill.hypothetical = true;
  bill.versions.front().effective.reset();
  EXPECT_EQ(on(bill, "2025-01-20"), Standing::kAbsent);
  EXPECT_EQ(on(bill, "2025-01-20", {"x"}), Standing::kBinding);
}

TEST(RuleBook, HasEveryInstrument) { EXPECT_EQ(test::rules().book().instruments().size(), 47U); }

TEST(RuleBook, BoundariesAreSortedAndHoldBothEndsOfAVersion) {
  const std::vector<Date> days = test::rules().book().boundaries();
  EXPECT_TRUE(std::is_sorted(days.begin(), days.end()));
  for (const char* date :
       {"2022-08-26", "2022-10-21", "2023-11-17", "2025-04-09", "2026-07-10", "2027-04-07"}) {
    EXPECT_TRUE(std::binary_search(days.begin(), days.end(), day(date))) << date;
  }
}

// ---- several instruments at once

TEST(Verdict, TheStrictestInstrumentStands) {
  // In April 2025 MI308X is under 3A090.b, which NAC would overcome, and under a letter.
  EXPECT_EQ(ask("mi308x", "CN", "2025-04-08").outcome, Outcome::kLicenseException);
  const Verdict after = ask("mi308x", "CN", "2025-04-09");
  EXPECT_EQ(after.outcome, Outcome::kLicenseRequired);
  EXPECT_EQ(after.exception, LicenseException::kNone);
  EXPECT_EQ(after.eccn, "3A090.b");
}

TEST(Verdict, NamesEveryInstrumentThatTakesPart) {
  const Verdict v = ask("mi308x", "CN", "2025-04-09");
  const auto took_part = [&](std::string_view id) {
    return std::find(v.instruments.begin(), v.instruments.end(), id) != v.instruments.end();
  };
  EXPECT_TRUE(took_part("US-2025-04-09-LETTERS"));
  EXPECT_TRUE(took_part("US-2023-10-17-ACS-IFR"));
  EXPECT_FALSE(v.sources.empty());
}

TEST(Verdict, ALetterThatStatesNoPolicyDoesNotHideAStatedOne) {
  // H100 is under 3A090.a and, by its bandwidth, under the letters as well.
  EXPECT_EQ(answer_of(ask("h100-sxm5", "CN", "2025-06-01")), "license-required, denial");
}

TEST(Verdict, ALetterToOthersIsFlaggedAndLeavesTheAnswerOpen) {
  // 3.6 TB/s of a maker that is not known to have a letter; below every line of 3A090.
  Chip other = chip("h20-96gb");
  other.id = "other";
  other.vendor = "Other";
  other.family.clear();
  const Verdict v = ask(other, question("CN", "2025-06-01"));
  EXPECT_EQ(v.outcome, Outcome::kUnknown);
  EXPECT_TRUE(has_flag(v, "letter-not-addressed"));
  EXPECT_EQ(v.unknown_because, "whether the letters address this maker is not public");
}

TEST(Verdict, HeadquartersAreTheDestinationIfNotGiven) {
  const Verdict v = ask("h20-96gb", "CN", "2024-06-01");
  EXPECT_EQ(v.hq, "CN");
  EXPECT_NE(v.assumptions.front().english().find("headquarters"), std::string::npos);
}

// ---- what is not known

TEST(Unknown, AnUnknownDieAreaMattersOnlyWhereItMatters) {
  EXPECT_EQ(ask("mlu590", "CN", "2024-06-01").outcome, Outcome::kUnknown);
  EXPECT_EQ(ask("mlu590", "SG", "2024-06-01").outcome, Outcome::kNoLicense);
  EXPECT_EQ(ask("gaudi-2", "CN", "2024-06-01").outcome, Outcome::kLicenseRequired);
  EXPECT_EQ(ask("mlu590", "CN", "2022-12-01").outcome, Outcome::kNoLicense);
}

TEST(Unknown, NamesWhatIsMissingAndWhatIsPossible) {
  const Verdict v = ask("mlu590", "CN", "2024-06-01");
  EXPECT_NE(v.unknown_because.english().find("pd"), std::string::npos);
  EXPECT_GE(v.possible.size(), 2U);
}

TEST(Unknown, AReviewThatOnlyMayApplyIsNotStated) {
  // The letter surely asks for a license; whether 3A090 with its denial applies is not known.
  const Verdict v = ask("h20-96gb", "CN", "2025-06-01", {{"tpp", "unknown"}});
  EXPECT_EQ(v.outcome, Outcome::kLicenseRequired);
  EXPECT_EQ(v.review, Review::kUnknown);
  EXPECT_NE(v.unknown_because.english().find("tpp"), std::string::npos);
}

TEST(Unknown, AKnownAnswerHasNoOpenQuestion) {
  const Verdict v = ask("h20-96gb", "CN", "2024-06-01");
  EXPECT_TRUE(v.possible.empty());
  EXPECT_TRUE(v.unknown_because.empty());
}

TEST(Unknown, APlanarPartMeetsNoDensity) {
  Chip planar = chip("l4");
  planar.die.process = "TSMC 28nm";
  const Verdict v = ask(planar, question("CN", "2024-06-01"));
  EXPECT_EQ(v.outcome, Outcome::kNoLicense);
  Chip fast = planar;
  fast.compute = chip("h100-sxm5").compute;
  EXPECT_EQ(ask(fast, question("CN", "2024-06-01")).outcome, Outcome::kLicenseRequired);
}

TEST(Unknown, AnImportDutyThatDependsOnUnknownsIsNotStated) {
  const Verdict v = ask("h200-sxm", "US", "2026-02-01", {{"dram_bw", "unknown"}});
  EXPECT_FALSE(v.import_duty_percent);
  EXPECT_FALSE(v.unknown_because.empty());
}

// ---- settings

TEST(Settings, ATppTakesTheDensityAlong) {
  const Verdict v = ask("h20-96gb", "CN", "2024-06-01", {{"tpp", "4000"}});
  for (const QuantityLine& line : v.quantities) {
    if (line.name == "pd") {
      EXPECT_NEAR(*line.value, 4000.0 / 814.0, 1e-9);
    }
    if (line.name == "bits_tops") {
      EXPECT_EQ(line.value, 4000.0);
    }
  }
}

TEST(Settings, ASetDensityStays) {
  const Verdict v =
      ask("h20-96gb", "CN", "2024-06-01", {{"pd", "1.5"}, {"tpp", "4000"}, {"die", "100"}});
  for (const QuantityLine& line : v.quantities) {
    if (line.name == "pd") {
      EXPECT_EQ(line.value, 1.5);
    }
  }
}

TEST(Settings, TakeUnitsAndBareNumbersOfTheRuleText) {
  const std::string with_unit =
      answer_of(ask("rtx-5090-d", "CN", "2025-06-01", {{"dram_bw", "1.4 TB/s"}}));
  EXPECT_EQ(with_unit, answer_of(ask("rtx-5090-d", "CN", "2025-06-01", {{"dram_bw", "1400"}})));
}

TEST(Settings, AreListedAmongTheAssumptions) {
  const Verdict v = ask("h20-96gb", "CN", "2024-06-01", {{"tpp", "4000"}});
  EXPECT_TRUE(std::any_of(v.assumptions.begin(), v.assumptions.end(), [](const Message& m) {
    const std::string line = m.english();
    return line == "tpp set to 4000 by the user";
  }));
}

Error setting_error(std::string key, std::string value) {
  const auto verdict =
      classify(test::rules(), chip("h20-96gb"),
               question("CN", "2024-06-01", {{std::move(key), std::move(value)}}), {});
  return verdict ? Error{} : verdict.error();
}

TEST(Settings, OfUnknownQuantitiesAreRefusedWithTheNearest) {
  const Error error = setting_error("tppp", "1");
  EXPECT_EQ(error.code, Code::kBadSetting);
  EXPECT_NE(error.help.front().find("tpp"), std::string::npos);
}

TEST(Settings, OfTheTransactionHaveOptionsOfTheirOwn) {
  const Error error = setting_error("dest", "SG");
  EXPECT_EQ(error.code, Code::kBadSetting);
  EXPECT_NE(error.help.back().find("--to"), std::string::npos);
}

TEST(Settings, RefuseWhatIsNoValue) {
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"tpp", ""},
                                                        {"tpp", "many"},
                                                        {"tpp", "-1"},
                                                        {"tpp", "inf"},
                                                        {"tpp", "nan"},
                                                        {"tpp", "1e999"},
                                                        {"dram_bw", "4 mm2"},
                                                        {"dram_bw", "-4 TB/s"},
                                                        {"die", "800 GB"},
                                                        {"dc", "perhaps"},
                                                        {"dc", ""},
                                                        {"exporter_role", "pirate"}}) {
    EXPECT_EQ(setting_error(key, value).code, Code::kBadSetting) << key << "=" << value;
  }
}

// ---- the working

TEST(Working, ShowsEachComparisonWithItsMargin) {
  const Verdict v = ask("h20-96gb", "CN", "2024-06-01");
  const auto line = std::find_if(v.tests.begin(), v.tests.end(), [](const ComparisonLine& one) {
    return one.quantity == "tpp" && one.limit == 2400.0;
  });
  ASSERT_NE(line, v.tests.end());
  EXPECT_EQ(line->met, Tri::kNo);
  EXPECT_NEAR(*line->margin_percent, -4.0 / 3.0, 1e-9);
  EXPECT_EQ(line->relation, ">=");
}

TEST(Working, TheTraceIsThereIfAskedFor) {
  const Question q = question("CN", "2024-06-01");
  EXPECT_TRUE(ask(chip("h20-96gb"), q, {.trace = false, .flips = false}).trace.empty());
  EXPECT_FALSE(ask(chip("h20-96gb"), q, {.trace = true, .flips = false}).trace.empty());
}

TEST(Working, CitesTheParagraphThatDecides) {
  const Verdict v = ask("l4", "CN", "2024-06-01");
  EXPECT_EQ(v.paragraph, "3A090.a");
  EXPECT_EQ(v.rule, "US-2023-10-17-ACS-IFR");
}

TEST(Working, ConditionsOfTheGateAreAssumedAndListed) {
  const Verdict v = ask("h200-sxm", "CN", "2026-01-20");
  EXPECT_GE(std::count_if(v.conditions.begin(), v.conditions.end(),
                          [](const Condition& c) { return c.kind == "certify"; }),
            4);
  EXPECT_TRUE(std::any_of(v.assumptions.begin(), v.assumptions.end(), [](const Message& m) {
    const std::string line = m.english();
    return line == "the conditions to be certified are met";
  }));
}

TEST(Working, AFeeIsListedWithItsFooting) {
  const Verdict v = ask("h20-96gb", "CN", "2025-09-01");
  ASSERT_EQ(v.fees.size(), 1U);
  EXPECT_EQ(v.fees.front().percent, 15.0);
}

TEST(Working, TheEntityListIsNeverSilentlyLeftOut) {
  EXPECT_TRUE(has_flag(ask("h20-96gb", "CN", "2024-06-01"), "entity-list-not-evaluated"));
}

TEST(Borderline, APartNextToALineIsFlagged) {
  // Density 3.14 with an area that sources give within 2 %.
  const Verdict v = ask("l20", "CN", "2024-06-01");
  EXPECT_EQ(v.outcome, Outcome::kNoLicense);
  EXPECT_TRUE(has_flag(v, "borderline"));
}

TEST(Borderline, APartFarFromEveryLineIsNot) {
  EXPECT_FALSE(has_flag(ask("t4", "CN", "2024-06-01"), "borderline"));
  EXPECT_FALSE(has_flag(ask("b200", "CN", "2026-06-01"), "borderline"));
}

// ---- bills

TEST(Bills, AreFlaggedAsHypothetical) {
  Question q = question("CN", "2024-06-01");
  q.with = {"BILL-S3374"};
  EXPECT_TRUE(has_flag(ask(chip("h20-96gb"), q), "hypothetical"));
}

TEST(Bills, ThatDoNotExistAreRefused) {
  Question q = question("CN", "2024-06-01");
  for (const char* id : {"BILL-S3375", "US-2023-10-17-ACS-IFR", ""}) {
    q.with = {id};
    const auto verdict = classify(test::rules(), chip("h20-96gb"), q, {});
    ASSERT_FALSE(verdict) << id;
    EXPECT_EQ(verdict.error().code, Code::kUnknownRecord);
  }
}

}  // namespace
}  // namespace redline
