#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "results/scale.h"
#include "results/svg.h"
#include "results/svg_canvas.h"

namespace redline::results {
namespace {

constexpr double kText = 12.0;
constexpr double kRow = 15.0;         // line height of a flag
constexpr double kFlagWidth = 148.0;  // labels wrap at this
constexpr double kTick = 12.5;
constexpr double kLaneHeader = 26.0;
constexpr double kDayTickSpacing = 78.0;
constexpr double kFlagGap = 6.0;
constexpr double kFoot = 8.0;  // between the line of a lane and its lowest flag

struct Flag {
  std::size_t event = 0;
  double x = 0.0;  // of the stem
  double x0 = 0.0;
  double x1 = 0.0;
  std::vector<std::string> lines;
  double base = 0.0;  // height of its foot over the lane's line
  [[nodiscard]] double top() const { return base + static_cast<double>(lines.size()) * kRow; }
};

// Centred under its line, but kept within the chart.
void draw_day_tick(SvgCanvas& canvas, double x, double bottom, const std::string& text) {
  const double half = text_width(text, kTick) / 2;
  canvas.text(std::clamp(x, half, std::max(half, canvas.width() - half)), bottom + 17, text,
              {.size = kTick, .muted = true, .anchor = Anchor::kMiddle});
}

class TimelineDrawing {
 public:
  explicit TimelineDrawing(const Timeline& t)
      : t_(t),
        canvas_({t.id, t.title, t.description, t.width}),
        scale_(range(t), 12, t.width - 12) {}

  std::string draw() {
    double y = draw_heading(canvas_, t_.title, t_.subtitle, t_.width);
    y += t_.marks.empty() ? 0.0 : 18.0;
    const double top = y;
    // Measured first, so that the rules of years and marks lie under the flags.
    std::vector<std::vector<Flag>> lanes;
    double bottom = top;
    for (std::size_t lane = 0; lane < lane_count(); ++lane) {
      lanes.push_back(flags_of(lane));
      bottom += lane_height(lanes.back());
    }
    draw_rules(top, bottom);
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      y = draw_lane(lane, lanes[lane], y);
    }
    y = bottom + 26;
    if (!t_.caption.empty()) {
      y = canvas_.paragraph({0, y + kText, t_.width, 0}, t_.caption,
                            {.size = kText, .muted = true});
    }
    return canvas_.finish(y + 4);
  }

 private:
  static Axis range(const Timeline& t) {
    std::vector<double> days;
    for (const TimelineEvent& event : t.events) {
      days.push_back(event.day);
    }
    Axis axis = resolve_axis({.min = t.first_day, .max = t.last_day}, days);
    if (!(t.first_day < t.last_day) && !days.empty()) {
      // resolve_axis may reach down to zero, which for days is 1970.
      const auto [low, high] = std::minmax_element(days.begin(), days.end());
      const double margin = std::max(30.0, (*high - *low) * 0.04);
      axis.min = *low - margin;
      axis.max = *high + margin;
    }
    return axis;
  }

  std::size_t lane_count() const {
    std::size_t count = std::max<std::size_t>(1, t_.lanes.size());
    for (const TimelineEvent& event : t_.events) {
      count = std::max(count, std::min<std::size_t>(event.lane + 1, kMostLanes));
    }
    return count;
  }

  std::vector<Flag> flags_of(std::size_t lane) const {
    std::vector<Flag> flags;
    for (std::size_t i = 0; i < t_.events.size(); ++i) {
      const TimelineEvent& event = t_.events[i];
      if (std::min(event.lane, kMostLanes - 1) == lane && scale_.contains(event.day)) {
        flags.push_back(make_flag(i));
      }
    }
    // Flags that reach left come first, from left to right, then the others from right to left,
    // each on top of all it overlaps: so a stem stands clear of the text placed before it.
    std::stable_sort(flags.begin(), flags.end(), [](const Flag& a, const Flag& b) {
      const bool a_left = a.x0 < a.x;
      const bool b_left = b.x0 < b.x;
      if (a_left != b_left) {
        return a_left;
      }
      return a_left ? a.x < b.x : a.x > b.x;
    });
    for (std::size_t i = 0; i < flags.size(); ++i) {
      flags[i].base = kFoot;
      for (std::size_t j = 0; j < i; ++j) {
        if (flags[j].x0 < flags[i].x1 + kFlagGap && flags[i].x0 < flags[j].x1 + kFlagGap) {
          flags[i].base = std::max(flags[i].base, flags[j].top() + kFlagGap);
        }
      }
    }
    return flags;
  }

  Flag make_flag(std::size_t index) const {
    const TimelineEvent& event = t_.events[index];
    Flag flag{.event = index, .x = scale_.px(event.day), .lines = {event.date_text}};
    for (std::string& line : wrap_px(event.label, kFlagWidth, kText, event.emphasis)) {
      flag.lines.push_back(std::move(line));
    }
    double width = text_width(event.date_text, kText, true);
    for (const std::string& line : flag.lines) {
      width = std::max(width, text_width(line, kText, event.emphasis));
    }
    const bool left = flag.x + 5 + width > t_.width;
    flag.x0 = left ? flag.x - 5 - width : flag.x;
    flag.x1 = left ? flag.x : flag.x + 5 + width;
    return flag;
  }

  static double lane_height(const std::vector<Flag>& flags) {
    double top = 0.0;
    for (const Flag& flag : flags) {
      top = std::max(top, flag.top());
    }
    return kLaneHeader + top + 22;
  }

  void draw_rules(double top, double bottom) {
    const auto most = static_cast<std::size_t>(t_.width / kDayTickSpacing);
    for (const Tick& tick : day_ticks(scale_min(), scale_max(), most)) {
      const double x = scale_.px(tick.value);
      canvas_.line({x, top, x, bottom}, "grid");
      draw_day_tick(canvas_, x, bottom, tick.text);
    }
    for (const DayMark& mark : t_.marks) {
      if (scale_.contains(mark.day)) {
        const double x = scale_.px(mark.day);
        const bool left = x + 5 + text_width(mark.label, kText, true) > t_.width;
        canvas_.line({x, top - 14, x, bottom}, "dash");
        canvas_.text(left ? x - 5 : x + 5, top - 4, mark.label,
                     {.size = kText, .bold = true, .anchor = left ? Anchor::kEnd : Anchor::kStart});
      }
    }
  }

  double scale_min() const { return range(t_).min; }
  double scale_max() const { return range(t_).max; }

  double draw_lane(std::size_t lane, const std::vector<Flag>& flags, double top) {
    if (lane < t_.lanes.size()) {
      canvas_.text(0, top + 16, t_.lanes[lane], {.size = 13.5, .bold = true, .halo = true});
    }
    const double bottom = top + lane_height(flags);
    const double base = bottom - 14;
    canvas_.line({0, base, t_.width, base}, "axis");
    for (const Flag& flag : flags) {
      const TimelineEvent& event = t_.events[flag.event];
      const double head = base - flag.top();
      canvas_.open_group(event.tooltip.empty() ? event.label : event.tooltip);
      canvas_.line({flag.x, head + 2, flag.x, base}, "leader");
      const bool left = flag.x0 < flag.x;
      for (std::size_t i = 0; i < flag.lines.size(); ++i) {
        canvas_.text(left ? flag.x - 5 : flag.x + 5, head + kRow * static_cast<double>(i + 1) - 3,
                     flag.lines[i],
                     {.size = kText,
                      .bold = i == 0 || event.emphasis,
                      .muted = i == 0 && !event.emphasis,
                      .halo = true,
                      .anchor = left ? Anchor::kEnd : Anchor::kStart});
      }
      canvas_.marker(flag.x, base, event.emphasis ? 6.5 : 5, lane);
      canvas_.close_group();
    }
    return bottom;
  }

  static constexpr std::size_t kMostLanes = 32;  // a wild lane number must not fill the page

  const Timeline& t_;
  SvgCanvas canvas_;
  Scale scale_;
};

class IntervalDrawing {
 public:
  explicit IntervalDrawing(const IntervalBars& bars)
      : bars_(bars),
        canvas_({bars.id, bars.title, bars.description, bars.width}),
        range_(range(bars)),
        left_(label_width(bars) + 14),
        scale_(range_, left_, bars.width - 14) {}

  std::string draw() {
    double y = draw_heading(canvas_, bars_.title, bars_.subtitle, bars_.width);
    y = draw_legend(&canvas_, legend(), y, bars_.width) + 8;
    const double top = y + (bars_.marks.empty() ? 0.0 : 18.0);
    const double bottom = top + kBarRow * static_cast<double>(bars_.rows.size()) + 4;
    draw_grid(top, bottom);
    for (std::size_t i = 0; i < bars_.rows.size(); ++i) {
      draw_row(bars_.rows[i], top + 4 + kBarRow * static_cast<double>(i));
    }
    draw_marks(top, bottom);
    y = bottom + 24;
    if (!bars_.caption.empty()) {
      y = canvas_.paragraph({0, y + kText + 4, bars_.width, 0}, bars_.caption,
                            {.size = kText, .muted = true});
    }
    return canvas_.finish(y + 4);
  }

 private:
  static constexpr double kBarRow = 28.0;
  static constexpr double kBar = 20.0;
  static constexpr double kLabel = 13.0;

  static Axis range(const IntervalBars& bars) {
    std::vector<double> days;
    for (const IntervalRow& row : bars.rows) {
      for (const StatusSpan& span : row.spans) {
        days.push_back(span.first_day);
        days.push_back(span.last_day);
      }
    }
    std::erase_if(days, [](double day) { return !std::isfinite(day); });
    if (bars.first_day < bars.last_day || days.empty()) {
      return resolve_axis({.min = bars.first_day, .max = bars.last_day}, days);
    }
    const auto [low, high] = std::minmax_element(days.begin(), days.end());
    return {.min = *low, .max = std::max(*high, *low + 30.0)};
  }

  static double label_width(const IntervalBars& bars) {
    double width = 60.0;
    for (const IntervalRow& row : bars.rows) {
      width = std::max(width, text_width(row.label, kLabel));
    }
    return std::min(width, bars.width * 0.3);
  }

  AreaStyle style_of(std::size_t status) const {
    if (status >= bars_.statuses.size()) {
      return {.hatch = Hatch::kCross, .neutral = true, .opacity = 0.2, .outline = true};
    }
    const Status& s = bars_.statuses[status];
    return {s.color, s.hatch, s.neutral, s.neutral ? 0.14 : 0.32, true};
  }

  std::vector<LegendItem> legend() const {
    std::vector<LegendItem> items;
    for (std::size_t i = 0; i < bars_.statuses.size(); ++i) {
      items.push_back({bars_.statuses[i].name, true, i, style_of(i), bars_.statuses[i].letter});
    }
    return items;
  }

  void draw_grid(double top, double bottom) {
    const auto most = static_cast<std::size_t>((bars_.width - left_) / kDayTickSpacing);
    for (const Tick& tick : day_ticks(range_.min, range_.max, most)) {
      const double x = scale_.px(tick.value);
      canvas_.line({x, top, x, bottom}, "grid");
      draw_day_tick(canvas_, x, bottom, tick.text);
    }
    canvas_.line({left_, bottom, bars_.width - 14, bottom}, "axis");
  }

  void draw_row(const IntervalRow& row, double y) {
    const std::string label = wrap_px(row.label, left_ - 14, kLabel).front();
    const bool cut = label != row.label;
    canvas_.open_group(cut ? row.label : "");
    canvas_.text(left_ - 10, y + kBar / 2 + 4.5, cut ? label + "\xE2\x80\xA6" : label,
                 {.size = kLabel, .anchor = Anchor::kEnd});
    canvas_.close_group();
    for (const StatusSpan& span : row.spans) {
      const double from = std::max(span.first_day, range_.min);
      const double to = std::min(span.last_day, range_.max);
      if (!(from < to)) {
        continue;
      }
      const double x0 = scale_.px(from);
      const double x1 = scale_.px(to);
      canvas_.open_group(span.tooltip);
      canvas_.area(box_path({x0 + 0.5, y + 0.5, x1 - 0.5, y + kBar - 0.5}), style_of(span.status));
      const std::string letter =
          span.status < bars_.statuses.size() ? bars_.statuses[span.status].letter : "?";
      if (text_width(letter, kText, true) + 4 <= x1 - x0) {
        canvas_.text((x0 + x1) / 2, y + kBar / 2 + 4.3, letter,
                     {.size = kText, .bold = true, .halo = true, .anchor = Anchor::kMiddle});
      }
      canvas_.close_group();
    }
  }

  void draw_marks(double top, double bottom) {
    double reach = -1e9;
    for (const DayMark& mark : bars_.marks) {
      if (!scale_.contains(mark.day)) {
        continue;
      }
      const double x = scale_.px(mark.day);
      const double width = text_width(mark.label, kText, true);
      canvas_.line({x, top - 4, x, bottom}, "dash");
      const double at = std::clamp(x - width / 2, left_, bars_.width - width);
      if (at > reach) {
        canvas_.text(at, top - 9, mark.label, {.size = kText, .bold = true, .halo = true});
        reach = at + width + 8;
      }
    }
  }

  const IntervalBars& bars_;
  SvgCanvas canvas_;
  Axis range_;
  double left_;
  Scale scale_;
};

}  // namespace

std::string render_svg(const Timeline& timeline) { return TimelineDrawing(timeline).draw(); }

std::string render_svg(const IntervalBars& bars) { return IntervalDrawing(bars).draw(); }

}  // namespace redline::results
