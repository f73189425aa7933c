// The steps of an engine on a machine: constants, error bars and what they rest on.

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "perf/fit.h"
#include "perf/serving_step.h"
#include "perf/step_constants.h"
#include "perf/step_memory.h"
#include "perf/training_step.h"
#include "workload/training.h"

namespace redline {
namespace {

using perf::StepParts;

constexpr double kUnmeasured = 0.35;
constexpr int kOwnRows = 2;
constexpr int kMostStages = 4096;

std::optional<Message> refusal_of(const std::vector<Task>& tasks, const KernelModel& kernels,
                                  const Engine& engine) {
  for (const Task& task : tasks) {
    if (auto reason = kernels.refuses(perf::kernel_of(task.op, engine, kernels.limits()))) {
      return reason;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string step_variant(const LlmModel& model, const Precision& precision) {
  const Format math = math_format(precision.activations, precision.weights);
  const bool narrow_weights =
      bytes_per_element(precision.weights) < bytes_per_element(precision.activations);
  std::string variant = narrow_weights
                            ? fmt::format("{}-weights", perf::format_name(precision.weights))
                            : std::string(perf::format_name(math));
  if (math == Format::kFp8 && precision.fp8_block > 0) {
    variant.insert(0, "mx");
  }
  return variant + (model.moe ? " experts" : "") + (model.mla ? " latent" : "");
}

double interval_factor(const StepConstants& constants) {
  return std::exp(perf::kNormal80 * constants.log_sd);
}

StepConstants step_constants(bool training, std::string_view engine, std::string_view variant,
                             const Chip& chip, const Calibration& calibration) {
  const std::string_view model = perf::step_table_name(training);
  const auto scopes = perf::step_scopes(engine, variant, chip);
  StepConstants known;
  known.log_sd = kUnmeasured;
  const perf::ScopeValues fitted = perf::by_scope(calibration.constants, model);
  known.values = perf::resolve(perf::step_table(training), fitted, scopes);
  int own = 0;
  int relatives = 0;
  for (const Support& one : calibration.support) {
    if (one.model != model) {
      continue;
    }
    const bool same_engine = fmt::format("engine {}", one.kernel) == scopes[1];
    const bool same_chip = fmt::format("chip {}", one.chip) == scopes[4];
    own += same_engine && same_chip ? one.rows : 0;
    relatives += same_engine || same_chip || one.family == scopes[2] ? one.rows : 0;
  }
  known.evidence = own >= kOwnRows         ? Evidence::kMeasured
                   : relatives >= kOwnRows ? Evidence::kFamily
                                           : Evidence::kExtrapolated;
  for (const Scatter& one : calibration.scatter) {
    if (one.model == model && one.evidence == known.evidence) {
      known.log_sd = one.log_sd;
    }
  }
  return known;
}

StepModel::StepModel(const Machine& machine, const KernelModel& kernels,
                     const Calibration& calibration, const Engine& engine, std::string_view variant)
    : kernels_(&kernels), engine_(&engine) {
  const perf::Limits limits = perf::limits_of(machine);
  rates_ = {limits.matrix, limits.bandwidth, limits.cores * limits.clock};
  training_ = step_constants(true, engine.fitted_as(), variant, *machine.chip, calibration);
  serving_ = step_constants(false, engine.fitted_as(), variant, *machine.chip, calibration);
  training_factor_ = interval_factor(training_);
  serving_factor_ = interval_factor(serving_);
}

std::optional<Message> StepModel::refuses(const LlmModel& model, const TrainingPlan& plan) const {
  std::vector<Task> tasks;
  for (int place = 0; place < plan.pipeline; ++place) {
    const perf::StageLayers layers = perf::stage_layers(model.shape.layers, plan.pipeline, place);
    const Shard shard = perf::shard_of_stage(plan, model, layers);
    for (const TrainingPart part :
         {TrainingPart::kForward, TrainingPart::kBackward, TrainingPart::kUpdate}) {
      append_training(model, plan.request, shard, part, tasks);
    }
    if (layers.first > 0) {
      break;  // the stages between are of one kind
    }
  }
  return refusal_of(tasks, *kernels_, *engine_);
}

std::optional<Message> StepModel::refuses(const LlmModel& model, const ServingPlan& plan,
                                          const InferenceRequest& request) const {
  std::vector<Task> tasks;
  InferenceRequest asked = request;
  asked.precision = plan.precision;
  append_inference(model, asked, plan.shard, tasks);
  return refusal_of(tasks, *kernels_, *engine_);
}

StepTime StepModel::timed(const std::array<double, kWorks>& parts, double memory_s,
                          const StepConstants& constants, double factor) const {
  StepTime time;
  double total = 0.0;
  for (std::size_t i = 0; i < kWorks; ++i) {
    time.parts[i] = Seconds{parts[i]};
    total += parts[i];
  }
  time.total = Seconds{total};
  const auto part = [&](Work work) { return parts[index_of(work)]; };
  const double busy = part(Work::kMatrix) + part(Work::kAttention) + part(Work::kVector);
  const std::array<double, 4> bounds{busy - memory_s, memory_s + part(Work::kOptimizer),
                                     part(Work::kTensor) + part(Work::kContext) +
                                         part(Work::kExpert) + part(Work::kPipeline) +
                                         part(Work::kData),
                                     part(Work::kBubble) + part(Work::kHost)};
  time.bound = static_cast<Bound>(std::max_element(bounds.begin(), bounds.end()) - bounds.begin());
  time.evidence = constants.evidence;
  time.low = Seconds{total / factor};
  time.high = Seconds{total * factor};
  return time;
}

TrainingEstimate StepModel::training(const LlmModel& model, const TrainingPlan& plan) const {
  const workload::Stage whole = perf::whole_stage(model, plan);
  const std::vector<perf::StageKind> kinds = perf::stage_kinds(model, plan, whole);
  perf::Pricer pricer(model, plan, whole, *kernels_, *engine_);
  const perf::TrainingCosts costs = perf::training_costs(model, plan, kinds, pricer, *engine_);
  const StepParts parts = perf::training_parts(costs, training_.values);
  TrainingEstimate estimate;
  estimate.time = timed(parts.seconds, parts.memory_s, training_, training_factor_);
  estimate.exposed = perf::exposed_of(costs, training_.values);
  estimate.memory = perf::training_memory(plan, whole, kinds);
  const double replicas = plan.shard.data;
  estimate.model_ops = workload::model_ops(model, plan.request, MaskedScores::kCounted) * replicas;
  double forward = 0.0;  // of all stages, one rank each
  double again = 0.0;
  for (const perf::StageCost& stage : costs.stages) {
    forward += stage.count * stage.forward.ops;
    again += stage.count * stage.again_ops;
  }
  // Counted alike in both: a pass again is a third of the model's operations.
  estimate.hardware_ops = estimate.model_ops * (1.0 + again / (3.0 * forward));
  const Format format =
      math_format(plan.request.precision.activations, plan.request.precision.weights);
  const double peak = rates_.matrix[perf::index_of(format)] * static_cast<double>(plan.chips());
  estimate.mfu = estimate.model_ops.base() / (peak * estimate.time.total.base());
  estimate.hfu = estimate.hardware_ops.base() / (peak * estimate.time.total.base());
  return estimate;
}

ServingEstimate StepModel::serving(const LlmModel& model, const ServingPlan& plan,
                                   const InferenceRequest& request) const {
  const perf::ServingCosts costs = perf::serving_costs(model, plan, request, *kernels_, *engine_);
  double slowest = 0.0;
  const StepParts parts = perf::serving_parts(costs, serving_.values, slowest);
  ServingEstimate estimate;
  estimate.time = timed(parts.seconds, parts.memory_s, serving_, serving_factor_);
  estimate.stage = Seconds{slowest};
  estimate.memory = serving_memory(model, plan, request);
  return estimate;
}

StepModel::Arrival StepModel::arrival(const Engine& engine, const Values& values) {
  return {values[perf::kServeRequest],
          engine.rare_looks ? std::max(1.0, values[perf::kServeLooks]) : 1.0,
          values[perf::kServeHandover]};
}

StepModel::Timer StepModel::training_timer(const LlmModel& model, const TrainingPlan& plan) const {
  auto costs = std::make_shared<const perf::TrainingCosts>(
      perf::training_costs(model, plan, *kernels_, *engine_));
  return [costs](const Values& values) { return perf::training_parts(*costs, values).total(); };
}

StepModel::Timer StepModel::serving_timer(const LlmModel& model, const ServingPlan& plan,
                                          const InferenceRequest& request) const {
  auto costs = std::make_shared<const perf::ServingCosts>(
      perf::serving_costs(model, plan, request, *kernels_, *engine_));
  return [costs](const Values& values) {
    double slowest = 0.0;
    return perf::serving_parts(*costs, values, slowest).total();
  };
}

bool sheet_rate_known(const Chip& chip, Format format) {
  return perf::sheet_rate(chip, format) > 0.0;
}

Diagnostics check(const LlmModel& model, const TrainingPlan& plan) {
  Diagnostics errors;
  const auto wrong = [&errors](std::string message, std::string help) {
    errors.push_back({Code::kBadShard, std::move(message), std::nullopt, {std::move(help)}, {}});
  };
  if (plan.pipeline < 1 || plan.pipeline > std::min(model.shape.layers, kMostStages)) {
    wrong(fmt::format("{} pipeline stages for {} layers", plan.pipeline, model.shape.layers),
          "a stage has at least one layer");
  }
  if (plan.virtual_stages < 1 ||
      static_cast<std::int64_t>(plan.virtual_stages) * plan.pipeline > model.shape.layers + 2) {
    wrong(fmt::format("{} virtual stages on each of {} ranks for {} layers", plan.virtual_stages,
                      plan.pipeline, model.shape.layers),
          "a virtual stage has a layer, the embedding or the head at least");
  }
  const Diagnostics more = check(model, plan.request, plan.shard);
  errors.insert(errors.end(), more.begin(), more.end());
  return errors;
}

Diagnostics check(const LlmModel& model, const ServingPlan& plan, const InferenceRequest& request) {
  Diagnostics errors;
  if (plan.pipeline < 1 || plan.pipeline > std::min(model.shape.layers, kMostStages)) {
    errors.push_back(
        {Code::kBadShard,
         fmt::format("{} pipeline stages for {} layers", plan.pipeline, model.shape.layers),
         std::nullopt,
         {"a stage has at least one layer"},
         {}});
  }
  const Diagnostics more = check(model, request, plan.shard);
  errors.insert(errors.end(), more.begin(), more.end());
  return errors;
}

}  // namespace redline
