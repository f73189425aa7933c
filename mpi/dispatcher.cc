#include "mpi/dispatcher.h"

#include <algorithm>

namespace redline::mpi {
namespace {

constexpr int kMostAttempts = 5;

// What another time or another machine may cure: a full disk, a folder that is gone, a process that
// still holds the file.
bool may_pass(Code code) {
  return code == Code::kOutputUnwritable || code == Code::kRunBusy || code == Code::kFileUnreadable;
}

}  // namespace

Dispatcher::Dispatcher(std::uint64_t shards, Clock::duration pause)
    : attempts_(shards + 1), open_(shards), pause_(pause) {
  for (std::uint64_t shard = 1; shard <= shards; ++shard) {
    queue_.push_back({shard, Clock::time_point::min()});
  }
}

std::optional<std::uint64_t> Dispatcher::take_locked(bool& over) {
  over = stopped_ || (queue_.empty() && out_ == 0);
  if (over) {
    return std::nullopt;
  }
  const auto now = Clock::now();
  const auto ready = std::find_if(queue_.begin(), queue_.end(),
                                  [now](const Waiting& one) { return one.not_before <= now; });
  if (ready == queue_.end()) {
    return std::nullopt;
  }
  const std::uint64_t shard = ready->shard;
  queue_.erase(ready);
  ++out_;
  return shard;
}

std::optional<std::uint64_t> Dispatcher::take(bool& over) {
  const std::lock_guard lock(mutex_);
  return take_locked(over);
}

std::optional<std::uint64_t> Dispatcher::wait() {
  std::unique_lock lock(mutex_);
  bool over = false;
  while (true) {
    const auto shard = take_locked(over);
    if (shard || over) {
      return shard;
    }
    changed_.wait_for(lock, std::chrono::milliseconds(50));
  }
}

void Dispatcher::finished() {
  const std::lock_guard lock(mutex_);
  --out_;
  --open_;
  changed_.notify_all();
}

void Dispatcher::failed(std::uint64_t shard, const Diagnostics& errors) {
  const std::lock_guard lock(mutex_);
  --out_;
  const bool again = ++attempts_[shard] < kMostAttempts &&
                     std::all_of(errors.begin(), errors.end(),
                                 [](const Error& error) { return may_pass(error.code); });
  if (again) {
    queue_.push_back({shard, Clock::now() + pause_ * (1 << (attempts_[shard] - 1))});
  } else {
    stopped_ = true;
    if (problem_.empty()) {
      problem_ = errors;
    }
  }
  changed_.notify_all();
}

void Dispatcher::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

bool Dispatcher::complete() const {
  const std::lock_guard lock(mutex_);
  return open_ == 0;
}

Diagnostics Dispatcher::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

}  // namespace redline::mpi
