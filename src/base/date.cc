#include "redline/date.h"

#include <charconv>

#include <fmt/format.h>

namespace redline {
namespace {

namespace chr = std::chrono;

// Exactly `size` digits at the front of `text`; consumes them.
std::optional<int> take_digits(std::string_view& text, std::size_t size) {
  if (text.size() < size) {
    return std::nullopt;
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + size, value);
  if (error != std::errc{} || end != text.data() + size || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(size);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

tl::unexpected<Error> bad_date(std::string_view text) {
  return fail(Code::kBadDate, fmt::format("'{}' is not a date", text),
              {"write a calendar date as YYYY-MM-DD, for example 2025-04-17"});
}

}  // namespace

Result<PartialDate> parse_partial_date(std::string_view text) {
  std::string_view rest = text;
  PartialDate date;
  const auto year = take_digits(rest, 4);
  if (!year || *year < 1900) {
    return bad_date(text);
  }
  date.year = *year;
  if (rest.empty()) {
    return date;
  }
  const auto month = take(rest, '-') ? take_digits(rest, 2) : std::nullopt;
  if (!month || *month < 1 || *month > 12) {
    return bad_date(text);
  }
  date.month = static_cast<unsigned>(*month);
  if (rest.empty()) {
    return date;
  }
  const auto day = take(rest, '-') ? take_digits(rest, 2) : std::nullopt;
  if (!day || *day < 1 || !rest.empty()) {
    return bad_date(text);
  }
  date.day = static_cast<unsigned>(*day);
  const chr::year_month_day ymd{chr::year{date.year}, chr::month{date.month}, chr::day{date.day}};
  if (!ymd.ok()) {
    return bad_date(text);
  }
  return date;
}

Result<Date> parse_date(std::string_view text) {
  auto partial = parse_partial_date(text);
  if (!partial || partial->day == 0) {
    return bad_date(text);
  }
  return partial->earliest();
}

Date PartialDate::earliest() const {
  return make_date(year, month == 0 ? 1 : month, day == 0 ? 1 : day);
}

Date PartialDate::latest() const {
  const chr::month last_month{month == 0 ? 12U : month};
  if (day != 0) {
    return make_date(year, month, day);
  }
  return chr::sys_days{chr::year{year} / last_month / chr::last};
}

std::string format_date(Date date) {
  const chr::year_month_day ymd{date};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
}

std::string format_date(const PartialDate& date) {
  if (date.month == 0) {
    return fmt::format("{:04}", date.year);
  }
  if (date.day == 0) {
    return fmt::format("{:04}-{:02}", date.year, date.month);
  }
  return format_date(date.earliest());
}

Result<DateRange> parse_date_range(std::string_view text) {
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) {
    return fail(Code::kBadDate, fmt::format("'{}' is not a range of dates", text),
                {"write two dates with two dots between, for example 2022-10-07..2023-11-17"});
  }
  RL_TRY(first, parse_date(text.substr(0, dots)));
  RL_TRY(last, parse_date(text.substr(dots + 2)));
  if (last < first) {
    return fail(Code::kBadDate, fmt::format("'{}' ends before it begins", text),
                {fmt::format("write {}..{}", format_date(last), format_date(first))});
  }
  return DateRange{first, last};
}

}  // namespace redline
