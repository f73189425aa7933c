#include "results/words.h"

#include <gtest/gtest.h>

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
