#pragma once
// Books of one product line under US GAAP, to the cent: stock at the lower of cost and net
// realisable value (ASC 330-10-35-1B), losses on firm purchase commitments (35-17), releases on
// sale, tax and earnings.

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "redline/date.h"
#include "redline/error.h"

namespace redline {

// A whole number of US cents, so that books balance exactly.
struct Cents {
  std::int64_t count = 0;

  [[nodiscard]] static Cents of_usd(double usd) { return rounded(usd * 100.0); }
  [[nodiscard]] double usd() const { return static_cast<double>(count) / 100.0; }
  [[nodiscard]] Cents share(double part) const {
    return rounded(static_cast<double>(count) * part);
  }

  friend constexpr Cents operator+(Cents a, Cents b) { return {a.count + b.count}; }
  friend constexpr Cents operator-(Cents a, Cents b) { return {a.count - b.count}; }
  friend constexpr Cents operator-(Cents a) { return {-a.count}; }
  constexpr Cents& operator+=(Cents b) { return *this = *this + b; }
  constexpr Cents& operator-=(Cents b) { return *this = *this - b; }
  friend constexpr auto operator<=>(Cents, Cents) = default;

 private:
  // To the nearest, halves to even. Adding 1.5 x 2^52 leaves the whole number in the last bits of
  // the sum, without a call; amounts beyond 22 trillion dollars take the long way.
  [[nodiscard]] static Cents rounded(double cents) {
    constexpr double kShift = 0x1.8p52, kMost = 0x1p51;
    if (!(std::fabs(cents) < kMost)) {
      return {std::llrint(cents)};
    }
    return {std::bit_cast<std::int64_t>(cents + kShift) - std::bit_cast<std::int64_t>(kShift)};
  }
};

// Fiscal years of 52 or 53 weeks that end on the last such day of a month; three quarters of 13
// weeks and the rest. A year is called by the calendar year in which it ends.
struct FiscalQuarter {
  int year = 0;
  int quarter = 1;  // 1 to 4

  friend constexpr auto operator<=>(const FiscalQuarter&, const FiscalQuarter&) = default;
};
[[nodiscard]] std::string name_of(FiscalQuarter quarter);  // "FY26Q1"

struct FiscalCalendar {
  std::chrono::month end_month = std::chrono::January;
  std::chrono::weekday end_day = std::chrono::Sunday;

  [[nodiscard]] Date end_of_year(int year) const;
  [[nodiscard]] Date end_of(FiscalQuarter quarter) const;  // its last day
  [[nodiscard]] FiscalQuarter quarter_of(Date day) const;
};
[[nodiscard]] FiscalQuarter after(FiscalQuarter quarter, int quarters = 1);

// A promise to buy: what of it may be cancelled, and what of the rest goes into other products.
struct PurchaseCommitment {
  Cents firm;
  double cancellable = 0.0, reusable = 0.0;  // shares in [0, 1]

  // The loss to recognise now (ASC 330-10-35-17): nobody will buy what it brings.
  [[nodiscard]] Cents loss() const;
};

// What a state takes of a sale, and what of a duty the customer bears.
struct SaleTerms {
  double revenue_share = 0.0, duty = 0.0, duty_passed_on = 0.0;  // shares in [0, 1]
};

// One quarter of the line. `provisions` are charges less what settling gave back.
struct Statement {
  Cents revenue, cost_of_revenue, provisions, state_share, development, tax;
  Cents released;  // inside cost_of_revenue: what was sold of stock written down before
  Cents cash;      // change of cash

  [[nodiscard]] Cents gross_profit() const {
    return revenue - cost_of_revenue - provisions - state_share;
  }
  [[nodiscard]] Cents pre_tax() const { return gross_profit() - development; }
  [[nodiscard]] Cents net() const { return pre_tax() - tax; }
};

enum class Account : std::uint8_t {
  kCash,
  kInventory,
  kCustomerDeposits,
  kPurchaseAccrual,
  kRevenue,
  kCostOfRevenue,
  kProvisions,
  kStateShare,
  kDevelopment,
  kTax,
  kRestOfFirm,
};
inline constexpr std::size_t kAccounts = 11;

// Every posting debits one account and credits another. Quarters are counted from 0; amounts are
// not negative. Calls that ask for more than there is are errors of the caller.
class Ledger {
 public:
  explicit Ledger(std::size_t quarters) : statements_(quarters) {}

  // Forgets everything; keeps its memory.
  void clear();
  // Stock that was there before the first quarter.
  void open(Cents cost);
  void buy(std::size_t quarter, Cents cost);
  // Stock bought for `original` goes into other products of the firm at the value it stands at.
  void reuse(std::size_t quarter, Cents original);
  // The charge: what the stock stands at above its net realisable value. The new value is the cost
  // from then on; it is never written up (SAB Topic 5.BB).
  Cents write_down(std::size_t quarter, Cents realisable);
  // The charge: the sum of the losses.
  Cents accrue(std::size_t quarter, std::span<const PurchaseCommitment> commitments);
  // Goods of commitments that were accrued are paid for and come in; as stock they are worth
  // nothing and part of the reserve.
  void receive(std::size_t quarter, Cents accrued);
  // Ends commitments that `accrued` was set aside for by paying `paid`: the rest is released, or
  // what was missing is a further charge.
  void settle(std::size_t quarter, Cents accrued, Cents paid);
  // Sells stock that was bought for `original`; revenue on transfer of control (ASC 606).
  void ship(std::size_t quarter, Cents original, Cents price, const SaleTerms& terms = {});
  // Sells what is bought for it, beside whatever stock there is.
  void sell_through(std::size_t quarter, Cents cost, Cents price, const SaleTerms& terms = {});
  // Money for goods that are not transferred: a liability. It ends where it is given back, and
  // where the goods ship, since `ship` posts their whole price as cash.
  void take_deposit(std::size_t quarter, Cents amount);
  void end_deposit(std::size_t quarter, Cents amount);
  void develop(std::size_t quarter, Cents cost);
  // Tax on the quarter's earnings; a loss lowers that of the rest of the firm. Once a quarter.
  void tax(std::size_t quarter, double rate);

  [[nodiscard]] const Statement& statement(std::size_t quarter) const {
    return statements_[quarter];
  }
  [[nodiscard]] Cents balance(Account account) const {
    return balances_[static_cast<std::size_t>(account)];
  }
  // What the stock was bought for, before anything was written down.
  [[nodiscard]] Cents original_cost() const { return original_; }
  // What was written down of stock that is still there: the most that sales can release.
  [[nodiscard]] Cents reserve() const { return original_ - balance(Account::kInventory); }
  // Debits less credits of all accounts: 0, always.
  [[nodiscard]] Cents imbalance() const;

 private:
  template <Account kOne>
  void add(Statement& s, Cents change) {
    balances_[static_cast<std::size_t>(kOne)] += change;
    if constexpr (kOne == Account::kCash) {
      s.cash += change;
    } else if constexpr (kOne == Account::kRevenue) {
      s.revenue -= change;
    } else if constexpr (kOne == Account::kCostOfRevenue) {
      s.cost_of_revenue += change;
    } else if constexpr (kOne == Account::kProvisions) {
      s.provisions += change;
    } else if constexpr (kOne == Account::kStateShare) {
      s.state_share += change;
    } else if constexpr (kOne == Account::kDevelopment) {
      s.development += change;
    } else if constexpr (kOne == Account::kTax) {
      s.tax += change;
    }
  }
  template <Account kDebit, Account kCredit>
  void post(std::size_t quarter, Cents amount) {
    RL_CHECK(quarter < statements_.size());
    add<kDebit>(statements_[quarter], amount);
    add<kCredit>(statements_[quarter], -amount);
  }
  void take_price(std::size_t quarter, Cents price, const SaleTerms& terms);
  // What stock that was bought for `original` stands at; the last piece takes what rounding left.
  [[nodiscard]] Cents carried(Cents original) const {
    RL_CHECK(original.count >= 0 && original <= original_);
    const Cents stock = balance(Account::kInventory);
    return original == original_
               ? stock
               : std::min(
                     stock,
                     stock.share(static_cast<double>(original.count) /
                                 static_cast<double>(std::max<std::int64_t>(1, original_.count))));
  }

  std::vector<Statement> statements_;
  std::array<Cents, kAccounts> balances_{};  // debits less credits
  Cents original_;
};

}  // namespace redline
