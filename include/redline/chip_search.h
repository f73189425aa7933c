#pragma once
// The best part that a rule lets through: an existing die cut down, or a new one. Legality comes
// from the rules unchanged, speed from the models of steps, cost and power from the model of
// silicon.

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/economics.h"
#include "redline/search.h"
#include "redline/serving.h"
#include "redline/silicon.h"
#include "redline/step.h"
#include "redline/verdict.h"

namespace redline {

enum class ReplyPhase : std::uint8_t { kTrain, kPrefill, kDecode };
inline constexpr std::array<std::string_view, 3> kReplyPhaseNames{"train", "prefill", "decode"};

// Work that parts are judged by. What it points to must outlive it.
struct ReplyWorkload {
  ReplyPhase phase = ReplyPhase::kDecode;
  double weight = 1.0;  // share of the time of base parts that goes to it
  const LlmModel* model = nullptr;
  const StepModel* steps = nullptr;  // of the base part: its kernels and engine carry over
  ServingLoad load{};
  double limit_s = std::numeric_limits<double>::infinity();  // of TTFT or TPOT
  std::vector<ServingPlan> serving;  // without pipelines; the best that fits counts
  std::vector<std::int64_t> batch;   // sequences or prompts of a replica, ascending
  std::vector<TrainingPlan> training;
  double reference = 1.0;  // tokens a second of one base part
};

// What the part that `steps` are of does of it as it is sold, with so much memory: tokens a second
// by the best plan with the largest batch that fits and keeps the limit; 0 where none does.
[[nodiscard]] double tokens_per_s_as_sold(const ReplyWorkload& work, double capacity_bytes);

// Silicon that a part may be made of, and what may be turned off or slowed down.
struct ReplyBody {
  std::string die;  // id of the record; empty: a new one
  const ProcessNode* node = nullptr;
  const MemoryKind* memory = nullptr;
  DieSpec spec;
  double die_mm2 = 0.0, core_mm2 = 0.0;  // of one die
  double spared_mm2 = 0.0;               // of one die, see `spared_area`
  // Dies of another kind in the package.
  const ProcessNode* base_node = nullptr;
  double base_mm2 = 0.0;
  int bases = 0;
  int dies = 1;
  double dead_mm2 = 0.0;     // beside them in the package, with nothing to do
  double clock_ghz = 0.0;    // where the base part's record has none
  bool workstation = false;  // marketed for other uses than data centers
  double host_gb_s = 0.0;    // to the host, both directions
  // On the side of the host, beside the part's own; none: the part uses none of it.
  const HostMemory* host_memory = nullptr;
  double host_reads_gb_s = 0.0;      // of it, one direction, see `host_reads`
  std::vector<double> cores;         // on, of one die, ascending
  std::vector<double> memory_units;  // of the package, ascending
  std::vector<double> gbit_s;        // of a pin: grades that may be bought, ascending
  std::vector<double> unit_gb;       // ascending
  std::vector<double> link_gb_s;     // both directions, ascending
  [[nodiscard]] double area_mm2() const { return dies * die_mm2 + bases * base_mm2 + dead_mm2; }
};

// A limit of binding tests, on a quantity or on the sum of two: "tpp", "dram_bw + letter_io".
struct Threshold {
  std::string quantity;
  std::string unit;
  double value = 0.0;
};
// All limits on that quantity of that value stand elsewhere.
struct MovedThreshold {
  Threshold threshold;
  double to = 0.0;
};

// The rules of one situation as a search asks them, any number of threads at once.
class ReplyRules {
 public:
  struct State;
  // For parts that are like `base` but for what a search changes. Where limits move, parts may
  // still stay below them where they stood. Errors: those of `Inquiry::open`.
  [[nodiscard]] static Result<ReplyRules> open(const Rules& rules, const Question& question,
                                               const Chip& base, bool exceptions,
                                               const std::vector<MovedThreshold>& moved = {});
  // Rules that are the same but for limits that stand elsewhere, as if the texts said so.
  [[nodiscard]] ReplyRules with(const std::vector<MovedThreshold>& moved) const;
  // For the same situation, none at all.
  [[nodiscard]] ReplyRules unbound() const;
  // Every limit that a part could meet, each once.
  [[nodiscard]] std::vector<Threshold> thresholds() const;
  // Where limits on TPP, or on its density for an area, stand; descending, each once.
  [[nodiscard]] std::vector<double> tpp_limits(double area_mm2) const;
  [[nodiscard]] const State& state() const { return *state_; }

 private:
  static void move(State& state, const std::vector<MovedThreshold>& moved);
  explicit ReplyRules(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

enum class ReplyObjective : std::uint8_t { kChip, kDollar, kWatt };
inline constexpr std::array<std::string_view, 3> kReplyObjectiveNames{"chip", "dollar", "watt"};

struct ReplyQuestion {
  const Chip* base = nullptr;  // the part whose core and clock others are measured in
  std::vector<ReplyWorkload> workloads;
  std::vector<ReplyBody> bodies;
  std::vector<double> clocks;  // shares of the base part's clock, ascending
  // Shares of its own clock that a part may hold at work under a limit on its power, ascending up
  // to 1. Rules count the rate at the clock itself.
  std::vector<double> held{1.0};
  // That inputs of TF32 count: 32 as they are stored, or 19 that are significant.
  double tf32_bits = 32.0;
  bool caps = true;          // firmware may cap the peak rate just below a limit
  bool slows_memory = true;  // memory may run just below a limit on its bandwidth
  const PackagingTerms* packaging = nullptr;
  CostTerms terms;
  double price_factor = 4.0;  // price of a part over what it costs to make
  double most_watts = std::numeric_limits<double>::infinity();  // that a part may draw
  double volume = 500e3;  // parts of a new die that its masks are spread over
  ReplyObjective objective = ReplyObjective::kChip;
  bool front = false;  // of work for the objective against work for a dollar, or for a part
};

// A part.
struct Reply {
  std::size_t body = 0;
  double cores = 0.0;                                    // on, of one die
  double clock = 1.0;                                    // share of the base part's
  double cap = std::numeric_limits<double>::infinity();  // TPP that firmware allows
  double link_gb_s = 0.0;
  double memory_units = 0.0, gbit_s = 0.0, unit_gb = 0.0;
  bool slowed = false;  // memory below the grade that was bought
  double held = 1.0;    // of its clock that a limit on its power leaves
  // Share of its data in the memory of the host; both memories are read at once.
  double host_share = 0.0;

  double tf32_bits = 32.0;  // that a cap counts, see `ReplyQuestion`

  double tpp = 0.0, silicon_tpp = 0.0;  // with and without the cap
  double area_mm2 = 0.0, pd = 0.0;
  double dram_gb_s = 0.0, capacity_gb = 0.0, io_gb_s = 0.0;
  double host_gb = 0.0;              // of the host's memory that it fills, at most
  std::vector<double> tokens_per_s;  // of each workload; 0: it does not fit, or is too slow
  std::vector<Format> formats;       // of each workload's products
  double value = 0.0;                // base parts whose work it does
  PartCost cost;
  PartPower power;
  double usd_per_s = 0.0, watts = 0.0;  // with its share of a server
  [[nodiscard]] double per(ReplyObjective objective) const {
    return objective == ReplyObjective::kChip     ? value
           : objective == ReplyObjective::kDollar ? value / usd_per_s
                                                  : value / watts;
  }
};

// What is not known well, as factors on what is expected; costs between their ends by standard
// normal draws, whose p10 and p90 are low and high: logic, memory, packaging, test.
struct ReplyDraw {
  double compute = 1.0, memory = 1.0;
  std::array<double, 4> cost{};
};

// What a search works out of parts that does not hang on where limits stand, kept for the same
// question under other rules. For one thread at a time.
class ReplyMemory {
 public:
  struct State;
  explicit ReplyMemory(ReplyQuestion question);
  ~ReplyMemory();
  ReplyMemory(const ReplyMemory&) = delete;
  ReplyMemory& operator=(const ReplyMemory&) = delete;
  [[nodiscard]] State& state() const { return *state_; }
  [[nodiscard]] std::size_t size() const;  // values that are kept

 private:
  std::unique_ptr<State> state_;
};

// Scores: what the work of one base part takes of the objective; for a front also of dollars, or of
// parts where dollars are the objective.
class ReplySpace : public SearchSpace {
 public:
  struct Frame;
  struct Tables;
  ReplySpace(ReplyQuestion question, ReplyRules rules);
  // The same for the question of a memory, with what it has; for one thread.
  ReplySpace(ReplyMemory& memory, ReplyRules rules);
  ~ReplySpace() override;
  ReplySpace(const ReplySpace&) = delete;
  ReplySpace& operator=(const ReplySpace&) = delete;

  [[nodiscard]] std::size_t levels() const override;
  [[nodiscard]] std::size_t block_levels() const override;
  [[nodiscard]] std::size_t free_from() const override;
  [[nodiscard]] std::size_t objectives() const override;
  [[nodiscard]] std::unique_ptr<SearchWalk> walk() const override;

  [[nodiscard]] Reply reply(std::uint64_t number) const;
  [[nodiscard]] Reply reply(const std::vector<std::uint32_t>& choices) const;
  // The first body with the least of everything, under the lowest cap.
  [[nodiscard]] Reply lightest() const;
  // The same part with any cap, link and memory, legal or not; `body` and cores stand.
  [[nodiscard]] Reply assess(const Reply& like, const ReplyDraw& draw = {}) const;
  // What the rules say of it.
  [[nodiscard]] Outcome outcome(const Reply& part) const;
  [[nodiscard]] const ReplyQuestion& question() const;

 private:
  std::shared_ptr<const Frame> frame_;
  ReplyRules rules_;
  std::unique_ptr<const Tables> tables_;
  ReplyMemory::State* memory_ = nullptr;
};

// GB/s at which data is read of which a share stands in a memory of the second rate and the rest in
// one of the first, both at once.
[[nodiscard]] double reads_gb_s(double own_gb_s, double host_gb_s, double host_share);

// Base parts whose work is done at these tokens a second; 0 where one of them is.
[[nodiscard]] double work_value(const std::vector<ReplyWorkload>& works,
                                const std::vector<double>& tokens_per_s);

}  // namespace redline
