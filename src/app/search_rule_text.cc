// How rules and what they let through are told to people and machines.

#include <algorithm>

#include <fmt/format.h>

#include "app/brief_facts.h"
#include "app/estimate_text.h"
#include "app/scales.h"
#include "app/search_chip.h"
#include "app/search_report.h"
#include "app/search_rule.h"
#include "results/ascii_plot.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

constexpr double kThousand = 1e3;

const ReplyRequest& request_of(const RuleReport& report, const RuleWorth& worth) {
  return *report.space->dies[worth.die].market;
}
const ReplyBody& body_of(const RuleReport& report, const RuleWorth& worth) {
  return request_of(report, worth).reply.bodies[worth.part->body];
}
const std::string& base_of(const RuleReport& report) {
  return report.space->dies.front().market->base->id;
}

// "dram_bw 1400, letter_io 1100".
std::string limits_text(const RuleReport& report, std::size_t point) {
  std::string text;
  for (const MovedThreshold& one : report.space->grid.moved(point)) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", one.threshold.quantity, number(one.to, 5));
  }
  return text;
}

Json limits_json(const RuleReport& report, std::size_t point) {
  Json list = Json::array();
  for (const MovedThreshold& one : report.space->grid.moved(point)) {
    list.push_back({{"quantity", one.threshold.quantity},
                    {"unit", one.threshold.unit},
                    {"published", one.threshold.value},
                    {"at", one.to}});
  }
  return list;
}

Json worth_json(const RuleReport& report, const RuleWorth& worth) {
  Json json;
  json["part"] = worth.part
                     ? part_json(*worth.part, body_of(report, worth), request_of(report, worth))
                     : Json(nullptr);
  json["market_work"] = worth.market;
  json["leak_work"] = worth.leak;
  json["share"] = worth.share;
  json["parts"] = worth.parts;
  json["leak_per_part"] = worth.leak_per_part;
  json["leak_per_usd_per_hour"] = worth.leak_per_usd_h;
  json["leak"] = worth.leaked;
  json["revenue_usd"] = worth.revenue_usd;
  json["revenue_lost_usd"] = worth.lost_usd;
  json["leak_avoided_per_usd"] = json_of(avoided_per_usd(report, worth));
  json["proved"] = worth.proved;
  return json;
}

Json point_json(const RuleReport& report, std::size_t point) {
  Json json{{"point", point}, {"thresholds", limits_json(report, point)}};
  json.update(worth_json(report, *report.at[point]));
  return json;
}

Json named_json(const RuleReport& report, const NamedRulePoint& one) {
  Json json{{"rule", one.name},
            {"date", one.date ? Json(format_date(*one.date)) : Json(nullptr)},
            {"licensed", text_or_null(one.licensed)}};
  json.update(worth_json(report, one.worth));
  json["beaten_by"] = nullptr;
  json["leak_over_frontier"] = 0.0;
  if (one.beaten_by) {
    json["beaten_by"] = *one.beaten_by;
    json["leak_over_frontier"] = one.worth.leaked - report.at[*one.beaten_by]->leaked;
  }
  return json;
}

void add_worth_columns(Table& table) {
  table.columns.insert(table.columns.end(),
                       {{"tpp", "TPP", "", Align::kRight, 4},
                        {"dram_gb_s", "Memory", "GB/s", Align::kRight, 4},
                        {"link_gb_s", "Link", "GB/s", Align::kRight, 4},
                        {"leak_per_part", "Leak of a part", "", Align::kRight, 3},
                        {"leak_per_usd_per_hour", "For 1 USD/h", "", Align::kRight, 3},
                        {"leak", "Leak a year", "", Align::kRight, 4},
                        {"revenue_lost_usd", "Revenue lost", "USD", Align::kRight, 5}});
}
void add_worth_cells(const RuleWorth& worth, std::vector<Cell>& cells) {
  if (worth.part) {
    cells.insert(cells.end(), {worth.part->tpp, worth.part->dram_gb_s, worth.part->link_gb_s});
  } else {
    cells.insert(cells.end(), {Cell(), Cell(), Cell()});
  }
  cells.insert(cells.end(),
               {worth.leak_per_part, worth.leak_per_usd_h, worth.leaked, worth.lost_usd});
}

// As people read it: leaks in thousands, revenue in billions, and some columns for machines alone.
Table for_people(Table table, std::initializer_list<std::string_view> left_out) {
  const auto scale = [&table](std::size_t column, double unit) {
    for (auto& row : table.rows) {
      if (const double* value = std::get_if<double>(&row[column])) {
        row[column] = *value / unit;
      }
    }
  };
  for (std::size_t i = table.columns.size(); i-- > 0;) {
    results::Column& column = table.columns[i];
    if (std::find(left_out.begin(), left_out.end(), column.key) != left_out.end()) {
      table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(i));
      for (auto& row : table.rows) {
        row.erase(row.begin() + static_cast<std::ptrdiff_t>(i));
      }
    } else if (column.key == "leak" || column.key == "frontier_leak") {
      column.unit = "k";
      scale(i, kThousand);
    } else if (column.key == "revenue_lost_usd") {
      column.unit = "bn USD";
      scale(i, kGiga);
    }
  }
  return table;
}

std::string name_of(const NamedRulePoint& one, const Words& say) {
  return one.licensed.empty()
             ? one.name
             : say("{rule}, {chip} licensed", {{"rule", one.name}, {"chip", one.licensed}});
}

Table named_table(const RuleReport& report, const Words& say) {
  Table table;
  constexpr int kWidest = 26;
  table.columns = {{"rule", "Rule", "", Align::kLeft, 4, kWidest}};
  add_worth_columns(table);
  table.columns.push_back({"frontier_leak", "Frontier leaks", "", Align::kRight, 4});
  for (const NamedRulePoint& one : report.named) {
    std::vector<Cell> cells{name_of(one, say)};
    add_worth_cells(one.worth, cells);
    cells.push_back(one.beaten_by ? Cell(report.at[*one.beaten_by]->leaked)
                                  : Cell(std::string("-")));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

// Of a long front as many rows as there is room for, its ends among them.
Table some_rows(Table table) {
  constexpr std::size_t kShown = 12;
  if (table.rows.size() <= kShown) {
    return table;
  }
  std::vector<std::vector<Cell>> rows;
  for (std::size_t i = 0; i < kShown; ++i) {
    rows.push_back(table.rows[i * (table.rows.size() - 1) / (kShown - 1)]);
  }
  table.rows = std::move(rows);
  return table;
}

void describe_best(const RuleReport& report, const Words& say, std::vector<Block>& blocks) {
  const RuleWorth& worth = *report.at[report.best.front()];
  blocks.emplace_back(Headline{rules_finding(report, say)});
  const std::string count = std::to_string(report.certificate.points);
  const Message title = report.objective == RuleObjective::kLeak ? Message("leaks least")
                        : report.objective == RuleObjective::kRevenue
                            ? Message("costs least revenue")
                            : Message("keeps back most for a dollar");
  blocks.emplace_back(Paragraph{
      report.finished ? say("{title} among {count} rules, each with the best part that answers it",
                            {{"title", say(title)}, {"count", count}})
                      : say("{title} among the {count} rules that were reached of {total}",
                            {{"title", say(title)},
                             {"count", count},
                             {"total", std::to_string(report.space->grid.size())}}),
      2});
  blocks.emplace_back(Paragraph{
      say("without a rule {leak} {base} would leak a year, and revenue be {revenue} M USD",
          {{"leak", number(report.free.leaked, 4)},
           {"base", base_of(report)},
           {"revenue", number(report.free.revenue_usd / kMillion, 4)}}),
      2});
  if (!worth.part) {
    blocks.emplace_back(Paragraph{say("No part that may go does the work.", {}), 0});
    return;
  }
  const Reply& part = *worth.part;
  const ReplyBody& body = body_of(report, worth);
  blocks.emplace_back(Paragraph{
      say("The vendor answers with {silicon}: TPP {tpp}, {capacity} GB {memory} at {bandwidth} "
          "GB/s, link {link} GB/s. It does the work of {value} {base}; {share} % of buyers take "
          "it.",
          {{"silicon", silicon_text(body, request_of(report, worth), say)},
           {"tpp", number(part.tpp, 4)},
           {"capacity", number(part.capacity_gb, 4)},
           {"memory", body.memory->name},
           {"bandwidth", number(part.dram_gb_s, 4)},
           {"link", number(part.link_gb_s, 4)},
           {"value", number(worth.market, 3)},
           {"base", base_of(report)},
           {"share", number(100.0 * worth.share, 3)}}),
      0});
}

void describe_certificate(const RuleReport& report, const Words& say, std::vector<Block>& blocks) {
  const RuleCertificate& c = report.certificate;
  blocks.emplace_back(Paragraph{
      say("Of {points} answers {proved} are proved to be the best: each part was worked out or "
          "ruled out by a bound. {checked} were searched again by themselves, from the texts of "
          "the rules: {differing} differ, by {difference} % at most.",
          {{"points", std::to_string(c.points)},
           {"proved", std::to_string(c.proved)},
           {"checked", std::to_string(c.checked)},
           {"differing", std::to_string(c.differing)},
           {"difference", number(100.0 * c.largest_difference, 2)}}),
      0});
}

}  // namespace

std::vector<Message> assumptions_of(const RuleReport& report) {
  const RuleSpaceRecord& asked = report.space->asked;
  const RuleQuantities& quantity = asked.quantity;
  const std::string& base = base_of(report);
  std::vector<Message> list;
  const auto assume = [&list](std::string_view text,
                              std::initializer_list<Message::Argument> values) {
    list.emplace_back(text, values);
  };
  if (!report.home) {
    assume("nothing at home does the work: buyers take {parts} parts a year",
           {{"parts", number(quantity.parts, 4)}});
  } else {
    assume(
        report.by_dollar
            ? "of {parts} parts a year buyers take the reply rather than {home} by work for a "
              "dollar, with an elasticity of {elasticity}"
            : "the price or power of {home} is not known: of {parts} parts a year buyers take the "
              "reply rather than it by work of a part, with an elasticity of {elasticity}",
        {{"parts", number(quantity.parts, 4)},
         {"home", report.home->chip->id},
         {"elasticity", number(quantity.elasticity, 4)}});
  }
  if (report.home && quantity.domestic) {
    assume("at most {count} {home} are made in a year",
           {{"count", number(*quantity.domestic, 4)}, {"home", report.home->chip->id}});
  }
  if (quantity.limit) {
    assume("at most {limit} parts may go in a year", {{"limit", number(*quantity.limit, 4)}});
  }
  assume(
      report.price_is_stated
          ? "the vendor earns {usd} USD for each {base} whose work a part does: the price of one"
          : "the vendor earns {usd} USD for each {base} whose work a part does: the price factor "
            "times its cost, for its price is not known",
      {{"usd", number(report.base_price_usd, 4)}, {"base", base}});
  assume("buyers reckon with {factor} times what a part costs to make, its server and its power",
         {{"factor", number(asked.price_factor, 4)}});
  if (report.home) {
    assume(asked.measure == LeakMeasure::kDollar && report.by_dollar
               ? "what leaks is the work above that of {home} in its place, for the same dollars"
               : "what leaks is the work above that of {home} in its place",
           {{"home", report.home->chip->id}});
  }
  if (std::any_of(report.named.begin(), report.named.end(),
                  [](const NamedRulePoint& one) { return !one.licensed.empty(); })) {
    assume("licenses are given for as many as buyers take: no cap on their volume counts", {});
  }
  const auto& more = report.space->dies.front().market->assumptions;
  for (const Message& one : more) {
    const bool told = std::any_of(list.begin(), list.end(), [&one](const Message& other) {
      return other.english() == one.english();
    });
    if (!told) {
      list.push_back(one);
    }
  }
  return list;
}

std::string rules_finding(const RuleReport& report, const Words& say) {
  const std::size_t point = report.best.front();
  const RuleWorth& worth = *report.at[point];
  return say("{limits}: {leak} {base} leak a year, for {lost} M USD of revenue",
             {{"limits", limits_text(report, point)},
              {"leak", number(worth.leaked, 4)},
              {"base", base_of(report)},
              {"lost", number(worth.lost_usd / kMillion, 4)}});
}

results::ScatterPlot rules_plot(const RuleReport& report, const Words& say) {
  results::ScatterPlot plot;
  plot.id = "rules";
  plot.words = scatter_words(say);
  plot.title = say("What rules leak and cost");
  plot.description =
      say("Scatter plot of rules by revenue lost and what leaks; the table below "
          "names those that there are.");
  plot.x = {say("Revenue lost in a year"), "M USD", false, 0.0, 0.0};
  plot.y = {say("Leak a year"), base_of(report), false, 0.0, 0.0};
  plot.series = {{say("Frontier")}, {say("Rules that there are")}};
  const auto add = [&](const RuleWorth& worth, const std::string& label, std::size_t series,
                       bool emphasis) {
    plot.points.push_back({worth.lost_usd / kMillion, worth.leaked, label, series, emphasis, ""});
  };
  for (const std::size_t point : report.front) {
    const bool best = !report.best.empty() && report.best.front() == point;
    add(*report.at[point], best ? say("best") : "", 0, best);
  }
  for (const NamedRulePoint& one : report.named) {
    add(one.worth, name_of(one, say), 1, false);
  }
  return plot;
}

Table named_rules_table(const RuleReport& report, const Words& say) {
  Table named = for_people(named_table(report, say), {"leak_per_part", "leak_per_usd_per_hour"});
  named.title = say("Rules that there are, and what the frontier leaks for no more revenue");
  return named;
}

Json rules_json(const RuleReport& report) {
  const RuleSpace& space = *report.space;
  const ReplyRequest& first = *space.dies.front().market;
  Json dies = Json::array();
  for (const RuleDie& die : space.dies) {
    dies.push_back(die.market->die->id);
  }
  Json json{{"title", space.asked.title},
            {"rules", space.rules.name},
            {"rules_as_of", format_date(space.rules.as_of)},
            {"facts_until", format_date(space.known)},
            {"to", first.question.to},
            {"dies", std::move(dies)},
            {"base", base_of(report)},
            {"per", kReplyObjectiveNames[static_cast<std::size_t>(space.asked.per)]},
            {"measure", space.asked.measure == LeakMeasure::kDollar ? "dollar" : "part"},
            {"objective", kRuleObjectiveNames[static_cast<std::size_t>(report.objective)]}};
  if (report.refusal) {
    json["refused"] = report.refusal->english();
    return json;
  }
  json["feasible"] =
      report.best.empty() && !report.finished ? Json(nullptr) : Json(!report.best.empty());
  json["optimal"] = report.finished && report.certificate.proved == report.certificate.points;
  json["gap_percent"] = report.certificate.largest_gap_percent;
  Json axes = Json::array();
  for (const RuleAxis& axis : space.grid.axes()) {
    axes.push_back({{"quantity", axis.threshold.quantity},
                    {"unit", axis.threshold.unit},
                    {"published", axis.threshold.value},
                    {"values", axis.values}});
  }
  json["thresholds"] = std::move(axes);
  json["domestic"] = nullptr;
  if (report.home) {
    const HomeChip& home = *report.home;
    json["domestic"] = {
        {"chip", home.chip->id},
        {"market_work", home.market},
        {"leak_work", home.leak},
        {"usd_per_hour", home.usd_per_s ? Json(*home.usd_per_s * kSecondsOfHour) : Json(nullptr)}};
  }
  json["without_rule"] = worth_json(report, report.free);
  const auto points = [&report](const std::vector<std::size_t>& from) {
    Json list = Json::array();
    for (const std::size_t point : from) {
      list.push_back(point_json(report, point));
    }
    return list;
  };
  json["best"] = points(report.best);
  json["pareto"] = points(report.front);
  json["named_rules"] = Json::array();
  for (const NamedRulePoint& one : report.named) {
    json["named_rules"].push_back(named_json(report, one));
  }
  const RuleCertificate& c = report.certificate;
  json["certificate"] = {{"points", space.grid.size()},
                         {"reached", c.points},
                         {"proved", c.proved},
                         {"largest_gap_percent", c.largest_gap_percent},
                         {"searched_again", c.checked},
                         {"differing", c.differing},
                         {"largest_difference", c.largest_difference}};
  Json assumptions = Json::array();
  for (const Message& one : assumptions_of(report)) {
    assumptions.push_back(one.english());
  }
  json["assumptions"] = std::move(assumptions);
  return json;
}

Table rules_table(const RuleReport& report, const std::vector<std::size_t>& points) {
  Table table;
  for (const RuleAxis& axis : report.space->grid.axes()) {
    table.columns.push_back(
        {axis.threshold.quantity, axis.threshold.quantity, "", Align::kRight, 5});
  }
  add_worth_columns(table);
  for (const std::size_t point : points) {
    std::vector<Cell> cells;
    for (const MovedThreshold& one : report.space->grid.moved(point)) {
      cells.emplace_back(one.to);
    }
    add_worth_cells(*report.at[point], cells);
    table.rows.push_back(std::move(cells));
  }
  return table;
}

void describe_rules(const RuleReport& report, bool plot, const Words& say,
                    std::vector<Block>& blocks) {
  if (report.refusal) {
    blocks.emplace_back(Headline{say("not known: {reason}", {{"reason", say(*report.refusal)}})});
    return;
  }
  if (report.best.empty()) {
    blocks.emplace_back(Headline{report.finished
                                     ? say("no rule leaks and costs as little as is asked for", {})
                                     : say("stopped before any rule was reached", {})});
  } else {
    describe_best(report, say, blocks);
  }
  if (!report.front.empty()) {
    Table front = some_rows(for_people(rules_table(report, report.front), {"link_gb_s"}));
    front.title =
        say("No other rule leaks less and costs less, in {base}", {{"base", base_of(report)}});
    blocks.emplace_back(std::move(front));
    if (plot) {
      blocks.emplace_back(Verbatim{results::render_ascii(rules_plot(report, say))});
    }
  }
  if (!report.named.empty()) {
    blocks.emplace_back(named_rules_table(report, say));
  }
  describe_certificate(report, say, blocks);
  describe_assumptions(assumptions_of(report), say, blocks);
}

}  // namespace redline::app
