#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "results/scale.h"
#include "results/svg.h"
#include "results/svg_canvas.h"

namespace redline::results {
namespace {

constexpr double kLabel = 13.5;
constexpr double kText = 12.0;
constexpr double kTick = 12.5;
constexpr double kPanelHead = 28.0;
constexpr double kPanelFoot = 8.0;
constexpr double kLeastPanel = 80.0;
constexpr double kTickSpacing = 30.0;
constexpr double kAxisGap = 8.0;  // between the text of a tick and the axis
constexpr double kLine = 16.0;    // of names of steps

constexpr AreaStyle kWide{.color = 0, .opacity = 0.16};
constexpr AreaStyle kNarrow{.color = 0, .opacity = 0.36};

bool is_drawn(const FanStep& step) {
  return std::isfinite(step.p5) && std::isfinite(step.p25) && std::isfinite(step.p50) &&
         std::isfinite(step.p75) && std::isfinite(step.p95);
}

// A panel with its own range, so that a unit is as high in each.
struct Panel {
  const FanPanel* panel;
  Axis axis;
  double height = 0.0;
};

class FanDrawing {
 public:
  explicit FanDrawing(const FanChart& chart)
      : chart_(chart), canvas_({chart.id, chart.title, chart.description, chart.width}) {
    measure();
  }

  std::string draw() {
    double y = draw_heading(canvas_, chart_.title, subtitle(), chart_.width);
    y = draw_legend(&canvas_,
                    {{chart_.middle, false, 0, {}, ""},
                     {chart_.narrow, true, 0, kNarrow, ""},
                     {chart_.wide, true, 0, kWide, ""}},
                    y, chart_.width);
    for (const Panel& panel : panels_) {
      canvas_.text(0, y + 17, panel.panel->label, {.size = kLabel, .bold = true});
      y += kPanelHead;
      draw_panel(panel, y);
      y += panel.height + kPanelFoot;
    }
    y = draw_names(y - kPanelFoot);
    if (!chart_.caption.empty()) {
      y = canvas_.paragraph({0, y + kText + 4, chart_.width, 0}, chart_.caption,
                            {.size = kText, .muted = true});
    }
    return canvas_.finish(y + 4);
  }

 private:
  // The axis stands upright, so its title is told with what the chart shows.
  [[nodiscard]] std::string subtitle() const {
    if (!chart_.subtitle.empty() || chart_.y.label.empty()) {
      return chart_.subtitle;
    }
    return axis_title(chart_.y);
  }

  void measure() {
    double whole = 0.0;
    for (const FanPanel& panel : chart_.panels) {
      std::vector<double> values{0.0};
      for (const FanStep& step : panel.steps) {
        if (is_drawn(step)) {
          values.insert(values.end(), {step.p5, step.p95});
        }
      }
      panels_.push_back({&panel, resolve_axis({.min = chart_.y.min, .max = chart_.y.max}, values)});
      whole += panels_.back().axis.max - panels_.back().axis.min;
    }
    for (Panel& panel : panels_) {
      const double range = panel.axis.max - panel.axis.min;
      panel.height = std::max(kLeastPanel, chart_.height * range / whole);
      // What is lifted to the least height shows more of the same scale.
      panel.axis.max =
          std::max(panel.axis.max, panel.axis.min + panel.height * whole / chart_.height);
      for (const Tick& tick : Scale(panel.axis, panel.height, 0.0).ticks(kTickSpacing)) {
        left_ = std::max(left_, text_width(tick.text, kTick) + kAxisGap);
      }
    }
  }

  [[nodiscard]] double x_of(std::size_t step) const {
    const double room =
        (chart_.width - left_) / static_cast<double>(std::max<std::size_t>(1, count()));
    return left_ + room * (static_cast<double>(step) + 0.5);
  }

  [[nodiscard]] std::size_t count() const {
    std::size_t most = chart_.steps.size();
    for (const FanPanel& panel : chart_.panels) {
      most = std::max(most, panel.steps.size());
    }
    return most;
  }

  void draw_panel(const Panel& panel, double top) {
    const Scale scale(panel.axis, top + panel.height, top);
    for (const Tick& tick : scale.ticks(kTickSpacing)) {
      const double y = scale.px(tick.value);
      canvas_.line({left_, y, chart_.width, y}, tick.value == 0.0 ? "axis"
                                                : tick.major      ? "grid"
                                                                  : "minor");
      if (tick.major) {
        canvas_.text(left_ - kAxisGap, y + kTick * 0.35, tick.text,
                     {.size = kTick, .muted = true, .anchor = Anchor::kEnd});
      }
    }
    const std::vector<FanStep>& steps = panel.panel->steps;
    for (std::size_t first = 0; first < steps.size();) {
      std::size_t last = first;
      while (last < steps.size() && is_drawn(steps[last])) {
        ++last;
      }
      if (last > first) {
        band(steps, first, last, scale, &FanStep::p5, &FanStep::p95, kWide);
        band(steps, first, last, scale, &FanStep::p25, &FanStep::p75, kNarrow);
        medians(steps, first, last, scale);
      }
      first = last + 1;
    }
  }

  // There along the upper quantile, back along the lower.
  void band(const std::vector<FanStep>& steps, std::size_t first, std::size_t last,
            const Scale& scale, double FanStep::*low, double FanStep::*high,
            const AreaStyle& style) {
    std::string path;
    for (std::size_t i = first; i < last; ++i) {
      path += fmt::format("{}{},{}", path.empty() ? "M" : "L", px(x_of(i)),
                          px(scale.px(steps[i].*high)));
    }
    for (std::size_t i = last; i-- > first;) {
      path += fmt::format("L{},{}", px(x_of(i)), px(scale.px(steps[i].*low)));
    }
    canvas_.area(path + "Z", style);
  }

  void medians(const std::vector<FanStep>& steps, std::size_t first, std::size_t last,
               const Scale& scale) {
    for (std::size_t i = first + 1; i < last; ++i) {
      canvas_.line({x_of(i - 1), scale.px(steps[i - 1].p50), x_of(i), scale.px(steps[i].p50)},
                   "line");
    }
    for (std::size_t i = first; i < last; ++i) {
      const double x = x_of(i);
      canvas_.open_group(steps[i].tooltip);
      canvas_.line({x, scale.px(steps[i].p5), x, scale.px(steps[i].p95)}, "leader");
      canvas_.marker(x, scale.px(steps[i].p50), 5, 0);
      canvas_.close_group();
    }
  }

  double draw_names(double bottom) {
    const double room =
        (chart_.width - left_) / static_cast<double>(std::max<std::size_t>(1, count()));
    double y = bottom;
    for (std::size_t i = 0; i < chart_.steps.size(); ++i) {
      double line = bottom + 4;
      for (const std::string& text : wrap_px(chart_.steps[i], room - 6, kTick)) {
        line += kLine;
        canvas_.text(x_of(i), line, text,
                     {.size = kTick, .muted = true, .anchor = Anchor::kMiddle});
      }
      y = std::max(y, line + 6);
    }
    return y;
  }

  const FanChart& chart_;
  SvgCanvas canvas_;
  std::vector<Panel> panels_;
  double left_ = 24.0;
};

}  // namespace

std::string render_svg(const FanChart& chart) { return FanDrawing(chart).draw(); }

}  // namespace redline::results
