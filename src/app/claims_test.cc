// The claims of the April 2025 article, and each formula by itself.

#include "app/claims.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "app/claim_compare.h"
#include "app/claim_formulas.h"
#include "app/claims_text.h"
#include "app/section.h"
#include "app/test_brief.h"
#include "app/test_workspace.h"

namespace redline::app {
namespace {

namespace fs = std::filesystem;

Workspace open(const std::vector<std::string>& overlays = {}) {
  WorkspaceOptions options;
  options.base = REDLINE_TEST_DATA;
  options.overlays = overlays;
  options.parts = {.chips = true,
                   .systems = false,
                   .models = true,
                   .geography = true,
                   .sources = true,
                   .market = true};
  auto opened = open_workspace(options);
  EXPECT_TRUE(opened) << render(opened.error());
  RL_CHECK(opened.has_value());
  return std::move(*opened);
}

std::string write(const std::string& folder, const std::string& file, const std::string& text) {
  const fs::path path = fs::temp_directory_path() / ("redline-claims-" + folder) / file;
  const auto written = data::write_text_file(path.string(), text);
  EXPECT_TRUE(written);
  return path.string();
}

// The data with a file laid over it.
Workspace with(const std::string& folder, const std::string& file, const std::string& text) {
  fs::remove_all(fs::temp_directory_path() / ("redline-claims-" + folder));
  write(folder, file, text);
  return open({(fs::temp_directory_path() / ("redline-claims-" + folder)).string()});
}

std::map<std::string, ClaimResult> april(const Workspace& w) {
  const auto report = judge_claims(w, "april-2025");
  EXPECT_TRUE(report) << render(report.error());
  std::map<std::string, ClaimResult> by_id;
  if (report) {
    for (const ClaimResult& result : report->results) {
      by_id[result.claim.id] = result;
    }
  }
  return by_id;
}

std::string verdict(const std::map<std::string, ClaimResult>& claims, const std::string& id) {
  return std::string(name_of(claims.at(id).verdict));
}

// A file with one claim.
std::string file_of(const std::string& claim) {
  return "id = \"test\"\ntitle = \"Test\"\nas_of = 2025-04-17\n[[claim]]\nid = \"T\"\ntext = "
         "\"T\"\n" +
         claim;
}

ClaimResult judge_one(const Workspace& w, const std::string& claim) {
  const auto report = judge_claims(w, write("one", "claim.toml", file_of(claim)));
  EXPECT_TRUE(report) << claim << "\n" << render(report.error());
  return report && !report->results.empty() ? report->results.front() : ClaimResult{};
}

Diagnostics errors_of(const std::string& text) {
  const auto report = judge_claims(workspace(), write("bad", "claims.toml", text));
  return report ? Diagnostics{} : report.error();
}

constexpr std::string_view kTail =
    "basis = \"stated\"\nconfidence = \"press\"\n"
    "published = 2025-01-01\nsource = [\"nvda-8k-2025-04-15\"]\n";

std::string figure(const std::string& id, const std::string& value) {
  return "[[figure]]\nid = \"" + id + "\"\nwhat = \"Test\"\n" + value + "\n" + std::string(kTail);
}

const Workspace& with_figures() {
  static const Workspace kWorkspace =
      with("figures", "market/test.toml",
           figure("t.ten", "value = \"10 GUSD\"") + figure("t.four", "value = \"4 GUSD\"") +
               figure("t.zero", "value = \"0 GUSD\"") +
               figure("t.range", "range = [\"8 GUSD\", \"12 GUSD\"]") +
               figure("t.units", "value = \"3 units\"") +
               "[[figure]]\nid = \"t.unknown\"\nwhat = \"Test\"\nunknown = \"not found\"\n");
  return kWorkspace;
}

// ---- the article

TEST(April2025, HasTheVerdictsOfEveryClaim) {
  const std::map<std::string, std::string> expected{
      {"confirmed",
       "A01 A03 A04 A06 A07 A09 A10 A11 A14 A17 A18 A20 A21 A25 A30 A32 A34 A35 A36 A37 A38 A40 "
       "A41 A45 A47 A49 A52 A59 A63"},
      {"rounding", "A12 A50 A53"},
      {"wrong", "A05 A15 A16 A19 A22 A23 A24 A27 A28 A33 A42 A46 A48 A56 A57 A61"},
      {"unverifiable", "A02 A26 A29 A62 A64"},
      {"opinion", "A08 A13 A31 A39 A43 A44 A51 A54 A55 A58 A60 A65 A66 A67 A68 A69"}};
  std::size_t seen = 0;
  const auto claims = april(workspace());
  for (const auto& [word, ids] : expected) {
    for (std::size_t at = 0; at < ids.size(); at += 4, ++seen) {
      EXPECT_EQ(verdict(claims, ids.substr(at, 3)), word) << ids.substr(at, 3);
    }
  }
  EXPECT_EQ(seen, 69U);
  EXPECT_EQ(claims.size(), 69U);
}

TEST(April2025, ComputesMostOfThem) {
  const auto report = judge_claims(workspace(), "april-2025");
  ASSERT_TRUE(report) << render(report.error());
  EXPECT_GE(report->computed(), 45U);
  for (const ClaimResult& result : report->results) {
    EXPECT_TRUE(result.computed() || !result.claim.note.empty()) << result.claim.id;
  }
}

TEST(April2025, SaysWhatNobodyCouldKnowThen) {
  const auto report = judge_claims(workspace(), "april-2025");
  ASSERT_TRUE(report) << render(report.error());
  for (const ClaimResult& result : report->results) {
    if (result.claim.id == "A23" || result.claim.id == "A24" || result.claim.id == "A59") {
      EXPECT_TRUE(report->hindsight(result)) << result.claim.id;
    }
    if (result.claim.id == "A12" || result.claim.id == "A37") {
      EXPECT_FALSE(report->hindsight(result)) << result.claim.id;
    }
  }
}

TEST(April2025, ShowsTheWorking) {
  EXPECT_EQ(april(workspace()).at("A12").arithmetic, "5.5 / 17.108 = 32.15 %");
}

TEST(April2025, AnotherChinaRevenueChangesItsClaims) {
  const Workspace w = with(
      "revenue", "market/mine.toml",
      "[[period]]\nid = \"nvda.fy25\"\ntitle = \"NVIDIA fiscal 2025\"\npublished = 2025-02-26\n"
      "china_billing = { value = \"17.1 GUSD\", basis = \"stated\", confidence = \"press\", "
      "source = [\"nvda-10k-fy2025\"] }\n");
  const auto claims = april(w);
  EXPECT_EQ(verdict(claims, "A12"), "confirmed");
  EXPECT_EQ(claims.at("A12").arithmetic, "5.5 / 17.1 = 32.16 %");
  EXPECT_EQ(verdict(claims, "A34"), "wrong");
  EXPECT_EQ(verdict(claims, "A38"), "confirmed");     // the other figures of the period stay
  EXPECT_EQ(verdict(claims, "A33"), "unverifiable");  // its days are not in the file
}

TEST(April2025, AnotherDayChangesTheOrderOfCauseAndEffect) {
  const Workspace w =
      with("order", "market/mine.toml",
           "[[event]]\nid = \"us.house_committee_deepseek\"\ndate = 2025-01-10\nwhat = \"Report\"\n"
           "kind = \"report\"\nwho = \"House Select Committee\"\nbasis = \"stated\"\n"
           "confidence = \"press\"\nsource = [\"pymnts-committee-2025-04\"]\n");
  EXPECT_EQ(verdict(april(w), "A48"), "confirmed");
}

TEST(April2025, AnotherBandwidthChangesTheDirectionAndTheValue) {
  const Chip* h20 = workspace().catalog.chip("h20-96gb");
  ASSERT_NE(h20, nullptr);
  Workspace w = open();
  for (Chip& chip : w.catalog.chips) {
    if (chip.id == "h20-96gb") {
      chip.memory.bandwidth->value = BytesPerSecond{2.0e12};
    }
  }
  const auto claims = april(w);
  EXPECT_EQ(verdict(claims, "A18"), "wrong");
  EXPECT_EQ(claims.at("A16").found, "down, same, down");
}

TEST(April2025, WithoutAnEarlierGenerationTheH20IsTheFirst) {
  Workspace w = open();
  for (Chip& chip : w.catalog.chips) {
    if (chip.family == "A800" || chip.family == "H800") {
      chip.designed_for_china = false;
    }
  }
  const auto claims = april(w);
  EXPECT_EQ(verdict(claims, "A27"), "confirmed");
  EXPECT_NE(claims.at("A15").found, "A800, H800");
}

TEST(April2025, AnotherWordOfAReportChangesItsClaim) {
  Workspace w = open();
  for (MarketStatement& statement : w.catalog.market.statements) {
    if (statement.id == "deepseek.v3.training_chips") {
      statement.values.emplace_back("H20");
    }
  }
  EXPECT_EQ(verdict(april(w), "A42"), "confirmed");
}

TEST(April2025, AFigureNotKnownMakesItsClaimsUnverifiable) {
  Workspace w = open();
  for (MarketFigure& one : w.catalog.market.figures) {
    if (one.id == "nvda.h20.charge_ceiling") {
      one.value.reset();
    }
  }
  const auto claims = april(w);
  EXPECT_EQ(verdict(claims, "A10"), "unverifiable");
  EXPECT_EQ(verdict(claims, "A12"), "unverifiable");
  EXPECT_EQ(claims.at("A12").found, "");
}

// ---- formulas

struct FormulaCase {
  std::string claim;
  std::string verdict;
  std::string found;
};

void expect_all(const Workspace& w, const std::vector<FormulaCase>& cases) {
  for (const FormulaCase& one : cases) {
    const ClaimResult result = judge_one(w, one.claim);
    EXPECT_EQ(name_of(result.verdict), one.verdict) << one.claim;
    EXPECT_EQ(result.found, one.found) << one.claim;
  }
}

std::string claim(const std::string& stated, const std::string& formula,
                  const std::string& inputs) {
  const auto list = [](const std::string& words) {
    std::string text;
    for (std::size_t at = 0; at <= words.size();) {
      const std::size_t end = std::min(words.find('|', at), words.size());
      text += (text.empty() ? "\"" : ", \"") + words.substr(at, end - at) + "\"";
      at = end + 1;
    }
    return "[" + text + "]";
  };
  return "stated = " + list(stated) + "\nformula = \"" + formula + "\"\ninputs = " + list(inputs) +
         "\n";
}

TEST(Formula, OfFigures) {
  expect_all(with_figures(),
             {{claim("10 GUSD", "value", "t.ten"), "confirmed", "10 GUSD"},
              {claim("10.1 GUSD", "value", "t.ten"), "rounding", "10 GUSD"},
              {claim("11 GUSD", "value", "t.ten"), "wrong", "10 GUSD"},
              {claim("10000 MUSD", "value", "t.ten"), "confirmed", "10000 MUSD"},
              {claim("> 9 GUSD", "value", "t.ten"), "confirmed", "10 GUSD"},
              {claim("> 12 GUSD", "value", "t.ten"), "wrong", "10 GUSD"},
              {claim("< 12 GUSD", "value", "t.ten"), "confirmed", "10 GUSD"},
              {claim("> 9 GUSD", "value", "t.range"), "unverifiable", "8 to 12 GUSD"},
              {claim("8 GUSD|12 GUSD", "value", "t.range"), "confirmed", "8 to 12 GUSD"},
              {claim("7 GUSD|13 GUSD", "value", "t.range"), "rounding", "8 to 12 GUSD"},
              {claim("9 GUSD|11 GUSD", "value", "t.range"), "unverifiable", "8 to 12 GUSD"},
              {claim("20 GUSD|30 GUSD", "value", "t.range"), "wrong", "8 to 12 GUSD"},
              {claim("10 GUSD", "value", "t.range"), "unverifiable", "8 to 12 GUSD"},
              {claim("10 GUSD", "value", "t.unknown"), "unverifiable", ""},
              {claim("4 GUSD|10 GUSD", "span", "t.ten|t.four"), "confirmed", "4 to 10 GUSD"},
              {claim("250 percent", "ratio", "t.ten|t.four"), "confirmed", "250 %"},
              {claim("250 percent", "ratio", "t.range|t.four"), "unverifiable", "200 to 300 %"},
              {claim("250 percent", "ratio", "t.ten|t.zero"), "unverifiable", ""},
              {claim("150 percent", "growth", "t.ten|t.four"), "confirmed", "150 %"},
              {claim("60 percent", "complement", "t.four|t.ten"), "confirmed", "60 %"},
              {claim("24 GUSD", "sum", "t.ten|t.ten|t.four"), "confirmed", "24 GUSD"},
              {claim("14 GUSD", "sum", "t.ten|t.unknown"), "unverifiable", ""},
              {claim("2", "rank", "t.four|t.ten|t.zero"), "confirmed", "2"},
              {claim("1", "rank", "t.four|t.ten|t.zero"), "wrong", "2"},
              {claim("1", "rank", "t.ten|t.range"), "unverifiable", "1 to 2"},
              {claim("record", "maximum", "t.ten|t.four|t.zero"), "confirmed", "record"},
              {claim("record", "maximum", "t.four|t.ten"), "wrong", "no record"},
              {claim("record", "maximum", "t.ten|t.range"), "unverifiable", ""}});
}

TEST(Formula, ExactToleranceForgivesNothing) {
  const std::string exact = "tolerance = \"exact\"\n";
  const Workspace& w = with_figures();
  EXPECT_EQ(judge_one(w, exact + claim("10 GUSD", "value", "t.ten")).verdict,
            ClaimVerdict::kConfirmed);
  EXPECT_EQ(judge_one(w, exact + claim("10.1 GUSD", "value", "t.ten")).verdict,
            ClaimVerdict::kWrong);
}

TEST(Formula, OfEventsAndPeriods) {
  expect_all(
      workspace(),
      {{claim("2025-01-20", "date", "deepseek.r1"), "confirmed", "2025-01-20"},
       {claim("2025", "date", "deepseek.r1"), "confirmed", "2025-01-20"},
       {claim("2024", "date", "deepseek.r1"), "wrong", "2025-01-20"},
       {claim("2025-04-27", "period-end", "nvda.fy26q1"), "confirmed", "2025-04-27"},
       {claim("2025-04-26", "period-end", "nvda.fy26q1"), "wrong", "2025-04-27"},
       {claim("2024-01-29|2025-01-26", "period", "nvda.fy25"), "confirmed",
        "2024-01-29 to 2025-01-26"},
       {claim("6 day", "days-between", "nvda.h20.notice|nvda.8k_2025_04_15"), "confirmed", "6 day"},
       {claim("2025-01-23|180 day", "term", "us.eo14179|us.eo14179.plan_term"), "confirmed",
        "2025-01-23, 180 day"},
       {claim("2025-01-23|90 day", "term", "us.eo14179|us.eo14179.plan_term"), "wrong",
        "2025-01-23, 180 day"},
       {claim("3", "within", "visit|Jensen Huang|2025-01-01|2025-12-31"), "confirmed", "3"},
       {claim("3", "within", "visit|Nobody|2025-01-01|2025-12-31"), "unverifiable", ""},
       {claim("before", "order", "us.eo14179|us.house_committee_deepseek"), "confirmed",
        "83 days before"},
       {claim("before", "order", "us.eo14179|us.eo14179"), "wrong", "same day"},
       {claim("2024", "contains", "us.election_2022|us.election_2024"), "confirmed",
        "2022-11-08, 2024-11-05"}});
}

TEST(Formula, OfStatements) {
  expect_all(workspace(),
             {{claim("h800", "statement", "deepseek.v3.training_chips"), "confirmed", "H800"},
              {claim("H100", "statement", "deepseek.v3.training_chips"), "wrong", "H800"},
              // That list is not whole, so what is missing from it is not known.
              {claim("Huawei", "statement", "huawei.ascend.users"), "unverifiable", "Tencent, Ant"},
              {claim("H800", "only", "deepseek.v3.training_chips"), "confirmed", "H800"},
              {claim("Kunlun", "only", "baidu.training_chips"), "wrong", "Kunlun, NVIDIA"},
              {claim("Buy", "each", "rating.bofa.nvda|rating.ubs.nvda"), "confirmed", "Buy, Buy"},
              {claim("Sell", "each", "rating.bofa.nvda|rating.ubs.nvda"), "wrong", "Buy, Buy"},
              {claim("Alibaba|Nobody", "released-before", "2025-04-17"), "unverifiable", "Alibaba"},
              {claim("Alibaba", "released-before", "2020-01-01"), "unverifiable", ""}});
}

TEST(Formula, OfChips) {
  expect_all(workspace(),
             {{claim("96 GB", "spec", "h20-96gb|memory_capacity"), "confirmed", "96 GB"},
              {claim("0.9 TB/s", "spec", "h20-96gb|link_bandwidth"), "confirmed", "0.9 TB/s"},
              {claim("60 TFLOP/s", "spec", "h20-96gb|fp4"), "unverifiable", ""},
              {claim("120 percent", "spec-ratio", "h20-96gb|h100-sxm5|memory_capacity"),
               "confirmed", "120 %"},
              {claim("up|down", "spec-direction", "h20-96gb|h100-sxm5|memory_bandwidth|fp16"),
               "confirmed", "up, down"},
              {claim("same", "architecture", "h20-96gb|a100-sxm-80gb"), "wrong", "different"}});
}

TEST(Formula, OfRules) {
  expect_all(
      workspace(),
      {{claim("no-license", "verdict", "h20-96gb|CN|2025-04-08"), "confirmed", "no-license"},
       {claim("no-license", "verdict", "h20-96gb|CN|2025-04-16"), "wrong", "license-required"},
       {claim("no-license", "verdict", "h20-96gb|CN|2025-04-08|tpp=4900"), "wrong",
        "license-required"},
       {claim("or", "criterion", "l20|h20-96gb|CN|2025-04-16|dram_bw|letter_io"), "confirmed",
        "or"},
       {claim("none", "criterion", "l20|h20-96gb|CN|2025-04-08|dram_bw|letter_io"), "confirmed",
        "none"},
       {claim("2022-08-26", "controlled-from", "CN|a100-sxm-80gb"), "confirmed", "2022-08-26"},
       {claim("H800|A800", "lineage", "CN|a100-sxm-80gb|h100-sxm5"), "confirmed", "A800, H800"},
       {claim("1", "first-of-kind", "h800-sxm|CN"), "confirmed", "1"}});
}

TEST(Formula, EachHasALineOfDefinition) {
  const results::Table table = formula_table();
  EXPECT_EQ(table.rows.size(), claim_formulas().size());
  for (const Formula& formula : claim_formulas()) {
    EXPECT_FALSE(formula.doc.empty()) << formula.name;
    EXPECT_EQ(find_formula(formula.name), &formula);
  }
}

// ---- files that are wrong

TEST(ClaimFile, ReportsEveryProblemWithItsPlace) {
  const Diagnostics errors = errors_of(
      file_of(claim("1 GUSD", "valeu", "nvda.h20.charge_ceiling")) +
      "[[claim]]\nid = \"U\"\ntext = \"U\"\n" + claim("1 GUSD", "value", "nvda.h20.charge_celing") +
      "[[claim]]\nid = \"V\"\ntext = \"V\"\n" + claim("2025", "date", "nvda.8k") +
      "[[claim]]\nid = \"W\"\ntext = \"W\"\n" + claim("1 GB", "spec", "h21|memory_capacity") +
      "[[claim]]\nid = \"X\"\ntext = \"X\"\n" + claim("1 GB", "spec", "h20-96gb|memory_speed") +
      "[[claim]]\nid = \"Y\"\ntext = \"Y\"\n" + claim("1 percent", "ratio", "nvda.fy25.revenue"));
  ASSERT_EQ(errors.size(), 6U) << render(errors);
  const Code codes[] = {Code::kNotAChoice,       Code::kUnknownReference, Code::kUnknownReference,
                        Code::kUnknownReference, Code::kNotAChoice,       Code::kInconsistent};
  for (std::size_t i = 0; i < errors.size(); ++i) {
    EXPECT_EQ(errors[i].code, codes[i]) << render(errors[i]);
    ASSERT_TRUE(errors[i].where) << render(errors[i]);
    EXPECT_GT(errors[i].where->line, 3);
    EXPECT_GT(errors[i].where->column, 1);
  }
  EXPECT_NE(render(errors[0]).find("did you mean 'value'?"), std::string::npos);
  EXPECT_NE(render(errors[1]).find("did you mean 'nvda.h20.charge_ceiling'?"), std::string::npos);
}

TEST(ClaimFile, MayNotTypeInWhatIsComputed) {
  const Diagnostics errors = errors_of(
      file_of("verdict = \"confirmed\"\n" + claim("5.5 GUSD", "value", "nvda.h20.charge_ceiling")));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, Code::kInconsistent);
}

TEST(ClaimFile, NeedsAFormulaOrAVerdict) {
  const Diagnostics errors = errors_of(file_of(""));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, Code::kMissingKey);
}

TEST(ClaimFile, RejectsWhatTheFormulaCannotCompare) {
  for (const auto& [text, code] : std::vector<std::pair<std::string, Code>>{
           {claim("5.5", "value", "nvda.h20.charge_ceiling"), Code::kMissingUnit},
           {claim("5.5 days", "value", "nvda.h20.charge_ceiling"), Code::kWrongUnit},
           {claim("5.5 GB", "value", "nvda.h20.charge_ceiling"), Code::kWrongUnit},
           {claim("1 GUSD|2 GUSD|3 GUSD", "value", "nvda.h20.charge_ceiling"), Code::kInconsistent},
           {claim("1 percent", "ratio", "nvda.fy25.revenue|nvda.fy25.non_us_share_hq"),
            Code::kWrongUnit},
           {claim("tomorrow", "date", "deepseek.r1"), Code::kBadDate},
           {claim("first", "rank", "nvda.fy25.revenue|nvda.fy24.revenue"), Code::kBadNumber},
           {claim("perhaps", "verdict", "h20-96gb|CN|2025-04-08"), Code::kNotAChoice},
           {claim("no-license", "verdict", "h20-96gb|China|2025-04-08"), Code::kUnknownReference},
           {claim("no-license", "verdict", "h20-96gb|CN|2025-04-31"), Code::kBadDate},
           {claim("no-license", "verdict", "h20-96gb|CN|2025-04-08|tpp"), Code::kBadSetting},
           {claim("no-license", "verdict", "h20-96gb|CN|2025-04-08|nothing=1"), Code::kBadSetting},
           {claim("3", "within", "party|Nobody|2025-01-01|2025-12-31"), Code::kNotAChoice},
           {claim("up", "spec-direction", "h20-96gb|h100-sxm5|fp16|fp8"), Code::kInconsistent}}) {
    const Diagnostics errors = errors_of(file_of(text));
    ASSERT_EQ(errors.size(), 1U) << text << render(errors);
    EXPECT_EQ(errors[0].code, code) << text << render(errors);
    EXPECT_TRUE(errors[0].where) << text;
  }
}

// ---- comparing

TEST(Stated, KeepsTheStepOfItsLastDigit) {
  EXPECT_DOUBLE_EQ(parse_stated("17.108 GUSD")->step, 1e6);
  EXPECT_DOUBLE_EQ(parse_stated("148 TFLOP/s")->step, 1e12);
  EXPECT_DOUBLE_EQ(parse_stated("> 32.16 percent")->step, 1e-4);
  EXPECT_DOUBLE_EQ(parse_stated("1.5e3 units")->step, 100.0);
  EXPECT_FALSE(parse_stated("many"));
}

TEST(Stated, ALargeStepIsNoRounding) {
  // 3 TB/s is one digit away from "4 TB/s", and still something else.
  const auto stated = parse_stated("4 TB/s");
  ASSERT_TRUE(stated);
  EXPECT_EQ(compare_numbers({*stated}, {3e12, 3e12}, Tolerance::kDigits), ClaimVerdict::kWrong);
}

// ---- showing

TEST(Section, AnswersFirstAndHasOneResultAClaim) {
  const auto answer = report_section(workspace(), {"april-2025", "claims"});
  ASSERT_TRUE(answer) << render(answer.error());
  EXPECT_EQ(answer->results.size(), 69U);
  EXPECT_EQ(answer->table.rows.size(), 69U);
  EXPECT_EQ(std::get<Headline>(answer->blocks.front()).text,
            "69 claims: 29 confirmed, 3 rounding, 16 wrong, 5 unverifiable, 16 opinion; 52 "
            "computed");
  for (const char* key : {"id", "claim", "stated", "found", "verdict", "computed", "formula",
                          "arithmetic", "known_by", "hindsight", "inputs", "note", "sources"}) {
    EXPECT_TRUE(answer->results[11].contains(key)) << key;
  }
}

TEST(Section, StandsInTheBriefAndInItsJson) {
  const Json& claims = april_brief().json["results"][0]["claims"];
  EXPECT_EQ(claims["counts"]["claims"], 69);
  EXPECT_EQ(claims["counts"]["wrong"], 16);
  EXPECT_EQ(claims["claims"].size(), 69U);
  const std::string& html = april_brief().html;
  EXPECT_NE(html.find("5.5 / 17.108 = 32.15 %"), std::string::npos);
  EXPECT_NE(html.find("Claims that cannot be computed"), std::string::npos);
}

TEST(Section, NeedsAScenarioThatNamesClaims) {
  std::string text =
      *data::read_text_file(std::string(REDLINE_TEST_DATA) + "/scenarios/april-2025.toml");
  for (const std::string line : {"claims = \"april-2025\"\n", "claim = \"A19\"\n"}) {
    text.erase(text.find(line), line.size());
  }
  const auto none = report_section(workspace(), {write("none", "none.toml", text), "claims"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().front().code, Code::kUnknownRecord);
  const auto other = report_section(
      workspace(), {write("none", "other.toml", "claims = \"april-2024\"\n" + text), "claims"});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().front().code, Code::kUnknownReference);
  EXPECT_TRUE(other.error().front().where);
}

TEST(Section, OfAnotherNameIsAnError) {
  const auto answer = report_section(workspace(), {"april-2025", "clams"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().front().code, Code::kBadOptionValue);
}

}  // namespace
}  // namespace redline::app
