#pragma once
// Files of data/silicon as a kind of record, for checking single files and for schemas.

#include "catalog/record_kinds.h"

namespace redline {

[[nodiscard]] const RecordKind& silicon_kind();

}  // namespace redline
