// Times of runs under load in closed form, for fitting constants: steps in the middle of a run.

#include <algorithm>
#include <cmath>

#include "app/load_run.h"
#include "app/row_reader.h"

namespace redline::app {
namespace {

constexpr double kHalf = 0.5;

// Of one rank: requests at a time, their lengths, and the tokens of a step and of the cache.
struct Rank {
  double at_once = 1.0, prompt = 1.0, answer = 1.0, step_tokens = 1.0, room = 1.0;
};
double ranks_of(const PoolSpec& pool) {
  return static_cast<double>(pool.replica.ranks) * pool.replica.lanes * pool.replicas;
}
Rank rank_of(const SimulationSpec& spec) {
  const PoolSpec& pool = spec.cluster.pool;
  const ReplicaSpec& r = pool.replica;
  const bool users = spec.traffic.process == ArrivalProcess::kUsers;
  const double ranks = ranks_of(pool);
  Rank rank;
  rank.at_once =
      (users ? static_cast<double>(spec.traffic.users) : static_cast<double>(spec.requests)) /
      ranks;
  rank.prompt = spec.traffic.prompt.mean();
  rank.answer = spec.traffic.answer.mean();
  rank.step_tokens = static_cast<double>(r.step_tokens);
  const double held = rank.prompt + (r.admission == Admission::kWhole ? 1.0 : kHalf) * rank.answer;
  rank.room = static_cast<double>(r.blocks * r.block_tokens) / held;
  rank.room = std::min(rank.room, static_cast<double>(r.sequences));
  if (r.whole_prompts) {  // as many as fit beside what decodes
    const double left = rank.step_tokens - std::min(rank.at_once, rank.room);
    rank.step_tokens =
        std::min(rank.step_tokens, std::max(1.0, std::floor(left / rank.prompt)) * rank.prompt);
  }
  return rank;
}

std::int64_t whole(double value) { return std::max<std::int64_t>(1, std::llround(value)); }

// Prompts of so many tokens in all, no more than a step takes.
Sequences prompts_of(double tokens, const Rank& rank) {
  const double chunk = std::min(rank.prompt, rank.step_tokens);
  return {.count = whole(std::min(tokens, rank.step_tokens) / chunk), .new_tokens = whole(chunk)};
}
Sequences answers_of(double count, const Rank& rank) {
  return {
      .count = whole(count), .new_tokens = 1, .cached = whole(rank.prompt + kHalf * rank.answer)};
}

}  // namespace

void RowReader::time_load(const LoadRun& run) {
  if (run.spec.traffic.process == ArrivalProcess::kPoisson) {
    return;  // how full its steps are hangs on the constants
  }
  if (contains(out_.metric, "ttft")) {
    if (const auto full = full_pool(run)) {
      time_prompts(run, *full);
    } else {
      time_first_token(run);
    }
  } else {
    time_answers(run);
  }
}

// As many end as its steps take.
void RowReader::time_prompts(const LoadRun& run, const FullPool& full) {
  if (run.prompts->plan.pipeline > 1) {
    return;  // its pace is not the time of a step
  }
  if (const auto step = timer(run.prompts->plan, full.step)) {
    out_.measured.first_token = true;
    out_.measured.measured_s = full.prompts / full.per_s;
    out_.measured.seconds = *step;
  }
}

// As many prompts begin as answers end. Of throughput: a step's time is that of its tokens.
void RowReader::time_answers(const LoadRun& run) {
  const ServingPlan& plan = run.answers.plan;
  Rank rank = rank_of(run.spec);
  if (const auto full = full_pool(run)) {  // who waits there does not decode
    rank.at_once -= full->waiting / ranks_of(run.spec.cluster.pool);
  }
  const bool mixed = !run.prompts;
  const bool chunked = run.spec.cluster.pool.replica.batching == Batching::kChunked;
  double both = std::min(rank.at_once, rank.room);
  if (mixed && chunked) {  // prompts bind: fewer decode at a time
    both *= std::min(1.0, rank.step_tokens * rank.answer / (both * rank.prompt));
  }
  InferenceRequest alone;
  alone.precision = plan.precision;
  alone.decode = answers_of(both, rank);
  const auto decodes = static_cast<double>(alone.decode.count);
  const auto decode = timer(plan, alone);
  if (!decode) {
    return;
  }
  StepModel::Timer with_prompts = *decode;
  double share = 0.0;  // of the steps, or prompts between two
  if (mixed) {
    const double called = decodes * rank.prompt / rank.answer;
    const double chunk = std::min(rank.prompt, rank.step_tokens);
    InferenceRequest step;
    step.precision = plan.precision;
    step.prefill = prompts_of(std::max(chunk, called), rank);
    const auto tokens = static_cast<double>(step.prefill.count * step.prefill.new_tokens);
    share = called / tokens;
    if (chunked) {
      share = std::min(1.0, share);
      step.decode = alone.decode;
    }
    const auto found = timer(plan, step);
    if (!found) {
      return;
    }
    with_prompts = *found;
  }
  refuse_unreadable(plan, alone.decode.cached, alone.decode.count);
  const StepModel::Timer first = *decode;
  const double rest = chunked ? 1.0 - share : 1.0;
  out_.measured.seconds = [first, with_prompts, share, rest](const StepModel::Values& values) {
    return (rest > 0.0 ? rest * first(values) : 0.0) +
           (share > 0.0 ? share * with_prompts(values) : 0.0);
  };
  const PoolSpec& pool = run.spec.cluster.pool;
  const double ranks = ranks_of(pool);
  out_.measured.measured_s =
      out_.kind == MetricKind::kTime ? out_.value_s() : decodes * ranks / out_.value;
}

// A pool for prompts before which several steps' worth of them wait is never idle.
std::optional<RowReader::FullPool> RowReader::full_pool(const LoadRun& run) const {
  constexpr double kOfMilliseconds = 1e-3;
  const bool first = contains(out_.metric, "ttft");
  const auto other = row_.number(first ? "tpot_ms" : "ttft_ms");
  if (!run.prompts || !other || (!first && out_.metric != "tpot") ||
      run.spec.traffic.process != ArrivalProcess::kUsers) {
    return std::nullopt;
  }
  const PoolSpec& pool = *run.spec.cluster.prefill;
  Rank rank = rank_of(run.spec);
  rank.step_tokens = static_cast<double>(pool.replica.step_tokens);
  const double ttft_s = first ? out_.value_s() : *other * kOfMilliseconds;
  const double tpot_s = first ? *other * kOfMilliseconds : out_.value_s();
  FullPool full;
  full.per_s =
      static_cast<double>(run.spec.traffic.users) / (ttft_s + (rank.answer - 1.0) * tpot_s);
  full.waiting = full.per_s * ttft_s;
  full.step.precision = run.prompts->plan.precision;
  full.step.prefill = prompts_of(rank.step_tokens, rank);
  // Less than one where a prompt takes several steps.
  full.prompts = static_cast<double>(full.step.prefill.count * full.step.prefill.new_tokens) /
                 rank.prompt * ranks_of(pool);
  constexpr double kSteps = 4.0;
  const double whole_step = std::max(full.prompts, ranks_of(pool));
  return full.waiting < kSteps * whole_step ? std::nullopt : std::optional(full);
}

// Users who all begin at once and then ask one by one: the prompts of the first round wait for each
// other, those of later rounds for few. Where they wait for room or for each other all the time the
// time is not that of steps, and says nothing of constants.
void RowReader::time_first_token(const LoadRun& run) {
  const Rank rank = rank_of(run.spec);
  const bool pooled = run.prompts.has_value();
  const PoolSpec& pool = pooled ? *run.spec.cluster.prefill : run.spec.cluster.pool;
  const ServingPlan& plan = pooled ? run.prompts->plan : run.answers.plan;
  const bool chunked = !pooled && pool.replica.batching == Batching::kChunked;
  constexpr double kFull = 0.9;
  if (run.spec.traffic.process != ArrivalProcess::kUsers || pool.replica.wait_steps > 0 ||
      (pool.replica.together_steps > 0 && pool.replica.ranks > 1) ||
      rank.at_once > kFull * rank.room) {
    return;
  }
  InferenceRequest alone;
  alone.precision = run.answers.plan.precision;
  alone.decode = answers_of(rank.at_once, rank);
  const auto decode = timer(run.answers.plan, alone);
  InferenceRequest one;
  one.precision = plan.precision;
  const double ranks = ranks_of(pool);
  const double burst = static_cast<double>(run.spec.traffic.users) / ranks * rank.prompt;
  one.prefill = prompts_of(rank.prompt, rank);
  InferenceRequest all = one;
  all.prefill = prompts_of(burst, rank);
  if (chunked) {
    one.decode = alone.decode;
    all.decode = answers_of(kHalf * rank.at_once, rank);
  }
  const auto chunk = timer(plan, one);
  const auto first = timer(plan, all);
  if (!decode || !chunk || !first) {
    return;
  }
  const double chunks = std::ceil(rank.prompt / rank.step_tokens);
  // Share of the time that prompts are under way, in times of steps that nobody has measured yet.
  const StepModel::Values start =
      step_constants(false, engine_->fitted_as(), out_.measured.variant, *chip_, {}).values;
  const double busy =
      chunked ? rank.at_once * rank.prompt / (rank.answer * rank.step_tokens)
              : burst / rank.prompt * chunks * (*chunk)(start) / (rank.answer * (*decode)(start));
  constexpr double kCrowded = 0.5;
  if (busy > kCrowded) {
    return;
  }
  const double rounds = std::max(1.0, burst / rank.step_tokens);
  const double waiting = 1.0 + kHalf * busy / (1.0 - busy);
  constexpr double kFirst = 1.0 / static_cast<double>(kTimesUsers);
  const double of_first = kFirst * kHalf * (rounds + 1.0);
  const double of_later = (1.0 - kFirst) * chunks * waiting;
  const double slower =
      pooled ? std::min(pool.network_bytes_s, run.spec.cluster.pool.network_bytes_s) : 0.0;
  const double moving =
      slower > 0.0 ? rank.prompt * run.spec.cluster.pool.replica.cache_bytes_per_token / slower
                   : 0.0;
  out_.measured.first_token = true;
  out_.measured.measured_s = out_.value_s();
  out_.measured.seconds = [=, engine = engine_, step = *decode, later = *chunk,
                           burst_step = *first](const StepModel::Values& values) {
    const StepModel::Arrival arrival = StepModel::arrival(*engine, values);
    // It misses the step that begins as the answer before it ends.
    const double unseen = pooled ? 0.0 : (1.0 + kHalf * (arrival.look_steps - 1.0)) * step(values);
    return arrival.request_s + unseen + of_first * burst_step(values) + of_later * later(values) +
           (pooled ? moving + arrival.handover_s : 0.0);
  };
}

}  // namespace redline::app
