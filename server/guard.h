#pragma once
// Who may ask what: looked at before the body of a request is read.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/message.h"

namespace redline::server {

struct GuardRules {
  std::string token;                    // that every request has to show; empty: none
  std::vector<std::string> host_names;  // of this server, besides localhost and addresses
  std::size_t longest_body = std::size_t{1} << 20U;
  std::size_t longest_target = 8192;  // path and query
};

// The refusal; none where the request may go on. A page of another site can make a browser ask
// here: its Origin or Sec-Fetch-Site gives it away, or, if it let its own name point here (DNS
// rebinding), its Host.
[[nodiscard]] std::optional<Response> refuse(const Request& request, std::string_view target,
                                             const GuardRules& rules);

// "127.0.0.1", "::1", "[::1]"
[[nodiscard]] bool is_address(std::string_view host);
// Whether only this machine reaches it.
[[nodiscard]] bool is_loopback(std::string_view host);
// 128 bits from the system, in hexadecimal.
[[nodiscard]] std::string new_token();

}  // namespace redline::server
