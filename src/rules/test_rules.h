#pragma once
// The real rules, read once, and questions in one line.

#include "redline/verdict.h"

#include "catalog/test_data.h"

namespace redline::test {

inline const Rules& rules() {
  static const Rules kRules = [] {
    std::vector<std::string> replaced;
    auto loaded = Rules::load(files(), catalog().geography, replaced);
    EXPECT_TRUE(loaded) << render(loaded.error());
    RL_CHECK(loaded.has_value());
    return std::move(*loaded);
  }();
  return kRules;
}

inline Date day(std::string_view text) {
  const auto date = parse_date(text);
  RL_CHECK(date.has_value());
  return *date;
}

inline Question question(std::string to, std::string_view date,
                         std::vector<Setting> settings = {}) {
  Question q;
  q.to = std::move(to);
  q.as_of = day(date);
  q.settings = std::move(settings);
  return q;
}

inline Verdict ask(const Chip& item, const Question& q, VerdictDetail detail = {}) {
  auto verdict = classify(rules(), item, q, detail);
  if (!verdict) {
    ADD_FAILURE() << render(verdict.error());
    return {};
  }
  return std::move(*verdict);
}

inline Verdict ask(std::string_view id, std::string to, std::string_view date,
                   std::vector<Setting> settings = {}) {
  return ask(chip(id), question(std::move(to), date, std::move(settings)));
}

inline bool has_flag(const Verdict& verdict, std::string_view name) {
  for (const Flag& flag : verdict.flags) {
    if (flag.name == name) {
      return true;
    }
  }
  return false;
}

// "license-required, denial" or "license-exception, NAC".
inline std::string answer_of(const Verdict& v) {
  std::string text(name_of(v.outcome));
  for (const std::string_view part : {name_of(v.review), name_of(v.exception)}) {
    text += part.empty() ? "" : ", " + std::string(part);
  }
  return text;
}

}  // namespace redline::test
