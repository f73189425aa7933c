// Parsing predicates: what is accepted, how it binds, and every kind of error with its place.
#include "rules/predicate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redline::rules {
namespace {

// The tree in brackets, to see how it binds.
std::string tree(const Predicate& p, int index) {
  const Node& node = p.nodes[static_cast<std::size_t>(index)];
  const auto pair = [&](std::string_view op) {
    return "(" + tree(p, node.a) + " " + std::string(op) + " " + tree(p, node.b) + ")";
  };
  switch (node.op) {
    case Op::kAnd:
      return pair("and");
    case Op::kOr:
      return pair("or");
    case Op::kNot:
      return "(not " + tree(p, node.a) + ")";
    case Op::kAdd:
      return pair("+");
    case Op::kSub:
      return pair("-");
    case Op::kMul:
      return pair("*");
    case Op::kDiv:
      return pair("/");
    case Op::kCompareNumber:
      return pair(symbol(node.compare));
    default:
      return std::string(p.source_of(node));
  }
}

std::string tree(std::string_view text) {
  const auto parsed = parse_predicate(text);
  return parsed ? tree(*parsed, parsed->root()) : "error: " + parsed.error().error.message;
}

struct Expected {
  std::string_view text;
  Code code;
  std::size_t offset;
};

TEST(Parser, AndBindsTighterThanOr) {
  EXPECT_EQ(tree("dc or has_hbm and us_available"), "(dc or (has_hbm and us_available))");
  EXPECT_EQ(tree("dc and has_hbm or us_available"), "((dc and has_hbm) or us_available)");
}

TEST(Parser, NotBindsTightest) {
  EXPECT_EQ(tree("not dc and has_hbm"), "((not dc) and has_hbm)");
  EXPECT_EQ(tree("not not dc"), "(not (not dc))");
  EXPECT_EQ(tree("not tpp >= 1"), "(not (tpp >= 1))");
}

TEST(Parser, OperatorsOfOneRankBindToTheLeft) {
  EXPECT_EQ(tree("tpp - pd - die >= 1"), "(((tpp - pd) - die) >= 1)");
  EXPECT_EQ(tree("dc or has_hbm or us_available"), "((dc or has_hbm) or us_available)");
}

TEST(Parser, ProductsBindTighterThanSums) {
  EXPECT_EQ(tree("dram_bw + letter_io * 2 >= 1700"), "((dram_bw + (letter_io * 2)) >= 1700)");
}

TEST(Parser, ParenthesesHoldConditionsOrSums) {
  EXPECT_EQ(tree("(dc or has_hbm) and us_available"), "((dc or has_hbm) and us_available)");
  EXPECT_EQ(tree("(dram_bw + letter_io) * 2 >= 1"), "(((dram_bw + letter_io) * 2) >= 1)");
  EXPECT_EQ(tree("((tpp >= 1))"), "(tpp >= 1)");
  EXPECT_EQ(tree("(tpp) >= (1)"), "(tpp >= 1)");
}

TEST(Parser, PutsALimitWrittenFirstBehind) {
  EXPECT_EQ(tree("4800 <= tpp"), "(tpp >= 4800)");
  EXPECT_EQ(tree("1 < 2"), "(2 > 1)");
}

TEST(Parser, AQuotedParenthesisIsText) {
  EXPECT_EQ(tree("(vendor == 'a)b' or dc) and dc"), "((vendor == 'a)b' or dc) and dc)");
}

TEST(Parser, ReadsListsGroupsAndDates) {
  EXPECT_EQ(tree("dest in ['CN', 'HK',]"), "dest in ['CN', 'HK',]");
  EXPECT_EQ(tree("dest not in D5 and date >= '2023-01-17'"),
            "(dest not in D5 and date >= '2023-01-17')");
}

TEST(Parser, KeepsTheSourceOfEveryPart) {
  const auto parsed = parse_predicate("  tpp>=4800   or dest  in D5 ");
  ASSERT_TRUE(parsed);
  std::string parts;
  for (const Node& node : parsed->nodes) {
    parts += std::string(parsed->source_of(node)) + "|";
  }
  EXPECT_EQ(parts, "tpp|4800|tpp>=4800|dest  in D5|tpp>=4800   or dest  in D5|");
}

TEST(Parser, ReportsSyntaxErrorsWhereTheyStand) {
  for (const Expected& e : std::initializer_list<Expected>{
           {"", Code::kPredicateSyntax, 0},
           {"   ", Code::kPredicateSyntax, 3},
           {"tpp >=", Code::kPredicateSyntax, 6},
           {"tpp", Code::kPredicateSyntax, 3},
           {"tpp 4800", Code::kPredicateSyntax, 4},
           {"tpp >= 4800 pd", Code::kPredicateSyntax, 12},
           {"(dc", Code::kPredicateSyntax, 3},
           {"dc)", Code::kPredicateSyntax, 2},
           {"dc and", Code::kPredicateSyntax, 6},
           {"tpp = 4800", Code::kPredicateSyntax, 4},
           {"dest == \"CN\"", Code::kPredicateSyntax, 8},
           {"dest == 'CN", Code::kPredicateSyntax, 8},
           {"dest in 'CN'", Code::kPredicateSyntax, 8},
           {"dest in ['CN' 'HK']", Code::kPredicateSyntax, 14},
           {"dest in ['CN'", Code::kPredicateSyntax, 13},
           {"dest in [CN]", Code::kPredicateSyntax, 9},
           {"dest not == 'CN'", Code::kPredicateSyntax, 9},
           {"dest", Code::kPredicateSyntax, 4},
           {"tpp >= 1e999", Code::kPredicateSyntax, 7},
           {"dc & has_hbm", Code::kPredicateSyntax, 3},
           {"tpp >= -1", Code::kPredicateSyntax, 7},
           {"tpp >= 1 >= 2", Code::kPredicateSyntax, 9},
       }) {
    const auto parsed = parse_predicate(e.text);
    ASSERT_FALSE(parsed) << e.text;
    EXPECT_EQ(parsed.error().error.code, e.code) << e.text;
    EXPECT_EQ(parsed.error().offset, e.offset) << e.text << ": " << parsed.error().error.message;
    EXPECT_GE(parsed.error().length, 1U);
  }
}

TEST(Parser, ReportsAnUnknownNameWithTheNearest) {
  const auto parsed = parse_predicate("dc and tppp >= 4800");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().error.code, Code::kPredicateName);
  EXPECT_EQ(parsed.error().offset, 7U);
  EXPECT_EQ(parsed.error().length, 4U);
  EXPECT_EQ(parsed.error().error.help.front(), "did you mean 'tpp'?");
}

TEST(Parser, ReportsTypesThatDoNotFit) {
  for (const Expected& e : std::initializer_list<Expected>{
           {"dest >= 'CN'", Code::kPredicateType, 12},
           {"dest == 3", Code::kPredicateType, 8},
           {"date in ['2024-01-01']", Code::kPredicateType, 8},
           {"date >= 2024", Code::kPredicateType, 8},
           {"vendor in D5", Code::kPredicateType, 10},
           {"dest in china", Code::kPredicateType, 8},
           {"tpp >= dc", Code::kPredicateType, 7},
           {"tpp + dest >= 3", Code::kPredicateType, 6},
       }) {
    const auto parsed = parse_predicate(e.text);
    ASSERT_FALSE(parsed) << e.text;
    EXPECT_EQ(parsed.error().error.code, e.code) << e.text;
    EXPECT_LE(parsed.error().offset, e.offset) << e.text;
  }
}

TEST(Parser, ReportsADateThatDoesNotExist) {
  const auto parsed = parse_predicate("date >= '2024-02-30'");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().error.code, Code::kBadDate);
  EXPECT_EQ(parsed.error().offset, 8U);
}

TEST(Parser, RefusesVeryLongText) {
  std::string text = "dc";
  while (text.size() < 100000) {
    text += " or dc";
  }
  EXPECT_FALSE(parse_predicate(text));
}

TEST(Parser, ReadsTextAsLongAsTheLimit) {
  std::string text = "dc";
  while (text.size() + 6 <= 8192) {
    text += " or dc";
  }
  EXPECT_TRUE(parse_predicate(text));
}

TEST(Parser, RefusesDeepNesting) {
  EXPECT_FALSE(parse_predicate(std::string(4000, '(') + "dc" + std::string(4000, ')')));
  EXPECT_FALSE(parse_predicate(std::string(4000, '(') + "tpp" + std::string(4000, ')') + " > 1"));
  EXPECT_FALSE(parse_predicate(std::string(4000, '(')));
  std::string nots;
  while (nots.size() < 8000) {
    nots += "not ";
  }
  EXPECT_FALSE(parse_predicate(nots + "dc"));
}

TEST(Parser, RefusesBytesThatAreNoText) {
  for (const std::string& text : {std::string("dc\0", 3), std::string("\xff\xfe"),
                                  std::string("dc and 芯"), std::string(";")}) {
    EXPECT_FALSE(parse_predicate(text));
  }
}

RC_GTEST_PROP(Parser, AnyTextIsReadOrRefusedWithinItsBounds, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "tpp", "dc", "dest", "date", "vendor", "and", "or", "not", "in", "(", ")", "[", "]", ",",
      ">=", "<", "==", "!=", "+", "*", "/", "-", "4800", "1e3", "'CN'", "'2024-01-01'", "'", "D5",
      " ", "x", "\"", "\xff", "."));
  std::string text;
  for (const std::string& piece : pieces) {
    text += piece + " ";
  }
  const auto parsed = parse_predicate(text);
  if (!parsed) {
    RC_ASSERT(parsed.error().offset <= text.size());
    RC_ASSERT(parsed.error().length >= 1U);
    return;
  }
  for (std::size_t i = 0; i < parsed->nodes.size(); ++i) {
    // Children stand in front of their parents.
    RC_ASSERT(parsed->nodes[i].begin <= parsed->nodes[i].end);
    RC_ASSERT(parsed->nodes[i].end <= text.size());
    if (parsed->nodes[i].op == Op::kAnd || parsed->nodes[i].op == Op::kOr) {
      RC_ASSERT(parsed->nodes[i].a < static_cast<int>(i));
      RC_ASSERT(parsed->nodes[i].b < static_cast<int>(i));
    }
  }
}

}  // namespace
}  // namespace redline::rules
