#include "cli/interrupt.h"

#include <atomic>
#include <csignal>

namespace redline::cli {
namespace {

// A signal handler reaches nothing but globals.
std::atomic<bool> mark{false};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
static_assert(std::atomic<bool>::is_always_lock_free);

void set_mark(int) { mark = true; }

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = set_mark;
  sigemptyset(&action.sa_mask);
  // Once: the next one ends the program. No restart: a read that waits returns.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return mark; }

}  // namespace redline::cli
