#pragma once
// The constants of whole steps: what software adds to the times of operators, by name.

#include "perf/model.h"

namespace redline::perf {

enum TrainingConstant : std::size_t {
  kTrainMatrix,
  kTrainAttention,
  kTrainVector,
  kTrainTensor,
  kTrainContext,
  kTrainExpert,
  kTrainData,
  kTrainPipeline,
  kTrainLaunch,
  kTrainFixed,
  kTrainPart,
  kTrainSpread,
  kTrainOverlap,
  kTrainingConstants,
};
enum ServingConstant : std::size_t {
  kServeMatrix,
  kServeAttention,
  kServeCache,
  kServeLoad,
  kServeVector,
  kServeMessages,
  kServeExpert,
  kServeLaunch,
  kServePromptLaunch,
  kServeStep,
  kServePrompt,
  kServeOverlap,
  kServePrompts,
  kServeSequence,
  kServeRequest,
  kServeLooks,
  kServeHandover,
  kServeRanks,
  kServeAlone,
  kServeFixed,
  kServingConstants,
};

[[nodiscard]] std::span<const ConstantInfo> step_table(bool training);
// As calibrations call it: "training", "serving".
[[nodiscard]] std::string_view step_table_name(bool training);

// Names of the scopes that an engine on a chip lies in, in the order of the widths of ConstantInfo;
// `engine` stands where a kernel does for operators.
[[nodiscard]] std::array<std::string, kScopes> step_scopes(std::string_view engine,
                                                           std::string_view variant,
                                                           const Chip& chip);

}  // namespace redline::perf
