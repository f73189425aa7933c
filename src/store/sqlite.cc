#include "store/sqlite.h"

#include <cmath>
#include <sqlite3.h>

namespace redline::store {
namespace {

SqliteProblem problem_of(sqlite3* database, int code) {
  SqliteProblem problem;
  constexpr int kPrimary = 0xFF;  // the rest of a code says more about it
  switch (code & kPrimary) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      problem.trouble = SqliteTrouble::kBusy;
      break;
    case SQLITE_CORRUPT:
      problem.trouble = SqliteTrouble::kDamaged;
      break;
    case SQLITE_NOTADB:
      problem.trouble = SqliteTrouble::kNoDatabase;
      break;
    default:
      break;
  }
  problem.text = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
  return problem;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

void Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), index, value);
}

void Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), index, text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}

void Statement::bind(int index, const results::Cell& cell) {
  if (const auto* flag = std::get_if<bool>(&cell)) {
    bind(index, std::int64_t{*flag ? 1 : 0});
  } else if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
    bind(index, *whole);
  } else if (const auto* number = std::get_if<double>(&cell); number && std::isfinite(*number)) {
    sqlite3_bind_double(statement_.get(), index, *number);
  } else if (const auto* text = std::get_if<std::string>(&cell)) {
    bind(index, std::string_view(*text));
  } else {
    sqlite3_bind_null(statement_.get(), index);
  }
}

Sqlite<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) {
    return true;
  }
  // The statement's own result is the same code again.
  sqlite3* database = sqlite3_db_handle(statement_.get());
  const SqliteProblem problem = code == SQLITE_DONE ? SqliteProblem{} : problem_of(database, code);
  sqlite3_reset(statement_.get());
  if (code == SQLITE_DONE) {
    return false;
  }
  return tl::unexpected(problem);
}

Sqlite<void> Statement::run() {
  while (true) {
    const auto more = step();
    if (!more) {
      return tl::unexpected(more.error());
    }
    if (!*more) {
      return {};
    }
  }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* text = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr
             ? std::string()
             : std::string(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
}

Sqlite<Database> Database::open(const std::string& path, How how) {
  const int flags = how == How::kRead     ? SQLITE_OPEN_READONLY
                    : how == How::kCreate ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                          : SQLITE_OPEN_READWRITE;
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  Database database;
  database.database_.reset(opened);
  if (code != SQLITE_OK) {
    return tl::unexpected(problem_of(opened, code));
  }
  constexpr int kPatience = 2000;  // ms
  sqlite3_busy_timeout(opened, kPatience);
  return database;
}

Sqlite<Statement> Database::prepare(std::string_view sql) const {
  Statement statement;
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                      &prepared, nullptr);
  statement.statement_.reset(prepared);
  if (code != SQLITE_OK) {
    return tl::unexpected(problem_of(database_.get(), code));
  }
  return statement;
}

Sqlite<void> Database::run(std::string_view sql) const {
  auto statement = prepare(sql);
  if (!statement) {
    return tl::unexpected(statement.error());
  }
  return statement->run();
}

int Database::changes() const { return sqlite3_changes(database_.get()); }

std::string sql_name(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    out.append(c == '"' ? 2 : 1, c);
  }
  return out + '"';
}

}  // namespace redline::store
