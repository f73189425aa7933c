#pragma once
// What tests of searches ask of every space.

#include <algorithm>

#include "redline/search.h"

namespace redline::test {

inline bool same_hits(const std::vector<SearchHit>& a, const std::vector<SearchHit>& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](const SearchHit& x, const SearchHit& y) {
           return x.number == y.number && x.scores == y.scores;
         });
}

// No score of the leaf is below what any level above it promised, and no feasible leaf stands below
// a level that was called impossible.
inline bool bounds_hold(const SearchSpace& space, std::uint64_t number) {
  const auto walk = space.walk();
  const std::vector<std::uint32_t> path = choices_of(space, number);
  std::vector<Scores> promised;
  bool possible = true;
  for (std::size_t level = 0; level < path.size(); ++level) {
    (void)walk->choices(level);
    walk->enter(level, path[level]);
    if (level + 1 < path.size()) {
      Scores least{};
      possible = walk->prepare(level, least) && possible;
      promised.push_back(least);
    }
  }
  Scores found{};
  if (!walk->evaluate(found)) {
    return true;
  }
  for (const Scores& least : promised) {
    for (std::size_t k = 0; k < space.objectives(); ++k) {
      if (found[k] < least[k]) {
        return false;
      }
    }
  }
  return possible;
}

}  // namespace redline::test
