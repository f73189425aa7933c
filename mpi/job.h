#pragma once
// A sweep on the ranks of an MPI job: shards are handed out as ranks become free, each is a file in
// one folder that all ranks see, and rank 0 makes one output of them in the end.

#include <functional>
#include <string>

#include "app/sweep_run.h"

namespace redline::mpi {

struct Job {
  const app::Workspace* workspace = nullptr;
  const app::Sweep* sweep = nullptr;
  app::RowTarget target;
  std::string folder;        // of the shards
  std::uint64_t shards = 1;  // that the sweep is cut into
  app::RunInfo info;
  std::string begun;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress{};  // shards; of rank 0
  std::function<bool()> stop{};
};

struct JobEnd {
  bool complete = false;  // every shard is finished
  Diagnostics problem{};  // why it is not; empty where it was stopped
};

// On rank 0: hands out, and works on shards itself in a thread of its own.
[[nodiscard]] JobEnd lead(const Job& job, int ranks);
// On any other rank.
void follow(const Job& job);
// Lets the other ranks go, once rank 0 is done.
void release(int ranks);

}  // namespace redline::mpi
