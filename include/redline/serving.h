#pragma once
// How prompts and answers share chips: prompts in chunks beside the sequences that decode
// (Sarathi-Serve, Agrawal et al. 2024), or on a pool of chips of their own (DistServe, Zhong et al.
// 2024). Means of a steady stream of requests that are all alike: without queues.

#include <cstdint>
#include <optional>

#include "redline/step.h"

namespace redline {

// A request: tokens of its prompt and of its answer.
struct ServingLoad {
  std::int64_t prompt = 2048;
  std::int64_t answer = 512;
};
[[nodiscard]] InferenceRequest prefill_step(const ServingLoad& load, const ServingPlan& plan,
                                            std::int64_t sequences);
// A step in the middle of the answer.
[[nodiscard]] InferenceRequest decode_step(const ServingLoad& load, const ServingPlan& plan,
                                           std::int64_t sequences);

// The step of `sequences` that needs most memory: every answer is at its end, and the last chunk of
// a prompt beside them. `chunk` 0: none.
[[nodiscard]] InferenceRequest fullest_step(const ServingLoad& load, const ServingPlan& plan,
                                            std::int64_t sequences, std::int64_t chunk);

// Prompts that are prefilled `chunk` tokens at a time.
struct ChunkedPrefill {
  std::int64_t chunk = 0;
  ServingEstimate step;  // one that carries a chunk, in the middle of a prompt
  double ttft_s = 0.0;   // of a prompt whose chunks follow one another
  // Where sequences decode as well, with as many prompts as answers:
  double share_of_steps = 0.0;  // that carry a chunk, at most 1
  double step_s = 0.0;          // the mean, from the first stage to the last
  double pace_s = 0.0;          // the mean of the slowest stage
  double batch = 0.0;           // sequences that decode at a time: fewer where prompts bind
  bool prompts_bind = false;
};
// Steps that a step's answers call for to take a chunk, when as many prompts come as answers end.
[[nodiscard]] double chunks_called(const ServingLoad& load, const ServingPlan& plan,
                                   std::int64_t batch, std::int64_t chunk);
// Beside `batch` sequences that decode, `decode` the same step without a chunk; or of `batch`
// prompts alone where there is none.
[[nodiscard]] ChunkedPrefill chunked_prefill(const LlmModel& model, const StepModel& steps,
                                             const ServingPlan& plan, const ServingLoad& load,
                                             std::int64_t batch, std::int64_t chunk,
                                             const std::optional<ServingEstimate>& decode);

// One of two pools of chips: what a replica of it does.
struct PoolReplica {
  double per_s = 0.0;            // prompts, or answers
  double chips = 0.0;            // of the replica
  double network_bytes_s = 0.0;  // of all of its chips, one direction
};
[[nodiscard]] PoolReplica prefill_replica(const ServingPlan& plan, std::int64_t batch,
                                          double pace_s, double network_bytes_s);
[[nodiscard]] PoolReplica decode_replica(const ServingPlan& plan, const ServingLoad& load,
                                         std::int64_t batch, double pace_s, double network_bytes_s);
// Seconds to send `cache` over the slower of both networks.
[[nodiscard]] double cache_transfer_s(Bytes cache, const PoolReplica& from, const PoolReplica& to);

}  // namespace redline
