#pragma once
// What a number of a scenario is: its unit, and the readings that the same unit can have. Money
// billed to a place is not money of customers who have their seat there, a quarter is not a year,
// an order book is not revenue; what mixes them is refused.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "redline/error.h"
#include "redline/units.h"

namespace redline::exposure {

// By what revenue is put to a place.
enum class Geography : std::uint8_t { kNone, kBilling, kHeadquarters, kShipped };
// An amount at a moment, or one of a length of time; kPlain says neither.
enum class Form : std::uint8_t { kPlain, kStock, kFlow };
enum class Length : std::uint8_t { kNone, kQuarter, kHalf, kYear };

struct ValueKind {
  Dimension dimension;
  Form form = Form::kPlain;
  Length length = Length::kNone;  // of a flow; of a stock, what it was gathered in
  Geography geography = Geography::kNone;

  friend bool operator==(const ValueKind&, const ValueKind&) = default;
};

[[nodiscard]] std::string_view name_of(Geography geography);
[[nodiscard]] std::string_view name_of(Length length);
// "USD, a flow over a quarter, by billing address".
[[nodiscard]] std::string describe(const ValueKind& kind);

// One side of an operation.
struct Side {
  std::string name;
  ValueKind kind;
  bool bare = false;  // a number without a unit that stands in a formula: it takes what it meets
};

// What two sides are that are added, compared or of which one is divided by the other. Each clash
// says which two things clash.
struct Merged {
  ValueKind kind;
  Diagnostics clashes{};  // without a place
};
[[nodiscard]] Merged added(const Side& a, const Side& b);
[[nodiscard]] Merged multiplied(const Side& a, const Side& b);
[[nodiscard]] Merged divided(const Side& a, const Side& b);

}  // namespace redline::exposure
