// When lines may be sold, and what buyers want of them.

#include <algorithm>
#include <array>
#include <cmath>

#include "exposure/lane_loops.h"
#include "exposure/lane_math.h"
#include "exposure/world.h"

namespace redline::exposure {

REDLINE_LANES void Worlds::open_line(std::size_t l) {
  if (left_out_[l] != 0) {
    rest_line(l);
    return;
  }
  const Line& line = m_.lines[l];
  const auto first_of = [&](const std::vector<SlotIndex>& events, double* out) {
    fill_lanes(out, kNever);
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
    const double ready = line.opens.empty() && !(lead[i] > 0.0)
                             ? -kNever
                             : decided + at_least_none(lead[i]) / kDaySeconds;
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
  if (line.closes.empty() && line.replaces == kNone && replaced_[l] == 0 &&
      !any([&](std::size_t i) {
        return (opened[i] < end) | (built[i] < end) | (development[i] > 0.0);
      })) {
    rest_line(l);
    return;
  }
  idle_[l] = 0;
  std::copy_n(built, kN, of_line(l, kBuilt));
  ready_line(l);
  if (line.market == kNone && line.replaces == kNone) {
    grow_line(l);
  }
  look_at_quarters(l);
}

// Nothing more is to be done where it rested before.
void Worlds::rest_line(std::size_t l) {
  if (idle_[l] != 0) {
    return;
  }
  idle_[l] = 1;
  fill_lanes(of_line(l, kWeight), 0.0);
  fill_lanes(window(l, 0, kBefore), 0.0, m_.quarters * kWindowColumns);
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
    ready[5][i] = std::max(1.0, std::ceil(lead[i] / kDaySeconds / kQuarterDays));
  });
  if (line.replaces != kNone) {
    double* const late = of_line(l, kLate);
    each([&](std::size_t i) {
      late[i] = std::ceil(at_least_none(lead[i]) / kDaySeconds / kQuarterDays);
    });
    soonest_[l] = *std::min_element(late, late + kN);
    latest_[l] = *std::max_element(late, late + kN);
  }
  each([&](std::size_t i) { ready[6][i] = money_of(demand[i]); });
  each([&](std::size_t i) { ready[7][i] = at_least_none(1.0 + growth[i]); });
  double* const weight = of_line(l, kWeight);
  if (line.market == kNone) {
    fill_lanes(weight, 0.0);
  } else {
    const double* const useful = in(line.usefulness);
    const double* const taste = in(m_.markets[static_cast<std::size_t>(line.market)].taste);
    each([&](std::size_t i) { weight[i] = power_of(at_least_none(useful[i]), taste[i]); });
  }
  const double *opened = of_line(l, kOpened), *ended = of_line(l, kEnded),
               *built = of_line(l, kBuilt);
  double* const written_off = of_line(l, kWrittenOff);
  each([&](std::size_t i) {
    const double waits = built[i] + patience[i] / kDaySeconds;
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
  // Without a limit whatever is wanted can be made anew.
  const double* const supply = line.supply ? columns_[*line.supply] : nullptr;
  const bool held = any([&](std::size_t i) { return holds[i] > 0.0; });
  for (std::size_t q = 0; q < m_.quarters; ++q) {
    const double begin = quarters[q].first, end = quarters[q].last + 1.0, days = end - begin;
    double *const before = window(l, q, kBefore), *const again = window(l, q, kAgain);
    if (closes) {
      each([&](std::size_t i) {
        const double until = std::min(end, std::min(closed[i], ended[i]));
        before[i] = at_least_none(until - begin) / days;
      });
    } else {
      fill_lanes(before, 0.0);
    }
    each([&](std::size_t i) {
      const double from = std::max(begin, closes ? std::max(opened[i], closed[i]) : opened[i]);
      again[i] = at_least_none(std::min(end, ended[i]) - from) / days;
    });
    bool supplies = true;
    if (supply != nullptr) {
      double* const supplied = window(l, q, kSupplied);
      each([&](std::size_t i) {
        const double from = std::max(begin, opened[i] + at_least_none(lead[i]) / kDaySeconds);
        supplied[i] = at_least_none(std::min(end, ended[i]) - from) / days;
      });
      supplies = any([&](std::size_t i) { return (supply[i] > 0.0) & (supplied[i] > 0.0); });
    }
    const auto falls = [&](const double* day) {
      return any([&](std::size_t i) { return (day[i] >= begin) & (day[i] < end); });
    };
    stirs(l, q) = {any([&](std::size_t i) { return before[i] > 0.0; }),
                   any([&](std::size_t i) { return again[i] > 0.0; }),
                   supplies,
                   closes && falls(closed),
                   held && falls(built),
                   held && falls(written_off)};
  }
}

// What buyers want in all, so that the line of reference sells what is known of it when it is free
// and alone beside the domestic parts.
REDLINE_LANES void Worlds::grow_market(std::size_t k) {
  const Market& market = m_.markets[k];
  const Line& reference = m_.lines[market.reference];
  const auto in = [&](SlotIndex slot) { return columns_[slot]; };
  const double *taste = in(market.taste), *preference = in(market.preference),
               *outside = in(market.outside);
  const double *sold = in(market.sold), *useful = in(reference.usefulness);
  const double *growth = in(market.growth), *rival_growth = in(market.rival_growth);
  const double* const supply = market.rival_supply ? in(*market.rival_supply) : nullptr;
  double *const rival = &rival_[k * kN], *const nothing = &nothing_[k * kN];
  double *const demand = &demand_[k * m_.quarters * kN], *const rivals =
                                                             &rivals_[k * m_.quarters * kN];
  // As a rule the line has been made ready with it.
  const bool known = idle_[market.reference] == 0 && reference.market == static_cast<int>(k);
  std::array<double, kN> weight;  // NOLINT: filled at once
  if (!known) {
    each([&](std::size_t i) { weight[i] = power_of(at_least_none(useful[i]), taste[i]); });
  }
  const double* const weights = known ? of_line(market.reference, kWeight) : weight.data();
  each([&](std::size_t i) {
    const double w = weights[i];
    rival[i] = at_least_none(preference[i]);
    nothing[i] = power_of(at_least_none(outside[i]), taste[i]);
    const double all = w + rival[i] + nothing[i];
    const double got = money_of(sold[i]);
    const double most = supply != nullptr ? at_least_none(supply[i]) : kNever;
    // Shares of the choice; where domestic makers cannot deliver, buyers choose again without them.
    const double served = w > 0.0 ? got * all / w : 0.0;
    const double second = w / (w + nothing[i]);
    const double unserved = (got + most * second) / (w / all + rival[i] / all * second);
    const bool lacks = (w > 0.0) & (served * rival[i] / all > most);
    rivals[i] = most;
    demand[i] = lacks ? unserved : served;
  });
  for (std::size_t q = 1; q < m_.quarters; ++q) {
    each([&](std::size_t i) {
      demand[q * kN + i] = demand[(q - 1) * kN + i] * at_least_none(1.0 + growth[i]);
      rivals[q * kN + i] = rivals[(q - 1) * kN + i] * at_least_none(1.0 + rival_growth[i]);
    });
  }
}

// The weight of all lines of the group in a market in a quarter, each for as long as it is open.
// Groups often have the same ones open, and then what is wanted of each is the same too.
REDLINE_LANES void Worlds::crowd_market(const Group& group, std::size_t k, std::size_t q) {
  open_.clear();
  for (const std::size_t l : group.lines) {
    if (m_.lines[l].market == static_cast<int>(k) && idle_[l] == 0 &&
        (stirs(l, q).before || stirs(l, q).again)) {
      open_.push_back(l);
    }
  }
  Crowd& here = crowd(k, q);
  if (here.number != 0 && here.lines == open_) {
    return;
  }
  std::swap(here.lines, open_);
  ++here.number;
  double* const all = crowd_weight(k, q);
  fill_lanes(all, 0.0);
  for (const std::size_t l : here.lines) {
    const double *weight = of_line(l, kWeight), *before = window(l, q, kBefore),
                 *again = window(l, q, kAgain);
    each([&](std::size_t i) { all[i] += weight[i] * (before[i] + again[i]); });
  }
}

REDLINE_LANES void Worlds::find_in_market(std::size_t l, std::size_t q, double* out) {
  const auto k = static_cast<std::size_t>(m_.lines[l].market);
  const double *weight = of_line(l, kWeight), *before = window(l, q, kBefore),
               *again = window(l, q, kAgain);
  const double *all = crowd_weight(k, q), *rival = &rival_[k * kN], *nothing = &nothing_[k * kN];
  const double *demand = &demand_[(k * m_.quarters + q) * kN],
               *rivals = &rivals_[(k * m_.quarters + q) * kN];
  each([&](std::size_t i) {
    // Beside this line, if it is open throughout, the others.
    const double open = all[i] + weight[i] * (1.0 - before[i] - again[i]);
    const double of_weight = demand[i] / (open + rival[i] + nothing[i]);
    const double unserved = at_least_none(of_weight * rival[i] - rivals[i]);
    const double got = of_weight * weight[i] + unserved * (weight[i] / (open + nothing[i]));
    out[i] = weight[i] > 0.0 ? money_of(got) : 0.0;
  });
}

// What buyers want of a line that stands alone.
REDLINE_LANES void Worlds::grow_line(std::size_t l) {
  const double *demand = of_line(l, kDemand), *growth = of_line(l, kGrowth);
  each([&](std::size_t i) { grown(l, 0)[i] = demand[i]; });
  for (std::size_t q = 1; q < m_.quarters; ++q) {
    const double* const last = grown(l, q - 1);
    double* const next = grown(l, q);
    each([&](std::size_t i) { next[i] = last[i] * growth[i]; });
  }
}

// What buyers would take in a quarter in which the line is free throughout; found once for all
// groups that have the same crowd then.
const double* Worlds::find_potential(Group& group, std::size_t l, std::size_t q) {
  const Line& line = m_.lines[l];
  double* const out = potential(l, q);
  if (line.market == kNone && line.replaces != kNone) {
    find_replaced(group, l, q, out);
    return out;
  }
  const std::size_t number =
      line.market == kNone ? 1 : crowd(static_cast<std::size_t>(line.market), q).number;
  std::size_t& found_in = found_in_[l * m_.quarters + q];
  if (found_in != number) {
    found_in = number;
    if (line.market == kNone) {
      find_alone(l, q, out);
    } else {
      find_in_market(l, q, out);
    }
  }
  return out;
}

REDLINE_LANES void Worlds::find_alone(std::size_t l, std::size_t q, double* out) {
  const double* const wanted = grown(l, q);
  each([&](std::size_t i) { out[i] = money_of(wanted[i]); });
}

// What the freed capacity makes comes a lead time later.
REDLINE_LANES void Worlds::find_replaced(Group& group, std::size_t l, std::size_t q, double* out) {
  const Line& line = m_.lines[l];
  const double *late = of_line(l, kLate), *fungible = columns_[line.fungible];
  fill_lanes(out, 0.0);
  for (std::size_t then = 0; then <= q; ++then) {
    const auto since = static_cast<double>(q - then);
    if (since < soonest_[l] || since > latest_[l]) {
      continue;
    }
    const double* const blocked =
        result(group, static_cast<std::size_t>(line.replaces), LineMeasure::kBlocked, then);
    each([&](std::size_t i) {
      out[i] = late[i] == since ? share_of(fungible[i]) * blocked[i] : out[i];
    });
  }
}

}  // namespace redline::exposure
