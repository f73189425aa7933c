// What a buyer would do, and the section of the brief.
#include <filesystem>
#include <fstream>

#include "app/buyer_text.h"
#include "app/section.h"
#include "app/test_workspace.h"

namespace redline::app {
namespace {

const Scenario& scenario() {
  static const Scenario kScenario = *load_scenario(workspace(), "april-2025");
  return kScenario;
}
const BuyerReport& report() {
  static const BuyerReport kReport = work_out_buyer(workspace(), scenario(), 2);
  return kReport;
}

TEST(Buyer, EveryOptionSpendsTheSameMoney) {
  ASSERT_TRUE(scenario().buyer);
  const auto rent = [](const Chip& chip) {
    CostTerms terms;
    terms.price = Usd{chip.price.purchase->value->base() * terms.server_factor};
    return cost_rate(chip, nullptr, terms).cost->base();
  };
  const double money = report().usd_per_s;
  EXPECT_NEAR(money, 2048.0 * rent(*report().training.front().option.chip), 1e-9 * money);
  EXPECT_EQ(report().training.size(), 3u);
  EXPECT_EQ(report().serving.size(), 5u);
  for (const TrainingOption& one : report().training) {
    ASSERT_TRUE(one.plan) << one.option.chip->id;
    const double spent =
        static_cast<double>(one.plan->step.request.chips()) * rent(*one.option.chip);
    EXPECT_LE(spent, money * (1.0 + 1e-9));
    EXPECT_GE(spent, 0.8 * money);
    EXPECT_LT(one.low, one.days);
    EXPECT_GT(one.high, one.days);
  }
  for (const ServingOption& one : report().serving) {
    ASSERT_TRUE(one.answer) << one.option.chip->id;
    const Chip& prompts = one.option.prompts != nullptr ? *one.option.prompts : *one.option.chip;
    const double spent = one.chips * rent(*one.option.chip) + one.prompt_chips * rent(prompts);
    EXPECT_NEAR(spent, money, 1e-6 * money);
    EXPECT_NEAR(one.tokens_per_s * one.usd_per_million * 1e-6, money, 1e-6 * money);
    EXPECT_LE(one.answer->scheme.ttft_s, 2.0);
    EXPECT_LE(one.answer->scheme.tpot_s, 0.050);
  }
}

TEST(Buyer, IsTheSameForAnyNumberOfThreads) {
  EXPECT_EQ(buyer_json(report()).dump(),
            buyer_json(work_out_buyer(workspace(), scenario(), 1)).dump());
}

TEST(Buyer, TheFindingNamesTheBestOfEach) {
  const std::string finding = buyer_finding(report(), results::Words());
  const auto soonest = std::min_element(
      report().training.begin(), report().training.end(),
      [](const TrainingOption& a, const TrainingOption& b) { return a.days < b.days; });
  EXPECT_NE(finding.find(results::format_number(soonest->days, 3)), std::string::npos) << finding;
  const auto cheapest = std::min_element(report().serving.begin(), report().serving.end(),
                                         [](const ServingOption& a, const ServingOption& b) {
                                           return a.usd_per_million < b.usd_per_million;
                                         });
  EXPECT_NE(finding.find(results::format_number(cheapest->usd_per_million, 3)), std::string::npos)
      << finding;
}

TEST(Buyer, WhatHasNoPriceIsNotKnown) {
  Scenario other = scenario();
  const auto& chips = workspace().catalog.chips;
  const auto unpriced = std::find_if(chips.begin(), chips.end(), [](const Chip& chip) {
    return !chip.price.purchase || !chip.price.purchase->value;
  });
  ASSERT_NE(unpriced, chips.end());
  other.buyer->others = {unpriced->id};
  other.buyer->prompts = {unpriced->id};
  const BuyerReport without = work_out_buyer(workspace(), other, 2);
  EXPECT_FALSE(without.training.back().plan);
  EXPECT_FALSE(without.serving.back().answer);
  EXPECT_TRUE(without.training.front().plan);
  const Json json = buyer_json(without);
  EXPECT_TRUE(json["training"].back()["days"].is_null());
  EXPECT_EQ(json["training"].back()["reason"], "price not known");
}

TEST(Buyer, ProblemsOfTheQuestionStandAtTheirPlace) {
  namespace fs = std::filesystem;
  std::string text =
      *data::read_text_file(std::string(REDLINE_TEST_DATA) + "/scenarios/april-2025.toml");
  const auto put = [&](const std::string& from, const std::string& to) {
    const auto at = text.find(from, text.find("[buyer]"));
    ASSERT_NE(at, std::string::npos);
    text.replace(at, from.size(), to);
  };
  put("chips = 2048", "chips = 0");
  put("\"h800-sxm\", \"ascend-910c\"", "\"h8000\", \"b200-sxm\"");
  put("\"deepseek-v3\"", "\"deepseek-v9\"");
  const fs::path folder = fs::temp_directory_path() / "redline-buyer-test";
  fs::create_directories(folder);
  const std::string path = (folder / "scenario.toml").string();
  std::ofstream(path) << text;
  const auto wrong = load_scenario(workspace(), path);
  ASSERT_FALSE(wrong);
  for (const Error& error : wrong.error()) {
    EXPECT_TRUE(error.where) << error.message;
  }
  SectionRequest section;
  section.scenario = "april-2025";
  section.section = "buyer";
  const auto answer = report_section(workspace(), section);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->results[0]["chips"], 2048);
}

}  // namespace
}  // namespace redline::app
