#pragma once
// What a buyer would do: the best plans for training and serving that the same money buys, on the
// subject of a scenario, on other chips, and on the subject with prompts on other chips.

#include <optional>
#include <string>
#include <vector>

#include "app/scenario.h"
#include "app/search_report.h"
#include "app/serve_report.h"

namespace redline::app {

// Chips that are bought, and what they do.
struct BuyerOption {
  const Chip* chip = nullptr;     // that trains, or decodes
  const Chip* prompts = nullptr;  // that takes the prompts; null: the same
  double bought = 0.0;            // of `chip` alone
};
struct TrainingOption {
  BuyerOption option;
  std::optional<FoundPlan> plan;
  Message reason;                // where there is none
  double days = 0.0;             // of the whole training
  double low = 0.0, high = 0.0;  // 80 % interval
};
struct ServingOption {
  BuyerOption option;
  std::optional<ServeAnswer> answer;
  Message plan;
  Message reason;
  double usd_per_million = 0.0, low = 0.0, high = 0.0;  // 80 % interval of the decode step
  double tokens_per_s = 0.0;                            // for all of the money
  double chips = 0.0, prompt_chips = 0.0;
};

struct BuyerReport {
  BuyerQuestion question;
  std::string train_name, serve_name;  // models for people
  std::int64_t prompt = 0, answer = 0;
  double usd_per_s = 0.0;                // that is spent, of owning
  std::vector<TrainingOption> training;  // the subject first
  std::vector<ServingOption> serving;
};

// Of a scenario with such a question. Costs are those of owning a chip at its price. The same for
// any number of threads.
[[nodiscard]] BuyerReport work_out_buyer(const Workspace& workspace, const Scenario& scenario,
                                         unsigned threads);

}  // namespace redline::app
