// Exposure as a part of a brief.

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "app/exposure.h"
#include "app/section.h"
#include "app/test_brief.h"
#include "app/test_workspace.h"

namespace redline::app {
namespace {

std::string write_exposure_scenario(const std::string& text) {
  const auto folder = std::filesystem::temp_directory_path() / "redline-exposure-page";
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "scenario.toml").string();
  EXPECT_TRUE(data::write_text_file(path, text));
  return path;
}

// The scenario of the brief with something else in one place, as a file.
std::string april_with(const std::string& from, const std::string& to) {
  std::string text =
      *data::read_text_file(std::string(REDLINE_TEST_DATA) + "/scenarios/april-2025.toml");
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return write_exposure_scenario(text.replace(at, from.size(), to));
}

TEST(ExposurePage, StandsInTheBriefAndInItsJson) {
  const std::string& html = april_brief().html;
  for (const char* id : {"three-paths", "three-paths-choice", "worth-to-know", "exposure-scored"}) {
    EXPECT_NE(html.find(std::string("id=\"") + id + "\""), std::string::npos) << id;
  }
  for (const char* id : {"exposure-fan", "exposure-waterfall", "exposure-tornado"}) {
    EXPECT_NE(html.find(std::string("<title id=\"") + id + "-title\">"), std::string::npos) << id;
  }
  const Json& exposure = april_brief().json["results"][0]["exposure"];
  EXPECT_EQ(exposure["scenario"], "april-2025");
  EXPECT_EQ(exposure["samples"], 32768);
  EXPECT_TRUE(exposure["backtest"].is_object());
}

TEST(ExposurePage, ListsItsSourcesWithTheOthers) {
  const std::string& html = april_brief().html;
  const auto sources = html.find("id=\"sources\"");
  ASSERT_NE(sources, std::string::npos);
  EXPECT_NE(html.find("nvda-quarterly-results", sources), std::string::npos);
}

TEST(ExposurePage, IsNotScoredWhereNothingIsKnownOfWhatCame) {
  ExposureRun how;
  how.samples = 64;
  const auto report = work_out_exposure(
      workspace(), std::string(REDLINE_TEST_DATA) + "/../examples/gates.toml", how, {});
  ASSERT_TRUE(report) << render(report.error());
  results::HtmlPage page({.title = "T"});
  add_exposure(*report, results::Words(), page, 2);
  const std::string html = page.finish();
  EXPECT_NE(html.find("id=\"three-paths\""), std::string::npos);
  EXPECT_EQ(html.find("exposure-scored"), std::string::npos);
}

TEST(ExposurePage, OfAScenarioMustBeThere) {
  const std::string named = "exposure = \"april-2025\"";
  const auto other = load_scenario(workspace(), april_with(named, "exposure = \"april\""));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().front().code, Code::kUnknownReference);
  ASSERT_TRUE(other.error().front().where);
  EXPECT_GT(other.error().front().where->line, 0);

  const std::string none = april_with(named + "\n", "");
  ASSERT_TRUE(load_scenario(workspace(), none));
  const auto section = report_section(workspace(), {none, "exposure"});
  ASSERT_FALSE(section);
  EXPECT_EQ(section.error().front().code, Code::kUnknownRecord);
}

TEST(ExposurePage, OfAScenarioIsOfNoLaterDay) {
  const auto early =
      load_scenario(workspace(), april_with("as_of = 2025-04-17", "as_of = 2025-04-16"));
  ASSERT_FALSE(early);
  const Diagnostics& errors = early.error();
  const auto found = std::find_if(errors.begin(), errors.end(), [](const Error& one) {
    return one.message.find("exposure 'april-2025' is of 2025-04-17") != std::string::npos;
  });
  ASSERT_NE(found, errors.end()) << render(errors);
  EXPECT_EQ(found->code, Code::kInconsistent);
  EXPECT_TRUE(found->where);
}

}  // namespace
}  // namespace redline::app
