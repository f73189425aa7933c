#pragma once
// Test-time scaling: what tokens that a model spends on a task buy, and how long a chip takes over
// them. Accuracy is read off published points and interpolated between them, never beyond; a chain
// of thought is the sum of its decode steps while its context grows.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "redline/interval.h"
#include "redline/step.h"

namespace redline {

// How tokens are spent on one task, and the names in machine output: one long chain; a vote among N
// chains; N chains of which a verifier finds the right one; one chain whose end is put off, N
// stretches of thinking behind one another (s1, Muennighoff et al. 2025).
enum class Reasoning : std::uint8_t { kChain, kMajority, kBestOf, kRevision };
inline constexpr std::array<std::string_view, 4> kReasoningNames{"chain", "majority", "best-of",
                                                                 "revision"};

// Accuracies are shares of tasks solved, from 0 to 1.
struct Accuracy {
  double value = 0.0;
  std::optional<Interval<double>> interval;  // 80 %; none where no number of problems is known
  bool interpolated = false;                 // between two points
  bool extrapolated = false;                 // the nearest point, for what is beyond the points
};

// The 80 % interval of a share that was found in so many independent trials (Wilson 1927). Problems
// are the trials: running each of them again does not say how unlike others would be.
[[nodiscard]] Interval<double> binomial_interval(double share, double trials);

struct AccuracyPoint {
  double spent = 0.0;  // tokens, samples or passes; above zero
  double accuracy = 0.0;
  int problems = 0;  // 0: not known
};

// Accuracy against what was spent, straight over its logarithm from point to point.
class AccuracyCurve {
 public:
  AccuracyCurve() = default;
  // In any order. Of several points at one place the first counts.
  explicit AccuracyCurve(std::vector<AccuracyPoint> points);

  [[nodiscard]] const std::vector<AccuracyPoint>& points() const { return points_; }
  [[nodiscard]] bool empty() const { return points_.empty(); }
  [[nodiscard]] bool covers(double spent) const;
  // None beyond the points; with `extrapolate` the nearest one there, and it says so. Between two
  // points the interval reaches from the lesser to the greater with the intervals of both: a curve
  // that only rises may lie anywhere between them.
  [[nodiscard]] std::optional<Accuracy> at(double spent, bool extrapolate = false) const;

 private:
  std::vector<AccuracyPoint> points_;  // ascending
};

// What a verifier that is never wrong can reach with `samples` chains, where none published it. At
// least what one chain, or a vote among them, reaches. At most 1 - (1 - p)^N, which takes problems
// for equally hard: by Jensen's inequality those that differ reach less.
[[nodiscard]] Interval<double> best_of_bounds(double chain, double vote, double samples);

// One task: a prompt, and chains side by side that share its prefill and its cache.
struct ThinkingLoad {
  std::int64_t prompt = 256;  // tokens
  std::int64_t tokens = 0;    // of a chain
  std::int64_t chains = 1;
};

// Chains of a batch in a steady state: as many begin as end, without queues.
struct ThinkingEstimate {
  Seconds prefill{};              // of the prompt alone, from the first stage to the last
  Seconds decode{};               // of one chain
  double tpot_s = 0.0;            // the mean over a chain
  double chip_seconds = 0.0;      // of all chips, for the whole task
  double factor = 1.0;            // from these to either end of their 80 % interval
  std::int64_t batch = 0;         // chains of a replica at a time
  Bound bound = Bound::kCompute;  // in the middle of a chain
  Evidence evidence = Evidence::kExtrapolated;

  [[nodiscard]] Seconds time() const { return prefill + decode; }
};
// The plan and a step of `batch` sequences at the full length must be valid (see `check`), and not
// refused. Steps are integrated over the context with Simpson's rule: exact where attention is
// linear in it.
[[nodiscard]] ThinkingEstimate think(const LlmModel& model, const StepModel& steps,
                                     const ServingPlan& plan, const ThinkingLoad& load,
                                     std::int64_t batch);

// Chains at their full length that a replica has room for in `capacity` bytes of a chip, at most
// `most`, a prompt being kept once for those that share it; 0: not even one.
[[nodiscard]] std::int64_t largest_thinking_batch(const LlmModel& model, const ServingPlan& plan,
                                                  Bytes capacity, const ThinkingLoad& load,
                                                  std::int64_t most);
// The largest batch up to `most` whose mean TPOT keeps to `tpot_s`; 0: none.
[[nodiscard]] std::int64_t paced_thinking_batch(const LlmModel& model, const StepModel& steps,
                                                const ServingPlan& plan, const ThinkingLoad& load,
                                                std::int64_t most, double tpot_s);

// Where a difference of two chips changes its sign.
struct Crossing {
  std::int64_t tokens = 0;  // the first length with the later sign
  bool first_wins = false;  // from there on the first is less
};
// `difference` of the first from the second at a length of chains; none where nothing is known
// there. Lengths ascend; the first change between two of them is found by bisection.
[[nodiscard]] std::optional<Crossing> first_crossing(
    std::span<const std::int64_t> lengths,
    const std::function<std::optional<double>(std::int64_t)>& difference);

}  // namespace redline
