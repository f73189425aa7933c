#pragma once
// A service over the data of the repository, for tests.

#include "app/test_workspace.h"
#include "server/service.h"

namespace redline::server {

inline std::shared_ptr<const app::Workspace> test_workspace() {
  static const std::shared_ptr<const app::Workspace> kWorkspace = [] {
    auto served = std::make_shared<app::Workspace>(app::workspace());
    served->reads_disk = false;
    return served;
  }();
  return kWorkspace;
}

inline std::unique_ptr<Service> test_service(ServiceOptions options = {}) {
  auto service = Service::open(test_workspace(), {}, std::move(options));
  RL_CHECK(service.has_value());
  return std::move(*service);
}

}  // namespace redline::server
