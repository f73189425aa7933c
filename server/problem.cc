#include "server/problem.h"

#include <algorithm>

#include "app/report.h"
#include "base/characters.h"
#include "results/envelope.h"

namespace redline::server {
namespace {

// An answer is not to be longer than what it answers: a message may hold what was sent.
std::string shortened(const std::string& text) {
  constexpr std::size_t kMost = 1000;
  if (text.size() <= kMost) {
    return text;
  }
  std::size_t end = kMost;
  while (end > 0 && continues_character(text[end])) {
    --end;
  }
  return text.substr(0, end) + " …";
}

app::Json help_json(const Error& error) {
  app::Json list = app::Json::array();
  for (const std::string& line : error.help) {
    list.push_back(shortened(line));
  }
  return list;
}

app::Json error_json(const Error& error) {
  app::Json json{{"code", code_name(error.code)}, {"message", shortened(error.message)}};
  if (error.where) {
    json["where"] = {{"file", error.where->file},
                     {"line", error.where->line},
                     {"column", error.where->column},
                     {"text", shortened(error.where->text)}};
  }
  json["help"] = help_json(error);
  return json;
}

}  // namespace

std::string problem_text(const Diagnostics& errors) {
  app::Json json{{"code", code_name(errors.front().code)},
                 {"message", shortened(errors.front().message)},
                 {"help", help_json(errors.front())}};
  json["errors"] = app::Json::array();
  constexpr std::size_t kMost = 100;
  for (std::size_t i = 0; i < std::min(errors.size(), kMost); ++i) {
    json["errors"].push_back(error_json(errors[i]));
  }
  if (errors.size() > kMost) {
    json["more"] = errors.size() - kMost;
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
