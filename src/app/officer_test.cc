// Quota, case page and replay on the real data.

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "app/batch.h"
#include "app/case_page.h"
#include "app/quota.h"
#include "app/replay.h"
#include "app/test_workspace.h"

namespace redline::app {
namespace {

const results::Words kEnglish;

std::string write_temporary(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / ("redline-officer-" + name);
  std::ofstream(path) << text;
  return path.string();
}

QuotaRequest units(double china, double us) {
  QuotaRequest request;
  request.subjects = {"h200-sxm"};
  request.capped_units = china;
  request.against_units = us;
  return request;
}

Json first_of(const Loaded<Answer>& answer) {
  if (!answer || answer->results.empty()) {
    ADD_FAILURE() << (answer ? "no result" : render(answer.error()));
    return {};
  }
  return answer->results[0];
}

TEST(Quota, WorkedCase) {
  QuotaRequest request = units(200000, 500000);
  request.planned_units = 60000;
  const Json result = first_of(quota(workspace(), request, kEnglish));
  EXPECT_EQ(result["ratio_percent"], 40.0);
  EXPECT_EQ(result["met"], true);
  EXPECT_EQ(result["room_units"], 50000.0);
  EXPECT_EQ(result["met_with_plan"], false);
  EXPECT_EQ(result["ratio_with_plan_percent"], 52.0);
  EXPECT_DOUBLE_EQ(result["capped_tpp"].get<double>(), 200000 * 15831.2);
}

TEST(Quota, AtTheLineAndOneBeyond) {
  EXPECT_EQ(first_of(quota(workspace(), units(250000, 500000), kEnglish))["met"], true);
  const Json over = first_of(quota(workspace(), units(250001, 500000), kEnglish));
  EXPECT_EQ(over["met"], false);
  EXPECT_EQ(over["room_units"], 0.0);
  EXPECT_EQ(over["needed_against_units"], 500002.0);
}

TEST(Quota, WhatIsNotKnownStaysUnknown) {
  QuotaRequest request = units(1000, 0);
  request.against_units.reset();
  const Json result = first_of(quota(workspace(), request, kEnglish));
  EXPECT_TRUE(result["met"].is_null());
  EXPECT_TRUE(result["ratio_percent"].is_null());
  EXPECT_TRUE(result["against_units"].is_null());
}

TEST(Quota, BeforeTheRuleThereIsNoCap) {
  QuotaRequest request = units(1, 1);
  request.as_of = make_date(2026, 1, 14);
  const auto answer = quota(workspace(), request, kEnglish);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->results.empty());
}

TEST(Quota, LedgerCountsByDestinationAndUse) {
  QuotaRequest request;
  request.subjects = {write_temporary("ledger.csv",
                                      "chip,destination,units,end_use,date,product\n"
                                      "h200-sxm,US,1000,US,2026-02-01,H200\n"
                                      "h200-sxm,US,500,SG,2026-02-01,H200\n"  // used elsewhere
                                      "h200-sxm,China,200,,2026-02-02,H200\n"
                                      "h200-sxm,HK,100,,2026-03-02,H200\n"
                                      "h200-nvl,Macau,100,,2026-03-02,H200\n"
                                      "mi300x,US,10,,2026-02-01,\n"
                                      "mi300x,CN,?,,2026-02-01,\n")};
  const auto answer = quota(workspace(), request, kEnglish);
  ASSERT_TRUE(answer) << render(answer.error());
  ASSERT_EQ(answer->results.size(), 2u);
  const Json& h200 = answer->results[0];
  EXPECT_EQ(h200["product"], "H200");
  EXPECT_TRUE(h200["chip"].is_null()) << "two chips make this product";
  EXPECT_EQ(h200["capped_units"], 400.0);
  EXPECT_EQ(h200["against_units"], 1000.0);
  EXPECT_EQ(h200["not_counted_shipments"], 1);
  // The NVL has a lower TPP, so the ratio lies below that of the units.
  EXPECT_LT(h200["ratio_percent"].get<double>(), 40.0);
  EXPECT_GT(h200["ratio_percent"].get<double>(), 38.0);
  EXPECT_TRUE(answer->results[1]["met"].is_null()) << "the units of one row are not known";

  request.until = make_date(2026, 2, 28);
  const auto until = quota(workspace(), request, kEnglish);
  ASSERT_TRUE(until);
  EXPECT_EQ(until->results[0]["capped_units"], 200.0);
}

TEST(Quota, ReportsEveryProblemOfALedger) {
  QuotaRequest request;
  request.subjects = {write_temporary("bad.csv",
                                      "chip,destination,units\n"
                                      "h20000,US,10\n"
                                      "h20,Chjna,10\n"
                                      "h20,CN,ten\n"
                                      "h20,CN,-4\n"
                                      ",CN,4\n")};
  const auto answer = quota(workspace(), request, kEnglish);
  ASSERT_FALSE(answer);
  ASSERT_EQ(answer.error().size(), 5u) << render(answer.error());
  for (std::size_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(answer.error()[i].where.has_value());
    EXPECT_EQ(answer.error()[i].where->line, static_cast<int>(i) + 2);
  }
  request.subjects = {write_temporary("columns.csv", "chip,destinaton,units\nh20,CN,1\n")};
  const auto columns = quota(workspace(), request, kEnglish);
  ASSERT_FALSE(columns);
  EXPECT_EQ(columns.error().size(), 2u);
}

ClassifyRequest h200() {
  ClassifyRequest request;
  request.chips = {"hgx-h200-8"};
  request.as_of = make_date(2026, 1, 20);
  return request;
}

std::string page_of(const ClassifyRequest& request) {
  RunInfo run;
  run.data_hash = workspace().files.hash;
  run.seconds = 1.0;
  auto page = write_case(workspace(), request, run, kEnglish);
  EXPECT_TRUE(page) << render(page.error());
  return page ? *page : std::string();
}

TEST(CasePage, HoldsWhatAFileNeeds) {
  const std::string page = page_of(h200());
  for (const char* part :
       {"hgx-h200-8", "4A090.a", "742.6(b)(10)(iii)", "Facts and evidence", "Assumptions",
        "What was not evaluated", "entity-list-not-evaluated", "Application for case-by-case",
        "to certify", "not legal advice", "Data hash"}) {
    EXPECT_NE(page.find(part), std::string::npos) << part;
  }
  EXPECT_NE(page.find(workspace().files.hash), std::string::npos);
}

TEST(CasePage, IdenticalInputGivesIdenticalBytes) { EXPECT_EQ(page_of(h200()), page_of(h200())); }

TEST(CasePage, SaysThatTranslationsAreUnofficial) {
  const auto page =
      write_case(workspace(), h200(), {}, results::Words(results::Language::kSimplifiedChinese));
  ASSERT_TRUE(page) << render(page.error());
  EXPECT_NE(page->find("非官方译文"), std::string::npos);
  EXPECT_EQ(page_of(h200()).find("unofficial translation"), std::string::npos);
}

TEST(CasePage, IsAboutOneDate) {
  ClassifyRequest request = h200();
  request.timeline = true;
  EXPECT_FALSE(write_case(workspace(), request, {}, kEnglish));
}

TEST(Replay, ReproducesAPageAndAnAnswer) {
  const std::string page = write_temporary("case.html", page_of(h200()));
  const auto again = replay(workspace(), page, kEnglish);
  ASSERT_TRUE(again) << render(again.error());
  EXPECT_FALSE(again->differs);
  EXPECT_EQ(again->results[0]["reproduced"], true);
  EXPECT_EQ(again->results[0]["same_data"], true);

  ClassifyRequest request = h200();
  request.chips = {"h20", "ascend-910b2"};
  request.hq = "SG";
  request.settings = {{"dram_bw", "4.8 TB/s"}, {"dc", "true"}};
  const auto answer = classify(workspace(), request, kEnglish);
  ASSERT_TRUE(answer);
  const std::string json = write_temporary(
      "case.json",
      render(*answer, {workspace().files.hash, 1, "", 0.0, 1}, {.format = results::Format::kJson}));
  const auto same = replay(workspace(), json, kEnglish);
  ASSERT_TRUE(same) << render(same.error());
  EXPECT_FALSE(same->differs) << same->results.dump(1);
}

TEST(Replay, ListsWhatDiffers) {
  std::string page = page_of(h200());
  const std::string before = "\"limit\":21000";
  const auto at = page.find(before);
  ASSERT_NE(at, std::string::npos);
  page.replace(at, before.size(), "\"limit\":22000");
  const auto answer = replay(workspace(), write_temporary("changed.html", page), kEnglish);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->differs);
  const Json& differences = answer->results[0]["differences"];
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0]["before"], 22000);
  EXPECT_NE(differences[0]["path"].get<std::string>().find("tests["), std::string::npos);
}

TEST(Replay, RefusesWhatItCannotAskAgain) {
  for (const char* text :
       {"", "{}", "not json", "<html></html>", R"({"schema":"redline.classify/1","results":[]})",
        R"({"schema":"other/1","results":[],"run":{"request":{}}})"}) {
    const auto answer = replay(workspace(), write_temporary("bad.json", text), kEnglish);
    ASSERT_FALSE(answer) << text;
    EXPECT_EQ(answer.error().front().code, Code::kReplayFile);
  }
  EXPECT_FALSE(replay(workspace(), "/nonexistent/case.json", kEnglish));
}

TEST(Batch, TakesQuotaAndForms) {
  const Json cap = Json::parse(run_batch_line(
      workspace(), R"({"command":"quota","chip":"h200-sxm","china_units":1,"us_units":2})", 1));
  EXPECT_EQ(cap["results"][0]["met"], true);
  const Json bad = Json::parse(
      run_batch_line(workspace(), R"({"command":"quota","chip":"h200-sxm","china_units":-1})", 1));
  EXPECT_EQ(bad["error"]["code"], "RL2302");
  const Json server = Json::parse(run_batch_line(
      workspace(),
      R"({"command":"classify","chip":"h200-sxm","item":"server","as_of":"2026-01-20"})", 1));
  EXPECT_EQ(server["results"][0]["eccn"], "4A090.a");
  const Json odd = Json::parse(
      run_batch_line(workspace(), R"({"command":"classify","chip":"h20","item":"wafer"})", 1));
  EXPECT_TRUE(odd.contains("error"));
}

}  // namespace
}  // namespace redline::app
