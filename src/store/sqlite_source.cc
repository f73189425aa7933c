#include <fmt/format.h>

#include "base/fingerprint.h"
#include "store/errors.h"
#include "store/sqlite_run.h"
#include "store/sqlite_store.h"

namespace redline::store {
namespace {

class SqliteSource final : public RowSource {
 public:
  SqliteSource(std::string path, SqliteRun opened, Statement batches, Statement rows)
      : path_(std::move(path)),
        opened_(std::move(opened)),
        batches_(std::move(batches)),
        rows_(std::move(rows)) {}

  [[nodiscard]] const Manifest& manifest() const override { return opened_.manifest; }
  [[nodiscard]] bool finished() const override { return opened_.finished; }

  Result<bool> next(Row& row) override {
    while (left_ == 0) {
      auto more = next_batch();
      if (!more || !*more) {
        return more;
      }
    }
    const auto got = rows_.step();
    if (!got || !*got) {
      return tl::unexpected(damaged(path_, got ? "rows are missing" : got.error().text));
    }
    auto parsed = parse_row(rows_.text(1));
    if (!parsed || parsed->point != static_cast<std::uint64_t>(rows_.integer(0)) ||
        parsed->point >= batch_next_ || parsed->point < next_point_) {
      return tl::unexpected(
          damaged(path_, fmt::format("the row of point {} is not one", rows_.integer(0))));
    }
    hash_.add(parsed->text);
    next_point_ = parsed->point + 1;
    --left_;
    row = std::move(*parsed);
    if (left_ == 0 && hash_.hex() != batch_hash_) {
      return tl::unexpected(damaged(
          path_, fmt::format("the rows before point {} are not those that their checksum was "
                             "taken of",
                             batch_next_)));
    }
    return true;
  }

 private:
  Result<bool> next_batch() {
    const auto more = batches_.step();
    if (!more) {
      return tl::unexpected(damaged(path_, more.error().text));
    }
    if (*more) {
      batch_next_ = static_cast<std::uint64_t>(batches_.integer(0));
      left_ = std::max<std::int64_t>(0, batches_.integer(1));
      batch_hash_ = batches_.text(2);
      hash_ = Fingerprint();
      return true;
    }
    const auto extra = rows_.step();
    if (!extra || *extra) {
      return tl::unexpected(damaged(path_, "there are rows that belong to no batch"));
    }
    return false;
  }

  std::string path_;
  SqliteRun opened_;
  Statement batches_;
  Statement rows_;
  std::int64_t left_ = 0;  // of the batch
  std::uint64_t batch_next_ = 0;
  std::uint64_t next_point_ = 0;
  std::string batch_hash_;
  Fingerprint hash_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_sqlite_source(const std::string& path) {
  auto found = open_sqlite_run(path, Database::How::kRead);
  if (!found) {
    return tl::unexpected(found.error());
  }
  auto batches = found->database.prepare("SELECT next, rows, hash FROM batches ORDER BY next");
  auto rows = found->database.prepare("SELECT point, json FROM documents ORDER BY point");
  if (!batches || !rows) {
    return tl::unexpected(damaged(path, "its tables cannot be read"));
  }
  return std::make_unique<SqliteSource>(path, std::move(*found), std::move(*batches),
                                        std::move(*rows));
}

}  // namespace redline::store
