#include "cli/terminal.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/ioctl.h>

namespace redline::cli {
namespace {

int terminal_width() {
  constexpr int kDefault = 80;
  constexpr int kNarrowest = 40;
  constexpr int kWidest = 200;
  if (const char* columns = std::getenv("COLUMNS")) {
    const int width = std::atoi(columns);
    if (width > 0) {
      return std::clamp(width, kNarrowest, kWidest);
    }
  }
  winsize size{};
  if (isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0) {
    return std::clamp(static_cast<int>(size.ws_col), kNarrowest, kWidest);
  }
  return kDefault;
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

// no-color.org: the flag beats NO_COLOR, NO_COLOR beats CLICOLOR_FORCE, and a dumb terminal has
// none.
bool wants_color(ColorChoice choice) {
  if (choice != ColorChoice::kAuto) {
    return choice == ColorChoice::kAlways;
  }
  if (is_set("NO_COLOR")) {
    return false;
  }
  if (is_set("CLICOLOR_FORCE")) {
    return true;
  }
  const char* term = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && term != nullptr && std::string_view(term) != "dumb";
}

int status_of(Code code) {
  const auto number = static_cast<unsigned>(code);
  if (code == Code::kBug) {
    return kOurBug;
  }
  // Files that cannot be found are the caller's choice of path; what is in them is data.
  constexpr unsigned kFirstContent = 1100;
  constexpr unsigned kFirstUsage = 2000;
  return number >= kFirstContent && number < kFirstUsage ? kBadData : kWrongUsage;
}

}  // namespace

Terminal::Terminal(ColorChoice color) : width_(terminal_width()), color_(wants_color(color)) {}

results::Language locale_language() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (is_set(name)) {
      return results::language_of_locale(std::getenv(name));
    }
  }
  return results::Language::kEnglish;
}

int Terminal::out(std::string_view text) const {
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written || errno == EPIPE) {
    return kDone;
  }
  return fail({Code::kOutputUnwritable,
               fmt::format("cannot write to standard output: {}", std::strerror(errno)),
               std::nullopt,
               {},
               {}});
}

void Terminal::note(std::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

int Terminal::fail(const Diagnostics& errors) const {
  note(render(errors));
  int status = kWrongUsage;
  for (const Error& error : errors) {
    status = std::max(status, status_of(error.code));
  }
  return status;
}

}  // namespace redline::cli
