#include "store/sqlite_run.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/errors.h"

namespace redline::store {
namespace {

// A value of the manifest; empty where there is none.
Sqlite<std::string> manifest_value(const Database& database, std::string_view key) {
  auto select = database.prepare("SELECT value FROM manifest WHERE key = ?1");
  if (!select) {
    return tl::unexpected(select.error());
  }
  select->bind(1, key);
  const auto found = select->step();
  if (!found) {
    return tl::unexpected(found.error());
  }
  return *found ? select->text(0) : std::string();
}

Sqlite<Tally> count_rows(const Database& database) {
  auto select = database.prepare("SELECT status, count(*) FROM documents GROUP BY status");
  if (!select) {
    return tl::unexpected(select.error());
  }
  Tally tally;
  while (true) {
    const auto more = select->step();
    if (!more) {
      return tl::unexpected(more.error());
    }
    if (!*more) {
      return tally;
    }
    const auto head = parse_row(fmt::format("{{\"point\":0,\"status\":\"{}\"}}", select->text(0)));
    if (head) {
      tally.add(head->status, static_cast<std::uint64_t>(select->integer(1)));
    }
  }
}

}  // namespace

Error sqlite_error(const std::string& path, const SqliteProblem& problem, const Tally& kept) {
  switch (problem.trouble) {
    case SqliteTrouble::kBusy:
      return busy(path);
    case SqliteTrouble::kDamaged:
      return damaged(path, problem.text);
    case SqliteTrouble::kNoDatabase:
      return not_ours(path);
    case SqliteTrouble::kOther:
      break;
  }
  return unwritable(path, problem.text, kept);
}

Result<SqliteRun> open_sqlite_run(const std::string& path, Database::How how) {
  auto database = Database::open(path, how);
  if (!database) {
    if (how == Database::How::kRead) {
      return fail(Code::kFileUnreadable,
                  fmt::format("cannot read '{}': {}", path, database.error().text));
    }
    return tl::unexpected(sqlite_error(path, database.error(), {}));
  }
  const auto text = manifest_value(*database, kSqliteMark);
  if (!text) {
    // A database of someone else has no such table.
    return tl::unexpected(text.error().trouble == SqliteTrouble::kOther
                              ? not_ours(path)
                              : sqlite_error(path, text.error(), {}));
  }
  auto manifest = parse_manifest(*text);
  if (!manifest) {
    return tl::unexpected(text->empty()
                              ? not_ours(path)
                              : damaged(path,
                                        "its manifest cannot be read; a later Redline may "
                                        "have written it"));
  }
  SqliteRun opened{std::move(*database), std::move(*manifest)};
  const auto state = manifest_value(opened.database, "state");
  auto last = opened.database.prepare("SELECT max(next) FROM batches");
  auto tally = count_rows(opened.database);
  if (!state || !last || !tally || !last->step()) {
    return tl::unexpected(damaged(path, "its tables cannot be read"));
  }
  opened.finished = *state == "finished";
  opened.next = std::max(opened.manifest.first, static_cast<std::uint64_t>(last->integer(0)));
  opened.tally = *tally;
  if (opened.next > opened.manifest.last) {
    return tl::unexpected(damaged(path, "its batches go beyond its last point"));
  }
  return opened;
}

}  // namespace redline::store
