#pragma once
// `redline estimate die`: area by component, yield, cost and power of dies that exist, against what
// is published of them.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "redline/silicon.h"

#include "app/report.h"
#include "app/workspace.h"

namespace redline::app {

// A die and the part that uses most of it.
struct DieEstimate {
  const DieRecord* die = nullptr;
  const ProcessNode* node = nullptr;
  const MemoryKind* memory = nullptr;
  const Chip* chip = nullptr;
  DieParts parts{};
  double wafer_dies = 0.0;      // of the published area, whole ones
  double cores_on = 0.0;        // of one die
  redline::Spread whole, part;  // shares of them without a defect, and good enough for the part
  PartCost cost;
  std::optional<PartPower> power;  // where the catalogue has clock and rate of the part
  std::vector<std::string> sources;

  [[nodiscard]] double modelled_mm2() const { return total_of(parts); }
};

struct DieReport {
  std::shared_ptr<const Silicon> silicon;
  std::vector<DieEstimate> dies;
};

// Of the dies so called, or of all. Errors: kUnknownRecord, and those of data/silicon.
[[nodiscard]] Loaded<DieReport> work_out_dies(const Workspace& workspace,
                                              const std::vector<std::string>& names);
[[nodiscard]] Loaded<Answer> estimate_die(const Workspace& workspace,
                                          const std::vector<std::string>& names,
                                          const results::Words& say);
// From the fields of a request: "die", a name or a list of them.
[[nodiscard]] Loaded<Answer> estimate_die(const Workspace& workspace, const Json& fields,
                                          Code field_code, const results::Words& say);

// By how much the model is above what is published, in percent; none where nothing is.
[[nodiscard]] std::optional<double> error_percent(double modelled, double published);

[[nodiscard]] Json spread_json(const redline::Spread& spread);
[[nodiscard]] Json die_json(const DieEstimate& die);
[[nodiscard]] results::Table die_table(const DieReport& report);
void describe_dies(const DieReport& report, const results::Words& say, std::vector<Block>& blocks);

}  // namespace redline::app
