// What is shown of dies.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/die.h"
#include "app/scales.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;

std::optional<double> limit_watts(const DieEstimate& one) {
  const bool known = one.chip != nullptr && one.chip->power.tdp && one.chip->power.tdp->value;
  return known ? std::optional(one.chip->power.tdp->value->base()) : std::nullopt;
}

struct CostItem {
  std::string_view name;
  redline::Spread PartCost::*cost;
};
constexpr std::array<CostItem, 5> kCostItems{{{"logic", &PartCost::logic},
                                              {"memory", &PartCost::memory},
                                              {"packaging", &PartCost::packaging},
                                              {"test", &PartCost::test},
                                              {"total", &PartCost::total}}};
struct PowerItem {
  std::string_view name;
  double PartPower::*watts;
};
constexpr std::array<PowerItem, 5> kPowerItems{{{"cores", &PartPower::cores},
                                                {"cache", &PartPower::cache},
                                                {"memory", &PartPower::memory},
                                                {"links", &PartPower::links},
                                                {"leakage", &PartPower::leakage}}};

Table area_table(const DieEstimate& one) {
  Table table;
  table.columns = {{"part", "Part", "", Align::kLeft},
                   {"mm2", "Area", "mm2", Align::kRight, 4},
                   {"published_mm2", "Published", "mm2", Align::kRight, 4},
                   {"error_percent", "Error", "%", Align::kRight, 2}};
  const auto add = [&table](std::string_view name, double modelled, double published) {
    table.rows.push_back({std::string(name), modelled, published > 0.0 ? Cell(published) : Cell(),
                          results::cell_of(error_percent(modelled, published))});
  };
  for (std::size_t i = 0; i < one.parts.size(); ++i) {
    if (one.parts[i] > 0.0) {
      add(kDiePartNames[i], one.parts[i], one.die->published[i]);
    }
  }
  add("total", one.modelled_mm2(), one.die->area_mm2);
  return table;
}

Table cost_table(const DieEstimate& one) {
  Table table;
  table.columns = {{"item", "Item", "", Align::kLeft},
                   {"usd", "Cost", "USD", Align::kRight, 3},
                   {"low", "Low", "", Align::kRight, 3},
                   {"high", "High", "", Align::kRight, 3}};
  for (const CostItem& item : kCostItems) {
    const redline::Spread& cost = one.cost.*item.cost;
    table.rows.push_back({std::string(item.name), cost.value, cost.low, cost.high});
  }
  return table;
}

Table power_table(const DieEstimate& one) {
  Table table;
  table.columns = {{"part", "Part", "", Align::kLeft}, {"watts", "Power", "W", Align::kRight, 3}};
  for (const PowerItem& item : kPowerItems) {
    table.rows.push_back({std::string(item.name), *one.power.*item.watts});
  }
  table.rows.push_back({std::string("total"), one.power->total()});
  return table;
}

// Some columns of a table that is too wide for a terminal.
Table columns_of(const Table& table, std::initializer_list<std::string_view> keys) {
  Table some;
  some.rows.resize(table.rows.size());
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (std::find(keys.begin(), keys.end(), table.columns[i].key) == keys.end()) {
      continue;
    }
    some.columns.push_back(table.columns[i]);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      some.rows[row].push_back(table.rows[row][i]);
    }
  }
  return some;
}

void describe(const DieEstimate& one, const Words& say, std::vector<Block>& blocks) {
  const DieRecord& die = *one.die;
  blocks.emplace_back(Headline{say("{die} on {node}: {area} mm2, {model} mm2 by the model",
                                   {{"die", die.name},
                                    {"node", one.node->name},
                                    {"area", number(die.area_mm2, 4)},
                                    {"model", number(one.modelled_mm2(), 4)}})});
  if (die.area_estimated) {
    blocks.emplace_back(
        Paragraph{say("Its maker has not published the area: it is an estimate."), 0});
  }
  blocks.emplace_back(said_cells(area_table(one), {"part"}, say));
  blocks.emplace_back(
      Paragraph{say("{count} whole dies on a wafer; {whole} % have no defect, {part} % at least "
                    "{needed} of {cores} good cores, as {chip} needs ({low} to {high} %).",
                    {{"count", number(one.wafer_dies)},
                     {"whole", number(kPercent * one.whole.value)},
                     {"part", number(kPercent * one.part.value)},
                     {"needed", number(one.cores_on)},
                     {"cores", number(die.spec.cores)},
                     {"chip", die.chip},
                     {"low", number(kPercent * one.part.low)},
                     {"high", number(kPercent * one.part.high)}}),
                0});
  blocks.emplace_back(
      Paragraph{say("Cost of {chip}, dies {dies}, memory {units} times {size} GB of {memory}:",
                    {{"chip", die.chip},
                     {"dies", std::to_string(die.dies + die.base.count)},
                     {"units", number(die.units_on)},
                     {"size", number(die.unit_gb)},
                     {"memory", one.memory->name}}),
                0});
  blocks.emplace_back(said_cells(cost_table(one), {"item"}, say));
  if (one.power) {
    const auto limit = limit_watts(one);
    blocks.emplace_back(Paragraph{
        limit ? say("Power of {chip} at full work and its highest clock; its limit is {limit} W:",
                    {{"chip", die.chip}, {"limit", number(*limit)}})
              : say("Power of {chip} at full work and its highest clock:", {{"chip", die.chip}}),
        0});
    blocks.emplace_back(said_cells(power_table(one), {"part"}, say));
  }
  blocks.emplace_back(Paragraph{
      say("Sources: {sources}.", {{"sources", fmt::format("{}", fmt::join(one.sources, ", "))}}),
      0});
}

}  // namespace

Json spread_json(const redline::Spread& spread) {
  return {{"low", spread.low}, {"value", spread.value}, {"high", spread.high}};
}

Json die_json(const DieEstimate& one) {
  const DieRecord& die = *one.die;
  Json parts = Json::object();
  for (std::size_t i = 0; i < one.parts.size(); ++i) {
    const double published = die.published[i];
    parts[std::string(kDiePartNames[i])] = {
        {"mm2", one.parts[i]},
        {"published_mm2", published > 0.0 ? Json(published) : Json(nullptr)},
        {"error_percent", json_of(error_percent(one.parts[i], published))}};
  }
  Json cost = Json::object();
  for (const CostItem& item : kCostItems) {
    cost[std::string(item.name)] = spread_json(one.cost.*item.cost);
  }
  Json power = nullptr;
  if (one.power) {
    power = Json::object();
    for (const PowerItem& item : kPowerItems) {
      power[std::string(item.name)] = *one.power.*item.watts;
    }
    power["total"] = one.power->total();
    power["limit"] = json_of(limit_watts(one));
  }
  return {{"die", die.id},
          {"name", die.name},
          {"vendor", die.vendor},
          {"node", die.node},
          {"memory", die.memory},
          {"area_mm2",
           {{"modelled", one.modelled_mm2()},
            {"published", die.area_mm2},
            {"published_is_estimate", die.area_estimated},
            {"error_percent", json_of(error_percent(one.modelled_mm2(), die.area_mm2))}}},
          {"parts", std::move(parts)},
          {"dies_per_wafer", one.wafer_dies},
          {"yield_whole", spread_json(one.whole)},
          {"part",
           {{"chip", die.chip},
            {"dies", die.dies},
            {"cores", die.spec.cores},
            {"cores_on", one.cores_on},
            {"yield", spread_json(one.part)},
            {"cost_usd", std::move(cost)},
            {"power_w", std::move(power)}}},
          {"sources", one.sources}};
}

Table die_table(const DieReport& report) {
  Table table;
  table.columns = {{"die", "Die", "", Align::kLeft},
                   {"node", "Node", "", Align::kLeft},
                   {"published_mm2", "Area", "mm2", Align::kRight, 4},
                   {"modelled_mm2", "Model", "mm2", Align::kRight, 4},
                   {"error_percent", "Error", "%", Align::kRight, 2},
                   {"dies_per_wafer", "Dies of a wafer", "", Align::kRight, 3},
                   {"yield_percent", "Yield", "%", Align::kRight, 3},
                   {"chip", "Part", "", Align::kLeft},
                   {"usd", "Cost", "USD", Align::kRight, 3},
                   {"low_usd", "Low", "", Align::kRight, 3},
                   {"high_usd", "High", "", Align::kRight, 3},
                   {"watts", "Power", "W", Align::kRight, 3}};
  for (const DieEstimate& one : report.dies) {
    const redline::Spread& total = one.cost.total;
    table.rows.push_back({one.die->id, one.die->node, one.die->area_mm2, one.modelled_mm2(),
                          results::cell_of(error_percent(one.modelled_mm2(), one.die->area_mm2)),
                          one.wafer_dies, kPercent * one.part.value, one.die->chip, total.value,
                          total.low, total.high, one.power ? Cell(one.power->total()) : Cell()});
  }
  return table;
}

void describe_dies(const DieReport& report, const Words& say, std::vector<Block>& blocks) {
  if (report.dies.size() == 1) {
    describe(report.dies.front(), say, blocks);
  } else {
    blocks.emplace_back(Headline{say("{count} dies, and the part that uses most of each",
                                     {{"count", std::to_string(report.dies.size())}})});
    blocks.emplace_back(
        columns_of(die_table(report), {"die", "node", "published_mm2", "modelled_mm2",
                                       "error_percent", "dies_per_wafer", "yield_percent"}));
    blocks.emplace_back(
        columns_of(die_table(report), {"die", "chip", "usd", "low_usd", "high_usd", "watts"}));
  }
  blocks.emplace_back(Paragraph{
      say("Low and high: prices, defects and bonding at the ends of what sources say, all at once. "
          "Power is what a part would draw without its limit. See docs/equations.md."),
      0});
}

}  // namespace redline::app
