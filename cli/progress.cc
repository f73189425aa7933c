#include "cli/progress.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

#include "cli/terminal.h"
#include "results/utf8.h"

namespace redline::cli {
namespace {

constexpr double kQuiet = 0.5;  // seconds before the first line
constexpr double kLineEvery = 0.1;
constexpr double kEventEvery = 1.0;

// "0:07", "12:40", "3:05:00"
std::string clock_text(double seconds) {
  constexpr long long kMost = 359'999;  // 99:59:59
  const auto whole = static_cast<long long>(std::min<double>(std::ceil(seconds), kMost));
  const long long minutes = whole / 60;
  return minutes < 60 ? fmt::format("{}:{:02}", minutes, whole % 60)
                      : fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, whole % 60);
}

std::string rate_text(double rate) {
  constexpr double kMillion = 1e6;
  return rate < 10         ? fmt::format("{:.1f}", rate)
         : rate < kMillion ? fmt::format("{:.0f}", rate)
                           : fmt::format("{:.1f}M", rate / kMillion);
}

}  // namespace

ProgressOptions progress_on_terminal(ProgressMode mode, int width, const results::Words& say) {
  ProgressOptions options;
  options.mode = mode;
  options.terminal = errors_on_terminal();
  options.width = width;
  options.say = say;
  options.seconds = [start = std::chrono::steady_clock::now()] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  options.write = [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
  return options;
}

Progress::Progress(ProgressOptions options, std::size_t total)
    : options_(std::move(options)), total_(total), on_(options_.on()) {
  if (on_) {
    start_ = options_.seconds();
    next_ = start_ + kQuiet;
  }
}

void Progress::advance(std::size_t count) {
  if (on_) {
    const std::lock_guard lock(mutex_);
    done_ += count;
    step(options_.seconds());
  }
}

void Progress::update(std::size_t done, std::size_t total) {
  if (on_) {
    const std::lock_guard lock(mutex_);
    done_ = std::max(done_, done);
    total_ = total;
    step(options_.seconds());
  }
}

void Progress::update(std::size_t done, std::size_t total, std::size_t evaluated,
                      std::string best) {
  if (on_) {
    const std::lock_guard lock(mutex_);
    done_ = std::max(done_, done);
    total_ = total;
    evaluated_ = evaluated;
    best_ = std::move(best);
    step(options_.seconds());
  }
}

void Progress::step(double now) {
  if (now >= next_ && !finished_) {
    show(now);
  }
}

void Progress::show(double now) {
  const double rate = static_cast<double>(done_) / (now - start_);
  const double left = total_ > done_ && rate > 0 ? static_cast<double>(total_ - done_) / rate : 0.0;
  const double evaluations = static_cast<double>(evaluated_.value_or(0)) / (now - start_);
  shown_ = true;
  if (options_.mode == ProgressMode::kJson) {
    next_ = now + kEventEvery;
    const std::string total = total_ == 0 ? "null" : std::to_string(total_);
    std::string search;
    if (evaluated_) {
      search =
          fmt::format(",\"evaluated\":{},\"evaluations_per_s\":{:.3g},\"best\":{}", *evaluated_,
                      evaluations, best_.empty() ? "null" : fmt::format("\"{}\"", best_));
    }
    options_.write(fmt::format(
        "{{\"event\":\"progress\",\"done\":{},\"total\":{},\"rate_per_s\":{:.3g},"
        "\"eta_s\":{}{}}}\n",
        done_, total, rate, total_ == 0 ? "null" : fmt::format("{:.1f}", left), search));
    return;
  }
  next_ = now + kLineEvery;
  const std::string done = std::to_string(done_);
  const std::string total = std::to_string(total_);
  const std::string time = clock_text(left);
  const auto& say = options_.say;
  const std::string line =
      total_ == 0 ? say("{done} done, {rate} a second", {{"done", done}, {"rate", rate_text(rate)}})
      : !evaluated_
          ? say("{done} of {total}, {rate} a second, {time} left",
                {{"done", done}, {"total", total}, {"rate", rate_text(rate)}, {"time", time}})
      : best_.empty()
          ? say("{done} of {total}, {rate} evaluations a second, {time} left",
                {{"done", done},
                 {"total", total},
                 {"rate", rate_text(evaluations)},
                 {"time", time}})
          : say("{done} of {total}, {rate} evaluations a second, best {best}, {time} left",
                {{"done", done},
                 {"total", total},
                 {"rate", rate_text(evaluations)},
                 {"best", best_},
                 {"time", time}});
  options_.write("\r" + results::truncate_to_width(line, options_.width - 1) + "\x1b[K");
}

void Progress::finish() {
  if (!on_) {
    return;
  }
  const std::lock_guard lock(mutex_);
  if (finished_) {
    return;
  }
  finished_ = true;
  if (options_.mode == ProgressMode::kJson) {
    options_.write(fmt::format("{{\"event\":\"done\",\"done\":{},\"seconds\":{:.3f}}}\n", done_,
                               options_.seconds() - start_));
  } else if (shown_) {
    options_.write("\r\x1b[K");
  }
}

}  // namespace redline::cli
