#include "store/sqlite_store.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/fingerprint.h"
#include "store/columns.h"
#include "store/errors.h"
#include "store/sqlite_run.h"
#include "store/writer_lock.h"

namespace redline::store {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kTables =
    "CREATE TABLE manifest(key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;"
    "CREATE TABLE columns(name TEXT PRIMARY KEY, path TEXT NOT NULL, type TEXT NOT NULL) STRICT;"
    "CREATE TABLE batches(next INTEGER PRIMARY KEY, rows INTEGER NOT NULL, hash TEXT NOT NULL) "
    "STRICT;"
    "CREATE TABLE documents(point INTEGER PRIMARY KEY, status TEXT NOT NULL, json TEXT NOT NULL) "
    "STRICT";

std::string definition_of(const RowColumn& column) {
  return fmt::format("{} {}", sql_name(column.name),
                     kColumnTypeNames[static_cast<std::size_t>(column.type)]);
}

class SqliteStore final : public RowStore {
 public:
  SqliteStore(std::string path, WriterLock lock, SqliteRun opened, std::vector<RowColumn> further)
      : path_(std::move(path)),
        lock_(std::move(lock)),
        columns_(opened.manifest.dimensions, std::move(further)),
        manifest_(std::move(opened.manifest)),
        kept_next_(opened.next),
        kept_(opened.tally),
        next_(opened.next),
        tally_(opened.tally),
        finished_(opened.finished),
        database_(std::move(opened.database)) {}

  [[nodiscard]] std::uint64_t next() const override { return next_; }
  [[nodiscard]] const Tally& tally() const override { return tally_; }
  [[nodiscard]] bool finished() const override { return finished_; }

  Result<void> append(const Row& row) override {
    RL_CHECK(row.point >= next_);
    return checked(insert(row));
  }

  Result<void> commit(std::uint64_t next) override {
    RL_CHECK(next >= next_);
    if (next == kept_next_) {
      return {};
    }
    return checked(close_batch(next));
  }

  Result<void> finish(std::string_view run) override {
    auto done = checked(close_run(run));
    finished_ = done.has_value();
    return done;
  }

  // Tables of a file that is new: all of them or none.
  Sqlite<void> begin() {
    if (auto begun = database_.run("BEGIN IMMEDIATE"); !begun) {
      return begun;
    }
    for (std::string_view rest = kTables; !rest.empty();) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      if (auto made = database_.run(rest.substr(0, end)); !made) {
        return made;
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::string sql = "CREATE TABLE results(";
    for (std::size_t i = 0; i < columns_.fixed(); ++i) {
      sql += (i == 0 ? "" : ", ") + definition_of(columns_.list()[i]);
      sql += i == 0 ? " PRIMARY KEY" : i == 1 ? " NOT NULL" : "";
    }
    if (auto made = database_.run(sql + ") STRICT"); !made) {
      return made;
    }
    const std::pair<std::string_view, std::string> entries[] = {
        {kSqliteMark, write_manifest(manifest_)},
        {"redline", manifest_.redline},
        {"data_hash", manifest_.data_hash},
        {"run_hash", manifest_.run_hash},
        {"as_of", manifest_.as_of},
        {"definition", manifest_.definition},
        {"shard", fmt::format("{}/{}", manifest_.shard, manifest_.shards)},
        {"state", "unfinished"}};
    for (const auto& [key, value] : entries) {
      if (auto kept = keep(key, value); !kept) {
        return kept;
      }
    }
    auto kept = keep_number("points", manifest_.points);
    return kept ? database_.run("COMMIT") : kept;
  }

 private:
  Result<void> checked(const Sqlite<void>& done) {
    if (done) {
      return {};
    }
    if (within_) {
      // What failed may have rolled back already.
      static_cast<void>(database_.run("ROLLBACK"));
      within_ = false;
    }
    next_ = kept_next_;
    tally_ = kept_;
    return tl::unexpected(sqlite_error(path_, done.error(), kept_));
  }

  Sqlite<void> keep(std::string_view key, std::string_view value) {
    auto insert = database_.prepare("INSERT OR REPLACE INTO manifest VALUES(?1, ?2)");
    if (!insert) {
      return tl::unexpected(insert.error());
    }
    insert->bind(1, key);
    insert->bind(2, value);
    return insert->run();
  }
  Sqlite<void> keep_number(std::string_view key, std::uint64_t value) {
    auto insert = database_.prepare("INSERT OR REPLACE INTO manifest VALUES(?1, ?2)");
    if (!insert) {
      return tl::unexpected(insert.error());
    }
    insert->bind(1, key);
    insert->bind(2, static_cast<std::int64_t>(value));
    return insert->run();
  }

  // A transaction holds a batch. Whoever wrote since the last one is another process.
  Sqlite<void> open_batch() {
    if (within_) {
      return {};
    }
    if (auto begun = database_.run("BEGIN IMMEDIATE"); !begun) {
      return begun;
    }
    within_ = true;
    auto last = database_.prepare("SELECT max(next) FROM batches");
    if (!last) {
      return tl::unexpected(last.error());
    }
    if (const auto row = last->step(); !row) {
      return tl::unexpected(row.error());
    }
    const auto there = std::max(manifest_.first, static_cast<std::uint64_t>(last->integer(0)));
    if (there != kept_next_) {
      return tl::unexpected(SqliteProblem{SqliteTrouble::kBusy, {}});
    }
    return {};
  }

  Sqlite<void> insert(const Row& row) {
    if (auto begun = open_batch(); !begun) {
      return begun;
    }
    const Json json = Json::parse(row.text, nullptr, /*allow_exceptions=*/false);
    const std::size_t before = columns_.list().size();
    const std::vector<results::Cell> cells = columns_.cells(json);
    if (!into_results_ || columns_.list().size() != before) {
      if (auto added = add_columns(before); !added) {
        return added;
      }
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      into_results_->bind(static_cast<int>(i) + 1, cells[i]);
    }
    if (auto done = into_results_->run(); !done) {
      return done;
    }
    into_documents_->bind(1, static_cast<std::int64_t>(row.point));
    into_documents_->bind(2, kStatusNames[static_cast<std::size_t>(row.status)]);
    into_documents_->bind(3, std::string_view(row.text));
    if (auto done = into_documents_->run(); !done) {
      return done;
    }
    batch_.add(row.text);
    ++batch_rows_;
    tally_.add(row.status);
    next_ = row.point + 1;
    return {};
  }

  Sqlite<void> add_columns(std::size_t before) {
    into_results_.reset();  // it would hold the table
    const auto& list = columns_.list();
    for (std::size_t i = before; i < list.size(); ++i) {
      if (auto done = database_.run(
              fmt::format("ALTER TABLE results ADD COLUMN {}", definition_of(list[i])));
          !done) {
        return done;
      }
      auto note = database_.prepare("INSERT INTO columns VALUES(?1, ?2, ?3)");
      if (!note) {
        return tl::unexpected(note.error());
      }
      note->bind(1, std::string_view(list[i].name));
      note->bind(2, std::string_view(list[i].path));
      note->bind(3, kColumnTypeNames[static_cast<std::size_t>(list[i].type)]);
      if (auto done = note->run(); !done) {
        return done;
      }
    }
    std::string names;
    std::string places;
    for (std::size_t i = 0; i < list.size(); ++i) {
      names += (i == 0 ? "" : ", ") + sql_name(list[i].name);
      places += fmt::format("{}?{}", i == 0 ? "" : ", ", i + 1);
    }
    auto results =
        database_.prepare(fmt::format("INSERT INTO results({}) VALUES({})", names, places));
    auto documents = database_.prepare("INSERT INTO documents VALUES(?1, ?2, ?3)");
    if (!results || !documents) {
      return tl::unexpected(results ? documents.error() : results.error());
    }
    into_results_ = std::make_unique<Statement>(std::move(*results));
    into_documents_ = std::make_unique<Statement>(std::move(*documents));
    return {};
  }

  Sqlite<void> close_batch(std::uint64_t next) {
    if (auto begun = open_batch(); !begun) {
      return begun;
    }
    auto note = database_.prepare("INSERT INTO batches VALUES(?1, ?2, ?3)");
    if (!note) {
      return tl::unexpected(note.error());
    }
    const std::string hash = batch_.hex();
    note->bind(1, static_cast<std::int64_t>(next));
    note->bind(2, static_cast<std::int64_t>(batch_rows_));
    note->bind(3, std::string_view(hash));
    if (auto done = note->run(); !done) {
      return done;
    }
    if (auto done = database_.run("COMMIT"); !done) {
      return done;
    }
    within_ = false;
    batch_ = Fingerprint();
    batch_rows_ = 0;
    next_ = kept_next_ = next;
    kept_ = tally_;
    return {};
  }

  // Indexes come last: building them once is quicker than keeping them.
  Sqlite<void> close_run(std::string_view run) {
    if (auto begun = open_batch(); !begun) {
      return begun;
    }
    for (const RowColumn& column : columns_.list()) {
      if (!filtered(column)) {
        continue;
      }
      if (auto made = database_.run(fmt::format("CREATE INDEX IF NOT EXISTS {} ON results({})",
                                                sql_name("results_by_" + column.name),
                                                sql_name(column.name)));
          !made) {
        return made;
      }
    }
    auto kept = keep("run", run);
    kept = kept ? keep_number("rows", tally_.rows()) : kept;
    kept = kept ? keep("state", "finished") : kept;
    kept = kept ? database_.run("COMMIT") : kept;
    if (!kept) {
      return kept;
    }
    within_ = false;
    return database_.run("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  // What people filter by: the status, what is varied, and who, what, where and when of requests
  // and answers.
  [[nodiscard]] bool filtered(const RowColumn& column) const {
    const auto& list = columns_.list();
    const auto place = static_cast<std::size_t>(&column - list.data());
    if (place < columns_.fixed()) {
      return column.path != "point" && column.path != "error_message";
    }
    for (const std::string_view key : {"command", "model", "chip", "system", "as_of", "objective",
                                       "to", "outcome", "feasible", "fits"}) {
      if (column.path.ends_with(fmt::format("/request/{}", key)) ||
          column.path.ends_with(fmt::format("/results/0/{}", key))) {
        return true;
      }
    }
    return false;
  }

  std::string path_;
  WriterLock lock_;  // given back after the database is closed
  Columns columns_;
  Manifest manifest_;
  std::uint64_t kept_next_;  // of what is committed
  Tally kept_;
  std::uint64_t next_;
  Tally tally_;
  bool finished_;
  bool within_ = false;  // a transaction
  Fingerprint batch_;
  std::uint64_t batch_rows_ = 0;
  // Closed before the database is: members go in reverse.
  Database database_;
  std::unique_ptr<Statement> into_results_;
  std::unique_ptr<Statement> into_documents_;
};

Sqlite<std::vector<RowColumn>> further_columns(const Database& database) {
  auto select = database.prepare("SELECT name, path, type FROM columns ORDER BY rowid");
  if (!select) {
    return tl::unexpected(select.error());
  }
  std::vector<RowColumn> list;
  while (true) {
    const auto more = select->step();
    if (!more) {
      return tl::unexpected(more.error());
    }
    if (!*more) {
      return list;
    }
    const std::string type = select->text(2);
    const auto* found = std::find(kColumnTypeNames.begin(), kColumnTypeNames.end(), type);
    list.push_back({select->text(0), select->text(1),
                    found == kColumnTypeNames.end()
                        ? ColumnType::kAny
                        : static_cast<ColumnType>(found - kColumnTypeNames.begin())});
  }
}

void remove_database(const std::string& path) {
  std::error_code ignored;
  for (const char* suffix : {"-wal", "-shm", ""}) {
    std::filesystem::remove(path + suffix, ignored);
  }
}

// Durable at each commit, and readable while it is written.
Sqlite<void> prepare_for_writing(const Database& database) {
  auto done = database.run("PRAGMA journal_mode = WAL");
  return done ? database.run("PRAGMA synchronous = FULL") : done;
}

Result<std::unique_ptr<RowStore>> create(const std::string& path, WriterLock lock,
                                         const Manifest& manifest) {
  remove_database(path);
  auto database = Database::open(path, Database::How::kCreate);
  Sqlite<void> done;
  done = database ? prepare_for_writing(*database) : tl::unexpected(database.error());
  if (!done) {
    return tl::unexpected(sqlite_error(path, done.error(), {}));
  }
  auto store = std::make_unique<SqliteStore>(
      path, std::move(lock), SqliteRun{std::move(*database), manifest, manifest.first},
      std::vector<RowColumn>());
  if (done = store->begin(); !done) {
    return tl::unexpected(sqlite_error(path, done.error(), {}));
  }
  return store;
}

// No file, an empty one, or a database in which nothing was committed yet.
bool nothing_there(const std::string& path) {
  std::error_code code;
  const auto size = std::filesystem::file_size(path, code);
  if (code || size == 0) {
    return !std::filesystem::exists(path, code) || std::filesystem::is_regular_file(path, code);
  }
  const auto database = Database::open(path, Database::How::kWrite);
  auto count = database ? database->prepare("SELECT count(*) FROM sqlite_schema")
                        : tl::unexpected(database.error());
  const auto row = count ? count->step() : tl::unexpected(count.error());
  return row && count->integer(0) == 0;
}

}  // namespace

Result<std::unique_ptr<RowStore>> open_sqlite_store(const std::string& path,
                                                    const Manifest& manifest, OpenMode mode) {
  if (auto made = make_folder_of(path); !made) {
    return tl::unexpected(made.error());
  }
  auto lock = WriterLock::take(path);
  if (!lock) {
    return tl::unexpected(lock.error());
  }
  if (nothing_there(path)) {
    return create(path, std::move(*lock), manifest);
  }
  auto found = open_sqlite_run(path, Database::How::kWrite);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (mode == OpenMode::kFresh) {
    if (!found->finished && found->tally.rows() > 0) {
      return tl::unexpected(unfinished(path, found->tally));
    }
    found->database = Database();  // closed before it goes
    return create(path, std::move(*lock), manifest);
  }
  const std::string why = range_difference(manifest, found->manifest);
  if (!why.empty()) {
    return tl::unexpected(foreign(path, why));
  }
  auto done = prepare_for_writing(found->database);
  auto further = further_columns(found->database);
  if (!done || !further) {
    return tl::unexpected(sqlite_error(path, done ? further.error() : done.error(), found->tally));
  }
  return std::make_unique<SqliteStore>(path, std::move(*lock), std::move(*found),
                                       std::move(*further));
}

}  // namespace redline::store
