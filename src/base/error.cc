#include "redline/error.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "redline/message.h"

#include "base/characters.h"

namespace redline {
namespace {

// Whether a terminal gives two columns to the character that begins here: the lead byte tells it
// for CJK, kana, Hangul, full-width forms (E2 BA … EF BF) and for emoji and rare ideographs (F0).
bool is_wide(std::string_view rest) {
  const auto byte = [rest](std::size_t i) {
    return i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0U;
  };
  const unsigned lead = byte(0);
  const unsigned next = byte(1);
  return (lead == 0xE2U && next >= 0xBAU) || (lead >= 0xE3U && lead <= 0xE9U) || lead == 0xEBU ||
         lead == 0xECU || (lead == 0xEAU && (next <= 0x92U || next >= 0xB0U)) ||
         (lead == 0xEDU && next <= 0x9EU) || (lead == 0xEFU && next >= 0xA4U && next <= 0xABU) ||
         (lead == 0xEFU && (next == 0xBCU || next == 0xBDU)) || (lead == 0xF0U && next >= 0x9FU);
}

// What stands in front of the caret: a tab stays a tab, and a wide character takes two blanks, so
// that the caret stands under its character in any terminal.
std::string caret_indent(std::string_view line, int column) {
  std::string indent;
  int at = 1;
  for (std::size_t i = 0; i < line.size() && at < column; ++i) {
    if (continues_character(line[i])) {
      continue;
    }
    indent += line[i] == '\t' ? "\t" : is_wide(line.substr(i)) ? "  " : " ";
    ++at;
  }
  return indent;
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += (byte < 0x20U && c != '\t') || byte == 0x7FU ? '?' : c;
  }
  return out;
}

std::string render_place(const SourceSpan& where, std::string_view label) {
  if (where.line == 0) {
    return fmt::format("  --> {}\n", printable(where.file));
  }
  std::string out =
      fmt::format("  --> {}:{}:{}\n", printable(where.file), where.line, where.column);
  const std::string number = std::to_string(where.line);
  const std::string gutter(number.size(), ' ');
  // A very long line is cut: the caret matters, not the rest.
  constexpr std::size_t kLongestLine = 160;
  std::string line = printable(where.text);
  if (line.size() > kLongestLine) {
    std::size_t cut = kLongestLine;
    while (cut > 0 && continues_character(line[cut])) {
      --cut;
    }
    line.resize(cut);
  }
  out += fmt::format("{} |\n{} | {}\n", gutter, number, line);
  if (where.column >= 1 && where.column <= count_characters(line) + 1) {
    out += fmt::format("{} | {}{}{}{}\n", gutter, caret_indent(line, where.column),
                       std::string(static_cast<std::size_t>(std::clamp(where.length, 1, 60)), '^'),
                       label.empty() ? "" : " ", printable(label));
  }
  return out;
}

}  // namespace

std::string code_name(Code code) { return fmt::format("RL{:04}", static_cast<unsigned>(code)); }

std::string render(const Error& error, const ErrorWords& words) {
  std::string out =
      fmt::format("{}[{}]{}: {}\n", words.error, code_name(error.code),
                  words.title ? " " + words.title(error.code) : "", printable(error.message));
  if (error.where) {
    out += render_place(*error.where, error.label);
  }
  for (const std::string& line : error.help) {
    out += fmt::format("   = {}: {}\n", words.help, printable(line));
  }
  return out;
}

std::string render(const Diagnostics& errors, std::size_t cap, const ErrorWords& words) {
  std::string out;
  for (std::size_t i = 0; i < errors.size() && i < cap; ++i) {
    out += render(errors[i], words);
  }
  if (errors.size() > cap) {
    out += fill_template(words.more, {{"count", std::to_string(errors.size() - cap)}}) + "\n";
  }
  return out;
}

void report_bug(const char* file, int line, const char* condition) {
  std::fprintf(stderr,
               "error[RL9001]: internal error at %s:%d: %s\n"
               "   = help: this is a bug in redline; please report it with the command line\n",
               file, line, condition);
  std::exit(70);
}

}  // namespace redline
