#include "sim/engine.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "redline/random.h"

#include "base/hash.h"

namespace redline::sim {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

}  // namespace

Engine::Engine(const SimulationSpec& spec)
    : spec_(spec),
      traffic_(spec.traffic, spec.seed),
      answers_(spec.cluster.pool, jobs_, spec.seed, /*prompts_only=*/false),
      answer_router_(spec.cluster.routing),
      prompt_router_(spec.cluster.routing) {
  if (spec.cluster.prefill) {
    prompts_.emplace(*spec.cluster.prefill, jobs_, spec.seed, /*prompts_only=*/true);
  }
  for (std::uint8_t i = 0; i < pools(); ++i) {
    on_[i] = static_cast<std::int64_t>(pool(i).replicas.size());
    lane_waiting_[i].assign(pool(i).lanes.size(), 0);
    lane_used_[i].assign(pool(i).lanes.size(), 0);
    for (std::uint32_t r = 0; r < pool(i).replicas.size(); ++r) {
      plan_failure(i, r);
    }
  }
  if (spec.cluster.autoscaling) {
    const auto least = static_cast<std::size_t>(spec.cluster.autoscaling->least);
    for (std::size_t r = least; r < answers_.replicas.size(); ++r) {
      answers_.replicas[r].state = ReplicaState::kOff;
      --on_[0];
    }
    events_.add({spec.cluster.autoscaling->every_s, 0, EventKind::kScale, 0, 0, 0});
  }
}

SimulationResult Engine::run() {
  begin_arrivals();
  SimulationResult result;
  constexpr std::uint64_t kBetween = 8192;  // events between looks at the outside
  std::uint64_t count = 0;
  while (pending_arrivals_ + open_tasks_ > 0) {
    const Event event = events_.pop();
    advance(event.at_s);
    handle(event);
    if (++count % kBetween == 0) {
      if (spec_.progress) {
        spec_.progress(tasks_done_);
      }
      if (spec_.stop && spec_.stop()) {
        result.stopped = true;
        break;
      }
    }
  }
  describe(result);
  return result;
}

void Engine::advance(double now_s) {
  const double span = now_s - now_s_;
  if (span <= 0.0) {
    return;
  }
  in_system_s_ += span * static_cast<double>(in_system_);
  for (std::uint8_t i = 0; i < pools(); ++i) {
    replica_s_[i] += span * static_cast<double>(on_[i]);
    block_s_[i] += span * static_cast<double>(pool(i).used_blocks);
  }
  const double share =
      static_cast<double>(answers_.used_blocks) / static_cast<double>(answers_.all_blocks());
  timeline_.add(now_s_, now_s, static_cast<double>(in_system_ - waiting_),
                static_cast<double>(waiting_), share);
  now_s_ = now_s;
}

Totals Engine::totals() const {
  Totals sum;
  sum.at_s = now_s_;
  double answer_tokens = 0.0;
  const auto add = [&](const Pool& pool, double replica_s) {
    const PoolSpec& spec = pool.spec;
    sum.usd += spec.usd_per_s * replica_s;
    sum.joules += spec.idle_watts * replica_s +
                  (spec.busy_watts - spec.idle_watts) * pool.busy_s / spec.replica.lanes;
    for (const Rank& rank : pool.ranks) {
      answer_tokens += rank.answer_tokens;
      sum.prompt_tokens += rank.prompt_tokens;
    }
  };
  add(answers_, replica_s_[0]);
  if (prompts_) {
    add(*prompts_, replica_s_[1]);
  }
  sum.answer_tokens = static_cast<std::uint64_t>(std::llround(answer_tokens));
  return sum;
}

void Engine::handle(const Event& event) {
  switch (event.kind) {
    case EventKind::kArrival:
      --pending_arrivals_;
      arrive(next_++);
      return;
    case EventKind::kQueued:
      dispatch(event.index);
      return;
    case EventKind::kStepEnd:
      if (pool(event.pool).replicas[pool(event.pool).lanes[event.index].replica].epoch ==
          event.epoch) {
        end_step(event.pool, event.index);
      }
      return;
    case EventKind::kMoved:
      if (jobs_[event.index].alive && jobs_[event.index].moves == event.epoch) {
        moved(event.index);
      }
      return;
    case EventKind::kFailure:
      if (pool(event.pool).replicas[event.index].epoch == event.epoch) {
        fail(event.pool, event.index);
      }
      return;
    case EventKind::kRepair:
      start(event.pool, event.index);
      return;
    case EventKind::kScale:
      scale();
      return;
  }
}

void Engine::begin_arrivals() {
  if (spec_.traffic.process != ArrivalProcess::kUsers) {
    plan_arrival(0);
    return;
  }
  const auto users = std::min(
      spec_.requests, static_cast<std::uint64_t>(std::max<std::int64_t>(0, spec_.traffic.users)));
  for (std::uint64_t i = 0; i < users; ++i) {
    add_arrival(traffic_.think_s(i));
  }
}

void Engine::add_arrival(double at_s) {
  ++planned_;
  ++pending_arrivals_;
  events_.add({at_s, 0, EventKind::kArrival, 0, 0, 0});
}

// Of a process that does not wait for answers.
void Engine::plan_arrival(std::uint64_t number) {
  const double at = number < spec_.requests ? traffic_.arrival_s(number, before_s_) : kNever;
  if (at <= spec_.duration_s && at < kNever) {
    before_s_ = at;
    add_arrival(at);
  }
}

void Engine::arrive(std::uint64_t number) {
  last_arrival_ = totals();
  slices_.arrive(number, last_arrival_);
  ++open_tasks_;
  TrafficRequest request;
  traffic_.request(number, request, scratch_);
  add_jobs(number, request.prompt, 0);
  if (spec_.traffic.process != ArrivalProcess::kUsers) {
    plan_arrival(number + 1);
  }
}

// The requests of a round of a task.
void Engine::add_jobs(std::uint64_t task, std::int64_t prompt, int round) {
  const bool several = spec_.samples > 1 || spec_.rounds > 1;
  if (several) {
    Task& state = tasks_[task];
    state.arrival_s = round == 0 ? now_s_ : state.arrival_s;
    state.open = spec_.samples;
    state.round = round;
    state.prompt = prompt;
  }
  slices_.of(task).requests += static_cast<std::uint64_t>(spec_.samples);
  std::vector<JobId> added;
  for (int sample = 0; sample < spec_.samples; ++sample) {
    // The answers of one task are of different lengths.
    const std::uint64_t draw = several ? (task * static_cast<std::uint64_t>(spec_.rounds) +
                                          static_cast<std::uint64_t>(round)) *
                                                 static_cast<std::uint64_t>(spec_.samples) +
                                             static_cast<std::uint64_t>(sample)
                                       : task;
    TrafficRequest request;
    traffic_.request(draw, request, scratch_);
    const std::int64_t answer = request.answer;
    if (several && draw != task) {
      traffic_.request(task, request, scratch_);
    }
    const JobId id = jobs_.add();
    Job& job = jobs_[id];
    job.arrival_s = now_s_;
    job.task = task;
    job.order = order_++;
    job.prompt = std::max(prompt, request.prompt);
    job.answer = answer;
    job.priority = request.priority;
    job.prefix.assign(request.prefix.begin(), request.prefix.end());
    job.prefix_tokens = request.block_tokens;
    if (several) {
      continue_prefix(job, task);
    }
    ++offered_;
    ++in_system_;
    added.push_back(id);
  }
  const double way_s = (prompts_ ? *prompts_ : answers_).spec.replica.request_s;
  for (const JobId id : added) {
    if (way_s > 0.0) {
      events_.add({now_s_ + way_s, 0, EventKind::kQueued, 0, id, 0});
    } else {
      dispatch(id);
    }
  }
}

// All of a task's requests begin alike: what it asked and was answered.
void Engine::continue_prefix(Job& job, std::uint64_t task) const {
  if (job.prefix_tokens == 0) {
    job.prefix_tokens = Traffic::kPrefixBlock;
  }
  const std::int64_t tokens = job.prompt + (spec_.rounds > 1 ? job.answer : 0);
  const auto blocks = static_cast<std::size_t>(tokens / job.prefix_tokens);
  for (std::size_t i = job.prefix.size(); i < blocks; ++i) {
    job.prefix.push_back(mix64(mix64(task + 1) ^ (i + 1)));
  }
}

void Engine::dispatch(JobId id) {
  Job& job = jobs_[id];
  const std::uint8_t index = prompts_ && !job.moved ? 1 : 0;
  Pool& where = pool(index);
  const std::uint32_t rank = (index == 0 ? answer_router_ : prompt_router_).choose(where, job);
  if (rank == kNoRank) {
    stranded_.push_back(id);
    return;
  }
  if (!where.ranks[rank].fits(job) || (index == 1 && !answers_.ranks.front().fits(job))) {
    reject(id);
    return;
  }
  job.rank = rank;
  job.at_prompts = index == 1;
  where.ranks[rank].enqueue(id);
  const std::uint32_t lane = where.lane_of(rank);
  refresh(where, lane);
  wake(index, lane);
}

// It can never be served: more cache than there is.
void Engine::reject(JobId id) {
  const Job job = jobs_[id];
  ++rejected_;
  --in_system_;
  sojourn_s_ += now_s_ - job.arrival_s;
  jobs_.remove(id);
  end_of_request(job.task, 0);
}

void Engine::complete(JobId id) {
  const Job& job = jobs_[id];
  Slice& slice = slices_.of(job.task);
  const double latency = now_s_ - job.arrival_s;
  const double ttft = job.first_token_s - job.arrival_s;
  double tpot = 0.0;
  slice.latency.add(latency);
  slice.ttft.add(ttft);
  if (job.answer > 1) {
    tpot = (now_s_ - job.first_token_s) / static_cast<double>(job.answer - 1);
    slice.tpot.add(tpot);
  }
  const LatencyTarget& target = spec_.target;
  if (ttft <= target.ttft_s && tpot <= target.tpot_s && latency <= target.latency_s) {
    ++slice.good;
  }
  ++slice.finished;
  ++finished_;
  --in_system_;
  sojourn_s_ += latency;
  const std::uint64_t task = job.task;
  const std::int64_t tokens = job.prompt + job.answer;
  jobs_.remove(id);
  end_of_request(task, tokens);
}

void Engine::end_of_request(std::uint64_t task, std::int64_t tokens) {
  const auto found = tasks_.find(task);
  if (found == tasks_.end()) {
    answered();
    return;
  }
  Task& state = found->second;
  state.prompt = std::max(state.prompt, tokens);
  if (--state.open > 0) {
    return;
  }
  if (state.round + 1 < spec_.rounds && tokens > 0) {
    add_jobs(task, state.prompt, state.round + 1);
    return;
  }
  const double begun = state.arrival_s;
  tasks_.erase(found);
  slices_.of(task).task.add(now_s_ - begun);
  answered();
}

// A user who was answered asks again.
void Engine::answered() {
  --open_tasks_;
  ++tasks_done_;
  const bool asks = spec_.traffic.process == ArrivalProcess::kUsers && planned_ < spec_.requests;
  const double at = asks ? now_s_ + traffic_.think_s(planned_) : kNever;
  if (at <= spec_.duration_s && at < kNever) {
    add_arrival(at);
  }
}

void Engine::refresh(Pool& where, std::uint32_t lane) {
  const std::size_t index = &where == &answers_ ? 0 : 1;
  const auto each = static_cast<std::uint32_t>(where.spec.replica.ranks);
  std::int64_t waiting = 0;
  std::int64_t used = 0;
  for (std::uint32_t i = 0; i < each; ++i) {
    const Rank& rank = where.ranks[where.lanes[lane].first_rank + i];
    waiting += static_cast<std::int64_t>(rank.waiting());
    used += rank.cache().used();
  }
  waiting_ += waiting - lane_waiting_[index][lane];
  where.used_blocks += used - lane_used_[index][lane];
  where.peak_blocks = std::max(where.peak_blocks, where.used_blocks);
  lane_waiting_[index][lane] = waiting;
  lane_used_[index][lane] = used;
}

// As TensorRT-LLM balances ranks with sequences of their own (attention_dp_config).
bool Engine::holds_prompts(const Pool& where, Lane& lane) {
  const ReplicaSpec& spec = where.spec.replica;
  if (spec.together_steps == 0 || spec.ranks == 1) {
    return false;
  }
  bool all_have_one = true;
  bool all_decode = true;
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(spec.ranks); ++i) {
    const Rank& rank = where.ranks[lane.first_rank + i];
    all_have_one = all_have_one && rank.waiting() > 0;
    all_decode = all_decode && rank.decoding() > 0;
  }
  if (!all_decode) {
    lane.apart_steps = lane.gathered_steps = 0;
    return false;
  }
  std::int64_t& held = all_have_one ? lane.gathered_steps : lane.apart_steps;
  const std::int64_t most = all_have_one ? spec.gather_steps : spec.together_steps;
  lane.apart_steps = all_have_one ? 0 : lane.apart_steps;
  const bool holds = held < most;
  held = holds ? held + 1 : 0;
  return holds;
}

void Engine::wake(std::uint8_t pool_index, std::uint32_t lane_index) {
  Pool& where = pool(pool_index);
  Lane& lane = where.lanes[lane_index];
  Replica& replica = where.replicas[lane.replica];
  const bool works = replica.state == ReplicaState::kUp || replica.state == ReplicaState::kDraining;
  if (lane.busy || !works) {
    return;
  }
  loads_.clear();
  moving_.clear();
  bool any = false;
  double swap_s = 0.0;
  const bool hold = holds_prompts(where, lane);
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(where.spec.replica.ranks); ++i) {
    Rank& rank = where.ranks[lane.first_rank + i];
    loads_.push_back(rank.begin_step(moving_, hold));
    const StepLoad& load = loads_.back();
    any = any || load.decodes > 0.0 || load.prompt_tokens > 0.0;
    swap_s = std::max(swap_s, rank.swap_s());
    if (load.decodes > 0.0) {
      where.decode_sum += load.decodes;
      ++where.rank_steps;
    }
  }
  refresh(where, lane_index);
  for (const JobId id : moving_) {
    move(id);
  }
  if (!any) {
    return;
  }
  lane.busy = true;
  lane.begun_s = now_s_;
  ++replica.busy_lanes;
  ++where.steps;
  const double seconds = where.step_s(lane, loads_) + swap_s;
  if (spec_.log != nullptr) {
    log_step(pool_index, lane, seconds);
  }
  events_.add({now_s_ + seconds, 0, EventKind::kStepEnd, pool_index, lane_index, replica.epoch});
}

void Engine::end_step(std::uint8_t pool_index, std::uint32_t lane_index) {
  Pool& where = pool(pool_index);
  Lane& lane = where.lanes[lane_index];
  lane.busy = false;
  --where.replicas[lane.replica].busy_lanes;
  where.busy_s += now_s_ - lane.begun_s;
  Rank::Outcome outcome = std::move(outcome_);
  outcome.first_tokens.clear();
  outcome.finished.clear();
  outcome.handed_over.clear();
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(where.spec.replica.ranks); ++i) {
    where.ranks[lane.first_rank + i].end_step(outcome);
  }
  for (const JobId id : outcome.first_tokens) {
    if (jobs_[id].first_token_s < 0.0) {
      jobs_[id].first_token_s = now_s_;
    }
  }
  for (const JobId id : outcome.finished) {
    complete(id);
  }
  for (const JobId id : outcome.handed_over) {
    dispatch(id);
  }
  outcome_ = std::move(outcome);
  refresh(where, lane_index);
  wake(pool_index, lane_index);
}

// A network sends one cache after another, and takes one after another.
void Engine::move(JobId id) {
  Job& job = jobs_[id];
  double& from = prompts_->link_free_s[job.source_rank];
  double& to = answers_.link_free_s[job.rank];
  const double slower = std::min(prompts_->spec.network_bytes_s, answers_.spec.network_bytes_s);
  const double bytes = static_cast<double>(job.prompt + job.generated - 1) *
                       answers_.spec.replica.cache_bytes_per_token;
  const double begin = std::max({now_s_, from, to});
  from = to = begin + (slower > 0.0 ? bytes / slower : 0.0);
  ++job.moves;
  events_.add({from + spec_.cluster.handover_s, 0, EventKind::kMoved, 0, id, job.moves});
}

void Engine::moved(JobId id) {
  Job& job = jobs_[id];
  if (job.first_token_s < 0.0) {
    job.first_token_s = now_s_;
  }
  const std::uint32_t source = job.source_rank;
  prompts_->ranks[source].leave_source(id);
  answers_.ranks[job.rank].arrived(id);
  refresh(*prompts_, prompts_->lane_of(source));
  const std::uint32_t lane = answers_.lane_of(job.rank);
  wake(1, prompts_->lane_of(source));
  wake(0, lane);
}

void Engine::log_step(std::uint8_t pool_index, const Lane& lane, double seconds) const {
  const Pool& where = pool_index == 0 ? answers_ : *prompts_;
  const auto lanes = static_cast<std::uint32_t>(where.spec.replica.lanes);
  const auto index = lane.first_rank / static_cast<std::uint32_t>(where.spec.replica.ranks);
  SimulationLog::Step step;
  step.pool = pool_index;
  step.replica = static_cast<int>(lane.replica);
  step.lane = static_cast<int>(index % lanes);
  step.begin_s = now_s_;
  step.duration_s = seconds;
  for (const StepLoad& load : loads_) {
    step.decodes += std::llround(load.decodes);
    step.prompt_tokens += std::llround(load.prompt_tokens);
  }
  step.waiting = lane_waiting_[pool_index][index];
  step.cache_share = static_cast<double>(lane_used_[pool_index][index]) /
                     static_cast<double>(where.spec.replica.blocks * where.spec.replica.ranks);
  spec_.log->step(step);
}

}  // namespace redline::sim
