#pragma once
// An SQLite file that is a run of ours, opened.

#include "store/row_store.h"
#include "store/sqlite.h"

namespace redline::store {

// A key of the manifest that only ours have.
inline constexpr std::string_view kSqliteMark = "redline_run";

struct SqliteRun {
  Database database;
  Manifest manifest;
  std::uint64_t next = 0;  // the first point that is in no batch
  Tally tally{};
  bool finished = false;
};

// Errors: kOutputForeign, kShardDamaged, kRunBusy; kFileUnreadable where it is only read.
[[nodiscard]] Result<SqliteRun> open_sqlite_run(const std::string& path, Database::How how);

// What went wrong with the file; `kept` rows are whole in it.
[[nodiscard]] Error sqlite_error(const std::string& path, const SqliteProblem& problem,
                                 const Tally& kept);

}  // namespace redline::store
