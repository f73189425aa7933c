#pragma once
// How far predictions lie from measurements: by row, and over many.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "redline/kernel.h"

#include "app/report.h"

namespace redline::app {

// What a row is to the constants that predict it.
enum class Part : std::uint8_t { kFitted, kHeldOut, kLeftOut };
constexpr std::array<std::string_view, 3> kPartWords{"fitted", "held-out", "chip-left-out"};

[[nodiscard]] inline std::string_view word_of(Part part) {
  return kPartWords[static_cast<std::size_t>(part)];
}

// A row, whatever it measures, and what the models say of it, in its own metric and unit.
struct Predicted {
  std::string id, source, chip, op, plans;
  Part part = Part::kHeldOut;
  double predicted = 0.0, low = 0.0, high = 0.0, measured = 0.0;
  Evidence evidence = Evidence::kExtrapolated;
  std::vector<Message> assumptions;

  [[nodiscard]] double error_percent() const { return 100.0 * (predicted / measured - 1.0); }
  [[nodiscard]] bool inside() const { return low <= measured && measured <= high; }
};

// Of at least one row, but for the counts.
struct Accuracy {
  std::vector<const Predicted*> rows;
  std::size_t skipped = 0;

  [[nodiscard]] double mean(double (*of)(const Predicted&)) const;
  [[nodiscard]] double mape() const;
  [[nodiscard]] double bias() const;
  [[nodiscard]] double coverage() const;
  [[nodiscard]] double median() const;  // of the absolute errors
  [[nodiscard]] const Predicted& worst() const;
};

[[nodiscard]] Json accuracy_json(const Accuracy& accuracy);

// Sources count alike, however many rows they have. Rows of steps that are not chip-left-out.
struct SourceMeans {
  std::size_t sources = 0;
  double all = 0.0, held_out = 0.0;  // MAPE
};
enum class Runs : std::uint8_t { kTraining, kServing, kLoad, kFirstToken };
[[nodiscard]] SourceMeans means_over_sources(const std::vector<Predicted>& rows, Runs kind);
// The operator that rows under load with the time to the first token have: their phase and this.
inline constexpr std::string_view kFirstTokenOp = "-ttft";
[[nodiscard]] Json sources_json(const std::vector<Predicted>& rows);
// Whether the better plans of one model and system are predicted to be the better ones: Spearman's
// rank correlation, for every model, format, system and engine with three plans or more.
[[nodiscard]] Json order_json(const std::vector<Predicted>& rows);
// The same over all of these, and what can be asked of it: runs of one plan differ among each
// other, so that a rank correlation of plans that lie close together is one of noise. Two plans are
// told apart where they differ by more than 95 % of the differences of runs of one plan.
struct PlanOrder {
  std::size_t groups = 0;
  double mean_correlation = 0.0;  // of the groups
  std::size_t groups_apart = 0;   // in which any two plans are told apart
  double mean_apart = 0.0;        // correlation of these
  double repeat_sd = 0.0;   // of the logarithm of runs of one plan, from their median difference
  std::size_t apart = 0;    // pairs of plans of one group that are told apart
  std::size_t ordered = 0;  // of these, those that are predicted in their order
};
[[nodiscard]] PlanOrder plan_order(const std::vector<Predicted>& rows);
[[nodiscard]] Json pairs_json(const std::vector<Predicted>& rows);

}  // namespace redline::app
