// The books of the lines of a group, quarter by quarter.

#include <algorithm>
#include <array>
#include <cmath>

#include "exposure/lane_loops.h"
#include "exposure/world.h"

namespace redline::exposure {

REDLINE_LANES void Worlds::work_out(Group& group) {
  for (std::size_t k = 0; k < group.written.size(); ++k) {
    if (group.written[k] != 0) {
      fill_lanes(&group.results[k * kN], 0.0);
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
    open_quarter(group, q);
    for (const std::size_t k : group.markets) {
      crowd_market(group, k, q);
    }
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
  fill_lanes(of_line(l, kAccrued), 0.0);
  double *const original = of_line(l, kOriginal), *const inventory = of_line(l, kInventory);
  const double* const stock = columns_[line.stock];
  const bool closes = !line.closes.empty();
  each([&](std::size_t i) {
    original[i] = closes ? cents_of(money_of(stock[i])) : 0.0;
    inventory[i] = original[i];
  });
}

REDLINE_LANES void Worlds::open_quarter(Group& group, std::size_t q) {
  for (const std::size_t firm : group.firms) {
    const auto out = [&](FirmMeasure measure) { return outcome(group, firm, measure, q); };
    for (std::size_t k = 0; k < kFirmColumns; ++k) {
      books_[firm * kFirmColumns + k] = &books_apart_[(firm * kFirmColumns + k) * kN];
    }
    double** const books = &books_[firm * kFirmColumns];
    books[kRevenueOf] = out(FirmMeasure::kRevenue);
    books[kProvisionsOf] = out(FirmMeasure::kCharge);
    books[kCashOf] = out(FirmMeasure::kCash);
    books[kReleasedOf] = out(FirmMeasure::kReleased);
    for (std::size_t k = 0; k < kFirmColumns; ++k) {
      fill_lanes(books[k], 0.0);
    }
  }
}

// Tax on the quarter's earnings, and what is left of them and of the cash.
REDLINE_LANES void Worlds::close_quarter(Group& group, std::size_t q) {
  for (const std::size_t firm : group.firms) {
    const double *revenue = books(firm, kRevenueOf), *cost = books(firm, kCostOf);
    const double *provisions = books(firm, kProvisionsOf), *taken = books(firm, kTakenOf);
    const double *development = books(firm, kDevelopmentOf), *rate = columns_[m_.firms[firm].tax];
    double* const gross = outcome(group, firm, FirmMeasure::kGrossProfit, q);
    double* const net = outcome(group, firm, FirmMeasure::kNet, q);
    double* const cash = books(firm, kCashOf);
    each([&](std::size_t i) {
      gross[i] = revenue[i] - cost[i] - provisions[i] - taken[i];
      const double before = gross[i] - development[i];
      const double tax = whole(before * share_of(rate[i]));
      net[i] = before - tax;
      cash[i] -= tax;
    });
  }
}

void Worlds::play_line(Group& group, std::size_t l, std::size_t q) {
  const Stirs& stirred = stirs(l, q);
  if (developed_[l] != 0) {
    develop(l, q);
  }
  if (accrued_[l] != 0) {  // in the quarter after they were accrued
    receive(l);
  }
  if (stirred.closes) {
    close_stock(group, l, q);
  }
  const bool counts = replaced_[l] != 0 || asked(l, LineMeasure::kBlocked, q);
  if (!counts && !stirred.before && !stirred.again && !stirred.builds && !stirred.writes_off) {
    return;
  }
  const double* const all = find_potential(group, l, q);
  if (stirred.builds) {
    build_stock(l, q, all);
  }
  if (stirred.writes_off) {
    write_off_stock(group, l, q);
  }
  if (counts) {
    count_blocked(group, l, q, all);
  }
  if (stirred.before) {
    sell_freely(group, l, q, all);
  }
  if (stirred.again) {
    sell_again(group, l, q, all);
  }
}

REDLINE_LANES void Worlds::count_blocked(Group& group, std::size_t l, std::size_t q,
                                         const double* potential) {
  const double *before = window(l, q, kBefore), *again = window(l, q, kAgain);
  double* const blocked = result(group, l, LineMeasure::kBlocked, q);
  each([&](std::size_t i) {
    blocked[i] = potential[i] * at_least_none(1.0 - before[i] - again[i]);
  });
}

// In the result of a line, in dollars, if anybody asks for it.
REDLINE_LANES void Worlds::note(Group& group, std::size_t l, LineMeasure measure, std::size_t q,
                                const double* cents) {
  if (asked(l, measure, q)) {
    double* const noted = result(group, l, measure, q);
    each([&](std::size_t i) { noted[i] += cents[i] / 100.0; });
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
  std::array<double, kN> on_stock, on_purchases;  // NOLINT: filled at once
  each([&](std::size_t i) {
    const bool now = (closed[i] >= quarter.first) & (closed[i] < quarter.last + 1.0);
    const double reused = now ? whole(original[i] * share_of(stock_reusable[i])) : 0.0;
    original[i] -= reused;  // at cost: nothing is written down yet
    const double left = inventory[i] - reused;
    const double kept = whole(left * share_of(realisable[i]));
    const double charge = now ? at_least_none(left - kept) : 0.0;
    inventory[i] = left - charge;
    const double firm = whole(cents_of(money_of(commitments[i])) *
                              ((1.0 - share_of(cancellable[i])) * (1.0 - share_of(reusable[i]))));
    accrued[i] = now ? firm : accrued[i];
    on_stock[i] = charge;
    on_purchases[i] = now ? firm : 0.0;
    provisions[i] += on_stock[i] + on_purchases[i];
  });
  note(group, l, LineMeasure::kInventoryCharge, q, on_stock.data());
  note(group, l, LineMeasure::kPurchaseCharge, q, on_purchases.data());
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
        (built[i] >= quarter.first) & (built[i] < quarter.last + 1.0) & (built[i] < ended[i]);
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
  std::array<double, kN> on_stock;  // NOLINT: filled at once
  each([&](std::size_t i) {
    const double at = written_off[i];
    const bool now = (at >= quarter.first) & (at < quarter.last + 1.0) & (built[i] < ended[i]);
    const double reused = now ? whole(original[i] * share_of(reusable[i])) : 0.0;
    const double moved = original[i] > 0.0 ? whole(inventory[i] * (reused / original[i])) : 0.0;
    original[i] -= reused;
    const double left = inventory[i] - std::min(inventory[i], moved);
    const double charge = now ? at_least_none(left - whole(left * share_of(realisable[i]))) : 0.0;
    inventory[i] = left - charge;
    provisions[i] += charge;
    on_stock[i] = charge;
  });
  note(group, l, LineMeasure::kInventoryCharge, q, on_stock.data());
}

// The free sale is made for what is ordered, and leaves the stock of the end as it is.
REDLINE_LANES void Worlds::sell_freely(Group& group, std::size_t l, std::size_t q,
                                       const double* potential) {
  const std::size_t firm = m_.lines[l].firm;
  const double *before = window(l, q, kBefore), *margin = of_line(l, kMargin);
  double *const revenue = books(firm, kRevenueOf), *const costs = books(firm, kCostOf);
  double* const cash = books(firm, kCashOf);
  std::array<double, kN> sold;  // NOLINT: filled at once
  each([&](std::size_t i) {
    const double price = cents_of(potential[i] * before[i]);
    const double cost = whole(price * (1.0 - margin[i]));
    revenue[i] += price;
    costs[i] += cost;
    cash[i] += price - cost;
    sold[i] = price;
  });
  note(group, l, LineMeasure::kRevenue, q, sold.data());
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
  std::array<double, kN> wanted, sold, freed;  // NOLINT: filled at once
  each([&](std::size_t i) { wanted[i] = potential[i] * again[i] * conversion[i]; });
  if (line.cap) {
    const double* const cap = columns_[*line.cap];
    each([&](std::size_t i) { wanted[i] = std::min(wanted[i], money_of(cap[i]) * again[i]); });
  }
  const double* const left = of_line(holder, kOriginal);
  const bool stocked = (line.stock_of != kNone || !line.closes.empty()) &&
                       any([&](std::size_t i) { return left[i] > 0.0; });
  if (stocked) {
    double *const original = of_line(holder, kOriginal), *const inventory =
                                                             of_line(holder, kInventory);
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
      revenue[i] += price;
      costs[i] += carried;
      takings[i] += share;
      cash[i] += price - share;
      released[i] += shipped - carried;
      sold[i] = price;
      freed[i] = shipped - carried;
    });
    note(group, l, LineMeasure::kRevenue, q, sold.data());
    note(group, l, LineMeasure::kReleased, q, freed.data());
  }
  if (!stirs(l, q).supplies) {
    return;
  }
  if (stocked) {
    each([&](std::size_t i) { wanted[i] = at_least_none(wanted[i] - sold[i] / 100.0); });
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
    sold[i] = price;
  });
  note(group, l, LineMeasure::kRevenue, q, sold.data());
}

}  // namespace redline::exposure
