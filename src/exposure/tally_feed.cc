#include "exposure/tally_feed.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "redline/error.h"

#include "exposure/lanes.h"
#include "exposure/tally_bins.h"

namespace redline {
namespace {

// Below this in size the sums of kAtOnce values stay below 2^53 in their units, so that none of
// them is rounded.
constexpr double kQuick = 0x1p47;
constexpr int kUpperBits = 24;

// Numbers side by side; where vectors are narrower a compiler takes several.
using Four = double __attribute__((vector_size(4 * sizeof(double))));
using FourWholes = std::int64_t __attribute__((vector_size(4 * sizeof(std::int64_t))));
using FourBits = std::uint64_t __attribute__((vector_size(4 * sizeof(std::uint64_t))));

}  // namespace

bool TallyFeed::Sums::exact() const {
  // An infinity or NaN is seen in the sum.
  return low > -kQuick && high < kQuick && std::fabs(sum) <= kQuick * kAtOnce;
}

REDLINE_LANES TallyFeed::Sums TallyFeed::look_at(const double* values, std::int16_t* bins) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  // Added and taken off again they leave a whole number, of halves the even one, and its upper
  // part.
  constexpr double kToWhole = 0x1.8p52, kToUpper = 0x1.8p76;
  constexpr std::uint64_t kSize = ~(std::uint64_t{1} << 63U);
  Four low{kNone, kNone, kNone, kNone}, high = -low, sum{}, uppers{}, products{}, lowers{};
  // As wide as the values at first: with narrower ones beside them vectors run out of registers.
  std::array<std::int64_t, kAtOnce> wide_bins;  // NOLINT: filled before it is read
  for (std::size_t i = 0; i < kAtOnce; i += 4) {
    Four value;  // NOLINT: filled at once
    std::memcpy(&value, values + i, sizeof value);
    const Four whole = (value + kToWhole) - kToWhole;
    const Four upper = (whole + kToUpper) - kToUpper, lower = whole - upper;
    low = whole < low ? whole : low;
    high = whole > high ? whole : high;
    sum += whole;
    uppers += upper * upper;
    products += upper * lower;
    lowers += lower * lower;
    // All ones or 0, to negate without a branch.
    const FourWholes negative = reinterpret_cast<FourWholes>(whole) < 0;
    const Four size = reinterpret_cast<Four>(reinterpret_cast<FourBits>(whole) & kSize);
    // Not signed: vectors of long whole numbers have no shift that keeps a sign.
    const FourBits digits = reinterpret_cast<FourBits>(size + kBinOffset) >> kOtherDigits;
    const FourWholes bin = reinterpret_cast<FourWholes>(digits) - kNoBins;
    const FourWholes signed_bin = (bin ^ negative) - negative;
    std::memcpy(&wide_bins[i], &signed_bin, sizeof signed_bin);
  }
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    bins[i] = static_cast<std::int16_t>(wide_bins[i]);
  }
  const auto all = [](const Four& of) { return (of[0] + of[1]) + (of[2] + of[3]); };
  return {std::min(std::min(low[0], low[1]), std::min(low[2], low[3])),
          std::max(std::max(high[0], high[1]), std::max(high[2], high[3])),
          all(sum),
          all(uppers),
          all(products),
          all(lowers)};
}

void TallyFeed::add(std::span<const double> values) {
  RL_CHECK(values.size() <= kAtOnce);
  if (noted_ + kAtOnce > kMostNoted) {
    count();
  }
  if (values.size() < kAtOnce) {
    add_one_by_one(values);
    return;
  }
  const Sums sums = look_at(values.data(), &bins_[noted_]);
  if (!sums.exact()) {
    add_one_by_one(values);
    return;
  }
  if (sums.low == sums.high) {  // often 0
    tally_.take_alike(static_cast<std::int64_t>(sums.low), kAtOnce);
    return;
  }
  low_ = noted_ == 0 ? sums.low : std::min(low_, sums.low);
  high_ = noted_ == 0 ? sums.high : std::max(high_, sums.high);
  noted_ += kAtOnce;
  sum_ += static_cast<std::int64_t>(sums.sum);
  upper_squares_ += static_cast<std::int64_t>(sums.upper_squares * 0x1p-48);
  products_ += static_cast<std::int64_t>(sums.products * 0x1p-24);
  lower_squares_ += static_cast<std::int64_t>(sums.lower_squares);
}

void TallyFeed::add_one_by_one(std::span<const double> values) {
  std::array<double, kAtOnce> kept;  // NOLINT: as much of it is read as is filled
  const auto end = std::copy_if(values.begin(), values.end(), kept.begin(),
                                [](double value) { return std::fabs(value) <= Tally::kMost; });
  const auto count = static_cast<std::size_t>(end - kept.begin());
  tally_.add(std::span(kept).first(count));
  left_out_ += values.size() - count;
}

void TallyFeed::count() {
  const auto wide = [](std::int64_t sum, int bits) {
    return static_cast<Tally::Int128>(sum) * (Tally::Int128{1} << bits);
  };
  const Tally::Int128 squares = wide(upper_squares_, 2 * kUpperBits) +
                                wide(products_, kUpperBits + 1) + wide(lower_squares_, 0);
  tally_.take({noted_, static_cast<std::int64_t>(low_), static_cast<std::int64_t>(high_), sum_,
               static_cast<Tally::Uint128>(squares)},
              std::span(bins_).first(noted_));
  noted_ = 0;
  sum_ = upper_squares_ = products_ = lower_squares_ = 0;
}

const Tally& TallyFeed::tally() {
  count();
  return tally_;
}

}  // namespace redline
