#include "app/serve_request.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/kernel_models.h"
#include "app/scales.h"

namespace redline::app {
namespace {

// Those of a decode step that all ways share.
constexpr auto kOfServing = std::to_array<std::string_view>(
    {"model", "engine", "prompt", "answer", "drafts", "tokens_per_step", "imbalance", "overlap",
     "usd_per_kwh", "pue", "utilisation_percent", "years"});
// Those that hang on where a pool stands.
constexpr auto kOfPlace =
    std::to_array<std::string_view>({"chip", "system", "rent_usd_per_hour", "price_usd"});
constexpr auto kServeFields = std::to_array<std::string_view>({"id",
                                                               "command",
                                                               "dtype",
                                                               "kv_dtype",
                                                               "ttft",
                                                               "tpot",
                                                               "chips",
                                                               "rate",
                                                               "objective",
                                                               "pareto",
                                                               "top",
                                                               "vary",
                                                               "prefill",
                                                               "tp",
                                                               "pp",
                                                               "dp",
                                                               "ep",
                                                               "batch",
                                                               "chunk",
                                                               "prefill_chip",
                                                               "prefill_system",
                                                               "prefill_rent_usd_per_hour",
                                                               "prefill_price_usd",
                                                               "prefill_tp",
                                                               "prefill_pp",
                                                               "prefill_dp",
                                                               "prefill_ep",
                                                               "prefill_batch"});

enum class PrefillWay : std::uint8_t { kBoth, kChunked, kPool };
constexpr std::array<std::string_view, 3> kPrefillWays{"both", "chunked", "pool"};

void add_message(std::vector<Message>& list, const Message& one) {
  const auto same = [&](const Message& other) { return other.english() == one.english(); };
  if (std::none_of(list.begin(), list.end(), same)) {
    list.push_back(one);
  }
}

}  // namespace

const std::vector<std::string_view>& serve_search_fields() {
  static const std::vector<std::string_view> kAll = [] {
    std::vector<std::string_view> all;
    const auto add = [&all](std::string_view name) { all.push_back(name); };
    std::for_each(kOfServing.begin(), kOfServing.end(), add);
    std::for_each(kOfPlace.begin(), kOfPlace.end(), add);
    std::for_each(kServeFields.begin(), kServeFields.end(), add);
    return all;
  }();
  return kAll;
}

void ServeRequest::problem(std::string message, std::vector<std::string> help) {
  const auto same = [&](const Error& one) { return one.message == message; };
  if (std::none_of(errors_.begin(), errors_.end(), same)) {
    errors_.push_back({code_, std::move(message), std::nullopt, std::move(help), {}});
  }
}

std::optional<StepRequest> ServeRequest::read_step(StepKind kind, const Json& fields) {
  std::vector<FieldProblem> problems;
  auto request = read_step_request(w_, kind, fields, problems);
  for (const FieldProblem& one : problems) {
    problem(one.message);
  }
  if (!request) {
    for (Error& one : request.error()) {
      if (std::none_of(errors_.begin(), errors_.end(),
                       [&](const Error& other) { return other.message == one.message; })) {
        errors_.push_back(std::move(one));
      }
    }
    return std::nullopt;
  }
  return std::move(*request);
}

Json ServeRequest::shared_fields() const {
  Json fields = Json::object();
  const auto take = [&](std::string_view name) {
    if (fields_.has(name)) {
      fields[std::string(name)] = json_[std::string(name)];
    }
  };
  std::for_each(kOfServing.begin(), kOfServing.end(), take);
  std::for_each(kOfPlace.begin(), kOfPlace.end(), take);
  return fields;
}

// Narrower formats than the model's own are tried too: 8 bits for weights and for the cache.
void ServeRequest::read_formats() {
  formats_ = {""};
  cache_formats_ = {""};
  if (fields_.has("dtype")) {
    formats_ = split_list(fields_.text("dtype"));
  } else if (bytes_per_element(native_precision(base_->model).weights) > 1.0) {
    formats_.emplace_back("fp8");
  }
  if (fields_.has("kv_dtype")) {
    cache_formats_ = split_list(fields_.text("kv_dtype"));
  } else {
    cache_formats_.emplace_back("fp8");
  }
}

void ServeRequest::read_places(const Json& fields, bool own) {
  std::size_t variant = 0;
  for (const std::string& weights : formats_) {
    for (const std::string& cache : cache_formats_) {
      Json one = fields;
      if (!weights.empty()) {
        one["dtype"] = weights;
      }
      if (!cache.empty()) {
        one["kv_dtype"] = cache;
      }
      add_place(one, variant++, own);
    }
  }
}

void ServeRequest::add_place(const Json& fields, std::size_t variant, bool own) {
  auto read = read_step(own ? StepKind::kDecode : StepKind::kPrefill, fields);
  if (!read) {
    return;
  }
  ServePlace place{std::move(*read), {}, fields, variant, own};
  StepRequest& r = place.request;
  adopt_formats(r);
  std::vector<ServePlace>& list = own ? places_ : prompt_places_;
  const auto same = [&](const ServePlace& other) {
    return own && other.request.chip->id == r.chip->id && other.request.system == r.system &&
           same_formats(other.request.serving.precision, r.serving.precision);
  };
  if (std::any_of(list.begin(), list.end(), same)) {
    return;
  }
  place.cost = cost_rate(*r.chip, r.system, r.terms);
  const auto kernels = w_.kernels->of(w_.catalog, r.machine);
  const auto steps = steps_of(place, r.machine, *kernels);
  for (const Message& one : r.assumptions) {
    add_message(assumptions_, one);
  }
  std::optional<Message> reason = steps->refuses(r.model, r.serving, r.prefill_of(1));
  if (!reason && own) {
    reason = steps->refuses(r.model, r.serving, r.decode_of(1));
  }
  if (reason) {
    refusal_ = refusal_ ? refusal_ : reason;
    return;
  }
  list.push_back(std::move(place));
  list.back().request.machine.chip = list.back().request.chip.get();
}

// Pools for prompts: on the own chips, or on those that are named.
void ServeRequest::read_prompt_chips() {
  Json fields = shared_fields();
  for (const char* name : {"drafts", "tokens_per_step", "imbalance", "overlap"}) {
    fields.erase(name);
  }
  bool named = false;
  for (const char* kind : {"chip", "system"}) {
    const auto list = json_.find(std::string("prefill_") + kind);
    if (list == json_.end() || !list->is_string()) {
      continue;
    }
    named = true;
    for (const std::string& name : split_list(list->get_ref<const std::string&>())) {
      Json one = fields;
      for (const std::string_view old : kOfPlace) {
        one.erase(std::string(old));
      }
      one[kind] = name;
      for (const char* term : {"rent_usd_per_hour", "price_usd"}) {
        const std::string stated = std::string("prefill_") + term;
        if (fields_.has(stated)) {
          one[term] = json_[stated];
        }
      }
      read_places(one, false);
    }
  }
  if (!named) {
    read_places(fields, false);
  }
}

double ServeRequest::seconds(std::string_view name) {
  const auto found = fields_.seconds(name);
  if (fields_.has(name) && !found) {
    problem(fmt::format("field '{}' must be a time such as 2s or 50ms", name));
  }
  return found.value_or(kNoLimit);
}

void ServeRequest::read_limits() {
  question_.ttft_s = seconds("ttft");
  question_.tpot_s = seconds("tpot");
  if (fields_.has("chips")) {
    const auto chips = whole_number(fields_.text("chips"));
    if (!chips) {
      problem(fmt::format("field 'chips' must be a whole number from 1 to {}", kMostWhole));
    }
    question_.chips = chips.value_or(0);
  }
  if (fields_.has("rate")) {
    const auto rate = fields_.number("rate");
    constexpr double kMostRate = 1e9;
    if (!rate || *rate <= 0.0 || *rate > kMostRate) {
      problem("field 'rate' must be requests a second, above zero");
    }
    question_.requests_per_s = rate.value_or(0.0);
  }
}

bool ServeRequest::allowed(ServingObjective objective) {
  for (const auto* list : {&places_, &prompt_places_}) {
    for (const ServePlace& place : *list) {
      const bool cost = objective == ServingObjective::kCost && !place.cost.cost;
      const bool energy = objective == ServingObjective::kEnergy && !place.cost.power;
      if (cost || energy) {
        problem(
            fmt::format("the {} of a plan is not known: no {} of {} is", cost ? "cost" : "energy",
                        cost ? "price or rent" : "power", place.request.chip->id),
            {"give --rent or --price, or ask for throughput"});
        return false;
      }
    }
  }
  return true;
}

void ServeRequest::read_objectives() {
  const auto priced = [](const std::vector<ServePlace>& list) {
    return std::all_of(list.begin(), list.end(),
                       [](const ServePlace& place) { return place.cost.cost.has_value(); });
  };
  const std::string_view usual = priced(places_) && priced(prompt_places_) ? "cost" : "throughput";
  question_.objectives = lists_.objectives<ServingObjective>(
      kServingObjectiveNames, usual, "", [this](ServingObjective one) { return allowed(one); });
  variations_ = lists_.variations();
  top_ = lists_.top();
}

void ServeRequest::read_dimensions() {
  int domain = 1;
  for (const auto* list : {&places_, &prompt_places_}) {
    for (const ServePlace& place : *list) {
      domain = std::max(domain, place.request.machine.network.domain);
    }
  }
  ServingDimensions& d = question_.dimensions;
  d = usual_serving_dimensions(base_->model, base_->load(), domain);
  lists_.numbers("tp", d.decode.tensor);
  lists_.numbers("pp", d.decode.pipeline);
  lists_.numbers("dp", d.decode.data);
  lists_.numbers("ep", d.decode.expert);
  lists_.numbers("batch", d.decode.batch);
  lists_.numbers("chunk", d.chunk);
  for (std::int64_t& one : d.chunk) {
    one = std::min(one, base_->prompt);
  }
  lists_.numbers("prefill_tp", d.prefill.tensor);
  lists_.numbers("prefill_pp", d.prefill.pipeline);
  lists_.numbers("prefill_dp", d.prefill.data);
  lists_.numbers("prefill_ep", d.prefill.expert);
  lists_.numbers("prefill_batch", d.prefill.batch);
  std::vector<PrefillWay> way{PrefillWay::kBoth};
  lists_.names("prefill", kPrefillWays, way);
  d.pools = way.front() != PrefillWay::kChunked;
  if (way.front() == PrefillWay::kPool) {
    d.chunk.clear();
  }
}

Loaded<bool> ServeRequest::read() {
  std::vector<FieldProblem> problems;
  look_for_unknown(json_, serve_search_fields(), problems);
  for (const FieldProblem& one : problems) {
    problem(one.message);
  }
  base_ = read_step(StepKind::kDecode, shared_fields());
  if (base_) {
    base_->machine.chip = base_->chip.get();
    read_formats();
    read_places(shared_fields(), true);
    const std::optional<Message> own = refusal_;
    read_prompt_chips();
    refusal_ = places_.empty() ? own : std::nullopt;
    read_objectives();
    read_dimensions();
  }
  read_limits();
  if (!errors_.empty()) {
    return tl::unexpected(std::move(errors_));
  }
  question_.model = &base_->model;
  question_.base = base_->serving;
  question_.base.shard = {};
  question_.base.shard.mtp = base_->serving.shard.mtp;
  question_.base.pipeline = 1;
  question_.load = base_->load();
  return true;
}

std::unique_ptr<StepModel> ServeRequest::steps_of(const ServePlace& place, const Machine& machine,
                                                  const KernelModel& kernels) const {
  const StepRequest& r = place.request;
  return std::make_unique<StepModel>(machine, kernels, w_.kernels->calibration(), *r.engine,
                                     step_variant(r.model, r.serving.precision));
}

ServeModels ServeRequest::models(const std::optional<Variation>& variation, double factor) const {
  ServeModels found;
  found.question = question_;
  const auto add = [&](const ServePlace& place, std::vector<ServingSite>& sites) {
    const StepRequest& r = place.request;
    Machine machine = r.machine;
    const bool varies = variation && r.chip->id == base_->chip->id;
    if (varies) {
      found.machines.push_back(varied(r.machine, variation->resource, factor));
      machine = found.machines.back().machine;
      found.kernels.push_back(
          std::make_shared<const KernelModel>(machine, w_.kernels->calibration()));
    } else {
      found.kernels.push_back(w_.kernels->of(w_.catalog, r.machine));
    }
    found.steps.push_back(steps_of(place, machine, *found.kernels.back()));
    ServingSite site;
    site.steps = found.steps.back().get();
    site.precision = r.serving.precision;
    site.variant = place.variant;
    site.overlaps_experts = r.serving.overlaps_experts;
    const auto& capacity = machine.chip->memory.capacity;
    site.capacity = capacity && capacity->value ? *capacity->value : Bytes{};
    site.domain = std::max(1, machine.network.domain);
    site.network_bytes_s = machine.network.nic ? machine.network.nic->base() : 0.0;
    site.usd_per_chip_s = place.cost.cost ? place.cost.cost->base() : 0.0;
    site.watts = place.cost.power ? place.cost.power->base() : 0.0;
    sites.push_back(site);
  };
  for (const ServePlace& place : places_) {
    add(place, found.question.sites);
  }
  for (const ServePlace& place : prompt_places_) {
    add(place, found.question.prompt_sites);
  }
  return found;
}

}  // namespace redline::app
