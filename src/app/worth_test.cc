// The question of worth in a scenario, its answers, and the section of the brief.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "app/section.h"
#include "app/test_brief.h"
#include "app/test_workspace.h"
#include "app/worth_text.h"

namespace redline::app {
namespace {

namespace fs = std::filesystem;

std::string april() {
  return *data::read_text_file(std::string(REDLINE_TEST_DATA) + "/scenarios/april-2025.toml");
}

// The scenario of April 2025 with one text in place of another.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = april();
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string write(const std::string& text) {
  const fs::path folder = fs::temp_directory_path() / "redline-worth-test";
  fs::create_directories(folder);
  const std::string path = (folder / "scenario.toml").string();
  std::ofstream(path) << text;
  return path;
}

Diagnostics scenario_errors(const std::string& text) {
  const auto scenario = load_scenario(workspace(), write(text));
  return scenario ? Diagnostics{} : scenario.error();
}

const Scenario& scenario() {
  static const Scenario kScenario = *load_scenario(workspace(), "april-2025");
  return kScenario;
}

const WorthReport& report() {
  static const WorthReport kReport = work_out_worth(workspace(), scenario(), 2);
  return kReport;
}

TEST(WorthQuestion, IsReadWithTheShareThatTheClaimStates) {
  ASSERT_TRUE(scenario().worth);
  const WorthQuestion& worth = *scenario().worth;
  EXPECT_EQ(worth.reference, "h100-sxm5");
  EXPECT_EQ(worth.uses.size(), 5U);
  EXPECT_EQ(worth.uses[1].kind, StepKind::kPrefill);
  EXPECT_EQ(worth.uses[1].model, "deepseek-r1");
  ASSERT_TRUE(worth.claimed);
  EXPECT_DOUBLE_EQ(worth.claimed->share, 0.3);
}

// Each with the line of the file that it points to.
TEST(WorthQuestion, NamesWhatIsWrongWhereItStands) {
  const struct {
    const char* from;
    const char* to;
    Code code;
    const char* message;
  } kCases[] = {
      {"reference = \"h100-sxm5\"", "reference = \"h1000\"", Code::kUnknownReference,
       "there is no chip 'h1000'"},
      {"\"l20\"", "\"l21\"", Code::kUnknownReference, "there is no chip 'l21'"},
      {"\"l20\"", "\"h20-96gb\"", Code::kDuplicateId, "chip 'h20-96gb' stands twice"},
      {"\"l20\"", "\"h100-sxm5\"", Code::kDuplicateId, "chip 'h100-sxm5' stands twice"},
      {"\"l20\"", "\"b30a\"", Code::kInconsistent,
       "chip 'b30a' was announced after the scenario (2025-04-17)"},
      {"model = \"deepseek-r1\"", "model = \"deepseek-r0\"", Code::kUnknownReference,
       "there is no model 'deepseek-r0'"},
      {"kind = \"prefill\"", "kind = \"refill\"", Code::kNotAChoice, "'refill'"},
      {"claim = \"A19\"", "claim = \"Z9\"", Code::kUnknownReference, "there is no claim 'Z9'"},
      {"claim = \"A19\"", "claim = \"A01\"", Code::kInconsistent,
       "claim 'A01' states no single share"},
      {"claims = \"april-2025\"\n", "", Code::kInconsistent,
       "a claim is named, but the scenario has no claims"},
      {"reference = \"h100-sxm5\"\n", "", Code::kMissingKey, "reference"},
  };
  for (const auto& one : kCases) {
    const Diagnostics errors = scenario_errors(changed(one.from, one.to));
    ASSERT_EQ(errors.size(), 1U) << one.to;
    const Error& error = errors.front();
    EXPECT_EQ(error.code, one.code) << one.to;
    EXPECT_NE(error.message.find(one.message), std::string::npos) << error.message;
    ASSERT_TRUE(error.where) << one.to;
    EXPECT_NE(error.where->file.find("scenario.toml"), std::string::npos);
    EXPECT_GT(error.where->line, 0) << one.to;
  }
}

TEST(WorthQuestion, MayBeMissing) {
  std::string text = april();
  text.erase(text.find("[worth]"));
  const std::string path = write(text);
  const auto none = load_scenario(workspace(), path);
  ASSERT_TRUE(none) << render(none.error());
  EXPECT_FALSE(none->worth);
  const TestBrief brief = write_test_brief(path, "no-worth", 1);
  EXPECT_EQ(brief.html.find("id=\"worth\""), std::string::npos);
  EXPECT_TRUE(brief.json["results"][0]["worth"].is_null());
  const auto section = report_section(workspace(), {path, "worth"});
  ASSERT_FALSE(section);
  EXPECT_EQ(section.error().front().code, Code::kUnknownRecord);
}

TEST(Worth, HasEveryChipInEveryUse) {
  ASSERT_EQ(report().uses.size(), 5U);
  ASSERT_EQ(report().chips.size(), 8U);
  EXPECT_EQ(report().subject().id, "h20-96gb");
  EXPECT_EQ(report().reference().id, "h100-sxm5");
  for (const UseWorth& use : report().uses) {
    ASSERT_EQ(use.chips.size(), 8U);
    for (std::size_t i = 0; i < use.chips.size(); ++i) {
      EXPECT_EQ(use.chips[i].chip, report().chips[i]->id);
      EXPECT_TRUE(use.chips[i].answer || !use.chips[i].reason.empty());
    }
    ASSERT_TRUE(use.share(use.subject()));
    EXPECT_EQ(use.share(use.reference())->value, 1.0);
    EXPECT_EQ(use.share(use.reference())->high, 1.0);
  }
}

TEST(Worth, TakesItsNumbersFromTheModelOfCompare) {
  const UseWorth& use = report().uses[2];
  const Json fields{{"model", use.model}};
  const ChipInUse subject = best_in_use(workspace(), "h20-96gb", use.kind, fields);
  const ChipInUse reference = best_in_use(workspace(), "h100-sxm5", use.kind, fields);
  EXPECT_EQ(use.subject().answer->tokens_per_s_per_chip(), subject.answer->tokens_per_s_per_chip());
  const Spread share = worth_of(*subject.answer, *reference.answer);
  EXPECT_EQ(use.share(use.subject())->value, share.value);
  EXPECT_EQ(use.share(use.subject())->low, share.low);
  EXPECT_TRUE(keeps_pace(*use.subject().answer));
}

TEST(Worth, IsTheSameForAnyNumberOfThreads) {
  const Json one = worth_json(work_out_worth(workspace(), scenario(), 1));
  EXPECT_EQ(one, worth_json(work_out_worth(workspace(), scenario(), 7)));
}

TEST(Worth, CountsTheCostOfOwningForAllAlike) {
  for (const UseWorth& use : report().uses) {
    for (const ChipInUse& one : use.chips) {
      if (one.answer && one.answer->cost.cost) {
        EXPECT_EQ(one.answer->cost.basis, CostBasis::kOwnership) << one.chip;
      }
    }
  }
}

TEST(Worth, ComputesTheRatiosOfTheDataSheets) {
  EXPECT_NEAR(*report().fp16_ratio, 0.1496, 1e-3);
  EXPECT_NEAR(*report().memory_bandwidth_ratio, 1.19, 0.01);
}

// A report of made-up shares, for the words.
WorthReport with_claim(double share) {
  WorthReport changed = report();
  changed.claimed->share = share;
  return changed;
}

TEST(WorthText, SaysOnWhichSideOfTheIntervalsTheClaimLies) {
  const results::Words say;
  const std::string low = worth_finding(with_claim(0.001), say);
  EXPECT_NE(low.find("0.1 % is too low for DeepSeek-V3 training, "), std::string::npos) << low;
  EXPECT_EQ(low.find("lies within"), std::string::npos);
  const std::string high = worth_finding(with_claim(0.999), say);
  EXPECT_NE(high.find("100 % is too high for DeepSeek-V3 training, "), std::string::npos) << high;
  const double share = report().uses[0].share(report().uses[0].subject())->value;
  EXPECT_NE(worth_finding(with_claim(share), say).find("lies within the 80 % interval of DeepSeek"),
            std::string::npos);
}

TEST(WorthText, AnUnknownChipIsShownWithItsReason) {
  WorthReport changed = report();
  for (UseWorth& use : changed.uses) {
    use.chips[3] = {use.chips[3].chip, use.kind, std::nullopt, Message("its rate is a secret")};
  }
  const results::DotWhisker plot = share_plot(changed, results::Words());
  ASSERT_EQ(plot.groups.size(), 5U);
  ASSERT_EQ(plot.groups[0].rows.size(), 7U);
  EXPECT_FALSE(plot.groups[0].rows[2].value);
  EXPECT_EQ(plot.groups[0].rows[2].text, "not known");
  results::HtmlPage page({.title = "T"});
  add_worth(changed, results::Words(), page);
  EXPECT_NE(page.finish().find("its rate is a secret"), std::string::npos);
  EXPECT_EQ(worth_json(changed)["uses"][0]["chips"][3]["reason"], "its rate is a secret");
  EXPECT_TRUE(worth_json(changed)["uses"][0]["chips"][3]["tokens_per_s_per_chip"].is_null());
}

TEST(WorthText, SaysSoWhereTheSubjectIsNotKnown) {
  WorthReport changed = report();
  for (UseWorth& use : changed.uses) {
    use.chips[0] = {use.chips[0].chip, use.kind, std::nullopt, Message("no plan")};
  }
  EXPECT_EQ(worth_finding(changed, results::Words()),
            "What the H20 96 GB is worth is not known for any of these uses.");
}

TEST(WorthSection, StandsInTheBriefWithPlotsAndTables) {
  const std::string& html = april_brief().html;
  for (const char* part :
       {"id=\"worth\"", "id=\"worth-share-title\"", "id=\"worth-cost-title\"",
        "<caption>DeepSeek-V3 training</caption>", "<caption>Llama-3.1-70B decode</caption>"}) {
    EXPECT_NE(html.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(april_brief().json["results"][0]["worth"], worth_json(report()));
}

TEST(WorthSection, HasOneResultAChipAndUse) {
  const auto answer = report_section(workspace(), {"april-2025", "worth"});
  ASSERT_TRUE(answer) << render(answer.error());
  EXPECT_EQ(answer->results.size(), 40U);
  EXPECT_EQ(answer->table.rows.size(), 40U);
  for (const auto& row : answer->table.rows) {
    EXPECT_EQ(row.size(), answer->table.columns.size());
  }
  EXPECT_EQ(answer->results[0]["use"], "train");
  EXPECT_EQ(answer->results[0]["model"], "deepseek-v3");
}

}  // namespace
}  // namespace redline::app
