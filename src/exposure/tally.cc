#include "exposure/tally.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "redline/error.h"

#include "exposure/lanes.h"
#include "exposure/tally_bins.h"

namespace redline {
namespace {

constexpr std::string_view kTallyMark = "tally1 ";

// The whole number next to `size`, which is not negative; of halves the even one.
double whole_of(double size) {
  constexpr double kNoFractions = 0x1p52;
  return size < kNoFractions ? (size + kNoFractions) - kNoFractions : size;
}

std::uint64_t size_of(std::int64_t value) {
  return static_cast<std::uint64_t>(value < 0 ? -value : value);
}

std::int32_t bin_of(std::int64_t value) {
  const auto bin = static_cast<std::int32_t>(bin_of_size(static_cast<double>(size_of(value))));
  return value < 0 ? -bin : bin;
}

// What of the whole numbers in a bin lies within [min, max], each half a unit to either side.
struct BinRange {
  double from, to;
};
BinRange range_of(std::int32_t bin, double min, double max) {
  const std::int32_t size = std::abs(bin);
  const int octave = size / kOctave;
  if (octave == 0) {
    return {static_cast<double>(bin), static_cast<double>(bin)};
  }
  const double width = std::ldexp(1.0, octave);
  const double near = width * (size % kOctave + kOctave) - kOctave - 0.5;
  const double far = near + width;
  return {std::max(min, bin < 0 ? -far : near), std::min(max, bin < 0 ? -near : far)};
}

// Counts of bins that are added together: a divisor of an octave.
constexpr std::size_t kTogether = 32;

template <class Count>
void count_each(std::span<const std::int16_t> bins, std::ptrdiff_t first, Count* counts) {
  for (const std::int16_t bin : bins) {
    ++counts[bin - first];
  }
}

// Most are 0 where values are spread wide.
REDLINE_LANES void add_counts(std::span<const std::uint16_t> more, std::uint32_t* counts) {
  for (std::size_t at = 0; at < more.size(); at += kTogether) {
    std::uint32_t any = 0;
    for (std::size_t i = at; i < at + kTogether; ++i) {
      any |= more[i];
    }
    for (std::size_t i = at; any != 0 && i < at + kTogether; ++i) {
      counts[i] += more[i];
    }
  }
}

__extension__ typedef unsigned __int128 HexNumber;

constexpr std::int64_t kBeyond = std::int64_t{1} << 53U;  // of any size that is allowed

void append_hex(std::string& out, HexNumber value) {
  std::array<char, 32> digits{};
  std::size_t at = digits.size();
  do {
    digits[--at] = "0123456789abcdef"[static_cast<unsigned>(value & 15U)];
    value >>= 4U;
  } while (value != 0);
  out.append(&digits[at], digits.size() - at);
}

void append_hex(std::string& out, bool negative, HexNumber size) {
  if (negative) {
    out += '-';
  }
  append_hex(out, size);
}

// Takes the number at the front off the text, and the `stop` behind it unless the text ends there.
std::optional<HexNumber> take_hex(std::string_view& text, char stop) {
  const std::size_t length = std::min(text.find(stop), text.size());
  if (length == 0 || length > 32) {
    return std::nullopt;
  }
  HexNumber value = 0;
  for (const char c : text.substr(0, length)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) {
      return std::nullopt;
    }
    value = value << 4U | static_cast<unsigned>(digit ? c - '0' : c - 'a' + 10);
  }
  text.remove_prefix(std::min(text.size(), length + 1));
  return value;
}

// The same of a number up to `most`, so of one that has a sign bit to spare.
template <class Int>
std::optional<Int> take_signed(std::string_view& text, HexNumber most) {
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative ? 1 : 0);
  const auto size = take_hex(text, ' ');
  if (!size || *size > most) {
    return std::nullopt;
  }
  return negative ? -static_cast<Int>(*size) : static_cast<Int>(*size);
}

}  // namespace

Tally::Wide Tally::Wide::product(Uint128 a, std::uint64_t b) {
  Wide out{0, static_cast<Uint128>(static_cast<std::uint64_t>(a)) * b};
  const Uint128 upper = (a >> 64U) * b;
  out.add({static_cast<std::uint64_t>(upper >> 64U), upper << 64U});
  return out;
}

void Tally::Wide::add(const Wide& other) {
  const Uint128 total = low + other.low;
  high += other.high + (total < low ? 1 : 0);
  low = total;
}

void Tally::Wide::subtract(const Wide& other) {
  high -= other.high + (low < other.low ? 1 : 0);
  low -= other.low;
}

// Keeps the ends, before values from `low` to `high` are counted, and has bins from end to end.
void Tally::cover(std::int64_t low, std::int64_t high) {
  if (count_ > 0 && low >= min_ && high <= max_) {
    return;
  }
  min_ = count_ == 0 ? low : std::min(min_, low);
  max_ = count_ == 0 ? high : std::max(max_, high);
  const std::int32_t first = bin_of(min_) & -kOctave, end = (bin_of(max_) | (kOctave - 1)) + 1;
  if (bins_.empty()) {
    first_ = first;
  }
  bins_.insert(bins_.begin(), static_cast<std::size_t>(first_ - first), 0);
  first_ = first;
  bins_.resize(static_cast<std::size_t>(end - first));
}

void Tally::add(std::span<const double> values) {
  std::array<std::int16_t, kBlock> bins;  // NOLINT: filled before it is read
  while (!values.empty()) {
    const std::size_t size = std::min(kBlock, values.size());
    take(sums_of(values.first(size), bins.data()), std::span(bins).first(size));
    values = values.subspan(size);
  }
}

Tally::Sums Tally::sums_of(std::span<const double> values, std::int16_t* bins) {
  Sums s{values.size(), kBeyond, -kBeyond, 0, 0};
  for (std::size_t i = 0; i < values.size(); ++i) {
    RL_CHECK(std::fabs(values[i]) <= kMost);
    const double size = whole_of(std::fabs(values[i]));
    const auto whole = static_cast<std::int64_t>(size);
    const std::int64_t value = std::signbit(values[i]) ? -whole : whole;
    const std::int64_t bin = std::signbit(values[i]) ? -bin_of_size(size) : bin_of_size(size);
    bins[i] = static_cast<std::int16_t>(bin);
    s.sum += value;
    s.squares += static_cast<Uint128>(whole) * static_cast<std::uint64_t>(whole);
    s.low = std::min(s.low, value);
    s.high = std::max(s.high, value);
  }
  return s;
}

void Tally::take(const Sums& sums, std::span<const std::int16_t> bins) {
  if (sums.count == 0) {
    return;
  }
  add_sums(sums);
  // Of many tallies the counts come from far in the memory, here and there: many values are counted
  // near, and then those counts are added in their order.
  const std::size_t begin = static_cast<std::size_t>(bin_of(sums.low) - first_) / kTogether;
  const std::size_t end = static_cast<std::size_t>(bin_of(sums.high) - first_) / kTogether + 1;
  const std::size_t range = (end - begin) * kTogether;
  if (bins.size() < range / 2 || bins.size() > std::numeric_limits<std::uint16_t>::max()) {
    count_each(bins, first_, bins_.data());
    return;
  }
  std::vector<std::uint16_t> near(range);
  count_each(bins, first_ + static_cast<std::ptrdiff_t>(begin * kTogether), near.data());
  add_counts(near, &bins_[begin * kTogether]);
}

void Tally::take_alike(std::int64_t value, std::uint64_t count) {
  const Uint128 size = size_of(value);
  add_sums({count, value, value, value * static_cast<std::int64_t>(count), size * size * count});
  held_in(bin_of(value)) += static_cast<std::uint32_t>(count);
}

void Tally::add_sums(const Sums& sums) {
  cover(sums.low, sums.high);
  count_ += sums.count;
  RL_CHECK(count_ <= kMostValues);
  sum_ += sums.sum;
  squares_.add({0, sums.squares});
}

void Tally::merge(const Tally& other) {
  if (other.count_ == 0) {
    return;
  }
  cover(other.min_, other.max_);
  std::uint32_t* const to = &held_in(other.first_);
  std::transform(other.bins_.begin(), other.bins_.end(), to, to, std::plus<>());
  count_ += other.count_;
  RL_CHECK(count_ <= kMostValues);
  sum_ += other.sum_;
  squares_.add(Wide(other.squares_));
}

Tally::Middle Tally::middle() const {
  RL_CHECK(count_ > 0);
  const Int128 count = count_;
  Int128 whole = sum_ / count;
  const Int128 rest = sum_ - whole * count;
  whole += (2 * rest > count ? 1 : 0) - (2 * rest < -count ? 1 : 0);
  return {static_cast<std::int64_t>(whole), sum_ - whole * count};
}

// With m the whole number next to the mean and r the rest, the squares are those of the distances
// from m and m (sum + r). Neither factor has the other sign.
Tally::Wide Tally::squares_at_least() const {
  const auto [whole, rest] = middle();
  const Int128 other = sum_ + rest;
  return Wide::product(static_cast<Uint128>(other < 0 ? -other : other), size_of(whole));
}

double Tally::mean() const {
  const auto [whole, rest] = middle();
  return static_cast<double>(whole) + static_cast<double>(rest) / static_cast<double>(count_);
}

// The distances of whole numbers from a whole number: what is subtracted in floating point is at
// most half of what it is subtracted from.
double Tally::deviation() const {
  Wide squares = squares_;
  squares.subtract(squares_at_least());
  if (count_ < 2) {
    return 0.0;
  }
  const double n = static_cast<double>(count_);
  const double rest = static_cast<double>(middle().rest);
  const double total =
      static_cast<double>(squares.high) * 0x1p128 + static_cast<double>(squares.low);
  return std::sqrt((total - rest * (rest / n)) / (n - 1.0));
}

double Tally::mean_error() const { return deviation() / std::sqrt(static_cast<double>(count_)); }

double Tally::min() const {
  RL_CHECK(count_ > 0);
  return static_cast<double>(min_);
}

double Tally::max() const {
  RL_CHECK(count_ > 0);
  return static_cast<double>(max_);
}

double Tally::quantile(double level) const {
  const double least = min(), most = max();
  const double rank = std::clamp(level, 0.0, 1.0) * static_cast<double>(count_);
  std::uint64_t below = 0;
  for (std::int32_t bin = bin_of(min_), last = bin_of(max_); bin <= last; ++bin) {
    const std::uint64_t held = held_in(bin);
    if (held > 0 && static_cast<double>(below + held) >= rank) {
      const auto [from, to] = range_of(bin, least, most);
      const double part = (rank - static_cast<double>(below)) / static_cast<double>(held);
      return std::min(to, from + part * (to - from));
    }
    below += held;
  }
  return most;
}

double Tally::quantile_error(double level) const {
  const double deviation = std::sqrt(level * (1.0 - level) / static_cast<double>(count_));
  return (quantile(level + deviation) - quantile(level - deviation)) / 2.0;
}

double Tally::share_at_most(double x) const {
  const double least = min(), most = max();
  if (!(x >= least) || x >= most) {
    return x >= most ? 1.0 : 0.0;
  }
  const std::int32_t last = bin_of(static_cast<std::int64_t>(std::floor(x)));
  std::uint64_t below = 0;
  for (std::int32_t bin = bin_of(min_); bin < last; ++bin) {
    below += held_in(bin);
  }
  const auto [from, to] = range_of(last, least, most);
  const double part = from < to ? std::clamp((x - from) / (to - from), 0.0, 1.0) : 1.0;
  return (static_cast<double>(below) + part * static_cast<double>(held_in(last))) /
         static_cast<double>(count_);
}

// tally1 count min max sum squares squares bins: hexadecimal; the squares in 64 and 128 bits; the
// bins from that of min to that of max, with commas between them, and n empty ones as *n.
std::string Tally::to_text() const {
  std::string out(kTallyMark);
  append_hex(out, count_);
  if (count_ == 0) {
    return out;
  }
  append_hex(out += ' ', min_ < 0, size_of(min_));
  append_hex(out += ' ', max_ < 0, size_of(max_));
  append_hex(out += ' ', sum_ < 0, static_cast<Uint128>(sum_ < 0 ? -sum_ : sum_));
  append_hex(out += ' ', squares_.high);
  append_hex(out += ' ', squares_.low);
  out += ' ';
  const std::int32_t last = bin_of(max_);
  for (std::int32_t bin = bin_of(min_); bin <= last; ++bin) {
    const std::int32_t empty = bin;
    while (held_in(bin) == 0) {  // the last one is not empty
      ++bin;
    }
    if (bin > empty) {
      append_hex(out += '*', static_cast<Uint128>(bin - empty));
      out += ',';
    }
    append_hex(out, held_in(bin));
    if (bin < last) {
      out += ',';
    }
  }
  return out;
}

bool Tally::read_bins(std::string_view text) {
  const std::int32_t first = bin_of(min_), end = bin_of(max_) + 1;
  std::int32_t bin = first;
  std::uint64_t count = 0;
  while (!text.empty()) {
    const bool empty = text.starts_with('*');
    text.remove_prefix(empty ? 1 : 0);
    const auto number = take_hex(text, ',');
    if (!number || bin >= end || *number == 0 ||
        *number > (empty ? static_cast<Uint128>(end - bin) : count_ - count)) {
      return false;
    }
    if (empty) {
      bin += static_cast<std::int32_t>(*number);
    } else {
      held_in(bin++) = static_cast<std::uint32_t>(*number);
      count += static_cast<std::uint64_t>(*number);
    }
  }
  return bin == end && held_in(first) > 0 && held_in(end - 1) > 0 && count == count_;
}

bool Tally::consistent() const {
  const Int128 count = count_;
  const std::uint64_t most = std::max(size_of(min_), size_of(max_));
  return sum_ >= count * min_ && sum_ <= count * max_ && squares_ >= squares_at_least() &&
         squares_ <= Wide::product(static_cast<Uint128>(most) * most, count_);
}

std::optional<Tally> Tally::from_text(std::string_view text) {
  if (!text.starts_with(kTallyMark)) {
    return std::nullopt;
  }
  Tally out;
  std::string_view rest = text.substr(kTallyMark.size());
  const auto count = take_hex(rest, ' ');
  if (!count || *count > kMostValues) {
    return std::nullopt;
  }
  if (*count > 0) {
    constexpr auto kMostWhole = static_cast<Uint128>(kMost);
    const auto min = take_signed<std::int64_t>(rest, kMostWhole);
    const auto max = take_signed<std::int64_t>(rest, kMostWhole);
    const auto sum = take_signed<Int128>(rest, kMostWhole * kMostValues);
    const auto high = take_hex(rest, ' ');
    const auto low = take_hex(rest, ' ');
    if (!min || !max || *min > *max || !sum || !high || *high >> 64U != 0 || !low) {
      return std::nullopt;
    }
    out.cover(*min, *max);
    out.count_ = static_cast<std::uint64_t>(*count);
    out.sum_ = *sum;
    out.squares_ = {static_cast<std::uint64_t>(*high), *low};
    if (!out.read_bins(rest) || !out.consistent()) {
      return std::nullopt;
    }
  }
  // No other spelling of the same tally.
  return out.to_text() == text ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace redline
