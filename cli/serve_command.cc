#include "cli/serve_command.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "app/build_info.h"
#include "cli/interrupt.h"
#include "server/http_server.h"

namespace redline::cli {
namespace {

using server::Resource;
using server::ResourceField;

// What the words behind a command are in a request, and fields of a request that work as they
// stand.
struct Positional {
  std::string_view command;
  std::vector<ResourceField> fields;
  app::Json example;
};

ResourceField field(std::string name, std::string doc, ResourceField::Type type,
                    bool required = false) {
  return {std::move(name), std::move(doc), type, {}, required};
}

std::vector<Positional> positionals() {
  using enum ResourceField::Type;
  const ResourceField chip =
      field("chip", "ids, aliases, globs, or files sent along", kTexts, true);
  const ResourceField seed = field("seed", "of random numbers (default 1)", kNumber);
  const app::Json serves{{"model", "llama-3.1-8b"}, {"chip", "h20"}};
  const auto with = [](app::Json fields, const app::Json& more) {
    fields.update(more);
    return fields;
  };
  return {
      {"classify", {chip}, {{"chip", "h20"}, {"as_of", "2025-04-16"}}},
      {"quota", {chip}, {{"chip", "h200-sxm"}, {"us_units", 500000}, {"china_units", 200000}}},
      {"estimate-kernel",
       {field("chip", "id, alias, or a file sent along", kText, true),
        field("op", "the operator, such as gemm; further fields are its own", kText, true)},
       {{"chip", "h20"}, {"op", "gemm"}, {"m", 4096}, {"n", 7168}, {"k", 4096}}},
      {"estimate-train",
       {},
       {{"model", "llama-3.1-8b"}, {"chip", "h20"}, {"chips", 64}, {"tp", 4}, {"batch", 256}}},
      {"estimate-prefill", {}, with(serves, {{"prompt", 2048}, {"batch", 4}})},
      {"estimate-decode", {}, with(serves, {{"batch", 32}})},
      {"estimate-reasoning", {chip}, {{"chip", "h20"}, {"model", "deepseek-r1"}}},
      {"estimate-die", {field("die", "ids; all where none is given", kTexts)}, {{"die", "gh100"}}},
      {"compare", {chip}, {{"chip", {"h20", "h200-sxm"}}, {"model", "llama-3.1-8b"}}},
      {"search-chip",
       {},
       {{"rule", "us-2023-10"}, {"to", "CN"}, {"as_of", "2023-10-17"}, {"from", "gh100"}}},
      {"search-plan-train",
       {},
       {{"model", "llama-3.1-8b"}, {"chip", "h20"}, {"chips", 64}, {"batch", 256}}},
      {"search-plan-serve", {}, with(serves, {{"ttft", "2s"}, {"tpot", "50ms"}})},
      {"search-rule", {seed}, {{"space", "april-2025"}}},
      {"impact",
       {field("before", "a date, a rule, a bill, a file sent along; several with +", kText, true),
        field("after", "the same", kText, true)},
       {{"before", "2025-04-08"}, {"after", "2025-04-16"}, {"dies", "gh100"}}},
      {"exposure",
       {field("scenario", "a name in data/exposure, or a file sent along", kText, true), seed},
       {{"scenario", "april-2025"}, {"samples", 4096}}},
      {"simulate-serve", {seed}, with(serves, {{"rate", 2}, {"requests", 500}})},
      {"simulate-capacity", {seed}, with(serves, {{"tpot", "30ms"}, {"requests", 500}})},
      {"data-list",
       {field("kind", "chips, systems, models, rules …; the kinds if left out", kText)},
       {{"kind", "chips"}}},
      {"data-show", {field("name", "id or alias of a record", kText, true)}, {{"name", "h20"}}},
      {"data-schema",
       {field("kind", "chip, system, model …, or predicate; all if left out", kText)},
       {{"kind", "chip"}}},
      {"explain", {field("code", "such as RL1203; all if left out", kText)}, {{"code", "RL1203"}}},
  };
}

// Options that say how a command runs or prints, not what is asked.
bool is_field(const Option& option) {
  constexpr std::array<std::string_view, 5> kNot{"--fail-if", "--plot", "--trace", "--no-prune",
                                                 "--section"};
  return std::find(kNot.begin(), kNot.end(), option.name) == kNot.end();
}

ResourceField field_of(const Option& option) {
  ResourceField out;
  out.name = field_name(option);
  out.doc = option.doc;
  if (option.name == "--set") {
    out.type = ResourceField::Type::kObject;
  } else if (option.value.empty()) {
    out.type = ResourceField::Type::kTruth;
  } else if (option.repeated) {
    out.type = ResourceField::Type::kTexts;
  } else if (option.kind == ValueKind::kNumber) {
    out.type = ResourceField::Type::kNumber;
  }
  for (const std::string_view choice : choice_list(option.choices)) {
    out.choices.emplace_back(choice);
  }
  return out;
}

// "127.0.0.1:8177", "[::1]:8177"
std::string address(std::string_view host, int port) {
  return host.find(':') != std::string_view::npos && !host.starts_with('[')
             ? fmt::format("[{}]:{}", host, port)
             : fmt::format("{}:{}", host, port);
}

struct Asked {
  server::HttpOptions http;
  server::ServiceOptions service;
};

Loaded<Asked> read_options(const Arguments& arguments, const std::string& executable,
                           const Settings& settings) {
  Diagnostics errors;
  Asked asked;
  asked.http.host = arguments.has("--host") ? arguments.value("--host") : "127.0.0.1";
  const auto whole = [&](std::string_view option, int otherwise, int least, int most) {
    if (!arguments.has(option)) {
      return otherwise;
    }
    const std::string text = arguments.value(option);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
      errors.push_back(
          {Code::kBadOptionValue,
           fmt::format("{}: '{}' is not a whole number from {} to {}", option, text, least, most),
           std::nullopt,
           {},
           {}});
      return otherwise;
    }
    return value;
  };
  constexpr int kUsualPort = 8177, kLastPort = 65535;
  asked.http.port = whole("--port", kUsualPort, 0, kLastPort);
  constexpr int kUsualSeconds = 30, kDay = 86'400;
  asked.service.time_limit = std::chrono::seconds(whole("--timeout", kUsualSeconds, 1, kDay));
  asked.http.guard.host_names = arguments.values("--allow-host");
  if (!server::is_address(asked.http.host)) {
    asked.http.guard.host_names.push_back(asked.http.host);
  }
  const char* variable = std::getenv("REDLINE_TOKEN");
  std::string token = arguments.has("--token") ? arguments.value("--token")
                      : variable != nullptr    ? variable
                                               : "";
  if (token.empty() && !server::is_loopback(asked.http.host)) {
    token = server::new_token();
  }
  if (!token.empty() && token.find_first_not_of(
                            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.~") !=
                            std::string::npos) {
    errors.push_back({Code::kBadOptionValue,
                      "--token: it may have letters, digits and -_.~ alone",
                      std::nullopt,
                      {},
                      {}});
  }
  asked.http.guard.token = token;
  asked.service.token = token;
  asked.service.threads = settings.search_threads();
  asked.service.jobs_folder = arguments.value("--jobs");
  std::error_code code;
  const auto program = std::filesystem::canonical("/proc/self/exe", code);
  const auto written =
      std::filesystem::last_write_time(code ? std::filesystem::path(executable) : program, code);
  asked.service.build = fmt::format("{} {}", app::kVersion, written.time_since_epoch().count());
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return asked;
}

}  // namespace

std::string field_name(const Option& option) {
  std::string field(option.name.substr(2));
  // Of searches: --no-caps says that a knob is not to be turned.
  if (field == "no-caps" || field == "no-slow-memory") {
    field.erase(0, 3);
  }
  std::replace(field.begin(), field.end(), '-', '_');
  for (const auto& [word, unit] : {std::pair{"rent", "_usd_per_hour"}, {"price", "_usd"}}) {
    const auto place = field.rfind(word);
    if (place != std::string::npos && place + std::string_view(word).size() == field.size()) {
      return field + unit;
    }
  }
  return field;
}

std::vector<Resource> resources() {
  std::vector<Resource> all;
  for (Positional& known : positionals()) {
    std::string name(known.command);
    std::replace(name.begin(), name.end(), '-', ' ');
    const Command* command = find_command(name);
    RL_CHECK(command != nullptr);
    Resource resource{std::string(known.command), std::string(command->summary),
                      std::string(command->description), std::move(known.fields),
                      std::move(known.example)};
    for (const Option& option : command->options) {
      if (is_field(option)) {
        resource.fields.push_back(field_of(option));
      }
    }
    all.push_back(std::move(resource));
  }
  return all;
}

int serve_command(const Arguments& arguments, app::Workspace workspace,
                  const std::string& executable, const Settings& settings, Terminal& terminal) {
  auto asked = read_options(arguments, executable, settings);
  if (!asked) {
    return terminal.fail(asked.error());
  }
#ifdef __GLIBC__
  // Each of its arenas keeps the most that ever stood in it, and it makes eight a core.
  constexpr int kAtLeast = 2, kLargest = 1 << 17;
  mallopt(M_ARENA_MAX, std::max(kAtLeast, static_cast<int>(settings.search_threads())));
  mallopt(M_MMAP_THRESHOLD, kLargest);
  mallopt(M_TRIM_THRESHOLD, kLargest);
#endif
  workspace.reads_disk = false;
  constexpr std::size_t kMostParts = 500;
  workspace.most_parts = kMostParts;
  const std::string host = asked->http.host;
  const std::string token = asked->service.token;
  auto service = server::Service::open(std::make_shared<const app::Workspace>(std::move(workspace)),
                                       resources(), std::move(asked->service));
  if (!service) {
    return terminal.fail(service.error());
  }
  server::HttpServer http(**service, std::move(asked->http));
  const auto port = http.listen();
  if (!port) {
    return terminal.fail(port.error());
  }
  catch_interrupts();
  const std::string url =
      fmt::format("http://{}/{}", address(host, *port), token.empty() ? "" : "?token=" + token);
  const int status =
      terminal.out(terminal.say()("Redline answers at {url}", {{"url", url}}) + "\n");
  if (status != kDone) {
    return status;
  }
  http.run([] { return interrupted(); });
  return kDone;
}

}  // namespace redline::cli
