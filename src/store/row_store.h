#pragma once
// Where rows of a long run go and come from. A store takes rows in the order of their points; what
// is committed survives the end of the process at any moment, and a store that was left unfinished
// says where to go on.

#include <memory>
#include <string>
#include <string_view>

#include "store/manifest.h"
#include "store/row.h"

namespace redline::store {

class RowStore {
 public:
  RowStore() = default;
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;
  virtual ~RowStore() = default;

  // The first point that is not worked out yet; the manifest's `last` when all are.
  [[nodiscard]] virtual std::uint64_t next() const = 0;
  [[nodiscard]] virtual const Tally& tally() const = 0;
  [[nodiscard]] virtual bool finished() const = 0;

  // The row of a point at or behind `next`. Errors (here and below): kOutputUnwritable, saying what
  // is kept; kRunBusy where another process writes the same file.
  [[nodiscard]] virtual Result<void> append(const Row& row) = 0;
  // Every point before `next` is worked out: makes the rows appended so far durable.
  [[nodiscard]] virtual Result<void> commit(std::uint64_t next) = 0;
  // All points are worked out and committed. `run` is JSON on how it went, which is no result.
  [[nodiscard]] virtual Result<void> finish(std::string_view run) = 0;
};

class RowSource {
 public:
  RowSource() = default;
  RowSource(const RowSource&) = delete;
  RowSource& operator=(const RowSource&) = delete;
  virtual ~RowSource() = default;

  [[nodiscard]] virtual const Manifest& manifest() const = 0;
  [[nodiscard]] virtual bool finished() const = 0;
  // False behind the last row. Errors: kShardDamaged, kFileUnreadable.
  [[nodiscard]] virtual Result<bool> next(Row& row) = 0;
};

enum class OpenMode : std::uint8_t {
  kFresh,   // begins anew; refuses to replace rows of an unfinished run or a file that is not ours
  kResume,  // goes on behind what is whole, or begins where there is nothing
};

// SQLite where the path ends in .sqlite, .sqlite3 or .db; else a shard file. Missing folders are
// made. `note` says what a resumed store had to leave out. Errors: kRunUnfinished, kOutputForeign,
// kShardForeign, kShardDamaged, kRunBusy, kOutputUnwritable.
[[nodiscard]] Result<std::unique_ptr<RowStore>> open_store(const std::string& path,
                                                           const Manifest& manifest, OpenMode mode,
                                                           std::string& note);
// Errors: kFileUnreadable, kShardDamaged for what is neither.
[[nodiscard]] Result<std::unique_ptr<RowSource>> open_source(const std::string& path);

[[nodiscard]] bool is_sqlite_path(std::string_view path);

}  // namespace redline::store
