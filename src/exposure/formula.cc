#include "exposure/formula.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "redline/quantity.h"

#include "base/characters.h"
#include "base/nearest.h"
#include "exposure/lanes.h"

namespace redline::exposure {
namespace {

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool goes_on_name(char c) { return begins_name(c) || (c >= '0' && c <= '9') || c == '.'; }
bool is_decimal(char c) { return c >= '0' && c <= '9'; }

constexpr auto kWorldCalls = std::to_array<std::string_view>(
    {"by", "days", "revenue", "blocked", "released", "charge", "inventory_charge",
     "purchase_charge", "gross_profit", "net", "cash"});

}  // namespace

class FormulaReader {
 public:
  FormulaReader(std::string_view text, FormulaNames& names) : text_(text), names_(names) {}

  Loaded<Formula> read() {
    const auto side = comparison();
    skip_blanks();
    if (side && at_ < text_.size()) {
      wrong(at_, 1, fmt::format("'{}' stands behind the end", text_.substr(at_)),
            "an operator is missing before it, or a bracket");
    }
    if (!errors_.empty() || !side) {
      return tl::unexpected(std::move(errors_));
    }
    formula_.kind_ = side->kind;
    return std::move(formula_);
  }

 private:
  using Op = Formula::Op;
  struct Part : Side {
    std::size_t begin = 0;
  };
  using Read = std::optional<Part>;

  void wrong(std::size_t at, std::size_t length, std::string message, std::string help,
             Code code = Code::kFormulaSyntax) {
    SourceSpan span;
    span.column = static_cast<int>(at);
    span.length = static_cast<int>(std::max<std::size_t>(1, length));
    errors_.push_back({code, std::move(message), std::move(span), {std::move(help)}, {}});
  }

  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool take(std::string_view token) {
    skip_blanks();
    if (!text_.substr(at_).starts_with(token)) {
      return false;
    }
    at_ += token.size();
    return true;
  }

  void emit(Op op, std::uint32_t slot = 0, double value = 0.0) {
    formula_.steps_.push_back({op, slot, value});
  }
  void push(Op op, std::uint32_t slot, double value, std::size_t at) {
    emit(op, slot, value);
    if (++depth_ == Formula::kDeepest) {
      wrong(at, 1, "the formula is nested too deeply", "give a part of it a name of its own");
    }
  }

  Part joined(const Part& a, const Part& b, Merged merged, Op op) {
    const std::size_t end = at_;
    for (Error& clash : merged.clashes) {
      SourceSpan span;
      span.column = static_cast<int>(a.begin);
      span.length = static_cast<int>(std::max<std::size_t>(1, end - a.begin));
      clash.where = std::move(span);
      errors_.push_back(std::move(clash));
    }
    emit(op);
    --depth_;
    Part part;
    part.name = std::string(text_.substr(a.begin, end - a.begin));
    part.kind = merged.kind;
    part.bare = a.bare && b.bare;
    part.begin = a.begin;
    return part;
  }

  Read comparison() {
    Read left = sum();
    if (!left) {
      return left;
    }
    for (const auto& [token, op] : {std::pair{std::string_view("<="), Op::kAtMost},
                                    {std::string_view(">="), Op::kAtLeast},
                                    {std::string_view("<"), Op::kLess},
                                    {std::string_view(">"), Op::kMore}}) {
      if (take(token)) {
        Read right = sum();
        if (!right) {
          return right;
        }
        Part part = joined(*left, *right, added(*left, *right), op);
        part.kind = {};
        part.bare = false;
        return part;
      }
    }
    return left;
  }

  Read sum() {
    Read left = product();
    while (left) {
      const Op op = take("+") ? Op::kAdd : take("-") ? Op::kSubtract : Op::kConstant;
      if (op == Op::kConstant) {
        break;
      }
      Read right = product();
      if (!right) {
        return right;
      }
      left = joined(*left, *right, added(*left, *right), op);
    }
    return left;
  }

  Read product() {
    Read left = factor();
    while (left) {
      const Op op = take("*") ? Op::kMultiply : take("/") ? Op::kDivide : Op::kConstant;
      if (op == Op::kConstant) {
        break;
      }
      Read right = factor();
      if (!right) {
        return right;
      }
      left = joined(*left, *right,
                    op == Op::kMultiply ? multiplied(*left, *right) : divided(*left, *right), op);
    }
    return left;
  }

  Read factor() {
    skip_blanks();
    const std::size_t begin = at_;
    if (take("-")) {
      if (++nested_ > kNested) {
        return too_deep(begin);
      }
      Read part = factor();
      --nested_;
      if (part) {
        emit(Op::kNegate);
        part->begin = begin;
      }
      return part;
    }
    Read base = primary();
    if (base && take("^")) {
      if (++nested_ > kNested) {
        return too_deep(begin);
      }
      Read exponent = factor();
      --nested_;
      if (!exponent) {
        return exponent;
      }
      for (const Part* const one : {&*base, &*exponent}) {
        if (one->kind.dimension != Dimension{}) {
          wrong(one->begin, one->name.size(), fmt::format("'{}' has a unit", one->name),
                "powers are of numbers without a unit", Code::kWrongUnit);
        }
      }
      base = joined(*base, *exponent, {base->kind}, Op::kPower);
    }
    return base;
  }

  Read too_deep(std::size_t at) {
    wrong(at, 1, "the formula is nested too deeply", "give a part of it a name of its own");
    return std::nullopt;
  }

  Read primary() {
    skip_blanks();
    const std::size_t begin = at_;
    if (at_ == text_.size()) {
      wrong(at_, 1, "a number or a name is missing here", "such as 0.3, or the id of a quantity");
      return std::nullopt;
    }
    if (take("(")) {
      if (++nested_ > kNested) {
        return too_deep(begin);
      }
      Read part = comparison();
      --nested_;
      if (part && !take(")")) {
        wrong(at_, 1, "')' is missing",
              fmt::format("the bracket opened at character {}", begin + 1));
        return std::nullopt;
      }
      if (part) {
        part->begin = begin;
      }
      return part;
    }
    if (is_decimal(text_[at_]) || text_[at_] == '.') {
      return literal();
    }
    if (begins_name(text_[at_])) {
      return named();
    }
    wrong(at_, 1, fmt::format("'{}' is no part of a formula", text_.substr(at_, 1)),
          "formulas have numbers, names, + - * / ^ < > and brackets");
    return std::nullopt;
  }

  // "0.3", "2.5 GUSD", "10 percent".
  Read literal() {
    const std::size_t begin = at_;
    double value = 0.0;
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) {
      wrong(begin, 1, "this number cannot be read", "write it as 0.3 or 1e9");
      return std::nullopt;
    }
    at_ = static_cast<std::size_t>(end - text_.data());
    Part part;
    part.begin = begin;
    part.bare = true;
    const std::size_t behind = at_;
    skip_blanks();
    if (at_ < text_.size() && begins_name(text_[at_])) {
      const std::size_t unit_begin = at_;
      while (at_ < text_.size() && (goes_on_name(text_[at_]) || text_[at_] == '/')) {
        ++at_;
      }
      const auto measure = parse_measure(fmt::format("{} {}", text_.substr(begin, behind - begin),
                                                     text_.substr(unit_begin, at_ - unit_begin)));
      if (!measure) {
        const Error& problem = measure.error();
        wrong(unit_begin, at_ - unit_begin, problem.message,
              problem.help.empty() ? "a number may be followed by its unit" : problem.help.front(),
              problem.code);
        return std::nullopt;
      }
      value = measure->base;
      part.kind.dimension = measure->dimension;
      part.bare = false;
    } else {
      at_ = behind;
    }
    part.name = std::string(text_.substr(begin, at_ - begin));
    push(Op::kConstant, 0, value, begin);
    return part;
  }

  std::string word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && goes_on_name(text_[at_])) {
      ++at_;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }

  Read named() {
    const std::size_t begin = at_;
    const std::string name = word();
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '(') {
      return function(name, begin);
    }
    Part part;
    part.name = name;
    part.begin = begin;
    const auto slot = names_.value(name);
    if (!slot) {
      unknown(slot.error(), begin, name);
      push(Op::kConstant, 0, 0.0, begin);
      part.bare = true;
      return part;  // the rest is read on
    }
    part.kind = slot->kind;
    push(Op::kLoad, slot->index, 0.0, begin);
    return part;
  }

  void unknown(const Error& error, std::size_t begin, const std::string& name) {
    if (error.message.empty()) {
      return;  // told before
    }
    std::string help =
        error.help.empty()
            ? did_you_mean(name, names_.names(), "define it as a [[quantity]], or correct the name")
            : error.help.front();
    wrong(begin, name.size(), error.message, std::move(help), error.code);
  }

  Read function(const std::string& name, std::size_t begin) {
    if (std::find(kWorldCalls.begin(), kWorldCalls.end(), name) != kWorldCalls.end()) {
      return world_call(name, begin);
    }
    take("(");
    if (++nested_ > kNested) {
      return too_deep(begin);
    }
    std::vector<Part> parts;
    do {
      Read one = comparison();
      if (!one) {
        return one;
      }
      parts.push_back(*one);
    } while (take(","));
    --nested_;
    if (!take(")")) {
      wrong(at_, 1, "')' is missing", fmt::format("the brackets of {} opened before", name));
      return std::nullopt;
    }
    return applied(name, begin, parts);
  }

  Read applied(const std::string& name, std::size_t begin, std::vector<Part>& parts) {
    struct Function {
      std::string_view name;
      std::size_t least, most;
      std::string_view usage;
    };
    static constexpr auto kFunctions = std::to_array<Function>({
        {"min", 2, 8, "min(a, b)"},
        {"max", 2, 8, "max(a, b)"},
        {"exp", 1, 1, "exp(x)"},
        {"log", 1, 1, "log(x)"},
        {"sqrt", 1, 1, "sqrt(x)"},
        {"abs", 1, 1, "abs(x)"},
        {"clamp", 3, 3, "clamp(x, low, high)"},
        {"if", 3, 3, "if(condition, then, otherwise)"},
        {"quarterly", 1, 1, "quarterly(flow)"},
        {"yearly", 1, 1, "yearly(flow)"},
        {"total", 2, 2, "total(flow, periods)"},
        {"plain", 1, 1, "plain(x)"},
    });
    const auto found = std::find_if(kFunctions.begin(), kFunctions.end(),
                                    [&](const Function& one) { return one.name == name; });
    if (found == kFunctions.end()) {
      std::vector<std::string_view> names{kWorldCalls.begin(), kWorldCalls.end()};
      for (const Function& one : kFunctions) {
        names.push_back(one.name);
      }
      wrong(begin, name.size(), fmt::format("there is no function '{}'", name),
            did_you_mean(name, names, fmt::format("functions: {}", fmt::join(names, ", "))),
            Code::kUnknownReference);
      return std::nullopt;
    }
    if (parts.size() < found->least || parts.size() > found->most) {
      wrong(begin, name.size(), fmt::format("{} has {} arguments", name, parts.size()),
            fmt::format("write {}", found->usage));
      return std::nullopt;
    }
    Part part = parts.front();
    part.begin = begin;
    const auto join = [&](std::size_t first, Op op) {  // parts from `first` on are of one kind
      for (std::size_t i = first; i < parts.size(); ++i) {
        Merged merged = added(part, parts[i]);
        for (Error& clash : merged.clashes) {
          wrong(begin, at_ - begin, clash.message, clash.help.front(), clash.code);
        }
        part.bare = part.bare && parts[i].bare;
        part.kind = merged.kind;
        if (op != Op::kConstant) {
          emit(op);
          --depth_;
        }
      }
    };
    const auto plain_number = [&] {
      if (part.kind.dimension != Dimension{}) {
        wrong(begin, at_ - begin, fmt::format("'{}' has a unit", part.name),
              fmt::format("{} is of numbers without a unit", name), Code::kWrongUnit);
        part.kind = {};
        part.bare = true;
      }
    };
    if (name == "min" || name == "max") {
      join(1, name == "min" ? Op::kMin : Op::kMax);
    } else if (name == "clamp") {
      join(1, Op::kConstant);
      emit(Op::kClamp);
      depth_ -= 2;
    } else if (name == "if") {
      part = parts[1];
      part.begin = begin;
      join(2, Op::kConstant);
      emit(Op::kIf);
      depth_ -= 2;
    } else if (name == "exp" || name == "log" || name == "sqrt") {
      plain_number();
      emit(name == "exp" ? Op::kExp : name == "log" ? Op::kLog : Op::kSqrt);
    } else if (name == "abs") {
      emit(Op::kAbs);
    } else if (name == "total") {
      if (part.kind.form != Form::kFlow || parts[1].kind.dimension != Dimension{}) {
        wrong(begin, at_ - begin, fmt::format("total takes a flow and a number of its periods"),
              "such as total(revenue_a_quarter, 3)",
              part.kind.form != Form::kFlow ? Code::kPeriodClash : Code::kWrongUnit);
      }
      joined(parts[0], parts[1], multiplied(parts[0], parts[1]), Op::kMultiply);
      part.kind.form = Form::kStock;
      part.kind.length = Length::kNone;
    } else if (name == "plain") {
      part.kind = {part.kind.dimension};
    } else {
      to_length(part, name == "yearly" ? Length::kYear : Length::kQuarter, begin);
    }
    part.name = std::string(text_.substr(begin, at_ - begin));
    return part;
  }

  void to_length(Part& part, Length length, std::size_t begin) {
    const auto quarters = [](Length one) {
      return one == Length::kYear ? 4.0 : one == Length::kHalf ? 2.0 : 1.0;
    };
    if (part.kind.form != Form::kFlow || part.kind.length == Length::kNone) {
      wrong(begin, at_ - begin, fmt::format("'{}' is no flow over a period", part.name),
            "quarterly(x) and yearly(x) take flows", Code::kPeriodClash);
      return;
    }
    push(Op::kConstant, 0, quarters(length) / quarters(part.kind.length), begin);
    emit(Op::kMultiply);
    --depth_;
    part.kind.length = length;
  }

  Read world_call(const std::string& name, std::size_t begin) {
    take("(");
    WorldCall call{name, {}};
    const std::size_t inside = at_;
    const std::size_t end = text_.find(')', at_);
    if (end == std::string_view::npos) {
      wrong(inside, 1, "')' is missing", fmt::format("the brackets of {} opened before", name));
      return std::nullopt;
    }
    std::size_t from = inside;
    while (from <= end) {
      const std::size_t comma = std::min(text_.find(',', from), end);
      std::string_view argument = text_.substr(from, comma - from);
      while (!argument.empty() && argument.front() == ' ') {
        argument.remove_prefix(1);
      }
      while (!argument.empty() && argument.back() == ' ') {
        argument.remove_suffix(1);
      }
      call.arguments.emplace_back(argument);
      from = comma + 1;
    }
    at_ = end + 1;
    Part part;
    part.begin = begin;
    part.name = std::string(text_.substr(begin, at_ - begin));
    const auto slots = names_.call(call);
    if (!slots) {
      unknown(slots.error(), begin, part.name);
      push(Op::kConstant, 0, 0.0, begin);
      part.bare = true;
      return part;
    }
    push(Op::kConstant, 0, 0.0, begin);
    for (const Slot& slot : *slots) {
      push(slot.cents ? Op::kLoadCents : Op::kLoad, slot.index, 0.0, begin);
      emit(Op::kAdd);
      --depth_;
      part.kind = slot.kind;
    }
    return part;
  }

  static constexpr int kNested = 48;

  std::string_view text_;
  FormulaNames& names_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  int nested_ = 0;
  Formula formula_;
  Diagnostics errors_;
};

Loaded<Formula> Formula::parse(std::string_view text, FormulaNames& names) {
  return FormulaReader(text, names).read();
}

Formula Formula::of(Slot slot) {
  Formula formula;
  formula.steps_ = {{Op::kLoad, slot.index, 0.0}};
  formula.kind_ = slot.kind;
  return formula;
}

Formula Formula::constant(double value, ValueKind kind) {
  Formula formula;
  formula.steps_ = {{Op::kConstant, 0, value}};
  formula.kind_ = kind;
  return formula;
}

REDLINE_LANES void Formula::work_out(std::span<const double* const> columns, double* out) const {
  // Columns that wait, and room for those that are made. Most formulas are a few operations deep.
  std::array<const double*, kDeepest + 1> waiting;            // NOLINT: written before read
  std::array<std::array<double, kLanes>, kDeepest + 1> made;  // NOLINT: likewise
  std::size_t n = 0;
  const auto one = [&](auto f) {
    const double* const a = waiting[n - 1];
    double* const to = made[n - 1].data();
    REDLINE_INDEPENDENT
    for (std::size_t i = 0; i < kLanes; ++i) {
      to[i] = f(a[i]);
    }
    waiting[n - 1] = to;
  };
  const auto two = [&](auto f) {
    --n;
    const double *const a = waiting[n - 1], *const b = waiting[n];
    double* const to = made[n - 1].data();
    REDLINE_INDEPENDENT
    for (std::size_t i = 0; i < kLanes; ++i) {
      to[i] = f(a[i], b[i]);
    }
    waiting[n - 1] = to;
  };
  const auto three = [&](auto f) {
    n -= 2;
    const double *const a = waiting[n - 1], *const b = waiting[n], *const c = waiting[n + 1];
    double* const to = made[n - 1].data();
    REDLINE_INDEPENDENT
    for (std::size_t i = 0; i < kLanes; ++i) {
      to[i] = f(a[i], b[i], c[i]);
    }
    waiting[n - 1] = to;
  };
  for (const Step& step : steps_) {
    switch (step.op) {
      case Op::kConstant:
        made[n].fill(step.value);
        waiting[n] = made[n].data();
        ++n;
        break;
      case Op::kLoad:
        waiting[n++] = columns[step.slot];
        break;
      case Op::kLoadCents:
        waiting[n++] = columns[step.slot];
        one([](double a) { return a / 100.0; });
        break;
      case Op::kAdd:
        two([](double a, double b) { return a + b; });
        break;
      case Op::kSubtract:
        two([](double a, double b) { return a - b; });
        break;
      case Op::kMultiply:
        two([](double a, double b) { return a * b; });
        break;
      case Op::kDivide:
        two([](double a, double b) { return a / b; });
        break;
      case Op::kPower:
        two([](double a, double b) { return std::pow(a, b); });
        break;
      case Op::kNegate:
        one([](double a) { return -a; });
        break;
      case Op::kMin:
        two([](double a, double b) { return std::min(a, b); });
        break;
      case Op::kMax:
        two([](double a, double b) { return std::max(a, b); });
        break;
      case Op::kExp:
        one([](double a) { return std::exp(a); });
        break;
      case Op::kLog:
        one([](double a) { return std::log(a); });
        break;
      case Op::kSqrt:
        one([](double a) { return std::sqrt(a); });
        break;
      case Op::kAbs:
        one([](double a) { return std::fabs(a); });
        break;
      case Op::kLess:
        two([](double a, double b) { return a < b ? 1.0 : 0.0; });
        break;
      case Op::kAtMost:
        two([](double a, double b) { return a <= b ? 1.0 : 0.0; });
        break;
      case Op::kMore:
        two([](double a, double b) { return a > b ? 1.0 : 0.0; });
        break;
      case Op::kAtLeast:
        two([](double a, double b) { return a >= b ? 1.0 : 0.0; });
        break;
      case Op::kIf:
        three([](double a, double b, double c) { return a != 0.0 ? b : c; });
        break;
      case Op::kClamp:
        three([](double a, double b, double c) { return std::min(std::max(a, b), c); });
        break;
    }
  }
  std::copy_n(waiting[0], kLanes, out);
}

std::vector<std::uint32_t> Formula::reads() const {
  std::vector<std::uint32_t> slots;
  for (const Step& step : steps_) {
    if (step.op == Op::kLoad || step.op == Op::kLoadCents) {
      slots.push_back(step.slot);
    }
  }
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  return slots;
}

}  // namespace redline::exposure
