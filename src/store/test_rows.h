#pragma once
// Rows and folders for the tests of stores.

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/row_store.h"

namespace redline::store::test {

// A folder that is new, for one test.
inline std::string fresh_folder(const std::string& name) {
  const auto path = std::filesystem::temp_directory_path() / ("redline-store-" + name);
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path.string() + "/";
}

inline Manifest manifest(std::uint64_t points, std::uint64_t shard = 1, std::uint64_t shards = 1) {
  Manifest m;
  m.redline = "1.2.3";
  m.data_hash = "data";
  m.run_hash = "run";
  m.definition = "{}";
  m.as_of = "2025-04-17";
  m.points = points;
  m.dimensions = {{"chip", ColumnType::kText}, {"batch", ColumnType::kInteger}};
  take_shard(m, shard, shards);
  return m;
}

inline Row row(std::uint64_t point) {
  const auto status = static_cast<Status>(point % 4);
  return make_row(
      point, status,
      fmt::format(R"(,"vary":{{"chip":"c{}","batch":{}}},"answers":[{{"request":)"
                  R"({{"command":"ask","chip":"c{}"}},"results":[{{"time_s":{}.5}}]}}]}})",
                  point % 3, point, point % 3, point));
}

// Works all points of a manifest out, in batches of so many.
inline void fill(RowStore& store, const Manifest& m, std::uint64_t batch) {
  for (std::uint64_t point = store.next(); point < m.last; ++point) {
    ASSERT_TRUE(store.append(row(point)));
    if ((point + 1) % batch == 0) {
      ASSERT_TRUE(store.commit(point + 1));
    }
  }
  ASSERT_TRUE(store.commit(m.last));
}

inline void write_shard(const std::string& path, const Manifest& m) {
  std::string note;
  auto store = open_store(path, m, OpenMode::kFresh, note);
  ASSERT_TRUE(store) << render(store.error());
  fill(**store, m, 5);
  ASSERT_TRUE((*store)->finish("{}"));
}

inline std::vector<std::string> rows_of(RowSource& source) {
  std::vector<std::string> texts;
  Row one;
  while (true) {
    const auto more = source.next(one);
    EXPECT_TRUE(more) << render(more.error());
    if (!more || !*more) {
      return texts;
    }
    texts.push_back(one.text);
  }
}

}  // namespace redline::store::test
