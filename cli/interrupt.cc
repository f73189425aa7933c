#include "cli/interrupt.h"

#include <atomic>
#include <csignal>
#include <ctime>

namespace redline::cli {
namespace {

// A signal handler reaches nothing but globals.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<bool> mark{false};
std::atomic<long long> told_at{0};  // ms
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)
static_assert(std::atomic<bool>::is_always_lock_free &&
              std::atomic<long long>::is_always_lock_free);

// What tells a program to end may say so to it and to its group: twice, but not one after the
// other.
constexpr long long kOneWord = 300;  // ms

long long milliseconds() {
  constexpr long long kThousand = 1'000, kMillion = 1'000'000;
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kThousand + time.tv_nsec / kMillion;
}

void on_signal(int signal) {
  if (!mark) {
    told_at = milliseconds();
    mark = true;
  } else if (milliseconds() - told_at > kOneWord) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;  // no restart: a read that waits returns
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return mark; }

}  // namespace redline::cli
