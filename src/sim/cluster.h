#pragma once
// Pools of replicas, and the clock that their steps share.

#include <cstdint>
#include <queue>
#include <vector>

#include "sim/scheduler.h"
#include "sim/statistics.h"

namespace redline::sim {

enum class EventKind : std::uint8_t {
  kArrival,
  kQueued,   // a job, after its way to the scheduler
  kStepEnd,  // of a lane
  kMoved,    // the cache of a job is where it decodes
  kFailure,  // of a replica
  kRepair,   // and of one that starts
  kScale,
};
struct Event {
  double at_s = 0.0;
  std::uint64_t order = 0;  // of events at one time
  EventKind kind = EventKind::kArrival;
  std::uint8_t pool = 0;
  std::uint32_t index = 0;  // lane, job or replica
  std::uint32_t epoch = 0;  // of the replica: what was under way when it failed never ends
};

// Events in the order of their times, then of their making.
class EventQueue {
 public:
  void add(Event event) {
    event.order = next_++;
    events_.push(event);
  }
  [[nodiscard]] bool empty() const { return events_.empty(); }
  Event pop() {
    const Event first = events_.top();
    events_.pop();
    return first;
  }

 private:
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.at_s != b.at_s ? a.at_s > b.at_s : a.order > b.order;
    }
  };
  std::priority_queue<Event, std::vector<Event>, Later> events_;
  std::uint64_t next_ = 0;
};

enum class ReplicaState : std::uint8_t { kUp, kStarting, kDraining, kOff, kFailed };

struct Replica {
  ReplicaState state = ReplicaState::kUp;
  std::uint32_t epoch = 0;
  int busy_lanes = 0;
};

struct Lane {
  std::uint32_t replica = 0;
  std::uint32_t first_rank = 0;
  bool busy = false;
  double begun_s = 0.0;
  std::int64_t apart_steps = 0, gathered_steps = 0;  // that prompts have been held back
};

// Replicas of one kind. Ranks are numbered over all lanes of all replicas.
class Pool {
 public:
  Pool(const PoolSpec& spec, Jobs& jobs, std::uint64_t seed, bool prompts_only);

  const PoolSpec& spec;
  std::vector<Replica> replicas;
  std::vector<Lane> lanes;
  std::vector<Rank> ranks;
  std::vector<double> link_free_s;  // when the network of a rank has sent or received all
  std::uint64_t steps = 0, failures = 0;
  double busy_s = 0.0;      // of lanes
  double decode_sum = 0.0;  // sequences of ranks, over their steps
  std::uint64_t rank_steps = 0;
  std::int64_t used_blocks = 0, peak_blocks = 0;

  [[nodiscard]] std::uint32_t lane_of(std::uint32_t rank) const {
    return rank / static_cast<std::uint32_t>(spec.replica.ranks);
  }
  [[nodiscard]] std::uint32_t replica_of(std::uint32_t rank) const {
    return lanes[lane_of(rank)].replica;
  }
  [[nodiscard]] bool takes_requests(std::uint32_t rank) const {
    return replicas[replica_of(rank)].state == ReplicaState::kUp;
  }
  [[nodiscard]] std::int64_t all_blocks() const {
    return static_cast<std::int64_t>(ranks.size()) * spec.replica.blocks;
  }
  [[nodiscard]] std::int64_t unfinished(std::uint32_t replica) const;
  // Of a lane, with its replica's other lanes as busy as they are.
  [[nodiscard]] double step_s(const Lane& lane, const std::vector<StepLoad>& loads) const;
};

// Chooses the rank that a request goes to. None: no replica is up.
class Router {
 public:
  explicit Router(Routing routing) : routing_(routing) {}
  [[nodiscard]] std::uint32_t choose(const Pool& pool, const Job& job);

 private:
  [[nodiscard]] static std::uint32_t least_loaded(const Pool& pool, std::uint32_t replica);
  Routing routing_;
  std::uint32_t next_ = 0;  // replica, of round robin
};
inline constexpr std::uint32_t kNoRank = ~std::uint32_t{0};

}  // namespace redline::sim
