#pragma once
// Three-valued (Kleene) logic: what is not known stays unknown, and is unknown only where it
// matters.

#include <cstdint>
#include <optional>

namespace redline {

enum class Tri : std::uint8_t { kNo = 0, kUnknown = 1, kYes = 2 };

[[nodiscard]] constexpr Tri to_tri(bool value) { return value ? Tri::kYes : Tri::kNo; }

[[nodiscard]] constexpr Tri to_tri(std::optional<bool> value) {
  return value ? to_tri(*value) : Tri::kUnknown;
}

// The order no < unknown < yes makes conjunction the minimum and disjunction the maximum.
[[nodiscard]] constexpr Tri operator&&(Tri a, Tri b) { return a < b ? a : b; }
[[nodiscard]] constexpr Tri operator||(Tri a, Tri b) { return a < b ? b : a; }
[[nodiscard]] constexpr Tri operator!(Tri a) {
  return static_cast<Tri>(2 - static_cast<std::uint8_t>(a));
}

}  // namespace redline
