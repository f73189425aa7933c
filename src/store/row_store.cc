#include "store/row_store.h"

#include <array>
#include <cstdio>
#include <memory>

#include "store/shard_file.h"
#include "store/sqlite_store.h"

namespace redline::store {
namespace {

// What a file is, not what it is called.
bool is_sqlite_file(const std::string& path) {
  constexpr std::string_view kMagic = "SQLite format 3";
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  std::array<char, kMagic.size()> begin{};
  return file && std::fread(begin.data(), 1, begin.size(), file.get()) == begin.size() &&
         std::string_view(begin.data(), begin.size()) == kMagic;
}

}  // namespace

bool is_sqlite_path(std::string_view path) {
  return path.ends_with(".sqlite") || path.ends_with(".sqlite3") || path.ends_with(".db");
}

Result<std::unique_ptr<RowStore>> open_store(const std::string& path, const Manifest& manifest,
                                             OpenMode mode, std::string& note) {
  return is_sqlite_path(path) ? open_sqlite_store(path, manifest, mode)
                              : open_shard_store(path, manifest, mode, note);
}

Result<std::unique_ptr<RowSource>> open_source(const std::string& path) {
  return is_sqlite_file(path) ? open_sqlite_source(path) : open_shard_source(path);
}

}  // namespace redline::store
