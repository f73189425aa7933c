#pragma once
// A request on its way through the cluster.

#include <cstdint>
#include <vector>

namespace redline::sim {

using JobId = std::uint32_t;
inline constexpr JobId kNoJob = ~JobId{0};

enum class JobState : std::uint8_t {
  kWaiting,     // for room on a rank
  kPrefilling,  // its prompt is under way
  kDecoding,
  kHeld,    // prompt done, its cache waits on the chips of prompts
  kMoving,  // its cache is on the way to the rank that decodes
};

struct Job {
  // What was asked for.
  double arrival_s = 0.0;
  std::uint64_t task = 0;   // number of the task
  std::uint64_t order = 0;  // of arrival, for first come first served
  std::int64_t prompt = 1, answer = 1;
  int priority = 0;
  std::vector<std::uint64_t> prefix;  // see TrafficRequest
  std::int64_t prefix_tokens = 0;     // of each

  // How far it is.
  JobState state = JobState::kWaiting;
  double first_token_s = -1.0;
  std::int64_t target = 0;     // tokens whose cache must stand before it decodes
  std::int64_t done = 0;       // of them, computed or found
  std::int64_t generated = 0;  // tokens of the answer
  bool swapped = false;        // its cache is in the memory of the host
  bool moved = false;          // its cache was computed on the chips of prompts

  // Where it is.
  bool alive = false;
  bool at_prompts = false;        // in the pool that prefills
  std::uint32_t moves = 0;        // of this place: transfers that began or were given up
  std::uint32_t rank = 0;         // of its pool
  std::int64_t blocks = 0;        // its own
  std::size_t held = 0;           // prefixes that it shares
  std::uint32_t source_rank = 0;  // of the pool of prompts, while its cache is there
  std::int64_t source_blocks = 0;
  std::size_t source_held = 0;
  std::size_t place = 0;  // among those that run on the rank

  // While it decodes: steps of its rank.
  std::int64_t first_step = 0, last_step = 0;
  double stored = 0.0;  // tokens cached at first_step
  double rate = 1.0;    // tokens a step
  std::int64_t generated_before = 0;
  JobId before = kNoJob, after = kNoJob;  // of the same step of the calendar
  std::uint32_t slot = 0;
};

// Jobs that are under way. What one leaves behind is used again.
class Jobs {
 public:
  JobId add() {
    if (free_.empty()) {
      jobs_.emplace_back().alive = true;
      return static_cast<JobId>(jobs_.size() - 1);
    }
    const JobId id = free_.back();
    free_.pop_back();
    std::vector<std::uint64_t> room = std::move(jobs_[id].prefix);
    room.clear();
    const std::uint32_t moves = jobs_[id].moves;
    jobs_[id] = Job{};
    jobs_[id].moves = moves + 1;  // what was meant for the one before is not for this one
    jobs_[id].prefix = std::move(room);
    jobs_[id].alive = true;
    return id;
  }
  void remove(JobId id) {
    jobs_[id].alive = false;
    free_.push_back(id);
  }
  [[nodiscard]] std::size_t places() const { return jobs_.size(); }  // live ones and left ones
  Job& operator[](JobId id) { return jobs_[id]; }
  const Job& operator[](JobId id) const { return jobs_[id]; }
  [[nodiscard]] std::size_t live() const { return jobs_.size() - free_.size(); }

 private:
  std::vector<Job> jobs_;
  std::vector<JobId> free_;
};

}  // namespace redline::sim
