#include "app/step_request.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/kernel_models.h"
#include "app/scales.h"
#include "app/step_fields.h"
#include "base/nearest.h"

namespace redline::app {
namespace {

using Names = std::vector<std::string_view>;

constexpr auto kCommon = std::to_array<std::string_view>(
    {"id", "command", "model", "chip", "system", "chips", "tp", "pp", "dp", "ep", "engine", "dtype",
     "rent_usd_per_hour", "price_usd", "usd_per_kwh", "pue", "utilisation_percent", "years"});
constexpr auto kTraining = std::to_array<std::string_view>(
    {"cp", "etp", "vp", "schedule", "microbatch", "batch", "seq", "zero", "recompute",
     "recompute_layers", "sequence_parallel", "tokens", "zero_ranks"});
constexpr auto kServing = std::to_array<std::string_view>(
    {"batch", "prompt", "answer", "kv_dtype", "drafts", "tokens_per_step", "imbalance", "overlap",
     "chunk", "prefill_chip", "prefill_system", "prefill_tp", "prefill_pp", "prefill_dp",
     "prefill_ep", "prefill_batch", "prefill_rent_usd_per_hour", "prefill_price_usd"});

class StepReader {
 public:
  StepReader(const Workspace& w, StepKind kind, const Json& json,
             std::vector<FieldProblem>& problems)
      : w_(w), json_(json), fields_(json), problems_(problems) {
    out_.kind = kind;
  }

  Loaded<StepRequest> read() {
    look_for_unknown(json_, step_fields(out_.kind), problems_);
    Diagnostics errors;
    read_model(errors);
    read_chip(errors);
    if (!errors.empty()) {
      return tl::unexpected(std::move(errors));
    }
    read_engine();
    read_terms();
    if (out_.kind == StepKind::kTrain) {
      read_training();
    } else {
      read_serving();
    }
    return std::move(out_);
  }

 private:
  void problem(std::string_view name, std::string message) {
    problems_.push_back({std::string(name), std::move(message)});
  }
  void assume(std::string_view text, std::initializer_list<Message::Argument> values = {}) {
    out_.assumptions.emplace_back(text, values);
  }
  [[nodiscard]] bool trains() const { return out_.kind == StepKind::kTrain; }

  int size(std::string_view name, int otherwise) {
    if (!fields_.has(name)) {
      return otherwise;
    }
    constexpr std::int64_t kMost = 100'000'000;
    const auto value = fields_.count(name);
    if (!value || *value > kMost) {
      problem(name, fmt::format("field '{}' must be a whole number from 1 to {}", name, kMost));
      return otherwise;
    }
    return static_cast<int>(*value);
  }
  std::optional<double> amount(std::string_view name) {
    if (!fields_.has(name)) {
      return std::nullopt;
    }
    const auto value = fields_.number(name);
    if (!value || *value <= 0.0) {
      problem(name, fmt::format("field '{}' must be a number above zero", name));
      return std::nullopt;
    }
    return value;
  }
  template <class E, std::size_t N>
  E choice(std::string_view name, const std::array<std::string_view, N>& words, E otherwise) {
    const std::string word = fields_.text(name);
    if (word.empty()) {
      return otherwise;
    }
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) {
      problem(name, fmt::format("field '{}' must be one of {}", name, fmt::join(words, ", ")));
      return otherwise;
    }
    return static_cast<E>(found - words.begin());
  }

  std::string plain(const char* name) const {
    const auto found = json_.find(name);
    return found != json_.end() && found->is_string() ? found->get<std::string>() : std::string();
  }

  void read_model(Diagnostics& errors) {
    const std::string name = plain("model");
    if (name.empty()) {
      errors.push_back({Code::kBadOptionValue,
                        "the model is not said",
                        std::nullopt,
                        {"name one, such as llama-3.1-70b, or a config.json of your own"},
                        {}});
      return;
    }
    auto model = find_model(w_, name);
    if (!model) {
      errors.insert(errors.end(), model.error().begin(), model.error().end());
      return;
    }
    out_.model = std::move(*model);
  }

  void read_chip(Diagnostics& errors) {
    const std::string system = plain("system");
    std::string chip = plain("chip");
    if (!system.empty()) {
      const auto found =
          find_records(names_of(w_.catalog.systems), system, "system", Code::kUnknownRecord);
      if (!found) {
        errors.push_back(found.error());
        return;
      }
      out_.system = &w_.catalog.systems[found->front()];
      chip = chip.empty() ? out_.system->chip : chip;
    }
    if (chip.empty()) {
      errors.push_back({Code::kBadOptionValue,
                        "neither chip nor system is said",
                        std::nullopt,
                        {"name one with --chip h20 or --system hgx-h20-8"},
                        {}});
      return;
    }
    auto chips = find_chips(w_, chip);
    if (!chips) {
      errors.insert(errors.end(), chips.error().begin(), chips.error().end());
      return;
    }
    if (chips->size() != 1) {
      errors.push_back({Code::kBadOptionValue,
                        fmt::format("'{}' means {} chips", chip, chips->size()),
                        std::nullopt,
                        {"name one"},
                        {}});
      return;
    }
    const Chip* known = w_.catalog.chip(chips->front().id);
    const bool own = chip.size() > 5 && chip.substr(chip.size() - 5) == ".toml";
    out_.chip = known != nullptr && !own
                    ? std::shared_ptr<const Chip>(std::shared_ptr<const Chip>(), known)
                    : std::make_shared<const Chip>(std::move(chips->front()));
    out_.machine = machine_of(*out_.chip, w_.catalog.chips);
    out_.machine.network = network_of(*out_.chip, out_.system, w_.catalog);
  }

  void read_engine() {
    const std::string name = fields_.text("engine");
    const std::string_view usual = trains() ? "megatron-core" : "sglang";
    out_.engine = find_engine(name.empty() ? usual : std::string_view(name));
    const bool fits =
        out_.engine != nullptr && (trains() ? out_.engine->trains : out_.engine->serves);
    if (name.empty()) {
      assume("the engine is {engine}", {{"engine", std::string(usual)}});
    } else if (!fits) {
      Names names;
      for (const Engine& one : engines()) {
        if (trains() ? one.trains : one.serves) {
          names.push_back(one.name);
        }
      }
      problem("engine", fmt::format("field 'engine' must be one of {}", fmt::join(names, ", ")));
      out_.engine = find_engine(usual);
    }
  }

  void read_terms() {
    CostTerms& terms = out_.terms;
    if (const auto rent = amount("rent_usd_per_hour")) {
      terms.rent = UsdPerSecond{*rent / kSecondsOfHour};
    }
    if (const auto price = amount("price_usd")) {
      terms.price = Usd{*price};
    }
    terms.usd_per_kwh = amount("usd_per_kwh").value_or(terms.usd_per_kwh);
    terms.pue = amount("pue").value_or(terms.pue);
    terms.years = amount("years").value_or(terms.years);
    terms.utilisation = amount("utilisation_percent").value_or(100.0 * terms.utilisation) / 100.0;
  }

  Precision read_precision() {
    const std::string word = fields_.text("dtype");
    if (word.empty()) {
      return native_precision(out_.model);
    }
    return precision_of_words(word);
  }

  void read_shard(Shard& shard, int& pipeline) {
    for (const char* name : {"tp", "pp", "dp", "ep", "cp", "etp"}) {
      out_.plan_stated |= fields_.has(name);
    }
    shard.data = size("dp", 1);
    shard.expert = size("ep", 1);
    const int expert_tensor = fields_.has("etp") ? size("etp", 1) : 0;
    split_tensor(shard, out_.model, size("tp", 1));
    shard.expert_tensor = expert_tensor > 0 ? expert_tensor : shard.expert_tensor;
    pipeline = size("pp", 1);
    const int domain = std::max(1, out_.machine.network.domain);
    chips_ = size("chips", 0);
    shard.node_ranks = domain;
    if (chips_ > 0 && out_.plan_stated && !fields_.has("dp")) {
      const double copy = static_cast<double>(shard.tensor) * pipeline * std::max(1, shard.context);
      shard.data = std::max(1, static_cast<int>(chips_ / copy));
      assume("{count} replicas fill the chips", {{"count", std::to_string(shard.data)}});
    }
  }

  void read_training() {
    TrainingPlan& plan = out_.training;
    plan.shard.context = size("cp", 1);
    read_shard(plan.shard, plan.pipeline);
    plan.virtual_stages = size("vp", 1);
    plan.schedule =
        choice("schedule", kScheduleNames,
               plan.virtual_stages > 1 ? Schedule::kInterleaved : Schedule::kOneForwardOneBackward);
    TrainingRequest& request = plan.request;
    request.precision = fields_.has("dtype") ? read_precision() : Precision{};
    if (!fields_.has("dtype")) {
      assume("operands are bf16");
    }
    constexpr int kUsualLength = 4096;
    request.tokens =
        size("seq", std::min(kUsualLength, out_.model.shape.max_positions.value_or(kUsualLength)));
    if (!fields_.has("seq")) {
      assume("sequences of {count} tokens", {{"count", std::to_string(request.tokens)}});
    }
    request.sequences = size("microbatch", 1);
    const std::int64_t batch = size("batch", 0);
    batch_ = batch;
    request.recompute = choice("recompute", kRecomputeNames, Recompute::kNone);
    plan.recomputed_layers = fields_.has("recompute_layers") ? size("recompute_layers", 1) : 0;
    plan.shard.zero = choice("zero", kZeroStageNames, ZeroStage::kOptimizer);
    plan.shard.zero_ranks = fields_.has("zero_ranks") ? size("zero_ranks", 1) : 0;
    if (!fields_.has("zero")) {
      assume("replicas share the optimizer's state");
    }
    plan.shard.sequence_parallel = fields_.has("sequence_parallel")
                                       ? fields_.truth("sequence_parallel")
                                       : plan.shard.tensor > 1;
    request.flash_attention = out_.engine->flash_attention;
    request.dropout = out_.engine->dropout;
    request.gradients = out_.engine->gradients;
    out_.token_budget = amount("tokens").value_or(0.0);
    out_.batch = batch_;
    if (!out_.plan_stated) {
      plan.shard.data = std::max(1, chips_);
    }
    if (batch_ == 0) {
      out_.batch =
          static_cast<std::int64_t>(plan.shard.data) * plan.pipeline * 8 * request.sequences;
      assume("{count} sequences in a step", {{"count", std::to_string(out_.batch)}});
    }
  }

  void read_serving() {
    ServingPlan& plan = out_.serving;
    read_shard(plan.shard, plan.pipeline);
    plan.precision = read_precision();
    const std::string kv = fields_.text("kv_dtype");
    if (!kv.empty()) {
      plan.precision.kv_cache = precision_of_words(kv).weights;
    }
    out_.batch = size("batch", 0);
    out_.prompt = size("prompt", 2048);
    out_.answer = size("answer", 512);
    for (const char* name : {"prompt", "answer"}) {
      if (!fields_.has(name) && (out_.kind == StepKind::kDecode || name == std::string("prompt"))) {
        assume(
            "{what} of {count} tokens",
            {{"what", name},
             {"count", std::to_string(name == std::string("prompt") ? out_.prompt : out_.answer)}});
      }
    }
    out_.chunk = fields_.has("chunk") ? size("chunk", 1) : 0;
    read_pool();
    plan.draft_passes = fields_.has("drafts") ? size("drafts", 1) : 0;
    plan.shard.mtp = plan.draft_passes > 0 && out_.model.mtp.has_value();
    if (plan.draft_passes > 0 && !out_.model.mtp) {
      problem("drafts", "the model has no prediction modules to draft with");
      plan.draft_passes = 0;
    }
    plan.tokens_per_step =
        amount("tokens_per_step")
            .value_or(plan.draft_passes > 0 ? 1.0 + 0.85 * static_cast<double>(plan.draft_passes)
                                            : 1.0);
    plan.imbalance = amount("imbalance").value_or(1.0);
    constexpr double kMostImbalance = 1000.0;
    if (plan.imbalance < 1.0 || plan.imbalance > kMostImbalance) {
      problem("imbalance", fmt::format("field 'imbalance' must be from 1 to {:g}", kMostImbalance));
      plan.imbalance = 1.0;
    }
    plan.overlaps_experts =
        fields_.has("overlap") ? fields_.truth("overlap") : out_.engine->overlaps_experts;
  }

  // What is said of the pool that prefills, and otherwise as this one.
  void read_pool() {
    Json pool = Json::object();
    constexpr std::string_view kPrefix = "prefill_";
    for (const auto& [key, value] : json_.items()) {
      if (key.rfind(kPrefix, 0) == 0) {
        pool[key.substr(kPrefix.size())] = value;
      }
    }
    if (pool.empty()) {
      return;
    }
    if (out_.kind != StepKind::kDecode || out_.chunk > 0) {
      problem("prefill_chip", out_.chunk > 0
                                  ? "prompts are prefilled either in chunks or by another pool"
                                  : "a pool that prefills belongs to a decode step");
      return;
    }
    const bool elsewhere = pool.contains("chip") || pool.contains("system");
    constexpr auto kShared = std::to_array<std::string_view>(
        {"model", "dtype", "kv_dtype", "prompt", "answer", "usd_per_kwh", "pue", "years",
         "utilisation_percent", "engine"});
    constexpr auto kOfPlace =
        std::to_array<std::string_view>({"chip", "system", "rent_usd_per_hour", "price_usd"});
    const auto take = [&](std::string_view name) {
      const auto found = json_.find(name);
      if (found != json_.end() && !pool.contains(name)) {
        pool[std::string(name)] = *found;
      }
    };
    std::for_each(kShared.begin(), kShared.end(), take);
    if (!elsewhere) {
      std::for_each(kOfPlace.begin(), kOfPlace.end(), take);
    }
    out_.pool = std::move(pool);
  }

  const Workspace& w_;
  const Json& json_;
  Fields fields_;
  std::vector<FieldProblem>& problems_;
  StepRequest out_;
  int chips_ = 0;
  std::int64_t batch_ = 0;
};

double capacity_of(const Chip& chip) {
  return chip.memory.capacity && chip.memory.capacity->value ? chip.memory.capacity->value->base()
                                                             : 0.0;
}

}  // namespace

void look_for_unknown(const Json& fields, const std::vector<std::string_view>& known,
                      std::vector<FieldProblem>& problems) {
  for (const auto& [key, value] : fields.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      const auto near = nearest_names(key, known);
      problems.push_back({key, near.empty()
                                   ? fmt::format("there is no field '{}' here", key)
                                   : fmt::format("there is no field '{}' here, did you mean '{}'?",
                                                 key, near.front())});
    }
  }
}

const std::vector<std::string_view>& step_fields(StepKind kind) {
  const auto joined = [](const auto& own) {
    Names names(kCommon.begin(), kCommon.end());
    names.insert(names.end(), own.begin(), own.end());
    return names;
  };
  static const Names kTrainFields = joined(kTraining);
  static const Names kServeFields = joined(kServing);
  return kind == StepKind::kTrain ? kTrainFields : kServeFields;
}

Loaded<StepRequest> read_step_request(const Workspace& workspace, StepKind kind, const Json& fields,
                                      std::vector<FieldProblem>& problems) {
  return StepReader(workspace, kind, fields, problems).read();
}

void adopt_formats(StepRequest& request) {
  const auto has = [&](Format format) {
    return request.machine.chip != nullptr && sheet_rate_known(*request.chip, format);
  };
  Precision& p = request.kind == StepKind::kTrain ? request.training.request.precision
                                                  : request.serving.precision;
  if (!has(math_format(p.activations, p.weights)) && bytes_per_element(p.activations) < 2.0) {
    // An 8-bit format of the other kind serves as well, though it does not train; else weights stay
    // narrow and products wide.
    const bool serves = request.kind != StepKind::kTrain;
    const Format other = serves && p.activations == Format::kFp8 && has(Format::kInt8)
                             ? Format::kInt8
                             : Format::kBf16;
    request.assumptions.emplace_back(
        "the chip has no rate for the model's own format: products are computed in {format}",
        std::initializer_list<Message::Argument>{
            {"format", other == Format::kInt8 ? "int8" : "bf16"}});
    p.activations = other;
    if (other == Format::kInt8) {
      p.weights = Format::kInt8;
    } else {
      p.weights = p.expert_weights = Format::kBf16;
    }
  }
}

void choose_plan(StepRequest& request) {
  if (request.kind == StepKind::kTrain) {
    TrainingPlan& plan = request.training;
    const auto settle = [&] {
      const std::int64_t rows = plan.request.sequences * plan.shard.data;
      plan.request.microbatches =
          std::max<std::int64_t>(1, (request.batch + rows - 1) / std::max<std::int64_t>(rows, 1));
    };
    if (request.plan_stated) {
      settle();
      return;
    }
    const std::int64_t chips = plan.shard.data;
    const double capacity = capacity_of(*request.chip);
    const int node = std::max(1, plan.shard.node_ranks);
    for (int pipeline = 1; pipeline <= 64; pipeline *= 2) {
      for (int tensor = 1; tensor <= std::min(node, 8); tensor *= 2) {
        if (chips % (static_cast<std::int64_t>(tensor) * pipeline) != 0) {
          continue;
        }
        TrainingPlan tried = plan;
        tried.pipeline = pipeline;
        tried.shard.sequence_parallel = tensor > 1;
        tried.shard.data = static_cast<int>(chips / tensor / pipeline);
        tried.shard.expert = 1;
        split_tensor(tried.shard, request.model, tensor);
        if (request.model.moe) {
          for (int ep = 1; ep <= std::min(tried.shard.data * tensor, 64); ep *= 2) {
            tried.shard.expert = request.model.moe->experts % ep == 0 ? ep : tried.shard.expert;
          }
          tried.shard.expert_tensor = tried.shard.expert > 1 ? 1 : tried.shard.expert_tensor;
        }
        tried.request.microbatches = 1;
        if (!check(request.model, tried).empty()) {
          continue;
        }
        plan = tried;
        settle();
        if (capacity <= 0.0 || training_memory(request.model, plan).total().base() <= capacity) {
          request.assumptions.emplace_back(
              "the plan is the first that fits: tp {tp}, pp {pp}, dp {dp}, ep {ep}",
              std::initializer_list<Message::Argument>{{"tp", std::to_string(plan.shard.tensor)},
                                                       {"pp", std::to_string(plan.pipeline)},
                                                       {"dp", std::to_string(plan.shard.data)},
                                                       {"ep", std::to_string(plan.shard.expert)}});
          return;
        }
      }
    }
    settle();
    return;
  }
  ServingPlan& plan = request.serving;
  const std::int64_t tokens = request.prompt + request.answer;
  const double capacity = capacity_of(*request.chip);
  if (!request.plan_stated) {
    const int node = std::max(1, plan.shard.node_ranks);
    for (int tensor = 1; tensor <= node; tensor *= 2) {
      ServingPlan tried = plan;
      split_tensor(tried.shard, request.model, tensor);
      if (!check(request.model, tried, request.decode_of(1)).empty()) {
        continue;
      }
      plan = tried;
      const auto weights = serving_memory(request.model, plan, 1, tokens, 1).total().base();
      if (capacity <= 0.0 || weights <= 0.9 * capacity) {
        break;
      }
    }
    request.assumptions.emplace_back(
        "the plan is the first that fits: tp {tp}",
        std::initializer_list<Message::Argument>{{"tp", std::to_string(plan.shard.tensor)}});
  }
  if (request.batch == 0) {
    // A plan that the model cannot have is for the caller to refuse.
    const bool valid = check(request.model, plan, request.decode_of(1)).empty();
    if (request.kind == StepKind::kPrefill || !valid) {
      request.batch = 1;
    } else {
      constexpr std::int64_t kMostBatch = 256;
      request.batch = std::clamp<std::int64_t>(
          largest_batch(request.model, plan, Bytes{0.9 * capacity}, tokens), 1, kMostBatch);
    }
    request.assumptions.emplace_back(
        "sequences on each replica: {count}",
        std::initializer_list<Message::Argument>{{"count", std::to_string(request.batch)}});
  }
}

}  // namespace redline::app
