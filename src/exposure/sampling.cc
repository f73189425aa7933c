#include "redline/sampling.h"

#include <algorithm>
#include <array>
#include <bit>

#include <boost/random/sobol.hpp>

#include "redline/error.h"
#include "redline/random.h"

#include "base/hash.h"
#include "exposure/lanes.h"

namespace redline {
namespace {

// Apart from the streams that points are drawn from.
constexpr std::uint64_t kKeyStream = std::uint64_t{1} << 62U;

// A permutation of the numbers below `count`, of which each value can be asked for alone: four
// rounds of a Feistel network on a power of four, walked until the value is below `count`.
std::uint64_t permuted(std::uint64_t value, std::uint64_t count, std::uint64_t key) {
  unsigned half = 1;
  while ((std::uint64_t{1} << (2 * half)) < count) {
    ++half;
  }
  const std::uint64_t mask = (std::uint64_t{1} << half) - 1;
  do {
    std::uint64_t left = value >> half;
    std::uint64_t right = value & mask;
    for (std::uint64_t round = 0; round < 4; ++round) {
      const std::uint64_t next = left ^ (mix64(key + (round << 60U) + right) & mask);
      left = right;
      right = next;
    }
    value = left << half | right;
  } while (value >= count);
  return value;
}

inline std::uint32_t reversed(std::uint32_t x) {
  x = __builtin_bswap32(x);
  x = (x & 0x0f0f0f0fU) << 4U | (x & 0xf0f0f0f0U) >> 4U;
  x = (x & 0x33333333U) << 2U | (x & 0xccccccccU) >> 2U;
  return (x & 0x55555555U) << 1U | (x & 0xaaaaaaaaU) >> 1U;
}

// Nested uniform scrambling (Owen 1995) by a hash in which a bit depends on those above it alone
// (Laine and Karras 2011, with the constants of Burley 2020); of a number whose bits are reversed.
inline std::uint32_t scrambled(std::uint32_t x, std::uint32_t key) {
  x += key;
  x ^= x * 0x6c50b47cU;
  x ^= x * 0xb82f1e52U;
  x ^= x * 0xc7afe638U;
  x ^= x * 0x8d22f6e6U;
  return reversed(x);
}

// Points that differ in their last bits alone.
constexpr unsigned kRunBits = 6;
constexpr std::uint64_t kRun = std::uint64_t{1} << kRunBits;

// The numbers of a run of points in a dimension: the bits of point i are x ^ of_run[i], reversed.
REDLINE_LANES void place_run(std::uint32_t x, const std::array<std::uint32_t, kRun>& of_run,
                             std::uint32_t key, double* out) {
  for (std::size_t i = 0; i < kRun; ++i) {
    // Signed below: vectors have no conversion of unsigned numbers.
    const std::uint32_t bits = scrambled(x ^ of_run[i], key) ^ 0x80000000U;
    out[i] = (static_cast<double>(static_cast<std::int32_t>(bits)) + (0x1p31 + 0.5)) * 0x1p-32;
  }
}

constexpr unsigned kBits = 32;

// Of each dimension and bit. A point of the sequence is the sum, without carry, of the directions
// of the bits of its number in Gray's code (Antonov and Saleev 1979); that of 2^k has the bits k
// and k - 1.
std::vector<std::uint32_t> directions_of(unsigned dimensions) {
  std::vector<std::uint32_t> all(std::size_t{dimensions} * kBits);
  boost::random::sobol sequence(dimensions);
  std::uint64_t next = 1;  // the point of zeros is number 0 here; the engine begins behind it
  for (unsigned k = 0; k < kBits; ++k) {
    sequence.discard(((std::uint64_t{1} << k) - next) * dimensions);
    next = (std::uint64_t{1} << k) + 1;
    for (unsigned d = 0; d < dimensions; ++d) {
      std::uint32_t* const of = &all[std::size_t{d} * kBits];
      of[k] = static_cast<std::uint32_t>(sequence() >> 32U) ^ (k > 0 ? of[k - 1] : 0);
    }
  }
  return all;
}

std::uint32_t sum_of(const std::uint32_t* directions, std::uint64_t number) {
  std::uint32_t sum = 0;
  for (std::uint64_t gray = number ^ number >> 1U; gray != 0; gray >>= 1U, ++directions) {
    sum ^= (gray & 1U) != 0 ? *directions : 0;
  }
  return sum;
}

}  // namespace

SamplePlan::SamplePlan(SampleDesign design, unsigned dimensions, std::uint64_t count,
                       std::uint64_t seed)
    : design_(design), count_(count), seed_(seed) {
  RL_CHECK(dimensions >= 1 && dimensions <= kMostDimensions);
  RL_CHECK(count >= 1 && count <= std::uint64_t{1} << 32U);
  for (unsigned d = 0; d < dimensions; ++d) {
    keys_.push_back(static_cast<std::uint64_t>(uniform(seed, kKeyStream + d, 0) * 0x1p53));
  }
  if (design == SampleDesign::kSobol) {
    directions_ = directions_of(dimensions);
  }
}

double SamplePlan::latin(std::uint64_t point, unsigned dimension) const {
  const std::uint64_t stratum = permuted(point, count_, keys_[dimension]);
  return (static_cast<double>(stratum) + uniform(seed_, dimension, point)) /
         static_cast<double>(count_);
}

void SamplePlan::sobol(unsigned dimension, std::uint64_t first, std::uint64_t rows,
                       std::size_t step, double* out) const {
  const std::uint32_t* const directions = &directions_[std::size_t{dimension} * kBits];
  std::array<std::uint32_t, kRun> of_run;  // NOLINT: filled at once
  for (std::uint64_t i = 0; i < kRun; ++i) {
    of_run[i] = reversed(sum_of(directions, i));
  }
  std::array<double, kRun> numbers;  // NOLINT: filled before it is read
  std::uint32_t sum = sum_of(directions, first - first % kRun);
  for (std::uint64_t at = 0; at < rows;) {
    const std::uint64_t skipped = (first + at) % kRun;
    const std::uint64_t count = std::min(kRun - skipped, rows - at);
    const bool whole = step == 1 && count == kRun;
    place_run(reversed(sum), of_run, static_cast<std::uint32_t>(keys_[dimension]),
              whole ? out + at : numbers.data());
    // From run to run two bits of the number in Gray's code change: the last that changed in the
    // number, and what the last bit of the run's own number leaves in the bit below.
    const std::uint64_t next = (first + at - skipped) / kRun + 1;
    sum ^=
        directions[kRunBits - 1] ^
        directions[std::min(kRunBits + static_cast<unsigned>(std::countr_zero(next)), kBits - 1)];
    for (std::uint64_t i = 0; i < count && !whole; ++i) {
      out[(at + i) * step] = numbers[skipped + i];
    }
    at += count;
  }
}

void SamplePlan::fill_dimension(unsigned dimension, std::uint64_t first, std::uint64_t rows,
                                std::size_t step, double* out) const {
  if (design_ == SampleDesign::kSobol) {
    sobol(dimension, first, rows, step, out);
    return;
  }
  for (std::uint64_t i = 0; i < rows; ++i) {
    out[i * step] = design_ == SampleDesign::kLatin ? latin(first + i, dimension)
                                                    : uniform(seed_, dimension, first + i);
  }
}

void SamplePlan::fill(std::uint64_t first, std::span<double> out) const {
  const std::uint64_t rows = rows_of(first, out);
  for (unsigned d = 0; rows > 0 && d < dimensions(); ++d) {
    fill_dimension(d, first, rows, dimensions(), out.data() + d);
  }
}

void SamplePlan::fill_columns(std::uint64_t first, std::span<double> out) const {
  const std::uint64_t rows = rows_of(first, out);
  for (unsigned d = 0; rows > 0 && d < dimensions(); ++d) {
    fill_dimension(d, first, rows, 1, out.data() + d * rows);
  }
}

void SamplePlan::fill_column(unsigned dimension, std::uint64_t first, std::span<double> out) const {
  RL_CHECK(dimension < dimensions() && first + out.size() <= count_);
  fill_dimension(dimension, first, out.size(), 1, out.data());
}

std::uint64_t SamplePlan::rows_of(std::uint64_t first, std::span<const double> out) const {
  RL_CHECK(out.size() % dimensions() == 0);
  const std::uint64_t rows = out.size() / dimensions();
  RL_CHECK(first + rows <= count_);
  return rows;
}

}  // namespace redline
