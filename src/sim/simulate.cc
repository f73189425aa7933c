// From a run to what is said of it.

#include <algorithm>
#include <cmath>

#include "sim/engine.h"

namespace redline {

bool LatencyTarget::limits() const {
  return std::isfinite(ttft_s) || std::isfinite(tpot_s) || std::isfinite(latency_s);
}

SimulationResult simulate(const SimulationSpec& spec) { return sim::Engine(spec).run(); }

namespace sim {

PoolStats Engine::describe_pool(const Pool& pool, std::size_t index) const {
  PoolStats stats;
  stats.steps = pool.steps;
  stats.failures = pool.failures;
  for (const Rank& rank : pool.ranks) {
    stats.preemptions += rank.preemptions;
    stats.prompt_tokens += rank.prompt_tokens;
    stats.cached_tokens += rank.cached_tokens;
  }
  const double end = std::max(now_s_, 1e-12);
  const double replica_s = std::max(replica_s_[index], 1e-12);
  stats.replicas = replica_s_[index] / end;
  stats.busy_share = pool.busy_s / (replica_s * pool.spec.replica.lanes);
  stats.mean_decodes =
      pool.rank_steps > 0 ? pool.decode_sum / static_cast<double>(pool.rank_steps) : 0.0;
  const auto blocks = static_cast<double>(pool.all_blocks());
  stats.cache_share = block_s_[index] / (end * blocks);
  stats.cache_peak = static_cast<double>(pool.peak_blocks) / blocks;
  return stats;
}

// After a run that was not stopped nothing is left in the cluster.
bool Engine::consistent() const {
  const auto sound = [](const Pool& pool) {
    return std::all_of(pool.ranks.begin(), pool.ranks.end(), [](const Rank& rank) {
      return rank.consistent() && rank.cache().used() == 0 && rank.unfinished() == 0;
    });
  };
  return jobs_.live() == 0 && in_system_ == 0 && waiting_ == 0 && sound(answers_) &&
         (!prompts_ || sound(*prompts_)) && finished_ + rejected_ == offered_;
}

void Engine::describe(SimulationResult& r) const {
  RL_CHECK(r.stopped || consistent());
  const Totals end = totals();
  r.offered = offered_;
  r.finished = finished_;
  r.rejected = rejected_;
  r.end_s = now_s_;
  r.answer_tokens = end.answer_tokens;
  r.prompt_tokens = end.prompt_tokens;
  r.usd = end.usd;
  r.joules = end.joules;
  r.mean_in_system = now_s_ > 0.0 ? in_system_s_ / now_s_ : 0.0;
  r.littles_gap = in_system_s_ > 0.0 ? std::abs(in_system_s_ - sojourn_s_) / in_system_s_ : 0.0;
  r.pool = describe_pool(answers_, 0);
  r.iterations = answers_.steps + (prompts_ ? prompts_->steps : 0);
  if (prompts_) {
    r.prefill = describe_pool(*prompts_, 1);
  }
  r.timeline = timeline_.points(now_s_);

  // What comes at once has no steady state: all of it counts.
  const bool at_once = spec_.traffic.process == ArrivalProcess::kAtOnce;
  const std::vector<Slice>& slices = slices_.all();
  const std::size_t first = at_once || !spec_.leave_warmup ? 0 : slices_.warmup();
  const Totals begin = first < slices.size() ? slices[first].begin : Totals{};
  const bool whole = at_once || !spec_.leave_warmup || last_arrival_.at_s <= begin.at_s;
  const Totals& last = whole ? end : last_arrival_;
  std::uint64_t good = 0;
  std::uint64_t asked = 0;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    (i < first ? r.warmup_requests : r.measured) += slices[i].finished;
    good += i < first ? 0 : slices[i].good;
    asked += i < first ? 0 : slices[i].requests;
  }
  r.warmup_s = begin.at_s;
  r.window_s = last.at_s - begin.at_s;
  const double window = std::max(r.window_s, 1e-12);
  r.requests_per_s = static_cast<double>(r.measured) / window;
  r.answer_tokens_per_s = static_cast<double>(last.answer_tokens - begin.answer_tokens) / window;
  r.prompt_tokens_per_s = static_cast<double>(last.prompt_tokens - begin.prompt_tokens) / window;
  r.good_share = asked > 0 ? static_cast<double>(good) / static_cast<double>(asked) : 0.0;
  r.goodput_per_s = static_cast<double>(good) / window;
  r.window_usd = last.usd - begin.usd;
  r.window_joules = last.joules - begin.joules;
  r.ttft = latency_stats(slices, first, &Slice::ttft);
  r.tpot = latency_stats(slices, first, &Slice::tpot);
  r.latency = latency_stats(slices, first, &Slice::latency);
  r.task = latency_stats(slices, first, &Slice::task);
}

}  // namespace sim
}  // namespace redline
