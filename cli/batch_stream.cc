#include "cli/batch_stream.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "app/batch.h"

namespace redline::cli {
namespace {

bool is_blank(const std::string& line) {
  return line.find_first_not_of(" \t\r") == std::string::npos;
}

// Lines longer than a request may be are cut here, so that memory stays bounded; the answer says
// so.
bool read_line(std::istream& in, std::string& line) {
  constexpr std::size_t kMost = (std::size_t{1} << 20U) + 1;
  line.clear();
  char c = 0;
  bool any = false;
  while (in.get(c)) {
    any = true;
    if (c == '\n') {
      return true;
    }
    if (line.size() < kMost) {
      line += c;
    }
  }
  return any;
}

}  // namespace

std::string BatchStream::answer(const std::vector<std::string>& lines, std::size_t first) const {
  std::vector<std::string> answers(lines.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < lines.size(); i = next++) {
      if (!is_blank(lines[i])) {
        answers[i] = app::run_batch_line(workspace_, lines[i], first + i);
      }
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (unsigned t = 1; t < threads_ && t < lines.size(); ++t) {
      helpers.emplace_back(work);
    }
    work();
  }
  std::string all;
  for (const std::string& one : answers) {
    all += one;
  }
  return all;
}

Result<std::size_t> BatchStream::run(const std::string& input, const std::string& output) {
  std::ifstream file;
  const bool standard_in = input == "-";
  if (!standard_in) {
    if (std::filesystem::is_directory(input)) {
      return fail(Code::kFileUnreadable, fmt::format("cannot read '{}': it is a folder", input));
    }
    file.open(input, std::ios::binary);
    if (!file) {
      return fail(Code::kFileUnreadable,
                  fmt::format("cannot read '{}': {}", input, std::strerror(errno)));
    }
  }
  std::istream& in = standard_in ? std::cin : file;
  const bool standard_out = output.empty() || output == "-";
  std::FILE* out = standard_out ? stdout : std::fopen(output.c_str(), "wb");
  const auto unwritable = [&output] {
    return fail(Code::kOutputUnwritable,
                fmt::format("cannot write '{}': {}", output.empty() ? "standard output" : output,
                            std::strerror(errno)),
                {"the answers written so far are complete lines"});
  };
  if (out == nullptr) {
    return unwritable();
  }
  // One thread answers line by line, so that a caller on a pipe gets each answer at once.
  const std::size_t chunk = threads_ == 1 ? 1 : std::size_t{64} * threads_;
  std::vector<std::string> lines;
  std::string line;
  std::size_t number = 1;
  std::size_t done = 0;
  bool more = true;
  while (more) {
    lines.clear();
    while (lines.size() < chunk && (more = read_line(in, line))) {
      lines.push_back(line);
    }
    const std::string text = answer(lines, number);
    number += lines.size();
    done += lines.size();
    const bool written =
        std::fwrite(text.data(), 1, text.size(), out) == text.size() && std::fflush(out) == 0;
    if (!written) {
      if (standard_out && errno == EPIPE) {
        return done;  // the reader has seen enough
      }
      return unwritable();
    }
  }
  if (!standard_out && std::fclose(out) != 0) {
    return unwritable();
  }
  return done;
}

}  // namespace redline::cli
