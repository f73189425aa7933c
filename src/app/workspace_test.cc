// What a name on the command line stands for.

#include "app/workspace.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "app/data_commands.h"
#include "app/test_workspace.h"

namespace redline::app {
namespace {

// A file of a folder of the test's own.
std::string written(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / "redline-models" / name;
  const auto file = data::write_text_file(path.string(), text);
  RL_CHECK(file.has_value());
  return *file;
}

constexpr const char* kConfig = R"({"model_type": "llama", "hidden_size": 64, "vocab_size": 1000,
  "num_hidden_layers": 4, "num_attention_heads": 8, "intermediate_size": 128})";

TEST(FindModel, KnowsIdsAliasesAndNames) {
  for (const char* name : {"deepseek-v3", "DSV3", "DeepSeek-V3", "deepseek-v3*0324"}) {
    const auto model = find_model(workspace(), name);
    if (name == std::string("deepseek-v3*0324")) {
      EXPECT_FALSE(model);
      continue;
    }
    ASSERT_TRUE(model) << render(model.error());
    EXPECT_EQ(model->id, "deepseek-v3");
  }
}

TEST(FindModel, NamesTheNearestModels) {
  const auto model = find_model(workspace(), "deepsek-v3");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().front().code, Code::kUnknownRecord);
  EXPECT_NE(render(model.error()).find("deepseek-v3"), std::string::npos);
}

TEST(FindModel, RefusesAPatternOfSeveral) {
  const auto model = find_model(workspace(), "deepseek-*");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().front().code, Code::kAmbiguousName);
  EXPECT_EQ(find_model(workspace(), "kimi-*")->id, "kimi-k2");
}

TEST(FindModel, ReadsARecordOfTheUsers) {
  const auto record = data_new(workspace(), {"model", "", "mine"});
  ASSERT_TRUE(record);
  const std::string text = record->results[0]["toml"].get<std::string>();
  const auto model = find_model(workspace(), written("mine.toml", text));
  ASSERT_TRUE(model) << render(model.error());
  EXPECT_EQ(model->id, "mine");
  EXPECT_EQ(model->shape.layers, 32);
  EXPECT_FALSE(find_model(workspace(), written("bad.toml", "id = 3")));
}

TEST(FindModel, ReadsAConfigAndNamesItAfterItsFolder) {
  const auto model = find_model(workspace(), written("My-Llama/config.json", kConfig));
  ASSERT_TRUE(model) << render(model.error());
  EXPECT_EQ(model->id, "my-llama");
  EXPECT_EQ(model->name, "My-Llama");
  EXPECT_EQ(model->shape.kv_heads, 8);
}

TEST(FindModel, SaysWhichFileItCannotRead) {
  for (const char* name : {"nowhere/config.json", "nowhere.toml"}) {
    const auto model = find_model(workspace(), name);
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().front().code, Code::kFileUnreadable);
  }
}

TEST(DataShow, CountsTheParametersOfAConfig) {
  const auto answer = data_show(workspace(), written("My-Llama/config.json", kConfig));
  ASSERT_TRUE(answer) << render(answer.error());
  EXPECT_EQ(answer->results[0]["shape"]["heads"], 8);
  EXPECT_FALSE(answer->results[0]["derived"].empty());
  EXPECT_FALSE(data_show(workspace(), written("bad.json", "{}")));
}

}  // namespace
}  // namespace redline::app
