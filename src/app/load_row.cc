// Runs of serving under load: requests that share steps, simulated as they came.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "redline/simulation.h"

#include "app/row_reader.h"

namespace redline::app {
namespace {

// What engines start with: vLLM, SGLang and TensorRT-LLM alike.
constexpr std::int64_t kStepTokens = 8192;
// Blocks that are larger than an engine's are as good for a mean and cost less to follow.
std::int64_t block_tokens(std::int64_t request) {
  constexpr std::int64_t kParts = 32;
  return std::clamp<std::int64_t>(request / kParts, 16, 256);
}
// Requests for each user, as benchmarks send them: all users begin at once.
constexpr std::int64_t kTimesUsers = 10;
constexpr double kMemoryShare = 0.97;

const Json& part_of(const Json& fields, std::string_view name) {
  static const Json kEmpty = Json::object();
  const auto found = fields.find(name);
  return found != fields.end() && found->is_object() ? *found : kEmpty;
}

// The steps of a pool and how long they take.
struct LoadPool {
  ServingPlan plan;
  std::int64_t workers = 1;
  std::string key{};  // of what its steps hang on
};

// What a simulation of a row rests on. Copies, so that a row may outlive its reader.
struct LoadRun {
  LlmModel model;
  std::shared_ptr<const KernelModel> kernels;
  std::shared_ptr<const StepModel> steps;
  LoadPool answers;
  std::optional<LoadPool> prompts;
  SimulationSpec spec;
  std::shared_ptr<LoadTables> tables;
};

// tp, pp, attention data parallelism and experts, in whatever words.
ServingPlan plan_of(const Fields& par, const Precision& precision, const LlmModel& model) {
  ServingPlan plan;
  plan.precision = precision;
  const auto number = [&par](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (const auto found = par.count(name)) {
        return static_cast<int>(std::min<std::int64_t>(*found, 1'000'000));
      }
    }
    return 1;
  };
  int tensor = number({"tp", "tp_size"});
  const int experts = number({"moe_ep", "moe_ep_size", "ep"});
  int data = number({"attention_dp", "attention_dp_size", "dp_attention"});
  if (par.truth("attention_dp")) {  // the tensor's ranks have sequences of their own
    data = tensor;
    tensor = 1;
  }
  plan.pipeline = number({"pp", "pp_size"});
  plan.shard.data = data;
  plan.shard.expert = model.moe ? experts : 1;
  split_tensor(plan.shard, model, tensor);
  const int expert_tensor = number({"moe_tp", "moe_tp_size"});
  if (model.moe && experts > 1) {
    plan.shard.expert_tensor = expert_tensor;
  } else if (model.moe && data > 1) {
    plan.shard.expert_tensor = std::max(1, tensor * data);
  }
  return plan;
}

// A table with all that it points to.
struct HeldTable {
  LlmModel model;
  std::shared_ptr<const KernelModel> kernels;
  std::shared_ptr<const StepModel> steps;
  std::unique_ptr<const StepTable> table;
};
std::shared_ptr<const StepTable> table_of(HeldTable parts, const ServingPlan& plan) {
  const auto held = std::make_shared<HeldTable>(std::move(parts));
  held->table = std::make_unique<const StepTable>(held->model, *held->steps, plan);
  return {held, held->table.get()};
}

std::string precision_text(const Precision& p) {
  return fmt::format("{} {} {}", static_cast<int>(p.weights), static_cast<int>(p.activations),
                     static_cast<int>(p.kv_cache));
}

LoadTables::Outcome simulated(const LoadRun& run) {
  SimulationSpec spec = run.spec;
  const auto table = [&run](const LoadPool& pool) {
    return run.tables->of(pool.key, [&] {
      return table_of({run.model, run.kernels, run.steps, nullptr}, pool.plan);
    });
  };
  spec.cluster.pool.replica.times = table(run.answers);
  if (run.prompts) {
    spec.cluster.prefill->replica.times = table(*run.prompts);
  }
  const SimulationResult r = simulate(spec);
  return {r.ttft.mean, r.tpot.mean, static_cast<double>(r.answer_tokens) / r.end_s};
}

}  // namespace

LoadTables::Outcome LoadTables::outcome(const std::string& run,
                                        const std::function<Outcome()>& simulate) {
  std::shared_ptr<Run> one;
  {
    const std::lock_guard lock(mutex_);
    auto& found = runs_[run];
    found = found ? found : std::make_shared<Run>();
    one = found;
  }
  std::call_once(one->once, [&] { one->outcome = simulate(); });
  return one->outcome;
}

std::shared_ptr<const StepTable> LoadTables::of(
    const std::string& key, const std::function<std::shared_ptr<const StepTable>()>& make) {
  const std::lock_guard lock(mutex_);
  auto& found = tables_[key];
  found = found ? found : make();
  return found;
}

void RowReader::read_load() {
  // Narrow weights on a chip without a rate for them are computed with wide ones.
  if (!sheet_rate_known(*chip_, math_format(precision_.activations, precision_.weights))) {
    precision_.activations = Format::kBf16;
  }
  auto run = std::make_shared<LoadRun>();
  run->model = model_;
  run->kernels = kernels_;
  run->steps = steps_;
  run->tables = tables_;
  const Json& par = part_of(row_json_, "parallelism");
  const bool pools = par.contains("decode");
  // Engines keep the cache in 8 bits where the weights are as narrow, but for SGLang.
  const bool narrow = bytes_per_element(precision_.weights) <= 1.0;
  if (narrow && (contains(engine_->name, "trtllm") || contains(engine_->name, "vllm"))) {
    precision_.kv_cache = Format::kFp8;
  }
  run->answers.plan = plan_of(Fields(pools ? part_of(par, "decode") : par), precision_, model_);
  run->answers.workers = Fields(part_of(par, "decode")).count("num_workers").value_or(1);
  if (pools) {
    run->prompts = LoadPool{plan_of(Fields(part_of(par, "prefill")), precision_, model_),
                            Fields(part_of(par, "prefill")).count("num_workers").value_or(1)};
  }
  if (pools && (!part_of(par, "decode").contains("num_workers") ||
                !part_of(par, "prefill").contains("num_workers"))) {
    leave("how many workers each pool has, and whether attention is data-parallel, is not said");
    return;
  }
  const auto prompt = shape_.count("isl");
  const auto answer = shape_.count("osl");
  const std::optional<std::int64_t> users = users_of(run->answers.plan, pools);
  const auto requests = shape_.count("num_requests");
  if (!prompt || !answer || (!users && !requests)) {
    leave("lengths of the requests, or how many there are at a time, are not said");
    return;
  }
  for (LoadPool* pool : {&run->answers, run->prompts ? &*run->prompts : nullptr}) {
    if (pool == nullptr) {
      continue;
    }
    Shard& shard = pool->plan.shard;
    shard.node_ranks = static_cast<int>(
        std::min<std::int64_t>(std::max(1, machine_.network.domain), pool->plan.chips()));
    pool->plan.overlaps_experts = engine_->overlaps_experts;
    pool->key = fmt::format("{} {} {} {} {} {} {} {} {} {}", out_.plans, precision_text(precision_),
                            shard.tensor, shard.data, pool->plan.pipeline, shard.expert,
                            shard.expert_tensor, shard.node_ranks, model_fields_.text("layers"),
                            machine_.network.nic ? machine_.network.nic->base() : 0.0);
    InferenceRequest one;
    one.precision = precision_;
    one.prefill = {.count = 1, .new_tokens = std::min<std::int64_t>(*prompt, kStepTokens)};
    one.decode = {.count = 1, .new_tokens = 1, .cached = *prompt};
    if (!checked(check(model_, pool->plan, one))) {
      return;
    }
    if (auto reason = steps_->refuses(model_, pool->plan, one)) {
      leave(std::move(*reason));
      return;
    }
  }
  const auto mean = *prompt + *answer;
  const auto pool_spec = [&](const LoadPool& pool) {
    PoolSpec spec;
    spec.replicas = static_cast<int>(pool.workers);
    ReplicaSpec& r = spec.replica;
    r.chips = pool.plan.chips();
    r.ranks = pool.plan.shard.data;
    r.lanes = pool.plan.pipeline;
    r.block_tokens = block_tokens(mean);
    r.step_tokens = kStepTokens;
    r.prefix_cache = false;
    constexpr std::int64_t kMostSequences = 4096;
    r.sequences = users ? std::max<std::int64_t>(256, *users) : kMostSequences;
    r.admission = users ? Admission::kPrompt : Admission::kWhole;
    const auto& capacity = chip_->memory.capacity;
    const Bytes usable{capacity && capacity->value ? kMemoryShare * capacity->value->base() : 1e15};
    size_cache(r, model_, pool.plan, usable, mean);
    const auto chips = static_cast<double>(pool.plan.shard.tensor) * pool.plan.pipeline;
    spec.network_bytes_s = machine_.network.nic ? machine_.network.nic->base() * chips : 0.0;
    return spec;
  };
  SimulationSpec& spec = run->spec;
  spec.cluster.pool = pool_spec(run->answers);
  if (run->prompts) {
    spec.cluster.prefill = pool_spec(*run->prompts);
  }
  if (spec.cluster.pool.replica.blocks * block_tokens(mean) < mean) {
    leave("the cache of one request does not fit beside the weights");
    return;
  }
  // Where thousands of tokens are drawn, benchmarks draw from 80 % of the length on.
  constexpr std::int64_t kDrawn = 1024;
  constexpr double kLeastShare = 0.8;
  const bool drawn = users && *prompt % kDrawn == 0 && *answer % kDrawn == 0;
  const auto lengths = [&](std::int64_t most) {
    const auto n = static_cast<double>(most);
    const auto spread = Distribution::parse(fmt::format("uniform({}, {})", kLeastShare * n, n));
    return drawn && spread ? *spread : Distribution::constant(n);
  };
  spec.traffic.prompt = lengths(*prompt);
  spec.traffic.answer = lengths(*answer);
  spec.leave_warmup = false;
  if (users) {
    spec.traffic.process = ArrivalProcess::kUsers;
    spec.traffic.users = *users;
    spec.requests = static_cast<std::uint64_t>(kTimesUsers * *users);
  } else {
    spec.traffic.process = ArrivalProcess::kAtOnce;
    spec.requests = static_cast<std::uint64_t>(*requests);
  }
  assume("a step takes at most {tokens} tokens; {share} % of the memory is used",
         {{"tokens", std::to_string(kStepTokens)},
          {"share", fmt::format("{:g}", 100.0 * kMemoryShare)}});
  out_.constants = steps_->serving_constants();
  out_.kind = contains(out_.metric, "ttft") || contains(out_.metric, "tpot") ? MetricKind::kTime
                                                                             : MetricKind::kRate;
  const bool first_token = contains(out_.metric, "ttft");
  const bool rate = out_.kind == MetricKind::kRate;
  const double unit = out_.unit == "ms" ? 1e3 : 1.0;
  const std::string id = out_.id.substr(0, out_.id.rfind("-ttft"));
  out_.simulated = [run, id, first_token, rate, unit] {
    const LoadTables::Outcome found = run->tables->outcome(id, [&run] { return simulated(*run); });
    return rate ? found.tokens_per_s : (first_token ? found.ttft_s : found.tpot_s) * unit;
  };
  const std::int64_t at_once = users.value_or(requests.value_or(1)) / run->answers.workers;
  if (!first_token) {
    time_load(run->answers.plan, *prompt, *answer, at_once, run->answers.workers, !pools);
  }
}

// A step that is faster than its weights and caches can be read once is something else than it
// says.
void RowReader::refuse_unreadable(const ServingPlan& plan, std::int64_t context,
                                  std::int64_t decodes) {
  const auto& bandwidth = chip_->memory.bandwidth;
  if (!bandwidth || !bandwidth->value || out_.kind != MetricKind::kTime) {
    return;
  }
  const StepMemory held = serving_memory(model_, plan, decodes, context, 0);
  double share = 1.0;  // of the weights that are read: experts that some token chose
  if (model_.moe) {
    const double chosen = static_cast<double>(model_.moe->experts_per_token) / model_.moe->experts;
    const double tokens = static_cast<double>(decodes) * plan.shard.data;
    share = 1.0 - std::pow(1.0 - chosen, tokens);
  }
  const double least = (share * held.weights.base() + held.cache.base()) / bandwidth->value->base();
  const double measured = out_.value * (out_.unit == "ms" ? 1e-3 : 1.0);
  if (measured < least) {
    leave("suspect: faster than weights and caches can be read");
  }
}

// At a time on one replica. A batch is that of a rank: where it is a part of what is there at a
// time, the tensor's ranks have sequences of their own, or there are more replicas.
std::optional<std::int64_t> RowReader::users_of(ServingPlan& plan, bool pools) const {
  const auto users = shape_.count("concurrency");
  const auto batch = shape_.count("batch");
  Shard& shard = plan.shard;
  if (!batch || pools) {
    return users;
  }
  const std::int64_t all = *batch * shard.data;
  if (users && *users > all && *users % all == 0 && shard.tensor % (*users / all) == 0) {
    const int ranks = static_cast<int>(*users / all);
    shard.expert_tensor = model_.moe && shard.expert == 1 ? shard.tensor : shard.expert_tensor;
    shard.tensor /= ranks;
    shard.data *= ranks;
    return users;
  }
  return all;
}

// The mean step in the middle of the run, for fitting constants: as many prompts begin as answers
// end. Of throughput: a step's time is that of its tokens.
void RowReader::time_load(const ServingPlan& plan, std::int64_t prompt, std::int64_t answer,
                          std::int64_t at_once, std::int64_t workers, bool with_prompts) {
  ReplicaSpec size;
  const auto& capacity = chip_->memory.capacity;
  size.block_tokens = block_tokens(prompt + answer);
  size.step_tokens = kStepTokens;
  const Bytes usable{capacity && capacity->value ? kMemoryShare * capacity->value->base() : 1e15};
  size_cache(size, model_, plan, usable, prompt + answer);
  constexpr double kHalf = 0.5;
  const double room = static_cast<double>(size.blocks * size.block_tokens) /
                      (static_cast<double>(prompt) + kHalf * static_cast<double>(answer));
  const double ranks = static_cast<double>(plan.shard.data) * plan.pipeline;
  const double wanted = static_cast<double>(at_once) / ranks;
  double both = std::min(wanted, room);
  const double per_step = both * static_cast<double>(prompt) / static_cast<double>(answer);
  if (with_prompts) {  // prompts bind: fewer decode at a time
    both *= std::min(1.0, static_cast<double>(kStepTokens) / per_step);
  }
  const std::int64_t decodes = std::max<std::int64_t>(1, std::llround(both));
  InferenceRequest alone;
  alone.precision = plan.precision;
  alone.decode = {.count = decodes, .new_tokens = 1, .cached = prompt + answer / 2};
  const auto decode = timer(plan, alone);
  if (!decode) {
    return;
  }
  StepModel::Timer mixed = *decode;
  double share = 0.0;
  if (with_prompts) {
    const double called =
        static_cast<double>(decodes) * static_cast<double>(prompt) / static_cast<double>(answer);
    const double chunk = static_cast<double>(std::min(prompt, kStepTokens));
    share = std::min(1.0, called / chunk);
    InferenceRequest step = alone;
    const double tokens = std::max(chunk, std::min(called, static_cast<double>(kStepTokens)));
    const auto count = std::max<std::int64_t>(1, std::llround(tokens / chunk));
    step.prefill = {.count = count, .new_tokens = std::llround(chunk)};
    const auto found = timer(plan, step);
    if (!found) {
      return;
    }
    mixed = *found;
  }
  const StepModel::Timer first = *decode;
  refuse_unreadable(plan, prompt + answer / 2, decodes);
  out_.measured.seconds = [first, mixed, share](const StepModel::Values& values) {
    return (1.0 - share) * first(values) + (share > 0.0 ? share * mixed(values) : 0.0);
  };
  out_.measured.measured_s =
      out_.kind == MetricKind::kTime
          ? out_.value * (out_.unit == "ms" ? 1e-3 : 1.0)
          : static_cast<double>(decodes) * ranks * static_cast<double>(workers) / out_.value;
}

}  // namespace redline::app
