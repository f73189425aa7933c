#include "server/problem.h"

#include "app/report.h"
#include "results/envelope.h"

namespace redline::server {
namespace {

app::Json error_json(const Error& error) {
  app::Json json{{"code", code_name(error.code)}, {"message", error.message}};
  if (error.where) {
    json["where"] = {{"file", error.where->file},
                     {"line", error.where->line},
                     {"column", error.where->column},
                     {"text", error.where->text}};
  }
  json["help"] = error.help;
  return json;
}

}  // namespace

std::string problem_text(const Diagnostics& errors) {
  app::Json json{{"code", code_name(errors.front().code)},
                 {"message", errors.front().message},
                 {"help", errors.front().help}};
  json["errors"] = app::Json::array();
  for (const Error& error : errors) {
    json["errors"].push_back(error_json(error));
  }
  return results::dump_json({{"error", std::move(json)}}, results::JsonStyle::kCompact) + "\n";
}

Response problem(int status, const Diagnostics& errors) {
  Response response;
  response.status = status;
  response.body = std::make_shared<const std::string>(problem_text(errors));
  response.set("Cache-Control", "no-store");
  return response;
}

Response problem(int status, Code code, std::string message, std::vector<std::string> help) {
  return problem(status,
                 Diagnostics{{code, std::move(message), std::nullopt, std::move(help), {}}});
}

}  // namespace redline::server
