#pragma once
// What is kept of a run: sketches of latencies in slices of the run, and a timeline. All of a fixed
// size, however long the run is.

#include <array>
#include <cstdint>
#include <vector>

#include "redline/simulation.h"

namespace redline::sim {

// Counts of values in bins that grow by a half of a percent, so that a quantile is as exact.
class Sketch {
 public:
  void add(double value);
  void merge(const Sketch& other);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] double sum() const { return sum_; }
  [[nodiscard]] double mean() const;
  [[nodiscard]] double most() const { return most_; }
  // The value with so many of the values, 1 to count, at or below it.
  [[nodiscard]] double at_rank(double rank) const;
  [[nodiscard]] double quantile(double share) const;

 private:
  std::vector<std::uint32_t> bins_;  // none before the first value
  std::size_t first_ = 0;            // bin of bins_[0]
  std::uint64_t count_ = 0;
  double sum_ = 0.0, most_ = 0.0;
};

// What was counted up to a moment of the run.
struct Totals {
  double at_s = 0.0;
  double usd = 0.0, joules = 0.0;
  std::uint64_t answer_tokens = 0, prompt_tokens = 0;
};

// Tasks that arrived one after another, with their requests.
struct Slice {
  Totals begin;  // when the first of them arrived
  std::uint64_t requests = 0, finished = 0, good = 0;
  Sketch ttft, tpot, latency, task;
};

// Slices of equal numbers of requests; twice as many requests in each where there would be too many
// slices.
class Slices {
 public:
  static constexpr std::size_t kMost = 128;

  // A task arrives; they are numbered from 0.
  void arrive(std::uint64_t number, const Totals& now);
  Slice& of(std::uint64_t number) { return slices_[number / width_]; }
  [[nodiscard]] const std::vector<Slice>& all() const { return slices_; }
  // How many slices to leave out at the begin: MSER (White 1997), which makes least the standard
  // error of the mean latency of those that stay; at most half of them.
  [[nodiscard]] std::size_t warmup() const;

 private:
  std::uint64_t width_ = 1;
  std::vector<Slice> slices_;
};

// Mean and quantiles of what a member of the slices from `first` on holds. An interval is the wider
// of that of means of batches, which holds where requests hang on each other, and that of order
// statistics, which holds where few lie beyond a quantile.
[[nodiscard]] LatencyStats latency_stats(const std::vector<Slice>& slices, std::size_t first,
                                         Sketch Slice::*member);

// Student's t, 97.5 %.
[[nodiscard]] double student_t(std::size_t degrees);

// Means over stretches of time; twice as long where there would be too many.
class Timeline {
 public:
  static constexpr std::size_t kMost = 128;
  void add(double from_s, double to_s, double running, double waiting, double cache);
  [[nodiscard]] std::vector<TimelinePoint> points(double end_s) const;

 private:
  struct Sum {
    double running = 0.0, waiting = 0.0, cache = 0.0;
  };
  void halve();
  double width_s_ = 1.0 / 1024.0;
  std::vector<Sum> sums_;
};

}  // namespace redline::sim
