#include "app/search_plan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "app/kernel_models.h"
#include "app/plan_request.h"
#include "app/search_offload.h"
#include "app/search_report.h"

namespace redline::app {
namespace {

using results::Words;

StepAnswer answer_of(const PlanRequest& asked_of, const StepRequest& request, const CostRate& cost,
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

// With less and more of each resource.
std::vector<Sensitivity> sensitivities(const Workspace& w, const PlanRequest& asked,
                                       const StepRequest& request, const TrainingQuestion& q,
                                       const SearchRun& run) {
  std::vector<Sensitivity> list;
  for (const Variation& variation : asked.variations()) {
    if (run.stop && run.stop()) {
      break;
    }
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
      options.threads = run.threads;
      const SearchResult found = run_search(TrainingSpace(one), options);
      return found.best.empty() ? std::numeric_limits<double>::infinity()
                                : found.best.front().scores[0];
    };
    const double share = variation.percent / 100.0;
    list.push_back({variation, best_with(1.0 - share), best_with(1.0 + share)});
  }
  return list;
}

PlanCure cure_of(const TrainingQuestion& q) {
  PlanCure cure;
  TrainingQuestion free = q;
  free.capacity = Bytes{};
  free.objectives = {PlanObjective::kMemory};
  const TrainingSpace space(free);
  const SearchResult leanest = run_search(space, {});
  if (!leanest.best.empty()) {
    cure.leanest = space.plan_of(leanest.best.front().number);
    cure.needs = Bytes{leanest.best.front().scores[0]};
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

}  // namespace

Loaded<Answer> search_plan_train(const Workspace& w, const Json& fields, const SearchRun& run,
                                 Code field_code, const Words& say) {
  const auto begun = std::chrono::steady_clock::now();
  PlanRequest asked(w, fields, field_code);
  auto read = asked.read();
  if (!read) {
    return tl::unexpected(std::move(read).error());
  }
  const TrainingQuestion question = std::move(*read);
  const std::string kind = Fields(fields).text("space");
  if (kind == "megatron-offload") {
    return search_offload(w, asked, question, fields, run, field_code, say);
  }
  if (!kind.empty() && kind != "usual") {
    return tl::unexpected(Diagnostics{{field_code,
                                       "field 'space' must be one of usual, megatron-offload",
                                       std::nullopt,
                                       {},
                                       {}}});
  }
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
  Found found;
  found.result = run_search(space, options_of(run, asked.top()));
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const SearchResult& result = found.result;
  answer.run = run_json(result, seconds);
  Json json{{"feasible", feasible_json(result)}};
  if (result.best.empty()) {
    json["optimal"] = result.exhausted;
    json["gap_percent"] = nullptr;
    json["best"] = nullptr;
    if (!result.exhausted) {
      describe_unfinished(request, result, say, json, answer);
    } else {
      const auto cure = result.total > 0 ? std::optional(cure_of(question)) : std::nullopt;
      describe_nothing(question, request, cure, say, json, answer);
    }
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
    found.sensitivities = sensitivities(w, asked, request, question, run);
    json["sensitivity"] = sensitivity_json(found.sensitivities, result.best.front().scores[0]);
  }
  answer.results.push_back(std::move(json));
  answer.table = front_table(question, found);
  describe_found(question, found, run, say, answer);
  return answer;
}

}  // namespace redline::app
