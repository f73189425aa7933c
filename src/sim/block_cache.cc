#include "sim/block_cache.h"

namespace redline::sim {

bool BlockCache::take(std::int64_t count) {
  if (count > available()) {
    return false;
  }
  while (free_ < count) {
    evict();
  }
  free_ -= count;
  return true;
}

void BlockCache::give(std::int64_t count) { free_ += count; }

std::size_t BlockCache::match(std::span<const std::uint64_t> prefixes) const {
  if (places_.empty()) {
    return 0;
  }
  std::size_t found = 0;
  while (found < prefixes.size() && places_.contains(prefixes[found])) {
    ++found;
  }
  return found;
}

std::int64_t BlockCache::idle_among(std::span<const std::uint64_t> prefixes) const {
  std::int64_t idle = 0;
  for (const std::uint64_t prefix : prefixes) {
    const auto found = places_.find(prefix);
    if (found != places_.end() && entries_[found->second].users == 0) {
      idle += entries_[found->second].blocks;
    }
  }
  return idle;
}

void BlockCache::hold(std::span<const std::uint64_t> prefixes) {
  for (const std::uint64_t prefix : prefixes) {
    Entry& entry = entries_[places_.at(prefix)];
    if (entry.users++ == 0) {
      unlink(places_.at(prefix));
      idle_ -= entry.blocks;
    }
  }
}

// The end of a prompt is of less use to others than its begin, so it goes first.
void BlockCache::release(std::span<const std::uint64_t> prefixes) {
  for (std::size_t i = prefixes.size(); i-- > 0;) {
    const std::uint32_t place = places_.at(prefixes[i]);
    Entry& entry = entries_[place];
    if (--entry.users == 0) {
      link(place);
      idle_ += entry.blocks;
    }
  }
}

void BlockCache::share(std::uint64_t prefix, std::int64_t count) {
  const auto found = places_.find(prefix);
  if (found != places_.end()) {
    hold({&prefix, 1});
    free_ += count;
    return;
  }
  std::uint32_t place = static_cast<std::uint32_t>(entries_.size());
  if (unused_.empty()) {
    entries_.emplace_back();
  } else {
    place = unused_.back();
    unused_.pop_back();
  }
  entries_[place] = {prefix, count, 1, kNone, kNone};
  places_.emplace(prefix, place);
}

void BlockCache::link(std::uint32_t entry) {
  entries_[entry].before = newest_;
  entries_[entry].after = kNone;
  (newest_ == kNone ? oldest_ : entries_[newest_].after) = entry;
  newest_ = entry;
}

void BlockCache::unlink(std::uint32_t entry) {
  const Entry& one = entries_[entry];
  (one.before == kNone ? oldest_ : entries_[one.before].after) = one.after;
  (one.after == kNone ? newest_ : entries_[one.after].before) = one.before;
}

void BlockCache::evict() {
  const std::uint32_t place = oldest_;
  Entry& entry = entries_[place];
  unlink(place);
  idle_ -= entry.blocks;
  free_ += entry.blocks;
  places_.erase(entry.prefix);
  unused_.push_back(place);
}

void BlockCache::clear() {
  free_ = blocks_;
  idle_ = 0;
  places_.clear();
  entries_.clear();
  unused_.clear();
  oldest_ = newest_ = kNone;
}

bool BlockCache::consistent() const {
  std::int64_t idle = 0;
  std::int64_t held = 0;
  for (const auto& [prefix, place] : places_) {
    const Entry& entry = entries_[place];
    (entry.users == 0 ? idle : held) += entry.blocks;
  }
  return idle == idle_ && free_ >= 0 && held <= used();
}

}  // namespace redline::sim
