#include "app/compare.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/step_report.h"

namespace redline::app {
namespace {

using results::Align;
using results::Table;
using results::Words;

// The plan with the largest batch that keeps to the limit: TPOT grows with the batch. The answer as
// it is where no batch of the plan keeps to it.
StepAnswer paced(const Workspace& w, const Json& asked, StepAnswer answer) {
  std::optional<StepAnswer> kept;
  std::int64_t low = 0;
  std::int64_t high = answer.request.batch;
  while (!keeps_pace(answer) && high - low > 1) {
    Json tried = asked;
    tried["batch"] = low + (high - low) / 2;
    auto one = answer_step(w, answer.request.kind, tried, Code::kBadOptionValue);
    if (one && !one->unanswered && keeps_pace(*one)) {
      low = one->request.batch;
      kept = std::move(*one);
    } else {
      high = tried["batch"].get<std::int64_t>();
    }
  }
  return kept ? std::move(*kept) : std::move(answer);
}

// What speaks for a plan: it fits, it is fast enough, it is cheap in chips.
bool better(const StepAnswer& a, const StepAnswer& b) {
  if (keeps_pace(a) != keeps_pace(b)) {
    return keeps_pace(a);
  }
  return a.tokens_per_s_per_chip() > b.tokens_per_s_per_chip();
}

double log_width(const StepTime& t) { return std::log(t.high.base() / t.total.base()); }

Table use_table(const std::vector<ChipInUse>& uses, const ChipInUse& first) {
  Table table;
  table.columns = {{"use", "Use", "", Align::kLeft},
                   {"chip", "Chip", "", Align::kLeft},
                   {"tokens_per_s_per_chip", "Tokens/s", "", Align::kRight, 3},
                   {"low", "p10", "", Align::kRight, 3},
                   {"high", "p90", "", Align::kRight, 3},
                   {"for_100", fmt::format("For 100 {}", first.chip), "", Align::kRight, 3},
                   {"usd", "USD/M", "", Align::kRight, 3},
                   {"bound", "Bound", "", Align::kLeft}};
  for (const ChipInUse& one : uses) {
    if (!one.answer) {
      table.rows.push_back({std::string(kind_name(one.kind)), one.chip});
      continue;
    }
    const StepAnswer& a = *one.answer;
    const Spread rate = rate_of(a);
    const auto usd = a.usd_per_million_tokens();
    table.rows.push_back(
        {std::string(kind_name(one.kind)), one.chip, rate.value, rate.low, rate.high,
         first.answer ? results::Cell(100.0 / worth_of(a, *first.answer).value) : results::Cell(),
         usd ? results::Cell(*usd) : results::Cell(),
         std::string(kPartNames[static_cast<std::size_t>(a.time().bound)])});
  }
  return table;
}

}  // namespace

std::vector<Json> usual_plans(StepKind kind, const LlmModel& model) {
  std::vector<Json> plans;
  if (kind == StepKind::kTrain) {
    for (const int tensor : {1, 2, 4, 8}) {
      for (const int pipeline : {1, 2, 4, 8, 16}) {
        for (const char* recompute : {"none", "full"}) {
          const int copy = tensor * pipeline;
          const int data = std::max(1, 1024 / copy);
          Json plan{{"tp", tensor},
                    {"pp", pipeline},
                    {"dp", data},
                    {"recompute", recompute},
                    {"batch", 2048}};
          if (model.moe) {
            plan["ep"] = std::min(64, data * tensor);
          }
          plans.push_back(std::move(plan));
        }
      }
    }
    return plans;
  }
  for (const int tensor : {1, 2, 4, 8, 16}) {
    plans.push_back({{"tp", tensor}});
  }
  if (model.moe) {
    for (const int ranks : {8, 16, 32, 64, 128}) {
      plans.push_back({{"dp", ranks}, {"ep", ranks}});
    }
  }
  return plans;
}

Spread rate_of(const StepAnswer& a) {
  const double rate = a.tokens_per_s_per_chip();
  const double factor = a.time().high.base() / a.time().total.base();
  return {rate, rate / factor, rate * factor};
}

Spread worth_of(const StepAnswer& a, const StepAnswer& b) {
  if (&a == &b) {
    return {1.0, 1.0, 1.0};
  }
  const double value = a.tokens_per_s_per_chip() / b.tokens_per_s_per_chip();
  const double factor = std::exp(std::hypot(log_width(a.time()), log_width(b.time())));
  return {value, value / factor, value * factor};
}

// What cannot be said is null.
void add_unknown(Json& json, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    json[key] = nullptr;
  }
}

Json use_json(const ChipInUse& one, const ChipInUse& first) {
  Json json{{"use", kind_name(one.kind)}, {"chip", one.chip}};
  if (!one.answer) {
    json["reason"] = one.reason.english();
    add_unknown(json, {"tokens_per_s_per_chip", "interval_tokens_per_s_per_chip", "bound",
                       "evidence", "cost_usd_per_million_tokens", "worth_of_first",
                       "interval_worth", "equals_100_of_first"});
    return json;
  }
  const StepAnswer& a = *one.answer;
  const StepTime& t = a.time();
  const StepRequest& r = a.request;
  const bool trains = r.kind == StepKind::kTrain;
  json["reason"] = nullptr;
  json["tokens_per_s_per_chip"] = a.tokens_per_s_per_chip();
  const Spread rate = rate_of(a);
  json["interval_tokens_per_s_per_chip"] = {rate.low, rate.high};
  json["bound"] = kPartNames[static_cast<std::size_t>(t.bound)];
  json["evidence"] = kEvidenceNames[static_cast<std::size_t>(t.evidence)];
  const auto usd = a.usd_per_million_tokens();
  json["cost_usd_per_million_tokens"] = usd ? Json(*usd) : Json(nullptr);
  json["chips"] = r.chips();
  json["tp"] = trains ? r.training.shard.tensor : r.serving.shard.tensor;
  json["pp"] = trains ? r.training.pipeline : r.serving.pipeline;
  json["dp"] = trains ? r.training.shard.data : r.serving.shard.data;
  json["ep"] = trains ? r.training.shard.expert : r.serving.shard.expert;
  if (!trains) {
    json["batch"] = r.batch;
  }
  if (a.decode) {
    json["tpot_s"] = a.decode->time.total.base() / r.serving.tokens_per_step;
  }
  if (first.answer) {
    const Spread ratio = worth_of(a, *first.answer);
    json["worth_of_first"] = ratio.value;
    json["interval_worth"] = {ratio.low, ratio.high};
    json["equals_100_of_first"] = 100.0 / ratio.value;
  } else {
    add_unknown(json, {"worth_of_first", "interval_worth", "equals_100_of_first"});
  }
  return json;
}

bool keeps_pace(const StepAnswer& a) {
  return a.request.kind != StepKind::kDecode || a.unanswered ||
         a.decode->time.total.base() / a.request.serving.tokens_per_step <= kTpotLimit;
}

Message terms_of_uses() {
  return Message(
      "Training: 1,024 chips or as many as the plan takes, 2,048 sequences of 4,096 tokens a step. "
      "Prefill: prompts of 2,048 tokens. Decode: the middle of an answer of 512 tokens, with the "
      "largest batch that fits, up to 256 sequences on a replica, and keeps TPOT within {limit} ms "
      "where that can be had. Intervals are 80 %.",
      {{"limit", fmt::format("{:g}", 1e3 * kTpotLimit)}});
}

ChipInUse best_in_use(const Workspace& w, const std::string& chip, StepKind kind,
                      const Json& fields) {
  ChipInUse best;
  best.chip = chip;
  best.kind = kind;
  const auto model = find_model(w, fields.value("model", std::string()));
  if (!model) {
    best.reason = model.error().front().message;
    return best;
  }
  for (const Json& plan : usual_plans(kind, *model)) {
    Json asked = fields;
    asked["chip"] = chip;
    asked.update(plan);
    auto answer = answer_step(w, kind, asked, Code::kBadOptionValue);
    if (!answer) {
      best.reason = best.reason.empty() ? Message(answer.error().front().message) : best.reason;
      continue;
    }
    best.chip = answer->request.chip->id;
    if (answer->unanswered) {
      best.reason = *answer->unanswered;
      continue;
    }
    if (!answer->fits) {
      best.reason = best.reason.empty() ? Message("no plan tried fits in memory") : best.reason;
      continue;
    }
    StepAnswer kept = paced(w, asked, std::move(*answer));
    if (!best.answer || better(kept, *best.answer)) {
      best.answer = std::move(kept);
    }
  }
  return best;
}

Loaded<Answer> compare(const Workspace& w, const CompareRequest& request, const Words& say,
                       const std::function<bool()>& stop) {
  Json fields = request.terms;
  fields["model"] = request.model;
  if (const auto model = find_model(w, request.model); !model) {
    return tl::unexpected(model.error());
  }
  std::vector<std::string> chips;
  Diagnostics errors;
  for (const std::string& name : request.chips) {
    const auto found = find_chips(w, name);
    if (!found) {
      errors.insert(errors.end(), found.error().begin(), found.error().end());
      continue;
    }
    const bool own = name.size() > 5 && name.substr(name.size() - 5) == ".toml";
    for (const Chip& one : *found) {
      chips.push_back(own ? name : one.id);
    }
    if (auto many = too_many_parts(w, chips.size())) {
      errors.push_back(std::move(*many));
      break;
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  Answer answer;
  answer.command = "compare";
  answer.as_of = w.date;
  Json rows = Json::array();
  std::vector<ChipInUse> all;
  std::vector<Table> tables;
  for (const StepKind kind : {StepKind::kTrain, StepKind::kPrefill, StepKind::kDecode}) {
    std::vector<ChipInUse> uses;
    for (const std::string& chip : chips) {
      const bool asked = !stop || !stop();
      uses.push_back(
          asked ? best_in_use(w, chip, kind, fields)
                : ChipInUse{chip, kind, std::nullopt, Message("stopped before its turn came")});
    }
    for (const ChipInUse& one : uses) {
      rows.push_back(use_json(one, uses.front()));
    }
    tables.push_back(use_table(uses, uses.front()));
    std::move(uses.begin(), uses.end(), std::back_inserter(all));
  }
  answer.results.push_back({{"model", request.model}, {"first", chips.front()}, {"uses", rows}});
  Table whole = tables.front();
  for (std::size_t i = 1; i < tables.size(); ++i) {
    whole.rows.insert(whole.rows.end(), tables[i].rows.begin(), tables[i].rows.end());
  }
  answer.table = whole;
  answer.blocks.emplace_back(
      Headline{say("{model}: tokens a second on one chip, each on the plan that suits it",
                   {{"model", request.model}})});
  answer.blocks.emplace_back(said_cells(whole, {"use", "bound"}, say));
  for (const ChipInUse& one : all) {
    if (!one.answer) {
      answer.blocks.emplace_back(Paragraph{
          say("{use} on {chip}: not known, {reason}", {{"use", say(kind_name(one.kind), {})},
                                                       {"chip", one.chip},
                                                       {"reason", say(one.reason)}}),
          0});
    }
  }
  answer.blocks.emplace_back(Paragraph{say(terms_of_uses()), 0});
  return answer;
}

}  // namespace redline::app
