#pragma once
// The paged cache of a rank (Kwon et al. 2023, vLLM): blocks of tokens that sequences own, and
// prefixes that stay after their sequences so that the next prompt that begins alike finds them.

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace redline::sim {

class BlockCache {
 public:
  explicit BlockCache(std::int64_t blocks) : blocks_(blocks), free_(blocks) {}

  [[nodiscard]] std::int64_t blocks() const { return blocks_; }
  // What sequences own or share; prefixes that nobody uses make room when it is asked for.
  [[nodiscard]] std::int64_t used() const { return blocks_ - free_ - idle_; }
  [[nodiscard]] std::int64_t available() const { return free_ + idle_; }

  // False: there are not so many, and nothing is taken.
  bool take(std::int64_t count);
  void give(std::int64_t count);

  // How many of these prefixes, from the first on, are here.
  [[nodiscard]] std::size_t match(std::span<const std::uint64_t> prefixes) const;
  // A sequence uses prefixes that are here. What it holds leaves the room that is available.
  void hold(std::span<const std::uint64_t> prefixes);
  void release(std::span<const std::uint64_t> prefixes);
  // A sequence has computed this prefix in `count` blocks of its own, and shares it from now on.
  // Where it is here already, the own blocks are given back.
  void share(std::uint64_t prefix, std::int64_t count);
  // Blocks of these prefixes that nobody uses: what holding them would take from the room.
  [[nodiscard]] std::int64_t idle_among(std::span<const std::uint64_t> prefixes) const;

  void clear();
  // Free, idle and held blocks make up all of them. For checks.
  [[nodiscard]] bool consistent() const;

 private:
  struct Entry {
    std::uint64_t prefix = 0;
    std::int64_t blocks = 0, users = 0;
    std::uint32_t before = kNone, after = kNone;  // in the order of last use, while idle
  };
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  void link(std::uint32_t entry);
  void unlink(std::uint32_t entry);
  void evict();

  std::int64_t blocks_, free_;
  std::int64_t idle_ = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> places_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> unused_;
  std::uint32_t oldest_ = kNone, newest_ = kNone;
};

}  // namespace redline::sim
