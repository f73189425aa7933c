#include "server/service.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/brief.h"
#include "app/build_info.h"
#include "base/fingerprint.h"
#include "base/nearest.h"
#include "results/envelope.h"
#include "results/html.h"
#include "results/words.h"
#include "server/bundle.h"
#include "server/openapi.h"
#include "server/problem.h"

namespace redline::server {
namespace {

using app::Json;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kJson = "application/json";

std::shared_ptr<const std::string> shared(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

std::string json_line(const Json& json) {
  return results::dump_json(json, results::JsonStyle::kCompact) + "\n";
}

// "gzip;q=0" refuses what "gzip" asks for.
bool takes_gzip(const Request& request) {
  for (const std::string_view one : parts_of(request.header("Accept-Encoding"), ',')) {
    if (equal_ignoring_case(one.substr(0, one.find_first_of("; ")), "gzip")) {
      return one.find("q=0") == std::string_view::npos ||
             one.find("q=0.") != std::string_view::npos;
    }
  }
  return false;
}

// Whether the client has the answer of this tag already.
bool has_already(const Request& request, std::string_view etag) {
  const std::string_view tags = request.header("If-None-Match");
  return tags == "*" || tags.find(etag) != std::string_view::npos;
}

// A value of a query: JSON where it is, else a text.
Json value_of(const std::string& text) {
  const auto parsed = app::parse_batch_request(fmt::format("{{\"v\":{}}}", text));
  return parsed && parsed->size() == 1 && parsed->contains("v") ? parsed->at("v") : Json(text);
}

// Fields of the query of a GET; a name that stands there twice is a list.
Json fields_of(const Request& request) {
  Json fields = Json::object();
  for (const auto& [name, text] : request.query) {
    if (name == "fields" || name == "token") {
      continue;
    }
    Json value = value_of(text);
    const auto before = fields.find(name);
    if (before == fields.end()) {
      fields[name] = std::move(value);
    } else if (before->is_array()) {
      before->push_back(std::move(value));
    } else {
      *before = Json::array({*before, std::move(value)});
    }
  }
  return fields;
}

// Of a value the parts that these paths name, such as "chip" and "spans.outcome"; lists are passed
// through. What no path names is left out; a path that leads nowhere gives nothing.
Json picked(const Json& value, const std::vector<std::string_view>& paths) {
  if (value.is_array()) {
    Json list = Json::array();
    for (const Json& one : value) {
      list.push_back(picked(one, paths));
    }
    return list;
  }
  if (!value.is_object()) {
    return value;
  }
  Json out = Json::object();
  for (const auto& [key, item] : value.items()) {
    bool whole = false;
    std::vector<std::string_view> below;
    for (const std::string_view path : paths) {
      if (path == key) {
        whole = true;
      } else if (path.size() > key.size() && path.starts_with(key) && path[key.size()] == '.') {
        below.push_back(path.substr(key.size() + 1));
      }
    }
    if (whole) {
      out[key] = item;
    } else if (!below.empty()) {
      out[key] = picked(item, below);
    }
  }
  return out;
}

// A short request must not ask for endless work: no list in it has more entries than that.
constexpr std::size_t kLongestList = 64;

std::optional<Response> refuse_lists(const Json& fields) {
  constexpr std::size_t kMostFields = 256;
  if (fields.size() > kMostFields) {
    return problem(400, Code::kTooMuch,
                   fmt::format("the request has more than {} fields", kMostFields), {});
  }
  for (const auto& [name, value] : fields.items()) {
    if (value.size() > kLongestList && value.is_structured()) {
      return problem(400, Code::kTooMuch,
                     fmt::format("field '{}' has more than {} entries", name, kLongestList),
                     {"ask in parts, or with `redline batch`"});
    }
  }
  return std::nullopt;
}

Response not_allowed(std::string_view allowed) {
  Response response = problem(405, Code::kNoResource, "this is not asked in that way",
                              {fmt::format("use {}", allowed)});
  response.set("Allow", std::string(allowed));
  return response;
}

Response too_much() {
  Response response = problem(503, Code::kTooMuch, "the server has too much to do",
                              {"ask again after the seconds of Retry-After"});
  response.set("Retry-After", "2");
  return response;
}

Response ends_now() {
  Response response =
      problem(503, Code::kTooMuch, "the server is ending", {"ask again when it has started anew"});
  response.set("Retry-After", "5");
  return response;
}

int status_of(const Diagnostics& errors) { return errors.front().code == Code::kBug ? 500 : 400; }

}  // namespace

Service::Service(std::shared_ptr<const app::Workspace> workspace, std::vector<Resource> resources,
                 ServiceOptions options)
    : workspace_(std::move(workspace)),
      resources_(std::move(resources)),
      options_(std::move(options)),
      kept_(options_.most_kept_bytes),
      quick_(options_.threads, options_.most_waiting),
      long_(1, options_.most_waiting) {
  openapi_ = json_line(openapi(resources_));
  Json index{{"commands", app::batch_command_names()},
             {"jobs", "/v1/jobs"},
             {"texts", {"/v1/texts/en", "/v1/texts/zh-Hans", "/v1/texts/zh-Hant"}},
             {"version", "/v1/version"},
             {"openapi", "/openapi.json"}};
  index_ = json_line(index);
  version_ = json_line({{"redline", app::kVersion},
                        {"data_hash", workspace_->files.hash},
                        {"as_of", format_date(workspace_->date)}});
}

Result<std::unique_ptr<Service>> Service::open(std::shared_ptr<const app::Workspace> workspace,
                                               std::vector<Resource> resources,
                                               ServiceOptions options) {
  std::unique_ptr<Service> service(
      new Service(std::move(workspace), std::move(resources), std::move(options)));
  JobLimits limits;
  limits.most_queued = service->options_.most_queued_jobs;
  limits.threads = service->options_.threads;
  auto jobs = Jobs::open(service->options_.jobs_folder, limits,
                         [&one = *service](const Json& request, const app::AskRun& run) {
                           return one.work_out_job(request, run);
                         });
  if (!jobs) {
    return tl::unexpected(std::move(jobs).error());
  }
  service->jobs_ = std::move(*jobs);
  return service;
}

void Service::stop() {
  stopping_ = true;
  jobs_->stop();
}

Response Service::answer(const Request& request) {
  constexpr std::string_view kApi = "/v1";
  const std::string_view path = request.path;
  if (path == "/openapi.json") {
    return fixed(request, path, kJson, openapi_);
  }
  if (path == kApi || path.starts_with("/v1/")) {
    return api(request, path.substr(std::min(kApi.size() + 1, path.size())));
  }
  return file(request);
}

Response Service::api(const Request& request, std::string_view path) {
  if (path.empty()) {
    return fixed(request, "/v1", kJson, index_);
  }
  if (path == "version") {
    return fixed(request, request.path, kJson, version_);
  }
  if (path == "jobs" || path.starts_with("jobs/")) {
    return jobs(request, path.substr(std::min<std::size_t>(5, path.size())));
  }
  if (path.starts_with("texts/")) {
    const auto language = results::find_language(path.substr(6));
    if (language) {
      return fixed(request, request.path, kJson, results::catalogue_text(*language));
    }
  }
  for (const app::BatchCommand& known : app::batch_commands()) {
    if (known.name == path) {
      return command(request, known);
    }
  }
  std::vector<std::string> help{"GET /v1 lists what there is"};
  for (const std::string_view near : nearest_names(path, app::batch_command_names(), 1)) {
    help.insert(help.begin(), fmt::format("did you mean /v1/{}?", near));
  }
  return problem(404, Code::kNoResource, fmt::format("there is no /v1/{}", path), std::move(help));
}

std::string Service::etag_of(std::string_view question) const {
  Fingerprint fingerprint;
  fingerprint.add(workspace_->files.hash);
  fingerprint.add(options_.build);
  fingerprint.add(question);
  // Weak: what differs between two runs of one question (seconds, say) does not count.
  return fmt::format("W/\"{}\"", fingerprint.hex());
}

// A text that hangs on program and data alone, by a name of its own: many paths may lead to it.
Response Service::fixed(const Request& request, std::string_view name, std::string_view type,
                        std::string_view text, bool unchanging) {
  if (request.method != "GET" && request.method != "HEAD") {
    return not_allowed("GET, HEAD");
  }
  Response response;
  response.type = type;
  const std::string etag = etag_of(name);
  response.set("ETag", etag);
  response.set("Vary", "Accept-Encoding");
  response.set("Cache-Control", unchanging ? "public, max-age=31536000, immutable" : "no-cache");
  if (has_already(request, etag)) {
    response.status = 304;
    return response;
  }
  if (takes_gzip(request)) {
    std::string key = "gzip " + std::string(name);
    auto kept = kept_.find(key);
    if (!kept) {
      if (auto compressed = gzipped(text)) {
        kept = KeptAnswer{std::move(compressed), true};
        kept_.keep(std::move(key), *kept);
      }
    }
    if (kept) {
      response.body = kept->body;
      response.set("Content-Encoding", "gzip");
      return response;
    }
  }
  response.body = shared(std::string(text));
  return response;
}

Response Service::command(const Request& request, const app::BatchCommand& command) {
  const bool by_query = request.method == "GET" || request.method == "HEAD";
  if (!by_query && request.method != "POST") {
    return not_allowed("GET, HEAD, POST");
  }
  const bool gzip = takes_gzip(request);
  std::string question(gzip ? "gzip " : "plain ");
  question += request.path;
  for (const auto& [name, value] : request.query) {
    // With lengths: a value may hold what would part it from the next.
    question += fmt::format("\n{}:{}{}:{}", name.size(), name, value.size(), value);
  }
  question += "\n";
  question += request.body;
  const std::string etag = etag_of(question);
  const auto with_tag = [&etag](Response response) {
    response.set("ETag", etag);
    response.set("Vary", "Accept-Encoding");
    response.set("Cache-Control", "no-cache");
    return response;
  };
  // Not for any tag (*): the question may be none.
  if (by_query && request.header("If-None-Match") != "*" && has_already(request, etag)) {
    Response unchanged;
    unchanged.status = 304;
    return with_tag(std::move(unchanged));
  }
  const auto answered = [&with_tag](const KeptAnswer& kept) {
    Response response;
    response.body = kept.body;
    if (kept.gzip) {
      response.set("Content-Encoding", "gzip");
    }
    return with_tag(std::move(response));
  };
  if (const auto kept = kept_.find(question)) {
    return answered(*kept);
  }
  Json fields;
  if (by_query) {
    fields = fields_of(request);
  } else {
    auto parsed = app::parse_batch_request(request.body, "body");
    if (!parsed) {
      return problem(400, Diagnostics{std::move(parsed).error()});
    }
    fields = std::move(*parsed);
  }
  if (auto refusal = refuse_lists(fields)) {
    return std::move(*refusal);
  }
  Response response = work_out(request, command, std::move(fields), request.parameter("fields"));
  if (response.status != 200) {
    return response;
  }
  KeptAnswer kept{response.body, false};
  if (gzip) {
    if (auto compressed = gzipped(*response.body)) {
      kept = {std::move(compressed), true};
    }
  }
  kept_.keep(std::move(question), kept);
  return answered(kept);
}

Response Service::work_out(const Request& request, const app::BatchCommand& command, Json fields,
                           std::string_view wanted) {
  const auto given = fields.find("command");
  if (given != fields.end() && *given != Json(command.name)) {
    return problem(400, Code::kBatchField,
                   fmt::format("this is /v1/{}, and field 'command' says another", command.name),
                   {"leave it out"});
  }
  fields["command"] = command.name;
  const auto until = Clock::now() + options_.time_limit;
  // Asked by every thread of a search for each of its blocks: looks at the socket now and then.
  std::atomic<Clock::rep> next_look{0};
  std::atomic<bool> gone{false};
  const auto give_up = [&] {
    if (stopping_ || gone || Clock::now() > until) {
      return true;
    }
    constexpr auto kBetween = std::chrono::milliseconds(20);
    const auto now = Clock::now().time_since_epoch().count();
    Clock::rep due = next_look;
    if (request.is_gone && now >= due &&
        next_look.compare_exchange_strong(due, now + Clock::duration(kBetween).count()) &&
        request.is_gone()) {
      gone = true;
    }
    return gone.load();
  };
  auto pass = (command.is_long ? long_ : quick_).enter(request.client, give_up);
  if (!pass) {
    return pass.error() == Turnstile::Refusal::kFull || !stopping_ ? too_much() : ends_now();
  }
  app::AskRun run;
  run.threads = command.is_long ? options_.threads : 1;
  run.stop = give_up;
  auto answer = app::answer_batch_request(*workspace_, fields, run);
  if (command.is_long && give_up()) {
    // What was found until then may be less than the answer.
    return stopping_
               ? ends_now()
               : problem(504, Code::kTooSlow,
                         fmt::format("not answered within {:g} s",
                                     std::chrono::duration<double>(options_.time_limit).count()),
                         {fmt::format("ask as a job: POST /v1/jobs with "
                                      "\"command\": \"{}\"",
                                      command.name)});
  }
  if (!answer) {
    return problem(status_of(answer.error()), answer.error());
  }
  if (!wanted.empty()) {
    answer->results = picked(answer->results, parts_of(wanted, ','));
  }
  Response response;
  response.body = shared(app::render_line(*answer, run_info(fields), app::id_of(fields)));
  return response;
}

app::RunInfo Service::run_info(const Json& request) const {
  app::RunInfo info;
  info.data_hash = workspace_->files.hash;
  info.command_line = "serve";
  info.threads = options_.threads;
  info.seed = app::seed_of(request);
  return info;
}

JobOutcome Service::work_out_job(const Json& request, const app::AskRun& run) const {
  JobOutcome outcome;
  if (request.value("command", Json()) == Json("report")) {
    app::BriefRequest asked;
    asked.scenario = request.value("scenario", "");
    asked.run = run_info(request);
    asked.how = app::search_run_of(run);
    if (const auto language = results::find_language(request.value("lang", "en"))) {
      asked.say = results::Words(*language);
    }
    auto brief = app::make_brief(*workspace_, asked);
    outcome.ok = brief.has_value();
    outcome.answer = brief ? std::move(brief->json) : problem_text(brief.error());
    outcome.page = brief ? std::move(brief->html) : std::string();
    return outcome;
  }
  const auto answer = app::answer_batch_request(*workspace_, request, run);
  outcome.ok = answer.has_value();
  outcome.answer = answer ? app::render_line(*answer, run_info(request), Json(nullptr))
                          : problem_text(answer.error());
  return outcome;
}

Response Service::jobs(const Request& request, std::string_view rest) {
  if (rest.empty()) {
    if (request.method == "POST") {
      return add_job(request);
    }
    if (request.method != "GET" && request.method != "HEAD") {
      return not_allowed("GET, HEAD, POST");
    }
    Json list = Json::array();
    for (const JobView& job : jobs_->all()) {
      list.push_back(job.json());
    }
    Response response;
    response.body = shared(json_line({{"jobs", std::move(list)}}));
    response.set("Cache-Control", "no-store");
    return response;
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  return job_part(request, std::string(rest.substr(0, slash)), rest.substr(slash));
}

Response Service::add_job(const Request& request) {
  auto parsed = app::parse_batch_request(request.body, "body");
  if (!parsed) {
    return problem(400, Diagnostics{std::move(parsed).error()});
  }
  const auto given = parsed->find("command");
  const std::string name =
      given != parsed->end() && given->is_string() ? given->get<std::string>() : std::string();
  std::vector<std::string_view> known = app::batch_command_names();
  known.emplace_back("report");
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    return problem(400, Code::kBatchCommand,
                   name.empty() ? "field 'command' is missing or not a text"
                                : fmt::format("there is no command '{}'", name),
                   {fmt::format("commands: {}", fmt::join(known, ", "))});
  }
  if (auto refusal = refuse_lists(*parsed)) {
    return std::move(*refusal);
  }
  if (name == "report") {
    for (const auto& [key, value] : parsed->items()) {
      const bool is_known = key == "command" || key == "id" || key == "scenario" || key == "lang";
      if (!is_known || (key != "id" && !value.is_string())) {
        return problem(400, Code::kBatchField,
                       is_known ? fmt::format("field '{}' must be a text", key)
                                : fmt::format("'report' has no field '{}'", key),
                       {"fields: scenario, lang"});
      }
    }
  }
  const auto job = jobs_->add(std::move(*parsed), request.client);
  if (!job) {
    const bool full = job.error().code == Code::kTooMuch;
    Response response = problem(full ? 429 : 507, Diagnostics{job.error()});
    if (full) {
      response.set("Retry-After", "10");
    }
    return response;
  }
  Response response;
  response.status = 202;
  response.body = shared(json_line(job->json()));
  response.set("Location", "/v1/jobs/" + job->id);
  response.set("Cache-Control", "no-store");
  return response;
}

Response Service::job_part(const Request& request, const std::string& id, std::string_view part) {
  auto job = jobs_->find(id);
  if (!job) {
    return problem(404, Code::kNoResource, fmt::format("there is no job '{}'", id),
                   {"GET /v1/jobs lists those that are remembered"});
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (part.empty() && request.method == "DELETE") {
    job = jobs_->cancel(id);
  } else if (!reads) {
    return not_allowed(part.empty() ? "GET, HEAD, DELETE" : "GET, HEAD");
  }
  Response response;
  response.set("Cache-Control", "no-store");
  if (part.empty()) {
    response.body = shared(json_line(job_json(*job)));
    return response;
  }
  if (part == "/events") {
    return events(request, id);
  }
  if (part != "/result" && part != "/page") {
    return problem(404, Code::kNoResource, fmt::format("a job has no '{}'", part.substr(1)),
                   {"events, result and page"});
  }
  auto outcome = jobs_->outcome(id);
  if (!outcome || job->state == JobState::kCancelled) {
    return problem(409, Code::kJobEnded,
                   fmt::format("job '{}' is {}", id, job_state_name(job->state)),
                   {fmt::format("follow it: GET /v1/jobs/{}/events", id)});
  }
  if (!outcome->ok) {
    response.status = 400;
  } else if (part == "/page") {
    if (outcome->page.empty()) {
      return problem(404, Code::kNoResource, fmt::format("'{}' makes no page", job->command), {});
    }
    response.type = "text/html; charset=utf-8";
    response.set("Content-Security-Policy", results::html_policy());
  }
  std::string& text = part == "/page" && outcome->ok ? outcome->page : outcome->answer;
  if (takes_gzip(request)) {
    if (auto compressed = gzipped(text)) {
      response.body = std::move(compressed);
      response.set("Content-Encoding", "gzip");
      return response;
    }
  }
  response.body = shared(std::move(text));
  return response;
}

Json Service::job_json(const JobView& job) const {
  Json json = job.json();
  if (job.state == JobState::kFailed) {
    if (const auto outcome = jobs_->outcome(job.id)) {
      json["error"] = Json::parse(outcome->answer, nullptr, false)["error"];
    }
  }
  return json;
}

Response Service::events(const Request& request, const std::string& id) {
  Response response;
  response.type = "text/event-stream";
  response.set("Cache-Control", "no-store");
  if (request.method == "HEAD") {
    return response;
  }
  response.stream = [this, id, seen = std::uint64_t{0}, ended = false](std::string& part) mutable {
    part.clear();
    if (ended || stopping_) {
      return false;
    }
    if (seen > 1) {
      // A search tells of its progress more often than anybody looks.
      constexpr auto kBetween = std::chrono::milliseconds(100);
      std::this_thread::sleep_for(kBetween);
    }
    constexpr auto kWait = std::chrono::milliseconds(1000);
    const auto job = jobs_->wait(id, seen, kWait);
    if (!job) {
      return false;
    }
    if (job->version <= seen) {
      part = ": still here\n\n";
      return true;
    }
    seen = job->version;
    ended = has_ended(job->state);
    part = fmt::format("event: job\nid: {}\ndata: {}\n\n", seen,
                       results::dump_json(job_json(*job), results::JsonStyle::kCompact));
    return true;
  };
  return response;
}

Response Service::file(const Request& request) {
  std::string_view path = request.path;
  auto found = bundle_file(path == "/" ? "/index.html" : path);
  // Not a name with a dot that is no file: /data/models/llama-3.1-8b.
  const bool is_file = media_type(path) != kAnyType || path.starts_with("/assets/");
  if (!found && !is_file) {
    found = bundle_file("/index.html");  // a page of the application
  }
  if (!found) {
    return problem(404, Code::kNoResource, fmt::format("there is no '{}'", path),
                   {"GET /v1 lists the API"});
  }
  Response response = fixed(request, found->path, media_type(found->path), found->text,
                            found->path.starts_with("/assets/"));
  response.set("Content-Security-Policy",
               "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
               "frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
  if (!options_.token.empty() && !request.parameter("token").empty()) {
    // The guard has looked at it: from here on the pages carry it.
    response.set("Set-Cookie", fmt::format("redline_token={}; HttpOnly; SameSite=Strict; Path=/",
                                           options_.token));
  }
  return response;
}

}  // namespace redline::server
