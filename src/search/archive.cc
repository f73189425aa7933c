#include "search/archive.h"

#include <algorithm>

namespace redline::search {
namespace {

bool before(const SearchHit& a, const SearchHit& b) {
  return a.scores[0] != b.scores[0] ? a.scores[0] < b.scores[0] : a.number < b.number;
}

bool equal(const Scores& a, const Scores& b, std::size_t objectives) {
  return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(objectives), b.begin());
}

bool no_worse(const Scores& a, const Scores& b, std::size_t objectives) {
  for (std::size_t i = 0; i < objectives; ++i) {
    if (a[i] > b[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool dominates(const Scores& a, const Scores& b, std::size_t objectives) {
  return no_worse(a, b, objectives) && !equal(a, b, objectives);
}

void Archive::add(const SearchHit& hit) {
  if (best_.size() < top_ || before(hit, best_.back())) {
    const auto place = std::lower_bound(best_.begin(), best_.end(), hit, before);
    if (place == best_.end() || place->number != hit.number) {
      best_.insert(place, hit);
      if (best_.size() > top_) {
        best_.pop_back();
      }
    }
  }
  for (SearchHit& other : front_) {
    if (other.scores[0] > hit.scores[0]) {
      break;  // nor does any after it dominate
    }
    if (equal(other.scores, hit.scores, objectives_)) {
      other.number = std::min(other.number, hit.number);
      return;
    }
    if (dominates(other.scores, hit.scores, objectives_)) {
      return;
    }
  }
  std::erase_if(front_, [&](const SearchHit& other) {
    return dominates(hit.scores, other.scores, objectives_);
  });
  front_.insert(std::upper_bound(front_.begin(), front_.end(), hit, before), hit);
}

void Archive::merge(const Archive& other) {
  for (const SearchHit& hit : other.best_) {
    add(hit);
  }
  for (const SearchHit& hit : other.front_) {
    add(hit);
  }
}

bool Archive::may_enter(const Scores& least) const {
  if (best_.size() < top_ || least[0] <= best_.back().scores[0]) {
    return true;
  }
  for (const SearchHit& one : front_) {
    if (one.scores[0] > least[0]) {
      break;
    }
    if (dominates(one.scores, least, objectives_)) {
      return false;
    }
  }
  return true;
}

}  // namespace redline::search
