#include "server/guard.h"

#include <gtest/gtest.h>

namespace redline::server {
namespace {

Request from(Headers headers, std::string method = "GET", std::string path = "/v1/version") {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.headers = std::move(headers);
  return request;
}
int status_of(const Request& request, const GuardRules& rules = {}) {
  const auto refusal = refuse(request, request.path, rules);
  return refusal ? refusal->status : 200;
}

TEST(Guard, KnowsItsOwnNames) {
  for (const char* host :
       {"localhost", "localhost:8177", "LOCALHOST", "127.0.0.1:1", "[::1]:8177", "192.168.1.7"}) {
    EXPECT_EQ(status_of(from({{"Host", host}})), 200) << host;
  }
  for (const char* host : {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                           "[::1", "[evil]", "0x7f.1", "localhost@evil"}) {
    EXPECT_EQ(status_of(from({{"Host", host}})), 403) << host;
  }
  EXPECT_EQ(status_of(from({})), 403);
  GuardRules named;
  named.host_names = {"Planner.example.org"};
  EXPECT_EQ(status_of(from({{"Host", "planner.example.org:80"}}), named), 200);
}

TEST(Guard, OtherPagesMayNotAsk) {
  const auto with = [](std::string name, std::string value) {
    return from({{"Host", "localhost:1"}, {std::move(name), std::move(value)}});
  };
  EXPECT_EQ(status_of(with("Origin", "http://localhost:1")), 200);
  EXPECT_EQ(status_of(with("Origin", "http://localhost:2")), 403);
  EXPECT_EQ(status_of(with("Origin", "https://localhost:1")), 200);
  EXPECT_EQ(status_of(with("Origin", "null")), 403);
  EXPECT_EQ(status_of(with("Origin", "http://evil.example")), 403);
  EXPECT_EQ(status_of(with("Sec-Fetch-Site", "same-origin")), 200);
  EXPECT_EQ(status_of(with("Sec-Fetch-Site", "none")), 200);
  EXPECT_EQ(status_of(with("Sec-Fetch-Site", "same-site")), 403);
  EXPECT_EQ(status_of(with("sec-fetch-site", "cross-site")), 403);
  // A link to a page may be followed, one to the API not.
  const Headers link{
      {"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}};
  EXPECT_EQ(status_of(from(link, "GET", "/chips")), 200);
  EXPECT_EQ(status_of(from(link, "GET", "/v1/version")), 403);
}

TEST(Guard, AsksForTheToken) {
  GuardRules rules;
  rules.token = "s3cret";
  const auto with = [](std::string name, std::string value) {
    return from({{"Host", "localhost"}, {std::move(name), std::move(value)}});
  };
  EXPECT_EQ(status_of(from({{"Host", "localhost"}}), rules), 401);
  EXPECT_EQ(status_of(with("Authorization", "Bearer s3cret"), rules), 200);
  EXPECT_EQ(status_of(with("authorization", "bearer s3cret"), rules), 200);
  EXPECT_EQ(status_of(with("Authorization", "Bearer s3cre"), rules), 401);
  EXPECT_EQ(status_of(with("Authorization", "Bearer s3cret "), rules), 401);
  EXPECT_EQ(status_of(with("Authorization", "Basic s3cret"), rules), 401);
  EXPECT_EQ(status_of(with("Cookie", "a=b; redline_token=s3cret"), rules), 200);
  EXPECT_EQ(status_of(with("Cookie", "xredline_token=s3cret"), rules), 401);
  Request link = from({{"Host", "localhost"}});
  link.query = {{"token", "s3cret"}};
  EXPECT_EQ(status_of(link, rules), 200);
}

TEST(Guard, BodiesAreClear) {
  const auto post = [](Headers more) {
    more.emplace_back("Host", "localhost");
    return from(std::move(more), "POST", "/v1/classify");
  };
  const std::pair<std::string, std::string> json{"Content-Type", "application/json; charset=utf-8"};
  EXPECT_EQ(status_of(post({json, {"Content-Length", "10"}})), 200);
  EXPECT_EQ(status_of(post({json, {"Transfer-Encoding", "chunked"}})), 200);
  EXPECT_EQ(status_of(post({{"Content-Length", "10"}})), 415);
  EXPECT_EQ(status_of(post({{"Content-Type", "text/plain"}})), 415);
  EXPECT_EQ(status_of(post({{"Content-Type", "multipart/form-data; boundary=x"}})), 415);
  EXPECT_EQ(status_of(post({json, {"Content-Encoding", "gzip"}})), 415);
  EXPECT_EQ(status_of(post({json, {"Content-Length", "1048577"}})), 413);
  EXPECT_EQ(status_of(post({json, {"Content-Length", "99999999999999999999999"}})), 413);
  for (const char* length : {"-1", "0x10", "1 0", "ten", "+5", "1,1"}) {
    EXPECT_EQ(status_of(post({json, {"Content-Length", length}})), 400) << length;
  }
  EXPECT_EQ(status_of(post({json, {"Content-Length", "1"}, {"Content-Length", "2"}})), 400);
  EXPECT_EQ(status_of(post({json, {"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}})),
            400);
  EXPECT_EQ(status_of(post({json, {"Transfer-Encoding", "gzip, chunked"}})), 501);
  EXPECT_EQ(status_of(from({{"Host", "localhost"}, {"Content-Length", "3"}})), 400);
  EXPECT_EQ(status_of(from({{"Host", "localhost"}}, "PUT")), 405);
  EXPECT_EQ(refuse(from({{"Host", "localhost"}}), std::string(9000, 'a'), {})->status, 414);
}

TEST(Guard, TellsAddressesFromNames) {
  EXPECT_TRUE(is_loopback("127.0.0.1"));
  EXPECT_TRUE(is_loopback("127.8.8.8"));
  EXPECT_TRUE(is_loopback("::1"));
  EXPECT_FALSE(is_loopback("127.evil.example"));
  EXPECT_FALSE(is_loopback("0.0.0.0"));
  EXPECT_NE(new_token(), new_token());
  EXPECT_EQ(new_token().size(), 32U);
}

}  // namespace
}  // namespace redline::server
