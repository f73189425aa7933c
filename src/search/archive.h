#pragma once
// What a search keeps: the best by one objective, and the front of all.

#include <cstddef>
#include <vector>

#include "redline/search.h"

namespace redline::search {

// No worse in any of the first `objectives`, and better in one.
[[nodiscard]] bool dominates(const Scores& a, const Scores& b, std::size_t objectives);

// Neither depends on the order in which hits come: ties go to the lower number.
class Archive {
 public:
  Archive(std::size_t top, std::size_t objectives) : top_(top), objectives_(objectives) {}

  void add(const SearchHit& hit);
  void merge(const Archive& other);

  // Whether a leaf with scores no lower than `least` can still enter.
  [[nodiscard]] bool may_enter(const Scores& least) const;

  [[nodiscard]] const std::vector<SearchHit>& best() const { return best_; }
  [[nodiscard]] const std::vector<SearchHit>& front() const { return front_; }

 private:
  std::size_t top_, objectives_;
  std::vector<SearchHit> best_;   // by score and number
  std::vector<SearchHit> front_;  // by scores and number
};

}  // namespace redline::search
