#include "perf/step_constants.h"

#include <fmt/format.h>

#include "redline/step.h"

namespace redline::perf {
namespace {

constexpr std::array<ConstantInfo, kTrainingConstants> kTraining{{
    {"matrix_stretch", "1", Part::kCompute, 1.05, 0.1, 0.1, 0.1, 0.2, 0.05,
     "matrix products in training against the same alone: clocks under power, cold caches"},
    {"attention_stretch", "1", Part::kCompute, 1.1, 0.3, 0.3, 0.1, 0.1, 0.0,
     "the same for attention, forward and backward"},
    {"vector_stretch", "1", Part::kMemory, 1.0, 0.3, 0.3, 0.1, 0.0, 0.0,
     "the same for vector work: below 1 where kernels are fused"},
    {"tensor_exposed", "1", Part::kNetwork, 0.9, 0.2, 0.3, 0.1, 0.0, 0.0,
     "share of messages of tensor parallelism that is not hidden"},
    {"context_exposed", "1", Part::kNetwork, 0.5, 0.3, 0.3, 0.0, 0.0, 0.0,
     "the same for context parallelism"},
    {"expert_exposed", "1", Part::kNetwork, 0.8, 0.3, 0.3, 0.2, 0.2, 0.0,
     "the same for the exchange of experts"},
    {"data_exposed", "1", Part::kNetwork, 0.4, 0.4, 0.5, 0.1, 0.3, 0.0,
     "the same for gradients and parameters of replicas, where work is there to hide them"},
    {"pipeline_exposed", "1", Part::kNetwork, 0.5, 0.3, 0.3, 0.0, 0.0, 0.0,
     "the same for states between stages"},
    {"launch_s", "s", Part::kLatency, 3e-5, 0.3, 0.4, 0.1, 0.8, 0.0,
     "host time to start one operator; a step is at least as long as all of them"},
    {"fixed_s", "s", Part::kLatency, 5e-3, 0.5, 0.5, 0.0, 0.0, 0.0,
     "fixed time of a step: batch, logs, clipping"},
    {"part_s", "s", Part::kLatency, 3e-5, 0.5, 2.0, 0.0, 0.0, 0.0,
     "host time to hand round the parameters that one replica updates, under ZeRO 1 and 2"},
    {"spread", "1", Part::kLatency, 0.006, 0.4, 0.4, 0.2, 0.0, 0.0,
     "waiting for the slowest, as a share of the step, with every doubling of nodes"},
    // DeepSeek-V3 keeps 20 of 132 SMs for messages (technical report, section 3.2.2).
    {"overlap_stretch", "1", Part::kCompute, 1.18, 0.1, 0.0, 0.0, 0.0, 0.0,
     "work beside an exchange of experts that it hides, against the same alone"},
}};

constexpr std::array<ConstantInfo, kServingConstants> kServing{{
    {"matrix_stretch", "1", Part::kCompute, 1.0, 0.1, 0.15, 0.05, 0.5, 0.05,
     "matrix products in an engine against the same alone"},
    {"attention_stretch", "1", Part::kCompute, 1.0, 0.1, 0.1, 0.05, 0.1, 0.0,
     "the same for attention over prompts"},
    {"cache_stretch", "1", Part::kMemory, 1.0, 0.1, 0.2, 0.2, 0.2, 0.0,
     "the same for attention of a few new tokens over what is cached"},
    {"core_load_b", "B", Part::kMemory, 24.0, 0.2, 0.6, 0.0, 0.0, 0.0,
     "bytes of operands that a core loads in a cycle, in products of a few rows"},
    {"vector_stretch", "1", Part::kMemory, 0.6, 0.3, 0.4, 0.1, 0.0, 0.0,
     "the same for vector work: below 1 where kernels are fused"},
    {"message_stretch", "1", Part::kNetwork, 0.9, 0.3, 0.4, 0.2, 0.0, 0.0,
     "the same for messages of tensor parallelism"},
    {"expert_exposed", "1", Part::kNetwork, 0.8, 0.3, 0.3, 0.2, 0.0, 0.0,
     "share of the exchange of experts that is not hidden"},
    {"launch_s", "s", Part::kLatency, 1e-6, 0.5, 0.7, 0.1, 0.7, 0.0,
     "time to start one kernel; a step is at least as long as all of them"},
    {"prompt_launch_s", "s", Part::kLatency, 1e-5, 0.7, 0.8, 0.1, 0.7, 0.0,
     "the same of a step with prompts, whose kernels no graph holds"},
    {"step_s", "s", Part::kLatency, 3e-4, 0.6, 0.8, 0.1, 0.3, 0.0,
     "fixed time of a step: scheduler, sampling, host"},
    {"prompt_s", "s", Part::kLatency, 2e-3, 0.6, 0.8, 0.0, 0.0, 0.0,
     "fixed time of a batch of prompts beside its step"},
    {"overlap_stretch", "1", Part::kCompute, 1.18, 0.1, 0.0, 0.0, 0.0, 0.0,
     "work beside an exchange of experts that it hides, against the same alone"},
    {"prompt_stretch", "1", Part::kCompute, 1.0, 0.3, 0.3, 0.1, 0.5, 0.05,
     "matrix products of a step with prompts, on top of matrix_stretch: no graphs, other kernels"},
    {"sequence_s", "s", Part::kLatency, 5e-6, 0.7, 0.7, 0.1, 0.3, 0.0,
     "host time for each sequence of a step, beside its work"},
    {"request_s", "s", Part::kLatency, 1.5e-2, 0.5, 0.6, 0.1, 0.5, 0.1,
     "from the arrival of a request to the scheduler's queue: protocol, tokens of its text"},
    {"look_steps", "1", Part::kLatency, 10.0, 0.7, 0.7, 0.3, 0.3, 0.1,
     "steps from one look of the scheduler at new requests to the next"},
    {"handover_s", "s", Part::kLatency, 5e-2, 0.7, 0.7, 0.1, 0.3, 0.1,
     "from the end of a prompt on chips of its own until its answer goes on, beside its bytes"},
    {"ranks_s", "s", Part::kLatency, 5e-4, 0.5, 0.5, 0.0, 0.1, 0.0,
     "waiting of ranks that have sequences of their own and share experts, with every doubling"},
    {"alone_stretch", "1", Part::kCompute, 1.0, 0.1, 0.1, 0.0, 0.2, 0.0,
     "the same of prompts on chips of their own, which no answers share, on top of prompt_stretch"},
    {"fixed_left", "1", Part::kLatency, 0.6, 0.3, 0.3, 0.1, 0.2, 0.0,
     "what is left of the fixed times of kernels, of which each begins while the last one ends"},
}};

}  // namespace

std::span<const ConstantInfo> step_table(bool training) {
  return training ? std::span<const ConstantInfo>(kTraining)
                  : std::span<const ConstantInfo>(kServing);
}
std::string_view step_table_name(bool training) { return training ? "training" : "serving"; }

std::array<std::string, kScopes> step_scopes(std::string_view engine, std::string_view variant,
                                             const Chip& chip) {
  const std::string family = chip.architecture.empty()
                                 ? fmt::format("architecture of {}", chip.id)
                                 : fmt::format("architecture {}", chip.architecture);
  // Kinds of models and formats cost generations of one engine for serving alike.
  const Engine* known = find_engine(engine);
  const bool shares = known != nullptr && known->serves && !known->family.empty();
  return {"", fmt::format("engine {}", engine), family,
          fmt::format("engine {} {}", shares ? known->family : engine, variant),
          fmt::format("chip {}", chip.id)};
}

}  // namespace redline::perf
