#include "app/bandwidth_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/brief_facts.h"
#include "app/estimate_text.h"
#include "results/svg.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::plain;
using results::Table;
using results::Words;

Table served_table(const BandwidthReport& report, const Words& say) {
  Table table;
  table.title = say("{model} under one target", {{"model", report.serve_name}});
  table.columns = {{"chip", "Chip", "", Align::kLeft},
                   {"chips", "Of a replica", "", Align::kRight},
                   {"goodput_per_1000_chips", "Goodput of 1,000", "1/s", Align::kRight, 3},
                   {"interval", "95 % interval", "", Align::kRight},
                   {"usd_per_million", "Cost", "USD/M", Align::kRight, 3},
                   {"ttft_p99_s", "TTFT p99", "s", Align::kRight, 3},
                   {"tpot_p99_ms", "TPOT p99", "ms", Align::kRight, 3},
                   {"plan", "Plan", "", Align::kLeft}};
  for (const ServedChip& one : report.served) {
    std::vector<Cell> row{short_name(*one.chip)};
    if (one.found) {
      const SimulationResult& at = one.found->at;
      row.insert(row.end(),
                 {one.chips, one.rate_per_kilochip,
                  say("{low} to {high}", {{"low", number(one.low)}, {"high", number(one.high)}}),
                  one.usd_per_million ? Cell(*one.usd_per_million) : Cell(),
                  at.ttft.quantiles[3].value, 1e3 * at.tpot.quantiles[3].value, say(one.plan)});
    } else {
      table.notes.push_back(say("{chip}: not known, {reason}.",
                                {{"chip", short_name(*one.chip)}, {"reason", say(one.reason)}}));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

const ServedChip* most(const BandwidthReport& report) {
  const ServedChip* best = nullptr;
  for (const ServedChip& one : report.served) {
    if (one.found && (best == nullptr || one.rate_per_kilochip > best->rate_per_kilochip)) {
      best = &one;
    }
  }
  return best;
}
const ServedChip* cheapest(const BandwidthReport& report) {
  const ServedChip* best = nullptr;
  for (const ServedChip& one : report.served) {
    if (one.usd_per_million && (best == nullptr || *one.usd_per_million < *best->usd_per_million)) {
      best = &one;
    }
  }
  return best;
}

results::DotWhisker goodput_plot(const BandwidthReport& report, const Words& say) {
  results::DotWhisker plot;
  plot.id = "bandwidth-goodput";
  plot.title = say("Requests a second that a thousand chips hold under the target");
  plot.subtitle = say("Each on its best plan; the bar is the 95 % interval of the simulation");
  plot.description =
      say("Dot plot of chips with their goodput under one target; the table gives the values.");
  plot.x = {say("Goodput of a thousand chips"), say("requests/s"), true, 0.0, 0.0};
  plot.series = {{say("simulated")}};
  results::WhiskerGroup group{report.serve_name, {}};
  for (const ServedChip& one : report.served) {
    results::WhiskerRow row;
    row.label = short_name(*one.chip);
    row.emphasis = &one == report.served.data();
    if (one.found) {
      row.value = one.rate_per_kilochip;
      row.low = one.low;
      row.high = one.high;
      row.text = say("{rate} a second ({low} to {high})", {{"rate", number(one.rate_per_kilochip)},
                                                           {"low", number(one.low)},
                                                           {"high", number(one.high)}});
    } else {
      row.text = say(one.reason);
    }
    group.rows.push_back(std::move(row));
  }
  plot.groups.push_back(std::move(group));
  return plot;
}

std::vector<std::string> assumptions(const BandwidthReport& report, const Words& say) {
  const BandwidthQuestion& q = report.question;
  return {
      say("Requests come at random; prompts of {prompt} tokens and answers of {answer}; {share} % "
          "of them must have their first token within {ttft} and {tpot} per token after it. The "
          "plan of each chip is the cheapest of redline search plan serve for a long prompt, on "
          "replicas of up to 32 ranks with prompts on chips of their own; the rate that of redline "
          "simulate capacity.",
          {{"prompt", q.prompt},
           {"answer", q.answer},
           {"share", number(q.share_percent)},
           {"ttft", time_text(q.ttft.base())},
           {"tpot", time_text(q.tpot.base())}}),
      say("Chains of thought: redline estimate reasoning, each chip on the plan that takes the "
          "fewest chip-seconds; chips are paid for as owned where not all have a rent."),
  };
}

std::string thinking_name(const ReasoningReport& report) { return report.request->model.name; }

}  // namespace

std::string bandwidth_finding(const BandwidthReport& report, const Words& say) {
  std::string text;
  const ServedChip& own = report.served.front();
  if (own.found) {
    text = say("Under the target a thousand {chip} hold {rate} requests a second.",
               {{"chip", short_name(*own.chip)}, {"rate", number(own.rate_per_kilochip)}});
  } else {
    text = say("The {chip} does not hold the target: {reason}.",
               {{"chip", short_name(*own.chip)}, {"reason", say(own.reason)}});
  }
  const ServedChip* best = most(report);
  if (best != nullptr && best != &own) {
    text += sentence_gap(say);
    text += say("Most hold the {chip}: {rate}.",
                {{"chip", short_name(*best->chip)}, {"rate", number(best->rate_per_kilochip)}});
  }
  if (const ServedChip* least = cheapest(report); least != nullptr) {
    text += sentence_gap(say);
    text += say("A million tokens of answers costs least on the {chip}: {usd} USD.",
                {{"chip", short_name(*least->chip)}, {"usd", number(*least->usd_per_million)}});
  }
  for (const ReasoningReport& one : report.thinking) {
    for (const Crossover& crossing : one.crossovers) {
      text += sentence_gap(say);
      text += say("{model}: {what}",
                  {{"model", thinking_name(one)}, {"what", crossing_text(one, crossing, say)}});
    }
  }
  return text;
}

void add_bandwidth(const BandwidthReport& report, const Words& say, results::HtmlPage& page) {
  page.heading(2, say("Why bandwidth mattered"), "bandwidth");
  page.paragraph(bandwidth_finding(report, say));
  page.figure({results::render_svg(goodput_plot(report, say)), "",
               say("Computed from the records of the chips (redline data show) by redline simulate "
                   "capacity.")});
  page.table(say(served_table(report, say)));
  std::size_t number_of = 0;
  for (const ReasoningReport& one : report.thinking) {
    results::ScatterPlot plot = cost_plot(one, say);
    plot.id = fmt::format("bandwidth-thinking-{}", ++number_of);
    plot.title =
        say("{model}: cost of a chain of thought by its length", {{"model", thinking_name(one)}});
    plot.description =
        say("Plot of the cost of a chain of thought against its length on two chips; the table "
            "gives the values.");
    page.figure({results::render_svg(plot), "",
                 say("Computed from the records of the chips (redline data show) by redline "
                     "estimate reasoning.")});
    for (const Crossover& crossing : one.crossovers) {
      page.table(say(crossover_table(one, crossing)));
    }
    if (one.request->curves.benchmark.empty()) {
      continue;
    }
    page.paragraph(say("Each task of {benchmark} that is solved, at the length that was published:",
                       {{"benchmark", one.request->curves.benchmark}}));
    page.table(said_cells(say(reasoning_table(one)), {"method"}, say));
  }
  page.heading(3, say("What this takes as given"), "bandwidth-assumptions");
  std::vector<results::Html> list;
  for (const std::string& text : assumptions(report, say)) {
    list.push_back(plain(text));
  }
  page.list(list);
}

Json bandwidth_json(const BandwidthReport& report) {
  Json served = Json::array();
  for (const ServedChip& one : report.served) {
    Json json{{"chip", one.chip->id}};
    if (one.found) {
      const SimulationResult& at = one.found->at;
      json["chips_per_replica"] = one.chips;
      json["goodput_requests_per_s_per_1000_chips"] = one.rate_per_kilochip;
      json["interval"] = {one.low, one.high};
      json["cost_usd_per_million_tokens"] =
          one.usd_per_million ? Json(*one.usd_per_million) : Json(nullptr);
      json["ttft_p99_s"] = at.ttft.quantiles[3].value;
      json["tpot_p99_s"] = at.tpot.quantiles[3].value;
      json["plan"] = one.plan.english();
    } else {
      json["goodput_requests_per_s_per_1000_chips"] = nullptr;
      json["reason"] = one.reason.english();
    }
    served.push_back(std::move(json));
  }
  Json thinking = Json::array();
  for (const ReasoningReport& one : report.thinking) {
    thinking.push_back(reasoning_json(one));
  }
  return {{"serve", report.question.serve},
          {"ttft_s", report.question.ttft.base()},
          {"tpot_s", report.question.tpot.base()},
          {"served", std::move(served)},
          {"thinking", std::move(thinking)}};
}

Answer bandwidth_answer(const BandwidthReport& report, const Words& say) {
  Answer answer;
  answer.command = "report";
  answer.results.push_back(bandwidth_json(report));
  answer.table = served_table(report, Words());
  answer.blocks.emplace_back(Headline{bandwidth_finding(report, say)});
  answer.blocks.emplace_back(Paragraph{});
  Table table = served_table(report, say);
  std::vector<Block> plans;
  for (std::vector<Cell>& row : table.rows) {
    if (row.size() == table.columns.size()) {
      plans.emplace_back(Paragraph{fmt::format("{}: {}", std::get<std::string>(row.front()),
                                               std::get<std::string>(row.back())),
                                   2});
      row.pop_back();
    }
  }
  table.columns.pop_back();
  answer.blocks.emplace_back(std::move(table));
  std::move(plans.begin(), plans.end(), std::back_inserter(answer.blocks));
  for (const ReasoningReport& one : report.thinking) {
    for (const Crossover& crossing : one.crossovers) {
      Table lengths = crossover_table(one, crossing);
      lengths.title = thinking_name(one);
      answer.blocks.emplace_back(Paragraph{});
      answer.blocks.emplace_back(std::move(lengths));
    }
  }
  answer.blocks.emplace_back(Paragraph{});
  for (const std::string& text : assumptions(report, say)) {
    answer.blocks.emplace_back(Paragraph{text, 0});
  }
  return answer;
}

}  // namespace redline::app
