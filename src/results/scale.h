#pragma once
// Axes: data units to pixels, and ticks where a person would put them.

#include <string>
#include <vector>

#include "results/chart.h"

namespace redline::results {

struct Tick {
  double value = 0.0;
  std::string text;
  bool major = true;  // a minor tick has no text
};

// A mapping of [min, max] onto [from, to] pixels, either way round.
class Scale {
 public:
  // Needs min < max, and min > 0 where log; `resolve_axis` sees to it.
  Scale(const Axis& axis, double from_px, double to_px);

  // Where a value lies, px; values outside land outside by at most the length of the axis, so that
  // infinities and zero on a log axis stay drawable. NaN stays NaN.
  [[nodiscard]] double px(double value) const;
  [[nodiscard]] bool contains(double value) const;
  // Ticks at least `spacing` pixels apart, ascending.
  [[nodiscard]] std::vector<Tick> ticks(double spacing) const;

 private:
  [[nodiscard]] double transform(double value) const;
  [[nodiscard]] std::vector<Tick> log_ticks(double spacing) const;
  [[nodiscard]] std::vector<Tick> linear_ticks(double spacing) const;

  double min_;
  double max_;
  bool log_;
  double from_px_;
  double to_px_;
};

// The axis with a usable range: its own, or one around `values`.
[[nodiscard]] Axis resolve_axis(Axis axis, const std::vector<double>& values);

// "Amount (GUSD)".
[[nodiscard]] std::string axis_title(const Axis& axis);

// "0.5", "1,000", "10k", "2.5M"
[[nodiscard]] std::string tick_text(double value);

// Years, or months where the span is short, between two days since 1970: "2024", "2024-07".
[[nodiscard]] std::vector<Tick> day_ticks(double first_day, double last_day, std::size_t most);

}  // namespace redline::results
