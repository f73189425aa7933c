#pragma once
// How long whole steps of a language model take on a group of chips, and what they keep in memory:
// a training step under a parallel plan, a prefill, a decode step. Built on the times of operators
// (redline/kernel.h) and on what software adds to them, fitted for each engine.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redline/kernel.h"
#include "redline/workload.h"

namespace redline {

// Software that trains or serves. Its kernels and how it starts them decide as much as the chip.
struct Engine {
  std::string_view name;
  bool trains = false, serves = false;
  Library wide_gemm = Library::kTrtllm;    // 16-bit products
  Library narrow_gemm = Library::kTrtllm;  // 8-bit and narrower
  Scaling scaling = Scaling::kTensor;      // of narrow operands
  Library attention = Library::kTrtllm;
  bool flash_attention = true;  // training: no scores in memory
  bool dropout = false;
  Format gradients = Format::kFp32;  // as replicas add them up
  bool overlaps_experts = false;     // dispatch and combine run beside the other half of the batch
  // Up to so many ranks each is sent the tokens of all and gives back sums (all-gather and
  // reduce-scatter); beyond, tokens go to the ranks of their experts alone.
  int gathers_experts = 0;
  std::string_view about;
  std::string_view family{};  // of which it is a later generation
  std::string_view since{};   // "2026-02": of that generation
  // What a run does that does not say: virtual stages of a rank of a deep pipeline; whether ranks
  // of a tensor share sequences between products, and replicas the optimizer's state.
  int virtual_stages = 1;
  bool shares = false;
  std::string_view shards_by{};  // the engine that runs ZeRO stages 2 and 3, which this one lacks
  bool hides_tensor = false;     // messages of a tensor behind gradients of weights
  // How it serves where nobody says otherwise. The cache gets `memory_share` of all memory less
  // weights and activations, or of what these leave.
  bool prompts_first = false;  // prompts in steps of their own, before any other
  double memory_share = 0.9;
  bool share_of_rest = false;
  std::int64_t step_tokens = 8192;  // most in a step
  bool whole_prompts = false;       // cuts none, where its tokens fit into a step
  bool rare_looks = false;      // its scheduler looks at new requests every so many steps, not each
  bool whole_requests = false;  // starts one where its whole answer has room: none is preempted
  std::string_view constants{};  // the engine whose fitted constants it has; empty: its own
  [[nodiscard]] constexpr std::string_view fitted_as() const {
    return constants.empty() ? name : constants;
  }
};
// The generation of an engine's family that was there at a date such as "2026-04".
[[nodiscard]] const Engine& generation_of(const Engine& engine, std::string_view date);
[[nodiscard]] std::span<const Engine> engines();
[[nodiscard]] const Engine* find_engine(std::string_view name);

// What a step spends its time on, and the names in machine output.
enum class Work : std::uint8_t {
  kMatrix,
  kAttention,
  kVector,
  kTensor,
  kContext,
  kExpert,
  kPipeline,
  kData,
  kBubble,
  kOptimizer,
  kHost,
};
inline constexpr std::array<std::string_view, 11> kWorkNames{
    "matrix",           "attention",       "vector",        "tensor_parallel",
    "context_parallel", "expert_parallel", "pipeline_send", "data_parallel",
    "pipeline_bubble",  "optimizer",       "host"};
inline constexpr std::size_t kWorks = kWorkNames.size();
[[nodiscard]] constexpr std::size_t index_of(Work work) { return static_cast<std::size_t>(work); }

struct StepTime {
  Seconds total{};
  Seconds low{}, high{};                // 80 % interval, p10 to p90
  std::array<Seconds, kWorks> parts{};  // they add up to total
  Bound bound = Bound::kCompute;
  Evidence evidence = Evidence::kExtrapolated;
};

// GPipe (Huang et al. 2019); 1F1B and interleaved (Narayanan et al. 2021); zero-bubble H1 (Qi et
// al. 2024); DualPipe (DeepSeek-V3 2024, section 3.2.1).
enum class Schedule : std::uint8_t {
  kGpipe,
  kOneForwardOneBackward,
  kInterleaved,
  kZeroBubble,
  kDualPipe
};
inline constexpr std::array<std::string_view, 5> kScheduleNames{"gpipe", "1f1b", "interleaved",
                                                                "zero-bubble", "dualpipe"};

struct TrainingPlan {
  TrainingRequest request{};  // one microbatch of a replica; `microbatches` of them make a step
  Shard shard{};              // ranks of a stage; its layers follow from `pipeline`
  int pipeline = 1;
  int virtual_stages = 1;  // of one rank, under kInterleaved
  Schedule schedule = Schedule::kOneForwardOneBackward;
  int recomputed_layers = 0;  // of a stage, under Recompute::kFull; 0: all

  [[nodiscard]] std::int64_t chips() const {
    return static_cast<std::int64_t>(shard.tensor) * shard.context * shard.data * pipeline;
  }
  [[nodiscard]] std::int64_t tokens() const {  // of a step, all replicas
    return request.sequences * request.tokens * request.microbatches * shard.data;
  }
};

// Memory of the fullest rank by part.
struct StepMemory {
  Bytes weights{}, gradients{}, optimizer{}, activations{}, cache{}, workspace{};
  [[nodiscard]] constexpr Bytes total() const {
    return weights + gradients + optimizer + activations + cache + workspace;
  }
};

// Shares of messages that work beside them does not hide, from 0 to 1.
struct Exposed {
  double tensor = 1.0, context = 1.0, expert = 1.0, pipeline = 1.0;
  double replicas = 1.0;  // where there is work to hide them
};

struct TrainingEstimate {
  StepTime time;
  Exposed exposed;
  StepMemory memory;
  Ops model_ops{};     // of the step on all chips, as MFU counts them
  Ops hardware_ops{};  // with what is computed again
  double mfu = 0.0, hfu = 0.0;
};

// What an engine that serves is asked for. Ranks: tensor · data of `shard` in each of `pipeline`
// stages; under attention data parallelism every rank of `data` has sequences of its own.
struct ServingPlan {
  Precision precision{};
  Shard shard{};
  int pipeline = 1;
  std::int64_t draft_passes = 0;  // of prediction modules in a decode step
  double tokens_per_step = 1.0;   // accepted, of one sequence; more than 1 with drafts
  double imbalance = 1.0;         // rows of the busiest expert rank over the mean
  bool overlaps_experts = false;  // two halves of a batch hide each other's exchanges
  bool prompts_alone = false;     // a pool of its own, which hands over what it has prefilled
  [[nodiscard]] std::int64_t chips() const {
    return static_cast<std::int64_t>(shard.tensor) * shard.data * pipeline;
  }
};

// A step of serving on the busiest rank.
struct ServingEstimate {
  StepTime time;  // from the first stage to the last
  StepMemory memory;
  Seconds stage{};  // the slowest stage: the pace of a full pipeline
};

// Constants of the steps of an engine on a chip, with the scatter of the logarithm of a step's time
// about them and what they rest on.
struct StepConstants {
  std::array<double, 20> values{};
  double log_sd = 0.0;
  Evidence evidence = Evidence::kExtrapolated;
};
// What besides the engine decides which kernels a step runs on: the format that products are
// computed in, weights that alone are narrow, experts, latent attention. "fp8 experts latent",
// "int4-weights".
[[nodiscard]] std::string step_variant(const LlmModel& model, const Precision& precision);
// From the central value to either end of its 80 % interval.
[[nodiscard]] double interval_factor(const StepConstants& constants);
[[nodiscard]] StepConstants step_constants(bool training, std::string_view engine,
                                           std::string_view variant, const Chip& chip,
                                           const Calibration& calibration);

// What a data sheet says: rates of dense products by format, operations a second; bytes a second.
struct SheetRates {
  std::array<double, 10> matrix{};
  double bandwidth = 0.0;
  double core_cycles = 0.0;  // of all cores in a second; 0 where their number is not known
};

// The steps of one engine on one machine: constants resolved once.
class StepModel {
 public:
  StepModel(const Machine& machine, const KernelModel& kernels, const Calibration& calibration,
            const Engine& engine, std::string_view variant);

  // Why a step cannot be predicted without guessing, such as a format without a rate.
  [[nodiscard]] std::optional<Message> refuses(const LlmModel& model,
                                               const TrainingPlan& plan) const;
  [[nodiscard]] std::optional<Message> refuses(const LlmModel& model, const ServingPlan& plan,
                                               const InferenceRequest& request) const;

  // Of plans that are valid (see `check`) and not refused.
  [[nodiscard]] TrainingEstimate training(const LlmModel& model, const TrainingPlan& plan) const;
  // `request` is that of one replica; its precision is that of the plan.
  [[nodiscard]] ServingEstimate serving(const LlmModel& model, const ServingPlan& plan,
                                        const InferenceRequest& request) const;

  // Seconds of the same step as a function of the constants, for fitting them: what does not depend
  // on constants is worked out once.
  using Values = std::array<double, 20>;
  using Timer = std::function<double(const Values&)>;
  [[nodiscard]] Timer training_timer(const LlmModel& model, const TrainingPlan& plan) const;
  [[nodiscard]] Timer serving_timer(const LlmModel& model, const ServingPlan& plan,
                                    const InferenceRequest& request) const;

  [[nodiscard]] const KernelModel& kernels() const { return *kernels_; }
  [[nodiscard]] const Engine& engine() const { return *engine_; }
  [[nodiscard]] const SheetRates& rates() const { return rates_; }
  [[nodiscard]] const StepConstants& training_constants() const { return training_; }
  [[nodiscard]] const StepConstants& serving_constants() const { return serving_; }
  // What a request meets before its first step.
  struct Arrival {
    double request_s = 0.0;   // from its arrival to the scheduler's queue
    double look_steps = 1.0;  // from one look of the scheduler at the queue to the next
    double handover_s = 0.0;  // from a prompt on chips of its own to its answer, beside its bytes
  };
  [[nodiscard]] Arrival arrival() const { return arrival(*engine_, serving_.values); }
  [[nodiscard]] static Arrival arrival(const Engine& engine, const Values& values);

 private:
  [[nodiscard]] StepTime timed(const std::array<double, kWorks>& parts, double memory_s,
                               const StepConstants& constants, double factor) const;

  const KernelModel* kernels_;
  const Engine* engine_;
  SheetRates rates_;
  StepConstants training_, serving_;
  double training_factor_ = 1.0, serving_factor_ = 1.0;  // interval_factor of them
};

// Whether the data sheet has a dense rate for products in this format.
[[nodiscard]] bool sheet_rate_known(const Chip& chip, Format format);

// Every problem of a plan at once: RL3001 and RL3002 as of `check`, RL3003 for stages.
[[nodiscard]] Diagnostics check(const LlmModel& model, const TrainingPlan& plan);
[[nodiscard]] Diagnostics check(const LlmModel& model, const ServingPlan& plan,
                                const InferenceRequest& request);

[[nodiscard]] StepMemory training_memory(const LlmModel& model, const TrainingPlan& plan);
// `sequences` of `tokens` each in a batch of one replica, beside the weights, while a step works on
// `step_tokens` of them. As many batches are in flight as there are pipeline stages.
[[nodiscard]] StepMemory serving_memory(const LlmModel& model, const ServingPlan& plan,
                                        std::int64_t sequences, std::int64_t tokens,
                                        std::int64_t step_tokens);
// While the step is under way.
[[nodiscard]] StepMemory serving_memory(const LlmModel& model, const ServingPlan& plan,
                                        const InferenceRequest& step);
// Sequences of `tokens` each that a batch of a replica has room for in `capacity` bytes of a chip;
// 0: not even the weights fit.
[[nodiscard]] std::int64_t largest_batch(const LlmModel& model, const ServingPlan& plan,
                                         Bytes capacity, std::int64_t tokens);

// A measured run of steps. `seconds` gives the time under other constants than the fitted ones.
struct MeasuredStep {
  std::string id, chip, source, group;
  std::string_view engine;
  std::string variant;
  bool training = false;
  bool first_token = false;  // not of steps alone: what a request waits for before and between them
  double measured_s = 0.0;
  StepModel::Timer seconds;
};
// Fits the constants of steps, with error bars.
[[nodiscard]] Calibration calibrate_steps(const std::vector<MeasuredStep>& rows,
                                          const Catalog& catalog, bool scatter);
// The ids of half of the groups of each source, chosen by their hashes: rows that constants are
// fitted on. A source with a single group is held out.
[[nodiscard]] std::set<std::string> fitted_steps(const std::vector<MeasuredStep>& rows);

}  // namespace redline
