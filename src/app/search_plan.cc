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

StepAnswer answer_of(const PlanRequest& asked, const TrainingSpace::Leaf& leaf) {
  const PlanVariant& variant = *asked.variants()[leaf.variant];
  StepAnswer answer;
  answer.request = variant.request;
  answer.request.training = leaf.plan;
  answer.request.machine.chip = answer.request.chip.get();
  answer.training = variant.steps->training(variant.request.model, leaf.plan);
  answer.cost = asked.cost();
  const auto& capacity = answer.request.chip->memory.capacity;
  if (capacity && capacity->value) {
    answer.capacity = *capacity->value;
    answer.fits = answer.memory().total() <= *answer.capacity;
  }
  return answer;
}

// With less and more of each resource.
std::vector<Sensitivity> sensitivities(const PlanRequest& asked, const TrainingQuestion& q,
                                       const SearchRun& run) {
  std::vector<Sensitivity> list;
  for (const Variation& variation : asked.variations()) {
    bool stopped = false;
    const auto best_with = [&](double factor) {
      const VariedMachine other = varied(asked.request().machine, variation.resource, factor);
      const auto variants = asked.variants_on(other.machine);
      TrainingQuestion one = q;
      one.variants = training_variants(variants);
      one.objectives.resize(1);
      if (variation.resource == Resource::kMemoryCapacity) {
        one.capacity = q.capacity * factor;
      }
      const SearchResult found = run_search(TrainingSpace(one), options_of(run, 1));
      stopped |= !found.exhausted;
      return found.best.empty() ? std::numeric_limits<double>::infinity()
                                : found.best.front().scores[0];
    };
    const double share = variation.percent / 100.0;
    const Sensitivity one{variation, best_with(1.0 - share), best_with(1.0 + share)};
    if (stopped) {
      break;
    }
    list.push_back(one);
  }
  return list;
}

// As far as it was not stopped.
PlanCure cure_of(const TrainingQuestion& q, const SearchRun& run) {
  PlanCure cure;
  TrainingQuestion free = q;
  free.capacity = Bytes{};
  free.objectives = {PlanObjective::kMemory};
  const TrainingSpace space(free);
  const SearchResult leanest = run_search(space, options_of(run, 1));
  if (leanest.exhausted && !leanest.best.empty()) {
    cure.leanest = space.leaf(leanest.best.front().number).plan;
    cure.needs = Bytes{leanest.best.front().scores[0]};
  }
  for (int chips = 2 * q.dimensions.chips.back(); chips <= 65536 && cure.chips == 0; chips *= 2) {
    TrainingQuestion more = q;
    more.dimensions.chips = {chips};
    more.batch = std::max<std::int64_t>(q.batch, chips);
    const SearchResult found = run_search(TrainingSpace(more), options_of(run, 1));
    if (!found.exhausted) {
      break;
    }
    cure.chips = found.best.empty() ? 0 : chips;
  }
  return cure;
}

}  // namespace

Found search_training(const PlanRequest& asked, const TrainingQuestion& question,
                      const SearchRun& run) {
  const TrainingSpace space(question);
  Found found;
  found.result = run_search(space, options_of(run, asked.top(), [&](double score) {
                              return objective_text(question.objectives.front(), score);
                            }));
  const auto add = [&](std::vector<FoundPlan>& list, const SearchHit& hit) {
    const TrainingSpace::Leaf leaf = space.leaf(hit.number);
    list.push_back({answer_of(asked, leaf), variant_text(*asked.variants()[leaf.variant])});
  };
  for (const SearchHit& hit : found.result.best) {
    add(found.best, hit);
  }
  for (const SearchHit& hit : found.result.front) {
    add(found.front, hit);
  }
  return found;
}

Loaded<Answer> search_plan_train(const Workspace& w, const Json& fields, const SearchRun& run,
                                 Code field_code, const Words& say) {
  const auto begun = std::chrono::steady_clock::now();
  PlanRequest asked(w, fields, field_code);
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
  const std::string kind = Fields(fields).text("space");
  if (!kind.empty() && kind != "usual" && kind != "megatron-offload") {
    return tl::unexpected(Diagnostics{{field_code,
                                       "field 'space' must be one of usual, megatron-offload",
                                       std::nullopt,
                                       {},
                                       {}}});
  }
  if (const auto& reason = asked.refusal()) {
    answer.results.push_back({{"feasible", nullptr}, {"reason", reason->english()}});
    answer.blocks.emplace_back(
        Headline{say("{model} on {where}: not known",
                     {{"model", request.model.id}, {"where", request.chip->id}})});
    answer.blocks.emplace_back(Paragraph{say(*reason), 2});
    return answer;
  }
  if (kind == "megatron-offload") {
    return search_offload(w, asked, question, fields, run, field_code, say);
  }
  Found found = search_training(asked, question, run);
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
      const auto cure = result.total > 0 ? std::optional(cure_of(question, run)) : std::nullopt;
      describe_nothing(question, request, cure, say, json, answer);
    }
    answer.results.push_back(std::move(json));
    return answer;
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
    found.sensitivities = sensitivities(asked, question, run);
    json["sensitivity"] = sensitivity_json(found.sensitivities, result.best.front().scores[0]);
  }
  answer.results.push_back(std::move(json));
  answer.table = front_table(question, found);
  describe_found(question, found, run, say, answer);
  return answer;
}

}  // namespace redline::app
