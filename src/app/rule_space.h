#pragma once
// The space of a search over rules, as a file has it: limits that move, the vendor's dies, the work
// that the rule-maker and buyers care for, quantities, what there is at home.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redline/rule_search.h"

#include "app/reply_request.h"
#include "app/rule_set.h"

namespace redline::app {

// As the file has it.
struct RuleThreshold {
  std::string quantity;
  std::optional<double> value;  // where the limit stands; may be left out where there is one alone
  std::string range;            // "±50%" of it
  std::optional<double> from, to;
  std::vector<double> values;
  int steps = 20;
};
enum class LeakMeasure : std::uint8_t { kPart, kDollar };
struct RuleQuantities {
  double parts = 1e6;              // that buyers would take in a year
  std::optional<double> limit;     // most parts that may go in a year
  std::optional<double> domestic;  // chips that are made at home in a year; none: as many as asked
  double elasticity = 3.0;         // of the share in work for a dollar
};
struct RuleSpaceRecord {
  std::string title, rules, to = "CN", hq;
  std::optional<Date> known;
  std::vector<std::string> dies, domestic;
  ReplyObjective per = ReplyObjective::kChip;
  LeakMeasure measure = LeakMeasure::kPart;
  std::string markets = "any";
  bool caps = true, slow_memory = true, exceptions = false;
  double price_factor = 4.0;
  std::optional<double> max_watts;
  std::vector<RuleThreshold> threshold;
  std::vector<WorkAsked> leak, market;
  RuleQuantities quantity;
};

// One die of the vendor, at both kinds of work.
struct RuleDie {
  std::unique_ptr<ReplyRequest> market;
  std::unique_ptr<ReplyRequest> leak;  // none: the same work
};

// With all that it points to. Not to be moved.
struct RuleSpace {
  std::string path;
  RuleSpaceRecord asked;
  RuleSet rules;
  Date known{};
  std::vector<RuleDie> dies;
  Json market_work, leak_work;        // as the field `work` of a request
  std::vector<const Chip*> domestic;  // asked for, or all that there are
  std::vector<Chip> own_chips;        // of the user's, that `domestic` points to
  RuleGrid grid;
  [[nodiscard]] const Workspace& workspace() const { return *rules.workspace; }
};

// A name in the data, or a path to a .toml file. Errors: all problems of the file at once, each
// with its place.
[[nodiscard]] data::TypeInfo space_type();
[[nodiscard]] Loaded<std::unique_ptr<RuleSpace>> read_rule_space(const Workspace& workspace,
                                                                 const std::string& name,
                                                                 Code field_code);

}  // namespace redline::app
