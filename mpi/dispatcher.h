#pragma once
// Hands shards out to whoever asks: those that failed again, after pauses that grow, until they
// have failed too often.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "redline/error.h"

namespace redline::mpi {

class Dispatcher {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Dispatcher(std::uint64_t shards, Clock::duration pause = std::chrono::seconds(1));

  // Something to do now; `over` is set where there is nothing left to do, now or later.
  [[nodiscard]] std::optional<std::uint64_t> take(bool& over);
  // The same, but waits until there is something to do; none when there is nothing left.
  [[nodiscard]] std::optional<std::uint64_t> wait();

  void finished();
  // The shard is handed out again, unless the error would come again or came too often: then no
  // further shard is begun and `problem` tells.
  void failed(std::uint64_t shard, const Diagnostics& errors);
  // No further shard is begun.
  void stop();

  [[nodiscard]] bool complete() const;
  [[nodiscard]] Diagnostics problem() const;

 private:
  struct Waiting {
    std::uint64_t shard;
    Clock::time_point not_before;
  };
  [[nodiscard]] std::optional<std::uint64_t> take_locked(bool& over);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> queue_;
  std::vector<int> attempts_;
  std::uint64_t open_;  // not finished
  std::uint64_t out_ = 0;
  bool stopped_ = false;
  Clock::duration pause_;
  Diagnostics problem_;
};

}  // namespace redline::mpi
