#include "server/guard.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <random>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "base/nearest.h"
#include "server/problem.h"

namespace redline::server {
namespace {

// "localhost" of "localhost:8177", "[::1]" of "[::1]:8177".
std::string_view host_of(std::string_view host) {
  if (host.starts_with('[')) {
    return host.substr(0, std::min(host.find(']'), host.size() - 1) + 1);
  }
  return host.substr(0, host.find(':'));
}

bool is_known_host(std::string_view host, const GuardRules& rules) {
  const std::string_view name = host_of(host);
  return is_address(name) || equal_ignoring_case(name, "localhost") ||
         std::any_of(rules.host_names.begin(), rules.host_names.end(),
                     [name](const std::string& own) { return equal_ignoring_case(own, name); });
}

// Takes the same time wherever two texts of one length differ.
bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  unsigned differ = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    differ |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return differ == 0;
}

bool shows_token(const Request& request, const std::string& token) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = request.header("Authorization");
  if (authorization.size() > kBearer.size() &&
      equal_ignoring_case(authorization.substr(0, kBearer.size()), kBearer)) {
    return same_secret(authorization.substr(kBearer.size()), token);
  }
  // Pages carry it as a cookie.
  constexpr std::string_view kCookie = "redline_token=";
  const auto cookies = parts_of(request.header("Cookie"), ';');
  return std::any_of(cookies.begin(), cookies.end(), [&](std::string_view one) {
    return one.starts_with(kCookie) && same_secret(one.substr(kCookie.size()), token);
  });
}

bool is_json(std::string_view type) {
  std::string_view bare = type.substr(0, type.find(';'));
  while (bare.ends_with(' ')) {
    bare.remove_suffix(1);
  }
  return equal_ignoring_case(bare, "application/json");
}

std::optional<Response> refuse_stranger(const Request& request, const GuardRules& rules) {
  const std::string_view host = request.header("Host");
  if (!is_known_host(host, rules)) {
    return problem(403, Code::kHttpStranger,
                   host.empty() ? "the request names no Host"
                                : fmt::format("'{}' is no name of this server", host),
                   {"use localhost or the address that the server printed",
                    "start it with --allow-host NAME where it is reached by another name"});
  }
  const std::string_view origin = request.header("Origin");
  // https: behind a proxy that speaks it.
  if (!origin.empty() && origin != fmt::format("http://{}", host) &&
      origin != fmt::format("https://{}", host)) {
    return problem(403, Code::kHttpStranger,
                   fmt::format("a page of '{}' may not ask this server", origin),
                   {"ask from a program, or from the server's own pages"});
  }
  const std::string_view site = request.header("Sec-Fetch-Site");
  const bool follows_link = request.header("Sec-Fetch-Mode") == "navigate" &&
                            request.method == "GET" && !request.path.starts_with("/v1");
  if ((site == "cross-site" || site == "same-site") && !follows_link) {
    return problem(403, Code::kHttpStranger, "a page of another site may not ask this server",
                   {"ask from a program, or from the server's own pages"});
  }
  if (!rules.token.empty() && !shows_token(request, rules.token) &&
      !same_secret(request.parameter("token"), rules.token)) {
    Response response = problem(401, Code::kHttpStranger, "this server asks for its token",
                                {"send it as the header Authorization: Bearer TOKEN",
                                 "or open the address that the server printed when it started"});
    response.set("WWW-Authenticate", "Bearer realm=\"redline\"");
    return response;
  }
  return std::nullopt;
}

std::optional<Response> refuse_body(const Request& request, const GuardRules& rules) {
  const std::string_view length = request.header("Content-Length");
  const std::string_view coding = request.header("Transfer-Encoding");
  const auto malformed = [](int status, std::string message, std::vector<std::string> help) {
    return problem(status, Code::kHttpMalformed, std::move(message), std::move(help));
  };
  for (const std::string_view once : {"Host", "Content-Length", "Transfer-Encoding"}) {
    const auto stated = std::count_if(
        request.headers.begin(), request.headers.end(),
        [once](const auto& header) { return equal_ignoring_case(header.first, once); });
    if (stated > 1 || (stated == 1 && request.header(once).empty())) {
      return malformed(400, fmt::format("the header {} has to stand there once", once), {});
    }
  }
  std::size_t bytes = 0;
  if (!length.empty()) {
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bytes);
    if (error == std::errc::invalid_argument || end != length.data() + length.size() ||
        !coding.empty()) {
      return malformed(400, "the length of the body is not clear",
                       {"send one Content-Length, or the body in chunks, not both"});
    }
    if (error == std::errc::result_out_of_range || bytes > rules.longest_body) {
      return malformed(413, fmt::format("the body is longer than {} bytes", rules.longest_body),
                       {"ask in parts, or with `redline batch`"});
    }
  }
  if (!coding.empty() && !equal_ignoring_case(coding, "chunked")) {
    return malformed(501, fmt::format("the transfer coding '{}' is not known", coding),
                     {"send the body as it is, or in chunks"});
  }
  const bool has_body = bytes > 0 || !coding.empty();
  if (request.method != "POST") {
    return has_body ? std::optional(malformed(
                          400, fmt::format("a {} request has no body", request.method), {}))
                    : std::nullopt;
  }
  if (!is_json(request.header("Content-Type"))) {
    return malformed(415, "the body has to be JSON", {"send Content-Type: application/json"});
  }
  if (!request.header("Content-Encoding").empty()) {
    return malformed(415, "the body has to come as it is, not compressed", {});
  }
  return std::nullopt;
}

}  // namespace

bool is_address(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  const std::string text(host);
  in6_addr space{};
  return inet_pton(AF_INET, text.c_str(), &space) == 1 ||
         inet_pton(AF_INET6, text.c_str(), &space) == 1;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host == "[::1]" ||
         (host.starts_with("127.") && is_address(host));
}

std::string new_token() {
  std::random_device system;
  std::string token;
  for (int i = 0; i < 4; ++i) {
    token += fmt::format("{:08x}", static_cast<std::uint32_t>(system()));
  }
  return token;
}

std::optional<Response> refuse(const Request& request, std::string_view target,
                               const GuardRules& rules) {
  if (target.size() > rules.longest_target) {
    return problem(414, Code::kHttpMalformed,
                   fmt::format("the address is longer than {} bytes", rules.longest_target),
                   {"send the fields as a JSON body instead"});
  }
  if (auto stranger = refuse_stranger(request, rules)) {
    return stranger;
  }
  constexpr std::array<std::string_view, 4> kMethods{"GET", "HEAD", "POST", "DELETE"};
  if (std::find(kMethods.begin(), kMethods.end(), request.method) == kMethods.end()) {
    Response response = problem(405, Code::kNoResource,
                                fmt::format("the method {} is not known here", request.method), {});
    response.set("Allow", "GET, HEAD, POST, DELETE");
    return response;
  }
  return refuse_body(request, rules);
}

}  // namespace redline::server
