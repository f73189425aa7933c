#pragma once
// What one rank does from step to step: whom it lets in, which tokens of which prompts a step
// takes, who must make room. A step costs the same however many sequences decode: each is looked at
// only when it needs another block of cache or is done.

#include <cstdint>
#include <vector>

#include "redline/simulation.h"

#include "sim/block_cache.h"
#include "sim/job.h"

namespace redline::sim {

class Rank {
 public:
  // `prompts_only`: of a pool that hands over what it has computed.
  Rank(const ReplicaSpec& spec, Jobs& jobs, std::uint64_t seed, bool prompts_only);

  // Whether a request can ever be served here.
  [[nodiscard]] bool fits(const Job& job) const;
  void enqueue(JobId id);
  // The cache of a request that was moved has arrived.
  void arrived(JobId id);
  // Its cache here is no longer needed.
  void leave_source(JobId id);
  // A job that waits here for its cache, whose source is lost, goes back to where prompts are.
  void withdraw(JobId id);

  [[nodiscard]] std::int64_t unfinished() const { return unfinished_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size() + unseen_.size(); }
  [[nodiscard]] std::size_t decoding() const { return running_.size(); }
  [[nodiscard]] const BlockCache& cache() const { return cache_; }

  // Lets requests in and says what the next step works on; nothing where there is nothing to do.
  // Jobs whose cache must be moved here first are added to `moving`. `hold`: none is let in.
  [[nodiscard]] StepLoad begin_step(std::vector<JobId>& moving, bool hold = false);
  // Seconds that the step waits for caches on their way to or from the host.
  [[nodiscard]] double swap_s() const { return swap_s_; }

  // What a step brought about.
  struct Outcome {
    std::vector<JobId> first_tokens;  // prompts that are done
    std::vector<JobId> finished;
    std::vector<JobId> handed_over;  // prompts that are done, on chips for prompts only
  };
  void end_step(Outcome& outcome);
  // Tokens of its answer that a job of this rank has.
  [[nodiscard]] std::int64_t generated(const Job& job) const;
  // Everything that was here is lost.
  void reset();

  // Tokens of prompts computed and found in the cache, and of answers; sequences that made room.
  std::uint64_t prompt_tokens = 0, cached_tokens = 0, preemptions = 0;
  double answer_tokens = 0.0;

  [[nodiscard]] bool consistent() const;

 private:
  struct Waiting {
    int priority;
    std::uint64_t order;
    JobId id;
  };
  struct Chunk {
    JobId id;
    std::int64_t tokens;
  };
  static bool later(const Waiting& a, const Waiting& b);

  [[nodiscard]] std::int64_t blocks_of(std::int64_t tokens) const;
  void queue_up(JobId id);
  void look();
  // Whether new prompts wait for more of them.
  bool holds_back();
  bool admit(JobId id);
  bool admit_prompt(Job& job);
  void admit_waiting(std::int64_t& budget, StepLoad& load, std::vector<JobId>& moving);
  void take_chunk(JobId id, std::int64_t& budget, StepLoad& load);
  void end_decoding(Outcome& outcome);
  void finish_prompt(JobId id, Outcome& outcome);
  void share_prefixes(Job& job, std::int64_t tokens);
  void start_decoding(JobId id);
  [[nodiscard]] std::int64_t draw_steps(const Job& job);
  void schedule(JobId id);
  void cancel(JobId id);
  void touch(JobId id, Outcome& outcome);
  bool grow(JobId id);
  void preempt(JobId id);
  [[nodiscard]] JobId victim() const;
  void leave_batch(JobId id);
  void release(Job& job);
  void finish(JobId id, Outcome& outcome);

  const ReplicaSpec& spec_;
  Jobs& jobs_;
  std::uint64_t seed_;
  bool prompts_only_;
  BlockCache cache_;
  std::vector<Waiting> waiting_;  // a heap
  std::vector<JobId> unseen_;     // that came since the scheduler last looked
  std::vector<JobId> prefilling_;
  std::vector<JobId> running_;
  std::vector<Chunk> chunks_;
  std::vector<JobId> joining_;   // whose cache has arrived: they decode from the next step on
  std::vector<JobId> calendar_;  // first job of each of the coming steps
  std::int64_t mask_ = 0;
  std::int64_t step_ = 0;  // steps in which sequences decoded
  std::int64_t steps_since_look_ = 0;
  std::int64_t held_steps_ = 0;  // that new prompts have waited for more of them
  bool decodes_ = false;         // the step under way does
  double context_sum_ = 0.0, rate_sum_ = 0.0;
  std::int64_t unfinished_ = 0;
  std::int64_t moving_ = 0;  // jobs whose cache is on its way here
  double swap_s_ = 0.0, next_swap_s_ = 0.0;
};

}  // namespace redline::sim
