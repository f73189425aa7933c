#include "app/measured.h"

#include <cmath>
#include <fstream>

#include <gtest/gtest.h>

#include "app/estimate.h"
#include "app/kernel_request.h"
#include "app/test_workspace.h"
#include "app/validate.h"

namespace redline::app {
namespace {

KernelRequest request_of(const char* text, std::size_t problems = 0) {
  std::vector<FieldProblem> found;
  KernelRequest request = read_kernel_request(workspace(), Json::parse(text), found);
  EXPECT_EQ(found.size(), problems) << text;
  return request;
}

TEST(KernelRequest, ReadsARowAsItStands) {
  const KernelRequest r = request_of(
      R"({"id": "a", "chip": "h20-96gb", "dtype": "fp8", "op": "gemm", "m": 32, "n": 6144, "k": 2048,
          "value_s": 1.074e-05, "scaling": "block", "timing": "event", "library": "deepgemm",
          "source": "infersim", "group": "g", "spec_level": "full", "confidence": "high"})");
  EXPECT_FALSE(r.unanswered);
  EXPECT_TRUE(r.assumptions.empty());
  const Gemm& gemm = std::get<Gemm>(r.row.kernel.op);
  EXPECT_EQ(gemm.m, 32);
  EXPECT_EQ(gemm.math, Format::kFp8);
  EXPECT_EQ(gemm.c, Format::kBf16);
  EXPECT_EQ(r.row.kernel.how.library, Library::kDeepgemm);
  EXPECT_EQ(r.row.kernel.how.timing, Timing::kEvent);
  EXPECT_FALSE(r.row.kernel.how.repeats);
  EXPECT_DOUBLE_EQ(r.row.value.base(), 1.074e-05);
}

TEST(KernelRequest, NamesEveryDefault) {
  const KernelRequest r = request_of(R"({"chip": "h20", "op": "gemm", "m": 1, "n": 2, "k": 3})");
  EXPECT_EQ(r.row.chip, "h20-96gb");
  ASSERT_EQ(r.assumptions.size(), 3u);
  EXPECT_EQ(r.assumptions[0].english(), "operands are bf16");
  EXPECT_EQ(r.assumptions[1].english(), "the library is trtllm");
  const KernelRequest host = request_of(
      R"({"chip": "h20", "op": "gelu", "elements": 9, "dtype": "fp16", "includes_launch": true})");
  EXPECT_EQ(host.row.kernel.how.timing, Timing::kHost);
}

TEST(KernelRequest, PromptsBesideMatterToFlashAttention2Alone) {
  const auto decode = [](const std::string& library, const std::string& beside,
                         std::size_t problems = 0) {
    const std::string row = R"({"chip": "rtx-4090", "op": "attention_decode", "batch": 8,
        "kv_len": 512, "q_heads": 32, "kv_heads": 8, "head_dim": 128, "library": ")" +
                            library + R"(", "beside_prompts": )" + beside + "}";
    return request_of(row.c_str(), problems);
  };
  EXPECT_TRUE(decode("flashattention2", "true").row.kernel.how.lone_heads);
  EXPECT_FALSE(decode("flashattention2", "false").row.kernel.how.lone_heads);
  EXPECT_FALSE(decode("trtllm", "true").row.kernel.how.lone_heads);
  decode("trtllm", "7", 1);  // no truth value, whoever reads it
}

TEST(KernelRequest, LeavesOpenWhatItWouldHaveToGuess) {
  for (const char* text : {R"({"chip": "h20", "op": "gemm", "m": 1, "n": 2})",
                           R"({"chip": "h99", "op": "gemm", "m": 1, "n": 2, "k": 3})",
                           R"({"chip": "h20", "op": "conv", "m": 1})", R"({"op": "gelu"})",
                           R"({"chip": "h20", "op": "gelu", "elements": 1, "dtype": "fp7"})",
                           R"({"chip": "h20", "op": "gelu", "elements": 1, "library": "mine"})"}) {
    EXPECT_TRUE(request_of(text).unanswered) << text;
  }
}

TEST(KernelRequest, ReportsEveryWrongField) {
  request_of(R"({"chip": 3, "op": "gemm", "m": -1, "n": 2.5, "k": "x", "value_s": 0, "dtipe": 1})",
             6);
  request_of(R"({"chip": "h20", "op": "attention_decode", "batch": 1, "kv_len": 1, "q_heads": 8,
                 "kv_heads": 3, "head_dim": 1})",
             1);
}

TEST(KernelRequest, DrawsTheRowsOfABenchmark) {
  const KernelRequest one = request_of(
      R"({"chip": "h20", "op": "grouped_gemm", "groups": 100, "m": 1, "n": 64, "k": 64,
          "m_is_expected": true})");
  const GroupedGemm& g = std::get<GroupedGemm>(one.row.kernel.op);
  EXPECT_EQ(g.rows, 50);  // int(U(0.7, 1.3)) is one in half of the draws
  EXPECT_NEAR(g.hit, 50.0, 1e-9);
  const KernelRequest known = request_of(
      R"({"chip": "h20", "op": "grouped_gemm", "groups": 100, "m": 8, "n": 64, "k": 64,
          "m_is_expected": true, "rows_total": 777})");
  EXPECT_EQ(std::get<GroupedGemm>(known.row.kernel.op).rows, 777);
}

TEST(KernelRequest, ATotalOfWholeTilesCountsPaddingUnlessMasked) {
  const KernelRequest padded = request_of(
      R"({"chip": "h20", "op": "grouped_gemm", "groups": 8, "m": 100, "n": 64, "k": 64,
          "m_is_expected": true, "rows_total": 1024, "masked": false})");
  EXPECT_EQ(std::get<GroupedGemm>(padded.row.kernel.op).rows, 796);  // int(100 U(0.7, 1.3))
  const KernelRequest masked = request_of(
      R"({"chip": "h20", "op": "grouped_gemm", "groups": 8, "m": 100, "n": 64, "k": 64,
          "m_is_expected": true, "rows_total": 1024, "masked": true})");
  EXPECT_EQ(std::get<GroupedGemm>(masked.row.kernel.op).rows, 1024);
}

TEST(KernelRequest, LatentAttentionIsAbsorbedWhereItDecodes) {
  const KernelRequest decode = request_of(
      R"({"chip": "h20", "op": "mla_decode", "batch": 2, "kv_len": 64, "q_heads": 128,
          "latent_dim": 512, "rope_dim": 64})");
  const Attention& a = std::get<Attention>(decode.row.kernel.op);
  EXPECT_TRUE(a.latent);
  EXPECT_EQ(a.kv_heads, 1);
  EXPECT_EQ(a.qk_dim, 576);
  EXPECT_EQ(a.v_dim, 512);
}

TEST(Measured, TheDataSetKeepsRowsThatCanBePredicted) {
  const auto rows = kept_measurements(workspace());
  ASSERT_TRUE(rows) << render(rows.error());
  EXPECT_GT(rows->size(), 3000u);
  const auto good = usable(*rows);
  EXPECT_GT(good.size(), 3000u);
  for (const MeasuredKernel& row : good) {
    EXPECT_NE(workspace().catalog.chip(row.chip), nullptr) << row.id;
  }
}

// Four rows whose times are 0.5, 0.8, 1.25 and 2 times the prediction: errors of +100, +25, -20 and
// -50 %.
TEST(Validate, StatisticsWorkedByHand) {
  const auto one = estimate_kernel(
      workspace(),
      Json::parse(R"({"chip": "h200-sxm", "op": "gemm", "m": 512, "n": 4096, "k": 4096})"),
      results::Words());
  ASSERT_TRUE(one) << render(one.error());
  const double time = one->results[0].at("time_s").get<double>();
  const std::string path = testing::TempDir() + "/four_rows.ndjson";
  {
    std::ofstream file(path);
    int id = 0;
    for (const double factor : {0.5, 0.8, 1.25, 2.0}) {
      const Json row{{"id", ++id}, {"op", "gemm"}, {"chip", "h200-sxm"},       {"m", 512},
                     {"n", 4096},  {"k", 4096},    {"value_s", time * factor}, {"source", "own"}};
      file << row.dump() << "\n";
    }
    file
        << R"({"id": 5, "op": "gelu", "chip": "h200-sxm", "elements": 1, "value_s": 1, "suspect": "no"})"
        << "\n";
  }
  const auto answer = validate(workspace(), {{path}, false}, results::Words());
  ASSERT_TRUE(answer) << render(answer.error());
  const Json& summary = answer->results[0].at("summary");
  EXPECT_EQ(summary.at("rows"), 5);
  EXPECT_EQ(summary.at("predicted"), 4);
  EXPECT_EQ(summary.at("skipped"), 1);
  EXPECT_NEAR(summary.at("mape_percent").get<double>(), (100 + 25 + 20 + 50) / 4.0, 1e-9);
  EXPECT_NEAR(summary.at("median_percent").get<double>(), (25 + 50) / 2.0, 1e-9);
  EXPECT_NEAR(summary.at("bias_percent").get<double>(), (100 + 25 - 20 - 50) / 4.0, 1e-9);
  EXPECT_EQ(summary.at("worst").at("id"), "1");
  EXPECT_EQ(answer->results[0].at("skipped")[0].at("reason"), "suspect: no");
  EXPECT_EQ(answer->results[0].at("held_out").at("predicted"), 4);
  EXPECT_EQ(answer->results[0].at("fitted").at("predicted"), 0);
}

TEST(Validate, HoldsItselfToAccount) {
  const auto answer = validate(workspace(), {{}, false, 2}, results::Words());
  ASSERT_TRUE(answer) << render(answer.error());
  const Json& result = answer->results[0];
  double errors = 0.0;
  double load_errors = 0.0;
  int count = 0;
  int load_count = 0;
  for (const Json& row : result.at("rows")) {
    const std::string op = row.at("operator");
    const double error = std::fabs(row.at("error_percent").get<double>());
    const bool load = op.starts_with("serving-agg") || op.starts_with("serving-disagg") ||
                      op.starts_with("serving-offline");
    if (row.at("part") == "held-out" && !op.ends_with("-ttft")) {
      (load ? load_errors : errors) += error;
      ++(load ? load_count : count);
    }
  }
  EXPECT_LT(errors / count, 9.0);
  EXPECT_GT(load_count, 500);
  EXPECT_LT(load_errors / load_count, 25.0);
  EXPECT_GT(result.at("mean_over_sources").at("under_load").at("sources"), 3);
  const double inside = result.at("held_out").at("interval_coverage_percent").get<double>();
  EXPECT_GT(inside, 75.0);
  EXPECT_LT(inside, 85.0);
}

}  // namespace
}  // namespace redline::app
