#pragma once
// A small hash that is the same on every machine, for dealing rows out to parts.

#include <cstdint>
#include <string_view>

namespace redline {

// FNV-1a, the high bits folded in.
[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 1469598103934665603ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return hash ^ (hash >> 29U);
}

}  // namespace redline
