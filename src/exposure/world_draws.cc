// What is drawn of worlds: quantities by their tables, then what is worked out of them, and the
// days of events.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "exposure/lane_loops.h"
#include "exposure/lane_math.h"
#include "exposure/world.h"

namespace redline::exposure {
namespace {

// 1 where a number lies within the bounds.
REDLINE_LANES void see_fate(double above, double below, const double* u, std::uint32_t* came,
                            std::size_t points) {
  REDLINE_INDEPENDENT
  for (std::size_t i = 0; i < points; ++i) {
    came[i] = static_cast<std::uint32_t>(u[i] > above) & static_cast<std::uint32_t>(u[i] < below);
  }
}

// 1 where a number lies above what the odds leave.
REDLINE_LANES void see_fate(const double* odds, const double* u, std::uint32_t* came,
                            std::size_t points) {
  REDLINE_INDEPENDENT
  for (std::size_t i = 0; i < points; ++i) {
    came[i] = static_cast<std::uint32_t>(u[i] > 1.0 - odds[i]);
  }
}

// Of a key its place in Gray's code, in which a key differs from the next in one bit alone: lanes
// at the edge between two keys differ in one event, not in all the more frequent ones too.
inline std::uint32_t place_in_gray_code(std::uint32_t key) {
  for (unsigned bits = 1; bits < 32; bits *= 2) {
    key ^= key >> bits;
  }
  return key;
}

}  // namespace

void Worlds::draw(std::span<const double> u, std::size_t count) {
  few_.resize(count * m_.dimensions);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t d = 0; d < m_.dimensions; ++d) {
      few_[d * count + i] = u[i * m_.dimensions + d];
    }
  }
  take({few_, count}, 0, count);
  draw(0);
}

void Worlds::take(const Points& points, std::size_t first, std::size_t count) {
  order_.clear();
  draw_block(count, [&](unsigned d) { return points.of(d) + first; });
}

void Worlds::take_by_fate(const SamplePlan& plan, std::uint64_t first, std::size_t count) {
  order_.clear();
  if (m_.dimensions > 0) {
    order_by_fate(plan, first, count);
  }
  points_.resize(count);
  draw_block(count, [&](unsigned d) -> const double* {
    if (early_rows_[d]) {
      return &early_[*early_rows_[d] * count];
    }
    plan.fill_column(d, first, points_);
    return points_.data();
  });
}

// A dimension at a time, so that it and its table stay in the cache; drawn(dimension) is the first
// of its points, or of what is drawn there if that was done early.
template <class Drawn>
void Worlds::draw_block(std::size_t count, const Drawn& drawn) {
  apart_ = (count + kN - 1) / kN * kN;
  if (drawn_.size() < apart_ * m_.dimensions) {
    drawn_.resize(apart_ * m_.dimensions);
  }
  const std::size_t correlated = m_.correlated.size();
  for (unsigned d = 0; d < m_.dimensions; ++d) {
    if (used_[d] == 0) {
      continue;
    }
    const double* const from = drawn(d);
    double* const to = column(d);
    if (order_.empty()) {
      std::copy_n(from, count, to);
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        to[i] = from[order_[i]];
      }
    }
    // Lanes that nobody asks for are like the last that somebody does.
    std::fill(to + count, to + apart_, to[count - 1]);
    if (rows_[d] >= correlated && (order_.empty() || drawn_early_[d] == 0)) {
      draw_table(d);
    }
  }
  if (m_.copula) {
    m_.copula->correlate({drawn_.data(), correlated * apart_});
    for (const unsigned d : m_.correlated) {
      draw_table(d);
    }
  }
}

void Worlds::draw_table(unsigned d) {
  if (const DrawNode* const draw = tables_[d]) {
    draw->table.draw({column(d), apart_}, draw->factor);
  }
}

void Worlds::draw(std::size_t first) {
  fill_lanes(sound_.data(), 0.0);
  for (std::size_t n = 0; n < m_.nodes.size(); ++n) {
    const Node& node = m_.nodes[n];
    if (needed_[n] == 0) {
      continue;
    }
    draw_node(node, first);
    for (const auto& [slot, value] : held_) {
      if (slot == node.slot) {
        columns_[slot] = &inputs_[slot * kN];
        fill_lanes(&inputs_[slot * kN], value);
      }
    }
  }
  for (std::size_t l = 0; l < m_.lines.size(); ++l) {
    open_line(l);
  }
  for (std::size_t k = 0; k < m_.markets.size(); ++k) {
    grow_market(k);
  }
  for (Crowd& one : crowds_) {
    one.number = 0;
  }
  std::fill(found_in_.begin(), found_in_.end(), std::size_t{0});
  compare_groups();
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
  for (std::size_t n = 0; n < m_.nodes.size(); ++n) {
    const Node& node = m_.nodes[n];
    if (node.kind != NodeKind::kEvent || needed_[n] == 0) {
      continue;
    }
    const EventNode& event = m_.event_nodes[node.index];
    Fate fate{node.slot, {}};
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
        // Those that are correlated are known later; their middle does here.
        if (other.kind == NodeKind::kDraw && other.slot == *event.probability &&
            rows_[m_.draws[other.index].dimension] >= m_.correlated.size()) {
          fate.odds = m_.draws[other.index].dimension;
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
  early_rows_.resize(m_.dimensions);
  drawn_early_.resize(m_.dimensions, 0);
  std::size_t rows = 0;
  for (const Fate& fate : fates_) {
    for (const auto& d : {fate.dimension, fate.odds}) {
      if (d && !early_rows_[*d]) {
        early_rows_[*d] = rows++;
      }
    }
    if (fate.odds) {
      drawn_early_[*fate.odds] = 1;
    }
  }
}

void Worlds::order_by_fate(const SamplePlan& plan, std::uint64_t first, std::size_t count) {
  if (starts_.empty()) {
    find_fates();
  }
  const auto rows = std::count_if(early_rows_.begin(), early_rows_.end(),
                                  [](const auto& row) { return row.has_value(); });
  early_.resize(static_cast<std::size_t>(rows) * count);
  const auto early = [&](unsigned d) { return &early_[*early_rows_[d] * count]; };
  for (unsigned d = 0; d < m_.dimensions; ++d) {
    if (early_rows_[d]) {
      plan.fill_column(d, first, {early(d), count});
    }
    if (drawn_early_[d] != 0) {
      tables_[d]->table.draw({early(d), count}, tables_[d]->factor);
    }
  }
  came_.resize(fates_.size() * count);
  keys_.assign(count, 0);
  for (std::size_t k = 0; k < fates_.size(); ++k) {
    const Fate& fate = fates_[k];
    std::uint32_t* const came = &came_[k * count];
    if (!fate.dimension) {
      std::fill_n(came, count, 1);
    } else if (fate.odds) {
      see_fate(early(*fate.odds), early(*fate.dimension), came, count);
    } else {
      see_fate(fate.above, fate.below, early(*fate.dimension), came, count);
    }
    for (const std::size_t before : fate.after) {
      std::transform(came, came + count, &came_[before * count], came, std::bit_and<>());
    }
    if (fate.bit) {
      for (std::size_t i = 0; i < count; ++i) {
        keys_[i] |= came[i] << *fate.bit;
      }
    }
  }
  std::transform(keys_.begin(), keys_.end(), keys_.begin(), place_in_gray_code);
  std::fill(starts_.begin(), starts_.end(), 0);
  for (const std::uint32_t key : keys_) {
    ++starts_[key + 1];
  }
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  order_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    order_[starts_[keys_[i]]++] = static_cast<std::uint32_t>(i);
  }
}

REDLINE_LANES void Worlds::draw_node(const Node& node, std::size_t first) {
  double* const out = &inputs_[node.slot * kN];
  switch (node.kind) {
    case NodeKind::kDraw:
      columns_[node.slot] = column(m_.draws[node.index].dimension) + first;
      break;
    case NodeKind::kFormula:
      m_.formulas[node.index].work_out(columns_, out);
      each([&](std::size_t i) { sound_[i] += 0.0 * out[i]; });
      break;
    case NodeKind::kEvent:
      draw_event(m_.event_nodes[node.index], out, first);
      break;
    case NodeKind::kDay:
      draw_day(m_.day_nodes[node.index], out);
      break;
  }
}

REDLINE_LANES void Worlds::draw_event(const EventNode& node, double* out, std::size_t first) {
  fill_lanes(out, node.from);
  for (const SlotIndex before : node.after) {
    const double* const day = columns_[before];
    each([&](std::size_t i) { out[i] = std::max(out[i], day[i]); });
  }
  if (node.occurs != kNone) {
    // Large numbers come: the same draw and a higher probability never take an event away, and a
    // quantity that goes with an event is large where it comes.
    const double* const drawn = column(static_cast<unsigned>(node.occurs)) + first;
    const double* const p = columns_[*node.probability];
    each([&](std::size_t i) { out[i] = drawn[i] > 1.0 - share_of(p[i]) ? out[i] : kNever; });
  }
  if (node.delay) {
    const double* const delay = columns_[*node.delay];
    each([&](std::size_t i) { out[i] += at_least_none(delay[i]) / kDaySeconds; });
  }
  if (node.rate) {
    const double* const drawn = column(static_cast<unsigned>(node.when)) + first;
    const double* const rate = columns_[*node.rate];
    each([&](std::size_t i) {  // a rate of 0: never
      out[i] += -log_of(1.0 - drawn[i]) / at_least_none(rate[i]) * kDaysAYear;
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
      out[i] = (std::floor(std::min(came[i], node.latest)) - node.day) * kDaySeconds;
    });
  }
}
}  // namespace redline::exposure
