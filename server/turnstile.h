#pragma once
// So many at once, the others wait: client after client has a turn, so that one who asks much does
// not keep out one who asks little.

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include <tl/expected.hpp>

namespace redline::server {

class Turnstile {
 public:
  Turnstile(unsigned at_once, std::size_t most_waiting)
      : free_(at_once), most_waiting_(most_waiting) {}

  // A place inside, given back when it goes.
  class Pass {
   public:
    explicit Pass(Turnstile& of) : of_(&of) {}
    Pass(Pass&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() {
      if (of_ != nullptr) {
        of_->leave();
      }
    }

   private:
    Turnstile* of_;
  };

  enum class Refusal : std::uint8_t {
    kFull,    // too many wait already
    kGaveUp,  // `give_up` said so
  };
  // Waits for a place. `give_up` is asked now and then while it waits.
  [[nodiscard]] tl::expected<Pass, Refusal> enter(const std::string& client,
                                                  const std::function<bool()>& give_up);
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Waiter {
    std::condition_variable turn;
    bool admitted = false;
  };
  struct Line {
    std::string client;
    std::deque<Waiter*> waiters;
  };

  void leave();
  void forget(const std::string& client, const Waiter* waiter);

  mutable std::mutex mutex_;
  unsigned free_;
  std::size_t most_waiting_, waiting_ = 0;
  std::list<Line> lines_;  // the first has the next turn
};

}  // namespace redline::server
