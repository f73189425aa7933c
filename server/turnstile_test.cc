#include "server/turnstile.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "server/kept_answers.h"

namespace redline::server {
namespace {

using namespace std::chrono_literals;

void wait_until(const std::function<bool()>& holds) {
  for (int i = 0; i < 2000 && !holds(); ++i) {
    std::this_thread::sleep_for(1ms);
  }
  ASSERT_TRUE(holds());
}

TEST(Turnstile, LetsSoManyIn) {
  Turnstile gate(2, 100);
  std::atomic<int> inside{0}, most{0}, through{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] {
      const auto pass = gate.enter(std::to_string(i % 3), {});
      ASSERT_TRUE(pass.has_value());
      const int now = ++inside;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      std::this_thread::sleep_for(2ms);
      --inside;
      ++through;
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(through, 16);
  EXPECT_LE(most, 2);
  EXPECT_EQ(gate.waiting(), 0U);
}

TEST(Turnstile, ClientsTakeTurns) {
  Turnstile gate(1, 100);
  auto first = gate.enter("a", {});
  ASSERT_TRUE(first.has_value());
  std::mutex mutex;
  std::string order;
  std::vector<std::thread> clients;
  std::size_t waiting = 0;
  for (const char* client : {"a", "a", "a", "b", "c", "b"}) {
    clients.emplace_back([&, client] {
      const auto pass = gate.enter(client, {});
      const std::lock_guard lock(mutex);
      order += client;
    });
    ++waiting;
    wait_until([&] { return gate.waiting() == waiting; });
  }
  { const auto leave = std::move(*first); }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(order, "abcaba");
}

TEST(Turnstile, RefusesAndForgets) {
  Turnstile gate(1, 1);
  auto inside = gate.enter("a", {});
  std::atomic<bool> leaves{false};
  std::thread waits([&] {
    const auto pass = gate.enter("b", [&] { return leaves.load(); });
    ASSERT_FALSE(pass.has_value());
    EXPECT_EQ(pass.error(), Turnstile::Refusal::kGaveUp);
  });
  wait_until([&] { return gate.waiting() == 1; });
  const auto full = gate.enter("c", {});
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error(), Turnstile::Refusal::kFull);
  leaves = true;
  waits.join();
  EXPECT_EQ(gate.waiting(), 0U);
  { const auto leave = std::move(*inside); }
  EXPECT_TRUE(gate.enter("c", {}).has_value());
}

TEST(KeptAnswers, ForgetTheOldest) {
  KeptAnswers kept(10'000);
  const auto answer = [](char c) {
    return KeptAnswer{std::make_shared<const std::string>(2000, c), false};
  };
  for (const char* name : {"a", "b", "c", "d"}) {
    kept.keep(name, answer(*name));
  }
  ASSERT_TRUE(kept.find("a"));  // now the youngest
  kept.keep("e", answer('e'));
  EXPECT_FALSE(kept.find("b"));
  EXPECT_TRUE(kept.find("a"));
  EXPECT_EQ(kept.find("e")->body->front(), 'e');
  EXPECT_LE(kept.bytes(), 10'000U);
  kept.keep("huge", {std::make_shared<const std::string>(9000, 'h'), false});
  EXPECT_FALSE(kept.find("huge"));
  EXPECT_TRUE(kept.find("a"));
}

}  // namespace
}  // namespace redline::server
