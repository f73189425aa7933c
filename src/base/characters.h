#pragma once
// Text in UTF-8, character by character.

#include <algorithm>
#include <string_view>

namespace redline {

// Whether the byte goes on with a character that began before it.
[[nodiscard]] inline bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

[[nodiscard]] inline int count_characters(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

}  // namespace redline
