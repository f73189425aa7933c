#pragma once
// What charts show, in data units; svg.h and ascii_plot.h draw it. A chart holds all its own words,
// so that it can be in any language.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace redline::results {

struct Axis {
  std::string label{};
  std::string unit{};
  bool log = false;
  // Taken from the points where min < max does not hold (or min <= 0 on a log axis).
  double min = 0.0;
  double max = 0.0;
};

// Series are told apart by colour (Okabe-Ito) and by marker shape, both by index.
struct Series {
  std::string name{};
};

struct Point {
  double x = 0.0;  // in the unit of the axis; points outside the axes or NaN are not drawn
  double y = 0.0;
  std::string label{};
  std::size_t series = 0;
  bool emphasis = false;  // larger, labelled first and in bold, never covered
  std::string tooltip{};
};

struct Coordinate {
  double x = 0.0;
  double y = 0.0;
};

enum class Hatch : std::uint8_t { kNone, kDiagonal, kBackDiagonal, kCross, kDots };

// A closed polygon; infinities and what lies outside the axes are cut off at the plot's edge.
struct Region {
  std::vector<Coordinate> corners{};
  std::string label{};  // newlines break it
  std::size_t color = 1;
  Hatch hatch = Hatch::kDiagonal;
};

// A threshold: a polyline, labelled near its end.
struct ThresholdLine {
  std::vector<Coordinate> points{};
  std::string label{};
  bool dashed = true;
};

// Fixed words; "{n}" and "{names}" are replaced.
struct ScatterWords {
  std::string unlabelled = "Points without a label, for want of room: {n}; the table names them.";
  std::string outside = "Outside the axes: {names}.";
  std::string comma = ", ";        // between names
  std::string sentence_gap = " ";  // between sentences
};

struct ScatterPlot {
  std::string id = "plot";  // unique in a page: letters, digits, hyphens
  std::string title{};
  std::string subtitle{};
  std::string description{};  // a sentence for those who do not see the chart
  Axis x{};
  Axis y{};
  std::vector<Series> series{};
  std::vector<Point> points{};
  std::vector<Region> regions{};
  std::vector<ThresholdLine> lines{};
  std::string caption{};
  ScatterWords words{};
  double width = 960.0;  // of the viewBox, px
  double height = 640.0;
};

// A value with its interval on a row of its own.
struct WhiskerRow {
  std::string label{};
  std::optional<double> value{};  // in the unit of the axis; none: a row without a point
  double low = 0.0;               // of the interval
  double high = 0.0;
  std::string text{};  // printed beside the row: the same in figures, or why there is no point
  std::size_t series = 0;
  bool emphasis = false;  // larger, in bold
  std::string tooltip{};
  std::size_t depth = 0;  // in a tree: under the nearest row above that is less deep
};

struct WhiskerGroup {
  std::string label{};
  std::vector<WhiskerRow> rows{};
};

// A vertical rule at a value, such as 100 %.
struct ValueMark {
  double value = 0.0;
  std::string label{};
};

struct DotWhisker {
  std::string id = "whiskers";
  std::string title{};
  std::string subtitle{};
  std::string description{};
  Axis x{};
  std::vector<Series> series{};
  std::vector<WhiskerGroup> groups{};
  std::vector<ValueMark> marks{};
  std::string caption{};
  double width = 960.0;
  double label_share = 0.0;  // the most that labels may take of the width; 0: as is usual
};

// How a number spreads over worlds at one step, such as a quarter.
struct FanStep {
  double p5 = 0.0;  // quantiles, in the unit of the axis; a step with NaN is not drawn
  double p25 = 0.0;
  double p50 = 0.0;
  double p75 = 0.0;
  double p95 = 0.0;
  std::string tooltip{};
};

struct FanPanel {
  std::string label{};
  std::vector<FanStep> steps{};
};

// Panels one below the other, all to one scale.
struct FanChart {
  std::string id = "fan";
  std::string title{};
  std::string subtitle{};
  std::string description{};
  std::vector<std::string> steps{};  // their names, under the last panel
  Axis y{};
  std::vector<FanPanel> panels{};
  std::string wide = "5 to 95 %";
  std::string narrow = "25 to 75 %";
  std::string middle = "median";
  std::string caption{};
  double width = 960.0;
  double height = 400.0;  // of all panels
};

// What leads from one total to the next.
enum class WaterfallKind : std::uint8_t {
  kTotal,   // from zero; the next change starts at its end
  kChange,  // from where the row above ended
  kBeside,  // from zero, for comparison
};

struct WaterfallRow {
  std::string label{};
  double amount = 0.0;  // in the unit of the axis
  WaterfallKind kind = WaterfallKind::kChange;
  std::string text{};  // the same in figures, beside the row
  std::string tooltip{};
};

struct WaterfallGroup {
  std::string label{};
  std::vector<WaterfallRow> rows{};
};

// Rows of bars; each group starts anew.
struct Waterfall {
  std::string id = "waterfall";
  std::string title{};
  std::string subtitle{};
  std::string description{};
  Axis x{};
  std::vector<WaterfallGroup> groups{};
  std::string caption{};
  double width = 960.0;
};

// Days are counted from 1970-01-01 (Date::time_since_epoch().count()).
struct TimelineEvent {
  double day = 0.0;
  std::string date_text{};  // as printed: "2022-10-07", "Oct 2022"
  std::string label{};
  std::size_t lane = 0;
  bool emphasis = false;
  std::string tooltip{};
};

// A vertical rule at a day, such as "as of".
struct DayMark {
  double day = 0.0;
  std::string label{};
};

struct Timeline {
  std::string id = "timeline";
  std::string title{};
  std::string subtitle{};
  std::string description{};
  std::vector<std::string> lanes{};
  std::vector<TimelineEvent> events{};  // any order
  std::vector<DayMark> marks{};
  double first_day = 0.0;  // taken from the events where first_day < last_day does not hold
  double last_day = 0.0;
  std::string caption{};
  double width = 960.0;
};

// A status is told by colour, hatch and letter together.
struct Status {
  std::string name{};
  std::string letter{};  // drawn inside the bar where it fits: "L", "?", "NAC"
  std::size_t color = 0;
  bool neutral = false;  // grey in place of the colour, for "unknown" or "does not apply"
  Hatch hatch = Hatch::kNone;
};

struct StatusSpan {
  double first_day = 0.0;  // -infinity: from before the chart
  double last_day = 0.0;   // infinity: still so at its end
  std::size_t status = 0;
  std::string tooltip{};
};

struct IntervalRow {
  std::string label{};
  std::vector<StatusSpan> spans{};
};

struct IntervalBars {
  std::string id = "intervals";
  std::string title{};
  std::string subtitle{};
  std::string description{};
  std::vector<Status> statuses{};
  std::vector<IntervalRow> rows{};
  std::vector<DayMark> marks{};
  double first_day = 0.0;
  double last_day = 0.0;
  std::string caption{};
  double width = 960.0;
};

}  // namespace redline::results
