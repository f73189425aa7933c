#pragma once
// The real data, opened once for all tests of use cases.

#include <gtest/gtest.h>

#include "app/workspace.h"

namespace redline::app {

inline const Workspace& workspace() {
  static const Workspace kWorkspace = [] {
    auto opened = open_workspace(whole_data(REDLINE_TEST_DATA));
    EXPECT_TRUE(opened) << render(opened.error());
    RL_CHECK(opened.has_value());
    return std::move(*opened);
  }();
  return kWorkspace;
}

}  // namespace redline::app
