#include "app/sweep.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/batch.h"
#include "app/build_info.h"
#include "results/envelope.h"

namespace redline::app {
namespace {

std::string compact(const Json& json) {
  return results::dump_json(json, results::JsonStyle::kCompact);
}

store::ColumnType type_of(const std::vector<Json>& values) {
  const auto all = [&values](auto is) { return std::all_of(values.begin(), values.end(), is); };
  const auto whole = [](const Json& v) { return v.is_number_integer() || v.is_boolean(); };
  const auto number = [](const Json& v) { return v.is_number(); };
  const auto text = [](const Json& v) { return !v.is_number() && !v.is_boolean(); };
  return all(whole)    ? store::ColumnType::kInteger
         : all(number) ? store::ColumnType::kReal
         : all(text)   ? store::ColumnType::kText
                       : store::ColumnType::kAny;
}

// The request's id is the point's; an answer says whether what is asked for can be.
store::Status status_of(const Answer& answer) {
  if (answer.infeasible) {
    return store::Status::kInfeasible;
  }
  for (const Json& result : answer.results) {
    const auto found = result.is_object() ? result.find("feasible") : result.end();
    if (result.is_object() && found != result.end() && found->is_null()) {
      return store::Status::kUnknown;
    }
  }
  return store::Status::kDone;
}

}  // namespace

store::Manifest Sweep::manifest(const Workspace& workspace, std::uint64_t seed) const {
  store::Manifest manifest;
  manifest.redline = kVersion;
  manifest.data_hash = workspace.files.hash;
  manifest.run_hash = hash_;
  manifest.definition = definition_;
  manifest.as_of = format_date(workspace.date);
  manifest.seed = seed;
  manifest.points = points_;
  for (const Dimension& dimension : dimensions_) {
    for (const Field& field : dimension.fields) {
      manifest.dimensions.push_back({field.name, type_of(field.values)});
    }
  }
  store::take_shard(manifest, 1, 1);
  return manifest;
}

Json Sweep::values(std::uint64_t point) const {
  std::vector<std::size_t> digits(dimensions_.size());
  for (std::size_t d = dimensions_.size(); d-- > 0;) {
    digits[d] = static_cast<std::size_t>(point % dimensions_[d].size());
    point /= dimensions_[d].size();
  }
  Json values = Json::object();
  for (std::size_t d = 0; d < dimensions_.size(); ++d) {
    for (const Field& field : dimensions_[d].fields) {
      values[field.name] = field.values[digits[d]];
    }
  }
  return values;
}

bool Sweep::excluded(const Json& values) const {
  return std::any_of(exclusions_.begin(), exclusions_.end(), [&values](const Exclusion& one) {
    return std::all_of(one.fields.begin(), one.fields.end(), [&values](const auto& field) {
      const auto& [name, list] = field;
      return std::find(list.begin(), list.end(), values[name]) != list.end();
    });
  });
}

Json Sweep::fields_of(const Request& request, const Json& values) const {
  Json fields = request.fields;
  for (const Taken& taken : request.takes) {
    fields[taken.field] = values[taken.varied];
  }
  return fields;
}

std::optional<Error> Sweep::unknown_field(const Request& request, const Diagnostics& errors) const {
  // Which fields there are hangs on these; another point may have them.
  const auto varies = [&request](std::string_view field) {
    return std::any_of(request.takes.begin(), request.takes.end(),
                       [field](const Taken& one) { return one.field == field; });
  };
  if (varies("command") || varies("op")) {
    return std::nullopt;
  }
  for (const Error& error : errors) {
    for (const auto& [field, where] : request.places) {
      if (error.message.find(fmt::format("no field '{}'", field)) != std::string::npos) {
        Error placed = error;
        placed.code = Code::kUnknownKey;
        placed.where = where;
        placed.help.emplace_back("fields are those of a request of `redline batch`");
        return placed;
      }
    }
  }
  return std::nullopt;
}

Result<std::optional<store::Row>> Sweep::answer(const Workspace& workspace,
                                                std::uint64_t point) const {
  const Json varied = values(point);
  if (excluded(varied)) {
    return std::nullopt;
  }
  auto status = store::Status::kDone;
  Json answers = Json::array();
  for (const Request& request : requests_) {
    Json one = Json::object();
    if (!request.name.empty()) {
      one["name"] = request.name;
    }
    one["request"] = fields_of(request, varied);
    const auto answer = answer_batch_request(workspace, one["request"]);
    if (answer) {
      status = std::max(status, status_of(*answer));
      if (answer->as_of) {
        one["as_of"] = format_date(*answer->as_of);
      }
      one["results"] = answer->results;
    } else {
      if (auto unknown = unknown_field(request, answer.error())) {
        return tl::unexpected(std::move(*unknown));
      }
      status = store::Status::kError;
      one["error"] = batch_error(answer.error());
    }
    answers.push_back(std::move(one));
  }
  return store::make_row(
      point, status,
      fmt::format(",\"vary\":{},\"answers\":{}}}", compact(varied), compact(answers)));
}

}  // namespace redline::app
