// Verdicts against two lists of cases: tests/data/verdicts.json, published or derived by others
// (design.md says how its codes are read), and tests/data/more_verdicts.json, derived by us from
// the rule texts, each with its reason.
#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "rules/test_rules.h"

namespace redline {
namespace {

using nlohmann::json;

json read_cases(const std::string& name) {
  const auto text = data::read_text_file(std::string(REDLINE_TEST_FILES) + "/" + name);
  RL_CHECK(text.has_value());
  return json::parse(*text);
}

Question question_of(const json& row) {
  Question q;
  q.to = row.at("dest");
  q.hq = row.at("hq");
  q.from = row.value("from", "US");
  q.end_user = row.value("end_user", "");
  q.as_of = test::day(row.at("date").get<std::string>());
  if (row.contains("with")) {
    q.with = row["with"].get<std::vector<std::string>>();
  }
  if (row.contains("set")) {
    for (const auto& [key, value] : row["set"].items()) {
      q.settings.push_back({key, value});
    }
  }
  return q;
}

void expect_required(const Verdict& v, Review review) {
  EXPECT_EQ(name_of(v.outcome), "license-required");
  EXPECT_EQ(name_of(v.review), name_of(review));
}

void expect_code(const Verdict& v, const std::string& code) {
  if (code == "NLR") {
    EXPECT_EQ(name_of(v.outcome), "no-license");
  } else if (code == "NAC" || code == "ACA") {
    EXPECT_EQ(name_of(v.outcome), "license-exception");
    EXPECT_EQ(name_of(v.exception), code);
  } else if (code == "LIC") {
    expect_required(v, Review::kUnstated);
  } else if (code == "LIC_DENY") {
    expect_required(v, Review::kDenial);
  } else if (code == "LIC_CBC") {
    expect_required(v, Review::kCaseByCase);
  } else if (code == "LIC_APPROVE") {
    expect_required(v, Review::kApproval);
  } else if (code == "LIC_GRANTED") {
    EXPECT_EQ(name_of(v.outcome), "license-required");
    EXPECT_TRUE(v.licenses_granted);
  } else if (code == "TARIFF_25") {
    EXPECT_EQ(v.import_duty_percent, 25.0);
  } else if (code == "TARIFF_0") {
    EXPECT_EQ(v.import_duty_percent, 0.0);
  } else if (code == "GP10_RISK") {
    EXPECT_TRUE(test::has_flag(v, "general-prohibition-10"));
  } else if (code == "UNKNOWN") {
    EXPECT_TRUE(v.outcome == Outcome::kUnknown || v.review == Review::kUnknown);
    EXPECT_FALSE(v.unknown_because.empty());
  } else {
    ADD_FAILURE() << "no such code: " << code;
  }
}

// "CASE_BY_CASE" as the engine writes it.
std::string status_of(std::string code) {
  code = to_lower(code);
  std::replace(code.begin(), code.end(), '_', '-');
  return code;
}

void check(const json& row) {
  SCOPED_TRACE(row.dump());
  const Verdict v = test::ask(test::chip(row.at("chip_id").get<std::string>()), question_of(row));
  expect_code(v, row.at("outcome"));
  if (row.contains("eccn")) {
    EXPECT_EQ(v.eccn, row["eccn"].get<std::string>());
  }
  if (row.contains("outcome_dest_side")) {
    EXPECT_EQ(v.destination_side.status, status_of(row["outcome_dest_side"]));
  }
  if (row.contains("flag")) {
    EXPECT_TRUE(test::has_flag(v, row["flag"].get<std::string>()));
  }
  if (row.contains("no_flag")) {
    EXPECT_FALSE(test::has_flag(v, row["no_flag"].get<std::string>()));
  }
  if (row.contains("duty")) {
    EXPECT_EQ(v.import_duty_percent, row["duty"].get<double>());
  }
}

TEST(Oracle, EveryVerdictOfTheReferenceHolds) {
  const json rows = read_cases("verdicts.json");
  EXPECT_EQ(rows.size(), 81U);
  for (const json& row : rows) {
    check(row);
  }
}

TEST(Oracle, EveryFurtherVerdictHolds) {
  const json rows = read_cases("more_verdicts.json");
  EXPECT_GE(rows.size(), 60U);
  for (const json& row : rows) {
    EXPECT_FALSE(row.value("reason", "").empty());
    check(row);
  }
}

}  // namespace
}  // namespace redline
