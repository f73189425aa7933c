#pragma once
// Random numbers by number: a draw is a pure function of a seed, a stream and a counter, so that
// any thread, rank or order meets the same draws (Philox4x32-10 of Random123).

#include <cstdint>

namespace redline {

// In the open interval (0, 1), a multiple of 2^-53 (of 2^-54 for the least). Streams of one seed
// are independent of each other: one for each thing that is drawn.
[[nodiscard]] double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter);

}  // namespace redline
