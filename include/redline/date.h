#pragma once
// Calendar dates. Redline never asks what day it is: every date comes from data or from the caller.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "redline/error.h"

namespace redline {

using Date = std::chrono::sys_days;

[[nodiscard]] constexpr Date make_date(int year, unsigned month, unsigned day) {
  return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
}

// Strict ISO 8601 calendar date: "2025-04-17".
[[nodiscard]] Result<Date> parse_date(std::string_view text);
[[nodiscard]] std::string format_date(Date date);

// A date known to the year, the month or the day: "2024", "2024-02", "2024-02-15".
struct PartialDate {
  int year = 0;
  unsigned month = 0;  // 0: not known
  unsigned day = 0;    // 0: not known

  [[nodiscard]] Date earliest() const;
  [[nodiscard]] Date latest() const;
  friend constexpr bool operator==(const PartialDate&, const PartialDate&) = default;
};

[[nodiscard]] Result<PartialDate> parse_partial_date(std::string_view text);
[[nodiscard]] std::string format_date(const PartialDate& date);

// A closed interval of days, "2022-10-07..2023-11-17".
struct DateRange {
  Date first;
  Date last;
};
[[nodiscard]] Result<DateRange> parse_date_range(std::string_view text);

}  // namespace redline
