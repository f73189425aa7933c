#include <cmath>

#include <gtest/gtest.h>

#include "app/accuracy.h"
#include "app/compare.h"
#include "app/estimate_step.h"
#include "app/step_row.h"
#include "app/test_workspace.h"

namespace redline::app {
namespace {

constexpr const char* kRow = R"({
  "id": "r", "source": {"key": "narayanan21"}, "date": "2021-04", "phase": "train",
  "system": {"chip_id": "a100-sxm-80gb", "chips": 512, "nodes": 64},
  "model": {"name": "GPT 39.1B", "layers": 48, "hidden": 8192, "heads": 64, "kv_heads": 64,
            "head_dim": 128, "ffn": 32768, "ffn_type": "gelu", "vocab": 51200},
  "precision": "fp16 mixed", "shape": {"seq": 2048}, "spec_level": "full",
  "parallelism": {"tp": 8, "pp": 2, "dp": 32, "mbs": 4, "gbs": 1536, "recompute": "full"},
  "metric": "achieved_tflops_per_gpu", "value": 138, "unit": "TFLOP/s/GPU"})";

TEST(StepRow, IsReadAsItStands) {
  const StepRow row = read_step_row(workspace(), Json::parse(kRow));
  ASSERT_FALSE(row.unanswered) << row.unanswered->english();
  EXPECT_EQ(row.engine, "megatron-2021");
  EXPECT_EQ(row.kind, MetricKind::kRate);
  // The paper's own seconds for this row (Narayanan et al. 2021, table 1, equation 3): 14.45.
  EXPECT_NEAR(row.measured.measured_s, 14.453, 14.453 * 0.01);
  EXPECT_NEAR(row.measured.seconds(row.constants.values), 14.453, 14.453 * 0.15);
}

TEST(StepRow, SaysWhyItIsNotAnswered) {
  const auto reason = [](const char* change) {
    Json fields = Json::parse(kRow);
    fields.update(Json::parse(change));
    const StepRow row = read_step_row(workspace(), fields);
    return row.unanswered ? row.unanswered->english() : std::string();
  };
  EXPECT_EQ(reason(R"({"system": {"chip_id": "a101"}})"), "no chip called 'a101'");
  EXPECT_EQ(reason(R"({"model": {"name": "x"}})"), "the dimensions of the model are not said");
  EXPECT_EQ(reason(R"({"spec_level": "partial"})"),
            "the row does not say enough: its spec_level is not full");
  EXPECT_EQ(reason(R"({"phase": "serving-agg"})"),
            "lengths of the requests, or how many there are at a time, are not said");
  EXPECT_EQ(reason(R"({"phase": "serving-server"})"),
            "the phase 'serving-server' is not one that is modelled");
  EXPECT_EQ(reason(R"({"value": null})"), "the measured value is not said");
}

constexpr const char* kLoad = R"({
  "id": "l", "source": {"key": "trtllm-v0.15"}, "date": "2026-01", "phase": "serving-agg",
  "system": {"chip_id": "gh200", "chip": "NVIDIA GH200-96GB", "chips": 1},
  "model": {"name": "Llama-3-8B", "layers": 32, "hidden": 4096, "heads": 32, "kv_heads": 8,
            "head_dim": 128, "ffn": 14336, "ffn_type": "swiglu", "vocab": 128256},
  "precision": "fp8", "parallelism": {"tp": 1}, "spec_level": "full",
  "shape": {"isl": 1024, "osl": 128, "concurrency": 4, "engine": "trtllm 1.0.0rc3"},
  "metric": "ttft", "value": 80, "unit": "ms"})";

TEST(StepRow, TakesTheMemoryAndTheGenerationThatAreNamed) {
  const StepRow row = read_step_row(workspace(), Json::parse(kLoad));
  ASSERT_FALSE(row.unanswered) << row.unanswered->english();
  EXPECT_EQ(row.chip_id, "gh200-96gb");
  EXPECT_EQ(row.engine, "trtllm-1.0");
}

TEST(StepRow, TimesToTheFirstTokenAreSimulatedAndFittedAlike) {
  const StepRow row = read_step_row(workspace(), Json::parse(kLoad));
  ASSERT_TRUE(row.simulated);
  ASSERT_TRUE(row.measured.seconds);
  EXPECT_TRUE(row.measured.first_token);
  const double closed_ms = 1e3 * row.measured.seconds(row.constants.values);
  EXPECT_NEAR(row.simulated(), closed_ms, 0.25 * closed_ms);
}

TEST(StepRow, ReadsAWorkloadInWords) {
  Json fields = Json::parse(kLoad);
  fields["phase"] = "serving";
  fields["metric"] = "tpot_mean";
  fields["shape"] = {{"workload", "300 ShareGPT requests, Poisson 10 req/s"},
                     {"max_num_seqs", 128},
                     {"max_num_batched_tokens", 2048},
                     {"engine", "vllm"}};
  const StepRow row = read_step_row(workspace(), fields);
  ASSERT_FALSE(row.unanswered) << row.unanswered->english();
  EXPECT_GT(row.simulated(), 1.0);  // ms
  EXPECT_LT(row.simulated(), 100.0);
}

double milliseconds(const Json& fields) {
  const StepRow row = read_step_row(workspace(), fields);
  EXPECT_FALSE(row.unanswered) << row.unanswered->english();
  return row.unanswered ? 0.0 : row.simulated();
}

// A cache finds again what a benchmark draws from a few prompts; another source's row is new text.
TEST(StepRow, PromptsThatARunDrawsAgainAreFoundInTheCache) {
  Json fields = Json::parse(kLoad);
  fields["source"] = "aic-silicon";
  fields["shape"] = {
      {"isl", 4000}, {"osl", 100}, {"concurrency", 64}, {"batch", 64}, {"engine", "vllm 0.12.0"}};
  const StepRow again = read_step_row(workspace(), fields);
  ASSERT_FALSE(again.unanswered) << again.unanswered->english();
  EXPECT_FALSE(again.measured.seconds);  // says nothing of steps
  EXPECT_EQ(again.assumptions.front().english(),
            "requests are drawn from 100 prompts, which a cache of prefixes finds again");
  fields["shape"]["engine"] = "vllm 0.11.0";
  EXPECT_LT(again.simulated(), 0.7 * milliseconds(fields));
}

// DeepSeek-V3 as a source has it that leaves things out.
Json deepseek_row(const char* parallelism, const char* shape, const char* date = "2026-03-25") {
  Json fields = Json::parse(R"({
    "id": "d", "source": "aic-silicon", "phase": "serving-agg", "spec_level": "full",
    "system": {"chip_id": "b200", "chip": "NVIDIA B200", "chips": 8},
    "model": {"name": "DeepSeek-V3", "layers": 61, "hidden": 7168, "heads": 128,
              "attention": "MLA", "q_lora": 1536, "kv_lora": 512, "qk_nope": 128, "qk_rope": 64,
              "v_head": 128, "ffn_dense": 18432, "dense_layers": 3, "experts": 256,
              "experts_per_token": 8, "shared_experts": 1, "moe_ffn": 2048,
              "ffn_type": "swiglu", "vocab": 129280},
    "precision": "fp4; gemm nvfp4; moe nvfp4", "metric": "tpot", "value": 10, "unit": "ms"})");
  fields["date"] = date;
  fields["parallelism"] = Json::parse(parallelism);
  fields["shape"] = Json::parse(shape);
  return fields;
}

TEST(StepRow, RanksThatASourceNamesTwiceCountOnce) {
  const char* shape = R"({"isl": 1024, "osl": 64, "concurrency": 8, "batch": 8, "engine": "vllm"})";
  const char* once = R"({"tp": 4, "pp": 1, "attention_dp": 1, "moe_tp": 1, "moe_ep": 4})";
  const char* twice = R"({"tp": 16, "pp": 1, "attention_dp": 1, "moe_tp": 4, "moe_ep": 4})";
  const char* both = R"({"tp": 4, "pp": 1, "attention_dp": 4, "moe_tp": 1, "moe_ep": 16})";
  const double expected = milliseconds(deepseek_row(once, shape));
  EXPECT_GT(expected, 1.0);
  EXPECT_EQ(milliseconds(deepseek_row(twice, shape)), expected);
  EXPECT_EQ(milliseconds(deepseek_row(both, R"({"isl": 1024, "osl": 64, "concurrency": 8,
                                                "batch": 2, "engine": "vllm"})")),
            expected);
  const StepRow row = read_step_row(workspace(), deepseek_row(twice, shape));
  EXPECT_EQ(row.assumptions.front().english(), "4 chips, which the row names twice");
  Json other = deepseek_row(twice, shape);
  other["source"] = "trtllm-v1.0";  // means what it says
  EXPECT_NE(milliseconds(other), expected);
}

TEST(StepRow, BatchesOfRanksThatAreNamedTwiceAreOfMore) {
  EXPECT_EQ(milliseconds(deepseek_row(
                R"({"tp": 1, "pp": 1, "attention_dp": 64, "moe_tp": 8, "moe_ep": 8})",
                R"({"isl": 1024, "osl": 64, "concurrency": 64, "batch": 1, "engine": "vllm"})")),
            milliseconds(deepseek_row(
                R"({"tp": 1, "pp": 1, "attention_dp": 8, "moe_tp": 1, "moe_ep": 8})",
                R"({"isl": 1024, "osl": 64, "concurrency": 64, "batch": 8, "engine": "vllm"})")));
}

TEST(StepRow, AnotherSourceTellsOfDrafts) {
  const char* plan = R"({"tp": 8, "pp": 1, "attention_dp": 1, "moe_tp": 8, "moe_ep": 1})";
  const auto run = [&](const char* version) { return deepseek_row(plan, version, "2026-02-06"); };
  const Json with = run(R"({"isl": 1024, "osl": 512, "concurrency": 4, "batch": 4,
                            "engine": "trtllm 1.2.0rc6.post3"})");
  const Json without = run(R"({"isl": 1024, "osl": 512, "concurrency": 4, "batch": 4,
                               "engine": "trtllm 1.2.0rc6.post2"})");
  EXPECT_LT(milliseconds(with), 0.8 * milliseconds(without));
  const StepRow row = read_step_row(workspace(), with);
  EXPECT_EQ(row.assumptions.front().english(),
            "a step has 3 drafts, of which the next holds in 80 %");
  EXPECT_FALSE(row.measured.seconds);  // how many hold is a guess
  EXPECT_TRUE(read_step_row(workspace(), without).measured.seconds);
}

TEST(StepRow, SlicesOfExpertsHaveAWholeBlock) {
  const StepRow row = read_step_row(
      workspace(),
      deepseek_row(R"({"tp": 32, "pp": 1, "attention_dp": 1, "moe_tp": 32, "moe_ep": 1})",
                   R"({"isl": 8192, "osl": 64, "concurrency": 8, "batch": 8, "engine": "vllm"})"));
  ASSERT_TRUE(row.unanswered);
  EXPECT_EQ(row.unanswered->english(),
            "suspect: an expert's 2048 columns on 32 ranks are less than a block of each");
}

TEST(StepRow, AFirstTokenIsOfARunThatIsSound) {
  Json fields = Json::parse(kLoad);
  fields["metric"] = "tpot";
  fields["value"] = 10;
  fields["other_metrics"] = {{"ttft_ms", 80}};  // as published
  const auto rows = [](const Json& row) {
    auto read = step_rows(workspace(), "rows.json", Json::array({row}).dump());
    EXPECT_TRUE(read);
    return std::move(*read);
  };
  const std::vector<StepRow> sound = rows(fields);
  ASSERT_EQ(sound.size(), 2u);
  EXPECT_EQ(sound[1].id, "l-ttft");
  EXPECT_FALSE(sound[1].unanswered);
  fields["value"] = 0.1;  // no step reads 8 GB in that
  const std::vector<StepRow> unsound = rows(fields);
  ASSERT_EQ(unsound.size(), 2u);
  ASSERT_TRUE(unsound[0].unanswered && unsound[1].unanswered);
  EXPECT_EQ(unsound[1].unanswered->english(), unsound[0].unanswered->english());
}

// 512 users, each a second for the first token and one for 501 others: 256 requests a second, of
// which 256 wait for eight ranks that take one prompt a step.
TEST(StepRow, AFullPoolTakesAsManyPromptsAsItsStepsDo) {
  const auto read = [](double ttft_ms, double tpot_ms) {
    Json fields = deepseek_row("{}", R"({"isl": 8192, "osl": 501, "concurrency": 512,
                                         "engine": "sglang"})");
    fields["phase"] = "serving-disagg";
    fields["parallelism"] = Json::parse(R"({
      "prefill": {"tp_size": 1, "pp_size": 1, "attention_dp_size": 4, "moe_tp_size": 1,
                  "moe_ep_size": 4, "num_workers": 2},
      "decode": {"tp_size": 8, "pp_size": 1, "attention_dp_size": 1, "moe_tp_size": 8,
                 "moe_ep_size": 1, "num_workers": 2}})");
    fields["metric"] = "tpot";
    fields["unit"] = "ms";
    fields["value"] = tpot_ms;
    fields["ttft_ms"] = ttft_ms;
    auto rows = step_rows(workspace(), "rows.json", Json::array({fields}).dump());
    EXPECT_TRUE(rows);
    return std::move(*rows);
  };
  const auto full = read(10000.0, 20.0);
  ASSERT_EQ(full.size(), 2u);
  ASSERT_FALSE(full[1].unanswered) << full[1].unanswered->english();
  EXPECT_TRUE(full[1].measured.first_token);
  EXPECT_NEAR(full[1].measured.measured_s, 8.0 / 25.6, 1e-9);
  ASSERT_TRUE(full[0].measured.seconds);
  // Where half of them wait, half as many decode: a shorter step.
  const auto idle = read(100.0, 20.0);
  ASSERT_EQ(idle.size(), 2u);
  EXPECT_NE(idle[1].measured.measured_s, 8.0 / 25.6);
  ASSERT_TRUE(idle[0].measured.seconds);
  const auto& values = full[0].constants.values;
  EXPECT_LT(full[0].measured.seconds(values), 0.95 * idle[0].measured.seconds(values));
}

TEST(StepRow, SurvivesAbsurdNumbers) {
  for (const char* change :
       {R"({"parallelism": {"tp": 1e300, "pp": -1, "dp": "x"}})",
        R"({"parallelism": {"tp": 99999999, "pp": 99999999, "dp": 99999999, "cp": 99999999}})",
        R"({"system": {"chip_id": "h20", "chips": 0.5, "nodes": 1e18}})", R"({"shape": 7})",
        R"({"model": {"layers": 99999999, "hidden": 99999999, "vocab": 1, "heads": 3}})"}) {
    Json fields = Json::parse(kRow);
    fields.update(Json::parse(change));
    const StepRow row = read_step_row(workspace(), fields);
    EXPECT_EQ(row.id, "r") << change;
  }
}

TEST(EstimateStep, NamesEveryProblemOfARequest) {
  const auto answer = answer_step(workspace(), StepKind::kDecode,
                                  Json::parse(R"({"model": "llama-3.1-70b", "chip": "h20",
                                                  "tp": 0, "batch": "many", "pormpt": 3})"),
                                  Code::kBatchField);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().size(), 3u);
}

TEST(EstimateStep, APlanThatTheModelCannotHaveIsRefused) {
  const auto answer = answer_step(workspace(), StepKind::kDecode,
                                  Json{{"model", "llama-3.1-8b"}, {"chip", "tpu-v6e"}, {"tp", 64}},
                                  Code::kBatchField);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().front().code, Code::kBadShard);
}

TEST(EstimateStep, AnImpossiblePlanNamesTheSmallestChange) {
  const auto answer =
      answer_step(workspace(), StepKind::kDecode,
                  Json{{"model", "llama-3.1-70b"}, {"chip", "h20"}, {"tp", 1}, {"batch", 16}},
                  Code::kBatchField);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->fits);
  ASSERT_TRUE(answer->cure);
  EXPECT_NE(answer->cure->english().find("--tp 2"), std::string::npos) << answer->cure->english();
}

TEST(EstimateStep, AChipWithoutTheFormatComputesInAnother) {
  const auto answer = answer_step(
      workspace(), StepKind::kDecode,
      Json{
          {"model", "deepseek-r1"}, {"chip", "ascend-910c"}, {"dp", 32}, {"ep", 32}, {"batch", 16}},
      Code::kBatchField);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->unanswered);
  EXPECT_EQ(answer->request.serving.precision.activations, Format::kInt8);
}

Json decoding() {
  return {{"model", "llama-3.1-70b"}, {"chip", "h20"}, {"tp", 4}, {"batch", 64},
          {"prompt", 4096},           {"answer", 512}};
}
StepAnswer answered(StepKind kind, const Json& fields) {
  auto answer = answer_step(workspace(), kind, fields, Code::kBatchField);
  EXPECT_TRUE(answer.has_value());
  return std::move(*answer);
}

TEST(ChunkedPrefill, OfOneChunkIsThePromptAsAWhole) {
  Json fields = decoding();
  fields["batch"] = 1;
  fields["chunk"] = 8192;
  const StepAnswer a = answered(StepKind::kPrefill, fields);
  ASSERT_TRUE(a.chunked);
  EXPECT_EQ(a.chunked->chunk, 4096);
  EXPECT_NEAR(a.chunked->ttft_s, a.prefill->time.total.base(), 1e-12);
  fields["chunk"] = 512;
  EXPECT_GT(answered(StepKind::kPrefill, fields).chunked->ttft_s, a.chunked->ttft_s);
}

TEST(ChunkedPrefill, BesideDecodingTakesItsShareOfSteps) {
  Json fields = decoding();
  fields["chunk"] = 1024;
  const StepAnswer a = answered(StepKind::kDecode, fields);
  ASSERT_TRUE(a.chunked);
  // 64 sequences of 512 tokens end one answer in 8 steps; a prompt has 4 chunks.
  EXPECT_NEAR(a.chunked->share_of_steps, 64.0 / 512.0 * 4.0, 1e-12);
  EXPECT_FALSE(a.chunked->prompts_bind);
  EXPECT_GT(a.chunked->step_s, a.decode->time.total.base());
  EXPECT_LT(a.chunked->step_s, a.chunked->step.time.total.base());
  EXPECT_LT(a.chunked_tokens_per_s_per_chip(), a.tokens_per_s_per_chip());
  fields["chunk"] = 128;
  const StepAnswer bound = answered(StepKind::kDecode, fields);
  EXPECT_TRUE(bound.chunked->prompts_bind);
  EXPECT_NEAR(bound.chunked->batch, 512.0 / 32.0, 1e-9);  // prompts of 32 chunks, one a step
}

TEST(PrefillPool, HasAsManyPromptsAsAnswers) {
  Json fields = decoding();
  fields["prefill_chip"] = "h800-sxm";
  fields["prefill_tp"] = 4;
  fields["prefill_batch"] = 2;
  const StepAnswer a = answered(StepKind::kDecode, fields);
  ASSERT_TRUE(a.pool);
  const double answers = 64.0 / a.decode->stage.base() / 512.0;
  const double prompts = 2.0 / a.pool->prefill->prefill->stage.base();
  EXPECT_NEAR(a.pool->replicas, answers / prompts, 1e-9);
  EXPECT_NEAR(a.pool->chips, a.pool->replicas, 1e-9);  // four chips in either
  EXPECT_NEAR(a.pool->tokens_per_s_per_chip * (1.0 + a.pool->chips), a.tokens_per_s_per_chip(),
              1e-6);
  // 80 layers of 8 heads of 128, keys and values, 16 bits.
  EXPECT_NEAR(a.pool->cache.base(), 4096.0 * 80.0 * 2.0 * 8.0 * 128.0 * 2.0, 1.0);
  EXPECT_GT(a.pool->ttft, a.pool->prefill->prefill->time.total);
  EXPECT_NEAR(*a.pool->usd_per_million_tokens,
              (*a.usd_per_million_tokens()) *
                  (1.0 + a.pool->chips * a.pool->prefill->cost.cost->base() / a.cost.cost->base()),
              1e-9);
}

TEST(PrefillPool, WhatIsWrongWithItIsSaid) {
  Json fields = decoding();
  fields["prefill_tp"] = 7;
  const auto wrong = answer_step(workspace(), StepKind::kDecode, fields, Code::kBatchField);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().front().code, Code::kBadShard);
  EXPECT_EQ(wrong.error().front().help.back(), "this is the pool that prefills");
  fields["chunk"] = 512;
  EXPECT_EQ(answer_step(workspace(), StepKind::kDecode, fields, Code::kBatchField)
                .error()
                .front()
                .message,
            "prompts are prefilled either in chunks or by another pool");
}

TEST(EstimateStep, ExpertsThatAreNotSpreadAreSplitWithEverythingElse) {
  const auto weights = [](const Json& plan) {
    Json fields{{"model", "mixtral-8x7b"}, {"chip", "h100-sxm5"}, {"batch", 8}};
    fields.update(plan);
    return answered(StepKind::kDecode, fields).memory().weights.base();
  };
  EXPECT_NEAR(weights({{"tp", 8}}), weights({{"tp", 1}}) / 8.0, 0.02 * weights({{"tp", 1}}));
}

TEST(EstimateStep, TheOrderOfChipsIsThatOfTheirUse) {
  const auto rate = [](const char* chip, StepKind kind) {
    const ChipInUse use = best_in_use(workspace(), chip, kind, Json{{"model", "llama-3.1-70b"}});
    return use.answer ? use.answer->tokens_per_s_per_chip() : 0.0;
  };
  // An H20 has a seventh of the operations of an H100 and more memory bandwidth.
  EXPECT_LT(rate("h20", StepKind::kPrefill), 0.35 * rate("h100-sxm5", StepKind::kPrefill));
  EXPECT_LT(rate("h20", StepKind::kTrain), 0.35 * rate("h100-sxm5", StepKind::kTrain));
  EXPECT_GT(rate("h20", StepKind::kDecode), 0.3 * rate("h100-sxm5", StepKind::kDecode));
}

TEST(Accuracy, RanksPlansAsSpearmanDoes) {
  std::vector<Predicted> rows(4);
  const double predicted[] = {1.0, 2.0, 3.0, 4.0};
  const double measured[] = {10.0, 30.0, 20.0, 40.0};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].op = "train";
    rows[i].source = "s";
    rows[i].plans = "p";
    rows[i].predicted = predicted[i];
    rows[i].measured = measured[i];
  }
  const Json order = order_json(rows);
  ASSERT_EQ(order.size(), 1u);
  EXPECT_NEAR(order[0]["rank_correlation"].get<double>(), 0.8, 1e-12);  // 1 - 6·2 / (4·15)
  EXPECT_NEAR(order[0]["spread_percent"].get<double>(), 300.0, 1e-9);
}

TEST(Accuracy, TellsPlansApartThatDifferByMoreThanRunsOfOne) {
  std::vector<Predicted> rows(5);
  const double predicted[] = {1.0, 1.0, 2.0, 2.5, 3.0};
  const double measured[] = {1.0, 1.02, 1.03, 0.5, 1.5};  // two runs of the first plan
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].op = "train";
    rows[i].predicted = predicted[i];
    rows[i].measured = measured[i];
  }
  const PlanOrder order = plan_order(rows);
  EXPECT_EQ(order.groups, 1u);
  EXPECT_NEAR(order.repeat_sd, std::log(1.02) / (0.6745 * std::sqrt(2.0)), 1e-12);
  EXPECT_EQ(order.apart, 5u);    // all but the first two, which lie 2 % from each other
  EXPECT_EQ(order.ordered, 3u);  // not the fourth with either of these
  EXPECT_NEAR(order.mean_correlation, 0.4, 1e-12);
  EXPECT_EQ(order.groups_apart, 1u);
  EXPECT_NEAR(order.mean_apart, 0.4, 1e-12);
}

TEST(Accuracy, AGroupWhosePlansLieTogetherIsLeftOutOfThoseToldApart) {
  std::vector<Predicted> rows;
  const auto add = [&rows](const char* plans, double predicted, double measured) {
    Predicted row;
    row.op = "train";
    row.plans = plans;
    row.predicted = predicted;
    row.measured = measured;
    rows.push_back(row);
  };
  for (const double run : {1.0, 1.02}) {
    add("wide", 1.0, run);
  }
  add("wide", 2.0, 2.0);
  add("wide", 3.0, 3.0);
  add("close", 1.0, 1.02);
  add("close", 2.0, 1.01);
  add("close", 3.0, 1.0);
  const PlanOrder order = plan_order(rows);
  EXPECT_EQ(order.groups, 2u);
  EXPECT_NEAR(order.mean_correlation, 0.0, 1e-12);
  EXPECT_EQ(order.groups_apart, 1u);
  EXPECT_NEAR(order.mean_apart, 1.0, 1e-12);
}

TEST(Accuracy, APlanMeasuredAgainCountsOnce) {
  std::vector<Predicted> rows(4);
  const double predicted[] = {1.0, 2.0, 3.0, 3.0 + 1e-15};
  const double measured[] = {1.0, 2.0, 1.5, 4.5};  // of the last two the mean is 3
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].op = "train";
    rows[i].predicted = predicted[i];
    rows[i].measured = measured[i];
  }
  const Json order = order_json(rows);
  ASSERT_EQ(order.size(), 1u);
  EXPECT_EQ(order[0]["distinct"], 3);
  EXPECT_NEAR(order[0]["rank_correlation"].get<double>(), 1.0, 1e-12);
}

}  // namespace
}  // namespace redline::app
