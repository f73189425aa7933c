#pragma once
// A service over the data of the repository, for tests.

#include "app/workspace.h"
#include "server/service.h"

namespace redline::server {

inline std::shared_ptr<const app::Workspace> test_workspace() {
  static const std::shared_ptr<const app::Workspace> kWorkspace = [] {
    app::WorkspaceOptions options;
    options.base = REDLINE_TEST_DATA;
    options.parts.systems = options.parts.fabrics = options.parts.models = true;
    options.parts.market = options.parts.sources = true;
    options.kernels = true;
    auto opened = app::open_workspace(options);
    RL_CHECK(opened.has_value());
    opened->reads_disk = false;
    return std::make_shared<const app::Workspace>(std::move(*opened));
  }();
  return kWorkspace;
}

inline std::unique_ptr<Service> test_service(ServiceOptions options = {}) {
  auto service = Service::open(test_workspace(), {}, std::move(options));
  RL_CHECK(service.has_value());
  return std::move(*service);
}

}  // namespace redline::server
