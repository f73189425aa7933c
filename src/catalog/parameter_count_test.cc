// Parameter counts against the published ones and against sums done by hand.
#include <cmath>

#include <gtest/gtest.h>

#include "catalog/test_data.h"

namespace redline {
namespace {

// A published total is rounded to two or three digits; an active count to one or two.
constexpr double kTotalTolerance = 0.015;
constexpr double kActiveTolerance = 0.05;

const LlmModel& model(std::string_view id) {
  for (const LlmModel& one : test::catalog().models) {
    if (one.id == id) {
      return one;
    }
  }
  RL_CHECK(false && "no such model");
  return test::catalog().models.front();
}

TEST(ParameterCount, AgreesWithEveryPublishedTotal) {
  int compared = 0;
  for (const LlmModel& one : test::catalog().models) {
    if (!one.published.parameters) {
      continue;
    }
    const double published = one.published.parameters->value->base();
    EXPECT_LE(std::fabs(total_as_published(one) / published - 1.0),
              one.published.tolerance.value_or(kTotalTolerance))
        << one.id;
    ++compared;
  }
  EXPECT_EQ(compared, 135);
}

TEST(ParameterCount, AgreesWithEveryPublishedActiveCount) {
  int compared = 0;
  for (const LlmModel& one : test::catalog().models) {
    if (!one.published.active) {
      continue;
    }
    const double published = one.published.active->value->base();
    EXPECT_LE(std::fabs(active_as_published(one) / published - 1.0),
              one.published.active_tolerance.value_or(kActiveTolerance))
        << one.id;
    ++compared;
  }
  EXPECT_GE(compared, 15);
}

TEST(ParameterCount, IsExactWhereTheWeightsWereCounted) {
  EXPECT_EQ(parameter_count(model("mixtral-8x7b")).total, 46702792704.0);
  EXPECT_EQ(parameter_count(model("mpt-7b")).total, 6658859008.0);
}

TEST(ParameterCount, OfLlama3IsThatOfItsWeights) {
  EXPECT_EQ(parameter_count(model("llama-3-8b")).total, 8030261248.0);
}

TEST(ParameterCount, OfADenseModelIsAllActiveButTheInputTable) {
  const ParameterCount count = parameter_count(model("llama-3-8b"));
  EXPECT_EQ(count.body, count.active_body);
  EXPECT_EQ(count.total - count.active, 128256.0 * 4096.0);
}

TEST(ParameterCount, LeavesPredictionModulesOut) {
  const ParameterCount count = parameter_count(model("deepseek-v3"));
  EXPECT_NEAR(count.total, 671.03e9, 0.01e9);
  EXPECT_NEAR(count.mtp, 11.5e9, 0.15e9);
}

TEST(ParameterCount, TakesATiedTableOnce) {
  LlmModel one = model("llama-3-8b");
  const double untied = parameter_count(one).total;
  one.shape.tied_embeddings = true;
  EXPECT_EQ(untied - parameter_count(one).total, 128256.0 * 4096.0);
  EXPECT_EQ(parameter_count(one).active, parameter_count(model("llama-3-8b")).active);
}

TEST(ParameterCount, OfABodyWithoutExpertsNeedsNoFfnOfThem) {
  const ParameterCount count = parameter_count(model("mixtral-8x7b"));
  EXPECT_LT(count.active, count.total / 3.0);
}

TEST(ModelCheck, LayersWithoutExpertsNeedAnFfn) {
  const std::string text = R"(id = "m"
name = "M"
vendor = "Acme"
sources = ["s"]
[shape]
layers = 2
hidden = 8
heads = 3
kv_heads = 2
head_dim = 4
vocabulary = 16
position = "learned"
)";
  const auto loaded = load_catalog({{{"models/m.toml", "models/m.toml", text, 0}}, "0"},
                                   {.chips = false, .models = true, .geography = false});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 3U) << render(loaded.error());
  for (const Error& error : loaded.error()) {
    EXPECT_EQ(error.code, Code::kInconsistent);
  }
}

}  // namespace
}  // namespace redline
