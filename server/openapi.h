#pragma once
// The description of the API that the server gives at /openapi.json (OpenAPI 3.1).

#include "server/service.h"

namespace redline::server {

[[nodiscard]] app::Json openapi(const std::vector<Resource>& resources);

}  // namespace redline::server
