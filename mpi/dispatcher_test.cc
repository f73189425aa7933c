#include "mpi/dispatcher.h"

#include <gtest/gtest.h>

namespace redline::mpi {
namespace {

constexpr auto kNoPause = std::chrono::seconds(0);

Diagnostics problem(Code code) { return {{code, "no", std::nullopt, {}, {}}}; }

TEST(Dispatcher, HandsEachShardOutOnce) {
  Dispatcher dispatcher(3, kNoPause);
  bool over = false;
  for (std::uint64_t shard = 1; shard <= 3; ++shard) {
    EXPECT_EQ(dispatcher.take(over), shard);
  }
  EXPECT_EQ(dispatcher.take(over), std::nullopt);
  EXPECT_FALSE(over) << "one that is out may fail";
  for (int i = 0; i < 3; ++i) {
    dispatcher.finished();
  }
  EXPECT_EQ(dispatcher.take(over), std::nullopt);
  EXPECT_TRUE(over);
  EXPECT_TRUE(dispatcher.complete());
}

TEST(Dispatcher, HandsAFailedShardOutAgain) {
  Dispatcher dispatcher(2, kNoPause);
  bool over = false;
  EXPECT_EQ(dispatcher.take(over), 1U);
  dispatcher.failed(1, problem(Code::kOutputUnwritable));
  EXPECT_EQ(dispatcher.wait(), 2U);
  dispatcher.finished();
  EXPECT_EQ(dispatcher.wait(), 1U);
  dispatcher.finished();
  EXPECT_EQ(dispatcher.wait(), std::nullopt);
  EXPECT_TRUE(dispatcher.complete());
}

TEST(Dispatcher, GivesUpAShardThatFailsAgainAndAgain) {
  Dispatcher dispatcher(1, kNoPause);
  int attempts = 0;
  while (const auto shard = dispatcher.wait()) {
    ++attempts;
    dispatcher.failed(*shard, problem(Code::kOutputUnwritable));
  }
  EXPECT_GT(attempts, 1);
  EXPECT_LT(attempts, 10);
  EXPECT_FALSE(dispatcher.complete());
  EXPECT_EQ(dispatcher.problem().front().code, Code::kOutputUnwritable);
}

TEST(Dispatcher, GivesUpAtOnceWhatNoAttemptCures) {
  Dispatcher dispatcher(2, kNoPause);
  EXPECT_EQ(dispatcher.wait(), 1U);
  dispatcher.failed(1, problem(Code::kShardForeign));
  EXPECT_EQ(dispatcher.wait(), std::nullopt);
  EXPECT_EQ(dispatcher.problem().size(), 1U);
}

TEST(Dispatcher, BeginsNothingOnceStopped) {
  Dispatcher dispatcher(2, kNoPause);
  EXPECT_EQ(dispatcher.wait(), 1U);
  dispatcher.stop();
  EXPECT_EQ(dispatcher.wait(), std::nullopt);
  EXPECT_FALSE(dispatcher.complete());
  EXPECT_TRUE(dispatcher.problem().empty());
}

}  // namespace
}  // namespace redline::mpi
