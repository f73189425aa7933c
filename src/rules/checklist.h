#pragma once
// Checklists of notices and applications, worked out as far as the facts of a case allow.

#include <vector>

#include "rules/trace.h"

namespace redline::rules {

// Those that are open to the item in this transaction, in the order of the book.
[[nodiscard]] std::vector<Checklist> checklists_of(const Case& c);

}  // namespace redline::rules
