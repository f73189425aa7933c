#pragma once
// Fits the constants of one model to measured rows: the most probable values under what the tables
// hold for plausible, with errors that have heavy tails.

#include <map>
#include <string>
#include <vector>

#include "redline/kernel.h"

#include "perf/model.h"

namespace redline::perf {

// A row with what does not change while fitting.
struct FitRow {
  const MeasuredKernel* row = nullptr;
  const Machine* machine = nullptr;
  Limits limits{};
  std::array<std::string, kScopes> scopes{};
};

// Rows must all be of `model`. Deterministic.
[[nodiscard]] std::vector<FittedConstant> fit(const Model& model, const std::vector<FitRow>& rows);

// Constants for a kernel: starting values times what is fitted in its scopes.
using ScopeValues = std::map<std::pair<std::string, std::string>, const FittedConstant*>;
[[nodiscard]] Constants resolve(const Model& model, const ScopeValues& fitted,
                                const std::array<std::string, kScopes>& scopes);

}  // namespace redline::perf
