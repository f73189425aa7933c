// Exposure as a part of a brief.

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/exposure_text.h"
#include "results/svg.h"

namespace redline::app {
namespace {

using exposure::FirmMeasure;
using exposure::kCentsAUsd;
using results::HtmlPage;
using results::Table;
using results::WaterfallKind;
using results::Words;

constexpr std::uint64_t kBriefSamples = std::uint64_t{1} << 15U;

// GUSD, from cents.
double money(double cents) { return cents / (kCentsAUsd * kGusd); }

results::FanChart fan_chart(const ExposureReport& report, const Words& say) {
  const exposure::Model& m = *report.model;
  const auto places = report.places();
  results::FanChart chart;
  chart.id = "exposure-fan";
  chart.title = say("'{option}', by quarter", {{"option", say(m.options[report.best].title)}});
  chart.subtitle = say("GUSD a quarter; both panels to one scale");
  chart.description = say(
      "Fan chart of charge and revenue by quarter: the median with the bands that hold half and "
      "nine tenths of all worlds; the table gives the values.");
  chart.wide = say("5 to 95 %");
  chart.narrow = say("25 to 75 %");
  chart.middle = say("median");
  for (std::size_t q = 0; q < m.quarters; ++q) {
    chart.steps.push_back(name_of(m.firms.front().quarters[q].name));
  }
  for (const auto& [label, measure] : {std::pair{say("Charge"), FirmMeasure::kCharge},
                                       std::pair{say("Revenue"), FirmMeasure::kRevenue}}) {
    results::FanPanel panel{label, {}};
    for (std::size_t q = 0; q < m.quarters; ++q) {
      const Tally& t = report.account(report.best, places.of(measure, q)).tally;
      const auto at = [&](double level) { return money(t.quantile(level)); };
      panel.steps.push_back({at(0.05), at(0.25), at(0.5), at(0.75), at(0.95), ""});
      const results::FanStep& step = panel.steps.back();
      panel.steps.back().tooltip = fmt::format(
          "{}: {} / {} / {} / {} / {} GUSD", chart.steps[q], number(step.p5, 2),
          number(step.p25, 2), number(step.p50, 2), number(step.p75, 2), number(step.p95, 2));
    }
    chart.panels.push_back(std::move(panel));
  }
  return chart;
}

results::WaterfallRow waterfall_row(std::string label, double amount, WaterfallKind kind) {
  return {std::move(label), amount, kind, number(amount, 3), ""};
}

// From revenue to net by means; what the accounts do not hold one by one is the difference.
results::WaterfallGroup best_path(const ExposureReport& report, const Words& say) {
  const auto places = report.places();
  const auto mean = [&](FirmMeasure measure) {
    return money(report.account(report.best, places.total(measure)).tally.mean());
  };
  const double revenue = mean(FirmMeasure::kRevenue), charge = mean(FirmMeasure::kCharge);
  const double gross = mean(FirmMeasure::kGrossProfit), net = mean(FirmMeasure::kNet);
  return {say("{option}, mean of all worlds",
              {{"option", say(report.model->options[report.best].title)}}),
          {waterfall_row(say("Revenue"), revenue, WaterfallKind::kTotal),
           waterfall_row(say("Cost of revenue, state share and duty"), gross + charge - revenue,
                         WaterfallKind::kChange),
           waterfall_row(say("Charge"), -charge, WaterfallKind::kChange),
           waterfall_row(say("Gross profit"), gross, WaterfallKind::kTotal),
           waterfall_row(say("Development and tax"), net - gross, WaterfallKind::kChange),
           waterfall_row(say("Net"), net, WaterfallKind::kTotal)}};
}

results::Waterfall waterfall(const ExposureReport& report, const Words& say) {
  const exposure::Model& m = *report.model;
  const auto places = report.places();
  results::Waterfall chart;
  chart.id = "exposure-waterfall";
  chart.title = say("From revenue to net");
  chart.subtitle = say("Means over all worlds and quarters; below, the net of the other paths");
  chart.description =
      say("Waterfall of the best path from revenue over costs, charge, development and tax to net, "
          "with the net of the other paths beside it; the figures stand beside the bars.");
  chart.x = {say("Amount"), "GUSD"};
  chart.groups.push_back(best_path(report, say));
  results::WaterfallGroup others{say("Net of the other paths"), {}};
  for (std::size_t o = 0; o < m.options.size(); ++o) {
    if (o != report.best) {
      const double net = money(report.account(o, places.total(FirmMeasure::kNet)).tally.mean());
      others.rows.push_back(waterfall_row(say(m.options[o].title), net, WaterfallKind::kBeside));
    }
  }
  std::stable_sort(others.rows.begin(), others.rows.end(),
                   [](const auto& a, const auto& b) { return a.amount > b.amount; });
  if (!others.rows.empty()) {
    chart.groups.push_back(std::move(others));
  }
  return chart;
}

results::DotWhisker tornado(const ExposureReport& report, const Words& say) {
  const exposure::Model& m = *report.model;
  results::DotWhisker plot;
  plot.id = "exposure-tornado";
  plot.title = say("What moves the net of the best path");
  plot.subtitle = say("Each input at its 5 % and its 95 %, the others at their medians");
  plot.description =
      say("Tornado of the inputs that move the net of the best path most; the table gives the "
          "values.");
  plot.x = {say("Net"), "GUSD"};
  const double middle = report.medians[report.best] / kGusd;
  plot.marks.push_back({middle, say("all at their medians")});
  results::WhiskerGroup group{say(m.options[report.best].title), {}};
  for (const std::size_t f : widest_swings(report)) {
    const Swing& swing = report.swings[f][report.best];
    results::WhiskerRow row;
    row.label = row.tooltip = m.factors[f].name;
    row.value = middle;
    row.low = std::min(swing.low, swing.high) / kGusd;
    row.high = std::max(swing.low, swing.high) / kGusd;
    row.text = say("{low} at 5 %, {high} at 95 %", {{"low", number(swing.low / kGusd, 3)},
                                                    {"high", number(swing.high / kGusd, 3)}});
    group.rows.push_back(std::move(row));
  }
  plot.groups.push_back(std::move(group));
  return plot;
}

class ExposurePage {
 public:
  ExposurePage(const ExposureReport& report, const Words& say, HtmlPage& page, int level)
      : report_(report), say_(say), page_(page), level_(level) {}

  void write() {
    three_paths();
    if (!report_.result.stopped) {
      worth_to_know();
    }
    if (report_.scores) {
      scored(*report_.scores);
    }
    page_.open_details(say_("Inputs of the paths, with sources and notes"));
    table(exposure_inputs(report_, true, say_));
    table(exposure_event_inputs(report_, say_));
    page_.close_details();
  }

 private:
  void table(const Table& table) {
    if (!table.rows.empty()) {
      page_.table(say_(table));
    }
  }

  void figure(std::string svg) {
    page_.figure({std::move(svg), "",
                  say_("Computed from the inputs below by redline exposure, {samples} worlds.",
                       {{"samples", std::to_string(report_.result.samples)}})});
  }

  void three_paths() {
    page_.heading(level_, say_("Three paths"), "three-paths");
    page_.paragraph(exposure_headline(report_, say_));
    table(exposure_paths(report_, say_));
    figure(results::render_svg(fan_chart(report_, say_)));
    table(exposure_quarters(report_, say_));
    figure(results::render_svg(waterfall(report_, say_)));
    if (const auto trees = exposure_tree_plot(report_, say_); !trees.groups.empty()) {
      figure(results::render_svg(trees));
      table(exposure_trees(report_, say_));
    }
    page_.open_details(say_("Figures of the week, and when events come"));
    table(exposure_answers(report_, say_));
    table(exposure_events(report_, say_));
    page_.close_details();
    if (report_.beliefs.empty() && report_.swings.empty()) {
      return;
    }
    page_.heading(level_ + 1, say_("What would change the choice"), "three-paths-choice");
    for (const BeliefMap& map : report_.beliefs) {
      table(exposure_belief(report_, map, say_));
    }
    if (!report_.swings.empty()) {
      figure(results::render_svg(tornado(report_, say_)));
      table(exposure_swings(report_));
    }
  }

  void worth_to_know() {
    page_.heading(level_, say_("What it was worth to know"), "worth-to-know");
    page_.paragraph(exposure_choice(report_, say_));
    table(exposure_known(report_, say_));
    if (!report_.sobol.empty()) {
      table(exposure_shares(report_, say_));
    }
  }

  void scored(const ExposureScores& scores) {
    page_.heading(level_, say_("Scored against what happened"), "exposure-scored");
    page_.paragraph(exposure_score(report_, say_));
    table(exposure_clusters(scores, say_));
    table(exposure_questions(scores, say_));
  }

  const ExposureReport& report_;
  const Words& say_;
  HtmlPage& page_;
  int level_;
};

}  // namespace

Loaded<ExposureReport> work_out_brief_exposure(const Workspace& workspace, const std::string& name,
                                               unsigned threads) {
  auto came = text_named(workspace, "resolutions", name);
  if (!came) {
    return tl::unexpected(std::move(came).error());
  }
  ExposureRun how;
  how.samples = kBriefSamples;
  how.backtest = came->has_value();
  SearchRun run;
  run.threads = threads;
  return work_out_exposure(workspace, name, how, run);
}

Answer exposure_section_answer(const ExposureReport& report, const results::Words& say) {
  Answer answer;
  answer.command = "report";
  answer.results.push_back({{"exposure", exposure_json(report)}});
  answer.table = exposure_table(report);
  describe_exposure(report, say, answer.blocks);
  return answer;
}

std::set<std::string> exposure_sources(const ExposureReport& report) {
  std::set<std::string> ids;
  const auto add = [&ids](const auto& list) {
    for (const auto& one : list) {
      ids.insert(one.sources.begin(), one.sources.end());
    }
  };
  add(report.model->quantities);
  add(report.model->events);
  if (report.scores) {
    add(report.scores->questions);
  }
  return ids;
}

void add_exposure(const ExposureReport& report, const Words& say, HtmlPage& page, int level) {
  if (report.result.samples == 0) {
    page.heading(level, say("Three paths"), "three-paths");
    page.paragraph(say("Stopped before the first worlds were worked out."));
    return;
  }
  ExposurePage(report, say, page, level).write();
}

}  // namespace redline::app
