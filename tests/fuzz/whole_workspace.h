#pragma once
// The data of the repository as the program opens them, for targets that answer whole requests.

#include <memory>

#include "app/workspace.h"

namespace redline::fuzz {

inline std::shared_ptr<app::Workspace> whole_workspace() {
  app::WorkspaceOptions options;
  options.base = REDLINE_SOURCE_DATA;
  options.parts.systems = options.parts.fabrics = options.parts.models = true;
  options.kernels = true;
  auto opened = app::open_workspace(options);
  RL_CHECK(opened.has_value());
  return std::make_shared<app::Workspace>(std::move(*opened));
}

}  // namespace redline::fuzz
