// The use cases as a front end calls them, on the real data.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/batch.h"
#include "app/classify.h"
#include "app/compare.h"
#include "app/data_commands.h"
#include "app/test_brief.h"
#include "app/test_workspace.h"
#include "app/workspace.h"

namespace redline::app {
namespace {

TEST(Brief, WritesTheSameBytesTwice) {
  const TestBrief again = write_test_brief("april-2025", "twice", 1);
  EXPECT_EQ(april_brief().html, again.html);
  EXPECT_EQ(april_brief().json_text, again.json_text);
}

TEST(Brief, SaysThatTheH20WasFreeAndThenCaught) {
  const Json& json = april_brief().json;
  EXPECT_EQ(json["schema"], "redline.report/1");
  const Json& why = json["results"][0]["why_caught"];
  EXPECT_EQ(why["before"]["outcome"], "no-license");
  EXPECT_EQ(why["after"]["outcome"], "license-required");
  EXPECT_EQ(why["before"]["nearest_flip"]["quantity"], "tpp");
  EXPECT_DOUBLE_EQ(why["before"]["nearest_flip"]["to"].get<double>(), 2400.0);
}

TEST(Brief, ShowsNoChipBeforeItWasAnnounced) {
  for (const Json& day : april_brief().json["results"][0]["where_every_chip_stands"]) {
    if (day["date"] > "2025-04-17") {
      continue;
    }
    for (const Json& row : day["chips"]) {
      const Chip* chip = workspace().catalog.chip(row["chip"].get<std::string>());
      ASSERT_NE(chip, nullptr);
      const auto& first = chip->announced ? chip->announced : chip->launched;
      EXPECT_LE(format_date(first->latest()), day["date"].get<std::string>()) << chip->id;
    }
  }
}

TEST(Brief, LeavesNothingHalfWrittenWhereItMayNotWrite) {
  BriefRequest request;
  request.scenario = "april-2025";
  request.folder = "/proc/nowhere";
  const auto files = write_brief(workspace(), request);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().front().code, Code::kOutputUnwritable);
}

TEST(Brief, SaysTheAnswerInFiveSentencesAndThreeFigures) {
  const Json& brief = april_brief().json["results"][0];
  ASSERT_EQ(brief["in_short"].size(), 5U);
  const auto sentence = [&brief](std::size_t i) { return brief["in_short"][i].get<std::string>(); };
  EXPECT_NE(sentence(0).find("LICENSE REQUIRED"), std::string::npos) << sentence(0);
  EXPECT_NE(sentence(1).find("above the limit of 1700"), std::string::npos) << sentence(1);
  EXPECT_NE(sentence(2).find("H100"), std::string::npos) << sentence(2);
  EXPECT_NE(sentence(3).find("best legal part"), std::string::npos) << sentence(3);
  EXPECT_NE(sentence(4).find("charge"), std::string::npos) << sentence(4);
  const std::string& html = april_brief().html;
  const auto begin = html.find("<section class=\"cover\"");
  ASSERT_NE(begin, std::string::npos);
  const std::string cover = html.substr(begin, html.find("</section>", begin) - begin);
  for (const char* id : {"cover-margins-title", "cover-shares-title", "cover-paths-title"}) {
    EXPECT_NE(cover.find(id), std::string::npos) << id;
  }
}

TEST(Brief, IsAPageWithoutOutsideResources) {
  const std::string& html = april_brief().html;
  // What its script says, and the script: the policy allows that one alone.
  const std::string_view mark = "<script";
  const auto first = html.find(mark);
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(html.find("page-words", first), html.find("id=\"", first) + 4);
  const auto second = html.find(mark, first + 1);
  ASSERT_NE(second, std::string::npos);
  EXPECT_EQ(html.find(mark, second + 1), std::string::npos);
  EXPECT_EQ(html.find("src=\"http"), std::string::npos);
  EXPECT_EQ(html.find("url(http"), std::string::npos);
  EXPECT_NE(html.find("<svg"), std::string::npos);
}

TEST(Batch, EchoesTheIdAndAnswersInOneLine) {
  const std::string line = run_batch_line(
      workspace(), R"({"id":"q7","command":"classify","chip":"h20","as_of":"2025-04-16"})", 1);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const Json json = Json::parse(line);
  EXPECT_EQ(json["id"], "q7");
  EXPECT_EQ(json["results"][0]["outcome"], "license-required");
}

TEST(Batch, SurvivesWhateverALineHolds) {
  const std::string deep(100000, '[');
  for (const std::string& line :
       {std::string(), std::string("\xff\xfe"), deep, std::string("{\"command\":{}}"),
        std::string(R"({"command":"classify","chip":"h20","set":{"tpp":1e999}})"),
        std::string(R"({"command":"classify","chip":"h20","set":[1]})"),
        std::string(R"({"id":{"a":1},"command":"classify","chip":7})")}) {
    const Json json = Json::parse(run_batch_line(workspace(), line, 3));
    ASSERT_TRUE(json.contains("error")) << line.substr(0, 60);
    EXPECT_EQ(json["error"]["line"], 3);
  }
}

TEST(Batch, OneRequestAsksAboutSoManyParts) {
  Workspace bounded = workspace();
  bounded.most_parts = 200;
  for (const std::string command : {"classify", "compare"}) {
    const std::string line =
        run_batch_line(bounded,
                       fmt::format(R"({{"command":"{}","chip":["*","*","*"]{}}})", command,
                                   command == "compare" ? R"(,"model":"llama-3.1-8b")" : ""),
                       1);
    const Json json = Json::parse(line);
    ASSERT_TRUE(json.contains("error")) << command;
    EXPECT_NE(line.find("more than 200 parts"), std::string::npos) << line.substr(0, 200);
  }
}

TEST(Compare, WhatIsStoppedIsNotKnown) {
  CompareRequest request;
  request.chips = {"h20", "h100-sxm5"};
  request.model = "llama-3.1-8b";
  int asked = 0;
  const auto answer =
      compare(workspace(), request, results::Words(), [&asked] { return ++asked > 1; });
  ASSERT_TRUE(answer) << render(answer.error());
  const Json& uses = answer->results[0]["uses"];
  ASSERT_EQ(uses.size(), 6U);
  EXPECT_FALSE(uses[0]["tokens_per_s_per_chip"].is_null()) << uses[0];
  for (std::size_t i = 1; i < uses.size(); ++i) {
    EXPECT_TRUE(!uses[i].contains("tokens_per_s_per_chip") ||
                uses[i]["tokens_per_s_per_chip"].is_null())
        << uses[i];
  }
}

TEST(Verdict, HasEveryFieldOfTheContract) {
  ClassifyRequest question;
  question.chips = {"h20"};
  const auto answer = classify(workspace(), question, results::Words());
  ASSERT_TRUE(answer) << render(answer.error());
  const Json& result = answer->results[0];
  for (const char* key : {"chip",
                          "to",
                          "headquarters",
                          "as_of",
                          "outcome",
                          "review",
                          "exception",
                          "eccn",
                          "licenses_granted",
                          "import_duty_percent",
                          "rule",
                          "paragraph",
                          "tests",
                          "conditions",
                          "fees",
                          "nearest_flip",
                          "destination_side",
                          "flags",
                          "assumptions",
                          "sources"}) {
    EXPECT_TRUE(result.contains(key)) << key;
  }
  for (const char* key : {"rule", "paragraph", "quantity", "value", "unit", "relation", "limit",
                          "met", "margin_percent"}) {
    EXPECT_TRUE(result["tests"][0].contains(key)) << key;
  }
}

TEST(DataNew, MakesAFileThatCanBeJudgedAtOnce) {
  for (const char* kind : {"chip", "system", "model"}) {
    const auto answer = data_new(workspace(), {kind, "", "my-own"});
    ASSERT_TRUE(answer) << render(answer.error());
    const std::string path =
        (std::filesystem::temp_directory_path() / "redline-data-new" / kind / "my-own.toml")
            .string();
    ASSERT_TRUE(data::write_text_file(path, answer->results[0]["toml"].get<std::string>()));
    const auto checked = data_check(workspace(), {path}, results::Words());
    EXPECT_TRUE(checked) << render(checked.error());
  }
}

}  // namespace
}  // namespace redline::app
