// Depth first over blocks of the tree, which threads take in their order.

#include "redline/search.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <thread>

#include "redline/error.h"

#include "search/archive.h"

namespace redline {
namespace {

using search::Archive;

struct Block {
  std::vector<std::uint32_t> path;
  std::uint64_t first = 0, leaves = 0;
};

// Leaves below what is entered at levels before `level`.
std::uint64_t leaves_below(SearchWalk& walk, std::size_t level, const SearchSpace& space) {
  const std::uint32_t n = walk.choices(level);
  if (level + 1 == space.levels() || n == 0) {
    return n;
  }
  if (level >= space.free_from()) {
    return n * leaves_below(walk, level + 1, space);
  }
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    walk.enter(level, i);
    sum += leaves_below(walk, level + 1, space);
  }
  return sum;
}

void list_blocks(SearchWalk& walk, std::size_t level, const SearchSpace& space,
                 std::vector<std::uint32_t>& path, std::vector<Block>& blocks) {
  if (level == space.block_levels()) {
    Block block{path, blocks.empty() ? 0 : blocks.back().first + blocks.back().leaves, 0};
    block.leaves = leaves_below(walk, level, space);
    if (block.leaves > 0) {
      blocks.push_back(std::move(block));
    }
    return;
  }
  const std::uint32_t n = walk.choices(level);
  for (std::uint32_t i = 0; i < n; ++i) {
    walk.enter(level, i);
    path.push_back(i);
    list_blocks(walk, level + 1, space, path, blocks);
    path.pop_back();
  }
}

class Search {
 public:
  Search(const SearchSpace& space, const SearchOptions& options)
      : space_(space),
        options_(options),
        shared_(std::max<std::size_t>(1, options.top), space.objectives()) {
    RL_CHECK(space.block_levels() >= 1 && space.block_levels() < space.levels());
    const auto walk = space.walk();
    std::vector<std::uint32_t> path;
    list_blocks(*walk, 0, space, path, blocks_);
    for (const Block& block : blocks_) {
      result_.total += block.leaves;
    }
    finished_.resize(blocks_.size());
    if (options.prune && options.top <= 1 && space.objectives() == 1) {
      for (const std::vector<std::uint32_t>& one : options.likely) {
        look_at(*walk, one);
      }
    }
  }

  SearchResult run() {
    {
      std::vector<std::jthread> helpers;
      for (unsigned t = 1; t < options_.threads; ++t) {
        helpers.emplace_back([this] { work(); });
      }
      work();
    }
    result_.best = shared_.best();
    result_.front = shared_.front();
    bound();
    return std::move(result_);
  }

 private:
  // One thread's part in one block.
  struct Worker {
    SearchWalk& walk;
    Archive found;
    std::uint64_t number = 0;
    std::uint64_t evaluated = 0, feasible = 0, pruned = 0;
  };

  // What is as good as a leaf that there is stays in the race: the leaf itself is found later.
  void look_at(SearchWalk& walk, const std::vector<std::uint32_t>& path) {
    if (path.size() != space_.levels()) {
      return;
    }
    for (std::size_t level = 0; level < path.size(); ++level) {
      if (path[level] >= walk.choices(level)) {
        return;
      }
      walk.enter(level, path[level]);
    }
    Scores scores{};
    if (walk.evaluate(scores)) {
      reached_ = std::min(reached_, scores[0]);
    }
  }

  void work() {
    const auto walk = space_.walk();
    while (!stopped_) {
      const std::size_t place = next_++;
      if (place >= blocks_.size()) {
        return;
      }
      const Block& block = blocks_[place];
      Worker worker{*walk, copy_of_shared(), block.first};
      if (reaches(worker, block)) {
        descend(worker, space_.block_levels());
      } else {
        worker.pruned = block.leaves;
      }
      finish(worker, place);
    }
  }

  Archive copy_of_shared() {
    const std::lock_guard lock(mutex_);
    return shared_;
  }

  // Whether anything below what is entered up to a level may be wanted.
  bool may_lead_on(Worker& worker, std::size_t level) const {
    if (options_.prune && options_.top <= 1 && space_.objectives() == 1) {
      const std::vector<SearchHit>& best = worker.found.best();
      worker.walk.aim(best.empty() ? reached_ : std::min(reached_, best.front().scores[0]));
    }
    Scores least{};
    const bool possible = worker.walk.prepare(level, least);
    return !options_.prune || (possible && least[0] <= reached_ && worker.found.may_enter(least));
  }

  // Enters the levels above a block.
  bool reaches(Worker& worker, const Block& block) {
    for (std::size_t level = 0; level < block.path.size(); ++level) {
      (void)worker.walk.choices(level);
      worker.walk.enter(level, block.path[level]);
      if (!may_lead_on(worker, level)) {
        return false;
      }
    }
    return true;
  }

  void descend(Worker& worker, std::size_t level) {
    const std::uint32_t n = worker.walk.choices(level);
    if (level + 1 == space_.levels()) {
      for (std::uint32_t i = 0; i < n; ++i, ++worker.number) {
        worker.walk.enter(level, i);
        SearchHit hit{worker.number, {}};
        ++worker.evaluated;
        if (worker.walk.evaluate(hit.scores)) {
          ++worker.feasible;
          worker.found.add(hit);
        }
      }
      return;
    }
    for (std::uint32_t i = 0; i < n; ++i) {
      worker.walk.enter(level, i);
      if (!may_lead_on(worker, level)) {
        const std::uint64_t leaves = leaves_below(worker.walk, level + 1, space_);
        worker.pruned += leaves;
        worker.number += leaves;
        continue;
      }
      descend(worker, level + 1);
    }
  }

  void finish(const Worker& worker, std::size_t place) {
    const std::lock_guard lock(mutex_);
    finished_[place] = true;
    shared_.merge(worker.found);
    result_.evaluated += worker.evaluated;
    result_.feasible += worker.feasible;
    result_.pruned += worker.pruned;
    if (options_.progress) {
      options_.progress({result_.total, result_.evaluated + result_.pruned, result_.evaluated,
                         shared_.best().empty() ? std::numeric_limits<double>::infinity()
                                                : shared_.best().front().scores[0]});
    }
    if (options_.stop && options_.stop()) {
      stopped_ = true;
    }
  }

  // What is known of the best leaf, of blocks left undone from their bounds alone.
  void bound() {
    double least_of_all = result_.best.empty() ? std::numeric_limits<double>::infinity()
                                               : result_.best.front().scores[0];
    const auto walk = space_.walk();
    for (std::size_t place = 0; place < blocks_.size(); ++place) {
      if (finished_[place]) {
        continue;
      }
      result_.exhausted = false;
      // What bounds the leaves below one level bounds those below the levels under it too.
      double least_here = -std::numeric_limits<double>::infinity();
      bool possible = true;
      for (std::size_t level = 0; level < blocks_[place].path.size() && possible; ++level) {
        (void)walk->choices(level);
        walk->enter(level, blocks_[place].path[level]);
        Scores least{};
        possible = walk->prepare(level, least);
        least_here = std::max(least_here, least[0]);
      }
      if (possible) {
        least_of_all = std::min(least_of_all, least_here);
      }
    }
    result_.bound = least_of_all;
  }

  const SearchSpace& space_;
  const SearchOptions& options_;
  std::vector<Block> blocks_;
  std::vector<bool> finished_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  Archive shared_;
  double reached_ = std::numeric_limits<double>::infinity();  // by a leaf that was likely
  SearchResult result_;
};

}  // namespace

SearchResult run_search(const SearchSpace& space, const SearchOptions& options) {
  return Search(space, options).run();
}

std::vector<std::uint32_t> choices_of(const SearchSpace& space, std::uint64_t number) {
  const auto walk = space.walk();
  std::vector<std::uint32_t> path;
  std::uint64_t before = 0;
  for (std::size_t level = 0; level < space.levels(); ++level) {
    const std::uint32_t n = walk->choices(level);
    std::uint32_t choice = 0;
    for (; choice + 1 < n; ++choice) {
      walk->enter(level, choice);
      const std::uint64_t leaves =
          level + 1 == space.levels() ? 1 : leaves_below(*walk, level + 1, space);
      if (before + leaves > number) {
        break;
      }
      before += leaves;
    }
    walk->enter(level, choice);
    path.push_back(choice);
  }
  return path;
}

}  // namespace redline
