#include "redline/search.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "search/archive.h"
#include "search/test_spaces.h"

namespace redline {
namespace {

// A tree whose nodes have as many choices as the values above them say, with scores that only grow
// on the way down, so that what is above a leaf bounds it.
class RandomSpace : public SearchSpace {
 public:
  RandomSpace(std::uint64_t seed, std::size_t levels, std::size_t objectives)
      : seed_(seed), levels_(levels), objectives_(objectives) {}
  std::size_t levels() const override { return levels_; }
  std::size_t block_levels() const override { return 1; }
  std::size_t objectives() const override { return objectives_; }
  std::unique_ptr<SearchWalk> walk() const override { return std::make_unique<Walk>(*this); }

 private:
  class Walk : public SearchWalk {
   public:
    explicit Walk(const RandomSpace& space) : space_(space), path_(space.levels_) {}
    std::uint32_t choices(std::size_t level) override {
      return static_cast<std::uint32_t>(hash(level, 77) % 4) + (level == 0 ? 1 : 0);
    }
    void enter(std::size_t level, std::uint32_t choice) override { path_[level] = choice; }
    bool prepare(std::size_t level, Scores& least) override {
      least = scores(level + 1);
      return feasible(level + 1);
    }
    bool evaluate(Scores& found) override {
      found = scores(space_.levels_);
      return feasible(space_.levels_);
    }

   private:
    std::uint64_t hash(std::size_t depth, std::uint64_t salt) const {
      std::uint64_t h = space_.seed_ + salt;
      for (std::size_t i = 0; i < depth; ++i) {
        h = (h ^ (path_[i] + 1)) * 0x9e3779b97f4a7c15ULL;
        h ^= h >> 29U;
      }
      return h;
    }
    Scores scores(std::size_t depth) const {
      Scores sum{};
      for (std::size_t d = 1; d <= depth; ++d) {
        for (std::size_t k = 0; k < space_.objectives_; ++k) {
          sum[k] += static_cast<double>(hash(d, k) % 5);  // few values, so that there are ties
        }
      }
      return sum;
    }
    bool feasible(std::size_t depth) const {
      for (std::size_t d = 1; d <= depth; ++d) {
        if (hash(d, 991) % 11 == 0) {
          return false;
        }
      }
      return true;
    }

    const RandomSpace& space_;
    std::vector<std::uint32_t> path_;
  };

  std::uint64_t seed_;
  std::size_t levels_, objectives_;
};

RC_GTEST_PROP(SearchProperty, PruningAndThreadsChangeNothingThatIsFound, ()) {
  const RandomSpace space(*rc::gen::arbitrary<std::uint64_t>(),
                          *rc::gen::inRange<std::size_t>(2, 7),
                          *rc::gen::inRange<std::size_t>(1, 4));
  SearchOptions options;
  options.top = *rc::gen::inRange<std::size_t>(1, 5);
  options.prune = false;
  const SearchResult all = run_search(space, options);
  RC_ASSERT(all.evaluated == all.total && all.pruned == 0);
  RC_ASSERT(all.best.size() == std::min<std::size_t>(options.top, all.feasible));
  for (std::size_t i = 1; i < all.best.size(); ++i) {
    RC_ASSERT(all.best[i - 1].number != all.best[i].number);
  }
  options.prune = true;
  const SearchResult pruned = run_search(space, options);
  options.threads = 3;
  const SearchResult threads = run_search(space, options);
  RC_ASSERT(test::same_hits(all.best, pruned.best) && test::same_hits(all.front, pruned.front));
  RC_ASSERT(test::same_hits(all.best, threads.best) && test::same_hits(all.front, threads.front));
  RC_ASSERT(pruned.evaluated + pruned.pruned == all.total && pruned.exhausted);
  RC_ASSERT(threads.evaluated + threads.pruned == all.total);
}

RC_GTEST_PROP(SearchProperty, TheFrontHasEveryLeafThatNothingDominates, ()) {
  const RandomSpace space(*rc::gen::arbitrary<std::uint64_t>(), 4, 2);
  SearchOptions options;
  options.top = 1'000'000;
  options.prune = false;
  const SearchResult all = run_search(space, options);
  for (const SearchHit& leaf : all.best) {
    bool dominated = false;
    bool kept = false;
    for (const SearchHit& one : all.front) {
      dominated |= search::dominates(one.scores, leaf.scores, 2);
      kept |= one.scores == leaf.scores && one.number <= leaf.number;
    }
    RC_ASSERT(dominated != kept);
  }
}

RC_GTEST_PROP(SearchProperty, ALeafIsFoundAgainByItsNumber, ()) {
  const RandomSpace space(*rc::gen::arbitrary<std::uint64_t>(), 4, 1);
  SearchOptions options;
  options.top = 50;
  const SearchResult found = run_search(space, options);
  for (const SearchHit& hit : found.best) {
    const auto path = choices_of(space, hit.number);
    const auto walk = space.walk();
    for (std::size_t level = 0; level < path.size(); ++level) {
      RC_ASSERT(path[level] < walk->choices(level));
      walk->enter(level, path[level]);
    }
    Scores scores{};
    RC_ASSERT(walk->evaluate(scores) && scores == hit.scores);
  }
}

TEST(Search, StoppedKeepsWhatItFoundAndABoundForTheRest) {
  int stopped = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const RandomSpace space(seed, 6, 1);
    SearchOptions options;
    options.prune = false;
    const SearchResult whole = run_search(space, options);
    if (whole.best.empty()) {
      continue;
    }
    EXPECT_EQ(whole.bound, whole.best.front().scores[0]);
    options.stop = [] { return true; };
    const SearchResult part = run_search(space, options);
    EXPECT_LE(part.bound, whole.best.front().scores[0]);
    EXPECT_EQ(part.exhausted, part.evaluated == part.total);
    stopped += part.exhausted ? 0 : 1;
  }
  EXPECT_GT(stopped, 10);
}

TEST(Search, SaysHowFarItIs) {
  const RandomSpace space(99, 6, 1);
  SearchOptions options;
  SearchProgress last;
  options.progress = [&last](const SearchProgress& now) {
    EXPECT_GE(now.done, last.done);
    last = now;
  };
  const SearchResult result = run_search(space, options);
  EXPECT_EQ(last.done, result.total);
  EXPECT_EQ(last.total, result.total);
}

TEST(Search, OfNothingFeasibleFindsNothing) {
  class Empty : public SearchSpace {
   public:
    std::size_t levels() const override { return 2; }
    std::size_t block_levels() const override { return 1; }
    std::size_t objectives() const override { return 1; }
    std::unique_ptr<SearchWalk> walk() const override {
      class Walk : public SearchWalk {
       public:
        std::uint32_t choices(std::size_t) override { return 3; }
        void enter(std::size_t, std::uint32_t) override {}
        bool prepare(std::size_t, Scores&) override { return true; }
        bool evaluate(Scores&) override { return false; }
      };
      return std::make_unique<Walk>();
    }
  };
  const SearchResult result = run_search(Empty{}, {});
  EXPECT_TRUE(result.best.empty() && result.front.empty());
  EXPECT_EQ(result.evaluated, 9u);
  EXPECT_EQ(result.feasible, 0u);
  EXPECT_TRUE(std::isinf(result.bound));
}

}  // namespace
}  // namespace redline
