// scale, label_layout, svg, html, ascii_plot.
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "results/ascii_plot.h"
#include "results/html.h"
#include "results/label_layout.h"
#include "results/scale.h"
#include "results/svg.h"
#include "results/svg_canvas.h"
#include "results/utf8.h"

namespace redline::results {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr const char* kHostile = "<script>alert('x')</script>\" \x01 \xFF & ]]>";

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
    ++n;
  }
  return n;
}

// No markup of the hostile text survives, and the rest is valid UTF-8 that XML allows.
void expect_defused(const std::string& document) {
  EXPECT_EQ(document.find("<script"), std::string::npos);
  EXPECT_EQ(document.find('\x01'), std::string::npos);
  EXPECT_EQ(document.find('\xFF'), std::string::npos);
  EXPECT_NE(document.find("&lt;script&gt;"), std::string::npos);
}

ScatterPlot crowd() {
  ScatterPlot plot{.title = "Crowd",
                   .x = {.label = "TPP", .log = true, .min = 100, .max = 100000},
                   .y = {.label = "PD", .log = true, .min = 0.5, .max = 100},
                   .series = {{"One"}, {"Two"}}};
  for (int i = 0; i < 40; ++i) {
    plot.points.push_back({.x = 1000.0 + 40 * i,
                           .y = 5.0 + 0.1 * (i % 7),
                           .label = "Chip number " + std::to_string(i),
                           .series = static_cast<std::size_t>(i % 2),
                           .emphasis = i % 10 == 0});
  }
  return plot;
}

std::vector<std::string> major_texts(const std::vector<Tick>& ticks) {
  std::vector<std::string> texts;
  for (const Tick& tick : ticks) {
    if (tick.major) {
      texts.push_back(tick.text);
    }
  }
  return texts;
}

TEST(Scale, LogTicksAreOneTwoFive) {
  const Scale scale({.log = true, .min = 100, .max = 20000}, 0, 800);
  EXPECT_EQ(
      major_texts(scale.ticks(45)),
      (std::vector<std::string>{"100", "200", "500", "1,000", "2,000", "5,000", "10k", "20k"}));
}
TEST(Scale, CrowdedLogTicksArePowersOfTen) {
  const Scale scale({.log = true, .min = 1, .max = 1e6}, 0, 300);
  EXPECT_EQ(major_texts(scale.ticks(45)),
            (std::vector<std::string>{"1", "10", "100", "1,000", "10k", "100k", "1M"}));
}
TEST(Scale, LinearTicksAreRound) {
  const Scale scale({.min = 0, .max = 1}, 0, 100);
  EXPECT_EQ(major_texts(scale.ticks(20)),
            (std::vector<std::string>{"0", "0.2", "0.4", "0.6", "0.8", "1"}));
}
TEST(Scale, InfinityAndZeroOnALogAxisStayDrawable) {
  const Scale scale({.log = true, .min = 1, .max = 10}, 0, 100);
  EXPECT_EQ(scale.px(kInf), 200);
  EXPECT_EQ(scale.px(0), -100);
  EXPECT_FALSE(scale.contains(0));
}
TEST(Scale, AnUnusableRangeIsTakenFromTheValues) {
  const Axis axis = resolve_axis({.log = true}, {-1, 0, 10, 1000, kInf, std::nan("")});
  EXPECT_GT(axis.min, 0);
  EXPECT_LE(axis.min, 10);
  EXPECT_GE(axis.max, 1000);
  EXPECT_LT(axis.max, 1e6);
}
TEST(Scale, DayTicksAreYearsOrMonths) {
  EXPECT_EQ(major_texts(day_ticks(18993, 20454, 5)),  // 2022-01-01 .. 2026-01-01
            (std::vector<std::string>{"2022", "2023", "2024", "2025", "2026"}));
  EXPECT_EQ(major_texts(day_ticks(19723, 19783, 8)).front(), "2024-01");
}

TEST(LabelLayout, NoLabelCoversAnotherLabelOrAMarker) {
  LabelScene scene{.area = {0, 0, 600, 400}};
  for (int i = 0; i < 40; ++i) {
    scene.points.push_back({.x = 200.0 + 5 * i,
                            .y = 200.0 + 11 * (i % 5),
                            .radius = 5,
                            .width = 60,
                            .height = 13,
                            .emphasis = i % 8 == 0});
  }
  const auto labels = place_labels(scene);
  ASSERT_EQ(labels.size(), 40U);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    for (std::size_t j = 0; j < labels.size() && labels[i].shown; ++j) {
      const LabelRequest& p = scene.points[j];
      EXPECT_FALSE(overlap(labels[i].box, {p.x - 5, p.y - 5, p.x + 5, p.y + 5}));
      EXPECT_FALSE(i != j && labels[j].shown && overlap(labels[i].box, labels[j].box));
    }
  }
}
TEST(LabelLayout, EmphasisedLabelsArePlacedFirst) {
  // Room for one label only.
  LabelScene scene{.area = {0, 0, 80, 20}};
  scene.points = {{.x = 8, .y = 10, .radius = 4, .width = 50, .height = 12},
                  {.x = 10, .y = 10, .radius = 4, .width = 50, .height = 12, .emphasis = true}};
  const auto labels = place_labels(scene);
  EXPECT_FALSE(labels[0].shown);
  EXPECT_TRUE(labels[1].shown);
}
TEST(LabelLayout, ALabelMovedAwayHasALeader) {
  LabelScene scene{.area = {0, 0, 400, 400}, .obstacles = {{170, 170, 230, 230}}};
  scene.points = {{.x = 200, .y = 200, .radius = 4, .width = 30, .height = 12}};
  const auto labels = place_labels(scene);
  ASSERT_TRUE(labels[0].shown);
  EXPECT_TRUE(labels[0].leader);
}
TEST(LabelLayout, ALoneLabelStandsOnTheRight) {
  LabelScene scene{.area = {0, 0, 400, 400}};
  scene.points = {{.x = 200, .y = 200, .radius = 4, .width = 30, .height = 12}};
  const auto label = place_labels(scene)[0];
  EXPECT_GT(label.box.x0, 204);
  EXPECT_FALSE(label.leader);
}

TEST(ScatterSvg, HasARoleATitleAndADescription) {
  ScatterPlot plot = crowd();
  plot.description = "What it shows.";
  const std::string svg = render_svg(plot);
  EXPECT_NE(svg.find("role=\"img\" aria-labelledby=\"plot-title plot-desc\""), std::string::npos);
  EXPECT_NE(svg.find("<desc id=\"plot-desc\">What it shows.</desc>"), std::string::npos);
}
TEST(ScatterSvg, SeriesDifferInShapeAsWellAsColour) {
  const std::string svg = render_svg(crowd());
  EXPECT_EQ(count(svg, "<circle"), 21U);  // 20 points and the key
  EXPECT_EQ(count(svg, "<polygon"), 21U);
}
TEST(ScatterSvg, EmphasisedPointsKeepTheirLabels) {
  const std::string svg = render_svg(crowd());
  for (const char* name :
       {"Chip number 0<", "Chip number 10<", "Chip number 20<", "Chip number 30<"}) {
    EXPECT_GE(count(svg, std::string(name) + "/text>"), 1U) << name;
  }
}
TEST(ScatterSvg, MissingLabelsAreCounted) {
  EXPECT_NE(render_svg(crowd()).find("Points without a label"), std::string::npos);
}
TEST(ScatterSvg, PointsOutsideTheAxesAreNamedNotDrawn) {
  ScatterPlot plot = crowd();
  plot.points = {{.x = 1e9, .y = 5, .label = "Giant"}, {.x = std::nan(""), .y = 5, .label = "Nan"}};
  const std::string svg = render_svg(plot);
  EXPECT_NE(svg.find("Giant, Nan"), std::string::npos);
  EXPECT_EQ(svg.find("nan,"), std::string::npos);
  EXPECT_EQ(count(svg, "<circle"), 1U);
}
TEST(ScatterSvg, HostileTextIsDefused) {
  ScatterPlot plot = crowd();
  plot.id = plot.title = plot.subtitle = plot.description = plot.caption = kHostile;
  plot.x.label = plot.y.unit = plot.points[0].label = plot.points[1].tooltip = kHostile;
  plot.series[0].name = kHostile;
  plot.regions = {{.corners = {{1, 0}, {kInf, kInf}, {kInf, 0}}, .label = kHostile}};
  plot.lines = {{.points = {{100, 1}, {1e5, 1}}, .label = kHostile}};
  expect_defused(render_svg(plot));
}
TEST(ScatterSvg, NothingOutsideIsReferred) {
  const std::string svg = render_svg(crowd());
  EXPECT_EQ(count(svg, "http"), 1U);  // the namespace
  EXPECT_EQ(svg.find("href"), std::string::npos);
}
TEST(ScatterSvg, TheSameChartGivesTheSameBytes) {
  EXPECT_EQ(render_svg(crowd()), render_svg(crowd()));
}
TEST(ScatterSvg, AnEmptyPlotIsStillAPlot) {
  EXPECT_NE(render_svg(ScatterPlot{}).find("</svg>"), std::string::npos);
}

DotWhisker shares() {
  DotWhisker plot{.title = "Shares",
                  .x = {.label = "Share", .unit = "%", .log = true},
                  .series = {{"One"}, {"Two"}}};
  for (const char* use : {"Training", "Decode"}) {
    WhiskerGroup group{use, {}};
    for (int i = 0; i < 6; ++i) {
      group.rows.push_back({.label = "Chip " + std::to_string(i),
                            .value = 20.0 + 10 * i,
                            .low = 15.0 + 8 * i,
                            .high = 30.0 + 15 * i,
                            .text = "text " + std::to_string(i),
                            .series = static_cast<std::size_t>(i % 2),
                            .emphasis = i == 0});
    }
    plot.groups.push_back(std::move(group));
  }
  plot.marks = {{30, "the article: 30 %"}, {100, "100 %"}};
  return plot;
}

TEST(WhiskerSvg, HasARoleATitleAndADescription) {
  DotWhisker plot = shares();
  plot.description = "What it shows.";
  const std::string svg = render_svg(plot);
  EXPECT_NE(svg.find("role=\"img\" aria-labelledby=\"whiskers-title whiskers-desc\""),
            std::string::npos);
  EXPECT_NE(svg.find("<desc id=\"whiskers-desc\">What it shows.</desc>"), std::string::npos);
}
TEST(WhiskerSvg, EveryRowHasItsPointItsTextAndAWhiskerWithTwoCaps) {
  const std::string svg = render_svg(shares());
  EXPECT_EQ(count(svg, "<circle"), 7U);   // 6 rows and the key
  EXPECT_EQ(count(svg, "<polygon"), 7U);  // told apart by shape too
  EXPECT_EQ(count(svg, "class=\"rl-line\""), 12U * 3U);
  EXPECT_EQ(count(svg, ">text 3</text>"), 2U);
  EXPECT_EQ(count(svg, "class=\"rl-dash\""), 2U);
}
TEST(WhiskerSvg, ARowWithoutAValueIsShownWithoutAPoint) {
  DotWhisker plot = shares();
  plot.groups[0].rows[1] = {.label = "Secret", .text = "not known"};
  plot.groups[0].rows[3].value = std::nan("");
  const std::string svg = render_svg(plot);
  EXPECT_EQ(count(svg, "<polygon"), 5U);
  EXPECT_NE(svg.find(">Secret</text>"), std::string::npos);
  EXPECT_NE(svg.find(">not known</text>"), std::string::npos);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}
TEST(WhiskerSvg, AnEndBeyondTheAxisHasNoCap) {
  DotWhisker plot = shares();
  plot.x.min = 10;
  plot.x.max = 200;
  plot.groups = {{"One", {{.label = "Wide", .value = 50, .low = 1, .high = kInf}}}};
  const std::string svg = render_svg(plot);
  EXPECT_EQ(count(svg, "class=\"rl-line\""), 1U);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
}
TEST(WhiskerSvg, LabelsOfMarksThatAreCloseStandApart) {
  DotWhisker plot = shares();
  plot.marks = {{30, "thirty"}, {95, "ninety-five percent"}, {100, "a hundred percent"}};
  const std::string svg = render_svg(plot);
  std::vector<Box> boxes;
  for (const ValueMark& mark : plot.marks) {
    const auto text = svg.find(">" + mark.label + "</text>");
    ASSERT_NE(text, std::string::npos) << mark.label;
    const auto at = svg.rfind("x=\"", svg.rfind("<text", text) + 9);
    const double x = std::stod(svg.substr(at + 3));
    const double y = std::stod(svg.substr(svg.find("y=\"", at) + 3));
    boxes.push_back({x, y - 12, x + text_width(mark.label, 12, true), y});
  }
  EXPECT_FALSE(overlap(boxes[0], boxes[1]));
  EXPECT_FALSE(overlap(boxes[1], boxes[2]));
}
TEST(WhiskerSvg, MarksWithoutRoomAreRulesAlone) {
  DotWhisker plot = shares();
  plot.marks.assign(12, {100, "one mark of many"});
  const std::string svg = render_svg(plot);
  EXPECT_EQ(count(svg, "class=\"rl-dash\""), 12U);
  EXPECT_EQ(count(svg, "class=\"rl-ink\" fill=\"#1a1a1a\">one mark of many<"), 4U);
}
TEST(WhiskerSvg, HostileTextIsDefused) {
  DotWhisker plot = shares();
  plot.id = plot.title = plot.subtitle = plot.description = plot.caption = kHostile;
  plot.x.label = plot.groups[0].label = plot.marks[0].label = plot.series[0].name = kHostile;
  plot.groups[0].rows[0].label = plot.groups[0].rows[1].text = kHostile;
  plot.groups[0].rows[2].tooltip = kHostile;
  expect_defused(render_svg(plot));
}
TEST(WhiskerSvg, TheSameChartGivesTheSameBytesAndAnEmptyOneIsDrawn) {
  EXPECT_EQ(render_svg(shares()), render_svg(shares()));
  EXPECT_NE(render_svg(DotWhisker{}).find("</svg>"), std::string::npos);
}

FanChart fan() {
  return {.title = "Fan",
          .steps = {"FY26Q1", "FY26Q2", "FY26Q3"},
          .y = {.label = "Amount", .unit = "GUSD"},
          .panels = {{"Charge", {{4, 5, 5.5, 6, 7, "first"}, {0, 0, 0, 0, 1}, {0, 0, 0, 0, 1}}},
                     {"Revenue", {{4, 5, 6, 7, 8}, {1, 3, 5, 8, 14}, {1, 3, 5, 8, 14}}}}};
}

TEST(FanSvg, EachPanelHasTwoBandsAndAMedianAtEachStep) {
  const std::string svg = render_svg(fan());
  EXPECT_EQ(count(svg, "<path d=\"M"), 4U + 2U);  // and the key
  EXPECT_EQ(count(svg, "<circle"), 6U + 1U);
  EXPECT_NE(svg.find("role=\"img\""), std::string::npos);
  for (const char* text :
       {">FY26Q3</text>", ">Amount (GUSD)</text>", ">5 to 95 %</text>", "<title>first</title>"}) {
    EXPECT_NE(svg.find(text), std::string::npos) << text;
  }
}
TEST(FanSvg, AStepWithoutAValueIsAGap) {
  FanChart chart = fan();
  chart.panels[1].steps[1].p50 = std::nan("");
  const std::string svg = render_svg(chart);
  EXPECT_EQ(count(svg, "<path d=\"M"), 6U + 2U);
  EXPECT_EQ(count(svg, "<circle"), 5U + 1U);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
}
TEST(FanSvg, HostileTextIsDefusedAndAnEmptyChartIsDrawn) {
  FanChart chart = fan();
  chart.id = chart.title = chart.subtitle = chart.description = chart.caption = kHostile;
  chart.steps[0] = chart.panels[0].label = chart.panels[0].steps[0].tooltip = kHostile;
  chart.wide = chart.narrow = chart.middle = kHostile;
  expect_defused(render_svg(chart));
  EXPECT_EQ(render_svg(chart), render_svg(chart));
  EXPECT_NE(render_svg(FanChart{}).find("</svg>"), std::string::npos);
}

Waterfall fall() {
  using enum WaterfallKind;
  return {.title = "Fall",
          .x = {.label = "Amount", .unit = "GUSD"},
          .groups = {{"All three",
                      {{"Revenue", 40, kTotal, "40"},
                       {"Costs", -30, kChange, "-30"},
                       {"Released", 2, kChange, "2"},
                       {"Net", 12, kTotal, "12"}}},
                     {"Others", {{"Walk away", -5, kBeside, "-5"}}}}};
}

// Left and right end of the n-th bar, px.
std::pair<double, double> bar_ends(const std::string& svg, int n) {
  std::size_t at = svg.find("<path d=\"M", svg.find("</defs>"));
  for (; n > 0; --n) {
    at = svg.find("<g>", at);
    at = svg.find("<path d=\"M", at);
  }
  const std::size_t across = svg.find('L', at);
  return {std::stod(svg.substr(at + 10)), std::stod(svg.substr(across + 1))};
}

TEST(WaterfallSvg, AChangeStartsWhereTheRowAboveEnded) {
  const std::string svg = render_svg(fall());
  const auto revenue = bar_ends(svg, 0), costs = bar_ends(svg, 1), released = bar_ends(svg, 2),
             net = bar_ends(svg, 3), other = bar_ends(svg, 4);
  EXPECT_NEAR(costs.second, revenue.second, 0.02);
  EXPECT_NEAR(released.first, costs.first, 0.02);
  EXPECT_NEAR(net.second, released.second, 0.02);
  EXPECT_NEAR(net.first, revenue.first, 0.02);
  EXPECT_NEAR(other.second, revenue.first, 0.02);
  EXPECT_LT(other.first, other.second);
}
TEST(WaterfallSvg, RiseAndFallDifferInHatchAsWellAsColour) {
  const std::string svg = render_svg(fall());
  EXPECT_NE(svg.find("waterfall-hatch-1-1"), std::string::npos);
  EXPECT_NE(svg.find("waterfall-hatch-2-2"), std::string::npos);
  EXPECT_NE(svg.find("role=\"img\""), std::string::npos);
}
TEST(WaterfallSvg, HostileTextIsDefusedAndWhatIsNotANumberHasNoBar) {
  Waterfall chart = fall();
  chart.id = chart.title = chart.subtitle = chart.description = chart.caption = kHostile;
  chart.x.label = chart.groups[0].label = chart.groups[0].rows[0].label = kHostile;
  chart.groups[0].rows[1].text = chart.groups[0].rows[2].tooltip = kHostile;
  chart.groups[1].rows[0].amount = std::nan("");
  const std::string svg = render_svg(chart);
  expect_defused(svg);
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_NE(render_svg(Waterfall{}).find("</svg>"), std::string::npos);
}

TEST(TimelineSvg, EventsOnOneDayAreAllDrawn) {
  Timeline timeline{.lanes = {"US"}};
  for (int i = 0; i < 12; ++i) {
    timeline.events.push_back({.day = 20000.0 + (i % 3), .date_text = "2024", .label = kHostile});
  }
  timeline.events.push_back({.day = 20500, .date_text = "late", .label = "End", .lane = 1U << 30U});
  timeline.marks = {{20100, "as of"}};
  const std::string svg = render_svg(timeline);
  EXPECT_EQ(count(svg, "<circle"), 12U);
  expect_defused(svg);
}
TEST(IntervalSvg, StatusIsLetteredAndOpenSpansReachTheEdge) {
  IntervalBars bars{
      .statuses = {{.name = "Free", .letter = "F", .color = 2},
                   {.name = kHostile, .letter = "?", .neutral = true}},
      .rows = {{"A100", {{-kInf, 19000, 0, ""}, {19000, kInf, 1, ""}, {5, 1, 9, ""}}}},
      .first_day = 18000,
      .last_day = 20000};
  const std::string svg = render_svg(bars);
  EXPECT_GE(count(svg, ">F</text>"), 2U);  // key and bar
  EXPECT_GE(count(svg, ">?</text>"), 2U);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  expect_defused(svg);
}

TEST(Html, HostileTextIsDefusedEverywhere) {
  HtmlPage page(
      {.title = kHostile, .subtitle = kHostile, .language = kHostile, .footer = kHostile});
  page.heading(2, kHostile, kHostile).heading(3, kHostile).paragraph(kHostile).code(kHostile);
  page.definitions({{kHostile, link(kHostile, kHostile)}}).list({strong(kHostile)});
  page.callout(Callout::kCaution, kHostile, inline_code(kHostile)).open_details(kHostile);
  page.table({.title = kHostile,
              .columns = {{.key = kHostile, .unit = kHostile}},
              .rows = {{std::string(kHostile)}},
              .notes = {kHostile}});
  page.figure({.svg = "<svg></svg>", .caption = kHostile, .source = kHostile});
  const std::string html = page.finish();
  EXPECT_EQ(count(html, "<script"), 2U);  // its own
  expect_defused(html.substr(0, html.find("<script")));
}
TEST(Html, OnlySafeAddressesBecomeLinks) {
  EXPECT_EQ(link("x", "javascript:alert(1)").markup(), "x");
  EXPECT_EQ(link("x", "data:text/html,1").markup(), "x");
  EXPECT_NE(link("x", "https://a.b/?c=\"d").markup().find("c=&quot;d\""), std::string::npos);
}
TEST(Html, HeadingIdsAreUnique) {
  HtmlPage page({.title = "T"});
  page.heading(2, "Result").heading(2, "Result").heading(2, "结果 1");
  const std::string html = page.finish();
  EXPECT_NE(html.find("id=\"result\""), std::string::npos);
  EXPECT_NE(html.find("id=\"result-2\""), std::string::npos);
  EXPECT_NE(html.find("<a href=\"#结果-1\">结果 1</a>"), std::string::npos);
}
TEST(Html, TablesHaveScopesACaptionAndMarkedUnknowns) {
  HtmlPage page({.title = "T", .language = "zh-CN", .words = {.unknown_title = "未知"}});
  page.table({.title = "Chips",
              .columns = {{.key = "a", .title = "Chip"},
                          {.key = "b", .title = "TPP", .align = Align::kRight}},
              .rows = {{std::string("H20"), Cell{}}}});
  const std::string html = page.finish();
  EXPECT_NE(html.find("<html lang=\"zh-CN\">"), std::string::npos);
  EXPECT_NE(html.find("<caption>Chips</caption>"), std::string::npos);
  EXPECT_NE(html.find("<th scope=\"col\" class=\"num\">TPP</th>"), std::string::npos);
  EXPECT_NE(html.find("<th scope=\"row\" class=\"short\">H20</th>"), std::string::npos);
  EXPECT_NE(html.find("<abbr class=\"q\" title=\"未知\">?</abbr>"), std::string::npos);
}
TEST(Html, OpenDetailsAreClosedAtTheEnd) {
  HtmlPage page({.title = "T"});
  page.open_details("More").open_details("Still more").paragraph("x");
  EXPECT_EQ(count(page.finish(), "</details>"), 2U);
}
TEST(Html, ItsOwnScriptAloneAndNothingLoaded) {
  HtmlPage page({.title = "T", .filter_label = kHostile});
  const std::string html = page.paragraph("x").cover("In short", {plain(kHostile)}, {}).finish();
  // What page.js says, and page.js: the policy names its hash.
  EXPECT_EQ(count(html, "<script"), 2U);
  EXPECT_EQ(count(html, "</script>"), 2U);
  EXPECT_NE(html.find("script-src &#39;sha256-"), std::string::npos);
  EXPECT_EQ(html.find("unsafe-inline", html.find("script-src")), std::string::npos);
  for (const char* word : {"<link", "src=", "@import", "url("}) {
    EXPECT_EQ(html.find(word), std::string::npos) << word;
  }
}
TEST(Html, ACoverStandsBeforeTheContents) {
  HtmlPage page({.title = "T"});
  page.heading(2, "A").heading(2, "B");
  page.cover("In short", {plain("One."), plain("Two.")},
             {{"36 %", "of the work", "<svg></svg>", "#worth"}});
  const std::string html = page.finish();
  const auto cover = html.find("<section class=\"cover\"");
  ASSERT_NE(cover, std::string::npos);
  EXPECT_LT(cover, html.find("<nav"));
  EXPECT_EQ(count(html.substr(cover, html.find("</section>") - cover), "<li>"), 2U);
  EXPECT_NE(
      html.find("<p class=\"key\">36 %</p><p class=\"what\"><a href=\"#worth\">of the work</a>"),
      std::string::npos);
}
TEST(Html, RegionsOfTheSameTitleHaveNamesOfTheirOwn) {
  HtmlPage page({.title = "T"});
  const Table table{.title = "Decode", .columns = {{.key = "a"}}, .rows = {{std::string("x")}}};
  const std::string html = page.table(table).table(table).finish();
  EXPECT_EQ(count(html, "aria-label=\"Decode\""), 1U);
  EXPECT_EQ(count(html, "aria-label=\"Decode (2)\""), 1U);
}

TEST(AsciiPlot, LinesStayWithinTheWidthAndHoldThePoints) {
  ScatterPlot plot = crowd();
  plot.title = kHostile;
  plot.points.push_back({.x = 50000, .y = 50, .label = "Giant", .emphasis = true});
  const std::string text = render_ascii(plot, {.width = 80, .height = 20});
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(display_width(text.substr(begin, end - begin)), 80);
    begin = end + 1;
  }
  EXPECT_NE(text.find("o Giant"), std::string::npos);
  EXPECT_NE(text.find("o One, x Two"), std::string::npos);
}

}  // namespace
}  // namespace redline::results
