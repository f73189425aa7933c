// Any bytes as one connection to the server: what comes back is HTTP, no answer is a bug of ours,
// and none holds what stands on this machine's disk.

#include "fuzz/invariants.h"
#include "fuzz/whole_workspace.h"
#include "server/http_server.h"

using namespace redline;

namespace {

server::Service& service() {
  static const std::unique_ptr<server::Service> kService = [] {
    auto workspace = fuzz::whole_workspace();
    workspace->reads_disk = false;
    server::ServiceOptions how;
    how.time_limit = std::chrono::milliseconds(1);  // long answers are not what is tried here
    how.most_queued_jobs = 0;
    auto service = server::Service::open(std::move(workspace), {}, std::move(how));
    RL_CHECK(service.has_value());
    return std::move(*service);
  }();
  return *kService;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static server::HttpServer kServer(service(), {});
  const std::string input(fuzz::text_of(bytes, size));
  const std::string answer = kServer.exchange(input);
  RL_CHECK(answer.empty() || answer.starts_with("HTTP/1.1 "));
  RL_CHECK(!answer.starts_with("HTTP/1.1 500"));
  // Of /etc/passwd. An answer may say again what it was asked, so the question must not spell it.
  const bool spells =
      input.find("root") != std::string::npos || input.find_first_of("%\\") != std::string::npos;
  RL_CHECK(spells || answer.find("root:x:") == std::string::npos);
  return 0;
}
