#include "app/batch.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "app/classify.h"
#include "app/data_commands.h"
#include "app/die.h"
#include "app/estimate.h"
#include "app/estimate_step.h"
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
  if (request.chips.empty() && errors.empty()) {
    errors.push_back({Code::kBatchField, "field 'chip' is missing", std::nullopt, {}, {}});
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return classify(workspace, request, results::Words());  // machine output is never translated
}

Loaded<Answer> run_data_show(const Workspace& workspace, const Json& json) {
  Diagnostics errors;
  RequestFields fields(json, errors);
  const std::string name = fields.text("name");
  fields.finish("data-show");
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return data_show(workspace, name);
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
  if (request.subjects.empty() && errors.empty()) {
    errors.push_back({Code::kBatchField, "field 'chip' is missing", std::nullopt, {}, {}});
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return quota(workspace, request, results::Words());
}

// A row of measurements is a request.
Loaded<Answer> run_estimate_kernel(const Workspace& workspace, const Json& json) {
  return estimate_kernel(workspace, json, results::Words());
}

template <StepKind kKind>
Loaded<Answer> run_estimate_step(const Workspace& workspace, const Json& json) {
  return estimate_step(workspace, kKind, json, Code::kBatchField, results::Words());
}

Loaded<Answer> run_estimate_reasoning(const Workspace& workspace, const Json& json) {
  return estimate_reasoning(workspace, json, Code::kBatchField, results::Words());
}

Loaded<Answer> run_estimate_die(const Workspace& workspace, const Json& json) {
  return estimate_die(workspace, json, Code::kBatchField, results::Words());
}

Loaded<Answer> run_search_plan(const Workspace& workspace, const Json& json) {
  return search_plan_train(workspace, json, {}, Code::kBatchField, results::Words());
}

Loaded<Answer> run_search_serve(const Workspace& workspace, const Json& json) {
  return search_plan_serve(workspace, json, {}, Code::kBatchField, results::Words());
}

Loaded<Answer> run_search_chip(const Workspace& workspace, const Json& json) {
  return search_chip(workspace, json, {}, Code::kBatchField, results::Words());
}

Loaded<Answer> run_impact(const Workspace& workspace, const Json& json) {
  return impact(workspace, json, {}, Code::kBatchField, results::Words());
}

Loaded<Answer> run_exposure(const Workspace& workspace, const Json& json) {
  return exposure_answer(workspace, json, {}, Code::kBatchField, results::Words());
}

Loaded<Answer> run_search_rule(const Workspace& workspace, const Json& json) {
  return search_rule(workspace, json, {}, Code::kBatchField, results::Words());
}

Loaded<Answer> run_simulate_serve(const Workspace& workspace, const Json& json) {
  return simulate_serve(workspace, json, {}, Code::kBatchField, results::Words());
}

Loaded<Answer> run_simulate_capacity(const Workspace& workspace, const Json& json) {
  return simulate_capacity(workspace, json, {}, Code::kBatchField, results::Words());
}

struct BatchCommand {
  std::string_view name;
  Loaded<Answer> (*run)(const Workspace&, const Json&);
};
constexpr std::array kCommands{
    BatchCommand{"classify", run_classify},
    BatchCommand{"quota", run_quota},
    BatchCommand{"estimate-kernel", run_estimate_kernel},
    BatchCommand{"estimate-train", run_estimate_step<StepKind::kTrain>},
    BatchCommand{"estimate-prefill", run_estimate_step<StepKind::kPrefill>},
    BatchCommand{"estimate-decode", run_estimate_step<StepKind::kDecode>},
    BatchCommand{"estimate-reasoning", run_estimate_reasoning},
    BatchCommand{"estimate-die", run_estimate_die},
    BatchCommand{"search-chip", run_search_chip},
    BatchCommand{"search-plan-train", run_search_plan},
    BatchCommand{"search-plan-serve", run_search_serve},
    BatchCommand{"search-rule", run_search_rule},
    BatchCommand{"impact", run_impact},
    BatchCommand{"exposure", run_exposure},
    BatchCommand{"simulate-serve", run_simulate_serve},
    BatchCommand{"simulate-capacity", run_simulate_capacity},
    BatchCommand{"data-show", run_data_show}};

std::string error_line(const Json& id, const Diagnostics& errors, std::size_t number) {
  Json line = Json::object();
  if (!id.is_null()) {
    line["id"] = id;
  }
  line["error"] = batch_error(errors);
  line["error"]["line"] = number;
  return results::dump_json(line, results::JsonStyle::kCompact) + "\n";
}

// An id is echoed as it came; anything but a text or a number is no id.
Json id_of(const Json& request) {
  if (!request.is_object()) {
    return nullptr;
  }
  const auto id = request.find("id");
  return id != request.end() && (id->is_string() || id->is_number()) ? *id : Json(nullptr);
}

}  // namespace

std::vector<std::string_view> batch_commands() {
  std::vector<std::string_view> names;
  for (const BatchCommand& known : kCommands) {
    names.push_back(known.name);
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

Loaded<Answer> answer_batch_request(const Workspace& workspace, const Json& request) {
  const auto command = request.find("command");
  for (const BatchCommand& known : kCommands) {
    if (command != request.end() && command->is_string() &&
        command->get_ref<const std::string&>() == known.name) {
      return known.run(workspace, request);
    }
  }
  const std::string given = command != request.end() && command->is_string()
                                ? command->get<std::string>()
                                : std::string();
  return tl::unexpected(
      Diagnostics{{Code::kBatchCommand,
                   given.empty() ? "field 'command' is missing or not a text"
                                 : fmt::format("there is no batch command '{}'", given),
                   std::nullopt,
                   {fmt::format("commands: {}", fmt::join(batch_commands(), ", "))},
                   {}}});
}

std::string run_batch_line(const Workspace& workspace, std::string_view line, std::size_t number) {
  constexpr std::size_t kLongestLine = std::size_t{1} << 20U;
  Json request = line.size() > kLongestLine
                     ? Json(Json::value_t::discarded)
                     : Json::parse(line.begin(), line.end(), nullptr, /*allow_exceptions=*/false);
  if (request.is_discarded() || !request.is_object()) {
    return error_line(nullptr,
                      {{Code::kBatchSyntax,
                        line.size() > kLongestLine ? "the line is longer than 1 MiB"
                                                   : "the line is not a JSON object",
                        std::nullopt,
                        {},
                        {}}},
                      number);
  }
  const Json id = id_of(request);
  auto answer = answer_batch_request(workspace, request);
  if (!answer) {
    return error_line(id, answer.error(), number);
  }
  RunInfo run_info;
  run_info.data_hash = workspace.files.hash;
  run_info.command_line = "batch";
  return render_line(*answer, run_info, id);
}

}  // namespace redline::app
