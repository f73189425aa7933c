#pragma once
// The rules of a situation drawn in a plane of two quantities: which part of it is free, under an
// exception, or needs a license. Computed from the rules in force, so it follows any rule file.

#include <vector>

#include "redline/verdict.h"

#include "rules/quantities.h"

namespace redline::rules {

// A rectangle [x.low, x.high) × [y.low, y.high) of one answer; high may be infinite.
struct PlaneCell {
  Interval<double> x;
  Interval<double> y;
  Outcome outcome = Outcome::kUnknown;
  LicenseException exception = LicenseException::kNone;
};

// A limit on one of the two quantities or on their sum, as stands in some test in force.
struct PlaneLimit {
  bool on_x = false;
  bool on_y = false;  // both: on the sum
  double value = 0.0;
};

struct LegalPlane {
  std::vector<PlaneCell> cells;
  std::vector<PlaneLimit> limits;
};

// For an accelerator that is like `prototype` in everything but the two quantities.
[[nodiscard]] Result<LegalPlane> legal_plane(const Rules& rules, const Question& question,
                                             const Chip& prototype, Number x, Number y);

}  // namespace redline::rules
