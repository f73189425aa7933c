#include "rules/volume.h"

namespace redline::rules {

std::vector<Cap> caps_on(const RuleBook& book, Date date) {
  std::vector<Cap> caps;
  for (const Instrument& instrument : book.instruments()) {
    for (const Version& version : instrument.versions) {
      if (standing(instrument, version, date, {}) == Standing::kBinding) {
        for (const VolumeClause& clause : version.volumes) {
          caps.push_back({&instrument, &clause});
        }
      }
    }
  }
  return caps;
}

CapState state_of(const VolumeClause& clause, const CapUse& use) {
  constexpr double kWhole = 100.0;
  CapState state;
  // Products, not quotients: whole numbers of parts compare exactly.
  state.within = use.capped * kWhole <= use.against * clause.percent;
  state.room = use.against * clause.percent / kWhole - use.capped;
  state.needed_against = clause.percent > 0.0 ? use.capped * kWhole / clause.percent : 0.0;
  if (use.against > 0.0) {
    state.percent = use.capped / use.against * kWhole;
  }
  return state;
}

}  // namespace redline::rules
