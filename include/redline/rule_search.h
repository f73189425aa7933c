#pragma once
// Rules that differ in where limits stand, and what a vendor answers to each.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "redline/chip_search.h"

namespace redline {

// Where a limit may stand.
struct RuleAxis {
  Threshold threshold;
  std::vector<double> values;  // ascending, each once
};

// All combinations of them. A point is a number; the last axis turns fastest.
class RuleGrid {
 public:
  RuleGrid() = default;
  explicit RuleGrid(std::vector<RuleAxis> axes) : axes_(std::move(axes)) {}

  [[nodiscard]] const std::vector<RuleAxis>& axes() const { return axes_; }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::vector<std::size_t> places(std::size_t point) const;  // by axis
  [[nodiscard]] std::vector<MovedThreshold> moved(std::size_t point) const;
  // The same points in an order in which neighbours differ by one step of one axis.
  [[nodiscard]] std::size_t in_turn(std::size_t turn) const;

 private:
  std::vector<RuleAxis> axes_;
};

// The best part under one rule.
struct RuleAnswer {
  std::optional<Reply> part;  // none: no part that may go does the work
  bool proved = false;        // each part was worked out or ruled out by a bound
  double gap_percent = 0.0;   // by how much a part may be better where it is not
};

struct RuleSearchOptions {
  unsigned threads = 1;
  bool prune = true;
  // What is worked out at one point is kept for the next, and its answer tried there first.
  bool keep = true;
  // Asked after each point, by one thread at a time.
  std::function<void(std::size_t done)> progress{};
  std::function<bool()> stop{};  // true: no further point is begun
};

struct RuleAnswers {
  std::vector<std::optional<RuleAnswer>> at;  // by point; none: not reached before a stop
  std::uint64_t parts = 0, evaluated = 0;     // of all searches together
};

// Every answer is that of a search of its own under the rule of its point, for any number of
// threads.
[[nodiscard]] RuleAnswers answer_rules(const ReplyQuestion& question, const ReplyRules& rules,
                                       const RuleGrid& grid, const RuleSearchOptions& options);
[[nodiscard]] RuleAnswer answer_rule(const ReplyQuestion& question, const ReplyRules& rules,
                                     const RuleSearchOptions& options);
// The same with what a memory has, on this thread alone.
[[nodiscard]] RuleAnswer answer_rule(ReplyMemory& memory, const ReplyRules& rules,
                                     bool prune = true);

}  // namespace redline
