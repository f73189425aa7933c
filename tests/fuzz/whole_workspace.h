#pragma once
// The data of the repository as the program opens them, for targets that answer whole requests.

#include <memory>

#include "app/workspace.h"

namespace redline::fuzz {

inline std::shared_ptr<app::Workspace> whole_workspace() {
  auto opened = app::open_workspace(app::whole_data(REDLINE_SOURCE_DATA));
  RL_CHECK(opened.has_value());
  return std::make_shared<app::Workspace>(std::move(*opened));
}

}  // namespace redline::fuzz
