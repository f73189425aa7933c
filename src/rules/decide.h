#pragma once
// The decision: rules specialised to a situation, and the outcome for any number of items under
// them. `decide` is a pure function on plain structs; a search may call it millions of times.

#include <cstdint>
#include <string>
#include <vector>

#include "rules/rule_book.h"

namespace redline::rules {

// Points into the book: which clause a specialised one came from.
struct ClauseRef {
  std::uint16_t instrument = 0;
  std::uint16_t version = 0;
  std::uint16_t clause = 0;
};

struct ActiveTest {
  ClauseRef ref;
  Standing standing = Standing::kBinding;
  std::uint32_t item = 0;  // bit
  Program when;
  Program unless;
  std::vector<Symbol> addressees;  // of a letter; empty: everybody
};
struct ActiveLicense {
  ClauseRef ref;
  Standing standing = Standing::kBinding;
  std::uint32_t items = 0;
  bool letter = false;
  bool scope_known = true;
  Program where;
};
struct ActiveReview {
  ClauseRef ref;
  std::uint32_t items = 0;
  Review policy = Review::kUnstated;
  Program when;
};
struct ActiveException {
  ClauseRef ref;
  std::uint32_t items = 0;
  LicenseException name = LicenseException::kNone;
  Program when;
};

// The rules of one situation. Reviews and exceptions stand newest first: the later rule prevails.
struct ActiveRules {
  std::vector<ActiveTest> tests;
  std::vector<ActiveLicense> licenses;
  std::vector<ActiveReview> reviews;
  std::vector<ActiveException> exceptions;
};

[[nodiscard]] ActiveRules activate(const RuleBook& book, const Situation& situation,
                                   const std::vector<std::string>& with);

inline constexpr std::int16_t kNoClause = -1;

struct Decision {
  Outcome outcome = Outcome::kNoLicense;
  Review review = Review::kNone;
  LicenseException exception = LicenseException::kNone;
  bool text_not_enforced = false;     // required by a text in force that is not enforced
  bool text_not_yet_due = false;      // required by a text whose compliance date is to come
  bool not_addressed = false;         // would be caught by a letter that does not address its maker
  std::uint32_t caught = 0;           // bits of items that surely hold, under binding tests
  std::uint32_t possibly_caught = 0;  // or may hold
  // Indices into ActiveRules of the clauses that decide; kNoClause where none does.
  std::int16_t license = kNoClause;
  std::int16_t review_clause = kNoClause;
  std::int16_t exception_clause = kNoClause;
  std::uint8_t item = 0;  // tag under which it is decided

  // What a person would call the same answer.
  [[nodiscard]] bool same_answer(const Decision& other) const {
    return outcome == other.outcome && review == other.review && exception == other.exception;
  }
};

// Limits of tests that some binding license refers to: where answers can turn.
struct BindingLimits {
  std::vector<Limit> on_one;
  std::vector<SumLimit> on_sums;
};
[[nodiscard]] BindingLimits binding_limits(const ActiveRules& rules);

[[nodiscard]] Decision decide(const ActiveRules& rules, const ItemFacts& facts);

// How surely each item tag holds; `standing` at least as given counts.
struct CaughtItems {
  std::uint32_t yes = 0;
  std::uint32_t maybe = 0;  // yes or unknown
  bool not_addressed = false;
};
[[nodiscard]] CaughtItems caught_items(const ActiveRules& rules, const ItemFacts& facts,
                                       bool binding_only);

}  // namespace redline::rules
