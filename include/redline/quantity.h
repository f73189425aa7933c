#pragma once
// Quantities as people write them: "4.0 TB/s", "141 GB", "141 GiB", "296 TFLOP/s", "12000 USD".

#include <string>
#include <string_view>

#include "redline/error.h"
#include "redline/units.h"

namespace redline {

// The number in base units. Errors: kBadNumber, kMissingUnit, kWrongUnit (unknown, or of another
// dimension); `where` is left to the caller, who knows the file.
[[nodiscard]] Result<double> parse_quantity(std::string_view text, Dimension dimension);

template <class Q>
[[nodiscard]] Result<Q> parse_quantity(std::string_view text) {
  auto value = parse_quantity(text, Q::kDimension);
  if (!value) {
    return tl::unexpected(std::move(value).error());
  }
  return Q{*value};
}

// A number of any dimension, as market data holds it: money, units, shares. It keeps the unit in
// which it was written, for showing.
struct Measure {
  double base = 0.0;
  Dimension dimension;
  std::string unit;     // "GUSD", "percent"
  double factor = 1.0;  // of that unit in base units

  [[nodiscard]] double shown() const { return base / factor; }
};
// Errors as above.
[[nodiscard]] Result<Measure> parse_measure(std::string_view text);
// May be compared and added: of one dimension, and both shares or neither.
[[nodiscard]] bool same_kind(const Measure& a, const Measure& b);
// In its own unit: "5.5 GUSD", "32.15 %".
[[nodiscard]] std::string format_measure(const Measure& measure, int digits = 6);

// What such a quantity is called and how one is written: {"a bandwidth", "4.0 TB/s"}.
struct DimensionWords {
  std::string_view name;
  std::string_view example;
  std::string_view unit;  // of display, such as "GB/s"
  double scale = 1.0;     // of that unit in base units
};
[[nodiscard]] DimensionWords dimension_words(Dimension dimension);

// Short human form in SI prefixes with up to `digits` significant digits: "4.8 TB/s", "814 mm2".
[[nodiscard]] std::string format_quantity(double base, Dimension dimension, int digits = 4);
template <class Q>
[[nodiscard]] std::string format_quantity(Q quantity, int digits = 4) {
  return format_quantity(quantity.base(), Q::kDimension, digits);
}

}  // namespace redline
