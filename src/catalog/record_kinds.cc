#include "catalog/record_kinds.h"

#include "catalog/records.h"

namespace redline {

const std::vector<RecordKind>& record_kinds() {
  static const std::vector<RecordKind> kKinds{
      kind_of_record<Chip>("chip", "chips"),
      kind_of_record<System>("system", "systems"),
      kind_of_record<Fabric>("fabric", "fabrics"),
      kind_of_record<LlmModel>("model", "models"),
      kind_of_record<data::PlacesFile>("places", "places"),
      kind_of_record<data::GroupsFile>("groups", "places"),
      kind_of_record<data::SourcesFile>("sources", "sources"),
      kind_of_record<data::MarketFile>("market", "market"),
  };
  return kKinds;
}

}  // namespace redline
