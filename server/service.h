#pragma once
// What the server answers to each request. Knows nothing of sockets: a request in, a response out.

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "app/batch.h"
#include "app/workspace.h"
#include "server/jobs.h"
#include "server/kept_answers.h"
#include "server/message.h"
#include "server/turnstile.h"

namespace redline::server {

// A field of a request, for /openapi.json.
struct ResourceField {
  enum class Type : std::uint8_t { kText, kNumber, kTruth, kTexts, kObject };
  std::string name, doc;
  Type type = Type::kText;
  std::vector<std::string> choices;
  bool required = false;
};
// A command of `batch` as a resource.
struct Resource {
  std::string command;  // "search-plan-train"
  std::string summary, description;
  std::vector<ResourceField> fields;
  app::Json example = app::Json::object();  // fields of a request that works as it stands
};

struct ServiceOptions {
  unsigned threads = 1;                          // of one long answer, and quick ones at once
  std::chrono::milliseconds time_limit{30'000};  // of an answer that is waited for
  std::size_t most_waiting = 256;                // for a turn
  std::size_t most_kept_bytes = std::size_t{64} << 20U;  // of answers given before
  std::size_t most_queued_jobs = 64;
  std::string jobs_folder;  // empty: jobs live as long as the server
  std::string build;        // tells builds of one version apart
  std::string token;        // empty: none is asked for
};

class Service {
 public:
  // Errors: those of the folder of jobs.
  [[nodiscard]] static Result<std::unique_ptr<Service>> open(
      std::shared_ptr<const app::Workspace> workspace, std::vector<Resource> resources,
      ServiceOptions options);

  // For any number of threads at once.
  [[nodiscard]] Response answer(const Request& request);
  // Long answers end early, streams close, no job is begun.
  void stop();

 private:
  Service(std::shared_ptr<const app::Workspace> workspace, std::vector<Resource> resources,
          ServiceOptions options);

  [[nodiscard]] Response api(const Request& request, std::string_view path);
  [[nodiscard]] Response command(const Request& request, const app::BatchCommand& command);
  [[nodiscard]] Response work_out(const Request& request, const app::BatchCommand& command,
                                  app::Json fields, std::string_view wanted);
  [[nodiscard]] Response jobs(const Request& request, std::string_view rest);
  [[nodiscard]] Response add_job(const Request& request);
  [[nodiscard]] Response job_part(const Request& request, const std::string& id,
                                  std::string_view part);
  [[nodiscard]] Response events(const Request& request, const std::string& id);
  [[nodiscard]] Response file(const Request& request);
  [[nodiscard]] Response fixed(const Request& request, std::string_view name, std::string_view type,
                               std::string_view text, bool unchanging = false);
  [[nodiscard]] JobOutcome work_out_job(const app::Json& request, const app::AskRun& run) const;
  [[nodiscard]] app::RunInfo run_info(const app::Json& request) const;
  // As it is told of: of one that failed with its error.
  [[nodiscard]] app::Json job_json(const JobView& job) const;
  [[nodiscard]] std::string etag_of(std::string_view question) const;

  std::shared_ptr<const app::Workspace> workspace_;
  std::vector<Resource> resources_;
  ServiceOptions options_;
  std::string openapi_, index_, version_;
  KeptAnswers kept_;
  Turnstile quick_, long_;
  std::atomic<bool> stopping_{false};
  std::unique_ptr<Jobs> jobs_;
};

}  // namespace redline::server
