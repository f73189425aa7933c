#pragma once
// A ledger of shipments: which chip, where to, how many.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/workspace.h"

namespace redline::app {

struct Shipment {
  std::string product;  // what is capped as one; the chip where the ledger has no such column
  const Chip* chip = nullptr;
  std::string destination;      // ISO code
  std::string end_use;          // ISO code of the country of use; the destination where not given
  std::optional<double> units;  // absent: not known
  std::optional<Date> date;
};

// Reads a ledger of comma-separated values. Errors: every cell that cannot be read, columns that
// are missing or unknown, chips and places that are not in the catalogue.
[[nodiscard]] Loaded<std::vector<Shipment>> read_ledger(const Workspace& workspace,
                                                        const std::string& path);

}  // namespace redline::app
