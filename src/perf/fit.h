#pragma once
// Fits the constants of one model to measured rows: the most probable values under what the tables
// hold for plausible, with errors that have heavy tails.

#include <functional>
#include <map>
#include <span>
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

// By name of the constant and scope.
using ScopeValues = std::map<std::pair<std::string, std::string>, const FittedConstant*>;
// Those of one model; they point into `constants`.
[[nodiscard]] ScopeValues by_scope(const std::vector<FittedConstant>& constants,
                                   std::string_view model);

// Rows of any model of time with constants: of an operator, of a whole step.
struct FitProblem {
  std::string_view model;
  std::span<const ConstantInfo> constants;
  std::vector<std::array<std::string, kScopes>> scopes;  // of each row
  std::vector<double> log_measured;
  std::vector<std::string_view> sources;
  std::function<double(std::size_t row, const Constants& values)> log_time;
  bool leaps = false;   // look beyond the nearest valley, too
  ScopeValues start{};  // values that are near, from a fit to most of the rows
};

// Deterministic.
[[nodiscard]] std::vector<FittedConstant> fit(const FitProblem& problem);
// Rows must all be of `model`.
[[nodiscard]] std::vector<FittedConstant> fit(const Model& model, const std::vector<FitRow>& rows);

// Constants for a kernel: starting values times what is fitted in its scopes.
[[nodiscard]] Constants resolve(std::span<const ConstantInfo> constants, const ScopeValues& fitted,
                                const std::array<std::string, kScopes>& scopes);

}  // namespace redline::perf
