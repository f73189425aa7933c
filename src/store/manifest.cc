#include "store/manifest.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "results/envelope.h"

namespace redline::store {
namespace {

using Json = nlohmann::ordered_json;

// Points are 64 bits in memory but stay whole in a double, which is what many readers of JSON have.
constexpr std::uint64_t kMostPoints = std::uint64_t{1} << 53U;

bool read(const Json& json, const char* key, std::string& out) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) {
    return false;
  }
  out = found->get<std::string>();
  return true;
}

bool read(const Json& json, const char* key, std::uint64_t& out) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_unsigned()) {
    return false;
  }
  out = found->get<std::uint64_t>();
  return true;
}

bool read_dimensions(const Json& json, std::vector<Dimension>& out) {
  const auto list = json.find("dimensions");
  if (list == json.end() || !list->is_array()) {
    return false;
  }
  for (const Json& item : *list) {
    Dimension one;
    std::string type;
    if (!item.is_object() || !read(item, "name", one.name) || !read(item, "type", type)) {
      return false;
    }
    const auto* found = std::find(kColumnTypeNames.begin(), kColumnTypeNames.end(), type);
    if (found == kColumnTypeNames.end()) {
      return false;
    }
    one.type = static_cast<ColumnType>(found - kColumnTypeNames.begin());
    out.push_back(std::move(one));
  }
  return true;
}

}  // namespace

std::string write_manifest(const Manifest& m) {
  Json dimensions = Json::array();
  for (const Dimension& one : m.dimensions) {
    dimensions.push_back(
        {{"name", one.name}, {"type", kColumnTypeNames[static_cast<std::size_t>(one.type)]}});
  }
  const Json json{
      {"format", kStoreFormat},    {"redline", m.redline}, {"data_hash", m.data_hash},
      {"run_hash", m.run_hash},    {"as_of", m.as_of},     {"seed", m.seed},
      {"points", m.points},        {"shard", m.shard},     {"shards", m.shards},
      {"first", m.first},          {"last", m.last},       {"dimensions", std::move(dimensions)},
      {"definition", m.definition}};
  return results::dump_json(json, results::JsonStyle::kCompact);
}

std::optional<Manifest> parse_manifest(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  Manifest m;
  std::uint64_t format = 0;
  const bool good = json.is_object() && read(json, "format", format) && format == kStoreFormat &&
                    read(json, "redline", m.redline) && read(json, "data_hash", m.data_hash) &&
                    read(json, "run_hash", m.run_hash) && read(json, "as_of", m.as_of) &&
                    read(json, "seed", m.seed) && read(json, "points", m.points) &&
                    read(json, "shard", m.shard) && read(json, "shards", m.shards) &&
                    read(json, "first", m.first) && read(json, "last", m.last) &&
                    read(json, "definition", m.definition) && read_dimensions(json, m.dimensions);
  if (!good || m.points > kMostPoints || m.first > m.last || m.last > m.points || m.shard < 1 ||
      m.shard > m.shards || m.shards > kMostShards) {
    return std::nullopt;
  }
  return m;
}

void take_shard(Manifest& m, std::uint64_t shard, std::uint64_t shards) {
  RL_CHECK(shard >= 1 && shard <= shards && shards <= kMostShards);
  // k / n of the points, rounded down: cuts of different numbers meet where their fractions do.
  const auto begin = [&](std::uint64_t k) {
    return k * (m.points / shards) + k * (m.points % shards) / shards;
  };
  m.shard = shard;
  m.shards = shards;
  m.first = begin(shard - 1);
  m.last = begin(shard);
}

std::string difference(const Manifest& mine, const Manifest& other) {
  if (mine.run_hash != other.run_hash) {
    return fmt::format("it is of another sweep ({} points, definition {})", other.points,
                       other.run_hash.substr(0, 8));
  }
  if (mine.data_hash != other.data_hash) {
    return fmt::format("it was worked out from other data ({}, not {})", other.data_hash,
                       mine.data_hash);
  }
  if (mine.redline != other.redline) {
    return fmt::format("it was written by Redline {}, not {}", other.redline, mine.redline);
  }
  if (mine.seed != other.seed) {
    return fmt::format("it was worked out with seed {}, not {}", other.seed, mine.seed);
  }
  return mine.points == other.points
             ? std::string()
             : fmt::format("it is of {} points, not {}", other.points, mine.points);
}

std::string range_difference(const Manifest& mine, const Manifest& other) {
  std::string why = difference(mine, other);
  if (why.empty() && (mine.first != other.first || mine.last != other.last)) {
    why = fmt::format("it is shard {}/{}, not {}/{}", other.shard, other.shards, mine.shard,
                      mine.shards);
  }
  return why;
}

}  // namespace redline::store
