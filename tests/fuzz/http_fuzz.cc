// Any bytes as one connection to the server: what comes back is HTTP, no answer is a bug of ours,
// and none holds what stands on this machine's disk.

#include "fuzz/invariants.h"
#include "server/http_server.h"

using namespace redline;

namespace {

server::Service& service() {
  static const std::unique_ptr<server::Service> kService = [] {
    app::WorkspaceOptions options;
    options.base = REDLINE_SOURCE_DATA;
    options.parts.systems = options.parts.fabrics = options.parts.models = true;
    options.kernels = true;
    auto opened = app::open_workspace(options);
    RL_CHECK(opened.has_value());
    opened->reads_disk = false;
    server::ServiceOptions how;
    how.time_limit = std::chrono::milliseconds(1);  // long answers are not what is tried here
    how.most_queued_jobs = 0;
    auto service = server::Service::open(std::make_shared<const app::Workspace>(std::move(*opened)),
                                         {}, std::move(how));
    RL_CHECK(service.has_value());
    return std::move(*service);
  }();
  return *kService;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static server::HttpServer kServer(service(), {});
  const std::string answer = kServer.exchange(std::string(fuzz::text_of(bytes, size)));
  RL_CHECK(answer.empty() || answer.starts_with("HTTP/1.1 "));
  RL_CHECK(!answer.starts_with("HTTP/1.1 500"));
  RL_CHECK(answer.find("root:x:") == std::string::npos);
  return 0;
}
