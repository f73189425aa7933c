// Formulas over figures: values, ratios, growth, ranks.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/claim_formulas.h"

namespace redline::app {
namespace {

const Measure kShare{0.0, Dimension{}, "percent", 0.01};

Finding with_figures(const Case& c) {
  Finding finding;
  for (std::size_t i = 0; i < c.size(); ++i) {
    finding.inputs.push_back(input_of(c.figure(i)));
  }
  return finding;
}

// Figures of one kind, or an error; nothing where one of them is not known.
Result<std::optional<std::vector<Interval<double>>>> values_of(const Case& c) {
  std::vector<Interval<double>> values;
  const Measure* first = nullptr;
  for (std::size_t i = 0; i < c.size(); ++i) {
    const MarketFigure& figure = c.figure(i);
    const auto bounds = figure.bounds();
    if (!bounds) {
      continue;
    }
    if (first != nullptr && !same_kind(*first, figure.measure())) {
      return fail(Code::kWrongUnit, fmt::format("'{}' and '{}' are of different kinds",
                                                c.claim.inputs.front(), figure.id));
    }
    first = first == nullptr ? &figure.measure() : first;
    values.push_back(*bounds);
  }
  if (values.size() != c.size()) {
    return std::optional<std::vector<Interval<double>>>{};
  }
  return std::optional(std::move(values));
}

// In the unit of the first figure, so that working shows the numbers people know.
std::string shown(const Case& c, const Interval<double>& value) {
  const double factor = c.figure(0).measure().factor;
  return value.is_point()
             ? fmt::format("{:.6g}", value.low / factor)
             : fmt::format("({:.6g} to {:.6g})", value.low / factor, value.high / factor);
}

std::optional<Interval<double>> quotient(const Interval<double>& a, const Interval<double>& b) {
  if (b.low <= 0.0 && b.high >= 0.0) {
    return std::nullopt;
  }
  const double ends[] = {a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high};
  return Interval<double>{*std::min_element(std::begin(ends), std::end(ends)),
                          *std::max_element(std::begin(ends), std::end(ends))};
}

// A share of two figures, `moved` after the division.
template <class Move>
Result<Finding> share_of(const Case& c, std::string_view working, const Move& moved) {
  Finding finding = with_figures(c);
  RL_TRY(values, values_of(c));
  if (!values) {
    return finding;
  }
  auto ratio = quotient((*values)[0], (*values)[1]);
  if (!ratio) {
    finding.arithmetic =
        fmt::format("{} / {}: no quotient", shown(c, (*values)[0]), shown(c, (*values)[1]));
    return finding;
  }
  return judge_number(
      c, std::move(finding), kShare, moved(*ratio),
      fmt::format(fmt::runtime(working), shown(c, (*values)[0]), shown(c, (*values)[1])));
}

Result<Finding> run_value(const Case& c) {
  const MarketFigure& figure = c.figure(0);
  if (!figure.known()) {
    return with_figures(c);
  }
  return judge_number(c, with_figures(c), figure.measure(), figure.bounds(), "");
}

Result<Finding> run_span(const Case& c) {
  Finding finding = with_figures(c);
  RL_TRY(values, values_of(c));
  if (!values) {
    return finding;
  }
  Interval<double> all = values->front();
  std::string working;
  for (const Interval<double>& value : *values) {
    all = hull(all, value);
    working += (working.empty() ? "" : ", ") + shown(c, value);
  }
  RL_TRY(judged, judge_number(c, std::move(finding), c.figure(0).measure(), all, ""));
  judged.arithmetic = "from " + working;
  return judged;
}

Result<Finding> run_ratio(const Case& c) {
  return share_of(c, "{} / {}", [](const Interval<double>& r) { return r; });
}
Result<Finding> run_growth(const Case& c) {
  return share_of(c, "{} / {} - 1", [](const Interval<double>& r) {
    return Interval<double>{r.low - 1.0, r.high - 1.0};
  });
}
Result<Finding> run_complement(const Case& c) {
  return share_of(c, "1 - {} / {}", [](const Interval<double>& r) {
    return Interval<double>{1.0 - r.high, 1.0 - r.low};
  });
}

Result<Finding> run_sum(const Case& c) {
  Finding finding = with_figures(c);
  RL_TRY(values, values_of(c));
  if (!values) {
    return finding;
  }
  Interval<double> sum{0.0, 0.0};
  std::string working;
  for (const Interval<double>& value : *values) {
    sum = {sum.low + value.low, sum.high + value.high};
    working += (working.empty() ? "" : " + ") + shown(c, value);
  }
  return judge_number(c, std::move(finding), c.figure(0).measure(), sum, working);
}

// How many of the others are surely, and possibly, larger than the first.
Interval<double> larger_than_first(const std::vector<Interval<double>>& values) {
  Interval<double> count{0.0, 0.0};
  for (std::size_t i = 1; i < values.size(); ++i) {
    count.low += values[i].low > values[0].high ? 1.0 : 0.0;
    count.high += values[i].high > values[0].low ? 1.0 : 0.0;
  }
  return count;
}

Result<Finding> run_rank(const Case& c) {
  Finding finding = with_figures(c);
  RL_TRY(stated, parse_stated_count(c.claim.stated.front()));
  RL_TRY(values, values_of(c));
  if (!values) {
    return finding;
  }
  const Interval<double> above = larger_than_first(*values);
  const Interval<double> rank{above.low + 1.0, above.high + 1.0};
  finding.bounds = rank;
  finding.found =
      rank.is_point() ? fmt::format("{}", rank.low) : fmt::format("{} to {}", rank.low, rank.high);
  finding.arithmetic =
      fmt::format("{} larger than {} = {}", above.low, shown(c, values->front()), finding.found);
  finding.verdict = rank.is_point()
                        ? rank.low == stated ? ClaimVerdict::kConfirmed : ClaimVerdict::kWrong
                    : rank.contains(stated) ? ClaimVerdict::kUnverifiable
                                            : ClaimVerdict::kWrong;
  return finding;
}

Result<Finding> run_maximum(const Case& c) {
  Finding finding = with_figures(c);
  RL_TRY(values, values_of(c));
  if (!values) {
    return finding;
  }
  const Interval<double> above = larger_than_first(*values);
  std::string others;
  for (std::size_t i = 1; i < values->size(); ++i) {
    others += (others.empty() ? "" : ", ") + shown(c, (*values)[i]);
  }
  finding.arithmetic = fmt::format("{} against {}", shown(c, values->front()), others);
  if (!above.is_point()) {
    return finding;
  }
  finding.found = above.low == 0.0 ? "record" : "no record";
  finding.verdict =
      finding.found == c.claim.stated.front() ? ClaimVerdict::kConfirmed : ClaimVerdict::kWrong;
  return finding;
}

}  // namespace

std::vector<Formula> figure_formulas() {
  constexpr Parameter kOne{Param::kFigure};
  constexpr Parameter kMore{Param::kFigure, Repeat::kOnceOrMore};
  return {
      {"value", "The figure itself.", StatedKind::kNumbers, {kOne}, {}, run_value},
      {"span", "The range that the figures cover.", StatedKind::kNumbers, {kMore}, {}, run_span},
      {"ratio", "The first over the second.", StatedKind::kNumbers, {kOne, kOne}, {}, run_ratio},
      {"growth",
       "The first over the second, less one.",
       StatedKind::kNumbers,
       {kOne, kOne},
       {},
       run_growth},
      {"complement",
       "One less the first over the second.",
       StatedKind::kNumbers,
       {kOne, kOne},
       {},
       run_complement},
      {"sum", "All figures together.", StatedKind::kNumbers, {kMore}, {}, run_sum},
      {"rank",
       "The place of the first among all, the largest being 1.",
       StatedKind::kCount,
       {kOne, kMore},
       {},
       run_rank},
      {"maximum",
       "Whether none of the others is larger than the first.",
       StatedKind::kChoice,
       {kOne, kMore},
       {"record", "no record"},
       run_maximum},
  };
}

}  // namespace redline::app
