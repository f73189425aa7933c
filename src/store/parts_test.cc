#include "store/parts.h"

#include <algorithm>

#include <rapidcheck/gtest.h>

#include "store/test_rows.h"

namespace redline::store {
namespace {

using test::manifest;

std::vector<std::string> shards(const std::string& folder, std::uint64_t points, std::uint64_t n) {
  std::vector<std::string> paths;
  for (std::uint64_t k = 1; k <= n; ++k) {
    paths.push_back(fmt::format("{}{}.{}", folder, k, k % 2 == 0 ? "shard" : "sqlite"));
    test::write_shard(paths.back(), manifest(points, k, n));
  }
  return paths;
}

Code problem(const std::vector<std::string>& paths) {
  const auto parts = gather_parts(paths);
  EXPECT_FALSE(parts);
  return parts ? Code::kBug : parts.error().front().code;
}

TEST(Shards, AreTheRunTogether) {
  const auto paths = shards(test::fresh_folder("parts"), 17, 5);
  auto parts = gather_parts({paths[3], paths[0], paths[4], paths[2], paths[1]});
  ASSERT_TRUE(parts) << render(parts.error());
  const auto rows = read_parts(*parts);
  const auto texts = test::rows_of(*rows);
  ASSERT_EQ(texts.size(), 17U);
  for (std::uint64_t point = 0; point < 17; ++point) {
    EXPECT_EQ(texts[point], test::row(point).text);
  }
  EXPECT_EQ(rows->manifest().shards, 1U);
}

TEST(Shards, MoreThanPointsAreEmptySomewhere) {
  const auto paths = shards(test::fresh_folder("empty"), 3, 8);
  EXPECT_TRUE(gather_parts(paths));
}

TEST(Shards, ThatAreMissingOrThereTwiceAreNamed) {
  const auto paths = shards(test::fresh_folder("gaps"), 17, 5);
  EXPECT_EQ(problem({paths[0], paths[1], paths[3], paths[4]}), Code::kShardsMissing);
  EXPECT_EQ(problem({paths[0]}), Code::kShardsMissing);
  EXPECT_EQ(problem({paths[4]}), Code::kShardsMissing);
  EXPECT_EQ(problem({paths[0], paths[1], paths[1], paths[2], paths[3], paths[4]}),
            Code::kShardsOverlap);
  EXPECT_EQ(problem({paths[0], "nowhere.shard"}), Code::kFileUnreadable);
}

TEST(Shards, OfOtherDataDoNotBelongTogether) {
  const std::string folder = test::fresh_folder("foreign");
  auto paths = shards(folder, 17, 2);
  Manifest other = manifest(17, 2, 2);
  other.data_hash = "other";
  test::write_shard(paths[1], other);
  EXPECT_EQ(problem(paths), Code::kShardForeign);
}

RC_GTEST_PROP(Shards, CutAnyRunIntoEqualParts, ()) {
  const auto points = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 53U);
  const auto n = *rc::gen::inRange<std::uint64_t>(1, kMostShards + 1);
  Manifest m = manifest(points);
  const auto k = *rc::gen::inRange<std::uint64_t>(1, n + 1);
  take_shard(m, k, n);
  const std::uint64_t end = m.last;
  RC_ASSERT(m.last - m.first >= points / n && m.last - m.first <= points / n + 1);
  take_shard(m, std::min(k + 1, n), n);
  RC_ASSERT((k == n ? m.last : m.first) == (k == n ? points : end));
  take_shard(m, 1, n);
  RC_ASSERT(m.first == 0U);
}

TEST(Manifest, ReadsWhatItWrites) {
  const Manifest m = manifest(100, 3, 7);
  const auto again = parse_manifest(write_manifest(m));
  ASSERT_TRUE(again);
  EXPECT_EQ(write_manifest(*again), write_manifest(m));
  EXPECT_EQ(range_difference(m, *again), "");
}

TEST(Manifest, RefusesNumbersThatDoNotFit) {
  std::string text = write_manifest(manifest(100));
  for (const auto& [before, after] : {std::pair{R"("last":100)", R"("last":101)"},
                                      {R"("first":0)", R"("first":-1)"},
                                      {R"("shard":1)", R"("shard":0)"},
                                      {R"("format":1)", R"("format":2)"},
                                      {R"("INTEGER")", R"("BLOB")"},
                                      {R"("points":100)", R"("points":"100")"}}) {
    std::string bad = text;
    bad.replace(bad.find(before), std::string_view(before).size(), after);
    EXPECT_FALSE(parse_manifest(bad)) << after;
  }
  EXPECT_FALSE(parse_manifest("[]"));
  EXPECT_FALSE(parse_manifest("nonsense"));
}

}  // namespace
}  // namespace redline::store
