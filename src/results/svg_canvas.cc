#include "results/svg_canvas.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "results/utf8.h"

namespace redline::results {
namespace {

// Okabe and Ito (2008), "Color Universal Design": told apart by all common kinds of colour vision.
// Their black is the ink of the chart itself; grey takes its place at the end.
constexpr std::array<std::string_view, kPaletteSize> kPalette{
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#777777"};

constexpr std::string_view kInk = "#1a1a1a";
constexpr std::string_view kMuted = "#5b6068";
constexpr std::string_view kPaper = "#ffffff";
constexpr std::string_view kHairline = "#d9dce1";
constexpr std::string_view kNeutral = "#8a8f98";
constexpr double kLegendSize = 13.0;
constexpr double kLegendRow = 22.0;
constexpr double kLineHeight = 1.28;  // of the font size
constexpr double kTitleSize = 19.0;
constexpr double kSubtitleSize = 14.0;

// Class rules only refine the attributes: where a renderer knows no variables, nothing is lost.
std::string style_sheet() {
  std::string css =
      ".rl-ink{fill:var(--ink,#1a1a1a)}.rl-muted{fill:var(--muted,#5b6068)}"
      ".rl-halo{stroke:var(--paper,#fff)}.rl-axis{stroke:var(--ink,#1a1a1a)}"
      ".rl-grid,.rl-minor{stroke:var(--hairline,#d9dce1)}"
      ".rl-line,.rl-dash{stroke:var(--ink,#1a1a1a)}.rl-leader{stroke:var(--muted,#5b6068)}"
      ".rl-neutral{fill:var(--neutral,#8a8f98)}.rl-nhatch{stroke:var(--neutral,#8a8f98)}";
  for (std::size_t i = 0; i < kPaletteSize; ++i) {
    css += fmt::format(
        ".rl-s{0}{{fill:var(--series-{0},{1})}}.rl-h{0}{{stroke:var(--series-{0},{1})}}", i,
        kPalette[i]);
  }
  return css;
}

// Relative widths by Helvetica-like classes, chosen not to be too small for DejaVu Sans.
double glyph_width(char32_t c) {
  if (c >= 0x2E80) {
    return code_point_width(c) == 2 ? 1.02 : 0.7;
  }
  if (c >= 0x80) {
    return code_point_width(c) == 0 ? 0.0 : 0.64;
  }
  static constexpr std::string_view kThin = "ijlI.,:;'|!`";
  static constexpr std::string_view kSlim = "frt()[]{}/\\-\" ";
  static constexpr std::string_view kFat = "mwMW@%";
  const auto in = [&](std::string_view set) {
    return set.find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (in(kThin)) {
    return 0.31;
  }
  if (in(kSlim)) {
    return 0.40;
  }
  if (in(kFat)) {
    return 0.93;
  }
  return c >= 'A' && c <= 'Z' ? 0.70 : 0.61;
}

struct MarkerShape {
  std::size_t count = 0;  // 0: a circle
  std::array<Coordinate, 12> corners{};
};
// In units of the radius, of about equal visual weight.
constexpr std::array<MarkerShape, kPaletteSize> kShapes{{
    {},
    {4, {{{-.86, -.86}, {.86, -.86}, {.86, .86}, {-.86, .86}}}},
    {3, {{{0, -1.2}, {1.08, .72}, {-1.08, .72}}}},
    {4, {{{0, -1.22}, {1.22, 0}, {0, 1.22}, {-1.22, 0}}}},
    {3, {{{0, 1.2}, {1.08, -.72}, {-1.08, -.72}}}},
    {12,
     {{{-.42, -1.1},
       {.42, -1.1},
       {.42, -.42},
       {1.1, -.42},
       {1.1, .42},
       {.42, .42},
       {.42, 1.1},
       {-.42, 1.1},
       {-.42, .42},
       {-1.1, .42},
       {-1.1, -.42},
       {-.42, -.42}}}},
    {5, {{{0, -1.2}, {1.14, -.37}, {.71, .97}, {-.71, .97}, {-1.14, -.37}}}},
    {6, {{{-.5, -1}, {.5, -1}, {1.1, 0}, {.5, 1}, {-.5, 1}, {-1.1, 0}}}},
}};

std::string_view hatch_path(Hatch hatch) {
  switch (hatch) {
    case Hatch::kDiagonal:
      return "M-2,2L2,-2M0,8L8,0M6,10L10,6";
    case Hatch::kBackDiagonal:
      return "M-2,6L2,10M0,0L8,8M6,-2L10,2";
    case Hatch::kCross:
      return "M-2,2L2,-2M0,8L8,0M6,10L10,6M-2,6L2,10M0,0L8,8M6,-2L10,2";
    case Hatch::kDots:
      return "M3.2,4h1.6";
    case Hatch::kNone:
      break;
  }
  return "";
}

}  // namespace

std::string px(double value) {
  if (!std::isfinite(value)) {
    return "0";
  }
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') {
    text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

double text_width(std::string_view text, double size, bool bold) {
  double width = 0.0;
  for (std::size_t pos = 0; pos < text.size();) {
    const char32_t c = next_code_point(text, pos);
    // A bold Chinese character fills the same square as any other.
    width += glyph_width(c) * (bold && c < 0x2E80 ? 1.1 : 1.0);
  }
  return width * size;
}

std::string_view palette_color(std::size_t index) { return kPalette[index % kPaletteSize]; }

std::vector<std::string> wrap_px(std::string_view text, double width, double size, bool bold) {
  // Cells are a first guess; narrow until the widest line fits.
  const double cell = size * 0.45;
  for (int cells = std::max(4, static_cast<int>(width / cell)); cells > 4; --cells) {
    std::vector<std::string> lines = wrap_lines(text, cells);
    if (std::all_of(lines.begin(), lines.end(),
                    [&](const auto& line) { return text_width(line, size, bold) <= width; })) {
      return lines;
    }
  }
  return wrap_lines(text, 4);
}

SvgCanvas::SvgCanvas(const SvgHead& head)
    : id_(escape_markup(head.id)),
      title_(escape_markup(head.title)),
      description_(escape_markup(head.description)),
      width_(head.width) {
  defs_ = fmt::format("<style>{}</style>\n", style_sheet());
}

void SvgCanvas::text(double x, double y, std::string_view content, const TextStyle& style) {
  static constexpr std::array<std::string_view, 3> kAnchors{"start", "middle", "end"};
  const std::string common = fmt::format(
      "x=\"{}\" y=\"{}\" font-size=\"{}\"{} text-anchor=\"{}\"", px(x), px(y), px(style.size),
      style.bold ? " font-weight=\"600\"" : "", kAnchors[static_cast<std::size_t>(style.anchor)]);
  const std::string safe = escape_markup(content);
  // Drawn twice rather than with paint-order, which not every renderer knows.
  if (style.halo) {
    body_ += fmt::format(
        "<text {} class=\"rl-halo\" fill=\"none\" stroke=\"{}\" stroke-width=\"3.5\" "
        "stroke-linejoin=\"round\" aria-hidden=\"true\">{}</text>\n",
        common, kPaper, safe);
  }
  body_ += fmt::format("<text {} class=\"{}\" fill=\"{}\">{}</text>\n", common,
                       style.muted ? "rl-muted" : "rl-ink", style.muted ? kMuted : kInk, safe);
}

double SvgCanvas::paragraph(const Box& area, std::string_view content, const TextStyle& style) {
  double y = area.y0;
  for (const std::string& line : wrap_px(content, area.x1 - area.x0, style.size, style.bold)) {
    text(area.x0, y, line, style);
    y += style.size * kLineHeight;
  }
  return y;
}

void SvgCanvas::line(const Segment& s, std::string_view kind) {
  const bool faint = kind == "grid" || kind == "minor";
  const std::string_view color = faint ? kHairline : kind == "leader" ? kMuted : kInk;
  const double width = kind == "dash" || kind == "line" ? 1.6 : kind == "leader" ? 0.8 : 1.0;
  body_ += fmt::format(
      "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"rl-{}\" stroke=\"{}\" "
      "stroke-width=\"{}\"{}{}/>\n",
      px(s.x0), px(s.y0), px(s.x1), px(s.y1), kind, color, width,
      kind == "dash" ? " stroke-dasharray=\"6 4\"" : "",
      kind == "minor" ? " stroke-opacity=\"0.55\"" : "");
}

void SvgCanvas::marker(double x, double y, double radius, std::size_t series) {
  const std::size_t index = series % kPaletteSize;
  const std::string paint =
      fmt::format("class=\"rl-s{} rl-halo\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1.2\"", index,
                  kPalette[index], kPaper);
  const MarkerShape& shape = kShapes[index];
  if (shape.count == 0) {
    body_ +=
        fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>\n", px(x), px(y), px(radius), paint);
    return;
  }
  std::string points;
  for (std::size_t i = 0; i < shape.count; ++i) {
    points += fmt::format("{}{},{}", i == 0 ? "" : " ", px(x + radius * shape.corners[i].x),
                          px(y + radius * shape.corners[i].y));
  }
  body_ += fmt::format("<polygon points=\"{}\" {}/>\n", points, paint);
}

std::string SvgCanvas::hatch_id(const AreaStyle& style) {
  const std::size_t color = style.color % kPaletteSize;
  const std::string paint = style.neutral ? "n" : fmt::format("{}", color);
  std::string id = fmt::format("{}-hatch-{}-{}", id_, paint, static_cast<int>(style.hatch));
  if (defs_.find("\"" + id + "\"") == std::string::npos) {
    defs_ += fmt::format(
        "<pattern id=\"{}\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><path "
        "d=\"{}\" "
        "class=\"{}\" stroke=\"{}\" stroke-width=\"{}\" stroke-opacity=\"0.45\" fill=\"none\"/>"
        "</pattern>\n",
        id, hatch_path(style.hatch), style.neutral ? "rl-nhatch" : fmt::format("rl-h{}", color),
        style.neutral ? kNeutral : kPalette[color], style.hatch == Hatch::kDots ? 1.6 : 0.9);
  }
  return id;
}

void SvgCanvas::area(std::string_view path, const AreaStyle& style) {
  const std::size_t color = style.color % kPaletteSize;
  const std::string paint = style.neutral ? "n" : fmt::format("{}", color);
  const std::string_view plain = style.neutral ? kNeutral : kPalette[color];
  body_ += fmt::format("<path d=\"{}\" class=\"{}\" fill=\"{}\" fill-opacity=\"{}\"/>\n", path,
                       style.neutral ? "rl-neutral" : "rl-s" + paint, plain, style.opacity);
  if (style.hatch != Hatch::kNone) {
    body_ += fmt::format("<path d=\"{}\" fill=\"url(#{})\"/>\n", path, hatch_id(style));
  }
  if (style.outline) {
    body_ += fmt::format("<path d=\"{}\" class=\"rl-{}\" fill=\"none\" stroke=\"{}\"/>\n", path,
                         style.neutral ? "nhatch" : "h" + paint, plain);
  }
}

void SvgCanvas::open_group(std::string_view tooltip) {
  body_ += "<g>";
  if (!tooltip.empty()) {
    body_ += fmt::format("<title>{}</title>", escape_markup(tooltip));
  }
  body_ += '\n';
}

void SvgCanvas::open_clip(const Box& b) {
  const std::string id = fmt::format("{}-clip-{}", id_, ++clips_);
  defs_ += fmt::format(
      "<clipPath id=\"{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>\n", id,
      px(b.x0), px(b.y0), px(b.x1 - b.x0), px(b.y1 - b.y0));
  body_ += fmt::format("<g clip-path=\"url(#{})\">\n", id);
}

std::string SvgCanvas::finish(double height) const {
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
             "height=\"{1}\" role=\"img\" aria-labelledby=\"{2}-title {2}-desc\" "
             "font-family=\"system-ui, -apple-system, &#39;Segoe UI&#39;, &#39;Helvetica "
             "Neue&#39;, Arial, &#39;Noto Sans CJK SC&#39;, &#39;PingFang SC&#39;, &#39;Microsoft "
             "YaHei&#39;, sans-serif\">\n<title id=\"{2}-title\">{3}</title>\n"
             "<desc id=\"{2}-desc\">{4}</desc>\n",
             px(width_), px(height), id_, title_, description_) +
         "<defs>\n" + defs_ + "</defs>\n" + body_ + "</svg>\n";
}

std::string box_path(const Box& b) {
  return fmt::format("M{0},{1}L{2},{1}L{2},{3}L{0},{3}Z", px(b.x0), px(b.y0), px(b.x1), px(b.y1));
}

double draw_legend(SvgCanvas* canvas, const std::vector<LegendItem>& items, double y,
                   double width) {
  if (items.empty()) {
    return y;
  }
  double x = 0.0;
  for (const LegendItem& item : items) {
    const double key = item.swatch ? 28.0 : 14.0;
    const double text = text_width(item.name, kLegendSize);
    if (x > 0 && x + key + 6 + text > width) {
      x = 0.0;
      y += kLegendRow;
    }
    if (canvas) {
      const double middle = y + kLegendRow / 2;
      if (item.swatch) {
        canvas->area(box_path({x + 0.5, middle - 7.5, x + key - 0.5, middle + 7.5}), item.area);
        canvas->text(x + key / 2, middle + 4, item.letter,
                     {.size = 11, .bold = true, .anchor = Anchor::kMiddle});
      } else {
        canvas->marker(x + 6, middle, 5.5, item.index);
      }
      canvas->text(x + key + 5, middle + 4.5, item.name, {.size = kLegendSize});
    }
    x += key + 6 + text + 18;
  }
  return y + kLegendRow + 6;
}

double heading_height(std::string_view title, std::string_view subtitle, double width) {
  double height = 6.0;
  if (!title.empty()) {
    height += static_cast<double>(wrap_px(title, width, kTitleSize, true).size()) * kTitleSize *
              kLineHeight;
  }
  if (!subtitle.empty()) {
    height += static_cast<double>(wrap_px(subtitle, width, kSubtitleSize).size()) * kSubtitleSize *
              kLineHeight;
  }
  return height + 6.0;
}

double draw_heading(SvgCanvas& canvas, std::string_view title, std::string_view subtitle,
                    double width) {
  double y = 6.0;
  if (!title.empty()) {
    y = canvas.paragraph({0, y + kTitleSize * 0.9, width, 0}, title,
                         {.size = kTitleSize, .bold = true}) -
        kTitleSize * 0.9;
  }
  if (!subtitle.empty()) {
    canvas.paragraph({0, y + kSubtitleSize, width, 0}, subtitle,
                     {.size = kSubtitleSize, .muted = true});
  }
  return heading_height(title, subtitle, width);
}

}  // namespace redline::results
