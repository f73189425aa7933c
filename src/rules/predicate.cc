#include "rules/predicate.h"

#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/nearest.h"

namespace redline::rules {
namespace {

enum class TokenKind : std::uint8_t { kEnd, kNumber, kText, kWord, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view text;  // of a literal: without its quotes
  std::size_t begin = 0, end = 0;
};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Groups are written in capitals and digits: D5, A1, PART746.
bool looks_like_group(std::string_view word) {
  for (const char c : word) {
    if (!((c >= 'A' && c <= 'Z') || is_digit(c) || c == '_')) {
      return false;
    }
  }
  return !word.empty() && !is_digit(word.front());
}

class Parser {
 public:
  explicit Parser(std::string_view text) { predicate_.text = std::string(text); }

  tl::expected<Predicate, PredicateError> parse() {
    // Longer than any rule; also keeps offsets within 16 bits.
    constexpr std::size_t kLongest = 8192;
    if (predicate_.text.size() > kLongest) {
      fail_at(Code::kPredicateSyntax, "the predicate is too long", 0, 1);
      return tl::unexpected(std::move(*error_));
    }
    next();
    const int root = parse_or(0);
    if (!error_ && token_.kind != TokenKind::kEnd) {
      fail_here(Code::kPredicateSyntax, "expected 'and', 'or' or the end here");
    }
    if (!error_ && root != predicate_.root()) {
      // Parsing builds children before parents, so the root is always last.
      fail_here(Code::kPredicateSyntax, "expected a condition");
    }
    if (error_) {
      return tl::unexpected(std::move(*error_));
    }
    return std::move(predicate_);
  }

 private:
  static constexpr int kDeepest = 200;

  void fail_at(Code code, std::string message, std::size_t begin, std::size_t length,
               std::vector<std::string> help = {}) {
    if (!error_) {
      error_ = PredicateError{{code, std::move(message), std::nullopt, std::move(help), {}},
                              begin,
                              std::max<std::size_t>(1, length)};
    }
  }
  void fail_here(Code code, std::string message, std::vector<std::string> help = {}) {
    fail_at(code, std::move(message), token_.begin, token_.end - token_.begin, std::move(help));
  }

  void next() {
    const std::string_view text = predicate_.text;
    last_end_ = token_.end;
    std::size_t i = token_.end;
    while (i < text.size() &&
           (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r')) {
      ++i;
    }
    token_ = {TokenKind::kEnd, {}, i, i};
    if (i == text.size()) {
      return;
    }
    const char c = text[i];
    if (c == '\'') {
      const std::size_t close = text.find('\'', i + 1);
      if (close == std::string_view::npos) {
        token_.end = text.size();
        fail_at(Code::kPredicateSyntax, "this text has no closing quote", i, text.size() - i);
        return;
      }
      token_ = {TokenKind::kText, text.substr(i + 1, close - i - 1), i, close + 1};
    } else if (is_digit(c) || (c == '.' && i + 1 < text.size() && is_digit(text[i + 1]))) {
      double ignored = 0.0;
      const auto [end, code] = std::from_chars(text.data() + i, text.data() + text.size(), ignored);
      const auto stop = static_cast<std::size_t>(end - text.data());
      token_ = {TokenKind::kNumber, text.substr(i, stop - i), i, stop};
      if (code != std::errc{} || !std::isfinite(ignored)) {
        fail_here(Code::kPredicateSyntax, "this is not a usable number");
      }
    } else if (is_word(c)) {
      std::size_t end = i;
      while (end < text.size() && is_word(text[end])) {
        ++end;
      }
      token_ = {TokenKind::kWord, text.substr(i, end - i), i, end};
    } else {
      const std::string_view two = text.substr(i, 2);
      const bool pair = two == "==" || two == "!=" || two == "<=" || two == ">=";
      token_ = {TokenKind::kSymbol, text.substr(i, pair ? 2 : 1), i, i + (pair ? 2 : 1)};
      if (!pair && std::string_view("<>+-*/()[],").find(c) == std::string_view::npos) {
        fail_here(Code::kPredicateSyntax, fmt::format("'{}' has no meaning here", token_.text),
                  c == '"'   ? std::vector<std::string>{"texts take single quotes: 'CN'"}
                  : c == '=' ? std::vector<std::string>{"equality is written =="}
                             : std::vector<std::string>{});
      }
    }
  }

  bool is_symbol(std::string_view s) const {
    return token_.kind == TokenKind::kSymbol && token_.text == s;
  }
  bool is_keyword(std::string_view s) const {
    return token_.kind == TokenKind::kWord && token_.text == s;
  }
  bool accept_symbol(std::string_view s) {
    if (!is_symbol(s)) {
      return false;
    }
    next();
    return true;
  }

  int add(Node node, std::size_t begin) {
    node.begin = static_cast<std::uint16_t>(begin);
    node.end = static_cast<std::uint16_t>(last_end_);
    predicate_.nodes.push_back(node);
    return predicate_.root();
  }
  int add_literal(std::string_view text) {
    predicate_.literals.emplace_back(text);
    return static_cast<int>(predicate_.literals.size()) - 1;
  }

  int parse_or(int depth) {
    const std::size_t begin = token_.begin;
    int left = parse_and(depth);
    while (!error_ && is_keyword("or")) {
      next();
      const int right = parse_and(depth);
      left = add({.op = Op::kOr, .a = left, .b = right}, begin);
    }
    return left;
  }

  int parse_and(int depth) {
    const std::size_t begin = token_.begin;
    int left = parse_not(depth);
    while (!error_ && is_keyword("and")) {
      next();
      const int right = parse_not(depth);
      left = add({.op = Op::kAnd, .a = left, .b = right}, begin);
    }
    return left;
  }

  int parse_not(int depth) {
    if (depth > kDeepest) {
      fail_here(Code::kPredicateSyntax, "nested too deeply");
    }
    if (error_) {
      return -1;
    }
    const std::size_t begin = token_.begin;
    if (is_keyword("not")) {
      next();
      const int inner = parse_not(depth + 1);
      return error_ ? -1 : add({.op = Op::kNot, .a = inner}, begin);
    }
    // A parenthesis opens a condition or a sum; the condition is tried first and the attempt is
    // undone if a comparison follows.
    if (is_symbol("(") && !parenthesis_is_arithmetic()) {
      next();
      const int inner = parse_or(depth + 1);
      if (!error_ && !accept_symbol(")")) {
        fail_here(Code::kPredicateSyntax, "expected ')' here");
      }
      return inner;
    }
    return parse_comparison(depth);
  }

  // Looks ahead to the matching parenthesis: arithmetic if an operator or comparison follows it.
  bool parenthesis_is_arithmetic() const {
    const std::string_view text = predicate_.text;
    int level = 0;
    bool quoted = false;
    for (std::size_t i = token_.begin; i < text.size(); ++i) {
      if (text[i] == '\'') {
        quoted = !quoted;
      }
      if (quoted) {
        continue;
      }
      level += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
      if (level == 0) {
        const std::size_t after = text.find_first_not_of(" \t\r\n", i + 1);
        return after != std::string_view::npos &&
               std::string_view("<>=!+-*/").find(text[after]) != std::string_view::npos;
      }
    }
    return false;
  }

  int parse_comparison(int depth) {
    const std::size_t begin = token_.begin;
    const NameInfo* name = nullptr;
    if (token_.kind == TokenKind::kWord) {
      name = find_name(token_.text);
      if (name == nullptr) {
        return unknown_name();
      }
    }
    if (name != nullptr && name->kind != NameKind::kNumber) {
      next();
      return parse_named(*name, begin);
    }
    const int left = parse_sum(depth);
    const auto compare = take_compare();
    if (error_) {
      return -1;
    }
    if (!compare) {
      fail_here(Code::kPredicateSyntax, "expected a comparison such as >= here");
      return -1;
    }
    const int right = parse_sum(depth);
    if (error_) {
      return -1;
    }
    // "4800 <= tpp" is kept as "tpp >= 4800", the form in which limits are looked for.
    if (predicate_.nodes[static_cast<std::size_t>(left)].op == Op::kNumber) {
      return add({.op = Op::kCompareNumber, .compare = mirrored(*compare), .a = right, .b = left},
                 begin);
    }
    return add({.op = Op::kCompareNumber, .compare = *compare, .a = left, .b = right}, begin);
  }

  static Compare mirrored(Compare compare) {
    switch (compare) {
      case Compare::kLt:
        return Compare::kGt;
      case Compare::kLe:
        return Compare::kGe;
      case Compare::kGt:
        return Compare::kLt;
      case Compare::kGe:
        return Compare::kLe;
      case Compare::kEq:
      case Compare::kNe:
        break;
    }
    return compare;
  }

  int unknown_name() {
    std::vector<std::string_view> names;
    for (const NameInfo& info : kNames) {
      names.push_back(info.name);
    }
    std::vector<std::string> help;
    const auto near = nearest_names(token_.text, names);
    if (!near.empty()) {
      help.push_back(fmt::format("did you mean '{}'?", near.front()));
    }
    help.emplace_back("`redline data schema predicate` lists the names");
    fail_here(Code::kPredicateName, fmt::format("'{}' is not a quantity", token_.text),
              std::move(help));
    return -1;
  }

  std::optional<Compare> take_compare() {
    static constexpr std::pair<std::string_view, Compare> kSymbols[] = {
        {"==", Compare::kEq}, {"!=", Compare::kNe}, {"<=", Compare::kLe},
        {">=", Compare::kGe}, {"<", Compare::kLt},  {">", Compare::kGt}};
    for (const auto& [text, compare] : kSymbols) {
      if (is_symbol(text)) {
        next();
        return compare;
      }
    }
    return std::nullopt;
  }

  // A boolean alone, a text or place compared or looked up, a date compared.
  int parse_named(const NameInfo& name, std::size_t begin) {
    const auto index = static_cast<std::uint8_t>(&name - kNames.data());
    if (name.kind == NameKind::kBoolean) {
      return add({.op = Op::kBoolean, .name = index}, begin);
    }
    const bool negated_in = is_keyword("not");
    if (negated_in) {
      next();
    }
    if (is_keyword("in")) {
      next();
      return parse_membership(name, index, negated_in, begin);
    }
    if (negated_in) {
      fail_here(Code::kPredicateSyntax, "expected 'in' after 'not' here");
      return -1;
    }
    const auto compare = take_compare();
    if (!compare) {
      fail_here(Code::kPredicateSyntax, fmt::format("expected ==, != or in after '{}'", name.name));
      return -1;
    }
    if (token_.kind != TokenKind::kText) {
      fail_here(Code::kPredicateType, fmt::format("'{}' is compared with a text", name.name),
                {name.kind == NameKind::kDate ? "write a date in quotes: date >= '2023-01-17'"
                                              : "write a text in quotes: dest == 'CN'"});
      return -1;
    }
    if (name.kind == NameKind::kDate) {
      return parse_date_comparison(index, *compare, begin);
    }
    if (*compare != Compare::kEq && *compare != Compare::kNe) {
      fail_here(Code::kPredicateType, "texts and places have no order; use == or !=");
      return -1;
    }
    const int first = add_literal(token_.text);
    next();
    return add({.op = Op::kTextIn,
                .negated = *compare == Compare::kNe,
                .name = index,
                .a = first,
                .b = first + 1},
               begin);
  }

  int parse_date_comparison(std::uint8_t index, Compare compare, std::size_t begin) {
    auto date = parse_date(token_.text);
    if (!date) {
      fail_here(Code::kBadDate, date.error().message, date.error().help);
      return -1;
    }
    next();
    return add({.op = Op::kCompareDate,
                .compare = compare,
                .name = index,
                .number = static_cast<double>(date->time_since_epoch().count())},
               begin);
  }

  int parse_membership(const NameInfo& name, std::uint8_t index, bool negated, std::size_t begin) {
    if (name.kind == NameKind::kDate) {
      fail_here(Code::kPredicateType, "a date cannot be looked up in a list; compare it");
      return -1;
    }
    if (token_.kind == TokenKind::kWord) {
      if (!looks_like_group(token_.text) || name.kind != NameKind::kPlace) {
        fail_here(
            Code::kPredicateType,
            fmt::format("'{}' is looked up in a list or, if it is a place, in a group", name.name),
            {"write a list as ['CN', 'HK'], a group as D5"});
        return -1;
      }
      const int group = add_literal(token_.text);
      next();
      return add({.op = Op::kInGroup, .negated = negated, .name = index, .a = group}, begin);
    }
    if (!accept_symbol("[")) {
      fail_here(Code::kPredicateSyntax, "expected a list such as ['CN', 'HK'] here");
      return -1;
    }
    const int first = static_cast<int>(predicate_.literals.size());
    while (!error_ && !is_symbol("]")) {
      if (token_.kind != TokenKind::kText) {
        fail_here(Code::kPredicateSyntax, "expected a text in quotes here");
        return -1;
      }
      add_literal(token_.text);
      next();
      if (!is_symbol("]") && !accept_symbol(",")) {
        fail_here(Code::kPredicateSyntax, "expected ',' or ']' here");
        return -1;
      }
    }
    next();
    const int last = static_cast<int>(predicate_.literals.size());
    return error_
               ? -1
               : add({.op = Op::kTextIn, .negated = negated, .name = index, .a = first, .b = last},
                     begin);
  }

  int parse_sum(int depth) {
    const std::size_t begin = token_.begin;
    int left = parse_product(depth);
    while (!error_ && (is_symbol("+") || is_symbol("-"))) {
      const Op op = is_symbol("+") ? Op::kAdd : Op::kSub;
      next();
      const int right = parse_product(depth);
      left = add({.op = op, .a = left, .b = right}, begin);
    }
    return left;
  }

  int parse_product(int depth) {
    const std::size_t begin = token_.begin;
    int left = parse_operand(depth);
    while (!error_ && (is_symbol("*") || is_symbol("/"))) {
      const Op op = is_symbol("*") ? Op::kMul : Op::kDiv;
      next();
      const int right = parse_operand(depth);
      left = add({.op = op, .a = left, .b = right}, begin);
    }
    return left;
  }

  int parse_operand(int depth) {
    if (depth > kDeepest) {
      fail_here(Code::kPredicateSyntax, "nested too deeply");
    }
    if (error_) {
      return -1;
    }
    const std::size_t begin = token_.begin;
    if (token_.kind == TokenKind::kNumber) {
      double value = 0.0;
      std::from_chars(token_.text.data(), token_.text.data() + token_.text.size(), value);
      next();
      return add({.op = Op::kNumber, .number = value}, begin);
    }
    if (token_.kind == TokenKind::kWord) {
      const NameInfo* name = find_name(token_.text);
      if (name == nullptr) {
        return unknown_name();
      }
      if (name->kind != NameKind::kNumber) {
        fail_here(Code::kPredicateType, fmt::format("'{}' is not a number", name->name));
        return -1;
      }
      next();
      return add({.op = Op::kNumberName, .name = static_cast<std::uint8_t>(name - kNames.data())},
                 begin);
    }
    if (accept_symbol("(")) {
      const int inner = parse_sum(depth + 1);
      if (!error_ && !accept_symbol(")")) {
        fail_here(Code::kPredicateSyntax, "expected ')' here");
      }
      return inner;
    }
    fail_here(Code::kPredicateSyntax, token_.kind == TokenKind::kEnd
                                          ? "the predicate ends too early"
                                          : "expected a number or a quantity here");
    return -1;
  }

  Predicate predicate_;
  Token token_;
  std::size_t last_end_ = 0;
  std::optional<PredicateError> error_;
};

}  // namespace

std::string_view symbol(Compare compare) {
  switch (compare) {
    case Compare::kEq:
      return "==";
    case Compare::kNe:
      return "!=";
    case Compare::kLt:
      return "<";
    case Compare::kLe:
      return "<=";
    case Compare::kGt:
      return ">";
    case Compare::kGe:
      return ">=";
  }
  return "?";
}

tl::expected<Predicate, PredicateError> parse_predicate(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace redline::rules
