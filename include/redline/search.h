#pragma once
// The core that every search stands on: a tree of choices, bounds that prune it, an archive of what
// is best, and threads that share the work. What is found does not depend on how many threads there
// are nor on whether anything is pruned.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace redline {

inline constexpr std::size_t kMostObjectives = 6;
// Of a leaf, or of all leaves below a node at least; lesser is better.
using Scores = std::array<double, kMostObjectives>;

// One path from the root of a space, kept by one thread.
class SearchWalk {
 public:
  virtual ~SearchWalk() = default;

  // Choices at a level below those entered above it. Depends on the choices above alone.
  [[nodiscard]] virtual std::uint32_t choices(std::size_t level) = 0;
  // One of the choices that were asked for last at this level.
  virtual void enter(std::size_t level, std::uint32_t choice) = 0;
  // Leaves whose first score is above `most` are not wanted: no bound need tell them apart.
  virtual void aim(double /*most*/) {}
  // What all levels entered ask for is worked out, and `least` told. False: nothing below is
  // feasible.
  virtual bool prepare(std::size_t level, Scores& least) = 0;
  // Of the leaf that is entered. False: it is not feasible.
  virtual bool evaluate(Scores& scores) = 0;
};

class SearchSpace {
 public:
  virtual ~SearchSpace() = default;

  [[nodiscard]] virtual std::size_t levels() const = 0;
  // Threads take turns at the nodes of this level; from 1 to all levels but one.
  [[nodiscard]] virtual std::size_t block_levels() const = 0;
  // From this level on the numbers of choices hang on the levels above it alone, so that leaves are
  // counted by multiplying.
  [[nodiscard]] virtual std::size_t free_from() const { return levels(); }
  [[nodiscard]] virtual std::size_t objectives() const = 0;
  [[nodiscard]] virtual std::unique_ptr<SearchWalk> walk() const = 0;
};

// A leaf by its place among all leaves of the space in the order of their choices.
struct SearchHit {
  std::uint64_t number = 0;
  Scores scores{};
};

struct SearchProgress {
  std::uint64_t total = 0, done = 0;  // leaves; done: evaluated or pruned
  std::uint64_t evaluated = 0;
  double best = 0.0;  // of the first objective; infinite while there is none
};

struct SearchOptions {
  unsigned threads = 1;
  bool prune = true;
  std::size_t top = 1;  // leaves to keep that are best by the first objective
  // Leaves that may be good, by their choices: looked at first, so that bounds prune sooner where
  // one leaf of one objective is asked for. Those that the space does not have are passed over.
  std::vector<std::vector<std::uint32_t>> likely{};
  // Asked after every block of work, by one thread at a time.
  std::function<void(const SearchProgress&)> progress{};
  std::function<bool()> stop{};  // true: no further block is begun
};

struct SearchResult {
  std::vector<SearchHit> best;   // by the first objective, then by number
  std::vector<SearchHit> front;  // Pareto-optimal, by the first objective; of equals the first
  std::uint64_t total = 0, evaluated = 0, feasible = 0, pruned = 0;
  bool exhausted = true;  // every leaf was evaluated or pruned by a bound
  double bound = 0.0;     // no leaf's first objective is below; that of the best where exhausted
};

[[nodiscard]] SearchResult run_search(const SearchSpace& space, const SearchOptions& options);

// The choices of a leaf, level by level.
[[nodiscard]] std::vector<std::uint32_t> choices_of(const SearchSpace& space, std::uint64_t number);

}  // namespace redline
