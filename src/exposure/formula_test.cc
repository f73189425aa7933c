// Formulas: what they come to, what they refuse, and where the fault lies.

#include "exposure/formula.h"

#include <array>
#include <cmath>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace redline::exposure {
namespace {

constexpr Dimension kUsdUnit{.usd = 1}, kSecondUnit{.second = 1};

// A few names with numbers, and one function of the world.
class SomeNames : public FormulaNames {
 public:
  SomeNames() {
    add("x", 3.0, {});
    add("half", 0.5, {});
    add("money", 5e9, {kUsdUnit});
    add("wait", 86400.0, {kSecondUnit});
    add("charge", 4.6e9, {kUsdUnit});
    add("quarter", 2e9, {kUsdUnit, Form::kFlow, Length::kQuarter});
    add("half_year", 3e9, {kUsdUnit, Form::kFlow, Length::kHalf});
    add("year", 17.108e9, {kUsdUnit, Form::kFlow, Length::kYear});
    add("orders", 16e9, {kUsdUnit, Form::kStock, Length::kQuarter});
    add("billed", 5.522e9, {kUsdUnit, Form::kFlow, Length::kQuarter, Geography::kBilling});
    add("seated", 9.659e9, {kUsdUnit, Form::kFlow, Length::kQuarter, Geography::kHeadquarters});
  }
  Result<Slot> value(std::string_view name) override {
    const auto found = slots_.find(std::string(name));
    if (found == slots_.end()) {
      return fail(Code::kUnknownReference, "there is no quantity '" + std::string(name) + "'");
    }
    return found->second;
  }
  // The sum of all arguments, which are names.
  Result<std::vector<Slot>> call(const WorldCall& call) override {
    std::vector<Slot> slots;
    for (const std::string& argument : call.arguments) {
      RL_TRY(slot, value(argument));
      slots.push_back(slot);
    }
    return slots;
  }
  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const auto& [name, slot] : slots_) {
      all.push_back(name);
    }
    return all;
  }
  const std::vector<double>& row() const { return row_; }

 private:
  void add(const std::string& name, double value, ValueKind kind) {
    slots_[name] = {static_cast<std::uint32_t>(row_.size()), kind};
    row_.push_back(value);
  }
  std::map<std::string, Slot> slots_;
  std::vector<double> row_;
};

// Of the first of alike rows.
double worked_out(const Formula& formula, const std::vector<double>& row) {
  std::vector<std::array<double, Formula::kLanes>> columns(row.size());
  std::vector<const double*> places;
  for (std::size_t slot = 0; slot < row.size(); ++slot) {
    columns[slot].fill(row[slot]);
    places.push_back(columns[slot].data());
  }
  std::array<double, Formula::kLanes> out{};
  formula.work_out(places, out.data());
  return out[0];
}

double worked(std::string_view text) {
  SomeNames names;
  const auto formula = Formula::parse(text, names);
  EXPECT_TRUE(formula) << text << '\n' << (formula ? "" : render(formula.error()));
  return formula ? worked_out(*formula, names.row()) : std::nan("");
}

ValueKind kind_of_text(std::string_view text) {
  SomeNames names;
  const auto formula = Formula::parse(text, names);
  EXPECT_TRUE(formula) << text << '\n' << (formula ? "" : render(formula.error()));
  return formula ? formula->kind() : ValueKind{};
}

Diagnostics faults(std::string_view text) {
  SomeNames names;
  auto formula = Formula::parse(text, names);
  EXPECT_FALSE(formula) << text;
  return formula ? Diagnostics{} : std::move(formula).error();
}

struct Fault {
  Code code;
  int column, length;
  friend bool operator==(const Fault&, const Fault&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Fault& fault) {
    return out << code_name(fault.code) << " at " << fault.column << " of " << fault.length;
  }
};
std::vector<Fault> places(std::string_view text) {
  std::vector<Fault> all;
  for (const Error& error : faults(text)) {
    EXPECT_TRUE(error.where.has_value()) << error.message;
    EXPECT_FALSE(error.help.empty()) << error.message;
    all.push_back({error.code, error.where ? error.where->column : -1,
                   error.where ? error.where->length : -1});
  }
  return all;
}

TEST(Formula, BindsAsWritten) {
  EXPECT_EQ(worked("1 + 2 * 3"), 7.0);
  EXPECT_EQ(worked("(1 + 2) * 3"), 9.0);
  EXPECT_EQ(worked("10 - 4 - 3"), 3.0);
  EXPECT_EQ(worked("24 / 4 / 2"), 3.0);
  EXPECT_EQ(worked("24 / 4 * 2"), 12.0);
  EXPECT_EQ(worked("2 ^ 3 ^ 2"), 512.0);
  EXPECT_EQ(worked("2 * 3 ^ 2"), 18.0);
  EXPECT_EQ(worked("-2 ^ 2"), -4.0);
  EXPECT_EQ(worked("2 ^ -1"), 0.5);
  EXPECT_EQ(worked("2 - -3"), 5.0);
  EXPECT_EQ(worked("1 + 1 < 3"), 1.0);
  EXPECT_EQ(worked("3 < 1 + 1"), 0.0);
  EXPECT_EQ(worked("  x\t*\n2 "), 6.0);
}

TEST(Formula, Compares) {
  EXPECT_EQ(worked("x < 3"), 0.0);
  EXPECT_EQ(worked("x <= 3"), 1.0);
  EXPECT_EQ(worked("x > 3"), 0.0);
  EXPECT_EQ(worked("x >= 3"), 1.0);
  EXPECT_EQ(kind_of_text("quarter < 3 GUSD"), ValueKind{});
}

TEST(Formula, HasItsFunctions) {
  EXPECT_EQ(worked("min(3, 1, 2)"), 1.0);
  EXPECT_EQ(worked("max(3, 1, 2, 5, 4, 0, -1, 2)"), 5.0);
  EXPECT_EQ(worked("clamp(5, 0, 1)"), 1.0);
  EXPECT_EQ(worked("clamp(-5, 0, 1)"), 0.0);
  EXPECT_EQ(worked("clamp(half, 0, 1)"), 0.5);
  EXPECT_EQ(worked("if(x > 2, 10, 20)"), 10.0);
  EXPECT_EQ(worked("if(x < 2, 10, 20)"), 20.0);
  EXPECT_EQ(worked("abs(1 - x)"), 2.0);
  EXPECT_EQ(worked("sqrt(x * x)"), 3.0);
  EXPECT_DOUBLE_EQ(worked("log(exp(half))"), 0.5);
}

TEST(Formula, AChoiceTakesNothingOfTheOtherBranch) {
  EXPECT_EQ(worked("if(x > 2, half, 1 / (x - x))"), 0.5);
}

TEST(Formula, NumbersMayHaveUnits) {
  EXPECT_EQ(worked("2.5 GUSD + money"), 7.5e9);
  EXPECT_EQ(worked("10 percent"), 0.1);
  EXPECT_EQ(worked("2 days / wait"), 2.0);
  EXPECT_EQ(worked("1e9 + money"), 6e9);  // takes the unit that it meets
  EXPECT_EQ(kind_of_text("1e9 + money").dimension, kUsdUnit);
  EXPECT_EQ(kind_of_text("2 * money / money"), ValueKind{});
}

TEST(Formula, UnitsThatDifferAreRefused) {
  EXPECT_EQ(places("money + wait"), (std::vector<Fault>{{Code::kWrongUnit, 0, 12}}));
  EXPECT_EQ(places("1 + (money < wait)"), (std::vector<Fault>{{Code::kWrongUnit, 5, 12}}));
  EXPECT_EQ(places("min(money, wait)"), (std::vector<Fault>{{Code::kWrongUnit, 0, 16}}));
  EXPECT_EQ(places("money + x"), (std::vector<Fault>{{Code::kWrongUnit, 0, 9}}));
  EXPECT_EQ(places("if(x > 2, money, wait)"), (std::vector<Fault>{{Code::kWrongUnit, 0, 22}}));
  EXPECT_EQ(places("clamp(money, 0, wait)"), (std::vector<Fault>{{Code::kWrongUnit, 0, 21}}));
}

TEST(Formula, PowersAndLogarithmsAreOfNumbers) {
  EXPECT_EQ(places("2 * exp(money)"), (std::vector<Fault>{{Code::kWrongUnit, 4, 10}}));
  EXPECT_EQ(places("log(wait)"), (std::vector<Fault>{{Code::kWrongUnit, 0, 9}}));
  EXPECT_EQ(places("sqrt(money)"), (std::vector<Fault>{{Code::kWrongUnit, 0, 11}}));
  EXPECT_EQ(places("money ^ 2"), (std::vector<Fault>{{Code::kWrongUnit, 0, 5}}));
  EXPECT_EQ(places("2 ^ wait"), (std::vector<Fault>{{Code::kWrongUnit, 4, 4}}));
}

TEST(Formula, ASharePerGeographyComesOutAlone) {
  EXPECT_NEAR(worked("charge / billed"), 0.833, 5e-5);
  EXPECT_NEAR(worked("charge / seated"), 0.4762, 5e-5);
  EXPECT_EQ(kind_of_text("charge / billed").geography, Geography::kBilling);
}

TEST(Formula, SharesOfTwoGeographiesAreNotCompared) {
  for (const char* const text : {"charge / billed - charge / seated", "billed - seated",
                                 "billed / seated", "max(billed, seated)", "billed < seated"}) {
    const Diagnostics errors = faults(text);
    ASSERT_EQ(errors.size(), 1U) << text;
    EXPECT_EQ(errors[0].code, Code::kGeographyClash) << text;
    EXPECT_NE(errors[0].message.find("counted by billing address"), std::string::npos) << text;
    EXPECT_NE(errors[0].message.find("counted by headquarters"), std::string::npos) << text;
  }
  EXPECT_EQ(places("charge / billed - charge / seated"),
            (std::vector<Fault>{{Code::kGeographyClash, 0, 33}}));
}

TEST(Formula, PlainDropsTheReading) {
  EXPECT_NEAR(worked("charge / plain(billed) - charge / plain(seated)"), 0.35680, 1e-4);
  EXPECT_EQ(kind_of_text("plain(billed)"), ValueKind{kUsdUnit});
  EXPECT_NEAR(worked("plain(orders) / plain(year)"), 0.935, 5e-4);
}

TEST(Formula, OrdersOfAQuarterByAYearAreRefusedForBothReasons) {
  const Diagnostics errors = faults("orders / year");
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].code, Code::kPeriodClash);
  EXPECT_EQ(errors[1].code, Code::kPeriodClash);
  EXPECT_NE(errors[0].message.find("'orders' is a stock"), std::string::npos);
  EXPECT_NE(errors[1].message.find("'orders' is of a quarter"), std::string::npos);
}

TEST(Formula, FlowsAreBroughtToOneLength) {
  EXPECT_EQ(places("quarter / year"), (std::vector<Fault>{{Code::kPeriodClash, 0, 14}}));
  EXPECT_EQ(worked("quarterly(year)"), 17.108e9 / 4.0);
  EXPECT_EQ(worked("yearly(quarter)"), 8e9);
  EXPECT_EQ(worked("yearly(half_year)"), 6e9);
  EXPECT_EQ(worked("quarterly(half_year)"), 1.5e9);
  EXPECT_EQ(worked("quarterly(quarter)"), 2e9);
  EXPECT_EQ(kind_of_text("quarterly(year)").length, Length::kQuarter);
  EXPECT_NEAR(worked("yearly(quarter) / year"), 8.0 / 17.108, 1e-12);
}

TEST(Formula, OnlyFlowsHaveALength) {
  EXPECT_EQ(places("quarterly(money)"), (std::vector<Fault>{{Code::kPeriodClash, 0, 16}}));
  EXPECT_EQ(places("yearly(orders)"), (std::vector<Fault>{{Code::kPeriodClash, 0, 14}}));
}

TEST(Formula, AFlowOverPeriodsIsAStock) {
  EXPECT_EQ(worked("total(quarter, 4)"), 8e9);
  EXPECT_EQ(kind_of_text("total(quarter, 4)"), (ValueKind{kUsdUnit, Form::kStock}));
  EXPECT_EQ(worked("orders / total(quarter, 4)"), 2.0);
}

TEST(Formula, OnlyAFlowHasATotal) {
  // As quarterly(x) and yearly(x): what is no flow comes to nothing in n of its periods.
  EXPECT_EQ(places("total(orders, 4)").size(), 1U);
  EXPECT_EQ(places("total(money, 4)").size(), 1U);
}

TEST(Formula, PeriodsAreACount) { EXPECT_EQ(places("total(quarter, wait)").size(), 1U); }

TEST(Formula, EveryNameThatIsNotThereIsTold) {
  EXPECT_EQ(places("mony + 2 * wiat"), (std::vector<Fault>{{Code::kUnknownReference, 0, 4},
                                                           {Code::kUnknownReference, 11, 4}}));
  const Diagnostics errors = faults("2 * mony");
  EXPECT_EQ(errors.front().help.front(), "did you mean 'money'?");
  EXPECT_EQ(faults("zzzzzzzz").front().help.front(),
            "define it as a [[quantity]], or correct the name");
}

TEST(Formula, AFunctionThatIsNotThereIsTold) {
  const Diagnostics errors = faults("1 + maxx(1, 2)");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].code, Code::kUnknownReference);
  EXPECT_EQ(errors[0].where->column, 4);
  EXPECT_EQ(errors[0].help.front(), "did you mean 'max'?");
}

TEST(Formula, FunctionsCountTheirArguments) {
  EXPECT_EQ(places("min(1)"), (std::vector<Fault>{{Code::kFormulaSyntax, 0, 3}}));
  EXPECT_EQ(places("x + sqrt(1, 2)"), (std::vector<Fault>{{Code::kFormulaSyntax, 4, 4}}));
  EXPECT_EQ(places("max(1,2,3,4,5,6,7,8,9)"), (std::vector<Fault>{{Code::kFormulaSyntax, 0, 3}}));
  EXPECT_EQ(faults("clamp(1, 2)").front().help.front(), "write clamp(x, low, high)");
}

TEST(Formula, SaysWhereItCannotBeRead) {
  EXPECT_EQ(places(""), (std::vector<Fault>{{Code::kFormulaSyntax, 0, 1}}));
  EXPECT_EQ(places("1 +"), (std::vector<Fault>{{Code::kFormulaSyntax, 3, 1}}));
  EXPECT_EQ(places("(1 + 2"), (std::vector<Fault>{{Code::kFormulaSyntax, 6, 1}}));
  EXPECT_EQ(places("1 + 2)"), (std::vector<Fault>{{Code::kFormulaSyntax, 5, 1}}));
  EXPECT_EQ(places("x ; 2"), (std::vector<Fault>{{Code::kFormulaSyntax, 2, 1}}));
  EXPECT_EQ(places("x + ?"), (std::vector<Fault>{{Code::kFormulaSyntax, 4, 1}}));
  EXPECT_EQ(places("1 < 2 < 3"), (std::vector<Fault>{{Code::kFormulaSyntax, 6, 1}}));
  EXPECT_EQ(places("charge(money"), (std::vector<Fault>{{Code::kFormulaSyntax, 7, 1}}));
  EXPECT_EQ(places("2 GUSDs"), (std::vector<Fault>{{Code::kWrongUnit, 2, 5}}));
  EXPECT_EQ(places("1e999"), (std::vector<Fault>{{Code::kFormulaSyntax, 0, 1}}));
  EXPECT_EQ(places("."), (std::vector<Fault>{{Code::kFormulaSyntax, 0, 1}}));
}

TEST(Formula, WorldCallsAddWhatTheyName) {
  EXPECT_EQ(worked("revenue( money , charge ) / 1 GUSD"), 9.6);
  EXPECT_EQ(places("x + net(mony)"), (std::vector<Fault>{{Code::kUnknownReference, 4, 9}}));
}

TEST(Formula, NestsSoDeepAndNoDeeper) {
  const auto nested = [](const std::string& open, const std::string& close, int n) {
    std::string text;
    for (int i = 0; i < n; ++i) {
      text += open;
    }
    text += "x";
    for (int i = 0; i < n; ++i) {
      text += close;
    }
    return text;
  };
  for (const auto& [open, close] :
       {std::pair{"(", ")"}, {"-", ""}, {"abs(", ")"}, {"max(1, ", ")"}, {"(1 + ", ")"}}) {
    EXPECT_TRUE(std::isfinite(worked(nested(open, close, 40)))) << open;
    for (const int n : {100, 100'000}) {
      const Diagnostics errors = faults(nested(open, close, n));
      ASSERT_FALSE(errors.empty()) << open;
      EXPECT_EQ(errors.front().code, Code::kFormulaSyntax) << open;
    }
  }
}

TEST(Formula, LongSumsAreNotDeep) {
  std::string text = "x";
  for (int i = 0; i < 10'000; ++i) {
    text += " + x";
  }
  EXPECT_EQ(worked(text), 30'003.0);
}

TEST(Formula, ChainsOfPowersEndToo) {
  const auto chain = [](int n) {
    std::string text = "x";
    for (int i = 0; i < n; ++i) {
      text += "^1";
    }
    return text;
  };
  EXPECT_EQ(worked(chain(40)), 3.0);
  for (const int n : {100, 1'000'000}) {
    EXPECT_EQ(faults(chain(n)).front().code, Code::kFormulaSyntax);
  }
}

TEST(Formula, ReadsEachSlotOnce) {
  SomeNames names;
  const auto formula = Formula::parse("money * x + money", names);
  ASSERT_TRUE(formula);
  EXPECT_EQ(formula->reads(), (std::vector<std::uint32_t>{0, 2}));
}

TEST(Formula, EachRowIsItsOwn) {
  SomeNames names;
  const auto formula = Formula::parse("if(x > 31, clamp(x * half, 0, 20), -x) + max(x, 1)", names);
  ASSERT_TRUE(formula);
  std::array<double, Formula::kLanes> x{}, half{}, out{};
  for (std::size_t i = 0; i < Formula::kLanes; ++i) {
    x[i] = static_cast<double>(i);
    half[i] = 0.5;
  }
  formula->work_out(std::vector<const double*>{x.data(), half.data()}, out.data());
  for (std::size_t i = 0; i < Formula::kLanes; ++i) {
    const double one = x[i];
    EXPECT_EQ(out[i], (one > 31.0 ? std::min(one / 2.0, 20.0) : -one) + std::max(one, 1.0));
  }
}

TEST(Formula, StandsForASlotOrANumber) {
  EXPECT_EQ(worked_out(Formula::of({1, {kUsdUnit}}), {1.0, 7.0}), 7.0);
  EXPECT_EQ(Formula::of({1, {kUsdUnit}}).kind().dimension, kUsdUnit);
  EXPECT_EQ(worked_out(Formula::constant(5.0), {}), 5.0);
}

// Pieces that formulas are made of, so that many of them get far.
std::string any_formula_text() {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "x", "money", "wait", "billed", "mony", "1", "2.5", "1e9", ".", "GUSD", "days", " ", " ", "+",
      "-", "*", "/", "^", "<", ">", "<=", "(", ")", "(", ")", ",", "min(", "if(", "clamp(",
      "total(", "plain(", "by(", "net(", "revenue(", "..", "\"", "\xc3\xa4", "\x01", "e", "_"));
  std::string text;
  for (const std::string& piece : pieces) {
    text += piece;
  }
  return text;
}

// What is read gives a number; what is not has places inside the text.
void read_any(const std::string& text) {
  SomeNames names;
  const auto formula = Formula::parse(text, names);
  if (formula) {
    (void)worked_out(*formula, names.row());
    return;
  }
  RC_ASSERT(!formula.error().empty());
  for (const Error& error : formula.error()) {
    RC_ASSERT(error.where.has_value());
    RC_ASSERT(error.where->column >= 0);
    RC_ASSERT(error.where->column <= static_cast<int>(text.size()));
    RC_ASSERT(error.where->length >= 1);
    RC_ASSERT(!error.message.empty());
  }
}

RC_GTEST_PROP(FormulaProperty, AnyPiecesAreReadOrRefused, ()) {
  for (int i = 0; i < 30; ++i) {
    read_any(any_formula_text());
  }
}

RC_GTEST_PROP(FormulaProperty, AnyTextIsReadOrRefused, ()) {
  for (int i = 0; i < 10; ++i) {
    read_any(*rc::gen::arbitrary<std::string>());
  }
}

RC_GTEST_PROP(FormulaProperty, SumsAndProductsAreThoseOfNumbers, ()) {
  const auto number = [] { return *rc::gen::inRange(1, 1000); };
  const int a = number(), b = number(), c = number(), d = number();
  const std::string text = std::to_string(a) + " - " + std::to_string(b) + " * " +
                           std::to_string(c) + " / " + std::to_string(d);
  RC_ASSERT(worked(text) == a - static_cast<double>(b) * c / d);
}

}  // namespace
}  // namespace redline::exposure
