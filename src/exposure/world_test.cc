// Worlds against the books that they stand for: redline::Ledger, posting by posting.

#include "exposure/world.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "redline/ledger.h"
#include "redline/random.h"

namespace redline::exposure {
namespace {

// A stock whose sale was closed on 2025-04-09, and the sale under licenses from it.
struct Case {
  double stock, stock_reusable, realisable, commitments, cancellable, reusable;
  double free_demand, demand, margin, price, conversion, share, duty, passed_on, supply, tax;
};

Case random_case(std::uint64_t n) {
  std::uint64_t k = 0;
  const auto u = [&] { return uniform(7, n, k++); };
  const auto share = [&] {
    const double x = u();
    return x < 0.15 ? 0.0 : x > 0.85 ? 1.0 : x;  // ends are the cases that go wrong
  };
  return {5e9 * u(),   share(),   share(),       5e9 * u(),  share(), share(),
          7e9 * u(),   7e9 * u(), share(),       0.2 + u(),  share(), share() / 4,
          share() / 4, share(),   3e9 * share(), share() / 2};
}

Model model_of(const Case& c) {
  const std::string text = fmt::format(
      R"(id = "t"
title = "T"
as_of = 2025-04-21
quarters = 5
[[firm]]
id = "f"
title = "F"
year_ends = 1
tax = {}
[[event]]
id = "control"
what = "c"
happened = 2025-04-09
[[event]]
id = "license"
what = "l"
happened = 2025-04-20
[[line]]
id = "base"
what = "b"
demand = "{} USD"
margin = {}
closes = ["control"]
stock = "{} USD"
stock_reusable = {}
realisable = {}
commitments = "{} USD"
cancellable = {}
reusable = {}
[[line]]
id = "licensed"
what = "l"
demand = "{} USD"
margin = {}
price = {}
conversion = {}
opens = ["license"]
stock_of = "base"
share = {}
duty = {}
passed_on = {}
supply = "{} USD"
[[option]]
id = "o"
title = "O"
lines = ["base", "licensed"]
)",
      c.tax, c.free_demand, c.margin, c.stock, c.stock_reusable, c.realisable, c.commitments,
      c.cancellable, c.reusable, c.demand, c.margin, c.price, c.conversion, c.share, c.duty,
      c.passed_on, c.supply);
  auto model = read_model("t.toml", text, {});
  EXPECT_TRUE(model) << render(model.error());
  return std::move(*model);
}

// What the same case is on a ledger.
class Books {
 public:
  Books(const Case& c, const Model& model)
      : c_(c), quarters_(model.firms.front().quarters), ledger(quarters_.size()) {
    ledger.open(Cents::of_usd(c.stock));
    for (std::size_t q = 0; q < quarters_.size(); ++q) {
      quarter(q);
    }
  }

  const Case& c_;
  const std::vector<Quarter>& quarters_;
  Ledger ledger;
  Cents charged, accrued;

 private:
  // Part of a quarter from a day on.
  [[nodiscard]] double from(std::size_t q, double day) const {
    const double begin = quarters_[q].first, end = quarters_[q].last + 1.0;
    return std::max(0.0, end - std::max(begin, day)) / (end - begin);
  }
  void quarter(std::size_t q) {
    const double control = day_number(make_date(2025, 4, 9));
    if (q == 0) {
      ledger.reuse(q, ledger.original_cost().share(c_.stock_reusable));
      charged =
          ledger.write_down(q, ledger.balance(redline::Account::kInventory).share(c_.realisable));
      const PurchaseCommitment firm{Cents::of_usd(c_.commitments), c_.cancellable, c_.reusable};
      accrued = ledger.accrue(q, std::span(&firm, 1));
      const Cents price = Cents::of_usd(c_.free_demand * (1.0 - from(q, control)));
      ledger.sell_through(q, price.share(1.0 - c_.margin), price);
    } else if (q == 1) {
      ledger.receive(q, accrued);
    }
    const double again = from(q, std::max(day_number(make_date(2025, 4, 21)), control));
    sell(q, c_.demand * again * c_.conversion, again);
    ledger.tax(q, c_.tax);
  }
  void sell(std::size_t q, double wanted, double open) {
    const SaleTerms terms{c_.share, c_.duty, c_.passed_on};
    const double cost = (1.0 - c_.margin) / c_.price;
    if (cost > 0.0 && ledger.original_cost().count > 0) {
      const double most = ledger.original_cost().usd() / cost;
      const Cents original = wanted >= most
                                 ? ledger.original_cost()
                                 : std::min(ledger.original_cost(), Cents::of_usd(wanted * cost));
      const Cents price = Cents::of_usd(std::min(wanted, most));
      ledger.ship(q, original, price, terms);
      wanted = std::max(0.0, wanted - price.usd());
    }
    wanted = std::min(wanted, c_.supply * open);
    ledger.sell_through(q, Cents::of_usd(wanted * cost), Cents::of_usd(wanted), terms);
  }
};

TEST(Worlds, BooksAreThoseOfTheLedger) {
  std::size_t charges = 0, releases = 0;
  for (std::uint64_t n = 0; n < 400; ++n) {
    const Case c = random_case(n);
    const Model model = model_of(c);
    Worlds worlds(model);
    worlds.draw({}, 1);
    worlds.play(0);
    const Books books(c, model);
    EXPECT_EQ(books.ledger.imbalance().count, 0);
    for (std::size_t q = 0; q < model.quarters; ++q) {
      const Statement& s = books.ledger.statement(q);
      const auto cents = [&](FirmMeasure measure) { return worlds.cents(0, measure, q)[0]; };
      const auto expect = [&](FirmMeasure measure, Cents amount) {
        EXPECT_EQ(cents(measure), static_cast<double>(amount.count))
            << "case " << n << ", quarter " << q;
      };
      expect(FirmMeasure::kRevenue, s.revenue);
      expect(FirmMeasure::kCharge, s.provisions);
      expect(FirmMeasure::kGrossProfit, s.gross_profit());
      expect(FirmMeasure::kNet, s.net());
      expect(FirmMeasure::kCash, s.cash);
      expect(FirmMeasure::kReleased, s.released);
      charges += s.provisions.count > 0 ? 1 : 0;
      releases += s.released.count > 0 ? 1 : 0;
    }
    EXPECT_DOUBLE_EQ(worlds.usd(0, LineMeasure::kInventoryCharge, 0, 0), books.charged.usd());
    EXPECT_DOUBLE_EQ(worlds.usd(0, LineMeasure::kPurchaseCharge, 0, 0), books.accrued.usd());
  }
  EXPECT_GT(charges, 300U);
  EXPECT_GT(releases, 300U);
}

TEST(Worlds, ReleaseNoMoreThanWasCharged) {
  for (std::uint64_t n = 0; n < 100; ++n) {
    const Model model = model_of(random_case(n));
    Worlds worlds(model);
    worlds.draw({}, 1);
    worlds.play(0);
    double charged = 0.0, released = 0.0;
    for (std::size_t q = 0; q < model.quarters; ++q) {
      charged += worlds.cents(0, FirmMeasure::kCharge, q)[0];
      released += worlds.cents(0, FirmMeasure::kReleased, q)[0];
    }
    EXPECT_LE(released, charged);
  }
}

}  // namespace
}  // namespace redline::exposure
