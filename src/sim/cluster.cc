#include "sim/cluster.h"

#include <algorithm>
#include <limits>
#include <span>

namespace redline::sim {

Pool::Pool(const PoolSpec& pool, Jobs& jobs, std::uint64_t seed, bool prompts_only)
    : spec(pool), replicas(static_cast<std::size_t>(pool.replicas)) {
  const ReplicaSpec& r = pool.replica;
  const std::size_t count = replicas.size() * static_cast<std::size_t>(r.lanes);
  const std::size_t all = count * static_cast<std::size_t>(r.ranks);
  ranks.reserve(all);
  for (std::size_t i = 0; i < count; ++i) {
    lanes.push_back({static_cast<std::uint32_t>(i / static_cast<std::size_t>(r.lanes)),
                     static_cast<std::uint32_t>(ranks.size()), false, 0.0});
    for (int j = 0; j < r.ranks; ++j) {
      ranks.emplace_back(r, jobs, seed, prompts_only);
    }
  }
  link_free_s.assign(all, 0.0);
}

std::int64_t Pool::unfinished(std::uint32_t replica) const {
  const std::size_t each =
      static_cast<std::size_t>(spec.replica.ranks) * static_cast<std::size_t>(spec.replica.lanes);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < each; ++i) {
    sum += ranks[replica * each + i].unfinished();
  }
  return sum;
}

// A pipeline that is full starts a step whenever its slowest stage is
// done with the one before.
double Pool::step_s(const Lane& lane, const std::vector<StepLoad>& loads) const {
  const int others = replicas[lane.replica].busy_lanes;
  const StepSeconds s = spec.replica.times->together(loads);
  return std::max(s.total, others > 1 ? s.stage * others : 0.0);
}

std::uint32_t Router::least_loaded(const Pool& pool, std::uint32_t replica) {
  const auto each = static_cast<std::uint32_t>(pool.spec.replica.ranks * pool.spec.replica.lanes);
  std::uint32_t best = kNoRank;
  for (std::uint32_t i = replica * each; i < (replica + 1) * each; ++i) {
    if (best == kNoRank || pool.ranks[i].unfinished() < pool.ranks[best].unfinished()) {
      best = i;
    }
  }
  return best;
}

std::uint32_t Router::choose(const Pool& pool, const Job& job) {
  const auto count = static_cast<std::uint32_t>(pool.replicas.size());
  if (routing_ == Routing::kRoundRobin) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t replica = next_;
      next_ = (next_ + 1) % count;
      if (pool.replicas[replica].state == ReplicaState::kUp) {
        return least_loaded(pool, replica);
      }
    }
    return kNoRank;
  }
  std::uint32_t least = kNoRank;
  std::uint32_t nearest = kNoRank;  // with most of the prompt in its cache
  std::size_t most = 0;
  for (std::uint32_t i = 0; i < pool.ranks.size(); ++i) {
    if (!pool.takes_requests(i)) {
      continue;
    }
    const Rank& rank = pool.ranks[i];
    if (least == kNoRank || rank.unfinished() < pool.ranks[least].unfinished()) {
      least = i;
    }
    if (routing_ == Routing::kCacheAware) {
      const std::size_t hits = rank.cache().match(job.prefix);
      const bool better = hits > most || (hits == most && nearest != kNoRank &&
                                          rank.unfinished() < pool.ranks[nearest].unfinished());
      if (hits > 0 && better) {
        nearest = i;
        most = hits;
      }
    }
  }
  if (nearest == kNoRank) {
    return least;
  }
  // Not where the others have much less to do, as the router of SGLang has it.
  constexpr std::int64_t kMoreRequests = 32;
  constexpr std::int64_t kTimes = 2;
  const std::int64_t there = pool.ranks[nearest].unfinished();
  const std::int64_t elsewhere = pool.ranks[least].unfinished();
  return there > elsewhere + kMoreRequests && there > kTimes * elsewhere ? least : nearest;
}

}  // namespace redline::sim
