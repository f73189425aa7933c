#include "app/simulate.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "app/test_workspace.h"
#include "data/files.h"

namespace redline::app {
namespace {

Loaded<Answer> serve(Json fields, const SimulateRun& run = {}) {
  const Json usual{{"model", "llama-3.1-8b"},
                   {"chip", "h20"},
                   {"prompt", "200 to 2k"},
                   {"answer", "20 to 400"},
                   {"requests", 400}};
  for (const auto& [name, value] : usual.items()) {
    if (!fields.contains(name)) {
      fields[name] = value;
    }
  }
  return simulate_serve(workspace(), fields, run, Code::kBatchField, results::Words());
}
Json result(Json fields, const SimulateRun& run = {}) {
  const auto answer = serve(std::move(fields), run);
  EXPECT_TRUE(answer.has_value()) << (answer ? "" : answer.error().front().message);
  return answer ? answer->results.front() : Json();
}
std::string problem(Json fields) {
  const auto answer = serve(std::move(fields));
  EXPECT_FALSE(answer.has_value());
  return answer ? std::string() : render(answer.error());
}
double at(const Json& json, const char* pointer) {
  return json.at(Json::json_pointer(pointer)).get<double>();
}

// But for the way of a request to the scheduler, which takes as long whatever it asks.
TEST(SimulateServe, LoneRequestsTakeWhatAnEstimateSays) {
  double way = 0.0;
  for (const int prompt : {1024, 4096}) {
    const Json one = result({{"users", 1}, {"prompt", prompt}, {"answer", 257}, {"requests", 20}});
    const auto step = answer_step(workspace(), StepKind::kDecode,
                                  {{"model", "llama-3.1-8b"},
                                   {"chip", "h20"},
                                   {"prompt", prompt},
                                   {"answer", 257},
                                   {"batch", 1}},
                                  Code::kBatchField);
    ASSERT_TRUE(step.has_value());
    const double tpot = step->decode->time.total.base();
    EXPECT_NEAR(at(one, "/tpot_s/mean"), tpot, 0.01 * tpot) << prompt;
    const double ttft = step->prefill->time.total.base();
    const double beside = at(one, "/ttft_s/mean") - ttft;
    EXPECT_GT(beside, 0.0);
    EXPECT_NEAR(beside, way > 0.0 ? way : beside, 0.02 * ttft) << prompt;
    way = beside;
  }
}

TEST(SimulateServe, MoreRequestsWaitLonger) {
  const Json few = result({{"rate", 0.5}});
  const Json many = result({{"rate", 8}});
  EXPECT_LT(at(few, "/tpot_s/mean"), at(many, "/tpot_s/mean"));
  EXPECT_LT(at(few, "/ttft_s/p99"), at(many, "/ttft_s/p99"));
  EXPECT_GT(at(few, "/cost_usd_per_million_tokens"), at(many, "/cost_usd_per_million_tokens"));
  EXPECT_LT(at(many, "/littles_law_gap"), 1e-9);
}

TEST(SimulateServe, PoolsMayBeOfOtherChips) {
  const Json pools = result({{"rate", 2}, {"prefill_chip", "h800-sxm"}});
  EXPECT_EQ(pools["prompts"]["chip"], "h800-sxm");
  EXPECT_EQ(pools["answers"]["prompt_tokens"], 0);
  EXPECT_GT(at(pools, "/prompts/utilisation"), 0.0);
}

TEST(SimulateServe, ReadsTraces) {
  const auto path = std::filesystem::temp_directory_path() / "redline-simulate-test.csv";
  {
    std::ofstream file(path);
    file << "arrival_s,input_tokens,output_tokens\n0,100,10\n1,200,20\n2.5,300,30\n";
  }
  const Json traced = result({{"traffic", path.string()}, {"requests", 3}});
  EXPECT_EQ(traced["finished"], 3);
  std::filesystem::remove(path);
}

TEST(SimulateServe, WritesATraceOfTheRun) {
  const auto path = std::filesystem::temp_directory_path() / "redline-simulate-test.json";
  SimulateRun run;
  run.trace = path.string();
  result({{"rate", 4}, {"replicas", 2}, {"requests", 50}}, run);
  const Json trace = Json::parse(*data::read_text_file(path.string()));
  std::size_t steps = 0;
  for (const Json& event : trace["traceEvents"]) {
    steps += event["ph"] == "X" ? 1U : 0U;
  }
  EXPECT_GT(steps, 50U);
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".part"));
  std::filesystem::remove(path);
}

TEST(SimulateServe, SaysAllThatIsWrongAtOnce) {
  const std::string text = problem({{"rate", -1},
                                    {"prompt", "lognormal(5"},
                                    {"router", "nearest"},
                                    {"mtbf", "often"},
                                    {"sequnces", 3}});
  for (const char* part : {"'rate'", "lognormal", "sequences"}) {
    EXPECT_NE(text.find(part), std::string::npos) << text;
  }
  EXPECT_NE(problem({{"router", "nearest"}, {"mtbf", "often"}}).find("'mtbf'"), std::string::npos);
  EXPECT_NE(problem({{"expert_load", "zipf(1)"}}).find("no experts"), std::string::npos);
  EXPECT_NE(problem({{"arrivals", "trace"}}).find("--traffic"), std::string::npos);
}

TEST(SimulateServe, AModelThatDoesNotFitIsNoAnswer) {
  const auto answer = serve({{"model", "llama-3.1-405b"}, {"tp", 1}, {"dtype", "bf16"}});
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->infeasible);
  EXPECT_EQ(answer->results.front()["feasible"], false);
  EXPECT_NE(answer->results.front()["reason"].get<std::string>().find("--pp"), std::string::npos);
}

TEST(SimulateCapacity, HoldsItsTarget) {
  const Json fields{{"model", "llama-3.1-8b"}, {"chip", "h20"},   {"prompt", "200 to 2k"},
                    {"answer", "20 to 400"},   {"requests", 500}, {"ttft", "1s"},
                    {"tpot", "30ms"},          {"runs", 3},       {"share", 0.9}};
  SimulateRun two;
  two.threads = 2;
  const auto first =
      simulate_capacity(workspace(), fields, {}, Code::kBatchField, results::Words());
  const auto second =
      simulate_capacity(workspace(), fields, two, Code::kBatchField, results::Words());
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_EQ(first->results, second->results) << "whatever the threads";
  EXPECT_GT(at(first->results.front(), "/rate"), 0.5);
  EXPECT_GE(at(first->results.front(), "/at/good_share"), 0.9);
}

TEST(SimulateCapacity, SaysWhyNoRateHolds) {
  const Json fields{{"model", "llama-3.1-8b"}, {"chip", "h20"}, {"tpot", "1ms"}};
  const auto answer =
      simulate_capacity(workspace(), fields, {}, Code::kBatchField, results::Words());
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->infeasible);
  EXPECT_EQ(answer->results.front()["rate"], nullptr);
  EXPECT_GT(at(answer->results.front(), "/alone/tpot_s/mean"), 1e-3);
  const auto none = simulate_capacity(workspace(), {{"model", "llama-3.1-8b"}, {"chip", "h20"}}, {},
                                      Code::kBatchField, results::Words());
  EXPECT_FALSE(none.has_value());
}

}  // namespace
}  // namespace redline::app
