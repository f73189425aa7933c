#include "app/search_serve.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "app/scales.h"
#include "app/serve_report.h"

namespace redline::app {
namespace {

using results::Words;

// The fields of `estimate decode` that say the same.
Json step_fields_of(const ServeRequest& asked, const ServingScheme& s) {
  Json fields = asked.place(s.decode.site).fields;
  const auto split = [&fields](const std::string& prefix, const ServingPool& pool) {
    const Shard& shard = pool.plan.shard;
    fields[prefix + "tp"] = shard.tensor;
    fields[prefix + "pp"] = pool.plan.pipeline;
    fields[prefix + "dp"] = shard.data;
    fields[prefix + "ep"] = shard.expert;
    fields[prefix + "batch"] = pool.batch;
  };
  split("", s.decode);
  if (s.chunk > 0) {
    fields["chunk"] = s.chunk;
    return fields;
  }
  const Json& pool = asked.prompt_place(s.prefill.site).fields;
  for (const char* name : {"chip", "system", "rent_usd_per_hour", "price_usd"}) {
    if (pool.contains(name)) {
      fields[std::string("prefill_") + name] = pool[name];
    }
  }
  split("prefill_", s.prefill);
  return fields;
}

ServeAnswer answer_of(const Workspace& w, const ServeRequest& asked, const ServingScheme& scheme) {
  Json fields = step_fields_of(asked, scheme);
  auto step = answer_step(w, StepKind::kDecode, fields, Code::kBug);
  RL_CHECK(step.has_value() && !step->unanswered);
  return {scheme, std::move(fields), std::move(*step)};
}

// The least that is feasible of an objective: infinite where nothing is. None where it was stopped.
std::optional<double> least_of(const ServingQuestion& question, ServingObjective objective,
                               const SearchRun& run) {
  ServingQuestion one = question;
  one.objectives = {objective};
  const SearchResult found = run_search(ServingSpace(one), options_of(run, 1));
  if (!found.exhausted) {
    return std::nullopt;
  }
  return found.best.empty() ? kNoLimit : found.best.front().scores.front();
}

// Lifts one limit after another until something is feasible.
class CureSearch {
 public:
  CureSearch(const ServingQuestion& question, const SearchRun& run) : q_(question), run_(run) {}

  std::optional<ServeCure> find() {
    if (memory_binds() || chips_bind()) {
      return stopped_ ? std::nullopt : std::optional(cure_);
    }
    latency();
    return stopped_ ? std::nullopt : std::optional(cure_);
  }

 private:
  using Binding = ServeCure::Binding;

  double least(const ServingQuestion& question, ServingObjective objective) {
    const auto found = stopped_ ? std::nullopt : least_of(question, objective, run_);
    stopped_ = !found;
    return found.value_or(kNoLimit);
  }

  // Or nothing divides the model at all.
  bool memory_binds() {
    ServingQuestion q = q_;
    q.ttft_s = q.tpot_s = kNoLimit;
    q.requests_per_s = 0.0;
    for (auto* sites : {&q.sites, &q.prompt_sites}) {
      for (ServingSite& site : *sites) {
        site.capacity = Bytes{};
      }
    }
    const double leanest = least(q, ServingObjective::kMemory);
    if (std::isinf(leanest)) {
      return true;
    }
    q.sites = q_.sites;
    q.prompt_sites = q_.prompt_sites;
    cure_.needs = Bytes{leanest};
    cure_.binding = Binding::kMemory;
    if (!std::isinf(least(q, ServingObjective::kThroughput))) {
      return false;
    }
    cure_.chips = fewest_chips();
    cure_.tensor = cure_.chips == 0 ? fewest_ranks() : 0;
    return true;
  }

  // The fewest doublings with which something is feasible; 0: none, or no number was given.
  std::int64_t fewest_chips() {
    constexpr std::int64_t kMost = 65536;
    ServingQuestion more = q_;
    for (more.chips = 2 * q_.chips; more.chips > 0 && more.chips <= kMost; more.chips *= 2) {
      if (!std::isinf(least(more, ServingObjective::kThroughput))) {
        return more.chips;
      }
    }
    return 0;
  }
  int fewest_ranks() {
    constexpr int kMost = 64;
    ServingQuestion more = q_;
    std::vector<int>& tensor = more.dimensions.decode.tensor;
    for (int n = 2 * *std::max_element(tensor.begin(), tensor.end()); n <= kMost; n *= 2) {
      tensor = {n};
      if (!std::isinf(least(more, ServingObjective::kThroughput))) {
        return n;
      }
    }
    return 0;
  }

  bool chips_bind() {
    if (q_.chips == 0) {
      return false;
    }
    ServingQuestion free = q_;
    free.chips = 0;
    const double chip_seconds = least(free, ServingObjective::kThroughput);
    if (std::isinf(chip_seconds)) {
      return false;
    }
    const double tokens_per_s = q_.requests_per_s * static_cast<double>(q_.load.answer);
    cure_.binding = Binding::kChips;
    cure_.chips = q_.requests_per_s > 0.0 ? std::llround(chip_seconds * tokens_per_s / kMillion)
                                          : fewest_chips();
    return true;
  }

  void latency() {
    ServingQuestion tpot = q_;
    tpot.tpot_s = kNoLimit;
    ServingQuestion ttft = q_;
    ttft.ttft_s = kNoLimit;
    cure_.tpot_s = least(tpot, ServingObjective::kTpot);
    cure_.ttft_s = least(ttft, ServingObjective::kTtft);
    const bool no_start = std::isinf(cure_.tpot_s);  // nothing keeps the limit on TTFT
    const bool no_pace = std::isinf(cure_.ttft_s);
    cure_.binding = no_start ? (no_pace ? Binding::kEach : Binding::kTtft)
                             : (no_pace ? Binding::kTpot : Binding::kTogether);
    if (cure_.binding == Binding::kEach) {
      ttft.tpot_s = tpot.ttft_s = kNoLimit;
      cure_.tpot_s = least(tpot, ServingObjective::kTpot);
      cure_.ttft_s = least(ttft, ServingObjective::kTtft);
    }
  }

  const ServingQuestion& q_;
  const SearchRun& run_;
  ServeCure cure_;
  bool stopped_ = false;
};

// As far as they are worked out.
std::vector<Sensitivity> sensitivities(const ServeRequest& asked, const SearchRun& run) {
  std::vector<Sensitivity> list;
  for (const Variation& variation : asked.variations()) {
    const auto best_with = [&](double factor) {
      const ServeModels models = asked.models(variation, factor);
      return least_of(models.question, models.question.objectives.front(), run);
    };
    const double share = variation.percent / 100.0;
    const auto less = best_with(1.0 - share);
    const auto more = best_with(1.0 + share);
    if (!less || !more) {
      break;
    }
    list.push_back({variation, *less, *more});
  }
  return list;
}

}  // namespace

ServeSearch search_serving(const Workspace& w, const ServeRequest& asked, const ServeModels& models,
                           const SearchRun& run) {
  const ServingSpace space(models.question);
  ServeSearch found;
  found.result = run_search(space, options_of(run, asked.top(), [&](double score) {
                              return objective_text(models.question.objectives.front(), score);
                            }));
  for (const SearchHit& hit : found.result.best) {
    found.best.push_back(answer_of(w, asked, space.scheme(hit.number)));
  }
  for (const SearchHit& hit : found.result.front) {
    found.front.push_back(answer_of(w, asked, space.scheme(hit.number)));
  }
  return found;
}

Loaded<Answer> search_plan_serve(const Workspace& w, const Json& fields, const SearchRun& run,
                                 Code field_code, const Words& say) {
  const auto begun = std::chrono::steady_clock::now();
  ServeRequest asked(w, fields, field_code);
  if (auto read = asked.read(); !read) {
    return tl::unexpected(std::move(read).error());
  }
  Answer answer;
  answer.command = "search-plan-serve";
  answer.as_of = w.date;
  answer.request = fields;
  answer.request["command"] = answer.command;
  const StepRequest& r = asked.request();
  if (asked.refusal()) {
    answer.results.push_back({{"feasible", nullptr}, {"reason", asked.refusal()->english()}});
    answer.blocks.emplace_back(Headline{
        say("{model} on {where}: not known", {{"model", r.model.id}, {"where", r.chip->id}})});
    answer.blocks.emplace_back(Paragraph{say(*asked.refusal()), 2});
    return answer;
  }
  const ServeModels models = asked.models();
  const ServingQuestion& question = models.question;
  const ServeSearch found = search_serving(w, asked, models, run);
  const SearchResult& result = found.result;
  answer.run = run_json(
      result, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  Json json{{"feasible", feasible_json(result)}, {"optimal", result.exhausted}};
  if (result.best.empty()) {
    json["gap_percent"] = nullptr;
    json["best"] = nullptr;
    if (!result.exhausted) {
      describe_unfinished(r, result, say, json, answer);
    } else {
      describe_no_scheme(asked, question, CureSearch(question, run).find(), say, json, answer);
    }
    answer.results.push_back(std::move(json));
    return answer;
  }
  json["gap_percent"] = gap_percent(result);
  json["next_best"] = Json::array();
  for (std::size_t i = 0; i < found.best.size(); ++i) {
    Json one = scheme_json(asked, question, result.best[i], found.best[i]);
    if (i == 0) {
      json["best"] = std::move(one);
    } else {
      json["next_best"].push_back(std::move(one));
    }
  }
  json["pareto"] = Json::array();
  for (std::size_t i = 0; i < found.front.size(); ++i) {
    json["pareto"].push_back(scheme_json(asked, question, result.front[i], found.front[i]));
  }
  const std::vector<Sensitivity> varied = sensitivities(asked, run);
  if (!varied.empty()) {
    json["sensitivity"] = sensitivity_json(varied, result.best.front().scores[0]);
  }
  answer.results.push_back(std::move(json));
  answer.table = schemes_table(asked, found, say);
  describe_schemes(asked, question, found, varied, run, say, answer);
  return answer;
}

}  // namespace redline::app
