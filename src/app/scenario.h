#pragma once
// A scenario: the inputs of a decision brief, none dated later than its day.

#include <optional>
#include <string>
#include <vector>

#include "app/claims.h"
#include "app/step_request.h"
#include "app/workspace.h"
#include "data/schema.h"

namespace redline::app {

struct ScenarioInput {
  std::string id;
  Date date{};
  std::string what;
  std::optional<Usd> value;
  std::optional<Basis> basis;
  std::vector<std::string> source;
};

struct WorthUse {
  StepKind kind = StepKind::kTrain;
  std::string model;
};

// What the subject is worth beside other chips, use by use.
struct WorthQuestion {
  std::string reference;           // chip that is 100 %
  std::vector<std::string> chips;  // besides the subject and the reference
  std::string claim;               // a claim that states the share; empty: none
  std::vector<WorthUse> uses;
  std::optional<ClaimedShare> claimed;  // what the claim states
};

// What a buyer gets for the price of so many of the subject: trained and served by other chips, or
// by the subject with prompts on others.
struct BuyerQuestion {
  int chips = 0;                     // of the subject; of others what the same money buys
  std::vector<std::string> others;   // chips alone
  std::vector<std::string> prompts;  // chips of a pool for prompts, the subject decodes
  std::string train, serve;          // models
  double tokens = 0.0;               // of the training
  int batch = 0;                     // sequences of a step
  Seconds ttft{}, tpot{};            // limits of serving
};

// What users feel of one model on several chips, and what chains of thought cost on the subject and
// a rival.
struct BandwidthQuestion {
  std::vector<std::string> chips;     // besides the subject
  std::string serve;                  // model
  std::string prompt, answer;         // tokens, distributions
  Seconds ttft{}, tpot{};             // the target
  double share_percent = 90.0;        // of the requests that keep it
  std::string rival;                  // chip beside which the subject thinks
  std::vector<std::string> thinkers;  // models
  std::string benchmark;              // of the model that is served; empty: none
};

// What vendors would build instead, after rules of data/backtest.
struct BuiltQuestion {
  std::vector<std::string> epochs;
};

// What the change did, and where rules stand between what leaks and what it costs.
struct ImpactQuestion {
  std::string space;  // of rules, a file of data/spaces; empty: that is not asked
};

struct Scenario {
  std::string id;
  std::string title;
  Date as_of{};
  std::string subject;  // chip
  std::string to;
  Date before{};
  Date after{};
  std::string claims;    // a file of data/claims; empty: none
  std::string exposure;  // a file of data/exposure; empty: none
  std::vector<ScenarioInput> inputs;
  std::optional<WorthQuestion> worth;
  std::optional<BuyerQuestion> buyer;
  std::optional<BandwidthQuestion> bandwidth;
  std::optional<BuiltQuestion> built;
  std::optional<ImpactQuestion> impact;
};

// data/scenarios/<name>.toml, or a file of the user's. Errors: all problems of the file, an input
// dated after the scenario, unknown chips, places, sources, models, claims and
// exposure, one that cannot be read or is of a later day.
[[nodiscard]] Loaded<Scenario> load_scenario(const Workspace& workspace, const std::string& name);

[[nodiscard]] data::TypeInfo scenario_type();

}  // namespace redline::app
