#pragma once
// Rows of a run in an SQLite file:
//
//   results    one row a point: the columns of store/columns.h, typed, with indexes
//   documents  the whole row as JSON
//   manifest   what the rows are of, how far they go, and how the run went
//   columns    where in the JSON each further column comes from
//   batches    a checksum for each batch, by which damage is found
//
// Each batch is one transaction on a write-ahead log, so readers see whole batches while it grows
// and a process that ends at any moment leaves whole ones.

#include "store/row_store.h"

namespace redline::store {

[[nodiscard]] Result<std::unique_ptr<RowStore>> open_sqlite_store(const std::string& path,
                                                                  const Manifest& manifest,
                                                                  OpenMode mode);
[[nodiscard]] Result<std::unique_ptr<RowSource>> open_sqlite_source(const std::string& path);

}  // namespace redline::store
