#pragma once
// What charts of labelled rows over one level axis share: their sizes, the columns of labels and
// texts beside the rows, and the grid with its ticks below.

#include <algorithm>

#include "results/scale.h"
#include "results/svg_canvas.h"

namespace redline::results::row_chart {

inline constexpr double kLabel = 13.0;
inline constexpr double kText = 12.0;
inline constexpr double kTick = 12.5;
inline constexpr double kGroupLabel = 13.5;
inline constexpr double kGroupHead = 27.0;
inline constexpr double kTickSpacing = 46.0;
inline constexpr double kIndent = 12.0;  // of the labels of rows under that of their group

inline constexpr double kDepth = 15.0;  // further in, a level of a tree each

// Where the label of a row begins.
template <class Row>
[[nodiscard]] double indent_of(const Row& row) {
  if constexpr (requires { row.depth; }) {
    return kIndent + kDepth * static_cast<double>(row.depth);
  } else {
    return kIndent;
  }
}

// The most that each column of words may take of the width: half of it where there is little.
[[nodiscard]] inline double share_of_words(double width) { return width < 600.0 ? 0.42 : 0.3; }

// Room for the labels of the rows; `bold(row)`: whether one is.
template <class Chart, class Bold>
[[nodiscard]] double label_width(const Chart& chart, const Bold& bold) {
  double width = 60.0;
  for (const auto& group : chart.groups) {
    for (const auto& row : group.rows) {
      width = std::max(width, indent_of(row) + text_width(row.label, kLabel, bold(row)));
    }
  }
  double most = share_of_words(chart.width);
  if constexpr (requires { chart.label_share; }) {
    most = chart.label_share > 0.0 ? chart.label_share : most;
  }
  return std::min(width, chart.width * most) + 14;
}

// Room for the texts at the right of the rows.
template <class Chart, class Bold>
[[nodiscard]] double text_column(const Chart& chart, const Bold& bold) {
  double width = 0.0;
  for (const auto& group : chart.groups) {
    for (const auto& row : group.rows) {
      width = std::max(width, text_width(row.text, kText, bold(row)));
    }
  }
  return width > 0.0 ? std::min(width, chart.width * share_of_words(chart.width)) + 16 : 14;
}

// Of all rows with the heads of their groups; `row` and `foot` are heights.
template <class Chart>
[[nodiscard]] double rows_height(const Chart& chart, double row, double foot) {
  double height = 0.0;
  for (const auto& group : chart.groups) {
    height += kGroupHead + row * static_cast<double>(group.rows.size()) + foot;
  }
  return height;
}

// Upright lines between `top` and `bottom`, and the ticks below that fit beside each other;
// `zero_is_axis`: bars start there.
void draw_grid(SvgCanvas& canvas, const Scale& scale, double top, double bottom, bool zero_is_axis);
// Axis, its title and the caption below the rows; returns where the chart ends.
double draw_foot(SvgCanvas& canvas, const Axis& axis, const Segment& line,
                 const std::string& caption);

}  // namespace redline::results::row_chart
