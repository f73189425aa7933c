#include "app/reply_request.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>

#include <fmt/format.h>

#include "app/classify.h"
#include "app/field_reader.h"
#include "app/rule_set.h"
#include "app/scales.h"
#include "app/work_records.h"
#include "data/node.h"

namespace redline::app {
namespace {

constexpr auto kReplyFields = std::to_array<std::string_view>(
    {"id",          "command",   "rule",        "to",          "hq",        "as_of",
     "rules_as_of", "backtest",  "with",        "from",        "objective", "per",
     "mode",        "nodes",     "exceptions",  "work",        "markets",   "model",
     "prompt",      "answer",    "ttft",        "tpot",        "seq",       "dtype",
     "engine",      "caps",      "slow_memory", "dies",        "dead",      "price_factor",
     "volume",      "max_watts", "top",         "usd_per_kwh", "pue",       "utilisation_percent",
     "years",       "limits",    "detail",      "host_memory", "formats",   "power_limit"});
// Taken along as fields of a step.
constexpr auto kTerms =
    std::to_array<std::string_view>({"usd_per_kwh", "pue", "utilisation_percent", "years"});

// Of a workload, as a request or a mix has them.
constexpr auto kOfWork = std::to_array<std::string_view>(
    {"model", "prompt", "answer", "ttft", "tpot", "seq", "dtype", "engine"});
// Of those what a step has too.
constexpr auto kOfStep =
    std::to_array<std::string_view>({"model", "prompt", "answer", "seq", "dtype", "engine"});

enum class ReplyMode : std::uint8_t { kCutDown, kNew, kBoth };
constexpr std::array<std::string_view, 3> kModeNames{"cut-down", "new", "both"};

enum class Markets : std::uint8_t { kAny, kDataCenter, kWorkstation };
constexpr std::array<std::string_view, 3> kMarketsNames{"any", "data-center", "workstation"};

// Formats that count fewer bits than what work asks for may have, as requests name them.
struct OtherFormat {
  std::string_view name;
  Format format;
  std::optional<ComputeRate> Compute::*rate;
  bool trains;
};
constexpr std::array<OtherFormat, 3> kOtherFormats{{{"fp6", Format::kFp6, &Compute::fp6, false},
                                                    {"fp4", Format::kFp4, &Compute::fp4, false},
                                                    {"tf32", Format::kTf32, &Compute::tf32, true}}};

// Bits of an input of TF32 that are significant (3A090, technical note 1, of two readings the one
// that counts fewer).
constexpr double kTf32Significant = 19.0;

// Numbers of cores that are tried of one die, at most.
constexpr double kMostCoreChoices = 36.0;
constexpr double kSameGrade = 0.999;

// The fields of these names.
Json taken(const Json& from, std::span<const std::string_view> names) {
  Json some = Json::object();
  for (const std::string_view name : names) {
    if (from.contains(name)) {
      some[std::string(name)] = from[std::string(name)];
    }
  }
  return some;
}

// GB/s, both directions; 0 where there is none.
double link_of(const Chip& chip) {
  const auto link = chip.link ? chip.link->bidirectional() : std::nullopt;
  return link ? link->base() / kGiga : 0.0;
}

// Stacks or channels of a package, on its dies or on others in it.
double most_units(const DieRecord& die) {
  return die.spec.memory_units > 0.0 ? die.spec.memory_units * die.dies : die.units_on;
}

class ReplyReader : FieldReader {
 public:
  ReplyReader(const Workspace& w, const Json& json, Code code) : FieldReader(json, code), w_(w) {}

  // The work alone, on a chip; its die is not asked for.
  Loaded<std::unique_ptr<ReplyRequest>> read_work(const Chip& chip, Date known) {
    out_->base = &chip;
    out_->known = known;
    read_mixes();
    for (const Mix& one : mixes_) {
      add_work(one);
    }
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::move(out_);
  }

  Loaded<std::unique_ptr<ReplyRequest>> read() {
    refuse_all_but(reply_fields());
    auto silicon = load_silicon(w_.files);
    if (!silicon) {
      return tl::unexpected(silicon.error());
    }
    out_->silicon = std::move(*silicon);
    read_question();
    read_die();
    read_how();
    if (errors_.empty()) {
      read_limits();
    }
    read_mixes();
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    for (const Mix& one : mixes_) {
      add_work(one);
    }
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    add_bodies();
    if (out_->reply.bodies.empty() && errors_.empty()) {
      problem("no silicon is left to build from at that date",
              {"a later --as-of, another --from or other --nodes have some"});
    }
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    return std::move(out_);
  }

 private:
  enum class Detail : std::uint8_t { kWhole, kPart };

  void assume(std::string_view text, std::initializer_list<Message::Argument> values = {}) {
    out_->assumptions.emplace_back(text, values);
  }
  void read_question() {
    ClassifyRequest asked;
    asked.to = plain("to");
    asked.hq = plain("hq");
    asked.as_of = day("as_of");
    for (const std::string& bill : names_in("with")) {
      asked.with.push_back(bill);
    }
    out_->known = asked.as_of.value_or(w_.date);
    Date binds = day("rules_as_of").value_or(out_->known);
    out_->binds_from = binds;
    for (const std::string& name : names_in("rule")) {
      read_rule(name, asked, binds);
    }
    asked.as_of = binds;
    auto question = question_of(w_, asked);
    if (!question) {
      errors_.push_back(std::move(question).error());
      return;
    }
    if (const auto inquiry = Inquiry::open(w_.rules, *question); !inquiry) {
      errors_.push_back(inquiry.error());
      return;
    }
    out_->question = std::move(*question);
    if (binds > out_->known) {
      assume("the rules are taken as they stand on {date}, when all of them bind",
             {{"date", format_date(binds)}});
    }
  }

  // From what day an instrument binds, or that it is a bill.
  void read_rule(const std::string& name, ClassifyRequest& asked, Date& binds) {
    auto rule = rule_named(w_.rules, name);
    if (!rule) {
      errors_.push_back(std::move(rule).error());
      return;
    }
    out_->rules.insert(out_->rules.end(), rule->ids.begin(), rule->ids.end());
    asked.with.insert(asked.with.end(), rule->bills.begin(), rule->bills.end());
    if (rule->first) {
      out_->binds_from = std::min(out_->binds_from, *rule->first);
      binds = std::max(binds, *rule->last);
    }
  }

  void read_die() {
    const std::string name = plain("from");
    if (name.empty()) {
      problem("the silicon to start from is not said", {"name a die, such as --from gh100"});
      return;
    }
    ReplyRequest& r = *out_;
    r.die = die_named(w_, r.silicon, name);
    if (r.die == nullptr) {
      std::vector<std::string_view> ids;
      for (const DieRecord& die : r.silicon.dies) {
        ids.push_back(die.id);
      }
      errors_.push_back({Code::kUnknownRecord,
                         fmt::format("there is no die '{}'", name),
                         std::nullopt,
                         {fmt::format("dies: {}", fmt::join(ids, ", "))},
                         {}});
      return;
    }
    r.base = w_.catalog.chip(r.die->chip);
    RL_CHECK(r.base != nullptr);  // checked with the records
    if (r.die->since > month_of(r.known)) {
      errors_.push_back({code_,
                         fmt::format("{} came in {}-{:02}, after {}", r.die->id, r.die->since / 100,
                                     r.die->since % 100, format_date(r.known)),
                         std::nullopt,
                         {"a reply can only be built from what there was"},
                         {}});
    }
  }

  // {"quantity","at","to"}, or "tpp:4800=3000,pd:5.92=4" in one text.
  void read_limits() {
    ReplyRequest& r = *out_;
    const auto rules = ReplyRules::open(w_.rules, r.question, *r.base, r.exceptions);
    RL_CHECK(rules.has_value());  // the question was read
    r.limits = rules->thresholds();
    const auto given = json_.find("limits");
    if (given == json_.end() || given->is_null()) {
      return;
    }
    if (given->is_string()) {
      for (const std::string& one : split_list(given->get<std::string>())) {
        const std::size_t colon = std::min(one.find(':'), one.size());
        const std::size_t equals = std::min(one.find('='), one.size());
        move_limit(one.substr(0, colon),
                   colon < equals ? number_in(one.substr(colon + 1, equals - colon - 1)) : -1.0,
                   equals < one.size() ? number_in(one.substr(equals + 1)) : -1.0);
      }
      return;
    }
    for (const Json& one : given->is_array() ? *given : Json::array({*given})) {
      const auto part = [&one](const char* key) {
        return one.is_object() && one.contains(key) ? one[key] : Json();
      };
      const Json quantity = part("quantity"), at = part("at"), to = part("to");
      move_limit(quantity.is_string() ? quantity.get<std::string>() : std::string(),
                 at.is_number() ? at.get<double>() : -1.0,
                 to.is_number() ? to.get<double>() : -1.0);
    }
  }
  static double number_in(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    return !text.empty() && *end == '\0' ? value : -1.0;
  }
  void move_limit(const std::string& quantity, double at, double to) {
    ReplyRequest& r = *out_;
    constexpr double kMost = 1e9;
    if (!(at >= 0.0 && to > 0.0 && to <= kMost)) {
      problem(
          "field 'limits' must say which limit stands where",
          {"for example tpp:4800=3000, or [{\"quantity\": \"tpp\", \"at\": 4800, \"to\": 3000}]"});
      return;
    }
    constexpr double kSame = 1e-9;
    const auto found = std::find_if(r.limits.begin(), r.limits.end(), [&](const Threshold& one) {
      return one.quantity == quantity && std::abs(one.value - at) <= kSame * one.value;
    });
    if (found == r.limits.end()) {
      std::vector<std::string> known;
      for (const Threshold& one : r.limits) {
        known.push_back(fmt::format("{}:{:g}", one.quantity, one.value));
      }
      problem(fmt::format("the rules have no limit {}:{:g}", quantity, at),
              {known.empty() ? std::string("they limit no part there and then")
                             : fmt::format("limits: {}", fmt::join(known, ", "))});
      return;
    }
    if (to != found->value) {
      r.moved.push_back({*found, to});
      assume("the limit {quantity} {at} is taken as if it stood at {to}",
             {{"quantity", quantity},
              {"at", fmt::format("{:g}", found->value)},
              {"to", fmt::format("{:g}", to)}});
    }
  }

  void read_how() {
    ReplyRequest& r = *out_;
    constexpr std::array<std::string_view, 2> kDetails{"whole", "part"};
    r.part_only = choice<Detail>("detail", kDetails) == Detail::kPart;
    r.exceptions = flag("exceptions", false);
    r.reply.caps = flag("caps", true);
    r.reply.slows_memory = flag("slow_memory", true);
    r.reply.objective = choice<ReplyObjective>("per", kReplyObjectiveNames);
    mode_ = choice<ReplyMode>("mode", kModeNames);
    constexpr double kMostFactor = 100.0;
    r.reply.price_factor = amount("price_factor", r.reply.price_factor, 1.0, kMostFactor);
    constexpr double kMostVolume = 1e9;
    r.reply.volume = amount("volume", r.reply.volume, 1.0, kMostVolume);
    constexpr double kMostWatts = 1e6;
    if (fields_.has("max_watts")) {
      r.reply.most_watts = amount("max_watts", kMostWatts, 1.0, kMostWatts);
    }
    constexpr double kMostTop = 100.0;
    r.top = static_cast<std::size_t>(amount("top", static_cast<double>(r.top), 1.0, kMostTop));
    CostTerms& terms = r.reply.terms;
    terms.usd_per_kwh = amount("usd_per_kwh", terms.usd_per_kwh, 0.0, 10.0);
    terms.pue = amount("pue", terms.pue, 1.0, 10.0);
    terms.years = amount("years", terms.years, 0.1, 50.0);
    terms.utilisation =
        amount("utilisation_percent", 100.0 * terms.utilisation, 1.0, 100.0) / 100.0;
    markets_ = choice<Markets>("markets", kMarketsNames);
    // A die that exists stands alone in its package unless more is asked for.
    const bool alone = mode_ == ReplyMode::kCutDown;
    most_dies_ = static_cast<int>(amount("dies", alone ? 1.0 : 2.0, 1.0, 8.0));
    dead_ = flag("dead", !alone);
    r.reply.packaging = &r.silicon.packaging;
    r.reply.base = r.base;
    r.reply.clocks = {0.6, 0.8, 1.0};
    if (flag("power_limit", fields_.has("max_watts"))) {
      r.reply.held.clear();
      for (int percent = 40; percent <= 100; percent += 5) {
        r.reply.held.push_back(percent / 100.0);
      }
    }
    uses_host_memory_ = flag("host_memory", false);
    read_formats();
  }

  void read_formats() {
    for (const std::string& name : names_in("formats")) {
      const auto found = std::find_if(kOtherFormats.begin(), kOtherFormats.end(),
                                      [&](const OtherFormat& one) { return one.name == name; });
      if (found == kOtherFormats.end()) {
        std::vector<std::string_view> names;
        for (const OtherFormat& one : kOtherFormats) {
          names.push_back(one.name);
        }
        problem(fmt::format("there is no format '{}' that work may be in instead", name),
                {fmt::format("formats: {}", fmt::join(names, ", "))});
      } else if (out_->base != nullptr && !(out_->base->compute.*(found->rate))) {
        assume("{format} is left out: {chip} has no units for it",
               {{"format", name}, {"chip", out_->base->id}});
      } else {
        formats_.push_back(&*found);
        if (found->format == Format::kTf32) {
          out_->reply.tf32_bits = kTf32Significant;
        }
      }
    }
  }

  // --- work

  struct Mix {
    ReplyPhase phase = ReplyPhase::kDecode;
    double weight = 1.0;
    Json fields = Json::object();
  };

  void read_mixes() {
    const std::string objective = plain_or("objective", "decode");
    if (const auto work = json_.find("work"); work != json_.end()) {
      read_work_fields(*work);
    } else if (objective.rfind("mix:", 0) == 0) {
      read_mix(objective.substr(4));
    } else {
      const auto found = std::find(kReplyPhaseNames.begin(), kReplyPhaseNames.end(), objective);
      if (found == kReplyPhaseNames.end()) {
        problem(fmt::format("there is no objective '{}'", objective),
                {fmt::format("objectives: {}, mix:FILE", fmt::join(kReplyPhaseNames, ", "))});
        return;
      }
      mixes_.push_back(
          {static_cast<ReplyPhase>(found - kReplyPhaseNames.begin()), 1.0, taken(json_, kOfWork)});
    }
  }

  // The same as a list of objects.
  void read_work_fields(const Json& list) {
    if (!list.is_array() || list.empty()) {
      problem("field 'work' must be a list of objects");
      return;
    }
    for (const Json& one : list) {
      const Fields fields(one);
      const std::string phase = one.is_object() ? fields.text("phase") : "";
      const auto found = std::find(kReplyPhaseNames.begin(), kReplyPhaseNames.end(), phase);
      const double weight =
          one.is_object() && fields.has("weight") ? fields.number("weight").value_or(0.0) : 1.0;
      if (found == kReplyPhaseNames.end() || !(weight > 0.0)) {
        problem(fmt::format("each of 'work' must have a phase ({}), and a weight above zero",
                            fmt::join(kReplyPhaseNames, ", ")));
        continue;
      }
      mixes_.push_back(
          {static_cast<ReplyPhase>(found - kReplyPhaseNames.begin()), weight, taken(one, kOfWork)});
    }
  }

  // [[workload]] tables of a TOML file, each with a phase, a weight and the fields of a step.
  void read_mix(const std::string& path) {
    auto text = text_named(w_, "mixes", path);
    if (!text) {
      add(std::move(text).error());
      return;
    }
    if (!*text) {
      problem(fmt::format("there is no mix '{}'", path),
              {"name a .toml file with [[workload]] tables"});
      return;
    }
    const auto mix = app::read_mix(w_, (*text)->first, (*text)->second);
    if (!mix) {
      errors_.insert(errors_.end(), mix.error().begin(), mix.error().end());
      return;
    }
    for (const WorkAsked& one : mix->workload) {
      mixes_.push_back({one.phase, one.weight, one.fields()});
    }
  }

  void add_work(const Mix& mix) {
    auto work = std::make_unique<ReplyWork>();
    const bool trains = mix.phase == ReplyPhase::kTrain;
    const StepKind kind = trains                              ? StepKind::kTrain
                          : mix.phase == ReplyPhase::kPrefill ? StepKind::kPrefill
                                                              : StepKind::kDecode;
    Json fields = taken(mix.fields, kOfStep);
    fields.update(taken(json_, kTerms));
    if (!fields.contains("model")) {
      fields["model"] = usual_model(out_->known, trains);
    }
    fields["chip"] = out_->base->id;
    const auto limit = [&](const char* name) {
      const Fields own(mix.fields);
      if (own.has(name) && !own.seconds(name)) {
        problem(fmt::format("field '{}' must be a time above zero, such as 50ms", name));
      }
      return own.seconds(name);
    };
    const auto ttft = limit("ttft");
    const auto tpot = limit("tpot");
    std::vector<StepRequest> plans;
    auto first = step_of(kind, fields, true);
    if (!first) {
      return;
    }
    const LlmModel& model = first->model;
    if (model.released && !known_by_then(month_of(*model.released))) {
      problem(fmt::format("{} came in {}, after {}", model.id, format_date(*model.released),
                          format_date(out_->known)),
              {"a reply can only be judged by the work of its time"});
      return;
    }
    for (const Json& split : trains ? training_splits() : serving_splits(model)) {
      Json one = fields;
      one.update(split);
      if (auto request = step_of(kind, one, false)) {
        plans.push_back(std::move(*request));
      }
    }
    if (plans.empty()) {
      for (const Error& one : undivided_) {
        problem(one.message, one.help);
      }
      return;
    }
    work->request = std::move(plans.front());
    const StepRequest& r = work->request;
    ReplyWorkload& out = work->workload;
    out.phase = mix.phase;
    out.weight = mix.weight;
    out.load = r.load();
    constexpr double kUsualTpot = 0.05;
    constexpr double kUsualTtft = 5.0;
    if (mix.phase == ReplyPhase::kDecode) {
      out.limit_s = tpot.value_or(kUsualTpot);
      out.batch = {1, 2, 4, 8, 16, 32, 64, 128, 256};
    } else if (mix.phase == ReplyPhase::kPrefill) {
      out.limit_s = ttft.value_or(kUsualTtft);
      out.batch = {1, 2, 4};
    }
    const auto take = [&](const StepRequest& one) {
      if (trains) {
        out.training.push_back(one.training);
      } else {
        out.serving.push_back(one.serving);
      }
    };
    take(r);
    std::for_each(plans.begin() + 1, plans.end(), take);
    add_other_formats(out);
    work->name =
        fmt::format("{} {}", kReplyPhaseNames[static_cast<std::size_t>(mix.phase)], r.model.id);
    out.model = &r.model;
    work->kernels = w_.kernels->of(w_.catalog, r.machine);
    const Precision& precision = trains ? r.training.request.precision : r.serving.precision;
    work->steps = std::make_unique<StepModel>(r.machine, *work->kernels, w_.kernels->calibration(),
                                              *r.engine, step_variant(r.model, precision));
    out.steps = work->steps.get();
    // Batches are tried: what is said of one sequence is of the first alone.
    for (const Message& one : r.assumptions) {
      if (one.english().rfind("sequences on each replica", 0) != 0) {
        out_->assumptions.push_back(one);
      }
    }
    work->refusal = trains ? out.steps->refuses(r.model, r.training)
                           : out.steps->refuses(r.model, r.serving,
                                                mix.phase == ReplyPhase::kDecode ? r.decode_of(1)
                                                                                 : r.prefill_of(1));
    if (!out_->refusal) {
      out_->refusal = work->refusal;
    }
    out_->works.push_back(std::move(work));
    out_->reply.workloads.push_back(out);
  }

  // The same plans again, in the other formats that work may be in.
  void add_other_formats(ReplyWorkload& work) const {
    const auto changed = [](Precision p, Format format) {
      // Of linear layers: attention and the head stay as they were.
      p.attention = at_least_16_bits(p.attention == Format::kNone ? p.activations : p.attention);
      p.head = at_least_16_bits(p.head == Format::kNone ? p.weights : p.head);
      p.activations = p.weights = format;
      if (p.expert_weights != Format::kNone) {
        p.expert_weights = format;
      }
      return p;
    };
    const std::vector<ServingPlan> serving = work.serving;
    const std::vector<TrainingPlan> training = work.training;
    for (const OtherFormat* other : formats_) {
      const double bytes = bytes_per_element(other->format);
      const auto other_than = [&](const Precision& p) {
        return other->format == Format::kTf32 || bytes < bytes_per_element(p.activations);
      };
      for (ServingPlan plan : serving) {
        if (other_than(plan.precision)) {
          plan.precision = changed(plan.precision, other->format);
          work.serving.push_back(plan);
        }
      }
      for (TrainingPlan plan : training) {
        if (other->trains) {
          plan.request.precision = changed(plan.request.precision, other->format);
          work.training.push_back(plan);
        }
      }
    }
  }

  // A plan of a step on the base part; none where it does not divide the model, which is an error
  // where `strict`.
  std::optional<StepRequest> step_of(StepKind kind, const Json& fields, bool strict) {
    std::vector<FieldProblem> problems;
    auto request = read_step_request(w_, kind, fields, problems);
    if (!request || !problems.empty()) {
      if (strict) {
        for (FieldProblem& one : problems) {
          problem(std::move(one.message));
        }
        if (!request) {
          add(std::move(request).error());
        }
      }
      return std::nullopt;
    }
    adopt_formats(*request);
    if (!strict) {
      choose_plan(*request);
      undivided_ = kind == StepKind::kTrain
                       ? check(request->model, request->training)
                       : check(request->model, request->serving, request->decode_of(1));
      if (!undivided_.empty()) {
        return std::nullopt;
      }
    }
    return std::move(*request);
  }

  // Groups that practice serves such a model on.
  static std::vector<Json> serving_splits(const LlmModel& model) {
    std::vector<Json> splits;
    if (!model.moe) {
      for (const int tensor : {1, 2, 4, 8}) {
        splits.push_back({{"tp", tensor}});
      }
      return splits;
    }
    for (const int tensor : {1, 4, 8}) {
      splits.push_back({{"tp", tensor}});
    }
    for (const int ranks : {8, 16, 32}) {
      splits.push_back({{"tp", 1}, {"dp", ranks}, {"ep", ranks}});
    }
    return splits;
  }
  // Of 256 chips.
  static std::vector<Json> training_splits() {
    constexpr int kChips = 256;
    std::vector<Json> splits;
    for (const auto& [tensor, pipeline] :
         {std::pair{8, 1}, std::pair{8, 2}, std::pair{8, 4}, std::pair{8, 8}, std::pair{4, 4},
          std::pair{2, 8}, std::pair{1, 16}}) {
      for (const char* recompute : {"none", "full"}) {
        splits.push_back({{"tp", tensor},
                          {"pp", pipeline},
                          {"dp", kChips / tensor / pipeline},
                          {"batch", kChips},
                          {"zero", "1"},
                          {"recompute", recompute}});
      }
    }
    return splits;
  }

  // --- silicon

  [[nodiscard]] bool known_by_then(int month) const { return month <= month_of(out_->known); }

  // Data rate of a pin of the base part.
  [[nodiscard]] double base_gbit_s(const MemoryKind& memory) const {
    const auto& bandwidth = out_->base->memory.bandwidth;
    const double gb_s = bandwidth && bandwidth->value ? bandwidth->value->base() / kGiga : 0.0;
    return gb_s * 8.0 / (out_->die->units_on * memory.bits);
  }

  void add_bodies() {
    const DieRecord& die = *out_->die;
    const ProcessNode* node = out_->silicon.node(die.node);
    const MemoryKind* memory = out_->silicon.memory(die.memory);
    RL_CHECK(node != nullptr && memory != nullptr);
    out_->base_body = cut_down_body(die, *node, *memory);
    out_->base_body.dies = die.dies;
    if (mode_ != ReplyMode::kNew) {
      add_cut_down(die, out_->base_body);
    }
    if (mode_ != ReplyMode::kCutDown) {
      add_new(die, *node);
    }
  }

  // The body for each market that it may be sold on.
  void add_body(ReplyBody body, bool sold_otherwise) {
    if (markets_ != Markets::kWorkstation) {
      body.workstation = false;
      out_->reply.bodies.push_back(body);
    }
    if (markets_ != Markets::kDataCenter && sold_otherwise) {
      body.workstation = true;
      out_->reply.bodies.push_back(std::move(body));
    }
  }

  // Idle silicon that reaches the next area where a limit on density lets more through.
  [[nodiscard]] std::vector<double> dead_areas(double area) const {
    std::vector<double> list{0.0};
    if (dead_) {
      for (const double more : {0.25, 0.5, 1.0}) {
        list.push_back(std::round(more * area));
      }
    }
    return list;
  }

  ReplyBody cut_down_body(const DieRecord& die, const ProcessNode& node,
                          const MemoryKind& memory) const {
    const Chip& base = *out_->base;
    ReplyBody body;
    body.die = die.id;
    body.node = &node;
    body.memory = &memory;
    body.spec = die.spec;
    body.die_mm2 = die.area_mm2;
    body.core_mm2 = die_area(node, memory, die.spec)[index_of(DiePart::kCores)] / die.spec.cores;
    body.spared_mm2 = spared_area(node, die.spec);
    body.base_node = out_->silicon.node(die.base.node);
    body.base_mm2 = die.base.mm2;
    body.bases = die.base.count;
    body.host_gb_s = die.host_gb_s;
    body.clock_ghz = die.clock_ghz;
    // No part has had more of the die than the fullest.
    const double most =
        std::min(die.spec.cores, static_cast<double>(base.core.count.value_or(0)) / die.dies);
    const double step = std::ceil(most / kMostCoreChoices);
    const double fewest = std::max(1.0, std::floor(most / kMostCoreChoices));
    for (double cores = most; cores > fewest; cores -= step) {
      body.cores.insert(body.cores.begin(), cores);
    }
    body.cores.insert(body.cores.begin(), fewest);
    // Interfaces of a die are as fast as those of the part that it was drawn for.
    const double fastest = base_gbit_s(memory);
    for (const double grade : memory.gbit_s) {
      if (grade < fastest * kSameGrade) {
        body.gbit_s.push_back(grade);
      }
    }
    body.gbit_s.push_back(fastest);
    body.unit_gb = memory.sizes_by(month_of(out_->known));
    // Of a die of its own, or of the package where other dies have them.
    const bool has_links = die.spec.link_gb_s > 0.0;
    const double link_dies = has_links ? die.dies : 1.0;
    const double links = has_links ? die.spec.link_gb_s : link_of(base);
    body.link_gb_s = {0.0};
    for (double link = die.link_step_gb_s; link > 0.0 && link <= links + 0.5;
         link += die.link_step_gb_s) {
      body.link_gb_s.push_back(link * link_dies);
    }
    const double unit_dies = die.spec.memory_units > 0.0 ? die.dies : 1.0;
    for (double units = 1.0; units * unit_dies <= most_units(die); ++units) {
      body.memory_units.push_back(units * unit_dies);
    }
    return body;
  }

  void add_cut_down(const DieRecord& die, const ReplyBody& one_package) {
    ReplyBody body = one_package;
    for (int dies = die.dies; dies <= std::max(die.dies, most_dies_); ++dies) {
      body.dies = dies;
      const double more = static_cast<double>(dies) / die.dies;
      const auto scale = [more](std::vector<double> values) {
        for (double& value : values) {
          value *= more;
        }
        return values;
      };
      body.memory_units = scale(one_package.memory_units);
      body.link_gb_s = scale(one_package.link_gb_s);
      body.host_gb_s = one_package.host_gb_s;
      for (const double dead : dead_areas(dies * die.area_mm2)) {
        body.dead_mm2 = dead;
        add_with_hosts(body, die);
      }
    }
  }
  // With the memories of hosts that it may read: over the bus that it has, or a link of their own.
  void add_with_hosts(const ReplyBody& plain, const DieRecord& die) {
    ReplyBody body = plain;
    std::vector<ReplyBody> linked;
    for (const HostMemory& one : out_->silicon.host_memories) {
      if (!uses_host_memory_ || !known_by_then(one.since)) {
        continue;
      }
      const auto& links = die.host_memory;
      const bool own_link = one.bus_gb_s > 0.0;
      if (own_link && std::find(links.begin(), links.end(), one.id) == links.end()) {
        continue;
      }
      ReplyBody& reader = own_link ? linked.emplace_back(plain) : body;
      reader.host_memory = &one;
      reader.host_gb_s += one.bus_gb_s;
      const double bus = own_link ? one.bus_gb_s : plain.host_gb_s;
      reader.host_reads_gb_s = std::min(one.gb_s, bus / 2.0);
    }
    add_body(std::move(body), die.sold_as_workstation);
    for (ReplyBody& one : linked) {
      add_body(std::move(one), die.sold_as_workstation);
    }
  }

  // A new die with cores of the same design.
  void add_new(const DieRecord& like, const ProcessNode& node) {
    std::vector<const ProcessNode*> nodes;
    for (const std::string& id : names_in("nodes")) {
      const ProcessNode* one = out_->silicon.node(id);
      if (one == nullptr) {
        std::vector<std::string_view> ids;
        for (const ProcessNode& each : out_->silicon.nodes) {
          ids.push_back(each.id);
        }
        problem(fmt::format("there is no node '{}'", id),
                {fmt::format("nodes: {}", fmt::join(ids, ", "))});
      } else if (known_by_then(one->since)) {
        nodes.push_back(one);
      }
    }
    if (plain("nodes").empty()) {
      nodes.push_back(&node);
    }
    for (const ProcessNode* one : nodes) {
      for (const MemoryKind& memory : out_->silicon.memories) {
        if (known_by_then(memory.since) && !memory.sizes_by(month_of(out_->known)).empty()) {
          add_new_on(like, *one, memory);
        }
      }
    }
  }

  void add_new_on(const DieRecord& like, const ProcessNode& node, const MemoryKind& memory) {
    constexpr std::array<double, 5> kStacks{2, 4, 5, 6, 8};
    constexpr std::array<double, 5> kChannels{6, 8, 12, 14, 16};
    constexpr std::array<double, 4> kLinks{0.0, 200.0, 400.0, 900.0};
    for (double cores = 16.0; cores <= 192.0; cores += 16.0) {
      for (const double cache : {0.5, 1.0}) {
        for (const double units : memory.stacked ? kStacks : kChannels) {
          for (const double link : kLinks) {
            ReplyBody body;
            body.node = &node;
            body.memory = &memory;
            body.spec = like.spec;
            body.spec.cores = cores;
            body.spec.cache_mb *= cache;
            body.spec.memory_units = units;
            body.spec.link_gb_s = link;
            body.spec.graphics_mm2 = 0.0;
            body.spec.bridge_gb_s = 0.0;
            const DieParts parts = die_area(node, memory, body.spec);
            body.die_mm2 = total_of(parts);
            if (body.die_mm2 > kReticleMm2) {
              continue;
            }
            body.core_mm2 = parts[index_of(DiePart::kCores)] / cores;
            body.spared_mm2 = spared_area(node, body.spec);
            body.host_gb_s = like.host_gb_s;
            body.clock_ghz = like.clock_ghz;
            // One in sixteen to spare, as is the custom.
            body.cores = {cores - std::ceil(cores / 16.0)};
            body.gbit_s = memory.gbit_s;
            body.unit_gb = memory.sizes_by(month_of(out_->known));
            for (int dies = 1; dies <= most_dies_; ++dies) {
              body.dies = dies;
              body.memory_units = {units * dies};
              body.link_gb_s = {link * dies};
              for (const double dead : dead_areas(dies * body.die_mm2)) {
                body.dead_mm2 = dead;
                add_body(body, false);
              }
            }
          }
        }
      }
    }
  }

  const Workspace& w_;
  Diagnostics undivided_;  // why the last plan that was tried is none
  ReplyMode mode_ = ReplyMode::kCutDown;
  std::vector<Mix> mixes_;
  Markets markets_ = Markets::kAny;
  int most_dies_ = 2;
  bool dead_ = true;
  bool uses_host_memory_ = false;
  std::vector<const OtherFormat*> formats_;
  std::unique_ptr<ReplyRequest> out_ = std::make_unique<ReplyRequest>();
};

// What a workload of a file says, each problem in its place.
void check_work(const Workspace& w, const data::Node& work, Diagnostics& errors) {
  const auto text = [&work](const char* key) {
    return std::string(work.find(key).string().value_or(""));
  };
  const auto wrong = [&](const char* key, Code code, std::string message, std::string help) {
    errors.push_back({code, std::move(message), work.find(key).span(), {std::move(help)}, {}});
  };
  for (const char* key : {"ttft", "tpot"}) {
    const Json fields{{key, text(key)}};
    if (!text(key).empty() && !Fields(fields).seconds(key)) {
      wrong(key, Code::kMissingUnit, "expected a time above zero",
            "write it as \"50ms\" or \"5s\"");
    }
  }
  if (const std::string name = text("model"); !name.empty()) {
    if (const auto model = find_model(w, name); !model) {
      for (Error error : model.error()) {
        error.where = work.find("model").span();
        errors.push_back(std::move(error));
      }
    }
  }
  if (const std::string name = text("engine"); !name.empty() && find_engine(name) == nullptr) {
    std::vector<std::string_view> names;
    for (const Engine& engine : engines()) {
      names.push_back(engine.name);
    }
    wrong("engine", Code::kUnknownReference, fmt::format("there is no engine '{}'", name),
          fmt::format("engines: {}", fmt::join(names, ", ")));
  }
}

}  // namespace

bool made_of(const Catalog& catalog, const DieRecord& die, const Chip& chip) {
  const Chip* part = catalog.chip(die.chip);
  return die.chip == chip.id ||
         (part != nullptr && part->architecture == chip.architecture && part->die.area &&
          chip.die.area && part->die.area->value == chip.die.area->value);
}

const DieRecord* die_named(const Workspace& workspace, const Silicon& silicon,
                           const std::string& name) {
  if (const DieRecord* die = silicon.die(name)) {
    return die;
  }
  const auto chips = find_chips(workspace, name);
  if (!chips || chips->size() != 1) {
    return nullptr;
  }
  const auto found = std::find_if(
      silicon.dies.begin(), silicon.dies.end(),
      [&](const DieRecord& die) { return made_of(workspace.catalog, die, chips->front()); });
  return found == silicon.dies.end() ? nullptr : &*found;
}

std::string usual_model(Date known, bool trains) {
  struct Usual {
    int since;
    std::string_view serves, trains;
  };
  constexpr std::array<Usual, 3> kUsual{{{202501, "deepseek-r1", "llama-3.1-70b"},
                                         {202307, "llama-2-70b", "llama-2-70b"},
                                         {0, "gpt-3-175b", "gpt-3-175b"}}};
  const auto found = std::find_if(kUsual.begin(), kUsual.end(), [known](const Usual& one) {
    return one.since <= month_of(known);
  });
  return std::string(trains ? found->trains : found->serves);
}

Reply part_as_sold(const Chip& chip, const ReplyRequest& request) {
  const DieRecord& die = *request.die;
  const auto giga = [](const auto& fact) {
    return fact && fact->value ? fact->value->base() / kGiga : 0.0;
  };
  Reply part;
  const int cores = chip.core.count.value_or(request.base->core.count.value_or(0));
  part.cores = std::min(static_cast<double>(cores) / die.dies, die.spec.cores);
  part.cap = legal_quantities(chip).tpp.value.value_or(part.cap);
  part.link_gb_s = link_of(chip);
  part.dram_gb_s = giga(chip.memory.bandwidth);
  const double capacity = giga(chip.memory.capacity);
  part.memory_units = std::clamp(std::round(capacity / die.unit_gb), 1.0, most_units(die));
  part.unit_gb = capacity / part.memory_units;
  return part;
}

Loaded<ChipAtWork> chip_at_work(const Workspace& workspace, const Chip& chip, const Json& work,
                                Date known, Code field_code) {
  const Json fields{{"work", work}};
  auto request = ReplyReader(workspace, fields, field_code).read_work(chip, known);
  if (!request) {
    return tl::unexpected(std::move(request).error());
  }
  ChipAtWork found;
  const auto& capacity = chip.memory.capacity;
  const double bytes = capacity && capacity->value ? capacity->value->base() : 0.0;
  for (const auto& one : (*request)->works) {
    const bool known_speed = !one->refusal;
    found.tokens_per_s.push_back(known_speed ? tokens_per_s_as_sold(one->workload, bytes) : 0.0);
    found.refusals.push_back(one->refusal.value_or(Message()));
    found.scatter = std::max(found.scatter, one->log_sd());
  }
  return found;
}

Loaded<WorkMix> read_mix(const Workspace& workspace, const std::string& file,
                         const std::string& text) {
  Diagnostics errors;
  const data::Document document(file, text, errors);
  data::Reader reader(errors, document.damaged());
  WorkMix mix;
  (void)data::read_record(document.root(), mix, reader);  // its problems are in `errors`
  for (const data::Node& work : document.root().find("workload").items()) {
    check_work(workspace, work, errors);
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return mix;
}
data::TypeInfo mix_type() { return data::Codec<WorkMix>::info(); }

double ReplyWork::log_sd() const {
  return workload.phase == ReplyPhase::kTrain ? steps->training_constants().log_sd
                                              : steps->serving_constants().log_sd;
}

Json work_fields(const std::vector<WorkAsked>& list) {
  Json work = Json::array();
  for (const WorkAsked& one : list) {
    Json fields = one.fields();
    fields["phase"] = kReplyPhaseNames[static_cast<std::size_t>(one.phase)];
    fields["weight"] = one.weight;
    work.push_back(std::move(fields));
  }
  return work;
}

Json WorkAsked::fields() const {
  Json json = Json::object();
  const auto text = [&json](const char* name, const std::string& value) {
    if (!value.empty()) {
      json[name] = value;
    }
  };
  const auto count = [&json](const char* name, const std::optional<int>& value) {
    if (value) {
      json[name] = *value;
    }
  };
  text("model", model);
  text("dtype", dtype);
  text("engine", engine);
  text("ttft", ttft);
  text("tpot", tpot);
  count("prompt", prompt);
  count("answer", answer);
  count("seq", seq);
  return json;
}

const std::vector<std::string_view>& reply_fields() {
  static const std::vector<std::string_view> kNames(kReplyFields.begin(), kReplyFields.end());
  return kNames;
}

Loaded<std::unique_ptr<ReplyRequest>> read_reply_request(const Workspace& workspace,
                                                         const Json& fields, Code field_code) {
  return ReplyReader(workspace, fields, field_code).read();
}

}  // namespace redline::app
