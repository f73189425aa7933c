#pragma once
// What a chip is worth beside another, use by use: the model of `redline compare` over the uses of
// a scenario.

#include <optional>
#include <string>
#include <vector>

#include "app/compare.h"
#include "app/scenario.h"

namespace redline::app {

struct UseWorth {
  StepKind kind = StepKind::kTrain;
  std::string model;             // id
  std::string model_name;        // for people
  std::vector<ChipInUse> chips;  // in the order of WorthReport::chips

  [[nodiscard]] const ChipInUse& subject() const { return chips[0]; }
  [[nodiscard]] const ChipInUse& reference() const { return chips[1]; }
  // Of the reference; none where either is not known.
  [[nodiscard]] std::optional<Spread> share(const ChipInUse& one) const;
};

struct WorthReport {
  std::vector<const Chip*> chips;  // the subject, the reference, then the others
  std::vector<UseWorth> uses;
  std::string claim;  // its id; empty: none
  std::optional<ClaimedShare> claimed;
  Date data_date{};  // speeds and prices rest on what was published until then
  // Of the data sheets, subject over reference.
  std::optional<double> fp16_ratio;
  std::optional<double> memory_bandwidth_ratio;

  [[nodiscard]] const Chip& subject() const { return *chips[0]; }
  [[nodiscard]] const Chip& reference() const { return *chips[1]; }
};

// Of a scenario with a question of worth. Costs are those of owning a chip at its price, since
// rents are known of few chips and on other days. The same for any number of threads.
[[nodiscard]] WorthReport work_out_worth(const Workspace& workspace, const Scenario& scenario,
                                         unsigned threads);

}  // namespace redline::app
