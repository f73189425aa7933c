// Replicas that fail, are repaired, started and stopped.

#include <algorithm>
#include <cmath>

#include "redline/random.h"

#include "sim/engine.h"

namespace redline::sim {
namespace {

constexpr std::uint64_t kFailureStream = 101;  // apart from those of traffic

}  // namespace

void Engine::plan_failure(std::uint8_t pool_index, std::uint32_t replica) {
  if (spec_.cluster.mtbf_s <= 0.0) {
    return;
  }
  const std::uint32_t epoch = pool(pool_index).replicas[replica].epoch;
  const std::uint64_t number =
      (std::uint64_t{epoch} << 32U) | (std::uint64_t{pool_index} << 31U) | replica;
  const double after =
      -spec_.cluster.mtbf_s * std::log(uniform(spec_.seed, kFailureStream, number));
  events_.add({now_s_ + after, 0, EventKind::kFailure, pool_index, replica, epoch});
}

// Whether a job had anything on the replica; it begins again, with what it was answered.
bool Engine::lose(JobId id, std::uint8_t pool_index, std::uint32_t replica) {
  Job& job = jobs_[id];
  const bool at_prompts = pool_index == 1;
  const bool sourced = job.moved && job.state != JobState::kHeld && !job.at_prompts;
  const bool here =
      job.at_prompts == at_prompts && pool(pool_index).replica_of(job.rank) == replica;
  const bool source_here =
      at_prompts && job.moved && prompts_->replica_of(job.source_rank) == replica;
  if (!here && !source_here) {
    return false;
  }
  if (here) {
    job.generated = pool(pool_index).ranks[job.rank].generated(job);
  }
  if (source_here && sourced) {
    answers_.ranks[job.rank].withdraw(id);
    refresh(answers_, answers_.lane_of(job.rank));
  } else if (here && sourced) {
    prompts_->ranks[job.source_rank].leave_source(id);
    refresh(*prompts_, prompts_->lane_of(job.source_rank));
  }
  // A first token that was on its way with the cache was not seen.
  if (job.first_token_s < 0.0) {
    job.generated = 0;
  }
  job.state = JobState::kWaiting;
  job.moved = job.swapped = false;
  job.done = 0;
  job.blocks = job.source_blocks = 0;
  job.held = job.source_held = 0;
  ++job.moves;
  return true;
}

void Engine::fail(std::uint8_t pool_index, std::uint32_t index) {
  Pool& where = pool(pool_index);
  Replica& replica = where.replicas[index];
  if (replica.state == ReplicaState::kOff) {
    plan_failure(pool_index, index);
    return;
  }
  note("failure", pool_index, index);
  ++where.failures;
  std::vector<JobId> lost;
  for (JobId id = 0; id < jobs_.places(); ++id) {
    const bool stranded = std::find(stranded_.begin(), stranded_.end(), id) != stranded_.end();
    if (jobs_[id].alive && !stranded && lose(id, pool_index, index)) {
      lost.push_back(id);
    }
  }
  replica.state = ReplicaState::kFailed;
  ++replica.epoch;
  replica.busy_lanes = 0;
  for (std::uint32_t i = 0; i < where.lanes.size(); ++i) {
    Lane& lane = where.lanes[i];
    if (lane.replica != index) {
      continue;
    }
    if (lane.busy) {
      where.busy_s += now_s_ - lane.begun_s;
      lane.busy = false;
    }
    for (int r = 0; r < where.spec.replica.ranks; ++r) {
      where.ranks[lane.first_rank + static_cast<std::uint32_t>(r)].reset();
    }
    refresh(where, i);
  }
  events_.add({now_s_ + spec_.cluster.repair_s, 0, EventKind::kRepair, pool_index, index, 0});
  // In the order of their arrival, wherever their places are.
  std::sort(lost.begin(), lost.end(),
            [this](JobId a, JobId b) { return jobs_[a].order < jobs_[b].order; });
  for (const JobId id : lost) {
    dispatch(id);
  }
}

void Engine::start(std::uint8_t pool_index, std::uint32_t index) {
  pool(pool_index).replicas[index].state = ReplicaState::kUp;
  note("up", pool_index, index);
  plan_failure(pool_index, index);
  std::vector<JobId> waiting = std::move(stranded_);
  stranded_.clear();
  for (const JobId id : waiting) {
    dispatch(id);
  }
}

void Engine::scale() {
  const Autoscaling& rule = *spec_.cluster.autoscaling;
  std::int64_t unfinished = static_cast<std::int64_t>(stranded_.size());
  int up = 0;
  int starting = 0;
  std::uint32_t last_up = 0;
  std::optional<std::uint32_t> off;
  for (std::uint32_t i = 0; i < answers_.replicas.size(); ++i) {
    Replica& one = answers_.replicas[i];
    const std::int64_t jobs = answers_.unfinished(i);
    if (one.state == ReplicaState::kDraining && jobs == 0) {
      one.state = ReplicaState::kOff;
      --on_[0];
      note("off", 0, i);
    }
    if (one.state == ReplicaState::kUp) {
      ++up;
      last_up = i;
      unfinished += jobs;
    }
    starting += one.state == ReplicaState::kStarting ? 1 : 0;
    if (one.state == ReplicaState::kOff && !off) {
      off = i;
    }
  }
  const double each = static_cast<double>(unfinished) / std::max(1, up + starting);
  if (each > rule.up_at && off) {
    answers_.replicas[*off].state = ReplicaState::kStarting;
    ++on_[0];
    note("starting", 0, *off);
    events_.add({now_s_ + rule.start_s, 0, EventKind::kRepair, 0, *off, 0});
  } else if (each < rule.down_at && starting == 0 && up > rule.least) {
    answers_.replicas[last_up].state = ReplicaState::kDraining;
    note("draining", 0, last_up);
  }
  events_.add({now_s_ + rule.every_s, 0, EventKind::kScale, 0, 0, 0});
}

void Engine::note(std::string_view what, std::uint8_t pool_index, std::uint32_t replica) const {
  if (spec_.log != nullptr) {
    spec_.log->note(what, pool_index, static_cast<int>(replica), now_s_);
  }
}

}  // namespace redline::sim
