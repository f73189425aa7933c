#include "mpi/job.h"

#include <atomic>
#include <charconv>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "mpi/dispatcher.h"
#include "mpi/ranks.h"

namespace redline::mpi {
namespace {

Report work_on(const Job& job, std::uint64_t shard) {
  app::SweepRun run;
  run.target.path = job.folder;
  run.shard = app::ShardNumber{shard, job.shards};
  run.resume = true;  // what another rank or an earlier job has done of it counts
  run.info = job.info;
  run.begun = job.begun;
  run.stop = job.stop;
  const auto outcome = app::run_sweep(*job.workspace, *job.sweep, run, results::Words());
  if (!outcome) {
    return {Report::What::kFailed, shard, outcome.error()};
  }
  return {outcome->stopped ? Report::What::kStopped : Report::What::kFinished, shard};
}

class Leader {
 public:
  Leader(const Job& job, int ranks) : job_(job), ranks_(ranks), dispatcher_(job.shards) {}

  JobEnd operator()() {
    {
      const std::jthread own([this] { work(); });
      serve();
    }
    return {dispatcher_.complete(), dispatcher_.problem()};
  }

 private:
  void work() {
    while (const auto shard = dispatcher_.wait()) {
      take(work_on(job_, *shard));
    }
  }

  void take(const Report& report) {
    switch (report.what) {
      case Report::What::kNothingYet:
        break;
      case Report::What::kFinished:
        dispatcher_.finished();
        ++finished_;
        break;
      case Report::What::kFailed:
        dispatcher_.failed(report.shard, report.errors);
        break;
      case Report::What::kStopped:
        dispatcher_.stop();
        break;
    }
  }

  // Until every other rank was told that there is nothing left. Only this thread calls MPI.
  void serve() {
    std::vector<int> idle;
    int working = ranks_ - 1;
    bool over = false;
    while (working > 0 || !over) {
      if (job_.stop && job_.stop()) {
        dispatcher_.stop();
      }
      const auto received = receive_now(Tag::kReport);
      if (received) {
        take(parse_report(received->bytes));
        idle.push_back(received->from);
      }
      while (!idle.empty()) {
        const auto shard = dispatcher_.take(over);
        if (!shard && !over) {
          break;
        }
        send(idle.back(), Tag::kShard, fmt::to_string(shard.value_or(0)));
        idle.pop_back();
        working -= shard ? 0 : 1;
      }
      if (working == 0) {
        return;  // the thread of this rank goes on by itself
      }
      if (job_.progress) {
        job_.progress(finished_, job_.shards);
      }
      if (!received) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
  }

  const Job& job_;
  int ranks_;
  Dispatcher dispatcher_;
  std::atomic<std::uint64_t> finished_{0};
};

}  // namespace

JobEnd lead(const Job& job, int ranks) { return Leader(job, ranks)(); }

void follow(const Job& job) {
  Report report;
  while (true) {
    send(0, Tag::kReport, write_report(report));
    const std::string answer = receive(Tag::kShard).bytes;
    std::uint64_t shard = 0;
    std::from_chars(answer.data(), answer.data() + answer.size(), shard);
    if (shard == 0) {
      break;
    }
    report = work_on(job, shard);
  }
  static_cast<void>(receive(Tag::kEnd));
}

void release(int ranks) {
  for (int rank = 1; rank < ranks; ++rank) {
    send(rank, Tag::kEnd, "");
  }
}

}  // namespace redline::mpi
