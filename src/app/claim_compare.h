#pragma once
// What is stated, and how what was found agrees with it.

#include <string>
#include <string_view>
#include <vector>

#include "redline/interval.h"
#include "redline/quantity.h"

#include "app/claims.h"

namespace redline::app {

// A number as an article gives it: "32.16 percent", "> 93 percent". Its digits say how exact it is.
struct StatedNumber {
  enum class Relation : std::uint8_t { kEqual, kAbove, kBelow };
  Measure measure;
  double step = 0.0;  // of the last digit, base units
  Relation relation = Relation::kEqual;
};
[[nodiscard]] Result<StatedNumber> parse_stated(std::string_view text);

// A whole number without a unit: "4".
[[nodiscard]] Result<int> parse_stated_count(std::string_view text);

// One stated number or two (a range) against what was found, in base units. Confirmed: equal when
// rounded to the digits stated. Rounding: off by one in the last digit, at most 2 %, or a stated
// range wider than what was found. Unverifiable: the found range leaves it open. Wrong: the rest.
[[nodiscard]] ClaimVerdict compare_numbers(const std::vector<StatedNumber>& stated,
                                           const Interval<double>& found, Tolerance tolerance);

// A day, month, year or span of two days against one day.
[[nodiscard]] Result<Interval<Date>> parse_stated_dates(const std::vector<std::string>& stated);
[[nodiscard]] ClaimVerdict compare_dates(const Interval<Date>& stated, const Interval<Date>& found);

[[nodiscard]] constexpr ClaimVerdict agree(bool yes) {
  return yes ? ClaimVerdict::kConfirmed : ClaimVerdict::kWrong;
}

// The worse of two verdicts: wrong, then unverifiable, rounding, confirmed.
[[nodiscard]] ClaimVerdict worse(ClaimVerdict a, ClaimVerdict b);

}  // namespace redline::app
