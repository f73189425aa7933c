#include "results/row_chart.h"

namespace redline::results::row_chart {

void draw_grid(SvgCanvas& canvas, const Scale& scale, double top, double bottom,
               bool zero_is_axis) {
  double reach = -1e9;  // right end of the last tick label
  for (const Tick& tick : scale.ticks(kTickSpacing)) {
    const double x = scale.px(tick.value);
    canvas.line({x, top, x, bottom}, zero_is_axis && tick.value == 0.0 ? "axis"
                                     : tick.major                      ? "grid"
                                                                       : "minor");
    const double half = text_width(tick.text, kTick) / 2;
    if (tick.major && x - half > reach && x + half <= canvas.width()) {
      canvas.text(x, bottom + 17, tick.text,
                  {.size = kTick, .muted = true, .anchor = Anchor::kMiddle});
      reach = x + half + 6;
    }
  }
}

double draw_foot(SvgCanvas& canvas, const Axis& axis, const Segment& line,
                 const std::string& caption) {
  canvas.line(line, "axis");
  canvas.text(line.x1, line.y1 + 38, axis_title(axis),
              {.size = kLabel, .bold = true, .anchor = Anchor::kEnd});
  double y = line.y1 + 48;
  if (!caption.empty()) {
    y = canvas.paragraph({0, y + kText + 4, canvas.width(), 0}, caption,
                         {.size = kText, .muted = true});
  }
  return y + 4;
}

}  // namespace redline::results::row_chart
