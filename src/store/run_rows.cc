#include "store/run_rows.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace redline::store {
namespace {

constexpr std::size_t kWaiting = 1024;   // rows that may wait for one before them
constexpr double kSecondsOfBatch = 0.5;  // of work, so much is lost at most
constexpr std::size_t kBytesOfBatch = std::size_t{4} << 20U;

using Clock = std::chrono::steady_clock;

class Runner {
 public:
  Runner(RowStore& store, const RowRun& run)
      : store_(store), run_(run), slots_(kWaiting), begun_(store.next()), next_(store.next()) {}

  Result<void> operator()() {
    {
      std::vector<std::jthread> helpers;
      for (unsigned t = 1; t < run_.threads; ++t) {
        helpers.emplace_back([this] { work(); });
      }
      work();
    }
    // Every point that was begun is done: what comes before the first failure is a beginning.
    if (auto done = commit(); !done && !problem_) {
      problem_ = done.error();
    }
    return problem_ ? Result<void>(tl::unexpected(*problem_)) : Result<void>();
  }

 private:
  struct Slot {
    bool ready = false;
    std::optional<Row> row;
    double seconds = 0.0;
  };

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      room_.wait(lock, [this] { return over() || begun_ < next_ + kWaiting; });
      if (over()) {
        return;
      }
      const std::uint64_t point = begun_++;
      lock.unlock();
      const auto from = Clock::now();
      auto row = run_.work(point);
      const double seconds = std::chrono::duration<double>(Clock::now() - from).count();
      lock.lock();
      if (!row) {
        fail(point, std::move(row).error());
        continue;
      }
      slots_[point % kWaiting] = {true, std::move(*row), seconds};
      if (!writing_) {
        drain(lock);
      }
    }
  }

  [[nodiscard]] bool over() const {
    return begun_ >= run_.last || problem_.has_value() || (run_.stop && run_.stop());
  }

  // Of several failures the first in the order of the points is told.
  void fail(std::uint64_t point, Error error) {
    if (!problem_ || point < problem_point_) {
      problem_ = std::move(error);
      problem_point_ = point;
    }
    room_.notify_all();
  }

  // Whoever finds rows whose turn it is writes them, while the others work on.
  void drain(std::unique_lock<std::mutex>& lock) {
    writing_ = true;
    std::vector<Slot> ready;
    while (slots_[next_ % kWaiting].ready && !store_failed_) {
      ready.clear();
      const std::uint64_t first = next_;
      while (slots_[next_ % kWaiting].ready) {
        ready.push_back(std::exchange(slots_[next_ % kWaiting], {}));
        ++next_;
      }
      lock.unlock();
      room_.notify_all();
      auto written = write(ready, first);
      lock.lock();
      if (!written) {
        store_failed_ = true;
        fail(first, std::move(written).error());
      }
    }
    writing_ = false;
  }

  Result<void> write(const std::vector<Slot>& ready, std::uint64_t first) {
    for (const Slot& slot : ready) {
      if (slot.row) {
        if (auto done = store_.append(*slot.row); !done) {
          return done;
        }
        pending_bytes_ += slot.row->text.size();
      }
      pending_seconds_ += slot.seconds;
      written_ = ++first;
      if (pending_seconds_ >= kSecondsOfBatch || pending_bytes_ >= kBytesOfBatch) {
        if (auto done = commit(); !done) {
          return done;
        }
      }
    }
    if (run_.progress) {
      run_.progress(written_);
    }
    return {};
  }

  Result<void> commit() {
    pending_seconds_ = 0.0;
    pending_bytes_ = 0;
    return store_failed_ ? Result<void>() : store_.commit(std::max(written_, store_.next()));
  }

  RowStore& store_;
  const RowRun& run_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<Slot> slots_;  // a ring
  std::uint64_t begun_;
  std::uint64_t next_;  // whose turn it is
  bool writing_ = false;
  bool store_failed_ = false;
  std::optional<Error> problem_;
  std::uint64_t problem_point_ = 0;
  // Of whoever writes.
  std::uint64_t written_ = 0;
  double pending_seconds_ = 0.0;
  std::size_t pending_bytes_ = 0;
};

}  // namespace

Result<void> run_rows(RowStore& store, const RowRun& run) { return Runner(store, run)(); }

}  // namespace redline::store
