#pragma once
// Predicates of rules: parsed once, specialised to a question, evaluated millions of times.
//
//   tpp >= 4800 or (tpp >= 1600 and pd >= 5.92)
//   dest != 'US' and (dest in D5 or hq == 'MO')
//
// Logic is three-valued (Kleene); a number is an interval, so a value known only within bounds
// decides whatever its bounds decide.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redline/date.h"
#include "redline/error.h"
#include "redline/interval.h"
#include "redline/tri.h"

#include "rules/quantities.h"

namespace redline::rules {

enum class Compare : std::uint8_t { kEq, kNe, kLt, kLe, kGt, kGe };
[[nodiscard]] std::string_view symbol(Compare compare);

enum class Op : std::uint8_t {
  kConstant,  // Tri in `value`
  kAnd,
  kOr,
  kNot,            // children a, b
  kBoolean,        // name
  kCompareNumber,  // children a, b are arithmetic; compare
  kCompareDate,    // circumstance date; compare; day number in `number`
  kTextIn,         // name; literals [a, b) of the text list
  kInGroup,        // name (a place); literal a is the group id
  kNumberName,
  kNumber,
  kAdd,
  kSub,
  kMul,
  kDiv,  // arithmetic
};

struct Node {
  Op op = Op::kConstant;
  Compare compare = Compare::kEq;
  Tri value = Tri::kUnknown;
  bool negated = false;              // for kTextIn and kInGroup: "not in", "!="
  std::uint8_t name = 0;             // index into kNames
  std::uint16_t begin = 0, end = 0;  // characters of the source text, for traces and errors
  std::int32_t a = -1, b = -1;
  double number = 0.0;
};

// A parsed predicate. Nodes refer to each other by index; the last one is the root.
struct Predicate {
  std::string text;
  std::vector<Node> nodes;
  std::vector<std::string> literals;  // texts and group ids, in order of appearance

  [[nodiscard]] bool empty() const { return nodes.empty(); }
  [[nodiscard]] int root() const { return static_cast<int>(nodes.size()) - 1; }
  [[nodiscard]] std::string_view source_of(const Node& node) const {
    return std::string_view(text).substr(node.begin, node.end - node.begin);
  }
};

// Where in the text an error stands.
struct PredicateError {
  Error error;
  std::size_t offset = 0;
  std::size_t length = 1;
};

// Errors: kPredicateSyntax, kPredicateName, kPredicateType, with offset into the text.
[[nodiscard]] tl::expected<Predicate, PredicateError> parse_predicate(std::string_view text);

}  // namespace redline::rules
