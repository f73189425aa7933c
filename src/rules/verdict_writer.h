#pragma once
// Fills in a verdict from a decided case: rule, conditions, flags, assumptions, sources.

#include "rules/trace.h"

namespace redline::rules {

// `verdict` already holds the comparisons.
void write_verdict(const Case& c, const Chip& chip, const Question& question, Verdict& verdict);

}  // namespace redline::rules
