#pragma once
// What the operators of one pass through some layers cost, by kind of work: sums of times that do
// not depend on how a step is put together.

#include <array>
#include <span>

#include "redline/step.h"

#include "perf/model.h"

namespace redline::perf {

struct PassCost {
  std::array<double, kWorks> seconds{};
  double memory_s = 0.0;  // of matrix, attention and vector work, what memory bounds
  double floor_s = 0.0;   // the roofline of matrix and attention work together
  double cached_s = 0.0;  // of attention work, what reads a cache with few queries at a time
  double loads = 0.0;     // least bytes of matrix work
  double ops = 0.0;       // of matrix units
  double launches = 0.0;  // kernels and messages

  PassCost& operator+=(const PassCost& other) {
    add(other, 1.0);
    return *this;
  }
  void add(const PassCost& other, double count) {
    for (std::size_t i = 0; i < kWorks; ++i) {
      seconds[i] += count * other.seconds[i];
    }
    memory_s += count * other.memory_s;
    floor_s += count * other.floor_s;
    cached_s += count * other.cached_s;
    loads += count * other.loads;
    ops += count * other.ops;
    launches += count * other.launches;
  }
  [[nodiscard]] double at(Work work) const { return seconds[index_of(work)]; }
};

[[nodiscard]] Work work_of(const Task& task);
// The kernel that an engine runs for an operator.
[[nodiscard]] Kernel kernel_of(const Operator& op, const Engine& engine);

// Sum over the tasks, each as often as it runs.
[[nodiscard]] PassCost cost_of(std::span<const Task> tasks, const KernelModel& kernels,
                               const Engine& engine, const SheetRates& rates);

// Two things beside each other, of which `exposed` of the lesser is left, from 0 to 1.
[[nodiscard]] constexpr double beside(double behind, double before, double exposed) {
  const double share = exposed < 1.0 ? exposed : 1.0;
  return behind > before ? (behind - before) + share * before : share * behind;
}

// What a second limit adds to work of so many seconds: little where it is far off, all that is
// missing where it is the greater, and something between, where it binds a part of the work.
[[nodiscard]] double beyond(double limit, double work);

// Nodes of a machine, for what grows with them.
[[nodiscard]] double doublings(double nodes);

}  // namespace redline::perf
