#pragma once
// A run under load, as a row has it: what a simulation of it rests on.

#include <memory>
#include <optional>
#include <string>

#include "redline/simulation.h"

namespace redline::app {

class LoadTables;

// The steps of a pool and how long they take.
struct LoadPool {
  ServingPlan plan;
  std::int64_t workers = 1;
  std::string key{};  // of what its steps hang on
};

// Copies, so that a row may outlive its reader.
struct LoadRun {
  LlmModel model;
  std::shared_ptr<const KernelModel> kernels;
  std::shared_ptr<const StepModel> steps;
  LoadPool answers;
  std::optional<LoadPool> prompts;
  SimulationSpec spec;
  std::shared_ptr<LoadTables> tables;
};

// Requests for each user, as benchmarks send them: all users begin at once.
inline constexpr std::int64_t kTimesUsers = 10;

}  // namespace redline::app
