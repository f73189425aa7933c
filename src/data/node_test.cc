// TOML documents with positions.
#include "data/node.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redline::data {
namespace {

Document parse(std::string text, Diagnostics& errors) {
  return {"a1.toml", std::move(text), errors};
}

TEST(Document, GivesValuesByKind) {
  Diagnostics errors;
  const Document document =
      parse("s = 'x'\ni = 3\nf = 1.5\nb = true\nd = 2025-04-17\nl = [1, 2]\n", errors);
  ASSERT_TRUE(errors.empty());
  const Node root = document.root();
  EXPECT_EQ(root.find("s").string(), "x");
  EXPECT_EQ(root.find("i").integer(), 3);
  EXPECT_EQ(root.find("i").number(), 3.0);
  EXPECT_EQ(root.find("f").number(), 1.5);
  EXPECT_EQ(root.find("b").boolean(), true);
  EXPECT_EQ(root.find("d").date(), make_date(2025, 4, 17));
  EXPECT_EQ(root.find("l").items().size(), 2U);
  EXPECT_EQ(root.find("nothing").kind(), NodeKind::kAbsent);
}

TEST(Document, KeepsTheOrderOfTheFile) {
  Diagnostics errors;
  const Document document = parse("zulu = 1\nalpha = 2\nmike = 3\n", errors);
  std::string keys;
  for (const Node::Entry& entry : document.root().entries()) {
    keys += std::string(entry.key) + " ";
  }
  EXPECT_EQ(keys, "zulu alpha mike ");
}

TEST(Document, KnowsWhereAValueStands) {
  Diagnostics errors;
  const Document document = parse("# comment\n\n[memory]\ntype = 'x'\nbandwidth = 4.0\n", errors);
  const SourceSpan span = document.root().find("memory").find("bandwidth").span();
  EXPECT_EQ(span.file, "a1.toml");
  EXPECT_EQ(span.line, 5);
  EXPECT_EQ(span.column, 13);
  EXPECT_EQ(span.length, 3);
  EXPECT_EQ(span.text, "bandwidth = 4.0");
}

TEST(Document, PlacesACharacterWithinAText) {
  Diagnostics errors;
  const Document document = parse("when = \"tpp >= x\"\n", errors);
  const SourceSpan span = document.root().find("when").span_within(7, 1);
  EXPECT_EQ(span.column, 16);
  EXPECT_EQ(span.length, 1);
}

TEST(Document, CountsCharactersInFrontOfAText) {
  Diagnostics errors;
  const Document document = parse("t = { \"名\" = 'é', when = 'é >= x' }\n", errors);
  const SourceSpan span = document.root().find("t").find("when").span_within(6, 1);
  EXPECT_EQ(span.column, 31);
}

TEST(Document, MarksATextOfSeveralLinesAsAWhole) {
  Diagnostics errors;
  const Document document = parse("when = \"\"\"\ntpp >=\nx\"\"\"\n", errors);
  EXPECT_EQ(document.root().find("when").span_within(7, 1).line, 1);
}

TEST(Document, ReportsSeveralSyntaxErrorsInOneRun) {
  Diagnostics errors;
  const Document document = parse("a = 1\nb = = 2\nc = 3\nd = 'open\ne = 5\nf 6\n", errors);
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_EQ(errors[0].code, Code::kTomlSyntax);
  EXPECT_EQ(errors[0].where->line, 2);
  EXPECT_EQ(errors[1].where->line, 4);
  EXPECT_EQ(errors[2].where->line, 6);
  EXPECT_TRUE(document.damaged());
}

TEST(Document, ReadsOnBehindASyntaxError) {
  Diagnostics errors;
  const Document document = parse("a = 1\nb = = 2\nc = 3\n", errors);
  EXPECT_EQ(document.root().find("a").integer(), 1);
  EXPECT_EQ(document.root().find("c").integer(), 3);
}

TEST(Document, ReportsAKeyThatStandsTwice) {
  Diagnostics errors;
  const Document document = parse("a = 1\na = 2\n", errors);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].where->line, 2);
}

TEST(Document, ReadsLinesThatEndInCarriageReturn) {
  Diagnostics errors;
  const Document document = parse("a = 1\r\nb = 'x'\r\nc = = 1\r\n", errors);
  EXPECT_EQ(document.root().find("b").string(), "x");
  EXPECT_EQ(document.root().find("b").span().text, "b = 'x'");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].where->line, 3);
}

TEST(Document, AnEmptyFileIsAnEmptyTable) {
  Diagnostics errors;
  const Document document = parse("", errors);
  EXPECT_TRUE(errors.empty());
  EXPECT_EQ(document.root().kind(), NodeKind::kTable);
  EXPECT_TRUE(document.root().entries().empty());
}

TEST(Document, SurvivesBinaryGarbage) {
  std::string garbage;
  for (int i = 0; i < 4096; ++i) {
    garbage += static_cast<char>((i * 197 + 31) % 256);
  }
  Diagnostics errors;
  const Document document = parse(garbage, errors);
  EXPECT_FALSE(errors.empty());
  EXPECT_LE(errors.size(), 20U);
  EXPECT_TRUE(document.damaged());
}

TEST(Document, SurvivesBytesThatAreNoUtf8) {
  Diagnostics errors;
  const Document document = parse("a = 1\nb = '\xff\xfe'\nc = 3\n", errors);
  ASSERT_FALSE(errors.empty());
  EXPECT_TRUE(document.damaged());
}

TEST(Document, SurvivesDeepNesting) {
  Diagnostics errors;
  const Document document =
      parse("a = " + std::string(200, '[') + std::string(200, ']') + "\n", errors);
  const bool read = document.root().find("a").kind() == NodeKind::kArray;
  EXPECT_TRUE(read || !errors.empty());
}

TEST(Document, SurvivesNestingWithoutEnd) {
  Diagnostics errors;
  const Document document = parse("a = " + std::string(100000, '['), errors);
  EXPECT_FALSE(errors.empty());
}

TEST(Document, SurvivesATableOpenedTwice) {
  Diagnostics errors;
  const Document document = parse("[a]\nx = 1\n[a]\ny = 2\n", errors);
  EXPECT_FALSE(errors.empty());
}

TEST(Document, ADayThatDoesNotExistIsNoDate) {
  Diagnostics errors;
  const Document document = parse("d = 2025-02-29\n", errors);
  EXPECT_FALSE(errors.empty() && document.root().find("d").date());
}

TEST(Document, ATimeOfDayIsNoDate) {
  Diagnostics errors;
  const Document document = parse("t = 07:32:00\nu = 2025-04-17T07:32:00Z\n", errors);
  EXPECT_FALSE(document.root().find("t").date());
  EXPECT_EQ(document.root().find("u").kind(), NodeKind::kTime);
}

TEST(Document, MayBeMovedWhileNodesAreTakenAfresh) {
  Diagnostics errors;
  Document first = parse("a = 1\n", errors);
  const Document second = std::move(first);
  EXPECT_EQ(second.root().find("a").integer(), 1);
}

RC_GTEST_PROP(Document, AnyTextIsReadOrReported, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a", "=", "[", "]", "{", "}", "'", "\"", "\n", "\r\n", ".", ",",
                                    " ", "1", "\xc3\xa9", "\xff", "#", "-", "true", "\"\"\""));
  std::string text;
  for (const std::string& piece : pieces) {
    text += piece;
  }
  Diagnostics errors;
  const Document document("a1.toml", text, errors);
  RC_ASSERT(document.damaged() == !errors.empty());
  RC_ASSERT(errors.size() <= 20U);
  for (const Error& error : errors) {
    RC_ASSERT(!render(error).empty());
  }
}

}  // namespace
}  // namespace redline::data
