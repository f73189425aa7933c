#include "app/claim_compare.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace redline::app {
namespace {

constexpr double kSlack = 1e-9;         // relative: what arithmetic of doubles may add
constexpr double kMostRounding = 0.02;  // relative: beyond it the last digit is no rounding

// The step of the last digit of "17.108e3 …", in the unit of the text.
double last_digit(std::string_view number) {
  int decimals = 0;
  bool after_point = false;
  std::size_t i = 0;
  for (; i < number.size(); ++i) {
    const char c = number[i];
    if (c == '.') {
      after_point = true;
    } else if (c >= '0' && c <= '9') {
      decimals += after_point ? 1 : 0;
    } else if (c != '-' && c != '+') {
      break;
    }
  }
  int exponent = 0;
  if (i < number.size() && (number[i] == 'e' || number[i] == 'E')) {
    std::from_chars(number.data() + i + 1, number.data() + number.size(), exponent);
  }
  return std::pow(10.0, exponent - decimals);
}

struct Nearness {
  bool equal = false;
  bool nearly = false;
};

Nearness nearness(const StatedNumber& stated, double found, Tolerance tolerance) {
  const double s = stated.measure.base;
  const double gap = std::fabs(found - s);
  const double slack = kSlack * std::max(std::fabs(found), std::fabs(s));
  if (tolerance == Tolerance::kExact) {
    return {gap <= slack, false};
  }
  return {gap <= 0.5 * stated.step + slack,
          gap <= 1.5 * stated.step + slack && gap <= kMostRounding * std::fabs(s) + slack};
}

ClaimVerdict as_verdict(const Nearness& near) {
  return near.equal    ? ClaimVerdict::kConfirmed
         : near.nearly ? ClaimVerdict::kRounding
                       : ClaimVerdict::kWrong;
}

ClaimVerdict compare_limit(const StatedNumber& stated, Interval<double> found,
                           Tolerance tolerance) {
  double limit = stated.measure.base;
  if (stated.relation == StatedNumber::Relation::kBelow) {
    limit = -limit;
    found = {-found.high, -found.low};
  }
  if (found.low > limit) {
    return ClaimVerdict::kConfirmed;
  }
  if (found.high > limit) {
    return ClaimVerdict::kUnverifiable;
  }
  StatedNumber end = stated;
  end.measure.base = limit;
  const Nearness near = nearness(end, found.high, tolerance);
  return near.equal || near.nearly ? ClaimVerdict::kRounding : ClaimVerdict::kWrong;
}

ClaimVerdict compare_point(const StatedNumber& stated, const Interval<double>& found,
                           Tolerance tolerance) {
  const Nearness low = nearness(stated, found.low, tolerance);
  const Nearness high = nearness(stated, found.high, tolerance);
  if (found.is_point() || (low.equal && high.equal)) {
    return as_verdict(low);
  }
  if (found.contains(stated.measure.base) || low.equal || high.equal) {
    return ClaimVerdict::kUnverifiable;
  }
  return low.nearly || high.nearly ? ClaimVerdict::kRounding : ClaimVerdict::kWrong;
}

ClaimVerdict compare_range(const StatedNumber& low, const StatedNumber& high,
                           const Interval<double>& found, Tolerance tolerance) {
  const Interval<double> stated{low.measure.base, high.measure.base};
  if (found.is_point() && stated.contains(found.low)) {
    return ClaimVerdict::kConfirmed;
  }
  const ClaimVerdict ends = worse(as_verdict(nearness(low, found.low, tolerance)),
                                  as_verdict(nearness(high, found.high, tolerance)));
  if (found.is_point()) {
    const double end = found.low < stated.low ? stated.low : stated.high;
    return as_verdict(nearness(end == stated.low ? low : high, found.low, tolerance));
  }
  if (ends != ClaimVerdict::kWrong) {
    return ends;
  }
  if (stated.low <= found.low && found.high <= stated.high) {
    return ClaimVerdict::kRounding;
  }
  return found.low <= stated.low && stated.high <= found.high ? ClaimVerdict::kUnverifiable
                                                              : ClaimVerdict::kWrong;
}

}  // namespace

Result<StatedNumber> parse_stated(std::string_view text) {
  StatedNumber stated;
  while (!text.empty() && (text.front() == ' ' || text.front() == '>' || text.front() == '<')) {
    if (text.front() == '>') {
      stated.relation = StatedNumber::Relation::kAbove;
    } else if (text.front() == '<') {
      stated.relation = StatedNumber::Relation::kBelow;
    }
    text.remove_prefix(1);
  }
  RL_TRY(measure, parse_measure(text));
  stated.step = last_digit(text) * measure.factor;
  stated.measure = std::move(measure);
  return stated;
}

Result<int> parse_stated_count(std::string_view text) {
  int count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail(Code::kBadNumber, fmt::format("'{}' is not a whole number", text));
  }
  return count;
}

ClaimVerdict worse(ClaimVerdict a, ClaimVerdict b) {
  static constexpr std::array<int, kClaimVerdicts> kBadness{0, 1, 3, 2, 0};
  return kBadness[static_cast<std::size_t>(a)] < kBadness[static_cast<std::size_t>(b)] ? b : a;
}

ClaimVerdict compare_numbers(const std::vector<StatedNumber>& stated, const Interval<double>& found,
                             Tolerance tolerance) {
  if (stated.size() == 2) {
    return compare_range(stated[0], stated[1], found, tolerance);
  }
  return stated[0].relation == StatedNumber::Relation::kEqual
             ? compare_point(stated[0], found, tolerance)
             : compare_limit(stated[0], found, tolerance);
}

Result<Interval<Date>> parse_stated_dates(const std::vector<std::string>& stated) {
  RL_TRY(first, parse_partial_date(stated.front()));
  RL_TRY(last, parse_partial_date(stated.back()));
  return Interval<Date>{first.earliest(), last.latest()};
}

ClaimVerdict compare_dates(const Interval<Date>& stated, const Interval<Date>& found) {
  if (stated.low <= found.low && found.high <= stated.high) {
    return ClaimVerdict::kConfirmed;
  }
  return found.high < stated.low || stated.high < found.low ? ClaimVerdict::kWrong
                                                            : ClaimVerdict::kUnverifiable;
}

}  // namespace redline::app
