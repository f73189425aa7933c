#include "results/scale.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "results/table.h"

namespace redline::results {
namespace {

constexpr double kSlack = 1e-9;  // relative, so that a tick on the end of the axis counts
constexpr int kMostTicks = 200;

// 1, 2 or 5 times a power of ten, not below `least`.
double nice_step(double least) {
  const double power = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (power * factor >= least * (1.0 - kSlack)) {
      return power * factor;
    }
  }
  return power * 10.0;
}

std::string grouped(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  for (int at = static_cast<int>(digits.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

}  // namespace

Scale::Scale(const Axis& axis, double from_px, double to_px)
    : min_(axis.min), max_(axis.max), log_(axis.log), from_px_(from_px), to_px_(to_px) {}

double Scale::transform(double value) const {
  if (!log_) {
    return value;
  }
  return value > 0 ? std::log10(value) : -std::numeric_limits<double>::infinity();
}

double Scale::px(double value) const {
  if (std::isnan(value)) {
    return value;
  }
  const double low = transform(min_);
  const double share = (transform(value) - low) / (transform(max_) - low);
  return from_px_ + std::clamp(share, -1.0, 2.0) * (to_px_ - from_px_);
}

bool Scale::contains(double value) const {
  const double slack = kSlack * std::max(std::abs(min_), std::abs(max_));
  return value >= min_ - slack && value <= max_ + slack;
}

std::vector<Tick> Scale::ticks(double spacing) const {
  return log_ ? log_ticks(spacing) : linear_ticks(spacing);
}

std::vector<Tick> Scale::linear_ticks(double spacing) const {
  const double length = std::abs(to_px_ - from_px_);
  const double step = nice_step((max_ - min_) * spacing / length);
  std::vector<Tick> ticks;
  const double first = std::ceil(min_ / step - kSlack);
  for (int i = 0; i < kMostTicks; ++i) {
    const double value = (first + i) * step;
    if (!contains(value)) {
      break;
    }
    ticks.push_back({value, tick_text(value), true});
  }
  return ticks;
}

std::vector<Tick> Scale::log_ticks(double spacing) const {
  const double decades = std::log10(max_ / min_);
  const double decade_px = std::abs(to_px_ - from_px_) / decades;
  // Labelled multiples of a power of ten, densest first; the narrowest gap decides whether they
  // fit.
  struct Choice {
    std::array<bool, 10> labelled;
    double gap;  // decades
  };
  static constexpr double kOneTwo = 0.301;  // log10(2)
  static constexpr std::array<Choice, 3> kChoices{{
      {{false, true, true, false, false, true, false, false, false, false}, kOneTwo},
      {{false, true, false, true, false, false, false, false, false, false}, 0.477},
      {{false, true, false, false, false, false, false, false, false, false}, 1.0},
  }};
  const auto* choice = std::find_if(kChoices.begin(), kChoices.end() - 1,
                                    [&](const Choice& c) { return c.gap * decade_px >= spacing; });
  const int every = std::max(1, static_cast<int>(std::ceil(spacing / decade_px)));
  std::vector<Tick> ticks;
  const int last = static_cast<int>(std::floor(std::log10(max_) + kSlack));
  for (int power = static_cast<int>(std::floor(std::log10(min_))); power <= last; ++power) {
    for (std::size_t multiple = 1; multiple < 10; ++multiple) {
      const double value = static_cast<double>(multiple) * std::pow(10.0, power);
      const bool major = choice->labelled[multiple] && power % every == 0;
      if (contains(value) && (major || every == 1)) {
        ticks.push_back({value, major ? tick_text(value) : "", major});
      }
    }
  }
  const auto majors =
      std::count_if(ticks.begin(), ticks.end(), [](const Tick& t) { return t.major; });
  // Less than a decade: the round numbers of a linear axis serve better.
  return majors < 3 && decades < 1.0 ? linear_ticks(spacing) : ticks;
}

Axis resolve_axis(Axis axis, const std::vector<double>& values) {
  const bool usable = std::isfinite(axis.min) && std::isfinite(axis.max) && axis.min < axis.max;
  if (usable && (!axis.log || axis.min > 0)) {
    return axis;
  }
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : values) {
    if (std::isfinite(value) && (!axis.log || value > 0)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (low > high) {
    low = high = 1.0;
  }
  if (axis.log) {
    axis.min = low / 1.5;
    axis.max = high * 1.5;
    return axis;
  }
  const double margin = high > low ? (high - low) * 0.06 : std::max(1.0, std::abs(high) * 0.5);
  axis.min = low >= 0 && low < margin * 4 ? 0.0 : low - margin;
  axis.max = high + margin;
  return axis;
}

std::string axis_title(const Axis& axis) {
  return axis.unit.empty() ? axis.label : fmt::format("{} ({})", axis.label, axis.unit);
}

std::string tick_text(double value) {
  const double size = std::abs(value);
  if (size >= 1e12 || (size > 0 && size < 1e-4)) {
    return format_number(value, 3);
  }
  if (size >= 1e9) {
    return format_number(value / 1e9, 4) + "bn";
  }
  if (size >= 1e6) {
    return format_number(value / 1e6, 4) + "M";
  }
  if (size >= 1e4 && std::fmod(value, 100.0) == 0.0) {
    return format_number(value / 1e3, 4) + "k";
  }
  return size >= 1e3 && std::fmod(value, 1.0) == 0.0 ? grouped(value) : format_number(value, 6);
}

std::vector<Tick> day_ticks(double first_day, double last_day, std::size_t most) {
  using std::chrono::days;
  using std::chrono::sys_days;
  const auto at = [](double day) {
    // Within what year_month_day can hold.
    return sys_days{days{static_cast<int>(std::clamp(std::floor(day), -7e5, 7e5))}};
  };
  const std::chrono::year_month_day first{at(first_day)};
  const auto months = static_cast<std::size_t>(std::max(0.0, (last_day - first_day) / 30.44));
  static constexpr std::array<unsigned, 9> kSteps{1, 3, 6, 12, 24, 60, 120, 240, 600};
  unsigned step = kSteps.back();
  for (const unsigned candidate : kSteps) {
    if (months / candidate <= most) {
      step = candidate;
      break;
    }
  }
  const int step_months = static_cast<int>(step);
  int month = static_cast<int>(first.year()) * 12 + static_cast<int>(unsigned(first.month())) - 1;
  month = month / step_months * step_months;
  std::vector<Tick> ticks;
  for (int i = 0; i < kMostTicks; ++i, month += step_months) {
    const std::chrono::year year{month / 12};
    const std::chrono::month of_year{static_cast<unsigned>(month % 12 + 1)};
    const auto day = static_cast<double>(sys_days{year / of_year / 1}.time_since_epoch().count());
    if (day > last_day) {
      break;
    }
    if (day >= first_day) {
      const std::string text = step >= 12 ? fmt::format("{}", static_cast<int>(year))
                                          : fmt::format("{}-{:02}", static_cast<int>(year),
                                                        static_cast<unsigned>(of_year));
      ticks.push_back({day, text, true});
    }
  }
  return ticks;
}

}  // namespace redline::results
