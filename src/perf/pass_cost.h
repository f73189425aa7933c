#pragma once
// What the operators of one pass through some layers cost, by kind of work: sums of times that do
// not depend on how a step is put together.

#include <array>

#include "redline/step.h"

#include "perf/gemm.h"
#include "perf/limits.h"
#include "workload/sink.h"

namespace redline::perf {

struct PassCost {
  std::array<double, kWorks> seconds{};
  double memory_s = 0.0;  // of matrix, attention and vector work, what memory bounds
  double floor_s = 0.0;   // the roofline of matrix and attention work together
  // Of matrix, attention and vector work, in this order: what a kernel takes whatever its shape.
  std::array<double, 3> fixed_s{};
  double cached_s = 0.0;  // of attention over a cache by few queries, the rest
  double loads = 0.0;     // least bytes of matrix work
  double ops = 0.0;       // of matrix units
  double launches = 0.0;  // kernels and messages

  PassCost& operator+=(const PassCost& other) {
    add(other, 1.0);
    return *this;
  }
  void add(const PassCost& other, double count) {
    if (count == 0.0) {
      return;
    }
    for (std::size_t i = 0; i < kWorks; ++i) {
      seconds[i] += count * other.seconds[i];
    }
    for (std::size_t i = 0; i < fixed_s.size(); ++i) {
      fixed_s[i] += count * other.fixed_s[i];
    }
    memory_s += count * other.memory_s;
    floor_s += count * other.floor_s;
    cached_s += count * other.cached_s;
    loads += count * other.loads;
    ops += count * other.ops;
    launches += count * other.launches;
  }
  [[nodiscard]] double at(Work work) const { return seconds[index_of(work)]; }
  // Of matrix, attention or vector work.
  [[nodiscard]] double fixed(Work work) const { return fixed_s[index_of(work)]; }
  [[nodiscard]] double moving(Work work) const { return at(work) - fixed(work); }
};

// How an engine runs an operator.
[[nodiscard]] Execution execution_of(const Gemm& op, const Engine& engine);
[[nodiscard]] Execution execution_of(const GroupedGemm& op, const Engine& engine);
[[nodiscard]] Execution execution_of(const Stream& op, const Engine& engine);
[[nodiscard]] Execution execution_of(const Collective& op, const Engine& engine);
[[nodiscard]] Execution execution_of(const ExpertExchange& op, const Engine& engine);
// The same of attention, on a chip: `beside_prompts`: in one pass with those of whole sequences.
[[nodiscard]] Execution execution_of(const Attention& op, const Engine& engine,
                                     const Limits& limits, bool beside_prompts);
// Whether it gathers the tokens of all instead of an exchange among so many ranks of experts.
[[nodiscard]] constexpr bool gathers(std::int64_t ranks, const Engine& engine) {
  return ranks <= engine.gathers_experts;
}
// The kernel that it runs for it on a chip.
[[nodiscard]] Kernel kernel_of(const Operator& op, const Engine& engine, const Limits& limits);

// Adds up what operators cost as they are emitted, each as often as it runs.
class CostSum final : public workload::Sink {
 public:
  // Both must outlive it.
  CostSum(const KernelModel& kernels, const Engine& engine) : kernels_(kernels), engine_(engine) {}

  // Operators from here on are added to `sum`, and gradients of weights to `weight` as well.
  void add_to(PassCost& sum, PassCost* weight = nullptr) {
    sum_ = &sum;
    weight_ = weight;
  }
  // Products of experts have so many times their rows: those of the busiest rank.
  void set_imbalance(double imbalance) { imbalance_ = imbalance; }
  // Sequences that decode are in one pass with prompts.
  void set_beside_prompts(bool beside) { beside_prompts_ = beside; }

  void take(std::string_view name, const Gemm& op, std::int64_t count) override;
  void take(std::string_view name, const GroupedGemm& op, std::int64_t count) override;
  void take(std::string_view name, const Attention& op, std::int64_t count) override;
  void take(std::string_view name, const Stream& op, std::int64_t count) override;
  void take(std::string_view name, const Collective& op, std::int64_t count) override;
  void take(std::string_view name, const ExpertExchange& op, std::int64_t count) override;

 private:
  template <class Op>
  [[nodiscard]] KernelCost cost_of(const Op& op) const {
    return kernels_.cost(op, execution_of(op, engine_));
  }

  const KernelModel& kernels_;
  const Engine& engine_;
  PassCost* sum_ = nullptr;
  PassCost* weight_ = nullptr;
  double imbalance_ = 1.0;
  bool beside_prompts_ = false;
  GemmKernel product_;  // of the last one: mostly all are computed in the same format
  // A layer sends the same message several times: the last of each kind, with its seconds.
  struct Sent {
    Collective op;
    double seconds = 0.0;
  };
  std::array<Sent, 6> sent_{};
};

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
