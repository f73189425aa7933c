#include "data/json_node.h"

#include <gtest/gtest.h>

namespace redline::data {
namespace {

JsonDocument parse(std::string text) {
  auto document = JsonDocument::parse("f.json", std::move(text), Code::kConfigSyntax);
  RL_CHECK(document.has_value());
  return std::move(*document);
}

TEST(JsonNode, HoldsValuesOfEachKind) {
  const JsonDocument document =
      parse(R"({"i": 3, "big": 18446744073709551615, "f": 1.5, "s": "x", "b": true, "n": null,
                "l": [1, {"k": 2}], "o": {"k": 4}})");
  const JsonNode root = document.root();
  EXPECT_EQ(root.find("i").integer(), 3);
  EXPECT_EQ(root.find("big").integer(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(root.find("f").kind(), JsonKind::kFloat);
  EXPECT_FALSE(root.find("f").integer());
  EXPECT_EQ(root.find("s").string(), "x");
  EXPECT_EQ(root.find("b").boolean(), true);
  EXPECT_EQ(root.find("o").find("k").integer(), 4);
  ASSERT_EQ(root.find("l").items().size(), 2u);
  EXPECT_EQ(root.find("l").items()[1].find("k").integer(), 2);
  EXPECT_EQ(root.find("l").items()[1].key(), "l");
  EXPECT_EQ(root.keys().size(), 8u);
}

TEST(JsonNode, TellsNullFromAbsentAndTakesBothAsNothing) {
  const JsonDocument document = parse(R"({"n": null})");
  EXPECT_EQ(document.root().find("n").kind(), JsonKind::kNull);
  EXPECT_EQ(document.root().find("m").kind(), JsonKind::kAbsent);
  EXPECT_FALSE(document.root().find("n"));
  EXPECT_FALSE(document.root().find("m").find("k"));
}

TEST(JsonNode, HasItsPlace) {
  const JsonDocument document =
      parse("\xEF\xBB\xBF{\"\xC3\xA9\": 1, \"a\": 2,\n \"o\": {\"k\": [7,\n  \"x\"]}}");
  const JsonNode root = document.root();
  EXPECT_EQ(root.find("a").span().column, 11);  // characters, the mark is one
  EXPECT_EQ(root.find("a").span().length, 3);
  EXPECT_EQ(root.find("o").find("k").span().line, 2);
  EXPECT_EQ(root.find("o").find("k").span().column, 8);
  EXPECT_EQ(root.find("o").find("k").items()[1].span().line, 3);
  EXPECT_EQ(root.find("o").find("k").items()[1].span().column, 3);
  EXPECT_EQ(root.find("o").find("none").span().line, 2);
}

// The text has the key only in disguise: the object that holds it is shown.
TEST(JsonNode, WithAnEscapedKeyIsShownByItsObject) {
  const JsonDocument document = parse("{\n \"o\": {\"\\u006b\": {\"x\": 1}}}");
  const JsonNode inner = document.root().find("o").find("k");
  EXPECT_EQ(inner.find("x").integer(), 1);
  EXPECT_EQ(inner.find("x").span().line, 2);
}

TEST(JsonNode, RefusesWhatIsNoObject) {
  for (const char* text : {"", "[1]", "7", "{\"a\": }", "{\"a\": 1e999}", "{} {}"}) {
    const auto document = JsonDocument::parse("f.json", text, Code::kConfigSyntax);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().front().code, Code::kConfigSyntax);
    EXPECT_EQ(document.error().front().where->line, 1);
  }
}

}  // namespace
}  // namespace redline::data
