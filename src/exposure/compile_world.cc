// What happens in a scenario: its events, and the firms, lines, markets and options.

#include <cmath>

#include "exposure/compiler.h"

namespace redline::exposure {

std::vector<SlotIndex> Compiler::event_slots(const std::vector<std::string>& names,
                                             const data::Node& node) {
  std::vector<SlotIndex> slots;
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto slot = event(names[i]);
    if (!slot) {
      report(std::move(slot).error(), item(node, i));
    } else if (!*slot) {
      unknown("event", names[i], r_.events, item(node, i));
    } else {
      slots.push_back(**slot);
    }
  }
  return slots;
}

void Compiler::make_event(std::size_t i) {
  if (event_state_[i] != State::kNew) {
    return;
  }
  event_state_[i] = State::kUnderWay;
  const EventRecord& e = r_.events[i];
  const data::Node node = item(root_.find("event"), i);
  under_way_.push_back(e.id);
  check_sources(e.source, node.find("source"));
  EventNode made;
  EventInfo info{e.id, e.what, e.actor, e.note, 0, e.after, e.unless, e.source, "", false, {}};
  if (e.happened) {
    if (*e.happened > model_.as_of) {
      late(fmt::format("event '{}'", e.id), *e.happened, node.find("happened"));
    }
    if (e.probability || e.delay || e.rate || !e.after.empty() || !e.unless.empty() || e.from ||
        e.until) {
      report(Code::kInconsistent, fmt::format("event '{}' has happened, and has odds too", e.id),
             node, "keep `happened` or the rest");
    }
    made.happened = info.happened = true;
    made.from = day_number(*e.happened);
    info.odds = fmt::format("on {}", format_date(*e.happened));
  } else {
    made.after = event_slots(e.after, node.find("after"));
    made.unless = event_slots(e.unless, node.find("unless"));
    made.from = day_number(std::max(e.from.value_or(model_.as_of), model_.as_of));
    made.until = e.until ? day_number(*e.until) : std::numeric_limits<double>::infinity();
    if (e.rate && e.delay) {
      report(Code::kInconsistent, fmt::format("event '{}' has a rate and a delay", e.id), node,
             "keep one of the two");
    }
    if (!e.probability && !e.rate && !e.delay && e.after.empty()) {
      report(Code::kMissingKey, fmt::format("event '{}' has no odds", e.id), node,
             "give `probability`, `rate`, `delay`, or the day on which it `happened`");
    }
    made.probability = optional_input(e.probability, owner(e.id, "probability"), kProbabilityOf);
    made.delay = optional_input(e.delay, owner(e.id, "delay"), kDuration);
    made.rate = optional_input(e.rate, owner(e.id, "rate"), kNumber);
    if (made.probability) {
      made.occurs = static_cast<int>(model_.dimensions++);
      info.dimensions.push_back(static_cast<unsigned>(made.occurs));
    }
    if (made.rate) {
      made.when = static_cast<int>(model_.dimensions++);
      info.dimensions.push_back(static_cast<unsigned>(made.when));
    }
    std::vector<std::string> odds;
    if (e.probability) {
      odds.push_back("probability " + e.probability.text);
    }
    if (e.delay) {
      odds.push_back("after " + e.delay.text);
    }
    if (e.rate) {
      odds.push_back(e.rate.text + " a year");
    }
    info.odds = fmt::format("{}", fmt::join(odds, ", "));
  }
  info.slot = new_slot(made.from);
  if (!made.happened) {
    model_.nodes.push_back(
        {NodeKind::kEvent, static_cast<std::uint32_t>(model_.event_nodes.size()), info.slot});
    model_.event_nodes.push_back(std::move(made));
  }
  under_way_.pop_back();
  made_events_[i] = model_.events.size();
  model_.events.push_back(std::move(info));
  event_state_[i] = State::kDone;
}

void Compiler::add_firms() {
  static constexpr auto kDays = std::to_array<std::string_view>(
      {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"});
  const auto nodes = root_.find("firm").items();
  if (r_.firms.empty()) {
    report(Code::kMissingKey, "there is no firm", root_, "add a [[firm]]");
  }
  for (std::size_t i = 0; i < r_.firms.size(); ++i) {
    const FirmRecord& f = r_.firms[i];
    Firm& firm = model_.firms[i];
    firm.id = f.id;
    firm.title = f.title;
    const auto day = std::find(kDays.begin(), kDays.end(), f.weekday);
    if (day == kDays.end()) {
      report(Code::kNotAChoice, fmt::format("'{}' is no day of the week", f.weekday),
             nodes[i].find("weekday"), fmt::format("one of {}", fmt::join(kDays, ", ")));
      continue;
    }
    const FiscalCalendar calendar{std::chrono::month{static_cast<unsigned>(f.year_ends)},
                                  std::chrono::weekday{static_cast<unsigned>(day - kDays.begin())}};
    FiscalQuarter quarter = calendar.quarter_of(model_.as_of);
    for (std::size_t q = 0; q < model_.quarters; ++q, quarter = after(quarter)) {
      firm.quarters.push_back({quarter, day_number(calendar.end_of(after(quarter, -1))) + 1.0,
                               day_number(calendar.end_of(quarter))});
    }
  }
}

void Compiler::add_firm_inputs() {
  for (std::size_t i = 0; i < r_.firms.size(); ++i) {
    model_.firms[i].tax = input(r_.firms[i].tax, owner(r_.firms[i].id, "tax"), kShare, 0.0);
    model_.firms[i].shares =
        optional_input(r_.firms[i].shares, owner(r_.firms[i].id, "shares"), kNumber);
  }
}

void Compiler::add_lines() {
  const auto nodes = root_.find("line").items();
  for (std::size_t i = 0; i < r_.lines.size(); ++i) {
    add_line(i, nodes[i]);
  }
}

// A line that another one refers to has to stand before it.
int Compiler::line_before(std::size_t i, const std::string& id, const data::Node& node) {
  const int found = index_of(r_.lines, id, "line", node);
  if (found != kNone && static_cast<std::size_t>(found) >= i) {
    report(
        Code::kCycle,
        fmt::format("line '{}' refers to '{}', which does not stand before it", r_.lines[i].id, id),
        node, "put the line that is referred to first; a line cannot refer to itself");
    return kNone;
  }
  return found;
}

void Compiler::add_line(std::size_t i, const data::Node& node) {
  const LineRecord& l = r_.lines[i];
  Line& line = model_.lines[i];
  line.id = l.id;
  line.what = l.what;
  line.chip = l.chip;
  if (!l.chip.empty() && c_.catalog != nullptr && c_.catalog->chip(l.chip) == nullptr) {
    report(Code::kUnknownReference, fmt::format("there is no chip '{}'", l.chip), node.find("chip"),
           "`redline data list chips` shows all");
  }
  const int firm = index_of(r_.firms, l.firm, "firm", node.find("firm"));
  line.firm = firm == kNone ? 0 : static_cast<std::size_t>(firm);
  line.market = index_of(r_.markets, l.market, "market", node.find("market"));
  line.stock_of = line_before(i, l.stock_of, node.find("stock_of"));
  line.replaces = line_before(i, l.replaces, node.find("replaces"));
  if (line.stock_of != kNone &&
      model_.lines[static_cast<std::size_t>(line.stock_of)].firm != line.firm) {
    report(Code::kInconsistent, fmt::format("line '{}' sells the stock of another firm", l.id),
           node.find("stock_of"), "the stock and the sale are of one firm");
  }
  if (line.stock_of != kNone &&
      model_.lines[static_cast<std::size_t>(line.stock_of)].stock_of != kNone) {
    report(Code::kInconsistent, fmt::format("line '{}' has no stock of its own", l.stock_of),
           node.find("stock_of"), "name the line that holds the stock");
  }
  const int ways = (l.market.empty() ? 0 : 1) + (l.demand ? 1 : 0) + (l.replaces.empty() ? 0 : 1);
  if (ways != 1) {
    report(Code::kInconsistent,
           fmt::format("line '{}' has {} demand", l.id, ways == 0 ? "no" : "more than one"), node,
           "give one of market, demand and replaces");
  }
  if (!l.market.empty() && !l.usefulness) {
    report(Code::kMissingKey, fmt::format("line '{}' has no usefulness", l.id), node,
           "buyers of a market choose by usefulness for a dollar, of the domestic part's");
  }
  line.closes = event_slots(l.closes, node.find("closes"));
  line.opens = event_slots(l.opens, node.find("opens"));
  line.ends = event_slots(l.ends, node.find("ends"));
  if (!l.builds_on.empty()) {
    const auto slots = event_slots({l.builds_on}, node.find("builds_on"));
    line.builds_on = slots.empty() ? kNone : static_cast<int>(slots.front());
  }
  const auto in = [&](const ValueText& text, std::string_view field, const Wanted& wanted,
                      double otherwise) {
    return input(text, owner(l.id, field), wanted, otherwise);
  };
  line.usefulness = in(l.usefulness, "usefulness", kNumber, 0.0);
  line.demand = in(l.demand, "demand", kMoneyFlow, 0.0);
  line.growth = in(l.growth, "growth", kGrowthRate, 0.0);
  line.margin = in(l.margin, "margin", kShare, 0.0);
  line.price = in(l.price, "price", kPrice, 1.0);
  line.conversion = in(l.conversion, "conversion", kShare, 1.0);
  line.cap = optional_input(l.cap, owner(l.id, "cap"), kMoneyFlow);
  line.supply = optional_input(l.supply, owner(l.id, "supply"), kMoneyFlow);
  line.supply_lead = in(l.supply_lead, "supply_lead", kDuration, 0.0);
  line.lead = in(l.lead, "lead", kDuration, 0.0);
  line.share = in(l.share, "share", kShare, 0.0);
  line.duty = in(l.duty, "duty", kShare, 0.0);
  line.passed_on = in(l.passed_on, "passed_on", kShare, 0.0);
  line.stock = in(l.stock, "stock", kMoney, 0.0);
  line.stock_reusable = in(l.stock_reusable, "stock_reusable", kShare, 0.0);
  line.realisable = in(l.realisable, "realisable", kShare, 0.0);
  line.commitments = in(l.commitments, "commitments", kMoney, 0.0);
  line.cancellable = in(l.cancellable, "cancellable", kShare, 0.0);
  line.reusable = in(l.reusable, "reusable", kShare, 0.0);
  line.holds = in(l.holds, "holds", kNumber, 0.0);
  line.patience = in(l.patience, "patience", kDuration, std::numeric_limits<double>::infinity());
  line.fungible = in(l.fungible, "fungible", kShare, 1.0);
  line.development = in(l.development, "development", kMoney, 0.0);
}

void Compiler::add_markets() {
  const auto nodes = root_.find("market").items();
  for (std::size_t i = 0; i < r_.markets.size(); ++i) {
    const MarketRecord& m = r_.markets[i];
    Market market;
    market.id = m.id;
    market.what = m.what;
    const int reference = index_of(r_.lines, m.reference, "line", nodes[i].find("reference"));
    market.reference = reference == kNone ? 0 : static_cast<std::size_t>(reference);
    if (reference != kNone && r_.lines[market.reference].market != m.id) {
      report(Code::kInconsistent,
             fmt::format("line '{}' is not sold in market '{}'", m.reference, m.id),
             nodes[i].find("reference"), "name a line of this market");
    }
    const auto in = [&](const ValueText& text, std::string_view field, const Wanted& wanted,
                        double otherwise) {
      return input(text, owner(m.id, field), wanted, otherwise);
    };
    market.sold = in(m.sold, "sold", kMoneyFlow, 0.0);
    market.growth = in(m.growth, "growth", kGrowthRate, 0.0);
    market.rival_supply = optional_input(m.rival_supply, owner(m.id, "rival_supply"), kMoneyFlow);
    market.rival_growth = in(m.rival_growth, "rival_growth", kGrowthRate, 0.0);
    market.preference = in(m.preference, "preference", kNumber, 1.0);
    market.outside = in(m.outside, "outside", kNumber, 0.25);
    market.taste = in(m.taste, "taste", kNumber, 2.0);
    model_.markets.push_back(std::move(market));
  }
}

void Compiler::add_options() {
  if (r_.options.empty()) {
    report(Code::kMissingKey, "there is no option", root_, "add an [[option]]");
  }
  std::set<std::size_t> always;
  for (std::size_t i = 0; i < r_.always.size(); ++i) {
    const int line = index_of(r_.lines, r_.always[i], "line", item(root_.find("always"), i));
    if (line != kNone) {
      always.insert(static_cast<std::size_t>(line));
    }
  }
  const auto nodes = root_.find("option").items();
  for (std::size_t i = 0; i < r_.options.size(); ++i) {
    const OptionRecord& o = r_.options[i];
    std::set<std::size_t> lines = always;
    for (std::size_t k = 0; k < o.lines.size(); ++k) {
      const data::Node node = item(nodes[i].find("lines"), k);
      const int line = index_of(r_.lines, o.lines[k], "line", node);
      if (line != kNone) {
        lines.insert(static_cast<std::size_t>(line));
      }
    }
    for (const std::size_t line : lines) {
      const int stock = model_.lines[line].stock_of, freed = model_.lines[line].replaces;
      for (const int other : {stock, freed}) {
        if (other != kNone && lines.count(static_cast<std::size_t>(other)) == 0) {
          report(Code::kInconsistent,
                 fmt::format("option '{}' has line '{}' without '{}', which it refers to", o.id,
                             r_.lines[line].id, r_.lines[static_cast<std::size_t>(other)].id),
                 nodes[i].find("lines"), "add that line, to the option or to `always`");
        }
      }
    }
    model_.options.push_back({o.id, o.title, o.what, {lines.begin(), lines.end()}});
  }
  if (const int expected = index_of(r_.options, r_.expects, "option", root_.find("expects"));
      expected != kNone) {
    model_.expected = static_cast<std::size_t>(expected);
  }
}

}  // namespace redline::exposure
