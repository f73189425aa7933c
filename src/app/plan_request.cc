#include "app/plan_request.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "app/kernel_models.h"
#include "app/search_plan.h"

namespace redline::app {
namespace {

constexpr auto kShared = std::to_array<std::string_view>(
    {"id", "command", "model", "chip", "system", "engine", "dtype", "rent_usd_per_hour",
     "price_usd", "usd_per_kwh", "pue", "utilisation_percent", "years", "batch", "seq", "tokens"});
constexpr auto kOwn = std::to_array<std::string_view>(
    {"chips", "objective", "pareto", "top", "vary", "space", "second_gb", "second_gbps", "tp", "pp",
     "cp", "ep", "microbatch", "zero", "recompute", "schedule", "sequence_parallel"});
constexpr int kMostChips = 1'000'000;

std::vector<std::string> split(std::string_view text, char mark) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(mark);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

std::optional<int> whole(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good && value >= 1 && value <= kMostChips ? std::optional(value) : std::nullopt;
}

}  // namespace

void PlanRequest::problem(std::string message, std::vector<std::string> help) {
  errors_.push_back({code_, std::move(message), std::nullopt, std::move(help), {}});
}

// "64", or "64..1024": doubled from the first while it is no more than the last.
void PlanRequest::read_chips() {
  const std::string text = fields_.text("chips");
  const auto range = text.find("..");
  const auto first = whole(text.substr(0, range));
  const auto last = range == std::string::npos ? first : whole(text.substr(range + 2));
  if (!first || !last || *last < *first) {
    problem(fmt::format("field 'chips' must be a whole number or a range such as 64..1024, from 1 "
                        "to {}",
                        kMostChips),
            {"say how many chips train together"});
    return;
  }
  for (int n = *first; n <= *last; n *= 2) {
    chips_.push_back(n);
  }
}

void PlanRequest::read_step() {
  read_chips();
  Json step = Json::object();
  for (const std::string_view name : kShared) {
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
  auto request = read_step_request(w_, StepKind::kTrain, step, problems);
  for (const FieldProblem& one : problems) {
    problem(one.message);
  }
  if (!request) {
    errors_.insert(errors_.end(), request.error().begin(), request.error().end());
    return;
  }
  request_ = std::move(*request);
  request_->machine.chip = request_->chip.get();
  adopt_formats(*request_);
  if (!fields_.has("batch")) {
    request_->batch = std::max<std::int64_t>(1, chips_.empty() ? 1 : chips_.back());
  }
  cost_ = cost_rate(*request_->chip, request_->system, request_->terms);
}

std::optional<PlanObjective> PlanRequest::objective(const std::string& word) {
  const auto& names = kPlanObjectiveNames;
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end()) {
    problem(fmt::format("there is no objective '{}'", word),
            {fmt::format("objectives are {}", fmt::join(names, ", "))});
    return std::nullopt;
  }
  const auto one = static_cast<PlanObjective>(found - names.begin());
  if (request_ && ((one == PlanObjective::kCost && !cost_.cost) ||
                   (one == PlanObjective::kEnergy && !cost_.power))) {
    problem(
        fmt::format("the {} of a plan is not known: no {} of {} is", word,
                    one == PlanObjective::kCost ? "price or rent" : "power", request_->chip->id),
        {"give --rent or --price, or ask for time"});
    return std::nullopt;
  }
  return one;
}

void PlanRequest::read_objectives() {
  const std::string first = fields_.text("objective");
  std::vector<std::string> words{first.empty() ? "time" : first};
  const std::string more = fields_.text("pareto");
  if (!more.empty()) {
    const auto others = split(more, ',');
    words.insert(words.end(), others.begin(), others.end());
  } else if (chips_.size() > 1) {
    words.emplace_back(words.front() == "time" ? (cost_.cost ? "cost" : "chips") : "time");
  }
  for (const std::string& word : words) {
    const auto one = objective(word);
    auto& list = question_.objectives;
    if (one && std::find(list.begin(), list.end(), *one) == list.end()) {
      list.push_back(*one);
    }
  }
  std::vector<std::string> problems;
  variations_ = read_variations(fields_.text("vary"), problems);
  for (std::string& one : problems) {
    problem(std::move(one));
  }
  if (fields_.has("top")) {
    const auto top = fields_.count("top");
    constexpr std::int64_t kMostTop = 1000;
    if (!top || *top > kMostTop) {
      problem(fmt::format("field 'top' must be a whole number from 1 to {}", kMostTop));
    } else {
      top_ = static_cast<std::size_t>(*top);
    }
  }
}

void PlanRequest::make_question() {
  const StepRequest& r = *request_;
  kernels_ = w_.kernels->of(w_.catalog, r.machine);
  steps_ = std::make_unique<StepModel>(r.machine, *kernels_, w_.kernels->calibration(), *r.engine,
                                       step_variant(r.model, r.training.request.precision));
  TrainingQuestion& q = question_;
  q.model = &r.model;
  q.kernels = kernels_.get();
  q.engine = r.engine;
  q.rates = steps_->rates();
  q.constants = steps_->training_constants().values;
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

void PlanRequest::read_list(std::string_view name, std::vector<int>& values) {
  if (!fields_.has(name)) {
    return;
  }
  std::vector<int> stated;
  for (const std::string& word : split(fields_.text(name), ',')) {
    const auto value = whole(word);
    if (!value) {
      problem(fmt::format("field '{}' must be whole numbers such as 4,8", name));
      return;
    }
    stated.push_back(*value);
  }
  values = std::move(stated);
}

template <class E, std::size_t N>
void PlanRequest::read_names(std::string_view name, const std::array<std::string_view, N>& names,
                             std::vector<E>& values) {
  if (!fields_.has(name)) {
    return;
  }
  std::vector<E> stated;
  for (const std::string& word : split(fields_.text(name), ',')) {
    const auto found = std::find(names.begin(), names.end(), word);
    if (found == names.end()) {
      problem(fmt::format("field '{}' must be of {}", name, fmt::join(names, ", ")));
      return;
    }
    stated.push_back(static_cast<E>(found - names.begin()));
  }
  values = std::move(stated);
}

void PlanRequest::read_lists() {
  TrainingDimensions& d = question_.dimensions;
  read_list("tp", d.tensor);
  read_list("pp", d.pipeline);
  read_list("cp", d.context);
  read_list("ep", d.expert);
  read_list("microbatch", d.microbatch);
  read_names("zero", kZeroStageNames, d.zero);
  read_names("recompute", kRecomputeNames, d.recompute);
  if (fields_.has("sequence_parallel")) {
    d.sequence_parallel = {fields_.truth("sequence_parallel")};
  }
  std::vector<Schedule> schedules;
  read_names("schedule", kScheduleNames, schedules);
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
    std::vector<std::string_view> all(kShared.begin(), kShared.end());
    all.insert(all.end(), kOwn.begin(), kOwn.end());
    return all;
  }();
  return kAll;
}

}  // namespace redline::app
