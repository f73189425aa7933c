#pragma once
// The pieces all SVG charts are drawn from. Every colour is an attribute with a plain value, so any
// renderer shows it, and a class that lets the page's variables (light, dark) take over.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "results/chart.h"
#include "results/label_layout.h"

namespace redline::results {

enum class Anchor : std::uint8_t { kStart, kMiddle, kEnd };

struct TextStyle {
  double size = 13.0;  // px of the viewBox
  bool bold = false;
  bool muted = false;
  bool halo = false;  // outlined in the colour of the paper, for text over marks
  Anchor anchor = Anchor::kStart;
};

// Width of a text, px: an upper estimate over the usual sans-serif fonts.
[[nodiscard]] double text_width(std::string_view text, double size, bool bold = false);

// A coordinate with at most two decimals.
[[nodiscard]] std::string px(double value);

inline constexpr std::size_t kPaletteSize = 8;
// "#0072B2"; the index wraps around.
[[nodiscard]] std::string_view palette_color(std::size_t index);

struct SvgHead {
  std::string_view id;
  std::string_view title;
  std::string_view description;
  double width = 0.0;
};

struct AreaStyle {
  std::size_t color = 0;
  Hatch hatch = Hatch::kNone;
  bool neutral = false;  // grey in place of the colour
  double opacity = 0.1;
  bool outline = false;
};

class SvgCanvas {
 public:
  explicit SvgCanvas(const SvgHead& head);

  void text(double x, double y, std::string_view content, const TextStyle& style = {});
  // Wrapped text; returns the baseline that the next line would have.
  double paragraph(const Box& area, std::string_view content, const TextStyle& style);
  // `kind`: "axis", "grid", "minor", "line", "dash" or "leader".
  void line(const Segment& segment, std::string_view kind);
  // A marker of a series with its outline; `radius` is that of a circle of the same weight.
  void marker(double x, double y, double radius, std::size_t series);
  // A filled area with its hatch; `path` is SVG path data.
  void area(std::string_view path, const AreaStyle& style);

  // A group with a tooltip: what is drawn until close_group() shows it.
  void open_group(std::string_view tooltip);
  [[nodiscard]] double width() const { return width_; }
  void close_group() { body_ += "</g>\n"; }
  void open_clip(const Box& box);

  // The document; `height` of the viewBox, px.
  [[nodiscard]] std::string finish(double height) const;

 private:
  [[nodiscard]] std::string hatch_id(const AreaStyle& style);

  std::string id_;
  std::string title_;
  std::string description_;
  double width_;
  std::string defs_;
  std::string body_;
  int clips_ = 0;
};

// Title, subtitle and, below them, where the chart may begin (y, px).
double draw_heading(SvgCanvas& canvas, std::string_view title, std::string_view subtitle,
                    double width);
// Height of what draw_heading draws.
[[nodiscard]] double heading_height(std::string_view title, std::string_view subtitle,
                                    double width);

// "M0,0L1,0L1,1Z"
[[nodiscard]] std::string box_path(const Box& box);

struct LegendItem {
  std::string name;
  bool swatch = false;  // an area; otherwise a marker
  std::size_t index = 0;
  AreaStyle area;
  std::string letter;
};
// Rows of keys from `y` on; returns where the next thing may begin. Draws nothing when `canvas` is
// null, to measure.
double draw_legend(SvgCanvas* canvas, const std::vector<LegendItem>& items, double y, double width);

// Lines of at most `width` px.
[[nodiscard]] std::vector<std::string> wrap_px(std::string_view text, double width, double size,
                                               bool bold = false);

}  // namespace redline::results
