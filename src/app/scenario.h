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

struct Scenario {
  std::string id;
  std::string title;
  Date as_of{};
  std::string subject;  // chip
  std::string to;
  Date before{};
  Date after{};
  std::string claims;  // a file of data/claims; empty: none
  std::vector<ScenarioInput> inputs;
  std::optional<WorthQuestion> worth;
};

// data/scenarios/<name>.toml, or a file of the user's. Errors: all problems of the file, an input
// dated after the scenario, unknown chips, places, sources, models and claims.
[[nodiscard]] Loaded<Scenario> load_scenario(const Workspace& workspace, const std::string& name);

[[nodiscard]] data::TypeInfo scenario_type();

}  // namespace redline::app
