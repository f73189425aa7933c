#pragma once
// The kinds of records in a data folder, for checking single files and for schemas.

#include <string>
#include <string_view>
#include <vector>

#include "redline/error.h"

#include "data/schema.h"

namespace redline {

struct RecordKind {
  std::string_view name;    // "chip"
  std::string_view folder;  // "chips"
  data::TypeInfo (*type)();
  Diagnostics (*check)(const std::string& file, std::string text);
};

// chip, system, fabric, model, places, groups, sources, market.
[[nodiscard]] const std::vector<RecordKind>& record_kinds();

}  // namespace redline
