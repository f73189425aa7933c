#include "app/batch.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "app/classify.h"
#include "app/compare.h"
#include "app/data_commands.h"
#include "app/die.h"
#include "app/estimate.h"
#include "app/estimate_step.h"
#include "app/explain.h"
#include "app/exposure.h"
#include "app/impact.h"
#include "app/quota.h"
#include "app/reasoning.h"
#include "app/search_chip.h"
#include "app/search_rule.h"
#include "app/search_serve.h"
#include "app/simulate.h"
#include "base/nearest.h"
#include "results/envelope.h"

namespace redline::app {
namespace {

Error field_error(std::string_view field, std::string_view expected) {
  return {Code::kBatchField,
          fmt::format("field '{}' must be {}", field, expected),
          std::nullopt,
          {},
          {}};
}

// Reads the fields of one request; gathers what is wrong with it.
class RequestFields {
 public:
  RequestFields(const Json& request, Diagnostics& errors) : request_(request), errors_(errors) {}

  std::string text(const char* name) {
    const Json* value = take(name);
    if (value == nullptr) {
      return {};
    }
    if (!value->is_string()) {
      errors_.push_back(field_error(name, "a text"));
      return {};
    }
    return value->get<std::string>();
  }

  std::vector<std::string> texts(const char* name) {
    const Json* value = take(name);
    if (value == nullptr) {
      return {};
    }
    if (value->is_string()) {
      return {value->get<std::string>()};
    }
    std::vector<std::string> list;
    if (value->is_array()) {
      for (const Json& item : *value) {
        if (item.is_string()) {
          list.push_back(item.get<std::string>());
        }
      }
    }
    if (!value->is_array() || list.size() != value->size()) {
      errors_.push_back(field_error(name, "a text or a list of texts"));
    }
    return list;
  }

  bool truth(const char* name) {
    const Json* value = take(name);
    if (value != nullptr && !value->is_boolean()) {
      errors_.push_back(field_error(name, "true or false"));
      return false;
    }
    return value != nullptr && value->get<bool>();
  }

  std::optional<double> number(const char* name) {
    const Json* value = take(name);
    if (value == nullptr) {
      return std::nullopt;
    }
    const double amount = value->is_number() ? value->get<double>() : -1.0;
    if (!std::isfinite(amount) || amount < 0.0) {
      errors_.push_back(field_error(name, "a number that is not negative"));
      return std::nullopt;
    }
    return amount;
  }

  std::optional<Date> date(const char* name) {
    const std::string value = text(name);
    if (value.empty()) {
      return std::nullopt;
    }
    auto parsed = parse_date(value);
    if (!parsed) {
      errors_.push_back(field_error(name, "a date such as \"2025-04-16\""));
      return std::nullopt;
    }
    return *parsed;
  }

  // {"tpp": 2300, "dc": false, "die": "800 mm2", "pd": null}; null is unknown.
  std::vector<Setting> settings(const char* name) {
    const Json* value = take(name);
    std::vector<Setting> list;
    if (value == nullptr) {
      return list;
    }
    if (!value->is_object()) {
      errors_.push_back(field_error(name, "an object of quantities"));
      return list;
    }
    for (const auto& [key, item] : value->items()) {
      if (item.is_string()) {
        list.push_back({key, item.get<std::string>()});
      } else if (item.is_number() || item.is_boolean()) {
        list.push_back({key, results::dump_json(item, results::JsonStyle::kCompact)});
      } else if (item.is_null()) {
        list.push_back({key, "unknown"});
      } else {
        errors_.push_back(field_error(key, "a number, a text, true, false or null"));
      }
    }
    return list;
  }

  // After `finish`: reports a field that was not given, where nothing else is wrong.
  void require(const char* name, bool given) {
    if (!given && errors_.empty()) {
      errors_.push_back(
          {Code::kBatchField, fmt::format("field '{}' is missing", name), std::nullopt, {}, {}});
    }
  }

  // Reports every field that nobody asked for.
  void finish(std::string_view command) {
    for (const auto& [key, value] : request_.items()) {
      if (key == "id" || key == "command" ||
          std::find(taken_.begin(), taken_.end(), key) != taken_.end()) {
        continue;
      }
      const std::vector<std::string_view> pool(taken_.begin(), taken_.end());
      const auto near = nearest_names(key, pool);
      errors_.push_back(
          {Code::kBatchField,
           fmt::format("'{}' has no field '{}'{}", command, key,
                       near.empty() ? "" : fmt::format(", did you mean '{}'?", near.front())),
           std::nullopt,
           {},
           {}});
    }
  }

 private:
  const Json* take(const char* name) {
    taken_.emplace_back(name);
    const auto found = request_.find(name);
    return found == request_.end() || found->is_null() ? nullptr : &*found;
  }

  const Json& request_;
  Diagnostics& errors_;
  std::vector<std::string> taken_;
};

Loaded<Answer> run_classify(const Workspace& workspace, const Json& json) {
  Diagnostics errors;
  RequestFields fields(json, errors);
  ClassifyRequest request;
  request.chips = fields.texts("chip");
  request.to = fields.text("to");
  request.hq = fields.text("hq");
  const std::string headquarters = fields.text("headquarters");
  request.hq = request.hq.empty() ? headquarters : request.hq;
  request.from = fields.text("from");
  request.end_user = fields.text("end_user");
  request.as_of = fields.date("as_of");
  request.settings = fields.settings("set");
  request.with = fields.texts("with");
  request.item = fields.text("item");
  request.listed_under = fields.text("listed_under");
  request.checklist = fields.truth("checklist");
  request.why = fields.truth("why");
  request.timeline = fields.truth("timeline");
  const std::string range = fields.text("diff");
  if (!range.empty()) {
    auto dates = parse_date_range(range);
    if (dates) {
      request.diff = *dates;
    } else {
      errors.push_back(field_error("diff", "two dates such as \"2022-10-07..2023-11-17\""));
    }
  }
  fields.finish("classify");
  fields.require("chip", !request.chips.empty());
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return classify(workspace, request, results::Words());  // machine output is never translated
}

Loaded<Answer> run_quota(const Workspace& workspace, const Json& json) {
  Diagnostics errors;
  RequestFields fields(json, errors);
  QuotaRequest request;
  request.subjects = fields.texts("chip");
  request.capped_units = fields.number("china_units");
  request.against_units = fields.number("us_units");
  request.planned_units = fields.number("planned");
  request.since = fields.date("since");
  request.until = fields.date("until");
  request.as_of = fields.date("as_of");
  fields.finish("quota");
  fields.require("chip", !request.subjects.empty());
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return quota(workspace, request, results::Words());
}

Loaded<Answer> run_compare(const Workspace& workspace, const Json& json, const AskRun& run) {
  Diagnostics errors;
  RequestFields fields(json, errors);
  CompareRequest request;
  request.chips = fields.texts("chip");
  request.model = fields.text("model");
  for (const char* term : {"rent_usd_per_hour", "usd_per_kwh", "pue"}) {
    if (const auto value = fields.number(term)) {
      request.terms[term] = *value;
    }
  }
  fields.finish("compare");
  fields.require("chip", !request.chips.empty());
  fields.require("model", !request.model.empty());
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return compare(workspace, request, results::Words(), run.stop);
}

// Commands of one text, which may be left out.
template <Loaded<Answer> (*kAnswer)(const Workspace&, const std::string&)>
Loaded<Answer> run_named(const Workspace& workspace, const Json& json, const char* field,
                         std::string_view command) {
  Diagnostics errors;
  RequestFields fields(json, errors);
  const std::string name = fields.text(field);
  fields.finish(command);
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return kAnswer(workspace, name);
}

Loaded<Answer> list_of(const Workspace& workspace, const std::string& kind) {
  return loaded(data_list(workspace, kind, results::Words()));
}

Loaded<Answer> schema_of(const Workspace& workspace, const std::string& kind) {
  return loaded(data_schema(workspace, kind, results::Words()));
}

Loaded<Answer> page_of(const Workspace&, const std::string& code) {
  return loaded(explain(code, results::Words()));
}

SimulateRun simulate_run_of(const AskRun& run) {
  SimulateRun simulation;
  simulation.threads = run.threads;
  simulation.stop = run.stop;
  if (run.progress) {
    simulation.progress = [&run](std::uint64_t done, std::uint64_t total) {
      run.progress(done, total, "");
    };
  }
  return simulation;
}

using Run = Loaded<Answer> (*)(const Workspace&, const Json&, const AskRun&);

template <Loaded<Answer> (*kAnswer)(const Workspace&, const Json&)>
constexpr Run kQuick =
    [](const Workspace& w, const Json& json, const AskRun&) { return kAnswer(w, json); };
template <StepKind kKind>
constexpr Run kStep = [](const Workspace& w, const Json& json, const AskRun&) {
  return estimate_step(w, kKind, json, Code::kBatchField, results::Words());
};
template <auto kLook>
constexpr Run kSearch = [](const Workspace& w, const Json& json, const AskRun& run) {
  return kLook(w, json, search_run_of(run), Code::kBatchField, results::Words());
};
template <auto kSimulate>
constexpr Run kSimulation = [](const Workspace& w, const Json& json, const AskRun& run) {
  return kSimulate(w, json, simulate_run_of(run), Code::kBatchField, results::Words());
};

struct Known {
  BatchCommand command;
  Run run;
};
constexpr std::array kCommands{
    Known{{"classify"}, kQuick<run_classify>}, Known{{"quota"}, kQuick<run_quota>},
    // A row of measurements is a request.
    Known{{"estimate-kernel"},
          [](const Workspace& w, const Json& json, const AskRun&) {
            return estimate_kernel(w, json, results::Words());
          }},
    Known{{"estimate-train"}, kStep<StepKind::kTrain>},
    Known{{"estimate-prefill"}, kStep<StepKind::kPrefill>},
    Known{{"estimate-decode"}, kStep<StepKind::kDecode>},
    Known{{"estimate-reasoning"},
          [](const Workspace& w, const Json& json, const AskRun&) {
            return estimate_reasoning(w, json, Code::kBatchField, results::Words());
          }},
    Known{{"estimate-die"},
          [](const Workspace& w, const Json& json, const AskRun&) {
            return estimate_die(w, json, Code::kBatchField, results::Words());
          }},
    Known{{"compare"}, run_compare}, Known{{"search-chip", true}, kSearch<search_chip>},
    Known{{"search-plan-train", true}, kSearch<search_plan_train>},
    Known{{"search-plan-serve", true}, kSearch<search_plan_serve>},
    Known{{"search-rule", true}, kSearch<search_rule>}, Known{{"impact", true}, kSearch<impact>},
    Known{{"exposure", true}, kSearch<exposure_answer>},
    Known{{"simulate-serve", true}, kSimulation<simulate_serve>},
    Known{{"simulate-capacity", true}, kSimulation<simulate_capacity>},
    Known{{"data-list"},
          [](const Workspace& w, const Json& json, const AskRun&) {
            return run_named<list_of>(w, json, "kind", "data-list");
          }},
    Known{{"data-show"},
          [](const Workspace& w, const Json& json, const AskRun&) {
            return run_named<data_show>(w, json, "name", "data-show");
          }},
    Known{{"data-schema"},
          [](const Workspace& w, const Json& json, const AskRun&) {
            return run_named<schema_of>(w, json, "kind", "data-schema");
          }},
    Known{{"explain"}, [](const Workspace& w, const Json& json, const AskRun&) {
            return run_named<page_of>(w, json, "code", "explain");
          }}};

// {"my-chip.toml": "…"}: texts that the names of the request may refer to.
Result<std::map<std::string, std::string>> attached_files(const Json& request) {
  std::map<std::string, std::string> files;
  const auto given = request.find("files");
  if (given == request.end()) {
    return files;
  }
  if (!given->is_object()) {
    return tl::unexpected(field_error("files", "an object of texts by name"));
  }
  for (const auto& [name, text] : given->items()) {
    if (!text.is_string()) {
      return tl::unexpected(field_error("files", "an object of texts by name"));
    }
    files.emplace(name, text.get<std::string>());
  }
  return files;
}

std::string error_line(const Json& id, const Diagnostics& errors, std::size_t number) {
  Json line = Json::object();
  if (!id.is_null()) {
    line["id"] = id;
  }
  line["error"] = batch_error(errors);
  line["error"]["line"] = number;
  return results::dump_json(line, results::JsonStyle::kCompact) + "\n";
}

}  // namespace

const std::vector<BatchCommand>& batch_commands() {
  static const std::vector<BatchCommand> kAll = [] {
    std::vector<BatchCommand> all;
    for (const Known& known : kCommands) {
      all.push_back(known.command);
    }
    return all;
  }();
  return kAll;
}

SearchRun search_run_of(const AskRun& run) {
  SearchRun search;
  search.threads = run.threads;
  search.stop = run.stop;
  if (run.progress) {
    search.progress = [&run](const SearchProgress& now, const std::string& best) {
      run.progress(now.done, now.total, best);
    };
  }
  return search;
}

Json id_of(const Json& request) {
  if (!request.is_object()) {
    return nullptr;
  }
  const auto id = request.find("id");
  return id != request.end() && (id->is_string() || id->is_number()) ? *id : Json(nullptr);
}

std::uint64_t seed_of(const Json& request) {
  const auto given = request.find("seed");
  return given != request.end() && given->is_number_unsigned() ? given->get<std::uint64_t>()
                                                               : RunInfo().seed;
}

std::vector<std::string_view> batch_command_names() {
  std::vector<std::string_view> names;
  for (const Known& known : kCommands) {
    names.push_back(known.command.name);
  }
  return names;
}

Json batch_error(const Diagnostics& errors) {
  std::string message;
  for (const Error& error : errors) {
    message += (message.empty() ? "" : "; ") + error.message;
    if (!error.help.empty()) {
      message += fmt::format(" ({})", fmt::join(error.help, "; "));
    }
  }
  return {{"code", code_name(errors.front().code)}, {"message", message}};
}

Loaded<Answer> answer_batch_request(const Workspace& workspace, const Json& request,
                                    const AskRun& run) {
  auto files = attached_files(request);
  if (!files) {
    return tl::unexpected(Diagnostics{std::move(files).error()});
  }
  if (request.contains("files")) {
    Workspace with = workspace;
    with.attached = std::move(*files);
    Json rest = request;
    rest.erase("files");
    return answer_batch_request(with, rest, run);
  }
  const auto command = request.find("command");
  const std::string given = command != request.end() && command->is_string()
                                ? command->get<std::string>()
                                : std::string();
  for (const Known& known : kCommands) {
    if (given == known.command.name) {
      return known.run(workspace, request, run);
    }
  }
  return tl::unexpected(
      Diagnostics{{Code::kBatchCommand,
                   given.empty() ? "field 'command' is missing or not a text"
                                 : fmt::format("there is no batch command '{}'", given),
                   std::nullopt,
                   {fmt::format("commands: {}", fmt::join(batch_command_names(), ", "))},
                   {}}});
}

Result<Json> parse_batch_request(std::string_view text, std::string_view noun) {
  constexpr std::size_t kLongest = std::size_t{1} << 20U;
  if (text.size() > kLongest) {
    return fail(Code::kBatchSyntax, fmt::format("the {} is longer than 1 MiB", noun));
  }
  // What walks a value calls itself for each level.
  constexpr int kDeepest = 64;
  // An object that keeps its order looks through all its keys for each new one.
  constexpr int kMostKeys = 10'000;
  bool too_deep = false;
  int keys = 0;
  const auto watch = [&](int depth, Json::parse_event_t event, Json&) {
    too_deep = too_deep || depth > kDeepest;
    keys += event == Json::parse_event_t::key ? 1 : 0;
    return !too_deep && keys <= kMostKeys;
  };
  Json request = Json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  if (too_deep) {
    return fail(Code::kBatchSyntax,
                fmt::format("the {} is nested deeper than {} levels", noun, kDeepest));
  }
  if (keys > kMostKeys) {
    return fail(Code::kBatchSyntax, fmt::format("the {} has more than {} keys", noun, kMostKeys));
  }
  if (!request.is_object()) {
    return fail(Code::kBatchSyntax, fmt::format("the {} is not a JSON object", noun));
  }
  return request;
}

std::string run_batch_line(const Workspace& workspace, std::string_view line, std::size_t number) {
  const auto request = parse_batch_request(line);
  if (!request) {
    return error_line(nullptr, {request.error()}, number);
  }
  const Json id = id_of(*request);
  auto answer = answer_batch_request(workspace, *request);
  if (!answer) {
    return error_line(id, answer.error(), number);
  }
  RunInfo run_info;
  run_info.data_hash = workspace.files.hash;
  run_info.command_line = "batch";
  run_info.seed = seed_of(*request);
  return render_line(*answer, run_info, id);
}

}  // namespace redline::app
