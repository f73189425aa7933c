#include "app/step_row.h"

#include <algorithm>
#include <cmath>
#include <regex>

#include <fmt/format.h>

#include "app/kernel_models.h"
#include "app/step_fields.h"

namespace redline::app {
namespace {

constexpr double kGib = 1073741824.0;
// Tokens that a sequence gains in a decode step with one draft token, where a row does not say how
// many are accepted: DeepSeek-V3 accepts 85 to 90 % (technical report, section 5.4.3).
constexpr double kAcceptedWithDraft = 1.85;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

const Json& part_of(const Json& fields, std::string_view name) {
  static const Json kEmpty = Json::object();
  const auto found = fields.find(name);
  return found != fields.end() && found->is_object() ? *found : kEmpty;
}

// "8x400 Gb/s", "4x Omni-Path 100 Gb/s per node", "1600 Gb/s per node", "400 Gb/s per GPU": bytes a
// second of one chip, one direction.
std::optional<double> stated_nic(const std::string& words, double chips_per_node) {
  static const std::regex kCards(R"((\d+)\s*x[^;,]*?(\d+)\s*gb/s)");
  static const std::regex kPlain(R"((\d+)\s*gb/s\s*(?:rdma |ib |roce )?per\s+(node|gpu|die|npu))");
  constexpr double kGbit = 1e9 / 8.0;
  std::smatch found;
  if (std::regex_search(words, found, kCards)) {
    return std::stod(found[1]) * std::stod(found[2]) * kGbit / chips_per_node;
  }
  if (std::regex_search(words, found, kPlain)) {
    return std::stod(found[1]) * kGbit / (found[2] == "node" ? chips_per_node : 1.0);
  }
  return std::nullopt;
}

class RowReader {
 public:
  RowReader(const Workspace& workspace, const Json& fields)
      : w_(workspace),
        row_json_(fields),
        row_(fields),
        system_(part_of(fields, "system")),
        model_fields_(part_of(fields, "model")),
        par_(part_of(fields, "parallelism")),
        shape_(part_of(fields, "shape")) {}

  StepRow read() {
    read_identity();
    if (!out_.unanswered) {
      read_machine();
    }
    if (!out_.unanswered) {
      read_model();
    }
    if (!out_.unanswered) {
      read_engine();
      if (out_.phase == "train") {
        read_training();
      } else {
        read_serving();
      }
    }
    out_.measured.id = out_.id;
    out_.measured.chip = out_.chip_id;
    out_.measured.source = out_.source;
    out_.measured.group = out_.group;
    out_.measured.training = out_.phase == "train";
    return std::move(out_);
  }

 private:
  void leave(Message reason) {
    if (!out_.unanswered) {
      out_.unanswered = std::move(reason);
    }
  }
  void assume(std::string_view text, std::initializer_list<Message::Argument> values = {}) {
    out_.assumptions.emplace_back(text, values);
  }

  std::string plain(const Json& fields, std::string_view name) const {
    const auto found = fields.find(name);
    return found != fields.end() && found->is_string() ? found->get<std::string>() : std::string();
  }

  void read_identity() {
    out_.id = plain(row_json_, "id");
    out_.group = plain(row_json_, "group");
    out_.group = out_.group.empty() ? out_.id : out_.group;
    const auto source = row_json_.find("source");
    if (source != row_json_.end()) {
      out_.source = source->is_object() ? plain(*source, "key") : plain(row_json_, "source");
    }
    out_.phase = row_.text("phase");
    out_.metric = plain(row_json_, "metric");
    out_.unit = plain(row_json_, "unit");
    out_.value = row_.number("value").value_or(0.0);
    if (out_.value <= 0.0) {
      leave("the measured value is not said");
    }
    if (out_.phase == "train-lora") {
      leave("low-rank adapters leave most gradients of weights out: not modelled");
    }
    if (out_.phase.rfind("train", 0) == 0) {
      out_.phase = "train";
    }
    constexpr std::array<std::string_view, 5> kPhases{"train", "prefill", "decode",
                                                      "serving-static", "serving-batch1"};
    if (!out_.unanswered &&
        std::find(kPhases.begin(), kPhases.end(), out_.phase) == kPhases.end()) {
      leave(
          {"the phase '{phase}' is not one step after another: serving under load is for a "
           "simulation",
           {{"phase", out_.phase}}});
    }
    if (row_.has("spec_level") && row_.text("spec_level") != "full") {
      leave("the row does not say enough: its spec_level is not full");
    }
  }

  void read_machine() {
    const Json& system = part_of(row_json_, "system");
    std::string name = plain(system, "chip_id");
    out_.chip_id = name;
    name = name.empty() ? plain(system, "chip") : name;
    const auto chips = find_chips(w_, name);
    if (!chips || chips->size() != 1) {
      leave({"no chip called '{name}'", {{"name", name}}});
      return;
    }
    chip_ = w_.catalog.chip(chips->front().id);
    if (chip_ == nullptr) {
      leave({"no chip called '{name}'", {{"name", name}}});
      return;
    }
    out_.chip_id = chip_->id;
    if (contains(plain(system, "chip"), "1 GCD")) {
      leave("measured on one die of a package of two");
    }
    machine_ = machine_in(w_.catalog, *chip_);
    const auto chips_used = system_.count("chips");
    chips_ = chips_used.value_or(product_of_plan());
    const std::int64_t nodes = system_.count("nodes").value_or(0);
    const std::int64_t per_node = nodes > 0 ? std::max<std::int64_t>(1, chips_ / nodes) : 8;
    const int domain = std::max(1, machine_.network.domain);
    node_ranks_ = static_cast<int>(
        std::min({chips_, std::int64_t{domain}, nodes > 1 ? per_node : std::int64_t{domain}}));
    if (const auto nic = stated_nic(system_.text("interconnect"), node_ranks_)) {
      machine_.network.nic = BytesPerSecond{*nic};
    }
    if (!machine_.network.nic && chips_ > node_ranks_) {
      constexpr double kUsualNic = 50e9;  // 400 Gb/s
      machine_.network.nic = BytesPerSecond{kUsualNic};
      assume("400 Gb/s of network for each chip");
    }
  }

  std::int64_t product_of_plan() const {
    double product = 1.0;
    for (const char* name : {"tp", "pp", "dp", "cp"}) {
      product *= static_cast<double>(par_.count(name).value_or(1));
    }
    constexpr double kMostChips = 1e8;
    const auto chips = static_cast<std::int64_t>(std::min(product, kMostChips));
    return std::max({chips, par_.count("world").value_or(1), par_.count("ep").value_or(1),
                     par_.count("pp_layer_split").value_or(1)});
  }

  void read_model() {
    auto model = model_of_fields(model_fields_);
    if (!model) {
      leave("the dimensions of the model are not said");
      return;
    }
    model_ = std::move(*model);
    precision_ = precision_of_words(row_.text("precision"));
    fill_experts();
    divide_heads();
  }

  // Ranks that do not divide the experts hold redundant copies of some (DeepSeek-V3 2024, 3.4.2).
  void fill_experts() {
    const auto ranks = par_.count("ep");
    if (!model_.moe || !ranks || out_.phase == "train" || model_.moe->experts % *ranks == 0) {
      return;
    }
    const std::int64_t held = (model_.moe->experts + *ranks - 1) / *ranks;
    model_.moe->experts = static_cast<int>(held * *ranks);
    assume("copies of experts fill {count} places", {{"count", std::to_string(held * *ranks)}});
  }
  // Where the heads are not said.
  void divide_heads() {
    const auto tensor = static_cast<int>(par_.count("tp").value_or(1));
    if (!model_fields_.has("heads") && model_.shape.heads % tensor != 0) {
      model_.shape.heads += tensor - model_.shape.heads % tensor;
      model_.shape.kv_heads = model_.shape.heads;
    }
  }

  void read_engine() {
    const std::string stated = shape_.text("engine") + row_.text("engine");
    for (const Engine& one : engines()) {
      if (stated.rfind(one.name, 0) == 0) {
        engine_ = &one;
      }
    }
    if (engine_ == nullptr) {
      const Source* source = w_.catalog.source(out_.source);
      engine_ = source != nullptr ? find_engine(source->engine) : nullptr;
    }
    if (engine_ == nullptr) {
      engine_ = find_engine(out_.phase != "train"        ? "sglang"
                            : row_.text("date") < "2021" ? "megatron-2020"
                            : row_.text("date") < "2023" ? "megatron-2021"
                                                         : "megatron-core");
      assume("the engine is {engine}", {{"engine", std::string(engine_->name)}});
    }
    if (stated.empty()) {
      engine_ = &generation_of(*engine_, row_.text("date"));
      if (!engine_->shards_by.empty() && par_.number("zero").value_or(0.0) >= 2.0) {
        engine_ = find_engine(engine_->shards_by);
        assume("the engine is {engine}", {{"engine", std::string(engine_->name)}});
      }
    }
    out_.engine = engine_->name;
    out_.measured.engine = engine_->fitted_as();
    out_.measured.variant = step_variant(model_, precision_);
    out_.plans = fmt::format("{} {} on {} x {}, {}", model_.id, out_.measured.variant, chips_,
                             out_.chip_id, engine_->name);
    kernels_ = w_.kernels->of(w_.catalog, machine_);
    steps_ = std::make_shared<const StepModel>(machine_, *kernels_, w_.kernels->calibration(),
                                               *engine_, out_.measured.variant);
  }

  // Training.
  void read_training() {
    TrainingPlan plan = training_plan();
    if (!checked(check(model_, plan))) {
      return;
    }
    if (auto reason = steps_->refuses(model_, plan)) {
      leave(std::move(*reason));
      return;
    }
    if (out_.metric == "memory_per_gpu") {
      read_memory(plan);
      return;
    }
    const TrainingEstimate estimate = steps_->training(model_, plan);
    out_.constants = steps_->training_constants();
    out_.measured.seconds = steps_->training_timer(model_, plan);
    if (out_.metric == "layer_fwd_bwd_time") {
      // A layer more, and the ends cancel.
      LlmModel longer = model_;
      longer.shape.layers = model_.shape.layers + 1;
      const auto two = steps_->training_timer(longer, plan);
      const auto one = out_.measured.seconds;
      const double layers = model_.shape.layers;
      out_.measured.seconds = [one, two, layers](const StepModel::Values& values) {
        return (two(values) - one(values)) * layers;
      };
    }
    out_.measured.measured_s = training_seconds(plan, estimate);
    if (out_.measured.measured_s <= 0.0) {
      leave({"the metric {metric} is not one of a training step", {{"metric", out_.metric}}});
    }
  }

  ZeroStage zero_of(const TrainingPlan& plan) {
    if (const auto zero = par_.number("zero")) {
      return static_cast<ZeroStage>(std::clamp(static_cast<int>(*zero), 0, 3));
    }
    const std::string fsdp = par_.text("fsdp");
    if (contains(fsdp, "full_shard")) {
      return ZeroStage::kParameters;
    }
    if (contains(fsdp, "shard_grad_op") || contains(fsdp, "zero-2")) {
      return ZeroStage::kGradients;
    }
    if (!fsdp.empty() && fsdp != "0") {
      return ZeroStage::kParameters;
    }
    if (plan.shard.data > 1 && engine_->shares) {
      assume("replicas share the optimizer's state");
      return ZeroStage::kOptimizer;
    }
    return ZeroStage::kNone;
  }

  Recompute recompute_of() {
    const std::string words = par_.text("recompute");
    if (words.empty() && !par_.has("remat")) {
      assume("nothing is computed again");
    }
    if (words.rfind("not printed", 0) == 0 || words.rfind("no ", 0) == 0) {
      return Recompute::kNone;
    }
    if (contains(words, "full")) {
      return Recompute::kFull;
    }
    if (words.empty() || words == "none" || words.rfind("sequence", 0) == 0) {
      return Recompute::kNone;
    }
    if (!contains(words, "selective")) {
      assume("what is computed again counts as the core of attention");
    }
    return Recompute::kSelective;
  }

  TrainingPlan training_plan() {
    TrainingPlan plan;
    const auto number = [this](std::string_view name, int otherwise = 1) {
      return static_cast<int>(
          std::min<std::int64_t>(par_.count(name).value_or(otherwise), 1'000'000));
    };
    plan.pipeline = number("pp");
    plan.virtual_stages = number("vp");
    constexpr int kDeepPipeline = 4;
    if (!par_.has("vp") && !par_.has("schedule") && engine_->virtual_stages > 1 &&
        plan.pipeline >= kDeepPipeline) {
      plan.virtual_stages =
          std::clamp(model_.shape.layers / plan.pipeline, 1, engine_->virtual_stages);
      assume("each rank has {count} virtual stages",
             {{"count", std::to_string(plan.virtual_stages)}});
    }
    if (const auto layers = par_.count("layers_per_vstage")) {
      plan.virtual_stages =
          std::max<int>(1, static_cast<int>(model_.shape.layers / plan.pipeline / *layers));
    }
    plan.schedule = contains(par_.text("schedule"), "dualpipe") ? Schedule::kDualPipe
                    : plan.virtual_stages > 1 && plan.pipeline > 1
                        ? Schedule::kInterleaved
                        : Schedule::kOneForwardOneBackward;
    Shard& shard = plan.shard;
    shard.context = number("cp");
    shard.expert = number("ep");
    split_tensor(shard, model_, number("tp"));
    if (par_.has("etp")) {
      shard.expert_tensor = number("etp");
    }
    const std::int64_t copy =
        static_cast<std::int64_t>(shard.tensor) * shard.context * plan.pipeline;
    shard.data = static_cast<int>(std::max<std::int64_t>(
        1, par_.count("dp").value_or(chips_ / std::max<std::int64_t>(copy, 1))));
    const std::string words = par_.text("recompute");
    const bool stated = par_.has("sequence_parallel");
    shard.sequence_parallel =
        shard.tensor > 1 &&
        (stated ? par_.truth("sequence_parallel")
                : (contains(words, "sequence") || contains(words, "+ sp")) || engine_->shares);
    shard.node_ranks = node_ranks_;
    shard.zero = zero_of(plan);
    shard.zero_ranks =
        static_cast<int>(std::min<std::int64_t>(par_.count("zero1_size").value_or(0), 1'000'000));
    TrainingRequest& request = plan.request;
    request.precision = precision_;
    request.tokens = shape_.count("seq").value_or(2048);
    request.sequences = par_.count("mbs").value_or(par_.count("per_device_batch").value_or(1));
    request.recompute = recompute_of();
    request.flash_attention = engine_->flash_attention;
    request.dropout = engine_->dropout;
    request.gradients = engine_->gradients;
    request.microbatches = microbatches(plan);
    return plan;
  }

  std::int64_t microbatches(const TrainingPlan& plan) {
    const double batch = static_cast<double>(plan.request.sequences) * plan.shard.data;
    if (const auto sequences = par_.count("gbs")) {
      return std::max<std::int64_t>(1, std::llround(static_cast<double>(*sequences) / batch));
    }
    if (const auto tokens = par_.number("gbs_tokens")) {
      return std::max<std::int64_t>(
          1, std::llround(*tokens / static_cast<double>(plan.request.tokens) / batch));
    }
    return par_.count("grad_accum").value_or(plan.pipeline > 1 ? 4L * plan.pipeline : 1);
  }

  // Of the steps that were measured.
  double training_seconds(const TrainingPlan& plan, const TrainingEstimate& estimate) {
    const auto chips = static_cast<double>(plan.chips());
    const auto tokens = static_cast<double>(plan.tokens());
    const std::string& metric = out_.metric;
    if (metric == "iteration_time" || metric == "step_time" || metric == "layer_fwd_bwd_time") {
      out_.kind = MetricKind::kTime;
      return out_.value * (out_.unit == "ms" ? 1e-3 : 1.0);
    }
    if (metric.rfind("gpu_hours", 0) == 0) {
      out_.kind = MetricKind::kTime;
      constexpr double kTokens = 1e12;
      return out_.value * 3600.0 / chips * tokens / kTokens;
    }
    out_.kind = MetricKind::kRate;
    if (metric == "tokens_per_s_per_gpu" || metric == "tokens_per_s_per_chip") {
      return tokens / chips / out_.value;
    }
    if (metric == "achieved_tflops_per_gpu") {
      // Megatron-LM counts what is computed again (Narayanan et al. 2021, equation 3).
      const bool again = plan.request.recompute == Recompute::kFull;
      const double ops = estimate.model_ops.base() + (again ? layers_ops(plan) / 3.0 : 0.0);
      return ops / chips / (out_.value * 1e12);
    }
    if (metric == "mfu") {
      return estimate.mfu * estimate.time.total.base() / (out_.value / 100.0);
    }
    return 0.0;
  }
  // Of all layers without the head, three passes.
  double layers_ops(const TrainingPlan& plan) const {
    LlmModel bare = model_;
    bare.shape.vocabulary = 1;
    return model_ops(bare, plan.request).base() * plan.shard.data;
  }

  void read_memory(TrainingPlan plan) {
    out_.kind = MetricKind::kMemory;
    const std::string what = out_.id;
    const bool kept = contains(what, "activations");
    if (contains(what, "sp+selective")) {
      plan.request.recompute = Recompute::kSelective;
      plan.shard.sequence_parallel = plan.shard.tensor > 1;
    }
    const StepMemory memory = training_memory(model_, plan);
    const bool states = contains(what, "params+optimizer");
    const Bytes bytes = states ? memory.weights + memory.gradients + memory.optimizer
                        : kept ? memory.activations
                               : memory.total();
    out_.predicted_bytes = bytes.base() / (out_.unit == "GB" ? 1e9 : kGib);
    constexpr double kMemoryScatter = 0.06;
    out_.constants.log_sd = kMemoryScatter;
    out_.constants.evidence = Evidence::kMeasured;
    assume("memory is counted before fragmentation");
  }

  // Serving.
  void read_serving() {
    ServingPlan plan;
    plan.precision = precision_;
    const auto number = [this](std::string_view name) {
      return static_cast<int>(std::min<std::int64_t>(par_.count(name).value_or(1), 1'000'000));
    };
    plan.shard.expert = number("ep");
    split_tensor(plan.shard, model_, number("tp"));
    plan.shard.data =
        std::max(number("dp_attention"), plan.shard.expert / std::max(1, plan.shard.tensor));
    plan.pipeline = std::max(number("pp"), number("pp_layer_split"));
    plan.shard.node_ranks = static_cast<int>(
        std::min<std::int64_t>(std::max(1, machine_.network.domain), plan.chips()));
    plan.overlaps_experts = engine_->overlaps_experts || par_.truth("two_batch_overlap") ||
                            shape_.count("microbatches").value_or(1) > 1;
    std::int64_t drafted = 0;
    const std::string mtp = par_.text("mtp");
    if (!mtp.empty() && out_.phase == "decode") {
      drafted = 1;
      plan.tokens_per_step = kAcceptedWithDraft;
      model_.mtp = Mtp{1};
      plan.shard.mtp = true;
      assume("a step with one draft yields {tokens} tokens",
             {{"tokens", fmt::format("{}", kAcceptedWithDraft)}});
    }
    const auto batch = batch_of();
    const auto lengths = lengths_of();
    if (!batch || !lengths) {
      leave("batch or length of the sequences is not said");
      return;
    }
    time_serving(plan, *batch, *lengths, drafted);
  }

  std::optional<std::int64_t> batch_of() const {
    for (const char* name : {"batch", "batch_per_gpu", "batch_per_npu", "concurrency"}) {
      if (const auto found = shape_.count(name)) {
        return found;
      }
    }
    for (const char* name : {"tokens_per_gpu", "tokens_per_npu"}) {
      const auto tokens = shape_.count(name);
      if (tokens && shape_.count("isl")) {
        return std::max<std::int64_t>(1, *tokens / *shape_.count("isl"));
      }
    }
    return std::nullopt;
  }

  struct Lengths {
    std::int64_t prompt = 0, output = 0, cached = 0;  // cached: the mean while decoding
  };
  std::optional<Lengths> lengths_of() const {
    Lengths lengths;
    lengths.prompt = shape_.count("isl").value_or(0);
    lengths.output = shape_.count("osl").value_or(0);
    lengths.cached = shape_.count("kv_len").value_or(lengths.prompt + lengths.output / 2);
    if (out_.phase == "prefill" ? lengths.prompt == 0 : lengths.cached == 0) {
      return std::nullopt;
    }
    return lengths;
  }

  std::optional<StepModel::Timer> timer(const ServingPlan& plan, const InferenceRequest& request) {
    if (!checked(check(model_, plan, request))) {
      return std::nullopt;
    }
    if (auto reason = steps_->refuses(model_, plan, request)) {
      leave(std::move(*reason));
      return std::nullopt;
    }
    return steps_->serving_timer(model_, plan, request);
  }

  void time_serving(const ServingPlan& plan, std::int64_t batch, const Lengths& lengths,
                    std::int64_t drafted) {
    out_.constants = steps_->serving_constants();
    const auto sequences = static_cast<double>(batch);
    const bool prefills = out_.phase != "decode";
    const bool decodes = out_.phase != "prefill";
    StepModel::Timer prefill = [](const StepModel::Values&) { return 0.0; };
    StepModel::Timer decode = prefill;
    if (prefills) {
      InferenceRequest request;
      request.precision = plan.precision;
      request.prefill = {.count = batch, .new_tokens = std::max<std::int64_t>(1, lengths.prompt)};
      const auto found = timer(plan, request);
      if (!found) {
        return;
      }
      prefill = *found;
    }
    if (decodes) {
      InferenceRequest request;
      request.precision = plan.precision;
      request.decode = {.count = batch, .new_tokens = 1 + drafted, .cached = lengths.cached};
      request.draft_passes = drafted;
      const auto found = timer(plan, request);
      if (!found) {
        return;
      }
      decode = *found;
    }
    const auto chips = static_cast<double>(plan.chips());
    const double replicas = plan.shard.data;
    const auto out = static_cast<double>(std::max<std::int64_t>(1, lengths.output));
    const auto in = static_cast<double>(lengths.prompt);
    const std::string& metric = out_.metric;
    double tokens = 0.0;  // of what is timed, all replicas
    double steps = 1.0;   // of decoding
    if (out_.phase == "prefill") {
      tokens = sequences * in * replicas;
      steps = 0.0;
    } else if (out_.phase == "decode") {
      tokens = sequences * replicas * plan.tokens_per_step;
    } else {
      steps = out;
      tokens = sequences * replicas * (metric == "tokens_per_s_incl_prompt" ? in + out : out);
    }
    out_.measured.seconds = [prefill, decode, steps](const StepModel::Values& values) {
      return prefill(values) + steps * (steps > 0.0 ? decode(values) : 0.0);
    };
    if (metric == "ttft" || metric == "tpot") {
      out_.kind = MetricKind::kTime;
      out_.measured.measured_s = out_.value * (out_.unit == "ms" ? 1e-3 : 1.0);
      return;
    }
    out_.kind = MetricKind::kRate;
    const bool per_chip =
        contains(metric, "per_gpu") || contains(metric, "per_npu") || contains(metric, "per_chip");
    const double share = contains(metric, "per_user")   ? 1.0 / sequences
                         : contains(metric, "per_node") ? 8.0 / chips
                         : per_chip                     ? 1.0 / chips
                                                        : 1.0;
    out_.measured.measured_s = tokens * share / out_.value;
    refuse_impossible(plan);
  }

  // A step that is faster than reading the weights once is something else than it says.
  void refuse_impossible(const ServingPlan& plan) {
    if (out_.phase != "decode" || !chip_->memory.bandwidth || !chip_->memory.bandwidth->value) {
      return;
    }
    const double weights = weights_bytes(model_, plan.precision, plan.shard).base();
    const double least = weights / chip_->memory.bandwidth->value->base();
    if (!model_.moe && out_.measured.measured_s < 0.8 * least) {
      leave("suspect: faster than the weights can be read");
    }
  }

  bool checked(const Diagnostics& problems) {
    if (problems.empty()) {
      return true;
    }
    leave({"{problem}", {{"problem", problems.front().message}}});
    return false;
  }

  const Workspace& w_;
  const Json& row_json_;
  Fields row_, system_, model_fields_, par_, shape_;
  StepRow out_;
  const Chip* chip_ = nullptr;
  Machine machine_;
  std::int64_t chips_ = 1;
  int node_ranks_ = 1;
  LlmModel model_;
  Precision precision_;
  const Engine* engine_ = nullptr;
  std::shared_ptr<const KernelModel> kernels_;
  std::shared_ptr<const StepModel> steps_;
};

}  // namespace

bool is_step_row(const Json& fields) { return fields.contains("phase"); }

StepRow read_step_row(const Workspace& workspace, const Json& fields) {
  return RowReader(workspace, fields).read();
}

Loaded<std::vector<StepRow>> step_rows(const Workspace& workspace, std::string file,
                                       std::string text) {
  const auto parsed = data::parse_json_rows(std::move(file), std::move(text));
  if (!parsed) {
    return tl::unexpected(parsed.error());
  }
  std::vector<StepRow> rows;
  for (const data::JsonRow& one : parsed->rows) {
    if (!is_step_row(one.value)) {
      continue;
    }
    StepRow row = read_step_row(workspace, one.value);
    if (row.id.empty()) {
      row.id = row.measured.id = fmt::format("line {}", parsed->span(one).line);
      row.group = row.measured.group = row.group.empty() ? row.id : row.group;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Loaded<std::vector<StepRow>> kept_steps(const Workspace& workspace) {
  std::vector<StepRow> all;
  Diagnostics errors;
  for (const data::DataFile* file : workspace.files.under("measured")) {
    auto rows = step_rows(workspace, file->display, file->text);
    if (!rows) {
      errors.insert(errors.end(), rows.error().begin(), rows.error().end());
      continue;
    }
    std::move(rows->begin(), rows->end(), std::back_inserter(all));
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return all;
}

std::vector<MeasuredStep> measured_steps(const std::vector<StepRow>& rows) {
  std::vector<MeasuredStep> times;
  for (const StepRow& row : rows) {
    if (!row.unanswered && row.kind != MetricKind::kMemory) {
      times.push_back(row.measured);
    }
  }
  return times;
}

}  // namespace redline::app
