#pragma once
// The account of one answer over many samples, in bounded memory. All of it is whole numbers, so
// any order, split or number of threads gives the same account, bit for bit.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redline {

// Values are rounded to whole numbers, halves away from 0, and everything below is of the rounded
// ones: amounts are handed over in cents, others scaled until a whole is fine enough.
//
// Mean, deviation, least and greatest are exact. The distribution is kept as counts in bins: one
// whole number each below 512, then 512 to an octave of the distance from -512 (of negative values
// from 512), so that a bin is 2^-8 of its values wide at most and 2^-9 where they are large. Memory
// is 2 kB for each octave from that of the least value to that of the greatest: a few where they
// differ by a few per cent, 180 kB at the very most. The sums hold kMostValues of any size that is
// allowed.
class Tally {
 public:
  static constexpr double kMost = 0x1p53;
  // Values in all, of which each bin holds any share.
  static constexpr std::uint64_t kMostValues = 0xffffffffU;

  // Each value within -kMost and kMost; an infinity or a NaN is a bug of the caller.
  void add(std::span<const double> values);
  void merge(const Tally& other);

  [[nodiscard]] std::uint64_t count() const { return count_; }

  // Of at least one value.
  [[nodiscard]] double mean() const;
  [[nodiscard]] double deviation() const;   // of the sample (n - 1); of one value it is 0
  [[nodiscard]] double mean_error() const;  // of independent samples
  [[nodiscard]] double min() const;
  [[nodiscard]] double max() const;
  // The inverse of the distribution of the bins, linear within one; `level` 0 is min(), 1 max().
  [[nodiscard]] double quantile(double level) const;
  // The error of that from the finite sample: half the distance between the quantiles one binomial
  // deviation to either side.
  [[nodiscard]] double quantile_error(double level) const;
  // Exact at whole numbers below 512, so at 0.
  [[nodiscard]] double share_at_most(double x) const;

  // One line of ASCII that from_text() reads back as the same tally. Whatever else is refused.
  [[nodiscard]] std::string to_text() const;
  [[nodiscard]] static std::optional<Tally> from_text(std::string_view text);

  friend bool operator==(const Tally& a, const Tally& b) = default;

 private:
  friend class TallyFeed;

  __extension__ typedef __int128 Int128;
  __extension__ typedef unsigned __int128 Uint128;

  // 192 bits: squares have 106, and there may be 2^64 of them.
  struct Wide {
    std::uint64_t high = 0;
    Uint128 low = 0;

    [[nodiscard]] static Wide product(Uint128 a, std::uint64_t b);
    void add(const Wide& other);
    void subtract(const Wide& other);
    friend bool operator==(const Wide& a, const Wide& b) = default;
    friend auto operator<=>(const Wide& a, const Wide& b) = default;
  };

  // The whole number next to the mean, and what the values lie above it, all together.
  struct Middle {
    std::int64_t whole;
    Int128 rest;
  };

  // What some values come to: so few that their sum fits 64 bits, and that of their squares 128.
  struct Sums {
    std::uint64_t count = 0;
    std::int64_t low = 0, high = 0, sum = 0;
    Uint128 squares = 0;
  };
  static constexpr std::size_t kBlock = 512;
  // The sums of values, which are noted by their bins.
  [[nodiscard]] static Sums sums_of(std::span<const double> values, std::int16_t* bins);
  void take(const Sums& sums, std::span<const std::int16_t> bins);
  void take_alike(std::int64_t value, std::uint64_t count);
  void add_sums(const Sums& sums);
  void cover(std::int64_t low, std::int64_t high);
  // Of a bin from that of the least value to that of the greatest.
  [[nodiscard]] std::uint32_t& held_in(std::int32_t bin) {
    return bins_[static_cast<std::size_t>(bin - first_)];
  }
  [[nodiscard]] std::uint64_t held_in(std::int32_t bin) const {
    return bins_[static_cast<std::size_t>(bin - first_)];
  }
  [[nodiscard]] Middle middle() const;
  [[nodiscard]] Wide squares_at_least() const;
  [[nodiscard]] bool consistent() const;
  bool read_bins(std::string_view text);

  std::uint64_t count_ = 0;
  Int128 sum_ = 0;
  Wide squares_{};
  std::int64_t min_ = 0;
  std::int64_t max_ = 0;
  std::int32_t first_ = 0;             // the bin that stands first
  std::vector<std::uint32_t> bins_{};  // whole octaves
};

}  // namespace redline
