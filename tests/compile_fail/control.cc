// What must compile: the same shapes as the programs beside it, with the units right.
#include "redline/units.h"

using namespace redline;

[[nodiscard]] constexpr Seconds transfer_time(Bytes bytes, BytesPerSecond rate) {
  return bytes / rate;
}
[[nodiscard]] constexpr Bytes sum(Bytes a, Bytes b) { return a + b; }
[[nodiscard]] constexpr bool reaches(Tpp tpp, Tpp limit) { return tpp >= limit; }

static_assert(transfer_time(Bytes{8.0}, BytesPerSecond{2.0}).base() == 4.0);
static_assert(sum(Bytes{1.0}, Bytes{2.0}).base() == 3.0);
static_assert(reaches(Tpp{4800.0}, Tpp{4800.0}));
static_assert((Tpp{1628.0} / SquareMm{814.0}).value() == 2.0);

int main() { return 0; }
