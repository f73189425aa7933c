#include "exposure/world.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "exposure/lane_loops.h"

namespace redline::exposure {
namespace {

// Whether two lists are the same, of each what counts alone and as it is seen.
template <class Counts, class Seen>
bool same_among(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b,
                const Counts& counts, const Seen& seen) {
  auto one = a.begin(), other = b.begin();
  for (;; ++one, ++other) {
    one = std::find_if(one, a.end(), counts);
    other = std::find_if(other, b.end(), counts);
    if (one == a.end() || other == b.end()) {
      return one == a.end() && other == b.end();
    }
    if (seen(*one) != seen(*other)) {
      return false;
    }
  }
}

std::vector<std::size_t> rows_of(const Model& model) {
  std::vector<unsigned> order = model.correlated;
  for (unsigned d = 0; d < model.dimensions; ++d) {
    if (std::find(model.correlated.begin(), model.correlated.end(), d) == model.correlated.end()) {
      order.push_back(d);
    }
  }
  std::vector<std::size_t> rows(order.size());
  for (std::size_t row = 0; row < order.size(); ++row) {
    rows[order[row]] = row;
  }
  return rows;
}

std::vector<const DrawNode*> tables_of(const Model& model) {
  std::vector<const DrawNode*> tables(model.dimensions, nullptr);
  for (const DrawNode& draw : model.draws) {
    tables[draw.dimension] = &draw;
  }
  return tables;
}

// What is read of the row where a line is worked out.
std::vector<SlotIndex> slots_of(const Line& line) {
  std::vector<SlotIndex> slots{
      line.usefulness,  line.demand,   line.growth,         line.margin,     line.price,
      line.conversion,  line.lead,     line.supply_lead,    line.share,      line.duty,
      line.passed_on,   line.stock,    line.stock_reusable, line.realisable, line.commitments,
      line.cancellable, line.reusable, line.holds,          line.patience,   line.fungible,
      line.development};
  for (const auto* const events : {&line.closes, &line.opens, &line.ends}) {
    slots.insert(slots.end(), events->begin(), events->end());
  }
  for (const auto& one : {line.cap, line.supply}) {
    if (one) {
      slots.push_back(*one);
    }
  }
  if (line.builds_on != kNone) {
    slots.push_back(static_cast<SlotIndex>(line.builds_on));
  }
  return slots;
}

std::vector<SlotIndex> slots_of(const Market& market) {
  std::vector<SlotIndex> slots{market.sold,       market.growth,  market.rival_growth,
                               market.preference, market.outside, market.taste};
  if (market.rival_supply) {
    slots.push_back(*market.rival_supply);
  }
  return slots;
}

// What is read of the row for a node.
std::vector<SlotIndex> slots_of(const Model& model, const Node& node) {
  switch (node.kind) {
    case NodeKind::kDraw:
      return {};
    case NodeKind::kFormula:
      return model.formulas[node.index].reads();
    case NodeKind::kDay:
      return {model.day_nodes[node.index].event};
    case NodeKind::kEvent:
      break;
  }
  const EventNode& event = model.event_nodes[node.index];
  std::vector<SlotIndex> slots = event.after;
  slots.insert(slots.end(), event.unless.begin(), event.unless.end());
  for (const auto& one : {event.probability, event.delay, event.rate}) {
    if (one) {
      slots.push_back(*one);
    }
  }
  return slots;
}

}  // namespace

Worlds::Worlds(const Model& model)
    : m_(model),
      rows_(rows_of(model)),
      tables_(tables_of(model)),
      needed_(model.nodes.size(), 1),
      used_(model.dimensions, 1),
      inputs_(model.row.size() * kN),
      columns_(model.row.size()),
      sound_(kN, 0.0),
      lines_(model.lines.size() * kLineColumns * kN),
      windows_(model.lines.size() * model.quarters * kWindowColumns * kN),
      stirs_(model.lines.size() * model.quarters),
      grown_(model.lines.size() * model.quarters * kN),
      soonest_(model.lines.size(), 0.0),
      latest_(model.lines.size(), 0.0),
      left_out_(model.lines.size(), 0),
      asked_(model.outcomes(), 1),
      same_options_(model.options.size()),
      idle_(model.lines.size(), 0),
      replaced_(model.lines.size(), 0),
      accrued_(model.lines.size(), 0),
      developed_(model.lines.size(), 0),
      demand_(model.markets.size() * model.quarters * kN),
      rivals_(model.markets.size() * model.quarters * kN),
      rival_(model.markets.size() * kN),
      nothing_(model.markets.size() * kN),
      crowds_(model.markets.size() * model.quarters),
      crowd_weights_(crowds_.size() * kN),
      potentials_(model.lines.size() * model.quarters * kN),
      found_in_(model.lines.size() * model.quarters),
      books_(model.firms.size() * kFirmColumns),
      books_apart_(books_.size() * kN),
      place_(model.lines.size()),
      firm_place_(model.firms.size()),
      firm_groups_(model.firms.size()),
      firms_(model.options.size() * model.firms.size() * kFirmMeasures * model.quarters * kN),
      none_(kN, 0.0) {
  held_.reserve(4);
  for (std::size_t slot = 0; slot < model.row.size(); ++slot) {
    fill_lanes(&inputs_[slot * kN], model.row[slot]);
    columns_[slot] = slot < model.outcomes() ? none_.data() : &inputs_[slot * kN];
  }
  group_lines();
}

// Lines that share a market, a stock or capacity, by union; then what each option has of each.
void Worlds::group_lines() {
  const std::size_t n = m_.lines.size();
  std::vector<std::size_t> root(n);
  std::iota(root.begin(), root.end(), std::size_t{0});
  const auto join = [&](std::size_t a, std::size_t b) {
    std::replace(root.begin(), root.end(), std::max(root[a], root[b]), std::min(root[a], root[b]));
  };
  for (std::size_t l = 0; l < n; ++l) {
    for (const int other : {m_.lines[l].stock_of, m_.lines[l].replaces}) {
      if (other != kNone) {
        join(l, static_cast<std::size_t>(other));
      }
    }
    if (m_.lines[l].replaces != kNone) {
      replaced_[static_cast<std::size_t>(m_.lines[l].replaces)] = 1;
    }
    for (std::size_t k = 0; k < l; ++k) {
      if (m_.lines[l].market != kNone && m_.lines[k].market == m_.lines[l].market) {
        join(l, k);
      }
    }
  }
  const auto add_once = [](std::vector<std::size_t>& list, std::size_t one) {
    if (std::find(list.begin(), list.end(), one) == list.end()) {
      list.push_back(one);
    }
  };
  for (const Option& option : m_.options) {
    options_.emplace_back();
    for (std::size_t r = 0; r < n; ++r) {
      Group group;
      for (const std::size_t l : option.lines) {
        if (root[l] == r) {
          group.lines.push_back(l);
          add_once(group.firms, m_.lines[l].firm);
          if (m_.lines[l].market != kNone) {
            add_once(group.markets, static_cast<std::size_t>(m_.lines[l].market));
          }
        }
      }
      if (group.lines.empty()) {
        continue;
      }
      auto same = std::find_if(groups_.begin(), groups_.end(),
                               [&](const Group& one) { return one.lines == group.lines; });
      if (same == groups_.end()) {
        group.outcome.resize(group.firms.size() * kFirmMeasures * m_.quarters * kN);
        group.written.resize(group.lines.size() * kLineMeasures * m_.quarters);
        group.results.resize(group.written.size() * kN);
        groups_.push_back(std::move(group));
        same = groups_.end() - 1;
      }
      options_.back().push_back(static_cast<std::size_t>(same - groups_.begin()));
    }
  }
}

void Worlds::hold(SlotIndex slot, double value) {
  const auto same = std::find_if(held_.begin(), held_.end(),
                                 [slot](const auto& one) { return one.first == slot; });
  if (same == held_.end()) {
    held_.emplace_back(slot, value);
  } else {
    same->second = value;
  }
}

void Worlds::work_out_only(std::span<const SlotIndex> slots) {
  std::fill(left_out_.begin(), left_out_.end(), 1);
  std::fill(asked_.begin(), asked_.end(), 0);
  for (const SlotIndex slot : slots) {
    if (slot < m_.outcomes()) {
      asked_[slot] = 1;
    }
  }
  for (const Group& group : groups_) {
    const bool asked = std::any_of(slots.begin(), slots.end(), [&](SlotIndex slot) {
      const auto within = [slot](SlotIndex first, std::size_t count) {
        return slot >= first && slot < first + count;
      };
      return std::any_of(group.lines.begin(), group.lines.end(), [&](std::size_t l) {
        return within(m_.slot_of(l, LineMeasure::kRevenue, 0), kLineMeasures * m_.quarters) ||
               within(m_.slot_of(m_.lines[l].firm, FirmMeasure::kRevenue, 0),
                      kFirmMeasures * m_.quarters);
      });
    });
    for (const std::size_t l : group.lines) {
      left_out_[l] = asked ? 0 : left_out_[l];
    }
  }
  find_needed(slots);
}

// Formulas all are: any of them may have no value.
void Worlds::find_needed(std::span<const SlotIndex> slots) {
  std::vector<char> read(m_.row.size(), 0);
  const auto mark = [&](std::span<const SlotIndex> some) {
    for (const SlotIndex slot : some) {
      read[slot] = 1;
    }
  };
  mark(slots);
  for (std::size_t l = 0; l < m_.lines.size(); ++l) {
    const Line& line = m_.lines[l];
    if (left_out_[l] != 0) {
      continue;
    }
    mark(slots_of(line));
    read[m_.firms[line.firm].tax] = 1;
    if (line.market != kNone) {
      const Market& market = m_.markets[static_cast<std::size_t>(line.market)];
      mark(slots_of(market));
      read[m_.lines[market.reference].usefulness] = 1;
    }
  }
  std::fill(used_.begin(), used_.end(), 0);
  for (const unsigned d : m_.correlated) {
    used_[d] = 1;
  }
  for (std::size_t n = m_.nodes.size(); n-- > 0;) {
    const Node& node = m_.nodes[n];
    needed_[n] = static_cast<char>(node.kind == NodeKind::kFormula || read[node.slot] != 0);
    if (needed_[n] == 0) {
      continue;
    }
    mark(slots_of(m_, node));
    if (node.kind == NodeKind::kDraw) {
      used_[m_.draws[node.index].dimension] = 1;
    }
    if (node.kind == NodeKind::kEvent) {
      const EventNode& event = m_.event_nodes[node.index];
      for (const int d : {event.occurs, event.when}) {
        if (d != kNone) {
          used_[static_cast<std::size_t>(d)] = 1;
        }
      }
    }
  }
}

// Which groups and which options differ in nothing that is done in these worlds.
void Worlds::compare_groups() {
  const auto acts = [this](std::size_t l) { return idle_[l] == 0; };
  const auto line = [](std::size_t l) { return l; };
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    group.ready = false;
    group.stands_for.reset();
    if (std::any_of(group.lines.begin(), group.lines.end(), acts)) {
      std::size_t first = 0;
      while (first < g && !(groups_[first].stands_for == first &&
                            same_among(group.lines, groups_[first].lines, acts, line))) {
        ++first;
      }
      group.stands_for = first;
    }
  }
  const auto does = [this](std::size_t g) { return groups_[g].stands_for.has_value(); };
  const auto stands_for = [this](std::size_t g) { return groups_[g].stands_for; };
  for (std::size_t o = 0; o < options_.size(); ++o) {
    std::size_t first = 0;
    while (first < o && !(same_options_[first] == first &&
                          same_among(options_[o], options_[first], does, stands_for))) {
      ++first;
    }
    same_options_[o] = first;
  }
}

void Worlds::play(std::size_t option) {
  std::fill_n(columns_.begin(), m_.outcomes(), none_.data());
  const std::size_t of_firm = kFirmMeasures * m_.quarters;
  const std::size_t width = kLineMeasures * m_.quarters;
  std::fill(firm_groups_.begin(), firm_groups_.end(), std::size_t{0});
  same_as_ = same_options_[option];
  for (const std::size_t g : options_[option]) {
    if (!groups_[g].stands_for) {
      continue;
    }
    Group& group = groups_[*groups_[g].stands_for];
    if (!group.ready) {
      work_out(group);
      group.ready = true;
    }
    for (std::size_t f = 0; f < group.firms.size(); ++f) {
      add_firm(option, group.firms[f], &group.outcome[f * of_firm * kN]);
    }
    for (std::size_t i = 0; i < group.lines.size(); ++i) {
      for (std::size_t k = 0; k < width; ++k) {
        columns_[m_.slot_of(group.lines[i], LineMeasure::kRevenue, 0) + k] =
            &group.results[(i * width + k) * kN];
      }
    }
  }
}

// What a group brings to a firm: alone it stands where it is, of several the sum is made.
REDLINE_LANES void Worlds::add_firm(std::size_t option, std::size_t firm, const double* outcome) {
  const std::size_t count = kFirmMeasures * m_.quarters;
  const double** const to = &columns_[m_.slot_of(firm, FirmMeasure::kRevenue, 0)];
  const std::size_t before = firm_groups_[firm]++;
  if (before == 0) {
    for (std::size_t i = 0; i < count; ++i) {
      to[i] = outcome + i * kN;
    }
    return;
  }
  double* const sum = &firms_[(option * m_.firms.size() + firm) * count * kN];
  for (std::size_t i = 0; i < count; ++i) {
    const double* const one = to[i];
    const double* const other = outcome + i * kN;
    double* const out = sum + i * kN;
    each([&](std::size_t lane) { out[lane] = one[lane] + other[lane]; });
    to[i] = out;
  }
}

REDLINE_LANES void Worlds::total(FirmMeasure measure, double* out) const {
  fill_lanes(out, 0.0);
  for (std::size_t q = 0; q < m_.quarters; ++q) {
    const double* const amounts = cents(0, measure, q);
    each([&](std::size_t i) { out[i] += amounts[i]; });
  }
}

double Worlds::net_usd(std::size_t lane) const {
  double net = 0.0;
  for (std::size_t q = 0; q < m_.quarters; ++q) {
    net += cents(0, FirmMeasure::kNet, q)[lane];
  }
  return net / 100.0;
}

}  // namespace redline::exposure
