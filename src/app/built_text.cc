#include "app/built_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/brief_facts.h"
#include "app/estimate_text.h"
#include "app/scales.h"
#include "results/svg.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::plain;
using results::Table;
using results::Words;

// "AD102", "AD102 card".
std::string die_name(const BuiltPart& part, const Words& say) {
  const std::string& die = part.report.request->die->name;
  return part.asked.markets == "workstation" ? say("{die} card", {{"die", die}}) : die;
}

// The proposal of a die and what was shipped of it, row by row.
Table part_table(const BuiltEpoch& built, const Words& say) {
  Table table;
  table.title =
      say("{rule}: proposed from what was known until {date}, and shipped later",
          {{"rule", say(built.epoch.title, {})}, {"date", format_date(built.epoch.known)}});
  table.columns = {{"part", "Part", "", Align::kLeft}};
  add_spec_columns(table);
  table.columns.insert(table.columns.end(), {{"tokens_per_s", "Work", "tokens/s", Align::kRight, 3},
                                             {"usd_per_hour", "Cost", "USD/h", Align::kRight, 3},
                                             {"power_w", "Power", "W", Align::kRight, 3}});
  const auto row = [&](std::string name, const Reply& part) {
    std::vector<Cell> cells{std::move(name)};
    add_spec_cells(part, cells);
    cells.insert(cells.end(),
                 {part.tokens_per_s.front(), part.usd_per_s * kSecondsOfHour, part.power.total()});
    table.rows.push_back(std::move(cells));
  };
  for (const BuiltPart& part : built.parts) {
    const std::string die = die_name(part, say);
    if (part.report.best.empty()) {
      table.rows.push_back({say("{die}: no legal design", {{"die", die}})});
    } else {
      const Reply& best = part.report.best.front();
      row(say("{die}, proposed", {{"die", die}}), best);
    }
    if (part.shipped_as_part) {
      row(say("{chip}, shipped", {{"chip", short_name(*part.shipped)}}), *part.shipped_as_part);
    }
  }
  return table;
}

// Work against cost: the front of each die, with what was shipped on it.
results::ScatterPlot front_plot(const BuiltEpoch& built, const Words& say) {
  results::ScatterPlot plot;
  plot.id = "built-" + built.epoch.id;
  plot.words = scatter_words(say);
  plot.title = say("{rule}: what legal parts of each die do and cost",
                   {{"rule", say(built.epoch.title, {})}});
  plot.subtitle = say("Each point a part that no other of the die betters; {work}",
                      {{"work", built.parts.front().report.request->works.front()->name}});
  plot.description =
      say("Scatter plot of legal parts by cost and work; the table gives the best "
          "of each die and what was shipped.");
  plot.x = {say("Cost of a part in a server"), say("USD/h"), true, 0.0, 0.0};
  plot.y = {say("Work"), say("tokens/s"), true, 0.0, 0.0};
  std::size_t series = 0;
  for (const BuiltPart& part : built.parts) {
    plot.series.push_back({die_name(part, say)});
    for (const Reply& one : part.report.front) {
      plot.points.push_back(
          {one.usd_per_s * kSecondsOfHour, one.tokens_per_s.front(), "", series, false, ""});
    }
    if (!part.report.best.empty()) {
      const Reply& best = part.report.best.front();
      plot.points.push_back({best.usd_per_s * kSecondsOfHour, best.tokens_per_s.front(),
                             say("best of {die}", {{"die", die_name(part, say)}}), series, true,
                             ""});
    }
    ++series;
  }
  plot.series.push_back({say("shipped")});
  for (const BuiltPart& part : built.parts) {
    if (part.shipped_as_part) {
      const Reply& one = *part.shipped_as_part;
      plot.points.push_back({one.usd_per_s * kSecondsOfHour, one.tokens_per_s.front(),
                             short_name(*part.shipped), series, true, ""});
    }
  }
  return plot;
}

// What 10 % more of each limit would be worth to the first die; limits that bind alone.
Table price_table(const BuiltPart& part, const Words& say) {
  Table table;
  table.title = say("What 1 and 10 % more of each limit would be worth, {die}",
                    {{"die", die_name(part, say)}});
  table.columns = {{"threshold", "Limit", "", Align::kLeft},
                   {"value", "At", "", Align::kRight, 6},
                   {"unit", "Unit", "", Align::kLeft},
                   {"loosened_percent", "Loosened", "%", Align::kRight, 3},
                   {"gain_percent", "More work", "%", Align::kRight, 3}};
  for (const ThresholdPrice& one : part.report.prices) {
    constexpr double kWorth = 1e-6;
    if (one.best && one.gain_percent > kWorth) {
      table.rows.push_back({one.threshold.quantity, one.threshold.value, one.threshold.unit,
                            one.percent, one.gain_percent});
    }
  }
  return table;
}

std::string part_text(const Reply& part, const Words& say) {
  return say("TPP {tpp}, {bandwidth} GB/s, {capacity} GB, link {link} GB/s",
             {{"tpp", number(part.tpp, 4)},
              {"bandwidth", number(part.dram_gb_s, 4)},
              {"capacity", number(part.capacity_gb, 4)},
              {"link", number(part.link_gb_s, 4)}});
}

std::string assumption(const Words& say) {
  return say(
      "Proposals: redline search chip on the dies that the vendor had, with memory, models and "
      "prices of that date; a part sells for four times what it costs to make, by the model of "
      "silicon. What was shipped came later, and was not used; it is timed and priced as the "
      "proposals are. redline search chip --backtest scores every rule.");
}

}  // namespace

std::vector<std::string> built_findings(const BuiltReport& report, const Words& say) {
  std::vector<std::string> sentences;
  for (const BuiltEpoch& built : report.epochs) {
    for (const BuiltPart& part : built.parts) {
      if (part.report.best.empty() || part.shipped == nullptr) {
        continue;
      }
      sentences.push_back(
          say("{rule}: the best legal part of the {die} would be {part}; the {chip} came.",
              {{"rule", say(built.epoch.title, {})},
               {"die", die_name(part, say)},
               {"part", part_text(part.report.best.front(), say)},
               {"chip", short_name(*part.shipped)}}));
      break;  // the table has the others
    }
  }
  return sentences;
}

void add_built(const BuiltReport& report, const Words& say, results::HtmlPage& page) {
  page.heading(2, say("What would be built instead"), "built");
  page.paragraph(fmt::format("{}", fmt::join(built_findings(report, say), sentence_gap(say))));
  for (const BuiltEpoch& built : report.epochs) {
    page.figure({results::render_svg(front_plot(built, say)), "",
                 say("Computed from the records of dies and chips (redline data show) by redline "
                     "search chip.")});
    page.table(say(part_table(built, say)));
    for (const BuiltPart& part : built.parts) {
      if (Table prices = price_table(part, say); !prices.rows.empty()) {
        page.table(say(prices));
      }
    }
  }
  page.heading(3, say("What this takes as given"), "built-assumptions");
  page.list({plain(assumption(say))});
}

Json built_json(const BuiltReport& report) {
  Json epochs = Json::array();
  for (const BuiltEpoch& built : report.epochs) {
    Json parts = Json::array();
    for (const BuiltPart& part : built.parts) {
      Json json = reply_json(part.report);
      json["shipped"] = part.shipped != nullptr ? Json(part.shipped->id) : Json(nullptr);
      parts.push_back(std::move(json));
    }
    epochs.push_back({{"epoch", built.epoch.id},
                      {"facts_until", format_date(built.epoch.known)},
                      {"parts", std::move(parts)}});
  }
  return epochs;
}

Answer built_answer(const BuiltReport& report, const Words& say) {
  Answer answer;
  answer.command = "report";
  answer.results.push_back({{"built", built_json(report)}});
  answer.blocks.emplace_back(
      Headline{fmt::format("{}", fmt::join(built_findings(report, say), sentence_gap(say)))});
  for (const BuiltEpoch& built : report.epochs) {
    Table table = part_table(built, Words());
    answer.table.columns = table.columns;
    answer.table.rows.insert(answer.table.rows.end(), table.rows.begin(), table.rows.end());
    answer.blocks.emplace_back(Paragraph{});
    answer.blocks.emplace_back(part_table(built, say));
    for (const BuiltPart& part : built.parts) {
      if (Table prices = price_table(part, say); !prices.rows.empty()) {
        answer.blocks.emplace_back(Paragraph{});
        answer.blocks.emplace_back(std::move(prices));
      }
    }
  }
  answer.blocks.emplace_back(Paragraph{});
  answer.blocks.emplace_back(Paragraph{assumption(say), 0});
  return answer;
}

}  // namespace redline::app
