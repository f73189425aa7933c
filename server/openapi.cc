#include "server/openapi.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/build_info.h"

namespace redline::server {
namespace {

using app::Json;

Json schema_of(const ResourceField& field) {
  Json schema = Json::object();
  switch (field.type) {
    case ResourceField::Type::kText:
      schema["type"] = {"string", "number"};  // 64 is as good as "64"
      break;
    case ResourceField::Type::kNumber:
      schema["type"] = {"number", "string"};
      break;
    case ResourceField::Type::kTruth:
      schema["type"] = "boolean";
      break;
    case ResourceField::Type::kTexts:
      schema["type"] = {"string", "array"};
      schema["items"] = {{"type", "string"}};
      break;
    case ResourceField::Type::kObject:
      schema["type"] = "object";
      break;
  }
  if (!field.choices.empty()) {
    schema["examples"] = field.choices;
  }
  schema["description"] = field.doc;
  return schema;
}

Json request_schema(const Resource& resource) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const ResourceField& field : resource.fields) {
    properties[field.name] = schema_of(field);
    if (field.required) {
      required.push_back(field.name);
    }
  }
  properties["id"] = {{"type", {"string", "number"}},
                      {"description", "echoed at the head of the answer"}};
  properties["files"] = {
      {"type", "object"},
      {"additionalProperties", {{"type", "string"}}},
      {"description", "texts of files by the names that other fields call them"}};
  Json schema{{"type", "object"},
              {"properties", std::move(properties)},
              {"additionalProperties", resource.command == "estimate-kernel"}};
  if (!required.empty()) {
    schema["required"] = std::move(required);
  }
  return schema;
}

Json ref(std::string_view kind, std::string_view name) {
  return {{"$ref", fmt::format("#/components/{}/{}", kind, name)}};
}

Json json_body(Json schema) { return {{"application/json", {{"schema", std::move(schema)}}}}; }

Json responses(std::string_view status, std::string_view description, Json content) {
  Json answer{{"description", description}};
  if (!content.is_null()) {
    answer["content"] = std::move(content);
  }
  return {{std::string(status), std::move(answer)}, {"default", ref("responses", "Problem")}};
}

Json parameter(std::string_view name, std::string_view doc, Json schema, bool required = false) {
  return {{"name", name},
          {"in", "query"},
          {"required", required},
          {"description", doc},
          {"schema", std::move(schema)}};
}

Json command_path(const Resource& resource) {
  Json query = Json::array();
  for (const ResourceField& field : resource.fields) {
    query.push_back(parameter(field.name, field.doc, schema_of(field), field.required));
  }
  query.push_back(ref("parameters", "fields"));
  const Json answer =
      responses("200", "the envelope of the command", json_body(ref("schemas", "Envelope")));
  Json get_answer = answer;
  get_answer["304"] = {{"description", "not changed since the ETag of If-None-Match"}};
  Json body = json_body(ref("schemas", resource.command));
  body["application/json"]["example"] = resource.example;
  return {{"get",
           {{"operationId", "get-" + resource.command},
            {"summary", resource.summary},
            {"description", resource.description},
            {"parameters", std::move(query)},
            {"responses", std::move(get_answer)}}},
          {"post",
           {{"operationId", resource.command},
            {"summary", resource.summary},
            {"description", resource.description},
            {"parameters", Json::array({ref("parameters", "fields")})},
            {"requestBody", {{"required", true}, {"content", std::move(body)}}},
            {"responses", answer}}}};
}

Json job_paths() {
  const Json job = json_body(ref("schemas", "Job"));
  const Json id{{"name", "id"},
                {"in", "path"},
                {"required", true},
                {"schema", {{"type", "string"}, {"examples", {"j000001"}}}}};
  const auto part = [&id](std::string_view name, std::string_view summary, Json answer) {
    return Json{{"parameters", Json::array({id})},
                {"get",
                 {{"operationId", fmt::format("job-{}", name)},
                  {"summary", summary},
                  {"responses", std::move(answer)}}}};
  };
  Json paths;
  paths["/v1/jobs"] = {
      {"get",
       {{"operationId", "jobs"},
        {"summary", "jobs that are remembered, the newest first"},
        {"responses",
         responses(
             "200", "the jobs",
             json_body({{"type", "object"},
                        {"properties",
                         {{"jobs", {{"type", "array"}, {"items", ref("schemas", "Job")}}}}}}))}}},
      {"post",
       {{"operationId", "add-job"},
        {"summary",
         "ask now, be answered later: a request of batch with its `command`, or `report`"},
        {"requestBody",
         {{"required", true},
          {"content", json_body({{"type", "object"},
                                 {"required", {"command"}},
                                 {"properties", {{"command", {{"type", "string"}}}}},
                                 {"additionalProperties", true}})}}},
        {"responses", responses("202", "the job; Location names it", job)}}}};
  paths["/v1/jobs/{id}"] = part("state", "how far it is", responses("200", "the job", job));
  paths["/v1/jobs/{id}"]["delete"] = {{"operationId", "cancel-job"},
                                      {"summary", "end it; one that has ended stays as it is"},
                                      {"responses", responses("200", "the job", job)}};
  paths["/v1/jobs/{id}/events"] =
      part("events", "follow it: an event `job` with each change, until it has ended",
           responses("200", "server-sent events", {{"text/event-stream", Json::object()}}));
  paths["/v1/jobs/{id}/result"] =
      part("result", "its answer",
           responses("200", "the envelope of the command", json_body(ref("schemas", "Envelope"))));
  paths["/v1/jobs/{id}/page"] = part("page", "the page that a report makes",
                                     responses("200", "HTML", {{"text/html", Json::object()}}));
  return paths;
}

Json get_path(std::string_view id, std::string_view summary, std::string_view description) {
  return {{"get",
           {{"operationId", id},
            {"summary", summary},
            {"responses", responses("200", description, json_body({{"type", "object"}}))}}}};
}

Json components(const std::vector<Resource>& resources) {
  Json schemas = Json::object();
  for (const Resource& resource : resources) {
    schemas[resource.command] = request_schema(resource);
  }
  const Json text{{"type", "string"}};
  schemas["Envelope"] = {
      {"type", "object"},
      {"required", {"schema", "redline", "data_hash", "as_of", "seed", "results", "run"}},
      {"properties",
       {{"id", {{"type", {"string", "number"}}}},
        {"schema", {{"type", "string"}, {"examples", {"redline.classify/1"}}}},
        {"redline", text},
        {"data_hash", text},
        {"as_of", {{"type", {"string", "null"}}, {"format", "date"}}},
        {"seed", {{"type", "integer"}}},
        {"results", {{"type", "array"}, {"items", {{"type", "object"}}}}},
        {"run",
         {{"type", "object"},
          {"description", "what may differ between two runs of one question"}}}}}};
  const Json problem{{"type", "object"},
                     {"required", {"code", "message", "help"}},
                     {"properties",
                      {{"code", {{"type", "string"}, {"pattern", "^RL[0-9]{4}$"}}},
                       {"message", text},
                       {"where", {{"type", "object"}}},
                       {"help", {{"type", "array"}, {"items", text}}},
                       {"errors", {{"type", "array"}, {"items", {{"type", "object"}}}}}}}};
  schemas["Problem"] = {
      {"type", "object"}, {"required", {"error"}}, {"properties", {{"error", problem}}}};
  schemas["Job"] = {
      {"type", "object"},
      {"required", {"id", "command", "state", "ahead", "progress"}},
      {"properties",
       {{"id", text},
        {"command", text},
        {"state", {{"enum", {"queued", "running", "done", "failed", "cancelled"}}}},
        {"ahead", {{"type", {"integer", "null"}}, {"description", "jobs before it"}}},
        {"progress",
         {{"type", {"object", "null"}},
          {"properties",
           {{"done", {{"type", "integer"}}},
            {"total", {{"type", {"integer", "null"}}}},
            {"best", {{"type", {"string", "null"}}}}}}}},
        {"unkept", {{"type", "string"}, {"description", "why its answer is in memory alone"}}},
        {"error", {{"type", "object"}}}}}};
  return {
      {"schemas", std::move(schemas)},
      {"parameters",
       {{"fields", parameter("fields", "of each result only these paths, such as chip,tests.limit",
                             {{"type", "string"}})}}},
      {"responses",
       {{"Problem",
         {{"description", "what is wrong, with the code and the help of the command line"},
          {"content", json_body(ref("schemas", "Problem"))}}}}},
      {"securitySchemes",
       {{"token",
         {{"type", "http"},
          {"scheme", "bearer"},
          {"description", "where the server listens to a network"}}}}}};
}

}  // namespace

Json openapi(const std::vector<Resource>& resources) {
  Json paths = Json::object();
  for (const Resource& resource : resources) {
    paths["/v1/" + resource.command] = command_path(resource);
  }
  paths.update(job_paths());
  paths["/v1"] = get_path("index", "what there is", "names of commands and paths");
  paths["/v1/version"] = get_path("version", "of program and data", "version, hash and date");
  paths["/v1/texts/{language}"] =
      get_path("texts", "the texts of the program in a language", "English text to translation");
  paths["/v1/texts/{language}"]["parameters"] =
      Json::array({{{"name", "language"},
                    {"in", "path"},
                    {"required", true},
                    {"schema", {{"enum", {"en", "zh-Hans", "zh-Hant"}}}}}});
  paths["/openapi.json"] = get_path("openapi", "this document", "OpenAPI 3.1");
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Redline"},
            {"version", app::kVersion},
            {"description",
             "Answers of Redline about AI chips: export rules, performance, design, exposure. "
             "Requests and results are those of `redline batch`."},
            {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"servers", Json::array({{{"url", "/"}}})},
          {"security", Json::array({Json::object(), {{"token", Json::array()}}})},
          {"paths", std::move(paths)},
          {"components", components(resources)}};
}

}  // namespace redline::server
