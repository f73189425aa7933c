#include "app/fail_if.h"

#include <gtest/gtest.h>

namespace redline::app {
namespace {

const Json& verdict() {
  static const Json kVerdict = Json::parse(R"({
    "chip": "h20-96gb", "to": "CN", "as_of": "2025-04-16", "outcome": "license-required",
    "review": null, "eccn": "3A090.a", "tpp": 2368, "borderline": false, "licenses_granted": true,
    "flags": ["borderline", "end-use-not-evaluated"], "possible": [],
    "nearest_flip": {"quantity": "tpp", "change_percent": -1.35},
    "tests": [{"quantity": "tpp", "limit": 2400}, {"quantity": "pd", "limit": null}],
    "import_duty_percent": null, "trade": null})");
  return kVerdict;
}

Tri holds(std::string_view text) {
  const auto condition = FailIf::parse(text);
  EXPECT_TRUE(condition) << text;
  const auto value = condition->holds(verdict());
  EXPECT_TRUE(value) << text << ": " << value.error().message;
  return value.value_or(Tri::kUnknown);
}

Error error_of(std::string_view text) {
  const auto condition = FailIf::parse(text);
  if (!condition) {
    return condition.error();
  }
  const auto found = condition->holding(Json::array({verdict()}));
  EXPECT_FALSE(found) << text;
  return found ? Error{} : found.error();
}

TEST(FailIf, ComparesTextsNumbersAndTruths) {
  EXPECT_EQ(holds("outcome==license-required"), Tri::kYes);
  EXPECT_EQ(holds("outcome = 'License-Required'"), Tri::kYes);
  EXPECT_EQ(holds("outcome!=no-license"), Tri::kYes);
  EXPECT_EQ(holds("outcome==no-license"), Tri::kNo);
  EXPECT_EQ(holds("tpp<2400"), Tri::kYes);
  EXPECT_EQ(holds("tpp >= 2368"), Tri::kYes);
  EXPECT_EQ(holds("tpp > 2.368e3"), Tri::kNo);
  EXPECT_EQ(holds("borderline"), Tri::kNo);
  EXPECT_EQ(holds("licenses_granted == true"), Tri::kYes);
  EXPECT_EQ(holds("as_of < 2025-05-01"), Tri::kYes);
  EXPECT_EQ(holds("as_of >= '2025-04-17'"), Tri::kNo);
}

TEST(FailIf, MarginIsTheDistanceToTheNearestFlip) {
  EXPECT_EQ(holds("margin<5"), Tri::kYes);
  EXPECT_EQ(holds("margin==1.35"), Tri::kYes);
  EXPECT_EQ(holds("nearest_flip.change_percent<0"), Tri::kYes);
  const Json none = Json::parse(R"({"nearest_flip": null})");
  EXPECT_EQ(FailIf::parse("margin<5")->holds(none).value(), Tri::kUnknown);
}

TEST(FailIf, HasLooksIntoLists) {
  EXPECT_EQ(holds("flags has borderline"), Tri::kYes);
  EXPECT_EQ(holds("flags has 'BORDERLINE'"), Tri::kYes);
  EXPECT_EQ(holds("flags has embargo"), Tri::kNo);
  EXPECT_EQ(holds("possible has x"), Tri::kNo);
  EXPECT_EQ(holds("tests.quantity has pd"), Tri::kYes);
  EXPECT_EQ(holds("tests.limit has 2400"), Tri::kYes);
  EXPECT_EQ(holds("tests.limit has 7"), Tri::kUnknown);  // one limit is not known
}

TEST(FailIf, UnknownNeverHoldsAndNeitherDoesItsOpposite) {
  for (const char* text : {"review==denial", "review!=denial", "not review==denial",
                           "import_duty_percent<5", "trade.partner==US", "trade has x"}) {
    EXPECT_EQ(holds(text), Tri::kUnknown) << text;
  }
  EXPECT_EQ(holds("review==denial or tpp<3000"), Tri::kYes);
  EXPECT_EQ(holds("review==denial and tpp>3000"), Tri::kNo);
  EXPECT_EQ(holds("review==denial and tpp<3000"), Tri::kUnknown);
}

TEST(FailIf, AndBindsTighterThanOrAndNotTighterThanBoth) {
  EXPECT_EQ(holds("tpp<1 and tpp<1 or tpp>1"), Tri::kYes);
  EXPECT_EQ(holds("tpp<1 and (tpp<1 or tpp>1)"), Tri::kNo);
  EXPECT_EQ(holds("not tpp<1 and tpp>1"), Tri::kYes);
  EXPECT_EQ(holds("not (tpp<1 or tpp>1)"), Tri::kNo);
  EXPECT_EQ(holds("not not borderline"), Tri::kNo);
}

TEST(FailIf, ErrorsPointAtTheirPlace) {
  const struct {
    std::string_view text;
    int column;
    Code code;
  } kWrong[] = {
      {"", 1, Code::kConditionSyntax},
      {"outcome==", 10, Code::kConditionSyntax},
      {"outcome license-required", 9, Code::kConditionSyntax},
      {"(tpp<5", 7, Code::kConditionSyntax},
      {"tpp<5)", 6, Code::kConditionSyntax},
      {"tpp ! 5", 5, Code::kConditionSyntax},
      {"tpp < 'a", 7, Code::kConditionSyntax},
      {"tpp<5 && tpp>1", 7, Code::kConditionSyntax},
      {"and tpp<5", 1, Code::kConditionSyntax},
      {"tpp<viele", 5, Code::kConditionSyntax},
      {"borderline<1", 12, Code::kConditionSyntax},
      {"as_of<2025", 7, Code::kConditionSyntax},
      {"flags==borderline", 8, Code::kConditionSyntax},
      {"outcome has x", 13, Code::kConditionSyntax},
      {"nearest_flip==tpp", 15, Code::kConditionSyntax},
      {"tpp", 1, Code::kConditionSyntax},
      {"tpp<5 or otcome==x", 10, Code::kConditionName},
      {"nearest_flip.frm<5", 1, Code::kConditionName},
      {"'\xE8\x8A\xAF'", 1, Code::kConditionSyntax},
      {"outcome=='\xE8\x8A\xAF' or", 16, Code::kConditionSyntax},
  };
  for (const auto& wrong : kWrong) {
    const Error error = error_of(wrong.text);
    EXPECT_EQ(error.code, wrong.code) << wrong.text;
    ASSERT_TRUE(error.where) << wrong.text;
    EXPECT_EQ(error.where->column, wrong.column) << wrong.text << ": " << error.message;
  }
}

TEST(FailIf, NamesTheNearestField) {
  const Error error = error_of("otcome==x");
  ASSERT_FALSE(error.help.empty());
  EXPECT_EQ(error.help.front(), "did you mean 'outcome'?");
}

TEST(FailIf, AFieldOfATextIsNoField) {
  EXPECT_EQ(error_of("outcome.name==x").code, Code::kConditionName);
  EXPECT_EQ(holds("not outcome.name==x"), Tri::kUnknown);
}

TEST(FailIf, DeepNestingAndLongTextsEndInAnError) {
  EXPECT_FALSE(FailIf::parse(std::string(3000, '(') + "tpp<1"));
  EXPECT_FALSE(FailIf::parse(std::string(5000, 'x')));
  std::string nots;
  for (int i = 0; i < 900; ++i) {
    nots += "not ";
  }
  EXPECT_FALSE(FailIf::parse(nots + "borderline"));
}

TEST(FailIf, FindsEveryResultThatHolds) {
  Json other = verdict();
  other["chip"] = "h100-sxm";
  other["tpp"] = 15831.2;
  const Json all = Json::array({verdict(), other, verdict()});
  EXPECT_EQ(FailIf::parse("tpp<3000")->holding(all).value(), (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(FailIf::parse("tpp<3")->holding(all).value(), (std::vector<std::size_t>{}));
  EXPECT_EQ(FailIf::parse("x<3")->holding(Json::array()).value(), (std::vector<std::size_t>{}));
  EXPECT_EQ(FailIf::name_of(all[1], 1), "h100-sxm");
  EXPECT_EQ(FailIf::name_of(Json::object(), 1), "result 2");
}

}  // namespace
}  // namespace redline::app
