#include "redline/random.h"

#include <Random123/philox.h>

namespace redline {

double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter) {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); };
  const r123::Philox4x32::ctr_type place{{low(counter), high(counter), low(stream), high(stream)}};
  const r123::Philox4x32::key_type key{{low(seed), high(seed)}};
  const auto drawn = r123::Philox4x32()(place, key);
  const std::uint64_t bits = (std::uint64_t{drawn[1]} << 32U | drawn[0]) >> 11U;
  return bits == 0 ? 0x1p-54 : static_cast<double>(bits) * 0x1p-53;
}

}  // namespace redline
