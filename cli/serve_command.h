#pragma once
// `redline serve`.

#include <vector>

#include "cli/arguments.h"
#include "cli/settings.h"
#include "cli/terminal.h"
#include "server/service.h"

namespace redline::cli {

// The commands of `batch` with their fields, as the option table tells them.
[[nodiscard]] std::vector<server::Resource> resources();
// "rent_usd_per_hour" of "--rent", as a request of batch calls it.
[[nodiscard]] std::string field_name(const Option& option);

// Serves until it is interrupted. The exit status.
[[nodiscard]] int serve_command(const Arguments& arguments, app::Workspace workspace,
                                const std::string& executable, const Settings& settings,
                                Terminal& terminal);

}  // namespace redline::cli
