#pragma once
// Serving as it happens: requests arrive, wait, share steps, run out of cache and leave. A
// discrete-event simulation of engines with continuous batching (Yu et al. 2022, Orca), paged
// caches (Kwon et al. 2023, vLLM), prompts in chunks (Agrawal et al. 2024, Sarathi-Serve) or on
// chips of their own (Zhong et al. 2024, DistServe). Times of steps are those of redline/step.h.

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "redline/step.h"
#include "redline/traffic.h"

namespace redline {

// What one rank works on in a step.
struct StepLoad {
  double decodes = 0.0;        // sequences that decode
  double context = 0.0;        // tokens cached of each of them, the mean
  double prompt_tokens = 0.0;  // of prompts
  double keys = 0.0;           // that a token of them attends to, the mean
};
struct StepSeconds {
  double total = 0.0;  // from the first stage to the last
  double stage = 0.0;  // the slowest: the pace of a full pipeline
};
// How long steps take. Called by several threads at once.
class StepTimes {
 public:
  virtual ~StepTimes() = default;
  [[nodiscard]] virtual StepSeconds seconds(const StepLoad& load) const = 0;
  // Of ranks that step together: the slowest, where they share nothing.
  [[nodiscard]] virtual StepSeconds together(std::span<const StepLoad> loads) const;
};

// Steps of a model of performance at the corners of a grid of loads, each worked out when it is
// first asked for, and interpolated between them.
class StepTable final : public StepTimes {
 public:
  StepTable(const LlmModel& model, const StepModel& steps, const ServingPlan& plan);
  ~StepTable() override;
  StepTable(const StepTable&) = delete;
  StepTable& operator=(const StepTable&) = delete;
  [[nodiscard]] StepSeconds seconds(const StepLoad& load) const override;
  // Ranks share experts: those of the mean load, and what the rest of the busiest takes longer.
  [[nodiscard]] StepSeconds together(std::span<const StepLoad> loads) const override;

 private:
  struct Grid;
  std::unique_ptr<const LlmModel> rest_;
  std::unique_ptr<Grid> grid_, alone_;  // alone_: of the layers without experts, where ranks share
};

// Whether prompts share steps with sequences that decode, at most `step_tokens` in all; or go
// first, whole, in steps of their own.
enum class Batching : std::uint8_t { kChunked, kPromptsFirst };
inline constexpr std::array<std::string_view, 2> kBatchingNames{"chunked", "prompts-first"};
// What happens to a sequence whose place is needed: its cache is dropped and computed again, or
// goes to the memory of the host.
enum class Preemption : std::uint8_t { kRecompute, kSwap };
inline constexpr std::array<std::string_view, 2> kPreemptionNames{"recompute", "swap"};
// Cache that must be free for a request to start: of its prompt, or of its answer too, so that it
// is never preempted.
enum class Admission : std::uint8_t { kPrompt, kWhole };
inline constexpr std::array<std::string_view, 2> kAdmissionNames{"prompt", "whole"};
enum class Routing : std::uint8_t { kRoundRobin, kLeastLoaded, kCacheAware };
inline constexpr std::array<std::string_view, 3> kRoutingNames{"round-robin", "least-loaded",
                                                               "cache-aware"};

// An engine: `lanes` batches in flight (stages of its pipeline) of `ranks` that hold sequences of
// their own and step together (attention data parallelism).
struct ReplicaSpec {
  std::shared_ptr<const StepTimes> times;
  std::int64_t chips = 1;
  int ranks = 1, lanes = 1;
  std::int64_t sequences = 256;     // most in the batch of a rank
  std::int64_t step_tokens = 2048;  // most in a step of a rank
  std::int64_t block_tokens = 16;   // of a block of cache
  std::int64_t blocks = 1;          // of a rank in one lane
  Batching batching = Batching::kChunked;
  bool whole_prompts = false;  // beside what decodes, too: none is cut but what no step can take
  Preemption preemption = Preemption::kRecompute;
  Admission admission = Admission::kPrompt;
  bool prefix_cache = true;
  double cache_bytes_per_token = 0.0;  // all chips of a rank together
  double host_bytes_s = 0.0;           // of the same, one direction; 0: swapping takes no time
  // From the arrival of a request to the queue of the scheduler: its protocol, its text in tokens.
  double request_s = 0.0;
  // The scheduler looks at what has come whenever it is idle, and else every so many steps.
  std::int64_t look_steps = 1;
  // While others decode, new prompts wait so many steps for more of them, or until a step with all
  // that wait would have this share of its tokens.
  std::int64_t wait_steps = 0;
  double wait_share = 0.0;
  // Ranks begin prompts together: while all decode, new prompts wait so many steps until each rank
  // has one, and then `gather_steps` more. 0: each rank begins its own.
  std::int64_t together_steps = 0;
  std::int64_t gather_steps = 0;
  int drafts = 0;           // tokens that a step guesses ahead
  double acceptance = 0.0;  // probability that the next guess holds if those before did
};

// Blocks of cache that a rank has where `usable` bytes of each chip hold weights, the activations
// of a step and cache, and the bytes of a token's cache; for sequences of `mean_tokens`, as layers
// with a window keep less of longer ones. Returns what is left for the cache.
Bytes size_cache(ReplicaSpec& replica, const LlmModel& model, const ServingPlan& plan, Bytes usable,
                 std::int64_t mean_tokens);

struct PoolSpec {
  ReplicaSpec replica;
  int replicas = 1;
  double network_bytes_s = 0.0;               // of a rank, one direction; 0: transfers take no time
  double usd_per_s = 0.0;                     // of a replica
  double busy_watts = 0.0, idle_watts = 0.0;  // of a replica
};

// Replicas of the pool that answers are started and stopped by how many requests each has.
struct Autoscaling {
  int least = 1;
  double up_at = 0.0, down_at = 0.0;  // unfinished requests of a replica, the mean
  double every_s = 15.0, start_s = 60.0;
};

struct ClusterSpec {
  PoolSpec pool;
  std::optional<PoolSpec> prefill;  // where prompts have chips of their own
  // From the end of a prompt on its own chips until its answer goes on, beside moving its cache.
  double handover_s = 0.0;
  Routing routing = Routing::kLeastLoaded;
  double mtbf_s = 0.0;  // of a replica; 0: nothing fails
  double repair_s = 600.0;
  std::optional<Autoscaling> autoscaling;
};

struct LatencyTarget {
  double ttft_s = std::numeric_limits<double>::infinity();
  double tpot_s = std::numeric_limits<double>::infinity();
  double latency_s = std::numeric_limits<double>::infinity();
  [[nodiscard]] bool limits() const;
};

// What happens, for a trace of the run. Times in seconds from its begin.
class SimulationLog {
 public:
  virtual ~SimulationLog() = default;
  struct Step {
    int pool = 0, replica = 0, lane = 0;
    double begin_s = 0.0, duration_s = 0.0;
    std::int64_t decodes = 0, prompt_tokens = 0, waiting = 0;
    double cache_share = 0.0;
  };
  virtual void step(const Step& step) = 0;
  virtual void note(std::string_view what, int pool, int replica, double at_s) = 0;
};

struct SimulationSpec {
  ClusterSpec cluster;
  TrafficSpec traffic;
  std::uint64_t seed = 1;
  std::uint64_t requests = 10000;  // tasks, where one is several requests
  double duration_s = std::numeric_limits<double>::infinity();  // of arrivals
  // A task: so many answers to one prompt at once, again and again with what was answered before.
  int samples = 1, rounds = 1;
  bool leave_warmup = true;  // out of what is measured
  LatencyTarget target;
  SimulationLog* log = nullptr;
  std::function<bool()> stop{};  // true: ends early
  std::function<void(std::uint64_t tasks_done)> progress{};
};

// A quantile with its 95 % interval; none where too few requests lie beyond it.
struct QuantileEstimate {
  double share = 0.5;
  double value = 0.0;
  std::optional<double> low, high;
};
inline constexpr std::array<double, 4> kQuantiles{0.5, 0.9, 0.95, 0.99};
struct LatencyStats {
  std::uint64_t count = 0;
  double mean = 0.0;
  std::optional<double> mean_low, mean_high;  // 95 %
  double most = 0.0;
  std::array<QuantileEstimate, kQuantiles.size()> quantiles{};
};

struct PoolStats {
  std::uint64_t steps = 0, preemptions = 0, failures = 0;
  double busy_share = 0.0;    // of the time of its lanes
  double mean_decodes = 0.0;  // of a rank, in its steps
  double cache_share = 0.0;   // in use, the mean over time
  double cache_peak = 0.0;
  double replicas = 0.0;                               // that were up, the mean
  std::uint64_t prompt_tokens = 0, cached_tokens = 0;  // computed; found in the cache
};

// Of a stretch of the run: means.
struct TimelinePoint {
  double at_s = 0.0;  // its begin
  double span_s = 0.0;
  double running = 0.0, waiting = 0.0, cache_share = 0.0;
};

struct SimulationResult {
  std::uint64_t offered = 0, finished = 0, rejected = 0;  // requests
  bool stopped = false;
  double end_s = 0.0;                     // when the last was answered
  double warmup_s = 0.0, window_s = 0.0;  // left out; measured after it
  std::uint64_t warmup_requests = 0, measured = 0;
  LatencyStats ttft, tpot, latency, task;
  double requests_per_s = 0.0, answer_tokens_per_s = 0.0,
         prompt_tokens_per_s = 0.0;                    // of the window
  double good_share = 1.0, goodput_per_s = 0.0;        // requests that keep the target
  std::uint64_t answer_tokens = 0, prompt_tokens = 0;  // of the whole run
  double usd = 0.0, joules = 0.0;                      // of the whole run
  double window_usd = 0.0, window_joules = 0.0;
  PoolStats pool;
  std::optional<PoolStats> prefill;
  double mean_in_system = 0.0;  // requests, over the whole run
  double littles_gap = 0.0;     // of L = λ W over the whole run, as a share of L
  std::uint64_t iterations = 0;
  std::vector<TimelinePoint> timeline;
};

[[nodiscard]] SimulationResult simulate(const SimulationSpec& spec);

// The highest rate at which `share` of the requests keep the target. As many requests come as the
// spec says, or as come in ten times the latency of one that meets no others, if those are more.
struct CapacityResult {
  double rate = 0.0;                // requests a second, the mean over runs; 0: no rate does
  std::optional<double> low, high;  // 95 % interval
  std::vector<double> rates;        // of each run
  SimulationResult at;              // the first run at its rate
  SimulationResult alone;           // requests that meet no others: why no rate does
  std::uint64_t simulations = 0;
  bool stopped = false;
};
struct CapacityOptions {
  double share = 0.99;
  int runs = 5;             // with seeds that follow that of the spec
  double precision = 0.01;  // of each rate
  unsigned threads = 1;
};
[[nodiscard]] CapacityResult find_capacity(const SimulationSpec& spec,
                                           const CapacityOptions& options);

// Rows of the busiest of `ranks` over the mean when tokens choose experts with these probabilities.
// Experts lie in the order given, or (`balanced`) where they even the ranks out, as an expert-load
// balancer puts them.
[[nodiscard]] double expert_imbalance(std::span<const double> popularity, int ranks, bool balanced);
// Probabilities by Zipf's law, in an order drawn from the seed.
[[nodiscard]] std::vector<double> zipf_popularity(int experts, double exponent, std::uint64_t seed);

}  // namespace redline
