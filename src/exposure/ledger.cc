#include "redline/ledger.h"

#include <algorithm>

#include <fmt/format.h>

namespace redline {
namespace {

constexpr std::chrono::days kQuarter = std::chrono::weeks{13};

}  // namespace

std::string name_of(FiscalQuarter quarter) {
  return fmt::format("FY{:02}Q{}", quarter.year % 100, quarter.quarter);
}

FiscalQuarter after(FiscalQuarter quarter, int quarters) {
  const int count = quarter.year * 4 + quarter.quarter - 1 + quarters;
  return {count / 4, count % 4 + 1};
}

Date FiscalCalendar::end_of_year(int year) const {
  return Date{std::chrono::year{year} / end_month / end_day[std::chrono::last]};
}

Date FiscalCalendar::end_of(FiscalQuarter quarter) const {
  return quarter.quarter == 4 ? end_of_year(quarter.year)
                              : end_of_year(quarter.year - 1) + quarter.quarter * kQuarter;
}

FiscalQuarter FiscalCalendar::quarter_of(Date day) const {
  int year = static_cast<int>(std::chrono::year_month_day{day}.year());
  while (day > end_of_year(year)) {
    ++year;
  }
  const auto weeks = (day - end_of_year(year - 1) - std::chrono::days{1}) / kQuarter;
  return {year, std::min(static_cast<int>(weeks), 3) + 1};
}

Cents PurchaseCommitment::loss() const {
  return firm.share((1.0 - cancellable) * (1.0 - reusable));
}

void Ledger::clear() {
  std::fill(statements_.begin(), statements_.end(), Statement{});
  balances_.fill({});
  original_ = {};
}

void Ledger::open(Cents cost) {
  RL_CHECK(cost.count >= 0);
  post<Account::kInventory, Account::kRestOfFirm>(0, cost);
  original_ += cost;
}

void Ledger::buy(std::size_t quarter, Cents cost) {
  RL_CHECK(cost.count >= 0);
  post<Account::kInventory, Account::kCash>(quarter, cost);
  original_ += cost;
}

void Ledger::reuse(std::size_t quarter, Cents original) {
  post<Account::kRestOfFirm, Account::kInventory>(quarter, carried(original));
  original_ -= original;
}

Cents Ledger::write_down(std::size_t quarter, Cents realisable) {
  const Cents charge = std::max(Cents{}, balance(Account::kInventory) - realisable);
  post<Account::kProvisions, Account::kInventory>(quarter, charge);
  return charge;
}

Cents Ledger::accrue(std::size_t quarter, std::span<const PurchaseCommitment> commitments) {
  Cents charge;
  for (const PurchaseCommitment& one : commitments) {
    charge += one.loss();
  }
  RL_CHECK(charge.count >= 0);
  post<Account::kProvisions, Account::kPurchaseAccrual>(quarter, charge);
  return charge;
}

void Ledger::receive(std::size_t quarter, Cents accrued) {
  RL_CHECK(accrued.count >= 0 && accrued <= -balance(Account::kPurchaseAccrual));
  post<Account::kPurchaseAccrual, Account::kCash>(quarter, accrued);
  original_ += accrued;
}

void Ledger::settle(std::size_t quarter, Cents accrued, Cents paid) {
  RL_CHECK(accrued.count >= 0 && paid.count >= 0 && accrued <= -balance(Account::kPurchaseAccrual));
  post<Account::kPurchaseAccrual, Account::kProvisions>(quarter, accrued);
  post<Account::kProvisions, Account::kCash>(quarter, paid);
}

void Ledger::take_price(std::size_t quarter, Cents price, const SaleTerms& terms) {
  RL_CHECK(price.count >= 0);
  post<Account::kCash, Account::kRevenue>(quarter, price);
  post<Account::kStateShare, Account::kCash>(
      quarter, price.share(terms.revenue_share + terms.duty * (1.0 - terms.duty_passed_on)));
}

void Ledger::ship(std::size_t quarter, Cents original, Cents price, const SaleTerms& terms) {
  const Cents cost = carried(original);
  take_price(quarter, price, terms);
  post<Account::kCostOfRevenue, Account::kInventory>(quarter, cost);
  original_ -= original;
  statements_[quarter].released += original - cost;
}

void Ledger::sell_through(std::size_t quarter, Cents cost, Cents price, const SaleTerms& terms) {
  RL_CHECK(cost.count >= 0);
  take_price(quarter, price, terms);
  post<Account::kCostOfRevenue, Account::kCash>(quarter, cost);
}

void Ledger::take_deposit(std::size_t quarter, Cents amount) {
  RL_CHECK(amount.count >= 0);
  post<Account::kCash, Account::kCustomerDeposits>(quarter, amount);
}

void Ledger::end_deposit(std::size_t quarter, Cents amount) {
  RL_CHECK(amount.count >= 0 && amount <= -balance(Account::kCustomerDeposits));
  post<Account::kCustomerDeposits, Account::kCash>(quarter, amount);
}

void Ledger::develop(std::size_t quarter, Cents cost) {
  RL_CHECK(cost.count >= 0);
  post<Account::kDevelopment, Account::kCash>(quarter, cost);
}

void Ledger::tax(std::size_t quarter, double rate) {
  post<Account::kTax, Account::kCash>(quarter, statements_[quarter].pre_tax().share(rate));
}

Cents Ledger::imbalance() const {
  Cents sum;
  for (const Cents one : balances_) {
    sum += one;
  }
  return sum;
}

}  // namespace redline
