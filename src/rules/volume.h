#pragma once
// Caps on volume: what goes to some places as a share of what goes to others.

#include <vector>

#include "rules/rule_book.h"

namespace redline::rules {

struct Cap {
  const Instrument* instrument = nullptr;
  const VolumeClause* clause = nullptr;
};

// The caps that bind on a date.
[[nodiscard]] std::vector<Cap> caps_on(const RuleBook& book, Date date);

// Shipments of a product against a cap. Amounts are in the units of the cap's quantity, or in any
// one unit as long as both are.
struct CapUse {
  double capped = 0.0;   // to the places that are capped
  double against = 0.0;  // to the places they are compared with
};
struct CapState {
  bool within = false;            // capped <= percent of against; a cap is met at equality
  double room = 0.0;              // what may still go; negative: by how much it is exceeded
  double needed_against = 0.0;    // what must have gone to the others for `capped` to be within
  std::optional<double> percent;  // capped / against; absent where nothing went to the others
};
[[nodiscard]] CapState state_of(const VolumeClause& clause, const CapUse& use);

}  // namespace redline::rules
