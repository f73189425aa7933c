#pragma once
// The real data, opened once for all tests of use cases.

#include <gtest/gtest.h>

#include "app/workspace.h"

namespace redline::app {

inline const Workspace& workspace() {
  static const Workspace kWorkspace = [] {
    WorkspaceOptions options;
    options.base = REDLINE_TEST_DATA;
    options.parts.systems = options.parts.fabrics = options.parts.models = true;
    options.parts.sources = options.parts.market = true;
    options.kernels = true;
    auto opened = open_workspace(options);
    EXPECT_TRUE(opened) << render(opened.error());
    RL_CHECK(opened.has_value());
    return std::move(*opened);
  }();
  return kWorkspace;
}

}  // namespace redline::app
