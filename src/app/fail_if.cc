#include "app/fail_if.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "app/condition.h"
#include "base/nearest.h"

namespace redline::app {
namespace {

// What a field of a result is: nothing, one value, or what a list holds.
struct FoundFields {
  bool exists = false;
  bool list = false;
  std::vector<const Json*> values{};
};

void collect(const Json& json, std::string_view path, FoundFields& found) {
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
    collect(*member, dot == std::string_view::npos ? "" : path.substr(dot + 1), found);
  }
}

// "margin" is how far the nearest change that flips the answer is, in percent.
struct Derived {
  std::string_view name;
  std::string_view from;
};
constexpr Derived kMargin{"margin", "nearest_flip.change_percent"};

struct Names {
  std::set<std::string> known;
  std::set<std::string> closed;  // null or an empty list somewhere: what it may hold is not seen
};

void add_fields(const Json& json, const std::string& prefix, Names& names) {
  if (json.is_null() || (json.is_array() && json.empty())) {
    names.closed.insert(prefix);
  } else if (json.is_array()) {
    for (const Json& item : json) {
      if (item.is_object()) {
        add_fields(item, prefix, names);
      }
    }
  } else if (json.is_object()) {
    for (const auto& [key, value] : json.items()) {
      const std::string name = prefix.empty() ? key : fmt::format("{}.{}", prefix, key);
      names.known.insert(name);
      add_fields(value, name, names);
      if (name == "nearest_flip") {
        names.known.emplace(kMargin.name);
      }
    }
  }
}

class Evaluator {
 public:
  Evaluator(const std::string& text, const Json& result) : text_(text), result_(result) {}

  Result<Tri> value(const Condition& node) const {
    switch (node.kind) {
      case Condition::Kind::kOr:
      case Condition::Kind::kAnd: {
        const bool any = node.kind == Condition::Kind::kOr;
        Tri all = any ? Tri::kNo : Tri::kYes;
        for (const ConditionPtr& part : node.parts) {
          // Every part is looked at, so that a mistake in one is found on the first day.
          RL_TRY(one, value(*part));
          all = any ? (all || one) : (all && one);
        }
        return all;
      }
      case Condition::Kind::kNot: {
        RL_TRY(inner, value(*node.parts.front()));
        return !inner;
      }
      case Condition::Kind::kTest:
        break;
    }
    return test(node);
  }

 private:
  tl::unexpected<Error> mismatch(const Condition& node, std::string message,
                                 std::vector<std::string> help) const {
    return tl::unexpected(
        condition_error(text_, node.relation.empty() ? node.field_at : node.value_at,
                        Code::kConditionSyntax, std::move(message), std::move(help)));
  }

  Result<Tri> test(const Condition& node) const {
    const bool derived = node.field == kMargin.name && !result_.contains(node.field);
    const std::string_view path = derived ? kMargin.from : std::string_view(node.field);
    FoundFields found;
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

  Result<Tri> has(const Condition& node, const FoundFields& found) const {
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

  static Tri equal(const Condition& node, const Json& value) {
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

  Result<Tri> compare(const Condition& node, const Json& field) const {
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

void tests_of(const Condition& node, std::vector<const Condition*>& tests) {
  if (node.kind == Condition::Kind::kTest) {
    tests.push_back(&node);
  }
  for (const ConditionPtr& part : node.parts) {
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
  RL_TRY(root, parse_condition(condition.text_));
  condition.root_ = std::move(root);
  return condition;
}

Result<Tri> FailIf::holds(const Json& result) const {
  return Evaluator(text_, result).value(*root_);
}

Result<std::vector<std::size_t>> FailIf::holding(const Json& results) const {
  Names seen;
  for (const Json& result : results) {
    add_fields(result, "", seen);
  }
  const std::set<std::string>& names = seen.known;
  std::vector<const Condition*> tests;
  tests_of(*root_, tests);
  for (const Condition* test : tests) {
    // Below a field that is null nothing can be told: it counts as known, unless another result
    // shows what the field holds.
    const std::string above = test->field.substr(0, test->field.find('.'));
    const bool below = above != test->field && seen.closed.contains(above) &&
                       names.lower_bound(above + ".") == names.lower_bound(above + "/");
    if (names.empty() || names.contains(test->field) || below) {
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
    return tl::unexpected(condition_error(text_, test->field_at, Code::kConditionName,
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
