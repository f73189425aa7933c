#include "app/sweep_range.h"

#include <algorithm>
#include <cmath>

namespace redline::app {
namespace {

using data::Node;
using data::NodeKind;

bool is_float(const Node& node) { return node.kind() == NodeKind::kFloat; }

// "2025-01-31" and a month is the last day of February.
Date add_months(Date date, int months) {
  const std::chrono::year_month_day ymd{date};
  const auto month = ymd.year() / ymd.month() + std::chrono::months{months};
  const auto last = month / std::chrono::last;
  return Date{month / std::min(ymd.day(), last.day())};
}

}  // namespace

void RangeReader::bad(std::string why) { reader_.bad_interval(table_, std::move(why)); }

template <class T>
void RangeReader::read_numbers(T from, T to, std::vector<Json>& values) {
  const Node step_node = table_.find("step");
  const Node times_node = table_.find("times");
  const auto amount = [](const Node& node) {
    if constexpr (std::is_integral_v<T>) {
      return node.integer();
    } else {
      return node.number();
    }
  };
  const T step = amount(step_node).value_or(T{1});
  const T times = amount(times_node).value_or(T{2});
  if (step_node && times_node) {
    return bad("a range goes by `step` or by `times`, not by both");
  }
  if ((step_node && !amount(step_node)) || (times_node && !amount(times_node)) || !(step > T{}) ||
      !(times > T{1}) || to < from || (times_node && !(from > T{}))) {
    return bad(
        "a range goes up from `from` to `to`: `step` is above zero, `times` above "
        "one, and with `times` the range begins above zero");
  }
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(from) || !std::isfinite(to) || !std::isfinite(step) ||
        !std::isfinite(times)) {
      return bad("the ends of a range are finite");
    }
  }
  // By number, so that no error adds up; the end may be missed by rounding alone.
  T at = from;
  for (std::size_t i = 1; values.size() < most_; ++i) {
    values.emplace_back(at);
    if constexpr (std::is_integral_v<T>) {
      const bool beyond = times_node ? __builtin_mul_overflow(at, times, &at)
                                     : __builtin_add_overflow(at, step, &at);
      if (beyond || at > to) {
        return;
      }
    } else {
      constexpr double kRounding = 1e-9;
      at = times_node ? from * std::pow(times, static_cast<double>(i))
                      : from + static_cast<double>(i) * step;
      if (at > to + kRounding * (times_node ? to : step)) {
        return;
      }
    }
  }
}

void RangeReader::read(std::vector<Json>& values) {
  const Node from = table_.find("from");
  const Node to = table_.find("to");
  const bool dates = from.kind() == NodeKind::kDate;
  const std::vector<std::string_view> keys =
      dates ? std::vector<std::string_view>{"from", "to", "days", "months"}
            : std::vector<std::string_view>{"from", "to", "step", "times"};
  for (const Node::Entry& entry : table_.entries()) {
    if (std::find(keys.begin(), keys.end(), entry.key) == keys.end()) {
      reader_.unknown_key(entry, "range", keys);
    }
  }
  for (const std::string_view key : {"from", "to"}) {
    if (!table_.find(key)) {
      reader_.missing_key(table_, key, "range", "the first value and the last");
    }
  }
  if (!from || !to) {
    return;
  }
  if (dates) {
    read_dates(from, to, values);
  } else if (from.kind() == NodeKind::kInteger && to.kind() == NodeKind::kInteger &&
             !is_float(table_.find("step")) && !is_float(table_.find("times"))) {
    read_numbers<std::int64_t>(*from.integer(), *to.integer(), values);
  } else if (from.number() && to.number()) {
    read_numbers<double>(*from.number(), *to.number(), values);
  } else {
    reader_.wrong_type(from.number() ? to : from, "a number or a date");
  }
}

void RangeReader::read_dates(const Node& from, const Node& to, std::vector<Json>& values) {
  const auto first = from.date();
  const auto last = to.date();
  const Node days_node = table_.find("days");
  const Node months_node = table_.find("months");
  constexpr std::int64_t kMostStep = 100'000;
  const auto days = days_node ? days_node.integer() : std::optional<std::int64_t>(1);
  const auto months = months_node ? months_node.integer() : std::optional<std::int64_t>(1);
  const bool good = first && last && *first <= *last && days && months && *days >= 1 &&
                    *months >= 1 && *days <= kMostStep && *months <= kMostStep &&
                    !(days_node && months_node);
  if (!good) {
    return bad(
        "a range of dates goes from a date to a later one by `days` or by "
        "`months`, at least 1");
  }
  Date at = *first;
  for (int i = 1; at <= *last && values.size() < most_; ++i) {
    values.emplace_back(format_date(at));
    at = months_node ? add_months(*first, i * static_cast<int>(*months))
                     : at + std::chrono::days{*days};
  }
}

}  // namespace redline::app
