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

enum class ColorChoice : std::uint8_t { kAuto, kAlways, kNever };
enum class MessageFormat : std::uint8_t { kText, kJson };

struct TerminalOptions {
  ColorChoice color = ColorChoice::kAuto;
  results::Language language = results::Language::kEnglish;
  MessageFormat messages = MessageFormat::kText;
  bool deny_warnings = false;
};

class Terminal {
 public:
  explicit Terminal(const TerminalOptions& options);

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] bool color() const { return color_; }
  [[nodiscard]] const results::Words& say() const { return say_; }

  // Standard output, and the exit status. A reader that went away (broken pipe) is no error.
  [[nodiscard]] int out(std::string_view text) const;
  // "wrote x.json": a line for people, an object where messages are JSON.
  void note(std::string_view text) const;
  // Something that deserves a look, with the flag or file that cures it. Under --deny-warnings it
  // is an error, and `status` turns it into an exit status.
  void warn(const std::string& text, const std::string& cure);
  // Prints the errors and says with which status to leave.
  int fail(const Diagnostics& errors) const;
  int fail(const Error& error) const { return fail(Diagnostics{error}); }
  // `status`, unless it says done and a denied warning was printed.
  [[nodiscard]] int status(int status) const {
    return status == kDone && denied_ ? static_cast<int>(kFailIf) : status;
  }

 private:
  [[nodiscard]] std::string emphasised(std::string text, std::string_view code) const;

  TerminalOptions options_;
  results::Words say_;
  int width_ = 80;
  bool color_ = false;
  bool color_errors_ = false;
  bool denied_ = false;
};

// An error as one line of JSON: level, code, title, message, file, line, column, length, label,
// help. Fields that an error lacks are null.
[[nodiscard]] std::string message_json(std::string_view level, const Error& error);

// The language of messages that the environment asks for: LC_ALL, else LC_MESSAGES, else LANG.
// `variable` becomes the name of the one that said it, empty if none did.
[[nodiscard]] results::Language locale_language(std::string_view& variable);
[[nodiscard]] inline results::Language locale_language() {
  std::string_view variable;
  return locale_language(variable);
}

// The environment variable that decides about colour where no flag does; empty if none.
[[nodiscard]] std::string_view color_variable();

// Whether standard error is a terminal, where a progress line can be rewritten.
[[nodiscard]] bool errors_on_terminal();

}  // namespace redline::cli
