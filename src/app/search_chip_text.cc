// How the best part is told to people and machines.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/die.h"
#include "app/estimate_text.h"
#include "app/scales.h"
#include "app/search_chip.h"
#include "app/search_report.h"
#include "perf/limits.h"
#include "results/ascii_plot.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

// Parts next to each other differ in the fourth digit.
const ReplyBody& body_of(const ReplyReport& report, const Reply& part) {
  return report.bodies[part.body];
}

Message unit_of(ReplyObjective objective) {
  return objective == ReplyObjective::kChip     ? Message("a part")
         : objective == ReplyObjective::kDollar ? Message("a dollar an hour")
                                                : Message("a watt");
}

// Usd per million tokens of a workload.
double usd_per_million(const Reply& part, std::size_t workload) {
  return part.usd_per_s / part.tokens_per_s[workload] * kMillion;
}

Json part_json(const ReplyReport& report, const Reply& part) {
  return part_json(part, body_of(report, part), *report.request);
}

Json tests_json(const Verdict& verdict) {
  Json list = Json::array();
  for (const ComparisonLine& line : verdict.tests) {
    list.push_back({{"rule", line.rule},
                    {"paragraph", line.paragraph},
                    {"quantity", line.quantity},
                    {"value", json_of(line.value)},
                    {"relation", line.relation},
                    {"limit", line.limit},
                    {"margin_percent", json_of(line.margin_percent)}});
  }
  return list;
}

// A limit binds where the part is within this of it, in percent: one step of a link or of memory.
constexpr double kBinds = 5.0;

std::vector<const ComparisonLine*> by_margin(const Verdict& verdict) {
  std::vector<const ComparisonLine*> lines;
  for (const ComparisonLine& line : verdict.tests) {
    if (line.margin_percent) {
      lines.push_back(&line);
    }
  }
  std::stable_sort(lines.begin(), lines.end(), [](const auto* a, const auto* b) {
    return std::abs(*a->margin_percent) < std::abs(*b->margin_percent);
  });
  return lines;
}

// Limits that the part stands just below.
std::vector<const ComparisonLine*> binding(const Verdict& verdict) {
  std::vector<const ComparisonLine*> lines;
  for (const ComparisonLine* line : by_margin(verdict)) {
    const bool told = std::any_of(lines.begin(), lines.end(), [line](const auto* one) {
      return one->quantity == line->quantity && one->limit == line->limit;
    });
    if (!told && *line->margin_percent <= 0.0 && *line->margin_percent >= -kBinds) {
      lines.push_back(line);
    }
  }
  return lines;
}

Table margin_table(const Verdict& verdict) {
  Table table;
  table.columns = {{"quantity", "Quantity", "", Align::kLeft},
                   {"value", "Value", "", Align::kRight, 5},
                   {"relation", "Test", "", Align::kLeft},
                   {"limit", "Limit", "", Align::kRight, 5},
                   {"margin_percent", "Margin", "%", Align::kRight, 3},
                   {"paragraph", "Paragraph", "", Align::kLeft}};
  for (const ComparisonLine* line : by_margin(verdict)) {
    table.rows.push_back({line->quantity, results::cell_of(line->value), line->relation,
                          line->limit, *line->margin_percent, line->paragraph});
  }
  return table;
}

Table price_table(const ReplyReport& report) {
  Table table;
  table.columns = {{"threshold", "Limit", "", Align::kLeft},
                   {"value", "At", "", Align::kRight, 6},
                   {"loosened_percent", "Loosened", "%", Align::kRight, 3},
                   {"gain_percent", "Gain", "%", Align::kRight, 3}};
  add_spec_columns(table);
  table.columns.push_back({"cost_usd", "Cost", "USD", Align::kRight, 4});
  for (const ThresholdPrice& one : report.prices) {
    std::vector<Cell> cells{one.threshold.quantity, one.threshold.value, one.percent};
    if (one.best) {
      const Reply& part = *one.best;
      cells.emplace_back(one.gain_percent);
      add_spec_cells(part, cells);
      cells.emplace_back(part.cost.total.value);
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Table ways_table(const ReplyReport& report, const Words& say) {
  Table table;
  table.columns = {{"way", "Way", "", Align::kLeft},
                   {"option", "Option", "", Align::kLeft},
                   {"gain_percent", "Gain", "%", Align::kRight, 3}};
  add_spec_columns(table);
  for (const WayLeftOut& one : report.ways_left_out) {
    std::vector<Cell> cells{say(one.way), one.option, one.gain_percent};
    add_spec_cells(one.best, cells);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Table spec_table(const ReplyReport& report, const Words& say) {
  const Reply& best = report.best.front();
  const ReplyBody& body = body_of(report, best);
  const Reply& base = report.base;
  const ReplyRequest& asked = *report.request;
  Table table;
  table.columns = {{"item", "", "", Align::kLeft},
                   {"base", asked.base->id, "", Align::kRight, 5},
                   {"reply", say("reply"), "", Align::kRight, 5}};
  const auto row = [&](std::string name, double before, double after) {
    table.rows.push_back({std::move(name), before, after});
  };
  row("TPP", base.tpp, best.tpp);
  row(say("die area, mm2"), asked.base_body.area_mm2(), best.area_mm2);
  row(say("performance density"), base.pd, best.pd);
  row(say("cores on"), base.cores * asked.base_body.dies, best.cores * body.dies);
  row(say("clock, share of the base part's"), 1.0, best.clock);
  if (best.held < 1.0) {
    row(say("share of it that its power limit leaves"), 1.0, best.held);
  }
  row(say("memory, GB/s"), base.dram_gb_s, best.dram_gb_s);
  row(say("memory, GB"), base.capacity_gb, best.capacity_gb);
  if (best.host_share > 0.0) {
    row(say("reads with the host's memory, GB/s"), base.dram_gb_s,
        reads_gb_s(best.dram_gb_s, body.host_reads_gb_s, best.host_share));
    row(say("memory of the host, GB"), 0.0, best.host_gb);
  }
  row(say("link, GB/s both directions"), base.link_gb_s, best.link_gb_s);
  row(say("power, W"), base.power.total(), best.power.total());
  row(say("cost to make, USD"), base.cost.total.value, best.cost.total.value);
  for (std::size_t i = 0; i < asked.works.size(); ++i) {
    row(say("{work}, tokens/s", {{"work", asked.works[i]->name}}), base.tokens_per_s[i],
        best.tokens_per_s[i]);
  }
  return table;
}

void tell_none(const ReplyReport& report, const Words& say, std::vector<Block>& blocks) {
  blocks.emplace_back(Headline{say("no legal design")});
  if (!report.result.exhausted) {
    blocks.emplace_back(Paragraph{say("The search was stopped before it had tried all."), 0});
    return;
  }
  if (!report.lightest) {
    return;
  }
  const Verdict& verdict = *report.lightest;
  if (verdict.outcome != Outcome::kNoLicense) {
    blocks.emplace_back(
        Paragraph{say("Of {count} parts none may go: even the slowest needs a licence, under "
                      "{rule} {paragraph}.",
                      {{"count", std::to_string(report.result.total)},
                       {"rule", verdict.rule},
                       {"paragraph", verdict.paragraph}}),
                  0});
    return;
  }
  const std::string count = std::to_string(report.result.total);
  const double watts = report.request->reply.most_watts;
  blocks.emplace_back(Paragraph{
      std::isinf(watts)
          ? say("Of {count} parts those that may go cannot do the work: they lack memory for "
                "the model, or are too slow for the limit.",
                {{"count", count}})
          : say("Of {count} parts those that may go cannot do the work: they draw more than "
                "{watts} "
                "W, lack memory for the model, or are too slow for the limit.",
                {{"count", count}, {"watts", number(watts, 4)}}),
      0});
}

}  // namespace

std::string silicon_text(const ReplyBody& body, const ReplyRequest& request, const Words& say) {
  const std::string one =
      body.die.empty() ? say("new die on {node}", {{"node", body.node->id}}) : body.die;
  const int usual = body.die.empty() ? 1 : request.die->dies;
  return body.dies > usual ? fmt::format("{} x {}", body.dies, one) : one;
}

Json part_json(const Reply& part, const ReplyBody& body, const ReplyRequest& request) {
  Json json{{"die", text_or_null(body.die)},
            {"node", body.node->id},
            {"dies", body.dies},
            {"area_mm2", part.area_mm2},
            {"dead_mm2", body.dead_mm2},
            {"cores_drawn", body.spec.cores * body.dies},
            {"cores_on", part.cores * body.dies},
            {"clock_share", part.clock},
            {"clock_held", part.held},
            {"tpp", part.tpp},
            {"silicon_tpp", part.silicon_tpp},
            {"capped", part.tpp < part.silicon_tpp},
            {"pd", part.pd},
            {"memory", body.memory->id},
            {"memory_units", part.memory_units},
            {"memory_gbit_s", part.gbit_s},
            {"dram_gb_s", part.dram_gb_s},
            {"capacity_gb", part.capacity_gb},
            {"host_memory", part.host_share > 0.0 ? Json(body.host_memory->id) : Json(nullptr)},
            {"host_share", part.host_share},
            {"host_gb", part.host_gb},
            {"link_gb_s", part.link_gb_s},
            {"io_gb_s", part.io_gb_s},
            {"market", body.workstation ? "workstation" : "data-center"},
            {"value", part.value},
            {"usd_per_hour", part.usd_per_s * kSecondsOfHour},
            {"power_w", part.power.total()},
            {"cost_usd", spread_json(part.cost.total)},
            {"cost_of_logic_usd", spread_json(part.cost.logic)},
            {"cost_of_memory_usd", spread_json(part.cost.memory)},
            {"cost_of_packaging_usd", spread_json(part.cost.packaging)},
            {"cost_of_test_usd", spread_json(part.cost.test)}};
  Json work = Json::array();
  for (std::size_t i = 0; i < part.tokens_per_s.size(); ++i) {
    const bool known = part.tokens_per_s[i] > 0.0;
    const bool told = i < part.formats.size() && part.formats[i] != Format::kNone;
    work.push_back(
        {{"work", request.works[i]->name},
         {"format", told ? Json(std::string(perf::format_name(part.formats[i]))) : Json(nullptr)},
         {"tokens_per_s", part.tokens_per_s[i]},
         {"usd_per_million_tokens", known ? Json(usd_per_million(part, i)) : Json(nullptr)}});
  }
  json["work"] = std::move(work);
  json["evasions"] = evasions_json(evasions_of(part, body, request));
  return json;
}

Json reply_json(const ReplyReport& report) {
  const ReplyRequest& asked = *report.request;
  Json json{{"to", asked.question.to},
            {"rules_as_of", format_date(asked.question.as_of)},
            {"facts_until", format_date(asked.known)},
            {"rules", asked.rules},
            {"with", asked.question.with},
            {"from", asked.die != nullptr ? Json(asked.die->id) : Json(nullptr)},
            {"base", asked.base != nullptr ? Json(asked.base->id) : Json(nullptr)},
            {"per", kReplyObjectiveNames[static_cast<std::size_t>(asked.reply.objective)]}};
  if (asked.refusal) {
    json["refused"] = asked.refusal->english();
    return json;
  }
  json["limits"] = Json::array();
  for (const Threshold& one : asked.limits) {
    Json limit{{"quantity", one.quantity}, {"unit", one.unit}, {"at", one.value}};
    for (const MovedThreshold& moved : asked.moved) {
      if (moved.threshold.quantity == one.quantity && moved.threshold.value == one.value) {
        limit["to"] = moved.to;
      }
    }
    json["limits"].push_back(std::move(limit));
  }
  json["feasible"] =
      report.best.empty() && !report.result.exhausted ? Json(nullptr) : Json(!report.best.empty());
  json["optimal"] = report.result.exhausted;
  json["designs"] = report.result.total;
  Json work = Json::array();
  for (std::size_t i = 0; i < report.base.tokens_per_s.size(); ++i) {
    work.push_back({{"work", asked.works[i]->name},
                    {"weight", asked.works[i]->workload.weight},
                    {"tokens_per_s", report.base.tokens_per_s[i]}});
  }
  json["base_part"] = {{"tpp", report.base.tpp},
                       {"dram_gb_s", report.base.dram_gb_s},
                       {"capacity_gb", report.base.capacity_gb},
                       {"cost_usd", spread_json(report.base.cost.total)},
                       {"power_w", report.base.power.total()},
                       {"work", std::move(work)}};
  json["best"] = Json::array();
  for (const Reply& part : report.best) {
    json["best"].push_back(part_json(report, part));
  }
  if (report.verdict) {
    json["verdict"] = {{"outcome", name_of(report.verdict->outcome)},
                       {"tests", tests_json(*report.verdict)}};
    Json binds = Json::array();
    for (const ComparisonLine* line : binding(*report.verdict)) {
      binds.push_back(line->quantity);
    }
    json["binding"] = std::move(binds);
  }
  if (report.unlocked) {
    json["unlocked"] = part_json(report, *report.unlocked);
  }
  if (report.lightest) {
    json["because"] = {{"outcome", name_of(report.lightest->outcome)},
                       {"rule", report.lightest->rule},
                       {"paragraph", report.lightest->paragraph}};
  }
  Json prices = Json::array();
  for (const ThresholdPrice& one : report.prices) {
    prices.push_back({{"quantity", one.threshold.quantity},
                      {"unit", one.threshold.unit},
                      {"limit", one.threshold.value},
                      {"loosened_percent", one.percent},
                      {"gain_percent", one.best ? Json(one.gain_percent) : Json(nullptr)},
                      {"best", one.best ? part_json(report, *one.best) : Json(nullptr)}});
  }
  json["shadow_prices"] = std::move(prices);
  Json ways = Json::array();
  for (const WayLeftOut& one : report.ways_left_out) {
    ways.push_back({{"way", one.way.english()},
                    {"option", one.option},
                    {"gain_percent", one.gain_percent},
                    {"evasions", evasions_json(one.evasions)}});
  }
  json["ways_left_out"] = std::move(ways);
  Json front = Json::array();
  for (const Reply& part : report.front) {
    front.push_back(part_json(report, part));
  }
  json["pareto"] = std::move(front);
  if (report.robustness) {
    const Robustness& r = *report.robustness;
    json["robustness"] = {{"draws", r.draws},
                          {"share_near_best", r.share_near_best},
                          {"objective_low", r.low},
                          {"objective_high", r.high}};
  }
  Json assumptions = Json::array();
  for (const Message& one : asked.assumptions) {
    assumptions.push_back(one.english());
  }
  json["assumptions"] = std::move(assumptions);
  return json;
}

void add_spec_columns(Table& table) {
  table.columns.insert(table.columns.end(), {{"tpp", "TPP", "", Align::kRight, 5},
                                             {"dram_gb_s", "Memory", "GB/s", Align::kRight, 4},
                                             {"capacity_gb", "Size", "GB", Align::kRight, 4},
                                             {"link_gb_s", "Link", "GB/s", Align::kRight, 4}});
}
void add_spec_cells(const Reply& part, std::vector<Cell>& cells) {
  cells.insert(cells.end(), {part.tpp, part.dram_gb_s, part.capacity_gb, part.link_gb_s});
}

Table reply_table(const ReplyReport& report, const std::vector<Reply>& parts) {
  Table table;
  table.columns = {{"silicon", "Silicon", "", Align::kLeft},
                   {"cores_on", "Cores", "", Align::kRight, 4}};
  add_spec_columns(table);
  table.columns.insert(table.columns.end(), {{"value", "Work", "", Align::kRight, 3},
                                             {"usd_per_hour", "USD/h", "", Align::kRight, 3},
                                             {"cost_usd", "Cost", "USD", Align::kRight, 4},
                                             {"power_w", "Power", "W", Align::kRight, 3}});
  for (const Reply& part : parts) {
    const ReplyBody& body = body_of(report, part);
    std::vector<Cell> cells{silicon_text(body, *report.request, Words()), part.cores * body.dies};
    add_spec_cells(part, cells);
    cells.insert(cells.end(), {part.value, part.usd_per_s * kSecondsOfHour, part.cost.total.value,
                               part.power.total()});
    table.rows.push_back(std::move(cells));
  }
  return table;
}

results::ScatterPlot reply_plot(const ReplyReport& report, const Words& say) {
  results::ScatterPlot plot;
  plot.title = say("Parts that do more for what they cost");
  plot.x = {say("Cost of a part in a server"), "USD/h", false, 0.0, 0.0};
  plot.y = {say("Work"), report.request->base->id, false, 0.0, 0.0};
  plot.series = {{say("Part")}};
  for (std::size_t i = 0; i < report.front.size(); ++i) {
    const Reply& part = report.front[i];
    plot.points.push_back({part.usd_per_s * kSecondsOfHour, part.value,
                           results::format_number(part.dram_gb_s, 4), 0, i == 0, ""});
  }
  return plot;
}

void describe_reply(const ReplyReport& report, bool plot, const Words& say,
                    std::vector<Block>& blocks) {
  const ReplyRequest& asked = *report.request;
  if (asked.refusal) {
    blocks.emplace_back(Headline{say("not known: {reason}", {{"reason", say(*asked.refusal)}})});
    return;
  }
  if (report.best.empty()) {
    tell_none(report, say, blocks);
    return;
  }
  const Reply& best = report.best.front();
  const ReplyBody& body = body_of(report, best);
  blocks.emplace_back(Headline{
      say("{silicon}: TPP {tpp}, {capacity} GB {memory} at {bandwidth} GB/s, link {link} GB/s",
          {{"silicon", silicon_text(body, asked, say)},
           {"tpp", number(best.tpp, 4)},
           {"capacity", number(best.capacity_gb, 4)},
           {"memory", body.memory->name},
           {"bandwidth", number(best.dram_gb_s, 4)},
           {"link", number(best.link_gb_s, 4)}})});
  blocks.emplace_back(Paragraph{
      say("does the work of {value} {base}, for {cost} USD to make ({low} to {high}) and {watts} W",
          {{"value", number(best.value, 3)},
           {"base", asked.base->id},
           {"cost", number(best.cost.total.value, 3)},
           {"low", number(best.cost.total.low, 3)},
           {"high", number(best.cost.total.high, 3)},
           {"watts", number(best.power.total(), 3)}}),
      2});
  const std::string count = std::to_string(report.result.total);
  blocks.emplace_back(Paragraph{
      report.result.exhausted
          ? say("the most work for {unit} among {count} parts, proved: each was worked out or "
                "ruled out by a bound",
                {{"unit", say(unit_of(asked.reply.objective))}, {"count", count}})
          : say("the most work for {unit} found so far; at most {gap} % more is possible",
                {{"unit", say(unit_of(asked.reply.objective))},
                 {"gap", number(gap_percent(report.result), 3)}}),
      2});
  blocks.emplace_back(spec_table(report, say));
  if (report.verdict) {
    const Verdict& verdict = *report.verdict;
    std::string binds;
    for (const ComparisonLine* line : binding(verdict)) {
      binds += fmt::format("{}{} {:g}", binds.empty() ? "" : ", ", line->quantity, line->limit);
    }
    blocks.emplace_back(
        Paragraph{say("{answer} for {place} on {date}; it stands just below {limits}.",
                      {{"answer", say(std::string(name_of(verdict.outcome)), {})},
                       {"place", asked.question.to},
                       {"date", format_date(asked.question.as_of)},
                       {"limits", binds.empty() ? say("no limit") : binds}}),
                  0});
    Table margins = margin_table(verdict);
    margins.title = say("Margins to the limits in force");
    blocks.emplace_back(said_cells(std::move(margins), {"relation"}, say));
  }
  if (!report.prices.empty()) {
    Table prices = price_table(report);
    prices.title = say("What each limit is worth: the best part where it alone is loosened");
    blocks.emplace_back(std::move(prices));
  }
  std::string used;
  for (const Message& one : evasions_of(best, body, asked)) {
    used += (used.empty() ? "" : "; ") + say(one);
  }
  if (!used.empty()) {
    blocks.emplace_back(
        Paragraph{say("Round the wording of the rule: {ways}.", {{"ways", used}}), 0});
  }
  if (!report.ways_left_out.empty()) {
    Table ways = ways_table(report, say);
    ways.title = say("Ways round that were not asked for: what each alone would add");
    blocks.emplace_back(std::move(ways));
  }
  if (report.unlocked) {
    blocks.emplace_back(
        Paragraph{say("Unlocked it would have TPP {tpp} and {bandwidth} GB/s, and do the work of "
                      "{value} {base}.",
                      {{"tpp", number(report.unlocked->tpp, 4)},
                       {"bandwidth", number(report.unlocked->dram_gb_s, 4)},
                       {"value", number(report.unlocked->value, 3)},
                       {"base", asked.base->id}}),
                  0});
  }
  if (report.robustness) {
    const Robustness& r = *report.robustness;
    blocks.emplace_back(Paragraph{
        say("In {share} % of {draws} draws of costs and of what computing and memory yield it is "
            "within 2 % of the best.",
            {{"share", number(100.0 * r.share_near_best, 3)}, {"draws", std::to_string(r.draws)}}),
        0});
  }
  if (report.front.size() > 1) {
    Table front = reply_table(report, report.front);
    front.title = say("No other part does more and costs less");
    constexpr std::size_t kShown = 12;
    front.rows.resize(std::min(front.rows.size(), kShown));
    blocks.emplace_back(std::move(front));
    if (plot) {
      blocks.emplace_back(Verbatim{results::render_ascii(reply_plot(report, say))});
    }
  }
  describe_assumptions(asked.assumptions, say, blocks);
  if (body.die.empty()) {
    blocks.emplace_back(
        Paragraph{say("assumed: the masks of a new die are spread over {count} parts",
                      {{"count", fmt::format("{:.0f}", asked.reply.volume)}}),
                  0});
  }
  blocks.emplace_back(
      Paragraph{say("assumed: a part sells for {factor} times what it costs to make",
                    {{"factor", number(asked.reply.price_factor, 3)}}),
                0});
}

}  // namespace redline::app
