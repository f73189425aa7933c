#include "server/turnstile.h"

#include <algorithm>
#include <chrono>

namespace redline::server {

tl::expected<Turnstile::Pass, Turnstile::Refusal> Turnstile::enter(
    const std::string& client, const std::function<bool()>& give_up) {
  std::unique_lock lock(mutex_);
  if (free_ > 0) {
    --free_;
    return Pass(*this);
  }
  if (waiting_ >= most_waiting_) {
    return tl::unexpected(Refusal::kFull);
  }
  Waiter me;
  auto line = std::find_if(lines_.begin(), lines_.end(),
                           [&client](const Line& one) { return one.client == client; });
  if (line == lines_.end()) {
    line = lines_.insert(lines_.end(), {client, {}});
  }
  line->waiters.push_back(&me);
  ++waiting_;
  constexpr auto kBetweenLooks = std::chrono::milliseconds(50);
  while (!me.turn.wait_for(lock, kBetweenLooks, [&me] { return me.admitted; })) {
    if (give_up && give_up()) {
      forget(client, &me);
      return tl::unexpected(Refusal::kGaveUp);
    }
  }
  return Pass(*this);
}

void Turnstile::leave() {
  const std::lock_guard lock(mutex_);
  if (lines_.empty()) {
    ++free_;
    return;
  }
  Line& first = lines_.front();
  Waiter* next = first.waiters.front();
  first.waiters.pop_front();
  --waiting_;
  if (first.waiters.empty()) {
    lines_.pop_front();
  } else {
    lines_.splice(lines_.end(), lines_, lines_.begin());
  }
  next->admitted = true;
  next->turn.notify_one();
}

void Turnstile::forget(const std::string& client, const Waiter* waiter) {
  const auto line = std::find_if(lines_.begin(), lines_.end(),
                                 [&client](const Line& one) { return one.client == client; });
  line->waiters.erase(std::find(line->waiters.begin(), line->waiters.end(), waiter));
  --waiting_;
  if (line->waiters.empty()) {
    lines_.erase(line);
  }
}

std::size_t Turnstile::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

}  // namespace redline::server
