// From measured steps to the constants of engines.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "redline/step.h"

#include "base/hash.h"
#include "perf/fit.h"
#include "perf/step_constants.h"

namespace redline {
namespace {

using perf::Constants;
using perf::FitProblem;

constexpr double kLeast = 0.03;
constexpr std::uint64_t kFolds = 10;
constexpr double kFamilyWidening = 1.3;
constexpr double kStrangerWidening = 1.3;

struct Known {
  const MeasuredStep* row;
  std::array<std::string, perf::kScopes> scopes;
};

// `near`: of a fit to these rows and a few more, from which no leap is needed; or empty.
std::vector<FittedConstant> fit_rows(bool training, const std::vector<Known>& rows,
                                     const std::vector<FittedConstant>& near) {
  const std::string_view model = perf::step_table_name(training);
  FitProblem problem{model,        perf::step_table(training), {}, {}, {}, {},
                     near.empty(), perf::by_scope(near, model)};
  for (const Known& one : rows) {
    problem.scopes.push_back(one.scopes);
    problem.log_measured.push_back(std::log(one.row->measured_s));
    problem.sources.emplace_back(one.row->source);
  }
  problem.log_time = [&rows](std::size_t row, const Constants& values) {
    return std::log(rows[row].row->seconds(values));
  };
  return perf::fit(problem);
}

// |log(measured / predicted)| of rows left out, part by part.
template <class PartOf>
std::vector<double> left_out(bool training, const std::vector<Known>& rows,
                             const std::vector<FittedConstant>& whole, const PartOf& part_of) {
  std::set<std::string> parts;
  for (const Known& one : rows) {
    parts.insert(part_of(one));
  }
  std::vector<double> errors;
  for (const std::string& part : parts) {
    std::vector<Known> kept;
    for (const Known& one : rows) {
      if (part_of(one) != part) {
        kept.push_back(one);
      }
    }
    if (kept.empty()) {
      continue;
    }
    const std::vector<FittedConstant> fitted = fit_rows(training, kept, whole);
    const perf::ScopeValues values = perf::by_scope(fitted, perf::step_table_name(training));
    for (const Known& one : rows) {
      if (part_of(one) != part) {
        continue;
      }
      const Constants resolved = perf::resolve(perf::step_table(training), values, one.scopes);
      errors.push_back(std::fabs(std::log(one.row->measured_s / one.row->seconds(resolved))));
    }
  }
  return errors;
}

double width_of(std::vector<double> errors) {
  if (errors.empty()) {
    return 0.0;
  }
  std::sort(errors.begin(), errors.end());
  const auto place = static_cast<std::size_t>(0.8 * static_cast<double>(errors.size() - 1));
  return errors[place] / perf::kNormal80;
}

// Of times of steps: those to the first token have intervals of their own.
std::vector<Scatter> scatter_of(bool training, std::vector<Known> rows,
                                const std::vector<FittedConstant>& whole) {
  std::erase_if(rows, [](const Known& one) { return one.row->first_token; });
  const std::string name(perf::step_table_name(training));
  const auto count = static_cast<int>(rows.size());
  const double folds = width_of(left_out(training, rows, whole, [](const Known& one) {
    return std::to_string((fnv1a(one.row->group) >> 17U) % kFolds);
  }));
  const double chips = width_of(left_out(training, rows, whole, [](const Known& one) {
    return std::string(one.row->engine) + one.row->chip;
  }));
  const double measured = std::max(kLeast, folds);
  const double family = std::max(kFamilyWidening * measured, chips);
  return {{name, "", Evidence::kMeasured, false, measured, count},
          {name, "", Evidence::kFamily, false, family, count},
          {name, "", Evidence::kExtrapolated, false, kStrangerWidening * family, count}};
}

std::vector<Support> support_of(bool training, const std::vector<Known>& rows) {
  std::map<std::pair<std::string, std::string>, std::pair<Support, std::set<std::string>>> found;
  for (const Known& one : rows) {
    auto& [support, sources] = found[{std::string(one.row->engine), one.row->chip}];
    support.model = perf::step_table_name(training);
    support.kernel = one.row->engine;
    support.chip = one.row->chip;
    support.family = one.scopes[2];
    support.rows += one.row->first_token ? 0 : 1;
    sources.insert(one.row->source);
  }
  std::vector<Support> list;
  for (auto& [key, value] : found) {
    value.first.sources.assign(value.second.begin(), value.second.end());
    list.push_back(std::move(value.first));
  }
  return list;
}

}  // namespace

std::set<std::string> fitted_steps(const std::vector<MeasuredStep>& rows) {
  std::map<std::string, std::set<std::pair<std::uint64_t, std::string>>> groups;  // of a source
  for (const MeasuredStep& row : rows) {
    if (!row.first_token) {  // which goes with the rest of its run
      groups[row.source].emplace(fnv1a(row.group) >> 7U, row.group);
    }
  }
  std::set<std::pair<std::string, std::string>> chosen;
  // Of a source with many groups each goes by its own hash: its part hangs on no other.
  constexpr std::size_t kMany = 200;
  for (const auto& [source, list] : groups) {
    bool odd = false;
    for (const auto& [hash, group] : list) {
      odd = list.size() > kMany ? hash % 2 == 0 : !odd;
      if (!odd || list.size() == 1) {
        continue;
      }
      chosen.emplace(source, group);
    }
  }
  std::set<std::string> ids;
  for (const MeasuredStep& row : rows) {
    if (chosen.contains({row.source, row.group})) {
      ids.insert(row.id);
    }
  }
  return ids;
}

Calibration calibrate_steps(const std::vector<MeasuredStep>& rows, const Catalog& catalog,
                            bool scatter) {
  Calibration whole;
  for (const bool training : {true, false}) {
    std::vector<Known> known;
    for (const MeasuredStep& row : rows) {
      const Chip* chip = catalog.chip(row.chip);
      if (row.training == training && chip != nullptr) {
        known.push_back({&row, perf::step_scopes(row.engine, row.variant, *chip)});
      }
    }
    if (known.empty()) {
      continue;
    }
    const auto append = [](auto& to, auto from) { to.insert(to.end(), from.begin(), from.end()); };
    const std::vector<FittedConstant> fitted = fit_rows(training, known, {});
    append(whole.constants, fitted);
    append(whole.support, support_of(training, known));
    if (scatter) {
      append(whole.scatter, scatter_of(training, known, fitted));
    }
  }
  return whole;
}

}  // namespace redline
