#pragma once
// A request and its answer as the service sees them: without sockets, so that both are tested and
// fuzzed as plain values.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redline::server {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;                                      // "GET"
  std::string path;                                        // decoded, "/v1/classify"
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  Headers headers;
  std::string body;
  std::string client;             // who asks, for taking turns: address and program
  std::function<bool()> is_gone;  // whether nobody waits any more; empty: somebody does

  // The first of that name, whatever its case; empty where there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  Headers headers;
  // Shared with what keeps answers.
  std::shared_ptr<const std::string> body = std::make_shared<const std::string>();
  // The body in parts, as they come: waits for the next one and gives it; false at the end. An
  // empty part asks whether the client is still there.
  std::function<bool(std::string& part)> stream{};

  void set(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
  }
};

// The parts of a list in a header or a query, without the spaces before them; empty ones are left
// out.
[[nodiscard]] std::vector<std::string_view> parts_of(std::string_view list, char between);

}  // namespace redline::server
