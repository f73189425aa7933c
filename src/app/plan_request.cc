#include "app/plan_request.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/kernel_models.h"

namespace redline::app {
namespace {

constexpr auto kOfPlan = std::to_array<std::string_view>(
    {"id", "command", "model", "chip", "system", "engine", "dtype", "rent_usd_per_hour",
     "price_usd", "usd_per_kwh", "pue", "utilisation_percent", "years", "batch", "seq", "tokens"});
constexpr auto kPlanFields = std::to_array<std::string_view>(
    {"chips", "objective", "pareto", "top", "vary", "space", "second_gb", "second_gbps", "tp", "pp",
     "cp", "ep", "microbatch", "zero", "recompute", "schedule", "sequence_parallel", "overlap"});

}  // namespace

void PlanRequest::problem(std::string message, std::vector<std::string> help) {
  errors_.push_back({code_, std::move(message), std::nullopt, std::move(help), {}});
}

// "64", "64..1024" (doubled from the first while it is no more than the last), or "960,1024".
void PlanRequest::read_chips() {
  const std::string text = fields_.text("chips");
  bool good = true;
  for (const std::string& word : split_list(text)) {
    const auto range = word.find("..");
    const auto first = whole_number(word.substr(0, range));
    const auto last = range == std::string::npos ? first : whole_number(word.substr(range + 2));
    if (!first || !last || *last < *first) {
      good = false;
      break;
    }
    for (int n = *first; n <= *last; n *= 2) {
      chips_.push_back(n);
    }
  }
  std::sort(chips_.begin(), chips_.end());
  chips_.erase(std::unique(chips_.begin(), chips_.end()), chips_.end());
  if (!good) {
    problem(fmt::format("field 'chips' must be a whole number, a list, or a range such as "
                        "64..1024, from 1 to {}",
                        kMostWhole),
            {"say how many chips train together"});
  }
}

void PlanRequest::read_steps() {
  read_chips();
  Json step = Json::object();
  for (const std::string_view name : kOfPlan) {
    const auto found = json_.find(name);
    if (found != json_.end()) {
      step[std::string(name)] = *found;
    }
  }
  step["chips"] = chips_.empty() ? 1 : chips_.front();
  // Stated, so that no plan is sought for the step itself.
  step["dp"] = step["chips"];
  step["zero"] = 0;
  std::vector<FieldProblem> problems;
  look_for_unknown(json_, plan_search_fields(), problems);
  for (const FieldProblem& one : problems) {
    problem(one.message);
  }
  std::vector<std::string> formats{""};
  if (fields_.has("dtype")) {
    formats = split_list(fields_.text("dtype"));
  }
  std::vector<Overlap> overlaps{Overlap::kEngine};
  lists_.names("overlap", kOverlapNames, overlaps);
  for (const std::string& dtype : formats) {
    for (const Overlap overlap : overlaps) {
      if (!add_variant(step, dtype, overlap)) {
        return;  // the others have the same problems
      }
    }
  }
  cost_ = cost_rate(*request().chip, request().system, request().terms);
}

bool PlanRequest::add_variant(Json step, const std::string& dtype, Overlap overlap) {
  if (!dtype.empty()) {
    step["dtype"] = dtype;
  }
  std::vector<FieldProblem> problems;
  auto request = read_step_request(w_, StepKind::kTrain, step, problems);
  for (const FieldProblem& one : problems) {
    problem(one.message);
  }
  if (!request) {
    errors_.insert(errors_.end(), request.error().begin(), request.error().end());
    return false;
  }
  auto variant = std::make_unique<PlanVariant>();
  variant->request = std::move(*request);
  StepRequest& r = variant->request;
  r.machine.chip = r.chip.get();
  const Precision asked = r.training.request.precision;
  adopt_formats(r);
  const bool adopted = !same_formats(asked, r.training.request.precision);
  if (!fields_.has("batch")) {
    r.batch = std::max<std::int64_t>(1, chips_.empty() ? 1 : chips_.back());
  }
  variant->dtype = adopted ? std::string("bf16") : dtype;
  variant->overlap = overlap;
  variant->engine = *r.engine;
  if (overlap != Overlap::kEngine) {
    const bool all = overlap == Overlap::kAll;
    variant->engine.overlaps_experts = all || overlap == Overlap::kExperts;
    variant->engine.hides_tensor = all || overlap == Overlap::kTensor;
  }
  // Formats that the chip lacks become those that it has.
  const bool known = std::any_of(variants_.begin(), variants_.end(), [&](const auto& other) {
    return other->overlap == overlap &&
           same_formats(other->request.training.request.precision, r.training.request.precision);
  });
  if (!known) {
    variants_.push_back(std::move(variant));
  }
  return problems.empty();
}

namespace {

void time_variant(PlanVariant& variant, const Machine& machine, const Calibration& calibration) {
  const StepRequest& r = variant.request;
  variant.steps =
      std::make_unique<StepModel>(machine, *variant.kernels, calibration, variant.engine,
                                  step_variant(r.model, r.training.request.precision));
}

}  // namespace

std::vector<std::unique_ptr<PlanVariant>> PlanRequest::variants_on(const Machine& machine) const {
  const auto kernels = std::make_shared<const KernelModel>(machine, w_.kernels->calibration());
  std::vector<std::unique_ptr<PlanVariant>> list;
  for (const auto& one : variants_) {
    auto variant = std::make_unique<PlanVariant>();
    variant->request = one->request;
    variant->engine = one->engine;
    variant->kernels = kernels;
    time_variant(*variant, machine, w_.kernels->calibration());
    list.push_back(std::move(variant));
  }
  return list;
}

std::vector<TrainingVariant> training_variants(
    const std::vector<std::unique_ptr<PlanVariant>>& variants) {
  std::vector<TrainingVariant> list;
  for (const auto& one : variants) {
    list.push_back(
        {timing_of(one->request.model, *one->steps), one->request.training.request.precision});
  }
  return list;
}

std::string variant_text(const PlanVariant& variant) {
  std::string text = variant.dtype;
  if (variant.overlap != Overlap::kEngine) {
    text += fmt::format("{}overlap {}", text.empty() ? "" : ", ",
                        kOverlapNames[static_cast<std::size_t>(variant.overlap)]);
  }
  return text;
}

bool PlanRequest::allowed(PlanObjective objective) {
  const bool cost = objective == PlanObjective::kCost && !cost_.cost;
  const bool energy = objective == PlanObjective::kEnergy && !cost_.power;
  if (!variants_.empty() && (cost || energy)) {
    problem(fmt::format("the {} of a plan is not known: no {} of {} is", cost ? "cost" : "energy",
                        cost ? "price or rent" : "power", request().chip->id),
            {"give --rent or --price, or ask for time"});
    return false;
  }
  return true;
}

void PlanRequest::read_objectives() {
  const std::string first = fields_.text("objective");
  const bool time = first.empty() || first == "time";
  const std::string_view other = chips_.size() < 2 ? ""
                                 : !time           ? "time"
                                 : cost_.cost      ? "cost"
                                                   : "chips";
  question_.objectives = lists_.objectives<PlanObjective>(
      kPlanObjectiveNames, "time", other, [this](PlanObjective one) { return allowed(one); });
  variations_ = lists_.variations();
  top_ = lists_.top();
}

void PlanRequest::make_question() {
  for (const auto& variant : variants_) {
    variant->kernels = w_.kernels->of(w_.catalog, variant->request.machine);
    time_variant(*variant, variant->request.machine, w_.kernels->calibration());
    auto reason = variant->steps->refuses(variant->request.model, variant->request.training);
    if (reason && !refusal_) {
      refusal_ = std::move(reason);
    }
  }
  const auto refused = [](const std::unique_ptr<PlanVariant>& one) {
    return one->steps->refuses(one->request.model, one->request.training).has_value();
  };
  if (std::all_of(variants_.begin(), variants_.end(), refused)) {
    return;
  }
  std::erase_if(variants_, refused);
  refusal_.reset();
  const StepRequest& r = request();
  TrainingQuestion& q = question_;
  q.variants = training_variants(variants_);
  q.base = r.training;
  q.base.shard = {};
  q.base.shard.node_ranks = r.training.shard.node_ranks;
  q.base.pipeline = 1;
  q.batch = r.batch;
  q.token_budget = r.token_budget;
  const auto& capacity = r.chip->memory.capacity;
  q.capacity = capacity && capacity->value ? *capacity->value : Bytes{};
  q.usd_per_chip_s = cost_.cost ? cost_.cost->base() : 0.0;
  q.watts = cost_.power ? cost_.power->base() : 0.0;
  q.dimensions = usual_dimensions(r.model, chips_, r.batch, r.training.request.tokens,
                                  r.training.shard.node_ranks);
}

void PlanRequest::read_lists() {
  TrainingDimensions& d = question_.dimensions;
  lists_.numbers("tp", d.tensor);
  lists_.numbers("pp", d.pipeline);
  lists_.numbers("cp", d.context);
  lists_.numbers("ep", d.expert);
  lists_.numbers("microbatch", d.microbatch);
  lists_.names("zero", kZeroStageNames, d.zero);
  lists_.names("recompute", kRecomputeNames, d.recompute);
  if (fields_.has("sequence_parallel")) {
    d.sequence_parallel = {fields_.truth("sequence_parallel")};
  }
  std::vector<Schedule> schedules;
  lists_.names("schedule", kScheduleNames, schedules);
  if (!schedules.empty()) {
    std::erase_if(d.orders, [&](const PipelineOrder& order) {
      return std::find(schedules.begin(), schedules.end(), order.schedule) == schedules.end();
    });
    const bool gpipe =
        std::find(schedules.begin(), schedules.end(), Schedule::kGpipe) != schedules.end();
    if (gpipe) {
      d.orders.push_back({Schedule::kGpipe, 1});
    }
  }
}

const std::vector<std::string_view>& plan_search_fields() {
  static const std::vector<std::string_view> kAll = [] {
    std::vector<std::string_view> all(kOfPlan.begin(), kOfPlan.end());
    all.insert(all.end(), kPlanFields.begin(), kPlanFields.end());
    return all;
  }();
  return kAll;
}

}  // namespace redline::app
