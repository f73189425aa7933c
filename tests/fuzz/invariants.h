#pragma once
// What every fuzz target asserts of an error. A failed RL_CHECK ends the process, which libFuzzer
// reports with the input that caused it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "redline/error.h"

namespace redline::fuzz {

// libFuzzer hands over bytes.
inline std::string_view text_of(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

// The place lies inside the input, shows the line that stands there, and can be printed.
inline void check_error(const Error& error, std::string_view input) {
  RL_CHECK(!error.message.empty());
  RL_CHECK(error.code != Code::kBug);
  RL_CHECK(!code_title(error.code).empty());
  const std::string text = render(error);
  RL_CHECK(std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20U && c != '\n' && c != '\t';
  }));
  if (!error.where || error.where->line == 0) {
    return;
  }
  const SourceSpan& where = *error.where;
  const bool inside = where.line >= 1 &&
                      where.line <= 1 + std::count(input.begin(), input.end(), '\n') &&
                      where.column >= 1 && where.length >= 1 &&
                      static_cast<std::size_t>(where.column) <= where.text.size() + 1 &&
                      input.find(where.text) != std::string_view::npos;
  if (!inside) {
    std::fputs(text.c_str(), stderr);
  }
  RL_CHECK(inside);
}

inline void check_errors(const Diagnostics& errors, std::string_view input) {
  RL_CHECK(!errors.empty());
  for (const Error& error : errors) {
    check_error(error, input);
  }
  RL_CHECK(!render(errors).empty());
}

}  // namespace redline::fuzz
