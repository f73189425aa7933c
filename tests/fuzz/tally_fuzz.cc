// Any text as the account of an answer: refused, or read and written back as it was.

#include "exposure/tally.h"
#include "fuzz/invariants.h"

using namespace redline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto tally = Tally::from_text(text);
  if (tally) {
    RL_CHECK(tally->to_text() == text);
    if (tally->count() > 0) {
      RL_CHECK(tally->min() <= tally->quantile(0.5) && tally->quantile(0.5) <= tally->max());
    }
  }
  return 0;
}
