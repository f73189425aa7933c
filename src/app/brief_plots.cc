// The two plots of the brief: chips over the region that the rules of the day leave free.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/brief_facts.h"
#include "rules/legal_map.h"

namespace redline::app {
namespace {

using results::ScatterPlot;
using results::Words;

// In the order of the palette: blue for free, vermilion for required.
enum SeriesIndex : std::size_t { kFree, kRequired, kException, kUnknownAnswer };

std::size_t series_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNoLicense:
      return kFree;
    case Outcome::kLicenseException:
      return kException;
    case Outcome::kLicenseRequired:
      return kRequired;
    case Outcome::kUnknown:
      break;
  }
  return kUnknownAnswer;
}

struct Axes {
  rules::Number x;
  rules::Number y;
  const Estimate LegalQuantities::*x_value;
  const Estimate LegalQuantities::*y_value;
};
constexpr Axes kDensityAxes{rules::Number::kTpp, rules::Number::kPd, &LegalQuantities::tpp,
                            &LegalQuantities::pd};
constexpr Axes kBandwidthAxes{rules::Number::kDramBw, rules::Number::kLetterIo,
                              &LegalQuantities::dram_bw, &LegalQuantities::letter_io};

// A part like the subject in kind, maker and market, with nothing but the two quantities of a plot;
// not of a family that letters name, so that only figures decide.
Chip prototype_of(const Chip& subject) {
  Chip chip;
  chip.id = "prototype";
  chip.vendor = subject.vendor;
  chip.designer_hq = subject.designer_hq;
  chip.datacenter = subject.datacenter;
  chip.market = subject.market;
  chip.designed_for_china = subject.designed_for_china;
  return chip;
}

// What the plane leaves open: below every other limit.
void settle(Question& question, const Axes& axes) {
  const bool density = axes.x == rules::Number::kTpp;
  for (const auto& [key, used] : {std::pair<const char*, bool>{"tpp", density},
                                  {"pd", density},
                                  {"dram_bw", !density},
                                  {"letter_io", !density},
                                  {"io_bidir", false},
                                  {"die", false}}) {
    if (!used) {
      question.settings.push_back({key, "0"});
    }
  }
}

void add_cells(const rules::LegalPlane& plane, ScatterPlot& plot) {
  for (const rules::PlaneCell& cell : plane.cells) {
    const bool free = cell.outcome == Outcome::kNoLicense;
    if (!free && cell.outcome != Outcome::kLicenseException) {
      continue;
    }
    results::Region region;
    region.corners = {{cell.x.low, cell.y.low},
                      {cell.x.high, cell.y.low},
                      {cell.x.high, cell.y.high},
                      {cell.x.low, cell.y.high}};
    region.color = free ? kFree : kException;
    region.hatch = free ? results::Hatch::kDiagonal : results::Hatch::kDots;
    plot.regions.push_back(std::move(region));
  }
}

// The free part of a plane whose limits include one on the sum: the curve is sampled, as it is no
// straight line on logarithmic axes.
void add_sum_region(const rules::LegalPlane& plane, const Words& say, ScatterPlot& plot) {
  double x_limit = plot.x.max, y_limit = plot.y.max, sum = 0.0;
  for (const rules::PlaneLimit& limit : plane.limits) {
    if (limit.on_x && limit.on_y) {
      sum = limit.value;
    } else if (limit.on_x) {
      x_limit = std::min(x_limit, limit.value);
    } else {
      y_limit = std::min(y_limit, limit.value);
    }
  }
  const auto height = [&](double x) { return sum > 0.0 ? std::min(y_limit, sum - x) : y_limit; };
  results::Region region;
  region.corners = {{plot.x.min, plot.y.min}, {plot.x.min, height(plot.x.min)}};
  constexpr int kSamples = 60;
  results::ThresholdLine line;
  for (int i = 1; i <= kSamples; ++i) {
    const double x = plot.x.min * std::pow(x_limit / plot.x.min, static_cast<double>(i) / kSamples);
    region.corners.push_back({x, height(x)});
  }
  region.corners.push_back({x_limit, plot.y.min});
  line.points.assign(region.corners.begin() + 1, region.corners.end());
  line.label = say("letters: memory {memory}, links {links}, both together {sum}",
                   {{"memory", fmt::format("{:g}", x_limit)},
                    {"links", fmt::format("{:g}", y_limit)},
                    {"sum", fmt::format("{:g}", sum)}});
  region.color = kFree;
  region.hatch = results::Hatch::kDiagonal;
  plot.regions.push_back(std::move(region));
  plot.lines.push_back(std::move(line));
}

// Drawn as lines where they are few enough to be told apart by their labels.
void add_limits(const rules::LegalPlane& plane, ScatterPlot& plot) {
  for (const rules::PlaneLimit& limit : plane.limits) {
    if (limit.on_x && !limit.on_y) {
      plot.lines.push_back({{{limit.value, plot.y.min}, {limit.value, plot.y.max}},
                            fmt::format("{:g}", limit.value),
                            true});
    } else if (limit.on_y && !limit.on_x) {
      plot.lines.push_back({{{plot.x.min, limit.value}, {plot.x.max, limit.value}},
                            fmt::format("{:g}", limit.value),
                            true});
    }
  }
}

void add_points(const BriefFacts& facts, const DayStanding& day, const Axes& axes, const Words& say,
                ScatterPlot& plot) {
  std::vector<std::string> missing;
  for (const ChipStanding& one : day.chips) {
    const LegalQuantities q = legal_quantities(*one.chip);
    const auto& x = (q.*axes.x_value).value;
    const auto& y = (q.*axes.y_value).value;
    if (!x || !y) {
      missing.push_back(short_name(*one.chip));
      continue;
    }
    results::Point point{*x, *y, short_name(*one.chip), series_of(one.verdict.outcome), false, {}};
    point.emphasis = one.chip == facts.subject || one.chip->designed_for_china;
    point.tooltip =
        fmt::format("{}: {:.6g}, {:.4g}; {}", one.chip->name, *x, *y, name_of(one.verdict.outcome));
    plot.points.push_back(std::move(point));
  }
  if (!missing.empty()) {
    plot.caption += sentence_gap(say);
    plot.caption += say("Not drawn, as a value is not known: {names}.",
                        {{"names", fmt::format("{}", fmt::join(missing, plot.words.comma))}});
  }
}

ScatterPlot empty_plot(const DayStanding& day, std::string_view what, const Words& say) {
  ScatterPlot plot;
  plot.id = fmt::format("{}-{}", what, format_date(day.date));
  plot.height = 860;
  plot.series = {
      {say("no license")}, {say("license required")}, {say("license exception")}, {say("unknown")}};
  plot.words = scatter_words(say);
  return plot;
}

Result<rules::LegalPlane> plane_of(const Workspace& w, const BriefFacts& facts,
                                   const DayStanding& day, const Axes& axes) {
  Question question;
  question.to = facts.scenario.to;
  question.as_of = day.date;
  settle(question, axes);
  return rules::legal_plane(w.rules, question, prototype_of(*facts.subject), axes.x, axes.y);
}

}  // namespace

Result<ScatterPlot> density_plot(const Workspace& w, const BriefFacts& facts,
                                 const DayStanding& day, const Words& say) {
  RL_TRY(plane, plane_of(w, facts, day, kDensityAxes));
  ScatterPlot plot = empty_plot(day, "density", say);
  plot.title = say("TPP and performance density, {day}", {{"day", say(day.title)}});
  plot.subtitle =
      say("Hatched: a data-center part needs no license to {place} for these two quantities; "
          "dotted: a license exception applies",
          {{"place", w.catalog.geography.name_of(facts.scenario.to)}});
  plot.description =
      say("Scatter plot of accelerators by total processing performance and performance "
          "density, with the thresholds in force; the table gives the values.");
  plot.x = {say("Total processing performance (TPP)"), "TOPS × bit", true, 100, 200000};
  plot.y = {say("Performance density"), "TPP/mm²", true, 0.5, 100};
  plot.caption =
      say("Thresholds computed from the rules in force on the day. Consumer parts below a TPP "
          "of 4800 are outside these rules, and letters on bandwidth may ask for a license "
          "inside the hatched region.");
  add_cells(plane, plot);
  add_limits(plane, plot);
  add_points(facts, day, kDensityAxes, say, plot);
  return plot;
}

Result<ScatterPlot> bandwidth_plot(const Workspace& w, const BriefFacts& facts,
                                   const DayStanding& day, const Words& say) {
  RL_TRY(plane, plane_of(w, facts, day, kBandwidthAxes));
  ScatterPlot plot = empty_plot(day, "bandwidth", say);
  plot.title = say("Memory and interconnect bandwidth, {day}", {{"day", say(day.title)}});
  plot.description =
      say("Scatter plot of accelerators by memory bandwidth and input and output "
          "bandwidth; the table gives the values.");
  plot.x = {say("Memory bandwidth"), "GB/s", true, 100, 30000};
  plot.y = {say("Input and output bandwidth, both directions"), "GB/s", true, 20, 5000};
  if (plane.limits.empty()) {
    plot.subtitle = say("No limit on these quantities is in force on this day");
    plot.caption = say("Input and output: chip-to-chip links and host bus, both directions.");
  } else {
    plot.subtitle =
        say("Hatched: below the figures of the April 2025 letters as press reported them");
    plot.caption =
        say("Input and output: chip-to-chip links and host bus, both directions; the "
            "letters' own definition is not public.");
    add_sum_region(plane, say, plot);
  }
  add_points(facts, day, kBandwidthAxes, say, plot);
  return plot;
}

}  // namespace redline::app
