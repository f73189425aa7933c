#include "silicon/silicon_kind.h"

#include "silicon/silicon_records.h"

namespace redline {

const RecordKind& silicon_kind() {
  static constexpr RecordKind kKind = kind_of_record<SiliconFile>("silicon", "silicon");
  return kKind;
}

}  // namespace redline
