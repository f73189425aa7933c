#include "sim/scheduler.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>

#include "base/hash.h"

namespace redline::sim {
namespace {

// Blocks that are kept free for sequences that decode, as vLLM does by default.
constexpr double kWatermark = 0.01;
constexpr double kRounding = 1e-9;

std::size_t calendar_size(std::int64_t block_tokens) {
  constexpr std::uint64_t kMost = 4096;
  return std::bit_ceil(
      std::clamp<std::uint64_t>(static_cast<std::uint64_t>(block_tokens) + 2U, 16U, kMost));
}

}  // namespace

Rank::Rank(const ReplicaSpec& spec, Jobs& jobs, std::uint64_t seed, bool prompts_only)
    : spec_(spec),
      jobs_(jobs),
      seed_(seed),
      prompts_only_(prompts_only),
      cache_(spec.blocks),
      calendar_(calendar_size(spec.block_tokens), kNoJob),
      mask_(static_cast<std::int64_t>(calendar_.size()) - 1) {}

// The heap has the largest first: who goes first is the largest.
bool Rank::later(const Waiting& a, const Waiting& b) {
  return a.priority != b.priority ? a.priority > b.priority : a.order > b.order;
}

std::int64_t Rank::blocks_of(std::int64_t tokens) const {
  return (tokens + spec_.block_tokens - 1) / spec_.block_tokens;
}

bool Rank::fits(const Job& job) const {
  return blocks_of(job.prompt + (prompts_only_ ? 1 : job.answer)) <= spec_.blocks;
}

void Rank::enqueue(JobId id) {
  jobs_[id].state = JobState::kWaiting;
  ++unfinished_;
  if (spec_.look_steps > 1) {
    unseen_.push_back(id);
  } else {
    queue_up(id);
  }
}

void Rank::queue_up(JobId id) {
  const Job& job = jobs_[id];
  waiting_.push_back({job.priority, job.order, id});
  std::push_heap(waiting_.begin(), waiting_.end(), later);
}

void Rank::look() {
  const bool idle = running_.empty() && prefilling_.empty() && waiting_.empty();
  if (++steps_since_look_ < spec_.look_steps && !idle) {
    return;
  }
  steps_since_look_ = 0;
  for (const JobId id : unseen_) {
    queue_up(id);
  }
  unseen_.clear();
}

bool Rank::holds_back() {
  if (waiting_.empty() || running_.empty() || held_steps_ >= spec_.wait_steps) {
    held_steps_ = 0;
    return false;
  }
  auto tokens = static_cast<double>(running_.size());
  for (const Waiting& one : waiting_) {
    const Job& job = jobs_[one.id];
    tokens += static_cast<double>(job.prompt + job.generated);
  }
  const bool enough = tokens >= spec_.wait_share * static_cast<double>(spec_.step_tokens);
  held_steps_ = enough ? 0 : held_steps_ + 1;
  return !enough;
}

StepLoad Rank::begin_step(std::vector<JobId>& moving, bool hold) {
  chunks_.clear();
  for (const JobId id : joining_) {
    --moving_;
    start_decoding(id);
  }
  joining_.clear();
  StepLoad load;
  const bool chunked = spec_.batching == Batching::kChunked;
  std::int64_t budget = spec_.step_tokens;
  if (chunked) {
    budget -= static_cast<std::int64_t>(running_.size()) * (1 + spec_.drafts);
  }
  for (const JobId id : prefilling_) {
    take_chunk(id, budget, load);
  }
  look();
  if (!hold && !holds_back()) {
    admit_waiting(budget, load, moving);
  }
  decodes_ = !running_.empty() && (chunked || chunks_.empty());
  if (decodes_) {
    load.decodes = static_cast<double>(running_.size());
    load.context = std::max(0.0, context_sum_) / load.decodes;
  }
  if (load.prompt_tokens > 0.0) {
    load.keys /= load.prompt_tokens;
  }
  swap_s_ = next_swap_s_;
  next_swap_s_ = 0.0;
  return load;
}

// Keys are summed here.
void Rank::take_chunk(JobId id, std::int64_t& budget, StepLoad& load) {
  const Job& job = jobs_[id];
  const std::int64_t left = job.target - job.done;
  // Where prompts go whole, the first goes even if it is longer than a step should be.
  const bool first = spec_.batching == Batching::kPromptsFirst;
  const bool cut = !first && (!spec_.whole_prompts || job.target > spec_.step_tokens);
  const bool goes = budget > 0 && (cut || left <= budget || chunks_.empty());
  if (!goes) {
    return;
  }
  const std::int64_t tokens = cut ? std::min(left, budget) : left;
  chunks_.push_back({id, tokens});
  budget -= tokens;
  const auto count = static_cast<double>(tokens);
  constexpr double kHalf = 0.5;
  load.prompt_tokens += count;
  load.keys += count * (static_cast<double>(job.done) + kHalf * count);
}

void Rank::admit_waiting(std::int64_t& budget, StepLoad& load, std::vector<JobId>& moving) {
  while (!waiting_.empty()) {
    const JobId id = waiting_.front().id;
    const Job& job = jobs_[id];
    const bool computes = !job.swapped && !job.moved;
    if (computes && budget <= 0) {
      return;
    }
    if (!admit(id)) {
      return;
    }
    std::pop_heap(waiting_.begin(), waiting_.end(), later);
    waiting_.pop_back();
    if (job.state == JobState::kMoving) {
      moving.push_back(id);
    } else if (job.state == JobState::kPrefilling) {
      take_chunk(id, budget, load);
    }
  }
}

bool Rank::admit(JobId id) {
  Job& job = jobs_[id];
  const auto here = static_cast<std::int64_t>(running_.size() + prefilling_.size()) + moving_;
  if (here >= spec_.sequences) {
    return false;
  }
  if (!job.swapped && !job.moved) {
    if (!admit_prompt(job)) {
      return false;
    }
    prefilling_.push_back(id);
    return true;
  }
  const std::int64_t stored = job.prompt + job.generated - 1;
  const bool whole = spec_.admission == Admission::kWhole;
  const std::int64_t need = blocks_of(whole ? job.prompt + job.answer : stored + 1 + spec_.drafts);
  if (!cache_.take(need)) {
    return false;
  }
  job.blocks = need;
  if (job.moved) {
    job.state = JobState::kMoving;
    ++moving_;
    return true;
  }
  job.swapped = false;
  if (spec_.host_bytes_s > 0.0) {
    next_swap_s_ += static_cast<double>(stored) * spec_.cache_bytes_per_token / spec_.host_bytes_s;
  }
  start_decoding(id);
  return true;
}

bool Rank::admit_prompt(Job& job) {
  job.target = job.prompt + job.generated;
  std::size_t hits = 0;
  std::int64_t found = 0;
  std::int64_t idle = 0;
  if (spec_.prefix_cache && job.prefix_tokens > 0) {
    // The last token is always computed, for what follows it.
    const auto most = static_cast<std::size_t>((job.target - 1) / job.prefix_tokens);
    const std::span<const std::uint64_t> all(job.prefix);
    hits = cache_.match(all.first(std::min(most, all.size())));
    idle = cache_.idle_among(all.first(hits));
    found = static_cast<std::int64_t>(hits) * job.prefix_tokens;
  }
  const bool whole = spec_.admission == Admission::kWhole && !prompts_only_;
  const std::int64_t tokens = whole ? job.prompt + job.answer : job.target + 1;
  const std::int64_t need = blocks_of(tokens - found);
  const bool alone = running_.empty() && prefilling_.empty() && moving_ == 0;
  const auto spare =
      alone ? 0 : static_cast<std::int64_t>(kWatermark * static_cast<double>(spec_.blocks));
  if (need + idle + spare > cache_.available()) {
    return false;
  }
  cache_.hold(std::span<const std::uint64_t>(job.prefix).first(hits));
  RL_CHECK(cache_.take(need));
  job.held = hits;
  job.blocks = need;
  job.done = found;
  job.state = JobState::kPrefilling;
  cached_tokens += static_cast<std::uint64_t>(found);
  return true;
}

void Rank::end_decoding(Outcome& outcome) {
  if (!decodes_) {
    return;
  }
  ++step_;
  context_sum_ += rate_sum_;
  answer_tokens += rate_sum_;
  JobId& first = calendar_[static_cast<std::size_t>(step_ & mask_)];
  while (first != kNoJob) {
    const JobId id = first;
    cancel(id);
    touch(id, outcome);
  }
}

void Rank::end_step(Outcome& outcome) {
  end_decoding(outcome);
  for (const Chunk& chunk : chunks_) {
    Job& job = jobs_[chunk.id];
    if (job.state != JobState::kPrefilling) {
      continue;  // it has made room meanwhile
    }
    job.done += chunk.tokens;
    prompt_tokens += static_cast<std::uint64_t>(chunk.tokens);
    if (job.done == job.target) {
      prefilling_.erase(std::find(prefilling_.begin(), prefilling_.end(), chunk.id));
      finish_prompt(chunk.id, outcome);
    }
  }
  chunks_.clear();
}

void Rank::finish_prompt(JobId id, Outcome& outcome) {
  Job& job = jobs_[id];
  share_prefixes(job, job.target);
  ++job.generated;
  answer_tokens += 1.0;
  if (job.generated >= job.answer) {
    outcome.first_tokens.push_back(id);
    finish(id, outcome);
    return;
  }
  if (!prompts_only_) {
    outcome.first_tokens.push_back(id);
    start_decoding(id);
    return;
  }
  job.state = JobState::kHeld;
  job.moved = true;
  job.source_rank = job.rank;
  job.source_blocks = job.blocks;
  job.source_held = job.held;
  job.blocks = 0;
  job.held = 0;
  --unfinished_;
  outcome.handed_over.push_back(id);
}

void Rank::share_prefixes(Job& job, std::int64_t tokens) {
  if (!spec_.prefix_cache || job.prefix_tokens <= 0) {
    return;
  }
  const std::int64_t each = blocks_of(job.prefix_tokens);
  const auto most =
      std::min(job.prefix.size(), static_cast<std::size_t>(tokens / job.prefix_tokens));
  while (job.held < most && job.blocks >= each) {
    cache_.share(job.prefix[job.held], each);
    job.blocks -= each;
    ++job.held;
  }
}

std::int64_t Rank::draw_steps(const Job& job) {
  std::int64_t left = job.answer - job.generated;
  if (spec_.drafts == 0) {
    return left;
  }
  constexpr double kUnit = 0x1.0p-53;
  constexpr unsigned kDropped = 11;  // of 64 bits, so that 53 are left
  std::uint64_t state = mix64(seed_ ^ mix64(job.order + (static_cast<std::uint64_t>(left) << 40U)));
  std::int64_t steps = 0;
  while (left > 0) {
    ++steps;
    --left;
    for (int i = 0; i < spec_.drafts; ++i) {
      state = mix64(state);
      if (static_cast<double>(state >> kDropped) * kUnit >= spec_.acceptance) {
        break;
      }
      --left;
    }
  }
  return steps;
}

void Rank::start_decoding(JobId id) {
  Job& job = jobs_[id];
  job.state = JobState::kDecoding;
  const std::int64_t steps = draw_steps(job);
  job.stored = static_cast<double>(job.prompt + job.generated - 1);
  job.rate = static_cast<double>(job.answer - job.generated) / static_cast<double>(steps);
  job.generated_before = job.generated;
  job.first_step = step_;
  job.last_step = step_ + steps;
  context_sum_ += job.stored;
  rate_sum_ += job.rate;
  job.place = running_.size();
  running_.push_back(id);
  schedule(id);
}

std::int64_t Rank::generated(const Job& job) const {
  if (job.state != JobState::kDecoding) {
    return job.generated;
  }
  const double steps = static_cast<double>(step_ - job.first_step);
  return std::min(job.answer - 1,
                  job.generated_before + static_cast<std::int64_t>(job.rate * steps + kRounding));
}

// Looks at a job again before the first step that its blocks are too few for, or when it is done.
void Rank::schedule(JobId id) {
  Job& job = jobs_[id];
  while (true) {
    const double now = job.stored + job.rate * static_cast<double>(step_ - job.first_step);
    const auto room = static_cast<double>(static_cast<std::int64_t>(job.held) * job.prefix_tokens +
                                          job.blocks * spec_.block_tokens);
    const auto steps =
        static_cast<std::int64_t>(std::max(0.0, (room - now) / job.rate + kRounding));
    const std::int64_t delay = std::min({steps, job.last_step - step_, mask_});
    if (delay > 0) {
      job.slot = static_cast<std::uint32_t>((step_ + delay) & mask_);
      job.before = kNoJob;
      job.after = calendar_[job.slot];
      if (job.after != kNoJob) {
        jobs_[job.after].before = id;
      }
      calendar_[job.slot] = id;
      return;
    }
    job.slot = kNoJob;
    if (!grow(id)) {
      return;
    }
  }
}

void Rank::cancel(JobId id) {
  Job& job = jobs_[id];
  if (job.slot == kNoJob) {
    return;
  }
  (job.before == kNoJob ? calendar_[job.slot] : jobs_[job.before].after) = job.after;
  if (job.after != kNoJob) {
    jobs_[job.after].before = job.before;
  }
  job.before = job.after = kNoJob;
  job.slot = kNoJob;
}

void Rank::touch(JobId id, Outcome& outcome) {
  if (step_ < jobs_[id].last_step) {
    schedule(id);
    return;
  }
  Job& job = jobs_[id];
  leave_batch(id);
  job.generated = job.answer;
  share_prefixes(job, job.prompt + job.answer - 1);  // what the next round of a task begins with
  finish(id, outcome);
}

void Rank::finish(JobId id, Outcome& outcome) {
  release(jobs_[id]);
  --unfinished_;
  outcome.finished.push_back(id);
}

// Another block for a sequence that decodes; who came last makes room. False: it was itself.
bool Rank::grow(JobId id) {
  while (!cache_.take(1)) {
    const JobId last = victim();
    preempt(last);
    if (last == id) {
      return false;
    }
  }
  ++jobs_[id].blocks;
  return true;
}

JobId Rank::victim() const {
  JobId last = kNoJob;
  const auto look = [&](JobId id) {
    const Job& job = jobs_[id];
    const bool worse = last == kNoJob || job.priority > jobs_[last].priority ||
                       (job.priority == jobs_[last].priority && job.order > jobs_[last].order);
    last = worse ? id : last;
  };
  std::for_each(running_.begin(), running_.end(), look);
  std::for_each(prefilling_.begin(), prefilling_.end(), look);
  return last;
}

void Rank::preempt(JobId id) {
  Job& job = jobs_[id];
  ++preemptions;
  if (job.state == JobState::kDecoding) {
    const double steps = static_cast<double>(step_ - job.first_step);
    job.generated = generated(job);
    answer_tokens -= job.rate * steps - static_cast<double>(job.generated - job.generated_before);
    leave_batch(id);
    job.swapped = spec_.preemption == Preemption::kSwap;
    if (job.swapped && spec_.host_bytes_s > 0.0) {
      next_swap_s_ += static_cast<double>(job.prompt + job.generated - 1) *
                      spec_.cache_bytes_per_token / spec_.host_bytes_s;
    }
  } else {
    prefilling_.erase(std::find(prefilling_.begin(), prefilling_.end(), id));
    job.done = 0;
  }
  job.moved = false;
  release(job);
  job.state = JobState::kWaiting;
  queue_up(id);
}

void Rank::leave_batch(JobId id) {
  Job& job = jobs_[id];
  cancel(id);
  const double steps = static_cast<double>(step_ - job.first_step);
  context_sum_ -= job.stored + job.rate * steps;
  rate_sum_ -= job.rate;
  const JobId last = running_.back();
  running_[job.place] = last;
  jobs_[last].place = job.place;
  running_.pop_back();
  if (running_.empty()) {
    context_sum_ = rate_sum_ = 0.0;  // of rounding
  }
}

void Rank::release(Job& job) {
  cache_.release(std::span<const std::uint64_t>(job.prefix).first(job.held));
  cache_.give(job.blocks);
  job.held = 0;
  job.blocks = 0;
}

void Rank::arrived(JobId id) {
  jobs_[id].moved = false;
  joining_.push_back(id);
}

void Rank::leave_source(JobId id) {
  Job& job = jobs_[id];
  cache_.release(std::span<const std::uint64_t>(job.prefix).first(job.source_held));
  cache_.give(job.source_blocks);
  job.source_held = 0;
  job.source_blocks = 0;
}

void Rank::withdraw(JobId id) {
  Job& job = jobs_[id];
  if (job.state == JobState::kMoving) {
    --moving_;
    std::erase(joining_, id);
    release(job);
  } else {
    std::erase(unseen_, id);
    std::erase_if(waiting_, [id](const Waiting& one) { return one.id == id; });
    std::make_heap(waiting_.begin(), waiting_.end(), later);
  }
  --unfinished_;
}

void Rank::reset() {
  cache_.clear();
  waiting_.clear();
  unseen_.clear();
  prefilling_.clear();
  running_.clear();
  chunks_.clear();
  joining_.clear();
  std::fill(calendar_.begin(), calendar_.end(), kNoJob);
  context_sum_ = rate_sum_ = 0.0;
  unfinished_ = moving_ = 0;
  swap_s_ = next_swap_s_ = 0.0;
  decodes_ = false;
}

bool Rank::consistent() const {
  std::int64_t own = 0;
  double context = 0.0;
  for (const JobId id : running_) {
    const Job& job = jobs_[id];
    own += job.blocks;
    context += job.stored + job.rate * static_cast<double>(step_ - job.first_step);
  }
  for (const JobId id : prefilling_) {
    own += jobs_[id].blocks;
  }
  const bool counted = moving_ > 0 || prompts_only_ || own <= cache_.used();
  return cache_.consistent() && counted &&
         std::abs(context - context_sum_) <= 1e-6 * (1.0 + context);
}

}  // namespace redline::sim
