#include "results/words.h"

#include <algorithm>
#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace redline::results {
namespace {

TEST(Words, EnglishFillsTheTextItself) {
  const Words say;
  EXPECT_EQ(say("exported from {country}", {{"country", "China"}}), "exported from China");
  EXPECT_TRUE(say.knows("whatever"));
}

TEST(Words, TranslatesTemplatesAndArguments) {
  const Words simplified(Language::kSimplifiedChinese);
  const Words traditional(Language::kTraditionalChinese);
  EXPECT_EQ(simplified("yes"), "是");
  EXPECT_EQ(simplified("{x}/{y}", {{"x", "China"}, {"y", "h20"}}), "中国/h20");
  EXPECT_EQ(traditional("{x}/{y}", {{"x", "China"}, {"y", "h20"}}), "中國/h20");
}

TEST(Words, ATextThatTheCatalogueLacksStaysEnglish) {
  const Words say(Language::kSimplifiedChinese);
  EXPECT_FALSE(say.knows("there is no such text"));
  EXPECT_EQ(say("there is no such text {n}", {{"n", "4"}}), "there is no such text 4");
}

TEST(Words, TagsAreFoundInAnyCase) {
  for (const std::string_view tag : language_tags()) {
    ASSERT_TRUE(find_language(tag).has_value());
    EXPECT_EQ(tag_of(*find_language(tag)), tag);
  }
  EXPECT_EQ(find_language("ZH-HANS"), Language::kSimplifiedChinese);
  EXPECT_FALSE(find_language("zh").has_value());
  EXPECT_FALSE(find_language("").has_value());
}

TEST(Words, LocalesChooseALanguage) {
  EXPECT_EQ(language_of_locale("zh_CN.UTF-8"), Language::kSimplifiedChinese);
  EXPECT_EQ(language_of_locale("zh"), Language::kSimplifiedChinese);
  EXPECT_EQ(language_of_locale("zh_TW"), Language::kTraditionalChinese);
  EXPECT_EQ(language_of_locale("zh_HK.UTF-8"), Language::kTraditionalChinese);
  EXPECT_EQ(language_of_locale("C"), Language::kEnglish);
  EXPECT_EQ(language_of_locale("zhx"), Language::kEnglish);
  EXPECT_EQ(language_of_locale("de_DE@euro"), Language::kEnglish);
}

nlohmann::json catalogue(std::string_view language) {
  std::ifstream file(std::string(REDLINE_TEST_DATA) + "/i18n/" + std::string(language) + ".json");
  return nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
}

std::set<std::string> names_in(const std::string& text) {
  const auto names = placeholders_of(text);
  return {names.begin(), names.end()};
}

TEST(Words, EveryLanguageSaysEveryTextWithTheSameNames) {
  const nlohmann::json english = catalogue("en");
  ASSERT_TRUE(english.is_object());
  EXPECT_GT(english.size(), 500U);
  for (const std::string_view language : {"zh-Hans", "zh-Hant"}) {
    const nlohmann::json other = catalogue(language);
    ASSERT_TRUE(other.is_object());
    EXPECT_EQ(other.size(), english.size());
    const Words say(*find_language(language));
    for (const auto& [text, same] : english.items()) {
      EXPECT_EQ(same.get<std::string>(), text);
      EXPECT_TRUE(say.knows(text)) << language << ": " << text;
      if (other.contains(text)) {
        EXPECT_EQ(names_in(other[text].get<std::string>()), names_in(text)) << language;
      }
    }
  }
}

TEST(Words, ATableKeepsItsCells) {
  Table table;
  table.title = "yes";
  table.columns = {{"a", "no", "", Align::kLeft}};
  table.rows = {{std::string("yes")}};
  const Table said = Words(Language::kSimplifiedChinese)(table);
  EXPECT_EQ(said.title, "是");
  EXPECT_EQ(said.columns.front().title, "否");
  EXPECT_EQ(said.columns.front().key, "a");
  EXPECT_EQ(std::get<std::string>(said.rows.front().front()), "yes");
}

}  // namespace
}  // namespace redline::results
