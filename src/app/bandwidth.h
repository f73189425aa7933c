#pragma once
// Why bandwidth mattered: what users feel of one model on several chips under one target, and what
// chains of thought cost on them.

#include <optional>
#include <string>
#include <vector>

#include "redline/simulation.h"

#include "app/reasoning.h"
#include "app/scenario.h"

namespace redline::app {

// One chip under the target: the cheapest plan for the mean request, and the highest rate of
// requests of all lengths that it holds.
struct ServedChip {
  const Chip* chip = nullptr;
  Message plan;
  Message reason;  // where there is no rate
  std::optional<CapacityResult> found;
  std::int64_t chips = 0;                                 // of a replica
  double rate_per_kilochip = 0.0, low = 0.0, high = 0.0;  // requests a second of a thousand chips
  std::optional<double> usd_per_million;                  // tokens of answers, at that rate
};

struct BandwidthReport {
  BandwidthQuestion question;
  std::string serve_name;
  std::vector<ServedChip> served;         // the subject first
  std::vector<ReasoningReport> thinking;  // of each model that thinks: the subject and the rival
};

// Of a scenario with such a question. The same for any number of threads.
[[nodiscard]] BandwidthReport work_out_bandwidth(const Workspace& workspace,
                                                 const Scenario& scenario, unsigned threads);

}  // namespace redline::app
