#include "app/fail_if.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/nearest.h"

namespace redline::app {

// A place in the text: from and to, in bytes.
struct Extent {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct FailIf::Node {
  enum class Kind : std::uint8_t { kOr, kAnd, kNot, kTest } kind = Kind::kTest;
  std::vector<std::shared_ptr<const Node>> parts{};  // of or, and, not
  // A test: a field alone, or with a relation ("has" is one) and a value.
  std::string field{};
  Extent field_at{};
  std::string relation{};
  std::string value{};
  std::optional<double> number{};
  bool quoted = false;
  Extent value_at{};
};

namespace {

using Node = FailIf::Node;
using NodePtr = std::shared_ptr<const Node>;

Error error_at(const std::string& text, Extent extent, Code code, std::string message,
               std::vector<std::string> help = {}, std::string label = {}) {
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
        return tl::unexpected(error_at(text, {begin, text.size()}, Code::kConditionSyntax,
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
        return tl::unexpected(error_at(text, {begin, i}, Code::kConditionSyntax,
                                       "'!' alone is no comparison", {"write != or not"}));
      }
    } else if (ends_word(c)) {
      return tl::unexpected(error_at(text, {begin, begin + 1}, Code::kConditionSyntax,
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

  Result<NodePtr> parse() {
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
    return tl::unexpected(
        error_at(text_, token.at, Code::kConditionSyntax,
                 end ? "the condition ends too early"
                     : fmt::format("'{}' is not expected here",
                                   text_.substr(token.at.begin, token.at.end - token.at.begin)),
                 {"for example: outcome==license-required and margin<5"}, std::move(label)));
  }

  Result<NodePtr> any(int depth) { return chain("or", Node::Kind::kOr, &Parser::all, depth); }
  Result<NodePtr> all(int depth) { return chain("and", Node::Kind::kAnd, &Parser::one, depth); }

  Result<NodePtr> chain(std::string_view word, Node::Kind kind,
                        Result<NodePtr> (Parser::*next)(int), int depth) {
    RL_TRY(first, (this->*next)(depth));
    if (!is_word(word)) {
      return first;
    }
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->parts.push_back(std::move(first));
    while (is_word(word)) {
      ++at_;
      RL_TRY(part, (this->*next)(depth));
      node->parts.push_back(std::move(part));
    }
    return NodePtr(std::move(node));
  }

  Result<NodePtr> one(int depth) {
    if (depth > kDeepest) {
      return wrong("nested too deep");
    }
    if (is_word("not")) {
      ++at_;
      RL_TRY(inner, one(depth + 1));
      auto node = std::make_shared<Node>();
      node->kind = Node::Kind::kNot;
      node->parts.push_back(std::move(inner));
      return NodePtr(std::move(node));
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

  Result<NodePtr> test() {
    if (peek().kind != Token::Kind::kWord || is_word("and") || is_word("or") || is_word("has")) {
      return wrong("expected a field of the results");
    }
    auto node = std::make_shared<Node>();
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
    return NodePtr(std::move(node));
  }

  const std::string& text_;
  const std::vector<Token>& in_;
  std::size_t at_ = 0;
};

// What a field of a result is: nothing, one value, or what a list holds.
struct Found {
  bool exists = false;
  bool list = false;
  std::vector<const Json*> values{};
};

void collect(const Json& json, std::string_view path, Found& found) {
  if (json.is_array()) {
    found.list = true;
    for (const Json& item : json) {
      collect(item, path, found);
    }
    return;
  }
  if (path.empty()) {
    found.exists = true;
    found.values.push_back(&json);
    return;
  }
  if (json.is_null()) {
    found.exists = true;  // of an object that is not there nothing is known
    found.values.push_back(&json);
    return;
  }
  const std::size_t dot = path.find('.');
  const std::string_view name = path.substr(0, dot);
  const auto member = json.is_object() ? json.find(std::string(name)) : json.end();
  if (json.is_object() && member != json.end()) {
    found.exists = true;
    collect(*member, dot == std::string_view::npos ? "" : path.substr(dot + 1), found);
  }
}

// "margin" is how far the nearest change that flips the answer is, in percent.
struct Derived {
  std::string_view name;
  std::string_view from;
};
constexpr Derived kMargin{"margin", "nearest_flip.change_percent"};

void add_fields(const Json& json, const std::string& prefix, std::set<std::string>& names) {
  if (json.is_array()) {
    for (const Json& item : json) {
      if (item.is_object()) {
        add_fields(item, prefix, names);
      }
    }
  } else if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      const std::string name = prefix.empty() ? key : prefix + "." + key;
      names.insert(name);
      add_fields(value, name, names);
      if (name == "nearest_flip") {
        names.emplace(kMargin.name);
      }
    }
  }
}

class Evaluator {
 public:
  Evaluator(const std::string& text, const Json& result) : text_(text), result_(result) {}

  Result<Tri> value(const Node& node) const {
    switch (node.kind) {
      case Node::Kind::kOr:
      case Node::Kind::kAnd: {
        const bool any = node.kind == Node::Kind::kOr;
        Tri all = any ? Tri::kNo : Tri::kYes;
        for (const NodePtr& part : node.parts) {
          // Every part is looked at, so that a mistake in one is found on the first day.
          RL_TRY(one, value(*part));
          all = any ? (all || one) : (all && one);
        }
        return all;
      }
      case Node::Kind::kNot: {
        RL_TRY(inner, value(*node.parts.front()));
        return !inner;
      }
      case Node::Kind::kTest:
        break;
    }
    return test(node);
  }

 private:
  tl::unexpected<Error> mismatch(const Node& node, std::string message,
                                 std::vector<std::string> help) const {
    return tl::unexpected(error_at(text_, node.relation.empty() ? node.field_at : node.value_at,
                                   Code::kConditionSyntax, std::move(message), std::move(help)));
  }

  Result<Tri> test(const Node& node) const {
    const bool derived = node.field == kMargin.name && !result_.contains(node.field);
    const std::string_view path = derived ? kMargin.from : std::string_view(node.field);
    Found found;
    collect(result_, path, found);
    if (!found.exists && !found.list) {
      return Tri::kUnknown;  // another result may have it
    }
    if (node.relation == "has") {
      return has(node, found);
    }
    if (found.list) {
      return mismatch(
          node, fmt::format("'{}' is a list", node.field),
          {fmt::format("write {} has {}", node.field, node.value.empty() ? "VALUE" : node.value)});
    }
    const Json& field = *found.values.front();
    if (field.is_null()) {
      return Tri::kUnknown;
    }
    if (field.is_object()) {
      return mismatch(node, fmt::format("'{}' is an object", node.field),
                      {fmt::format("name a field of it, such as {}.{}", node.field,
                                   field.empty() ? "name" : field.begin().key())});
    }
    if (node.relation.empty()) {
      if (!field.is_boolean()) {
        return mismatch(node, fmt::format("'{}' is not true or false", node.field),
                        {fmt::format("compare it with a value: {} == VALUE", node.field)});
      }
      return to_tri(field.get<bool>());
    }
    if (derived) {
      return compare(node, std::abs(field.get<double>()));
    }
    return compare(node, field);
  }

  Result<Tri> has(const Node& node, const Found& found) const {
    if (!found.list) {
      if (found.values.size() == 1 && found.values.front()->is_null()) {
        return Tri::kUnknown;
      }
      return mismatch(node, fmt::format("'{}' is not a list", node.field),
                      {fmt::format("write {} == {}", node.field, node.value)});
    }
    Tri any = Tri::kNo;
    for (const Json* value : found.values) {
      any = any || equal(node, *value);
    }
    return any;
  }

  static Tri equal(const Node& node, const Json& value) {
    if (value.is_null()) {
      return Tri::kUnknown;
    }
    if (value.is_number() && node.number) {
      return to_tri(value.get<double>() == *node.number);
    }
    if (value.is_boolean() && !node.quoted) {
      return to_tri(node.value == (value.get<bool>() ? "true" : "false"));
    }
    return to_tri(value.is_string() &&
                  to_lower(value.get_ref<const std::string&>()) == to_lower(node.value));
  }

  static bool holds(std::string_view relation, int order) {
    return relation == "=="   ? order == 0
           : relation == "!=" ? order != 0
           : relation == "<"  ? order < 0
           : relation == "<=" ? order <= 0
           : relation == ">"  ? order > 0
                              : order >= 0;
  }

  Result<Tri> compare(const Node& node, const Json& field) const {
    if (field.is_number()) {
      if (!node.number) {
        return mismatch(node, fmt::format("'{}' is a number, '{}' is not", node.field, node.value),
                        {"write a number without a unit"});
      }
      const double number = field.get<double>();
      return to_tri(holds(node.relation, number < *node.number ? -1 : number > *node.number));
    }
    const bool orders = node.relation != "==" && node.relation != "!=";
    if (field.is_boolean()) {
      if (orders || node.quoted || (node.value != "true" && node.value != "false")) {
        return mismatch(node, fmt::format("'{}' is true or false", node.field),
                        {fmt::format("write {} or not {}", node.field, node.field)});
      }
      return to_tri(holds(node.relation, field.get<bool>() == (node.value == "true") ? 0 : 1));
    }
    const std::string text = to_lower(field.get_ref<const std::string&>());
    if (orders && node.number) {
      return mismatch(node, fmt::format("'{}' is a text, {} a number", node.field, node.value),
                      {"dates are written 2025-04-16"});
    }
    return to_tri(holds(node.relation, text.compare(to_lower(node.value))));
  }

  const std::string& text_;
  const Json& result_;
};

void tests_of(const Node& node, std::vector<const Node*>& tests) {
  if (node.kind == Node::Kind::kTest) {
    tests.push_back(&node);
  }
  for (const NodePtr& part : node.parts) {
    tests_of(*part, tests);
  }
}

}  // namespace

Result<FailIf> FailIf::parse(std::string_view text) {
  constexpr std::size_t kLongest = 4096;
  FailIf condition;
  condition.text_ = std::string(text.substr(0, kLongest));
  if (text.size() > kLongest) {
    return fail(Code::kConditionSyntax, "the condition is longer than 4096 characters");
  }
  RL_TRY(tokens, tokens_of(condition.text_));
  RL_TRY(root, Parser(condition.text_, tokens).parse());
  condition.root_ = std::move(root);
  return condition;
}

Result<Tri> FailIf::holds(const Json& result) const {
  return Evaluator(text_, result).value(*root_);
}

Result<std::vector<std::size_t>> FailIf::holding(const Json& results) const {
  std::set<std::string> names;
  for (const Json& result : results) {
    add_fields(result, "", names);
  }
  std::vector<const Node*> tests;
  tests_of(*root_, tests);
  for (const Node* test : tests) {
    // Below a field that is null in all results nothing can be told: it counts as known.
    const std::string above = test->field.substr(0, test->field.find('.'));
    const bool below = above != test->field && names.count(above) != 0 &&
                       names.lower_bound(above + ".") == names.lower_bound(above + "/");
    if (names.empty() || names.count(test->field) != 0 || below) {
      continue;
    }
    std::vector<std::string> help;
    // A field of the result itself is likelier meant than one deep inside.
    std::vector<std::string_view> pool;
    std::copy_if(names.begin(), names.end(), std::back_inserter(pool),
                 [](const std::string& name) { return name.find('.') == std::string::npos; });
    auto near = nearest_names(test->field, pool);
    if (near.empty()) {
      near = nearest_names(test->field, {names.begin(), names.end()});
    }
    for (const std::string_view name : near) {
      help.push_back(fmt::format("did you mean '{}'?", name));
    }
    help.emplace_back("fields are those of --format json");
    return tl::unexpected(error_at(text_, test->field_at, Code::kConditionName,
                                   fmt::format("no result has a field '{}'", test->field),
                                   std::move(help)));
  }
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < results.size(); ++i) {
    RL_TRY(one, holds(results[i]));
    if (one == Tri::kYes) {
      found.push_back(i);
    }
  }
  return found;
}

std::string FailIf::name_of(const Json& result, std::size_t index) {
  for (const char* key : {"chip", "id", "name", "kind"}) {
    const auto found = result.find(key);
    if (found != result.end() && found->is_string()) {
      return found->get<std::string>();
    }
  }
  return fmt::format("result {}", index + 1);
}

}  // namespace redline::app
