#include "server/jobs.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include <fmt/format.h>

#include "data/files.h"
#include "results/envelope.h"
#include "server/problem.h"

namespace redline::server {
namespace {

namespace fs = std::filesystem;
using app::Json;

constexpr std::array<std::string_view, 5> kStateNames{"queued", "running", "done", "failed",
                                                      "cancelled"};
constexpr std::string_view kSuffix = ".job.json";

std::string id_of(std::uint64_t number) { return fmt::format("j{:06}", number); }

// The number of "j000042"; none of another text.
std::optional<std::uint64_t> number_of(std::string_view id) {
  std::uint64_t number = 0;
  if (!id.starts_with('j')) {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(id.data() + 1, id.data() + id.size(), number);
  return error == std::errc{} && end == id.data() + id.size() && id_of(number) == id
             ? std::optional(number)
             : std::nullopt;
}

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string_view job_state_name(JobState state) {
  return kStateNames[static_cast<std::size_t>(state)];
}

Json JobView::json() const {
  Json json{{"id", id}, {"command", command}, {"state", job_state_name(state)}};
  json["ahead"] = state == JobState::kQueued ? Json(ahead) : Json(nullptr);
  if (state == JobState::kRunning || done > 0) {
    json["progress"] = {{"done", done},
                        {"total", total > 0 ? Json(total) : Json(nullptr)},
                        {"best", app::text_or_null(best)}};
  } else {
    json["progress"] = nullptr;
  }
  if (!unkept.empty()) {
    json["unkept"] = unkept;
  }
  return json;
}

Jobs::Jobs(std::string folder, JobLimits limits, JobWork work)
    : folder_(std::move(folder)), limits_(limits), work_(std::move(work)) {}

Result<std::unique_ptr<Jobs>> Jobs::open(std::string folder, JobLimits limits, JobWork work) {
  std::unique_ptr<Jobs> jobs(new Jobs(std::move(folder), limits, std::move(work)));
  if (!jobs->folder_.empty()) {
    if (auto read = jobs->read_folder(); !read) {
      return tl::unexpected(std::move(read).error());
    }
  }
  jobs->worker_ =
      std::jthread([&jobs = *jobs](const std::stop_token& token) { jobs.work_on(token); });
  return jobs;
}

Jobs::~Jobs() {
  stop();
  if (worker_.joinable()) {
    worker_.request_stop();
    worker_.join();
  }
}

Result<void> Jobs::read_folder() {
  std::error_code code;
  if (fs::create_directories(folder_, code)) {
    // They hold who asked what.
    fs::permissions(folder_, fs::perms::owner_all, code);
  }
  auto lock = store::WriterLock::take(folder_ + "/jobs");
  if (!lock) {
    const bool busy = lock.error().code == Code::kRunBusy;
    return busy
               ? fail(Code::kRunBusy, fmt::format("another server keeps its jobs in '{}'", folder_),
                      {"give each its own folder"})
               : fail(lock.error().code, lock.error().message,
                      {"give --jobs a folder that this user may write"});
  }
  lock_.emplace(std::move(*lock));
  std::vector<std::string> ids;
  for (const auto& file : fs::directory_iterator(folder_, code)) {
    const std::string name = file.path().filename().string();
    if (name.ends_with(kSuffix)) {
      ids.push_back(name.substr(0, name.size() - kSuffix.size()));
    }
  }
  std::sort(ids.begin(), ids.end());
  for (const std::string& id : ids) {
    const auto number = number_of(id);
    const auto text = data::read_text_file(file_of(id));
    const Json json = text ? Json::parse(*text, nullptr, false) : Json();
    const auto state = std::find(kStateNames.begin(), kStateNames.end(),
                                 json.is_object() ? text_at(json, "state") : "");
    if (!number || state == kStateNames.end() || !json.contains("request") ||
        !json["request"].is_object()) {
      return fail(Code::kShardDamaged, fmt::format("'{}' is no job of Redline", file_of(id)),
                  {"move it away; the other jobs are whole"});
    }
    next_number_ = std::max(next_number_, *number + 1);
    auto job = std::make_shared<Job>();
    job->request = json["request"];
    job->client = text_at(json, "client");
    job->view.id = id;
    job->view.command = text_at(job->request, "command");
    job->view.state = static_cast<JobState>(state - kStateNames.begin());
    job->in_memory = false;
    jobs_.emplace(id, job);
    if (!has_ended(job->view.state)) {
      job->view.state = JobState::kQueued;
      enqueue(std::move(job));
    }
  }
  drop_old();
  return {};
}

std::string Jobs::file_of(const std::string& id) const {
  return folder_ + "/" + id + std::string(kSuffix);
}

std::string Jobs::text_of(const Job& job) const {
  Json json{{"id", job.view.id},
            {"state", job_state_name(job.view.state)},
            {"client", job.client},
            {"request", job.request}};
  if (has_ended(job.view.state)) {
    json["answer"] = job.outcome.answer;
    json["page"] = job.outcome.page;
  }
  return results::dump_json(json, results::JsonStyle::kCompact) + "\n";
}

JobView Jobs::view_of(const Job& job) const {
  JobView view = job.view;
  if (view.state == JobState::kQueued) {
    // Turns go round: before its own k-th place a line lets k - 1 of its jobs and at most k of
    // every other go first.
    std::size_t place = 0, ahead = 0;
    bool behind = false;
    for (const Line& line : queue_) {
      const auto found = std::find_if(line.jobs.begin(), line.jobs.end(),
                                      [&](const auto& one) { return one->view.id == view.id; });
      if (found != line.jobs.end()) {
        place = static_cast<std::size_t>(found - line.jobs.begin());
      }
    }
    for (const Line& line : queue_) {
      const bool own = std::any_of(line.jobs.begin(), line.jobs.end(),
                                   [&](const auto& one) { return one->view.id == view.id; });
      behind = behind || own;
      ahead += own ? place : std::min(line.jobs.size(), place + (behind ? 0 : 1));
    }
    view.ahead = ahead;
  }
  return view;
}

void Jobs::enqueue(std::shared_ptr<Job> job) {
  auto line = std::find_if(queue_.begin(), queue_.end(),
                           [&](const Line& one) { return one.client == job->client; });
  if (line == queue_.end()) {
    line = queue_.insert(queue_.end(), {job->client, {}});
  }
  line->jobs.push_back(std::move(job));
  ++queued_;
  begun_.notify_one();
}

Result<JobView> Jobs::add(Json request, const std::string& client) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || queued_ >= limits_.most_queued) {
    return fail(Code::kTooMuch, fmt::format("{} jobs wait already", queued_),
                {"ask again when some have ended"});
  }
  auto job = std::make_shared<Job>();
  job->view.id = id_of(next_number_);
  job->view.command = text_at(request, "command");
  job->view.version = 1;
  job->request = std::move(request);
  job->client = client;
  if (!folder_.empty()) {
    // A job that cannot be kept is not taken.
    if (auto kept = data::write_text_file(file_of(job->view.id), text_of(*job)); !kept) {
      return tl::unexpected(std::move(kept).error());
    }
  }
  ++next_number_;
  jobs_.emplace(job->view.id, job);
  enqueue(job);
  return view_of(*job);
}

std::optional<JobView> Jobs::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? std::nullopt : std::optional(view_of(*found->second));
}

std::vector<JobView> Jobs::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<JobView> views;
  for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job) {
    views.push_back(view_of(*job->second));
  }
  return views;
}

std::optional<JobView> Jobs::wait(const std::string& id, std::uint64_t seen,
                                  std::chrono::milliseconds most) const {
  std::unique_lock lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) {
    return std::nullopt;
  }
  const std::shared_ptr<Job> job = found->second;
  changed_.wait_for(lock, most, [&] { return stopping_ || job->view.version > seen; });
  return view_of(*job);
}

std::optional<JobOutcome> Jobs::outcome(const std::string& id) const {
  std::shared_ptr<Job> job;
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end() || !has_ended(found->second->view.state)) {
      return std::nullopt;
    }
    job = found->second;
    if (job->in_memory) {
      return job->outcome;
    }
  }
  const auto text = data::read_text_file(file_of(id));
  const Json json = text ? Json::parse(*text, nullptr, false) : Json();
  if (!json.is_object()) {
    return JobOutcome{
        false,
        problem_text({text ? Error{Code::kShardDamaged,
                                   fmt::format("'{}' is no job of Redline", file_of(id)),
                                   std::nullopt,
                                   {},
                                   {}}
                           : text.error()}),
        {}};
  }
  return JobOutcome{text_at(json, "state") == "done", text_at(json, "answer"),
                    text_at(json, "page")};
}

std::optional<JobView> Jobs::cancel(const std::string& id) {
  std::unique_lock lock(mutex_);
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) {
    return std::nullopt;
  }
  const std::shared_ptr<Job> job = found->second;
  job->cancelled = true;
  if (job->view.state == JobState::kQueued) {
    for (auto line = queue_.begin(); line != queue_.end(); ++line) {
      if (const auto place = std::find(line->jobs.begin(), line->jobs.end(), job);
          place != line->jobs.end()) {
        line->jobs.erase(place);
        --queued_;
        if (line->jobs.empty()) {
          queue_.erase(line);
        }
        break;
      }
    }
    end(*job, JobState::kCancelled, {});
  }
  return view_of(*job);
}

void Jobs::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  worker_.request_stop();
  changed_.notify_all();
}

std::shared_ptr<Jobs::Job> Jobs::next() {
  Line& first = queue_.front();
  std::shared_ptr<Job> job = std::move(first.jobs.front());
  first.jobs.pop_front();
  --queued_;
  if (first.jobs.empty()) {
    queue_.pop_front();
  } else {
    queue_.splice(queue_.end(), queue_, queue_.begin());
  }
  return job;
}

void Jobs::work_on(const std::stop_token& token) {
  while (true) {
    std::shared_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      begun_.wait(lock, token, [this] { return !queue_.empty(); });
      if (token.stop_requested()) {
        return;
      }
      job = next();
      job->view.state = JobState::kRunning;
      ++job->view.version;
      changed_.notify_all();
    }
    run(job, token);
  }
}

void Jobs::run(const std::shared_ptr<Job>& job, const std::stop_token& token) {
  app::AskRun how;
  how.threads = limits_.threads;
  how.stop = [this, &job, &token] {
    if (token.stop_requested()) {
      return true;
    }
    const std::lock_guard lock(mutex_);
    return job->cancelled;
  };
  how.progress = [this, &job](std::uint64_t done, std::uint64_t total, const std::string& best) {
    const std::lock_guard lock(mutex_);
    job->view.done = done;
    job->view.total = total;
    job->view.best = best;
    ++job->view.version;
    changed_.notify_all();
  };
  JobOutcome outcome = work_(job->request, how);
  const std::lock_guard lock(mutex_);
  if (token.stop_requested() && !job->cancelled) {
    // In a folder it stays queued; without one it goes with the server.
    job->view.state = JobState::kQueued;
    ++job->view.version;
    changed_.notify_all();
    return;
  }
  end(*job,
      job->cancelled ? JobState::kCancelled
      : outcome.ok   ? JobState::kDone
                     : JobState::kFailed,
      std::move(outcome));
}

void Jobs::end(Job& job, JobState state, JobOutcome outcome) {
  job.view.state = state;
  job.outcome = std::move(outcome);
  if (!folder_.empty()) {
    if (const auto kept = data::write_text_file(file_of(job.view.id), text_of(job)); kept) {
      job.in_memory = false;
      job.outcome = {};
    } else {
      job.in_memory = true;
      job.view.unkept = kept.error().message;
    }
  }
  bytes_ += job.outcome.answer.size() + job.outcome.page.size();
  ++job.view.version;
  drop_old();
  changed_.notify_all();
}

// The oldest that have ended are forgotten; the files of a folder stay.
void Jobs::drop_old() {
  const auto ended = [](const auto& one) { return has_ended(one.second->view.state); };
  auto count = static_cast<std::size_t>(std::count_if(jobs_.begin(), jobs_.end(), ended));
  for (auto job = jobs_.begin(); job != jobs_.end() && count > 1 &&
                                 (count > limits_.most_ended || bytes_ > limits_.most_bytes);) {
    if (!ended(*job)) {
      ++job;
      continue;
    }
    bytes_ -= job->second->outcome.answer.size() + job->second->outcome.page.size();
    --count;
    job = jobs_.erase(job);
  }
}

}  // namespace redline::server
