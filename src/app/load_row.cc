// Runs of serving under load: requests that share steps, simulated as they came.

#include <algorithm>
#include <cmath>
#include <regex>

#include <fmt/format.h>

#include "app/load_run.h"
#include "app/row_reader.h"
namespace redline::app {
namespace {

// Blocks that are larger than an engine's are as good for a mean and cost less to follow.
std::int64_t block_tokens(std::int64_t request) {
  constexpr std::int64_t kParts = 32;
  return std::clamp<std::int64_t>(request / kParts, 16, 256);
}

// Sheets call 2^30 bytes of memory a gigabyte, as its chips are made in powers of two. Drivers keep
// some of it, and GDDR6 of data centres a sixteenth for error correction: nvidia-smi lists 81559
// MiB of an H100's 80 GB, 143771 MiB of 141 GB, 183359 MiB of 180 GB, 46068 MiB of an L40S's 48 GB.
Bytes addressable(const Chip& chip) {
  constexpr double kEndless = 1e15;  // what is known of no chip limits nothing
  constexpr double kBinary = 1.073741824;
  constexpr double kListed = 0.996;
  constexpr double kCorrected = 15.0 / 16.0;
  const auto& capacity = chip.memory.capacity;
  if (!capacity || !capacity->value) {
    return Bytes{kEndless};
  }
  return *capacity->value * kBinary * kListed * (chip.memory.type == "GDDR6" ? kCorrected : 1.0);
}

// Of a rank, as the engine shares out a chip's memory.
void share_memory(ReplicaSpec& replica, const LlmModel& model, const ServingPlan& plan,
                  const Engine& engine, const Chip& chip, std::int64_t mean_tokens) {
  const Bytes all = addressable(chip);
  Bytes usable = engine.memory_share * all;
  if (engine.share_of_rest) {
    const Bytes without = serving_memory(model, plan, 0, mean_tokens, replica.step_tokens).total();
    usable = without + engine.memory_share * (all - without);
  }
  size_cache(replica, model, plan, usable, mean_tokens);
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

constexpr double kAlike = 1e-6;  // exponent of a law of Zipf that chooses all about as often

Distribution uniform(double least, double most) {
  return Distribution::parse(fmt::format("uniform({}, {})", least, most))
      .value_or(Distribution::constant(most));
}

std::string precision_text(const Precision& p) {
  return fmt::format("{} {} {} {}", static_cast<int>(p.weights), static_cast<int>(p.activations),
                     static_cast<int>(p.kv_cache), p.fp8_block);
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
  return {r.ttft.mean, r.tpot.mean, r.latency.mean, static_cast<double>(r.answer_tokens) / r.end_s};
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

// "300 ShareGPT requests, Poisson 10 req/s".
std::optional<RowReader::Requests> RowReader::stated_requests() const {
  static const std::regex kWords(
      R"((\d{1,6}) (\w+) requests, poisson (\d{1,6}(?:\.\d{1,6})?) req/s)");
  const std::string words = shape_.text("workload");
  std::smatch found;
  if (!std::regex_search(words, found, kWords) || found[2] != "sharegpt") {
    return std::nullopt;
  }
  Requests all;
  all.traffic.process = ArrivalProcess::kPoisson;
  all.traffic.rate = std::stod(found[3]);
  all.count = std::stoll(found[1]);
  if (all.count < 1 || all.traffic.rate <= 0.0) {
    return std::nullopt;
  }
  // Conversations with answers of 512 tokens and more, as the 68 requests in the middle of those
  // that LLMServingSim publishes have them (bench/examples/RTX4090/Llama-3.1-8B, 2026).
  all.traffic.prompt = Distribution::parse("lognormal(787, 0.52)").value_or(all.traffic.prompt);
  all.traffic.answer = uniform(512.0, 774.0);
  return all;
}

// Of users who ask again and again, or of all at once.
std::optional<RowReader::Requests> RowReader::drawn_requests(
    std::optional<std::int64_t> users) const {
  const auto prompt = shape_.count("isl");
  const auto answer = shape_.count("osl");
  const auto requests = shape_.count("num_requests");
  if (!prompt || !answer || (!users && !requests)) {
    return std::nullopt;
  }
  // Where thousands of tokens are drawn, benchmarks draw from 80 % of the length on.
  constexpr std::int64_t kDrawn = 1024;
  constexpr double kLeastShare = 0.8;
  const bool drawn = users && *prompt % kDrawn == 0 && *answer % kDrawn == 0;
  // Those of one length would end together, and their users ask together, again and again; what
  // jitter keeps apart in fact, a spread does here, as wide as that of lengths that are drawn.
  constexpr double kApart = 0.2;
  const auto n = static_cast<double>(*prompt);
  const auto m = static_cast<double>(*answer);
  Requests all;
  all.traffic.prompt = drawn ? uniform(kLeastShare * n, n) : Distribution::constant(n);
  all.traffic.answer = drawn   ? uniform(kLeastShare * m, m)
                       : users ? uniform((1.0 - kApart) * m, (1.0 + kApart) * m)
                               : Distribution::constant(m);
  all.traffic.process = users ? ArrivalProcess::kUsers : ArrivalProcess::kAtOnce;
  all.traffic.users = users.value_or(0);
  all.count = users ? kTimesUsers * *users : *requests;
  return all;
}

void RowReader::read_load() {
  // Narrow weights on a chip without a rate for them are computed with wide ones.
  if (!sheet_rate_known(*chip_, math_format(precision_.activations, precision_.weights))) {
    precision_.activations = Format::kBf16;
  }
  auto run = std::make_shared<LoadRun>();
  run->kernels = kernels_;
  run->steps = steps_;
  run->tables = tables_;
  const Json& par = part_of(row_json_, "parallelism");
  const bool pools = par.contains("decode");
  const SourceRun* told = told_elsewhere();
  // Engines keep the cache in 8 bits where the weights are as narrow, but for SGLang.
  const bool narrow = bytes_per_element(precision_.weights) <= 1.0;
  if (narrow && (told == nullptr || !told->wide_cache) &&
      (contains(engine_->name, "trtllm") || contains(engine_->name, "vllm"))) {
    precision_.kv_cache = Format::kFp8;
  }
  run->answers.plan = load_plan(pools ? part_of(par, "decode") : par);
  const int drafts = read_drafts(run->answers.plan, told);
  run->model = model_;
  if (pools) {
    run->prompts = LoadPool{load_plan(part_of(par, "prefill"))};
    run->prompts->plan.prompts_alone = true;
    for (const auto& [pool, name] :
         {std::pair{&*run->prompts, "prefill"}, std::pair{&run->answers, "decode"}}) {
      const auto workers = Fields(part_of(par, name)).count("num_workers");
      if (!workers) {
        leave(
            "how many workers each pool has, and whether attention is data-parallel, is not said");
        return;
      }
      pool->workers = *workers;
    }
  }
  const std::optional<std::int64_t> users = users_of(run->answers.plan, pools);
  const auto stated = stated_requests();
  const auto requests = stated ? stated : drawn_requests(users);
  if (!requests) {
    leave("lengths of the requests, or how many there are at a time, are not said");
    return;
  }
  const auto prompt = static_cast<std::int64_t>(requests->traffic.prompt.quantile(0.5));
  const auto mean = std::llround(requests->traffic.prompt.mean() + requests->traffic.answer.mean());
  const std::int64_t step_tokens = read_step_tokens(told, users.value_or(requests->count));
  for (LoadPool* pool : {&run->answers, run->prompts ? &*run->prompts : nullptr}) {
    if (pool != nullptr && !ready(*pool, prompt, step_tokens)) {
      return;
    }
  }
  // What is found again is so in whole blocks.
  const bool again = told != nullptr && told->prompt_pool > 0;
  const std::int64_t block = again ? Traffic::kPrefixBlock : block_tokens(mean);
  const auto pool_spec = [&](const LoadPool& pool) {
    PoolSpec spec;
    spec.replicas = static_cast<int>(pool.workers);
    ReplicaSpec& r = spec.replica;
    r.chips = pool.plan.chips();
    r.ranks = pool.plan.shard.data;
    r.lanes = pool.plan.pipeline;
    r.block_tokens = block;
    r.step_tokens = step_tokens;
    r.prefix_cache = again;
    r.batching = engine_->prompts_first ? Batching::kPromptsFirst : Batching::kChunked;
    r.whole_prompts = engine_->whole_prompts;
    const StepModel::Arrival arrival = steps_->arrival();
    r.request_s = arrival.request_s;
    r.look_steps = pools ? 1 : std::llround(arrival.look_steps);
    r.wait_steps = told != nullptr ? told->wait_steps : 0;
    r.wait_share = told != nullptr ? told->wait_share : 0.0;
    r.together_steps = told != nullptr && !pools ? told->together_steps : 0;
    r.gather_steps = told != nullptr ? told->gather_steps : 0;
    constexpr std::int64_t kMostSequences = 4096;
    r.sequences = users ? std::max<std::int64_t>(256, *users) : kMostSequences;
    for (const char* name : {"max_num_seqs", "max_batch_per_rank"}) {
      r.sequences = std::min(r.sequences, shape_.count(name).value_or(r.sequences));
    }
    r.admission = engine_->whole_requests ? Admission::kWhole : Admission::kPrompt;
    share_memory(r, model_, pool.plan, *engine_, *chip_, mean);
    const auto chips = static_cast<double>(pool.plan.shard.tensor) * pool.plan.pipeline;
    spec.network_bytes_s = machine_.network.nic ? machine_.network.nic->base() * chips : 0.0;
    return spec;
  };
  SimulationSpec& spec = run->spec;
  spec.cluster.pool = pool_spec(run->answers);
  spec.cluster.pool.replica.drafts = drafts;
  spec.cluster.pool.replica.acceptance = drafts > 0 ? accepted_of(drafts) : 0.0;
  if (run->prompts) {
    spec.cluster.prefill = pool_spec(*run->prompts);
    spec.cluster.handover_s = steps_->arrival().handover_s;
  }
  if (spec.cluster.pool.replica.blocks * block < mean) {
    leave("the cache of one request does not fit beside the weights");
    return;
  }
  spec.traffic = requests->traffic;
  spec.requests = static_cast<std::uint64_t>(requests->count);
  spec.leave_warmup = false;
  if (again) {
    draw_again(spec, told->prompt_pool);
  }
  assume("a step takes at most {tokens} tokens; {share} % of the memory is used",
         {{"tokens", std::to_string(step_tokens)},
          {"share", fmt::format("{:g}", 100.0 * engine_->memory_share)}});
  predict_load(run);
  // How many drafts hold is a guess, and prompts that are found again are not what steps take.
  if (drafts == 0 && !again) {
    time_load(*run);
  }
}

// Requests of the same few prompts again and again.
void RowReader::draw_again(SimulationSpec& spec, std::int64_t prompts) {
  spec.traffic.prefixes = prompts;
  spec.traffic.prefix_zipf = kAlike;
  spec.traffic.prefix_tokens = Distribution::constant(spec.traffic.prompt.mean());
  assume("requests are drawn from {count} prompts, which a cache of prefixes finds again",
         {{"count", std::to_string(prompts)}});
}

// Whether its steps can be timed, and under which name.
bool RowReader::ready(LoadPool& pool, std::int64_t prompt, std::int64_t step_tokens) {
  Shard& shard = pool.plan.shard;
  // Scales are of blocks of so many columns (DeepSeek-V3 2024, section 3.3.2); kernels take no
  // less.
  constexpr int kBlock = 128;
  if (model_.moe && bytes_per_element(precision_.weights) <= 1.0 &&
      model_.moe->expert_ffn / std::max(1, shard.expert_tensor) <
          std::min(kBlock, model_.moe->expert_ffn)) {
    leave({"suspect: an expert's {columns} columns on {count} ranks are less than a block of each",
           {{"columns", std::to_string(model_.moe->expert_ffn)},
            {"count", std::to_string(shard.expert_tensor)}}});
    return false;
  }
  shard.node_ranks = static_cast<int>(
      std::min<std::int64_t>(std::max(1, machine_.network.domain), pool.plan.chips()));
  pool.plan.overlaps_experts = engine_->overlaps_experts;
  pool.key = fmt::format(
      "{} {} {} {} {} {} {} {} {} {} {} {}", out_.plans, precision_text(precision_), shard.tensor,
      shard.data, pool.plan.pipeline, shard.expert, shard.expert_tensor, shard.node_ranks,
      pool.plan.draft_passes, pool.plan.prompts_alone, model_fields_.text("layers"),
      machine_.network.nic ? machine_.network.nic->base() : 0.0);
  InferenceRequest one;
  one.precision = precision_;
  one.prefill = {.count = 1,
                 .new_tokens = std::max<std::int64_t>(1, std::min(prompt, step_tokens))};
  one.decode = {.count = 1, .new_tokens = 1, .cached = prompt};
  if (!checked(check(model_, pool.plan, one))) {
    return false;
  }
  if (auto reason = steps_->refuses(model_, pool.plan, one)) {
    leave(std::move(*reason));
    return false;
  }
  return true;
}

void RowReader::predict_load(const std::shared_ptr<LoadRun>& run) {
  out_.constants = steps_->serving_constants();
  const auto is = [this](std::string_view what) { return contains(out_.metric, what); };
  const auto field = is("ttft")      ? &LoadTables::Outcome::ttft_s
                     : is("tpot")    ? &LoadTables::Outcome::tpot_s
                     : is("latency") ? &LoadTables::Outcome::latency_s
                                     : &LoadTables::Outcome::tokens_per_s;
  const bool rate = field == &LoadTables::Outcome::tokens_per_s;
  out_.kind = rate ? MetricKind::kRate : MetricKind::kTime;
  const double unit = !rate && out_.unit == "ms" ? 1e3 : 1.0;
  // Several rows are of one run.
  const std::string name =
      stated_requests() ? out_.group : out_.id.substr(0, out_.id.rfind("-ttft"));
  out_.simulated = [run, name, field, unit] {
    return unit * (run->tables->outcome(name, [&run] { return simulated(*run); }).*field);
  };
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
  const double measured = out_.value_s();
  if (measured < least) {
    leave("suspect: faster than weights and caches can be read");
  }
}

}  // namespace redline::app
