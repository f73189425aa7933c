#pragma once
// The kinds of records in a data folder, for checking single files and for schemas.

#include <string>
#include <string_view>
#include <vector>

#include "redline/error.h"

#include "catalog/record_checks.h"
#include "data/fields.h"
#include "data/schema.h"

namespace redline {

struct RecordKind {
  std::string_view name;    // "chip"
  std::string_view folder;  // "chips"
  data::TypeInfo (*type)();
  Diagnostics (*check)(const std::string& file, std::string text);
};

// That of a record with a field table, for files of one record each.
template <class R>
constexpr RecordKind kind_of_record(std::string_view name, std::string_view folder) {
  constexpr auto check = [](const std::string& file, std::string text) {
    Diagnostics errors;
    const data::Document document(file, std::move(text), errors);
    data::Reader reader(errors, document.damaged());
    R record;
    if (data::read_record(document.root(), record, reader)) {
      check_record(record, document, errors);
    }
    return errors;
  };
  return {name, folder, &data::Codec<R>::info, check};
}

// chip, system, fabric, model, places, groups, sources, market.
[[nodiscard]] const std::vector<RecordKind>& record_kinds();

}  // namespace redline
