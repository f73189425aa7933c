#include "cli/progress.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace redline::cli {
namespace {

struct Screen {
  double now = 0.0;
  std::string text{};

  ProgressOptions options(ProgressMode mode, bool terminal) {
    ProgressOptions made;
    made.mode = mode;
    made.terminal = terminal;
    made.width = 40;
    made.seconds = [this] { return now; };
    made.write = [this](std::string_view more) { text += more; };
    return made;
  }
};

TEST(Progress, SaysNothingInTheFirstHalfSecond) {
  Screen screen;
  {
    Progress progress(screen.options(ProgressMode::kAuto, true), 100);
    screen.now = 0.4;
    progress.advance(50);
  }
  EXPECT_EQ(screen.text, "");
}

TEST(Progress, RewritesOneLineAndClearsIt) {
  Screen screen;
  Progress progress(screen.options(ProgressMode::kAuto, true), 100);
  screen.now = 1.0;
  progress.advance(20);
  EXPECT_EQ(screen.text, "\r20 of 100, 20 a second, 0:04 left\x1b[K");
  screen.text.clear();
  screen.now = 1.05;  // too soon for the next
  progress.advance();
  EXPECT_EQ(screen.text, "");
  screen.now = 2.0;
  progress.update(50, 100);
  EXPECT_EQ(screen.text, "\r50 of 100, 25 a second, 0:02 left\x1b[K");
  screen.text.clear();
  progress.finish();
  progress.finish();
  EXPECT_EQ(screen.text, "\r\x1b[K");
  progress.advance();
  EXPECT_EQ(screen.text, "\r\x1b[K");
}

TEST(Progress, OfASearchSaysWhatItEvaluatesAndTheBestSoFar) {
  Screen screen;
  ProgressOptions options = screen.options(ProgressMode::kAuto, true);
  options.width = 80;
  Progress progress(options, 0);
  screen.now = 1.0;
  progress.update(20'000'000, 80'000'000, 2'500'000, "");
  EXPECT_EQ(screen.text, "\r20000000 of 80000000, 2.5M evaluations a second, 0:03 left\x1b[K");
  screen.text.clear();
  screen.now = 2.0;
  progress.update(60'000'000, 80'000'000, 3'000'000, "9.6 s");
  EXPECT_EQ(screen.text,
            "\r60000000 of 80000000, 1.5M evaluations a second, best 9.6 s, 0:01 left\x1b[K");
  Screen events;
  Progress json(events.options(ProgressMode::kJson, false), 0);
  events.now = 1.0;
  json.update(10, 40, 5, "9.6 s");
  EXPECT_EQ(events.text,
            "{\"event\":\"progress\",\"done\":10,\"total\":40,\"rate_per_s\":10,\"eta_s\":3.0,"
            "\"evaluated\":5,\"evaluations_per_s\":5,\"best\":\"9.6 s\"}\n");
}

TEST(Progress, SaysWhatIsDoneWhereTheTotalIsNotKnown) {
  Screen screen;
  Progress progress(screen.options(ProgressMode::kAuto, true), 0);
  screen.now = 2.0;
  progress.advance(3);
  EXPECT_EQ(screen.text, "\r3 done, 1.5 a second\x1b[K");
}

TEST(Progress, IsOffWithoutATerminalAndWhereAsked) {
  Screen screen;
  {
    Progress file(screen.options(ProgressMode::kAuto, false), 10);
    Progress off(screen.options(ProgressMode::kOff, true), 10);
    screen.now = 9.0;
    file.advance(5);
    off.advance(5);
  }
  EXPECT_EQ(screen.text, "");
}

TEST(Progress, WritesEventsForPrograms) {
  Screen screen;
  {
    Progress progress(screen.options(ProgressMode::kJson, false), 4);
    screen.now = 2.0;
    progress.advance(2);
    screen.now = 2.5;
    progress.advance(2);
  }
  EXPECT_EQ(screen.text,
            "{\"event\":\"progress\",\"done\":2,\"total\":4,\"rate_per_s\":1,\"eta_s\":2.0}\n"
            "{\"event\":\"done\",\"done\":4,\"seconds\":2.500}\n");
}

TEST(Progress, NeverIsWiderThanTheTerminal) {
  Screen screen;
  ProgressOptions options = screen.options(ProgressMode::kAuto, true);
  options.width = 12;
  Progress progress(options, 100000);
  screen.now = 1.0;
  progress.advance();
  EXPECT_LE(screen.text.size(), std::string("\r12345678901\x1b[K").size() + 2);
}

TEST(Progress, CountsFromManyThreads) {
  Screen screen;
  {
    Progress progress(screen.options(ProgressMode::kJson, false), 4000);
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&progress] {
          for (int i = 0; i < 1000; ++i) {
            progress.advance();
          }
        });
      }
    }
  }
  EXPECT_NE(screen.text.find("\"done\":4000"), std::string::npos);
}

}  // namespace
}  // namespace redline::cli
