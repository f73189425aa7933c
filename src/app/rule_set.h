#pragma once
// The law that an answer is asked under, as people name it: a date, an instrument, a bill, or a
// file of their own.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/verdict.h"

#include "app/workspace.h"

namespace redline::app {

// An instrument by its id, or all those whose ids begin so.
struct NamedRule {
  std::vector<std::string> ids;
  std::optional<Date> first, last;  // days from which the first and the last of them bind
  std::vector<std::string> bills;   // those of them that bind from no day
};
// Errors: kUnknownRecord, with similar ids.
[[nodiscard]] Result<NamedRule> rule_named(const Rules& rules, std::string_view name);

// Law as it stands on a day, with bills taken as law and with instruments of the user's.
struct RuleSet {
  std::string name;                            // as it was asked for
  Date as_of{};                                // the day
  std::vector<std::string> with;               // bills
  std::vector<std::string> ids;                // instruments that were named
  std::shared_ptr<const Workspace> workspace;  // with the user's instruments
};

// "2025-04-09", "us-2023-10", "bill-s3374", "my-rule.toml", or several joined by "+". The day is
// the latest that is said or on which one that is named binds; `otherwise` where there is none, or
// the day of a later file. `workspace` must outlive the set. Errors: all problems of the names and
// files at once.
[[nodiscard]] Loaded<RuleSet> read_rule_set(const Workspace& workspace, const std::string& spec,
                                            Date otherwise);

}  // namespace redline::app
