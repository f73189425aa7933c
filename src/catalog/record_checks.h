#pragma once
// What the fields of one record must be to each other, beyond what each must be by itself.

#include "redline/catalog.h"

#include "data/node.h"

namespace redline {
namespace data {
struct MarketFile;
}

void check_record(const Chip& chip, const data::Document& document, Diagnostics& errors);
void check_record(const System& system, const data::Document& document, Diagnostics& errors);
void check_record(const LlmModel& model, const data::Document& document, Diagnostics& errors);
void check_record(const data::MarketFile& file, const data::Document& document,
                  Diagnostics& errors);

// Records whose fields are independent of each other.
template <class R>
void check_record(const R& /*record*/, const data::Document& /*document*/,
                  Diagnostics& /*errors*/) {}

}  // namespace redline
