#pragma once
// How far a long run is: one line on standard error, or events for programs. Never on standard
// output, and nothing at all for what takes less than half a second.

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "results/words.h"

namespace redline::cli {

enum class ProgressMode : std::uint8_t { kAuto, kJson, kOff };  // in the order of the choices

struct ProgressOptions {
  ProgressMode mode = ProgressMode::kAuto;
  bool terminal = false;  // whether a line can be rewritten; auto is off where it cannot
  int width = 80;
  results::Words say{};
  std::function<double()> seconds;              // a clock
  std::function<void(std::string_view)> write;  // to standard error

  [[nodiscard]] bool on() const {
    return mode == ProgressMode::kJson || (mode == ProgressMode::kAuto && terminal);
  }
};

// A clock that counts from now, and standard error.
[[nodiscard]] ProgressOptions progress_on_terminal(ProgressMode mode, int width,
                                                   const results::Words& say);

class Progress {
 public:
  // `total` 0: not known.
  Progress(ProgressOptions options, std::size_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { finish(); }

  // `done` of `total` so far. From any thread.
  void update(std::size_t done, std::size_t total);
  // Of a search, which rules out more than it evaluates; `best` so far, empty while there is none.
  void update(std::size_t done, std::size_t total, std::size_t evaluated, std::string best);
  // From any thread: so many more.
  void advance(std::size_t count = 1);
  // Clears the line, or writes the last event.
  void finish();

 private:
  void step(double now);
  void show(double now);

  ProgressOptions options_;
  std::size_t total_;
  bool on_;
  std::mutex mutex_;
  std::size_t done_ = 0;
  std::optional<std::size_t> evaluated_;
  std::string best_;
  double start_ = 0.0;
  double next_ = 0.0;
  bool shown_ = false;
  bool finished_ = false;
};

}  // namespace redline::cli
