#pragma once
// From a data sheet, and what the user sets in its place, to the facts that rules ask for.

#include <array>
#include <string>
#include <vector>

#include "redline/chip.h"
#include "redline/verdict.h"

#include "rules/program.h"

namespace redline::rules {

// The facts of one item with their error bars.
struct ItemSheet {
  ItemFacts facts;  // known numbers are points
  // What the specification's own error bars allow; equals the point where it is exact.
  std::array<Interval<double>, kCountOf<Number>> bounds;
  std::array<std::string, kCountOf<Number>> from;
  bool pd_fixed = false;  // set by the user, so it does not follow tpp and die
};

// Errors: kBadSetting, with the nearest names.
[[nodiscard]] Result<ItemSheet> item_sheet(const Chip& chip, const SymbolTable& symbols, Date as_of,
                                           const std::vector<Setting>& settings);

// Settings of the transaction rather than of the item (exporter_role).
[[nodiscard]] Result<Situation> situation_of(const Question& question);

// Sets a number and what follows from it: pd follows tpp and die, bits_tops follows tpp.
void set_number(ItemFacts& facts, Number number, Interval<double> value, bool pd_fixed);

}  // namespace redline::rules
