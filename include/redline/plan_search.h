#pragma once
// The best parallel plan of a training step: a space of plans of one model on chips of one kind.

#include <memory>
#include <string_view>
#include <vector>

#include "redline/search.h"
#include "redline/step.h"

namespace redline {

// What a plan is judged by, and the names in requests; lesser is better.
enum class PlanObjective : std::uint8_t { kTime, kCost, kEnergy, kChips, kMemory };
inline constexpr std::array<std::string_view, 5> kPlanObjectiveNames{"time", "cost", "energy",
                                                                     "chips", "memory"};

static_assert(kPlanObjectiveNames.size() <= kMostObjectives);  // each may be asked for at once

struct PipelineOrder {
  Schedule schedule = Schedule::kOneForwardOneBackward;
  int virtual_stages = 1;
};

// Values that are tried of each dimension, in their order; those that do not fit one another are no
// part of the space.
struct TrainingDimensions {
  std::vector<int> chips, tensor, context, expert, pipeline, microbatch;
  std::vector<bool> sequence_parallel;
  std::vector<ZeroStage> zero;
  std::vector<Recompute> recompute;
  std::vector<PipelineOrder> orders;
};
// Those that practice knows: powers of two and the divisors of the model's layers.
[[nodiscard]] TrainingDimensions usual_dimensions(const LlmModel& model, std::vector<int> chips,
                                                  std::int64_t batch, std::int64_t tokens,
                                                  int domain);

// Chip-seconds that no plan of a step of `batch` sequences is below: the model's operations at the
// rate of the data sheet.
[[nodiscard]] double least_chip_seconds(const LlmModel& model, const TrainingRequest& request,
                                        std::int64_t batch, const SheetRates& rates);

// What plans of one model on one machine are timed with. The model, and the kernels and engine of
// the steps, must outlive it.
struct PlanTiming {
  const LlmModel* model = nullptr;
  const KernelModel* kernels = nullptr;
  const Engine* engine = nullptr;
  SheetRates rates{};
  StepModel::Values constants{};
};
[[nodiscard]] PlanTiming timing_of(const LlmModel& model, const StepModel& steps);

// The formats of operands, with the timing of steps that have them and of the software that runs
// them: what it hides behind other work is part of its `Engine`.
struct TrainingVariant {
  PlanTiming timing;
  Precision precision{};
};

// What a space is of.
struct TrainingQuestion {
  std::vector<TrainingVariant> variants;  // of one model, at least one
  TrainingPlan base{};                    // tokens, node ranks: what all plans share
  std::int64_t batch = 0;                 // sequences of a step, all replicas
  double token_budget = 0.0;              // objectives are of these; 0: of one step
  Bytes capacity{};                       // of a chip; 0: not known, and every plan fits
  double usd_per_chip_s = 0.0, watts = 0.0;
  std::vector<PlanObjective> objectives;  // the first is the one to make least
  TrainingDimensions dimensions;

  [[nodiscard]] const LlmModel& model() const { return *variants.front().timing.model; }
};

class TrainingSpace : public SearchSpace {
 public:
  explicit TrainingSpace(TrainingQuestion question) : question_(std::move(question)) {}

  [[nodiscard]] std::size_t levels() const override;
  [[nodiscard]] std::size_t block_levels() const override;
  [[nodiscard]] std::size_t objectives() const override { return question_.objectives.size(); }
  [[nodiscard]] std::unique_ptr<SearchWalk> walk() const override;

  struct Leaf {
    TrainingPlan plan;
    std::size_t variant = 0;
  };
  [[nodiscard]] Leaf leaf(std::uint64_t number) const;

 private:
  TrainingQuestion question_;
};

// The space of Calculon (Isaev et al. 2023): every way in which Megatron-LM can train a dense
// model, with a second tier of memory for what is offloaded. Counted as its exhaustive search
// counts.
enum class TensorMessages : std::uint8_t { kAllReduce, kParts, kScatterGather };
enum class TensorOverlap : std::uint8_t { kNone, kRing, kPipelined };
inline constexpr std::array<std::string_view, 3> kTensorMessageNames{"all-reduce", "p2p-rs-ag",
                                                                     "rs-ag"};
inline constexpr std::array<std::string_view, 3> kTensorOverlapNames{"none", "ring", "pipelined"};

struct OffloadPlan {
  int tensor = 1, pipeline = 1, data = 1;
  int interleaving = 1;
  std::int64_t microbatch = 1;
  Recompute recompute = Recompute::kNone;
  bool shards_optimizer = false;
  TensorMessages messages = TensorMessages::kAllReduce;
  bool gathers_again = false;  // what is split by sequence, in the backward pass
  bool overlaps_data = false;
  TensorOverlap overlap = TensorOverlap::kNone;
  bool offloads_weights = false, offloads_activations = false, offloads_optimizer = false;
  // Whether messages of a kind leave the node's links for the network of the cards.
  bool tensor_outside = false, pipeline_outside = false, data_outside = false;
};

struct OffloadQuestion {
  PlanTiming timing;
  TrainingRequest request{};  // precision and tokens
  int chips = 1, domain = 8;
  std::int64_t batch = 1;
  Bytes capacity{}, second_capacity{};
  double second_bandwidth = 0.0;  // bytes a second, one direction
};

struct OffloadScore {
  double step_s = 0.0;
  Bytes first{}, second{};  // tiers of memory
};

class OffloadSpace : public SearchSpace {
 public:
  explicit OffloadSpace(const OffloadQuestion& question) : question_(question) {}
  [[nodiscard]] std::size_t levels() const override;
  [[nodiscard]] std::size_t block_levels() const override;
  [[nodiscard]] std::size_t free_from() const override;
  [[nodiscard]] std::size_t objectives() const override { return 1; }
  [[nodiscard]] std::unique_ptr<SearchWalk> walk() const override;

  struct Leaf {
    OffloadPlan plan;
    OffloadScore score;
  };
  [[nodiscard]] Leaf leaf(std::uint64_t number) const;

 private:
  OffloadQuestion question_;
};

}  // namespace redline
