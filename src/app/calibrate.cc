#include "app/calibrate.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "app/kernel_models.h"
#include "app/measured.h"
#include "app/step_row.h"

namespace redline::app {
namespace {

using results::Align;
using results::Table;
using results::Words;

Table constants_table(const Calibration& calibration, bool everywhere) {
  Table table;
  table.columns = {{"model", "Model", "", Align::kLeft},
                   {"name", "Constant", "", Align::kLeft},
                   {"scope", "Scope", "", Align::kLeft},
                   {"value", "Value", "", Align::kRight, 4},
                   {"factor", "Against start", "", Align::kRight, 4},
                   {"uncertainty_percent", "Uncertainty", "%", Align::kRight, 2},
                   {"unit", "Unit", "", Align::kLeft},
                   {"rows", "Rows", "", Align::kRight}};
  if (everywhere) {
    table.columns.erase(table.columns.begin() + 2);
  }
  for (const FittedConstant& c : calibration.constants) {
    if (everywhere && !c.scope.empty()) {
      continue;
    }
    const auto start = constant_start(c.model, c.constant);
    const double factor = std::exp(c.log_value);
    std::vector<results::Cell> row{c.model, c.constant};
    if (!everywhere) {
      row.emplace_back(c.scope);
    }
    row.insert(row.end(),
               {start ? results::Cell(start->value * factor) : results::Cell(), factor,
                100.0 * std::expm1(c.log_sd), start ? std::string(start->unit) : std::string(),
                static_cast<std::int64_t>(c.rows)});
    table.rows.push_back(std::move(row));
  }
  return table;
}

Json calibration_json(const Calibration& calibration) {
  Json constants = Json::array();
  for (const FittedConstant& c : calibration.constants) {
    const auto start = constant_start(c.model, c.constant);
    constants.push_back({{"model", c.model},
                         {"name", c.constant},
                         {"scope", c.scope},
                         {"start", start ? Json(start->value) : Json(nullptr)},
                         {"unit", start ? Json(start->unit) : Json(nullptr)},
                         {"log_value", c.log_value},
                         {"log_sd", c.log_sd},
                         {"rows", c.rows},
                         {"sources", c.sources}});
  }
  Json scatter = Json::array();
  for (const Scatter& s : calibration.scatter) {
    scatter.push_back({{"model", s.model},
                       {"kernel", s.kernel},
                       {"evidence", kEvidenceNames[static_cast<std::size_t>(s.evidence)]},
                       {"rates_alone", s.rates_alone},
                       {"log_sd", s.log_sd},
                       {"rows", s.rows}});
  }
  return {{"constants", constants}, {"scatter", scatter}};
}

// Whether a data set's calibration holds these very constants, to the digits of its file.
bool holds(const Calibration& whole, const Calibration& part) {
  const auto of_models = [&part](const auto& all) {
    auto kept = all;
    std::erase_if(kept, [&part](const auto& one) {
      return std::none_of(part.constants.begin(), part.constants.end(),
                          [&one](const FittedConstant& c) { return c.model == one.model; });
    });
    return kept;
  };
  const Calibration same{of_models(whole.constants), of_models(whole.scatter),
                         of_models(whole.support)};
  return calibration_text(same) == calibration_text(part);
}

// The file that a calibration is kept in, with the answer that tells of it.
Calibrated calibrated(const Workspace& w, const Calibration& calibration, std::size_t fitted,
                      std::size_t all, bool check, const Words& say) {
  Calibrated done;
  done.text = calibration_text(calibration);
  Answer& answer = done.answer;
  answer.command = "calibrate";
  answer.as_of = w.date;
  answer.results.push_back(calibration_json(calibration));
  answer.table = constants_table(calibration, /*everywhere=*/false);
  answer.blocks.emplace_back(Headline{
      say("{constants} constants fitted on {rows} of {all} rows; the others are for testing",
          {{"constants", std::to_string(calibration.constants.size())},
           {"rows", std::to_string(fitted)},
           {"all", std::to_string(all)}})});
  if (check) {
    answer.differs = !holds(w.kernels->calibration(), calibration);
    answer.blocks.emplace_back(Paragraph{answer.differs
                                             ? say("they differ from the constants of the data set")
                                             : say("they are the constants of the data set"),
                                         2});
  }
  answer.blocks.emplace_back(constants_table(calibration, /*everywhere=*/true));
  answer.blocks.emplace_back(Paragraph{
      say("Kernels, architectures and chips move these; --format csv lists every scope."), 0});
  return done;
}

}  // namespace

Loaded<Calibrated> calibrate_kernels(const Workspace& w, bool check, const Words& say) {
  const auto kept = kept_measurements(w);
  if (!kept) {
    return tl::unexpected(kept.error());
  }
  std::vector<MeasuredKernel> rows = usable(*kept);
  const std::size_t all = rows.size();
  std::erase_if(rows, [](const MeasuredKernel& row) { return !is_fitted(row); });
  return calibrated(w, calibrate(rows, all_machines(w.catalog)), rows.size(), all, check, say);
}

Loaded<Calibrated> calibrate_engines(const Workspace& w, bool check, const Words& say) {
  const auto kept = kept_steps(w);
  if (!kept) {
    return tl::unexpected(kept.error());
  }
  std::vector<MeasuredStep> rows = measured_steps(*kept);
  const std::size_t all = rows.size();
  const std::set<std::string> fitted = fitted_steps(rows);
  std::erase_if(rows, [&fitted](const MeasuredStep& row) { return !fitted.contains(row.id); });
  return calibrated(w, calibrate_steps(rows, w.catalog, /*scatter=*/true), rows.size(), all, check,
                    say);
}

}  // namespace redline::app
