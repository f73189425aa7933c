#include "redline/economics.h"

namespace redline {
namespace {

constexpr double kSecondsOfYear = 365.25 * 86400.0;
constexpr double kJoulesOfKwh = 3.6e6;
// Host processors, network cards and fans beside the chips of a server, where its power is not
// known: DGX H100 draws 10.2 kW with eight chips of 700 W.
constexpr double kServerOverChips = 1.6;

std::optional<Watts> power_of(const Chip& chip, const System* system, const CostTerms& terms) {
  if (system != nullptr && system->power.node && system->power.node->value &&
      system->chips_per_node > 0) {
    return *system->power.node->value * (terms.power_share * terms.pue / system->chips_per_node);
  }
  if (chip.power.tdp && chip.power.tdp->value) {
    return power_in_server(*chip.power.tdp->value, terms);
  }
  return std::nullopt;
}

}  // namespace

UsdPerSecond ownership_rate(Usd price, std::optional<Watts> power, const CostTerms& terms) {
  const double yearly =
      1.0 / terms.years + 0.5 * terms.capital_percent / 100.0 + terms.hosting_percent / 100.0;
  const double capital = price.base() * yearly / kSecondsOfYear / terms.utilisation;
  const double energy = power ? power->base() / kJoulesOfKwh * terms.usd_per_kwh : 0.0;
  return UsdPerSecond{capital + energy};
}

Watts power_in_server(Watts design_power, const CostTerms& terms) {
  return design_power * (terms.power_share * terms.pue * kServerOverChips);
}

std::optional<Usd> price_in_server(const Chip& chip, const CostTerms& terms) {
  const auto& price = chip.price.purchase;
  return price && price->value ? std::optional(*price->value * terms.server_factor) : std::nullopt;
}

CostRate cost_rate(const Chip& chip, const System* system, const CostTerms& terms) {
  CostRate rate;
  rate.power = power_of(chip, system, terms);
  const auto rent = [&](UsdPerSecond value) {
    rate.basis = CostBasis::kRent;
    rate.cost = value;
  };
  const auto own = [&](Usd price) {
    rate.basis = CostBasis::kOwnership;
    rate.cost = ownership_rate(price, rate.power, terms);
  };
  if (terms.rent) {
    rent(*terms.rent);
  } else if (terms.price) {
    own(*terms.price);
  } else if (terms.rents && chip.price.rent && chip.price.rent->value) {
    rent(*chip.price.rent->value);
  } else if (system != nullptr && system->price.node && system->price.node->value &&
             system->chips_per_node > 0) {
    own(*system->price.node->value * (1.0 / system->chips_per_node));
  } else if (const auto price = price_in_server(chip, terms)) {
    own(*price);
  }
  return rate;
}

}  // namespace redline
