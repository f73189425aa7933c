#include "catalog/record_kinds.h"

#include "catalog/record_checks.h"
#include "catalog/records.h"

namespace redline {
namespace {

template <class R>
Diagnostics check(const std::string& file, std::string text) {
  Diagnostics errors;
  const data::Document document(file, std::move(text), errors);
  data::Reader reader(errors, document.damaged());
  R record;
  if (data::read_record(document.root(), record, reader)) {
    check_record(record, document, errors);
  }
  return errors;
}

template <class R>
constexpr RecordKind kind(std::string_view name, std::string_view folder) {
  return {name, folder, &data::Codec<R>::info, &check<R>};
}

}  // namespace

const std::vector<RecordKind>& record_kinds() {
  static const std::vector<RecordKind> kKinds{
      kind<Chip>("chip", "chips"),
      kind<System>("system", "systems"),
      kind<Fabric>("fabric", "fabrics"),
      kind<LlmModel>("model", "models"),
      kind<data::PlacesFile>("places", "places"),
      kind<data::GroupsFile>("groups", "places"),
      kind<data::SourcesFile>("sources", "sources"),
      kind<data::MarketFile>("market", "market"),
  };
  return kKinds;
}

}  // namespace redline
