// The transactions and forms that an officer meets besides the export of a chip: reexport and
// transfer, boards and servers, technology, memory, and the checklists.

#include <gtest/gtest.h>

#include "rules/test_rules.h"

namespace redline {
namespace {

Question asked_on(std::string_view date, std::string to = "CN") {
  Question q;
  q.to = std::move(to);
  q.as_of = test::day(date);
  return q;
}

Verdict ask(std::string_view chip, const Question& q) {
  auto verdict = classify(test::rules(), test::chip(chip), q, {.flips = false, .checklists = true});
  RL_CHECK(verdict.has_value());
  return std::move(*verdict);
}

ChecklistStatus status_of(const Verdict& v, std::string_view list, std::string_view part) {
  for (const Checklist& one : v.checklists) {
    for (const ChecklistLine& line : one.lines) {
      if (one.name == list && line.text.find(part) != std::string::npos) {
        return line.status;
      }
    }
  }
  ADD_FAILURE() << "no line with '" << part << "' in the list " << list;
  return ChecklistStatus::kUnknown;
}

bool has_list(const Verdict& v, std::string_view name) {
  return std::any_of(v.checklists.begin(), v.checklists.end(),
                     [name](const Checklist& list) { return list.name == name; });
}

TEST(Transaction, IsNamedFromOriginAndDestination) {
  Question q = asked_on("2026-01-20");
  EXPECT_EQ(ask("h200-sxm", q).transaction, Transaction::kExport);
  q.from = "SG";
  EXPECT_EQ(ask("h200-sxm", q).transaction, Transaction::kReexport);
  q.from = "CN";
  EXPECT_EQ(ask("h200-sxm", q).transaction, Transaction::kTransfer);
  q.from = "TW";
  q.to = "US";
  EXPECT_EQ(ask("h200-sxm", q).transaction, Transaction::kImport);
}

TEST(Transaction, ReexportAndTransferStayAtDenialUnderTheGate) {
  Question q = asked_on("2026-01-20");
  EXPECT_EQ(ask("h200-sxm", q).review, Review::kCaseByCase);
  q.from = "SG";
  EXPECT_EQ(ask("h200-sxm", q).review, Review::kDenial);
  q.from = "CN";
  EXPECT_EQ(ask("h200-sxm", q).review, Review::kDenial);
}

TEST(Transaction, InCountryTransferToAFirmWithAParentInD5NeedsALicense) {
  Question q = asked_on("2024-06-01", "SG");
  q.from = "SG";
  EXPECT_EQ(ask("h100-sxm5", q).outcome, Outcome::kNoLicense);
  q.hq = "CN";
  EXPECT_EQ(ask("h100-sxm5", q).outcome, Outcome::kLicenseRequired);
}

TEST(Assembly, TakesTheEntryOfComputers) {
  Question q = asked_on("2024-06-01");
  q.form = ItemForm::kServer;
  const Verdict a = ask("h100-sxm5", q);
  EXPECT_EQ(a.eccn, "4A090.a");
  EXPECT_EQ(a.meets, "3A090.a");
  EXPECT_EQ(a.outcome, Outcome::kLicenseRequired);
  q.form = ItemForm::kBoard;
  q.settings = {{"tpp", "2400"}};
  EXPECT_EQ(ask("h20-96gb", q).eccn, "4A090.b");
  // In 2022 the entry had no paragraphs.
  EXPECT_EQ(ask("a100-sxm-80gb",
                [] {
                  Question old = asked_on("2023-01-10");
                  old.form = ItemForm::kServer;
                  return old;
                }())
                .eccn,
            "4A090");
}

TEST(Assembly, IsJudgedByTheChipAndNotByTheSum) {
  Question q = asked_on("2025-01-20");
  const Verdict chip = ask("h20-96gb", q);
  q.form = ItemForm::kServer;
  const Verdict server = ask("h20-96gb", q);
  EXPECT_EQ(chip.outcome, Outcome::kNoLicense);
  EXPECT_EQ(server.outcome, chip.outcome);
  EXPECT_TRUE(server.eccn.empty());
}

TEST(OtherEntry, GetsZWhereTheFiguresAreMet) {
  Question q = asked_on("2024-06-01");
  q.listed_under = "5A992";
  EXPECT_EQ(ask("h100-sxm5", q).eccn, "5A992.z");
  EXPECT_EQ(ask("h100-sxm5", q).meets, "3A090.a");
  EXPECT_TRUE(ask("h20-96gb", q).eccn.empty());
  q.listed_under = "9A999";
  EXPECT_EQ(ask("h100-sxm5", q).eccn, "3A090.a");
  q.listed_under = "5A992";
  q.as_of = test::day("2023-01-10");
  EXPECT_EQ(ask("a100-sxm-80gb", q).eccn, "3A090") << "there was no .z in 2022";
}

TEST(Technology, Needs3E001ForAControlledPartOnly) {
  Question q = asked_on("2024-06-01");
  q.form = ItemForm::kTechnology;
  const Verdict v = ask("h100-sxm5", q);
  EXPECT_EQ(v.eccn, "3E001");
  EXPECT_EQ(v.outcome, Outcome::kLicenseRequired);
  EXPECT_EQ(v.review, Review::kDenial);
  EXPECT_EQ(ask("h20-96gb", q).outcome, Outcome::kNoLicense);
}

TEST(Technology, HasNoExceptionNoGateAndNoGrant) {
  Question q = asked_on("2024-06-01");
  ASSERT_EQ(ask("rtx-4090", q).exception, LicenseException::kNac);
  q.form = ItemForm::kTechnology;
  EXPECT_EQ(ask("rtx-4090", q).outcome, Outcome::kLicenseRequired);
  q.as_of = test::day("2026-03-01");
  const Verdict v = ask("h200-sxm", q);
  EXPECT_EQ(v.review, Review::kDenial);
  EXPECT_FALSE(v.licenses_granted);
  EXPECT_FALSE(v.import_duty_percent.has_value());
}

TEST(Technology, OfAFirmInD5NeedsALicenseFromThereAnywhere) {
  Question q = asked_on("2024-06-01", "TW");
  q.form = ItemForm::kTechnology;
  q.from = "CN";
  EXPECT_EQ(ask("ascend-910b2", q).outcome, Outcome::kLicenseRequired);
  q.from = "US";
  EXPECT_EQ(ask("ascend-910b2", q).outcome, Outcome::kNoLicense);
}

TEST(Memory, AStackIsControlledAndInThePackageOfAProcessorItIsNot) {
  Question q = asked_on("2025-02-01");
  EXPECT_EQ(ask("hbm3-stack", q).eccn, "3A090.c");
  EXPECT_EQ(ask("hbm2e-stack", q).outcome, Outcome::kLicenseRequired);
  q.settings = {{"mbd", "2"}};
  EXPECT_EQ(ask("hbm3-stack", q).outcome, Outcome::kNoLicense) << "the limit is strict";
  q.settings = {{"copackaged_with_processor", "true"}};
  EXPECT_EQ(ask("hbm3-stack", q).outcome, Outcome::kNoLicense);
}

TEST(Checklist, OfTheGateSaysWhatIsMetAndWhatIsToCertify) {
  const Verdict v = ask("h200-sxm", asked_on("2026-01-20"));
  EXPECT_EQ(status_of(v, "case-by-case", "below 21,000"), ChecklistStatus::kMet);
  EXPECT_EQ(status_of(v, "case-by-case", "below 6,500"), ChecklistStatus::kMet);
  EXPECT_EQ(status_of(v, "case-by-case", "at most half"), ChecklistStatus::kToCertify);
  EXPECT_EQ(status_of(v, "case-by-case", "laboratory"), ChecklistStatus::kToDo);
  EXPECT_EQ(status_of(v, "case-by-case", "is the answer here"), ChecklistStatus::kMet);
  Question unknown = asked_on("2026-01-20");
  unknown.settings = {{"dram_bw", "unknown"}};
  EXPECT_EQ(status_of(ask("h200-sxm", unknown), "case-by-case", "below 6,500"),
            ChecklistStatus::kUnknown);
  EXPECT_EQ(status_of(ask("b200", asked_on("2026-01-20")), "case-by-case", "below 21,000"),
            ChecklistStatus::kNotMet);
  Question abroad = asked_on("2026-01-20");
  abroad.from = "MY";
  EXPECT_EQ(status_of(ask("h200-sxm", abroad), "case-by-case", "An export from"),
            ChecklistStatus::kNotMet);
}

TEST(Checklist, BelongsToItsTimeAndPlace) {
  EXPECT_FALSE(has_list(ask("h200-sxm", asked_on("2026-01-14")), "case-by-case"));
  EXPECT_FALSE(has_list(ask("h200-sxm", asked_on("2026-01-20", "SA")), "case-by-case"));
  EXPECT_FALSE(has_list(ask("h20-96gb", asked_on("2024-06-01")), "NAC"));
  EXPECT_TRUE(has_list(ask("rtx-4090", asked_on("2024-06-01")), "NAC"));
}

TEST(Checklist, OfNacIsMetUpToWhatTheExporterDoes) {
  const Verdict v = ask("rtx-4090", asked_on("2024-06-01"));
  EXPECT_EQ(v.exception, LicenseException::kNac);
  EXPECT_EQ(status_of(v, "NAC", "neither designed nor marketed"), ChecklistStatus::kMet);
  EXPECT_EQ(status_of(v, "NAC", "is the answer here"), ChecklistStatus::kMet);
  EXPECT_EQ(status_of(v, "NAC", "purchase order"), ChecklistStatus::kToCertify);
  EXPECT_EQ(status_of(v, "NAC", "25 calendar days"), ChecklistStatus::kToDo);
  EXPECT_EQ(status_of(ask("h100-sxm5", asked_on("2024-06-01")), "NAC", "neither designed"),
            ChecklistStatus::kNotMet);
}

TEST(Checklist, OfTheFoundryNamesEachWay) {
  Question q = asked_on("2025-03-01");
  q.settings = {{"exporter_role", "foundry"}, {"atc", "29e9"}, {"has_hbm", "false"}};
  const Verdict v = ask("l2", q);
  EXPECT_EQ(status_of(v, "foundry-presumption", "30 thousand million"), ChecklistStatus::kMet);
  EXPECT_EQ(status_of(v, "foundry-presumption", "OSAT"), ChecklistStatus::kUnknown);
  EXPECT_EQ(v.outcome, Outcome::kUnknown);
  q.settings.push_back({"packaged_by_approved_osat", "true"});
  EXPECT_EQ(ask("l2", q).outcome, Outcome::kNoLicense);
  // A designer in group D:5 cannot be authorized, whatever is claimed.
  q.settings = {{"exporter_role", "foundry"},
                {"designer_approved_or_authorized", "true"},
                {"packaged_by_fab_outside_mo_d5", "false"},
                {"packaged_by_approved_osat", "false"}};
  EXPECT_EQ(ask("ascend-910b2", q).outcome, Outcome::kLicenseRequired);
}

}  // namespace
}  // namespace redline
