#pragma once
// A scenario: the inputs of a decision brief, none dated later than its day.

#include <optional>
#include <string>
#include <vector>

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
};

// data/scenarios/<name>.toml, or a file of the user's. Errors: all problems of the file, an input
// dated after the scenario, unknown chips, places and sources.
[[nodiscard]] Loaded<Scenario> load_scenario(const Workspace& workspace, const std::string& name);

[[nodiscard]] data::TypeInfo scenario_type();

}  // namespace redline::app
