#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "redline/silicon.h"

#include "data/files.h"
#include "silicon/silicon_kind.h"

namespace redline {
namespace {

std::string text_of(std::string_view relative) {
  auto text = data::read_text_file(REDLINE_TEST_DATA "/silicon/" + std::string(relative));
  return text ? *text : std::string();
}
std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// Nodes, memory, packaging and this die.
Loaded<Silicon> loaded_with(std::string die, int layer = 0) {
  data::FileSet files;
  for (const std::string_view name : {"nodes.toml", "memory.toml", "host.toml", "packaging.toml"}) {
    files.files.push_back({fmt::format("silicon/{}", name), std::string(name), text_of(name), 0});
  }
  files.files.push_back({"silicon/dies/gh100.toml", "gh100.toml", std::move(die), layer});
  return load_silicon(files);
}

const Error* first(const Loaded<Silicon>& loaded) {
  return loaded ? nullptr : &loaded.error().front();
}

TEST(LoadSilicon, ReadsWhatIsThere) {
  const auto loaded = loaded_with(text_of("dies/gh100.toml"));
  ASSERT_TRUE(loaded);
  const DieRecord* die = loaded->die("gh100");
  ASSERT_NE(die, nullptr);
  EXPECT_EQ(die->spec.cores, 144.0);
  EXPECT_EQ(die->spec.link_gb_s, 900.0);
  EXPECT_EQ(die->link_step_gb_s, 50.0);
  EXPECT_EQ(die->host_gb_s, 128.0);
  EXPECT_EQ(die->since, 202209);
  EXPECT_EQ(die->chip, "h100-sxm5");
  EXPECT_FALSE(die->sources.empty());
  EXPECT_EQ(loaded->die("gh200"), nullptr);
  const ProcessNode* node = loaded->node("tsmc-n5");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->wafer_usd.value, 13495.0);
  EXPECT_EQ(node->wafer_usd.high, 16988.0);
  const MemoryKind* memory = loaded->memory("hbm3");
  ASSERT_NE(memory, nullptr);
  EXPECT_EQ(memory->interface_mm2, 10.45);
  EXPECT_EQ(memory->since, 202209);
  const HostMemory* host = loaded->host_memory("lpddr5x-c2c");
  ASSERT_NE(host, nullptr);
  EXPECT_EQ(host->gb_s, 450.0);
  EXPECT_EQ(host->gigabytes, 480.0);
  EXPECT_EQ(host->bus_gb_s, 900.0);
  EXPECT_EQ(die->host_memory, std::vector<std::string>{"lpddr5x-c2c"});
  EXPECT_EQ(std::count(die->sources.begin(), die->sources.end(), "lpddr5x-c2c"), 0);
}

TEST(LoadSilicon, WithoutFilesHasNothing) {
  const auto loaded = load_silicon({});
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->dies.empty());
}

TEST(LoadSilicon, TellsWrongUnits) {
  const auto loaded =
      loaded_with(replaced(text_of("dies/gh100.toml"), "\"814 mm2\"", "\"814 GB\""));
  const Error* error = first(loaded);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->code, Code::kWrongUnit);
  ASSERT_TRUE(error->where);
  EXPECT_EQ(error->where->file, "gh100.toml");
  EXPECT_GT(error->where->line, 1);
  EXPECT_GT(error->where->column, 1);
}

TEST(LoadSilicon, TellsWhatDoesNotExist) {
  auto loaded = loaded_with(replaced(text_of("dies/gh100.toml"), "\"tsmc-n5\"", "\"tsmc-n4\""));
  ASSERT_NE(first(loaded), nullptr);
  EXPECT_EQ(first(loaded)->code, Code::kUnknownReference);
  EXPECT_EQ(first(loaded)->message, "there is no node 'tsmc-n4'");
  loaded = loaded_with(replaced(text_of("dies/gh100.toml"), "\"hbm3\"", "\"hbm5\""));
  ASSERT_NE(first(loaded), nullptr);
  EXPECT_EQ(first(loaded)->message, "there is no kind of memory 'hbm5'");
  loaded = loaded_with(replaced(text_of("dies/gh100.toml"), "unit_gb = 16", "unit_gb = 17"));
  ASSERT_NE(first(loaded), nullptr);
  EXPECT_EQ(first(loaded)->code, Code::kInconsistent);
  EXPECT_TRUE(first(loaded)->where);
}

TEST(LoadSilicon, TellsKeysThatAreMissingOrUnknown) {
  auto loaded = loaded_with(replaced(text_of("dies/gh100.toml"), "units_on", "units_of"));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 2U);
  loaded = loaded_with(replaced(text_of("dies/gh100.toml"), "cores = { value = 144,",
                                "cores = { range = [1, 144],"));
  ASSERT_NE(first(loaded), nullptr);
  EXPECT_EQ(first(loaded)->code, Code::kMissingKey);
  EXPECT_TRUE(first(loaded)->where);
}

TEST(LoadSilicon, TellsRecordsThatStandTwice) {
  const std::string die = text_of("dies/gh100.toml");
  const auto loaded = loaded_with(die + replaced(die, "#:schema", "\n#"));
  ASSERT_NE(first(loaded), nullptr);
  EXPECT_EQ(first(loaded)->code, Code::kDuplicateId);
}

TEST(LoadSilicon, LaterLayersReplace) {
  data::FileSet files;
  for (const std::string_view name : {"nodes.toml", "memory.toml", "host.toml", "packaging.toml"}) {
    files.files.push_back({fmt::format("silicon/{}", name), std::string(name), text_of(name), 0});
  }
  const std::string die = text_of("dies/gh100.toml");
  files.files.push_back({"silicon/dies/gh100.toml", "gh100.toml", die, 0});
  files.files.push_back(
      {"silicon/mine.toml", "mine.toml", replaced(die, "\"814 mm2\"", "\"800 mm2\""), 1});
  const auto loaded = load_silicon(files);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->die("gh100")->area_mm2, 800.0);
  ASSERT_EQ(loaded->replaced.size(), 1U);
  EXPECT_EQ(loaded->replaced.front(), "die gh100 by mine.toml");
}

TEST(LoadSilicon, GradesAscend) {
  const Diagnostics errors = silicon_kind().check(
      "memory.toml", replaced(text_of("memory.toml"), "[3.2, 3.6]", "[3.6, 3.2]"));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors.front().code, Code::kInconsistent);
  ASSERT_TRUE(errors.front().where);
  EXPECT_EQ(errors.front().where->file, "memory.toml");
}

TEST(LoadSilicon, NeedsTheTermsOfPackaging) {
  data::FileSet files;
  files.files.push_back({"silicon/nodes.toml", "nodes.toml", text_of("nodes.toml"), 0});
  const auto loaded = load_silicon(files);
  ASSERT_NE(first(loaded), nullptr);
  EXPECT_EQ(first(loaded)->code, Code::kMissingKey);
}

}  // namespace
}  // namespace redline
