#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "results/geometry.h"
#include "results/label_layout.h"
#include "results/scale.h"
#include "results/svg.h"
#include "results/svg_canvas.h"
#include "results/text_template.h"

namespace redline::results {
namespace {

constexpr double kTickSize = 12.5;
constexpr double kAxisTitleSize = 13.0;
constexpr double kLabelSize = 12.0;
constexpr double kStrongLabelSize = 13.0;
constexpr double kRegionLabelSize = 13.0;
constexpr double kCaptionSize = 12.0;
constexpr double kXTickSpacing = 46.0;  // px between labelled ticks
constexpr double kYTickSpacing = 26.0;
constexpr std::size_t kManyPoints = 120;
constexpr std::size_t kMostNames = 8;  // of points outside the axes

bool contains(const std::vector<Coordinate>& polygon, const Box& box) {
  for (const double x : {box.x0, (box.x0 + box.x1) / 2, box.x1}) {
    if (!contains(polygon, x, box.y0) || !contains(polygon, x, box.y1)) {
      return false;
    }
  }
  return true;
}

class ScatterDrawing {
 public:
  explicit ScatterDrawing(const ScatterPlot& plot)
      : plot_(plot),
        canvas_({plot.id, plot.title, plot.description, plot.width}),
        x_axis_(resolve_axis(plot.x, values_of(plot.points, &Point::x))),
        y_axis_(resolve_axis(plot.y, values_of(plot.points, &Point::y))),
        x_(x_axis_, 0, 1),
        y_(y_axis_, 1, 0) {}

  std::string draw() {
    double top = draw_heading(canvas_, plot_.title, plot_.subtitle, plot_.width);
    top = draw_legend(&canvas_, legend(), top, plot_.width);
    canvas_.text(0, top + kAxisTitleSize, axis_title(plot_.y),
                 {.size = kAxisTitleSize, .bold = true});
    place_area(top + 30);
    collect_points();
    draw_regions();
    draw_axes();
    draw_lines();
    draw_points();
    draw_labels();
    return canvas_.finish(draw_caption());
  }

 private:
  std::vector<LegendItem> legend() const {
    std::vector<LegendItem> items;
    for (std::size_t i = 0; plot_.series.size() > 1 && i < plot_.series.size(); ++i) {
      items.push_back({plot_.series[i].name, false, i, {}, ""});
    }
    return items;
  }

  void place_area(double top) {
    const double bottom = std::max(top + 120, plot_.height - 64);
    y_ = Scale(y_axis_, bottom, top);
    double tick_width = 0.0;
    for (const Tick& tick : y_.ticks(kYTickSpacing)) {
      tick_width = std::max(tick_width, text_width(tick.text, kTickSize));
    }
    area_ = {tick_width + 10, top, plot_.width - 10, bottom};
    x_ = Scale(x_axis_, area_.x0, area_.x1);
  }

  void collect_points() {
    const bool many = plot_.points.size() > kManyPoints;
    for (std::size_t i = 0; i < plot_.points.size(); ++i) {
      const Point& point = plot_.points[i];
      if (!x_.contains(point.x) || !y_.contains(point.y)) {
        outside_.push_back(i);
        continue;
      }
      const double size = point.emphasis ? kStrongLabelSize : kLabelSize;
      const double width =
          point.label.empty() ? 0.0 : text_width(point.label, size, point.emphasis);
      const double radius = point.emphasis ? 7.0 : many ? 3.5 : 5.0;
      // A little more than the drawn circle: squares and triangles reach further.
      shown_.push_back(i);
      scene_.points.push_back(
          {x_.px(point.x), y_.px(point.y), radius * 1.15, width, size * 1.1, point.emphasis});
    }
  }

  std::vector<Coordinate> to_px(const std::vector<Coordinate>& points) const {
    std::vector<Coordinate> out;
    for (const Coordinate& point : points) {
      if (!std::isnan(point.x) && !std::isnan(point.y)) {
        out.push_back({x_.px(point.x), y_.px(point.y)});
      }
    }
    return out;
  }

  static std::string path_of(const std::vector<Coordinate>& points, bool closed) {
    std::string path;
    for (const Coordinate& point : points) {
      path += fmt::format("{}{},{}", path.empty() ? "M" : "L", px(point.x), px(point.y));
    }
    return closed ? path + "Z" : path;
  }

  void draw_regions() {
    canvas_.open_clip(area_);
    for (const Region& region : plot_.regions) {
      const auto corners = to_px(region.corners);
      if (corners.size() > 2) {
        canvas_.area(path_of(corners, true),
                     {.color = region.color, .hatch = region.hatch, .opacity = 0.07});
      }
    }
    canvas_.close_group();
  }

  void draw_axes() {
    for (const Tick& tick : y_.ticks(kYTickSpacing)) {
      const double y = y_.px(tick.value);
      canvas_.line({area_.x0, y, area_.x1, y}, tick.major ? "grid" : "minor");
      canvas_.text(area_.x0 - 8, y + kTickSize * 0.35, tick.text,
                   {.size = kTickSize, .muted = true, .anchor = Anchor::kEnd});
    }
    double reach = -1e9;  // right end of the last tick label
    for (const Tick& tick : x_.ticks(kXTickSpacing)) {
      const double x = x_.px(tick.value);
      canvas_.line({x, area_.y0, x, area_.y1}, tick.major ? "grid" : "minor");
      const double half = text_width(tick.text, kTickSize) / 2;
      if (tick.major && x - half > reach && x + half <= plot_.width) {
        canvas_.text(x, area_.y1 + 19, tick.text,
                     {.size = kTickSize, .muted = true, .anchor = Anchor::kMiddle});
        reach = x + half + 6;
      }
    }
    canvas_.line({area_.x0, area_.y1, area_.x1, area_.y1}, "axis");
    canvas_.text(area_.x1, area_.y1 + 42, axis_title(plot_.x),
                 {.size = kAxisTitleSize, .bold = true, .anchor = Anchor::kEnd});
  }

  void draw_lines() {
    std::vector<std::vector<Segment>> all;
    canvas_.open_clip(area_);
    for (const ThresholdLine& line : plot_.lines) {
      const auto points = to_px(line.points);
      all.emplace_back();
      for (std::size_t i = 1; i < points.size(); ++i) {
        all.back().push_back({points[i - 1].x, points[i - 1].y, points[i].x, points[i].y});
        canvas_.line(all.back().back(), line.dashed ? "dash" : "line");
        scene_.soft_lines.push_back(all.back().back());
      }
    }
    canvas_.close_group();
    for (std::size_t i = 0; i < plot_.lines.size(); ++i) {
      label_line(plot_.lines[i].label, all[i]);
    }
    for (const Region& region : plot_.regions) {
      label_region(region);
    }
  }

  // How bad a text here would be: what it covers.
  double cover(const Box& box) const {
    double cost = 0.0;
    for (const LabelRequest& p : scene_.points) {
      const double reach = p.radius + 3;
      cost += overlap(box, {p.x - reach, p.y - reach, p.x + reach, p.y + reach}) ? 3.0 : 0.0;
    }
    for (const Box& other : scene_.obstacles) {
      cost += overlap(box, other) ? 10.0 : 0.0;
    }
    for (const Segment& line : scene_.soft_lines) {
      cost += crosses(line, box) ? 4.0 : 0.0;
    }
    return cost;
  }

  // Boxes along a segment, on both sides of it, from its far end to its near one.
  std::vector<Box> beside(const Segment& s, double width, double height) const {
    std::vector<Box> boxes;
    const bool upright = std::abs(s.y1 - s.y0) > std::abs(s.x1 - s.x0);
    for (int step = 0; step <= 10; ++step) {
      const double share = 1.0 - step / 10.0;
      const double x = s.x0 + (s.x1 - s.x0) * share;
      const double y = s.y0 + (s.y1 - s.y0) * share;
      const double left = std::clamp(x - width / 2, area_.x0 + 4, area_.x1 - width - 4);
      const double over = std::clamp(y - height / 2, area_.y0 + 3, area_.y1 - height - 3);
      if (upright) {
        boxes.push_back({x + 6, over, x + 6 + width, over + height});
        boxes.push_back({x - 6 - width, over, x - 6, over + height});
      } else {
        boxes.push_back({left, y - 4 - height, left + width, y - 4});
        boxes.push_back({left, y + 4, left + width, y + 4 + height});
      }
    }
    return boxes;
  }

  void label_line(const std::string& label, const std::vector<Segment>& segments) {
    const double width = text_width(label, kLabelSize, true);
    const double height = kLabelSize * 1.15;
    std::optional<std::pair<double, Box>> best;
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
      for (const Box& box : beside(*segment, width, height)) {
        const double cost = cover(box);
        if (inside(box, area_) && (!best || cost < best->first)) {
          best = {cost, box};
        }
      }
    }
    if (best && !label.empty()) {
      canvas_.text(best->second.x0, best->second.y1 - 3, label,
                   {.size = kLabelSize, .bold = true, .halo = true});
      scene_.obstacles.push_back(best->second);
    }
  }

  // The freest place within the region, searched from the top left.
  void label_region(const Region& region) {
    std::vector<Coordinate> corners = to_px(region.corners);
    if (region.label.empty() || corners.size() < 3) {
      return;
    }
    const auto lines = wrap_px(region.label, 260, kRegionLabelSize, true);
    double width = 0.0;
    for (const std::string& line : lines) {
      width = std::max(width, text_width(line, kRegionLabelSize, true));
    }
    const double row = kRegionLabelSize * 1.28;
    const double height = row * static_cast<double>(lines.size());
    std::optional<std::pair<double, Box>> best;
    for (double y = area_.y0 + 6; y + height < area_.y1 - 4; y += 10) {
      for (double x = area_.x0 + 8; x + width < area_.x1 - 6; x += 10) {
        const Box box{x, y, x + width, y + height};
        const Box roomy{x - 5, y - 3, x + width + 5, y + height + 3};
        // More room sideways, or two labels would read as one sentence.
        const Box apart{roomy.x0 - 14, roomy.y0, roomy.x1 + 14, roomy.y1};
        const double cost = contains(corners, roomy) ? cover(apart) : 1e3;
        if (cost < 1e3 && (!best || cost < best->first)) {
          best = {cost, box};
        }
      }
    }
    if (!best) {
      return;
    }
    double baseline = best->second.y0 + kRegionLabelSize;
    for (const std::string& line : lines) {
      canvas_.text(best->second.x0, baseline, line,
                   {.size = kRegionLabelSize, .bold = true, .halo = true});
      baseline += row;
    }
    scene_.obstacles.push_back(best->second);
  }

  void draw_points() {
    for (const bool emphasis : {false, true}) {
      for (std::size_t i = 0; i < shown_.size(); ++i) {
        const Point& point = plot_.points[shown_[i]];
        if (point.emphasis == emphasis) {
          const LabelRequest& at = scene_.points[i];
          canvas_.open_group(point.tooltip.empty() ? point.label : point.tooltip);
          canvas_.marker(at.x, at.y, at.radius / 1.15, point.series);
          canvas_.close_group();
        }
      }
    }
  }

  void draw_labels() {
    scene_.area = {area_.x0 + 2, area_.y0 + 1, area_.x1 + 8, area_.y1 - 2};
    const std::vector<PlacedLabel> labels = place_labels(scene_);
    for (const PlacedLabel& label : labels) {
      if (label.shown && label.leader) {
        canvas_.line(label.line, "leader");
      }
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const Point& point = plot_.points[shown_[i]];
      if (labels[i].shown) {
        // The estimate of the width is generous; anchoring at the marker's side keeps labels near.
        const bool left = labels[i].box.x1 <= scene_.points[i].x;
        canvas_.text(left ? labels[i].box.x1 : labels[i].box.x0, labels[i].box.y1 - 3.2,
                     point.label,
                     {.size = point.emphasis ? kStrongLabelSize : kLabelSize,
                      .bold = point.emphasis,
                      .halo = true,
                      .anchor = left ? Anchor::kEnd : Anchor::kStart});
      } else if (!point.label.empty()) {
        ++unlabelled_;
      }
    }
  }

  double draw_caption() {
    std::string text = plot_.caption;
    const auto add = [&](std::string_view more) {
      text += text.empty() ? "" : plot_.words.sentence_gap;
      text += more;
    };
    if (unlabelled_ > 0) {
      add(fill_template(plot_.words.unlabelled, {{"n", fmt::format("{}", unlabelled_)}}));
    }
    if (!outside_.empty()) {
      std::string names;
      for (std::size_t i = 0; i < std::min(outside_.size(), kMostNames); ++i) {
        names += (i == 0 ? "" : plot_.words.comma) + plot_.points[outside_[i]].label;
      }
      names += outside_.size() > kMostNames ? plot_.words.comma + "\xE2\x80\xA6" : "";
      add(fill_template(plot_.words.outside,
                        {{"n", fmt::format("{}", outside_.size())}, {"names", names}}));
    }
    const double y = area_.y1 + 54;
    if (text.empty()) {
      return y;
    }
    return canvas_.paragraph({0, y + kCaptionSize + 4, plot_.width, 0}, text,
                             {.size = kCaptionSize, .muted = true});
  }

  const ScatterPlot& plot_;
  SvgCanvas canvas_;
  Axis x_axis_;
  Axis y_axis_;
  Scale x_;
  Scale y_;
  Box area_;
  LabelScene scene_;
  std::vector<std::size_t> shown_;  // index of the point behind scene_.points[i]
  std::vector<std::size_t> outside_;
  std::size_t unlabelled_ = 0;
};

}  // namespace

std::string render_svg(const ScatterPlot& plot) { return ScatterDrawing(plot).draw(); }

}  // namespace redline::results
