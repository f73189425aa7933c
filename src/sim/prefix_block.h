#pragma once
// Numbers of the blocks of prefixes.

#include <cstdint>

#include "base/hash.h"

namespace redline {

// Of block `block` of group `group`, both below 2^32: another number for every pair, as each step
// of the mixing can be undone.
[[nodiscard]] constexpr std::uint64_t prefix_block(std::uint64_t group, std::uint64_t block) {
  return mix64(group << 32U | block);
}

}  // namespace redline
