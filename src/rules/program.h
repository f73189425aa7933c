#pragma once
// A predicate specialised to a situation (destination, owner, date …): only facts of the item are
// left, texts are symbols, and evaluation neither allocates nor compares characters.

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "redline/place.h"
#include "redline/tri.h"

#include "rules/predicate.h"

namespace redline::rules {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A text as a number. Two are special.
using Symbol = std::uint16_t;
inline constexpr Symbol kUnknownText = 0;
inline constexpr Symbol kOtherText = 1;  // known, and named by no rule

class SymbolTable {
 public:
  // The symbol of a text that some rule names; ASCII case does not matter.
  Symbol intern(std::string_view text);
  [[nodiscard]] Symbol find(std::string_view text) const;  // kOtherText if no rule names it

 private:
  std::map<std::string, Symbol, std::less<>> symbols_;
};

template <class E>
inline constexpr std::size_t kCountOf = static_cast<std::size_t>(E::kCount);

inline constexpr Interval<double> kUnknownNumber{0.0, kInfinity};

// What is known of an item, in the units of kNames. A known number is a point.
struct ItemFacts {
  std::array<Interval<double>, kCountOf<Number>> number;
  std::array<Tri, kCountOf<Boolean>> boolean;
  std::array<Symbol, kCountOf<Text>> text;

  ItemFacts() {
    number.fill(kUnknownNumber);
    boolean.fill(Tri::kUnknown);
    text.fill(kUnknownText);
  }
  [[nodiscard]] Interval<double>& operator[](Number n) {
    return number[static_cast<std::size_t>(n)];
  }
  [[nodiscard]] const Interval<double>& operator[](Number n) const {
    return number[static_cast<std::size_t>(n)];
  }
  [[nodiscard]] Tri& operator[](Boolean b) { return boolean[static_cast<std::size_t>(b)]; }
  [[nodiscard]] Tri operator[](Boolean b) const { return boolean[static_cast<std::size_t>(b)]; }
  [[nodiscard]] Symbol& operator[](Text t) { return text[static_cast<std::size_t>(t)]; }
  [[nodiscard]] Symbol operator[](Text t) const { return text[static_cast<std::size_t>(t)]; }
};

// The circumstances of a transaction.
struct Situation {
  std::string dest;
  std::string hq;
  std::string export_from = "US";
  std::string end_user;  // empty: not named, taken as one that no rule names
  std::string exporter_role = "vendor";
  std::string form = "part";
  Date date{};
};

struct Program {
  enum class Step : std::uint8_t {
    kConstant,
    kAnd,
    kOr,
    kNot,
    kBoolean,
    kCompareLimit,
    kCompare,
    kTextIn,
    kNumberName,
    kNumber,
    kAdd,
    kSub,
    kMul,
    kDiv,
  };
  struct Instruction {
    Step step = Step::kConstant;
    Compare compare = Compare::kEq;
    Tri value = Tri::kUnknown;
    bool negated = false;
    std::uint8_t index = 0;       // of the number, boolean or text
    std::int32_t a = -1, b = -1;  // operands, or symbols [a, b)
    double number = 0.0;
  };
  std::vector<Instruction> code;  // the last instruction is the root; empty: always true
  std::vector<Symbol> symbols;

  [[nodiscard]] bool is_constant(Tri value) const {
    return code.empty() ? value == Tri::kYes
                        : code.back().step == Step::kConstant && code.back().value == value;
  }
};

// Precondition: every group that the predicate names exists, and its texts are interned.
[[nodiscard]] Program specialise(const Predicate& predicate, const Situation& situation,
                                 const Geography& geography, const SymbolTable& symbols);

// The same for one node of the predicate and what is below it, for traces.
[[nodiscard]] Program specialise_node(const Predicate& predicate, int node,
                                      const Situation& situation, const Geography& geography,
                                      const SymbolTable& symbols);

[[nodiscard]] Tri evaluate(const Program& program, const ItemFacts& facts);

// The interval order of a comparison; unknown where the intervals overlap.
[[nodiscard]] inline Tri compare(Interval<double> a, Compare compare, Interval<double> b) {
  const auto at_least = [](const Interval<double>& x, const Interval<double>& y) {
    return x.low >= y.high ? Tri::kYes : x.high < y.low ? Tri::kNo : Tri::kUnknown;
  };
  const auto above = [](const Interval<double>& x, const Interval<double>& y) {
    return x.low > y.high ? Tri::kYes : x.high <= y.low ? Tri::kNo : Tri::kUnknown;
  };
  const auto equal = [](const Interval<double>& x, const Interval<double>& y) {
    if (x.is_point() && y.is_point()) {
      return to_tri(x.low == y.low);
    }
    return x.high < y.low || y.high < x.low ? Tri::kNo : Tri::kUnknown;
  };
  switch (compare) {
    case Compare::kGe:
      return at_least(a, b);
    case Compare::kGt:
      return above(a, b);
    case Compare::kLe:
      return at_least(b, a);
    case Compare::kLt:
      return above(b, a);
    case Compare::kEq:
      return equal(a, b);
    case Compare::kNe:
      return !equal(a, b);
  }
  return Tri::kUnknown;
}

// Limits with which single numbers are compared, for boundaries and flips.
struct Limit {
  Number number;
  Compare compare;
  double value;
};
void collect_limits(const Program& program, std::vector<Limit>& limits);
// Limits on the sum of two numbers.
struct SumLimit {
  Number a, b;
  double value;
};
void collect_sum_limits(const Program& program, std::vector<SumLimit>& limits);
// Moves such limits of this value; all at once, so that none is taken for one that has moved.
template <class L>
struct Moved {
  L limit;
  double to = 0.0;
};
void move_limits(Program& program, const std::vector<Moved<Limit>>& moved);
void move_sum_limits(Program& program, const std::vector<Moved<SumLimit>>& moved);

}  // namespace redline::rules
