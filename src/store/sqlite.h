#pragma once
// SQLite without its C: a database, statements, and what went wrong.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "redline/error.h"

#include "results/table.h"

struct sqlite3;
struct sqlite3_stmt;

namespace redline::store {

enum class SqliteTrouble : std::uint8_t { kBusy, kDamaged, kNoDatabase, kOther };

// The last error of a call.
struct SqliteProblem {
  SqliteTrouble trouble = SqliteTrouble::kOther;
  std::string text;
};
template <class T>
using Sqlite = tl::expected<T, SqliteProblem>;

class Statement {
 public:
  Statement() = default;

  // Values from 1 on; bound until bound again. Texts must live until the next step is over.
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view text);
  void bind(int index, const results::Cell& cell);

  // True: there is a row to read. The statement begins anew after its last row.
  [[nodiscard]] Sqlite<bool> step();
  // Steps through all rows and ignores them.
  [[nodiscard]] Sqlite<void> run();
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  enum class How : std::uint8_t { kRead, kWrite, kCreate };
  [[nodiscard]] static Sqlite<Database> open(const std::string& path, How how);

  [[nodiscard]] Sqlite<Statement> prepare(std::string_view sql) const;
  [[nodiscard]] Sqlite<void> run(std::string_view sql) const;
  // Rows that the last statement changed.
  [[nodiscard]] int changes() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

// "name", with quotes inside doubled.
[[nodiscard]] std::string sql_name(std::string_view name);

}  // namespace redline::store
