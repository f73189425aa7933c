#include "app/search_plan.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "app/estimate_text.h"
#include "app/kernel_models.h"
#include "app/step_fields.h"
#include "app/step_report.h"
#include "app/vary.h"
#include "base/nearest.h"
#include "results/ascii_plot.h"

namespace redline::app {
namespace {

using results::Align;
using results::Table;
using results::Words;

constexpr auto kShared = std::to_array<std::string_view>(
    {"id", "command", "model", "chip", "system", "engine", "dtype", "rent_usd_per_hour",
     "price_usd", "usd_per_kwh", "pue", "utilisation_percent", "years", "batch", "seq", "tokens"});
constexpr auto kOwn = std::to_array<std::string_view>(
    {"chips", "objective", "pareto", "top", "vary", "tp", "pp", "cp", "ep", "microbatch", "zero",
     "recompute", "schedule", "sequence_parallel"});
constexpr int kMostChips = 1'000'000;
constexpr std::size_t kTop = 5;

std::string number(double value, int digits = 3) { return results::format_number(value, digits); }

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

// A request read: the step that all plans share, and the space.
class Asked {
 public:
  Asked(const Workspace& w, const Json& json, Code code)
      : w_(w), json_(json), fields_(json), code_(code) {}

  Loaded<TrainingQuestion> read() {
    look_for_unknown();
    read_step();
    read_objectives();
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    make_question();
    read_lists();
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::move(question_);
  }

  [[nodiscard]] StepRequest& request() { return *request_; }
  [[nodiscard]] const StepModel& steps() const { return *steps_; }
  [[nodiscard]] const CostRate& cost() const { return cost_; }
  [[nodiscard]] std::size_t top() const { return top_; }
  [[nodiscard]] const std::vector<Variation>& variations() const { return variations_; }

 private:
  void problem(std::string message, std::vector<std::string> help = {}) {
    errors_.push_back({code_, std::move(message), std::nullopt, std::move(help), {}});
  }

  void look_for_unknown() {
    const auto& known = plan_search_fields();
    for (const auto& [key, value] : json_.items()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) {
        const auto near = nearest_names(key, known);
        problem(fmt::format("there is no field '{}' here", key),
                near.empty()
                    ? std::vector<std::string>()
                    : std::vector<std::string>{fmt::format("did you mean '{}'?", near.front())});
      }
    }
  }

  // "64", or "64..1024": doubled from the first while it is no more than the last.
  void read_chips() {
    const std::string text = fields_.text("chips");
    const auto range = text.find("..");
    const auto first = whole(text.substr(0, range));
    const auto last = range == std::string::npos ? first : whole(text.substr(range + 2));
    if (!first || !last || *last < *first) {
      problem(
          fmt::format("field 'chips' must be a whole number or a range such as 64..1024, from 1 "
                      "to {}",
                      kMostChips),
          {"say how many chips train together"});
      return;
    }
    for (int n = *first; n <= *last; n *= 2) {
      chips_.push_back(n);
    }
  }

  void read_step() {
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

  std::optional<PlanObjective> objective(const std::string& word) {
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

  void read_objectives() {
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

  void make_question() {
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

  void read_list(std::string_view name, std::vector<int>& values) {
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
  void read_names(std::string_view name, const std::array<std::string_view, N>& names,
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

  void read_lists() {
    TrainingDimensions& d = question_.dimensions;
    read_list("tp", d.tensor);
    read_list("pp", d.pipeline);
    read_list("cp", d.context);
    read_list("ep", d.expert);
    read_list("microbatch", d.microbatch);
    constexpr std::array<std::string_view, 4> kZero{"0", "1", "2", "3"};
    constexpr std::array<std::string_view, 3> kRecompute{"none", "selective", "full"};
    read_names("zero", kZero, d.zero);
    read_names("recompute", kRecompute, d.recompute);
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

  const Workspace& w_;
  const Json& json_;
  Fields fields_;
  Code code_;
  Diagnostics errors_;
  std::vector<int> chips_;
  std::optional<StepRequest> request_;
  std::shared_ptr<const KernelModel> kernels_;
  std::unique_ptr<StepModel> steps_;
  CostRate cost_;
  std::size_t top_ = kTop;
  std::vector<Variation> variations_;
  TrainingQuestion question_;
};

// The objective of the best plan with less and more of a resource; infinite where nothing fits.
struct Sensitivity {
  Variation variation;
  double less = 0.0, more = 0.0;

  // For 1 % more of the resource, in percent of the objective `at` the chip as it is.
  [[nodiscard]] std::optional<double> shadow_price(double at) const {
    return std::isfinite(less) ? std::optional(change(more, at) - change(less, at)) : std::nullopt;
  }
  [[nodiscard]] static double change(double value, double at) { return 100.0 * (value / at - 1.0); }
};
// What a search found, with its plans worked out.
struct Found {
  SearchResult result;
  std::vector<StepAnswer> best;  // the first is the answer
  std::vector<StepAnswer> front;
  std::vector<Sensitivity> sensitivities;
};

StepAnswer answer_of(const Asked& asked_of, const StepRequest& request, const CostRate& cost,
                     const TrainingPlan& plan) {
  StepAnswer answer;
  answer.request = request;
  answer.request.training = plan;
  answer.request.machine.chip = answer.request.chip.get();
  answer.training = asked_of.steps().training(request.model, plan);
  answer.cost = cost;
  const auto& capacity = request.chip->memory.capacity;
  if (capacity && capacity->value) {
    answer.capacity = *capacity->value;
    answer.fits = answer.memory().total() <= *answer.capacity;
  }
  return answer;
}

std::string plan_text(const TrainingPlan& plan) {
  constexpr std::array<std::string_view, 3> kRecompute{"none", "selective", "full"};
  std::string text = fmt::format("tp {}", plan.shard.tensor);
  const auto add = [&text](std::string_view name, std::int64_t value, std::int64_t usual) {
    text += value == usual ? std::string() : fmt::format(", {} {}", name, value);
  };
  add("pp", plan.pipeline, 0);
  add("dp", plan.shard.data, 0);
  add("cp", plan.shard.context, 1);
  add("ep", plan.shard.expert, 1);
  add("microbatch", plan.request.sequences, 0);
  text += fmt::format(", zero {}, recompute {}", static_cast<int>(plan.shard.zero),
                      kRecompute[static_cast<std::size_t>(plan.request.recompute)]);
  if (plan.pipeline > 1) {
    text += fmt::format(", {}", kScheduleNames[static_cast<std::size_t>(plan.schedule)]);
    add("vp", plan.virtual_stages, 1);
  }
  return text + (plan.shard.sequence_parallel ? ", sequence parallel" : "");
}

Json scores_json(const TrainingQuestion& q, const Scores& scores) {
  constexpr std::array<std::string_view, 4> kKeys{"time_s", "cost_usd", "energy_j", "chips"};
  Json json = Json::object();
  for (std::size_t i = 0; i < q.objectives.size(); ++i) {
    const bool whole_number = q.objectives[i] == PlanObjective::kChips;
    json[std::string(kKeys[static_cast<std::size_t>(q.objectives[i])])] =
        whole_number ? Json(std::llround(scores[i])) : Json(scores[i]);
  }
  return json;
}

Json hit_json(const TrainingQuestion& q, const SearchHit& hit, const StepAnswer& answer) {
  Json json = step_json(answer);
  json["number"] = hit.number;
  json["objectives"] = scores_json(q, hit.scores);
  return json;
}

double gap_percent(const SearchResult& result) {
  const double best = result.best.front().scores[0];
  return best > 0.0 ? 100.0 * (best - result.bound) / best : 0.0;
}

// With less and more of each resource.
std::vector<Sensitivity> sensitivities(const Workspace& w, const Asked& asked,
                                       const StepRequest& request, const TrainingQuestion& q,
                                       unsigned threads) {
  std::vector<Sensitivity> list;
  for (const Variation& variation : asked.variations()) {
    const auto best_with = [&](double factor) {
      const VariedMachine other = varied(request.machine, variation.resource, factor);
      const KernelModel kernels(other.machine, w.kernels->calibration());
      const StepModel steps(other.machine, kernels, w.kernels->calibration(), *request.engine,
                            step_variant(request.model, q.base.request.precision));
      TrainingQuestion one = q;
      one.kernels = &kernels;
      one.rates = steps.rates();
      one.constants = steps.training_constants().values;
      one.objectives.resize(1);
      if (variation.resource == Resource::kMemoryCapacity) {
        one.capacity = q.capacity * factor;
      }
      SearchOptions options;
      options.threads = threads;
      const SearchResult found = run_search(TrainingSpace(one), options);
      return found.best.empty() ? std::numeric_limits<double>::infinity()
                                : found.best.front().scores[0];
    };
    const double share = variation.percent / 100.0;
    list.push_back({variation, best_with(1.0 - share), best_with(1.0 + share)});
  }
  return list;
}

Json sensitivity_json(const std::vector<Sensitivity>& list, double at) {
  Json json = Json::array();
  const auto change = [at](double value) {
    return std::isfinite(value) ? Json(Sensitivity::change(value, at)) : Json(nullptr);
  };
  for (const Sensitivity& one : list) {
    const auto price = one.shadow_price(at);
    json.push_back({{"resource", kResourceNames[static_cast<std::size_t>(one.variation.resource)]},
                    {"percent", one.variation.percent},
                    {"less_change_percent", change(one.less)},
                    {"more_change_percent", change(one.more)},
                    {"shadow_price_percent",
                     price ? Json(*price / (2.0 * one.variation.percent)) : Json(nullptr)}});
  }
  return json;
}

Table sensitivity_table(const std::vector<Sensitivity>& list, double at) {
  Table table;
  table.columns = {{"resource", "Resource", "", Align::kLeft},
                   {"percent", "Varied by", "%", Align::kRight, 3},
                   {"less", "With less", "%", Align::kRight, 3},
                   {"more", "With more", "%", Align::kRight, 3},
                   {"price", "For 1 % more", "%", Align::kRight, 2}};
  for (const Sensitivity& one : list) {
    std::vector<results::Cell> row{
        std::string(kResourceNames[static_cast<std::size_t>(one.variation.resource)]),
        one.variation.percent};
    const auto cell = [&](double value) {
      row.emplace_back(std::isfinite(value) ? results::Cell(Sensitivity::change(value, at))
                                            : results::Cell(std::string("-")));
    };
    cell(one.less);
    cell(one.more);
    const auto price = one.shadow_price(at);
    row.emplace_back(price ? results::Cell(*price / (2.0 * one.variation.percent))
                           : results::Cell(std::string("-")));
    table.rows.push_back(std::move(row));
  }
  return table;
}

// The plan that needs least memory, and the fewest doublings of chips with which something fits.
struct Cure {
  std::optional<TrainingPlan> leanest;
  Bytes needs{};
  int chips = 0;  // 0: not with any number tried
};
Cure cure_of(const TrainingQuestion& q) {
  Cure cure;
  TrainingQuestion free = q;
  free.capacity = Bytes{};
  free.objectives = {PlanObjective::kTime};
  free.dimensions.recompute = {Recompute::kFull};
  const TrainingSpace space(free);
  SearchOptions all;
  all.top = 100'000;
  all.prune = false;
  for (const SearchHit& hit : run_search(space, all).best) {
    const TrainingPlan plan = space.plan_of(hit.number);
    const Bytes needs = training_memory(*q.model, plan).total();
    if (!cure.leanest || needs < cure.needs) {
      cure.leanest = plan;
      cure.needs = needs;
    }
  }
  for (int chips = 2 * q.dimensions.chips.back(); chips <= 65536 && cure.chips == 0; chips *= 2) {
    TrainingQuestion more = q;
    more.dimensions.chips = {chips};
    more.batch = std::max<std::int64_t>(q.batch, chips);
    if (!run_search(TrainingSpace(more), {}).best.empty()) {
      cure.chips = chips;
    }
  }
  return cure;
}

std::string duration(double seconds) {
  constexpr double kHour = 3600.0;
  constexpr double kDay = 24.0 * kHour;
  if (seconds >= 2.0 * kDay) {
    return fmt::format("{} d", number(seconds / kDay));
  }
  return seconds >= 2.0 * kHour ? fmt::format("{} h", number(seconds / kHour)) : time_text(seconds);
}

Table front_table(const TrainingQuestion& q, const Found& found) {
  Table table;
  table.columns = {{"chips", "Chips", "", Align::kRight},
                   {"plan", "Plan", "", Align::kLeft},
                   {"step_s", "Step", "s", Align::kRight, 4}};
  for (const PlanObjective one : q.objectives) {
    if (one == PlanObjective::kCost) {
      table.columns.push_back({"cost_usd", "Cost", "USD", Align::kRight, 4});
    } else if (one == PlanObjective::kEnergy) {
      table.columns.push_back({"energy_mwh", "Energy", "MWh", Align::kRight, 4});
    }
  }
  table.columns.push_back({"mfu_percent", "MFU", "%", Align::kRight, 3});
  table.columns.push_back({"memory_gb", "Memory", "GB", Align::kRight, 3});
  for (std::size_t i = 0; i < found.front.size(); ++i) {
    const StepAnswer& a = found.front[i];
    std::vector<results::Cell> row{static_cast<std::int64_t>(a.request.training.chips()),
                                   plan_text(a.request.training), a.time().total.base()};
    for (std::size_t k = 0; k < q.objectives.size(); ++k) {
      const double score = found.result.front[i].scores[k];
      if (q.objectives[k] == PlanObjective::kCost) {
        row.emplace_back(score);
      } else if (q.objectives[k] == PlanObjective::kEnergy) {
        row.emplace_back(score / 3.6e9);
      }
    }
    row.emplace_back(100.0 * a.training->mfu);
    row.emplace_back(a.memory().total().base() / 1e9);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string axis_title(PlanObjective objective, const Words& say) {
  constexpr std::array<std::string_view, 4> kTitles{"Time", "Cost", "Energy", "Chips"};
  return say(kTitles[static_cast<std::size_t>(objective)], {});
}

results::ScatterPlot front_plot(const TrainingQuestion& q, const Found& found, const Words& say) {
  constexpr std::array<std::string_view, 4> kUnits{"s", "USD", "J", ""};
  results::ScatterPlot plot;
  plot.title = say("Pareto-optimal plans");
  const auto axis = [&](std::size_t i) {
    return results::Axis{axis_title(q.objectives[i], say),
                         std::string(kUnits[static_cast<std::size_t>(q.objectives[i])]), true, 0.0,
                         0.0};
  };
  plot.x = axis(0);
  plot.y = axis(1);
  plot.series = {{say("Plan")}};
  for (std::size_t i = 0; i < found.front.size(); ++i) {
    const Scores& scores = found.result.front[i].scores;
    plot.points.push_back({scores[0], scores[1],
                           std::to_string(found.front[i].request.training.chips()), 0, i == 0, ""});
  }
  return plot;
}

void describe(const TrainingQuestion& q, const Found& found, const SearchRun& run, const Words& say,
              Answer& answer) {
  auto& blocks = answer.blocks;
  const StepAnswer& best = found.best.front();
  const StepRequest& r = best.request;
  const StepTime& t = best.time();
  blocks.emplace_back(Headline{
      say("{model} on {count} x {chip}: {plan}", {{"model", r.model.id},
                                                  {"count", std::to_string(r.training.chips())},
                                                  {"chip", r.chip->id},
                                                  {"plan", plan_text(r.training)}})});
  blocks.emplace_back(Paragraph{
      say("step of {count} sequences in {time} (80 % interval {low} to {high}); MFU {mfu} %; "
          "{memory} of {capacity} on each chip",
          {{"count", std::to_string(q.batch)},
           {"time", time_text(t.total.base())},
           {"low", time_text(t.low.base())},
           {"high", time_text(t.high.base())},
           {"mfu", number(100.0 * best.training->mfu)},
           {"memory", gigabytes(best.memory().total())},
           {"capacity", best.capacity ? gigabytes(*best.capacity) : say("none")}}),
      2});
  if (q.token_budget > 0.0) {
    const double seconds = q.token_budget / best.tokens() * t.total.base();
    const double chip_s = seconds * static_cast<double>(r.training.chips());
    blocks.emplace_back(Paragraph{
        say("{tokens} tokens in {time}, {hours} chip-hours{cost}",
            {{"tokens", number(q.token_budget)},
             {"time", duration(seconds)},
             {"hours", number(chip_s / 3600.0)},
             {"cost", best.cost.cost
                          ? fmt::format(", {} USD", number(chip_s * best.cost.cost->base()))
                          : std::string()}}),
        2});
  }
  const SearchResult& result = found.result;
  blocks.emplace_back(Paragraph{
      result.exhausted
          ? say("optimal by {objective} among {total} plans",
                {{"objective",
                  say(kPlanObjectiveNames[static_cast<std::size_t>(q.objectives[0])], {})},
                 {"total", std::to_string(result.total)}})
          : say("stopped early: at most {gap} % from the optimum among {total} plans",
                {{"gap", number(gap_percent(result))}, {"total", std::to_string(result.total)}}),
      2});
  const auto most = std::max_element(t.parts.begin(), t.parts.end());
  blocks.emplace_back(Paragraph{
      say("bound by {bound}; the greatest part is {part} with {share} %",
          {{"bound", say(kPartNames[static_cast<std::size_t>(t.bound)], {})},
           {"part", say(kWorkNames[static_cast<std::size_t>(most - t.parts.begin())], {})},
           {"share", number(100.0 * most->base() / t.total.base())}}),
      2});
  if (found.best.size() > 1) {
    const StepAnswer& next = found.best[1];
    blocks.emplace_back(Paragraph{
        say("next best, {percent} % behind: {plan}",
            {{"percent",
              number(100.0 * (result.best[1].scores[0] / result.best[0].scores[0] - 1.0), 2)},
             {"plan", plan_text(next.request.training)}}),
        2});
  }
  if (!found.sensitivities.empty()) {
    blocks.emplace_back(Paragraph{say("Change of the objective, each with its own best plan:"), 0});
    blocks.emplace_back(sensitivity_table(found.sensitivities, result.best.front().scores[0]));
  }
  if (q.objectives.size() > 1) {
    blocks.emplace_back(front_table(q, found));
    if (run.plot && found.front.size() > 1) {
      blocks.emplace_back(Verbatim{results::render_ascii(front_plot(q, found, say))});
    }
  }
  std::string text;
  for (const Message& assumption : r.assumptions) {
    text += (text.empty() ? "" : "; ") + say(assumption);
  }
  if (!text.empty()) {
    blocks.emplace_back(Paragraph{say("Taken as given: {what}.", {{"what", text}}), 0});
  }
}

void describe_nothing(const TrainingQuestion& q, const StepRequest& r, const SearchResult& result,
                      const Words& say, Json& json, Answer& answer) {
  const std::string chips = std::to_string(q.dimensions.chips.back());
  answer.infeasible = true;
  answer.blocks.emplace_back(
      Headline{say("{model} on {count} x {chip}: no plan fits",
                   {{"model", r.model.id}, {"count", chips}, {"chip", r.chip->id}})});
  if (result.total == 0) {
    const std::string text =
        say("no split of {count} chips divides {batch} sequences and the model",
            {{"count", chips}, {"batch", std::to_string(q.batch)}});
    json["binding"] = "divisibility";
    answer.blocks.emplace_back(Paragraph{text, 2});
    return;
  }
  const Cure cure = cure_of(q);
  json["binding"] = "memory";
  json["least_memory_bytes"] = cure.leanest ? Json(cure.needs.base()) : Json(nullptr);
  json["capacity_bytes"] = q.capacity.base();
  json["fits_with_chips"] = cure.chips > 0 ? Json(cure.chips) : Json(nullptr);
  if (cure.leanest) {
    answer.blocks.emplace_back(
        Paragraph{say("memory binds: the leanest plan needs {needs} on each chip of {has} ({plan})",
                      {{"needs", gigabytes(cure.needs)},
                       {"has", gigabytes(q.capacity)},
                       {"plan", plan_text(*cure.leanest)}}),
                  2});
  }
  if (cure.chips > 0) {
    answer.blocks.emplace_back(Paragraph{
        say("smallest change that fits: --chips {count}", {{"count", std::to_string(cure.chips)}}),
        2});
  }
}

Table flat_table(const TrainingQuestion& q, const Found& found) {
  Table table = front_table(q, found);
  table.columns[1] = {"plan", "Plan", "", Align::kLeft};
  return table;
}

}  // namespace

const std::vector<std::string_view>& plan_search_fields() {
  static const std::vector<std::string_view> kAll = [] {
    std::vector<std::string_view> all(kShared.begin(), kShared.end());
    all.insert(all.end(), kOwn.begin(), kOwn.end());
    return all;
  }();
  return kAll;
}

Loaded<Answer> search_plan_train(const Workspace& w, const Json& fields, const SearchRun& run,
                                 Code field_code, const Words& say) {
  const auto begun = std::chrono::steady_clock::now();
  Asked asked(w, fields, field_code);
  auto read = asked.read();
  if (!read) {
    return tl::unexpected(std::move(read).error());
  }
  const TrainingQuestion question = std::move(*read);
  const StepRequest& request = asked.request();
  Answer answer;
  answer.command = "search-plan-train";
  answer.as_of = w.date;
  answer.request = fields;
  answer.request["command"] = answer.command;
  if (auto reason = asked.steps().refuses(request.model, question.base)) {
    answer.results.push_back({{"feasible", nullptr}, {"reason", reason->english()}});
    answer.blocks.emplace_back(
        Headline{say("{model} on {where}: not known",
                     {{"model", request.model.id}, {"where", request.chip->id}})});
    answer.blocks.emplace_back(Paragraph{say(*reason), 2});
    return answer;
  }
  const TrainingSpace space(question);
  SearchOptions options;
  options.threads = run.threads;
  options.prune = run.prune;
  options.top = asked.top();
  options.progress = run.progress;
  options.stop = run.stop;
  Found found;
  found.result = run_search(space, options);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const SearchResult& result = found.result;
  answer.run = {{"plans", result.total},
                {"evaluated", result.evaluated},
                {"feasible", result.feasible},
                {"pruned", result.pruned},
                {"evaluations_per_s", static_cast<double>(result.evaluated) / seconds}};
  Json json{{"feasible", !result.best.empty()}};
  if (result.best.empty()) {
    json["optimal"] = result.exhausted;
    json["gap_percent"] = nullptr;
    json["best"] = nullptr;
    describe_nothing(question, request, result, say, json, answer);
    answer.results.push_back(std::move(json));
    return answer;
  }
  for (const SearchHit& hit : result.best) {
    found.best.push_back(answer_of(asked, request, asked.cost(), space.plan_of(hit.number)));
  }
  for (const SearchHit& hit : result.front) {
    found.front.push_back(answer_of(asked, request, asked.cost(), space.plan_of(hit.number)));
  }
  json["optimal"] = result.exhausted;
  json["gap_percent"] = gap_percent(result);
  json["best"] = hit_json(question, result.best.front(), found.best.front());
  json["next_best"] = Json::array();
  for (std::size_t i = 1; i < found.best.size(); ++i) {
    json["next_best"].push_back(hit_json(question, result.best[i], found.best[i]));
  }
  json["pareto"] = Json::array();
  for (std::size_t i = 0; i < found.front.size(); ++i) {
    json["pareto"].push_back(hit_json(question, result.front[i], found.front[i]));
  }
  if (!asked.variations().empty()) {
    found.sensitivities = sensitivities(w, asked, request, question, run.threads);
    json["sensitivity"] = sensitivity_json(found.sensitivities, result.best.front().scores[0]);
  }
  answer.results.push_back(std::move(json));
  answer.table = flat_table(question, found);
  describe(question, found, run, say, answer);
  return answer;
}

}  // namespace redline::app
