#include <algorithm>

#include "results/label_layout.h"
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

constexpr double kRow = 20.0;
constexpr double kGroupFoot = 5.0;
constexpr double kCap = 3.5;  // half a cap of a whisker
constexpr double kMarkRow = 17.0;
constexpr double kMarkGap = 8.0;  // between labels of marks

// The label of a rule above the plot: `level` rows over it.
struct PlacedMark {
  std::size_t mark = 0;
  double x = 0.0;   // of the rule
  double x0 = 0.0;  // of the label
  double x1 = 0.0;
  std::size_t level = 0;
  bool labelled = false;
};

class WhiskerDrawing {
 public:
  explicit WhiskerDrawing(const DotWhisker& plot)
      : plot_(plot),
        canvas_({plot.id, plot.title, plot.description, plot.width}),
        axis_(range(plot)),
        left_(row_chart::label_width(plot, is_bold)),
        right_(plot.width - row_chart::text_column(plot, is_bold)),
        scale_(axis_, left_, right_) {}

  std::string draw() {
    double y = draw_heading(canvas_, plot_.title, plot_.subtitle, plot_.width);
    y = draw_legend(&canvas_, legend(), y, plot_.width);
    const std::vector<PlacedMark> marks = place_marks();
    const double top = y + kMarkRow * static_cast<double>(levels_of(marks)) + 4;
    const double bottom = top + row_chart::rows_height(plot_, kRow, kGroupFoot);
    row_chart::draw_grid(canvas_, scale_, top, bottom, false);
    draw_marks(marks, top, bottom);
    draw_groups(top);
    return canvas_.finish(
        row_chart::draw_foot(canvas_, plot_.x, {left_, bottom, right_, bottom}, plot_.caption));
  }

 private:
  // Holds every interval and every rule.
  static Axis range(const DotWhisker& plot) {
    std::vector<double> values;
    for (const WhiskerGroup& group : plot.groups) {
      for (const WhiskerRow& row : group.rows) {
        if (row.value) {
          values.insert(values.end(), {*row.value, row.low, row.high});
        }
      }
    }
    for (const ValueMark& mark : plot.marks) {
      values.push_back(mark.value);
    }
    return resolve_axis(plot.x, values);
  }

  static bool is_bold(const WhiskerRow& row) { return row.emphasis; }

  std::vector<LegendItem> legend() const {
    std::vector<LegendItem> items;
    for (std::size_t i = 0; plot_.series.size() > 1 && i < plot_.series.size(); ++i) {
      items.push_back({plot_.series[i].name, false, i, {}, ""});
    }
    return items;
  }

  static std::size_t levels_of(const std::vector<PlacedMark>& marks) {
    std::size_t levels = 0;
    for (const PlacedMark& mark : marks) {
      levels = std::max(levels, mark.labelled ? mark.level + 1 : 0);
    }
    return levels;
  }

  // Neither label may touch the other, nor the rule that hangs from a label above it.
  static bool collide(const PlacedMark& a, const PlacedMark& b) {
    const auto under = [](const PlacedMark& upper, const PlacedMark& lower) {
      return upper.level > lower.level && upper.x > lower.x0 - 3 && upper.x < lower.x1 + 3;
    };
    const bool beside = a.level == b.level && a.x0 < b.x1 + kMarkGap && b.x0 < a.x1 + kMarkGap;
    return beside || under(a, b) || under(b, a);
  }

  // Where the label of a rule may stand: centred over it, to its left or right, or a row higher.
  std::vector<PlacedMark> places(const PlacedMark& bare) const {
    const double width = text_width(plot_.marks[bare.mark].label, kText, true);
    std::vector<PlacedMark> all;
    for (std::size_t level = 0; level < 2; ++level) {
      for (const double x0 :
           {bare.x - width / 2, bare.x - width - kMarkGap / 2, bare.x + kMarkGap / 2}) {
        if (x0 >= 0 && x0 + width <= plot_.width) {
          all.push_back({bare.mark, bare.x, x0, x0 + width, level, true});
        }
      }
    }
    return all;
  }

  // Labels from the i-th on, none in the way of another; false where that cannot be.
  bool label_from(std::size_t i, std::vector<PlacedMark>& marks) const {
    if (i == marks.size()) {
      return true;
    }
    const auto before = marks.begin() + static_cast<std::ptrdiff_t>(i);
    for (const PlacedMark& place : places(marks[i])) {
      if (std::any_of(marks.begin(), before,
                      [&place](const PlacedMark& other) { return collide(place, other); })) {
        continue;
      }
      marks[i] = place;
      if (label_from(i + 1, marks)) {
        return true;
      }
    }
    return false;
  }

  // As many as can be labelled, in their order; the others are rules alone.
  std::vector<PlacedMark> place_marks() const {
    constexpr std::size_t kMostLabels = 6;  // each more would be sought six times as long
    std::vector<PlacedMark> bare;
    for (std::size_t i = 0; i < plot_.marks.size(); ++i) {
      if (scale_.contains(plot_.marks[i].value)) {
        bare.push_back({.mark = i, .x = scale_.px(plot_.marks[i].value)});
      }
    }
    for (std::size_t count = std::min(bare.size(), kMostLabels); count > 0; --count) {
      const auto rest = bare.begin() + static_cast<std::ptrdiff_t>(count);
      std::vector<PlacedMark> marks(bare.begin(), rest);
      if (label_from(0, marks)) {
        marks.insert(marks.end(), rest, bare.end());
        return marks;
      }
    }
    return bare;
  }

  void draw_marks(const std::vector<PlacedMark>& marks, double top, double bottom) {
    for (const PlacedMark& mark : marks) {
      const double foot = top - 4 - kMarkRow * static_cast<double>(mark.level);
      canvas_.line({mark.x, mark.labelled ? foot : top, mark.x, bottom}, "dash");
      if (mark.labelled) {
        canvas_.text(mark.x0, foot - 4, plot_.marks[mark.mark].label,
                     {.size = kText, .bold = true, .halo = true});
      }
    }
  }

  void draw_groups(double top) {
    double y = top;
    for (const WhiskerGroup& group : plot_.groups) {
      canvas_.text(0, y + 18, group.label, {.size = kGroupLabel, .bold = true, .halo = true});
      y += kGroupHead;
      draw_tree(group, y);
      for (const WhiskerRow& row : group.rows) {
        draw_row(row, y + kRow / 2);
        y += kRow;
      }
      y += kGroupFoot;
    }
  }

  // From each row down and across to those that stand under it.
  void draw_tree(const WhiskerGroup& group, double top) {
    std::vector<double> last;  // of each level, the middle of its last row
    for (std::size_t i = 0; i < group.rows.size(); ++i) {
      const std::size_t depth = group.rows[i].depth;
      const double y = top + kRow * (static_cast<double>(i) + 0.5);
      last.resize(std::min(last.size(), depth + 1));
      if (depth > 0 && last.size() >= depth) {
        const double x = kIndent + row_chart::kDepth * (static_cast<double>(depth) - 1.0) + 4;
        const bool second = last.size() > depth;
        canvas_.line({x, second ? last[depth] : last[depth - 1] + kLabel / 2, x, y}, "leader");
        canvas_.line({x, y, x + row_chart::kDepth - 6, y}, "leader");
      }
      last.resize(depth + 1, y);
      last[depth] = y;
    }
  }

  void draw_row(const WhiskerRow& row, double y) {
    canvas_.open_group(row.tooltip.empty() ? row.label : row.tooltip);
    draw_label(row, y);
    canvas_.line({left_, y, right_, y}, "minor");
    if (row.value && scale_.contains(*row.value)) {
      draw_whisker(row, y);
      canvas_.marker(scale_.px(*row.value), y, row.emphasis ? 6.5 : 5, row.series);
    }
    canvas_.text(
        plot_.width, y + kText * 0.35, row.text,
        {.size = kText, .bold = row.emphasis, .muted = !row.emphasis, .anchor = Anchor::kEnd});
    canvas_.close_group();
  }

  void draw_label(const WhiskerRow& row, double y) {
    const double indent = row_chart::indent_of(row);
    const double room = left_ - 14 - indent;
    const std::string label = wrap_px(row.label, room, kLabel, row.emphasis).front();
    canvas_.text(indent, y + kLabel * 0.35, label == row.label ? label : label + "\xE2\x80\xA6",
                 {.size = kLabel, .bold = row.emphasis});
  }

  // An end beyond the axis runs to the edge and has no cap.
  void draw_whisker(const WhiskerRow& row, double y) {
    if (!(row.low < row.high)) {
      return;
    }
    const double x0 = std::max(left_, scale_.px(row.low));
    const double x1 = std::min(right_, scale_.px(row.high));
    canvas_.line({x0, y, x1, y}, "line");
    for (const double end : {row.low, row.high}) {
      if (scale_.contains(end)) {
        const double x = scale_.px(end);
        canvas_.line({x, y - kCap, x, y + kCap}, "line");
      }
    }
  }

  const DotWhisker& plot_;
  SvgCanvas canvas_;
  Axis axis_;
  double left_;
  double right_;
  Scale scale_;
};

}  // namespace

std::string render_svg(const DotWhisker& plot) { return WhiskerDrawing(plot).draw(); }

}  // namespace redline::results
