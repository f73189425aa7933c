#include "results/ascii_plot.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "results/geometry.h"
#include "results/scale.h"
#include "results/utf8.h"

namespace redline::results {
namespace {

constexpr int kLeastWidth = 40;
constexpr int kLeastHeight = 8;
constexpr double kXSpacing = 9.0;  // cells between labelled ticks
constexpr double kYSpacing = 3.0;
constexpr std::string_view kSeriesMarks = "ox+*vsdz";

std::string named(const Axis& axis) { return printable(axis_title(axis)); }

class AsciiDrawing {
 public:
  AsciiDrawing(const ScatterPlot& plot, const AsciiOptions& options)
      : plot_(plot),
        width_(std::max(options.width, kLeastWidth)),
        rows_(std::max(options.height, kLeastHeight)),
        x_axis_(resolve_axis(plot.x, values_of(plot.points, &Point::x))),
        y_axis_(resolve_axis(plot.y, values_of(plot.points, &Point::y))),
        x_(x_axis_, 0, 1),
        y_(y_axis_, rows_ - 1, 0) {
    for (const Tick& tick : y_.ticks(kYSpacing)) {
      margin_ = std::max(margin_, display_width(tick.text));
    }
    columns_ = width_ - margin_ - 2;
    x_ = Scale(x_axis_, 0, columns_ - 1);
    grid_.assign(static_cast<std::size_t>(rows_),
                 std::string(static_cast<std::size_t>(columns_), ' '));
  }

  std::string draw() {
    fill_regions();
    draw_lines();
    draw_points();
    std::string out;
    add_prose(out, plot_.title);
    add_prose(out, named(plot_.y));
    add_rows(out);
    add_x_axis(out);
    add_key(out);
    return out;
  }

 private:
  static int cell(double position) { return static_cast<int>(std::lround(position)); }

  void put(int column, int row, char mark) {
    if (column >= 0 && column < columns_ && row >= 0 && row < rows_) {
      grid_[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)] = mark;
    }
  }

  std::vector<Coordinate> to_cells(const std::vector<Coordinate>& points) const {
    std::vector<Coordinate> out;
    for (const Coordinate& point : points) {
      if (!std::isnan(point.x) && !std::isnan(point.y)) {
        out.push_back({x_.px(point.x), y_.px(point.y)});
      }
    }
    return out;
  }

  void fill_regions() {
    for (const Region& region : plot_.regions) {
      const auto corners = to_cells(region.corners);
      for (int row = 0; row < rows_; ++row) {
        for (int column = row % 2; column < columns_ && corners.size() > 2; column += 2) {
          if (contains(corners, column + 0.01, row + 0.01)) {
            put(column, row, '.');
          }
        }
      }
    }
  }

  void draw_lines() {
    for (const ThresholdLine& line : plot_.lines) {
      const auto points = to_cells(line.points);
      for (std::size_t i = 1; i < points.size(); ++i) {
        const double across = points[i].x - points[i - 1].x;
        const double down = points[i].y - points[i - 1].y;
        const int steps = std::max(1, cell(std::max(std::abs(across), std::abs(down))));
        const char mark = std::abs(across) >= std::abs(down) ? '-' : '|';
        for (int step = 0; step <= steps; ++step) {
          const double share = static_cast<double>(step) / steps;
          put(cell(points[i - 1].x + across * share), cell(points[i - 1].y + down * share), mark);
        }
      }
    }
  }

  void draw_points() {
    for (const bool emphasis : {false, true}) {
      for (const Point& point : plot_.points) {
        if (point.emphasis == emphasis && x_.contains(point.x) && y_.contains(point.y)) {
          put(cell(x_.px(point.x)), cell(y_.px(point.y)),
              kSeriesMarks[point.series % kSeriesMarks.size()]);
        }
      }
    }
    for (const Point& point : plot_.points) {
      if (point.emphasis && x_.contains(point.x) && y_.contains(point.y)) {
        label(point);
      }
    }
  }

  // Right of the point, else left, else above or below; only over blanks and region dots.
  void label(const Point& point) {
    const std::string& text = point.label;
    // A grid of bytes: only ASCII labels can stand in it; the others are in the table.
    if (text.empty() ||
        std::any_of(text.begin(), text.end(), [](char c) { return c < ' ' || c == '\x7f'; })) {
      return;
    }
    const int column = cell(x_.px(point.x));
    const int row = cell(y_.px(point.y));
    const int length = static_cast<int>(text.size());
    const int places[][2] = {{column + 2, row},
                             {column - 1 - length, row},
                             {column - length / 2, row - 1},
                             {column - length / 2, row + 1}};
    for (const auto& place : places) {
      if (place[0] < 0 || place[0] + length > columns_ || place[1] < 0 || place[1] >= rows_) {
        continue;
      }
      std::string& line = grid_[static_cast<std::size_t>(place[1])];
      const auto from = static_cast<std::size_t>(place[0]);
      // A blank on the far side too, or it would seem to name a neighbour.
      const std::size_t before = place[0] > column ? from : from - std::min<std::size_t>(from, 1);
      const std::size_t after = from + text.size() + (place[0] < column && place[1] == row ? 0 : 1);
      const auto taken = line.substr(before, after - before).find_first_not_of(" .");
      if (taken == std::string::npos) {
        line.replace(from, text.size(), text);
        return;
      }
    }
  }

  void add_prose(std::string& out, std::string_view text) const {
    if (!text.empty()) {
      for (const std::string& line : wrap_lines(printable(text), width_)) {
        out += line + '\n';
      }
    }
  }

  void add_rows(std::string& out) const {
    std::vector<std::string> names(static_cast<std::size_t>(rows_));
    for (const Tick& tick : y_.ticks(kYSpacing)) {
      const int row = cell(y_.px(tick.value));
      if (tick.major && row >= 0 && row < rows_) {
        names[static_cast<std::size_t>(row)] = tick.text;
      }
    }
    for (std::size_t row = 0; row < grid_.size(); ++row) {
      std::string line =
          pad_left(names[row], margin_) + (names[row].empty() ? " |" : " +") + grid_[row];
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + '\n';
    }
  }

  void add_x_axis(std::string& out) const {
    std::string rule(static_cast<std::size_t>(columns_), '-');
    std::string names(static_cast<std::size_t>(width_), ' ');
    std::size_t reach = 0;
    for (const Tick& tick : x_.ticks(kXSpacing)) {
      const int column = cell(x_.px(tick.value));
      const auto length = tick.text.size();
      const auto from = static_cast<std::size_t>(
          std::max(0, margin_ + 2 + column - static_cast<int>(length) / 2));
      if (!tick.major || column < 0 || column >= columns_) {
        continue;
      }
      rule[static_cast<std::size_t>(column)] = '+';
      if (from >= reach && from + length <= names.size()) {
        names.replace(from, length, tick.text);
        reach = from + length + 1;
      }
    }
    names.erase(names.find_last_not_of(' ') + 1);
    out +=
        std::string(static_cast<std::size_t>(margin_ + 1), ' ') + '+' + rule + '\n' + names + '\n';
    out += pad_left(truncate_to_width(named(plot_.x), width_), width_) + '\n';
  }

  void add_key(std::string& out) const {
    std::string key;
    const auto add = [&](const std::string& entry) { key += (key.empty() ? "" : ", ") + entry; };
    for (std::size_t i = 0; i < plot_.series.size(); ++i) {
      add(fmt::format("{} {}", kSeriesMarks[i % kSeriesMarks.size()], plot_.series[i].name));
    }
    for (const Region& region : plot_.regions) {
      if (!region.label.empty()) {
        add(". " + region.label);
      }
    }
    for (const ThresholdLine& line : plot_.lines) {
      if (!line.label.empty()) {
        add("-- " + line.label);
      }
    }
    add_prose(out, key);
  }

  const ScatterPlot& plot_;
  int width_;
  int rows_;
  int columns_ = 0;
  int margin_ = 1;
  Axis x_axis_;
  Axis y_axis_;
  Scale x_;
  Scale y_;
  std::vector<std::string> grid_;
};

}  // namespace

std::string render_ascii(const ScatterPlot& plot, const AsciiOptions& options) {
  return AsciiDrawing(plot, options).draw();
}

}  // namespace redline::results
