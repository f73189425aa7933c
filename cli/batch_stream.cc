#include "cli/batch_stream.h"

#include <algorithm>
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
#include "cli/interrupt.h"

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

// How many lines there are to answer; 0 where that cannot be told beforehand.
std::size_t count_lines(const std::string& path) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(path, code)) {
    return 0;
  }
  std::ifstream file(path, std::ios::binary);
  std::vector<char> block(std::size_t{1} << 16U);
  std::size_t lines = 0;
  char last = '\n';
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    const auto end = block.begin() + file.gcount();
    lines += static_cast<std::size_t>(std::count(block.begin(), end, '\n'));
    last = *(end - 1);
  }
  return lines + (last == '\n' ? 0 : 1);
}

}  // namespace

std::string BatchStream::answer(const std::vector<std::string>& lines, std::size_t first,
                                std::size_t& done, Progress& progress) const {
  std::vector<std::string> answers(lines.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    while (!interrupted()) {
      const std::size_t i = next++;
      if (i >= lines.size()) {
        break;
      }
      if (!is_blank(lines[i])) {
        answers[i] = app::run_batch_line(workspace_, lines[i], first + i);
      }
      progress.advance();
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (unsigned t = 1; t < threads_ && t < lines.size(); ++t) {
      helpers.emplace_back(work);
    }
    work();
  }
  // Lines are taken in order and each one taken is finished: what is done is a beginning.
  done = std::min(next.load(), lines.size());
  std::string all;
  for (std::size_t i = 0; i < done; ++i) {
    all += answers[i];
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
  Progress progress(progress_, progress_.on() ? count_lines(input) : 0);
  while (more && !interrupted()) {
    lines.clear();
    while (lines.size() < chunk && (more = read_line(in, line) && !interrupted())) {
      lines.push_back(line);
    }
    std::size_t answered = 0;
    const std::string text = answer(lines, number, answered, progress);
    number += lines.size();
    done += answered;
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
