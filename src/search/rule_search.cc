#include "redline/rule_search.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace redline {
namespace {

// Points that a thread takes at a time, at most: enough that their answers are like one another.
constexpr std::size_t kPointsOfTurn = 400;
// Every thread has so many turns at least, so that all end at about the same time.
constexpr std::size_t kTurns = 8;
// Values that a thread keeps: some hundreds of megabytes.
constexpr std::size_t kMostKept = std::size_t{1} << 22U;
// Answers of a thread that are tried at its next point.
constexpr std::size_t kTried = 6;

struct Found {
  RuleAnswer answer;
  std::uint64_t parts = 0, evaluated = 0;
  std::vector<std::uint32_t> path;  // the part by its choices
};

Found found_in(const ReplySpace& space, const SearchOptions& options) {
  const SearchResult result = run_search(space, options);
  Found found{{}, result.total, result.evaluated, {}};
  found.answer.proved = result.exhausted;
  if (!result.best.empty()) {
    found.path = choices_of(space, result.best.front().number);
    found.answer.part = space.reply(found.path);
    if (!result.exhausted) {
      found.answer.gap_percent = 100.0 * (1.0 - result.bound / result.best.front().scores[0]);
    }
  }
  return found;
}

class Answering {
 public:
  Answering(const ReplyQuestion& question, const ReplyRules& rules, const RuleGrid& grid,
            const RuleSearchOptions& options)
      : question_(question), rules_(rules), grid_(grid), options_(options) {
    found_.at.resize(grid.size());
    const std::size_t turns = kTurns * std::max(1U, options.threads);
    points_of_turn_ = std::clamp<std::size_t>(grid.size() / turns, 1, kPointsOfTurn);
  }

  RuleAnswers run() {
    {
      std::vector<std::jthread> helpers;
      for (unsigned t = 1; t < options_.threads; ++t) {
        helpers.emplace_back([this] { work(); });
      }
      work();
    }
    return std::move(found_);
  }

 private:
  void work() {
    auto memory = std::make_unique<ReplyMemory>(question_);
    std::deque<std::vector<std::uint32_t>> likely;
    for (std::size_t begin = next_.fetch_add(points_of_turn_); begin < grid_.size() && !stopped_;
         begin = next_.fetch_add(points_of_turn_)) {
      const std::size_t end = std::min(begin + points_of_turn_, grid_.size());
      for (std::size_t turn = begin; turn < end && !stopped_; ++turn) {
        const std::size_t point = grid_.in_turn(turn);
        if (memory->size() > kMostKept) {
          memory = std::make_unique<ReplyMemory>(question_);
        }
        finish(point, answer(*memory, rules_.with(grid_.moved(point)), likely));
      }
    }
  }

  Found answer(ReplyMemory& memory, ReplyRules rules,
               std::deque<std::vector<std::uint32_t>>& likely) const {
    SearchOptions options;
    options.prune = options_.prune;
    if (!options_.keep) {
      const ReplySpace space(question_, std::move(rules));
      return found_in(space, options);
    }
    options.likely.assign(likely.begin(), likely.end());
    const ReplySpace space(memory, std::move(rules));
    Found found = found_in(space, options);
    if (!found.path.empty()) {
      const auto same = std::find(likely.begin(), likely.end(), found.path);
      if (same != likely.end()) {
        likely.erase(same);
      }
      likely.push_front(found.path);
      if (likely.size() > kTried) {
        likely.pop_back();
      }
    }
    return found;
  }

  void finish(std::size_t point, Found found) {
    const std::lock_guard lock(mutex_);
    found_.at[point] = std::move(found.answer);
    found_.parts += found.parts;
    found_.evaluated += found.evaluated;
    ++done_;
    if (options_.progress) {
      options_.progress(done_);
    }
    if (options_.stop && options_.stop()) {
      stopped_ = true;
    }
  }

  const ReplyQuestion& question_;
  const ReplyRules& rules_;
  const RuleGrid& grid_;
  const RuleSearchOptions& options_;
  std::size_t points_of_turn_ = 1;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::size_t done_ = 0;
  RuleAnswers found_;
};

}  // namespace

std::size_t RuleGrid::size() const {
  std::size_t size = 1;
  for (const RuleAxis& axis : axes_) {
    size *= axis.values.size();
  }
  return size;
}

std::vector<std::size_t> RuleGrid::places(std::size_t point) const {
  std::vector<std::size_t> places(axes_.size());
  for (std::size_t i = axes_.size(); i-- > 0;) {
    places[i] = point % axes_[i].values.size();
    point /= axes_[i].values.size();
  }
  return places;
}

std::vector<MovedThreshold> RuleGrid::moved(std::size_t point) const {
  std::vector<MovedThreshold> list;
  const std::vector<std::size_t> at = places(point);
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    list.push_back({axes_[i].threshold, axes_[i].values[at[i]]});
  }
  return list;
}

std::size_t RuleGrid::in_turn(std::size_t turn) const {
  // Every other pass of an axis runs backwards.
  std::size_t point = 0;
  std::size_t passes = 0;
  std::size_t below = size();
  for (const RuleAxis& axis : axes_) {
    const std::size_t n = axis.values.size();
    below /= n;
    const std::size_t digit = turn / below % n;
    point = point * n + (passes % 2 == 0 ? digit : n - 1 - digit);
    passes = passes * n + digit;
  }
  return point;
}

RuleAnswers answer_rules(const ReplyQuestion& question, const ReplyRules& rules,
                         const RuleGrid& grid, const RuleSearchOptions& options) {
  return Answering(question, rules, grid, options).run();
}

RuleAnswer answer_rule(const ReplyQuestion& question, const ReplyRules& rules,
                       const RuleSearchOptions& options) {
  SearchOptions how;
  how.threads = options.threads;
  how.prune = options.prune;
  return found_in(ReplySpace(question, rules), how).answer;
}

RuleAnswer answer_rule(ReplyMemory& memory, const ReplyRules& rules, bool prune) {
  SearchOptions how;
  how.prune = prune;
  return found_in(ReplySpace(memory, rules), how).answer;
}

}  // namespace redline
