#include "app/search_serve.h"

#include "app/test_searches.h"
#include "app/test_workspace.h"

namespace redline::app {
namespace {

Loaded<Answer> searched_serving(const Json& fields, SearchRun run = {}) {
  return search_plan_serve(workspace(), fields, run, Code::kBatchField, results::Words());
}

Json usual_serving() {
  return {{"model", "llama-3.1-8b"}, {"chip", "h20"}, {"ttft", "1s"},
          {"tpot", "40ms"},          {"pp", 1},       {"prefill_pp", 1}};
}

Json fields_of_command(const std::string& command) {
  Json fields = Json::object();
  std::istringstream words(command.substr(std::string("redline estimate decode").size()));
  for (std::string name, value; words >> name >> value;) {
    std::string key = name.substr(2);
    std::replace(key.begin(), key.end(), '-', '_');
    fields[key] = value;
  }
  return fields;
}

// The command that an answer names gives the same figures.
void expect_same_as_estimate(const Json& best) {
  const Json fields = fields_of_command(best["estimate"].get<std::string>());
  const auto step = answer_step(workspace(), StepKind::kDecode, fields, Code::kBatchField);
  ASSERT_TRUE(step) << fields << render(step.error());
  const double tpot = best["tpot_s"].get<double>();
  const double ttft = best["ttft_s"].get<double>();
  const double rate = best["tokens_per_s_per_chip"].get<double>();
  const double usd = best["cost_usd_per_million_tokens"].get<double>();
  if (step->pool) {
    EXPECT_DOUBLE_EQ(step->decode->time.total.base(), tpot);
    EXPECT_DOUBLE_EQ(step->pool->ttft.base(), ttft);
    EXPECT_NEAR(step->pool->tokens_per_s_per_chip, rate, 1e-9 * rate);
    EXPECT_NEAR(*step->pool->usd_per_million_tokens, usd, 1e-9 * usd);
  } else {
    EXPECT_DOUBLE_EQ(step->chunked->step_s, tpot);
    EXPECT_DOUBLE_EQ(step->chunked->ttft_s, ttft);
    EXPECT_NEAR(step->chunked_tokens_per_s_per_chip(), rate, 1e-9 * rate);
  }
  EXPECT_LE(step->memory().total().base(), best["memory_bytes_per_chip"].get<double>());
}

TEST(SearchServe, TheBestIsTheStepThatEstimateGives) {
  for (const char* way : {"chunked", "pool"}) {
    Json fields = usual_serving();
    fields["prefill"] = way;
    const auto answer = searched_serving(fields);
    ASSERT_TRUE(answer);
    const Json& result = answer->results[0];
    EXPECT_TRUE(result["feasible"].get<bool>());
    EXPECT_TRUE(result["optimal"].get<bool>());
    EXPECT_EQ(result["best"]["chunk"].is_null(), way == std::string("pool"));
    expect_same_as_estimate(result["best"]);
  }
}

TEST(SearchServe, PoolsOfAnotherChipRestOnItsOwnEstimate) {
  Json fields = usual_serving();
  fields["model"] = "deepseek-r1";
  fields["prefill_chip"] = "h800-sxm";
  fields["prefill"] = "pool";
  fields["ttft"] = "3s";
  fields["tpot"] = "60ms";
  fields["tp"] = "1,2";
  fields["batch"] = "16,32,64";
  const auto answer = searched_serving(fields);
  ASSERT_TRUE(answer);
  const Json& best = answer->results[0]["best"];
  EXPECT_EQ(best["prefill"]["chip"], "h800-sxm");
  EXPECT_EQ(best["decode"]["chip"], "h20-96gb");
  expect_same_as_estimate(best);
}

TEST(SearchServe, ThreadsAndPruningChangeNothing) {
  Json fields = usual_serving();
  fields["pareto"] = "tpot,ttft";
  fields["batch"] = "1,16,64,256";
  fields["chips"] = 24;
  expect_one_answer(searched_serving, fields);
}

TEST(SearchServe, KeepsItsLimitsAndServesWhatIsAsked) {
  Json fields = usual_serving();
  fields["rate"] = 40;
  const auto answer = searched_serving(fields);
  ASSERT_TRUE(answer);
  const Json& best = answer->results[0]["best"];
  EXPECT_LE(best["ttft_s"], 1.0);
  EXPECT_LE(best["tpot_s"], 0.040);
  EXPECT_DOUBLE_EQ(best["requests_per_s"].get<double>(), 40.0);
  EXPECT_LE(best["mfu"], 1.0);
  Json few = usual_serving();
  few["rate"] = 40;
  few["chips"] = best["chips"].get<int>() - 1;
  const auto none = searched_serving(few);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->infeasible);
  EXPECT_EQ(none->results[0]["binding"], "chips");
  EXPECT_EQ(none->results[0]["fits_with_chips"], best["chips"]);
}

// What the answer proposes is feasible.
TEST(SearchServe, WhereNothingIsFeasibleItSaysWhatBindsAndWhatWouldDo) {
  Json fields = usual_serving();
  fields["tpot"] = "100us";
  const auto pace = searched_serving(fields);
  ASSERT_TRUE(pace);
  EXPECT_TRUE(pace->infeasible);
  EXPECT_EQ(pace->results[0]["binding"], "tpot");
  fields["tpot"] = pace->results[0]["least_tpot_s"].get<double>() * 1.01;
  EXPECT_FALSE(searched_serving(fields)->infeasible);

  fields = usual_serving();
  fields["ttft"] = "1ms";
  const auto start = searched_serving(fields);
  EXPECT_EQ(start->results[0]["binding"], "ttft");
  fields["ttft"] = start->results[0]["least_ttft_s"].get<double>() * 1.01;
  EXPECT_FALSE(searched_serving(fields)->infeasible);

  fields["tpot"] = 1e-5;
  fields["ttft"] = 1e-5;
  EXPECT_EQ(searched_serving(fields)->results[0]["binding"], "ttft-and-tpot-each");

  fields = usual_serving();
  fields["model"] = "llama-3.1-405b";
  fields["tp"] = 1;
  const auto memory = searched_serving(fields);
  EXPECT_EQ(memory->results[0]["binding"], "memory");
  EXPECT_GT(memory->results[0]["least_memory_bytes"], memory->results[0]["capacity_bytes"]);
  fields["ttft"] = fields["tpot"] = "100s";
  const Json wide = searched_serving(fields)->results[0];
  EXPECT_EQ(wide["binding"], "memory");
  fields["tp"] = wide["fits_with_tp"];
  EXPECT_FALSE(searched_serving(fields)->infeasible) << wide;
  fields.erase("tp");
  fields["chips"] = 1;
  const Json many = searched_serving(fields)->results[0];
  EXPECT_EQ(many["binding"], "memory");
  fields["chips"] = many["fits_with_chips"];
  EXPECT_FALSE(searched_serving(fields)->infeasible) << many;
}

TEST(SearchServe, MoreOfAResourceIsWorthSomething) {
  Json fields = usual_serving();
  fields["vary"] = "compute=10%,memory_bandwidth=10%,memory_capacity=50%";
  const auto answer = searched_serving(fields);
  ASSERT_TRUE(answer);
  for (const Json& one : answer->results[0]["sensitivity"]) {
    EXPECT_GE(one["less_change_percent"], 0.0) << one;
    EXPECT_LE(one["more_change_percent"], 0.0) << one;
  }
}

TEST(SearchServe, AStoppedSearchSaysHowFarTheOptimumMayBe) {
  SearchRun run;
  int blocks = 0;
  run.stop = [&blocks] { return ++blocks > 5; };
  const auto answer = searched_serving(usual_serving(), run);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->results[0]["optimal"].get<bool>());
  EXPECT_GE(answer->results[0]["gap_percent"], 0.0);
  run.stop = [] { return true; };
  Json hard = usual_serving();
  hard["model"] = "llama-3.1-405b";
  const auto nothing = searched_serving(hard, run);
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->results[0]["feasible"].is_null());
}

TEST(SearchServe, NamesEveryProblemOfARequest) {
  const auto wrong = searched_serving({{"model", "llama-3.1-8b"},
                                       {"chip", "h20"},
                                       {"ttft", "soon"},
                                       {"tpot", -1},
                                       {"chips", "many"},
                                       {"rate", 0},
                                       {"tp", "x"},
                                       {"prefill", "sideways"},
                                       {"prefill_chip", "h2000"},
                                       {"objective", "beauty"},
                                       {"batches", 4}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().size(), 9u) << render(wrong.error());
}

}  // namespace
}  // namespace redline::app
