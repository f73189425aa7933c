// From measured rows to constants, their scatter and what they rest on.

#include <algorithm>
#include <cmath>
#include <functional>
#include <future>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/hash.h"
#include "perf/fit.h"
#include "perf/step_constants.h"

namespace redline {
namespace {

using perf::FitRow;
using perf::Model;

constexpr std::size_t kFolds = 8;
// Without rows that tell, an error bar widens by these from one class of evidence to the next.
constexpr double kMeasuredWidening = 0.10;
constexpr double kFamilyWidening = 0.12;
constexpr double kExtrapolatedWidening = 0.20;
constexpr double kLeastScatter = 0.02;
// And by this factor at least in any case.
constexpr double kWidening = 1.1;
// A kernel's own scatter counts fully where it has many more rows than this.
constexpr double kShrinkRows = 20.0;

// Rows of one model, in the order given.
std::vector<std::vector<FitRow>> by_model(const std::vector<MeasuredKernel>& rows,
                                          const std::map<std::string, Machine>& machines) {
  std::vector<std::vector<FitRow>> sorted(perf::kModelCount);
  for (const MeasuredKernel& row : rows) {
    const auto machine = machines.find(row.chip);
    if (machine == machines.end() || !row.suspect.empty() ||
        perf::refusal(row.kernel, perf::limits_of(machine->second))) {
      continue;
    }
    sorted[perf::model_index(row.kernel.op)].push_back(
        {&row, &machine->second, perf::limits_of(machine->second),
         perf::scopes_of(row.kernel, machine->second)});
  }
  return sorted;
}

// log(measured / predicted) of rows that a fit did not see.
struct Residual {
  std::string kernel;
  double value = 0.0;
};

std::vector<Residual> residuals_of(const Model& model, const std::vector<FitRow>& fitted,
                                   const std::vector<FitRow>& tested, bool rates_alone) {
  const std::vector<FittedConstant> constants = perf::fit(model, fitted);
  const perf::ScopeValues values = perf::by_scope(constants, model.name);
  std::vector<Residual> found;
  for (const FitRow& row : tested) {
    perf::Limits limits = row.limits;
    if (rates_alone) {
      limits.cores = limits.clock = limits.l2 = 0.0;
      limits.issue = limits.matrix;
    }
    const perf::Parts parts =
        perf::predict(row.row->kernel, limits, perf::resolve(model.constants, values, row.scopes));
    found.push_back(
        {perf::kernel_name(row.row->kernel), std::log(row.row->value.base() / perf::total(parts))});
  }
  return found;
}

// Fits with the rows left out for which `part_of` names the part, once a part.
std::vector<Residual> left_out(const Model& model, const std::vector<FitRow>& rows,
                               const std::function<std::string(const FitRow&)>& part_of,
                               bool rates_alone = false) {
  std::set<std::string> names;
  for (const FitRow& row : rows) {
    names.insert(part_of(row));
  }
  names.erase("");
  if (names.size() < 2 && !names.empty() && part_of(rows.front()) == *names.begin() &&
      std::all_of(rows.begin(), rows.end(), [&](const FitRow& r) { return !part_of(r).empty(); })) {
    return {};  // nothing would be left to fit
  }
  std::vector<Residual> all;
  for (const std::string& name : names) {
    std::vector<FitRow> kept;
    std::vector<FitRow> out;
    for (const FitRow& row : rows) {
      (part_of(row) == name ? out : kept).push_back(row);
    }
    const std::vector<Residual> some = residuals_of(model, kept, out, rates_alone);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

double width_of(std::vector<double> values) {
  for (double& value : values) {
    value = std::fabs(value);
  }
  std::sort(values.begin(), values.end());
  const double rank = 0.8 * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  const double share = rank - static_cast<double>(below);
  return (values[below] * (1.0 - share) + values[above] * share) / perf::kNormal80;
}

// The error bars of one class of evidence. None is narrower than that of the class before,
// `nearer`, by which less is guessed.
std::vector<Scatter> scatter_of(const Model& model, const std::vector<Residual>& residuals,
                                Evidence evidence, bool rates_alone,
                                const std::vector<Scatter>& nearer, double otherwise) {
  const auto least_of = [&nearer](std::string_view kernel) {
    double least = nearer.empty() ? kLeastScatter : 0.0;
    for (const Scatter& one : nearer) {
      least = one.kernel == kernel || (one.kernel.empty() && least == 0.0) ? kWidening * one.log_sd
                                                                           : least;
    }
    return least;
  };
  std::map<std::string, std::vector<double>> by_kernel;
  std::vector<double> all;
  for (const Residual& residual : residuals) {
    by_kernel[residual.kernel].push_back(residual.value);
    all.push_back(residual.value);
  }
  for (const Scatter& one : nearer) {
    by_kernel.try_emplace(one.kernel);
  }
  by_kernel.erase("");
  const std::string name(model.name);
  const double whole = std::max(least_of(""), all.size() < 4 ? otherwise : width_of(all));
  std::vector<Scatter> found{
      {name, "", evidence, rates_alone, whole, static_cast<int>(all.size())}};
  for (const auto& [kernel, values] : by_kernel) {
    const auto n = static_cast<double>(values.size());
    const double own = values.size() < 4 ? whole : width_of(values);
    const double sd = std::sqrt((n * own * own + kShrinkRows * whole * whole) / (n + kShrinkRows));
    found.push_back({name, kernel, evidence, rates_alone, std::max(sd, least_of(kernel)),
                     static_cast<int>(values.size())});
  }
  return found;
}

std::vector<Scatter> scatter_of(const Model& model, const std::vector<FitRow>& rows) {
  const auto family = [](const FitRow& row) {
    return perf::family_of(row.row->kernel.op, *row.machine);
  };
  std::map<std::string, std::set<std::string>> chips;
  for (const FitRow& row : rows) {
    chips[family(row)].insert(row.row->chip);
  }
  const auto fold = [](const FitRow& row) {
    return fmt::format("{}", (fnv1a(row.row->group) >> 17U) % kFolds);
  };
  const auto relative = [&](const FitRow& row) {  // chips that have relatives among the rows
    return chips.at(family(row)).size() > 1 ? row.row->chip : std::string();
  };
  std::vector<Scatter> all;
  std::vector<Scatter> last;
  const auto add = [&](const std::vector<Residual>& residuals, Evidence evidence, bool rates_alone,
                       double widening) {
    const double otherwise = last.empty() ? widening : std::hypot(last.front().log_sd, widening);
    last = scatter_of(model, residuals, evidence, rates_alone, last, otherwise);
    all.insert(all.end(), last.begin(), last.end());
  };
  add(left_out(model, rows, fold), Evidence::kMeasured, false, kMeasuredWidening);
  add(left_out(model, rows, relative), Evidence::kFamily, false, kFamilyWidening);
  add(left_out(model, rows, family), Evidence::kExtrapolated, false, kExtrapolatedWidening);
  add(left_out(model, rows, family, true), Evidence::kExtrapolated, true, kFamilyWidening);
  return all;
}

std::vector<Support> support_of(const Model& model, const std::vector<FitRow>& rows) {
  std::map<std::tuple<std::string, std::string, Timing>, Support> found;
  std::map<std::tuple<std::string, std::string, Timing>, std::set<std::string>> sources;
  for (const FitRow& row : rows) {
    const Kernel& kernel = row.row->kernel;
    const std::tuple key{perf::kernel_name(kernel), row.row->chip, kernel.how.timing};
    const std::array<double, 3> shape = perf::shape_of(kernel.op);
    auto [place, added] = found.try_emplace(key);
    Support& support = place->second;
    if (added) {
      support = {std::string(model.name),
                 std::get<0>(key),
                 std::get<1>(key),
                 perf::family_of(kernel.op, *row.machine),
                 kernel.how.timing,
                 0,
                 shape,
                 shape,
                 {}};
    }
    ++support.rows;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      support.low[i] = std::min(support.low[i], shape[i]);
      support.high[i] = std::max(support.high[i], shape[i]);
    }
    sources[key].insert(row.row->source);
  }
  std::vector<Support> list;
  for (auto& [key, support] : found) {
    support.sources.assign(sources[key].begin(), sources[key].end());
    list.push_back(std::move(support));
  }
  return list;
}

Calibration calibration_of(const std::vector<MeasuredKernel>& rows,
                           const std::map<std::string, Machine>& machines, bool scatter) {
  const std::vector<std::vector<FitRow>> sorted = by_model(rows, machines);
  std::vector<std::future<Calibration>> pending;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    pending.push_back(std::async(std::launch::async, [&sorted, i, scatter] {
      const Model& model = perf::models()[i]();
      Calibration part;
      if (!sorted[i].empty()) {
        part.constants = perf::fit(model, sorted[i]);
        part.support = support_of(model, sorted[i]);
        if (scatter) {
          part.scatter = scatter_of(model, sorted[i]);
        }
      }
      return part;
    }));
  }
  Calibration whole;
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  };
  for (std::future<Calibration>& next : pending) {  // in the order of the models
    Calibration part = next.get();
    append(whole.constants, part.constants);
    append(whole.scatter, part.scatter);
    append(whole.support, part.support);
  }
  return whole;
}

}  // namespace

std::optional<ConstantStart> constant_start(std::string_view model, std::string_view constant) {
  for (const perf::ModelOf of : perf::models()) {
    for (const perf::ConstantInfo& info : of().constants) {
      if (of().name == model && info.name == constant) {
        return ConstantStart{info.start, info.unit, info.meaning};
      }
    }
  }
  for (const bool training : {true, false}) {
    for (const perf::ConstantInfo& info : perf::step_table(training)) {
      if (perf::step_table_name(training) == model && info.name == constant) {
        return ConstantStart{info.start, info.unit, info.meaning};
      }
    }
  }
  return std::nullopt;
}

bool is_fitted(const MeasuredKernel& row) { return (fnv1a(row.group) >> 7U) % 2 == 0; }

Calibration fit_constants(const std::vector<MeasuredKernel>& rows,
                          const std::map<std::string, Machine>& machines) {
  return calibration_of(rows, machines, false);
}

Calibration calibrate(const std::vector<MeasuredKernel>& rows,
                      const std::map<std::string, Machine>& machines) {
  return calibration_of(rows, machines, true);
}

}  // namespace redline
