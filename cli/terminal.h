#pragma once
// Where output goes: standard output or a file, errors and notes on standard error.

#include <string>
#include <string_view>

#include "redline/error.h"

#include "results/words.h"

namespace redline::cli {

// Exit statuses, as the README documents them.
enum ExitStatus : int {
  kDone = 0,
  kFailIf = 1,
  kWrongUsage = 2,
  kBadData = 3,
  kNoAnswer = 4,
  kOurBug = 70,
  kInterrupted = 130,
};

enum class ColorChoice { kAuto, kAlways, kNever };

class Terminal {
 public:
  explicit Terminal(ColorChoice color);

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] bool color() const { return color_; }

  // Standard output, and the exit status. A reader that went away (broken pipe) is no error.
  [[nodiscard]] int out(std::string_view text) const;
  void note(std::string_view text) const;
  // Prints the errors and says with which status to leave.
  int fail(const Diagnostics& errors) const;
  int fail(const Error& error) const { return fail(Diagnostics{error}); }

 private:
  int width_ = 80;
  bool color_ = false;
};

// The language of messages that the environment asks for: LC_ALL, else LC_MESSAGES, else LANG.
[[nodiscard]] results::Language locale_language();

}  // namespace redline::cli
