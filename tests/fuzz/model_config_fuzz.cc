// Any text as the config.json of a model: it is read, or every problem has its place in the text.
// What is read passes what the catalogue asks of a model, and what the workload asks of one.

#include <cmath>

#include "redline/catalog.h"
#include "redline/workload.h"

#include "catalog/model_text.h"
#include "fuzz/invariants.h"

using namespace redline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto model = parse_model_config("fuzz.json", std::string(text), "models/config.json");
  if (!model) {
    fuzz::check_errors(model.error(), text);
    return 0;
  }
  RL_CHECK(!model->id.empty() && !model->name.empty());
  const std::string record = model_toml(*model);
  const auto again = parse_model("again.toml", record);
  if (!again) {
    std::fputs(render(again.error()).c_str(), stderr);
  }
  RL_CHECK(again.has_value());
  RL_CHECK(model_toml(*again) == record);
  RL_CHECK(is_valid(*model, Shard{}));
  const ParameterCount count = parameter_count(*model);
  RL_CHECK(std::isfinite(count.total) && count.active > 0.0 && count.active <= count.total * 2.0);
  return 0;
}
