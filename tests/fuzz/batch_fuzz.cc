// Any text as one line of `redline batch`: exactly one line of JSON comes out, the envelope of the
// command or an error with a code that `redline explain` knows, and the id of the request with it.

#include <nlohmann/json.hpp>

#include "app/batch.h"
#include "fuzz/invariants.h"
#include "fuzz/whole_workspace.h"

using namespace redline;

namespace {

const app::Workspace& workspace() {
  static const std::shared_ptr<const app::Workspace> kWorkspace = fuzz::whole_workspace();
  return *kWorkspace;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view line = fuzz::text_of(bytes, size);
  const std::string answer = app::run_batch_line(workspace(), line, 7);
  RL_CHECK(!answer.empty() && answer.find('\n') == answer.size() - 1);
  const auto json = nlohmann::json::parse(answer, nullptr, /*allow_exceptions=*/false);
  RL_CHECK(json.is_object());
  if (json.contains("error")) {
    const auto& error = json["error"];
    RL_CHECK(find_code(error["code"].get<std::string>()).has_value());
    RL_CHECK(error["code"] != "RL9001");
    RL_CHECK(!error["message"].get<std::string>().empty() && error["line"] == 7);
  } else {
    RL_CHECK(json.contains("schema") && json["results"].is_array());
  }
  const auto request = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (request.is_object() && request.contains("id") && request["id"].is_string()) {
    RL_CHECK(json["id"] == request["id"]);
  }
  return 0;
}
