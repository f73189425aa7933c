#include "cli/terminal.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
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
bool wants_color(ColorChoice choice, int stream) {
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
  return isatty(stream) != 0 && term != nullptr && std::string_view(term) != "dumb";
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

Terminal::Terminal(const TerminalOptions& options)
    : options_(options),
      say_(options.language),
      width_(terminal_width()),
      color_(wants_color(options.color, STDOUT_FILENO)),
      color_errors_(wants_color(options.color, STDERR_FILENO)) {}

results::Language locale_language(std::string_view& variable) {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (is_set(name)) {
      variable = name;
      return results::language_of_locale(std::getenv(name));
    }
  }
  variable = {};
  return results::Language::kEnglish;
}

std::string_view color_variable() {
  if (is_set("NO_COLOR")) {
    return "NO_COLOR";
  }
  return is_set("CLICOLOR_FORCE") ? "CLICOLOR_FORCE" : std::string_view();
}

bool errors_on_terminal() { return isatty(STDERR_FILENO) != 0; }

std::string message_json(std::string_view level, const Error& error) {
  using Json = nlohmann::ordered_json;
  const bool coded = level == "error";
  Json json{{"level", level},
            {"code", coded ? Json(code_name(error.code)) : Json()},
            {"title", coded ? Json(code_title(error.code)) : Json()},
            {"message", error.message}};
  const bool placed = error.where && error.where->line > 0;
  json["file"] = error.where ? Json(error.where->file) : Json();
  json["line"] = placed ? Json(error.where->line) : Json();
  json["column"] = placed ? Json(error.where->column) : Json();
  json["length"] = placed ? Json(error.where->length) : Json();
  json["label"] = error.label.empty() ? Json() : Json(error.label);
  json["help"] = error.help;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
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
  const std::string line =
      options_.messages == MessageFormat::kJson
          ? message_json("note", {Code::kBug, std::string(text), std::nullopt, {}, {}})
          : std::string(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void Terminal::warn(const std::string& text, const std::string& cure) {
  if (options_.deny_warnings) {
    denied_ = true;
    fail({Code::kWarningDenied,
          text,
          std::nullopt,
          {cure, "--deny-warnings makes this warning an error"},
          {}});
    return;
  }
  const Error warning{Code::kBug, text, std::nullopt, {cure}, {}};
  const std::string lines =
      options_.messages == MessageFormat::kJson
          ? message_json("warning", warning)
          : fmt::format("{}: {}\n   = {}: {}\n", emphasised(say_("warning"), "1;33"), text,
                        say_("help"), cure);
  std::fwrite(lines.data(), 1, lines.size(), stderr);
}

// The word says it; colour only helps to find it.
std::string Terminal::emphasised(std::string text, std::string_view code) const {
  return color_errors_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

int Terminal::fail(const Diagnostics& errors) const {
  std::string text;
  if (options_.messages == MessageFormat::kJson) {
    for (const Error& error : errors) {
      text += message_json("error", error);
    }
  } else {
    ErrorWords words;
    if (say_.language() != results::Language::kEnglish) {
      words.error = say_("error");
      words.help = say_("help");
      words.more = say_("… and {count} more problems");
      words.title = [this](Code code) { return say_(code_title(code)); };
    }
    words.error = emphasised(words.error, "1;31");
    constexpr std::size_t kMost = 20;
    text = render(errors, kMost, words);
  }
  std::fwrite(text.data(), 1, text.size(), stderr);
  int status = kWrongUsage;
  for (const Error& error : errors) {
    status = std::max(status, status_of(error.code));
  }
  return status;
}

}  // namespace redline::cli
