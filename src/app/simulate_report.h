#pragma once
// How a simulation is told.

#include "app/simulate.h"
#include "app/simulate_request.h"

namespace redline::app {

[[nodiscard]] Json simulation_json(const SimulateModels& models, const SimulationResult& result);
[[nodiscard]] Json capacity_json(const SimulateModels& models, const CapacityResult& result,
                                 const CapacityOptions& options);
// A row a latency: mean and percentiles with their intervals.
[[nodiscard]] results::Table latency_table(const SimulationResult& result);

// "2 x 8 h20" and the pool for prompts.
[[nodiscard]] std::string cluster_text(const SimulateModels& models);
void describe_simulation(const SimulateModels& models, const SimulationResult& result, bool plot,
                         const results::Words& say, std::vector<Block>& blocks);
void describe_capacity(const SimulateModels& models, const CapacityResult& result,
                       const CapacityOptions& options, const results::Words& say, Answer& answer);

}  // namespace redline::app
