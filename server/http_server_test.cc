#include "server/http_server.h"

#include <atomic>
#include <thread>
#include <unistd.h>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "server/test_service.h"

namespace redline::server {
namespace {

class Exchange : public ::testing::Test {
 protected:
  static std::string answer(const std::string& bytes) {
    static const std::unique_ptr<Service> kService = test_service();
    HttpServer server(*kService, {});
    return server.exchange(bytes);
  }
  // The statuses of all answers.
  static std::string statuses(const std::string& bytes) {
    const std::string all = answer(bytes);
    std::string list;
    for (std::size_t at = all.find("HTTP/1.1 "); at != std::string::npos;
         at = all.find("HTTP/1.1 ", at + 1)) {
      list += (list.empty() ? "" : " ") + all.substr(at + 9, 3);
    }
    return list;
  }
  static std::string post(const std::string& headers, const std::string& body) {
    return "POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
           headers + "\r\n" + body;
  }
  const std::string good_ = "GET /v1/version HTTP/1.1\r\nHost: localhost\r\n\r\n";
};

TEST_F(Exchange, OneAfterAnother) {
  EXPECT_EQ(statuses(good_), "200");
  EXPECT_EQ(statuses(good_ + good_ + "GET /nope.png HTTP/1.1\r\nHost: localhost\r\n\r\n" + good_),
            "200 200 404 200");
  const std::string body = R"({"chip":"h20"})";
  EXPECT_EQ(statuses(post("Content-Length: 14\r\n", body) + good_), "200 200");
  EXPECT_EQ(statuses(post("Transfer-Encoding: chunked\r\n", "e\r\n" + body + "\r\n0\r\n\r\n")),
            "200");
  EXPECT_EQ(statuses("HEAD /v1/version HTTP/1.1\r\nHost: localhost\r\n\r\n"), "200");
  EXPECT_EQ(
      statuses("GET /v1/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" + good_),
      "200");
}

TEST_F(Exchange, WhatFollowsARefusedBodyIsNoRequest) {
  for (const std::string& refused :
       {post("Content-Encoding: gzip\r\nContent-Length: 60\r\n", good_ + good_),
        post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + good_),
        post("Content-Length: 99999999\r\n", good_),
        "POST /v1/classify HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 60\r\n\r\n" + good_,
        "GET /v1/version HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60\r\n\r\n" + good_}) {
    const std::string got = statuses(refused + good_);
    EXPECT_EQ(got.size(), 3U) << refused << "\n" << got;
    EXPECT_EQ(got.front(), '4') << refused;
  }
}

TEST_F(Exchange, LimitsHoldForWhatHasNoLength) {
  std::string head = "GET /v1/version HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 10'000; ++i) {
    head += "X-Header: value\r\n";
  }
  EXPECT_EQ(statuses(head + "\r\n"), "431");
  std::string chunks;
  for (int i = 0; i < 200; ++i) {
    chunks += "2000\r\n" + std::string(0x2000, ' ') + "\r\n";
  }
  const std::string got = statuses(post("Transfer-Encoding: chunked\r\n", chunks + "0\r\n\r\n"));
  EXPECT_TRUE(got == "413" || got == "400") << got;
  // Ranges are not served, however many are asked for.
  std::string ranges = "bytes=0-1";
  while (ranges.size() < 7000) {
    ranges += ",0-1";
  }
  const std::string answered =
      answer("GET /v1/version HTTP/1.1\r\nHost: localhost\r\nRange: " + ranges + "\r\n\r\n");
  EXPECT_LT(answered.size(), 2000U);
}

TEST_F(Exchange, BytesOfAnyKindAreAnsweredOrEndIt) {
  for (const std::string& bytes :
       {std::string(), std::string("\0\0\0\0", 4), std::string("\r\n\r\n"), std::string("GET"),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        std::string("\x16\x03\x01\x02\x00\x01\x00", 7), std::string(100'000, 'A'),
        std::string("GET /%zz%00 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        std::string("GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        std::string("OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n")}) {
    const std::string got = statuses(bytes);
    EXPECT_EQ(got.find("500"), std::string::npos) << bytes.substr(0, 40);
    EXPECT_EQ(answer(bytes).find("root:"), std::string::npos);
  }
}

// A running server, and connections to it.
class Running {
 public:
  explicit Running(HttpOptions options = {})
      : service_(test_service()), server_(*service_, std::move(options)) {
    port_ = server_.listen().value();
    thread_ = std::thread([this] { server_.run([this] { return stop_.load(); }); });
  }
  ~Running() {
    stop_ = true;
    thread_.join();
  }
  [[nodiscard]] int connect() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port_));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    return socket;
  }
  [[nodiscard]] int port() const { return port_; }

 private:
  std::unique_ptr<Service> service_;
  HttpServer server_;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};
// All that comes until the other end closes.
std::string rest_of(int socket) {
  std::string all;
  std::array<char, 4096> part{};
  for (ssize_t got = 0; (got = ::recv(socket, part.data(), part.size(), 0)) > 0;) {
    all.append(part.data(), static_cast<std::size_t>(got));
  }
  return all;
}
void say(int socket, std::string_view text) {
  EXPECT_EQ(::send(socket, text.data(), text.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(text.size()));
}

TEST(HttpServer, AnswersOnASocketAndEnds) {
  std::string got;
  {
    const Running server;
    const int socket = server.connect();
    say(socket, "GET /v1/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    got = rest_of(socket);
    ::close(socket);
    const int idle = server.connect();  // does not keep it from ending
    ::close(idle);
  }
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK")) << got;
  EXPECT_NE(got.find("data_hash"), std::string::npos);
}

TEST(HttpServer, TwoDoNotShareAPort) {
  const Running first;
  const auto service = test_service();
  HttpOptions options;
  options.port = first.port();
  HttpServer second(*service, options);
  const auto port = second.listen();
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().code, Code::kListen);
}

TEST(HttpServer, TurnsAwayWhatItHasNoThreadFor) {
  HttpOptions options;
  options.most_connections = 2;
  const Running server(options);
  const int a = server.connect();
  const int b = server.connect();
  for (const int socket : {a, b}) {
    say(socket, "GET /v1/version HTTP/1.1\r\nHost: localhost\r\n\r\n");
    char byte = 0;
    ASSERT_EQ(::recv(socket, &byte, 1, 0), 1);  // it is served
  }
  const int c = server.connect();
  const std::string got = rest_of(c);
  EXPECT_TRUE(got.starts_with("HTTP/1.1 503")) << got;
  for (const int socket : {a, b, c}) {
    ::close(socket);
  }
}

}  // namespace
}  // namespace redline::server
