#include <algorithm>
#include <cmath>
#include <limits>

#include "app/simulation_reader.h"

namespace redline::app {
namespace {

// Those of a decode step that say how it is served.
// clang-format off
constexpr auto kOfServingStep = std::to_array<std::string_view>({
    "model", "chip", "system", "tp", "pp", "dp", "ep", "engine", "dtype", "kv_dtype", "drafts",
    "tokens_per_step", "imbalance", "overlap", "rent_usd_per_hour", "price_usd", "usd_per_kwh",
    "pue", "years", "utilisation_percent", "prefill_chip", "prefill_system", "prefill_tp",
    "prefill_pp", "prefill_dp", "prefill_ep", "prefill_rent_usd_per_hour", "prefill_price_usd"});
// clang-format on
// clang-format off
constexpr auto kSimulateFields = std::to_array<std::string_view>({
    "id", "command", "prompt", "answer", "arrivals", "rate", "gap_cv", "swing", "period",
    "users", "think", "traffic", "prefixes", "prefix_zipf", "prefix_tokens", "priorities",
    "requests", "duration", "samples", "rounds", "warmup", "replicas", "prefill_replicas",
    "sequences", "step_tokens", "block_tokens", "batching", "preemption", "admission",
    "prefix_cache", "memory_share", "router", "acceptance", "expert_load", "expert_placement",
    "mtbf", "repair", "least_replicas", "scale_up_at", "scale_down_at", "scale_every",
    "start_time", "ttft", "tpot", "latency", "share", "runs", "precision_percent", "seed"});
// clang-format on

}  // namespace

double SimulationReader::amount(std::string_view name, double otherwise, double least,
                                double most) {
  if (!fields_.has(name)) {
    return otherwise;
  }
  const auto value = fields_.number(name);
  if (!value || !(*value >= least) || !(*value <= most) || (least == 0.0 && *value == 0.0)) {
    problem(fmt::format("field '{}' must be a number {} {:g}, up to {:g}", name,
                        least == 0.0 ? "above" : "from", least, most));
    return otherwise;
  }
  return *value;
}

std::int64_t SimulationReader::whole(std::string_view name, std::int64_t otherwise,
                                     std::int64_t most) {
  if (!fields_.has(name)) {
    return otherwise;
  }
  const auto value = fields_.number(name);
  if (!value || *value < 1.0 || *value > static_cast<double>(most) ||
      std::floor(*value) != *value) {
    problem(fmt::format("field '{}' must be a whole number from 1 to {}", name, most));
    return otherwise;
  }
  return static_cast<std::int64_t>(*value);
}

double SimulationReader::seconds(std::string_view name, double otherwise) {
  const auto found = fields_.seconds(name);
  if (fields_.has(name) && !found) {
    problem(fmt::format("field '{}' must be a time such as 2s, 50ms or 3h", name));
  }
  return found.value_or(otherwise);
}

Distribution SimulationReader::distribution(std::string_view name, const Distribution& otherwise,
                                            double least, double most) {
  if (!fields_.has(name)) {
    return otherwise;
  }
  const Json& value = json_[std::string(name)];
  auto read = value.is_number()
                  ? Result<Distribution>(Distribution::constant(value.get<double>()))
                  : Distribution::parse(value.is_string() ? value.get<std::string>() : "");
  if (!read) {
    Error error = std::move(read).error();
    if (error.where) {
      error.where->file = fmt::format("field '{}'", name);
    }
    errors_.push_back(std::move(error));
    return otherwise;
  }
  if (!(read->mean() >= least) || !(read->mean() <= most)) {
    problem(fmt::format("the mean of field '{}' is {:g}: it must be from {:g} to {:g}", name,
                        read->mean(), least, most));
    return otherwise;
  }
  return *read;
}

Loaded<std::unique_ptr<SimulateModels>> SimulationReader::read() {
  std::vector<FieldProblem> problems;
  look_for_unknown(json_, simulation_fields(), problems);
  for (const FieldProblem& one : problems) {
    problem(one.message);
  }
  read_traffic();
  read_run();
  read_target();
  read_step();
  if (errors_.empty()) {
    read_engine();
    read_cluster();
  }
  if (!errors_.empty()) {
    return tl::unexpected(std::move(errors_));
  }
  finish();
  return std::move(out_);
}

void SimulationReader::read_step() {
  Json fields = Json::object();
  for (const std::string_view name : kOfServingStep) {
    if (fields_.has(name)) {
      fields[std::string(name)] = json_[std::string(name)];
    }
  }
  constexpr double kMost = 1e7;
  const auto rounded = [kMost](double mean) {
    return std::clamp<std::int64_t>(std::llround(std::min(mean, kMost)), 1,
                                    static_cast<std::int64_t>(kMost));
  };
  fields["prompt"] = rounded(mean_prompt_);
  fields["answer"] = rounded(mean_answer_);
  // Chips that stand idle are simulated, not assumed.
  if (!fields.contains("utilisation_percent")) {
    fields["utilisation_percent"] = 100.0;
  }
  const bool pool = std::any_of(
      kOfServingStep.begin(), kOfServingStep.end(),
      [&](std::string_view name) { return name.starts_with("prefill_") && fields.contains(name); });
  if (fields_.has("prefill_replicas") && !pool) {
    for (const char* name : {"chip", "system"}) {
      if (fields.contains(name)) {
        fields[std::string("prefill_") + name] = fields[name];
      }
    }
  }
  auto step = answer_step(w_, StepKind::kDecode, fields, code_);
  if (!step) {
    errors_.insert(errors_.end(), step.error().begin(), step.error().end());
    return;
  }
  out_->step = std::move(*step);
  out_->step.request.machine.chip = out_->step.request.chip.get();
  for (const Message& one : out_->step.request.assumptions) {
    if (one.english().rfind("sequences on each replica", 0) != 0) {
      out_->assumptions.push_back(one);
    }
  }
}

std::int64_t SimulateModels::chips() const {
  const auto of = [](const PoolSpec& pool) { return pool.replica.chips * pool.replicas; };
  return of(spec.cluster.pool) + (spec.cluster.prefill ? of(*spec.cluster.prefill) : 0);
}

bool SimulateModels::priced() const {
  return step.cost.cost && (!step.pool || step.pool->prefill->cost.cost);
}

bool SimulateModels::metered() const {
  return step.cost.power && (!step.pool || step.pool->prefill->cost.power);
}

const std::vector<std::string_view>& simulation_fields() {
  static const std::vector<std::string_view> kAll = [] {
    std::vector<std::string_view> all(kOfServingStep.begin(), kOfServingStep.end());
    all.insert(all.end(), kSimulateFields.begin(), kSimulateFields.end());
    return all;
  }();
  return kAll;
}

Loaded<std::unique_ptr<SimulateModels>> read_simulation(const Workspace& workspace,
                                                        const Json& fields, Code field_code) {
  return SimulationReader(workspace, fields, field_code).read();
}

}  // namespace redline::app
