// Any text as a sweep: points that can be counted to and told apart, or every problem with its
// place.

#include "app/sweep.h"
#include "fuzz/invariants.h"

using namespace redline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto sweep = app::Sweep::parse("fuzz.toml", std::string(text));
  if (!sweep) {
    fuzz::check_errors(sweep.error(), text);
    return 0;
  }
  RL_CHECK(sweep->points() >= 1);
  const auto first = sweep->values(0);
  const auto last = sweep->values(sweep->points() - 1);
  RL_CHECK(first.is_object() && first.size() == last.size());
  return 0;
}
