#pragma once
// Units as types: one double, seven exponents, and a mismatch does not compile.
//
// Base units: byte, second, operation, joule, millimetre, US dollar, yuan. A rate or an area is a
// product of powers of these, so `Seconds t = Bytes{1} / BytesPerSecond{1}` compiles and
// `Seconds t = Bytes{1} / OpsPerSecond{1}` does not (tests/compile_fail proves it).

#include <compare>
#include <cstdint>

namespace redline {

// Exponents of the base units.
struct Dimension {
  std::int8_t byte = 0, second = 0, op = 0, joule = 0, mm = 0, usd = 0, cny = 0;
  friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
};

[[nodiscard]] constexpr Dimension operator+(Dimension a, Dimension b) {
  const auto add = [](std::int8_t x, std::int8_t y) { return static_cast<std::int8_t>(x + y); };
  return {add(a.byte, b.byte), add(a.second, b.second), add(a.op, b.op),  add(a.joule, b.joule),
          add(a.mm, b.mm),     add(a.usd, b.usd),       add(a.cny, b.cny)};
}
[[nodiscard]] constexpr Dimension operator-(Dimension a) {
  const auto neg = [](std::int8_t x) { return static_cast<std::int8_t>(-x); };
  return {neg(a.byte), neg(a.second), neg(a.op), neg(a.joule), neg(a.mm), neg(a.usd), neg(a.cny)};
}

template <Dimension D>
class Quantity {
 public:
  static constexpr Dimension kDimension = D;

  constexpr Quantity() = default;
  constexpr explicit Quantity(double base) : base_(base) {}

  // The number in base units (bytes, seconds, operations, joules, millimetres, dollars).
  [[nodiscard]] constexpr double base() const { return base_; }

  constexpr Quantity& operator+=(Quantity other) { return base_ += other.base_, *this; }
  constexpr Quantity& operator-=(Quantity other) { return base_ -= other.base_, *this; }

  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    return Quantity{a.base_ + b.base_};
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    return Quantity{a.base_ - b.base_};
  }
  friend constexpr Quantity operator*(Quantity a, double b) { return Quantity{a.base_ * b}; }
  friend constexpr Quantity operator*(double a, Quantity b) { return Quantity{a * b.base_}; }
  friend constexpr Quantity operator/(Quantity a, double b) { return Quantity{a.base_ / b}; }
  friend constexpr auto operator<=>(Quantity, Quantity) = default;

 private:
  double base_ = 0.0;
};

// A ratio of like quantities is a plain number; every other product or quotient has its own unit.
template <Dimension A, Dimension B>
[[nodiscard]] constexpr auto operator*(Quantity<A> a, Quantity<B> b) {
  constexpr Dimension kProduct = A + B;
  if constexpr (kProduct == Dimension{}) {
    return a.base() * b.base();
  } else {
    return Quantity<kProduct>{a.base() * b.base()};
  }
}
template <Dimension A, Dimension B>
[[nodiscard]] constexpr auto operator/(Quantity<A> a, Quantity<B> b) {
  constexpr Dimension kQuotient = A + -B;
  if constexpr (kQuotient == Dimension{}) {
    return a.base() / b.base();
  } else {
    return Quantity<kQuotient>{a.base() / b.base()};
  }
}

using Bytes = Quantity<Dimension{.byte = 1}>;
using Seconds = Quantity<Dimension{.second = 1}>;
using Ops = Quantity<Dimension{.op = 1}>;
using Joules = Quantity<Dimension{.joule = 1}>;
using SquareMm = Quantity<Dimension{.mm = 2}>;
using Usd = Quantity<Dimension{.usd = 1}>;
using Hertz = Quantity<Dimension{.second = -1}>;
using OpsPerSecond = Quantity<Dimension{.second = -1, .op = 1}>;
using BytesPerSecond = Quantity<Dimension{.byte = 1, .second = -1}>;
using Watts = Quantity<Dimension{.second = -1, .joule = 1}>;
using UsdPerSecond = Quantity<Dimension{.second = -1, .usd = 1}>;
using Count = Quantity<Dimension{}>;

// Legal scalars are not SI and never mix with anything: each has a type of its own.
template <class Tag>
class LegalScalar {
 public:
  constexpr LegalScalar() = default;
  constexpr explicit LegalScalar(double value) : value_(value) {}
  [[nodiscard]] constexpr double value() const { return value_; }
  friend constexpr auto operator<=>(LegalScalar, LegalScalar) = default;

 private:
  double value_ = 0.0;
};

// Total processing performance, tera-operations per second times bit length (ECCN 3A090 note 1).
using Tpp = LegalScalar<struct TppTag>;
// TPP per square millimetre of applicable die area (ECCN 3A090 technical note 4).
using PerformanceDensity = LegalScalar<struct PerformanceDensityTag>;

[[nodiscard]] constexpr PerformanceDensity operator/(Tpp tpp, SquareMm area) {
  return PerformanceDensity{tpp.value() / area.base()};
}

namespace literals {
constexpr Bytes operator""_GB(long double v) { return Bytes{static_cast<double>(v) * 1e9}; }
constexpr BytesPerSecond operator""_GB_per_s(long double v) {
  return BytesPerSecond{static_cast<double>(v) * 1e9};
}
constexpr OpsPerSecond operator""_TOP_per_s(long double v) {
  return OpsPerSecond{static_cast<double>(v) * 1e12};
}
constexpr SquareMm operator""_mm2(long double v) { return SquareMm{static_cast<double>(v)}; }
}  // namespace literals

}  // namespace redline
