#pragma once
// Charts as inline SVG. Every chart has role="img", a title and a description, scales by its
// viewBox, reads in black and white (shape, hatch and letter besides colour), and follows the light
// or dark colours of the page through CSS variables: --ink, --muted, --paper, --hairline, --neutral
// and
// --series-0 to --series-7. No script, no reference to anything outside. Deterministic.

#include <string>

#include "results/chart.h"

namespace redline::results {

// Points with labels that do not collide, over regions and thresholds, with a legend where there is
// more than one series.
[[nodiscard]] std::string render_svg(const ScatterPlot& plot);

// One row per value: a point with its interval, grouped, beside vertical rules.
[[nodiscard]] std::string render_svg(const DotWhisker& plot);

// Bands of quantiles over steps with their median, panels to one scale.
[[nodiscard]] std::string render_svg(const FanChart& chart);

// How a total comes about: each change a bar from where the one before it ended.
[[nodiscard]] std::string render_svg(const Waterfall& chart);

// Dated events as flags on lanes.
[[nodiscard]] std::string render_svg(const Timeline& timeline);

// One bar per row, cut into spans of a status over time.
[[nodiscard]] std::string render_svg(const IntervalBars& bars);

}  // namespace redline::results
