#include "app/quota.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "app/ledger.h"
#include "rules/quantities.h"
#include "rules/volume.h"

namespace redline::app {
namespace {

using results::Align;
using results::Cell;
using results::Table;
using results::Words;
using rules::Cap;

// Units by chip; a product may be made of several. Absent: not known.
struct Amount {
  std::map<const Chip*, double> units;
  bool known = true;

  void add(const Chip* chip, std::optional<double> number) {
    units[chip] += number.value_or(0.0);
    known = known && number.has_value();
  }
  [[nodiscard]] double total() const {
    double sum = 0.0;
    for (const auto& [chip, number] : units) {
      sum += number;
    }
    return sum;
  }
};

struct Product {
  std::string name;
  Amount capped;
  Amount against;
  std::optional<double> planned;
  std::size_t elsewhere = 0;  // shipments that count on neither side

  // The chip, where the product is one; a product of several is counted by their quantity.
  [[nodiscard]] const Chip* only_chip() const {
    std::map<const Chip*, double> all = capped.units;
    all.insert(against.units.begin(), against.units.end());
    return all.size() == 1 ? all.begin()->first : nullptr;
  }
};

// What an amount counts in the quantity of the cap; absent where a figure is not known.
std::optional<double> counted(const Amount& amount) {
  if (!amount.known) {
    return std::nullopt;
  }
  double sum = 0.0;
  for (const auto& [chip, number] : amount.units) {
    const auto tpp = legal_quantities(*chip).tpp.value;
    if (!tpp) {
      return std::nullopt;
    }
    sum += number * *tpp;
  }
  return sum;
}

struct Line {
  const Product* product = nullptr;
  Cap cap;
  std::optional<double> tpp;  // of one unit, where the product is one chip
  std::optional<double> capped_tpp;
  std::optional<double> against_tpp;
  std::optional<rules::CapState> state;  // absent: not known
  std::optional<rules::CapState> with_plan;
  std::optional<double> room_units;  // whole parts that may still go, none if the cap is exceeded
  std::optional<double> needed_units;
};

Line line_of(const Product& product, const Cap& cap) {
  Line line;
  line.product = &product;
  line.cap = cap;
  const Chip* chip = product.only_chip();
  line.capped_tpp = counted(product.capped);
  line.against_tpp = counted(product.against);
  if (chip != nullptr) {
    line.tpp = legal_quantities(*chip).tpp.value;
    if (product.capped.known && product.against.known) {
      // For one chip its TPP stands on both sides, so parts are counted: exact and free of its
      // error.
      const rules::CapUse use{product.capped.total(), product.against.total()};
      line.state = state_of(*cap.clause, use);
      line.room_units = std::max(0.0, std::floor(line.state->room));
      line.needed_units = std::ceil(line.state->needed_against);
      if (product.planned) {
        line.with_plan = state_of(*cap.clause, {use.capped + *product.planned, use.against});
      }
    }
  } else if (line.capped_tpp && line.against_tpp) {
    line.state = state_of(*cap.clause, {*line.capped_tpp, *line.against_tpp});
  }
  return line;
}

Json line_json(const Line& line) {
  const Product& p = *line.product;
  const auto units = [](const Amount& a) { return a.known ? Json(a.total()) : Json(nullptr); };
  const auto& clause = *line.cap.clause;
  const bool one_chip = p.only_chip() != nullptr;
  const auto room_tpp = [&]() -> std::optional<double> {
    if (!line.state) {
      return std::nullopt;
    }
    return one_chip ? (line.tpp ? std::optional(line.state->room * *line.tpp) : std::nullopt)
                    : std::optional(line.state->room);
  }();
  Json json{{"product", p.name},
            {"chip", one_chip ? Json(p.only_chip()->id) : Json(nullptr)},
            {"rule", line.cap.instrument->id},
            {"paragraph", clause.paragraph},
            {"quantity", clause.quantity},
            {"capped", clause.capped},
            {"against", clause.against},
            {"tpp", json_of(line.tpp)},
            {"capped_units", units(p.capped)},
            {"against_units", units(p.against)},
            {"capped_tpp", json_of(line.capped_tpp)},
            {"against_tpp", json_of(line.against_tpp)},
            {"ratio_percent", line.state ? json_of(line.state->percent) : Json(nullptr)},
            {"limit_percent", clause.percent},
            {"met", line.state ? Json(line.state->within) : Json(nullptr)},
            {"room_units", json_of(line.room_units)},
            {"room_tpp", json_of(room_tpp)},
            {"needed_against_units", json_of(line.needed_units)},
            {"not_counted_shipments", p.elsewhere}};
  if (p.planned) {
    json["planned_units"] = *p.planned;
    json["ratio_with_plan_percent"] =
        line.with_plan ? json_of(line.with_plan->percent) : Json(nullptr);
    json["met_with_plan"] = line.with_plan ? Json(line.with_plan->within) : Json(nullptr);
  }
  return json;
}

std::string percent_text(const std::optional<rules::CapState>& state) {
  return state && state->percent ? fmt::format("{:.2f} %", *state->percent) : std::string("? %");
}

std::string status_of(const std::optional<rules::CapState>& state, const Words& say) {
  return !state ? say("UNKNOWN") : state->within ? say("WITHIN the cap") : say("OVER the cap");
}

Cell units_cell(const Amount& amount) { return amount.known ? Cell{amount.total()} : Cell{}; }
Table lines_table(const std::vector<Line>& lines, const Words& say) {
  Table table;
  constexpr int kWhole = 12;
  table.columns = {{"product", "Product", "", Align::kLeft},
                   {"capped_units", "China, Macau", "units", Align::kRight, kWhole},
                   {"against_units", "United States", "units", Align::kRight, kWhole},
                   {"ratio_percent", "Ratio", "%", Align::kRight, 4},
                   {"limit_percent", "Cap", "%", Align::kRight, 4},
                   {"room_units", "Room", "units", Align::kRight, kWhole},
                   {"status", "Status", "", Align::kLeft}};
  for (const Line& line : lines) {
    table.rows.push_back(
        {line.product->name, units_cell(line.product->capped), units_cell(line.product->against),
         line.state ? results::cell_of(line.state->percent) : Cell{}, line.cap.clause->percent,
         results::cell_of(line.room_units), status_of(line.state, say)});
  }
  return table;
}

void add_one(const Line& line, const Words& say, std::vector<Block>& blocks) {
  const Product& p = *line.product;
  blocks.emplace_back(Headline{say(
      "{product}: {status}; China and Macau stand at {ratio} of US shipments, the cap is {limit} %",
      {{"product", p.name},
       {"status", status_of(line.state, say)},
       {"ratio", percent_text(line.state)},
       {"limit", fmt::format("{:g}", line.cap.clause->percent)}})});
  if (line.room_units && line.state) {
    blocks.emplace_back(Paragraph{
        line.state->within
            ? say("{units} more may go", {{"units", fmt::format("{:.0f}", *line.room_units)}})
            : say("{units} units too many; within the cap once {needed} have gone to US customers",
                  {{"units", fmt::format("{:.0f}", std::ceil(-line.state->room))},
                   {"needed", fmt::format("{:.0f}", *line.needed_units)}}),
        2});
  }
  if (p.planned) {
    blocks.emplace_back(Paragraph{say("with {units} planned: {status} at {ratio}",
                                      {{"units", fmt::format("{:.0f}", *p.planned)},
                                       {"status", status_of(line.with_plan, say)},
                                       {"ratio", percent_text(line.with_plan)}}),
                                  2});
  }
  if (line.tpp && line.capped_tpp && line.against_tpp) {
    blocks.emplace_back(Paragraph{
        say("total TPP: {capped} to China and Macau, {against} to US customers ({tpp} each)",
            {{"capped", fmt::format("{:.6g}", *line.capped_tpp)},
             {"against", fmt::format("{:.6g}", *line.against_tpp)},
             {"tpp", fmt::format("{:.8g}", *line.tpp)}}),
        2});
  }
  if (p.elsewhere > 0) {
    blocks.emplace_back(
        Paragraph{say("{count} shipments to or for use in other places count on neither side",
                      {{"count", fmt::to_string(p.elsewhere)}}),
                  2});
  }
}

bool is_one_of(const std::string& place, const std::vector<std::string>& places) {
  return std::find(places.begin(), places.end(), place) != places.end();
}

void count(const Shipment& one, const rules::VolumeClause& clause, Product& product) {
  if (is_one_of(one.destination, clause.capped)) {
    product.capped.add(one.chip, one.units);
  } else if (is_one_of(one.destination, clause.against) && is_one_of(one.end_use, clause.against)) {
    product.against.add(one.chip, one.units);
  } else {
    ++product.elsewhere;
  }
}

bool is_ledger(const std::string& name) {
  constexpr std::string_view kSuffix = ".csv";
  return name.size() > kSuffix.size() && name.substr(name.size() - kSuffix.size()) == kSuffix;
}

Diagnostics usage(std::string message, std::vector<std::string> help = {}) {
  return {{Code::kBadOptionValue, std::move(message), std::nullopt, std::move(help), {}}};
}

Loaded<std::vector<Product>> from_ledger(const Workspace& w, const QuotaRequest& request,
                                         const rules::VolumeClause& clause) {
  if (request.subjects.size() != 1 || request.capped_units || request.against_units ||
      request.planned_units) {
    return tl::unexpected(usage("a ledger stands alone: it holds the units itself"));
  }
  auto shipments = read_ledger(w, request.subjects.front());
  if (!shipments) {
    return tl::unexpected(std::move(shipments).error());
  }
  std::map<std::string, Product> products;
  for (const Shipment& one : *shipments) {
    if ((request.since || request.until) && !one.date) {
      return tl::unexpected(usage("--since and --until ask for a date in every row of the ledger"));
    }
    const bool outside = (request.since && *one.date < *request.since) ||
                         (request.until && *one.date > *request.until);
    if (outside) {
      continue;
    }
    Product& product = products[one.product];
    product.name = one.product;
    count(one, clause, product);
  }
  std::vector<Product> list;
  for (auto& [name, product] : products) {
    list.push_back(std::move(product));
  }
  return list;
}

Loaded<std::vector<Product>> from_units(const Workspace& w, const QuotaRequest& request) {
  std::vector<Product> products;
  Diagnostics errors;
  if (request.subjects.size() > 1 &&
      (request.capped_units || request.against_units || request.planned_units)) {
    errors = usage("the numbers of units belong to one chip",
                   {"for several products give a ledger: redline quota shipments.csv"});
  }
  if (request.since || request.until) {
    auto more = usage("--since and --until select the rows of a ledger");
    errors.insert(errors.end(), more.begin(), more.end());
  }
  for (const std::string& name : request.subjects) {
    auto chips = find_chips(w, name);
    if (!chips) {
      errors.insert(errors.end(), chips.error().begin(), chips.error().end());
      continue;
    }
    for (const Chip& found : *chips) {
      const Chip* chip = w.catalog.chip(found.id);
      if (chip == nullptr) {
        auto more = usage("a chip from a file of its own cannot be counted here",
                          {"lay a folder with it over the data: --data DIR"});
        errors.insert(errors.end(), more.begin(), more.end());
        continue;
      }
      Product product;
      product.name = chip->id;
      product.capped.add(chip, request.capped_units);
      product.against.add(chip, request.against_units);
      product.planned = request.planned_units;
      products.push_back(std::move(product));
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return products;
}

}  // namespace

Loaded<Answer> quota(const Workspace& w, const QuotaRequest& request, const Words& say) {
  Answer answer;
  answer.command = "quota";
  answer.as_of = request.as_of.value_or(w.date);
  answer.request = {{"command", "quota"},
                    {"chip", request.subjects},
                    {"china_units", json_of(request.capped_units)},
                    {"us_units", json_of(request.against_units)},
                    {"planned", json_of(request.planned_units)},
                    {"since", request.since ? Json(format_date(*request.since)) : Json(nullptr)},
                    {"until", request.until ? Json(format_date(*request.until)) : Json(nullptr)},
                    {"as_of", format_date(*answer.as_of)}};
  const std::vector<Cap> caps = rules::caps_on(w.rules.book(), *answer.as_of);
  const bool ledger = std::any_of(request.subjects.begin(), request.subjects.end(), is_ledger);
  if (caps.empty()) {
    // The names are checked all the same.
    const auto products = ledger ? from_ledger(w, request, {}) : from_units(w, request);
    if (!products) {
      return tl::unexpected(products.error());
    }
    answer.blocks.emplace_back(
        Headline{say("No cap on volume binds on {date}", {{"date", format_date(*answer.as_of)}})});
  }
  for (const Cap& cap : caps) {
    const auto products = ledger ? from_ledger(w, request, *cap.clause) : from_units(w, request);
    if (!products) {
      return tl::unexpected(products.error());
    }
    std::vector<Line> lines;
    for (const Product& product : *products) {
      lines.push_back(line_of(product, cap));
      answer.results.push_back(line_json(lines.back()));
    }
    Table table = lines_table(lines, say);
    if (lines.size() == 1) {
      add_one(lines.front(), say, answer.blocks);
    } else {
      const auto over = std::count_if(lines.begin(), lines.end(), [](const Line& line) {
        return line.state && !line.state->within;
      });
      answer.blocks.emplace_back(
          Headline{say("{count} products: {over} over the cap of {limit} %",
                       {{"count", fmt::to_string(lines.size())},
                        {"over", fmt::to_string(over)},
                        {"limit", fmt::format("{:g}", cap.clause->percent)}})});
    }
    answer.blocks.emplace_back(table);
    answer.table = std::move(table);
    answer.blocks.emplace_back(Paragraph{fmt::format("{} [{}, {}]", say(cap.clause->text),
                                                     cap.instrument->id, cap.clause->paragraph),
                                         0});
  }
  if (!caps.empty()) {
    answer.blocks.emplace_back(Paragraph{
        say("Taken as given: Hong Kong counts as China; the period over which shipments are added "
            "up is not stated in the sources held here."),
        0});
  }
  answer.blocks.emplace_back(
      Paragraph{say("A model of the texts as they stood on {date}, not legal advice.",
                    {{"date", format_date(*answer.as_of)}}),
                0});
  return answer;
}

}  // namespace redline::app
