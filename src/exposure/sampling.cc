#include "redline/sampling.h"

#include <boost/random/sobol.hpp>

#include "redline/error.h"
#include "redline/random.h"

#include "base/hash.h"

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

std::uint32_t reversed(std::uint32_t x) {
  x = x << 16U | x >> 16U;
  x = (x & 0x00ff00ffU) << 8U | (x & 0xff00ff00U) >> 8U;
  x = (x & 0x0f0f0f0fU) << 4U | (x & 0xf0f0f0f0U) >> 4U;
  x = (x & 0x33333333U) << 2U | (x & 0xccccccccU) >> 2U;
  return (x & 0x55555555U) << 1U | (x & 0xaaaaaaaaU) >> 1U;
}

// Nested uniform scrambling (Owen 1995) by a hash in which a bit depends on those above it alone
// (Laine and Karras 2011, with the constants of Burley 2020).
std::uint32_t scrambled(std::uint32_t x, std::uint32_t key) {
  x = reversed(x);
  x += key;
  x ^= x * 0x6c50b47cU;
  x ^= x * 0xb82f1e52U;
  x ^= x * 0xc7afe638U;
  x ^= x * 0x8d22f6e6U;
  return reversed(x);
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
}

double SamplePlan::latin(std::uint64_t point, unsigned dimension) const {
  const std::uint64_t stratum = permuted(point, count_, keys_[dimension]);
  return (static_cast<double>(stratum) + uniform(seed_, dimension, point)) /
         static_cast<double>(count_);
}

void SamplePlan::fill_sobol(std::uint64_t first, std::span<double> out) const {
  const auto place = [&](std::uint32_t bits, unsigned d) {
    return (static_cast<double>(scrambled(bits, static_cast<std::uint32_t>(keys_[d]))) + 0.5) *
           0x1p-32;
  };
  // The point of zeros is number 0 here; the engine begins behind it.
  boost::random::sobol sequence(dimensions());
  std::size_t at = 0;
  if (first == 0) {
    for (unsigned d = 0; d < dimensions(); ++d, ++at) {
      out[at] = place(0, d);
    }
  } else {
    sequence.discard((first - 1) * dimensions());
  }
  while (at < out.size()) {
    for (unsigned d = 0; d < dimensions(); ++d, ++at) {
      out[at] = place(static_cast<std::uint32_t>(sequence() >> 32U), d);
    }
  }
}

void SamplePlan::fill(std::uint64_t first, std::span<double> out) const {
  RL_CHECK(out.size() % dimensions() == 0);
  RL_CHECK(first + out.size() / dimensions() <= count_);
  if (out.empty()) {
    return;
  }
  if (design_ == SampleDesign::kSobol) {
    fill_sobol(first, out);
    return;
  }
  std::size_t at = 0;
  for (std::uint64_t point = first; at < out.size(); ++point) {
    for (unsigned d = 0; d < dimensions(); ++d, ++at) {
      out[at] = design_ == SampleDesign::kLatin ? latin(point, d) : uniform(seed_, d, point);
    }
  }
}

}  // namespace redline
