#include "app/reasoning.h"

#include <gtest/gtest.h>

#include "app/test_workspace.h"

namespace redline::app {
namespace {

Json ask(Json fields) {
  const auto answer =
      estimate_reasoning(workspace(), fields, Code::kBadOptionValue, results::Words());
  EXPECT_TRUE(answer) << render(answer.error());
  return answer ? answer->results.front() : Json();
}
Error error_of(Json fields) {
  const auto answer =
      estimate_reasoning(workspace(), fields, Code::kBadOptionValue, results::Words());
  EXPECT_FALSE(answer);
  return answer ? Error{} : answer.error().front();
}
Json distill(Json more) {
  Json fields{{"chip", "h20"},
              {"model", "deepseek-r1-distill-qwen-7b"},
              {"benchmark", "AIME 2024"},
              {"thinking_tokens", 4000}};
  fields.update(more);
  return fields;
}
bool flagged(const Json& way, std::string_view flag) {
  const Json& flags = way["flags"];
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

TEST(PublishedAccuracy, IsReadWithTheRecordsThatHaveItsShape) {
  const auto points = published_accuracy(workspace());
  ASSERT_TRUE(points) << render(points.error());
  EXPECT_GT(points->size(), 50U);
  for (const PublishedPoint& one : *points) {
    EXPECT_TRUE(workspace().catalog.source(one.source) != nullptr) << one.id;
    EXPECT_TRUE(one.record.empty() || find_model(workspace(), one.record)) << one.id;
  }
}

TEST(Reasoning, AVoteOfOneIsAChain) {
  const Json chain = ask(distill({{"method", "chain"}}))["ways"][0];
  Json vote = ask(distill({{"method", "majority"}, {"samples", 1}}))["ways"][0];
  EXPECT_EQ(vote["method"], "majority");
  vote["method"] = "chain";
  EXPECT_EQ(vote, chain);
  EXPECT_EQ(chain["accuracy"], 0.555);
}

TEST(Reasoning, CostsOfASolvedTaskAreThoseOfATaskOverTheAccuracy) {
  const Json way = ask(distill({{"method", "majority"}}))["ways"][0];
  EXPECT_EQ(way["samples"], 64);
  const double accuracy = way["accuracy"];
  EXPECT_EQ(accuracy, 0.833);
  EXPECT_NEAR(way["cost_usd_per_solved_task"].get<double>() * accuracy,
              way["cost_usd_per_task"].get<double>(), 1e-12);
  EXPECT_NEAR(way["energy_j_per_solved_task"].get<double>() * accuracy,
              way["energy_j_per_task"].get<double>(), 1e-6);
  const Json& between = way["interval_cost_usd_per_solved_task"];
  EXPECT_LT(between[0].get<double>(), way["cost_usd_per_solved_task"].get<double>());
  EXPECT_GT(between[1].get<double>(), way["cost_usd_per_solved_task"].get<double>());
  const double time =
      way["breakdown"]["prefill_s"].get<double>() + way["breakdown"]["decode_s"].get<double>();
  EXPECT_NEAR(time, way["time_s"].get<double>(), 1e-9);
}

TEST(Reasoning, BestOfWithoutCoverageHasBoundsAndNoAccuracy) {
  const Json answer = ask(distill({{"method", "majority,best-of"}, {"samples", 8}}));
  const Json& vote = answer["ways"][0];
  const Json& best = answer["ways"][1];
  EXPECT_TRUE(best["accuracy"].is_null());
  EXPECT_TRUE(best["cost_usd_per_solved_task"].is_null());
  EXPECT_TRUE(flagged(best, "bounds-only"));
  EXPECT_EQ(best["accuracy_interval"][0], vote["accuracy"]);
  EXPECT_TRUE(flagged(vote, "interpolated"));
}

TEST(Reasoning, PublishedCoverageIsACurve) {
  const Json way = ask({{"chip", "h100-sxm5"},
                        {"model", "deepseek-coder-v2"},
                        {"benchmark", "SWE-bench Lite"},
                        {"thinking_tokens", 2000},
                        {"method", "best-of"}})["ways"][0];
  EXPECT_EQ(way["samples"], 250);
  EXPECT_EQ(way["accuracy"], 0.56);
}

TEST(Reasoning, BeyondWhatIsPublishedThereIsNoAccuracyUnasked) {
  Json fields{{"chip", "h20"},
              {"model", "deepseek-r1"},
              {"benchmark", "AIME 2025"},
              {"thinking_tokens", "6000,12000"}};
  const Json ways = ask(fields)["ways"];
  EXPECT_TRUE(ways[0]["accuracy"].is_null());
  EXPECT_FALSE(ways[0]["reason"].is_null());
  EXPECT_GT(ways[0]["cost_usd_per_task"].get<double>(), 0.0);
  EXPECT_EQ(ways[1]["accuracy"], 0.7);
  fields["thinking_tokens"] = 6000;
  EXPECT_EQ(error_of(fields).code, Code::kBadOptionValue);
  fields["extrapolate"] = true;
  const Json way = ask(fields)["ways"][0];
  EXPECT_EQ(way["accuracy"], 0.7);
  EXPECT_TRUE(flagged(way, "extrapolated"));
}

TEST(Reasoning, WhatIsNotPublishedOfTheModelStaysUnknown) {
  const Json answer = ask({{"chip", "h20"}, {"model", "deepseek-r1"}, {"benchmark", "aime-2024"}});
  EXPECT_EQ(answer["benchmark"], "AIME 2024");
  EXPECT_TRUE(answer["checkpoint"].is_null());
  EXPECT_EQ(answer["checkpoints_published"].size(), 3U);
  for (const Json& way : answer["ways"]) {
    EXPECT_TRUE(way["accuracy"].is_null());
    EXPECT_FALSE(way["reason"].is_null());
  }
  const Json zero =
      ask({{"chip", "h20"}, {"model", "deepseek-r1-zero"}, {"benchmark", "AIME 2024"}});
  EXPECT_EQ(zero["checkpoint"], "DeepSeek-R1-Zero");
}

TEST(Reasoning, ABudgetIsSpentOnWhatSolvesMost) {
  const Json budget = ask(distill({{"token_budget", 64000}}))["budget"][0];
  EXPECT_EQ(budget["most_accurate"]["method"], "majority");
  EXPECT_EQ(budget["most_accurate"]["samples"], 16);
  EXPECT_EQ(budget["cheapest_per_solved_task"]["method"], "chain");
  const Json small = ask(distill({{"token_budget", 3999}}))["budget"][0];
  EXPECT_TRUE(small["most_accurate"].is_null());
}

TEST(Reasoning, ARevisionIsOneChainOfAllItsPasses) {
  Json fields{{"chip", "h100-sxm5"},
              {"model", "s1-32b"},
              {"benchmark", "MATH500"},
              {"thinking_tokens", 3000},
              {"method", "revision"}};
  const Json ways = ask(fields)["ways"];
  ASSERT_EQ(ways.size(), 2U);
  for (const Json& way : ways) {
    fields["method"] = "chain";
    fields["thinking_tokens"] = way["tokens_per_task"].get<int>();
    EXPECT_EQ(ask(fields)["ways"][0]["time_s"], way["time_s"]);
  }
  EXPECT_TRUE(flagged(ways[0], "passes-at-least"));
}

TEST(Reasoning, WideMemoryOvertakesAsChainsGrow) {
  const Json crossover =
      ask({{"chip", {"h20", "h100-sxm5"}}, {"model", "llama-3.1-70b"}})["crossovers"][0];
  EXPECT_EQ(crossover["by_cost"]["ahead_from_there"], "h20-96gb");
  const int tokens = crossover["by_cost"]["thinking_tokens"];
  for (const Json& row : crossover["rows"]) {
    const bool later = row["thinking_tokens"].get<int>() >= tokens;
    EXPECT_EQ(row["first"]["cost_usd_per_task"].get<double>() <
                  row["second"]["cost_usd_per_task"].get<double>(),
              later);
  }
  // The ratio of rents at which both cost the same falls with the length.
  const Json& rows = crossover["rows"];
  EXPECT_GT(rows.front()["rent_ratio_at_equal_cost"].get<double>(),
            2.0 * rows.back()["rent_ratio_at_equal_cost"].get<double>());
}

TEST(Reasoning, RentsMayBeThoseOfEachChip) {
  const auto cost = [](const Json& rents) {
    return ask({{"chip", {"h20", "h100-sxm5"}},
                {"model", "llama-3.1-70b"},
                {"thinking_tokens", 1000},
                {"rent_usd_per_hour", rents}})["ways"];
  };
  const Json alike = cost(2);
  const Json own = cost("2,4");
  EXPECT_EQ(alike[0], own[0]);
  EXPECT_NEAR(2.0 * alike[1]["cost_usd_per_task"].get<double>(),
              own[1]["cost_usd_per_task"].get<double>(), 1e-12);
}

TEST(Reasoning, ErrorsSayWhatThereIs) {
  const Error benchmark = error_of(distill({{"benchmark", "nope"}}));
  EXPECT_NE(benchmark.help.front().find("AIME 2024"), std::string::npos);
  const Error checkpoint = error_of(distill({{"checkpoint", "nope"}}));
  EXPECT_NE(checkpoint.help.front().find("DeepSeek-R1-Zero"), std::string::npos);
  for (const char* wrong : {"samples", "thinking_tokens", "token_budget", "prompt", "batch"}) {
    EXPECT_NE(error_of(distill({{wrong, -3}})).message.find(wrong), std::string::npos);
  }
  EXPECT_NE(error_of(distill({{"metod", "chain"}})).message.find("metod"), std::string::npos);
}

}  // namespace
}  // namespace redline::app
