// The books: what NVIDIA and AMD reported, calendars that differ by a quarter, and balance.

#include "redline/ledger.h"

#include <array>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "redline/error.h"

namespace redline {
namespace {

constexpr double kBillion = 1e9;

Cents billions(double usd) { return Cents::of_usd(usd * kBillion); }

const FiscalCalendar kNvidia{};
const FiscalCalendar kAmd{std::chrono::December, std::chrono::Saturday};

TEST(FiscalCalendar, EndsItsQuartersWhereTheFilingsDo) {
  const std::pair<FiscalQuarter, Date> nvidia[] = {
      {{2024, 1}, make_date(2023, 4, 30)},  {{2024, 4}, make_date(2024, 1, 28)},
      {{2025, 3}, make_date(2024, 10, 27)}, {{2025, 4}, make_date(2025, 1, 26)},
      {{2026, 1}, make_date(2025, 4, 27)},  {{2026, 2}, make_date(2025, 7, 27)},
      {{2026, 4}, make_date(2026, 1, 25)},  {{2027, 2}, make_date(2026, 7, 26)},
      {{2027, 4}, make_date(2027, 1, 31)},  // a year of 53 weeks
  };
  for (const auto& [quarter, end] : nvidia) {
    EXPECT_EQ(kNvidia.end_of(quarter), end) << name_of(quarter);
  }
  EXPECT_EQ(kAmd.end_of({2025, 1}), make_date(2025, 3, 29));
  EXPECT_EQ(kAmd.end_of({2025, 2}), make_date(2025, 6, 28));
}

TEST(FiscalCalendar, OneEventStandsInTwoQuarters) {
  const Date told = make_date(2025, 4, 9);
  EXPECT_EQ(name_of(kNvidia.quarter_of(told)), "FY26Q1");
  EXPECT_EQ(name_of(kAmd.quarter_of(told)), "FY25Q2");
  EXPECT_EQ(name_of(after({2026, 4})), "FY27Q1");
  EXPECT_EQ(after({2026, 1}, -1), (FiscalQuarter{2025, 4}));
}

RC_GTEST_PROP(FiscalCalendarProperty, EveryDayStandsInItsQuarter, ()) {
  const FiscalCalendar calendar{
      std::chrono::month{static_cast<unsigned>(*rc::gen::inRange(1, 13))},
      std::chrono::weekday{static_cast<unsigned>(*rc::gen::inRange(0, 7))}};
  const Date day = make_date(2000, 1, 1) + std::chrono::days{*rc::gen::inRange(0, 20000)};
  const FiscalQuarter quarter = calendar.quarter_of(day);
  RC_ASSERT(day <= calendar.end_of(quarter));
  RC_ASSERT(day > calendar.end_of(after(quarter, -1)));
}

TEST(Ledger, TheH20OfTheFirstQuarter) {
  Ledger ledger(2);
  ledger.buy(0, billions(2.55));
  // 0.65 billion could be sold elsewhere; of 3.6 billion promised, 1.0 went into other products.
  EXPECT_EQ(ledger.write_down(0, billions(0.65)), billions(1.9));
  EXPECT_EQ(ledger.accrue(0, std::array{PurchaseCommitment{billions(2.6), 0.0, 0.0},
                                        PurchaseCommitment{billions(1.0), 0.0, 1.0}}),
            billions(2.6));
  const Statement& first = ledger.statement(0);
  EXPECT_EQ(first.provisions, billions(4.5));
  // Points of gross margin: reported 71.3 without the charge and 61.0 with it.
  EXPECT_NEAR(100.0 * first.provisions.usd() / 44.062e9, 10.21, 0.005);
  ledger.tax(0, 0.18);
  // 0.96 less 0.81 a share, of 24.61 billion shares.
  EXPECT_NEAR(-first.net().usd() / 24.61e9, 0.15, 0.0005);

  // Sold outside China: the stock was bought for 0.83 billion and stood at 0.65.
  const Cents before = ledger.reserve();
  ledger.ship(1, ledger.original_cost(), billions(0.65));
  EXPECT_EQ(ledger.statement(1).revenue, billions(0.65));
  EXPECT_EQ(ledger.statement(1).released, before);
  EXPECT_EQ(ledger.statement(1).gross_profit(), Cents{});
  EXPECT_EQ(ledger.reserve(), Cents{});
  EXPECT_EQ(ledger.imbalance(), Cents{});
}

TEST(Ledger, PointsOfMarginOfARelease) {
  // 0.18 of 46.743 billion: reported 72.7 with and 72.3 without.
  EXPECT_NEAR(100.0 * billions(0.18).usd() / 46.743e9, 0.385, 0.0005);
  EXPECT_NEAR(100.0 * billions(0.8).usd() / 7.685e9, 10.4, 0.05);
}

TEST(Ledger, StockIsNeverWrittenUp) {
  Ledger ledger(1);
  ledger.buy(0, Cents{1000});
  EXPECT_EQ(ledger.write_down(0, Cents{400}), Cents{600});
  EXPECT_EQ(ledger.write_down(0, Cents{900}), Cents{});
  EXPECT_EQ(ledger.balance(Account::kInventory), Cents{400});
  EXPECT_EQ(ledger.write_down(0, Cents{100}), Cents{300});  // charged again
  EXPECT_EQ(ledger.reserve(), Cents{900});
}

TEST(Ledger, SettlingReleasesTheRestOrChargesWhatWasMissing) {
  Ledger ledger(2);
  ledger.accrue(0, std::array{PurchaseCommitment{Cents{1000}, 0.25, 0.2}});
  EXPECT_EQ(-ledger.balance(Account::kPurchaseAccrual), Cents{600});
  ledger.settle(1, Cents{400}, Cents{300});
  EXPECT_EQ(ledger.statement(1).provisions, Cents{-100});
  ledger.settle(1, Cents{200}, Cents{350});
  EXPECT_EQ(ledger.statement(1).provisions, Cents{50});
  EXPECT_EQ(ledger.balance(Account::kPurchaseAccrual), Cents{});
  EXPECT_EQ(ledger.balance(Account::kCash), Cents{-650});
}

TEST(Ledger, OrdersAndDepositsAreNotRevenue) {
  Ledger ledger(2);
  ledger.take_deposit(0, Cents{500});
  EXPECT_EQ(ledger.statement(0).revenue, Cents{});
  EXPECT_EQ(ledger.statement(0).cash, Cents{500});
  ledger.buy(1, Cents{300});
  ledger.ship(1, Cents{300}, Cents{400});
  ledger.end_deposit(1, Cents{400});
  ledger.end_deposit(1, Cents{100});
  EXPECT_EQ(ledger.statement(1).revenue, Cents{400});
  EXPECT_EQ(ledger.balance(Account::kCash), Cents{100});
  EXPECT_EQ(ledger.balance(Account::kCustomerDeposits), Cents{});
}

TEST(Ledger, AStateTakesItsShareAndADutyThatIsNotPassedOn) {
  Ledger ledger(1);
  ledger.buy(0, Cents{500});
  ledger.ship(0, Cents{500}, Cents{1000},
              {.revenue_share = 0.15, .duty = 0.25, .duty_passed_on = 0.4});
  EXPECT_EQ(ledger.statement(0).state_share, Cents{300});
  EXPECT_EQ(ledger.statement(0).gross_profit(), Cents{200});
}

RC_GTEST_PROP(LedgerProperty, BalancesToTheCentAndReleasesAtMostWhatWasWrittenDown, ()) {
  constexpr int kQuarters = 4;
  Ledger ledger(kQuarters);
  Cents written, released;
  const int steps = *rc::gen::inRange(1, 40);
  for (int step = 0; step < steps; ++step) {
    const auto quarter = static_cast<std::size_t>(*rc::gen::inRange(0, kQuarters));
    const auto most = [](Cents there) {
      return Cents{*rc::gen::inRange<std::int64_t>(0, there.count + 1)};
    };
    const Cents some = most(Cents{1'000'000'000'00});
    const double part = *rc::gen::inRange(0, 101) / 100.0;
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
        ledger.buy(quarter, some);
        break;
      case 1:
        written += ledger.write_down(quarter, some);
        break;
      case 2:
        ledger.accrue(quarter, std::array{PurchaseCommitment{some, part, part / 2.0}});
        break;
      case 3:
        ledger.settle(quarter, most(-ledger.balance(Account::kPurchaseAccrual)), some);
        break;
      case 4:
        ledger.ship(quarter, most(ledger.original_cost()), some, {part / 2.0, part / 2.0, part});
        break;
      case 5:
        ledger.take_deposit(quarter, some);
        break;
      case 6:
        ledger.end_deposit(quarter, most(-ledger.balance(Account::kCustomerDeposits)));
        break;
      case 7:
        ledger.develop(quarter, some);
        break;
      default:
        ledger.tax(quarter, part);
        break;
    }
    RC_ASSERT(ledger.imbalance() == Cents{});
    RC_ASSERT(ledger.balance(Account::kInventory) >= Cents{});
    RC_ASSERT(ledger.reserve() >= Cents{});
  }
  Cents cash, earned;
  for (std::size_t q = 0; q < kQuarters; ++q) {
    const Statement& s = ledger.statement(q);
    released += s.released;
    cash += s.cash;
    earned += s.net();
  }
  RC_ASSERT(released + ledger.reserve() == written);
  RC_ASSERT(cash == ledger.balance(Account::kCash));
  // What was earned is what is there.
  RC_ASSERT(earned == ledger.balance(Account::kCash) + ledger.balance(Account::kInventory) +
                          ledger.balance(Account::kCustomerDeposits) +
                          ledger.balance(Account::kPurchaseAccrual));
}

}  // namespace
}  // namespace redline
