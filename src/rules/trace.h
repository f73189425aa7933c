#pragma once
// The working: every clause in force that bears on the question, with the comparisons in it.

#include <vector>

#include "redline/verdict.h"

#include "rules/decide.h"
#include "rules/facts.h"

namespace redline::rules {

// Everything one question is answered with.
struct Case {
  const RuleBook* book = nullptr;
  const Situation* situation = nullptr;
  const std::vector<std::string>* with = nullptr;
  const ItemSheet* sheet = nullptr;
  const ActiveRules* rules = nullptr;
  const Decision* decision = nullptr;
};

struct Working {
  std::vector<ComparisonLine> tests;
  std::vector<TraceClause> trace;  // empty unless asked for
};

[[nodiscard]] Working work_out(const Case& c, bool with_trace);

// The number of a clause's item facts as a line of the table of comparisons.
[[nodiscard]] std::vector<ComparisonLine> comparisons(const Predicate& predicate, const Case& c,
                                                      const Instrument& instrument,
                                                      const std::string& paragraph);

// The ECCN that a test gives to the item in the form in which it goes: of the part itself, of an
// assembly that holds it, or of the technology for it.
[[nodiscard]] const std::string& eccn_of(const TestClause& test, ItemForm form);
[[nodiscard]] ItemForm form_of(const Situation& situation);

[[nodiscard]] Tri holds(const Predicate& predicate, const Case& c);

}  // namespace redline::rules
