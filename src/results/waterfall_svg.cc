#include <algorithm>
#include <cmath>

#include "results/row_chart.h"
#include "results/scale.h"
#include "results/svg.h"
#include "results/svg_canvas.h"

namespace redline::results {
namespace {

using row_chart::kGroupHead;
using row_chart::kGroupLabel;
using row_chart::kIndent;
using row_chart::kLabel;
using row_chart::kText;

constexpr double kRow = 25.0;
constexpr double kBar = 17.0;
constexpr double kGroupFoot = 6.0;

// Told apart by hatch as well as by colour.
constexpr AreaStyle kTotal{.color = 0, .opacity = 0.42, .outline = true};
constexpr AreaStyle kRise{
    .color = 2, .hatch = Hatch::kBackDiagonal, .opacity = 0.3, .outline = true};
constexpr AreaStyle kFall{.color = 1, .hatch = Hatch::kDiagonal, .opacity = 0.3, .outline = true};
constexpr AreaStyle kBeside{.neutral = true, .opacity = 0.2, .outline = true};

AreaStyle style_of(const WaterfallRow& row) {
  switch (row.kind) {
    case WaterfallKind::kTotal:
      return kTotal;
    case WaterfallKind::kBeside:
      return kBeside;
    case WaterfallKind::kChange:
      break;
  }
  return row.amount < 0.0 ? kFall : kRise;
}

// A bar of a row, in the unit of the axis; `to` is where the next change starts.
struct Bar {
  const WaterfallRow* row;
  double from = 0.0;
  double to = 0.0;
};

class WaterfallDrawing {
 public:
  explicit WaterfallDrawing(const Waterfall& chart)
      : chart_(chart),
        canvas_({chart.id, chart.title, chart.description, chart.width}),
        bars_(bars_of(chart)),
        left_(row_chart::label_width(chart, is_bold)),
        right_(chart.width - row_chart::text_column(chart, is_bold)),
        axis_(range(chart.x, bars_)),
        scale_(axis_, left_, right_) {}

  std::string draw() {
    const double top = draw_heading(canvas_, chart_.title, chart_.subtitle, chart_.width) + 4;
    const double bottom = top + row_chart::rows_height(chart_, kRow, kGroupFoot);
    row_chart::draw_grid(canvas_, scale_, top, bottom, true);
    double y = top;
    for (std::size_t g = 0; g < chart_.groups.size(); ++g) {
      canvas_.text(0, y + 18, chart_.groups[g].label,
                   {.size = kGroupLabel, .bold = true, .halo = true});
      y += kGroupHead;
      for (std::size_t i = 0; i < bars_[g].size(); ++i) {
        const bool joined = i + 1 < bars_[g].size() && joins(bars_[g][i], bars_[g][i + 1]);
        draw_row(bars_[g][i], y, joined);
        y += kRow;
      }
      y += kGroupFoot;
    }
    return canvas_.finish(
        row_chart::draw_foot(canvas_, chart_.x, {left_, bottom, right_, bottom}, chart_.caption));
  }

 private:
  static std::vector<std::vector<Bar>> bars_of(const Waterfall& chart) {
    std::vector<std::vector<Bar>> all;
    for (const WaterfallGroup& group : chart.groups) {
      double level = 0.0;
      all.emplace_back();
      for (const WaterfallRow& row : group.rows) {
        const bool change = row.kind == WaterfallKind::kChange;
        const double from = change ? level : 0.0;
        const double to = from + row.amount;
        all.back().push_back({&row, from, to});
        level = row.kind == WaterfallKind::kBeside || !std::isfinite(to) ? level : to;
      }
    }
    return all;
  }

  // Zero is always part of it: bars start there.
  static Axis range(const Axis& axis, const std::vector<std::vector<Bar>>& bars) {
    std::vector<double> values{0.0};
    for (const std::vector<Bar>& group : bars) {
      for (const Bar& bar : group) {
        values.insert(values.end(), {bar.from, bar.to});
      }
    }
    return resolve_axis({.min = axis.min, .max = axis.max}, values);
  }

  static bool is_bold(const WaterfallRow& row) { return row.kind == WaterfallKind::kTotal; }

  static bool joins(const Bar& above, const Bar& below) {
    return above.row->kind != WaterfallKind::kBeside && below.row->kind != WaterfallKind::kBeside;
  }

  // `joined`: with a rule down to the bar below.
  void draw_row(const Bar& bar, double y, bool joined) {
    const WaterfallRow& row = *bar.row;
    canvas_.open_group(row.tooltip.empty() ? row.label : row.tooltip);
    const std::string label =
        wrap_px(row.label, left_ - 14 - kIndent, kLabel, is_bold(row)).front();
    canvas_.text(kIndent, y + kRow / 2 + kLabel * 0.35,
                 label == row.label ? label : label + "\xE2\x80\xA6",
                 {.size = kLabel, .bold = is_bold(row)});
    if (std::isfinite(bar.to)) {
      const double x0 = std::clamp(scale_.px(std::min(bar.from, bar.to)), left_, right_);
      const double x1 = std::clamp(scale_.px(std::max(bar.from, bar.to)), left_, right_);
      const double top = y + (kRow - kBar) / 2;
      canvas_.area(box_path({x0, top, std::max(x1, x0 + 0.5), top + kBar}), style_of(row));
      const double end = scale_.px(bar.to);
      if (joined && scale_.contains(bar.to)) {
        canvas_.line({end, top + kBar, end, top + kRow}, "leader");
      }
    }
    canvas_.text(
        chart_.width, y + kRow / 2 + kText * 0.35, row.text,
        {.size = kText, .bold = is_bold(row), .muted = !is_bold(row), .anchor = Anchor::kEnd});
    canvas_.close_group();
  }

  const Waterfall& chart_;
  SvgCanvas canvas_;
  std::vector<std::vector<Bar>> bars_;
  double left_;
  double right_;
  Axis axis_;
  Scale scale_;
};

}  // namespace

std::string render_svg(const Waterfall& chart) { return WaterfallDrawing(chart).draw(); }

}  // namespace redline::results
