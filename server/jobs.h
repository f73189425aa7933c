#pragma once
// Long questions: asked now, answered later. One is worked on at a time, client after client; the
// others wait. With a folder, jobs outlive the server: one that was cut short begins again.

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "redline/error.h"

#include "app/batch.h"
#include "store/writer_lock.h"

namespace redline::server {

enum class JobState : std::uint8_t { kQueued, kRunning, kDone, kFailed, kCancelled };
[[nodiscard]] std::string_view job_state_name(JobState state);
[[nodiscard]] inline bool has_ended(JobState state) { return state >= JobState::kDone; }

// What became of a job.
struct JobOutcome {
  bool ok = false;
  std::string answer;  // the envelope; of one that failed, the problem
  std::string page;    // HTML, where the command makes one
};
// Works a job out. Told to stop, it comes back soon.
using JobWork = std::function<JobOutcome(const app::Json& request, const app::AskRun& run)>;

// What is known of a job.
struct JobView {
  std::string id, command;
  JobState state = JobState::kQueued;
  std::uint64_t done = 0, total = 0;  // of its progress; total 0: not known
  std::string best;                   // the best so far in words
  std::size_t ahead = 0;              // jobs before it in the queue
  std::string unkept;         // why its answer is in memory alone; empty: it is kept as asked
  std::uint64_t version = 0;  // grows with every change
  [[nodiscard]] app::Json json() const;
};

struct JobLimits {
  std::size_t most_queued = 64;
  std::size_t most_ended = 256;                     // that are remembered
  std::size_t most_bytes = std::size_t{64} << 20U;  // of their answers in memory
  unsigned threads = 1;                             // of one job
};

class Jobs {
 public:
  // `folder`: empty, or one that exists or can be made. Errors: it cannot be written, another
  // server uses it.
  [[nodiscard]] static Result<std::unique_ptr<Jobs>> open(std::string folder, JobLimits limits,
                                                          JobWork work);
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;
  // Ends what runs; with a folder it begins again when the folder is opened next.
  ~Jobs();

  // Errors: kTooMuch where too many wait; kOutputUnwritable where it cannot be kept.
  [[nodiscard]] Result<JobView> add(app::Json request, const std::string& client);
  [[nodiscard]] std::optional<JobView> find(const std::string& id) const;
  [[nodiscard]] std::vector<JobView> all() const;  // the newest first
  // Waits until the job is of a later version than `seen`, or a while has passed.
  [[nodiscard]] std::optional<JobView> wait(const std::string& id, std::uint64_t seen,
                                            std::chrono::milliseconds most) const;
  // None where there is no such job or it has not ended.
  [[nodiscard]] std::optional<JobOutcome> outcome(const std::string& id) const;
  // A job that has ended stays as it is.
  std::optional<JobView> cancel(const std::string& id);
  // No further job is begun, and what runs is told to stop; waiters come back.
  void stop();

 private:
  struct Job {
    JobView view;
    app::Json request;
    std::string client;
    JobOutcome outcome;
    bool in_memory = true;  // the outcome; else it is in the folder
    bool cancelled = false;
  };
  struct Line {
    std::string client;
    std::deque<std::shared_ptr<Job>> jobs;
  };

  Jobs(std::string folder, JobLimits limits, JobWork work);
  Result<void> read_folder();
  void work_on(const std::stop_token& token);
  std::shared_ptr<Job> next();
  void run(const std::shared_ptr<Job>& job, const std::stop_token& token);
  void end(Job& job, JobState state, JobOutcome outcome);
  void enqueue(std::shared_ptr<Job> job);
  void drop_old();
  [[nodiscard]] std::string file_of(const std::string& id) const;
  [[nodiscard]] std::string text_of(const Job& job) const;
  [[nodiscard]] JobView view_of(const Job& job) const;

  std::string folder_;
  JobLimits limits_;
  JobWork work_;
  std::optional<store::WriterLock> lock_;  // of the folder

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::condition_variable_any begun_;
  std::map<std::string, std::shared_ptr<Job>> jobs_;  // by id
  std::list<Line> queue_;                             // the first has the next turn
  std::size_t queued_ = 0, bytes_ = 0;
  std::uint64_t next_number_ = 1;
  bool stopping_ = false;
  std::jthread worker_;  // the last: it ends before what it uses
};

}  // namespace redline::server
