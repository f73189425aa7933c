#pragma once
// What a scenario of exposure asks of rules, performance and the search for the best legal part.

#include <functional>

#include "app/workspace.h"
#include "exposure/model.h"

namespace redline::app {

// The precedents of the data, and the answers to questions. The workspace must outlive it.
[[nodiscard]] Loaded<exposure::ScenarioContext> exposure_context(const Workspace& workspace,
                                                                 unsigned threads);

// Problems of one file of the user's or of the data.
[[nodiscard]] Diagnostics check_exposure(const Workspace& workspace, const std::string& file);
[[nodiscard]] Diagnostics check_precedents(const Workspace& workspace, const std::string& file,
                                           const std::string& text);

}  // namespace redline::app
