#include "server/jobs.h"

#include <atomic>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace redline::server {
namespace {

using namespace std::chrono_literals;
using app::Json;
namespace fs = std::filesystem;

// Work that goes on until it is let go or told to stop, and then answers with its name.
struct Desk {
  std::atomic<bool> open{true};
  std::mutex mutex;
  std::string order;
  JobWork work() {
    return [this](const Json& request, const app::AskRun& run) {
      const std::string name = request["name"];
      {
        const std::lock_guard lock(mutex);
        order += name;
      }
      run.progress(1, 2, "half");
      while (!open && !run.stop()) {
        std::this_thread::sleep_for(1ms);
      }
      return JobOutcome{name != "x", "answer of " + name, name == "p" ? "<p>" : ""};
    };
  }
};
Json job(std::string name) { return {{"command", "test"}, {"name", std::move(name)}}; }

JobView ended(const Jobs& jobs, const std::string& id) {
  for (int i = 0; i < 5000; ++i) {
    const auto view = jobs.find(id);
    if (view && has_ended(view->state)) {
      return *view;
    }
    std::this_thread::sleep_for(1ms);
  }
  ADD_FAILURE() << id << " does not end";
  return {};
}
void wait_running(const Jobs& jobs, const std::string& id) {
  for (int i = 0; i < 5000 && jobs.find(id)->state != JobState::kRunning; ++i) {
    std::this_thread::sleep_for(1ms);
  }
  ASSERT_EQ(jobs.find(id)->state, JobState::kRunning);
}
std::unique_ptr<Jobs> opened(Desk& desk, const std::string& folder = "", JobLimits limits = {}) {
  auto jobs = Jobs::open(folder, limits, desk.work());
  EXPECT_TRUE(jobs) << (jobs ? "" : jobs.error().message);
  return std::move(*jobs);
}
std::string fresh_folder(const std::string& name) {
  const fs::path folder = fs::temp_directory_path() / ("redline_jobs_" + name);
  fs::remove_all(folder);
  return folder.string();
}

TEST(Jobs, RunAndAnswer) {
  Desk desk;
  const auto jobs = opened(desk);
  const auto added = jobs->add(job("p"), "me");
  ASSERT_TRUE(added);
  EXPECT_EQ(ended(*jobs, added->id).state, JobState::kDone);
  EXPECT_EQ(jobs->outcome(added->id)->answer, "answer of p");
  EXPECT_EQ(jobs->outcome(added->id)->page, "<p>");
  const auto fails = jobs->add(job("x"), "me");
  EXPECT_EQ(ended(*jobs, fails->id).state, JobState::kFailed);
  EXPECT_FALSE(jobs->outcome("j999999"));
  EXPECT_FALSE(jobs->find("j999999"));
  EXPECT_EQ(jobs->all().front().id, fails->id);
}

TEST(Jobs, ClientsTakeTurnsAndTheQueueIsBounded) {
  Desk desk;
  desk.open = false;
  JobLimits limits;
  limits.most_queued = 5;
  const auto jobs = opened(desk, "", limits);
  wait_running(*jobs, jobs->add(job("0"), "a")->id);
  std::string last;
  for (const char* name : {"1", "2", "3"}) {
    last = jobs->add(job(name), "a")->id;
  }
  const auto other = jobs->add(job("b"), "b");
  EXPECT_EQ(jobs->find(last)->ahead, 3U);
  EXPECT_EQ(jobs->find(other->id)->ahead, 1U);
  ASSERT_TRUE(jobs->add(job("c"), "c"));
  const auto refused = jobs->add(job("d"), "d");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kTooMuch);
  desk.open = true;
  ended(*jobs, last);
  EXPECT_EQ(desk.order, "01bc23");
}

TEST(Jobs, AreCancelledWaitingOrRunning) {
  Desk desk;
  desk.open = false;
  const auto jobs = opened(desk);
  const auto running = jobs->add(job("1"), "a");
  const auto waiting = jobs->add(job("2"), "a");
  wait_running(*jobs, running->id);
  EXPECT_EQ(jobs->cancel(waiting->id)->state, JobState::kCancelled);
  EXPECT_FALSE(jobs->outcome(running->id));
  ASSERT_TRUE(jobs->cancel(running->id));
  EXPECT_EQ(ended(*jobs, running->id).state, JobState::kCancelled);
  EXPECT_EQ(desk.order, "1");
  EXPECT_FALSE(jobs->cancel("nothing"));
}

TEST(Jobs, TellEveryChange) {
  Desk desk;
  desk.open = false;
  const auto jobs = opened(desk);
  const auto added = jobs->add(job("1"), "a");
  std::uint64_t seen = 0;
  JobView view;
  do {
    view = *jobs->wait(added->id, seen, 5s);
    ASSERT_GT(view.version, seen);
    seen = view.version;
  } while (view.total == 0);
  EXPECT_EQ(view.json()["progress"], (Json{{"done", 1}, {"total", 2}, {"best", "half"}}));
  EXPECT_EQ(jobs->wait(added->id, seen, 10ms)->version, seen);
  desk.open = true;
  EXPECT_EQ(jobs->wait(added->id, seen, 5s)->state, JobState::kDone);
}

TEST(Jobs, OutliveTheServerInAFolder) {
  const std::string folder = fresh_folder("outlive");
  Desk desk;
  desk.open = false;
  std::string done, running, waiting;
  {
    desk.open = true;
    const auto jobs = opened(desk, folder);
    done = jobs->add(job("p"), "a")->id;
    ended(*jobs, done);
    desk.open = false;
    running = jobs->add(job("1"), "a")->id;
    waiting = jobs->add(job("2"), "a")->id;
    wait_running(*jobs, running);
    jobs->stop();
    EXPECT_FALSE(jobs->add(job("3"), "a"));
  }
  desk.open = true;
  const auto jobs = opened(desk, folder);
  EXPECT_EQ(jobs->find(done)->state, JobState::kDone);
  EXPECT_EQ(jobs->outcome(done)->page, "<p>");
  EXPECT_EQ(ended(*jobs, running).state, JobState::kDone);
  EXPECT_EQ(ended(*jobs, waiting).state, JobState::kDone);
  EXPECT_EQ(jobs->outcome(waiting)->answer, "answer of 2");
  EXPECT_GT(jobs->add(job("4"), "a")->id, waiting);
  const auto second = Jobs::open(folder, {}, desk.work());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kRunBusy);
}

TEST(Jobs, ADamagedFileIsNamed) {
  const std::string folder = fresh_folder("damaged");
  fs::create_directories(folder);
  Desk desk;
  for (const char* text : {"", "{", "[]", "{\"state\":\"done\"}",
                           "{\"state\":\"odd\",\"request\":{}}", "{\"state\":7,\"request\":{}}"}) {
    std::ofstream(folder + "/j000001.job.json") << text;
    const auto jobs = Jobs::open(folder, {}, desk.work());
    ASSERT_FALSE(jobs) << text;
    EXPECT_EQ(jobs.error().code, Code::kShardDamaged);
    EXPECT_NE(jobs.error().message.find("j000001.job.json"), std::string::npos);
  }
}

TEST(Jobs, OldOnesAreForgotten) {
  Desk desk;
  JobLimits limits;
  limits.most_ended = 3;
  const auto jobs = opened(desk, "", limits);
  std::string first, last;
  for (int i = 0; i < 6; ++i) {
    last = jobs->add(job("1"), "a")->id;
    first = first.empty() ? last : first;
    ended(*jobs, last);
  }
  EXPECT_FALSE(jobs->find(first));
  EXPECT_TRUE(jobs->find(last));
  EXPECT_EQ(jobs->all().size(), 3U);
}

}  // namespace
}  // namespace redline::server
