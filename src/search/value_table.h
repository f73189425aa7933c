#pragma once
// Numbers by key, for inner loops: open addressing, nothing is ever taken out.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/hash.h"

namespace redline::search {

class ValueTable {
 public:
  using Key = std::array<std::uint32_t, 4>;

  ValueTable() : slots_(kFirst) {}

  // Negative while it has not been set. Good until another key is asked for.
  [[nodiscard]] double& at(const Key& key) {
    if (4 * (used_ + 1) > 3 * slots_.size()) {
      grow();
    }
    Slot& slot = slot_of(key);
    if (slot.value == kFree) {
      slot = {key, kUnset};
      ++used_;
    }
    return slot.value;
  }

  [[nodiscard]] std::size_t size() const { return used_; }

 private:
  static constexpr std::size_t kFirst = 1024;
  static constexpr double kFree = -2.0, kUnset = -1.0;
  struct Slot {
    Key key{};
    double value = kFree;
  };

  static std::size_t hash(const Key& key) {
    const std::uint64_t first = std::uint64_t{key[0]} << 32U | key[1];
    const std::uint64_t second = std::uint64_t{key[2]} << 32U | key[3];
    return static_cast<std::size_t>(mix64(first * 0x9e3779b97f4a7c15ULL ^ second));
  }
  Slot& slot_of(const Key& key) {
    std::size_t place = hash(key) & (slots_.size() - 1);
    while (slots_[place].value != kFree && slots_[place].key != key) {
      place = (place + 1) & (slots_.size() - 1);
    }
    return slots_[place];
  }
  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.value != kFree) {
        slot_of(slot.key) = slot;
      }
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace redline::search
