#include "exposure/world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "exposure/lanes.h"

namespace redline::exposure {
namespace {

constexpr std::size_t kN = Worlds::kLanes;
constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kDay = 86400.0;
constexpr double kDaysAYear = 365.25;
constexpr double kQuarterDays = kDaysAYear / 4.0;
// More than there is: what a formula gives beyond it is a slip that must not upset the books.
constexpr double kMostUsd = 1e13, kLeastPrice = 0.001;

inline double share_of(double x) { return x > 0.0 ? (x < 1.0 ? x : 1.0) : 0.0; }
inline double at_least_none(double x) { return x > 0.0 ? x : 0.0; }
inline double money_of(double x) { return x > 0.0 ? (x < kMostUsd ? x : kMostUsd) : 0.0; }
// To the nearest whole, halves to even, for what is below 2^51: the last bits fall off.
inline double whole(double cents) { return (cents + 0x1.8p52) - 0x1.8p52; }
inline double cents_of(double usd) { return whole(usd * 100.0); }

template <class F>
inline void each(const F& f) {
  REDLINE_INDEPENDENT
  for (std::size_t i = 0; i < kN; ++i) {
    f(i);
  }
}
template <class F>
bool any(const F& f) {
  bool found = false;
  for (std::size_t i = 0; i < kN; ++i) {
    found |= f(i);
  }
  return found;
}

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

// 1 where a number lies within the bounds.
REDLINE_LANES void see_fate(double above, double below, const double* u, std::uint32_t* came,
                            std::size_t points) {
  REDLINE_INDEPENDENT
  for (std::size_t i = 0; i < points; ++i) {
    came[i] = static_cast<std::uint32_t>(u[i] > above) & static_cast<std::uint32_t>(u[i] < below);
  }
}

}  // namespace

Worlds::Worlds(const Model& model)
    : m_(model),
      inputs_(model.row.size() * kN),
      drawn_(std::max(1U, model.dimensions) * kN, 0.5),
      correlated_(model.correlated.size()),
      columns_(model.row.size()),
      sound_(kN, 1),
      lines_(model.lines.size() * kLineColumns * kN),
      windows_(model.lines.size() * model.quarters * kWindowColumns * kN),
      stirs_(model.lines.size() * model.quarters),
      left_out_(model.lines.size(), 0),
      same_options_(model.options.size()),
      idle_(model.lines.size(), 0),
      replaced_(model.lines.size(), 0),
      accrued_(model.lines.size(), 0),
      developed_(model.lines.size(), 0),
      demand_(model.markets.size() * model.quarters * kN),
      rivals_(model.markets.size() * model.quarters * kN),
      rival_(model.markets.size() * kN),
      nothing_(model.markets.size() * kN),
      crowd_(model.markets.size() * kN),
      books_(model.firms.size() * kFirmColumns * kN),
      place_(model.lines.size()),
      firm_place_(model.firms.size()),
      firm_groups_(model.firms.size()),
      firms_(model.firms.size() * kFirmMeasures * model.quarters * kN),
      none_(kN, 0.0) {
  held_.reserve(4);
  for (std::size_t slot = 0; slot < model.row.size(); ++slot) {
    std::fill_n(&inputs_[slot * kN], kN, model.row[slot]);
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

// --- What is drawn

// Lanes that are not asked for keep the draws of an earlier world.
void Worlds::draw(std::span<const double> u, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t d = 0; d < m_.dimensions; ++d) {
      drawn_[d * kN + i] = u[i * m_.dimensions + d];
    }
  }
  draw_inputs(count);
}

void Worlds::draw_of(std::span<const double> u, std::size_t points,
                     std::span<const std::uint32_t> order, std::size_t first, std::size_t count) {
  for (std::size_t d = 0; d < m_.dimensions; ++d) {
    const double* const from = &u[d * points];
    double* const to = &drawn_[d * kN];
    if (order.empty()) {
      std::copy_n(from + first, count, to);
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        to[i] = from[order[first + i]];
      }
    }
  }
  draw_inputs(count);
}

void Worlds::draw_inputs(std::size_t count) {
  if (m_.copula) {
    correlate(count);
  }
  std::fill(sound_.begin(), sound_.end(), 1);
  for (const Node& node : m_.nodes) {
    draw_node(node, drawn_);
    for (const auto& [slot, value] : held_) {
      if (slot == node.slot) {
        std::fill_n(&inputs_[slot * kN], kN, value);
      }
    }
  }
  for (std::size_t l = 0; l < m_.lines.size(); ++l) {
    open_line(l);
  }
  for (std::size_t k = 0; k < m_.markets.size(); ++k) {
    grow_market(k);
  }
  compare_groups();
}

void Worlds::work_out_only(std::span<const SlotIndex> slots) {
  std::fill(left_out_.begin(), left_out_.end(), 1);
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

// Probabilities and rates are taken from the world in the middle of the cube.
void Worlds::find_fates() {
  const std::vector<double> middle(m_.dimensions, 0.5);
  draw(middle, 1);
  double last = 0.0;
  for (const Firm& firm : m_.firms) {
    last = std::max(last, firm.quarters.back().last);
  }
  std::vector<double> odds;
  for (const Node& node : m_.nodes) {
    if (node.kind != NodeKind::kEvent) {
      continue;
    }
    const EventNode& event = m_.event_nodes[node.index];
    Fate fate{node.slot, {}, {}};
    double come = 1.0;
    for (std::size_t k = 0; k < fates_.size(); ++k) {
      if (std::find(event.after.begin(), event.after.end(), fates_[k].slot) != event.after.end()) {
        fate.after.push_back(k);
        come *= odds[k];
      }
    }
    if (event.occurs != kNone) {
      fate.dimension = static_cast<unsigned>(event.occurs);
      fate.above = 1.0 - share_of(columns_[*event.probability][0]);
      for (const Node& other : m_.nodes) {
        if (other.kind == NodeKind::kDraw && other.slot == *event.probability) {
          fate.odds = other.index;
        }
      }
    } else if (event.rate) {
      fate.dimension = static_cast<unsigned>(event.when);
      const double years = std::max(0.0, last - event.from) / kDaysAYear;
      fate.below = -std::expm1(-at_least_none(columns_[*event.rate][0]) * years);
    }
    fates_.push_back(fate);
    odds.push_back(come * std::max(0.0, fate.below - fate.above));
  }
  // The rarest first: they concern few lanes, and those together.
  std::vector<std::size_t> rank;
  for (std::size_t k = 0; k < fates_.size(); ++k) {
    const bool asked = std::any_of(m_.lines.begin(), m_.lines.end(), [&](const Line& line) {
      const auto has = [&](const std::vector<SlotIndex>& list) {
        return std::find(list.begin(), list.end(), fates_[k].slot) != list.end();
      };
      return has(line.closes) || has(line.opens) || has(line.ends);
    });
    if (asked && odds[k] > 0.0 && odds[k] < 1.0) {
      rank.push_back(k);
    }
  }
  const auto rarity = [&](std::size_t k) { return std::min(odds[k], 1.0 - odds[k]); };
  std::stable_sort(rank.begin(), rank.end(),
                   [&](std::size_t a, std::size_t b) { return rarity(a) < rarity(b); });
  constexpr std::size_t kMostBits = 12;
  rank.resize(std::min(rank.size(), kMostBits));
  for (std::size_t i = 0; i < rank.size(); ++i) {
    fates_[rank[i]].bit = static_cast<unsigned>(rank.size() - 1 - i);
  }
  starts_.resize((std::size_t{1} << rank.size()) + 1);
}

void Worlds::order_by_fate(std::span<const double> u, std::size_t points,
                           std::vector<std::uint32_t>& order) {
  if (m_.dimensions == 0) {
    order.clear();
    return;
  }
  if (starts_.empty()) {
    find_fates();
  }
  came_.resize(fates_.size() * points);
  keys_.assign(points, 0);
  for (std::size_t k = 0; k < fates_.size(); ++k) {
    const Fate& fate = fates_[k];
    std::uint32_t* const came = &came_[k * points];
    const double* const drawn = &u[fate.dimension * points];
    if (fate.odds) {
      const DrawNode& draw = m_.draws[*fate.odds];
      const double* const from = &u[draw.dimension * points];
      for (std::size_t i = 0; i < points; ++i) {
        came[i] = drawn[i] > 1.0 - draw.table(from[i]) * draw.factor ? 1 : 0;
      }
    } else {
      see_fate(fate.above, fate.below, drawn, came, points);
    }
    for (const std::size_t before : fate.after) {
      std::transform(came, came + points, &came_[before * points], came, std::bit_and<>());
    }
    if (fate.bit) {
      for (std::size_t i = 0; i < points; ++i) {
        keys_[i] |= came[i] << *fate.bit;
      }
    }
  }
  std::fill(starts_.begin(), starts_.end(), 0);
  for (const std::uint32_t key : keys_) {
    ++starts_[key + 1];
  }
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  order.resize(points);
  for (std::size_t i = 0; i < points; ++i) {
    order[starts_[keys_[i]]++] = static_cast<std::uint32_t>(i);
  }
}

void Worlds::correlate(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < correlated_.size(); ++k) {
      correlated_[k] = drawn_[m_.correlated[k] * kN + i];
    }
    m_.copula->correlate(correlated_);
    for (std::size_t k = 0; k < correlated_.size(); ++k) {
      drawn_[m_.correlated[k] * kN + i] = correlated_[k];
    }
  }
}

REDLINE_LANES void Worlds::draw_node(const Node& node, std::span<const double> u) {
  double* const out = &inputs_[node.slot * kN];
  switch (node.kind) {
    case NodeKind::kDraw: {
      const DrawNode& draw = m_.draws[node.index];
      const double* const from = &u[draw.dimension * kN];
      each([&](std::size_t i) { out[i] = draw.table(from[i]) * draw.factor; });
      break;
    }
    case NodeKind::kFormula:
      m_.formulas[node.index].work_out(columns_, out);
      each([&](std::size_t i) {
        sound_[i] = static_cast<char>(sound_[i] & static_cast<char>(std::isfinite(out[i])));
      });
      break;
    case NodeKind::kEvent:
      draw_event(m_.event_nodes[node.index], out, u);
      break;
    case NodeKind::kDay:
      draw_day(m_.day_nodes[node.index], out);
      break;
  }
}

REDLINE_LANES void Worlds::draw_event(const EventNode& node, double* out,
                                      std::span<const double> u) {
  std::fill_n(out, kN, node.from);
  for (const SlotIndex before : node.after) {
    const double* const day = columns_[before];
    each([&](std::size_t i) { out[i] = std::max(out[i], day[i]); });
  }
  if (node.occurs != kNone) {
    // Large numbers come: the same draw and a higher probability never take an event away, and a
    // quantity that goes with an event is large where it comes.
    const double* const drawn = &u[static_cast<std::size_t>(node.occurs) * kN];
    const double* const p = columns_[*node.probability];
    each([&](std::size_t i) { out[i] = drawn[i] > 1.0 - share_of(p[i]) ? out[i] : kNever; });
  }
  if (node.delay) {
    const double* const delay = columns_[*node.delay];
    each([&](std::size_t i) { out[i] += at_least_none(delay[i]) / kDay; });
  }
  if (node.rate) {
    const double* const drawn = &u[static_cast<std::size_t>(node.when) * kN];
    const double* const rate = columns_[*node.rate];
    each([&](std::size_t i) {  // a rate of 0: never
      out[i] += -std::log1p(-drawn[i]) / at_least_none(rate[i]) * kDaysAYear;
    });
  }
  each([&](std::size_t i) { out[i] = out[i] < node.until + 1.0 ? out[i] : kNever; });
  for (const SlotIndex other : node.unless) {
    const double* const day = columns_[other];
    each([&](std::size_t i) { out[i] = day[i] <= out[i] ? kNever : out[i]; });
  }
}

REDLINE_LANES void Worlds::draw_day(const DayNode& node, double* out) const {
  const double* const came = columns_[node.event];
  if (node.by) {
    each([&](std::size_t i) { out[i] = came[i] < node.day + 1.0 ? 1.0 : 0.0; });
  } else {
    each([&](std::size_t i) {
      out[i] = (std::floor(std::min(came[i], node.latest)) - node.day) * kDay;
    });
  }
}

// --- When lines may be sold, and what buyers want

REDLINE_LANES void Worlds::open_line(std::size_t l) {
  if (left_out_[l] != 0) {
    rest_line(l);
    return;
  }
  const Line& line = m_.lines[l];
  const auto first_of = [&](const std::vector<SlotIndex>& events, double* out) {
    std::fill_n(out, kN, kNever);
    for (const SlotIndex one : events) {
      const double* const day = columns_[one];
      each([&](std::size_t i) { out[i] = std::min(out[i], day[i]); });
    }
  };
  first_of(line.closes, of_line(l, kClosed));
  first_of(line.ends, of_line(l, kEnded));
  double* const opened = of_line(l, kOpened);
  const double* const lead = columns_[line.lead];
  // A line that is free from the beginning has nothing to open; one that was closed and that
  // nothing opens stays closed.
  const bool reopens = !line.opens.empty() || line.closes.empty();
  const double decided = day_number(m_.as_of);
  each([&](std::size_t i) {
    const double ready =
        line.opens.empty() && !(lead[i] > 0.0) ? -kNever : decided + at_least_none(lead[i]) / kDay;
    opened[i] = reopens ? ready : kNever;
  });
  for (const SlotIndex one : line.opens) {
    const double* const day = columns_[one];
    each([&](std::size_t i) { opened[i] = std::max(opened[i], day[i]); });
  }
  const double* const built =
      line.builds_on == kNone ? opened : columns_[static_cast<std::size_t>(line.builds_on)];
  const double end = m_.firms[line.firm].quarters.back().last + 1.0;
  const double* const development = columns_[line.development];
  idle_[l] = static_cast<char>(line.closes.empty() && line.replaces == kNone && replaced_[l] == 0 &&
                               !any([&](std::size_t i) {
                                 return opened[i] < end || built[i] < end || development[i] > 0.0;
                               }));
  if (idle_[l] != 0) {
    rest_line(l);
    return;
  }
  std::copy_n(built, kN, of_line(l, kBuilt));
  ready_line(l);
  look_at_quarters(l);
}

void Worlds::rest_line(std::size_t l) {
  idle_[l] = 1;
  std::fill_n(of_line(l, kWeight), kN, 0.0);
  std::fill_n(window(l, 0, kBefore), m_.quarters * kWindowColumns * kN, 0.0);
  std::fill_n(&stirs(l, 0), m_.quarters, Stirs{});
}

REDLINE_LANES void Worlds::ready_line(std::size_t l) {
  const Line& line = m_.lines[l];
  const auto in = [&](SlotIndex slot) { return columns_[slot]; };
  const double *margin = in(line.margin), *price = in(line.price),
               *conversion = in(line.conversion);
  const double *share = in(line.share), *duty = in(line.duty), *passed_on = in(line.passed_on);
  const double *development = in(line.development), *lead = in(line.lead);
  const double *demand = in(line.demand), *growth = in(line.growth), *patience = in(line.patience);
  double* const ready[] = {of_line(l, kMargin),      of_line(l, kCost),
                           of_line(l, kTaken),       of_line(l, kConversion),
                           of_line(l, kDevelopment), of_line(l, kDevelopmentQuarters),
                           of_line(l, kDemand),      of_line(l, kGrowth)};
  each([&](std::size_t i) { ready[0][i] = share_of(margin[i]); });
  // Cost of a dollar of revenue: at the usual price the margin, more where less is got.
  each([&](std::size_t i) {
    ready[1][i] = (1.0 - ready[0][i]) / (price[i] > kLeastPrice ? price[i] : kLeastPrice);
  });
  each([&](std::size_t i) {
    ready[2][i] = share_of(share[i]) + share_of(duty[i]) * (1.0 - share_of(passed_on[i]));
  });
  each([&](std::size_t i) { ready[3][i] = share_of(conversion[i]); });
  each([&](std::size_t i) { ready[4][i] = money_of(development[i]); });
  developed_[l] = static_cast<char>(any([&](std::size_t i) { return ready[4][i] > 0.0; }));
  each([&](std::size_t i) {
    ready[5][i] = std::max(1.0, std::ceil(lead[i] / kDay / kQuarterDays));
  });
  each([&](std::size_t i) { ready[6][i] = money_of(demand[i]); });
  each([&](std::size_t i) { ready[7][i] = at_least_none(1.0 + growth[i]); });
  double* const weight = of_line(l, kWeight);
  if (line.market == kNone) {
    std::fill_n(weight, kN, 0.0);
  } else {
    const double* const useful = in(line.usefulness);
    const double* const taste = in(m_.markets[static_cast<std::size_t>(line.market)].taste);
    each([&](std::size_t i) { weight[i] = std::pow(at_least_none(useful[i]), taste[i]); });
  }
  const double *opened = of_line(l, kOpened), *ended = of_line(l, kEnded),
               *built = of_line(l, kBuilt);
  double* const written_off = of_line(l, kWrittenOff);
  each([&](std::size_t i) {
    const double waits = built[i] + patience[i] / kDay;
    written_off[i] = opened[i] <= waits ? ended[i] : std::min(ended[i], waits);
  });
}

REDLINE_LANES void Worlds::look_at_quarters(std::size_t l) {
  const Line& line = m_.lines[l];
  const double *closed = of_line(l, kClosed), *opened = of_line(l, kOpened),
               *ended = of_line(l, kEnded);
  const double *built = of_line(l, kBuilt), *written_off = of_line(l, kWrittenOff);
  const double *lead = columns_[line.supply_lead], *holds = columns_[line.holds];
  const std::vector<Quarter>& quarters = m_.firms[line.firm].quarters;
  const bool closes = !line.closes.empty();
  const bool held = any([&](std::size_t i) { return holds[i] > 0.0; });
  for (std::size_t q = 0; q < m_.quarters; ++q) {
    const double begin = quarters[q].first, end = quarters[q].last + 1.0, days = end - begin;
    double *const before = window(l, q, kBefore), *const again = window(l, q, kAgain);
    double* const supplied = window(l, q, kSupplied);
    each([&](std::size_t i) {
      const double until = std::min(end, std::min(closed[i], ended[i]));
      before[i] = closes ? at_least_none(until - begin) / days : 0.0;
    });
    each([&](std::size_t i) {
      const double from = std::max(begin, closes ? std::max(opened[i], closed[i]) : opened[i]);
      again[i] = at_least_none(std::min(end, ended[i]) - from) / days;
    });
    each([&](std::size_t i) {
      const double from = std::max(begin, opened[i] + at_least_none(lead[i]) / kDay);
      supplied[i] = at_least_none(std::min(end, ended[i]) - from) / days;
    });
    const auto falls = [&](const double* day) {
      return any([&](std::size_t i) { return day[i] >= begin && day[i] < end; });
    };
    stirs(l, q) = {any([&](std::size_t i) { return before[i] > 0.0; }),
                   any([&](std::size_t i) { return again[i] > 0.0; }), closes && falls(closed),
                   held && falls(built), held && falls(written_off)};
  }
}

// What buyers want in all, so that the line of reference sells what is known of it when it is free
// and alone beside the domestic parts.
REDLINE_LANES void Worlds::grow_market(std::size_t k) {
  const Market& market = m_.markets[k];
  const auto in = [&](SlotIndex slot) { return columns_[slot]; };
  const double *taste = in(market.taste), *preference = in(market.preference),
               *outside = in(market.outside);
  const double *sold = in(market.sold), *useful = in(m_.lines[market.reference].usefulness);
  const double *growth = in(market.growth), *rival_growth = in(market.rival_growth);
  const double* const supply = market.rival_supply ? in(*market.rival_supply) : nullptr;
  double *const rival = &rival_[k * kN], *const nothing = &nothing_[k * kN];
  double *const demand = &demand_[k * m_.quarters * kN], *const rivals =
                                                             &rivals_[k * m_.quarters * kN];
  each([&](std::size_t i) {
    const double w = std::pow(at_least_none(useful[i]), taste[i]);
    rival[i] = at_least_none(preference[i]);
    nothing[i] = std::pow(at_least_none(outside[i]), taste[i]);
    const double all = w + rival[i] + nothing[i];
    const double got = money_of(sold[i]);
    rivals[i] = supply != nullptr ? at_least_none(supply[i]) : kNever;
    // Shares of the choice; where domestic makers cannot deliver, buyers choose again without them.
    demand[i] = w > 0.0 ? got * all / w : 0.0;
    if (w > 0.0 && demand[i] * rival[i] / all > rivals[i]) {
      const double second = w / (w + nothing[i]);
      demand[i] = (got + rivals[i] * second) / (w / all + rival[i] / all * second);
    }
  });
  for (std::size_t q = 1; q < m_.quarters; ++q) {
    each([&](std::size_t i) {
      demand[q * kN + i] = demand[(q - 1) * kN + i] * at_least_none(1.0 + growth[i]);
      rivals[q * kN + i] = rivals[(q - 1) * kN + i] * at_least_none(1.0 + rival_growth[i]);
    });
  }
}

// The weight of all lines of the group in their markets in a quarter, each for as long as it is
// open.
REDLINE_LANES void Worlds::crowd_markets(const Group& group, std::size_t q) {
  for (const std::size_t k : group.markets) {
    std::fill_n(&crowd_[k * kN], kN, 0.0);
  }
  for (const std::size_t l : group.lines) {
    if (m_.lines[l].market == kNone || idle_[l] != 0) {
      continue;
    }
    double* const crowd = &crowd_[static_cast<std::size_t>(m_.lines[l].market) * kN];
    const double *weight = of_line(l, kWeight), *before = window(l, q, kBefore),
                 *again = window(l, q, kAgain);
    each([&](std::size_t i) { crowd[i] += weight[i] * (before[i] + again[i]); });
  }
}

REDLINE_LANES void Worlds::find_in_market(std::size_t l, std::size_t q, double* out) {
  const auto k = static_cast<std::size_t>(m_.lines[l].market);
  const double *weight = of_line(l, kWeight), *before = window(l, q, kBefore),
               *again = window(l, q, kAgain);
  const double *crowd = &crowd_[k * kN], *rival = &rival_[k * kN], *nothing = &nothing_[k * kN];
  const double *demand = &demand_[(k * m_.quarters + q) * kN],
               *rivals = &rivals_[(k * m_.quarters + q) * kN];
  each([&](std::size_t i) {
    // Beside this line, if it is open throughout, the others.
    const double open = crowd[i] + weight[i] * (1.0 - before[i] - again[i]);
    const double all = open + rival[i] + nothing[i];
    const double unserved = at_least_none(demand[i] * rival[i] / all - rivals[i]);
    const double got = demand[i] * weight[i] / all + unserved * weight[i] / (open + nothing[i]);
    out[i] = weight[i] > 0.0 ? money_of(got) : 0.0;
  });
}

// What buyers would take in a quarter in which the line is free throughout.
REDLINE_LANES void Worlds::find_potential(Group& group, std::size_t l, std::size_t q, double* out) {
  const Line& line = m_.lines[l];
  if (line.market != kNone) {
    find_in_market(l, q, out);
  } else if (line.replaces != kNone) {
    // What the freed capacity makes comes a lead time later.
    const double *lead = columns_[line.lead], *fungible = columns_[line.fungible];
    const double* const blocked =
        result(group, static_cast<std::size_t>(line.replaces), LineMeasure::kBlocked, 0);
    each([&](std::size_t i) {
      const double late = std::ceil(at_least_none(lead[i]) / kDay / kQuarterDays);
      const double at = static_cast<double>(q) - late;
      out[i] =
          at >= 0.0 ? share_of(fungible[i]) * blocked[static_cast<std::size_t>(at) * kN + i] : 0.0;
    });
  } else {
    const double *demand = of_line(l, kDemand), *growth = of_line(l, kGrowth);
    each([&](std::size_t i) {
      double grown = demand[i];
      for (std::size_t k = 0; k < q; ++k) {
        grown *= growth[i];
      }
      out[i] = money_of(grown);
    });
  }
}

// --- What an option brings

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
      add_firm(group.firms[f], &group.outcome[f * of_firm * kN]);
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
REDLINE_LANES void Worlds::add_firm(std::size_t firm, const double* outcome) {
  const std::size_t count = kFirmMeasures * m_.quarters;
  const double** const to = &columns_[m_.slot_of(firm, FirmMeasure::kRevenue, 0)];
  const std::size_t before = firm_groups_[firm]++;
  if (before == 0) {
    for (std::size_t i = 0; i < count; ++i) {
      to[i] = outcome + i * kN;
    }
    return;
  }
  double* const sum = &firms_[firm * count * kN];
  for (std::size_t i = 0; i < count; ++i) {
    const double* const one = to[i];
    const double* const other = outcome + i * kN;
    double* const out = sum + i * kN;
    each([&](std::size_t lane) { out[lane] = one[lane] + other[lane]; });
    to[i] = out;
  }
}

double Worlds::net_usd(std::size_t lane) const {
  double net = 0.0;
  for (std::size_t q = 0; q < m_.quarters; ++q) {
    net += cents(0, FirmMeasure::kNet, q)[lane];
  }
  return net / 100.0;
}

void Worlds::work_out(Group& group) {
  for (std::size_t k = 0; k < group.written.size(); ++k) {
    if (group.written[k] != 0) {
      std::fill_n(&group.results[k * kN], kN, 0.0);
      group.written[k] = 0;
    }
  }
  for (std::size_t i = 0; i < group.lines.size(); ++i) {
    place_[group.lines[i]] = i;
    open_books(group.lines[i]);
  }
  for (std::size_t f = 0; f < group.firms.size(); ++f) {
    firm_place_[group.firms[f]] = f;
  }
  for (std::size_t q = 0; q < m_.quarters; ++q) {
    for (const std::size_t firm : group.firms) {
      std::fill_n(books(firm, kRevenueOf), kFirmColumns * kN, 0.0);
    }
    crowd_markets(group, q);
    for (const std::size_t l : group.lines) {
      if (idle_[l] == 0) {
        play_line(group, l, q);
      }
    }
    close_quarter(group, q);
  }
}

REDLINE_LANES void Worlds::open_books(std::size_t l) {
  const Line& line = m_.lines[l];
  accrued_[l] = 0;
  std::fill_n(of_line(l, kAccrued), kN, 0.0);
  double *const original = of_line(l, kOriginal), *const inventory = of_line(l, kInventory);
  const double* const stock = columns_[line.stock];
  const bool closes = !line.closes.empty();
  each([&](std::size_t i) {
    original[i] = closes ? cents_of(money_of(stock[i])) : 0.0;
    inventory[i] = original[i];
  });
}

// Tax on the quarter's earnings, and the statement as it is kept.
REDLINE_LANES void Worlds::close_quarter(Group& group, std::size_t q) {
  for (const std::size_t firm : group.firms) {
    const double *revenue = books(firm, kRevenueOf), *cost = books(firm, kCostOf);
    const double *provisions = books(firm, kProvisionsOf), *taken = books(firm, kTakenOf);
    const double *development = books(firm, kDevelopmentOf), *cash = books(firm, kCashOf);
    const double *released = books(firm, kReleasedOf), *rate = columns_[m_.firms[firm].tax];
    const auto out = [&](FirmMeasure measure) {
      const std::size_t at = firm_place_[firm] * kFirmMeasures + static_cast<std::size_t>(measure);
      return &group.outcome[(at * m_.quarters + q) * kN];
    };
    double *const gross = out(FirmMeasure::kGrossProfit), *const net = out(FirmMeasure::kNet);
    double* const kept = out(FirmMeasure::kCash);
    std::copy_n(revenue, kN, out(FirmMeasure::kRevenue));
    std::copy_n(provisions, kN, out(FirmMeasure::kCharge));
    std::copy_n(released, kN, out(FirmMeasure::kReleased));
    each([&](std::size_t i) {
      gross[i] = revenue[i] - cost[i] - provisions[i] - taken[i];
      const double before = gross[i] - development[i];
      const double tax = whole(before * share_of(rate[i]));
      net[i] = before - tax;
      kept[i] = cash[i] - tax;
    });
  }
}

void Worlds::play_line(Group& group, std::size_t l, std::size_t q) {
  const Stirs& stirred = stirs(l, q);
  const Line& line = m_.lines[l];
  if (developed_[l] != 0) {
    develop(l, q);
  }
  if (accrued_[l] != 0) {  // in the quarter after they were accrued
    receive(l);
  }
  if (stirred.closes) {
    close_stock(group, l, q);
  }
  const bool counts = !line.closes.empty() || replaced_[l] != 0;
  if (!counts && !stirred.before && !stirred.again && !stirred.builds && !stirred.writes_off) {
    return;
  }
  std::array<double, kN> all;  // NOLINT: filled at once
  find_potential(group, l, q, all.data());
  if (stirred.builds) {
    build_stock(l, q, all.data());
  }
  if (stirred.writes_off) {
    write_off_stock(group, l, q);
  }
  if (counts) {
    const double *before = window(l, q, kBefore), *again = window(l, q, kAgain);
    double* const blocked = result(group, l, LineMeasure::kBlocked, q);
    each([&](std::size_t i) { blocked[i] = all[i] * at_least_none(1.0 - before[i] - again[i]); });
  }
  if (stirred.before) {
    sell_freely(group, l, q, all.data());
  }
  if (stirred.again) {
    sell_again(group, l, q, all.data());
  }
}

REDLINE_LANES void Worlds::develop(std::size_t l, std::size_t q) {
  const double *cost = of_line(l, kDevelopment), *quarters = of_line(l, kDevelopmentQuarters);
  const std::size_t firm = m_.lines[l].firm;
  double *const spent = books(firm, kDevelopmentOf), *const cash = books(firm, kCashOf);
  each([&](std::size_t i) {
    const double now = static_cast<double>(q) < quarters[i] ? cents_of(cost[i] / quarters[i]) : 0.0;
    spent[i] += now;
    cash[i] -= now;
  });
}

// Goods of commitments come in and are paid for; as stock they are worth nothing.
REDLINE_LANES void Worlds::receive(std::size_t l) {
  double *const accrued = of_line(l, kAccrued), *const original = of_line(l, kOriginal);
  double* const cash = books(m_.lines[l].firm, kCashOf);
  each([&](std::size_t i) {
    original[i] += accrued[i];
    cash[i] -= accrued[i];
    accrued[i] = 0.0;
  });
  accrued_[l] = 0;
}

// The sale is closed: what stock and commitments lose is booked at once (ASC 330-10-35). Of a sale
// that was closed before the first quarter that is on earlier books.
REDLINE_LANES void Worlds::close_stock(Group& group, std::size_t l, std::size_t q) {
  const Line& line = m_.lines[l];
  const Quarter& quarter = m_.firms[line.firm].quarters[q];
  const auto in = [&](SlotIndex slot) { return columns_[slot]; };
  const double *closed = of_line(l, kClosed), *stock_reusable = in(line.stock_reusable);
  const double *realisable = in(line.realisable), *commitments = in(line.commitments);
  const double *cancellable = in(line.cancellable), *reusable = in(line.reusable);
  double *const original = of_line(l, kOriginal), *const inventory = of_line(l, kInventory);
  double *const accrued = of_line(l, kAccrued), *const provisions = books(line.firm, kProvisionsOf);
  double* const on_stock = result(group, l, LineMeasure::kInventoryCharge, q);
  double* const on_purchases = result(group, l, LineMeasure::kPurchaseCharge, q);
  each([&](std::size_t i) {
    if (!(closed[i] >= quarter.first && closed[i] < quarter.last + 1.0)) {
      return;
    }
    const double reused = whole(original[i] * share_of(stock_reusable[i]));
    original[i] -= reused;  // at cost: nothing is written down yet
    inventory[i] -= reused;
    const double kept = whole(inventory[i] * share_of(realisable[i]));
    const double charge = at_least_none(inventory[i] - kept);
    inventory[i] -= charge;
    accrued[i] = whole(cents_of(money_of(commitments[i])) *
                       ((1.0 - share_of(cancellable[i])) * (1.0 - share_of(reusable[i]))));
    provisions[i] += charge + accrued[i];
    on_stock[i] += charge / 100.0;
    on_purchases[i] += accrued[i] / 100.0;
  });
  accrued_[l] = 1;
}

// Stock that is built ahead of sales.
REDLINE_LANES void Worlds::build_stock(std::size_t l, std::size_t q, const double* potential) {
  const Line& line = m_.lines[l];
  const Quarter& quarter = m_.firms[line.firm].quarters[q];
  const double *built = of_line(l, kBuilt), *ended = of_line(l, kEnded),
               *holds = columns_[line.holds];
  const double *conversion = of_line(l, kConversion), *margin = of_line(l, kMargin);
  double *const original = of_line(l, kOriginal), *const inventory = of_line(l, kInventory);
  double* const cash = books(line.firm, kCashOf);
  each([&](std::size_t i) {
    const bool now =
        built[i] >= quarter.first && built[i] < quarter.last + 1.0 && built[i] < ended[i];
    const double usd = potential[i] * conversion[i] * at_least_none(holds[i]) * (1.0 - margin[i]);
    const double cost = now ? cents_of(money_of(usd)) : 0.0;
    original[i] += cost;
    inventory[i] += cost;
    cash[i] -= cost;
  });
}

// What becomes of it when the sales end or do not come.
REDLINE_LANES void Worlds::write_off_stock(Group& group, std::size_t l, std::size_t q) {
  const Line& line = m_.lines[l];
  const Quarter& quarter = m_.firms[line.firm].quarters[q];
  const double *written_off = of_line(l, kWrittenOff), *reusable = columns_[line.reusable];
  const double *realisable = columns_[line.realisable], *built = of_line(l, kBuilt),
               *ended = of_line(l, kEnded);
  double *const original = of_line(l, kOriginal), *const inventory = of_line(l, kInventory);
  double* const provisions = books(line.firm, kProvisionsOf);
  double* const on_stock = result(group, l, LineMeasure::kInventoryCharge, q);
  each([&](std::size_t i) {
    const double at = written_off[i];
    if (!(at >= quarter.first && at < quarter.last + 1.0 && built[i] < ended[i])) {
      return;
    }
    const double reused = whole(original[i] * share_of(reusable[i]));
    const double moved = original[i] > 0.0 ? whole(inventory[i] * (reused / original[i])) : 0.0;
    original[i] -= reused;
    inventory[i] -= std::min(inventory[i], moved);
    const double charge =
        at_least_none(inventory[i] - whole(inventory[i] * share_of(realisable[i])));
    inventory[i] -= charge;
    provisions[i] += charge;
    on_stock[i] += charge / 100.0;
  });
}

// The free sale is made for what is ordered, and leaves the stock of the end as it is.
REDLINE_LANES void Worlds::sell_freely(Group& group, std::size_t l, std::size_t q,
                                       const double* potential) {
  const std::size_t firm = m_.lines[l].firm;
  const double *before = window(l, q, kBefore), *margin = of_line(l, kMargin);
  double *const revenue = books(firm, kRevenueOf), *const costs = books(firm, kCostOf);
  double *const cash = books(firm, kCashOf), *const sold =
                                                 result(group, l, LineMeasure::kRevenue, q);
  each([&](std::size_t i) {
    const double price = cents_of(potential[i] * before[i]);
    const double cost = whole(price * (1.0 - margin[i]));
    revenue[i] += price;
    costs[i] += cost;
    cash[i] += price - cost;
    sold[i] += price / 100.0;
  });
}

// Sells from the stock, then what is made anew, which is sold at its own cost beside whatever stock
// there is.
REDLINE_LANES void Worlds::sell_again(Group& group, std::size_t l, std::size_t q,
                                      const double* potential) {
  const Line& line = m_.lines[l];
  const std::size_t holder = line.stock_of == kNone ? l : static_cast<std::size_t>(line.stock_of);
  const double *again = window(l, q, kAgain), *conversion = of_line(l, kConversion);
  const double *cost = of_line(l, kCost), *taken = of_line(l, kTaken);
  double *const revenue = books(line.firm, kRevenueOf), *const costs = books(line.firm, kCostOf);
  double *const takings = books(line.firm, kTakenOf), *const cash = books(line.firm, kCashOf);
  double* const released = books(line.firm, kReleasedOf);
  double* const sold = result(group, l, LineMeasure::kRevenue, q);
  std::array<double, kN> wanted;  // NOLINT: filled at once
  each([&](std::size_t i) { wanted[i] = potential[i] * again[i] * conversion[i]; });
  if (line.cap) {
    const double* const cap = columns_[*line.cap];
    each([&](std::size_t i) { wanted[i] = std::min(wanted[i], money_of(cap[i]) * again[i]); });
  }
  if (line.stock_of != kNone || !line.closes.empty()) {
    double *const original = of_line(holder, kOriginal), *const inventory =
                                                             of_line(holder, kInventory);
    double* const freed = result(group, l, LineMeasure::kReleased, q);
    each([&](std::size_t i) {
      // Cents: its cost, what it stood at, its price.
      const double most = cost[i] > 0.0 ? original[i] / 100.0 / cost[i] : 0.0;
      const bool out = wanted[i] >= most;
      const double part = std::min(original[i], cents_of(wanted[i] * cost[i]));
      const double shipped = cost[i] > 0.0 ? (out ? original[i] : part) : 0.0;
      const double moved = whole(inventory[i] * (shipped / std::max(1.0, original[i])));
      const double carried = std::min(inventory[i], moved);
      const double price = cents_of(std::min(wanted[i], most));
      const double share = whole(price * taken[i]);
      original[i] -= shipped;
      inventory[i] -= carried;
      wanted[i] = at_least_none(wanted[i] - price / 100.0);
      revenue[i] += price;
      costs[i] += carried;
      takings[i] += share;
      cash[i] += price - share;
      released[i] += shipped - carried;
      sold[i] += price / 100.0;
      freed[i] += (shipped - carried) / 100.0;
    });
  }
  if (line.supply) {
    const double *supply = columns_[*line.supply], *supplied = window(l, q, kSupplied);
    each(
        [&](std::size_t i) { wanted[i] = std::min(wanted[i], money_of(supply[i]) * supplied[i]); });
  }
  each([&](std::size_t i) {
    const double price = cents_of(wanted[i]), spent = cents_of(wanted[i] * cost[i]);
    const double share = whole(price * taken[i]);
    revenue[i] += price;
    costs[i] += spent;
    takings[i] += share;
    cash[i] += price - spent - share;
    sold[i] += price / 100.0;
  });
}

}  // namespace redline::exposure
