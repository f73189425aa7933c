#include "store/run_rows.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <rapidcheck/gtest.h>

#include "store/test_rows.h"

namespace redline::store {
namespace {

using test::manifest;

// Keeps rows in memory, and may fail.
class Memory final : public RowStore {
 public:
  [[nodiscard]] std::uint64_t next() const override { return next_; }
  [[nodiscard]] const Tally& tally() const override { return tally_; }
  [[nodiscard]] bool finished() const override { return false; }
  Result<void> append(const Row& row) override {
    if (row.point >= fails_at) {
      return fail(Code::kOutputUnwritable, "full");
    }
    EXPECT_GE(row.point, next_) << "out of order";
    points.push_back(row.point);
    next_ = row.point + 1;
    return {};
  }
  Result<void> commit(std::uint64_t next) override {
    EXPECT_GE(next, next_);
    committed = next_ = next;
    return {};
  }
  Result<void> finish(std::string_view) override { return {}; }

  std::vector<std::uint64_t> points;
  std::uint64_t committed = 0;
  std::uint64_t fails_at = ~std::uint64_t{0};

 private:
  std::uint64_t next_ = 0;
  Tally tally_{};
};

RowRun run(std::uint64_t last, unsigned threads) {
  RowRun rows;
  rows.last = last;
  rows.threads = threads;
  rows.work = [](std::uint64_t point) -> Result<std::optional<Row>> {
    if (point % 7 == 3) {
      return std::nullopt;
    }
    if (point % 50 == 0) {
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
    return test::row(point);
  };
  return rows;
}

RC_GTEST_PROP(RunRows, AppendsEachRowOnceAndInOrder, ()) {
  const auto last = *rc::gen::inRange<std::uint64_t>(0, 3000);
  const auto threads = *rc::gen::inRange(1U, 6U);
  Memory store;
  RC_ASSERT(run_rows(store, run(last, threads)).has_value());
  std::vector<std::uint64_t> wanted;
  for (std::uint64_t point = 0; point < last; ++point) {
    if (point % 7 != 3) {
      wanted.push_back(point);
    }
  }
  RC_ASSERT(store.points == wanted);
  RC_ASSERT(store.committed == last);
}

TEST(RunRows, WhatIsDoneBeforeAnErrorIsCommitted) {
  for (const unsigned threads : {1U, 4U}) {
    Memory store;
    RowRun rows = run(5000, threads);
    rows.work = [](std::uint64_t point) -> Result<std::optional<Row>> {
      return point == 3000 ? Result<std::optional<Row>>(fail(Code::kUnknownKey, "no"))
                           : std::optional(test::row(point));
    };
    const auto done = run_rows(store, rows);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::kUnknownKey);
    EXPECT_EQ(store.committed, 3000U);
    EXPECT_EQ(store.points.size(), 3000U);
  }
}

TEST(RunRows, AStoreThatFailsEndsTheRun) {
  for (const unsigned threads : {1U, 4U}) {
    Memory store;
    store.fails_at = 2500;
    const auto done = run_rows(store, run(100000, threads));
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::kOutputUnwritable);
    EXPECT_LE(store.points.back(), 2500U);
  }
}

TEST(RunRows, AStopFinishesWhatWasBegun) {
  for (const unsigned threads : {1U, 4U}) {
    Memory store;
    std::atomic<std::uint64_t> begun{0};
    RowRun rows = run(100000, threads);
    const auto work = rows.work;
    rows.work = [&](std::uint64_t point) {
      ++begun;
      return work(point);
    };
    rows.stop = [&] { return begun > 1000; };
    ASSERT_TRUE(run_rows(store, rows));
    EXPECT_EQ(store.committed, begun);
    EXPECT_LT(store.committed, 100000U);
  }
}

// The first row is slow: the others wait for it, but not without bound.
TEST(RunRows, FewRowsWaitForOneBeforeThem) {
  Memory store;
  std::atomic<std::uint64_t> most{0};
  std::uint64_t most_while_slow = 0;
  RowRun rows = run(20000, 4);
  rows.work = [&](std::uint64_t point) -> Result<std::optional<Row>> {
    if (point == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      most_while_slow = most;
    }
    std::uint64_t before = most;
    while (before < point && !most.compare_exchange_weak(before, point)) {
    }
    return test::row(point);
  };
  ASSERT_TRUE(run_rows(store, rows));
  EXPECT_EQ(store.points.size(), 20000U);
  EXPECT_LE(most_while_slow, 2048U);
}

}  // namespace
}  // namespace redline::store
