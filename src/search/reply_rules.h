#pragma once
// The rules of one situation for parts that differ from a base part in a few quantities.

#include <optional>
#include <vector>

#include "redline/chip_search.h"

#include "rules/decide.h"
#include "rules/facts.h"

namespace redline::search {

// Quantities of a part as rules measure them.
struct PartFacts {
  double area_mm2 = 0.0;
  // Points, or what parts of a kind have between them: an answer is then one for all of them.
  Interval<double> tpp;
  Interval<double> io_gb_s;  // link and host bus, both directions
  Interval<double> dram_gb_s;
  double dies = 1.0;  // over those of the base part, for transistors
  bool workstation = false;
  bool stacked_memory = false;
};

}  // namespace redline::search

namespace redline {

struct ReplyRules::State {
  rules::ActiveRules active;
  rules::ItemFacts facts;  // of the base part, without a name that rules know
  bool exceptions = false;
  rules::BindingLimits limits;
  // Before any was moved: a part may stay below a limit that has moved away.
  rules::BindingLimits stated;
  // Between two of these, ascending, answers do not hang on a part's TPP or density; see `band_of`.
  std::vector<double> tpp_turns, pd_turns;
  bool banded = false;

  // Where a part may stop short, ascending.
  [[nodiscard]] std::vector<double> limits_on(rules::Number number) const;
  // Of TPP, or of its density for an area; descending.
  [[nodiscard]] std::vector<double> tpp_limits(double area_mm2) const;
  // Limits on a sum of memory bandwidth with some bandwidth of inputs and outputs.
  [[nodiscard]] std::vector<double> limits_on_sums() const;
  // Parts of an area and all else alike whose TPP is of one band get one answer; none where rules
  // reckon with TPP in other ways than by limits.
  [[nodiscard]] std::optional<std::size_t> band_of(double tpp, double area_mm2) const;
  [[nodiscard]] Outcome outcome(const search::PartFacts& part) const;
  [[nodiscard]] bool lets_through(const search::PartFacts& part) const {
    const Outcome found = outcome(part);
    return found == Outcome::kNoLicense || (exceptions && found == Outcome::kLicenseException);
  }
  // Surely none of them may go.
  [[nodiscard]] bool stops_all(const search::PartFacts& parts) const {
    const Outcome found = outcome(parts);
    return found == Outcome::kLicenseRequired ||
           (!exceptions && found == Outcome::kLicenseException);
  }
};

}  // namespace redline
