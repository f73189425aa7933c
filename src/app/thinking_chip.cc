#include "app/thinking_chip.h"

#include <algorithm>

#include "app/compare.h"

namespace redline::app {
namespace {

// As `estimate decode` leaves it free, and no more sequences than it takes by itself.
constexpr double kFilled = 0.9;
constexpr std::int64_t kMostBatch = 256;

}  // namespace

std::optional<double> TaskCost::usd() const {
  const auto& cost = plan->step.cost.cost;
  return cost ? std::optional(estimate.chip_seconds * cost->base()) : std::nullopt;
}

std::optional<double> TaskCost::energy_j() const {
  const auto& power = plan->step.cost.power;
  return power ? std::optional(estimate.chip_seconds * power->base()) : std::nullopt;
}

ThinkingChip::ThinkingChip(const Workspace& w, std::shared_ptr<const ReasoningRequest> request,
                           const Json& place, Code field_code)
    : request_(std::move(request)),
      name_(place.value("chip", place.value("system", std::string()))) {
  if (request_->plan_stated) {
    add_plan(w, place, field_code);
    return;
  }
  for (const Json& plan : usual_plans(StepKind::kDecode, request_->model)) {
    Json fields = place;
    fields.update(plan);
    add_plan(w, fields, field_code);
  }
  // A split that the model cannot have is no mistake of the user's while another will do.
  if (!plans_.empty()) {
    errors_.clear();
  }
}

void ThinkingChip::add_plan(const Workspace& w, const Json& fields, Code field_code) {
  Json asked = fields;
  asked["prompt"] = request_->prompt;
  asked["answer"] = 1;
  asked["batch"] = 1;
  auto step = answer_step(w, StepKind::kDecode, asked, field_code);
  if (!step) {
    errors_ = errors_.empty() ? std::move(step).error() : errors_;
    return;
  }
  name_ = step->request.chip->id;
  if (step->unanswered) {
    reason_ = *step->unanswered;
    return;
  }
  ThinkingPlan plan{std::move(*step), nullptr, nullptr};
  plan.kernels = w.kernels->of(w.catalog, plan.step.request.machine);
  plan.steps = std::make_unique<const StepModel>(steps_of(w, plan.step.request, *plan.kernels));
  plans_.push_back(std::move(plan));
}

void ThinkingChip::take_as_owned() {
  for (ThinkingPlan& plan : plans_) {
    app::take_as_owned(plan.step);
  }
}

CostRate ThinkingChip::cost() const {
  return plans_.empty() ? CostRate{} : plans_.front().step.cost;
}

std::optional<TaskCost> ThinkingChip::on_plan(const ThinkingPlan& plan,
                                              const ThinkingLoad& load) const {
  const StepRequest& r = plan.step.request;
  const bool stated = request_->batch > 0;
  std::int64_t batch = stated ? request_->batch : kMostBatch;
  const InferenceRequest last = fullest_step({load.prompt, load.tokens}, r.serving, batch, 0);
  if (!check(r.model, r.serving, last).empty()) {
    return std::nullopt;
  }
  if (plan.step.capacity) {
    const Bytes room = *plan.step.capacity * (stated ? 1.0 : kFilled);
    const std::int64_t most = largest_thinking_batch(r.model, r.serving, room, load, batch);
    if (most == 0 || (stated && most < batch)) {
      return std::nullopt;
    }
    batch = most;
  }
  if (request_->tpot_s > 0.0) {
    const std::int64_t most =
        paced_thinking_batch(r.model, *plan.steps, r.serving, load, batch, request_->tpot_s);
    if (most == 0 || (stated && most < batch)) {
      return std::nullopt;
    }
    batch = most;
  }
  return TaskCost{&plan, think(r.model, *plan.steps, r.serving, load, batch),
                  static_cast<double>(load.tokens) * static_cast<double>(load.chains)};
}

const std::optional<TaskCost>& ThinkingChip::task(const ThinkingLoad& load) {
  const auto [place, added] = known_.try_emplace({load.tokens, load.chains});
  if (added) {
    std::optional<TaskCost>& best = place->second;
    for (const ThinkingPlan& plan : plans_) {
      const auto found = on_plan(plan, load);
      if (found && (!best || found->estimate.chip_seconds < best->estimate.chip_seconds)) {
        best = found;
      }
    }
  }
  return place->second;
}

const std::optional<TaskCost>& ThinkingChip::task(const Way& way) {
  const bool revises = way.method == Reasoning::kRevision;
  return task(ThinkingLoad{request_->prompt, revises ? way.samples * way.tokens : way.tokens,
                           revises ? 1 : way.samples});
}

}  // namespace redline::app
