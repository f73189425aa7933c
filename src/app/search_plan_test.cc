#include "app/search_plan.h"

#include "app/test_searches.h"
#include "app/test_workspace.h"

namespace redline::app {
namespace {

Loaded<Answer> searched(const Json& fields, SearchRun run = {}) {
  return search_plan_train(workspace(), fields, run, Code::kBatchField, results::Words());
}

Json usual() {
  return {{"model", "llama-3.1-8b"}, {"chip", "h100-sxm5"}, {"chips", 16}, {"batch", 64}};
}

TEST(SearchPlan, TheBestIsTheStepThatEstimateGives) {
  const auto answer = searched(usual());
  ASSERT_TRUE(answer);
  const Json& best = answer->results[0]["best"];
  EXPECT_TRUE(answer->results[0]["feasible"].get<bool>());
  EXPECT_TRUE(answer->results[0]["optimal"].get<bool>());
  EXPECT_EQ(answer->results[0]["gap_percent"], 0.0);
  Json step{{"model", "llama-3.1-8b"}, {"chip", "h100-sxm5"}};
  const Json& plan = best["plan"];
  for (const char* name : {"tp", "pp", "dp", "cp", "vp", "schedule", "microbatch", "batch", "seq",
                           "zero", "recompute", "sequence_parallel"}) {
    step[name] = plan[name];
  }
  const auto same = answer_step(workspace(), StepKind::kTrain, step, Code::kBatchField);
  ASSERT_TRUE(same);
  EXPECT_NEAR(same->time().total.base(), best["time_s"].get<double>(),
              1e-9 * best["time_s"].get<double>());
  EXPECT_EQ(best["objectives"]["time_s"], best["time_s"]);
}

TEST(SearchPlan, ThreadsAndPruningChangeNothing) {
  Json fields = usual();
  fields["chips"] = "8..32";
  fields["pareto"] = "cost,energy";
  expect_one_answer(searched, fields);
}

TEST(SearchPlan, TheFrontGivesTimeForMoney) {
  Json fields = usual();
  fields["chips"] = "8..64";
  fields["tokens"] = 1e12;
  const auto answer = searched(fields);
  ASSERT_TRUE(answer);
  const Json& front = answer->results[0]["pareto"];
  ASSERT_GE(front.size(), 2u);
  for (std::size_t i = 1; i < front.size(); ++i) {
    EXPECT_GT(front[i]["objectives"]["time_s"], front[i - 1]["objectives"]["time_s"]);
    EXPECT_LT(front[i]["objectives"]["cost_usd"], front[i - 1]["objectives"]["cost_usd"]);
  }
}

TEST(SearchPlan, ListsNarrowTheSpace) {
  Json fields = usual();
  fields["tp"] = "2,4";
  fields["schedule"] = "1f1b";
  fields["recompute"] = "full";
  fields["top"] = 50;
  const auto answer = searched(fields);
  ASSERT_TRUE(answer);
  Json all = answer->results[0]["next_best"];
  all.push_back(answer->results[0]["best"]);
  for (const Json& one : all) {
    EXPECT_TRUE(one["plan"]["tp"] == 2 || one["plan"]["tp"] == 4);
    EXPECT_EQ(one["plan"]["schedule"], "1f1b");
    EXPECT_EQ(one["plan"]["recompute"], "full");
  }
}

TEST(SearchPlan, FormatsAndOverlapAreDimensions) {
  Json fields = usual();
  fields["dtype"] = "bf16,fp8";
  fields["overlap"] = "none,tensor";
  fields["tp"] = "4";
  SearchRun all;
  all.prune = false;
  const auto both = searched(fields, all);
  ASSERT_TRUE(both);
  const Json& best = both->results[0]["best"];
  EXPECT_EQ(best["variant"], "fp8, overlap tensor");
  EXPECT_EQ(searched(fields)->results.dump(), both->results.dump());
  std::uint64_t plans = 0;
  double least = 1e300;
  for (const char* dtype : {"bf16", "fp8"}) {
    for (const char* overlap : {"none", "tensor"}) {
      fields["dtype"] = dtype;
      fields["overlap"] = overlap;
      const auto one = searched(fields, all);
      ASSERT_TRUE(one);
      plans += one->run["plans"].get<std::uint64_t>();
      least = std::min(least, one->results[0]["best"]["time_s"].get<double>());
    }
  }
  EXPECT_EQ(both->run["plans"], plans);
  EXPECT_EQ(best["time_s"].get<double>(), least);
  fields["overlap"] = "everything";
  EXPECT_FALSE(searched(fields));
}

TEST(SearchPlan, WhereNothingFitsItSaysWhatBindsAndWhatFits) {
  const auto answer =
      searched({{"model", "llama-3.1-405b"}, {"chip", "h20"}, {"chips", 16}, {"batch", 64}});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->infeasible);
  const Json& result = answer->results[0];
  EXPECT_FALSE(result["feasible"].get<bool>());
  EXPECT_EQ(result["binding"], "memory");
  EXPECT_GT(result["least_memory_bytes"], result["capacity_bytes"]);
  const auto more = searched({{"model", "llama-3.1-405b"},
                              {"chip", "h20"},
                              {"chips", result["fits_with_chips"]},
                              {"batch", result["fits_with_chips"]}});
  ASSERT_TRUE(more);
  EXPECT_FALSE(more->infeasible);
  Json odd = usual();
  odd["tp"] = 32;
  const auto none = searched(odd);
  ASSERT_TRUE(none);
  EXPECT_EQ(none->results[0]["binding"], "divisibility");
}

TEST(SearchPlan, AStoppedSearchSaysHowFarTheOptimumMayBe) {
  Json fields = usual();
  fields["chips"] = "16..64";
  SearchRun run;
  int blocks = 0;
  run.stop = [&blocks] { return ++blocks > 20; };
  const auto answer = searched(fields, run);
  ASSERT_TRUE(answer);
  const Json& result = answer->results[0];
  EXPECT_FALSE(result["optimal"].get<bool>());
  EXPECT_GE(result["gap_percent"], 0.0);
}

TEST(SearchPlan, StoppedBeforeAnythingFitsItSaysNothingOfTheRest) {
  for (const char* space : {"usual", "megatron-offload"}) {
    Json fields{{"model", "gpt-3-175b"}, {"chip", "a100-sxm-80gb"}, {"chips", 16}, {"batch", 64}};
    fields["space"] = space;
    SearchRun run;
    run.stop = [] { return true; };
    const auto answer = searched(fields, run);
    ASSERT_TRUE(answer);
    const Json& result = answer->results[0];
    EXPECT_TRUE(result["feasible"].is_null()) << result;
    EXPECT_FALSE(result["optimal"].get<bool>());
    EXPECT_FALSE(answer->infeasible);
    EXPECT_TRUE(result.contains("reason"));
  }
}

TEST(SearchPlan, EveryObjectiveMayBeAskedForAtOnce) {
  Json fields = usual();
  fields["chips"] = "8..16";
  fields["pareto"] = "cost,energy,chips,memory";
  const auto answer = searched(fields);
  ASSERT_TRUE(answer);
  const Json& first = answer->results[0]["pareto"][0];
  EXPECT_EQ(first["objectives"].size(), 5u);
  EXPECT_EQ(first["objectives"]["memory_bytes"], first["memory_bytes_per_chip"]);
}

TEST(SearchPlan, MoreOfAResourceIsWorthSomething) {
  Json fields = usual();
  fields["vary"] = "compute=10%,memory_bandwidth=+-10%,memory_capacity=50,network=±20%";
  const auto answer = searched(fields);
  ASSERT_TRUE(answer);
  const Json& list = answer->results[0]["sensitivity"];
  ASSERT_EQ(list.size(), 4u);
  for (const Json& one : list) {
    EXPECT_GE(one["less_change_percent"], 0.0) << one;
    EXPECT_LE(one["more_change_percent"], 0.0) << one;
    EXPECT_LE(one["shadow_price_percent"], 0.0) << one;
    EXPECT_GE(one["shadow_price_percent"], -1.3) << one;
  }
  EXPECT_LT(list[0]["shadow_price_percent"], -0.3);  // training is bound by compute
}

TEST(SearchPlan, NamesWhatCannotBeVaried) {
  Json fields = usual();
  fields["vary"] = "warp=10%,link,compute=200%";
  const auto answer = searched(fields);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().size(), 3u) << render(answer.error());
}

Json offloading() {
  return {{"model", "gpt-3-13b"},
          {"chip", "a100-sxm-80gb"},
          {"chips", 64},
          {"batch", 64},
          {"space", "megatron-offload"}};
}

TEST(SearchOffload, ThreadsAndPruningChangeNothing) {
  SearchRun all;
  all.prune = false;
  SearchRun two;
  two.threads = 2;
  const auto a = searched(offloading(), all);
  const auto b = searched(offloading(), two);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->results.dump(), b->results.dump());
  EXPECT_EQ(a->run["evaluated"], a->run["plans"]);
  const Json& best = a->results[0]["best"];
  EXPECT_EQ(
      best["plan"]["tp"].get<int>() * best["plan"]["pp"].get<int>() * best["plan"]["dp"].get<int>(),
      64);
  EXPECT_LE(best["memory_bytes_per_chip"].get<double>(), 80e9);
  EXPECT_GT(best["mfu"].get<double>(), 0.2);
  EXPECT_LT(best["mfu"].get<double>(), 0.8);
}

TEST(SearchOffload, IsOfDenseModelsTimeAndOneNumberOfChips) {
  Json fields = offloading();
  fields["model"] = "mixtral-8x7b";
  fields["chips"] = "8..64";
  fields["second_gb"] = -1;
  const auto wrong = searched(fields);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().size(), 3u) << render(wrong.error());
  fields = offloading();
  fields["space"] = "megatron";
  EXPECT_FALSE(searched(fields));
}

TEST(SearchPlan, NamesEveryProblemOfARequest) {
  const auto wrong = searched({{"model", "llama-3.1-8b"},
                               {"chip", "h100-sxm5"},
                               {"chips", "8..4"},
                               {"objectiv", "time"},
                               {"pareto", "cost,beauty"},
                               {"top", 0}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().size(), 4u) << render(wrong.error());
}

}  // namespace
}  // namespace redline::app
