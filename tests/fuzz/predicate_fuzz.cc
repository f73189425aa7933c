// Any text as a predicate. Errors lie inside it. A parsed one reads the same again from its own
// text; each of its nodes reads the same from its own stretch of text; and knowing more never
// turns a settled answer: what bounds decide, every value within the bounds decides alike.

#include <array>
#include <cmath>

#include "fuzz/invariants.h"
#include "fuzz/small_world.h"
#include "rules/program.h"

using namespace redline;
using rules::ItemFacts;
using rules::Predicate;

namespace {

bool same(const Predicate& a, const Predicate& b) {
  if (a.literals != b.literals || a.nodes.size() != b.nodes.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.nodes.size(); ++i) {
    const rules::Node& x = a.nodes[i];
    const rules::Node& y = b.nodes[i];
    if (x.op != y.op || x.compare != y.compare || x.negated != y.negated || x.name != y.name ||
        x.begin != y.begin || x.end != y.end || x.a != y.a || x.b != y.b || x.number != y.number) {
      return false;
    }
  }
  return true;
}

void check_nodes(const Predicate& predicate) {
  RL_CHECK(!predicate.empty());
  for (int i = 0; i <= predicate.root(); ++i) {
    const rules::Node& node = predicate.nodes[static_cast<std::size_t>(i)];
    RL_CHECK(node.begin < node.end && node.end <= predicate.text.size());
    RL_CHECK(!predicate.source_of(node).empty());
    const bool has_children = node.op == rules::Op::kAnd || node.op == rules::Op::kOr ||
                              node.op == rules::Op::kCompareNumber;
    if (has_children) {
      RL_CHECK(node.a >= 0 && node.a < i && node.b >= 0 && node.b < i);
    }
  }
}

ItemFacts within_bounds() {
  ItemFacts facts;
  double low = 0.0;
  for (Interval<double>& number : facts.number) {
    number = {low, low + 1000.0};
    low += 500.0;
  }
  return facts;
}

ItemFacts at(const ItemFacts& bounds, double share) {
  ItemFacts facts = bounds;
  for (Interval<double>& number : facts.number) {
    const double value = std::isfinite(number.high)
                             ? number.low + share * (number.high - number.low)
                             : share * 5000.0;
    number = {value, value};
  }
  facts.boolean.fill(share < 0.5 ? Tri::kNo : Tri::kYes);
  facts.text.fill(share < 0.5 ? rules::kOtherText : rules::Symbol{2});
  return facts;
}

void check_evaluation(const Predicate& predicate) {
  const Geography geography = fuzz::small_geography();
  for (const rules::Node& node : predicate.nodes) {
    if (node.op == rules::Op::kInGroup &&
        geography.find_group(predicate.literals[static_cast<std::size_t>(node.a)]) == nullptr) {
      return;  // the loader refuses it
    }
  }
  rules::SymbolTable symbols;
  for (const std::string& literal : predicate.literals) {
    symbols.intern(literal);
  }
  const rules::Program program =
      rules::specialise(predicate, fuzz::small_situation(), geography, symbols);
  std::vector<rules::Limit> limits;
  rules::collect_limits(program, limits);
  for (const ItemFacts& vague : {ItemFacts{}, within_bounds()}) {
    const Tri answer = rules::evaluate(program, vague);
    for (const double share : {0.0, 0.25, 0.5, 1.0}) {
      const Tri sharp = rules::evaluate(program, at(vague, share));
      RL_CHECK(answer == Tri::kUnknown || sharp == answer);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto parsed = rules::parse_predicate(text);
  if (!parsed) {
    const rules::PredicateError& problem = parsed.error();
    RL_CHECK(problem.offset <= text.size() && problem.length >= 1);
    RL_CHECK(problem.offset + problem.length <= text.size() + 1);
    fuzz::check_error(problem.error, text);
    return 0;
  }
  check_nodes(*parsed);
  const auto again = rules::parse_predicate(parsed->text);
  RL_CHECK(again.has_value() && same(*parsed, *again));
  check_evaluation(*parsed);
  return 0;
}
