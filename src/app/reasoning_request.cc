#include "app/reasoning_request.h"

#include <algorithm>

#include <fmt/format.h>

#include "redline/quantity.h"

#include "base/nearest.h"

namespace redline::app {
namespace {

constexpr auto kReasoningFields = std::to_array<std::string_view>(
    {"id", "command", "benchmark", "checkpoint", "method", "samples", "thinking_tokens",
     "token_budget", "tpot", "extrapolate", "prompt", "batch"});
// Taken along as fields of a step.
constexpr auto kStep = std::to_array<std::string_view>({"model",
                                                        "system",
                                                        "chips",
                                                        "tp",
                                                        "pp",
                                                        "dp",
                                                        "ep",
                                                        "engine",
                                                        "dtype",
                                                        "kv_dtype",
                                                        "drafts",
                                                        "tokens_per_step",
                                                        "imbalance",
                                                        "overlap",
                                                        "rent_usd_per_hour",
                                                        "price_usd",
                                                        "usd_per_kwh",
                                                        "pue",
                                                        "utilisation_percent",
                                                        "years"});
constexpr auto kPlan = std::to_array<std::string_view>({"tp", "pp", "dp", "ep"});

// Where no length is published: doubled from the first.
constexpr std::int64_t kShortest = 1024;
constexpr std::int64_t kLongest = 32768;

class ReasoningReader {
 public:
  ReasoningReader(const Workspace& w, const Json& json, Code code)
      : w_(w), json_(json), fields_(json), code_(code) {}

  Loaded<ReasoningRequest> read() {
    std::vector<FieldProblem> unknown;
    look_for_unknown(json_, reasoning_fields(), unknown);
    for (FieldProblem& one : unknown) {
      problem(std::move(one.message));
    }
    read_model();
    read_places();
    read_ways();
    if (errors_.empty()) {
      read_curves();
    }
    if (!errors_.empty()) {
      return tl::unexpected(std::move(errors_));
    }
    choose_lengths();
    return std::move(out_);
  }

 private:
  void problem(std::string message, std::vector<std::string> help = {}) {
    errors_.push_back({code_, std::move(message), std::nullopt, std::move(help), {}});
  }
  void assume(std::string_view text, std::initializer_list<Message::Argument> values = {}) {
    out_.assumptions.emplace_back(text, values);
  }
  [[nodiscard]] std::string plain(const char* name) const {
    const auto found = json_.find(name);
    return found != json_.end() && found->is_string() ? found->get<std::string>() : std::string();
  }

  void read_model() {
    if (plain("model").empty()) {
      problem("the model is not said", {"name one, such as deepseek-r1"});
      return;
    }
    auto model = find_model(w_, plain("model"));
    if (!model) {
      errors_.insert(errors_.end(), model.error().begin(), model.error().end());
      return;
    }
    out_.model = std::move(*model);
  }

  // Chips and systems by name; the one of `system` where no chip is named.
  void read_places() {
    std::vector<std::string> names;
    const auto chips = json_.find("chip");
    if (chips != json_.end()) {
      for (const Json& one : chips->is_array() ? *chips : Json::array({*chips})) {
        names.push_back(one.is_string() ? one.get<std::string>() : std::string());
      }
    } else if (fields_.has("system")) {
      names.emplace_back();
    }
    if (names.empty()) {
      problem("neither chip nor system is said", {"name chips, such as h20 h100-sxm5"});
    }
    Json step = Json::object();
    for (const std::string_view name : kStep) {
      if (const auto found = json_.find(name); found != json_.end()) {
        step[std::string(name)] = *found;
      }
    }
    out_.plan_stated = std::any_of(kPlan.begin(), kPlan.end(),
                                   [this](std::string_view name) { return fields_.has(name); });
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string& name = names[i];
      Json place = step;
      for (const char* term : {"rent_usd_per_hour", "price_usd"}) {
        take_own(place, term, i, names.size());
      }
      if (!name.empty()) {
        place[find_system(w_, name) != nullptr ? "system" : "chip"] = name;
      }
      out_.places.push_back(std::move(place));
    }
  }

  // Of a list of terms that of the chip.
  void take_own(Json& place, const char* term, std::size_t chip, std::size_t chips) {
    if (!fields_.has(term)) {
      return;
    }
    const auto list = words(term);
    if (list.size() != 1 && list.size() != chips) {
      if (chip == 0) {
        problem(fmt::format("field '{}' has {} values for {} chips", term, list.size(), chips));
      }
      return;
    }
    place[term] = list[list.size() == 1 ? 0 : chip];
  }

  std::int64_t count(std::string_view name, std::int64_t otherwise) {
    if (!fields_.has(name)) {
      return otherwise;
    }
    const auto value = fields_.count(name);
    if (!value || *value > kMostWhole) {
      problem(fmt::format("field '{}' must be a whole number from 1 to {}", name, kMostWhole));
      return otherwise;
    }
    return *value;
  }

  // A list as people write it, or one of JSON.
  [[nodiscard]] std::vector<std::string> words(std::string_view name) const {
    const Json& value = json_[name];
    if (!value.is_array()) {
      return split_list(fields_.text(name));
    }
    std::vector<std::string> list;
    for (const Json& one : value) {
      list.push_back(one.is_string() ? one.get<std::string>() : one.dump());
    }
    return list;
  }

  // "12000", "1024,8192", "1024..32768": doubled from the first, and the last.
  std::vector<std::int64_t> lengths(std::string_view name) {
    std::vector<std::int64_t> list;
    for (const std::string& word : words(name)) {
      const auto range = word.find("..");
      const auto first = whole_number(word.substr(0, range));
      const auto last = range == std::string::npos ? first : whole_number(word.substr(range + 2));
      if (!first || !last || *last < *first) {
        problem(
            fmt::format("field '{}' must be whole numbers, a list or a range such as "
                        "1024..32768, from 1 to {}",
                        name, kMostWhole));
        return {};
      }
      for (std::int64_t n = *first; n < *last; n *= 2) {
        list.push_back(n);
      }
      list.push_back(*last);
    }
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  }

  void read_methods() {
    out_.methods.clear();
    for (const std::string& word : words("method")) {
      const auto* found = std::find(kReasoningNames.begin(), kReasoningNames.end(), word);
      if (found == kReasoningNames.end()) {
        problem(
            fmt::format("field 'method' must be of {}, or all", fmt::join(kReasoningNames, ", ")));
        return;
      }
      out_.methods.push_back(static_cast<Reasoning>(found - kReasoningNames.begin()));
    }
  }

  void read_ways() {
    out_.prompt = count("prompt", out_.prompt);
    if (!fields_.has("prompt")) {
      assume("prompt of {count} tokens", {{"count", std::to_string(out_.prompt)}});
    }
    out_.batch = count("batch", 0);
    out_.token_budget = count("token_budget", 0);
    out_.extrapolate = fields_.truth("extrapolate");
    if (fields_.has("samples")) {
      out_.samples = lengths("samples");
    }
    out_.tokens_stated = fields_.has("thinking_tokens");
    if (out_.tokens_stated) {
      out_.tokens = lengths("thinking_tokens");
    }
    out_.methods = {Reasoning::kChain, Reasoning::kMajority, Reasoning::kBestOf,
                    Reasoning::kRevision};
    if (fields_.has("method") && fields_.text("method") != "all") {
      read_methods();
    }
    out_.tpot_s = fields_.seconds("tpot").value_or(0.0);
    if (fields_.has("tpot") && out_.tpot_s == 0.0) {
      problem("field 'tpot' must be a time such as 50ms");
    }
  }

  // What the user calls the model, where it is the name of a checkpoint; else the one of its name;
  // else the only one there is. Names of several that share a shape do not say which.
  std::string choose(const std::vector<std::string>& checkpoints) {
    for (const std::string& name : {plain("model"), out_.model.name, out_.model.id}) {
      for (const std::string& one : checkpoints) {
        if (same_words(one, name)) {
          return one;
        }
      }
    }
    return checkpoints.size() == 1 ? checkpoints.front() : std::string();
  }

  static void add_once(std::vector<std::string>& list, const std::string& name) {
    const auto same = [&name](const std::string& one) { return same_words(one, name); };
    if (std::none_of(list.begin(), list.end(), same)) {
      list.push_back(name);
    }
  }

  void read_curves() {
    const auto points = published_accuracy(w_);
    if (!points) {
      errors_.insert(errors_.end(), points.error().begin(), points.error().end());
      return;
    }
    const std::string benchmark = plain("benchmark");
    const std::string checkpoint = plain("checkpoint");
    if (benchmark.empty()) {
      if (!checkpoint.empty()) {
        problem("a checkpoint is named but no benchmark", {"name one with --benchmark"});
      }
      return;
    }
    std::vector<std::string> benchmarks, all;
    for (const PublishedPoint& one : *points) {
      if (one.equal_samples > 0.0) {
        continue;
      }
      add_once(benchmarks, one.benchmark);
      if (!same_words(one.benchmark, benchmark)) {
        continue;
      }
      add_once(all, one.checkpoint);
      if (one.record == out_.model.id) {
        add_once(out_.published, one.checkpoint);
      }
    }
    if (all.empty()) {
      std::sort(benchmarks.begin(), benchmarks.end());
      problem(fmt::format("no accuracy on a benchmark '{}' is published", benchmark),
              {fmt::format("there are {}", fmt::join(benchmarks, ", "))});
      return;
    }
    const auto asked = std::find_if(benchmarks.begin(), benchmarks.end(),
                                    [&](const auto& one) { return same_words(one, benchmark); });
    const std::string chosen = checkpoint.empty() ? choose(out_.published) : checkpoint;
    out_.curves = curves_of(*points, chosen, *asked);
    if (checkpoint.empty()) {
      if (!chosen.empty() && !same_words(chosen, out_.model.name)) {
        assume("the accuracy is that of {checkpoint}", {{"checkpoint", chosen}});
      }
    } else if (out_.curves.empty() && out_.curves.sources.empty()) {
      problem(fmt::format("no accuracy of '{}' on {} is published", checkpoint, benchmark),
              {fmt::format("there are {}", fmt::join(all, ", "))});
    }
  }

  void choose_lengths() {
    if (out_.tokens_stated) {
      return;
    }
    const TaskCurves& curves = out_.curves;
    if (!curves.tokens.curve.empty()) {
      for (const AccuracyPoint& point : curves.tokens.curve.points()) {
        out_.tokens.push_back(static_cast<std::int64_t>(point.spent));
      }
      assume("chains of the mean length that was published");
    } else if (curves.max_tokens) {
      out_.tokens_bound = true;
      out_.tokens.push_back(static_cast<std::int64_t>(*curves.max_tokens));
      assume(
          "the mean length of chains is not published: {count} tokens are the most they may have",
          {{"count", std::to_string(out_.tokens.front())}});
    } else {
      const std::int64_t longest = std::max<std::int64_t>(1, out_.longest_chain());
      for (std::int64_t n = std::min(kShortest, longest); n <= std::min(kLongest, longest);
           n *= 2) {
        out_.tokens.push_back(n);
      }
      assume("the length of chains is not published: some are tried");
    }
  }

  const Workspace& w_;
  const Json& json_;
  Fields fields_;
  Code code_;
  Diagnostics errors_;
  ReasoningRequest out_;
};

}  // namespace

std::int64_t ReasoningRequest::longest_chain() const {
  constexpr std::int64_t kNotSaid = 131072;
  return model.shape.max_positions.value_or(kNotSaid) - prompt;
}

const std::vector<std::string_view>& reasoning_fields() {
  static const std::vector<std::string_view> kFields = [] {
    std::vector<std::string_view> names(kReasoningFields.begin(), kReasoningFields.end());
    names.insert(names.end(), kStep.begin(), kStep.end());
    names.emplace_back("chip");
    return names;
  }();
  return kFields;
}

Loaded<ReasoningRequest> read_reasoning(const Workspace& workspace, const Json& fields,
                                        Code field_code) {
  return ReasoningReader(workspace, fields, field_code).read();
}

}  // namespace redline::app
