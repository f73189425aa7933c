#pragma once
// Points of the unit cube, each a pure function of its number: any cut into blocks, threads or
// shards draws the same ones.

#include <cstdint>
#include <span>
#include <vector>

namespace redline {

enum class SampleDesign : std::uint8_t {
  kRandom,  // independent (Philox4x32-10); the error falls as n^-1/2
  kLatin,   // in every dimension one point in each of n equal strata (McKay et al. 1979)
  kSobol,   // Sobol's sequence (Joe and Kuo 2008), scrambled: the error falls as n^-1 and better
};

class SamplePlan {
 public:
  static constexpr unsigned kMostDimensions = 3667;  // that direction numbers are known for

  // `dimensions` from 1 to kMostDimensions, `count` points from 1 to 2^32. Other seeds give other
  // scramblings of the same quality.
  SamplePlan(SampleDesign design, unsigned dimensions, std::uint64_t count, std::uint64_t seed);

  // The points `first` and on, one behind the other: `out` holds rows x dimensions() numbers, each
  // in (0, 1).
  void fill(std::uint64_t first, std::span<double> out) const;
  // The same, dimension by dimension: out[d * rows + i] of the point first + i.
  void fill_columns(std::uint64_t first, std::span<double> out) const;
  // One dimension of so many of them.
  void fill_column(unsigned dimension, std::uint64_t first, std::span<double> out) const;

  [[nodiscard]] unsigned dimensions() const { return static_cast<unsigned>(keys_.size()); }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  // How many points `out` has room for, from `first` on.
  [[nodiscard]] std::uint64_t rows_of(std::uint64_t first, std::span<const double> out) const;
  // The number of a dimension in the points from `first` on, `step` places apart.
  void fill_dimension(unsigned dimension, std::uint64_t first, std::uint64_t rows, std::size_t step,
                      double* out) const;
  [[nodiscard]] double latin(std::uint64_t point, unsigned dimension) const;
  void sobol(unsigned dimension, std::uint64_t first, std::uint64_t rows, std::size_t step,
             double* out) const;

  SampleDesign design_;
  std::uint64_t count_;
  std::uint64_t seed_;
  std::vector<std::uint64_t> keys_;        // of each dimension: its order or its scrambling
  std::vector<std::uint32_t> directions_;  // dimension x bit: Sobol's direction numbers
};

}  // namespace redline
