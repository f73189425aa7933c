#pragma once
// What a run is of, kept with its rows: files of one run are known by it, and those of another.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redline/error.h"

namespace redline::store {

// The types of columns, as SQLite calls them.
enum class ColumnType : std::uint8_t { kInteger, kReal, kText, kAny };
inline constexpr std::array<std::string_view, 4> kColumnTypeNames{"INTEGER", "REAL", "TEXT", "ANY"};

// A field that a run varies: a column of its own with an index.
struct Dimension {
  std::string name;
  ColumnType type = ColumnType::kText;
};

struct Manifest {
  std::string redline;     // version of the program
  std::string data_hash;   // of the data set
  std::string run_hash;    // of the definition
  std::string definition;  // the sweep as compact JSON
  std::string as_of;       // date of the data set
  std::uint64_t seed = 1;
  std::vector<Dimension> dimensions;
  std::uint64_t points = 0;  // of the whole run
  // What this file holds: points from `first` up to but not `last`, asked for as shard k of n.
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t shard = 1;
  std::uint64_t shards = 1;
};

inline constexpr int kStoreFormat = 1;

// One line of JSON.
[[nodiscard]] std::string write_manifest(const Manifest& manifest);
// None where the text is no manifest, or none whose numbers fit together.
[[nodiscard]] std::optional<Manifest> parse_manifest(std::string_view json);

inline constexpr std::uint64_t kMostShards = 1'000'000;
// The points of shard k of n, 1 <= k <= n: consecutive ones, whose number differs by one at most
// among shards. All shards of one n are the run, and shards of two cuts meet where their fractions
// do.
void take_shard(Manifest& manifest, std::uint64_t shard, std::uint64_t shards);

// Why rows of `other` do not belong to the run of `mine`, in words; empty where they do.
[[nodiscard]] std::string difference(const Manifest& mine, const Manifest& other);
// The same, and why the points are not those.
[[nodiscard]] std::string range_difference(const Manifest& mine, const Manifest& other);

}  // namespace redline::store
