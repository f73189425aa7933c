#pragma once
// The bins of a tally.

#include <bit>
#include <cstdint>

namespace redline {

inline constexpr std::int32_t kOctave = 512;  // bins in each

// Bins have numbers in the order of their values: 0 holds 0, and -n what n holds, negated. That of
// a size is the exponent and the first nine digits of size + 512, less those of 512: below 512 a
// bin is one number, and each octave of size + 512 has as many bins.
inline constexpr double kBinOffset = kOctave;
inline constexpr int kOtherDigits = 43;
inline constexpr std::int64_t kNoBins =
    std::bit_cast<std::int64_t>(kBinOffset) >> kOtherDigits;  // of what is below the offset

// Of a whole number that is not negative.
inline std::int64_t bin_of_size(double size) {
  return (std::bit_cast<std::int64_t>(size + kBinOffset) >> kOtherDigits) - kNoBins;
}

}  // namespace redline
