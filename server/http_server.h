#pragma once
// HTTP on a socket: cpp-httplib parses and writes, limits and threads are ours.

#include <functional>
#include <memory>
#include <string>

#include "redline/error.h"

#include "server/guard.h"
#include "server/service.h"

namespace redline::server {

struct HttpOptions {
  std::string host = "127.0.0.1";
  int port = 0;  // 0: any that is free
  GuardRules guard;
  std::size_t most_connections = 256;
};

class HttpServer {
 public:
  HttpServer(Service& service, HttpOptions options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // The port. Errors: kListen.
  [[nodiscard]] Result<int> listen();
  // Answers until `stopping`; what is in work then is ended or finished.
  void run(const std::function<bool()>& stopping);

  // One connection whose bytes are `input`, for tests and fuzzing: what is answered.
  [[nodiscard]] std::string exchange(const std::string& input);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace redline::server
