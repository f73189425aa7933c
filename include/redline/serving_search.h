#pragma once
// The best way to serve a language model: a space of plans on chips of one kind or of two, with
// prompts in chunks beside the answers or on a pool of chips of their own.

#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "redline/search.h"
#include "redline/serving.h"

namespace redline {

// What a plan is judged by, and the names in requests; of throughput the inverse, so that lesser is
// better. For a million tokens of answers: chip-seconds, USD, joules; then seconds; then bytes of a
// chip that decodes.
enum class ServingObjective : std::uint8_t { kThroughput, kCost, kEnergy, kTtft, kTpot, kMemory };
inline constexpr std::array<std::string_view, 6> kServingObjectiveNames{
    "throughput", "cost", "energy", "ttft", "tpot", "memory"};
static_assert(kServingObjectiveNames.size() <= kMostObjectives);  // each may be asked for at once

// Chips that a pool may stand on, with the formats of weights and cache there. The steps must
// outlive it.
struct ServingSite {
  const StepModel* steps = nullptr;
  Precision precision{};
  std::size_t variant = 0;  // of the model's weights and of the cache; pools share one
  bool overlaps_experts = false;
  Bytes capacity{};              // of a chip; 0: not known, and every plan fits
  int domain = 1;                // chips that a fast link joins
  double network_bytes_s = 0.0;  // of a chip; 0: not known, and no pool sends from or to it
  double usd_per_chip_s = 0.0, watts = 0.0;
};

// Values that are tried of each dimension, in their order; those that do not fit one another are no
// part of the space. Replicas of data parallelism share the experts of a model; without experts
// each is a plan of its own.
struct PoolDimensions {
  std::vector<int> tensor, pipeline, data;
  std::vector<int> expert;          // empty: every number that the other splits allow
  std::vector<std::int64_t> batch;  // sequences, or prompts, of a replica
};
struct ServingDimensions {
  PoolDimensions decode;
  std::vector<std::int64_t> chunk;  // tokens of a prompt beside answers
  bool pools = true;                // prompts on chips of their own are tried too:
  PoolDimensions prefill;
};
[[nodiscard]] ServingDimensions usual_serving_dimensions(const LlmModel& model,
                                                         const ServingLoad& load, int domain);

struct ServingQuestion {
  const LlmModel* model = nullptr;  // must outlive it
  ServingPlan base{};               // drafts and what they yield, imbalance
  ServingLoad load{};
  std::vector<ServingSite> sites;                           // where answers are written
  std::vector<ServingSite> prompt_sites;                    // where a pool for prompts may stand
  double ttft_s = std::numeric_limits<double>::infinity();  // limits
  double tpot_s = std::numeric_limits<double>::infinity();
  std::int64_t chips = 0;                    // in all; 0: as many as it takes
  double requests_per_s = 0.0;               // that are to be served; 0: as many as the chips can
  std::vector<ServingObjective> objectives;  // the first is the one to make least
  ServingDimensions dimensions;
};

// Copies of the model that work on one task, all alike.
struct ServingPool {
  std::size_t site = 0;  // of its list
  ServingPlan plan;
  std::int64_t batch = 0;  // sequences, or prompts, of a replica
  // Whole ones where chips or requests are given, else for one instance that decodes.
  double instances = 0.0;
  [[nodiscard]] double chips() const { return instances * static_cast<double>(plan.chips()); }
};

struct ServingScheme {
  ServingPool decode;
  std::int64_t chunk = 0;  // 0: prompts on a pool of their own
  ServingPool prefill;     // where there is one
  double ttft_s = 0.0, tpot_s = 0.0;
  double tokens_per_s = 0.0;  // of answers
  double chips = 0.0;         // of both pools, and idle ones of those that are given
  double usd_per_s = 0.0, watts = 0.0;
  double mfu = 0.0;  // of all chips
  Bytes memory{};    // of a chip that decodes, when every answer is at its end
};

class ServingSpace : public SearchSpace {
 public:
  explicit ServingSpace(ServingQuestion question);
  ~ServingSpace() override;
  ServingSpace(const ServingSpace&) = delete;
  ServingSpace& operator=(const ServingSpace&) = delete;

  [[nodiscard]] std::size_t levels() const override;
  [[nodiscard]] std::size_t block_levels() const override;
  [[nodiscard]] std::size_t objectives() const override { return question_.objectives.size(); }
  [[nodiscard]] std::unique_ptr<SearchWalk> walk() const override;

  [[nodiscard]] ServingScheme scheme(std::uint64_t number) const;

  struct Pools;  // what pools for prompts come to, worked out once

 private:
  ServingQuestion question_;
  std::unique_ptr<const Pools> pools_;
};

}  // namespace redline
