#pragma once
// Parts of the worlds of a scenario, worked out anywhere and put together again: what counts is
// whole numbers, so that any cut gives the same answer, byte for byte.

#include <string>
#include <vector>

#include "app/report.h"
#include "app/sweep_run.h"
#include "app/workspace.h"
#include "exposure/run.h"

namespace redline::app {

// What parts have to agree on to be of one answer.
struct ExposureQuestion {
  std::string scenario;     // id
  std::string fingerprint;  // of the scenario's text, the data and the program
  std::uint64_t samples = 0, seed = 0;
  std::string design;
};

[[nodiscard]] Json exposure_part_json(const ExposureQuestion& question, const ShardNumber& shard,
                                      const exposure::RunResult& result);

// The whole, of files that `redline exposure --shard` wrote. Errors: a file that cannot be read or
// is damaged, that is of another question, parts that are missing or there twice.
[[nodiscard]] Loaded<exposure::RunResult> merge_exposure_parts(
    const Workspace& workspace, const exposure::Model& model, const ExposureQuestion& question,
    const std::vector<std::string>& files);

}  // namespace redline::app
