#include "app/condition.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace redline::app {
namespace {

struct Token {
  enum class Kind : std::uint8_t { kEnd, kWord, kText, kRelation, kOpen, kClose } kind = Kind::kEnd;
  std::string text{};
  Extent at{};
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool ends_word(char c) {
  return is_space(c) || std::string_view("()=!<>'\"&|,;").find(c) != std::string_view::npos;
}

Result<std::vector<Token>> tokens_of(const std::string& text) {
  std::vector<Token> tokens;
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    const std::size_t begin = i;
    if (is_space(c)) {
      ++i;
      continue;
    }
    Token token;
    if (c == '(' || c == ')') {
      token.kind = c == '(' ? Token::Kind::kOpen : Token::Kind::kClose;
      ++i;
    } else if (c == '\'' || c == '"') {
      const std::size_t close = text.find(c, i + 1);
      if (close == std::string::npos) {
        return tl::unexpected(condition_error(text, {begin, text.size()}, Code::kConditionSyntax,
                                              "a quotation mark is not closed"));
      }
      token.kind = Token::Kind::kText;
      token.text = text.substr(i + 1, close - i - 1);
      i = close + 1;
    } else if (c == '=' || c == '!' || c == '<' || c == '>') {
      token.kind = Token::Kind::kRelation;
      i += i + 1 < text.size() && text[i + 1] == '=' ? 2 : 1;
      token.text = text.substr(begin, i - begin);
      if (token.text == "=") {
        token.text = "==";  // meant as such everywhere else, too
      } else if (token.text == "!") {
        return tl::unexpected(condition_error(text, {begin, i}, Code::kConditionSyntax,
                                              "'!' alone is no comparison", {"write != or not"}));
      }
    } else if (ends_word(c)) {
      return tl::unexpected(condition_error(text, {begin, begin + 1}, Code::kConditionSyntax,
                                            fmt::format("'{}' has no meaning here", c),
                                            {"join comparisons by and, or, not and parentheses"}));
    } else {
      token.kind = Token::Kind::kWord;
      while (i < text.size() && !ends_word(text[i])) {
        ++i;
      }
      token.text = text.substr(begin, i - begin);
    }
    token.at = {begin, i};
    tokens.push_back(std::move(token));
  }
  tokens.push_back({Token::Kind::kEnd, "", {text.size(), text.size() + 1}});
  return tokens;
}

std::optional<double> number_of(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

class Parser {
 public:
  Parser(const std::string& text, const std::vector<Token>& tokens) : text_(text), in_(tokens) {}

  Result<ConditionPtr> parse() {
    RL_TRY(root, any(0));
    if (peek().kind != Token::Kind::kEnd) {
      return wrong("expected and, or, or the end");
    }
    return root;
  }

 private:
  static constexpr int kDeepest = 64;

  const Token& peek() const { return in_[at_]; }
  bool is_word(std::string_view word) const {
    return peek().kind == Token::Kind::kWord && peek().text == word;
  }
  tl::unexpected<Error> wrong(std::string label) const {
    const Token& token = peek();
    const bool end = token.kind == Token::Kind::kEnd;
    return tl::unexpected(condition_error(
        text_, token.at, Code::kConditionSyntax,
        end ? "the condition ends too early"
            : fmt::format("'{}' is not expected here",
                          text_.substr(token.at.begin, token.at.end - token.at.begin)),
        {"for example: outcome==license-required and margin<5"}, std::move(label)));
  }

  Result<ConditionPtr> any(int depth) {
    return chain("or", Condition::Kind::kOr, &Parser::all, depth);
  }
  Result<ConditionPtr> all(int depth) {
    return chain("and", Condition::Kind::kAnd, &Parser::one, depth);
  }

  Result<ConditionPtr> chain(std::string_view word, Condition::Kind kind,
                             Result<ConditionPtr> (Parser::*next)(int), int depth) {
    RL_TRY(first, (this->*next)(depth));
    if (!is_word(word)) {
      return first;
    }
    auto node = std::make_shared<Condition>();
    node->kind = kind;
    node->parts.push_back(std::move(first));
    while (is_word(word)) {
      ++at_;
      RL_TRY(part, (this->*next)(depth));
      node->parts.push_back(std::move(part));
    }
    return ConditionPtr(std::move(node));
  }

  Result<ConditionPtr> one(int depth) {
    if (depth > kDeepest) {
      return wrong("nested too deep");
    }
    if (is_word("not")) {
      ++at_;
      RL_TRY(inner, one(depth + 1));
      auto node = std::make_shared<Condition>();
      node->kind = Condition::Kind::kNot;
      node->parts.push_back(std::move(inner));
      return ConditionPtr(std::move(node));
    }
    if (peek().kind == Token::Kind::kOpen) {
      ++at_;
      RL_TRY(inner, any(depth + 1));
      if (peek().kind != Token::Kind::kClose) {
        return wrong("expected )");
      }
      ++at_;
      return inner;
    }
    return test();
  }

  Result<ConditionPtr> test() {
    if (peek().kind != Token::Kind::kWord || is_word("and") || is_word("or") || is_word("has")) {
      return wrong("expected a field of the results");
    }
    auto node = std::make_shared<Condition>();
    node->field = peek().text;
    node->field_at = peek().at;
    ++at_;
    if (peek().kind == Token::Kind::kRelation || is_word("has")) {
      node->relation = peek().text;
      ++at_;
      if (peek().kind != Token::Kind::kWord && peek().kind != Token::Kind::kText) {
        return wrong("expected a value");
      }
      node->quoted = peek().kind == Token::Kind::kText;
      node->value = peek().text;
      node->value_at = peek().at;
      node->number = node->quoted ? std::nullopt : number_of(node->value);
      ++at_;
    }
    return ConditionPtr(std::move(node));
  }

  const std::string& text_;
  const std::vector<Token>& in_;
  std::size_t at_ = 0;
};

}  // namespace

Error condition_error(const std::string& text, Extent extent, Code code, std::string message,
                      std::vector<std::string> help, std::string label) {
  const auto columns = [&text](std::size_t from, std::size_t to) {
    int count = 0;
    for (std::size_t i = from; i < to && i < text.size(); ++i) {
      count += (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U ? 1 : 0;
    }
    return count;
  };
  return {code, std::move(message),
          SourceSpan{"--fail-if", 1, columns(0, extent.begin) + 1,
                     std::max(1, columns(extent.begin, extent.end)), text},
          std::move(help), std::move(label)};
}

Result<ConditionPtr> parse_condition(const std::string& text) {
  RL_TRY(tokens, tokens_of(text));
  return Parser(text, tokens).parse();
}

}  // namespace redline::app
