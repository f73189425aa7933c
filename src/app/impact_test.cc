#include "app/impact.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "app/replay.h"
#include "app/test_workspace.h"
#include "data/files.h"

namespace redline::app {
namespace {

namespace fs = std::filesystem;

// One small die at work on a small model.
Json asked(std::string_view before, std::string_view after) {
  return {{"before", before},
          {"after", after},
          {"dies", "ad104"},
          {"model", "gpt-3-6.7b"},
          {"train_model", "gpt-3-6.7b"}};
}

Loaded<std::vector<ImpactReport>> try_out(const Json& fields, unsigned threads = 1) {
  auto request = read_impact_request(workspace(), fields, Code::kBadOptionValue);
  return request ? work_out_impact(workspace(), std::move(*request), {.threads = threads})
                 : tl::unexpected(std::move(request).error());
}
ImpactReport worked_out(const Json& fields) {
  auto reports = try_out(fields);
  EXPECT_TRUE(reports) << fields << (reports ? "" : render(reports.error()));
  RL_CHECK(reports.has_value());
  return std::move(reports->front());
}
Json result_of(const Json& fields) { return impact_json(worked_out(fields)); }

std::string errors_of(const Json& fields) {
  const auto reports = try_out(fields);
  EXPECT_FALSE(reports) << fields;
  return reports ? std::string() : render(reports.error());
}

// A file that is gone again with the test.
class OwnFile {
 public:
  OwnFile(const std::string& name, const std::string& text)
      : folder_(fs::path(testing::TempDir()) / "redline-impact"), path_(folder_ / name) {
    fs::create_directories(folder_);
    std::ofstream(path_) << text;
  }
  ~OwnFile() { fs::remove_all(folder_); }
  OwnFile(const OwnFile&) = delete;
  OwnFile& operator=(const OwnFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path folder_, path_;
};

// The record of an instrument with one text in place of another.
std::string record_with(std::string_view stem, const std::string& from, const std::string& to) {
  for (const data::DataFile* file : workspace().files.under("rules")) {
    if (stem_of(*file).ends_with(stem)) {
      std::string text = file->text;
      std::size_t found = 0;
      for (auto at = text.find(from); at != std::string::npos;
           at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
        ++found;
      }
      EXPECT_GT(found, 0U) << from;
      return text;
    }
  }
  ADD_FAILURE() << stem;
  return {};
}

TEST(Impact, OfARuleSetOnItselfIsEmpty) {
  for (const char* rules : {"2025-04-09", "us-2023-10", "2025-12-31+bill-s3374"}) {
    const ImpactReport report = worked_out(asked(rules, rules));
    EXPECT_TRUE(report.empty()) << rules;
    const Json json = impact_json(report);
    EXPECT_TRUE(json["empty"]) << rules;
    for (const char* list : {"parts", "places", "replies", "capability", "flips"}) {
      EXPECT_TRUE(json[list].empty()) << rules << " " << list << ": " << json[list];
    }
    EXPECT_TRUE(json["limits"]["added"].empty() && json["limits"]["removed"].empty());
  }
}

// Before and after of everything that has them.
void swap_sides(Json& json) {
  if (json.is_object()) {
    for (const auto& [a, b] : {std::pair{"before", "after"}, std::pair{"removed", "added"}}) {
      if (json.contains(a) && json.contains(b)) {
        std::swap(json[a], json[b]);
      }
    }
    json.erase("change_percent");  // is of what stood before
  }
  if (json.is_structured()) {
    for (Json& one : json) {
      swap_sides(one);
    }
  }
}

TEST(Impact, TheOtherWayRoundIsItsMirror) {
  for (const auto& [a, b] :
       {std::pair{"2025-04-08", "2025-04-09"}, std::pair{"us-2022-10", "us-2023-10"},
        std::pair{"2026-01-14", "2026-01-15"}}) {
    Json there = result_of(asked(a, b));
    Json back = result_of(asked(b, a));
    EXPECT_NE(there, back);
    swap_sides(there);
    for (Json* one : {&there, &back}) {
      for (const char* order : {"flips", "briefing"}) {
        one->erase(order);
      }
    }
    Json unsided = back;
    swap_sides(unsided);
    swap_sides(unsided);  // without the changes alone
    for (const auto& [key, value] : unsided.items()) {
      EXPECT_EQ(there[key], value) << a << " " << b << " " << key;
    }
  }
}

TEST(Impact, TheLettersOfApril2025StoppedTheH20) {
  const ImpactReport report = worked_out(asked("2025-04-08", "2025-04-09"));
  const auto h20 = std::find_if(report.parts.begin(), report.parts.end(),
                                [](const ChangedPart& one) { return one.chip->id == "h20-96gb"; });
  ASSERT_NE(h20, report.parts.end());
  EXPECT_EQ(h20->verdict[0].outcome, Outcome::kNoLicense);
  EXPECT_EQ(h20->verdict[1].outcome, Outcome::kLicenseRequired);
  EXPECT_TRUE(report.limits[0].size() < report.limits[1].size());
  for (const Capability& one : report.capability) {
    ASSERT_TRUE(one.per_part[0] && one.per_part[1]);
    EXPECT_LT(one.per_part[1]->tokens_per_s, one.per_part[0]->tokens_per_s);
    ASSERT_TRUE(one.domestic);
    EXPECT_EQ(one.domestic->chip->designer_hq, "CN");
    EXPECT_GE(one.free->tokens_per_s, one.per_part[0]->tokens_per_s);
  }
  EXPECT_FALSE(report.stake.empty());
  for (const StakeFigure& one : report.stake) {
    EXPECT_LE(*one.figure->published, report.request->known) << one.figure->id;
  }
  // Nobody but China and those owned from there, and the embargoed, feels it.
  for (const ChangedPlaces& group : report.places) {
    for (const auto& [to, hq] : group.where) {
      EXPECT_NE(to == "FR" && hq == "FR", true);
    }
  }
}

TEST(Impact, TheRuleOfJanuary2026ChangesReviewsAndNoOutcome) {
  const ImpactReport report = worked_out(asked("2026-01-14", "2026-01-15"));
  EXPECT_FALSE(report.parts.empty());
  int reviews = 0;
  for (const ChangedPart& one : report.parts) {
    EXPECT_EQ(one.verdict[0].outcome, one.verdict[1].outcome) << one.chip->id;
    reviews += one.verdict[0].review != one.verdict[1].review ? 1 : 0;
  }
  EXPECT_GT(reviews, 10);
  for (const DieReply& one : report.replies) {
    EXPECT_EQ(one.per_part[0].has_value(), one.per_part[1].has_value());
  }
  // What a license may let through is another.
  const Capability& train = report.capability.front();
  ASSERT_TRUE(train.licensed[1]);
  EXPECT_GT(train.licensed[1]->tokens_per_s, 2.0 * train.on_sale[1]->tokens_per_s);
}

TEST(Impact, ARuleOfTheUsersTakesThePlaceOfTheOneWithItsId) {
  const OwnFile file("tighter.toml", record_with("us-2025-04-09-letters", "1400", "700"));
  const ImpactReport report = worked_out(asked("2025-04-09", "2025-04-09+" + file.path()));
  const auto has = [&](std::size_t side, double value) {
    const auto& list = report.limits[side];
    return std::any_of(list.begin(), list.end(), [value](const Threshold& one) {
      return one.quantity == "dram_bw" && one.value == value;
    });
  };
  EXPECT_TRUE(has(0, 1400.0) && !has(0, 700.0));
  EXPECT_TRUE(has(1, 700.0) && !has(1, 1400.0));
  EXPECT_FALSE(report.parts.empty());
  // The tighter limit is never better for the buyer.
  for (const DieReply& one : report.replies) {
    if (one.per_part[1]) {
      ASSERT_TRUE(one.per_part[0]);
      EXPECT_LE(one.per_part[1]->tokens_per_s, one.per_part[0]->tokens_per_s * (1.0 + 1e-9));
    }
  }
}

TEST(Impact, ARuleFileWithAnErrorIsRefusedWithItsPlace) {
  const OwnFile file("bad.toml", record_with("us-2025-04-09-letters", "dram_bw >=", "dram_bv >="));
  const std::string errors = errors_of(asked("2025-04-09", file.path()));
  EXPECT_NE(errors.find(file.path() + ":"), std::string::npos) << errors;
  EXPECT_NE(errors.find("dram_bv"), std::string::npos) << errors;
}

TEST(Impact, AllProblemsAreToldAtOnce) {
  Json fields = asked("2025-13-01", "bill-s33374");
  fields["to"] = "Atlantis";
  fields["dies"] = "gh999";
  fields["colour"] = "red";
  fields["parts"] = -1;
  fields["justification"] = 7;
  const std::string errors = errors_of(fields);
  for (const char* word :
       {"2025-13-01", "bill-s33374", "Atlantis", "gh999", "colour", "parts", "justification"}) {
    EXPECT_NE(errors.find(word), std::string::npos) << word << "\n" << errors;
  }
}

TEST(Impact, IsTheSameForAnyNumberOfThreads) {
  const Json fields = asked("2025-04-08", "2025-04-09");
  const auto one = try_out(fields, 1);
  const auto three = try_out(fields, 3);
  ASSERT_TRUE(one && three);
  EXPECT_EQ(impact_json(one->front()).dump(), impact_json(three->front()).dump());
}

TEST(Impact, FactsLaterThanTheDayAreNotUsed) {
  Json fields = asked("us-2022-10", "us-2023-10");
  fields["dies"] = "gh100";
  const ImpactReport report = worked_out(fields);
  const Date day = report.request->known;
  EXPECT_EQ(format_date(day), "2023-11-17");
  for (const Capability& one : report.capability) {
    for (const auto* part : {&one.on_sale[0], &one.on_sale[1], &one.free, &one.domestic}) {
      if (*part) {
        EXPECT_TRUE((*part)->chip->launched_by(day)) << (*part)->name;
      }
    }
  }
  // Replies to the rule of 2022 had been seen, those to that of 2023 had not.
  for (const LeadTime& one : report.lead_times) {
    for (const std::string& part : one.parts) {
      EXPECT_TRUE(part.find("800") != std::string::npos || part == "gaudi-2-china") << part;
    }
  }
}

// The design of a die is what the search for a part alone finds.
TEST(Impact, DesignsAreThoseOfASearchForAPart) {
  const ImpactReport report = worked_out(asked("2023-10-16", "us-2023-10"));
  for (const DieReply& one : report.replies) {
    for (const std::size_t side : {std::size_t{0}, std::size_t{1}}) {
      const RuleSet& law = report.rules(side);
      for (const bool per_dollar : {false, true}) {
        const Json fields{{"from", one.die},
                          {"as_of", format_date(report.request->known)},
                          {"rules_as_of", format_date(law.as_of)},
                          {"work", report.request->work[static_cast<std::size_t>(one.work)]},
                          {"per", per_dollar ? "dollar" : "chip"}};
        const auto alone =
            work_out_reply(workspace(), fields, {}, {false, false, false}, Code::kBadOptionValue);
        ASSERT_TRUE(alone) << render(alone.error());
        const auto& found = (per_dollar ? one.per_dollar : one.per_part)[side];
        ASSERT_EQ(found.has_value(), !alone->best.empty());
        if (found) {
          const Reply& best = alone->best.front();
          EXPECT_EQ(found->design->tpp, best.tpp);
          EXPECT_EQ(found->design->dram_gb_s, best.dram_gb_s);
          EXPECT_EQ(found->design->link_gb_s, best.link_gb_s);
          EXPECT_EQ(found->tokens_per_s, best.tokens_per_s.front());
          EXPECT_EQ(found->usd_per_s, best.usd_per_s);
        }
      }
    }
  }
}

TEST(Impact, EachBillStandsAgainstTheLawOfTheDay) {
  Json fields{{"bills", true},
              {"as_of", "2026-03-01"},
              {"dies", "ad104"},
              {"model", "gpt-3-6.7b"},
              {"train_model", "gpt-3-6.7b"}};
  const auto reports = try_out(fields, 2);
  ASSERT_TRUE(reports) << render(reports.error());
  EXPECT_GE(reports->size(), 7U);
  const auto table = impact_table(*reports);
  ASSERT_EQ(table.rows.size(), reports->size());
  for (const ImpactReport& report : *reports) {
    const std::string& bill = report.rules(1).ids.back();
    EXPECT_EQ(report.rules(1).with, std::vector<std::string>{bill});
    EXPECT_TRUE(report.rules(0).with.empty());
    const auto outcomes = std::count_if(
        report.parts.begin(), report.parts.end(),
        [](const ChangedPart& one) { return one.verdict[0].outcome != one.verdict[1].outcome; });
    EXPECT_EQ(outcomes > 0, bill == "BILL-S3374" || bill == "BILL-HR6875") << bill;
  }
}

TEST(Impact, ThePageCanBeAskedAgain) {
  const auto page =
      write_impact(workspace(), asked("2025-04-08", "2025-04-09"), {}, {}, results::Words());
  ASSERT_TRUE(page) << render(page.error());
  EXPECT_NE(page->find("h20-96gb"), std::string::npos);
  const OwnFile file("impact.html", *page);
  const auto again = replay(workspace(), file.path(), results::Words());
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_FALSE(again->differs);
}

}  // namespace
}  // namespace redline::app
