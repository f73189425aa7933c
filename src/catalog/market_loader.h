#pragma once
// Reads data/market into the catalogue.

#include "redline/catalog.h"

#include "data/files.h"

namespace redline {

void load_market(const data::FileSet& files, Catalog& catalog, Diagnostics& errors);

}  // namespace redline
