#pragma once
// C = A B on one machine, as one library multiplies: what products share, whatever their shapes, is
// worked out once for all of them.

#include "redline/kernel.h"

#include "perf/model.h"

namespace redline::perf {

// Tiles that a processor weighs at once.
enum class Lanes : std::uint8_t { kTwo, kFour };
[[nodiscard]] Lanes lanes_here();

class GemmKernel {
 public:
  // Never runs: a place for one.
  GemmKernel() = default;
  GemmKernel(Format math, const Execution& how, const Limits& limits, const Constants& constants);
  void use(Lanes lanes) { lanes_ = lanes; }

  [[nodiscard]] Format math() const { return math_; }
  [[nodiscard]] Parts time(const Gemm& g, const Demand& demand);
  [[nodiscard]] KernelCost cost(const Gemm& g) {
    return lanes_ == Lanes::kFour ? on_four_lanes(g) : on_two_lanes(g);
  }

  // Seconds an operation or a byte of one core, so that the choice of tiles multiplies.
  struct CoreTimes {
    double cap = 0.0;                      // of an operation, at the data sheet's rate
    double cached = 0.0, loaded = 0.0;     // of a byte from the cache or from memory
    double memory = 0.0;                   // of a byte of all cores together
    double tile = 0.0;                     // prologue and epilogue
    double cores = 0.0, per_core = 0.0;    // their number, and one over it
    double spread = 0.0, split = 0.0;      // as the constants of these names
    double narrow = 0.0;                   // columns
    double all_cached = 0.0, reach = 0.0;  // of a byte of all cores, cached or not
  };

 private:
  [[nodiscard]] double issue(double ops);
  template <Lanes kLanes>
  [[nodiscard]] KernelCost priced(const Gemm& g);
  [[nodiscard]] KernelCost on_two_lanes(const Gemm& g);
  [[nodiscard]] KernelCost on_four_lanes(const Gemm& g);
  template <Lanes kLanes>
  [[nodiscard]] Parts parts(const Gemm& g, const Demand& demand, double miss);

  Format math_ = Format::kNone;
  Execution how_{};
  Lanes lanes_ = Lanes::kTwo;
  double sheet_rate_ = 0.0, bandwidth_ = 0.0;  // of the data sheet
  double boost_ = 0.0, cap_ = 0.0, droop_ = 0.0;
  double last_ops_ = -1.0, last_issue_ = 0.0;  // of the product before
  double memory_ = 0.0, cache_ = 0.0;          // bytes a second of all cores
  double resident_ = 0.0;                      // bytes of the cache in which operands outlive a run
  double quantize_s_ = 0.0, quantize_passes_ = 0.0;
  double launch_s_ = 0.0;
  bool deep_ = false, has_cores_ = false;
  CoreTimes times_{};
};

}  // namespace redline::perf
