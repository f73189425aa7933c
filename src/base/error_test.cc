// Errors as people read them, the catalogue of codes, and near names.
#include "redline/error.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/nearest.h"

namespace redline {
namespace {

Error at(std::string line, int column, int length = 1, std::string label = {}) {
  return {Code::kMissingUnit,
          "value has no unit",
          SourceSpan{"a1.toml", 14, column, length, std::move(line)},
          {},
          std::move(label)};
}

std::string line_with(const std::string& text, std::string_view part) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    if (line.find(part) != std::string::npos) {
      return line;
    }
    begin = end + 1;
  }
  return {};
}

TEST(Render, PutsTheCaretUnderTheColumn) {
  EXPECT_EQ(render(at("bandwidth = 4.0", 13, 3, "expected a bandwidth")),
            "error[RL1203]: value has no unit\n"
            "  --> a1.toml:14:13\n"
            "   |\n"
            "14 | bandwidth = 4.0\n"
            "   |             ^^^ expected a bandwidth\n");
}

TEST(Render, KeepsTabsInFrontOfTheCaret) {
  EXPECT_EQ(line_with(render(at("\tx =\t4", 6)), "^"), "   | \t   \t^");
}

TEST(Render, GivesAWideCharacterTwoColumns) {
  // Each takes two columns of a terminal: four blanks, and not two or six.
  EXPECT_EQ(line_with(render(at("昇腾 = 4", 6)), "^"), "   |        ^");
}

TEST(Render, CountsACharacterOfSeveralBytesOnce) {
  EXPECT_EQ(line_with(render(at("é = 4", 5)), "^"), "   |     ^");
}

TEST(Render, LeavesOutACaretBeyondTheCutOfWideText) {
  std::string line;
  for (int i = 0; i < 200; ++i) {
    line += "芯";
  }
  EXPECT_EQ(line_with(render(at(line, 100)), "^"), "");
}

TEST(Render, CutsALongLine) {
  const std::string text = render(at(std::string(5000, 'x'), 10));
  EXPECT_LT(text.size(), 400U);
  EXPECT_EQ(line_with(text, "^"), "   | " + std::string(9, ' ') + "^");
}

TEST(Render, CutsALongLineBetweenCharacters) {
  std::string line;
  for (int i = 0; i < 200; ++i) {
    line += "芯";
  }
  const std::string shown = line_with(render(at(line, 1)), "芯");
  EXPECT_EQ((shown.size() - std::string("14 | ").size()) % 3, 0U);
}

TEST(Render, LeavesOutACaretBeyondTheCut) {
  EXPECT_EQ(line_with(render(at(std::string(5000, 'x'), 4000)), "^"), "");
}

TEST(Render, LeavesOutACaretBeyondTheLine) { EXPECT_EQ(line_with(render(at("abc", 40)), "^"), ""); }

TEST(Render, PutsACaretRightBehindTheLine) {
  EXPECT_EQ(line_with(render(at("abc", 4)), "^"), "   |    ^");
}

TEST(Render, ShowsControlCharactersAsQuestionMarks) {
  const std::string text = render(at("a\x1b[31mb\x7f", 1));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("a?[31mb?"), std::string::npos);
}

TEST(Render, DisarmsTheMessageTheFileAndTheHelpToo) {
  Error error = at("x", 1);
  error.message = "bad\x1b[2J\nvalue";
  error.help = {"try\x07 this"};
  error.label =
      "la\x1b"
      "bel";
  error.where->file = "a\x1b.toml";
  const std::string text = render(error);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_NE(text.find("bad?[2J?value"), std::string::npos);
}

TEST(Render, AFileWithoutALineHasNoCaret) {
  Error error{Code::kFileUnreadable, "cannot read", SourceSpan{"a1.toml", 0, 0, 1, {}}, {}, {}};
  EXPECT_EQ(render(error), "error[RL1001]: cannot read\n  --> a1.toml\n");
}

TEST(Render, PrintsEveryHelpLine) {
  Error error{Code::kUnknownChip, "no chip called 'H21'", std::nullopt, {"one", "two"}, {}};
  EXPECT_EQ(render(error), "error[RL2101]: no chip called 'H21'\n   = help: one\n   = help: two\n");
}

TEST(Render, CountsProblemsBeyondTheCap) {
  const Diagnostics errors(25, at("x", 1));
  EXPECT_NE(render(errors, 20).find("and 5 more problems"), std::string::npos);
}

RC_GTEST_PROP(Render, NeverPrintsControlCharacters, ()) {
  const auto line = *rc::gen::arbitrary<std::string>();
  const std::string text = render(at(line, *rc::gen::inRange(-5, 300), *rc::gen::inRange(-5, 300)));
  for (const char c : text) {
    RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
  }
}

TEST(Codes, HaveATitleAndAPageEach) {
  std::set<Code> seen;
  for (const Code code : all_codes()) {
    EXPECT_TRUE(seen.insert(code).second) << code_name(code);
    EXPECT_FALSE(code_title(code).empty());
    EXPECT_GT(code_page(code).size(), 30U) << code_name(code);
    EXPECT_EQ(code_page(code).back(), '\n');
  }
  EXPECT_TRUE(std::is_sorted(all_codes().begin(), all_codes().end()));
}

TEST(Codes, AreFoundInEveryCase) {
  EXPECT_EQ(find_code("RL1203"), Code::kMissingUnit);
  EXPECT_EQ(find_code("rl1203"), Code::kMissingUnit);
  EXPECT_EQ(find_code("1203"), Code::kMissingUnit);
}

TEST(Codes, OtherTextIsNoCode) {
  for (const char* text : {"", "RL", "RL12", "RL12034", "RL1203x", "RL-1203", "9999"}) {
    EXPECT_FALSE(find_code(text)) << text;
  }
}

TEST(Nearest, CountsATranspositionOnce) {
  EXPECT_EQ(edit_distance("h02", "h20"), 1);
  EXPECT_EQ(edit_distance("sparsity", "sparsty"), 1);
  EXPECT_EQ(edit_distance("", "abc"), 3);
}

TEST(Nearest, IgnoresAsciiCase) { EXPECT_EQ(edit_distance("H20", "h20"), 0); }

TEST(Nearest, PutsTheNearestFirst) {
  EXPECT_EQ(nearest_names("bandwith", {"capacity", "bandwidth", "type"}),
            (std::vector<std::string_view>{"bandwidth"}));
}

TEST(Nearest, ANameThatContainsTheTextIsNear) {
  EXPECT_EQ(nearest_names("5090", {"rtx-5090-d-v2", "a100"}),
            (std::vector<std::string_view>{"rtx-5090-d-v2"}));
}

TEST(Nearest, OffersNothingForAFarName) {
  EXPECT_TRUE(nearest_names("zzzzzz", {"capacity", "bandwidth"}).empty());
}

TEST(Nearest, OffersNothingForVeryLongOrEmptyText) {
  EXPECT_TRUE(nearest_names(std::string(100000, 'a'), {"a"}).empty());
  EXPECT_TRUE(nearest_names("", {"a"}).empty());
}

TEST(Nearest, NamesAreGivenOnce) {
  EXPECT_EQ(nearest_names("h20", {"h20", "h20", "h200"}).size(), 2U);
}

RC_GTEST_PROP(Nearest, DistanceIsSymmetric, (const std::string& a, const std::string& b)) {
  RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
  RC_ASSERT((edit_distance(a, b) == 0) == (to_lower(a) == to_lower(b)));
}

}  // namespace
}  // namespace redline
