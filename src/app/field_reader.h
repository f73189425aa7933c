#pragma once
// What readers of requests share: fields by name, and every problem with them at once.

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/list_fields.h"
#include "app/step_fields.h"
#include "app/step_request.h"

namespace redline::app {

class FieldReader {
 protected:
  // The fields must outlive it.
  FieldReader(const Json& json, Code code) : json_(json), fields_(json), code_(code) {}

  void problem(std::string message, std::vector<std::string> help = {}) {
    errors_.push_back({code_, std::move(message), std::nullopt, std::move(help), {}});
  }
  void add(Diagnostics errors) {
    errors_.insert(errors_.end(), std::make_move_iterator(errors.begin()),
                   std::make_move_iterator(errors.end()));
  }
  void refuse_all_but(const std::vector<std::string_view>& known) {
    std::vector<FieldProblem> unknown;
    look_for_unknown(json_, known, unknown);
    for (FieldProblem& one : unknown) {
      problem(std::move(one.message));
    }
  }

  // The text as it stands; empty where there is none.
  [[nodiscard]] std::string plain(const char* name) {
    const auto found = json_.find(name);
    if (found == json_.end()) {
      return {};
    }
    if (!found->is_string()) {
      if (told_.insert(name).second) {
        problem(fmt::format("field '{}' must be a text", name));
      }
      return {};
    }
    return found->get<std::string>();
  }
  [[nodiscard]] std::string plain_or(const char* name, std::string_view otherwise) {
    std::string text = plain(name);
    return text.empty() ? std::string(otherwise) : text;
  }
  [[nodiscard]] std::vector<std::string> names_in(const char* name) {
    const std::string text = plain(name);
    return text.empty() ? std::vector<std::string>{} : split_list(text);
  }
  // A choice by name; the first where none is given.
  template <class E, std::size_t N>
  E choice(const char* name, const std::array<std::string_view, N>& words) {
    const std::string text = plain_or(name, words.front());
    const auto found = std::find(words.begin(), words.end(), text);
    if (found == words.end()) {
      problem(fmt::format("field '{}' must be one of {}", name, fmt::join(words, ", ")));
      return E{};
    }
    return static_cast<E>(found - words.begin());
  }
  [[nodiscard]] bool flag(const char* name, bool otherwise) const {
    return json_.contains(name) ? fields_.truth(name) : otherwise;
  }
  double amount(const char* name, double otherwise, double least, double most) {
    if (!fields_.has(name)) {
      return otherwise;
    }
    const auto value = fields_.number(name);
    if (!value || !(*value >= least && *value <= most)) {
      problem(fmt::format("field '{}' must be a number from {:g} to {:g}", name, least, most));
      return otherwise;
    }
    return *value;
  }
  std::optional<Date> day(const char* name) {
    const std::string text = plain(name);
    if (text.empty()) {
      return std::nullopt;
    }
    const auto date = parse_date(text);
    if (!date) {
      problem(date.error().message, date.error().help);
      return std::nullopt;
    }
    return *date;
  }

  const Json& json_;
  Fields fields_;
  Code code_;
  Diagnostics errors_;

 private:
  std::set<std::string> told_;  // fields that are no texts
};

}  // namespace redline::app
