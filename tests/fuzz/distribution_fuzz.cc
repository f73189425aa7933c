// Any text as a distribution: refused with its place, or quantiles that are finite and monotone,
// and a description.

#include <cmath>

#include "redline/distribution.h"

#include "fuzz/invariants.h"

using namespace redline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = fuzz::text_of(bytes, size);
  const auto found = Distribution::parse(text);
  if (!found) {
    fuzz::check_error(found.error(), text);
    return 0;
  }
  RL_CHECK(!found->describe().empty());
  RL_CHECK(std::isfinite(found->mean()));
  double last = found->quantile(0x1p-54);
  RL_CHECK(std::isfinite(last));
  for (const double p : {1e-12, 1e-6, 0.01, 0.25, 0.5, 0.75, 0.99, 1 - 1e-6, 1 - 0x1p-53}) {
    const double value = found->quantile(p);
    RL_CHECK(std::isfinite(value));
    RL_CHECK(value >= last - 1e-9 * std::fabs(last));
    last = value;
  }
  RL_CHECK(*found == *Distribution::parse(text));
  return 0;
}
