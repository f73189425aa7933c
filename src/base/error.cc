#include "redline/error.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

namespace redline {
namespace {

// The width in columns that the text takes in front of the caret: a tab stays a tab, so that the
// caret stands under its character in any terminal; a UTF-8 continuation byte takes none.
std::string caret_indent(std::string_view line, int column) {
  std::string indent;
  int at = 1;
  for (const char c : line) {
    const bool continuation = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (continuation) {
      continue;
    }
    if (at >= column) {
      break;
    }
    indent += c == '\t' ? '\t' : ' ';
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
    return fmt::format("  --> {}\n", where.file);
  }
  std::string out = fmt::format("  --> {}:{}:{}\n", where.file, where.line, where.column);
  const std::string number = std::to_string(where.line);
  const std::string gutter(number.size(), ' ');
  // A very long line is cut: the caret matters, not the rest.
  constexpr std::size_t kLongestLine = 160;
  std::string line = printable(where.text);
  if (line.size() > kLongestLine) {
    line = line.substr(0, kLongestLine);
  }
  out += fmt::format("{} |\n{} | {}\n", gutter, number, line);
  if (where.column >= 1 && static_cast<std::size_t>(where.column) <= line.size() + 1) {
    out += fmt::format("{} | {}{}{}{}\n", gutter, caret_indent(line, where.column),
                       std::string(static_cast<std::size_t>(std::clamp(where.length, 1, 60)), '^'),
                       label.empty() ? "" : " ", label);
  }
  return out;
}

}  // namespace

std::string code_name(Code code) {
  return fmt::format("RL{:04}", static_cast<unsigned>(code));
}

std::string render(const Error& error) {
  std::string out =
      fmt::format("error[{}]: {}\n", code_name(error.code), printable(error.message));
  if (error.where) {
    out += render_place(*error.where, error.label);
  }
  for (const std::string& line : error.help) {
    out += fmt::format("   = help: {}\n", printable(line));
  }
  return out;
}

std::string render(const Diagnostics& errors, std::size_t cap) {
  std::string out;
  for (std::size_t i = 0; i < errors.size() && i < cap; ++i) {
    out += render(errors[i]);
  }
  if (errors.size() > cap) {
    out += fmt::format("… and {} more problems\n", errors.size() - cap);
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
