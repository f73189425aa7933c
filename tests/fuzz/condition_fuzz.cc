// Any text as a condition of --fail-if: refused with its place, or evaluated over a result without
// a fault.

#include "app/fail_if.h"
#include "fuzz/invariants.h"

using namespace redline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto condition = app::FailIf::parse(text);
  if (!condition) {
    fuzz::check_error(condition.error(), text);
    return 0;
  }
  const app::Json result{{"outcome", "license-required"},
                         {"review", nullptr},
                         {"tests", app::Json::array({{{"margin_percent", 4.5}, {"met", true}}})},
                         {"flags", {"borderline"}},
                         {"as_of", "2025-04-16"}};
  const auto holding = condition->holding(app::Json::array({result}));
  if (!holding) {
    RL_CHECK(!holding.error().message.empty());
  } else {
    RL_CHECK(holding->size() <= 1);
  }
  return 0;
}
