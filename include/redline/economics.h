#pragma once
// What a chip costs by the hour and what it draws, for steps that take so long on so many.

#include <optional>

#include "redline/chip.h"
#include "redline/system.h"
#include "redline/units.h"

namespace redline {

// How a chip is paid for. What is not given comes from the catalogue or from the defaults here.
struct CostTerms {
  std::optional<UsdPerSecond> rent{};  // of one chip; covers power and everything else
  std::optional<Usd> price{};          // of one chip, with its share of the server
  bool rents = true;                   // a rent of the catalogue counts before a price
  double years = 4.0;                  // of straight-line depreciation
  double utilisation = 0.7;            // share of that time in which it earns
  double capital_percent = 8.0;        // cost of capital a year, on half the price
  double hosting_percent = 5.0;        // space and staff a year, of the price
  double usd_per_kwh = 0.08;
  double pue = 1.3;            // power usage effectiveness of the data center
  double server_factor = 1.4;  // price of a chip's share of a server over that of the chip
  double power_share = 0.85;   // of its design power that a busy chip draws
  double idle_share = 0.35;    // of what a busy one draws, server and cooling with it, when idle
};

enum class CostBasis : std::uint8_t { kRent, kOwnership, kUnknown };

struct CostRate {
  CostBasis basis = CostBasis::kUnknown;
  std::optional<UsdPerSecond> cost{};  // of one chip while it works
  std::optional<Watts> power{};        // of one chip with its share of server and cooling
};

// Of a chip with its share of a server; none where no price is known.
[[nodiscard]] std::optional<Usd> price_in_server(const Chip& chip, const CostTerms& terms);

// Of a chip that is owned, at such a price with its share of a server, while it works.
[[nodiscard]] UsdPerSecond ownership_rate(Usd price, std::optional<Watts> power,
                                          const CostTerms& terms);
// What a chip of this design power draws with its share of a server and cooling.
[[nodiscard]] Watts power_in_server(Watts design_power, const CostTerms& terms);

// Rent where the terms give one; ownership where they give a price; else what the catalogue has,
// rent first unless the terms say otherwise.
[[nodiscard]] CostRate cost_rate(const Chip& chip, const System* system, const CostTerms& terms);

}  // namespace redline
