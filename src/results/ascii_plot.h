#pragma once
// A scatter plot in plain characters, for a terminal.

#include <string>

#include "results/chart.h"

namespace redline::results {

struct AsciiOptions {
  int width = 80;   // cells, at least 40
  int height = 24;  // lines of the plot area, at least 8
};

// Points as one letter per series (capital where emphasised), labels of emphasised points where
// they fit, regions dotted, thresholds as lines, a key below. No line is wider than `width`.
[[nodiscard]] std::string render_ascii(const ScatterPlot& plot, const AsciiOptions& options = {});

}  // namespace redline::results
