#include "rules/legal_map.h"

#include <algorithm>
#include <set>

#include "rules/decide.h"
#include "rules/facts.h"

namespace redline::rules {
namespace {

// The middle of a cell as far as answers go: its answer is the same everywhere inside.
double inside(Interval<double> cell) {
  return cell.high == kInfinity ? cell.low * 2.0 + 1.0 : (cell.low + cell.high) / 2.0;
}

std::vector<Interval<double>> intervals_between(const std::set<double>& edges) {
  std::vector<Interval<double>> cells;
  double low = 0.0;
  for (const double edge : edges) {
    if (edge > low) {
      cells.push_back({low, edge});
      low = edge;
    }
  }
  cells.push_back({low, kInfinity});
  return cells;
}

}  // namespace

Result<LegalPlane> legal_plane(const Rules& rule_set, const Question& question,
                               const Chip& prototype, Number x, Number y) {
  const RuleBook& book = rule_set.book();
  RL_TRY(situation, situation_of(question));
  RL_TRY(sheet, item_sheet(prototype, book.symbols(), question.as_of, question.settings));
  const ActiveRules active = activate(book, situation, question.with);
  const auto [limits, sums] = binding_limits(active);
  LegalPlane plane;
  std::set<double> x_edges, y_edges;
  for (const Limit& limit : limits) {
    if (limit.number == x) {
      x_edges.insert(limit.value);
    }
    if (limit.number == y) {
      y_edges.insert(limit.value);
    }
  }
  for (const double edge : x_edges) {
    plane.limits.push_back({true, false, edge});
  }
  for (const double edge : y_edges) {
    plane.limits.push_back({false, true, edge});
  }
  for (const SumLimit& sum : sums) {
    if ((sum.a == x && sum.b == y) || (sum.a == y && sum.b == x)) {
      plane.limits.push_back({true, true, sum.value});
    }
  }
  for (const Interval<double> column : intervals_between(x_edges)) {
    for (const Interval<double> row : intervals_between(y_edges)) {
      ItemFacts facts = sheet.facts;
      // The two are set as they are: in this plane pd does not follow from tpp.
      set_number(facts, x, {inside(column), inside(column)}, true);
      set_number(facts, y, {inside(row), inside(row)}, true);
      const Decision decision = decide(active, facts);
      plane.cells.push_back({column, row, decision.outcome, decision.exception});
    }
  }
  return plane;
}

}  // namespace redline::rules
