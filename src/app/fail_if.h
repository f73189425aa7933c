#pragma once
// Conditions over the results of a command, for scripts: `--fail-if 'outcome == license-required'`.
//
//   condition  = all { "or" all }
//   all        = one { "and" one }
//   one        = "not" one | "(" condition ")" | field | field relation value | field "has" value
//   relation   = == != < <= > >=
//   field      = name { "." name }          a field of --format json; "margin" is derived
//   value      = number | true | false | word | 'text' | "text"
//
// Logic is three-valued: a field that is null is unknown, and neither a comparison with it nor the
// opposite holds. Texts are compared in any case; dates (2025-04-16) in their order.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "redline/error.h"
#include "redline/tri.h"

#include "app/report.h"

namespace redline::app {

struct Condition;

class FailIf {
 public:
  // Errors: kConditionSyntax, with the place.
  [[nodiscard]] static Result<FailIf> parse(std::string_view text);

  // Which of the results hold it. Errors: kConditionName for a field that no result has,
  // kConditionSyntax for a comparison of different kinds.
  [[nodiscard]] Result<std::vector<std::size_t>> holding(const Json& results) const;

  // Whether one result holds it.
  [[nodiscard]] Result<Tri> holds(const Json& result) const;

  // What to call a result in a message: its chip, id or name, else its number.
  [[nodiscard]] static std::string name_of(const Json& result, std::size_t index);

 private:
  FailIf() = default;

  std::string text_;
  std::shared_ptr<const Condition> root_;
};

}  // namespace redline::app
